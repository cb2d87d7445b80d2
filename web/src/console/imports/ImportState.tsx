import { graphql } from '@/gql'
import type { ImportLookFragment } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { DataTable } from '@/ui/DataTable.tsx'
import { Badge, Notice, Progress } from '@/ui/parts.tsx'
import { failureText, problemText } from './problem.ts'

export const ImportLook = graphql(`
  fragment ImportLook on CardImport {
    id status dryRun total processed accepted duplicates rejected failure withdrawnAt createdAt
    problems { line reason }
    variant { id title sku product { id title } }
  }
`)

/** Where an import stands, in a word. */
export function ImportBadge({ one }: { one: Pick<ImportLookFragment, 'status' | 'dryRun' | 'withdrawnAt'> }) {
  const { t } = useWords()
  if (one.withdrawnAt) return <Badge>{t('import.withdrawn')}</Badge>
  if (one.status === 'FAILED') return <Badge tone="bad">{t('import.FAILED')}</Badge>
  if (one.status === 'RUNNING') return <Badge tone="info">{t('import.RUNNING')}</Badge>
  return one.dryRun ? <Badge tone="accent">{t('import.checked')}</Badge> : <Badge tone="good">{t('import.DONE')}</Badge>
}

/** How far an import is, what became of its lines, and which were not taken. */
export function ImportState({ one }: { one: ImportLookFragment }) {
  const { t, number } = useWords()
  const counts = [
    ['accepted', one.accepted, 'text-good'], ['duplicates', one.duplicates, one.duplicates ? 'text-warn' : 'text-muted'], ['rejected', one.rejected, one.rejected ? 'text-bad' : 'text-muted'],
  ] as const
  const untaken = one.duplicates + one.rejected
  return (
    <div className="flex flex-col gap-5">
      <div aria-live="polite">
        <p className="mb-2 flex flex-wrap items-baseline justify-between gap-2 text-sm">
          <span className="font-medium">{t(one.status === 'RUNNING' ? 'import.running' : one.dryRun ? 'import.checkedAll' : 'import.done')}</span>
          <span className="tabular-nums text-muted">{one.total > 0 ? t('import.of', { processed: number(one.processed), total: number(one.total) }) : t('import.soFar', { processed: number(one.processed) })}</span>
        </p>
        <Progress value={one.status === 'DONE' ? 1 : one.total > 0 ? one.processed / one.total : null} label={t('import.progress')} />
      </div>
      <dl className="grid grid-cols-3 gap-3">
        {counts.map(([key, count, tone]) => (
          <div key={key} className="rounded-md bg-sunken px-3 py-2.5">
            <dt className="text-xs text-muted">{t(one.dryRun && key === 'accepted' ? 'import.wouldAccept' : `import.${key}`)}</dt>
            <dd className={`text-xl font-semibold tabular-nums ${key === 'accepted' ? tone : count ? tone : 'text-muted'}`}>{number(count)}</dd>
          </div>
        ))}
      </dl>
      {one.failure && <Notice tone="bad" title={t('import.failed')}>{failureText(t, one.failure)}</Notice>}
      {one.problems.length > 0 && (
        <section aria-label={t('import.report')}>
          <h3 className="mb-2 font-medium">{t('import.report')}</h3>
          <DataTable caption={t('import.problems')} rows={one.problems} rowKey={(row) => String(row.line)} empty={null} file={`import-${one.id}-report`}
            columns={[
              { key: 'line', head: t('import.line'), value: (row) => row.line, cell: (row) => <span className="whitespace-nowrap">{t('import.lineNumber', { line: number(row.line) })}</span> },
              { key: 'reason', head: t('import.reason'), value: (row) => problemText(t, row.reason), cell: (row) => problemText(t, row.reason) },
            ]} />
          {untaken > one.problems.length && <p className="mt-2 text-xs text-muted">{t('import.problems.first', { count: one.problems.length, all: number(untaken) })}</p>}
        </section>
      )}
    </div>
  )
}

import { ScrollText } from 'lucide-react'
import { graphql } from '@/gql'
import type { AuditQuery } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { usePages } from '@/lib/pages.ts'
import { useFilters } from '@/lib/search.ts'
import { DataTable, type Column } from '@/ui/DataTable.tsx'
import { Badge, EmptyState, PageHead, type Tone } from '@/ui/parts.tsx'
import { filterNames, Filters, whereOf } from './Filters.tsx'
import { Subject } from './Subject.tsx'

const AuditDocument = graphql(`
  query Audit($first: Int, $after: String, $where: AuditWhere) {
    audit(first: $first, after: $after, where: $where) {
      nodes { id at operation subjectId outcome requestId user { id displayName email } apiKey { id name } }
      pageInfo { hasNextPage endCursor }
    }
  }
`)

type Entry = NonNullable<AuditQuery['audit']>['nodes'][number]
const tones: Record<Entry['outcome'], Tone> = { DONE: 'good', REFUSED: 'warn', FAILED: 'bad', UNKNOWN: 'neutral' }

/** What staff and programs of this tenant did, the newest first. */
export default function Audit() {
  const { t, time } = useWords()
  const [filters, change] = useFilters(filterNames)
  const narrowed = filterNames.some((name) => filters[name])
  const pages = usePages(AuditDocument, { where: whereOf(filters) }, (data: AuditQuery) => data.audit)
  const who = (entry: Entry) => entry.user?.displayName ?? entry.apiKey?.name ?? t('audit.nobody')
  const columns: Column<Entry>[] = [
    { key: 'at', head: t('audit.at'), value: (entry) => entry.at, cell: (entry) => <time dateTime={entry.at} className="md:whitespace-nowrap">{time(entry.at, 'long')}</time> },
    { key: 'who', head: t('audit.who'), value: who, cell: (entry) => (
      <span>
        <span className="block">{who(entry)}</span>
        <span className="block text-xs text-muted">{entry.user?.email ?? (entry.apiKey ? t('audit.key') : '')}</span>
      </span>
    ) },
    { key: 'what', head: t('audit.what'), value: (entry) => entry.operation, cell: (entry) => (
      <span className="font-mono text-xs">
        <span className="block font-medium">{entry.operation}</span>
        <span className="block text-muted" title={t('audit.request')}>{entry.requestId}</span>
      </span>
    ) },
    { key: 'subject', head: t('audit.subject'), wide: true, value: (entry) => entry.subjectId ?? '', cell: (entry) => <Subject id={entry.subjectId ?? null} /> },
    { key: 'outcome', head: t('audit.outcome'), value: (entry) => entry.outcome, cell: (entry) => <Badge tone={tones[entry.outcome]}>{t(`audit.outcome.${entry.outcome}`)}</Badge> },
    { key: 'request', head: t('audit.request'), fileOnly: true, value: (entry) => entry.requestId, cell: (entry) => entry.requestId },
  ]
  return (
    <>
      <PageHead title={t('place.audit')}>{t('audit.lead')}</PageHead>
      <Filters filters={filters} change={change} />
      <DataTable caption={t('place.audit')} columns={columns} {...pages} rowKey={(entry) => entry.id} file="audit"
        empty={<EmptyState icon={<ScrollText />} title={t(narrowed ? 'audit.nothing' : 'audit.none')}>{t(narrowed ? 'audit.nothing.why' : 'audit.none.why')}</EmptyState>} />
    </>
  )
}

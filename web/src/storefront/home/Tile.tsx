import { Link } from 'wouter'
import type { StorefrontHomeQuery } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { initial } from '@/lib/text.ts'
import { Badge } from '@/ui/parts.tsx'

export type Row = NonNullable<StorefrontHomeQuery['listings']>['nodes'][number]

/** One good. The server's shell draws the same before any script has run: see `src/http/web/shell.rs`. */
export function Tile({ row }: { row: Row }) {
  const { t, money, span } = useWords()
  return (
    <li>
      <Link href={`/p/${row.id}`} className="flex h-full min-h-52 flex-col gap-2 rounded-lg border border-line bg-surface p-3.5 shadow-raised transition-colors hover:border-accent sm:p-4">
        <span className="flex items-center gap-2.5 text-xs text-muted"><span className="monogram size-9" data-kind={row.kind} aria-hidden="true">{initial(row.title)}</span>{t(`kind.${row.kind}`)}</span>
        <span className="line-clamp-4 text-sm font-medium sm:line-clamp-3 sm:text-base">{row.title}</span>
        <span className="mt-auto flex flex-wrap items-center justify-between gap-x-2 gap-y-1">
          <span className="text-lg font-semibold tabular-nums">{money(row.price)}</span>
          {row.stockHint !== 'PLENTY' && <Badge tone={row.stockHint === 'LOW' ? 'warn' : 'neutral'}>{t(`stock.${row.stockHint}`)}</Badge>}
        </span>
        <span className="text-xs text-muted">{t('home.warranty', { span: span(row.warranty.durationSeconds) })}</span>
      </Link>
    </li>
  )
}

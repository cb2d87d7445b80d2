import { Link } from 'wouter'
import { Hourglass } from 'lucide-react'
import { graphql } from '@/gql'
import type { HoldsQuery } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { usePages } from '@/lib/pages.ts'
import { micros } from '@/lib/money.ts'
import { useNow } from '@/lib/time.ts'
import { DataTable, type Column } from '@/ui/DataTable.tsx'
import { Badge, EmptyState } from '@/ui/parts.tsx'
import { useAgain } from '../kit/again.ts'

const HoldsDocument = graphql(`
  query Holds($first: Int, $after: String) {
    wallet {
      id
      holds(first: $first, after: $after) {
        nodes { id amount { amount currency } releasesAt disputed order { id number } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`)

type Hold = NonNullable<NonNullable<HoldsQuery['wallet']>['holds']>['nodes'][number]

/** What was earned and waits, each with the day on which it may be spent. `moved` counts what is known to have happened since. */
export function Holds({ moved }: { moved: number }) {
  const { t, money, time, span } = useWords()
  const now = useNow(60_000)
  const pages = usePages(HoldsDocument, {}, (data: HoldsQuery) => data.wallet?.holds)
  useAgain(moved, pages.reload)
  const until = (at: string) => (Date.parse(at) - now) / 1000
  const columns: Column<Hold>[] = [
    { key: 'order', head: t('money.order'), value: (hold) => hold.order?.number ?? '', cell: (hold) => (
      hold.order ? <Link href={`/orders/${hold.order.id}`} className="text-accent-ink underline underline-offset-4">{hold.order.number}</Link> : '—'
    ) },
    { key: 'releases', head: t('money.releases'), value: (hold) => hold.releasesAt ?? '9', told: (hold) => hold.releasesAt ?? '', cell: (hold) => hold.disputed
      ? <Badge tone="warn">{t('money.disputed')}</Badge>
      : !hold.releasesAt ? <span className="text-muted">{t('money.undelivered')}</span> : (
        <span>
          <time dateTime={hold.releasesAt} className="block">{time(hold.releasesAt)}</time>
          <span className="text-muted">{until(hold.releasesAt) > 0 ? t('money.in', { span: span(until(hold.releasesAt)) }) : t('money.soon')}</span>
        </span>
      ) },
    { key: 'amount', head: t('money.amount'), figures: true, value: (hold) => micros(hold.amount.amount) ?? 0n, told: (hold) => hold.amount.amount, cell: (hold) => money(hold.amount) },
  ]
  return (
    <DataTable caption={t('money.holds')} columns={columns} {...pages} rowKey={(hold) => hold.id} file="holds"
      empty={<EmptyState icon={<Hourglass />} title={t('money.holds.none')}>{t('money.holds.none.why')}</EmptyState>} />
  )
}

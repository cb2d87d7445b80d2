import { Undo2 } from 'lucide-react'
import { Link } from 'wouter'
import { graphql } from '@/gql'
import type { ConsoleRecallsQuery } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { micros } from '@/lib/money.ts'
import { usePages } from '@/lib/pages.ts'
import { DataTable, type Column } from '@/ui/DataTable.tsx'
import { Badge, EmptyState, Progress } from '@/ui/parts.tsx'
import { useTenantEvents } from '../kit/events.ts'
import { nameOf } from '../products/find.ts'
import { useViewer } from '../viewer.tsx'
import { recallTone } from './recall.ts'

const RecallsDocument = graphql(`
  query ConsoleRecalls($first: Int, $after: String) {
    recalls(first: $first, after: $after) {
      nodes {
        id status reason remedy createdAt units waiting replaced refunded left
        amount { amount currency } supplier { id name } variant { id title product { id title } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`)
type Row = NonNullable<ConsoleRecallsQuery['recalls']>['nodes'][number]

/** Every batch that was taken back or is about to be, and how far each is. */
export function Recalls() {
  const { t } = useWords()
  const pages = usePages(RecallsDocument, {}, (data: ConsoleRecallsQuery) => data.recalls)
  useTenantEvents(['RECALL_CHANGED'], pages.reload)
  return (
    <DataTable caption={t('imports.view.recalls')} columns={useColumns()} {...pages} rowKey={(row) => row.id} file="recalls"
      empty={<EmptyState icon={<Undo2 />} title={t('recalls.none')}>{t('recalls.none.why')}</EmptyState>} />
  )
}

function useColumns(): Column<Row>[] {
  const { t, time, money, number } = useWords()
  const { tenant } = useViewer()
  const name = (row: Row) => (row.variant ? nameOf(row.variant.product?.title ?? row.variant.title, row.variant.title) : t('rules.oneGood'))
  const settled = (row: Row) => row.replaced + row.refunded + row.left
  return [
    { key: 'name', head: t('products.title'), value: name, cell: (row) => (
      <span>
        <Link href={`/recalls/${row.id}`} className="font-medium text-accent-ink underline-offset-4 hover:underline">{name(row)}</Link>
        <span className="block text-xs text-muted">{t(`recall.reason.${row.reason}`)}{tenant.kind === 'OPERATOR' && ` · ${row.supplier.name}`}</span>
      </span>
    ) },
    { key: 'at', head: t('recalls.at'), value: (row) => row.createdAt, cell: (row) => <span className="sm:whitespace-nowrap">{time(row.createdAt)}</span> },
    { key: 'units', head: t('recalls.units'), figures: true, value: (row) => row.units, cell: (row) => number(row.units) },
    { key: 'settled', head: t('recalls.settled'), value: settled, cell: (row) => row.status === 'DRAFT' ? '—' : (
      <span className="flex min-w-28 flex-col gap-1"><span className="text-xs tabular-nums">{t('recall.of', { settled: number(settled(row)), units: number(row.units) })}</span>
        <Progress value={row.units === 0 ? 1 : settled(row) / row.units} label={t('recall.progress')} /></span>
    ) },
    { key: 'amount', head: t('recalls.amount'), figures: true, wide: true, value: (row) => micros(row.amount.amount) ?? 0n, told: (row) => row.amount.amount, cell: (row) => money(row.amount) },
    { key: 'status', head: t('products.status'), value: (row) => t(`recall.status.${row.status}`), cell: (row) => <Badge tone={recallTone[row.status]}>{t(`recall.status.${row.status}`)}</Badge> },
  ]
}

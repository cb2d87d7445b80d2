import { ReceiptText } from 'lucide-react'
import { Link } from 'wouter'
import { OrderBadge, orderStatuses } from '@/features/order/status.tsx'
import { graphql } from '@/gql'
import type { ConsoleOrdersQuery } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { micros } from '@/lib/money.ts'
import { usePages } from '@/lib/pages.ts'
import { useFilters } from '@/lib/search.ts'
import { DataTable, type Column } from '@/ui/DataTable.tsx'
import { Select, TextField } from '@/ui/Field.tsx'
import { FilterBar } from '@/ui/FilterBar.tsx'
import { EmptyState, PageHead } from '@/ui/parts.tsx'
import { SearchField } from '@/ui/SearchField.tsx'
import { LineState } from '../events/LineState.tsx'
import { useTenantEvents } from '../kit/events.ts'
import { useQuery } from '../kit/query.ts'
import { useMay, useViewer } from '../viewer.tsx'
import { filterNames, whereOf } from './where.ts'

const OrdersDocument = graphql(`
  query ConsoleOrders($first: Int, $after: String, $where: OrderWhere) {
    orders(first: $first, after: $after, where: $where) {
      nodes {
        id number placedAt status
        site { id name }
        buyer { id displayName email }
        total { amount currency } refunded { amount currency }
        lines { id title quantity }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`)
const SitesDocument = graphql(`
  query ConsoleOrderSites { tenants { id name kind } }
`)
type Row = NonNullable<ConsoleOrdersQuery['orders']>['nodes'][number]

/** Every order that this tenant has a part in; it grows while it is looked at. */
export default function Orders() {
  const { t } = useWords()
  const { tenant } = useViewer()
  const [filters, change] = useFilters(filterNames)
  const [{ data }] = useQuery({ query: SitesDocument, pause: !useMay()('tenant:read') })
  const sites = (data?.tenants ?? []).filter((one) => one.kind === 'SITE')
  const pages = usePages(OrdersDocument, { where: whereOf(filters) }, (answer) => answer.orders)
  const line = useTenantEvents(['ORDER_PLACED', 'ORDER_STATUS_CHANGED', 'DELIVERY_MADE'], pages.reload)
  const narrowed = filterNames.some((name) => filters[name])
  return (
    <>
      <PageHead title={t('place.orders')} actions={<LineState line={line} />}>{t(`orders.lead.${tenant.kind}`)}</PageHead>
      <FilterBar label={t('orders.filter')} onClear={narrowed ? () => change(Object.fromEntries(filterNames.map((name) => [name, '']))) : null}>
        <SearchField className="md:w-56" label={t('orders.number')} value={filters.number} onChange={(number) => change({ number })} />
        <Select label={t('products.status')} hideLabel value={filters.status} onChange={(event) => change({ status: event.target.value })}>
          <option value="">{t('orders.everyStatus')}</option>
          <option value="waiting">{t('orders.waiting')}</option>
          {orderStatuses.map((status) => <option key={status} value={status}>{t(`order.status.${status}`)}</option>)}
        </Select>
        {sites.length > 1 && (
          <Select label={t('orders.site')} hideLabel value={filters.site} className="md:max-w-52" onChange={(event) => change({ site: event.target.value })}>
            <option value="">{t('orders.everySite')}</option>
            {sites.map((site) => <option key={site.id} value={site.id}>{site.name}</option>)}
          </Select>
        )}
        <TextField label={t('orders.from')} type="date" value={filters.from} max={filters.to || undefined} onChange={(event) => change({ from: event.target.value })} />
        <TextField label={t('orders.to')} type="date" value={filters.to} min={filters.from || undefined} onChange={(event) => change({ to: event.target.value })} />
      </FilterBar>
      <DataTable caption={t('place.orders')} columns={useColumns()} {...pages} rowKey={(row) => row.id} file="orders"
        empty={<EmptyState icon={<ReceiptText />} title={t(narrowed ? 'listings.nothing' : 'orders.empty')}>{t(narrowed ? 'listings.nothing.why' : 'orders.empty.why')}</EmptyState>} />
    </>
  )
}

function useColumns(): Column<Row>[] {
  const { t, time, money } = useWords()
  const { tenant } = useViewer()
  const goods = (row: Row) => row.lines.map((line) => (line.quantity > 1 ? `${line.title} × ${line.quantity}` : line.title)).join(t('word.comma'))
  return [
    {
      key: 'number', head: t('orders.order'), value: (row) => row.number,
      cell: (row) => (
        <>
          <Link href={`/orders/${row.id}`} className="font-mono text-sm font-medium whitespace-nowrap text-accent-ink underline-offset-4 hover:underline">{row.number}</Link>
          <span className="block text-sm sm:hidden">{goods(row)}</span>
        </>
      ),
    },
    { key: 'at', head: t('orders.at'), value: (row) => row.placedAt, cell: (row) => <span className="sm:whitespace-nowrap">{time(row.placedAt)}</span> },
    { key: 'goods', head: t('orders.goods'), wide: true, value: goods, cell: (row) => <span className="line-clamp-2" title={goods(row)}>{goods(row)}</span> },
    ...(tenant.kind === 'SITE'
      ? [{ key: 'buyer', head: t('orders.buyer'), wide: true, value: (row: Row) => row.buyer?.email ?? '', cell: (row: Row) => row.buyer?.displayName ?? <span className="text-muted">{row.site.name}</span> }]
      : [{ key: 'site', head: t('orders.site'), wide: true, value: (row: Row) => row.site.name, cell: (row: Row) => row.site.name }]),
    { key: 'total', head: t('orders.total'), figures: true, value: (row) => micros(row.total.amount) ?? 0n, told: (row) => row.total.amount, cell: (row) => money(row.total) },
    { key: 'refunded', head: t('orders.refunded'), fileOnly: true, told: (row) => row.refunded.amount, cell: () => null },
    { key: 'status', head: t('products.status'), value: (row) => t(`order.status.${row.status}`), cell: (row) => <OrderBadge status={row.status} /> },
  ]
}

import { Link } from 'wouter'
import { ShoppingBag } from 'lucide-react'
import { graphql } from '@/gql'
import type { BuyerOrdersQuery } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { usePages } from '@/lib/pages.ts'
import { micros } from '@/lib/money.ts'
import { OrderBadge } from '@/features/order/status.tsx'
import { DataTable, type Column } from '@/ui/DataTable.tsx'
import { EmptyState } from '@/ui/parts.tsx'
import { Panel } from '../kit/Panel.tsx'

const BuyerOrdersDocument = graphql(`
  query BuyerOrders($first: Int, $after: String, $buyer: ID!) {
    orders(first: $first, after: $after, where: { buyer: $buyer }) {
      nodes { id number status placedAt total { amount currency } refunded { amount currency } }
      pageInfo { hasNextPage endCursor }
    }
  }
`)

type Order = NonNullable<BuyerOrdersQuery['orders']>['nodes'][number]

/** A buyer's orders, the newest first. */
export function BuyerOrders({ id }: { id: string }) {
  const { t, time, money } = useWords()
  const pages = usePages(BuyerOrdersDocument, { buyer: id }, (data: BuyerOrdersQuery) => data.orders)
  const columns: Column<Order>[] = [
    { key: 'number', head: t('money.order'), value: (order) => order.number, cell: (order) => <Link href={`/orders/${order.id}`} className="font-medium text-accent-ink underline underline-offset-4">{order.number}</Link> },
    { key: 'at', head: t('buyers.placed'), value: (order) => order.placedAt, cell: (order) => time(order.placedAt) },
    { key: 'status', head: t('buyers.status'), value: (order) => t(`order.status.${order.status}`), cell: (order) => <OrderBadge status={order.status} /> },
    { key: 'total', head: t('buyers.total'), figures: true, value: (order) => micros(order.total.amount) ?? 0n, told: (order) => order.total.amount, cell: (order) => money(order.total) },
  ]
  return (
    <Panel title={t('buyers.orders')}>
      <DataTable caption={t('buyers.orders.table')} columns={columns} {...pages} rowKey={(order) => order.id} file="orders"
        empty={<EmptyState icon={<ShoppingBag />} title={t('buyers.orders.none')} />} />
    </Panel>
  )
}

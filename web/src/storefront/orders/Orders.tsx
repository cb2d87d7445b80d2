import { useState } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import { useQuery } from 'urql'
import { PackageOpen } from 'lucide-react'
import { graphql } from '@/gql'
import type { OrderStatus } from '@/gql/graphql'
import { OrderBadge, orderStatuses } from '@/features/order/status.tsx'
import { useWords } from '@/lib/i18n.tsx'
import { Button, ButtonLink } from '@/ui/Button.tsx'
import { Select } from '@/ui/Field.tsx'
import { EmptyState, Skeleton } from '@/ui/parts.tsx'
import { Failed } from '@/ui/states.tsx'
import { SignInFirst } from '../account/SignInFirst.tsx'
import { Page } from '../page.tsx'

const OrdersDocument = graphql(`
  query MyOrders($after: String, $where: OrderWhere) {
    orders(first: 20, after: $after, where: $where) {
      nodes {
        id number status placedAt
        total { amount currency }
        lines { id title quantity }
        claims { id status }
      }
      pageInfo { endCursor hasNextPage }
    }
  }
`)

/** Everything that somebody bought here. */
export default function Orders() {
  const { t } = useWords()
  return <SignInFirst title={t('orders.mine')}><List /></SignInFirst>
}

function List() {
  const { t } = useWords()
  const [, go] = useLocation()
  const query = useSearch()
  const status = orderStatuses.find((one) => one === new URLSearchParams(query).get('status')) ?? null
  return (
    <Page title={t('orders.mine')} actions={
      <Select label={t('orders.status')} hideLabel value={status ?? ''} onChange={(event) => go(event.target.value ? `/orders?status=${event.target.value}` : '/orders')}>
        <option value="">{t('orders.status.all')}</option>
        {orderStatuses.map((one) => <option key={one} value={one}>{t(`order.status.${one}`)}</option>)}
      </Select>
    }>
      <Pages key={status} status={status} />
    </Page>
  )
}

function Pages({ status }: { status: OrderStatus | null }) {
  const [pages, setPages] = useState<string[]>([''])
  return (
    <ul className="flex flex-col gap-3">
      {pages.map((after, index) => (
        <Part key={after} after={after} status={status} last={index === pages.length - 1} more={(cursor) => setPages((all) => [...all, cursor])} />
      ))}
    </ul>
  )
}

function Part({ after, status, last, more }: { after: string; status: OrderStatus | null; last: boolean; more: (cursor: string) => void }) {
  const { t, money, time, number } = useWords()
  const [{ data, error, fetching }, again] = useQuery({
    query: OrdersDocument, variables: { ...(after && { after }), ...(status && { where: { status } }) }, requestPolicy: 'cache-and-network',
  })
  const page = data?.orders
  if (error && !page) return <li><Failed error={error} retry={() => again({ requestPolicy: 'network-only' })} /></li>
  if (fetching && !page) return Array.from({ length: 4 }, (_, index) => <li key={index}><Skeleton className="h-24" /></li>)
  if (!after && page?.nodes.length === 0) {
    return (
      <li>
        <EmptyState icon={<PackageOpen />} title={t(status ? 'orders.none.status' : 'orders.none')} action={<ButtonLink href={status ? '/orders' : '/'} kind="primary">{t(status ? 'orders.status.all' : 'orders.shop')}</ButtonLink>}>
          {t(status ? 'orders.none.status.why' : 'orders.none.why')}
        </EmptyState>
      </li>
    )
  }
  const cursor = page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
  return (
    <>
      {page?.nodes.map((order) => (
        <li key={order.id}>
          <Link href={`/orders/${order.id}`} className="flex flex-col gap-2 rounded-lg border border-line bg-surface p-4 shadow-raised transition-colors hover:border-accent">
            <span className="flex flex-wrap items-center justify-between gap-2">
              <span className="text-sm text-muted"><span className="font-mono">{order.number}</span> · {time(order.placedAt)}</span>
              <OrderBadge status={order.status} />
            </span>
            <span className="flex items-end justify-between gap-4">
              <span className="flex min-w-0 flex-col">
                {order.lines.map((line) => <span key={line.id} className="font-medium">{line.title}{line.quantity > 1 && <span className="text-muted"> × {number(line.quantity)}</span>}</span>)}
                {order.claims.length > 0 && <span className="text-sm text-muted">{t('orders.claims', { count: order.claims.length })}</span>}
              </span>
              <span className="shrink-0 font-semibold tabular-nums">{money(order.total)}</span>
            </span>
          </Link>
        </li>
      ))}
      {last && cursor && <li className="flex justify-center pt-2"><Button onClick={() => more(cursor)}>{t('word.more')}</Button></li>}
    </>
  )
}

import { useState } from 'react'
import { ArrowLeft, Ban } from 'lucide-react'
import { Link } from 'wouter'
import { OrderTimeline } from '@/features/order/OrderTimeline.tsx'
import { OrderBadge } from '@/features/order/status.tsx'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { micros } from '@/lib/money.ts'
import { Button } from '@/ui/Button.tsx'
import { Fact, Facts, PageHead } from '@/ui/parts.tsx'
import { Failed, Waiting } from '@/ui/states.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { LineState } from '../events/LineState.tsx'
import { Nothing } from '../kit/Nothing.tsx'
import { useAct } from '../kit/act.ts'
import { Ask } from '../kit/Ask.tsx'
import { useTenantEvents } from '../kit/events.ts'
import { Panel } from '../kit/Panel.tsx'
import { useQuery } from '../kit/query.ts'
import { useMay, useViewer } from '../viewer.tsx'
import { OrderLine } from './OrderLine.tsx'

const OrderDocument = graphql(`
  query ConsoleOrder($id: ID!) {
    order(id: $id) {
      ...OrderTimelineParts
      number couponCode
      discount { amount currency }
      site { id name }
      buyer { id displayName email }
      lines { ...OrderLineLook }
    }
  }
`)
const CancelDocument = graphql(`
  mutation ConsoleOrderCancel($input: OrderCancelInput!) { orderCancel(input: $input) { order { id status } errors { code message path } } }
`)

/** One order: what was sold and what it brings, where each unit is, and what happened. */
export default function Order({ params }: { params: Record<string, string> }) {
  const { t, time, money } = useWords()
  const { tenant } = useViewer()
  const may = useMay()
  const id = params.id ?? ''
  const [{ data, error }, again] = useQuery({ query: OrderDocument, variables: { id }, requestPolicy: 'cache-and-network' })
  const fresh = () => again({ requestPolicy: 'network-only' })
  const line = useTenantEvents(['ORDER_STATUS_CHANGED', 'DELIVERY_MADE', 'DELIVERY_TESTED', 'WARRANTY_CLAIM_OPENED', 'WARRANTY_CLAIM_CHANGED'], fresh)
  const [asked, setAsked] = useState(false)
  const cancel = useAct(CancelDocument)
  const order = data?.order
  if (error && !data) return <Failed error={error} retry={fresh} />
  if (!data) return <Waiting />
  if (!order) return <Nothing />
  const delivered = order.lines.some((one) => one.deliveries.length > 0)
  const cancels = may('order:cancel') && tenant.id === order.site.id && !delivered && ['AWAITING_PAYMENT', 'PAID', 'FULFILLING', 'ON_HOLD'].includes(order.status)
  return (
    <>
      <Link href="/orders" className="mb-3 inline-flex min-h-9 items-center gap-2 text-sm text-muted hover:text-ink"><ArrowLeft className="size-4" aria-hidden />{t('place.orders')}</Link>
      <PageHead title={t('orders.one', { number: order.number })}
        actions={<>{line && <span className="self-center"><LineState line={line} /></span>}{cancels && <Button kind="danger" icon={<Ban className="size-4" aria-hidden />} onClick={() => setAsked(true)}>{t('orders.cancel')}</Button>}</>}>
        <span className="flex flex-wrap items-center gap-2 text-sm"><OrderBadge status={order.status} />{time(order.placedAt)} · {order.site.name}</span>
      </PageHead>
      <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <div className="flex min-w-0 flex-col gap-4">
          {order.lines.map((one) => <OrderLine key={one.id} line={one} order={order} onChanged={fresh} />)}
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <Panel title={t('orders.sum')}>
            <Facts>
              <Fact term={t('orders.total')}><span className="font-semibold tabular-nums">{money(order.total)}</span></Fact>
              {order.discount && (micros(order.discount.amount) ?? 0n) > 0n && <Fact term={t('orders.coupon', { code: order.couponCode ?? '' })}><span className="tabular-nums">−{money(order.discount)}</span></Fact>}
              {(micros(order.refunded.amount) ?? 0n) > 0n && <Fact term={t('orders.refunded')}><span className="tabular-nums">{money(order.refunded)}</span></Fact>}
              {order.buyer && <Fact term={t('orders.buyer')}>{may('buyer:read') && tenant.kind === 'SITE' ? <Link href={`/buyers/${order.buyer.id}`} className="text-accent-ink underline underline-offset-4">{order.buyer.displayName}</Link> : order.buyer.displayName}<span className="block text-xs text-muted">{order.buyer.email}</span></Fact>}
              <Fact term={t('orders.site')}>{order.site.name}</Fact>
            </Facts>
          </Panel>
          <Panel title={t('orders.happened')}><OrderTimeline order={order} claimHref={may('claim:read') ? (claim) => `/claims/${claim}` : undefined} /></Panel>
        </div>
      </div>
      <Ask open={asked} onClose={() => setAsked(false)} title={t('orders.cancel')} confirm={t('orders.cancel')} kind="danger" busy={cancel.busy} wrong={cancel.wrong}
        onConfirm={async () => {
          if (!(await cancel.act({ input: { orderId: order.id } }))) return false
          toast(t('orders.canceled'))
          fresh()
          return true
        }}>
        <p>{t('orders.cancel.means', { total: money(order.total) })}</p>
      </Ask>
    </>
  )
}

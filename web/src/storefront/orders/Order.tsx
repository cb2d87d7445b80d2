import { useQuery } from 'urql'
import { graphql } from '@/gql'
import { OrderTimeline } from '@/features/order/OrderTimeline.tsx'
import { OrderBadge } from '@/features/order/status.tsx'
import { useWords } from '@/lib/i18n.tsx'
import { useKept } from '@/lib/kept.ts'
import { micros } from '@/lib/money.ts'
import { Card, Fact, Facts } from '@/ui/parts.tsx'
import { Failed, Missing, Waiting } from '@/ui/states.tsx'
import { SignInFirst } from '../account/SignInFirst.tsx'
import { Page } from '../page.tsx'
import { LineNotice } from '../LineNotice.tsx'
import { Lines } from './Lines.tsx'
import { Papers } from './Papers.tsx'
import { useOrderLine } from './useOrderLine.ts'

export const OrderPageDocument = graphql(`
  query OrderPage($id: ID!, $language: Language!) {
    order(id: $id) {
      id number status placedAt asOf
      total { amount currency }
      refunded { amount currency }
      discount { amount currency }
      couponCode
      lines {
        id title quantity fulfilment termsAcknowledged reviewed
        unitPrice { amount currency }
        total { amount currency }
        answers { name label value }
        plan { id title days }
        warranty { ...TermsLook text(language: $language) }
        deliveries { ...DeliveryLook }
      }
      claims { id status reason delivery { id } }
      dossiers { id createdAt byteSize downloadUrl }
      ...OrderTimelineParts
    }
  }
`)

/** One order, as it is now and as it changes. */
export default function Order({ id }: { id: string }) {
  const { t } = useWords()
  return <SignInFirst title={t('order.title.plain')}><Found id={id} /></SignInFirst>
}

function Found({ id }: { id: string }) {
  const { t, language } = useWords()
  const [{ data, error, fetching }, again] = useQuery({
    query: OrderPageDocument, variables: { id, language: language === 'en' ? 'EN' : 'ZH' }, requestPolicy: 'cache-and-network',
  })
  const refresh = () => again({ requestPolicy: 'network-only' })
  const order = useKept(id, data, error, refresh)?.order ?? null
  const line = useOrderLine(order, refresh)
  const { time, money } = useWords()
  if (!order && error) return <Failed error={error} retry={refresh} />
  if (!order && fetching) return <Waiting />
  if (!order) return <Page title={t('state.missing')} hidden><Missing /></Page>
  const refunded = (micros(order.refunded.amount) ?? 0n) > 0n
  return (
    <Page title={t('order.title', { number: order.number })} lead={<LineNotice line={line} />} actions={<span role="status" className="pt-1.5"><OrderBadge status={order.status} /></span>}>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 md:grid-cols-[minmax(0,1fr)_20rem]">
        <Lines order={order} refresh={refresh} />
        <div className="flex flex-col gap-5">
          <Card aria-labelledby="facts">
            <h2 id="facts" className="mb-3 text-lg font-semibold">{t('order.facts')}</h2>
            <Facts>
              <Fact term={t('order.total')}><span className="font-semibold tabular-nums">{money(order.total)}</span></Fact>
              {order.discount && micros(order.discount.amount) !== 0n && <Fact term={t('order.discount')}><span className="tabular-nums">−{money(order.discount)}{order.couponCode && ` · ${order.couponCode}`}</span></Fact>}
              {refunded && <Fact term={t('order.refunded')}><span className="tabular-nums">{money(order.refunded)}</span></Fact>}
              <Fact term={t('order.placed')}>{time(order.placedAt)}</Fact>
              <Fact term={t('order.number')}><span className="font-mono">{order.number}</span></Fact>
            </Facts>
          </Card>
          <Papers order={order} refresh={refresh} />
          <Card aria-labelledby="timeline">
            <h2 id="timeline" className="mb-4 text-lg font-semibold">{t('order.timeline')}</h2>
            <OrderTimeline order={order} claimHref={(claim) => `/claims/${claim}`} />
          </Card>
        </div>
      </div>
    </Page>
  )
}

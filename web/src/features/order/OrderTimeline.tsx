import { Link } from 'wouter'
import { graphql } from '@/gql'
import type { OrderTimelinePartsFragment } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Timeline, type Tone } from '@/ui/parts.tsx'

export const OrderTimelineParts = graphql(`
  fragment OrderTimelineParts on Order {
    id status placedAt
    total { amount currency }
    refunded { amount currency }
    lines {
      id title quantity
      deliveries { id deliveredAt revealedAt testedAt replacedBy { id deliveredAt } }
    }
    claims { id openedAt status reason }
  }
`)

type Item = { key: string; time: string; title: string; body?: React.ReactNode; tone?: Tone }

/** What happened to an order, the newest first: as far as the order itself remembers it. */
export function OrderTimeline({ order, claimHref }: { order: OrderTimelinePartsFragment; claimHref?: (id: string) => string }) {
  const { t, time, money } = useWords()
  const items: Item[] = [{ key: 'placed', time: order.placedAt, title: t('order.step.placed'), body: money(order.total), tone: 'neutral' }]
  for (const line of order.lines) {
    for (const delivery of line.deliveries) {
      items.push({ key: `${delivery.id}:made`, time: delivery.deliveredAt, title: t('order.step.delivered'), body: line.title, tone: 'good' })
      if (delivery.revealedAt) items.push({ key: `${delivery.id}:seen`, time: delivery.revealedAt, title: t('order.step.revealed'), body: line.title })
      if (delivery.testedAt) items.push({ key: `${delivery.id}:tested`, time: delivery.testedAt, title: t('order.step.tested'), body: line.title, tone: 'good' })
      if (delivery.replacedBy) {
        items.push({ key: `${delivery.id}:replaced`, time: delivery.replacedBy.deliveredAt, title: t('order.step.replaced'), body: line.title, tone: 'accent' })
      }
    }
  }
  for (const claim of order.claims) {
    const said = `${t(`claim.reason.${claim.reason}`)} · ${t(`claim.status.${claim.status}`)}`
    items.push({
      key: claim.id, time: claim.openedAt, title: t('order.step.claimed'), tone: 'warn',
      body: claimHref ? <Link className="text-accent-ink underline underline-offset-4" href={claimHref(claim.id)}>{said}</Link> : said,
    })
  }
  // A wallet pays and is delivered to in one moment; placing it came first all the same.
  items.reverse().sort((one, other) => Number(one.key === 'placed') - Number(other.key === 'placed') || Date.parse(other.time) - Date.parse(one.time))
  return <Timeline items={items.map(({ time: at, ...item }) => ({ ...item, at: <time dateTime={at}>{time(at)}</time> }))} />
}

import type { OrderPageQuery } from '@/gql/graphql'
import { Hourglass } from 'lucide-react'
import { DeliveryCard } from '@/features/order/DeliveryCard.tsx'
import { TermsSummary } from '@/features/warranty/TermsSummary.tsx'
import { useWords } from '@/lib/i18n.tsx'
import { Badge, Card, Fact, Facts } from '@/ui/parts.tsx'
import { Disclosure } from '@/ui/Disclosure.tsx'
import { DeliveryActions } from './DeliveryActions.tsx'
import { WriteReview } from './WriteReview.tsx'

export type ShownOrder = NonNullable<OrderPageQuery['order']>
export type ShownLine = ShownOrder['lines'][number]

/** What was bought, each unit with its warranty and what can be done with it. */
export function Lines({ order, refresh }: { order: ShownOrder; refresh: () => void }) {
  return (
    <div className="flex flex-col gap-5">
      {order.lines.map((line) => <Line key={line.id} order={order} line={line} refresh={refresh} />)}
    </div>
  )
}

function Line({ order, line, refresh }: { order: ShownOrder; line: ShownLine; refresh: () => void }) {
  const { t, money, number } = useWords()
  const due = line.quantity - line.deliveries.filter((one) => !line.deliveries.some((other) => other.replacedBy?.id === one.id)).length
  const over = ['CANCELED', 'EXPIRED', 'REFUNDED'].includes(order.status)
  return (
    <Card aria-label={line.title} className="flex flex-col gap-4">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1">
        <h2 className="min-w-0 text-lg font-semibold">{line.title}</h2>
        <p className="text-sm text-muted tabular-nums">{number(line.quantity)} × {money(line.unitPrice)}</p>
      </div>
      {line.plan && <p><Badge tone="accent">{line.plan.title}</Badge></p>}
      {line.answers.length > 0 && <Facts>{line.answers.map((one) => <Fact key={one.name} term={one.label}>{one.value}</Fact>)}</Facts>}
      {due > 0 && !over && (
        <div role="status" className="flex items-start gap-3 rounded-md bg-info-soft px-4 py-3 text-info">
          <Hourglass className="mt-0.5 size-5 shrink-0" aria-hidden />
          <div>
            <p className="font-medium">{t('order.due', { count: due })}</p>
            <p className="text-sm">{t(line.fulfilment === 'MANUAL' ? 'order.due.manual' : 'order.due.stock')}</p>
          </div>
        </div>
      )}
      {line.deliveries.map((delivery, index) => (
        <DeliveryCard key={delivery.id} delivery={delivery} name={t('order.unit', { number: index + 1 })} of={line.title}>
          <DeliveryActions order={order} delivery={delivery} refresh={refresh} />
        </DeliveryCard>
      ))}
      <Disclosure title={t('order.terms')}>
        <div className="flex flex-col gap-4">
          <TermsSummary terms={line.warranty} />
          <p className="text-sm whitespace-pre-line">{line.warranty.text}</p>
          {line.termsAcknowledged && <p className="text-xs text-muted">{t('order.terms.agreed')}</p>}
        </div>
      </Disclosure>
      {line.deliveries.length > 0 && <WriteReview lineId={line.id} title={line.title} reviewed={line.reviewed} claimed={order.claims.some((claim) => line.deliveries.some((one) => one.id === claim.delivery.id))} />}
    </Card>
  )
}

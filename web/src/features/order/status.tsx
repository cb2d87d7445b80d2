import type { DeliveryStatus, OrderStatus } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Badge, type Tone } from '@/ui/parts.tsx'

const ofOrder: Record<OrderStatus, Tone> = {
  AWAITING_PAYMENT: 'warn',
  PAID: 'info',
  FULFILLING: 'info',
  PARTIALLY_DELIVERED: 'info',
  DELIVERED: 'good',
  COMPLETED: 'good',
  ON_HOLD: 'warn',
  CANCELED: 'neutral',
  EXPIRED: 'neutral',
  PARTIALLY_REFUNDED: 'accent',
  REFUNDED: 'neutral',
}

const ofDelivery: Record<DeliveryStatus, Tone> = {
  DELIVERED: 'good',
  UNDER_CLAIM: 'warn',
  REPLACED: 'neutral',
  REFUNDED: 'neutral',
}

/** Every status that an order can have, in the order in which it comes to them. */
export const orderStatuses = Object.keys(ofOrder) as OrderStatus[]

export const orderTone = (status: OrderStatus): Tone => ofOrder[status]

/** Where an order stands. */
export function OrderBadge({ status }: { status: OrderStatus }) {
  const { t } = useWords()
  return <Badge tone={ofOrder[status]}>{t(`order.status.${status}`)}</Badge>
}

/** Where one delivered unit stands. */
export function DeliveryBadge({ status }: { status: DeliveryStatus }) {
  const { t } = useWords()
  return <Badge tone={ofDelivery[status]}>{t(`delivery.status.${status}`)}</Badge>
}

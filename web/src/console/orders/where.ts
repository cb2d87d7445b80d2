import type { OrderStatus, OrderWhere } from '@/gql/graphql'
import { orderStatuses } from '@/features/order/status.tsx'
import { dayOf } from '@/lib/time.ts'

/** Those that somebody has to do something for. */
export const waiting: readonly OrderStatus[] = ['PAID', 'FULFILLING', 'PARTIALLY_DELIVERED', 'ON_HOLD']
export const filterNames = ['number', 'status', 'from', 'to', 'site'] as const
export type Filters = Record<(typeof filterNames)[number], string>

/** What the address says, as the API is asked. */
export function whereOf({ number, status, from, to, site }: Filters): OrderWhere {
  const one = orderStatuses.find((each) => each === status)
  return {
    number: number || null,
    status: one ?? null,
    statuses: status === 'waiting' ? [...waiting] : null,
    from: dayOf(from, false),
    to: dayOf(to, true),
    siteId: site || null,
  }
}

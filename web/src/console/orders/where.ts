import type { OrderStatus, OrderWhere } from '@/gql/graphql'
import { orderStatuses } from '@/features/order/status.tsx'

/** Those that somebody has to do something for. */
export const waiting: readonly OrderStatus[] = ['PAID', 'FULFILLING', 'PARTIALLY_DELIVERED', 'ON_HOLD']
export const filterNames = ['number', 'status', 'from', 'to', 'site'] as const
export type Filters = Record<(typeof filterNames)[number], string>

/** A day of the browser's calendar as the moment that it begins, or that it ends. */
function moment(day: string, end: boolean): string | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day)
  if (!match) return null
  const at = new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]) + (end ? 1 : 0))
  return Number.isNaN(at.getTime()) ? null : at.toISOString()
}

/** What the address says, as the API is asked. */
export function whereOf({ number, status, from, to, site }: Filters): OrderWhere {
  const one = orderStatuses.find((each) => each === status)
  return {
    number: number || null,
    status: one ?? null,
    statuses: status === 'waiting' ? [...waiting] : null,
    from: moment(from, false),
    to: moment(to, true),
    siteId: site || null,
  }
}

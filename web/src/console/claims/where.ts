import type { ClaimDesk, ProductKind } from '@/gql/graphql'

export const desks: ClaimDesk[] = ['SITE', 'SUPPLIER', 'OPERATOR', 'BUYER']
export const kinds: ProductKind[] = ['CARD', 'GIFT_CARD', 'TOP_UP', 'MEMBERSHIP', 'LICENCE', 'SERVICE']

/** By when a claim is due, as the filter offers it; hours from now. */
export const dues = { late: 0, hour: 1, today: 24, week: 168 } as const

/** Rounded up to a minute, so that the same filter asks the same question for a while. */
export function dueBefore(said: string | null): string | null {
  const hours = dues[said as keyof typeof dues]
  if (hours === undefined) return null
  const minute = 60_000
  return new Date(Math.ceil((Date.now() + hours * 3_600_000) / minute) * minute).toISOString()
}

import type { ConsoleSalesQuery } from '@/gql/graphql'
import { decimal, micros, type Money } from '@/lib/money.ts'

export type Day = NonNullable<ConsoleSalesQuery['salesReport']>['days'][number]
export type Sum = { orders: number; claims: number; sales: bigint; profit: bigint; refunded: bigint }

/** What some days come to, in micro-units: exact, however many they are. */
export function sumOf(days: readonly Day[]): Sum {
  const sum: Sum = { orders: 0, claims: 0, sales: 0n, profit: 0n, refunded: 0n }
  for (const day of days) {
    sum.orders += day.orders
    sum.claims += day.claims
    sum.sales += micros(day.sales.amount) ?? 0n
    sum.profit += micros(day.profit.amount) ?? 0n
    sum.refunded += micros(day.refunded.amount) ?? 0n
  }
  return sum
}

/** How much more it is than before, in basis points; null where there was nothing to compare with. */
export function growth(now: bigint, before: bigint): number | null {
  return before > 0n ? Number(((now - before) * 10_000n) / before) : null
}

export const moneyOf = (value: bigint, currency: string): Money => ({ amount: decimal(value), currency })

/** From midnight so many days ago until the end of today. The server's days are UTC's. */
export function lastDays(count: number, today: string): { from: string; to: string } {
  const from = new Date(Date.parse(`${today}T00:00:00Z`) - (count - 1) * 86_400_000)
  return { from: from.toISOString(), to: `${today}T23:59:59.999Z` }
}

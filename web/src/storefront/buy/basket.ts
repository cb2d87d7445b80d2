import type { CheckoutGoodQuery } from '@/gql/graphql'
import { freshKey } from '@/lib/errors.ts'

export type Good = NonNullable<CheckoutGoodQuery['listing']>

/** What somebody is about to buy, as far as they have said. */
export type Basket = {
  quantity: number
  /** Answers to the good's own questions, by name. */
  fields: Record<string, string>
  plan: string | null
  /** What is in the coupon's field, and what of it is applied. */
  couponText: string
  coupon: string | null
  /** The version of the terms that were agreed to. */
  agreed: string | null
  /** Names this intention to buy: whatever happens on the way, it buys once. */
  key: string
}

export const emptyBasket = (): Basket => ({ quantity: 1, fields: {}, plan: null, couponText: '', coupon: null, agreed: null, key: freshKey() })

export const most = 1000

/** The answers as the API takes them; what was left empty is left out. */
export function answers(good: Good, basket: Basket): { name: string; value: string }[] {
  return good.fields.map(({ name }) => ({ name, value: (basket.fields[name] ?? '').trim() })).filter(({ value }) => value !== '')
}

/** The names of the questions that must be answered and are not. */
export function unanswered(good: Good, basket: Basket): string[] {
  return good.fields.filter(({ name, required }) => required && !(basket.fields[name] ?? '').trim()).map(({ name }) => name)
}

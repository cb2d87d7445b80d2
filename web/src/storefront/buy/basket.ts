import type { CheckoutGoodQuery } from '@/gql/graphql'
import { takeDraft } from '@/lib/draft.ts'
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
  /** When it was first sent, until it is certain that nothing came of that. `placed`: there is an order of this key. */
  sent: { at: number; placed: boolean } | null
}

export const emptyBasket = (): Basket => ({ quantity: 1, fields: {}, plan: null, couponText: '', coupon: null, agreed: null, key: freshKey(), sent: null })

/** Where somebody's draft is kept: nobody sees what another said in the same tab. What was said before signing in goes
 *  to who signs in. The key of their own stays then: there may be an order of it. */
export function draftOf(good: Good, user: string | null): string {
  const [before, own] = [`buy:${good.id}`, `buy:${good.id}:${user}`]
  if (user === null) return before
  takeDraft<Basket>(before, own, ['key', 'sent'])
  return own
}

export const most = 1000

/** The answers as the API takes them; what was left empty is left out. */
export function answers(good: Good, basket: Basket): { name: string; value: string }[] {
  return good.fields.map(({ name }) => ({ name, value: (basket.fields[name] ?? '').trim() })).filter(({ value }) => value !== '')
}

/** The names of the questions that must be answered and are not. */
export function unanswered(good: Good, basket: Basket): string[] {
  return good.fields.filter(({ name, required }) => required && !(basket.fields[name] ?? '').trim()).map(({ name }) => name)
}

import { useEffect, useState } from 'react'
import { useQuery } from 'urql'
import { graphql } from '@/gql'
import type { Basket, Good } from './basket.ts'

const QuoteDocument = graphql(`
  query CheckoutQuote($lines: [ListingLineInput!]!, $coupon: String) {
    quote(lines: $lines, couponCode: $coupon) {
      total { amount currency }
      discount { amount currency }
    }
  }
`)

/** What is said of a code that does not hold. */
const couponCodes = ['NOT_FOUND', 'COUPON_NOT_APPLICABLE', 'LIMIT_EXCEEDED'] as const

/** What a change settles on, once nothing has changed for a moment. */
function useSettled<T>(value: T, after: number): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), after)
    return () => clearTimeout(timer)
  }, [value, after])
  return settled
}

/** What it would cost now. A quote that is refused says why by its code. */
export function useQuote(good: Good, { quantity, coupon }: Basket, planId: string | null) {
  const wanted = useSettled(quantity, 250)
  // What the buyer answers changes no price; a quote just wants every question answered.
  const fields = good.fields.map(({ name }) => ({ name, value: '-' }))
  const lines = [{ listingId: good.id, quantity: wanted, fields, ...(planId && { planId }) }]
  const [{ data, error, fetching, stale }, again] = useQuery({
    query: QuoteDocument, variables: { lines, ...(coupon && { coupon }) }, pause: wanted < 1, requestPolicy: 'cache-and-network',
  })
  const refused = error?.graphQLErrors[0]
  const code = refused ? String(refused.extensions.code ?? 'INTERNAL') : null
  return {
    quote: refused ? null : (data?.quote ?? null),
    waiting: fetching || Boolean(stale) || wanted !== quantity,
    error,
    code,
    aboutCoupon: coupon ? couponCodes.find((one) => one === code) : undefined,
    again: () => again({ requestPolicy: 'network-only' }),
  }
}

import { useEffect, useState } from 'react'
import { useQuery } from 'urql'
import { graphql } from '@/gql'

const QuoteDocument = graphql(`
  query CheckoutQuote($lines: [ListingLineInput!]!, $coupon: String) {
    quote(lines: $lines, couponCode: $coupon) {
      total { amount currency }
      lines { unitPrice { amount currency } total { amount currency } plan { id title days price { amount currency } } warranty { durationSeconds } }
    }
  }
`)

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
export function useQuote(listingId: string, quantity: number, planId: string | null, coupon: string | null) {
  const wanted = useSettled(quantity, 250)
  const lines = [{ listingId, quantity: wanted, ...(planId && { planId }) }]
  const [{ data, error, fetching, stale }, again] = useQuery({
    query: QuoteDocument, variables: { lines, ...(coupon && { coupon }) }, pause: wanted < 1, requestPolicy: 'cache-and-network',
  })
  const refused = error?.graphQLErrors[0]
  return {
    quote: refused ? null : (data?.quote ?? null),
    waiting: fetching || Boolean(stale) || wanted !== quantity,
    error,
    code: refused ? String(refused.extensions.code ?? 'INTERNAL') : null,
    aboutCoupon: Boolean(coupon) && refused?.extensions.code === 'NOT_FOUND',
    again: () => again({ requestPolicy: 'network-only' }),
  }
}

import { useState } from 'react'
import { useClient, useMutation } from 'urql'
import { graphql } from '@/gql'
import type { OrderPlaceInput, PlaceOrderMutation } from '@/gql/graphql'
import { troubles } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { SiteDocument } from '../site.tsx'

const PlaceOrderDocument = graphql(`
  mutation PlaceOrder($input: OrderPlaceInput!) {
    orderPlace(input: $input) {
      order { id number status }
      errors {
        code message path
        ... on PriceChanged { expected { amount currency } current { amount currency } }
        ... on OutOfStock { available }
        ... on InsufficientFunds { missing { amount currency } }
      }
    }
  }
`)

export type Refused = PlaceOrderMutation['orderPlace']['errors'][number]

/** What is told before anything was looked at: nothing was placed by it. */
const turnedAway = ['UNAUTHENTICATED', 'FORBIDDEN', 'TENANT_REQUIRED', 'THROTTLED']

/** What came of a try: the order; that there is one of this key already; that this try placed none, or that none of this
 *  key ever did; or that nobody knows, since no answer came back. */
export type Came = { order: string } | 'placed' | 'not now' | 'never' | 'unknown'

/** Places an order. Keeps why not. */
export function usePlace() {
  const { t } = useWords()
  const client = useClient()
  const [{ fetching }, send] = useMutation(PlaceOrderDocument)
  const [refused, setRefused] = useState<readonly Refused[]>([])
  const [fault, setFault] = useState<string[]>([])
  const forget = () => {
    setRefused([])
    setFault([])
  }
  const place = async (input: OrderPlaceInput): Promise<Came> => {
    forget()
    const { data, error } = await send({ input })
    const order = data?.orderPlace.order
    if (order) return { order: order.id }
    if (error) {
      setFault(troubles(t, error, []))
      return error.graphQLErrors.some((one) => turnedAway.includes(String(one.extensions.code))) ? 'not now' : 'unknown'
    }
    const errors = data?.orderPlace.errors ?? []
    if (errors.some((one) => one.code === 'IDEMPOTENCY_KEY_REUSED')) return 'placed'
    setRefused(errors)
    // The shop may have closed while this page was open: then every page says so.
    if (errors.some((one) => one.code === 'NOT_SELLABLE')) void client.query(SiteDocument, {}, { requestPolicy: 'network-only' }).toPromise()
    return 'never'
  }
  return { placing: fetching, place, refused, fault, forget }
}

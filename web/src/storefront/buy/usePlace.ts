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

/** Places an order. Answers its id, or keeps why not. */
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
  const place = async (input: OrderPlaceInput): Promise<string | null> => {
    forget()
    const { data, error } = await send({ input })
    const order = data?.orderPlace.order
    if (order) return order.id
    if (error) setFault(troubles(t, error, []))
    else setRefused(data?.orderPlace.errors ?? [])
    // The shop may have closed while this page was open: then every page says so.
    if (data?.orderPlace.errors.some((one) => one.code === 'NOT_SELLABLE')) void client.query(SiteDocument, {}, { requestPolicy: 'network-only' }).toPromise()
    return null
  }
  return { placing: fetching, place, refused, fault, forget }
}

import { useEffect, useRef } from 'react'
import { graphql } from '@/gql'
import { useLine, type Line } from '@/lib/live.ts'
import { streams } from '../streams.ts'

const OrderEventsDocument = graphql(`
  subscription OrderLive($orderId: ID!, $after: EventCursor) {
    orderEvents(orderId: $orderId, after: $after) { id cursor type orderStatus claimStatus }
  }
`)

/** Follows an order from where its page was read. Whatever happens to it or its claims, `refresh` is called; several
 *  things at once are one refresh. */
export function useOrderLine(order: { id: string; asOf: string } | null, refresh: () => void): Line {
  const fresh = useRef({ asOf: order?.asOf ?? null, refresh })
  fresh.current = { asOf: order?.asOf ?? null, refresh }
  const timer = useRef(0)
  useEffect(() => () => clearTimeout(timer.current), [])
  const line = useLine(
    order && ((after, sink, anew) =>
      streams(OrderEventsDocument, { orderId: order.id, after: after ?? (anew ? null : fresh.current.asOf) }, {
        ...sink,
        open: () => {
          sink.open()
          if (anew) fresh.current.refresh()
        },
        next: ({ orderEvents }) => {
          sink.heard(orderEvents.cursor)
          if (!orderEvents.type) return
          clearTimeout(timer.current)
          timer.current = window.setTimeout(() => fresh.current.refresh(), 60)
        },
      })),
    order?.id ?? '',
  )
  return line
}

import { useEffect, useRef, useState } from 'react'
import { useClient } from 'urql'
import { graphql } from '@/gql'
import type { EventType, TenantEventsSubscription } from '@/gql/graphql'
import { useLine, type Line } from '@/lib/live.ts'

const TenantEventsDocument = graphql(`
  subscription TenantEvents($after: EventCursor) {
    tenantEvents(after: $after) {
      id cursor occurredAt type subjectId orderStatus claimStatus
      subject {
        __typename id
        ... on Order { number total { amount currency } }
        ... on WarrantyClaim { order { id number } }
        ... on Tenant { name }
        ... on Variant { title }
      }
    }
  }
`)

export type Happened = TenantEventsSubscription['tenantEvents']

/** Follows the log of the tenant in view, from the cursor that it has. `came` is told every event but heartbeats. */
export function useTenantEvents(tenantId: string, came: (event: Happened) => void): Line {
  const client = useClient()
  const last = useRef(came)
  last.current = came
  return useLine((after, sink) => {
    const running = client.subscription(TenantEventsDocument, { after }).subscribe(({ data, error }) => {
      if (error) return sink.error()
      if (!data) return
      const event = data.tenantEvents
      sink.next(event.cursor)
      if (event.type) last.current(event)
    })
    return () => running.unsubscribe()
  }, tenantId)
}

/** Tells that something of a kind happened, not more often than a page can be read anew. */
export function useFreshness(tenantId: string, types: readonly EventType[], refresh: () => void): Line {
  const last = useRef(refresh)
  last.current = refresh
  const [count, setCount] = useState(0)
  const line = useTenantEvents(tenantId, (event) => event.type && types.includes(event.type) && setCount((before) => before + 1))
  useEffect(() => {
    if (count === 0) return
    const timer = setTimeout(() => last.current(), 400)
    return () => clearTimeout(timer)
  }, [count])
  return line
}

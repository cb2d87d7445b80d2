import { useRef } from 'react'
import { useClient } from 'urql'
import { graphql } from '@/gql'
import type { TenantEventsSubscription } from '@/gql/graphql'
import { useLine, type Line } from '@/lib/live.ts'
import { overDesk } from '../kit/line.ts'

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

/** Follows the log of the tenant in view, from `since` or from now. `came` is told every event but heartbeats, and
 *  where it stands. */
export function useFeed(key: string, since: string | null, came: (event: Happened) => void): Line {
  const client = useClient()
  const last = useRef(came)
  last.current = came
  return useLine((after, sink, anew) => {
    const from = after ?? (anew ? null : since)
    return overDesk(from, sink, client.subscription(TenantEventsDocument, { after: from }), ({ tenantEvents: event }) => {
      last.current(event)
      return event.cursor
    })
  }, key)
}


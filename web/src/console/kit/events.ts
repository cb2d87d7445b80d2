import { useEffect, useRef, useState } from 'react'
import { useClient } from 'urql'
import { graphql } from '@/gql'
import type { EventType } from '@/gql/graphql'
import { gathering, type Pace } from '@/lib/gather.ts'
import { useLine, type Line } from '@/lib/live.ts'
import { useMay } from '../viewer.tsx'
import { overDesk } from './line.ts'

const ConsoleEventsDocument = graphql(`
  subscription ConsoleEvents($after: EventCursor, $types: [EventType!]) {
    tenantEvents(after: $after, types: $types) { id type cursor subjectId }
  }
`)

/** How soon a page follows, in milliseconds. */
const soon: Pace = { quiet: 400, most: 2_000 }

/** Tells when something of these types has happened at the viewed tenant, and once when the line is open: whatever
 *  happened between the page's question and that is known then too. `subjects` are what it was about. Answers null where
 *  the viewer may not follow. */
export function useTenantEvents(types: EventType[], tell: (subjects: string[]) => void, pace = soon): Line | null {
  const may = useMay()('event:read')
  const client = useClient()
  const teller = useRef(tell)
  teller.current = tell
  const [news] = useState(() => gathering<string>((subjects) => teller.current(subjects), pace))
  useEffect(() => news.close, [news])
  const line = useLine(may ? (after, sink, anew) => {
    let opened = false
    if (anew) news.add(null)
    return overDesk(after, sink, client.subscription(ConsoleEventsDocument, { after, types }), ({ tenantEvents: event }) => {
      if (event.type || !opened) news.add(event.subjectId ?? null)
      opened = true
      return event.cursor
    })
  } : null, types.join())
  return may ? line : null
}

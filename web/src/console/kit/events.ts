import { useEffect, useRef } from 'react'
import { useClient } from 'urql'
import { graphql } from '@/gql'
import type { EventType } from '@/gql/graphql'
import { useLine, type Line } from '@/lib/live.ts'
import { useMay } from '../viewer.tsx'
import { overDesk } from './line.ts'

const ConsoleEventsDocument = graphql(`
  subscription ConsoleEvents($after: EventCursor, $types: [EventType!]) {
    tenantEvents(after: $after, types: $types) { id type cursor subjectId }
  }
`)

/** News that arrives together is told together. */
const gather = 400

/** Tells when something of these types has happened at the viewed tenant, and once when the line is open: whatever
 *  happened between the page's question and that is known then too. `subjects` are what it was about. Answers null where
 *  the viewer may not follow. */
export function useTenantEvents(types: EventType[], tell: (subjects: string[]) => void): Line | null {
  const may = useMay()('event:read')
  const client = useClient()
  const teller = useRef(tell)
  teller.current = tell
  const waiting = useRef<{ timer: number; subjects: string[] }>({ timer: 0, subjects: [] })
  useEffect(() => () => clearTimeout(waiting.current.timer), [])
  const later = (subject: string | null | undefined) => {
    const now = waiting.current
    if (subject) now.subjects.push(subject)
    clearTimeout(now.timer)
    now.timer = window.setTimeout(() => teller.current(now.subjects.splice(0)), gather)
  }
  const line = useLine(may ? (after, sink, anew) => {
    let opened = false
    if (anew) later(null)
    return overDesk(after, sink, client.subscription(ConsoleEventsDocument, { after, types }), ({ tenantEvents: event }) => {
      if (event.type || !opened) later(event.subjectId)
      opened = true
      return event.cursor
    })
  } : null, types.join())
  return may ? line : null
}

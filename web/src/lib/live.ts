import { useEffect, useRef, useState } from 'react'
import { createClient as createSse } from 'graphql-sse'
import type { SubscriptionForwarder } from 'urql'
import { headersOf, type Asker } from './client.ts'

/** Subscriptions over server-sent events: one request each, no socket, little code. */
export function overEvents(asker: () => Asker): SubscriptionForwarder {
  const client = createSse({
    url: '/graphql',
    headers: () => headersOf(asker()),
    retryAttempts: 0,
  })
  return ({ query, variables }) => ({
    subscribe: (sink) => ({
      unsubscribe: client.subscribe({ query: query ?? '', variables }, sink as never),
    }),
  })
}

/** Whether pushes arrive. */
export type Line = 'connecting' | 'live' | 'lost'

/** Time until the next try, in milliseconds; longer each time, never longer than half a minute, a little by chance so
 *  that a restarted server does not meet everybody at once. */
export function pause(failures: number): number {
  return Math.min(30_000, 500 * 2 ** Math.min(failures, 6)) * (0.75 + Math.random() / 2)
}

type Open = (after: string | null, sink: { next: (cursor: string | null) => void; error: () => void }) => () => void

/** Keeps a subscription open, from where the last push left off: nothing is missed, whatever happens to the line. */
export function useLine(open: Open | null, key: string): Line {
  const [line, setLine] = useState<Line>('connecting')
  const opener = useRef(open)
  opener.current = open
  const wanted = open !== null
  useEffect(() => {
    if (!wanted) return
    let [ended, failures, after] = [false, 0, null as string | null]
    let [close, timer] = [() => {}, 0]
    const begin = () => {
      if (ended || !opener.current) return
      close()
      close = opener.current(after, {
        next(cursor) {
          failures = 0
          if (cursor) after = cursor
          setLine('live')
        },
        error() {
          if (ended) return
          setLine('lost')
          clearTimeout(timer)
          timer = window.setTimeout(begin, pause(failures++))
        },
      })
    }
    const again = () => {
      clearTimeout(timer)
      failures = 0
      begin()
    }
    begin()
    addEventListener('online', again)
    return () => {
      ended = true
      clearTimeout(timer)
      removeEventListener('online', again)
      close()
    }
  }, [wanted, key])
  return line
}

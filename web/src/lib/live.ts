import { useEffect, useRef, useState } from 'react'
import { stringifyDocument, type TypedDocumentNode } from 'urql'
import { createClient as createSse } from 'graphql-sse'
import type { SubscriptionForwarder } from 'urql'
import { headersOf, type Asker } from './client.ts'

const sseOf = (asker: () => Asker) => createSse({ url: '/graphql', headers: () => headersOf(asker()), retryAttempts: 0 })

/** Subscriptions over server-sent events: one request each, no socket, little code. */
export function overEvents(asker: () => Asker): SubscriptionForwarder {
  const client = sseOf(asker)
  return ({ query, variables }) => ({
    subscribe: (sink) => ({
      unsubscribe: client.subscribe({ query: query ?? '', variables }, sink as never),
    }),
  })
}

/** What a stream tells: that it is open, each push, and that it has ended, for whatever reason. */
export type Listener<Data> = { open: () => void; next: (data: Data) => void; end: () => void }
export type Streams = <Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables, listener: Listener<Data>) => () => void

/** Streams that also say when they open and when they end, so that a page can tell whether it is up to date. */
export function streamsOf(asker: () => Asker): Streams {
  const client = sseOf(asker)
  return (document, variables, listener) => {
    let closed = false
    const end = () => {
      if (!closed) listener.end()
      closed = true
    }
    const close = client.subscribe<never>(
      { query: stringifyDocument(document), variables: variables as never },
      {
        next: ({ data, errors }) => {
          if (closed) return
          if (data) listener.next(data)
          else if (errors) end()
        },
        error: end,
        complete: end,
      },
      { connected: () => !closed && listener.open() },
    )
    return () => {
      closed = true
      close()
    }
  }
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
        // Without a cursor it only says that the line is open: that alone is no reason to try again soon.
        next(cursor) {
          if (cursor) {
            failures = 0
            after = cursor
          }
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
    const lost = () => setLine('lost')
    begin()
    addEventListener('online', again)
    addEventListener('offline', lost)
    return () => {
      ended = true
      clearTimeout(timer)
      removeEventListener('online', again)
      removeEventListener('offline', lost)
      close()
    }
  }, [wanted, key])
  return line
}

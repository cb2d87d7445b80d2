import { useEffect, useRef, useState } from 'react'
import type { CombinedError } from 'urql'

/** Whether pushes arrive. */
export type Line = 'connecting' | 'live' | 'lost'

/** Why a line ended: its network failed; the server wants it to come back later, in milliseconds; it does not know the
 *  cursor; it does not allow it now; nobody is signed in any more. */
export type End = 'lost' | 'stale' | 'refused' | 'over' | { wait: number }

/** What a line is told by whatever carries it. */
export type Sink = {
  /** It is open. */
  open: () => void
  /** Something came, if only a heartbeat; with its cursor, where it has one. */
  heard: (cursor?: string | null) => void
  end: (why: End) => void
}

/** Opens a line from where the last push left off and answers how it is closed. `anew`: whatever cursor there was is
 *  not to be used again, and the page has to be read again. */
export type Open = (after: string | null, sink: Sink, anew: boolean) => () => void

/** The server sends a heartbeat every 12 seconds: a line that was quiet for three of them is lost, whatever it says. */
export const quiet = 40_000
/** A line that was open for so long is a good one: the next try comes soon again, in milliseconds. */
const proven = 10_000
/** After a failure, a line that opens and does not end within this time is open, in milliseconds. */
const settling = 1_000

/** Time until the next try, in milliseconds; longer each time, never longer than half a minute, a little by chance so
 *  that a restarted server does not meet everybody at once. */
export function pause(failures: number): number {
  return Math.min(30_000, 500 * 2 ** Math.min(failures, 6)) * (0.75 + Math.random() / 2)
}

/** What an error says about how to go on. `after`: whether the line asked to go on from a cursor. */
export function endOf(error: Pick<CombinedError, 'graphQLErrors' | 'networkError'>, after: string | null): End {
  const codes = error.graphQLErrors.map((one) => String(one.extensions.code))
  if (codes.includes('UNAUTHENTICATED')) return 'over'
  if (codes.includes('FORBIDDEN') || codes.includes('TENANT_REQUIRED')) return 'refused'
  if (codes.includes('THROTTLED') || codes.includes('UNAVAILABLE')) return { wait: 1000 }
  if (codes.includes('BAD_REQUEST') && after) return 'stale'
  // The codes with which the server closes a socket.
  const closed = (error.networkError as { code?: unknown } | undefined)?.code
  if (closed === 4401) return 'over'
  if (closed === 4403) return 'refused'
  if (closed === 1013) return { wait: 1000 }
  return 'lost'
}

/** Keeps a line open, from where the last push left off: nothing is missed, whatever happens to it. Answers how it is
 *  ended, and how it is tried at once. */
export function keep(open: Open, tell: (line: Line) => void): { close: () => void; again: () => void } {
  let [failures, after, anew, opened] = [0, null as string | null, false, 0]
  let close = () => {}
  let [next, watch, settled]: (ReturnType<typeof setTimeout> | undefined)[] = []
  let ended = false

  const begin = () => {
    stop()
    // What an attempt says that was given up concerns nobody.
    let current = true
    const over = (why: End) => {
      if (!current) return
      stop()
      if (opened && Date.now() - opened > proven) failures = 0
      failures += 1
      if (why === 'over') return
      if (why === 'stale') [after, anew] = [null, true]
      tell(why === 'lost' ? 'lost' : 'connecting')
      next = setTimeout(begin, typeof why === 'object' ? why.wait + Math.random() * 500 : pause(failures - 1))
    }
    const listen = () => {
      clearTimeout(watch)
      watch = setTimeout(() => over('lost'), quiet)
    }
    const shut = () => {
      current = false
    }
    close = shut
    opened = 0
    listen()
    const sink: Sink = {
      open() {
        if (!current || opened) return
        opened = Date.now()
        listen()
        if (failures === 0) tell('live')
        else settled = setTimeout(() => tell('live'), settling)
      },
      heard(cursor) {
        if (!current) return
        sink.open()
        listen()
        if (!cursor) return
        ;[after, anew, failures] = [cursor, false, 0]
        clearTimeout(settled)
        tell('live')
      },
      end: over,
    }
    const unsubscribe = open(after, sink, anew)
    // It may have ended before it was there.
    if (!current) return unsubscribe()
    close = () => {
      shut()
      unsubscribe()
    }
  }
  const stop = () => {
    for (const timer of [next, watch, settled]) clearTimeout(timer)
    close()
    close = () => {}
  }
  begin()
  return {
    again: () => {
      if (ended) return
      failures = 0
      begin()
    },
    close: () => {
      ended = true
      stop()
    },
  }
}

/** Keeps a line open while the page is there. `open` is null where there is nothing to follow. */
export function useLine(open: Open | null, key: string): Line {
  const [line, setLine] = useState<Line>('connecting')
  const opener = useRef(open)
  opener.current = open
  const wanted = open !== null
  useEffect(() => {
    if (!wanted) return
    setLine('connecting')
    const kept = keep((after, sink, anew) => opener.current?.(after, sink, anew) ?? (() => {}), setLine)
    const lost = () => setLine('lost')
    addEventListener('online', kept.again)
    addEventListener('offline', lost)
    return () => {
      removeEventListener('online', kept.again)
      removeEventListener('offline', lost)
      kept.close()
    }
  }, [wanted, key])
  return line
}

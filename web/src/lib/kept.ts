import { useEffect, useRef } from 'react'
import type { CombinedError } from 'urql'

/** How long until what could not be read again is tried again, in milliseconds. */
const every = 5_000

/** What was read last, also while it can't be read again: a page that was there does not vanish with the line. It is
 *  tried again until it can be read, at once when the browser says that it is online. `key` says what it is of. */
export function useKept<Data>(key: string, data: Data | undefined, error: CombinedError | undefined, again: () => void): Data | undefined {
  const kept = useRef<{ key: string; data: Data } | null>(null)
  if (data !== undefined && !error) kept.current = { key, data }
  const shown = kept.current?.key === key ? kept.current.data : data
  const failing = Boolean(error) && shown !== undefined
  const retry = useRef(again)
  retry.current = again
  useEffect(() => {
    if (!failing) return
    const now = () => retry.current()
    const timer = setInterval(now, every)
    addEventListener('online', now)
    return () => {
      clearInterval(timer)
      removeEventListener('online', now)
    }
  }, [failing])
  return shown
}

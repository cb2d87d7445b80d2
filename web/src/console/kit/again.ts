import { useEffect, useRef } from 'react'

/** Does something again whenever a count has grown, and not for what it was at the beginning. */
export function useAgain(count: number, again: () => void): void {
  const done = useRef(count)
  const call = useRef(again)
  call.current = again
  useEffect(() => {
    if (done.current === count) return
    done.current = count
    call.current()
  }, [count])
}

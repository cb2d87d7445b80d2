import { createContext, use, useEffect, useRef, useSyncExternalStore, type RefObject } from 'react'

/** Whose pages these are: the shop's name or the tenant's, which every title ends with. */
export const OwnerContext = createContext<string | null>(null)

/** The first page is the browser's own to announce; those after it are ours. */
let arrived = false
let returning = false
let path = location.pathname
addEventListener('popstate', () => {
  // Back to another view of the same page is no way to a page.
  returning = location.pathname !== path
})

let announced = ''
const listeners = new Set<() => void>()
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Says which page this is, to whoever does not see it change. Once, in the frame. */
export function Announcer() {
  const said = useSyncExternalStore(subscribe, () => announced)
  return <p aria-live="polite" role="status" className="sr-only">{said}</p>
}

/** Names the document after the page. Answers where its heading goes: it gets the focus where somebody came here from
 *  another page. */
export function useArrival(title: string): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null)
  const owner = use(OwnerContext)
  useEffect(() => {
    document.title = owner ? `${title} – ${owner}` : title
  }, [title, owner])
  useEffect(() => {
    if (arrived) {
      if (!returning) scrollTo(0, 0)
      heading.current?.focus({ preventScroll: true })
      announced = document.title
      listeners.forEach((listener) => listener())
    }
    arrived = true
    returning = false
    path = location.pathname
  }, [])
  return heading
}

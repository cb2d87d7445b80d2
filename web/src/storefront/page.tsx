import { useEffect, useRef, useSyncExternalStore, type ReactNode, type RefObject } from 'react'
import { cx } from '@/ui/classes.ts'
import { useSite } from './site.tsx'

/** The first page is the browser's own to announce; those after it are ours. */
let arrived = false
let returning = false
addEventListener('popstate', () => (returning = true))

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

type Props = {
  title: string
  children?: ReactNode
  /** Above the title. */
  eyebrow?: ReactNode
  /** Under the title. */
  lead?: ReactNode
  actions?: ReactNode
  /** The title is for the document and for screen readers; the page shows it in another way. */
  hidden?: boolean
}

/** Names the document after the page. Answers where its heading goes: it gets the focus where somebody came here from
 *  another page. */
export function useArrival(title: string): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null)
  const site = useSite()?.name
  useEffect(() => {
    document.title = site ? `${title} – ${site}` : title
  }, [title, site])
  useEffect(() => {
    if (arrived) {
      if (!returning) scrollTo(0, 0)
      heading.current?.focus({ preventScroll: true })
      announced = document.title
      listeners.forEach((listener) => listener())
    }
    arrived = true
    returning = false
  }, [])
  return heading
}

/** A page with its title. */
export function Page({ title, children, eyebrow, lead, actions, hidden }: Props) {
  const heading = useArrival(title)
  return (
    <>
      <div className={hidden ? 'sr-only' : 'mb-5 flex flex-wrap items-start justify-between gap-3'}>
        <div className="min-w-0">
          {eyebrow && <div className="mb-1 text-sm text-muted">{eyebrow}</div>}
          <h1 ref={heading} tabIndex={-1} className={cx('outline-none', !hidden && 'text-2xl font-semibold')}>{title}</h1>
          {lead && <div className="mt-1.5 text-muted">{lead}</div>}
        </div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </div>
      {children}
    </>
  )
}

import type { ReactNode } from 'react'
import { useArrival } from '@/lib/arrival.tsx'
import { cx } from '@/ui/classes.ts'

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

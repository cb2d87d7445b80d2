import { useId, type ReactNode } from 'react'
import { cx } from '@/ui/classes.ts'

/** A part of a page: what it is about, what can be done with it, and it. */
export function Panel({ title, lead, actions, children, className }: {
  title: string; lead?: ReactNode; actions?: ReactNode; children: ReactNode; className?: string
}) {
  const id = useId()
  return (
    <section aria-labelledby={id} className={cx('rounded-lg border border-line bg-surface p-4 shadow-raised sm:p-5', className)}>
      <div className="mb-4 flex flex-wrap items-start justify-between gap-x-3 gap-y-2">
        <div className="min-w-0">
          <h2 id={id} className="text-lg font-semibold">{title}</h2>
          {lead && <p className="max-w-prose text-sm text-muted">{lead}</p>}
        </div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </div>
      {children}
    </section>
  )
}

import type { ReactNode } from 'react'
import { ChevronDown } from 'lucide-react'
import { cx } from './classes.ts'

/** More of something, for whoever wants it. */
export function Disclosure({ title, children, className }: { title: string; children: ReactNode; className?: string }) {
  return (
    <details className={cx('group -mb-2 border-t border-line pt-1', className)}>
      <summary className="flex min-h-11 list-none items-center justify-between gap-2 rounded-sm font-medium text-accent-ink [&::-webkit-details-marker]:hidden">
        {title}<ChevronDown className="size-5 shrink-0 transition-transform group-open:rotate-180" aria-hidden />
      </summary>
      <div className="pt-1 pb-3">{children}</div>
    </details>
  )
}

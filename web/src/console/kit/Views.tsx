import { Link } from 'wouter'
import { cx } from '@/ui/classes.ts'

export type View = { key: string; name: string; count?: number | null }

/** Views of one page. Each has an address of its own; the first is the page's own. */
export function Views({ label, views, current, path }: { label: string; views: View[]; current: string; path: string }) {
  return (
    <nav aria-label={label} className="mb-5 flex gap-1 overflow-x-auto border-b border-line">
      {views.map(({ key, name, count }, index) => (
        <Link key={key} href={index === 0 ? path : `${path}?view=${key}`} aria-current={key === current ? 'page' : undefined}
          className={cx('-mb-px inline-flex min-h-11 items-center gap-2 border-b-2 px-3 text-sm whitespace-nowrap outline-offset-[-2px]',
            key === current ? 'border-accent font-medium text-accent-ink' : 'border-transparent text-muted hover:text-ink')}>
          {name}
          {count !== undefined && count !== null && <span className="rounded-full bg-sunken px-2 text-xs tabular-nums text-ink">{count}</span>}
        </Link>
      ))}
    </nav>
  )
}

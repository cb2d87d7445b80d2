import type { ReactNode } from 'react'
import { useArrival } from '@/lib/arrival.tsx'
import { cx } from './classes.ts'

export type Tone = 'neutral' | 'accent' | 'good' | 'warn' | 'bad' | 'info'

const tones: Record<Tone, string> = {
  neutral: 'bg-sunken text-ink',
  accent: 'bg-accent-soft text-accent-ink',
  good: 'bg-good-soft text-good',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
  info: 'bg-info-soft text-info',
}

/** A surface that holds one subject. */
export function Card({ children, className, as: Tag = 'section', ...rest }: {
  children: ReactNode; className?: string; as?: 'section' | 'div' | 'article' | 'li' | 'form'; 'aria-label'?: string; 'aria-labelledby'?: string
}) {
  return <Tag {...rest} className={cx('rounded-lg border border-line bg-surface p-4 shadow-raised sm:p-5', className)}>{children}</Tag>
}

/** A word about a state. The colour never says it alone. */
export function Badge({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className={cx('inline-flex items-center gap-1 rounded-full px-2.5 py-0.5 text-xs font-medium whitespace-nowrap', tones[tone])}>
      {children}
    </span>
  )
}

/** Something that has to be read before going on. `bad` and `warn` are announced. */
export function Notice({ tone = 'info', title, children, action }: { tone?: Tone; title?: ReactNode; children?: ReactNode; action?: ReactNode }) {
  return (
    <div role={tone === 'bad' || tone === 'warn' ? 'alert' : 'status'} className={cx('flex flex-wrap items-center gap-3 rounded-md px-4 py-3', tones[tone])}>
      <div className="min-w-0 flex-1">
        {title && <p className="font-medium">{title}</p>}
        {children && <div className="text-sm">{children}</div>}
      </div>
      {action}
    </div>
  )
}

/** There is nothing, why that is, and what to do about it. */
export function EmptyState({ icon, title, children, action }: { icon?: ReactNode; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-3 px-6 py-14 text-center">
      {icon && <div className="grid size-14 place-items-center rounded-full bg-accent-soft text-accent-ink" aria-hidden>{icon}</div>}
      <p className="text-lg font-medium">{title}</p>
      {children && <p className="max-w-prose text-muted">{children}</p>}
      {action}
    </div>
  )
}

/** Holds a place for text that is on its way. */
export function Skeleton({ className }: { className?: string }) {
  return <div className={cx('skeleton h-5', className)} aria-hidden />
}

/** A heading of a page, with what can be done there. `hidden`: the page shows in another way what it is. */
export function PageHead({ title, children, actions, hidden }: { title: string; children?: ReactNode; actions?: ReactNode; hidden?: boolean }) {
  const heading = useArrival(title)
  return (
    <div className={hidden ? 'sr-only' : 'mb-5 flex flex-wrap items-start justify-between gap-3'}>
      <div className="min-w-0">
        <h1 ref={heading} tabIndex={-1} className="text-2xl font-semibold outline-none">{title}</h1>
        {children && <div className="mt-1 text-muted">{children}</div>}
      </div>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  )
}

/** Terms and what they stand for, in two columns. */
export function Facts({ children, className }: { children: ReactNode; className?: string }) {
  return <dl className={cx('grid grid-cols-[auto_1fr] gap-x-6 gap-y-2 text-sm', className)}>{children}</dl>
}
export function Fact({ term, children }: { term: ReactNode; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{term}</dt>
      <dd className="min-w-0 text-right sm:text-left">{children}</dd>
    </>
  )
}

/** How much of a long piece of work is done, 0 to 1; null where that is not known yet. */
export function Progress({ value, label }: { value: number | null; label: string }) {
  const percent = value === null ? undefined : Math.round(Math.min(1, Math.max(0, value)) * 100)
  return (
    <div role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent} className="h-2 overflow-hidden rounded-full bg-sunken">
      <svg className="block h-full w-full" preserveAspectRatio="none" viewBox="0 0 100 1" aria-hidden>
        <rect className={cx('fill-accent', percent === undefined && 'animate-pulse')} width={percent ?? 100} height="1" />
      </svg>
    </div>
  )
}

/** What happened, in order, the newest where the reader looks first. */
export function Timeline({ items }: { items: { key: string; at: ReactNode; title: ReactNode; body?: ReactNode; tone?: Tone }[] }) {
  return (
    <ol className="relative flex flex-col gap-4 border-l-2 border-line pl-5">
      {items.map((item) => (
        <li key={item.key} className="relative">
          <span aria-hidden className={cx('absolute top-1.5 -left-[1.72rem] size-3 rounded-full ring-4 ring-[var(--surface)]', {
            'bg-line-strong': !item.tone || item.tone === 'neutral',
            'bg-accent': item.tone === 'accent',
            'bg-good': item.tone === 'good',
            'bg-warn': item.tone === 'warn',
            'bg-bad': item.tone === 'bad',
            'bg-info': item.tone === 'info',
          })} />
          <p className="font-medium">{item.title}</p>
          <p className="text-xs text-muted">{item.at}</p>
          {item.body && <div className="mt-1 text-sm text-muted">{item.body}</div>}
        </li>
      ))}
    </ol>
  )
}

/** So many of five stars, also in words. */
export function Stars({ value, label }: { value: number; label: string }) {
  return (
    <span role="img" aria-label={label} className="inline-flex text-warn">
      {[1, 2, 3, 4, 5].map((star) => (
        <svg key={star} viewBox="0 0 20 20" className="size-4" aria-hidden>
          <path d="m10 1.8 2.5 5.3 5.7.8-4.2 4 1 5.8-5-2.8-5 2.8 1-5.8-4.2-4 5.7-.8z" fill={star <= Math.round(value) ? 'currentColor' : 'none'} stroke="currentColor" strokeWidth="1.3" />
        </svg>
      ))}
    </span>
  )
}

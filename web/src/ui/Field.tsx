import { useId, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, type TextareaHTMLAttributes } from 'react'
import { cx } from './classes.ts'

/** The look of a box to write in. */
export const control =
  'w-full rounded-md border border-line-strong bg-surface px-3 text-base text-ink min-h-11 ' +
  'aria-invalid:border-bad disabled:opacity-60'

type Around = { label: string; hint?: ReactNode; error?: string | undefined; hideLabel?: boolean }

/** What every control has: a label, what helps, and what is wrong with it, all bound to it. */
export function Labelled({
  label, hint, error, hideLabel, children,
}: Around & { children: (ids: { id: string; describedBy: string | undefined }) => ReactNode }) {
  const id = useId()
  const [hintId, errorId] = [`${id}-hint`, `${id}-error`]
  const describedBy = [hint ? hintId : '', error ? errorId : ''].filter(Boolean).join(' ') || undefined
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className={hideLabel ? 'sr-only' : 'text-sm font-medium'}>
        {label}
      </label>
      {children({ id, describedBy })}
      {hint && <p id={hintId} className="text-xs text-muted">{hint}</p>}
      {error && <p id={errorId} className="text-sm text-bad" role="alert">{error}</p>}
    </div>
  )
}

export function TextField({
  label, hint, error, hideLabel, className, ...rest
}: Around & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <Labelled label={label} hint={hint} error={error} hideLabel={hideLabel}>
      {({ id, describedBy }) => (
        <input {...rest} id={id} aria-describedby={describedBy} aria-invalid={error ? true : undefined} className={cx(control, className)} />
      )}
    </Labelled>
  )
}

export function TextArea({
  label, hint, error, hideLabel, className, ...rest
}: Around & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  return (
    <Labelled label={label} hint={hint} error={error} hideLabel={hideLabel}>
      {({ id, describedBy }) => (
        <textarea {...rest} id={id} aria-describedby={describedBy} aria-invalid={error ? true : undefined} className={cx(control, 'min-h-24 py-2', className)} />
      )}
    </Labelled>
  )
}

export function Select({
  label, hint, error, hideLabel, className, children, ...rest
}: Around & SelectHTMLAttributes<HTMLSelectElement>) {
  return (
    <Labelled label={label} hint={hint} error={error} hideLabel={hideLabel}>
      {({ id, describedBy }) => (
        <select {...rest} id={id} aria-describedby={describedBy} aria-invalid={error ? true : undefined} className={cx(control, className)}>
          {children}
        </select>
      )}
    </Labelled>
  )
}

/** A box to tick, its label beside it. */
export function Checkbox({ label, hint, className, ...rest }: { label: ReactNode; hint?: ReactNode } & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <label className={cx('flex min-h-11 items-start gap-3 py-2', className)}>
      <input type="checkbox" {...rest} className="mt-0.5 size-5 shrink-0 accent-[var(--accent)]" />
      <span className="flex flex-col">
        <span>{label}</span>
        {hint && <span className="text-xs text-muted">{hint}</span>}
      </span>
    </label>
  )
}

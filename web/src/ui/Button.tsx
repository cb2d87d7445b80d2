import type { AnchorHTMLAttributes, ButtonHTMLAttributes, ReactNode } from 'react'
import { Link } from 'wouter'
import { cx } from './classes.ts'

export type ButtonKind = 'primary' | 'secondary' | 'quiet' | 'danger'
type Look = { kind?: ButtonKind; size?: 'md' | 'sm'; wide?: boolean; icon?: ReactNode }

/** The look of everything that is pressed, whether it is a button or a link. At least 44 px high on touch. */
export function buttonClass({ kind = 'secondary', size = 'md', wide = false }: Look = {}): string {
  return cx(
    'inline-flex items-center justify-center gap-2 rounded-md font-medium transition-colors select-none',
    'disabled:opacity-55 disabled:cursor-not-allowed',
    size === 'md' ? 'min-h-11 px-4 text-base' : 'min-h-9 px-3 text-sm',
    wide && 'w-full',
    kind === 'primary' && 'bg-accent text-on-accent hover:brightness-110',
    kind === 'secondary' && 'border border-line-strong bg-surface text-ink hover:bg-sunken',
    kind === 'quiet' && 'text-accent-ink hover:bg-accent-soft',
    kind === 'danger' && 'border border-bad bg-surface text-bad hover:bg-bad-soft',
  )
}

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & Look & { busy?: boolean }

/** A button. `busy` keeps its width and tells assistive technology; a second press does nothing. */
export function Button({ kind, size, wide, icon, busy, className, children, disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={cx(buttonClass({ kind, size, wide }), className)}
    >
      {icon}
      <span className={cx(busy && 'animate-pulse')}>{children}</span>
    </button>
  )
}

/** A link within the application that looks like a button. */
export function ButtonLink({
  href, kind, size, wide, icon, className, children, ...rest
}: AnchorHTMLAttributes<HTMLAnchorElement> & Look & { href: string }) {
  return (
    <Link href={href} {...rest} className={cx(buttonClass({ kind, size, wide }), className)}>
      {icon}
      {children}
    </Link>
  )
}

import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { Check, ChevronsUpDown, X } from 'lucide-react'
import { useWords } from '@/lib/i18n.tsx'
import { cx } from './classes.ts'
import { Labelled, control } from './Field.tsx'

/** Something that can be chosen. */
export type Choice = { id: string; text: string; note?: string }
/** What was found; `more` fetches what comes behind it. */
export type Found = { choices: readonly Choice[]; more?: (() => Promise<Found>) | null }

type Props = {
  label: string
  hint?: ReactNode
  error?: string | undefined
  value: Choice | null
  onChange: (choice: Choice | null) => void
  /** Looks for what has that text; everything, where it is empty. It rejects with what is told. */
  find: (text: string) => Promise<Found>
  /** What it means that nothing is chosen, e.g. "Everything"; left out: that is no choice. */
  none?: string
  disabled?: boolean
  required?: boolean
}

/** Until the writer pauses, in milliseconds. */
const pause = 250

/** One of more things than a list can hold: found as one types, page after page, with keys alone or without (the
 *  combobox pattern of WAI-ARIA 1.2). */
export function Picker({ label, hint, error, value, onChange, find, none, disabled, required }: Props) {
  const { t } = useWords()
  const listId = useId()
  const [open, setOpen] = useState(false)
  const [text, setText] = useState('')
  const { found, failed, busy, more } = useFound(find, open, text)
  const shown = value?.text ?? none ?? ''
  const rows: { key: string; choice: Choice | null; text: string; note?: string }[] = [
    ...(none !== undefined && text.trim() === '' ? [{ key: 'none', choice: null, text: none }] : []),
    ...(found?.choices ?? []).map((choice) => ({ key: choice.id, choice, text: choice.text, note: choice.note })),
  ]
  const last = rows.length + (found?.more ? 1 : 0) - 1
  const [at, setAt] = useState(-1)
  const list = useRef<HTMLUListElement>(null)
  useEffect(() => setAt(text.trim() ? 0 : -1), [text, open])
  useEffect(() => {
    // Newer browsers answer something, which is no way to undo it.
    void list.current?.querySelector('[data-at=true]')?.scrollIntoView({ block: 'nearest' })
  }, [at])

  const close = () => {
    setOpen(false)
    setText('')
  }
  const take = (index: number) => {
    const row = rows[index]
    if (row) {
      onChange(row.choice)
      close()
    } else if (found?.more) more()
  }
  const press = (event: KeyboardEvent) => {
    const writes = event.key.length === 1 || ['Process', 'Unidentified', 'Backspace', 'Delete'].includes(event.key)
    // What is written takes the place of what is shown, before an input method begins with it.
    if (!open && writes && !event.ctrlKey && !event.metaKey && !event.altKey) setOpen(true)
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (!open) return setOpen(true)
      const step = event.key === 'ArrowDown' ? 1 : -1
      setAt((now) => (last < 0 ? -1 : now < 0 ? (step > 0 ? 0 : last) : (now + step + last + 1) % (last + 1)))
    } else if (event.key === 'Enter' && open) {
      event.preventDefault()
      if (at >= 0) take(at)
    } else if (event.key === 'Escape' && open) {
      // Not the dialog around it.
      event.preventDefault()
      event.stopPropagation()
      close()
    }
  }
  const option = (index: number) => `${listId}-${index}`
  const count = found?.choices.length ?? 0
  return (
    <Labelled label={label} hint={hint} error={error}>
      {({ id, describedBy }) => (
        <div className="relative" onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && close()}>
          <input id={id} role="combobox" aria-expanded={open} aria-controls={listId} aria-autocomplete="list" aria-describedby={describedBy} aria-invalid={error ? true : undefined}
            aria-activedescendant={open && at >= 0 && at <= last ? option(at) : undefined} autoComplete="off" autoCapitalize="none" spellCheck={false} disabled={disabled} required={required && !value}
            maxLength={100} className={cx(control, 'truncate', value && !required ? 'pr-18' : 'pr-10')} placeholder={open && shown ? shown : t('picker.find')}
            value={open ? text : shown} onClick={() => setOpen(true)} onKeyDown={press}
            onChange={({ target }) => { setText(!open && shown && target.value.startsWith(shown) ? target.value.slice(shown.length) : target.value); setOpen(true) }} />
          <ChevronsUpDown aria-hidden className="pointer-events-none absolute top-3.5 right-3 size-4 text-muted" />
          {value && !required && !disabled && (
            <button type="button" aria-label={t('picker.clear', { label })} className="absolute top-1.5 right-8 grid size-8 place-items-center rounded-sm text-muted hover:bg-sunken"
              onClick={() => { onChange(null); close() }}><X className="size-4" aria-hidden /></button>
          )}
          <div className={cx('absolute inset-x-0 top-full z-30 mt-1 overflow-hidden rounded-md border border-line bg-surface shadow-over', !open && 'hidden')}>
            <ul ref={list} id={listId} role="listbox" aria-label={label} aria-busy={busy && !found ? true : undefined} className={cx('max-h-64 overflow-y-auto p-1', last < 0 && 'hidden')}>
              {rows.map((row, index) => {
                const chosen = (row.choice?.id ?? null) === (value?.id ?? null)
                return (
                  <Row key={row.key} id={option(index)} at={index === at} chosen={chosen} onTake={() => take(index)} onAt={() => setAt(index)}>
                    <span className="min-w-0 flex-1"><span className="block">{row.text}</span>{row.note && <span className="block text-xs text-muted">{row.note}</span>}</span>
                    {chosen && <Check className="size-4 shrink-0 text-accent-ink" aria-hidden />}
                  </Row>
                )
              })}
              {found?.more && (
                <Row id={option(rows.length)} at={at === rows.length} chosen={false} onTake={() => take(rows.length)} onAt={() => setAt(rows.length)}>
                  <span className="font-medium text-accent-ink">{t('word.more')}</span>
                </Row>
              )}
            </ul>
            <p role="status" className={cx('text-sm', failed ? 'px-3 pb-3 text-bad' : busy && !found ? 'px-3 pb-3 text-muted' : count === 0 && found ? 'px-3 pb-3 text-muted' : 'sr-only')}>
              {!open ? '' : failed ?? (!found ? t('state.loading') : count === 0 ? t('picker.nothing') : t('picker.found', { count }))}
            </p>
          </div>
        </div>
      )}
    </Labelled>
  )
}

function Row({ id, at, chosen, onTake, onAt, children }: { id: string; at: boolean; chosen: boolean; onTake: () => void; onAt: () => void; children: ReactNode }) {
  return (
    <li id={id} role="option" aria-selected={chosen} data-at={at} onPointerDown={(event) => event.preventDefault()} onPointerMove={onAt} onClick={onTake}
      className={cx('flex min-h-11 cursor-pointer items-center gap-2 rounded-sm px-3 py-1.5 text-sm', at && 'bg-accent-soft')}>
      {children}
    </li>
  )
}

/** What there is for a text, while it is asked for. */
function useFound(find: Props['find'], open: boolean, text: string) {
  const [found, setFound] = useState<Found | null>(null)
  const [failed, setFailed] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const finder = useRef(find)
  finder.current = find
  const asked = useRef(0)
  const wanted = text.trim()
  const run = (ask: () => Promise<Found>, join: (found: Found) => Found) => {
    const turn = ++asked.current
    setBusy(true)
    ask().then(
      (now) => {
        if (turn !== asked.current) return
        setFound(join(now))
        setFailed(null)
        setBusy(false)
      },
      (error: unknown) => {
        if (turn !== asked.current) return
        setFailed(error instanceof Error ? error.message : String(error))
        setBusy(false)
      },
    )
  }
  useEffect(() => {
    if (!open) return
    const timer = setTimeout(() => run(() => finder.current(wanted), (now) => now), wanted ? pause : 0)
    return () => clearTimeout(timer)
  }, [open, wanted])
  const more = () => {
    const next = found?.more
    if (next && !busy) run(next, (now) => ({ choices: [...found.choices, ...now.choices], more: now.more }))
  }
  return { found, failed, busy, more }
}

import { useEffect, useRef, useState } from 'react'
import { Search } from 'lucide-react'
import { cx } from './classes.ts'

/** Where something is looked for. It waits until the writer pauses. */
export function SearchField({ label, value, onChange, className }: { label: string; value: string; onChange: (text: string) => void; className?: string }) {
  const [text, setText] = useState(value)
  const told = useRef(value)
  const tell = useRef(onChange)
  tell.current = onChange
  useEffect(() => {
    if (value !== told.current) setText(value)
    told.current = value
  }, [value])
  useEffect(() => {
    if (text.trim() === told.current) return
    const timer = setTimeout(() => {
      told.current = text.trim()
      tell.current(text.trim())
    }, 300)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <label className={cx('relative block', className)}>
      <span className="sr-only">{label}</span>
      <Search aria-hidden className="pointer-events-none absolute top-3.5 left-3 size-4 text-muted" />
      <input type="search" value={text} placeholder={label} onChange={(event) => setText(event.target.value)}
        className="min-h-11 w-full rounded-md border border-line-strong bg-surface pr-3 pl-9 text-base" />
    </label>
  )
}

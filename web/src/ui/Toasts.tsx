import { useEffect, useState } from 'react'
import { cx } from './classes.ts'

type Toast = { id: number; text: string; tone: 'good' | 'bad' }
let shown: Toast[] = []
let next = 1
const listeners = new Set<() => void>()
const tell = () => listeners.forEach((listener) => listener())

/** Says in passing that something was done, or was not. Errors of a form stand at the form. */
export function toast(text: string, tone: Toast['tone'] = 'good'): void {
  const id = next++
  shown = [...shown.slice(-2), { id, text, tone }]
  tell()
  setTimeout(() => {
    shown = shown.filter((one) => one.id !== id)
    tell()
  }, 5000)
}

/** Where they appear; once an application. */
export function Toasts() {
  const [, redraw] = useState(0)
  useEffect(() => {
    const listener = () => redraw((count) => count + 1)
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }, [])
  return (
    <div aria-live="polite" className="pointer-events-none fixed inset-x-4 bottom-4 z-50 flex flex-col items-center gap-2">
      {shown.map((one) => (
        <p key={one.id} className={cx('rounded-md px-4 py-2.5 shadow-over', one.tone === 'good' ? 'bg-ink text-canvas' : 'bg-bad-soft text-bad')}>
          {one.text}
        </p>
      ))}
    </div>
  )
}

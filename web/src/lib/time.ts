import { useEffect, useState } from 'react'

const formats = new Map<string, Intl.DateTimeFormat>()

/** Date and time as a person reads them, in the browser's own zone. */
export function formatTime(at: string, language: string, style: 'long' | 'short' | 'date' = 'short'): string {
  const key = `${language}:${style}`
  let one = formats.get(key)
  if (!one) {
    one = new Intl.DateTimeFormat(language, style === 'date' ? { dateStyle: 'medium' } : { dateStyle: 'medium', timeStyle: style === 'long' ? 'medium' : 'short' })
    formats.set(key, one)
  }
  return one.format(new Date(at))
}

/** A length of time in its two largest units, e.g. `2 days, 3 hours`. */
export function formatSpan(seconds: number, language: string): string {
  let left = Math.max(0, Math.floor(seconds))
  const parts: string[] = []
  for (const [unit, size] of [['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1]] as const) {
    const count = Math.floor(left / size)
    left -= count * size
    if (count > 0 && parts.length < 2) {
      parts.push(new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(count))
    } else if (parts.length > 0) break
  }
  if (parts.length === 0) parts.push(new Intl.NumberFormat(language, { style: 'unit', unit: 'second', unitDisplay: 'long' }).format(0))
  return new Intl.ListFormat(language, { type: 'unit', style: 'short' }).format(parts)
}

/** The present in milliseconds, told anew every `every` milliseconds. */
export function useNow(every = 1000): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every)
    return () => clearInterval(timer)
  }, [every])
  return now
}

/** The day that it is by UTC, as `2024-05-31`; told anew when the next one begins. */
export function useToday(): string {
  const [today, setToday] = useState(utcDay)
  useEffect(() => {
    const look = () => setToday(utcDay())
    const timer = setInterval(look, 60_000)
    // Timers sleep with the machine.
    document.addEventListener('visibilitychange', look)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', look)
    }
  }, [])
  return today
}
const utcDay = () => new Date().toISOString().slice(0, 10)

/** A day of the browser's calendar as the moment that it begins, or that it ends. */
export function dayOf(day: string, end: boolean): string | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day)
  if (!match) return null
  const at = new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]) + (end ? 1 : 0))
  return Number.isNaN(at.getTime()) ? null : at.toISOString()
}

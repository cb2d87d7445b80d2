/** A stretch of a week's work, as it is written: minutes of the day become `HH:MM`. */
export type Stretch = { key: string; day: number; from: string; to: string }

export const days = [1, 2, 3, 4, 5, 6, 7] as const

export const clock = (minute: number): string =>
  `${String(Math.floor((minute % 1440) / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

/** Minutes of the day, or null. As an end, midnight is the day's last minute and not its first. */
export function minutes(text: string, end: boolean): number | null {
  const match = /^(\d{1,2}):(\d{2})$/.exec(text)
  if (!match) return null
  const value = Number(match[1]) * 60 + Number(match[2])
  if (value > 1440 || Number(match[2]) > 59) return null
  return end && value === 0 ? 1440 : value
}

/** How many minutes of a week these are; null where one of them is no stretch, or two overlap. */
export function weekOf(stretches: readonly Stretch[]): number | null {
  let total = 0
  for (const day of days) {
    const of = stretches.filter((one) => one.day === day).map((one) => [minutes(one.from, false), minutes(one.to, true)] as const)
    let last = -1
    for (const [from, to] of of.toSorted((one, other) => (one[0] ?? 0) - (other[0] ?? 0))) {
      if (from === null || to === null || to <= from || from < last) return null
      total += to - from
      last = to
    }
  }
  return total
}

/** The places whose clocks a browser knows, by their IANA names, and the one that is chosen. */
export const zones = (chosen: string): string[] => [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', chosen])].toSorted()

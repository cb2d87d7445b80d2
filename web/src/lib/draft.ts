import { useCallback, useState } from 'react'

const nameOf = (key: string) => `cardamom:draft:${key}`

function read<T>(key: string): Partial<T> {
  try {
    return JSON.parse(sessionStorage.getItem(nameOf(key)) ?? '{}') as Partial<T>
  } catch {
    return {}
  }
}

export function dropDraft(key: string): void {
  try {
    sessionStorage.removeItem(nameOf(key))
  } catch {
    // Nothing was kept.
  }
}

/** What somebody is filling in. Kept in the tab, so that a reload or a sign-in on the way loses nothing. */
export function useDraft<T extends object>(key: string, empty: () => T): [T, (change: Partial<T> | ((now: T) => Partial<T>)) => void] {
  const [value, setValue] = useState<T>(() => ({ ...empty(), ...read<T>(key) }))
  const change = useCallback((said: Partial<T> | ((now: T) => Partial<T>)) => {
    setValue((now) => {
      const next = { ...now, ...(typeof said === 'function' ? said(now) : said) }
      try {
        sessionStorage.setItem(nameOf(key), JSON.stringify(next))
      } catch {
        // It holds until the page is left.
      }
      return next
    })
  }, [key])
  return [value, change]
}

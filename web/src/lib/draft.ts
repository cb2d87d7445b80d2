import { useCallback, useRef, useState } from 'react'

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

function write(key: string, draft: object): void {
  try {
    sessionStorage.setItem(nameOf(key), JSON.stringify(draft))
  } catch {
    // It holds until the page is left.
  }
}

/** What was said before somebody signed in becomes theirs. Where they have a draft already, it keeps what `own` names. */
export function takeDraft<T extends object>(from: string, to: string, own: readonly (keyof T)[]): void {
  const [said, theirs] = [read<T>(from), read<T>(to)]
  if (Object.keys(said).length === 0) return
  write(to, { ...theirs, ...said, ...Object.fromEntries(own.filter((name) => name in theirs).map((name) => [name, theirs[name]])) })
  dropDraft(from)
}

/** What somebody is filling in. Kept in the tab, so that a reload or a sign-in on the way loses nothing; what is said
 *  after the page was left is kept too. */
export function useDraft<T extends object>(key: string, empty: () => T): [T, (change: Partial<T> | ((now: T) => Partial<T>)) => void] {
  const [value, setValue] = useState<T>(() => ({ ...empty(), ...read<T>(key) }))
  const now = useRef(value)
  const change = useCallback((said: Partial<T> | ((now: T) => Partial<T>)) => {
    now.current = { ...now.current, ...(typeof said === 'function' ? said(now.current) : said) }
    write(key, now.current)
    setValue(now.current)
  }, [key])
  return [value, change]
}

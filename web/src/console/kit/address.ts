import { useLocation, useSearchParams } from 'wouter'

/** What the address says behind its question mark: filters and views, so that a link carries them. */
export function useAddress() {
  const [params] = useSearchParams()
  const [path, go] = useLocation()
  const set = (changes: Record<string, string | null>) => {
    const next = new URLSearchParams(params)
    for (const [name, value] of Object.entries(changes)) {
      if (value) next.set(name, value)
      else next.delete(name)
    }
    const text = next.toString()
    go(text ? `${path}?${text}` : path, { replace: true })
  }
  return { said: (name: string) => params.get(name), set, go }
}

/** One of the values that there are, else nothing: anybody can write an address. */
export function oneOf<Value extends string>(values: readonly Value[], said: string | null): Value | null {
  return values.find((value) => value === said) ?? null
}

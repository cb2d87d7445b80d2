import { useCallback, useMemo } from 'react'
import { useSearchParams } from 'wouter'

/** What a list is filtered by, kept in the address: a link carries it, and Back takes it away again. */
export function useFilters<Name extends string>(names: readonly Name[]): [
  filters: Record<Name, string>,
  change: (changes: Partial<Record<Name, string>>) => void,
] {
  const [search, setSearch] = useSearchParams()
  const said = search.toString()
  const filters = useMemo(
    () => Object.fromEntries(names.map((name) => [name, search.get(name) ?? ''])) as Record<Name, string>,
    // The names are the same in every render; the address tells what changed.
    [said],
  )
  const change = useCallback(
    (changes: Partial<Record<Name, string>>) =>
      setSearch(
        (before) => {
          const after = new URLSearchParams(before)
          for (const [name, value] of Object.entries(changes) as [string, string | undefined][]) {
            if (value) after.set(name, value)
            else after.delete(name)
          }
          return after
        },
        { replace: true },
      ),
    [setSearch],
  )
  return [filters, change]
}

/** Where the page is: which site it shows, and below which path. The server's HTML shell says so. */
export type Place = {
  /** The tenant's handle, or null where the address belongs to none. */
  tenant: string | null
  /** What stands before every path: '' on a site's own host, `/s/<handle>` on a shared one. */
  base: string
}

function meta(name: string): string | null {
  return document.querySelector<HTMLMetaElement>(`meta[name="cardamom-${name}"]`)?.content || null
}

export function placeOf(path: string): Place {
  const shared = /^\/s\/([a-z0-9-]+)(?=\/|$)/.exec(path)
  return { tenant: meta('tenant') ?? shared?.[1] ?? null, base: shared?.[0] ?? '' }
}

type Answer = { operation: string; variables: Record<string, unknown>; data: unknown }

/** What the shell already asked, by the operation's name: the page's first look costs no request. */
export function firstAnswer<T>(operation: string): { variables: Record<string, unknown>; data: T } | null {
  const element = document.getElementById('first-answers')
  if (!element?.textContent) return null
  const all = JSON.parse(element.textContent) as Answer[]
  const said = all.find((one) => one.operation === operation)
  return said ? { variables: said.variables, data: said.data as T } : null
}

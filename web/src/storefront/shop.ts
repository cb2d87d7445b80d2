import { useSyncExternalStore } from 'react'
import type { Client } from 'urql'
import { clientOf } from '@/lib/client.ts'
import { placeOf } from '@/lib/place.ts'
import { Session } from '@/lib/session.ts'
import { SiteDocument } from './site.tsx'

/** The site that this page is of, and who is signed in there. */
export const place = placeOf(location.pathname)
export const session = new Session(`shop:${place.tenant ?? location.host}`)

export const asker = () => ({ tenant: place.tenant, token: session.signed?.token ?? null })

/** The session ended without anybody having said so: pages that need one say it. */
let cutOff = false
session.subscribe(() => {
  if (session.signed) cutOff = false
})
export const useCutOff = (): boolean => useSyncExternalStore(session.subscribe, () => cutOff && !session.signed)

/** Somebody leaves of their own will. */
export function signOut(): void {
  session.signOut()
  cutOff = false
}

/** The server does not know the token any more. Where another is in use by now, that is no news. */
export function onSignedOut(token: string | null): void {
  if (!token || session.signed?.token !== token) return
  cutOff = true
  session.signOut()
}

/** How long what was asked about the site holds, in milliseconds. */
const fresh = 2_000
let looked = 0
let look = () => {}

/** Something is not allowed. The site may have closed while it was looked at: every page says so once that is known. */
export function onRefused(): void {
  if (Date.now() - looked < fresh) return
  looked = Date.now()
  look()
}

/** A client for whoever is signed in now. What it remembers is theirs: the next one begins with nothing. */
export const clientOfNow = (known?: Record<string, { data: string }>): Client => {
  const { token } = asker()
  const client = clientOf({
    asker: () => ({ tenant: place.tenant, token }),
    onSignedOut: () => onSignedOut(token),
    onRefused,
    ...(known ? { known } : {}),
  })
  look = () => void client.query(SiteDocument, {}, { requestPolicy: 'network-only' }).toPromise()
  return client
}

/** An address of this site as others can use it: where the page's own path does not begin at `/`. */
export const absolute = (path: string): string => `${location.origin}${place.base}${path}`

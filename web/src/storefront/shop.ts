import { useSyncExternalStore } from 'react'
import type { Client } from 'urql'
import { clientOf } from '@/lib/client.ts'
import { placeOf } from '@/lib/place.ts'
import { Session } from '@/lib/session.ts'

/** The site that this page is of, and who is signed in there. */
export const place = placeOf(location.pathname)
export const session = new Session(`shop:${place.tenant ?? location.host}`)

export const asker = () => ({ tenant: place.tenant, token: session.signed?.token ?? null })

/** The session ended without anybody having said so: pages that need one say it. */
let cutOff = false
export const useCutOff = (): boolean => useSyncExternalStore(session.subscribe, () => cutOff && !session.signed)

/** A client for whoever is signed in now. What it remembers is theirs: the next one begins with nothing. */
export const clientOfNow = (known?: Record<string, { data: string }>): Client =>
  clientOf({
    asker,
    onSignedOut: () => {
      if (!session.signed) return
      cutOff = true
      session.signOut()
    },
    ...(known ? { known } : {}),
  })

/** An address of this site as others can use it: where the page's own path does not begin at `/`. */
export const absolute = (path: string): string => `${location.origin}${place.base}${path}`

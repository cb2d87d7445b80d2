import { clientOf } from '@/lib/client.ts'
import { overEvents } from '@/lib/live.ts'
import { placeOf } from '@/lib/place.ts'
import { Session } from '@/lib/session.ts'

/** The site that this page is of, who is signed in there, and the one client that asks for both. */
export const place = placeOf(location.pathname)
export const session = new Session(`shop:${place.tenant ?? location.host}`)

const asker = () => ({ tenant: place.tenant, token: session.signed?.token ?? null })
export const client = clientOf({ asker, onSignedOut: () => session.signOut(), forward: overEvents(asker) })

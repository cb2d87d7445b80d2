import { useSyncExternalStore } from 'react'
import type { Client } from 'urql'
import { graphql } from '@/gql'
import { clientOf, headersOf } from '@/lib/client.ts'
import { Session } from '@/lib/session.ts'
import { overSocket, type Socket } from '@/lib/socket.ts'

/** Who is signed in to the console. */
export const session = new Session('console')

/** What is kept in the tab, so that two can be open: the tenant that is looked at, and what was seen there. */
const kept = 'cardamom:console:'
const keptTenant = `${kept}tenant`

/** The tenant that is looked at: the one signed in at, or one below it. */
export function tenantInView(): string | null {
  return sessionStorage.getItem(keptTenant) ?? session.signed?.tenant ?? null
}
/** Looks at another tenant. Everything on the page is of the one before: it begins anew. */
export function viewTenant(handle: string): void {
  sessionStorage.setItem(keptTenant, handle)
  location.assign('/console')
}

type Desk = { token: string | null; client: Client; socket: Socket }

/** The client and the socket of one person: what they remember goes with that person. */
function deskOf(token: string | null): Desk {
  const who = { tenant: tenantInView(), token }
  const asker = () => who
  const onSignedOut = () => {
    // An answer that is late is about the person before.
    if (session.signed?.token === token) session.signOut()
  }
  const socket = overSocket(asker, onSignedOut)
  // A tab of the console is open for days, and others work at the same things: what is known is shown, and asked anew.
  return { token, socket, client: clientOf({ asker, onSignedOut, requestPolicy: 'cache-and-network', forward: socket.forward }) }
}

let desk = deskOf(session.signed?.token ?? null)
// Heard before any page hears it: whoever comes next finds nothing of the one before, in whichever tab that was.
session.subscribe(() => {
  const token = session.signed?.token ?? null
  if (token === desk.token) return
  desk.socket.close()
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(kept)) sessionStorage.removeItem(key)
  desk = deskOf(token)
})

/** The client of whoever is signed in, and what it is told apart by. */
export const useDesk = (): Desk => useSyncExternalStore(session.subscribe, () => desk)

/** Calls whenever the socket is open that pushes come by: known at once, where the first push may take a while. */
export const whenOpen = (call: () => void): (() => void) => desk.socket.whenOpen(call)

const SignOutDocument = graphql(`
  mutation ConsoleSignOut { sessionRevoke { errors { code message path } } }
`)

/** Ends this session, here at once, and at the server as far as it can be reached. */
export function signOut(): void {
  // Where it was begun: the tenant in view may be one that the session is not allowed at.
  const headers = headersOf({ tenant: session.signed?.tenant ?? null, token: desk.token })
  void desk.client.mutation(SignOutDocument, {}, { fetchOptions: { headers, keepalive: true } }).toPromise()
  session.signOut()
}

import { useSyncExternalStore } from 'react'
import { clientOf } from '@/lib/client.ts'
import { overSocket } from '@/lib/socket.ts'
import { Session } from '@/lib/session.ts'

/** Who is signed in to the console, and the one client that asks for them. */
export const session = new Session('console')

/** The tenant that is looked at: the one signed in at, or one below it. Kept in the tab, so that two can be open. */
const kept = 'cardamom:console:tenant'
export function tenantInView(): string | null {
  return sessionStorage.getItem(kept) ?? session.signed?.tenant ?? null
}
/** Looks at another tenant. Everything on the page is of the one before: it begins anew. */
export function viewTenant(handle: string): void {
  sessionStorage.setItem(kept, handle)
  location.assign('/console')
}
export function signOut(): void {
  sessionStorage.removeItem(kept)
  session.signOut()
}

const asker = () => ({ tenant: tenantInView(), token: session.signed?.token ?? null })

let open = false
const watchers = new Set<() => void>()
const forward = overSocket(asker, (now) => {
  open = now
  watchers.forEach((watcher) => watcher())
})
export const client = clientOf({ asker, onSignedOut: signOut, forward })

/** Whether the socket is open that pushes come by: known at once, where the first push may take a while. */
export function useSocketOpen(): boolean {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => open,
  )
}

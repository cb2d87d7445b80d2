import { createClient } from 'graphql-ws'
import type { SubscriptionForwarder } from 'urql'
import type { Asker } from './client.ts'

/** How long a socket stays that nothing is subscribed to by, in milliseconds: the next page takes it over. */
const lingering = 5_000
/** How often the server is asked whether it is still there, and how long its answer may take, in milliseconds. A line
 *  that is gone without a word would look open for minutes. */
const asking = 12_000

export type Socket = {
  forward: SubscriptionForwarder
  /** Calls whenever it is open: at once where it is. Answers how that is ended. */
  whenOpen: (call: () => void) => () => void
  close: () => void
}

/** Subscriptions over one WebSocket (`graphql-transport-ws`), opened with the first and closed after the last. */
export function overSocket(asker: () => Asker, onSignedOut: () => void): Socket {
  const waiting = new Set<() => void>()
  let open = false
  let unanswered: ReturnType<typeof setTimeout> | undefined
  const client = createClient({
    url: () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
    connectionParams: () => {
      const { tenant, token } = asker()
      return { ...(tenant ? { tenant } : {}), ...(token ? { authorization: `Bearer ${token}` } : {}) }
    },
    lazy: true,
    lazyCloseTimeout: lingering,
    keepAlive: asking,
    // Whoever subscribes begins again itself, from the cursor that it has.
    retryAttempts: 0,
    on: {
      connected: () => {
        open = true
        waiting.forEach((call) => call())
      },
      ping: (received) => {
        if (!received) unanswered = setTimeout(() => client.terminate(), asking)
      },
      pong: (received) => {
        if (received) clearTimeout(unanswered)
      },
      closed: (event) => {
        open = false
        clearTimeout(unanswered)
        if ((event as CloseEvent).code === 4401) onSignedOut()
      },
    },
  })
  return {
    forward: ({ query, variables }) => ({
      subscribe: (sink) => ({
        unsubscribe: client.subscribe({ query: query ?? '', variables }, sink as never),
      }),
    }),
    whenOpen: (call) => {
      waiting.add(call)
      if (open) call()
      return () => void waiting.delete(call)
    },
    close: () => void client.dispose(),
  }
}

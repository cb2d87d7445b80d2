import { createClient } from 'graphql-ws'
import type { SubscriptionForwarder } from 'urql'
import type { Asker } from './client.ts'

/** Subscriptions over one WebSocket (`graphql-transport-ws`), opened with the first and closed after the last. `told`
 *  hears whether it is open. */
export function overSocket(asker: () => Asker, told: (open: boolean) => void = () => {}): SubscriptionForwarder {
  const client = createClient({
    url: () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
    connectionParams: () => {
      const { tenant, token } = asker()
      return { ...(tenant ? { tenant } : {}), ...(token ? { authorization: `Bearer ${token}` } : {}) }
    },
    lazy: true,
    // Whoever subscribes begins again itself, from the cursor that it has.
    retryAttempts: 0,
    on: { connected: () => told(true), closed: () => told(false) },
  })
  return ({ query, variables }) => ({
    subscribe: (sink) => ({
      unsubscribe: client.subscribe({ query: query ?? '', variables }, sink as never),
    }),
  })
}

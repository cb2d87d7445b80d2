import {
  cacheExchange, createClient, fetchExchange, mapExchange, ssrExchange, subscriptionExchange, type Client, type SubscriptionForwarder,
} from 'urql'
import { persistedExchange } from '@urql/exchange-persisted'

/** Who asks, and where; read anew for every request. */
export type Asker = { tenant: string | null; token: string | null }

export function headersOf({ tenant, token }: Asker): Record<string, string> {
  return {
    ...(tenant ? { 'x-tenant': tenant } : {}),
    ...(token ? { authorization: `Bearer ${token}` } : {}),
  }
}

type Options = {
  asker: () => Asker
  /** The token does not hold any more. */
  onSignedOut: () => void
  /** Left out: nothing is subscribed to through the client. */
  forward?: SubscriptionForwarder
  /** What is known before anything was asked, by the request's key. */
  known?: Record<string, { data: string }>
}

/** The hash that code generation gave the document; the server knows all of them by it. */
const knownHash = (document: unknown): string | undefined =>
  (document as { __meta__?: { hash?: string } }).__meta__?.hash?.replace('sha256:', '')

/** Documents travel as hashes. Not in development: what the server was built with has other ones then. */
const persisted = persistedExchange({
  preferGetForPersistedQueries: false,
  enableForMutation: true,
  generateHash: async (_text, document) => knownHash(document) ?? '',
})

/** The client of both applications. Answers are cached until a mutation touches their types. */
export function clientOf({ asker, onSignedOut, forward, known }: Options): Client {
  return createClient({
    url: '/graphql',
    preferGetMethod: false,
    fetchOptions: () => ({ headers: headersOf(asker()) }),
    exchanges: [
      mapExchange({
        onError(error) {
          if (error.graphQLErrors.some((one) => one.extensions.code === 'UNAUTHENTICATED')) onSignedOut()
        },
      }),
      cacheExchange,
      ...(known ? [ssrExchange({ isClient: true, initialState: known })] : []),
      ...(import.meta.env.DEV ? [] : [persisted]),
      fetchExchange,
      ...(forward ? [subscriptionExchange({ forwardSubscription: forward })] : []),
    ],
  })
}

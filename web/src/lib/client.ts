import { cacheExchange, createClient, fetchExchange, mapExchange, subscriptionExchange, type Client, type SubscriptionForwarder } from 'urql'
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
  forward: SubscriptionForwarder
}

/** The hash that code generation gave the document; the server knows all of them by it. */
const knownHash = (document: unknown): string | undefined =>
  (document as { __meta__?: { hash?: string } }).__meta__?.hash?.replace('sha256:', '')

/** The client of both applications. Documents travel as hashes, answers are cached until a mutation touches their types. */
export function clientOf({ asker, onSignedOut, forward }: Options): Client {
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
      persistedExchange({
        preferGetForPersistedQueries: false,
        enableForMutation: true,
        generateHash: async (_text, document) => knownHash(document) ?? '',
      }),
      fetchExchange,
      subscriptionExchange({ forwardSubscription: forward }),
    ],
  })
}

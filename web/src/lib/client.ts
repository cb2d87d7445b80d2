import { cacheExchange, createClient, fetchExchange, mapExchange, subscriptionExchange, type Client, type SubscriptionForwarder } from 'urql'
import { knownDocuments } from './known.ts'

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
      knownDocuments,
      fetchExchange,
      subscriptionExchange({ forwardSubscription: forward }),
    ],
  })
}

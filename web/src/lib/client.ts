import {
  cacheExchange, createClient, fetchExchange, mapExchange, ssrExchange, subscriptionExchange, type Client, type RequestPolicy, type SubscriptionForwarder,
} from 'urql'
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
  /** Something is not allowed here, or there is nothing here any more. */
  onRefused?: () => void
  /** What a query that says nothing of its own does: `cache-first` where left out. */
  requestPolicy?: RequestPolicy
  /** Left out: nothing is subscribed to through the client. */
  forward?: SubscriptionForwarder
  /** What is known before anything was asked, by the request's key. */
  known?: Record<string, { data: string }>
}

/** The client of both applications. Documents travel as hashes, answers are cached until a mutation touches their types. */
export function clientOf({ asker, onSignedOut, onRefused, requestPolicy = 'cache-first', forward, known }: Options): Client {
  return createClient({
    url: '/graphql',
    preferGetMethod: false,
    requestPolicy,
    fetchOptions: () => ({ headers: headersOf(asker()) }),
    exchanges: [
      mapExchange({
        onError(error) {
          const codes = error.graphQLErrors.map((one) => one.extensions.code)
          if (codes.includes('UNAUTHENTICATED')) onSignedOut()
          if (codes.includes('FORBIDDEN') || codes.includes('TENANT_REQUIRED')) onRefused?.()
        },
      }),
      cacheExchange,
      ...(known ? [ssrExchange({ isClient: true, initialState: known })] : []),
      knownDocuments,
      fetchExchange,
      ...(forward ? [subscriptionExchange({ forwardSubscription: forward })] : []),
    ],
  })
}

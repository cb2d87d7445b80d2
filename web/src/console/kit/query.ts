import { useQuery as useAnswer, type AnyVariables, type CombinedError, type UseQueryArgs, type UseQueryResponse } from 'urql'
import { useKept } from '@/lib/kept.ts'

/** What asking again would not change. */
const lasting = ['UNAUTHENTICATED', 'FORBIDDEN', 'TENANT_REQUIRED', 'BAD_REQUEST']
const passes = (error: CombinedError) => !error.graphQLErrors.some((one) => lasting.includes(String(one.extensions.code)))

/** A question, and its answer as it was read last: what is open on the page, a form among it, stays while it can't be
 *  read again. */
export function useQuery<Data, Variables extends AnyVariables>(args: UseQueryArgs<Variables, Data>): UseQueryResponse<Data, Variables> {
  const [state, ask] = useAnswer<Data, Variables>(args)
  const error = state.error && passes(state.error) ? state.error : undefined
  const kept = useKept(JSON.stringify(args.variables ?? null), state.data, error, () => ask({ requestPolicy: 'network-only' }))
  return [error && kept !== state.data ? { ...state, data: kept } : state, ask]
}

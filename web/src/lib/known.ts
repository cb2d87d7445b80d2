import { makeOperation, type Exchange, type Operation } from 'urql'
import { filter, makeSubject, map, merge, pipe } from 'wonka'

/** The hash that code generation gave a document; a server that was built with it knows the document by it. */
const hashOf = (operation: Operation): string | undefined =>
  (operation.query as { __meta__?: { hash?: string } }).__meta__?.hash?.replace('sha256:', '')

/** Sends documents as hashes, and whole where the server has never heard of one: a page may be older or newer than it.
 *
 *  Not `@urql/exchange-persisted`: that one sends text and hash together then, and the server would find that they do
 *  not belong together, since code generation hashes a text in another order than urql writes. */
export const knownDocuments: Exchange = ({ forward }) => {
  const again = makeSubject<Operation>()
  const short = (operation: Operation): Operation => {
    const sha256Hash = operation.kind === 'query' || operation.kind === 'mutation' ? hashOf(operation) : undefined
    if (!sha256Hash) return operation
    return makeOperation(operation.kind, { ...operation, extensions: { ...operation.extensions, persistedQuery: { version: 1, sha256Hash } } }, operation.context)
  }
  return (operations) =>
    pipe(
      forward(merge([pipe(operations, map(short)), again.source])),
      filter((result) => {
        const { operation, error } = result
        const unknown = error?.graphQLErrors.some((one) => one.extensions.code === 'PERSISTED_QUERY_NOT_FOUND')
        if (!unknown || !operation.extensions?.persistedQuery) return true
        again.next(makeOperation(operation.kind, { ...operation, extensions: undefined }, operation.context))
        return false
      }),
    )
}

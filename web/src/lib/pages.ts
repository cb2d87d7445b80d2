import { useCallback, useEffect, useRef, useState } from 'react'
import { useClient, type AnyVariables, type CombinedError, type OperationResult, type TypedDocumentNode } from 'urql'
import { everything, type Everything } from './everything.ts'
import { Reading, type Came, type Shown } from './reading.ts'

/** What every connection of the API has. */
type Connection<Row> = { nodes: readonly Row[]; pageInfo: { hasNextPage: boolean; endCursor?: string | null } }

/** A list as it stands; a table takes it whole. */
export type Pages<Row> = {
  rows: readonly Row[]
  loading: boolean
  /** Why something could not be read: beside rows that may be old or not all, or alone. */
  error: CombinedError | null
  /** Fetches the next page; null where there is none. */
  more: (() => void) | null
  /** Fetches once more what could not be had. */
  retry: () => void
  /** Fetches everything anew, keeping what is shown meanwhile. */
  reload: () => void
  /** Every row that the filter lets through, not only those shown; tells how many there are so far. */
  all: (told: (count: number) => void) => Promise<Everything<Row>>
}

const nothing: Shown<never> = { rows: [], loading: true, error: null, more: false }

/** A list that is read page by page. Pages that are shown are read again when a mutation touched what is on them. The
 *  document takes `$first` and `$after`. */
export function usePages<Data, Variables extends AnyVariables, Row>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Omit<Variables, 'first' | 'after'>,
  pick: (data: Data) => Connection<Row> | null | undefined,
  { first = 25 }: { first?: number } = {},
): Pages<Row> {
  const client = useClient()
  const key = JSON.stringify(variables)
  const [held, setHeld] = useState<{ key: string; shown: Shown<Row> }>({ key, shown: nothing })
  const reading = useRef<Reading<Row> | null>(null)
  const asking = (count: number, after: string | null) => ({ ...variables, first: count, after }) as unknown as Variables

  useEffect(() => {
    const one = new Reading<Row>(
      (after, fresh, told) => {
        const { unsubscribe } = client
          .query(document, asking(first, after), fresh ? { requestPolicy: 'network-only' } : {})
          .subscribe((result) => told(cameOf(result, pick)))
        return unsubscribe
      },
      (shown) => setHeld({ key, shown }),
    )
    reading.current = one
    return () => one.close()
    // What is asked for is told by its key; the functions are the same in every render.
  }, [client, document, key, first])

  const { rows, loading, error, more } = held.key === key ? held.shown : nothing
  const reload = useCallback(() => reading.current?.reload(), [])
  const retry = useCallback(() => reading.current?.retry(), [])
  const all = (told: (count: number) => void) =>
    everything<Row>(async (count, after) => {
      const result = await client.query(document, asking(count, after), { requestPolicy: 'network-only' }).toPromise()
      const { page, error } = cameOf(result, pick)
      return { rows: page?.rows, end: page?.end ?? null, error }
    }, told, { usual: first })
  return { rows, loading, error, more: more ? () => reading.current?.more() : null, retry, reload, all }
}

function cameOf<Data, Row>({ data, error, stale }: OperationResult<Data>, pick: (data: Data) => Connection<Row> | null | undefined): Came<Row> {
  const connection = data ? pick(data) : undefined
  if (connection) {
    const { hasNextPage, endCursor } = connection.pageInfo
    return { page: { rows: connection.nodes, end: hasNextPage ? endCursor ?? null : null }, stale }
  }
  // What the viewer has none of is an empty list.
  return error ? { error, stale } : stale ? { stale } : { page: { rows: [], end: null }, stale }
}

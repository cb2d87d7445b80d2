import { useCallback, useEffect, useState } from 'react'
import { useClient, type AnyVariables, type CombinedError, type OperationResult, type TypedDocumentNode } from 'urql'

/** What every connection of the API has. */
type Connection<Row> = { nodes: readonly Row[]; pageInfo: { hasNextPage: boolean; endCursor?: string | null } }

type Page<Row> = { rows: readonly Row[]; end: string | null }
type Held<Row> = { key: string; afters: (string | null)[]; pages: Page<Row>[]; error: CombinedError | null; arriving: boolean }

/** How many rows are fetched at most for a file: enough for a month's orders, and a browser holds them easily. */
const exportLimit = 20_000

export type Pages<Row> = {
  rows: readonly Row[]
  loading: boolean
  error: CombinedError | null
  /** Fetches the next page; null where there is none. */
  more: (() => void) | null
  /** Fetches everything anew, keeping what is shown meanwhile. */
  reload: () => void
  /** Every row that the filter lets through, not only those shown; tells how many there are so far. */
  all: (told: (count: number) => void) => Promise<readonly Row[]>
}

/** A list that is read page by page, each from where the one before ended. Pages that are shown are read again when a
 *  mutation touched what is on them. The document takes `$first` and `$after`. */
export function usePages<Data, Variables extends AnyVariables, Row>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Omit<Variables, 'first' | 'after'>,
  pick: (data: Data) => Connection<Row> | null | undefined,
  { first = 25, pause = false }: { first?: number; pause?: boolean } = {},
): Pages<Row> {
  const client = useClient()
  const key = JSON.stringify(variables)
  const none: Held<Row> = { key, afters: [null], pages: [], error: null, arriving: true }
  const [held, setHeld] = useState<Held<Row>>(none)
  const [epoch, setEpoch] = useState(0)
  const now = held.key === key ? held : none
  const asked = now.afters.length

  useEffect(() => {
    if (pause) return
    const change = (make: (before: Held<Row>) => Held<Row>) =>
      setHeld((before) => make(before.key === key ? before : { key, afters: [null], pages: [], error: null, arriving: true }))
    const ends = now.afters.map((after, index) =>
      client
        .query(document, { ...variables, first, after } as unknown as Variables, {
          requestPolicy: epoch > 0 ? 'cache-and-network' : 'cache-first',
        })
        .subscribe((result) => {
          const connection = result.data ? pick(result.data) : undefined
          const page = connection && { rows: connection.nodes, end: connection.pageInfo.hasNextPage ? connection.pageInfo.endCursor ?? null : null }
          const last = index === asked - 1
          change((before) => ({
            ...before,
            pages: page ? Object.assign([...before.pages], { [index]: page }) : before.pages,
            error: result.error && !page ? result.error : null,
            arriving: last ? result.stale && !page : before.arriving,
          }))
        }),
    )
    return () => ends.forEach((end) => end.unsubscribe())
    // What is asked for is told by its key; the functions are the same in every render.
  }, [client, document, key, asked, epoch, first, pause])

  const rows = now.pages.flatMap((page) => page.rows)
  const next = now.pages[asked - 1]?.end ?? null
  const more = next === null ? null : () => setHeld({ ...now, afters: [...now.afters, next], arriving: true })
  const reload = useCallback(() => setEpoch((count) => count + 1), [])
  const all = async (told: (count: number) => void) => {
    const found: Row[] = []
    let after: string | null = null
    while (found.length < exportLimit) {
      const asking = { ...variables, first, after } as unknown as Variables
      const answer: OperationResult<Data, Variables> = await client.query(document, asking, { requestPolicy: 'network-only' }).toPromise()
      if (answer.error) throw answer.error
      const connection: Connection<Row> | null | undefined = answer.data && pick(answer.data)
      if (!connection) break
      found.push(...connection.nodes)
      told(found.length)
      if (!connection.pageInfo.hasNextPage) break
      after = connection.pageInfo.endCursor ?? null
    }
    return found
  }
  return { rows, loading: now.arriving && !pause, error: now.error, more, reload, all }
}

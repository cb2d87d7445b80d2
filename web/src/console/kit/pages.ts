import { useCallback, useEffect, useRef, useState } from 'react'
import { useClient, type AnyVariables, type CombinedError, type DocumentInput } from 'urql'

type Connection<Row> = { nodes: readonly Row[]; pageInfo: { hasNextPage: boolean; endCursor?: string | null } }
type State<Row> = { rows: readonly Row[]; end: string | null; more: boolean; pages: number; loading: boolean; error?: CombinedError }

const nothing = { rows: [], end: null, more: false, pages: 0, loading: true } as const

/** A list by cursor: page behind page, and all of them anew when something has happened. Other variables begin anew. */
export function usePages<Data, Variables extends AnyVariables, Row>(
  document: DocumentInput<Data, Variables & { after?: string | null }>,
  variables: Variables,
  pick: (data: Data) => Connection<Row> | null | undefined,
) {
  const client = useClient()
  const key = JSON.stringify(variables)
  const [state, setState] = useState<State<Row>>(nothing)
  const round = useRef(0)
  const picker = useRef(pick)
  picker.current = pick

  const load = useCallback(async (from: State<Row>, pages: number) => {
    const mine = ++round.current
    let { rows, end, more } = from
    let done = from.pages
    while (done < pages) {
      const asked = { ...(JSON.parse(key) as Variables), after: end }
      const { data, error } = await client.query(document, asked, { requestPolicy: 'network-only' }).toPromise()
      if (mine !== round.current) return
      const page = data ? picker.current(data) : null
      if (!page) return setState((now) => ({ ...now, loading: false, error }))
      rows = [...rows, ...page.nodes]
      end = page.pageInfo.endCursor ?? null
      more = page.pageInfo.hasNextPage
      done += 1
      if (!more) break
    }
    setState({ rows, end, more, pages: done, loading: false })
  }, [client, document, key])

  useEffect(() => {
    setState(nothing)
    void load(nothing, 1)
    return () => void round.current++
  }, [load])

  const next = () => {
    setState((now) => ({ ...now, loading: true }))
    void load(state, state.pages + 1)
  }
  const reload = useCallback(() => {
    setState((now) => {
      void load(nothing, Math.max(1, now.pages))
      return now
    })
  }, [load])
  return { rows: state.rows, loading: state.loading, error: state.error, more: state.more ? next : null, reload }
}

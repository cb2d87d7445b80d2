import { useEffect } from 'react'
import { useQuery } from 'urql'
import { graphql } from '@/gql'

const ImportDocument = graphql(`
  query ConsoleImport($id: ID!) { cardImport(id: $id) { ...ImportLook } }
`)
const every = 700

/** An import, asked again and again while it runs. */
export function useImport(id: string | null) {
  const [{ data, error, fetching }, again] = useQuery({ query: ImportDocument, variables: { id: id ?? '' }, pause: !id, requestPolicy: 'cache-and-network' })
  const one = id && data?.cardImport?.id === id ? data.cardImport : null
  const running = id !== null && (one === null || one.status === 'RUNNING') && !error
  useEffect(() => {
    if (!running) return
    const timer = setInterval(() => again({ requestPolicy: 'network-only' }), every)
    return () => clearInterval(timer)
  }, [running, again, id])
  return { one, missing: Boolean(data) && !fetching && !data?.cardImport, error, again: () => again({ requestPolicy: 'network-only' }) }
}

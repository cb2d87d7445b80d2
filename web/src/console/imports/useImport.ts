import { useCallback, useEffect, useRef, useState } from 'react'
import { type CombinedError } from 'urql'
import { graphql } from '@/gql'
import type { ImportLookFragment } from '@/gql/graphql'
import { useQuery } from '../kit/query.ts'

const ImportDocument = graphql(`
  query ConsoleImport($id: ID!) { cardImport(id: $id) { ...ImportLook } }
`)
/** How long until a running import is asked about again, and until that is tried again where it failed, in milliseconds. */
const [every, afterFailure] = [700, 3_000]
/** So many failures in a row are worth a word. */
const several = 2

/** An import, asked again and again while it runs. A question that fails is asked again: what is known stays, and once
 *  it fails for longer `lasting` says so. */
export function useImport(id: string | null) {
  const [{ data, error, fetching }, ask] = useQuery({ query: ImportDocument, variables: { id: id ?? '' }, pause: !id, requestPolicy: 'cache-and-network' })
  const again = useCallback(() => ask({ requestPolicy: 'network-only' }), [ask])
  const kept = useRef<ImportLookFragment | null>(null)
  if (data?.cardImport?.id === id && data?.cardImport) kept.current = data.cardImport
  const one = kept.current?.id === id ? kept.current : null
  const missing = Boolean(data) && !fetching && !error && !one
  const running = id !== null && !missing && (one === null || one.status === 'RUNNING')
  const [failures, setFailures] = useState(0)
  const [failed, setFailed] = useState<CombinedError>()
  useEffect(() => {
    if (fetching) return
    setFailed(error)
    setFailures((count) => (error ? count + 1 : 0))
  }, [fetching, error, data])
  useEffect(() => {
    if (!running || fetching) return
    const timer = setTimeout(again, error ? afterFailure : every)
    return () => clearTimeout(timer)
  }, [running, fetching, error, data, again])
  return { one, missing, error: failed, lasting: failures >= several ? failed : undefined, again }
}

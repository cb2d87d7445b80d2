import { useCallback, useEffect, useState } from 'react'
import { useClient } from 'urql'
import { graphql } from '@/gql'
import type { EvidenceLookFragment } from '@/gql/graphql'
import { faultText } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { digest } from '@/lib/upload.ts'

const EvidenceLinksDocument = graphql(`
  query EvidenceLinks($claim: ID!) {
    warrantyClaim(id: $claim) { id evidence { id downloadUrl } }
  }
`)

const pictures = ['image/jpeg', 'image/png', 'image/webp']
/** More of a text than this is not shown, in characters. */
export const mostText = 200_000

export type Shown = { picture: string } | { text: string; whole: boolean }

/** How a file can be shown; null where it can only be saved. */
export const shownAs = (mediaType: string): 'picture' | 'text' | null => (pictures.includes(mediaType) ? 'picture' : mediaType === 'text/plain' ? 'text' : null)

/** Where a file of a claim is to be had. A link is good for five minutes, so that each time a fresh one is asked for. */
export function useEvidenceLink(claimId: string) {
  const { t } = useWords()
  const client = useClient()
  return useCallback(async (id: string): Promise<{ url: string } | { wrong: string }> => {
    const { data, error } = await client.query(EvidenceLinksDocument, { claim: claimId }, { requestPolicy: 'network-only' })
    const url = data?.warrantyClaim?.evidence.find((one) => one.id === id)?.downloadUrl
    return url ? { url } : { wrong: error ? faultText(t, error) : t('state.missing.why') }
  }, [claimId, client, t])
}

/** A file to be looked at: fetched whole, and shown only as what the server found it to be and if it is the file that
 *  was submitted. The page makes pixels or plain text of it; its link would be saved, and is never opened. */
export function useEvidence(claimId: string, { id, mediaType, sha256 }: Pick<EvidenceLookFragment, 'id' | 'mediaType' | 'sha256'>) {
  const { t } = useWords()
  const linkOf = useEvidenceLink(claimId)
  const [tries, setTries] = useState(0)
  const [seen, setSeen] = useState<{ id: string; shown?: Shown; wrong?: string }>({ id })
  useEffect(() => {
    const kind = shownAs(mediaType)
    if (!kind) return
    const stop = new AbortController()
    let made: string | null = null
    const look = async (): Promise<{ shown: Shown } | { wrong: string }> => {
      const link = await linkOf(id)
      if ('wrong' in link) return link
      const response = await fetch(link.url, { signal: stop.signal })
      if (!response.ok) return { wrong: t('evidence.failed') }
      const file = new Blob([await response.arrayBuffer()], { type: mediaType })
      const found = await digest(file)
      if (found && found !== sha256) return { wrong: t('evidence.altered') }
      if (kind === 'text') {
        const text = await file.text()
        return { shown: { text: text.slice(0, mostText), whole: text.length <= mostText } }
      }
      stop.signal.throwIfAborted()
      made = URL.createObjectURL(file)
      return { shown: { picture: made } }
    }
    setSeen({ id })
    look().catch(() => ({ wrong: t('evidence.failed') })).then((now) => {
      if (!stop.signal.aborted) setSeen({ id, ...now })
    })
    return () => {
      stop.abort()
      if (made) URL.revokeObjectURL(made)
    }
  }, [id, mediaType, sha256, linkOf, tries, t])
  const now = seen.id === id ? seen : { id }
  return { ...now, fail: (wrong: string) => setSeen({ id, wrong }), again: () => setTries(tries + 1) }
}

import { useState } from 'react'
import { useClient } from 'urql'
import { graphql } from '@/gql'
import type { CardFormat } from '@/gql/graphql'
import { refusalText, troubles } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { contentText } from './problem.ts'
import { uploadCards } from './upload.ts'

const CardsImportDocument = graphql(`
  mutation ConsoleCardsImport($input: CardsImportInput!) { cardsImport(input: $input) { import { id status } errors { code message path } } }
`)
/** What is longer does not travel in a GraphQL request (1 MiB, escapes included). */
const small = 400_000

export type Sending = { content: File | string; variantId: string; format: CardFormat; dryRun: boolean; key: string }

/** Sends cards in the way that fits their size; answers the import's id. */
export function useSend() {
  const { t } = useWords()
  const client = useClient()
  const [share, setShare] = useState<number | null>(null)
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState<string[]>([])
  const bySmall = async ({ content, ...rest }: Sending & { content: string }): Promise<string | null> => {
    const { key, ...input } = rest
    const { data, error } = await client.mutation(CardsImportDocument, { input: { ...input, content, idempotencyKey: key } }).toPromise()
    // What is wrong with the content says more than that it is.
    const errors = data?.cardsImport.errors.map((one) => (one.path.includes('content') ? contentText(t, one.message) : refusalText(t, one)))
    setWrong(error ? troubles(t, error, []) : (errors ?? []))
    return data?.cardsImport.import?.id ?? null
  }
  const byUpload = async ({ content, ...rest }: Sending): Promise<string | null> => {
    const file = typeof content === 'string' ? new Blob([content], { type: 'text/plain;charset=utf-8' }) : content
    setShare(0)
    const taken = await uploadCards({ file, ...rest, told: setShare })
    setShare(null)
    if ('id' in taken) return taken.id
    const said = taken.status === 0 ? t('fault.network')
      : taken.code ? [t(`error.${taken.code}`), taken.detail ? t('imports.detail', { detail: contentText(t, taken.detail) }) : ''].join(' ').trim()
      : taken.status === 413 ? t('imports.tooLarge')
      : taken.status === 429 ? t('fault.THROTTLED') : taken.status === 503 ? t('fault.UNAVAILABLE') : taken.status === 403 ? t('fault.FORBIDDEN')
      : t('imports.refused', { detail: taken.detail ?? String(taken.status) })
    setWrong([said])
    return null
  }
  const send = async (sending: Sending): Promise<string | null> => {
    setWrong([])
    setBusy(true)
    try {
      const { content } = sending
      return typeof content === 'string' && content.length < small ? await bySmall({ ...sending, content }) : await byUpload(sending)
    } finally {
      setBusy(false)
    }
  }
  return { send, share, busy, wrong }
}

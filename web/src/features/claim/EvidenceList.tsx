import { useState } from 'react'
import { useClient } from 'urql'
import { Download, FileText, Film, Image } from 'lucide-react'
import { graphql } from '@/gql'
import type { EvidenceLookFragment } from '@/gql/graphql'
import { faultText } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { fileSize, follow } from '@/lib/files.ts'
import { Button } from '@/ui/Button.tsx'
import { Notice } from '@/ui/parts.tsx'

export const EvidenceLook = graphql(`
  fragment EvidenceLook on Evidence { id fileName kind mediaType byteSize sha256 submittedAt uploadedBy }
`)
const EvidenceLinksDocument = graphql(`
  query EvidenceLinks($claim: ID!) {
    warrantyClaim(id: $claim) { id evidence { id downloadUrl } }
  }
`)

const iconOf = (type: string) => (type.startsWith('image/') ? Image : type.startsWith('video/') ? Film : FileText)

/** The files of a claim. They are somebody else's: they are saved, and nothing of them is ever shown in the page. A
 *  link is good for five minutes, so it is asked for when it is wanted. */
export function EvidenceList({ claimId, evidence }: { claimId: string; evidence: readonly EvidenceLookFragment[] }) {
  const { t, time, language } = useWords()
  const client = useClient()
  const [busy, setBusy] = useState<string | null>(null)
  const [wrong, setWrong] = useState<string | null>(null)
  const download = async (id: string, name: string) => {
    setBusy(id)
    setWrong(null)
    const { data, error } = await client.query(EvidenceLinksDocument, { claim: claimId }, { requestPolicy: 'network-only' })
    setBusy(null)
    const url = data?.warrantyClaim?.evidence.find((one) => one.id === id)?.downloadUrl
    if (url) follow(url, name)
    else setWrong(error ? faultText(t, error) : t('state.missing.why'))
  }
  if (evidence.length === 0) return <p className="text-sm text-muted">{t('evidence.none')}</p>
  return (
    <div className="flex flex-col gap-3">
      {wrong && <Notice tone="bad">{wrong}</Notice>}
      <ul className="flex flex-col divide-y divide-line rounded-md border border-line">
        {evidence.map((file) => {
          const Icon = iconOf(file.mediaType)
          return (
            <li key={file.id} className="flex items-center gap-3 px-3 py-2.5">
              <span className="grid size-9 shrink-0 place-items-center rounded-sm bg-sunken text-muted" aria-hidden><Icon className="size-5" /></span>
              <span className="min-w-0 flex-1">
                <span className="block truncate text-sm font-medium">{file.fileName}</span>
                <span className="block text-xs text-muted">
                  {t(`evidence.kind.${file.kind}`)} · {fileSize(file.byteSize, language)} · {t(`desk.${file.uploadedBy}`)} · {time(file.submittedAt)}
                </span>
              </span>
              <Button size="sm" busy={busy === file.id} aria-label={t('evidence.download', { name: file.fileName })} onClick={() => void download(file.id, file.fileName)}><Download className="size-4" aria-hidden /></Button>
            </li>
          )
        })}
      </ul>
    </div>
  )
}

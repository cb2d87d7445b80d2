import { useState } from 'react'
import { Download, Eye, FileText, Film, Image } from 'lucide-react'
import { graphql } from '@/gql'
import type { EvidenceLookFragment } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { fileSize, follow } from '@/lib/files.ts'
import { Button } from '@/ui/Button.tsx'
import { Notice } from '@/ui/parts.tsx'
import { EvidenceViewer } from './EvidenceViewer.tsx'
import { useEvidenceLink } from './useEvidence.ts'

export const EvidenceLook = graphql(`
  fragment EvidenceLook on Evidence { id fileName kind mediaType byteSize sha256 submittedAt uploadedBy }
`)
const iconOf = (type: string) => (type.startsWith('image/') ? Image : type.startsWith('video/') ? Film : FileText)

/** The files of a claim, to be looked at here or saved. */
export function EvidenceList({ claimId, evidence }: { claimId: string; evidence: readonly EvidenceLookFragment[] }) {
  const { t, time, language } = useWords()
  const linkOf = useEvidenceLink(claimId)
  const [at, setAt] = useState<string | null>(null)
  const [busy, setBusy] = useState<string | null>(null)
  const [wrong, setWrong] = useState<string | null>(null)
  const download = async ({ id, fileName }: EvidenceLookFragment) => {
    setBusy(id)
    setWrong(null)
    const link = await linkOf(id)
    setBusy(null)
    if ('url' in link) follow(link.url, fileName)
    else setWrong(link.wrong)
  }
  const turn = (id: string | null) => {
    setWrong(null)
    setAt(id)
  }
  if (evidence.length === 0) return <p className="text-sm text-muted">{t('evidence.none')}</p>
  return (
    <div className="flex flex-col gap-3">
      {wrong && at === null && <Notice tone="bad">{wrong}</Notice>}
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
              <Button size="sm" aria-haspopup="dialog" aria-label={t('evidence.view', { name: file.fileName })} onClick={() => turn(file.id)}><Eye className="size-4" aria-hidden /></Button>
              <Button size="sm" busy={busy === file.id} aria-label={t('evidence.download', { name: file.fileName })} onClick={() => void download(file)}><Download className="size-4" aria-hidden /></Button>
            </li>
          )
        })}
      </ul>
      <EvidenceViewer claimId={claimId} evidence={evidence} at={at} onTurn={turn} onDownload={(file) => void download(file)} wrong={wrong} />
    </div>
  )
}

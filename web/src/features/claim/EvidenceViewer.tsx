import { useEffect, useState } from 'react'
import { ChevronLeft, ChevronRight, Download, ZoomIn } from 'lucide-react'
import type { EvidenceLookFragment } from '@/gql/graphql'
import { fileSize } from '@/lib/files.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { cx } from '@/ui/classes.ts'
import { Dialog } from '@/ui/Dialog.tsx'
import { Fact, Facts, Notice, Skeleton } from '@/ui/parts.tsx'
import { mostText, shownAs, useEvidence } from './useEvidence.ts'

type Props = {
  claimId: string; evidence: readonly EvidenceLookFragment[]
  /** The file that is looked at; null closes it. */
  at: string | null; onTurn: (id: string | null) => void; onDownload: (file: EvidenceLookFragment) => void; wrong: string | null
}

/** The files of a claim one by one, each with whose it is and what identifies it. */
export function EvidenceViewer({ claimId, evidence, at, onTurn, onDownload, wrong }: Props) {
  const { t } = useWords()
  const place = evidence.findIndex((one) => one.id === at)
  const file = evidence[place]
  const turn = (by: number) => onTurn(evidence[(place + by + evidence.length) % evidence.length]?.id ?? null)
  useEffect(() => {
    if (!file) return
    const press = (event: KeyboardEvent) => {
      const by = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0
      // A picture in its full size is moved by the arrows while it has the focus.
      if (!by || event.altKey || event.ctrlKey || event.metaKey || (event.target instanceof Element && event.target.matches('[data-large]'))) return
      event.preventDefault()
      turn(by)
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  })
  return (
    <Dialog open={file !== undefined} onClose={() => onTurn(null)} title={file?.fileName ?? ''} wide closeLabel={t('word.close')}
      footer={file && (
        <>
          <p role="status" className="mr-auto self-center text-sm text-muted">{t('evidence.place', { at: place + 1, all: evidence.length })}</p>
          {evidence.length > 1 && (
            <>
              <Button size="sm" icon={<ChevronLeft className="size-4" aria-hidden />} onClick={() => turn(-1)}>{t('evidence.previous')}</Button>
              <Button size="sm" icon={<ChevronRight className="size-4" aria-hidden />} onClick={() => turn(1)}>{t('evidence.next')}</Button>
            </>
          )}
          <Button size="sm" icon={<Download className="size-4" aria-hidden />} aria-label={t('evidence.download', { name: file.fileName })} onClick={() => onDownload(file)}>{t('evidence.save')}</Button>
        </>
      )}>
      {file && <Looked key={file.id} claimId={claimId} file={file} wrong={wrong} />}
    </Dialog>
  )
}

function Looked({ claimId, file, wrong: notSaved }: { claimId: string; file: EvidenceLookFragment; wrong: string | null }) {
  const { t, time, number, language } = useWords()
  const { shown, wrong, fail, again } = useEvidence(claimId, file)
  const [large, setLarge] = useState(false)
  const region = { role: 'region', tabIndex: 0, 'aria-label': t('evidence.content', { name: file.fileName }) }
  return (
    <div className="flex flex-col gap-4">
      {notSaved && <Notice tone="bad">{notSaved}</Notice>}
      {wrong ? <Notice tone="bad" action={<Button size="sm" onClick={again}>{t('state.retry')}</Button>}>{wrong}</Notice>
        : !shownAs(file.mediaType) ? <Notice>{t('evidence.notShown')}</Notice>
        : !shown ? <div aria-busy="true" role="status" aria-label={t('state.loading')}><Skeleton className="h-64" /></div>
        : 'picture' in shown ? (
          <>
            <div {...region} data-large={large || undefined} className={cx('max-h-[40dvh] rounded-md bg-sunken', large ? 'overflow-auto' : 'overflow-hidden')}>
              <img src={shown.picture} alt={file.fileName} onError={() => fail(t('evidence.unreadable'))} className={large ? 'max-w-none' : 'mx-auto max-h-[40dvh] max-w-full object-contain'} />
            </div>
            <Button className="self-start" size="sm" aria-pressed={large} icon={<ZoomIn className="size-4" aria-hidden />} onClick={() => setLarge(!large)}>{t('evidence.large')}</Button>
          </>
        ) : (
          <>
            <pre {...region} className="max-h-[40dvh] overflow-auto rounded-md bg-sunken p-3 text-sm break-words whitespace-pre-wrap">{shown.text}</pre>
            {!shown.whole && <p className="text-sm text-muted">{t('evidence.cut', { count: number(mostText) })}</p>}
          </>
        )}
      <Facts>
        <Fact term={t('evidence.by')}>{t(`desk.${file.uploadedBy}`)}</Fact>
        <Fact term={t('evidence.at')}><time dateTime={file.submittedAt}>{time(file.submittedAt)}</time></Fact>
        <Fact term={t('evidence.what')}>{t(`evidence.kind.${file.kind}`)} · {fileSize(file.byteSize, language)}</Fact>
        <Fact term="SHA-256"><span className="font-mono text-xs break-all">{file.sha256}</span></Fact>
      </Facts>
    </div>
  )
}

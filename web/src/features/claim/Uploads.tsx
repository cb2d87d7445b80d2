import { useId, useState, type ReactNode } from 'react'
import { Check, FileText, Film, RotateCw, Upload, X } from 'lucide-react'
import { fileSize } from '@/lib/files.ts'
import { useWords } from '@/lib/i18n.tsx'
import { accepted, mostFiles } from '@/lib/upload.ts'
import { Progress } from '@/ui/parts.tsx'
import { cx } from '@/ui/classes.ts'
import type { Sent, useUploads } from './useUploads.ts'

type Props = { uploads: ReturnType<typeof useUploads>; sent: readonly Sent[]; onRemove: (id: string) => void }

/** Where files are chosen or dropped, how far each is, and what has arrived. */
export function Uploads({ uploads, sent, onRemove }: Props) {
  const { t, language } = useWords()
  const id = useId()
  const [over, setOver] = useState(false)
  const { sending, previews, add, cancel, retry } = uploads
  const small = 'grid size-11 shrink-0 place-items-center rounded-md text-muted hover:bg-sunken'
  return (
    <div className="flex flex-col gap-3">
      <div
        onDragOver={(event) => { event.preventDefault(); setOver(true) }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => { event.preventDefault(); setOver(false); add(event.dataTransfer.files) }}
        className={cx('rounded-lg border-2 border-dashed', over ? 'border-accent bg-accent-soft' : 'border-line-strong')}
      >
        <input id={id} type="file" multiple accept={accepted} className="peer sr-only" aria-describedby={`${id}-hint`}
          onChange={(event) => { add(event.target.files ?? []); event.target.value = '' }} />
        <label htmlFor={id} className="flex cursor-pointer flex-col items-center gap-1.5 rounded-lg px-4 py-6 text-center peer-focus-visible:outline-2 peer-focus-visible:outline-accent-ink">
          <Upload className="size-6 text-accent-ink" aria-hidden />
          <span className="font-medium text-accent-ink">{t('upload.choose')}</span>
          <span id={`${id}-hint`} className="text-xs text-muted">{t('upload.limits', { count: mostFiles })}</span>
        </label>
      </div>
      {(sent.length > 0 || sending.length > 0) && (
        <ul className="flex flex-col divide-y divide-line rounded-md border border-line" aria-label={t('upload.files')}>
          {sent.map((one) => (
            <Row key={one.id} preview={previews[one.id] ?? null} video={one.kind === 'VIDEO'} name={one.name}
              said={<span className="flex items-center gap-1 text-good"><Check className="size-3.5" aria-hidden />{t('upload.done')} · {fileSize(one.size, language)}</span>}>
              <button type="button" className={small} aria-label={t('upload.remove', { name: one.name })} onClick={() => onRemove(one.id)}><X className="size-4" aria-hidden /></button>
            </Row>
          ))}
          {sending.map((one) => (
            <Row key={one.key} preview={one.preview} video={false} name={one.name}
              said={one.wrong ? <span role="alert" className="text-bad">{one.wrong}</span> : <Progress value={one.progress} label={t('upload.progress', { name: one.name })} />}>
              {one.wrong && one.file && <button type="button" className={small} aria-label={t('upload.retry', { name: one.name })} onClick={() => retry(one)}><RotateCw className="size-4" aria-hidden /></button>}
              <button type="button" className={small} aria-label={t(one.wrong ? 'upload.remove' : 'upload.cancel', { name: one.name })} onClick={() => cancel(one.key)}><X className="size-4" aria-hidden /></button>
            </Row>
          ))}
        </ul>
      )}
    </div>
  )
}

/** Pictures are shown from the browser's own copy of the file, never from the server. */
function Row({ preview, video, name, said, children }: { preview: string | null; video: boolean; name: string; said: ReactNode; children: ReactNode }) {
  return (
    <li className="flex items-center gap-3 p-2 pl-3">
      {preview
        ? <img src={preview} alt="" width={40} height={40} className="size-10 shrink-0 rounded-sm border border-line object-cover" />
        : <span className="grid size-10 shrink-0 place-items-center rounded-sm bg-sunken text-muted" aria-hidden>{video ? <Film className="size-5" /> : <FileText className="size-5" />}</span>}
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <span className="truncate text-sm font-medium">{name}</span>
        <span className="text-xs">{said}</span>
      </div>
      {children}
    </li>
  )
}

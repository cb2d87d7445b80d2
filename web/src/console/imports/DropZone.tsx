import { useId, useState, type DragEvent } from 'react'
import { FileText, Upload, X } from 'lucide-react'
import { fileSize } from '@/lib/files.ts'
import { useWords } from '@/lib/i18n.tsx'
import { cx } from '@/ui/classes.ts'

/** Where a file is dropped, or chosen by whoever drops nothing. */
export function DropZone({ file, onFile, accept, label, hint }: { file: File | null; onFile: (file: File | null) => void; accept: string; label: string; hint: string }) {
  const { t, language } = useWords()
  const id = useId()
  const [over, setOver] = useState(false)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const dropped = event.dataTransfer.files[0]
    if (dropped) onFile(dropped)
  }
  if (file) {
    return (
      <div className="flex items-center gap-3 rounded-lg border border-line bg-sunken p-4">
        <FileText className="size-6 shrink-0 text-muted" aria-hidden />
        <p className="min-w-0 flex-1"><span className="block truncate font-medium">{file.name}</span><span className="text-sm text-muted">{fileSize(file.size, language)}</span></p>
        <button type="button" aria-label={t('drop.other')} className="grid size-11 place-items-center rounded-md hover:bg-surface" onClick={() => onFile(null)}><X className="size-5" aria-hidden /></button>
      </div>
    )
  }
  return (
    <label htmlFor={id} onDragOver={(event) => { event.preventDefault(); setOver(true) }} onDragLeave={() => setOver(false)} onDrop={drop}
      className={cx('flex cursor-pointer flex-col items-center gap-2 rounded-lg border-2 border-dashed px-6 py-10 text-center has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent-ink', over ? 'border-accent bg-accent-soft' : 'border-line-strong hover:bg-sunken')}>
      <Upload className="size-8 text-accent-ink" aria-hidden />
      <span className="font-medium">{label}</span>
      <span className="text-sm text-muted">{hint}</span>
      <input id={id} type="file" accept={accept} className="sr-only" onChange={(event) => onFile(event.target.files?.[0] ?? null)} />
    </label>
  )
}

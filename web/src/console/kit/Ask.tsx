import { useId, useState, type FormEvent, type ReactNode } from 'react'
import { useWords } from '@/lib/i18n.tsx'
import { Button, type ButtonKind } from '@/ui/Button.tsx'
import { Dialog } from '@/ui/Dialog.tsx'
import { TextArea } from '@/ui/Field.tsx'
import { Wrong } from './Wrong.tsx'

/** Something to be confirmed, mostly with a word about why. It closes once that was done. */
export function Ask({ open, onClose, title, children, say, sayHint, required, confirm, kind = 'primary', busy, wrong, onConfirm, most = 500, ready = true, wide }: {
  open: boolean; onClose: () => void; title: string; children?: ReactNode
  /** What the word is called; left out: none is asked for. */
  say?: string; sayHint?: ReactNode; required?: boolean; most?: number
  confirm: string; kind?: ButtonKind; busy: boolean; wrong: readonly string[]; ready?: boolean; wide?: boolean
  /** Whether it was done. */
  onConfirm: (note: string) => Promise<boolean>
}) {
  const { t } = useWords()
  const id = useId()
  const [note, setNote] = useState('')
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!(await onConfirm(note.trim()))) return
    setNote('')
    onClose()
  }
  return (
    <Dialog open={open} onClose={onClose} title={title} closeLabel={t('word.close')} wide={wide} footer={
      <>
        <Button onClick={onClose}>{t('word.cancel')}</Button>
        <Button type="submit" form={id} kind={kind} busy={busy} disabled={!ready || (required && !note.trim())}>{confirm}</Button>
      </>
    }>
      <form id={id} onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <Wrong lines={wrong} />
        {children}
        {say && (
          <TextArea label={say} hint={sayHint} value={note} onChange={(event) => setNote(event.target.value)} required={required} maxLength={most} />
        )}
      </form>
    </Dialog>
  )
}

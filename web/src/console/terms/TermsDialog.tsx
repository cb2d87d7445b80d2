import { useState, type FormEvent } from 'react'
import type { TermsLookFragment, WarrantyTermsInput } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Dialog } from '@/ui/Dialog.tsx'
import { Wrong } from '../kit/Wrong.tsx'
import { draftOf, inputOf } from './terms.ts'
import { TermsEditor } from './TermsEditor.tsx'

type Props = {
  open: boolean; onClose: () => void; lead: string; terms: TermsLookFragment; busy: boolean; wrong: readonly string[]
  /** What taking back one's own terms is called; left out: that is not possible. */
  reset?: string
  /** Whether it was done. */
  onSave: (terms: WarrantyTermsInput | null) => Promise<boolean>
}

/** Warranty terms to be changed. */
export function TermsDialog(props: Props) {
  const { t } = useWords()
  return (
    <Dialog open={props.open} onClose={props.onClose} title={t('terms.edit')} closeLabel={t('word.close')} wide>
      {props.open && <Form {...props} />}
    </Dialog>
  )
}

function Form({ onClose, lead, terms, busy, wrong, reset, onSave }: Props) {
  const { t } = useWords()
  const [draft, setDraft] = useState(() => draftOf(terms))
  const input = inputOf(draft)
  const save = async (said: WarrantyTermsInput | null) => {
    if (await onSave(said)) onClose()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (input) void save(input)
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-5">
      <p className="text-sm text-muted">{lead}</p>
      <Wrong lines={wrong} />
      <TermsEditor draft={draft} onChange={setDraft} />
      <div className="sticky -bottom-4 -mx-5 -mb-4 flex flex-wrap justify-end gap-2 border-t border-line bg-surface px-5 py-3">
        {reset && <Button kind="quiet" className="mr-auto" busy={busy} onClick={() => void save(null)}>{reset}</Button>}
        <Button onClick={onClose}>{t('word.cancel')}</Button>
        <Button type="submit" kind="primary" busy={busy} disabled={!input}>{t('terms.save')}</Button>
      </div>
    </form>
  )
}

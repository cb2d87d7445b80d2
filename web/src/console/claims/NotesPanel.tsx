import { useState, type FormEvent } from 'react'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { TextArea } from '@/ui/Field.tsx'
import { useAct } from '../kit/act.ts'
import { Panel } from '../kit/Panel.tsx'
import { Wrong } from '../kit/Wrong.tsx'
import { useMay } from '../viewer.tsx'
import type { Claim } from './claim.ts'

const NoteAddDocument = graphql(`
  mutation ClaimNoteAdd($input: WarrantyClaimNoteInput!) {
    claimNoteAdd(input: $input) { claim { id notes { at author { id displayName } body } } errors { code message path } }
  }
`)

/** What the desk's own people noted. Nobody else reads it, and it says so. */
export function NotesPanel({ claim, onDone }: { claim: Claim; onDone: () => void }) {
  const { t, time } = useWords()
  const may = useMay()
  const { act, busy, wrong, at } = useAct(NoteAddDocument, ['note'])
  const [note, setNote] = useState('')
  const add = async (event: FormEvent) => {
    event.preventDefault()
    if (!(await act({ input: { claimId: claim.id, note: note.trim() } }))) return
    setNote('')
    onDone()
  }
  return (
    <Panel title={t('claimDesk.notes')} lead={t('claimDesk.notes.lead')} className="border-dashed">
      <div className="flex flex-col gap-4">
        {claim.notes.length > 0 && (
          <ul className="flex flex-col gap-3">
            {claim.notes.map((one) => (
              <li key={one.at} className="rounded-md bg-warn-soft px-3.5 py-2.5 text-sm">
                <p className="text-xs text-warn">{one.author?.displayName ?? t('claimDesk.notes.program')} · <time dateTime={one.at}>{time(one.at)}</time></p>
                <p className="whitespace-pre-line">{one.body}</p>
              </li>
            ))}
          </ul>
        )}
        {may('claim:note') && (
          <form onSubmit={(event) => void add(event)} className="flex flex-col gap-2">
            <Wrong lines={wrong} />
            <TextArea label={t('claimDesk.note')} value={note} error={at('note')} maxLength={2000} onChange={(event) => setNote(event.target.value)} />
            <Button type="submit" className="self-end" busy={busy} disabled={!note.trim()}>{t('claimDesk.note.add')}</Button>
          </form>
        )}
      </div>
    </Panel>
  )
}

import { useState, type FormEvent } from 'react'
import { useClient } from 'urql'
import { graphql } from '@/gql'
import { troubles } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Dialog } from '@/ui/Dialog.tsx'
import { TextArea } from '@/ui/Field.tsx'
import { Notice } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import type { OfClaim } from './shown.ts'

const ProvideInfoDocument = graphql(`
  mutation ProvideInfo($input: WarrantyClaimNoteInput!) {
    step: warrantyClaimProvideInfo(input: $input) { claim { id status } errors { code message path } }
  }
`)
const WithdrawClaimDocument = graphql(`
  mutation WithdrawClaim($input: WarrantyClaimNoteInput!) {
    step: warrantyClaimWithdraw(input: $input) { claim { id status } errors { code message path } }
  }
`)
const AppealClaimDocument = graphql(`
  mutation AppealClaim($input: WarrantyClaimNoteInput!) {
    step: warrantyClaimAppeal(input: $input) { claim { id status } errors { code message path } }
  }
`)
const documents = { info: ProvideInfoDocument, withdraw: WithdrawClaimDocument, appeal: AppealClaimDocument }

/** A step of the buyer's that takes some words: an answer, an appeal, a withdrawal. */
export function NoteDialog({ claim, kind, refresh, primary }: OfClaim & { kind: keyof typeof documents; primary?: boolean }) {
  const { t } = useWords()
  const client = useClient()
  const [open, setOpen] = useState(false)
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState<string[]>([])
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const note = String(new FormData(event.currentTarget).get('note')).trim()
    if (!note) return setWrong([t('wizard.description.missing')])
    setBusy(true)
    const { data, error } = await client.mutation(documents[kind], { input: { claimId: claim.id, note } })
    setBusy(false)
    const said = troubles(t, error, data?.step.errors)
    setWrong(said)
    refresh()
    if (said.length > 0) return
    setOpen(false)
    toast(t(`claim.${kind}.done`))
  }
  return (
    <>
      <Button kind={primary ? 'primary' : 'secondary'} size={primary ? 'md' : 'sm'} onClick={() => { setWrong([]); setOpen(true) }}>{t(`claim.${kind}`)}</Button>
      <Dialog open={open} onClose={() => setOpen(false)} title={t(`claim.${kind}`)} closeLabel={t('word.close')}>
        <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4 text-ink">
          <p className="text-sm text-muted">{t(`claim.${kind}.why`)}</p>
          {wrong.map((one) => <Notice key={one} tone="bad">{one}</Notice>)}
          <TextArea name="note" label={t(`claim.${kind}.note`)} maxLength={2000} rows={5} required />
          <div className="flex justify-end gap-2">
            <Button onClick={() => setOpen(false)}>{t('word.cancel')}</Button>
            <Button type="submit" kind={kind === 'withdraw' ? 'danger' : 'primary'} busy={busy}>{t(`claim.${kind}.send`)}</Button>
          </div>
        </form>
      </Dialog>
    </>
  )
}

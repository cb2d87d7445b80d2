import { useState, type FormEvent } from 'react'
import { useMutation } from 'urql'
import { graphql } from '@/gql'
import type { RemedyKind } from '@/gql/graphql'
import { troubles } from '@/lib/errors.ts'
import { useWords } from '@/lib/i18n.tsx'
import { decimal, micros } from '@/lib/money.ts'
import { Button } from '@/ui/Button.tsx'
import { Dialog } from '@/ui/Dialog.tsx'
import { Select, TextArea, TextField } from '@/ui/Field.tsx'
import { Notice } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import type { OfClaim } from './shown.ts'

const MakeOfferDocument = graphql(`
  mutation MakeOffer($input: ClaimOfferMakeInput!) {
    claimOfferMake(input: $input) { offer { id status } errors { code message path } }
  }
`)

/** What the buyer would settle for: whoever has the claim can accept it at once. */
export function MakeOffer({ claim, refresh, again }: OfClaim & { again: boolean }) {
  const { t, money } = useWords()
  const [{ fetching }, make] = useMutation(MakeOfferDocument)
  const [open, setOpen] = useState(false)
  const [wrong, setWrong] = useState<string[]>([])
  const options = claim.remedyOptions.filter((one) => !one.hindrance)
  const [remedy, setRemedy] = useState<RemedyKind | null>(null)
  const chosen = options.find((one) => one.kind === remedy) ?? options[0]
  const valued = chosen?.kind === 'COMPENSATE' || chosen?.kind === 'REFUND'
  if (!chosen) return null
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const [said, note] = [String(form.get('amount') ?? '').trim(), String(form.get('note')).trim()]
    const value = said ? micros(said) : null
    if (said && (value === null || value <= 0n)) return setWrong([t('offers.amount.wrong')])
    if (chosen.kind === 'COMPENSATE' && value === null) return setWrong([t('offers.amount.missing')])
    const { data, error } = await make({
      input: {
        claimId: claim.id, remedy: chosen.kind, ...(note && { note }),
        ...(valued && value !== null && chosen.amount && { amount: { amount: decimal(value), currency: chosen.amount.currency } }),
      },
    })
    const troubled = troubles(t, error, data?.claimOfferMake.errors)
    setWrong(troubled)
    refresh()
    if (troubled.length > 0) return
    setOpen(false)
    toast(t('offers.made'))
  }
  return (
    <>
      <Button size="sm" className="self-start" onClick={() => { setWrong([]); setOpen(true) }}>{t(again ? 'offers.make.again' : 'offers.make')}</Button>
      <Dialog open={open} onClose={() => setOpen(false)} title={t('offers.make')} closeLabel={t('word.close')}>
        <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
          <p className="text-sm text-muted">{t('offers.make.why')}</p>
          {wrong.map((one) => <Notice key={one} tone="bad">{one}</Notice>)}
          <Select label={t('offers.remedy')} value={chosen.kind} onChange={(event) => setRemedy(options.find((one) => one.kind === event.target.value)?.kind ?? null)}>
            {options.map((one) => <option key={one.kind} value={one.kind}>{t(`remedy.${one.kind}`)}</option>)}
          </Select>
          {valued && <TextField name="amount" inputMode="decimal" autoComplete="off" label={t('offers.amount')} hint={chosen.amount ? t('offers.amount.most', { most: money(chosen.amount) }) : undefined} />}
          <TextArea name="note" label={t('offers.note')} maxLength={2000} rows={3} />
          <div className="flex justify-end gap-2">
            <Button onClick={() => setOpen(false)}>{t('word.cancel')}</Button>
            <Button type="submit" kind="primary" busy={fetching}>{t('offers.send')}</Button>
          </div>
        </form>
      </Dialog>
    </>
  )
}

import { useState, type FormEvent } from 'react'
import { ArrowUp } from 'lucide-react'
import { graphql } from '@/gql'
import type { ClaimReason, ProductKind, RemedyKind } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Checkbox, TextField } from '@/ui/Field.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { Wrong } from '../kit/Wrong.tsx'
import type { Terms } from './Minimums.tsx'
import { SpanField } from './SpanField.tsx'

const MinimumSetDocument = graphql(`
  mutation MinimumSet($input: WarrantyMinimumSetInput!) {
    warrantyMinimumSet(input: $input) { minimum { kind warranty { version } } errors { code message path } }
  }
`)

/** Covered whatever the terms say. */
const always: ClaimReason[] = ['NOT_DELIVERED', 'INVALID', 'NOT_AS_DESCRIBED']
const others: ClaimReason[] = ['ALREADY_USED', 'CANNOT_ACTIVATE', 'WRONG_REGION_OR_EDITION', 'EXPIRED_EARLY', 'REVOKED']
const remedyKinds: RemedyKind[] = ['REPLACE', 'REFUND', 'PRORATA_REFUND', 'COMPENSATE']
const day = 86_400

/** Writes the least that goods of a kind are sold under. */
export function MinimumForm({ kind, terms, onClose, onDone }: { kind: ProductKind; terms: Terms | null; onClose: () => void; onDone: () => void }) {
  const { t } = useWords()
  const { act, busy, wrong } = useAct(MinimumSetDocument)
  const [duration, setDuration] = useState<number | null>(terms?.durationSeconds ?? 3 * day)
  const [answer, setAnswer] = useState<number | null>(terms?.answerWithinSeconds ?? day)
  const [decision, setDecision] = useState<number | null>(terms?.decisionWithinSeconds ?? 3 * day)
  const [limit, setLimit] = useState(String(terms?.replacementLimit ?? 3))
  const [reasons, setReasons] = useState<readonly ClaimReason[]>(terms?.coveredReasons ?? always)
  const [remedies, setRemedies] = useState<readonly RemedyKind[]>(terms?.remedies ?? ['REPLACE', 'REFUND'])
  const ready = duration !== null && answer !== null && decision !== null && remedies.length > 0
  const save = async (event: FormEvent) => {
    event.preventDefault()
    if (duration === null || answer === null || decision === null) return
    const warranty = {
      durationSeconds: duration, answerWithinSeconds: answer, decisionWithinSeconds: decision, replacementLimit: Number(limit),
      coveredReasons: [...reasons], remedies: [...remedies],
    }
    if (!(await act({ input: { kind, warranty } }))) return
    toast(t('kit.saved'))
    onDone()
    onClose()
  }
  const up = (remedy: RemedyKind) => setRemedies((now) => {
    const at = now.indexOf(remedy)
    return at > 0 ? [...now.slice(0, at - 1), remedy, ...now.slice(at - 1, at), ...now.slice(at + 1)] : now
  })
  return (
    <form onSubmit={(event) => void save(event)} className="flex flex-col gap-5">
      <Wrong lines={wrong} />
      <div className="grid gap-5 sm:grid-cols-2">
        <SpanField label={t('network.terms.duration')} seconds={duration} onChange={setDuration} />
        <TextField label={t('network.terms.limit')} type="number" min={0} max={100} required value={limit} onChange={(event) => setLimit(event.target.value)} />
        <SpanField label={t('network.terms.answer')} seconds={answer} onChange={setAnswer} />
        <SpanField label={t('network.terms.decision')} seconds={decision} onChange={setDecision} />
      </div>
      <div className="grid gap-5 sm:grid-cols-2">
        <fieldset>
          <legend className="text-sm font-medium">{t('network.terms.reasons')}</legend>
          {always.map((reason) => <Checkbox key={reason} label={t(`claim.reason.${reason}`)} hint={t('network.terms.always')} checked disabled readOnly />)}
          {others.map((reason) => (
            <Checkbox key={reason} label={t(`claim.reason.${reason}`)} checked={reasons.includes(reason)}
              onChange={(event) => setReasons((now) => event.target.checked ? [...now, reason] : now.filter((one) => one !== reason))} />
          ))}
        </fieldset>
        <fieldset>
          <legend className="text-sm font-medium">{t('network.terms.remedies')}</legend>
          <p className="text-xs text-muted">{t('network.terms.remedies.hint')}</p>
          {[...remedies, ...remedyKinds.filter((one) => !remedies.includes(one))].map((remedy, index) => (
            <div key={remedy} className="flex items-center justify-between gap-2">
              <Checkbox label={remedies.includes(remedy) ? `${index + 1}. ${t(`remedy.${remedy}`)}` : t(`remedy.${remedy}`)} checked={remedies.includes(remedy)}
                onChange={(event) => setRemedies((now) => event.target.checked ? [...now, remedy] : now.filter((one) => one !== remedy))} />
              {remedies.indexOf(remedy) > 0 && <Button size="sm" kind="quiet" aria-label={t('network.terms.up', { remedy: t(`remedy.${remedy}`) })} icon={<ArrowUp className="size-4" aria-hidden />} onClick={() => up(remedy)} />}
            </div>
          ))}
        </fieldset>
      </div>
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{t('word.cancel')}</Button>
        <Button type="submit" kind="primary" busy={busy} disabled={!ready}>{t('kit.save')}</Button>
      </div>
    </form>
  )
}

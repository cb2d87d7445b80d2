import { useId } from 'react'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { TermsSummary } from '@/features/warranty/TermsSummary.tsx'
import type { RemedyKind } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Checkbox, Select, TextField } from '@/ui/Field.tsx'
import { alwaysCovered, evidenceKinds, inputOf, preview, reasons, remedyKinds, secondsOf, type Length, type TermsDraft, type Unit } from './terms.ts'

/** Warranty terms being written, with what they promise the buyer beside them. */
export function TermsEditor({ draft, onChange }: { draft: TermsDraft; onChange: (draft: TermsDraft) => void }) {
  const { t } = useWords()
  const input = inputOf(draft)
  const set = (change: Partial<TermsDraft>) => onChange({ ...draft, ...change })
  return (
    <div className="grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,20rem)]">
      <div className="flex flex-col gap-5">
        <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
          <LengthField label={t('terms.edit.duration')} value={draft.duration} onChange={(duration) => set({ duration })} />
          <TextField label={t('terms.edit.replacements')} inputMode="numeric" value={draft.replacements} onChange={(event) => set({ replacements: event.target.value })} />
          <LengthField label={t('terms.edit.answer')} value={draft.answer} onChange={(answer) => set({ answer })} />
          <LengthField label={t('terms.edit.decision')} value={draft.decision} onChange={(decision) => set({ decision })} />
          <LengthField label={t('terms.edit.appeal')} value={draft.appeal} onChange={(appeal) => set({ appeal })} />
        </div>
        <Remedies chosen={draft.remedies} onChange={(remedies) => set({ remedies })} />
        <fieldset>
          <legend className="text-sm font-medium">{t('terms.edit.covered')}</legend>
          <div className="grid sm:grid-cols-2">
            {reasons.map((reason) => {
              const always = alwaysCovered.includes(reason)
              return (
                <Checkbox key={reason} label={t(`claim.reason.${reason}`)} hint={always ? t('terms.edit.always') : undefined} disabled={always}
                  checked={always || draft.covered.includes(reason)}
                  onChange={(event) => set({ covered: event.target.checked ? [...draft.covered, reason] : draft.covered.filter((one) => one !== reason) })} />
              )
            })}
          </div>
        </fieldset>
        <fieldset>
          <legend className="text-sm font-medium">{t('terms.edit.evidence')}</legend>
          <p className="text-sm text-muted">{t('terms.evidence.why')}</p>
          <div className="grid sm:grid-cols-2">
            {evidenceKinds.map((kind) => (
              <Checkbox key={kind} label={t(`evidence.kind.${kind}`)} checked={draft.evidence.includes(kind)}
                onChange={(event) => set({ evidence: event.target.checked ? [...draft.evidence, kind] : draft.evidence.filter((one) => one !== kind) })} />
            ))}
          </div>
        </fieldset>
      </div>
      <section aria-label={t('terms.edit.preview')} className="h-fit rounded-md bg-sunken p-4">
        <h3 className="mb-3 text-sm font-medium">{t('terms.edit.preview')}</h3>
        {input ? <TermsSummary terms={preview(input)} /> : <p className="text-sm text-muted">{t('terms.edit.incomplete')}</p>}
      </section>
    </div>
  )
}

function LengthField({ label, value, onChange }: { label: string; value: Length; onChange: (length: Length) => void }) {
  const { t } = useWords()
  const id = useId()
  const wrong = secondsOf(value) === null
  return (
    <div role="group" aria-labelledby={id} className="min-w-0">
      <p id={id} className="mb-1.5 text-sm font-medium">{label}</p>
      <div className="grid grid-cols-2 items-start gap-2">
        <TextField label={label} hideLabel inputMode="numeric" value={value.count} error={wrong ? t('terms.edit.number') : undefined} onChange={(event) => onChange({ ...value, count: event.target.value })} />
        <Select label={t('terms.edit.unit', { of: label })} hideLabel value={value.unit} onChange={(event) => onChange({ ...value, unit: event.target.value as Unit })}>
          <option value="hour">{t('terms.edit.hours')}</option>
          <option value="day">{t('terms.edit.days')}</option>
        </Select>
      </div>
    </div>
  )
}

function Remedies({ chosen, onChange }: { chosen: RemedyKind[]; onChange: (remedies: RemedyKind[]) => void }) {
  const { t } = useWords()
  const move = (index: number, by: number) => {
    const next = [...chosen]
    const [one] = next.splice(index, 1)
    if (one) next.splice(index + by, 0, one)
    onChange(next)
  }
  const left = remedyKinds.filter((kind) => !chosen.includes(kind))
  const step = 'grid size-9 place-items-center rounded-md text-muted hover:bg-sunken disabled:opacity-40'
  return (
    <fieldset>
      <legend className="text-sm font-medium">{t('terms.edit.remedies')}</legend>
      <ul>
        {[...chosen, ...left].map((kind, index) => {
          const name = t(`remedy.${kind}`)
          const on = index < chosen.length
          return (
            <li key={kind} className="flex items-center justify-between gap-2">
              <Checkbox label={on ? `${index + 1}. ${name}` : name} checked={on} onChange={() => onChange(on ? chosen.filter((one) => one !== kind) : [...chosen, kind])} />
              {on && chosen.length > 1 && (
                <span className="flex">
                  <button type="button" className={step} disabled={index === 0} aria-label={t('terms.edit.earlier', { remedy: name })} onClick={() => move(index, -1)}><ArrowUp className="size-4" aria-hidden /></button>
                  <button type="button" className={step} disabled={index === chosen.length - 1} aria-label={t('terms.edit.later', { remedy: name })} onClick={() => move(index, 1)}><ArrowDown className="size-4" aria-hidden /></button>
                </span>
              )}
            </li>
          )
        })}
      </ul>
      {chosen.length === 0 && <p role="alert" className="text-sm text-bad">{t('terms.edit.oneRemedy')}</p>}
    </fieldset>
  )
}

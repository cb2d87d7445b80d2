import { useState, type FormEvent } from 'react'
import { Plus, Trash2 } from 'lucide-react'
import { graphql } from '@/gql'
import type { PlanLookFragment, RemedyKind, WarrantyPlanInput } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Dialog } from '@/ui/Dialog.tsx'
import { Checkbox, TextField } from '@/ui/Field.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { amountOf, MoneyField } from '../kit/MoneyField.tsx'
import { Panel } from '../kit/Panel.tsx'
import { Wrong } from '../kit/Wrong.tsx'
import { remedyKinds } from '../terms/terms.ts'

export const PlanLook = graphql(`
  fragment PlanLook on WarrantyPlan { id title days remedies price { amount currency } }
`)
const PlansSetDocument = graphql(`
  mutation ConsolePlansSet($input: ProductPlansSetInput!) { productPlansSet(input: $input) { product { id plans { id } } errors { code message path } } }
`)
type Draft = { key: number; title: string; days: string; amount: string; remedies: readonly RemedyKind[] }
const most = 10

/** More warranty that may be bought with a unit. */
export function Plans({ productId, plans, currency, writes }: { productId: string; plans: readonly PlanLookFragment[]; currency: string; writes: boolean }) {
  const { t, money } = useWords()
  const [open, setOpen] = useState(false)
  if (!writes && plans.length === 0) return null
  return (
    <Panel title={t('plans.title')} lead={t('plans.lead')} actions={writes && <Button size="sm" onClick={() => setOpen(true)}>{t('kit.change')}</Button>}>
      {plans.length === 0 ? <p className="text-sm text-muted">{t('plans.none')}</p> : (
        <ul className="divide-y divide-line text-sm">
          {plans.map((plan) => (
            <li key={plan.id} className="flex flex-wrap justify-between gap-x-4 py-2">
              <span><span className="font-medium">{plan.title}</span> <span className="text-muted">{[t('plans.days', { days: plan.days }), ...plan.remedies.map((remedy) => t(`remedy.${remedy}`))].join(' · ')}</span></span>
              <span className="tabular-nums">{money(plan.price)}</span>
            </li>
          ))}
        </ul>
      )}
      <Dialog open={open} onClose={() => setOpen(false)} title={t('plans.title')} closeLabel={t('word.close')} wide>
        {open && <Form productId={productId} plans={plans} currency={currency} onClose={() => setOpen(false)} />}
      </Dialog>
    </Panel>
  )
}

function inputOf({ title, days, amount, remedies }: Draft, currency: string): WarrantyPlanInput | null {
  const price = amountOf(amount)
  return title.trim() && /^\d{1,4}$/.test(days) && Number(days) > 0 && price ? { title: title.trim(), days: Number(days), price: { amount: price, currency }, remedies: [...remedies] } : null
}

function Form({ productId, plans, currency, onClose }: { productId: string; plans: readonly PlanLookFragment[]; currency: string; onClose: () => void }) {
  const { t } = useWords()
  const { act, busy, wrong } = useAct(PlansSetDocument)
  const [drafts, setDrafts] = useState<Draft[]>(() => plans.map((plan, key) => ({ key, title: plan.title, days: String(plan.days), amount: plan.price.amount, remedies: plan.remedies })))
  const set = (key: number, change: Partial<Draft>) => setDrafts((now) => now.map((one) => (one.key === key ? { ...one, ...change } : one)))
  const inputs = drafts.map((draft) => inputOf(draft, currency)).filter((one) => one !== null)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!(await act({ input: { productId, plans: inputs } }))) return
    toast(t('plans.saved'))
    onClose()
  }
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5">
      <Wrong lines={wrong} />
      {drafts.map((draft, index) => (
        <fieldset key={draft.key} className="rounded-md border border-line p-4">
          <legend className="px-1 text-sm font-medium">{t('plans.one', { number: index + 1 })}</legend>
          <div className="grid grid-cols-1 gap-4 sm:grid-cols-[2fr_1fr_1fr]">
            <TextField label={t('plans.name')} required maxLength={120} value={draft.title} onChange={(event) => set(draft.key, { title: event.target.value })} />
            <TextField label={t('plans.added')} required inputMode="numeric" value={draft.days} onChange={(event) => set(draft.key, { days: event.target.value })} />
            <MoneyField label={t('price.price')} currency={currency} value={draft.amount} onChange={(amount) => set(draft.key, { amount })} />
          </div>
          <div className="mt-2 flex flex-wrap items-center gap-x-5">
            {remedyKinds.map((remedy) => (
              <Checkbox key={remedy} label={t(`remedy.${remedy}`)} checked={draft.remedies.includes(remedy)}
                onChange={(event) => set(draft.key, { remedies: event.target.checked ? [...draft.remedies, remedy] : draft.remedies.filter((one) => one !== remedy) })} />
            ))}
            <Button size="sm" kind="quiet" className="ml-auto" icon={<Trash2 className="size-4" aria-hidden />} aria-label={t('plans.remove', { number: index + 1 })} onClick={() => setDrafts((now) => now.filter((one) => one.key !== draft.key))}>{t('product.remove')}</Button>
          </div>
        </fieldset>
      ))}
      {drafts.length < most && (
        <Button className="self-start" icon={<Plus className="size-4" aria-hidden />} onClick={() => setDrafts((now) => [...now, { key: Math.max(-1, ...now.map((one) => one.key)) + 1, title: '', days: '30', amount: '', remedies: [] }])}>{t('plans.add')}</Button>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{t('word.cancel')}</Button>
        <Button type="submit" kind="primary" busy={busy} disabled={inputs.length !== drafts.length}>{t('kit.save')}</Button>
      </div>
    </form>
  )
}

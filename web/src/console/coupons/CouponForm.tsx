import { useState, type FormEvent } from 'react'
import { graphql } from '@/gql'
import type { ProductKind } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { micros } from '@/lib/money.ts'
import { Button } from '@/ui/Button.tsx'
import { Dialog } from '@/ui/Dialog.tsx'
import { Select, TextField } from '@/ui/Field.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { amountOf, MoneyField } from '../kit/MoneyField.tsx'
import { Wrong } from '../kit/Wrong.tsx'
import { useCurrency } from '../prices/currency.ts'
import { productKinds } from '../products/status.tsx'

const CreateDocument = graphql(`
  mutation ConsoleCouponCreate($input: CouponCreateInput!) { couponCreate(input: $input) { coupon { id } errors { code message path } } }
`)

/** A coupon being made. */
export function CouponForm({ open, onClose, onDone }: { open: boolean; onClose: () => void; onDone: () => void }) {
  const { t } = useWords()
  return (
    <Dialog open={open} onClose={onClose} title={t('coupons.new')} closeLabel={t('word.close')}>
      {open && <Form onClose={onClose} onDone={onDone} />}
    </Dialog>
  )
}

/** A whole number above zero; undefined where none is written, null where it is none. */
const count = (text: string): number | undefined | null => (text.trim() === '' ? undefined : /^\d{1,7}$/.test(text.trim()) && Number(text) > 0 ? Number(text) : null)
/** The browser's midnight of a day, or its end. */
const day = (text: string, end: boolean): string | null => (text ? new Date(`${text}T${end ? '23:59:59' : '00:00:00'}`).toISOString() : null)

function Form({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const { t } = useWords()
  const currency = useCurrency()
  const [said, setSaid] = useState({ code: '', way: 'percent' as 'percent' | 'amount', value: '', kind: '' as ProductKind | '', least: '', uses: '', each: '1', from: '', to: '' })
  const set = (change: Partial<typeof said>) => setSaid((now) => ({ ...now, ...change }))
  const { act, busy, wrong, at } = useAct(CreateDocument, ['code', 'takes', 'leastTotal', 'usesLimit', 'usesPerBuyer', 'startsAt', 'endsAt'])
  const share = micros(said.value.replace(/[%\s]/g, ''))
  const basis = share !== null && share % 10_000n === 0n ? Number(share / 10_000n) : 0
  const takes = said.way === 'percent' ? (basis >= 1 && basis <= 10_000 ? { percentBasisPoints: basis } : null) : amountOf(said.value) ? { amount: { amount: amountOf(said.value) ?? '', currency } } : null
  const [uses, each] = [count(said.uses), count(said.each)]
  const least = said.least.trim() ? amountOf(said.least) : ''
  const code = said.code.trim().toUpperCase()
  const codeGood = /^[A-Z0-9-]{3,32}$/.test(code)
  const ready = codeGood && takes && uses !== null && each !== null && least !== null
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!ready) return
    const done = await act({
      input: {
        code, takes, kind: said.kind || null, leastTotal: least ? { amount: least, currency } : null,
        usesLimit: uses ?? null, usesPerBuyer: each ?? null, startsAt: day(said.from, false), endsAt: day(said.to, true),
      },
    })
    if (!done) return
    toast(t('coupons.made', { code }))
    onDone()
    onClose()
  }
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      <Wrong lines={wrong} />
      <TextField label={t('coupons.code')} hint={t('coupons.code.hint')} required maxLength={32} autoCapitalize="characters" autoComplete="off" className="font-mono uppercase"
        value={said.code} error={at('code') ?? (said.code && !codeGood ? t('coupons.code.bad') : undefined)} onChange={(event) => set({ code: event.target.value })} />
      <div className="grid grid-cols-2 gap-4">
        <Select label={t('coupons.way')} value={said.way} onChange={(event) => set({ way: event.target.value as 'percent' | 'amount', value: '' })}>
          <option value="percent">{t('coupons.way.percent')}</option>
          <option value="amount">{t('coupons.way.amount')}</option>
        </Select>
        {said.way === 'percent'
          ? <TextField label={t('coupons.percent')} required inputMode="decimal" value={said.value} error={at('takes') ?? (said.value && !takes ? t('rule.bad') : undefined)} onChange={(event) => set({ value: event.target.value })} />
          : <MoneyField label={t('coupons.amount')} currency={currency} value={said.value} error={at('takes')} onChange={(value) => set({ value })} />}
        <Select label={t('coupons.scope')} value={said.kind} onChange={(event) => set({ kind: event.target.value as ProductKind | '' })}>
          <option value="">{t('rule.everything')}</option>
          {productKinds.map((kind) => <option key={kind} value={kind}>{t(`kind.${kind}`)}</option>)}
        </Select>
        <MoneyField label={t('coupons.least')} currency={currency} required={false} value={said.least} error={at('leastTotal')} onChange={(value) => set({ least: value })} />
        <TextField label={t('coupons.usesLimit')} hint={t('coupons.any')} inputMode="numeric" value={said.uses} error={at('usesLimit') ?? (uses === null ? t('terms.edit.number') : undefined)} onChange={(event) => set({ uses: event.target.value })} />
        <TextField label={t('coupons.usesEach')} hint={t('coupons.any')} inputMode="numeric" value={said.each} error={at('usesPerBuyer') ?? (each === null ? t('terms.edit.number') : undefined)} onChange={(event) => set({ each: event.target.value })} />
        <TextField label={t('orders.from')} type="date" value={said.from} max={said.to || undefined} error={at('startsAt')} onChange={(event) => set({ from: event.target.value })} />
        <TextField label={t('orders.to')} type="date" value={said.to} min={said.from || undefined} error={at('endsAt')} onChange={(event) => set({ to: event.target.value })} />
      </div>
      <p className="text-sm text-muted">{t('coupons.bears')}</p>
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{t('word.cancel')}</Button>
        <Button type="submit" kind="primary" busy={busy} disabled={!ready}>{t('coupons.make')}</Button>
      </div>
    </form>
  )
}

import { useState } from 'react'
import type { AnyVariables, DocumentInput } from 'urql'
import { useWords } from '@/lib/i18n.tsx'
import type { Money } from '@/lib/money.ts'
import { toast } from '@/ui/Toasts.tsx'
import { useAct, useKey } from '../kit/act.ts'
import { Ask } from '../kit/Ask.tsx'
import { amountOf, MoneyField } from '../kit/MoneyField.tsx'

export type Way = 'add' | 'take'
type Input = { input: { amount: { amount: string; currency: string }; idempotencyKey: string } }
type Props<Data extends object> = {
  /** What it is set aside as. */
  as: 'deposit' | 'fund'
  way: Way
  document: DocumentInput<Data, Input & AnyVariables>
  /** What is there now. */
  there: Money
  /** What has to stay. */
  level?: Money
  onClose: () => void
  onDone: () => void
}

/** Asks how much goes from the wallet to where it is set aside, or back. */
export function SetAside<Data extends object>({ as, way, document, there, level, onClose, onDone }: Props<Data>) {
  const { t, money } = useWords()
  const { act, busy, wrong, at } = useAct(document, ['amount'], level && way === 'take' ? { INSUFFICIENT_FUNDS: 'money.deposit.short' } : {})
  const { key, renew } = useKey()
  const [text, setText] = useState('')
  const amount = amountOf(text)
  const currency = there.currency
  const send = async () => {
    if (!amount) return false
    const done = await act({ input: { amount: { amount, currency }, idempotencyKey: key() } })
    if (!done) return false
    renew()
    toast(t(`money.${as}.done.${way}`, { amount: money({ amount, currency }) }))
    onDone()
    return true
  }
  return (
    <Ask open onClose={onClose} title={t(`money.${as}.${way}`)} confirm={t(`money.${as}.${way}`)} busy={busy} wrong={wrong} ready={!!amount} onConfirm={send}>
      <p className="text-sm text-muted">{t(`money.${as}.what.${way}`, { level: level ? money(level) : '' })}</p>
      <MoneyField label={t('money.amount')} currency={currency} value={text} onChange={setText} error={at('amount')} most={way === 'take' ? there : null} />
    </Ask>
  )
}

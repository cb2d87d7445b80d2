import { useState } from 'react'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { decimal, micros, type Money } from '@/lib/money.ts'
import { Notice } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct, useKey } from '../kit/act.ts'
import { Ask } from '../kit/Ask.tsx'
import { amountOf, MoneyField } from '../kit/MoneyField.tsx'
import { Receiver, type Payee } from './Receiver.tsx'

const TransferDocument = graphql(`
  mutation Transfer($input: WalletTransferInput!) {
    walletTransfer(input: $input) { wallet { id } errors { code message path } }
  }
`)

/** Moves money from the tenant's wallet to one of its buyers or to a tenant below it; `to` says which, where that is settled. */
export function Transfer({ from, to, onClose, onDone }: { from: Money; to?: Payee; onClose: () => void; onDone: () => void }) {
  const { t, money } = useWords()
  const { act, busy, wrong, at } = useAct(TransferDocument, ['walletId', 'amount'])
  const { key, renew } = useKey()
  const [found, setPayee] = useState<Payee | null>(null)
  const payee = to ?? found
  const [text, setText] = useState('')
  const amount = amountOf(text)
  const left = amount ? (micros(from.amount) ?? 0n) - (micros(amount) ?? 0n) : 0n
  const send = async () => {
    if (!payee || !amount) return false
    const done = await act({ input: { walletId: payee.wallet, amount: { amount, currency: from.currency }, idempotencyKey: key() } })
    if (!done) return false
    renew()
    toast(t('money.transfer.done', { amount: money({ amount, currency: from.currency }), name: payee.name }))
    onDone()
    return true
  }
  return (
    <Ask open onClose={onClose} title={t('money.transfer')} confirm={t('money.transfer.do')} busy={busy} wrong={wrong} ready={!!payee && !!amount && left >= 0n} onConfirm={send}>
      {!to && <Receiver onFound={setPayee} error={at('walletId')} />}
      <MoneyField label={t('money.amount')} currency={from.currency} value={text} onChange={setText} error={at('amount')} most={from} hint={t('money.available.of', { amount: money(from) })} />
      {payee && amount && left >= 0n && (
        <Notice>{t('money.transfer.preview', { amount: money({ amount, currency: from.currency }), name: payee.name, left: money({ amount: decimal(left), currency: from.currency }) })}</Notice>
      )}
    </Ask>
  )
}

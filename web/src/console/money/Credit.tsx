import { useState } from 'react'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { TextField } from '@/ui/Field.tsx'
import { Notice } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct, useKey } from '../kit/act.ts'
import { Ask } from '../kit/Ask.tsx'
import { amountOf, MoneyField } from '../kit/MoneyField.tsx'
import { Receiver, type Payee } from './Receiver.tsx'

const CreditDocument = graphql(`
  mutation Credit($input: WalletCreditInput!) {
    walletCredit(input: $input) { wallet { id available { amount currency } } errors { code message path } }
  }
`)

/** Money that arrived outside the platform, into any wallet of the network. `to` says which, where that is settled. */
export function Credit({ currency, to, onClose, onDone }: { currency: string; to?: Payee; onClose: () => void; onDone: () => void }) {
  const { t, money } = useWords()
  const { act, busy, wrong, at } = useAct(CreditDocument, ['walletId', 'amount', 'reference'])
  const { key, renew } = useKey()
  const [found, setPayee] = useState<Payee | null>(null)
  const payee = to ?? found
  const [text, setText] = useState('')
  const [reference, setReference] = useState('')
  const amount = amountOf(text)
  const send = async () => {
    if (!payee || !amount) return false
    const done = await act({ input: { walletId: payee.wallet, amount: { amount, currency }, reference: reference.trim(), idempotencyKey: key() } })
    if (!done) return false
    renew()
    toast(t('money.credit.done', { amount: money({ amount, currency }), name: payee.name }))
    onDone()
    return true
  }
  return (
    <Ask open onClose={onClose} title={to ? t('money.credit.to', { name: to.name }) : t('money.credit')} confirm={t('money.credit.do')} busy={busy} wrong={wrong}
      ready={!!payee && !!amount && !!reference.trim()} onConfirm={send}>
      <Notice tone="info">{t('money.credit.what')}</Notice>
      {!to && <Receiver onFound={setPayee} error={at('walletId')} />}
      <MoneyField label={t('money.amount')} currency={currency} value={text} onChange={setText} error={at('amount')} />
      <TextField label={t('money.reference')} hint={t('money.reference.hint')} error={at('reference')} required maxLength={200} value={reference} onChange={(event) => setReference(event.target.value)} />
    </Ask>
  )
}

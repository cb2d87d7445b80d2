import { useState } from 'react'
import { useQuery } from 'urql'
import { Minus, Plus } from 'lucide-react'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { PageHead } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct, useKey } from '../kit/act.ts'
import { Ask } from '../kit/Ask.tsx'
import { useTenantEvents } from '../kit/events.ts'
import { Loaded } from '../kit/Loaded.tsx'
import { amountOf, MoneyField } from '../kit/MoneyField.tsx'
import { useMay } from '../viewer.tsx'
import { GuardDocument, type Guard } from './guard.ts'
import { GuardFacts } from './GuardFacts.tsx'

const DepositAddDocument = graphql(`
  mutation DepositAdd($input: SupplierDepositInput!) {
    supplierDepositAdd(input: $input) { guard { supplierId deposit { amount currency } paused } errors { code message path } }
  }
`)
const DepositTakeDocument = graphql(`
  mutation DepositTake($input: SupplierDepositInput!) {
    supplierDepositTake(input: $input) { guard { supplierId deposit { amount currency } paused } errors { code message path } }
  }
`)

/** A supplier's own deposit, and what keeps its goods on sale. */
export default function Deposit() {
  const { t } = useWords()
  const may = useMay()
  const [way, setWay] = useState<'add' | 'take' | null>(null)
  const [{ data, error }, ask] = useQuery({ query: GuardDocument, variables: {} })
  const again = () => ask({ requestPolicy: 'network-only' })
  useTenantEvents(['SALES_PAUSED', 'SALES_RESUMED', 'WALLET_CHANGED'], again)
  return (
    <>
      <PageHead title={t('place.deposit')} actions={may('guard:deposit') && (
        <>
          <Button icon={<Minus className="size-4" aria-hidden />} onClick={() => setWay('take')}>{t('money.deposit.take')}</Button>
          <Button kind="primary" icon={<Plus className="size-4" aria-hidden />} onClick={() => setWay('add')}>{t('money.deposit.add')}</Button>
        </>
      )}>{t('money.deposit.lead')}</PageHead>
      <Loaded data={data?.supplierGuard} error={error} retry={again}>
        {(guard) => (
          <>
            <GuardFacts guard={guard} />
            {way && <Move key={way} way={way} guard={guard} onClose={() => setWay(null)} onDone={again} />}
          </>
        )}
      </Loaded>
    </>
  )
}

function Move({ way, guard, onClose, onDone }: { way: 'add' | 'take'; guard: Guard; onClose: () => void; onDone: () => void }) {
  const { t, money } = useWords()
  const { act, busy, wrong, at } = useAct(way === 'add' ? DepositAddDocument : DepositTakeDocument, ['amount'], way === 'take' ? { INSUFFICIENT_FUNDS: 'money.deposit.short' } : {})
  const { key, renew } = useKey()
  const [text, setText] = useState('')
  const amount = amountOf(text)
  const currency = guard.deposit.currency
  const send = async () => {
    if (!amount) return false
    const done = await act({ input: { amount: { amount, currency }, idempotencyKey: key() } })
    if (!done) return false
    renew()
    toast(t(`money.deposit.done.${way}`, { amount: money({ amount, currency }) }))
    onDone()
    return true
  }
  return (
    <Ask open onClose={onClose} title={t(`money.deposit.${way}`)} confirm={t(`money.deposit.${way}`)} busy={busy} wrong={wrong} ready={!!amount} onConfirm={send}>
      <p className="text-sm text-muted">{t(`money.deposit.what.${way}`, { level: money(guard.depositLevel) })}</p>
      <MoneyField label={t('money.amount')} currency={currency} value={text} onChange={setText} error={at('amount')} most={way === 'take' ? guard.deposit : null} />
    </Ask>
  )
}

import { useState, type FormEvent } from 'react'
import { ShieldCheck } from 'lucide-react'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { TextField } from '@/ui/Field.tsx'
import { EmptyState, PageHead, Skeleton } from '@/ui/parts.tsx'
import { Failed } from '@/ui/states.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { Loaded } from '../kit/Loaded.tsx'
import { amountOf, MoneyField } from '../kit/MoneyField.tsx'
import { Panel } from '../kit/Panel.tsx'
import { useQuery } from '../kit/query.ts'
import { Wrong } from '../kit/Wrong.tsx'
import { useMay } from '../viewer.tsx'
import { Fund } from './Fund.tsx'
import { GuardDocument, type Guard } from './guard.ts'
import { GuardFacts } from './GuardFacts.tsx'

const SuppliersDocument = graphql(`
  query GuardedSuppliers { tenants { id name handle kind status } }
`)
const GuardSetDocument = graphql(`
  mutation GuardSet($input: SupplierGuardSetInput!) {
    supplierGuardSet(input: $input) {
      guard { supplierId lateLimitBasisPoints paused depositLevel { amount currency } }
      errors { code message path }
    }
  }
`)

/** What the operator asks of each supplier. */
export default function Guards() {
  const { t } = useWords()
  const [{ data, error }, ask] = useQuery({ query: SuppliersDocument })
  return (
    <>
      <PageHead title={t('place.guards')}>{t('money.guards.lead')}</PageHead>
      <div className="mb-5"><Fund /></div>
      <Loaded data={data?.tenants} error={error} retry={() => ask({ requestPolicy: 'network-only' })}>
        {(tenants) => {
          const suppliers = tenants.filter((one) => one.kind === 'SUPPLIER' && one.status !== 'REJECTED')
          if (!suppliers.length) return <EmptyState icon={<ShieldCheck />} title={t('money.guards.none')} />
          return <div className="flex flex-col gap-5">{suppliers.map((one) => <One key={one.id} id={one.id} name={one.name} />)}</div>
        }}
      </Loaded>
    </>
  )
}

function One({ id, name }: { id: string; name: string }) {
  const { t } = useWords()
  const may = useMay()
  const [editing, setEditing] = useState(false)
  const [{ data, error }, ask] = useQuery({ query: GuardDocument, variables: { supplierId: id } })
  const again = () => ask({ requestPolicy: 'network-only' })
  const guard = data?.supplierGuard
  return (
    <Panel title={name} actions={guard && !editing && may('guard:write') && <Button size="sm" onClick={() => setEditing(true)}>{t('kit.change')}</Button>}>
      {guard ? <GuardFacts guard={guard} /> : error ? <Failed error={error} retry={again} /> : <Skeleton className="h-32" />}
      {guard && editing && <Edit guard={guard} onClose={() => setEditing(false)} onDone={again} />}
    </Panel>
  )
}

function Edit({ guard, onClose, onDone }: { guard: Guard; onClose: () => void; onDone: () => void }) {
  const { t } = useWords()
  const { act, busy, wrong, at } = useAct(GuardSetDocument, ['depositLevel', 'lateLimitBasisPoints'])
  const [level, setLevel] = useState(amountOf(guard.depositLevel.amount) ? guard.depositLevel.amount : '')
  const [limit, setLimit] = useState(guard.lateLimitBasisPoints == null ? '' : String(guard.lateLimitBasisPoints / 100))
  const amount = amountOf(level)
  const points = limit.trim() === '' ? null : Math.round(Number(limit) * 100)
  const bad = (level.trim() !== '' && !amount) || (points !== null && !(points >= 0 && points <= 10_000))
  const save = async (event: FormEvent) => {
    event.preventDefault()
    const depositLevel = amount ? { amount, currency: guard.deposit.currency } : null
    if (!(await act({ input: { supplierId: guard.supplierId, depositLevel, lateLimitBasisPoints: points } }))) return
    toast(t('kit.saved'))
    onDone()
    onClose()
  }
  return (
    <form onSubmit={(event) => void save(event)} className="mt-5 flex flex-col gap-4 border-t border-line pt-5">
      <Wrong lines={wrong} />
      <div className="grid gap-4 sm:grid-cols-2">
        <MoneyField label={t('money.deposit.level')} currency={guard.deposit.currency} value={level} onChange={setLevel} required={false} hint={t('money.deposit.level.hint')} error={at('depositLevel')} />
        <TextField label={t('money.late.most')} value={limit} onChange={(event) => setLimit(event.target.value)} inputMode="decimal" hint={t('money.late.most.hint')} error={at('lateLimitBasisPoints')} className="sm:max-w-56" />
      </div>
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{t('word.cancel')}</Button>
        <Button type="submit" kind="primary" busy={busy} disabled={bad}>{t('kit.save')}</Button>
      </div>
    </form>
  )
}

import { useState } from 'react'
import { Minus, Plus } from 'lucide-react'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { PageHead } from '@/ui/parts.tsx'
import { useTenantEvents } from '../kit/events.ts'
import { Loaded } from '../kit/Loaded.tsx'
import { useQuery } from '../kit/query.ts'
import { useMay } from '../viewer.tsx'
import { GuardDocument } from './guard.ts'
import { GuardFacts } from './GuardFacts.tsx'
import { SetAside, type Way } from './SetAside.tsx'

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
  const [way, setWay] = useState<Way | null>(null)
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
            {way && <SetAside key={way} as="deposit" way={way} document={way === 'add' ? DepositAddDocument : DepositTakeDocument} there={guard.deposit} level={guard.depositLevel} onClose={() => setWay(null)} onDone={again} />}
          </>
        )}
      </Loaded>
    </>
  )
}

import { useState } from 'react'
import { Minus, Plus } from 'lucide-react'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { useTenantEvents } from '../kit/events.ts'
import { Loaded } from '../kit/Loaded.tsx'
import { Panel } from '../kit/Panel.tsx'
import { useQuery } from '../kit/query.ts'
import { useMay } from '../viewer.tsx'
import { SetAside, type Way } from './SetAside.tsx'

const FundDocument = graphql(`
  query Fund {
    buyerProtectionFund { balance { amount currency } }
  }
`)
const FundAddDocument = graphql(`
  mutation FundAdd($input: BuyerProtectionFundInput!) {
    buyerProtectionFundAdd(input: $input) { fund { balance { amount currency } } errors { code message path } }
  }
`)
const FundTakeDocument = graphql(`
  mutation FundTake($input: BuyerProtectionFundInput!) {
    buyerProtectionFundTake(input: $input) { fund { balance { amount currency } } errors { code message path } }
  }
`)

/** What pays a buyer whom a supplier can't. */
export function Fund() {
  const { t, money } = useWords()
  const may = useMay()
  const [way, setWay] = useState<Way | null>(null)
  const [{ data, error }, ask] = useQuery({ query: FundDocument })
  const again = () => ask({ requestPolicy: 'network-only' })
  useTenantEvents(['WALLET_CHANGED'], again)
  return (
    <Panel title={t('money.fund')} actions={may('wallet:credit') && (
      <>
        <Button size="sm" icon={<Minus className="size-4" aria-hidden />} onClick={() => setWay('take')}>{t('money.fund.take')}</Button>
        <Button size="sm" icon={<Plus className="size-4" aria-hidden />} onClick={() => setWay('add')}>{t('money.fund.add')}</Button>
      </>
    )}>
      <Loaded data={data?.buyerProtectionFund} error={error} retry={again}>
        {({ balance }) => (
          <>
            <p className="text-2xl font-semibold tabular-nums">{money(balance)}</p>
            <p className="mt-1 text-sm text-muted">{t('money.fund.lead')}</p>
            {way && <SetAside key={way} as="fund" way={way} document={way === 'add' ? FundAddDocument : FundTakeDocument} there={balance} onClose={() => setWay(null)} onDone={again} />}
          </>
        )}
      </Loaded>
    </Panel>
  )
}

import { useState } from 'react'
import { Link } from 'wouter'
import { ArrowLeft, ArrowRightLeft } from 'lucide-react'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Fact, Facts, PageHead } from '@/ui/parts.tsx'
import { Loaded } from '../kit/Loaded.tsx'
import { Nothing } from '../kit/Nothing.tsx'
import { Panel } from '../kit/Panel.tsx'
import { useQuery } from '../kit/query.ts'
import { useMay } from '../viewer.tsx'
import { BuyerOrders } from './BuyerOrders.tsx'
import { TopUp } from './TopUp.tsx'

const BuyerDocument = graphql(`
  query BuyerPage($id: ID!) {
    node(id: $id) { __typename ... on Buyer { id displayName email wallet { id available { amount currency } held { amount currency } } } }
  }
`)

/** One buyer: wallet and orders. */
export default function BuyerPage({ params }: { params: Record<string, string> }) {
  const { t, money } = useWords()
  const may = useMay()
  const [paying, setPaying] = useState(false)
  const [{ data, error }, ask] = useQuery({ query: BuyerDocument, variables: { id: params.id ?? '' } })
  const again = () => ask({ requestPolicy: 'network-only' })
  return (
    <Loaded data={data} error={error} retry={again}>
      {({ node }) => {
        if (node?.__typename !== 'Buyer') return <Nothing />
        return (
          <>
            <Link href="/buyers" className="mb-3 inline-flex min-h-9 items-center gap-1.5 text-sm text-accent-ink"><ArrowLeft className="size-4" aria-hidden />{t('place.buyers')}</Link>
            <PageHead title={node.displayName} actions={may('wallet:transfer') && (
              <Button kind="primary" icon={<ArrowRightLeft className="size-4" aria-hidden />} onClick={() => setPaying(true)}>{t('buyers.pay')}</Button>
            )}>{node.email}</PageHead>
            <div className="flex flex-col gap-5">
              <Panel title={t('buyers.wallet')}>
                <Facts>
                  <Fact term={t('money.available')}><span className="text-lg font-semibold tabular-nums">{money(node.wallet.available)}</span></Fact>
                  <Fact term={t('money.held')}><span className="tabular-nums">{money(node.wallet.held)}</span></Fact>
                  <Fact term={t('money.number')}><span className="font-mono text-xs">{node.wallet.id}</span></Fact>
                </Facts>
              </Panel>
              {may('order:read') && <BuyerOrders id={node.id} />}
            </div>
            {paying && <TopUp payee={{ wallet: node.wallet.id, name: node.displayName }} onClose={() => setPaying(false)} onDone={again} />}
          </>
        )
      }}
    </Loaded>
  )
}

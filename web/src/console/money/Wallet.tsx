import { useState } from 'react'
import { ArrowRightLeft, Landmark } from 'lucide-react'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { CopyButton } from '@/ui/CopyButton.tsx'
import { Card, PageHead } from '@/ui/parts.tsx'
import { oneOf, useAddress } from '../kit/address.ts'
import { useTenantEvents } from '../kit/events.ts'
import { Loaded } from '../kit/Loaded.tsx'
import { useQuery } from '../kit/query.ts'
import { Views } from '../kit/Views.tsx'
import { useMay } from '../viewer.tsx'
import { Credit } from './Credit.tsx'
import { Holds } from './Holds.tsx'
import { Statement } from './Statement.tsx'
import { Transfer } from './Transfer.tsx'

const WalletDocument = graphql(`
  query DeskWallet {
    wallet { id available { amount currency } held { amount currency } }
  }
`)

/** What the tenant has, what it has earned but not yet, and how that came to be. */
export default function Wallet() {
  const { t, money } = useWords()
  const may = useMay()
  const { said } = useAddress()
  const view = oneOf(['statement', 'holds'], said('view')) ?? 'statement'
  const [dialog, setDialog] = useState<'transfer' | 'credit' | null>(null)
  const [moved, setMoved] = useState(0)
  const [{ data, error }, ask] = useQuery({ query: WalletDocument })
  const again = () => {
    ask({ requestPolicy: 'network-only' })
    setMoved((count) => count + 1)
  }
  useTenantEvents(['WALLET_CHANGED'], again)
  return (
    <>
      <PageHead title={t('place.wallet')} actions={
        <>
          {may('wallet:credit') && <Button icon={<Landmark className="size-4" aria-hidden />} onClick={() => setDialog('credit')}>{t('money.credit')}</Button>}
          {may('wallet:transfer') && <Button kind="primary" icon={<ArrowRightLeft className="size-4" aria-hidden />} onClick={() => setDialog('transfer')}>{t('money.transfer')}</Button>}
        </>
      }>{t('money.lead')}</PageHead>
      <Loaded data={data?.wallet} error={error} retry={again}>
        {(wallet) => (
          <>
            <div className="mb-6 grid gap-4 sm:grid-cols-2">
              <Figure name={t('money.available')} value={money(wallet.available)} note={t('money.available.note')} />
              <Figure name={t('money.held')} value={money(wallet.held)} note={t('money.held.note')} />
            </div>
            <Card as="div" className="mb-6 flex flex-wrap items-center gap-3">
              <p className="min-w-0 flex-1 text-sm">
                <span className="block text-muted">{t('money.number')}</span>
                <span className="font-mono">{wallet.id}</span>
              </p>
              <CopyButton text={wallet.id} label={t('word.copy')} done={t('word.copied')} />
            </Card>
            <Views label={t('money.views')} current={view} path="/wallet" views={[
              { key: 'statement', name: t('money.statement') },
              { key: 'holds', name: t('money.holds') },
            ]} />
            {view === 'statement' ? <Statement moved={moved} /> : <Holds moved={moved} />}
            {dialog === 'transfer' && <Transfer from={wallet.available} onClose={() => setDialog(null)} onDone={again} />}
            {dialog === 'credit' && <Credit currency={wallet.available.currency} onClose={() => setDialog(null)} onDone={again} />}
          </>
        )}
      </Loaded>
    </>
  )
}

function Figure({ name, value, note }: { name: string; value: string; note: string }) {
  return (
    <Card as="div">
      <p className="text-sm text-muted">{name}</p>
      <p className="text-3xl font-semibold tabular-nums">{value}</p>
      <p className="mt-1 text-sm text-muted">{note}</p>
    </Card>
  )
}

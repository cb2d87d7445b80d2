import { Link } from 'wouter'
import { DeliveryBadge } from '@/features/order/status.tsx'
import { useWords } from '@/lib/i18n.tsx'
import { Fact, Facts } from '@/ui/parts.tsx'
import { Panel } from '../kit/Panel.tsx'
import { useViewer } from '../viewer.tsx'
import { lineOf, type Claim } from './claim.ts'

/** What the claim is about: the unit, its order, its dates, and the viewer's own part of its price. */
export function Goods({ claim }: { claim: Claim }) {
  const { t, time, money } = useWords()
  const supplier = useViewer().tenant.kind === 'SUPPLIER'
  const line = lineOf(claim)
  const { delivery, order } = claim
  return (
    <Panel title={line?.title ?? t('claimDesk.goods')}>
      <Facts>
        <Fact term={t('claimDesk.orderNumber')}><Link href={`/orders/${order.id}`} className="text-accent-ink underline underline-offset-4">{order.number}</Link></Fact>
        <Fact term={t('claimDesk.site')}>{order.site.name}</Fact>
        <Fact term={t('claimDesk.kind')}>{t(`kind.${claim.kind}`)}{claim.brand && ` · ${claim.brand}`}</Fact>
        <Fact term={t('claimDesk.unit')}><DeliveryBadge status={delivery.status} /></Fact>
        <Fact term={t('claimDesk.delivered')}>{time(delivery.deliveredAt)}</Fact>
        <Fact term={t('claimDesk.revealed')}>{delivery.revealedAt ? time(delivery.revealedAt) : t('claimDesk.never')}</Fact>
        {delivery.testedAt && <Fact term={t('claimDesk.tested')}>{time(delivery.testedAt)}</Fact>}
        <Fact term={t('claimDesk.warranty')}>{time(delivery.warrantyEndsAt)}</Fact>
        {claim.answeredAt && <Fact term={t('claimDesk.answered')}>{time(claim.answeredAt)}</Fact>}
        {line?.supply && (
          <>
            {!supplier && <Fact term={t('claimDesk.supply.cost')}><span className="tabular-nums">{money(line.supply.unitCost)}</span></Fact>}
            <Fact term={t('claimDesk.supply.price')}><span className="tabular-nums">{money(line.supply.unitPrice)}</span></Fact>
            {!supplier && <Fact term={t('claimDesk.supply.profit')}><span className="font-medium tabular-nums">{money(line.supply.unitProfit)}</span></Fact>}
          </>
        )}
      </Facts>
    </Panel>
  )
}

import { useState } from 'react'
import { PackageCheck } from 'lucide-react'
import { Link } from 'wouter'
import { ClaimStatusBadge } from '@/features/claim/status.tsx'
import { DeliveryCard } from '@/features/order/DeliveryCard.tsx'
import { graphql } from '@/gql'
import type { ConsoleOrderQuery, OrderLineLookFragment } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Badge, Fact, Facts } from '@/ui/parts.tsx'
import { Panel } from '../kit/Panel.tsx'
import { margin } from '../prices/rule.ts'
import { useMay, useViewer } from '../viewer.tsx'
import { Deliver } from './Deliver.tsx'
import { waiting } from './where.ts'

export const OrderLineLook = graphql(`
  fragment OrderLineLook on OrderLine {
    id title quantity fulfilment
    unitPrice { amount currency } total { amount currency }
    answers { name label value }
    supply { unitCost { amount currency } unitPrice { amount currency } unitProfit { amount currency } }
    plan { id title days }
    deliveries { ...DeliveryLook }
  }
`)
type Order = NonNullable<ConsoleOrderQuery['order']>

/** One good of an order: what it was sold for and what stays here, what the buyer answered, and each unit. */
export function OrderLine({ line, order, onChanged }: { line: OrderLineLookFragment; order: Order; onChanged: () => void }) {
  const { t, money, percent } = useWords()
  const { tenant } = useViewer()
  const may = useMay()
  const [open, setOpen] = useState(false)
  const left = line.quantity - line.deliveries.filter((one) => !line.deliveries.some((other) => other.replacedBy?.id === one.id)).length
  const delivers = tenant.kind === 'SUPPLIER' && may('order:deliver') && line.fulfilment === 'MANUAL' && left > 0 && waiting.includes(order.status)
  const { supply } = line
  return (
    <Panel title={line.title} lead={t('orders.line.of', { quantity: line.quantity, price: money(line.unitPrice), total: money(line.total) })}
      actions={delivers && <Button kind="primary" size="sm" icon={<PackageCheck className="size-4" aria-hidden />} onClick={() => setOpen(true)}>{t('deliver.begin')}</Button>}>
      <div className="flex flex-col gap-5">
        <div className="grid grid-cols-1 gap-5 sm:grid-cols-2">
          {supply && (
            <Facts className="h-fit rounded-md bg-sunken p-4">
              <Fact term={t('price.cost')}><span className="tabular-nums">{money(supply.unitCost)}</span></Fact>
              <Fact term={t('price.price')}><span className="tabular-nums">{money(supply.unitPrice)}</span></Fact>
              <Fact term={t('price.profit')}><span className="font-semibold tabular-nums">{money(supply.unitProfit)}</span> <span className="text-xs text-muted">{percent(margin(supply.unitCost, supply.unitPrice))}</span></Fact>
            </Facts>
          )}
          <Facts className="h-fit p-1">
            <Fact term={t('variants.fulfilment')}>{t(`variants.fulfilment.${line.fulfilment}`)}</Fact>
            {line.plan && <Fact term={t('orders.plan')}>{line.plan.title} ({t('plans.days', { days: line.plan.days })})</Fact>}
            {line.answers.map((answer) => <Fact key={answer.name} term={answer.label}><span className="font-mono">{answer.value}</span></Fact>)}
          </Facts>
        </div>
        {left > 0 && <p><Badge tone={line.fulfilment === 'MANUAL' ? 'warn' : 'neutral'}>{t('orders.line.left', { count: left })}</Badge></p>}
        {line.deliveries.length > 0 && (
          <ul className="grid grid-cols-1 gap-3 md:grid-cols-2">
            {line.deliveries.map((delivery, index) => (
              <li key={delivery.id}><DeliveryCard delivery={delivery} name={order.lines.length > 1 ? `${line.title} · ${t('orders.unit', { number: index + 1 })}` : t('orders.unit', { number: index + 1 })} /></li>
            ))}
          </ul>
        )}
        {order.claims.length > 0 && order.lines.length === 1 && (
          <ul className="flex flex-wrap gap-2">
            {order.claims.map((claim) => <li key={claim.id}><Link href={`/claims/${claim.id}`} className="inline-flex items-center gap-2 text-sm text-accent-ink underline underline-offset-4">{t(`claim.reason.${claim.reason}`)}<ClaimStatusBadge status={claim.status} /></Link></li>)}
          </ul>
        )}
      </div>
      <Deliver open={open} line={line} most={left} onClose={() => setOpen(false)} onDone={onChanged} />
    </Panel>
  )
}

import { Pencil, Store, Users } from 'lucide-react'
import type { ReactNode } from 'react'
import { graphql } from '@/gql'
import type { PriceLadderLookFragment, RuleLookFragment } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { decimal, drawn, micros, type Money } from '@/lib/money.ts'
import { Button } from '@/ui/Button.tsx'
import { Badge } from '@/ui/parts.tsx'
import { cx } from '@/ui/classes.ts'
import { margin, ruleScope, ruleText } from './rule.ts'

export const PriceLadderLook = graphql(`
  fragment PriceLadderLook on PriceLadder {
    variantId title belowCost
    unitCost { amount currency }
    unitPrice { amount currency }
    minimumPrice { amount currency }
    rule { ...RuleLook }
    children { tenant { id name } unitPrice { amount currency } belowCost rule { ...RuleLook } }
  }
`)

export type Whose = { kind: 'buyers' } | { kind: 'child'; id: string }
type Step = { key: string; icon: ReactNode; name: string; price: Money; rule: RuleLookFragment | null; below: boolean; whose: Whose }

/** What is paid for one good here, and what is charged for it, step by step: each step as long as its price, its upper
 *  part what stays here. */
export function Ladder({ ladder, sellsToBuyers, onChange }: { ladder: PriceLadderLookFragment; sellsToBuyers: boolean; onChange?: (whose: Whose) => void }) {
  const { t, money } = useWords()
  const steps: Step[] = [
    ...(sellsToBuyers ? [{ key: 'buyers', icon: <Users />, name: t('ladder.buyers'), price: ladder.unitPrice, rule: ladder.rule, below: ladder.belowCost, whose: { kind: 'buyers' } as const }] : []),
    ...ladder.children.map((child) => ({
      key: child.tenant.id, icon: <Store />, name: child.tenant.name, price: child.unitPrice, rule: child.rule, below: child.belowCost, whose: { kind: 'child', id: child.tenant.id } as const,
    })),
  ]
  const top = Math.max(drawn(ladder.unitCost), ladder.minimumPrice ? drawn(ladder.minimumPrice) : 0, ...steps.map((step) => drawn(step.price))) * 1.02
  const least = ladder.minimumPrice ? (drawn(ladder.minimumPrice) / top) * 100 : null
  return (
    <div>
      <ol className="flex flex-col gap-5">
        <li>
          <div className="mb-1.5 flex items-baseline justify-between gap-3">
            <span className="text-sm font-medium">{t('ladder.cost')}</span>
            <span className="text-lg font-semibold tabular-nums">{money(ladder.unitCost)}</span>
          </div>
          <Bar cost={(drawn(ladder.unitCost) / top) * 100} price={null} least={least} />
        </li>
        {steps.map((step) => <StepRow key={step.key} step={step} cost={ladder.unitCost} top={top} least={least} onChange={onChange} />)}
      </ol>
      <ul className="mt-4 flex flex-wrap gap-x-5 gap-y-1 text-xs text-muted" aria-hidden>
        <Key className="bg-line-strong">{t('ladder.key.cost')}</Key>
        <Key className="bg-accent">{t('ladder.key.profit')}</Key>
        {ladder.minimumPrice && <Key className="bg-warn">{t('ladder.minimum', { price: money(ladder.minimumPrice) })}</Key>}
      </ul>
      {ladder.minimumPrice && <p className="sr-only">{t('ladder.minimum', { price: money(ladder.minimumPrice) })}</p>}
      {ladder.children.length === 0 && !sellsToBuyers && <p className="mt-2 text-sm text-muted">{t('ladder.noChildren')}</p>}
    </div>
  )
}

function StepRow({ step, cost, top, least, onChange }: { step: Step; cost: Money; top: number; least: number | null; onChange?: (whose: Whose) => void }) {
  const words = useWords()
  const { t, money, percent } = words
  const profit = { amount: decimal((micros(step.price.amount) ?? 0n) - (micros(cost.amount) ?? 0n)), currency: cost.currency }
  return (
    <li>
      <div className="mb-1.5 flex flex-wrap items-baseline justify-between gap-x-3 gap-y-1">
        <span className="flex min-w-0 items-center gap-2 text-sm font-medium [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-muted">{step.icon}<span className="min-w-0">{step.name}</span></span>
        <span className="text-lg font-semibold tabular-nums">{money(step.price)}</span>
      </div>
      <Bar cost={(drawn(cost) / top) * 100} price={(drawn(step.price) / top) * 100} least={least} />
      <div className="mt-1.5 flex flex-wrap items-center justify-between gap-x-4 gap-y-1 text-sm">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          {step.below
            ? <Badge tone="bad">{t('ladder.below')}</Badge>
            : <span className="font-medium text-good">{t('ladder.profit', { profit: money(profit), percent: percent(margin(cost, step.price)) })}</span>}
          <span className="text-muted">{ruleText(words, step.rule)}{step.rule && <> · {ruleScope(words, step.rule)}</>}</span>
        </p>
        {onChange && <Button size="sm" kind="quiet" icon={<Pencil className="size-4" aria-hidden />} aria-label={t('ladder.change.for', { who: step.name })} onClick={() => onChange(step.whose)}>{t('ladder.change')}</Button>}
      </div>
    </li>
  )
}

/** One step. What is below cost shows how much is missing. */
function Bar({ cost, price, least }: { cost: number; price: number | null; least: number | null }) {
  const kept = price === null ? 0 : Math.max(0, price - cost)
  const paid = price === null ? cost : Math.min(cost, price)
  const missing = price === null ? 0 : Math.max(0, cost - price)
  return (
    <svg className="block h-6 w-full overflow-hidden rounded-sm bg-sunken" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden>
      <rect className="fill-line-strong" width={paid} height="10" opacity="0.55" />
      <rect className="fill-accent" x={cost} width={kept} height="10" />
      <rect className="fill-bad" x={paid} width={missing} height="10" opacity="0.35" />
      {least !== null && <rect className="fill-warn" x={least - 0.25} width="0.5" height="10" />}
    </svg>
  )
}

const Key = ({ className, children }: { className: string; children: ReactNode }) => (
  <li className="flex items-center gap-2"><span className={cx('inline-block size-3 rounded-sm', className)} />{children}</li>
)

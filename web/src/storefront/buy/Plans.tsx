import type { ReactNode } from 'react'
import { useWords } from '@/lib/i18n.tsx'
import { Card } from '@/ui/parts.tsx'
import type { Good } from './basket.ts'

/** More warranty, for a price. None is taken unless it is chosen. */
export function Plans({ plans, chosen, onChoose }: { plans: Good['plans']; chosen: string | null; onChoose: (id: string | null) => void }) {
  const { t, money, number } = useWords()
  const choice = (id: string | null, title: string, under: ReactNode, price: ReactNode) => (
    <label key={id ?? 'none'} className="flex min-h-11 cursor-pointer items-start gap-3 rounded-md border border-line px-3 py-2.5 has-checked:border-accent has-checked:bg-accent-soft">
      <input type="radio" name="plan" className="mt-1 size-4 shrink-0 accent-[var(--accent)]" checked={chosen === id} onChange={() => onChoose(id)} />
      <span className="min-w-0 flex-1">
        <span className="block font-medium">{title}</span>
        {under && <span className="block text-sm text-muted">{under}</span>}
      </span>
      <span className="shrink-0 tabular-nums">{price}</span>
    </label>
  )
  return (
    <Card as="div">
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-2 text-lg font-semibold">{t('product.plans')}</legend>
        {choice(null, t('buy.plan.none'), null, null)}
        {plans.map((plan) => choice(plan.id, plan.title,
          [t('buy.plan.days', { days: number(plan.days) }), ...(plan.remedies.length > 0 ? [t('buy.plan.remedies', { remedies: plan.remedies.map((one) => t(`remedy.${one}`)).join(t('word.comma')) })] : [])].join(' · '),
          <>+{money(plan.price)}</>))}
      </fieldset>
    </Card>
  )
}

import { Trophy } from 'lucide-react'
import { useWords } from '@/lib/i18n.tsx'
import { drawn } from '@/lib/money.ts'
import { EmptyState, Skeleton } from '@/ui/parts.tsx'
import { Panel } from '../kit/Panel.tsx'
import type { Top } from './Sales.tsx'

/** What sold best, each beside the best of all. */
export function TopGoods({ top }: { top: Top | undefined }) {
  const { t, money, number } = useWords()
  const best = Math.max(1, ...(top ?? []).map((one) => drawn(one.sales)))
  return (
    <Panel title={t('top.title')} lead={t('top.lead')}>
      {!top ? <Skeleton className="h-48" />
        : top.length === 0 ? <EmptyState icon={<Trophy />} title={t('top.empty')}>{t('top.empty.why')}</EmptyState>
        : (
          <ol className="flex flex-col gap-3.5">
            {top.slice(0, 8).map((one) => (
              <li key={one.title} className="text-sm">
                <div className="flex items-baseline justify-between gap-3">
                  <span className="min-w-0 truncate" title={one.title}>{one.title}</span>
                  <span className="shrink-0 font-medium tabular-nums">{money(one.sales)}</span>
                </div>
                <svg className="my-1 block h-1.5 w-full overflow-hidden rounded-full bg-sunken" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden>
                  <rect className="fill-accent" width={(drawn(one.sales) / best) * 100} height="1" />
                </svg>
                <p className="text-xs text-muted">{t('top.units', { count: one.units, units: number(one.units) })} · {t('sales.profit', { profit: money(one.profit) })}</p>
              </li>
            ))}
          </ol>
        )}
    </Panel>
  )
}

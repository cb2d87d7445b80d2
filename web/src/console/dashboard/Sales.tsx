import { useMemo } from 'react'
import { ArrowDownRight, ArrowUpRight, Minus } from 'lucide-react'
import { graphql } from '@/gql'
import type { ConsoleSalesQuery } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { drawn } from '@/lib/money.ts'
import { useFilters } from '@/lib/search.ts'
import { useToday } from '@/lib/time.ts'
import { Chart } from '@/ui/Chart.tsx'
import { cx } from '@/ui/classes.ts'
import { Card, Skeleton } from '@/ui/parts.tsx'
import { Failed } from '@/ui/states.tsx'
import { useAgain } from '../kit/again.ts'
import { useQuery } from '../kit/query.ts'
import { growth, lastDays, moneyOf, sumOf, type Day } from './sales.ts'
import { TopGoods } from './TopGoods.tsx'

const SalesDocument = graphql(`
  query ConsoleSales($from: DateTime!, $to: DateTime!) {
    salesReport(from: $from, to: $to) {
      days { date orders claims sales { amount currency } profit { amount currency } refunded { amount currency } }
      top { title units sales { amount currency } profit { amount currency } }
    }
  }
`)
const spans = ['7', '30', '90'] as const

/** What was sold, and what of it stays here; read anew whenever there is news. */
export function Sales({ news }: { news: number }) {
  const { t } = useWords()
  const today = useToday()
  const range = useMemo(() => lastDays(90, today), [today])
  const [{ data, error }, ask] = useQuery({ query: SalesDocument, variables: range })
  const again = () => ask({ requestPolicy: 'network-only' })
  useAgain(news, again)
  const report = data?.salesReport
  if (error && !report) return <Card><Failed error={error} retry={again} /></Card>
  if (data && !report) return null
  return (
    <>
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-3">
        {([1, 7, 30] as const).map((days) => <Figure key={days} name={days === 1 ? t('sales.today') : t('sales.lastDays', { days })} days={report?.days} count={days} />)}
      </div>
      <div className="grid grid-cols-1 gap-4 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <Card aria-label={t('sales.chart')}>{report ? <SalesChart days={report.days} /> : <Skeleton className="h-80" />}</Card>
        <TopGoods top={report?.top} />
      </div>
    </>
  )
}

function Figure({ name, days, count }: { name: string; days: Day[] | undefined; count: number }) {
  const { t, money, percent, number } = useWords()
  if (!days) return <Card><Skeleton className="mb-3 w-24" /><Skeleton className="mb-3 h-9 w-40" /><Skeleton className="w-32" /></Card>
  const currency = days[0]?.sales.currency ?? 'CNY'
  const [now, before] = [sumOf(days.slice(-count)), sumOf(days.slice(-2 * count, -count))]
  const change = growth(now.sales, before.sales)
  const Mark = change === null || change === 0 ? Minus : change > 0 ? ArrowUpRight : ArrowDownRight
  return (
    <Card className="flex flex-col gap-1">
      <h2 className="text-sm text-muted">{name}</h2>
      <p className="text-2xl font-semibold tabular-nums">{money(moneyOf(now.sales, currency))}</p>
      <p className="text-sm">{t('sales.profit', { profit: money(moneyOf(now.profit, currency)) })} · {t('sales.orders', { count: now.orders, orders: number(now.orders) })}</p>
      <p className={cx('mt-auto flex items-center gap-1 pt-1 text-xs', change === null || change === 0 ? 'text-muted' : change > 0 ? 'text-good' : 'text-bad')}>
        <Mark className="size-4" aria-hidden />
        {change === null ? t('sales.noBefore') : t('sales.change', { change: `${change > 0 ? '+' : ''}${percent(change)}` })}
      </p>
    </Card>
  )
}

function SalesChart({ days }: { days: Day[] }) {
  const { t, money, language } = useWords()
  const [{ days: said }, change] = useFilters(['days'])
  const span = spans.find((one) => one === said) ?? '30'
  const shown = days.slice(-Number(span))
  const currency = shown[0]?.sales.currency ?? 'CNY'
  const label = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', timeZone: 'UTC' })
  const short = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 })
  const series = (key: 'sales' | 'profit', as: 'bars' | 'line', tone: 'accent' | 'warn') => ({
    key, as, tone, label: t(`sales.${key}.name`),
    values: shown.map((day) => drawn(day[key])),
    told: (index: number) => money(shown[index]?.[key] ?? { amount: '0', currency }),
  })
  return (
    <Chart
      title={t('sales.chart')}
      labels={shown.map((day) => label.format(new Date(`${day.date}T00:00:00Z`)))}
      axis={(value) => short.format(value)}
      series={[series('sales', 'bars', 'accent'), series('profit', 'line', 'warn')]}
      heading={
        <div className="flex flex-wrap items-center gap-3">
          <h2 className="text-lg font-semibold">{t('sales.chart')}<span className="block text-xs font-normal text-muted">{t('sales.utc')}</span></h2>
          <div role="group" aria-label={t('sales.span')} className="flex rounded-md border border-line p-0.5">
            {spans.map((one) => (
              <button key={one} type="button" aria-pressed={one === span} onClick={() => change({ days: one === '30' ? '' : one })}
                className={cx('min-h-8 rounded-sm px-2.5 text-xs', one === span ? 'bg-accent-soft font-medium text-accent-ink' : 'text-muted hover:text-ink')}>
                {t('sales.days', { days: Number(one) })}
              </button>
            ))}
          </div>
        </div>
      }
    />
  )
}

export type Top = NonNullable<ConsoleSalesQuery['salesReport']>['top']

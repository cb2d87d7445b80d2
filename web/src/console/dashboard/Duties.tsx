import type { ReactNode } from 'react'
import { CheckCheck, PackageCheck, ShieldCheck } from 'lucide-react'
import { Link } from 'wouter'
import { ClaimClock } from '@/features/claim/ClaimClock.tsx'
import { OrderBadge } from '@/features/order/status.tsx'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Badge, EmptyState, Skeleton } from '@/ui/parts.tsx'
import { Failed } from '@/ui/states.tsx'
import { useAgain } from '../kit/again.ts'
import { Panel } from '../kit/Panel.tsx'
import { useQuery } from '../kit/query.ts'
import { useMay, useViewer } from '../viewer.tsx'

const DueClaimsDocument = graphql(`
  query ConsoleDueClaims($desk: ClaimDesk!) {
    warrantyClaims(first: 6, orderBy: DUE, where: { desk: $desk }) { nodes { id reason status desk dueAt order { id number } } pageInfo { hasNextPage } }
  }
`)
const WaitingOrdersDocument = graphql(`
  query ConsoleWaitingOrders {
    orders(first: 6, where: { statuses: [PAID, FULFILLING, PARTIALLY_DELIVERED, ON_HOLD] }) { nodes { id number status placedAt lines { id title fulfilment } } pageInfo { hasNextPage } }
  }
`)
const LowStockDocument = graphql(`
  query ConsoleLowStock {
    stockLow(first: 8) { id title sku lowStock stock { available } product { id title } }
  }
`)

/** Counts what has happened since: the list is read anew when it has grown. */
type News = { news: number }
type Shown = { title: string; more?: ReactNode; empty: { icon: ReactNode; title: string; why: string } }

/** A list of what waits, or the word that nothing does. */
function Duty<Row>({ title, more, empty, rows, error, again, row }: Shown & {
  rows: readonly Row[] | undefined; error: Parameters<typeof Failed>[0]['error'] | undefined; again: () => void; row: (row: Row) => ReactNode
}) {
  return (
    <Panel title={title} actions={rows && rows.length > 0 ? more : undefined}>
      {error && !rows ? <Failed error={error} retry={again} />
        : !rows ? <div className="flex flex-col gap-3"><Skeleton /><Skeleton /><Skeleton className="w-2/3" /></div>
        : rows.length === 0 ? <EmptyState icon={empty.icon} title={empty.title}>{empty.why}</EmptyState>
        : <ul className="-my-3 divide-y divide-line">{rows.map(row)}</ul>}
    </Panel>
  )
}

const quiet = 'inline-flex min-h-9 items-center text-sm text-accent-ink underline-offset-4 hover:underline'

/** Claims that this desk has to answer, the most urgent first. */
export function DueClaims({ news }: News) {
  const { t } = useWords()
  const { tenant } = useViewer()
  const [{ data, error }, ask] = useQuery({ query: DueClaimsDocument, variables: { desk: tenant.kind }, pause: !useMay()('claim:read') })
  const again = () => ask({ requestPolicy: 'network-only' })
  useAgain(news, again)
  return (
    <Duty title={t('due.title')} rows={data ? data.warrantyClaims?.nodes ?? [] : undefined} error={error} again={again}
      more={<Link href="/claims" className={quiet}>{t('due.all')}</Link>}
      empty={{ icon: <ShieldCheck />, title: t('due.empty'), why: t('due.empty.why') }}
      row={(claim) => (
        <li key={claim.id} className="flex flex-col gap-1 py-3">
          <Link href={`/claims/${claim.id}`} className="text-sm font-medium hover:underline">{t(`claim.reason.${claim.reason}`)} · {claim.order.number}</Link>
          <ClaimClock claim={claim} />
        </li>
      )} />
  )
}

/** Orders that somebody has to do something for. */
export function WaitingOrders({ news }: News) {
  const { t, time } = useWords()
  const [{ data, error }, ask] = useQuery({ query: WaitingOrdersDocument })
  const again = () => ask({ requestPolicy: 'network-only' })
  useAgain(news, again)
  return (
    <Duty title={t('waiting.title')} rows={data ? data.orders?.nodes ?? [] : undefined} error={error} again={again}
      more={<Link href="/orders?status=waiting" className={quiet}>{t('waiting.all')}</Link>}
      empty={{ icon: <CheckCheck />, title: t('waiting.empty'), why: t('waiting.empty.why') }}
      row={(order) => (
        <li key={order.id} className="py-3">
          <div className="flex flex-wrap items-center justify-between gap-2">
            <Link href={`/orders/${order.id}`} className="text-sm font-medium hover:underline">{order.number}</Link>
            <OrderBadge status={order.status} />
          </div>
          <p className="truncate text-xs text-muted">{order.lines.map((line) => line.title).join(t('word.comma'))}</p>
          <p className="text-xs text-muted">{time(order.placedAt)}{order.lines.some((line) => line.fulfilment === 'MANUAL') && <> · {t('waiting.byHand')}</>}</p>
        </li>
      )} />
  )
}

/** Variants that will soon be sold out. */
export function LowStock({ news }: News) {
  const { t } = useWords()
  const may = useMay()
  const [{ data, error }, ask] = useQuery({ query: LowStockDocument })
  const again = () => ask({ requestPolicy: 'network-only' })
  useAgain(news, again)
  if (data && !data.stockLow) return null
  return (
    <Duty title={t('low.title')} rows={data?.stockLow ?? undefined} error={error} again={again}
      empty={{ icon: <PackageCheck />, title: t('low.empty'), why: t('low.empty.why') }}
      row={(variant) => (
        <li key={variant.id} className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1 py-3">
          <div className="min-w-0">
            <p className="truncate text-sm font-medium">{variant.product ? <Link href={`/products/${variant.product.id}`} className="block truncate leading-6 hover:underline">{variant.product.title} · {variant.title}</Link> : variant.title}</p>
            <p className="text-xs text-muted">{variant.sku}{may('stock:import') && <> · <Link href={`/imports/new?variant=${variant.id}`} className="text-accent-ink underline underline-offset-4">{t('low.import')}</Link></>}</p>
          </div>
          <Badge tone={variant.stock?.available ? 'warn' : 'bad'}>{variant.stock?.available ? t('low.left', { count: variant.stock.available }) : t('stock.NONE')}</Badge>
        </li>
      )} />
  )
}

import { useState } from 'react'
import { Plus, TicketPercent } from 'lucide-react'
import { graphql } from '@/gql'
import type { ConsoleCouponsQuery, CouponStatus } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { usePages } from '@/lib/pages.ts'
import { Button } from '@/ui/Button.tsx'
import { DataTable, type Column } from '@/ui/DataTable.tsx'
import { Badge, EmptyState, PageHead, type Tone } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { Ask } from '../kit/Ask.tsx'
import { useMay } from '../viewer.tsx'
import { CouponForm } from './CouponForm.tsx'

const CouponsDocument = graphql(`
  query ConsoleCoupons($first: Int, $after: String) {
    coupons(first: $first, after: $after) {
      nodes {
        id code status percentBasisPoints kind variantId uses usesLimit usesPerBuyer startsAt endsAt createdAt
        amount { amount currency } leastTotal { amount currency }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`)
const DisableDocument = graphql(`
  mutation ConsoleCouponDisable($input: CouponDisableInput!) { couponDisable(input: $input) { coupon { id status } errors { code message path } } }
`)
type Row = NonNullable<ConsoleCouponsQuery['coupons']>['nodes'][number]
const tones: Record<CouponStatus, Tone> = { ACTIVE: 'good', SCHEDULED: 'info', ENDED: 'neutral', USED_UP: 'neutral', DISABLED: 'neutral' }

/** What buyers may take off this shop's own price by naming a code. */
export default function Coupons() {
  const { t } = useWords()
  const writes = useMay()('coupon:write')
  const pages = usePages(CouponsDocument, {}, (data) => data.coupons)
  const [making, setMaking] = useState(false)
  const [ending, setEnding] = useState<Row | null>(null)
  const { act, busy, wrong } = useAct(DisableDocument)
  const add = writes && <Button kind="primary" icon={<Plus className="size-4" aria-hidden />} onClick={() => setMaking(true)}>{t('coupons.new')}</Button>
  return (
    <>
      <PageHead title={t('place.coupons')} actions={add}>{t('coupons.lead')}</PageHead>
      <DataTable caption={t('place.coupons')} columns={useColumns(writes ? setEnding : null)} {...pages} rowKey={(row) => row.id} file="coupons"
        empty={<EmptyState icon={<TicketPercent />} title={t('coupons.empty')} action={add}>{t('coupons.empty.why')}</EmptyState>} />
      <CouponForm open={making} onClose={() => setMaking(false)} onDone={pages.reload} />
      <Ask open={ending !== null} onClose={() => setEnding(null)} title={t('coupons.end', { code: ending?.code ?? '' })} confirm={t('coupons.end.do')} kind="danger" busy={busy} wrong={wrong}
        onConfirm={async () => {
          if (!ending || !(await act({ input: { couponId: ending.id } }))) return false
          toast(t('coupons.ended'))
          pages.reload()
          return true
        }}>
        <p>{t('coupons.end.means')}</p>
      </Ask>
    </>
  )
}

function useColumns(end: ((row: Row) => void) | null): Column<Row>[] {
  const { t, money, percent, time, number } = useWords()
  const takes = (row: Row) => (row.amount ? `−${money(row.amount)}` : `−${percent(row.percentBasisPoints ?? 0)}`)
  const uses = (row: Row) => (row.usesLimit === null ? number(row.uses) : `${number(row.uses)} / ${number(row.usesLimit)}`)
  const until = (row: Row) => (row.endsAt ? t('coupons.span', { from: time(row.startsAt, 'date'), to: time(row.endsAt, 'date') }) : t('coupons.since', { from: time(row.startsAt, 'date') }))
  const scope = (row: Row) => [row.kind ? t(`kind.${row.kind}`) : row.variantId ? t('rules.oneGood') : t('rule.everything'), row.leastTotal && t('coupons.from', { total: money(row.leastTotal) })].filter(Boolean).join(' · ')
  return [
    { key: 'code', head: t('coupons.code'), value: (row) => row.code, cell: (row) => <span className="font-mono font-medium">{row.code}</span> },
    { key: 'takes', head: t('coupons.takes'), value: takes, cell: (row) => <span className="font-medium tabular-nums">{takes(row)}</span> },
    { key: 'scope', head: t('coupons.scope'), value: scope, cell: scope },
    { key: 'uses', head: t('coupons.uses'), figures: true, value: (row) => row.uses, cell: uses },
    { key: 'limit', head: t('coupons.limit'), fileOnly: true, told: (row) => row.usesLimit ?? '', cell: () => null },
    { key: 'until', head: t('coupons.time'), wide: true, value: (row) => row.startsAt, told: until, cell: until },
    { key: 'status', head: t('products.status'), value: (row) => t(`coupon.status.${row.status}`), cell: (row) => <Badge tone={tones[row.status]}>{t(`coupon.status.${row.status}`)}</Badge> },
    {
      key: 'actions', head: t('kit.actions'), quiet: true,
      cell: (row) => end && (row.status === 'ACTIVE' || row.status === 'SCHEDULED') && <Button size="sm" kind="quiet" aria-label={t('coupons.end', { code: row.code })} onClick={() => end(row)}>{t('coupons.end.do')}</Button>,
    },
  ]
}

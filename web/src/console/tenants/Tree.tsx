import { useState } from 'react'
import { Link } from 'wouter'
import { CornerDownRight, Plus, Store } from 'lucide-react'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Select, TextField } from '@/ui/Field.tsx'
import { Badge, EmptyState, PageHead } from '@/ui/parts.tsx'
import { oneOf, useAddress } from '../kit/address.ts'
import { useTenantEvents } from '../kit/events.ts'
import { Loaded } from '../kit/Loaded.tsx'
import { useQuery } from '../kit/query.ts'
import { useMay, useViewer } from '../viewer.tsx'
import { OpenTenant } from './OpenTenant.tsx'
import { inTree, statusTone, TreeDocument, type TenantRow } from './tenants.ts'

const statuses = ['ACTIVE', 'PENDING_REVIEW', 'SUSPENDED', 'REJECTED', 'CLOSED'] as const

/** The tenant and everyone below it. */
export default function Tree() {
  const { t } = useWords()
  const may = useMay()
  const { tenant } = useViewer()
  const { said, set } = useAddress()
  const [opening, setOpening] = useState(false)
  const [{ data, error }, ask] = useQuery({ query: TreeDocument })
  const again = () => ask({ requestPolicy: 'network-only' })
  useTenantEvents(['TENANT_STATUS_CHANGED'], again)
  const status = oneOf(statuses, said('status'))
  const search = said('search') ?? ''
  const fits = (row: TenantRow) =>
    (!status || row.status === status) &&
    (!search || `${row.name} ${row.handle}`.toLowerCase().includes(search.toLowerCase()))
  return (
    <>
      <PageHead title={tenant.kind === 'OPERATOR' ? t('place.tenants.network') : t('place.tenants')} actions={
        may('tenant:create') && <Button kind="primary" icon={<Plus className="size-4" aria-hidden />} onClick={() => setOpening(true)}>
          {tenant.kind === 'OPERATOR' ? t('tenants.open.any') : t('tenants.open')}
        </Button>
      }>{t('tenants.lead')}</PageHead>
      <div className="mb-4 grid gap-3 sm:grid-cols-[1fr_14rem]">
        <TextField label={t('tenants.search')} type="search" value={search} onChange={(event) => set({ search: event.target.value })} />
        <Select label={t('tenants.status')} value={status ?? ''} onChange={(event) => set({ status: event.target.value })}>
          <option value="">{t('kit.all')}</option>
          {statuses.map((one) => <option key={one} value={one}>{t(`tenants.status.${one}`)}</option>)}
        </Select>
      </div>
      <Loaded data={data?.tenants} error={error} retry={again}>
        {(rows) => {
          const shown = inTree(rows).filter(({ row }) => fits(row))
          if (!shown.length) return <EmptyState icon={<Store />} title={t('tenants.none')}>{t('tenants.none.why')}</EmptyState>
          return (
            <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface" aria-label={t('place.tenants')}>
              {shown.map(({ row, level }) => <Row key={row.id} row={row} level={level} own={row.id === tenant.id} />)}
            </ul>
          )
        }}
      </Loaded>
      <OpenTenant open={opening} onClose={() => setOpening(false)} onDone={again} />
    </>
  )
}

const indents = ['pl-4', 'pl-8 sm:pl-10', 'pl-12 sm:pl-16', 'pl-16 sm:pl-24', 'pl-20 sm:pl-32']

function Row({ row, level, own }: { row: TenantRow; level: number; own: boolean }) {
  const { t, money, percent } = useWords()
  return (
    <li>
      <Link href={`/tenants/${row.id}`} className={`flex flex-wrap items-center gap-x-3 gap-y-1 py-3 pr-4 outline-offset-[-2px] hover:bg-sunken ${indents[Math.min(level, indents.length - 1)]}`}>
        {level > 0 && <CornerDownRight className="size-4 shrink-0 text-muted" aria-hidden />}
        <span className="min-w-0 flex-1 basis-40">
          <span className="block font-medium">{row.name}</span>
          <span className="block font-mono text-xs text-muted">{row.handle}</span>
        </span>
        <span className="flex flex-wrap items-center gap-2">
          {own && <Badge tone="accent">{t('tenants.own')}</Badge>}
          {row.markupCapBasisPoints != null && <Badge>{t('tenants.cap.short', { cap: percent(row.markupCapBasisPoints) })}</Badge>}
          <Badge>{t(`tenants.kind.${row.kind}`)}</Badge>
          <Badge tone={statusTone[row.status]}>{t(`tenants.status.${row.status}`)}</Badge>
        </span>
        {row.wallet && <span className="w-28 text-right text-sm tabular-nums max-sm:hidden">{money(row.wallet.available)}</span>}
      </Link>
    </li>
  )
}

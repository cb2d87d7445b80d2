import { useState } from 'react'
import { ListFilter } from 'lucide-react'
import { graphql } from '@/gql'
import type { ClaimDesk } from '@/gql/graphql'
import { claimStatuses } from '@/features/claim/status.tsx'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Select, TextField } from '@/ui/Field.tsx'
import { useAddress } from '../kit/address.ts'
import { useQuery } from '../kit/query.ts'
import { useMay, useViewer } from '../viewer.tsx'
import { deskOf } from './party.ts'
import { desks, dues, kinds } from './where.ts'

const ColleaguesDocument = graphql(`
  query ClaimColleagues { staff { id displayName } }
`)
const names = ['status', 'kind', 'brand', 'assignee', 'due'] as const

/** What the queue is narrowed to. On a phone it is folded away until it is wanted. */
export function Filters({ desk }: { desk: ClaimDesk | null }) {
  const { t } = useWords()
  const may = useMay()
  const { tenant, user } = useViewer()
  const { said, set } = useAddress()
  const [open, setOpen] = useState(false)
  const [brand, setBrand] = useState(said('brand') ?? '')
  const [{ data }] = useQuery({ query: ColleaguesDocument, pause: !may('staff:read') })
  const colleagues = (data?.staff ?? []).filter((one) => one.id !== user.id)
  const many = names.filter((name) => said(name)).length
  const own = deskOf[tenant.kind]
  const pick = (name: string) => ({
    value: said(name) ?? '',
    onChange: (event: { target: { value: string } }) => set({ [name]: event.target.value }),
  })
  return (
    <div className="mb-4 flex flex-col gap-3">
      <Button className="sm:hidden" aria-expanded={open} aria-controls="claim-filters" icon={<ListFilter className="size-4" aria-hidden />} onClick={() => setOpen(!open)}>{many > 0 ? t('claimDesk.filters.some', { count: many }) : t('claimDesk.filters')}</Button>
      <form id="claim-filters" className={`grid gap-3 sm:grid-cols-2 lg:grid-cols-4 ${open ? '' : 'max-sm:hidden'}`} onSubmit={(event) => { event.preventDefault(); set({ brand: brand.trim() }) }}>
        <Select label={t('claimDesk.desk')} value={desk === own ? '' : desk ?? 'ALL'} onChange={(event) => set({ desk: event.target.value })}>
          <option value="">{t('claimDesk.desk.own', { desk: t(`desk.${own}`) })}</option>
          {desks.filter((one) => one !== own).map((one) => <option key={one} value={one}>{t(`desk.${one}`)}</option>)}
          <option value="ALL">{t('claimDesk.desk.all')}</option>
        </Select>
        <Select label={t('claimDesk.status')} {...pick('status')}>
          <option value="">{t('kit.all')}</option>
          {claimStatuses.map((one) => <option key={one} value={one}>{t(`claim.status.${one}`)}</option>)}
        </Select>
        <Select label={t('claimDesk.assignee')} {...pick('assignee')}>
          <option value="">{t('kit.all')}</option>
          <option value="me">{t('claimDesk.me')}</option>
          <option value="nobody">{t('claimDesk.nobody')}</option>
          {colleagues.map((one) => <option key={one.id} value={one.id}>{one.displayName}</option>)}
        </Select>
        <Select label={t('claimDesk.due')} {...pick('due')}>
          <option value="">{t('kit.all')}</option>
          {(Object.keys(dues) as (keyof typeof dues)[]).map((one) => <option key={one} value={one}>{t(`claimDesk.due.${one}`)}</option>)}
        </Select>
        <Select label={t('claimDesk.kind')} {...pick('kind')}>
          <option value="">{t('kit.all')}</option>
          {kinds.map((one) => <option key={one} value={one}>{t(`kind.${one}`)}</option>)}
        </Select>
        <TextField label={t('claimDesk.brand')} value={brand} maxLength={60} autoComplete="off" onChange={(event) => setBrand(event.target.value)} onBlur={() => set({ brand: brand.trim() })} />
        <Select label={t('claimDesk.order')} value={said('order') ?? ''} onChange={(event) => set({ order: event.target.value })}>
          <option value="">{t('claimDesk.order.due')}</option>
          <option value="NEWEST">{t('claimDesk.order.newest')}</option>
        </Select>
        {many > 0 && <Button className="self-end" kind="quiet" onClick={() => { setBrand(''); set(Object.fromEntries(names.map((name) => [name, null]))) }}>{t('claimDesk.clear')}</Button>}
      </form>
    </div>
  )
}

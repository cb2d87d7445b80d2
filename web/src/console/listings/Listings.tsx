import { Tags } from 'lucide-react'
import { Link } from 'wouter'
import { graphql } from '@/gql'
import type { ConsoleListingsQuery, ListingOrder } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { micros } from '@/lib/money.ts'
import { usePages } from '@/lib/pages.ts'
import { useFilters } from '@/lib/search.ts'
import { ButtonLink } from '@/ui/Button.tsx'
import { DataTable, type Column } from '@/ui/DataTable.tsx'
import { Checkbox, Select } from '@/ui/Field.tsx'
import { FilterBar } from '@/ui/FilterBar.tsx'
import { Badge, EmptyState, PageHead } from '@/ui/parts.tsx'
import { SearchField } from '@/ui/SearchField.tsx'
import { oneOf, useAddress } from '../kit/address.ts'
import { Views } from '../kit/Views.tsx'
import { productKinds } from '../products/status.tsx'
import { margin } from '../prices/rule.ts'
import { Hidden } from './Hidden.tsx'

const ListingsDocument = graphql(`
  query ConsoleListings($first: Int, $after: String, $where: ListingWhere, $orderBy: ListingOrder!) {
    listings(first: $first, after: $after, where: $where, orderBy: $orderBy) {
      nodes {
        id variantId title kind brand stockHint
        price { amount currency }
        supply { unitCost { amount currency } unitPrice { amount currency } unitProfit { amount currency } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`)
type Row = NonNullable<ConsoleListingsQuery['listings']>['nodes'][number]

/** What the server sorts by itself, over every page; the rest is sorted among what is shown. */
const orderBy = (sort: string, up: boolean): ListingOrder => (sort === 'title' ? 'TITLE' : sort === 'price' ? (up ? 'PRICE_ASC' : 'PRICE_DESC') : 'OLDEST')

/** What this shop sells, and what it could and does not show. */
export default function Listings() {
  const { t } = useWords()
  const { said } = useAddress()
  const view = oneOf(['shown', 'hidden'], said('view')) ?? 'shown'
  return (
    <>
      <PageHead title={t('place.listings')} actions={<ButtonLink href="/prices">{t('listings.rules')}</ButtonLink>}>{t('listings.lead')}</PageHead>
      <Views label={t('listings.views')} current={view} path="/listings" views={[
        { key: 'shown', name: t('listings.view.shown') },
        { key: 'hidden', name: t('listings.view.hidden') },
      ]} />
      {view === 'shown' ? <Shown /> : <Hidden />}
    </>
  )
}

/** What each good costs the shop, what its buyers pay, what stays. */
function Shown() {
  const { t } = useWords()
  const [filters, change] = useFilters(['search', 'kind', 'stock', 'sort', 'down'])
  const kind = productKinds.find((one) => one === filters.kind)
  const order = filters.sort ? { key: filters.sort, up: !filters.down } : null
  const where = { search: filters.search || null, kind: kind ?? null, inStock: filters.stock ? true : null }
  const pages = usePages(ListingsDocument, { where, orderBy: orderBy(order?.key ?? '', order?.up ?? true) }, (data) => data.listings)
  const columns = useColumns()
  const narrowed = filters.search || kind || filters.stock
  return (
    <>
      <FilterBar label={t('listings.filter')} onClear={narrowed ? () => change({ search: '', kind: '', stock: '' }) : null}>
        <SearchField className="md:w-72" label={t('listings.search')} value={filters.search} onChange={(search) => change({ search })} />
        <Select label={t('listings.kind')} hideLabel value={kind ?? ''} onChange={(event) => change({ kind: event.target.value })}>
          <option value="">{t('listings.everyKind')}</option>
          {productKinds.map((one) => <option key={one} value={one}>{t(`kind.${one}`)}</option>)}
        </Select>
        <Checkbox label={t('listings.inStock')} checked={filters.stock === '1'} onChange={(event) => change({ stock: event.target.checked ? '1' : '' })} />
      </FilterBar>
      <DataTable caption={t('place.listings')} columns={columns} {...pages} rowKey={(row) => row.id} file="listings"
        order={order} onOrder={({ key, up }) => change({ sort: key, down: up ? '' : '1' })}
        empty={
          <EmptyState icon={<Tags />} title={t(narrowed ? 'listings.nothing' : 'listings.empty')}>{t(narrowed ? 'listings.nothing.why' : 'listings.empty.why')}</EmptyState>
        } />
    </>
  )
}

function useColumns(): Column<Row>[] {
  const { t, money, percent } = useWords()
  const size = (amount: string | undefined) => micros(amount ?? '0') ?? 0n
  return [
    {
      key: 'title', head: t('listings.title'), value: (row) => row.title,
      cell: (row) => <Link href={`/prices/${row.variantId}`} className="font-medium text-accent-ink underline-offset-4 hover:underline">{row.title}</Link>,
    },
    { key: 'kind', head: t('listings.kind'), wide: true, value: (row) => t(`kind.${row.kind}`), cell: (row) => t(`kind.${row.kind}`) },
    { key: 'cost', head: t('price.cost'), figures: true, value: (row) => size(row.supply?.unitCost.amount), told: (row) => row.supply?.unitCost.amount ?? '', cell: (row) => (row.supply ? money(row.supply.unitCost) : '—') },
    { key: 'price', head: t('price.price'), figures: true, value: (row) => size(row.price.amount), told: (row) => row.price.amount, cell: (row) => money(row.price) },
    {
      key: 'profit', head: t('price.profit'), figures: true, value: (row) => size(row.supply?.unitProfit.amount), told: (row) => row.supply?.unitProfit.amount ?? '',
      cell: (row) => row.supply && <span className="whitespace-nowrap">{money(row.supply.unitProfit)} <span className="text-xs text-muted">{percent(margin(row.supply.unitCost, row.supply.unitPrice))}</span></span>,
    },
    {
      key: 'stock', head: t('listings.stock'), value: (row) => row.stockHint,
      cell: (row) => <Badge tone={row.stockHint === 'PLENTY' ? 'good' : row.stockHint === 'LOW' ? 'warn' : 'bad'}>{t(`stock.${row.stockHint}`)}</Badge>,
    },
  ]
}

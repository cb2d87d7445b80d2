import { Boxes, Plus } from 'lucide-react'
import { Link } from 'wouter'
import { graphql } from '@/gql'
import type { ConsoleProductsQuery } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { usePages } from '@/lib/pages.ts'
import { ButtonLink } from '@/ui/Button.tsx'
import { DataTable, type Column } from '@/ui/DataTable.tsx'
import { EmptyState, PageHead } from '@/ui/parts.tsx'
import { oneOf, useAddress } from '../kit/address.ts'
import { Views } from '../kit/Views.tsx'
import { useMay, useViewer } from '../viewer.tsx'
import { ProductBadge, productStatuses } from './status.tsx'

const ProductsDocument = graphql(`
  query ConsoleProducts($first: Int, $after: String, $status: ProductStatus) {
    products(first: $first, after: $after, status: $status) {
      nodes { id title brand kind status statusNote supplier { id name } variants { id } }
      pageInfo { hasNextPage endCursor }
    }
  }
`)
type Row = NonNullable<ConsoleProductsQuery['products']>['nodes'][number]

/** What suppliers have to sell, and where each product stands. */
export default function Products() {
  const { t } = useWords()
  const { tenant } = useViewer()
  const writes = useMay()('product:write') && tenant.kind === 'SUPPLIER'
  const { said } = useAddress()
  const status = oneOf(productStatuses, said('view'))
  const pages = usePages(ProductsDocument, { status }, (data) => data.products)
  const add = writes && <ButtonLink kind="primary" href="/products/new" icon={<Plus className="size-4" aria-hidden />}>{t('products.new')}</ButtonLink>
  return (
    <>
      <PageHead title={t('place.products')} actions={add}>{t(`products.lead.${tenant.kind}`)}</PageHead>
      {tenant.kind !== 'SITE' && (
        <Views label={t('products.status')} path="/products" current={status ?? 'all'}
          views={[{ key: 'all', name: t('products.all') }, ...productStatuses.map((key) => ({ key, name: t(`product.status.${key}`) }))]} />
      )}
      <DataTable caption={t('place.products')} columns={useColumns()} {...pages} rowKey={(row) => row.id} file="products"
        empty={<EmptyState icon={<Boxes />} title={t('products.empty')} action={add}>{t('products.empty.why')}</EmptyState>} />
    </>
  )
}

function useColumns(): Column<Row>[] {
  const { t, number } = useWords()
  const { tenant } = useViewer()
  return [
    {
      key: 'title', head: t('products.title'), value: (row) => row.title,
      cell: (row) => (
        <>
          <Link href={`/products/${row.id}`} className="font-medium text-accent-ink underline-offset-4 hover:underline">{row.title}</Link>
          {row.brand && <span className="block text-xs text-muted">{row.brand}</span>}
        </>
      ),
    },
    { key: 'kind', head: t('listings.kind'), value: (row) => t(`kind.${row.kind}`), cell: (row) => t(`kind.${row.kind}`) },
    ...(tenant.kind === 'OPERATOR' ? [{ key: 'supplier', head: t('products.supplier'), wide: true, value: (row: Row) => row.supplier.name, cell: (row: Row) => row.supplier.name }] : []),
    { key: 'variants', head: t('products.variants'), figures: true, value: (row) => row.variants.length, cell: (row) => number(row.variants.length) },
    { key: 'status', head: t('products.status'), value: (row) => t(`product.status.${row.status}`), cell: (row) => <ProductBadge status={row.status} /> },
    { key: 'note', head: t('products.note'), fileOnly: true, value: (row) => row.statusNote ?? '', cell: () => null },
  ]
}

import { Link } from 'wouter'
import { graphql } from '@/gql'
import type { VariantLookFragment } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { micros } from '@/lib/money.ts'
import { DataTable, type Column } from '@/ui/DataTable.tsx'
import { Badge } from '@/ui/parts.tsx'
import { useMay, useViewer } from '../viewer.tsx'

export const VariantLook = graphql(`
  fragment VariantLook on Variant {
    id sku title fulfilment lowStock
    settlementPrice { amount currency }
    stock { available reserved sold quarantined voided }
  }
`)

/** What a product is sold as: each with its cards, counted by where they are. */
export function Variants({ variants, onSale }: { variants: readonly VariantLookFragment[]; onSale: boolean }) {
  const { t, money } = useWords()
  const { tenant } = useViewer()
  const may = useMay()
  const counts = variants.some((variant) => variant.stock)
  const link = 'whitespace-nowrap text-accent-ink underline underline-offset-4'
  const columns: Column<VariantLookFragment>[] = [
    { key: 'title', head: t('variants.title'), value: (row) => row.title, cell: (row) => <><span className="font-medium">{row.title}</span><span className="block font-mono text-xs text-muted">{row.sku}</span></> },
    { key: 'sku', head: t('variants.sku'), fileOnly: true, value: (row) => row.sku, cell: () => null },
    { key: 'settlement', head: t('variants.settlement'), figures: true, value: (row) => micros(row.settlementPrice?.amount ?? '0') ?? 0n, told: (row) => row.settlementPrice?.amount ?? '', cell: (row) => (row.settlementPrice ? money(row.settlementPrice) : '—') },
    ...(counts ? [
      { key: 'available', head: t('variants.available'), figures: true, value: (row: VariantLookFragment) => row.stock?.available ?? 0, cell: (row: VariantLookFragment) => <Available variant={row} /> },
      ...(['reserved', 'sold', 'quarantined', 'voided'] as const).map((key) => ({
        key, head: t(`variants.${key}`), figures: true, wide: key === 'quarantined' || key === 'voided', value: (row: VariantLookFragment) => row.stock?.[key] ?? 0, cell: (row: VariantLookFragment) => <Count value={row.stock?.[key]} />,
      })),
    ] : [{ key: 'fulfilment', head: t('variants.fulfilment'), value: (row: VariantLookFragment) => row.fulfilment, cell: (row: VariantLookFragment) => t(`variants.fulfilment.${row.fulfilment}`) }]),
    {
      key: 'actions', head: t('kit.actions'), quiet: true,
      cell: (row) => (
        <span className="flex flex-wrap justify-end gap-x-4 gap-y-1">
          {tenant.kind !== 'SUPPLIER' && onSale && may('price:read') && <Link className={link} href={`/prices/${row.id}`}>{t('variants.prices')}</Link>}
          {tenant.kind === 'SUPPLIER' && row.fulfilment === 'STOCK' && may('stock:import') && <Link className={link} href={`/imports/new?variant=${row.id}`}>{t('variants.import')}</Link>}
          {counts && row.fulfilment === 'STOCK' && <Link className={link} href={`/imports?variant=${row.id}`}>{t('variants.imports')}</Link>}
        </span>
      ),
    },
  ]
  return <DataTable caption={t('products.variants')} columns={columns} rows={variants} rowKey={(row) => row.id} empty={null} file="variants" />
}

function Count({ value }: { value: number | undefined }) {
  const { number } = useWords()
  return value === undefined ? <>—</> : <span className={value === 0 ? 'text-muted' : undefined}>{number(value)}</span>
}

/** What can be sold now; a word where that is little. */
function Available({ variant }: { variant: VariantLookFragment }) {
  const { t, number } = useWords()
  if (variant.fulfilment === 'MANUAL') return <Badge>{t('variants.fulfilment.MANUAL')}</Badge>
  if (!variant.stock) return <>—</>
  const { available } = variant.stock
  if (available === 0) return <Badge tone="bad">{t('stock.NONE')}</Badge>
  return available <= (variant.lowStock ?? 0) ? <Badge tone="warn">{t('low.left', { count: available })}</Badge> : <span className="font-semibold">{number(available)}</span>
}

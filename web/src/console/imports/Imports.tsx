import type { ReactNode } from 'react'
import { PackageOpen, Upload } from 'lucide-react'
import { Link } from 'wouter'
import { graphql } from '@/gql'
import type { ConsoleImportsQuery } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { usePages } from '@/lib/pages.ts'
import { useFilters } from '@/lib/search.ts'
import { Button, ButtonLink } from '@/ui/Button.tsx'
import { DataTable, type Column } from '@/ui/DataTable.tsx'
import { EmptyState, PageHead } from '@/ui/parts.tsx'
import { oneOf, useAddress } from '../kit/address.ts'
import { Views } from '../kit/Views.tsx'
import { useMay, useViewer } from '../viewer.tsx'
import { ImportBadge } from './ImportState.tsx'
import { Recalls } from './Recalls.tsx'

const ImportsDocument = graphql(`
  query ConsoleImports($first: Int, $after: String, $variantId: ID) {
    cardImports(first: $first, after: $after, variantId: $variantId) {
      nodes { id createdAt status dryRun total accepted duplicates rejected withdrawnAt variant { id title sku product { id title } } }
      pageInfo { hasNextPage endCursor }
    }
  }
`)
type Row = NonNullable<ConsoleImportsQuery['cardImports']>['nodes'][number]

/** Batches of cards: those that were brought in, and those that are taken back. */
export default function Imports() {
  const { t } = useWords()
  const { tenant } = useViewer()
  const may = useMay()
  const { said } = useAddress()
  const [{ variant }, change] = useFilters(['variant'])
  const view = (may('recall:read') && oneOf(['imports', 'recalls'], said('view'))) || 'imports'
  const add = view === 'imports' && tenant.kind === 'SUPPLIER' && may('stock:import') && (
    <ButtonLink kind="primary" href={variant ? `/imports/new?variant=${variant}` : '/imports/new'} icon={<Upload className="size-4" aria-hidden />}>{t('imports.new')}</ButtonLink>
  )
  const every = view === 'imports' && variant && <Button onClick={() => change({ variant: '' })}>{t('imports.every')}</Button>
  return (
    <>
      <PageHead title={t('place.imports')} actions={<>{every}{add}</>}>{t(view === 'imports' ? 'imports.lead' : 'recalls.lead')}</PageHead>
      <Which view={view} />
      {view === 'imports' ? <Batches variant={variant} add={add} /> : <Recalls />}
    </>
  )
}

function Which({ view }: { view: string }) {
  const { t } = useWords()
  if (!useMay()('recall:read')) return null
  return (
    <Views label={t('imports.views')} current={view} path="/imports" views={[
      { key: 'imports', name: t('imports.view.imports') },
      { key: 'recalls', name: t('imports.view.recalls') },
    ]} />
  )
}

/** Every batch that was brought in, the newest first. */
function Batches({ variant, add }: { variant: string; add: ReactNode }) {
  const { t } = useWords()
  const pages = usePages(ImportsDocument, { variantId: variant || null }, (data) => data.cardImports)
  return (
    <DataTable caption={t('place.imports')} columns={useColumns()} {...pages} rowKey={(row) => row.id} file="imports"
      empty={<EmptyState icon={<PackageOpen />} title={t('imports.empty')} action={add}>{t('imports.empty.why')}</EmptyState>} />
  )
}

function useColumns(): Column<Row>[] {
  const { t, time, number } = useWords()
  const name = (row: Row) => (row.variant ? [row.variant.product?.title, row.variant.title].filter(Boolean).join(' · ') : t('rules.oneGood'))
  return [
    { key: 'name', head: t('products.title'), value: name, cell: (row) => <Link href={`/imports/${row.id}`} className="font-medium text-accent-ink underline-offset-4 hover:underline">{name(row)}</Link> },
    { key: 'at', head: t('imports.at'), value: (row) => row.createdAt, cell: (row) => time(row.createdAt) },
    { key: 'accepted', head: t('import.accepted'), figures: true, value: (row) => row.accepted, cell: (row) => number(row.accepted) },
    { key: 'untaken', head: t('imports.untaken'), figures: true, value: (row) => row.duplicates + row.rejected, cell: (row) => number(row.duplicates + row.rejected) },
    { key: 'status', head: t('products.status'), value: (row) => t(row.withdrawnAt ? 'import.withdrawn' : row.dryRun && row.status === 'DONE' ? 'import.checked' : `import.${row.status}`), cell: (row) => <ImportBadge one={row} /> },
  ]
}

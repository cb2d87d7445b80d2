import { Eye, EyeOff } from 'lucide-react'
import { Link } from 'wouter'
import { graphql } from '@/gql'
import type { ConsoleHiddenQuery } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { DataTable, type Column } from '@/ui/DataTable.tsx'
import { EmptyState } from '@/ui/parts.tsx'
import { Failed } from '@/ui/states.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { useQuery } from '../kit/query.ts'
import { Wrong } from '../kit/Wrong.tsx'
import { useMay } from '../viewer.tsx'

const HiddenDocument = graphql(`
  query ConsoleHidden { hiddenListings { variantId title ownTitle kind brand } }
`)
const ShowDocument = graphql(`
  mutation ConsoleShowAgain($input: ListingSetInput!) { listingSet(input: $input) { listing { id } errors { code message path } } }
`)
type Row = NonNullable<ConsoleHiddenQuery['hiddenListings']>[number]

/** What this shop could sell and does not show, to be shown again. */
export function Hidden() {
  const { t } = useWords()
  const may = useMay()
  const [{ data, error }, ask] = useQuery({ query: HiddenDocument, requestPolicy: 'cache-and-network' })
  const again = () => ask({ requestPolicy: 'network-only' })
  const { act, busy, wrong } = useAct(ShowDocument)
  const show = async (row: Row) => {
    // Its own title stays: leaving it out would take the supplier's again.
    if (!(await act({ input: { variantId: row.variantId, title: row.ownTitle ?? null, hidden: false } }))) return
    toast(t('hidden.shown', { title: row.title }))
    again()
  }
  const columns: Column<Row>[] = [
    { key: 'title', head: t('listings.title'), value: (row) => row.title, cell: (row) => <Link href={`/prices/${row.variantId}`} className="font-medium text-accent-ink underline-offset-4 hover:underline">{row.title}</Link> },
    { key: 'kind', head: t('listings.kind'), value: (row) => t(`kind.${row.kind}`), cell: (row) => t(`kind.${row.kind}`) },
    { key: 'brand', head: t('hidden.brand'), wide: true, value: (row) => row.brand ?? '', cell: (row) => row.brand ?? '—' },
    {
      key: 'show', head: t('sale.show'), quiet: true,
      cell: (row) => may('listing:write') && (
        <Button size="sm" busy={busy} aria-label={t('hidden.show', { title: row.title })} icon={<Eye className="size-4" aria-hidden />} onClick={() => void show(row)}>{t('sale.show')}</Button>
      ),
    },
  ]
  if (error && !data) return <Failed error={error} retry={again} />
  return (
    <>
      <Wrong lines={wrong} />
      <DataTable caption={t('listings.view.hidden')} columns={columns} rows={data?.hiddenListings ?? []} rowKey={(row) => row.variantId} loading={!data} file="hidden-listings"
        empty={<EmptyState icon={<EyeOff />} title={t('hidden.none')}>{t('hidden.none.why')}</EmptyState>} />
    </>
  )
}

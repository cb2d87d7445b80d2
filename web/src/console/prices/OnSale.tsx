import { useState, type FormEvent } from 'react'
import { Eye, EyeOff, Pencil, ShieldCheck } from 'lucide-react'
import { graphql } from '@/gql'
import { TermsSummary } from '@/features/warranty/TermsSummary.tsx'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Dialog } from '@/ui/Dialog.tsx'
import { TextField } from '@/ui/Field.tsx'
import { Badge, Skeleton } from '@/ui/parts.tsx'
import { Failed } from '@/ui/states.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { Panel } from '../kit/Panel.tsx'
import { useQuery } from '../kit/query.ts'
import { Wrong } from '../kit/Wrong.tsx'
import { TermsDialog } from '../terms/TermsDialog.tsx'
import { useMay, useViewer } from '../viewer.tsx'

const ListingDocument = graphql(`
  query ConsoleListingOf($listing: ID!, $variant: ID!) {
    listing(id: $listing) { id title warranty { ...TermsLook } }
    priceLadder(variantId: $variant) { variantId title }
    node(id: $variant) { __typename id ... on Variant { title product { id title } } }
  }
`)
const ListingSetDocument = graphql(`
  mutation ConsoleListingSet($input: ListingSetInput!) { listingSet(input: $input) { listing { id title } errors { code message path } } }
`)
const WarrantySetDocument = graphql(`
  mutation ConsoleListingWarranty($input: ListingWarrantySetInput!) { listingWarrantySet(input: $input) { listing { id warranty { version } } errors { code message path } } }
`)

/** What the supplier calls it, as the server makes it of a product and its variant. */
const supplierTitle = (product: string, variant: string) => (product === variant ? product : `${product} · ${variant}`)

/** Whether this shop shows a good, what it calls it, and what warranty it gives. */
export function OnSale({ variantId, onChanged }: { variantId: string; onChanged: () => void }) {
  const { t } = useWords()
  const { tenant } = useViewer()
  const write = useMay()('listing:write')
  // A listing's id is its site's and its variant's: it is found whatever it is called, and however many are.
  const id = `lst_${tenant.id.replace(/^\w+_/, '')}${variantId.replace(/^\w+_/, '')}`
  const [{ data, error, fetching, stale }, again] = useQuery({ query: ListingDocument, variables: { listing: id, variant: variantId } })
  const listing = data?.listing
  const title = data?.priceLadder?.title
  const variant = data?.node?.__typename === 'Variant' ? data.node : null
  const supplier = variant?.product && supplierTitle(variant.product.title, variant.title)
  const [open, setOpen] = useState<'rename' | 'terms' | null>(null)
  const { act, busy, wrong } = useAct(ListingSetDocument)
  const retry = () => again({ requestPolicy: 'network-only' })
  const fresh = () => {
    retry()
    onChanged()
  }
  const show = async (hidden: boolean) => {
    // What it is called stays: null takes the supplier's, and the supplier's said here would become its own.
    const done = await act({ input: { variantId, hidden, title: title === supplier ? null : title } })
    if (!done) return
    toast(t(hidden ? 'sale.hidden' : 'sale.shown'))
    fresh()
  }
  // Until it is known what it is called, nothing can be said of it that keeps that.
  const settled = Boolean(title && supplier) && !fetching && !stale
  if (error && !data) return <Panel title={t('sale.title')}><Failed error={error} retry={retry} /></Panel>
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <Panel title={t('sale.title')}>
        {!data || (!listing && (fetching || stale)) ? <Skeleton /> : (
          <div className="flex flex-col gap-4">
            <Wrong lines={wrong} />
            <p className="flex flex-wrap items-center gap-2">
              <Badge tone={listing ? 'good' : 'neutral'}>{t(listing ? 'sale.isShown' : 'sale.isHidden')}</Badge>
              <span className="text-sm text-muted">{t(listing ? 'sale.isShown.why' : 'sale.isHidden.why')}</span>
            </p>
            {write && (
              <div className="flex flex-wrap gap-2">
                {listing
                  ? <Button size="sm" busy={busy} disabled={!settled} icon={<EyeOff className="size-4" aria-hidden />} onClick={() => void show(true)}>{t('sale.hide')}</Button>
                  : <Button size="sm" busy={busy} disabled={!settled} icon={<Eye className="size-4" aria-hidden />} onClick={() => void show(false)}>{t('sale.show')}</Button>}
                {listing && <Button size="sm" icon={<Pencil className="size-4" aria-hidden />} onClick={() => setOpen('rename')}>{t('sale.rename')}</Button>}
              </div>
            )}
          </div>
        )}
      </Panel>
      {listing && (
        <Panel title={t('sale.warranty')} actions={write && <Button size="sm" icon={<ShieldCheck className="size-4" aria-hidden />} onClick={() => setOpen('terms')}>{t('sale.warranty.change')}</Button>}>
          <TermsSummary terms={listing.warranty} />
        </Panel>
      )}
      {listing && <Rename open={open === 'rename'} variantId={variantId} title={listing.title} onClose={() => setOpen(null)} onDone={fresh} />}
      {listing && <ListingTerms open={open === 'terms'} variantId={variantId} terms={listing.warranty} onClose={() => setOpen(null)} onDone={fresh} />}
    </div>
  )
}

function Rename({ open, variantId, title, onClose, onDone }: { open: boolean; variantId: string; title: string; onClose: () => void; onDone: () => void }) {
  const { t } = useWords()
  const { act, busy, wrong, at } = useAct(ListingSetDocument, ['title'])
  const save = async (name: string | null) => {
    if (name === title) return onClose()
    if (!(await act({ input: { variantId, hidden: false, title: name } }))) return
    toast(t('sale.renamed'))
    onDone()
    onClose()
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    void save(String(new FormData(event.currentTarget).get('title')).trim() || null)
  }
  return (
    <Dialog open={open} onClose={onClose} title={t('sale.rename')} closeLabel={t('word.close')}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Wrong lines={wrong} />
        <TextField name="title" label={t('sale.name')} hint={t('sale.name.hint')} defaultValue={title} maxLength={120} error={at('title')} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button kind="quiet" busy={busy} onClick={() => void save(null)}>{t('sale.name.supplier')}</Button>
          <Button type="submit" kind="primary" busy={busy}>{t('sale.name.save')}</Button>
        </div>
      </form>
    </Dialog>
  )
}

function ListingTerms({ open, variantId, terms, onClose, onDone }: {
  open: boolean; variantId: string; terms: Parameters<typeof TermsDialog>[0]['terms']; onClose: () => void; onDone: () => void
}) {
  const { t } = useWords()
  const { act, busy, wrong } = useAct(WarrantySetDocument)
  return (
    <TermsDialog open={open} onClose={onClose} terms={terms} lead={t('sale.warranty.lead')} busy={busy} wrong={wrong} reset={t('sale.warranty.product')}
      onSave={async (warranty) => {
        if (!(await act({ input: { variantId, warranty } }))) return false
        toast(t('terms.saved'))
        onDone()
        return true
      }} />
  )
}

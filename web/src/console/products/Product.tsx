import { useState } from 'react'
import { ArrowLeft, Send, ShieldCheck } from 'lucide-react'
import { Link } from 'wouter'
import { TermsSummary } from '@/features/warranty/TermsSummary.tsx'
import { graphql } from '@/gql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Fact, Facts, Notice, PageHead } from '@/ui/parts.tsx'
import { Failed, Waiting } from '@/ui/states.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { Nothing } from '../kit/Nothing.tsx'
import { useAct } from '../kit/act.ts'
import { Panel } from '../kit/Panel.tsx'
import { useQuery } from '../kit/query.ts'
import { Wrong } from '../kit/Wrong.tsx'
import { TermsDialog } from '../terms/TermsDialog.tsx'
import { DecideProduct } from '../vetting/PendingProducts.tsx'
import { useMay, useViewer } from '../viewer.tsx'
import { Plans } from './Plans.tsx'
import { ProductBadge } from './status.tsx'
import { Variants } from './Variants.tsx'

const ProductDocument = graphql(`
  query ConsoleProduct($id: ID!) {
    product(id: $id) {
      id title brand kind description status statusNote
      supplier { id name }
      fields { name label required maxLength }
      warranty { ...TermsLook }
      plans { ...PlanLook }
      variants { ...VariantLook }
    }
  }
`)
const SubmitDocument = graphql(`
  mutation ConsoleProductSubmit($input: ProductDecisionInput!) { productSubmit(input: $input) { product { id status statusNote } errors { code message path } } }
`)
const TermsSetDocument = graphql(`
  mutation ConsoleProductWarranty($input: ProductWarrantySetInput!) { productWarrantySet(input: $input) { product { id warranty { version } } errors { code message path } } }
`)

/** One product: what it is made of, what is in stock, what it promises, and what the operator says about it. */
export default function Product({ params }: { params: Record<string, string> }) {
  const { t } = useWords()
  const { tenant } = useViewer()
  const may = useMay()
  const id = params.id ?? ''
  const [{ data, error }, again] = useQuery({ query: ProductDocument, variables: { id }, requestPolicy: 'cache-and-network' })
  const [open, setOpen] = useState<'terms' | 'approve' | 'reject' | null>(null)
  const submit = useAct(SubmitDocument)
  const terms = useAct(TermsSetDocument)
  const fresh = () => again({ requestPolicy: 'network-only' })
  if (error && !data) return <Failed error={error} retry={fresh} />
  if (!data) return <Waiting />
  const product = data.product
  if (!product) return <Nothing />
  const owns = product.supplier.id === tenant.id && may('product:write')
  const decides = may('product:decide') && product.status === 'SUBMITTED'
  const hand = async () => {
    if (await submit.act({ input: { productId: product.id } })) toast(t('product.submitted'))
  }
  return (
    <>
      <Link href="/products" className="mb-3 inline-flex min-h-9 items-center gap-2 text-sm text-muted hover:text-ink"><ArrowLeft className="size-4" aria-hidden />{t('place.products')}</Link>
      <PageHead title={product.title}
        actions={
          <>
            {owns && (product.status === 'DRAFT' || product.status === 'REJECTED') && <Button kind="primary" busy={submit.busy} icon={<Send className="size-4" aria-hidden />} onClick={() => void hand()}>{t('product.submit')}</Button>}
            {decides && <Button kind="danger" onClick={() => setOpen('reject')}>{t('product.reject')}</Button>}
            {decides && <Button kind="primary" onClick={() => setOpen('approve')}>{t('product.approve')}</Button>}
          </>
        }>
        <span className="flex flex-wrap items-center gap-2 text-sm"><ProductBadge status={product.status} />{t(`kind.${product.kind}`)}{product.brand && <> · {product.brand}</>} · {product.supplier.name}</span>
      </PageHead>
      <div className="flex flex-col gap-4">
        <Wrong lines={submit.wrong} />
        {product.statusNote && <Notice tone={product.status === 'REJECTED' ? 'bad' : 'info'} title={t('product.note')}>{product.statusNote}</Notice>}
        <Variants variants={product.variants} onSale={product.status === 'APPROVED'} />
        <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
          <Panel title={t('product.terms')} actions={owns && <Button size="sm" icon={<ShieldCheck className="size-4" aria-hidden />} onClick={() => setOpen('terms')}>{t('kit.change')}</Button>}>
            <TermsSummary terms={product.warranty} />
          </Panel>
          <div className="flex min-w-0 flex-col gap-4">
            <Panel title={t('product.about')}>
              <p className="text-sm whitespace-pre-line">{product.description || <span className="text-muted">{t('product.noDescription')}</span>}</p>
              {product.fields.length > 0 && (
                <>
                  <h3 className="mt-4 mb-2 text-sm font-medium">{t('product.asks')}</h3>
                  <Facts>{product.fields.map((field) => <Fact key={field.name} term={field.label}>{t(field.required ? 'product.field.required' : 'product.field.free', { most: field.maxLength })}</Fact>)}</Facts>
                </>
              )}
            </Panel>
            <Plans productId={product.id} plans={product.plans} currency={product.variants[0]?.settlementPrice?.currency ?? 'CNY'} writes={owns} />
          </div>
        </div>
      </div>
      <TermsDialog open={open === 'terms'} onClose={() => setOpen(null)} terms={product.warranty} lead={t('product.terms.lead')} busy={terms.busy} wrong={terms.wrong}
        onSave={async (warranty) => {
          if (!warranty || !(await terms.act({ input: { productId: product.id, warranty } }))) return false
          toast(t('terms.saved'))
          fresh()
          return true
        }} />
      {(open === 'approve' || open === 'reject') && <DecideProduct key={open} product={product} decision={open} onClose={() => setOpen(null)} onDone={fresh} />}
    </>
  )
}

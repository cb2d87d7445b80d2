import { useState } from 'react'
import { PackageCheck } from 'lucide-react'
import { graphql } from '@/gql'
import type { SubmittedProductsQuery } from '@/gql/graphql'
import { TermsSummary } from '@/features/warranty/TermsSummary.tsx'
import { useWords } from '@/lib/i18n.tsx'
import { usePages } from '@/lib/pages.ts'
import { Button } from '@/ui/Button.tsx'
import { More } from '@/ui/More.tsx'
import { Badge, Card, EmptyState, Notice, Skeleton } from '@/ui/parts.tsx'
import { Failed } from '@/ui/states.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { Ask } from '../kit/Ask.tsx'

const SubmittedProductsDocument = graphql(`
  query SubmittedProducts($first: Int, $after: String) {
    products(first: $first, after: $after, status: SUBMITTED) {
      nodes {
        id title brand kind description statusNote
        supplier { id name }
        fields { name label required }
        variants { id sku title fulfilment settlementPrice { amount currency } }
        warranty { ...TermsLook }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`)
const VetApproveDocument = graphql(`
  mutation VetProductApprove($input: ProductDecisionInput!) { productApprove(input: $input) { product { id status } errors { code message path } } }
`)
const VetRejectDocument = graphql(`
  mutation VetProductReject($input: ProductDecisionInput!) { productReject(input: $input) { product { id status } errors { code message path } } }
`)
type Product = NonNullable<SubmittedProductsQuery['products']>['nodes'][number]
type Decision = 'approve' | 'reject'

/** Goods that wait to be let on sale, each whole: what it is, what it costs, what is promised. */
export function PendingProducts() {
  const { t } = useWords()
  const [deciding, setDeciding] = useState<{ product: Product; decision: Decision } | null>(null)
  const { rows, loading, error, more, retry, reload } = usePages(SubmittedProductsDocument, {}, (data) => data.products, { first: 10 })
  if (error && rows.length === 0) return <Failed error={error} retry={retry} />
  return (
    <div className="flex flex-col gap-4">
      {!loading && rows.length === 0 && <EmptyState icon={<PackageCheck />} title={t('vetting.products.none')}>{t('vetting.products.none.why')}</EmptyState>}
      <ul className="flex flex-col gap-4">
        {rows.map((product) => <ProductCard key={product.id} product={product} decide={(decision) => setDeciding({ product, decision })} />)}
      </ul>
      {loading && <Skeleton className="h-40" />}
      <More more={more} loading={loading} error={error} retry={retry} />
      {deciding && <DecideProduct key={deciding.decision} {...deciding} onClose={() => setDeciding(null)} onDone={reload} />}
    </div>
  )
}

function ProductCard({ product, decide }: { product: Product; decide: (decision: Decision) => void }) {
  const { t, money } = useWords()
  return (
    <Card as="li">
      <div className="mb-4 flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          <h2 className="text-lg font-semibold">{product.title}</h2>
          <p className="mt-1 flex flex-wrap items-center gap-2 text-sm text-muted">
            <Badge>{t(`kind.${product.kind}`)}</Badge>
            {product.brand && <span>{product.brand}</span>}
            <span>{t('vetting.by', { name: product.supplier.name })}</span>
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          <Button kind="danger" onClick={() => decide('reject')}>{t('vetting.reject')}</Button>
          <Button kind="primary" onClick={() => decide('approve')}>{t('vetting.approve')}</Button>
        </div>
      </div>
      {product.statusNote && <div className="mb-4"><Notice tone="neutral" title={t('vetting.before')}>{product.statusNote}</Notice></div>}
      <div className="grid gap-6 md:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4">
          {product.description && <p className="text-sm whitespace-pre-line">{product.description}</p>}
          <div>
            <h3 className="mb-1 text-sm font-medium">{t('vetting.variants')}</h3>
            <ul className="flex flex-col divide-y divide-line text-sm">
              {product.variants.map((variant) => (
                <li key={variant.id} className="flex flex-wrap justify-between gap-x-3 py-2">
                  <span>{variant.title} <span className="font-mono text-xs text-muted">{variant.sku}</span></span>
                  <span className="tabular-nums">{variant.settlementPrice ? money(variant.settlementPrice) : '—'}</span>
                </li>
              ))}
            </ul>
          </div>
          {product.fields.length > 0 && <p className="text-sm text-muted">{t('vetting.asks', { list: product.fields.map((field) => field.label).join(t('word.comma')) })}</p>}
        </div>
        <TermsSummary terms={product.warranty} />
      </div>
    </Card>
  )
}

export function DecideProduct({ product, decision, onClose, onDone }: { product: Pick<Product, 'id' | 'title'>; decision: Decision; onClose: () => void; onDone: () => void }) {
  const { t } = useWords()
  const { act, busy, wrong } = useAct(decision === 'approve' ? VetApproveDocument : (VetRejectDocument as typeof VetApproveDocument & typeof VetRejectDocument))
  return (
    <Ask open onClose={onClose} title={`${t(`vetting.${decision}`)} · ${product.title}`} say={t('vetting.note')} sayHint={t('vetting.note.hint')} required={decision === 'reject'}
      confirm={t(`vetting.${decision}`)} kind={decision === 'approve' ? 'primary' : 'danger'} busy={busy} wrong={wrong}
      onConfirm={async (note) => {
        if (!(await act({ input: { productId: product.id, note: note || null } }))) return false
        toast(t(`vetting.done.${decision}`, { title: product.title }))
        onDone()
        return true
      }}>
      <Notice tone={decision === 'approve' ? 'info' : 'warn'}>{t(`vetting.means.${decision}`)}</Notice>
    </Ask>
  )
}

import { useState, type FormEvent } from 'react'
import { ArrowLeft } from 'lucide-react'
import { Link, useLocation } from 'wouter'
import { graphql } from '@/gql'
import type { ProductKind } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Checkbox, Select, TextArea, TextField } from '@/ui/Field.tsx'
import { PageHead } from '@/ui/parts.tsx'
import { toast } from '@/ui/Toasts.tsx'
import { useAct } from '../kit/act.ts'
import { Panel } from '../kit/Panel.tsx'
import { Wrong } from '../kit/Wrong.tsx'
import { useCurrency } from '../prices/currency.ts'
import { firstDraft, inputOf } from '../terms/terms.ts'
import { TermsEditor } from '../terms/TermsEditor.tsx'
import { fieldInput, freshVariant, variantInput, type FieldDraft, type VariantDraft } from './draft.ts'
import { FieldFields } from './FieldFields.tsx'
import { productKinds } from './status.tsx'
import { VariantFields } from './VariantFields.tsx'

const CreateDocument = graphql(`
  mutation ConsoleProductCreate($input: ProductCreateInput!) { productCreate(input: $input) { product { id } errors { code message path } } }
`)
const HandInDocument = graphql(`
  mutation ConsoleProductHandIn($input: ProductDecisionInput!) { productSubmit(input: $input) { product { id status } errors { code message path } } }
`)

/** A product being written: what it is, what it is sold as, what the buyer is asked, what it promises. */
export default function NewProduct() {
  const { t } = useWords()
  const currency = useCurrency()
  const [, go] = useLocation()
  const [about, setAbout] = useState({ title: '', brand: '', description: '', kind: 'CARD' as ProductKind })
  const [variants, setVariants] = useState<VariantDraft[]>([freshVariant(0)])
  const [fields, setFields] = useState<FieldDraft[]>([])
  const [own, setOwn] = useState(false)
  const [terms, setTerms] = useState(firstDraft)
  const create = useAct(CreateDocument, ['title', 'brand', 'description'])
  const handIn = useAct(HandInDocument)
  const variantInputs = variants.map((draft) => variantInput(draft, currency)).filter((one) => one !== null)
  const fieldInputs = fields.map(fieldInput).filter((one) => one !== null)
  const warranty = own ? inputOf(terms) : null
  const ready = about.title.trim() !== '' && variantInputs.length === variants.length && fieldInputs.length === fields.length && (!own || warranty !== null)
  const save = async (submit: boolean) => {
    if (!ready) return
    const done = await create.act({
      input: { title: about.title.trim(), kind: about.kind, brand: about.brand.trim() || null, description: about.description.trim() || null, variants: variantInputs, fields: fieldInputs, warranty },
    })
    const id = done?.productCreate.product?.id
    if (!id) return scrollTo(0, 0)
    if (submit && (await handIn.act({ input: { productId: id } }))) toast(t('product.submitted'))
    else toast(t('product.saved'))
    go(`/products/${id}`)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void save(true)
  }
  const busy = create.busy || handIn.busy
  return (
    <>
      <Link href="/products" className="mb-3 inline-flex min-h-9 items-center gap-2 text-sm text-muted hover:text-ink"><ArrowLeft className="size-4" aria-hidden />{t('place.products')}</Link>
      <PageHead title={t('products.new')}>{t('product.new.lead')}</PageHead>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Wrong lines={create.wrong} />
        <Panel title={t('product.about')}>
          <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
            <TextField label={t('products.title')} required maxLength={120} value={about.title} error={create.at('title')} onChange={(event) => setAbout({ ...about, title: event.target.value })} />
            <Select label={t('listings.kind')} value={about.kind} onChange={(event) => setAbout({ ...about, kind: event.target.value as ProductKind })}>
              {productKinds.map((kind) => <option key={kind} value={kind}>{t(`kind.${kind}`)}</option>)}
            </Select>
            <TextField label={t('product.brand')} hint={t('product.brand.hint')} maxLength={60} value={about.brand} error={create.at('brand')} onChange={(event) => setAbout({ ...about, brand: event.target.value })} />
            <div className="sm:col-span-2">
              <TextArea label={t('product.description')} maxLength={4000} value={about.description} error={create.at('description')} onChange={(event) => setAbout({ ...about, description: event.target.value })} />
            </div>
          </div>
        </Panel>
        <VariantFields variants={variants} currency={currency} onChange={setVariants} />
        <FieldFields fields={fields} onChange={setFields} />
        <Panel title={t('product.terms')} lead={t('product.terms.new')}>
          <Checkbox label={t('product.terms.own')} hint={t('product.terms.own.hint')} checked={own} onChange={(event) => setOwn(event.target.checked)} />
          {own && <div className="mt-4"><TermsEditor draft={terms} onChange={setTerms} /></div>}
        </Panel>
        <div className="flex flex-wrap justify-end gap-2">
          <Button busy={busy} disabled={!ready} onClick={() => void save(false)}>{t('product.save')}</Button>
          <Button type="submit" kind="primary" busy={busy} disabled={!ready}>{t('product.saveAndSubmit')}</Button>
        </div>
      </form>
    </>
  )
}

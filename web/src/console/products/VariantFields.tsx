import { Plus, Trash2 } from 'lucide-react'
import type { Allocation, Fulfilment } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Select, TextField } from '@/ui/Field.tsx'
import { MoneyField } from '../kit/MoneyField.tsx'
import { Panel } from '../kit/Panel.tsx'
import { allocations, freshVariant, type VariantDraft } from './draft.ts'

/** What a product is sold as, each a block of its own. */
export function VariantFields({ variants, currency, onChange }: { variants: VariantDraft[]; currency: string; onChange: (variants: VariantDraft[]) => void }) {
  const { t } = useWords()
  const set = (key: number, change: Partial<VariantDraft>) => onChange(variants.map((one) => (one.key === key ? { ...one, ...change } : one)))
  const add = () => onChange([...variants, freshVariant(Math.max(...variants.map((one) => one.key)) + 1)])
  return (
    <Panel title={t('products.variants')} lead={t('variants.lead')}>
      <div className="flex flex-col gap-4">
        {variants.map((draft, index) => (
          <fieldset key={draft.key} className="rounded-md border border-line p-4">
            <legend className="px-1 text-sm font-medium">{draft.title.trim() || t('variants.one', { number: index + 1 })}</legend>
            <div className="grid grid-cols-1 gap-4 sm:grid-cols-2 lg:grid-cols-4">
              <div className="lg:col-span-2"><TextField label={t('variants.title')} required maxLength={120} value={draft.title} onChange={(event) => set(draft.key, { title: event.target.value })} /></div>
              <TextField label={t('variants.sku')} required maxLength={64} className="font-mono" value={draft.sku} onChange={(event) => set(draft.key, { sku: event.target.value })} />
              <Select label={t('variants.fulfilment')} value={draft.fulfilment} onChange={(event) => set(draft.key, { fulfilment: event.target.value as Fulfilment | '' })}>
                <option value="">{t('variants.fulfilment.usual')}</option>
                <option value="STOCK">{t('variants.fulfilment.STOCK')}</option>
                <option value="MANUAL">{t('variants.fulfilment.MANUAL')}</option>
              </Select>
              <MoneyField label={t('variants.settlement')} hint={t('variants.settlement.hint')} currency={currency} value={draft.settlement} onChange={(settlement) => set(draft.key, { settlement })} />
              <MoneyField label={t('variants.minimum')} hint={t('variants.minimum.hint')} currency={currency} required={false} value={draft.minimum} onChange={(minimum) => set(draft.key, { minimum })} />
              <Select label={t('variants.allocation')} value={draft.allocation} onChange={(event) => set(draft.key, { allocation: event.target.value as Allocation })}>
                {allocations.map((one) => <option key={one} value={one}>{t(`variants.allocation.${one}`)}</option>)}
              </Select>
              <TextField label={t('variants.lowStock')} hint={t('variants.lowStock.hint')} inputMode="numeric" value={draft.lowStock} onChange={(event) => set(draft.key, { lowStock: event.target.value })} />
            </div>
            {variants.length > 1 && (
              <div className="mt-3 flex justify-end">
                <Button size="sm" kind="quiet" icon={<Trash2 className="size-4" aria-hidden />} aria-label={t('variants.remove', { number: index + 1 })} onClick={() => onChange(variants.filter((one) => one.key !== draft.key))}>{t('product.remove')}</Button>
              </div>
            )}
          </fieldset>
        ))}
        {variants.length < 100 && <Button className="self-start" icon={<Plus className="size-4" aria-hidden />} onClick={add}>{t('variants.add')}</Button>}
      </div>
    </Panel>
  )
}

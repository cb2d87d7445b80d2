import { Plus, Trash2 } from 'lucide-react'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { Checkbox, TextField } from '@/ui/Field.tsx'
import { Panel } from '../kit/Panel.tsx'
import { freshField, type FieldDraft } from './draft.ts'

/** What the buyer is asked with the order, e.g. the account that a top-up goes to. */
export function FieldFields({ fields, onChange }: { fields: FieldDraft[]; onChange: (fields: FieldDraft[]) => void }) {
  const { t } = useWords()
  const set = (key: number, change: Partial<FieldDraft>) => onChange(fields.map((one) => (one.key === key ? { ...one, ...change } : one)))
  return (
    <Panel title={t('product.asks')} lead={t('product.asks.lead')}>
      <div className="flex flex-col gap-4">
        {fields.map((draft, index) => (
          <div key={draft.key} role="group" aria-label={t('product.field.one', { number: index + 1 })} className="grid grid-cols-1 items-end gap-4 sm:grid-cols-[2fr_1fr_auto_auto]">
            <TextField label={t('product.field.label')} required maxLength={60} value={draft.label} onChange={(event) => set(draft.key, { label: event.target.value })} />
            <TextField label={t('product.field.most')} required inputMode="numeric" value={draft.most} onChange={(event) => set(draft.key, { most: event.target.value })} />
            <Checkbox label={t('product.field.must')} checked={draft.required} onChange={(event) => set(draft.key, { required: event.target.checked })} />
            <Button kind="quiet" icon={<Trash2 className="size-4" aria-hidden />} aria-label={t('product.field.remove', { number: index + 1 })} onClick={() => onChange(fields.filter((one) => one.key !== draft.key))}>{t('product.remove')}</Button>
          </div>
        ))}
        {fields.length < 20 && <Button className="self-start" icon={<Plus className="size-4" aria-hidden />} onClick={() => onChange([...fields, freshField(Math.max(-1, ...fields.map((one) => one.key)) + 1)])}>{t('product.field.add')}</Button>}
      </div>
    </Panel>
  )
}

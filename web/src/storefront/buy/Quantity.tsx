import { useId, useState } from 'react'
import { Minus, Plus } from 'lucide-react'
import { useWords } from '@/lib/i18n.tsx'
import { most } from './basket.ts'

/** How many: typed, or stepped by one. */
export function Quantity({ value, onChange }: { value: number; onChange: (quantity: number) => void }) {
  const { t } = useWords()
  const id = useId()
  const [text, setText] = useState<string | null>(null)
  const within = (count: number) => Math.min(most, Math.max(1, Math.trunc(count) || 1))
  const set = (count: number) => {
    setText(null)
    onChange(within(count))
  }
  const step = 'grid size-11 shrink-0 place-items-center rounded-md border border-line-strong bg-surface hover:bg-sunken disabled:opacity-55'
  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <label htmlFor={id} className="text-sm font-medium">{t('buy.quantity')}</label>
      <div className="flex items-center gap-2">
        <button type="button" className={step} aria-label={t('buy.quantity.less')} disabled={value <= 1} onClick={() => set(value - 1)}><Minus className="size-4" aria-hidden /></button>
        <input id={id} inputMode="numeric" className="h-11 w-16 rounded-md border border-line-strong bg-surface text-center tabular-nums" value={text ?? String(value)}
          onChange={(event) => {
            const typed = event.target.value.replace(/\D/g, '').slice(0, 4)
            setText(typed)
            if (typed) onChange(within(Number(typed)))
          }}
          onBlur={() => set(value)} />
        <button type="button" className={step} aria-label={t('buy.quantity.more')} disabled={value >= most} onClick={() => set(value + 1)}><Plus className="size-4" aria-hidden /></button>
      </div>
    </div>
  )
}

import { Tag, X } from 'lucide-react'
import { useWords } from '@/lib/i18n.tsx'
import { Button } from '@/ui/Button.tsx'
import { TextField } from '@/ui/Field.tsx'
import { Card } from '@/ui/parts.tsx'

type Props = { text: string; applied: string | null; wrong: string | null; onText: (text: string) => void; onApply: (coupon: string | null) => void }

/** A code that makes it cheaper. The quote says whether it holds. */
export function Coupon({ text, applied, wrong, onText, onApply }: Props) {
  const { t } = useWords()
  if (applied && !wrong) {
    return (
      <Card as="div" className="flex items-center gap-3">
        <Tag className="size-5 shrink-0 text-good" aria-hidden />
        <p className="min-w-0 flex-1" role="status">{t('buy.coupon.applied', { code: applied })}</p>
        <Button size="sm" kind="quiet" icon={<X className="size-4" aria-hidden />} onClick={() => onApply(null)}>{t('buy.coupon.remove')}</Button>
      </Card>
    )
  }
  return (
    <Card as="div" className="flex items-end gap-2">
      <div className="min-w-0 flex-1">
        <TextField label={t('buy.coupon')} value={text} maxLength={60} autoComplete="off" autoCapitalize="characters" error={wrong ?? undefined}
          onChange={(event) => { onText(event.target.value); if (applied) onApply(null) }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return
            event.preventDefault()
            onApply(text.trim() || null)
          }} />
      </div>
      <Button disabled={!text.trim()} className={wrong ? 'mb-7' : undefined} onClick={() => onApply(text.trim())}>{t('buy.coupon.apply')}</Button>
    </Card>
  )
}

import { Star } from 'lucide-react'
import { useWords } from '@/lib/i18n.tsx'
import { cx } from '@/ui/classes.ts'

/** So many of five stars, chosen as a radio button is. */
export function StarInput({ name, label, value, onChange }: { name: string; label: string; value: number; onChange: (stars: number) => void }) {
  const { t } = useWords()
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-medium">{label}</legend>
      <div className="flex">
        {[1, 2, 3, 4, 5].map((star) => (
          <label key={star} className="grid size-11 cursor-pointer place-items-center rounded-md has-focus-visible:outline-2 has-focus-visible:outline-accent-ink">
            <input type="radio" name={name} value={star} checked={value === star} onChange={() => onChange(star)} className="sr-only" />
            <Star className={cx('size-7 text-warn', star <= value && 'fill-current')} aria-hidden />
            <span className="sr-only">{t('standing.of5', { value: star })}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

import { useWords } from '@/lib/i18n.tsx'
import { cx } from '@/ui/classes.ts'

/** A triage score: how far from 50, where the record says nothing. Never a verdict. */
export function Score({ value }: { value: number }) {
  const { t } = useWords()
  const size = Math.abs(value - 50)
  return (
    <span className="inline-flex items-center gap-2">
      <svg viewBox="0 0 100 6" className="h-1.5 w-12 rounded-full bg-sunken" preserveAspectRatio="none" aria-hidden>
        <rect x={value < 50 ? 50 - size : 50} width={size} height="6" className={value < 50 ? 'fill-warn' : 'fill-good'} />
        <rect x="49.5" width="1" height="6" className="fill-line-strong" />
      </svg>
      <span className={cx('font-medium tabular-nums')}>{value}<span className="sr-only">{t('claimDesk.of100')}</span></span>
    </span>
  )
}

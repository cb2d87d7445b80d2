import type { Line } from '@/lib/live.ts'
import { useWords } from '@/lib/i18n.tsx'
import { cx } from '@/ui/classes.ts'

/** Whether what is shown is live. Nothing where the viewer may not follow what happens. */
export function LineState({ line }: { line: Line | null }) {
  const { t } = useWords()
  if (!line) return null
  return (
    <span role="status" className="inline-flex items-center gap-2 text-xs text-muted">
      <span aria-hidden className={cx('size-2 rounded-full', line === 'live' ? 'bg-good' : line === 'lost' ? 'bg-bad' : 'animate-pulse bg-warn')} />
      {t(`pulse.${line}`)}
    </span>
  )
}

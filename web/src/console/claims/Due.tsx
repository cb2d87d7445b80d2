import { PauseCircle } from 'lucide-react'
import { useWords } from '@/lib/i18n.tsx'
import { useNow } from '@/lib/time.ts'
import { cx } from '@/ui/classes.ts'

/** How long a desk still has, or by how much it is late. */
export function Due({ at, paused }: { at: string | null; paused: boolean }) {
  const { t, span, time } = useWords()
  const now = useNow(10_000)
  if (!at) return <span className="inline-flex items-center gap-1.5 text-muted">{paused ? <><PauseCircle className="size-4" aria-hidden />{t('claimDesk.due.paused')}</> : '—'}</span>
  const left = (Date.parse(at) - now) / 1000
  return (
    <span>
      <span className={cx('block font-medium whitespace-nowrap tabular-nums', left <= 0 ? 'text-bad' : left < 3600 ? 'text-warn' : 'text-ink')}>
        {left <= 0 ? t('claimDesk.due.late.by', { span: span(Math.max(60, -left)) }) : t('claimDesk.due.in', { span: span(Math.max(60, left)) })}
      </span>
      <time dateTime={at} className="block text-xs text-muted">{time(at)}</time>
    </span>
  )
}

import { Radio, Unplug } from 'lucide-react'
import type { Line } from '@/lib/live.ts'
import { useWords } from '@/lib/i18n.tsx'
import { cx } from '@/ui/classes.ts'

/** Whether what is shown follows what happens, or may be old. */
export function LineNotice({ line }: { line: Line }) {
  const { t } = useWords()
  const lost = line === 'lost'
  return (
    <span role="status" className={cx('inline-flex items-center gap-2 text-sm', lost && 'font-medium text-warn')}>
      {lost ? <Unplug className="size-4 shrink-0" aria-hidden /> : <Radio className={cx('size-4 shrink-0', line === 'live' && 'text-good')} aria-hidden />}
      {t(`follow.${line}`)}
    </span>
  )
}

import { Clock, PauseCircle } from 'lucide-react'
import type { ClaimDesk, ClaimStatus } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { useNow } from '@/lib/time.ts'
import { cx } from '@/ui/classes.ts'

/** Who has to act on a claim, and how long they still have. Stands still while the buyer is asked. */
export function ClaimClock({ claim }: { claim: { status: ClaimStatus; desk?: ClaimDesk | null; dueAt?: string | null } }) {
  const { t, span, time } = useWords()
  const now = useNow(1000)
  if (!claim.desk) return null
  if (!claim.dueAt) {
    return (
      <span className="inline-flex items-center gap-2 text-sm text-warn">
        <PauseCircle className="size-4 shrink-0" aria-hidden />{t(claim.status === 'INFO_REQUESTED' ? 'claim.clock.paused' : 'claim.clock.none', { desk: t(`desk.${claim.desk}`) })}
      </span>
    )
  }
  const left = (Date.parse(claim.dueAt) - now) / 1000
  return (
    <span className={cx('inline-flex items-center gap-2 text-sm tabular-nums', left <= 0 ? 'text-bad' : left < 3600 ? 'text-warn' : 'text-muted')} title={time(claim.dueAt, 'long')}>
      <Clock className="size-4 shrink-0" aria-hidden />
      {left > 0
        ? t('claim.clock.left', { desk: t(`desk.${claim.desk}`), span: span(left) })
        : t('claim.clock.late', { desk: t(`desk.${claim.desk}`), span: span(-left) })}
    </span>
  )
}

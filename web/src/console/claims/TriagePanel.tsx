import { useWords } from '@/lib/i18n.tsx'
import { cx } from '@/ui/classes.ts'
import { Panel } from '../kit/Panel.tsx'
import type { Claim } from './claim.ts'
import { Score } from './Score.tsx'

/** What the record says for and against a claim, weightiest first. */
export function TriagePanel({ triage }: { triage: NonNullable<Claim['triage']> }) {
  const { t } = useWords()
  return (
    <Panel title={t('claimDesk.triage')} lead={t('claimDesk.triage.lead')} actions={<Score value={triage.score} />}>
      {triage.reasons.length === 0 ? <p className="text-sm text-muted">{t('claimDesk.triage.none')}</p> : (
        <ul className="flex flex-col gap-2 text-sm">
          {triage.reasons.map((reason) => (
            <li key={reason.code} className="flex items-start justify-between gap-3">
              <span>{t(`claimDesk.hint.${reason.code}`)}</span>
              <span className={cx('shrink-0 rounded-full px-2 font-medium tabular-nums', reason.weight < 0 ? 'bg-warn-soft text-warn' : 'bg-good-soft text-good')}>
                {reason.weight > 0 ? `+${reason.weight}` : `−${-reason.weight}`}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

import { Check, Minus, X } from 'lucide-react'
import { useWords } from '@/lib/i18n.tsx'
import { Panel } from '../kit/Panel.tsx'
import type { Claim } from './claim.ts'

const marks = { PASSED: <Check className="size-4 text-good" aria-hidden />, FAILED: <X className="size-4 text-bad" aria-hidden />, SKIPPED: <Minus className="size-4 text-muted" aria-hidden /> }

/** What the buyer says, what the buyer would like, and what was tried before. */
export function Said({ claim }: { claim: Claim }) {
  const { t, time, language } = useWords()
  return (
    <Panel title={t('claimDesk.said')} lead={t('claimDesk.said.at', { at: time(claim.openedAt) })}>
      <blockquote className="border-l-4 border-accent pl-4 text-base whitespace-pre-line">{claim.description}</blockquote>
      {claim.wanted && <p className="mt-3 text-sm"><span className="text-muted">{t('claimDesk.wanted')} </span><span className="font-medium">{t(`remedy.${claim.wanted}`)}</span></p>}
      {claim.selfCheck.length > 0 && (
        <div className="mt-4 border-t border-line pt-4">
          <h3 className="mb-2 text-sm font-semibold">{t('claimDesk.tried')}</h3>
          <ol className="flex flex-col gap-2 text-sm">
            {claim.selfCheck.map((step, index) => (
              <li key={index} className="flex items-start gap-2">
                <span className="mt-0.5 shrink-0">{marks[step.outcome]}</span>
                <span>
                  {language === 'en' ? step.en : step.zh} <span className="text-muted">— {t(`claimDesk.outcome.${step.outcome}`)}</span>
                  {step.note && <q className="block text-muted">{step.note}</q>}
                </span>
              </li>
            ))}
          </ol>
        </div>
      )}
    </Panel>
  )
}

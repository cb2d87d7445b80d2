import type { SelfCheckOutcome } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { TextField } from '@/ui/Field.tsx'
import { cx } from '@/ui/classes.ts'
import type { ClaimDraft } from './draft.ts'

const outcomes: SelfCheckOutcome[] = ['PASSED', 'FAILED', 'SKIPPED']
type Said = ClaimDraft['checks'][number]

/** What often helps, tried before anybody is troubled; what came of it goes with the claim. */
export function SelfCheckStep({ checks, said, onSay }: {
  checks: readonly { step: number; en: string; zh: string }[]; said: ClaimDraft['checks']; onSay: (step: number, said: Said) => void
}) {
  const { t, language } = useWords()
  return (
    <>
      <p className="text-sm text-muted">{t('wizard.check.why')}</p>
      {checks.map(({ step, en, zh }) => {
        const now = said[step] ?? { outcome: 'SKIPPED' as const, note: '' }
        return (
          <fieldset key={step} className="flex flex-col gap-3 border-t border-line pt-4">
            <legend className="float-left font-medium">{step}. {language === 'en' ? en : zh}</legend>
            <div className="clear-both flex flex-wrap gap-2">
              {outcomes.map((outcome) => (
                <label key={outcome} className={cx('inline-flex min-h-11 cursor-pointer items-center gap-2 rounded-md border px-3 text-sm', now.outcome === outcome ? 'border-accent bg-accent-soft' : 'border-line-strong')}>
                  <input type="radio" name={`check-${step}`} className="size-4 accent-[var(--accent)]" checked={now.outcome === outcome} onChange={() => onSay(step, { ...now, outcome })} />
                  {t(`wizard.check.${outcome}`)}
                </label>
              ))}
            </div>
            {now.outcome === 'FAILED' && <TextField label={t('wizard.check.note')} value={now.note} maxLength={500} onChange={(event) => onSay(step, { ...now, note: event.target.value })} />}
          </fieldset>
        )
      })}
    </>
  )
}

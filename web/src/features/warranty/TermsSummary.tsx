import { BadgeCheck, CalendarClock, Camera, MessageCircleReply, RefreshCcw, ShieldX } from 'lucide-react'
import type { ReactNode } from 'react'
import { graphql } from '@/gql'
import type { TermsLookFragment } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'

export const TermsLook = graphql(`
  fragment TermsLook on WarrantyTerms {
    version durationSeconds remedies coveredReasons excludedReasons answerWithinSeconds decisionWithinSeconds appealWithinSeconds replacementLimit requiredEvidence
  }
`)

/** What a warranty promises, to be taken in at a glance. The full text stands beside it. */
export function TermsSummary({ terms }: { terms: TermsLookFragment }) {
  const { t, span } = useWords()
  const list = (names: string[]) => names.join(t('word.comma'))
  return (
    <ul className="flex flex-col gap-3.5">
      <Clause icon={<CalendarClock />} title={t('terms.duration', { span: span(terms.durationSeconds) })}>{t('terms.duration.why')}</Clause>
      <Clause icon={<RefreshCcw />} title={list(terms.remedies.map((remedy) => t(`remedy.${remedy}`)))}>
        {terms.remedies.includes('REPLACE') ? t('terms.remedies.limit', { count: terms.replacementLimit }) : t('terms.remedies.why')}
      </Clause>
      <Clause icon={<BadgeCheck />} title={t('terms.covered')}>{list(terms.coveredReasons.map((reason) => t(`claim.reason.${reason}`)))}</Clause>
      {terms.excludedReasons.length > 0 && (
        <Clause icon={<ShieldX />} title={t('terms.excluded')} bad>{list(terms.excludedReasons.map((reason) => t(`claim.reason.${reason}`)))}</Clause>
      )}
      <Clause icon={<MessageCircleReply />} title={t('terms.answer', { span: span(terms.answerWithinSeconds) })}>
        {t('terms.decision', { span: span(terms.decisionWithinSeconds) })} {t('terms.appeal', { span: span(terms.appealWithinSeconds) })}
      </Clause>
      {terms.requiredEvidence.length > 0 && (
        <Clause icon={<Camera />} title={t('terms.evidence', { kinds: list(terms.requiredEvidence.map((kind) => t(`evidence.kind.${kind}`))) })}>{t('terms.evidence.why')}</Clause>
      )}
    </ul>
  )
}

function Clause({ icon, title, children, bad }: { icon: ReactNode; title: string; children: ReactNode; bad?: boolean }) {
  return (
    <li className="flex gap-3">
      <span className={`grid size-9 shrink-0 place-items-center rounded-full [&>svg]:size-5 ${bad ? 'bg-warn-soft text-warn' : 'bg-accent-soft text-accent-ink'}`} aria-hidden>{icon}</span>
      <div className="min-w-0">
        <p className="font-medium">{title}</p>
        <p className="text-sm text-muted">{children}</p>
      </div>
    </li>
  )
}

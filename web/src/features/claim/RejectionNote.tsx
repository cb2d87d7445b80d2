import type { ReactNode } from 'react'
import { graphql } from '@/gql'
import type { RejectionLookFragment } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'
import { useNow } from '@/lib/time.ts'
import { Notice } from '@/ui/parts.tsx'

export const RejectionLook = graphql(`
  fragment RejectionLook on Rejection { reason note appealUntil }
`)

/** Why a claim was refused, in its desk's words, and how long that can be appealed against. */
export function RejectionNote({ rejection, action }: {
  rejection: RejectionLookFragment; action?: ReactNode
}) {
  const { t, span } = useWords()
  const now = useNow(1000)
  const left = rejection.appealUntil ? (Date.parse(rejection.appealUntil) - now) / 1000 : 0
  return (
    <Notice tone="bad" title={t('claim.rejection', { reason: t(`claim.reject.${rejection.reason}`) })} action={left > 0 ? action : undefined}>
      <span className="block whitespace-pre-line">{rejection.note}</span>
      <span className="mt-1 block" aria-live="off">{left > 0 ? t('claim.rejection.appeal', { span: span(left) }) : t('claim.rejection.final')}</span>
    </Notice>
  )
}

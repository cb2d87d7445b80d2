import { BadgeCheck } from 'lucide-react'
import { graphql } from '@/gql'
import type { QualificationLookFragment } from '@/gql/graphql'
import { useWords } from '@/lib/i18n.tsx'

export const QualificationLook = graphql(`
  fragment QualificationLook on Qualification { id title issuer number verifiedAt validUntil }
`)

/** What the goods' supplier may call itself, as the marketplace has verified. Never which supplier it is. */
export function Qualifications({ of }: { of: readonly QualificationLookFragment[] }) {
  const { t, time } = useWords()
  return (
    <ul className="flex flex-col gap-3">
      {of.map((one) => (
        <li key={one.id} className="flex gap-3">
          <BadgeCheck className="mt-0.5 size-5 shrink-0 text-good" aria-hidden />
          <div className="min-w-0 text-sm">
            <p className="text-base font-medium">{one.title}</p>
            <p className="text-muted">{one.issuer}{one.number && <> · {one.number}</>}</p>
            <p className="text-muted">
              {one.verifiedAt && t('qualification.verified', { at: time(one.verifiedAt, 'date') })}
              {one.validUntil && <> · {t('qualification.until', { at: time(one.validUntil, 'date') })}</>}
            </p>
          </div>
        </li>
      ))}
    </ul>
  )
}

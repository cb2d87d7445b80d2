import { graphql } from '@/gql'
import type { QualificationsDeskQuery, QualificationStatus } from '@/gql/graphql'
import type { Tone } from '@/ui/parts.tsx'

export const QualificationsDocument = graphql(`
  query QualificationsDesk($status: QualificationStatus) {
    qualifications(status: $status) { id title issuer number status submittedAt verifiedAt validUntil note tenant { id name } }
  }
`)
export type Qualification = NonNullable<QualificationsDeskQuery['qualifications']>[number]

export const qualificationTone: Record<QualificationStatus, Tone> = { PENDING: 'warn', VERIFIED: 'good', REJECTED: 'bad', EXPIRED: 'neutral' }
/** An empty list names no type by which a mutation could touch it. */
export const qualificationContext = { additionalTypenames: ['Qualification'] }

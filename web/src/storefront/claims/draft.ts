import type { ClaimableQuery, ClaimReason, RemedyKind, SelfCheckOutcome } from '@/gql/graphql'
import type { Sent } from '@/features/claim/useUploads.ts'
import { freshKey } from '@/lib/errors.ts'

export type ClaimLine = NonNullable<ClaimableQuery['order']>['lines'][number]

/** A claim that is being written. */
export type ClaimDraft = {
  checks: Record<number, { outcome: SelfCheckOutcome; note: string }>
  reason: ClaimReason | null
  description: string
  files: Sent[]
  wanted: RemedyKind | null
  /** Names the intention: sent twice, it is one claim. */
  key: string
}

export const emptyClaim = (): ClaimDraft => ({ checks: {}, reason: null, description: '', files: [], wanted: null, key: freshKey() })

/** Files that arrived longer ago can't be submitted any more. */
export const filesHold = 23 * 3_600_000

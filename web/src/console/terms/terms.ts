import type { ClaimReason, EvidenceKind, RemedyKind, TermsLookFragment, WarrantyTermsInput } from '@/gql/graphql'

/** Covered by every warranty, whoever writes it. */
export const alwaysCovered: readonly ClaimReason[] = ['NOT_DELIVERED', 'INVALID', 'NOT_AS_DESCRIBED']
export const reasons: readonly ClaimReason[] = [
  ...alwaysCovered, 'ALREADY_USED', 'WRONG_REGION_OR_EDITION', 'EXPIRED_EARLY', 'REVOKED', 'CANNOT_ACTIVATE',
]
export const remedyKinds: readonly RemedyKind[] = ['REPLACE', 'REFUND', 'PRORATA_REFUND', 'COMPENSATE']

/** What a claim can be made to need. That it was bought need not be shown. */
export const evidenceKinds: readonly EvidenceKind[] = ['SCREENSHOT', 'VIDEO', 'LOG', 'CHAT_EXCERPT']

export type Unit = 'hour' | 'day'
const unitSeconds: Record<Unit, number> = { hour: 3_600, day: 86_400 }

/** A length of time as a person writes it. */
export type Length = { count: string; unit: Unit }
export const lengthOf = (seconds: number): Length =>
  seconds % unitSeconds.day === 0 ? { count: String(seconds / unitSeconds.day), unit: 'day' } : { count: String(Math.round(seconds / unitSeconds.hour)), unit: 'hour' }
export function secondsOf({ count, unit }: Length): number | null {
  return /^\d{1,5}$/.test(count.trim()) && Number(count) > 0 ? Number(count) * unitSeconds[unit] : null
}

/** Terms that are being written. */
export type TermsDraft = { duration: Length; answer: Length; decision: Length; appeal: Length; covered: ClaimReason[]; remedies: RemedyKind[]; replacements: string; evidence: EvidenceKind[] }

export const draftOf = (terms: Omit<TermsLookFragment, '__typename' | 'version'>): TermsDraft => ({
  duration: lengthOf(terms.durationSeconds),
  answer: lengthOf(terms.answerWithinSeconds),
  decision: lengthOf(terms.decisionWithinSeconds),
  appeal: lengthOf(terms.appealWithinSeconds),
  covered: [...terms.coveredReasons],
  remedies: [...terms.remedies],
  replacements: String(terms.replacementLimit),
  evidence: [...terms.requiredEvidence],
})

/** What most goods are sold under; a kind's own minimum may ask for more. */
export const firstDraft: TermsDraft = {
  duration: { count: '3', unit: 'day' }, answer: { count: '8', unit: 'hour' }, decision: { count: '1', unit: 'day' }, appeal: { count: '7', unit: 'day' },
  covered: [...alwaysCovered, 'ALREADY_USED', 'CANNOT_ACTIVATE'], remedies: ['REPLACE', 'REFUND'], replacements: '3', evidence: [],
}

/** What is sent; null while something is missing or no number. */
export function inputOf(draft: TermsDraft): WarrantyTermsInput | null {
  const [durationSeconds, answerWithinSeconds, decisionWithinSeconds, appealWithinSeconds] = [draft.duration, draft.answer, draft.decision, draft.appeal].map(secondsOf)
  const replacementLimit = /^\d{1,3}$/.test(draft.replacements.trim()) ? Number(draft.replacements) : null
  if (!durationSeconds || !answerWithinSeconds || !decisionWithinSeconds || !appealWithinSeconds || replacementLimit === null || draft.remedies.length === 0) return null
  return {
    durationSeconds, answerWithinSeconds, decisionWithinSeconds, appealWithinSeconds, replacementLimit,
    coveredReasons: reasons.filter((reason) => alwaysCovered.includes(reason) || draft.covered.includes(reason)),
    remedies: draft.remedies,
    requiredEvidence: draft.evidence,
  }
}

/** The same as the terms that it would become, for showing them. */
export function preview(input: WarrantyTermsInput): TermsLookFragment {
  return {
    __typename: 'WarrantyTerms', version: '',
    durationSeconds: input.durationSeconds, decisionWithinSeconds: input.decisionWithinSeconds,
    answerWithinSeconds: input.answerWithinSeconds ?? Math.floor(input.decisionWithinSeconds / 3),
    appealWithinSeconds: input.appealWithinSeconds ?? 7 * unitSeconds.day,
    replacementLimit: input.replacementLimit ?? 3,
    requiredEvidence: [...(input.requiredEvidence ?? [])] as EvidenceKind[],
    coveredReasons: [...input.coveredReasons] as ClaimReason[], remedies: [...input.remedies] as RemedyKind[],
    excludedReasons: reasons.filter((reason) => !input.coveredReasons.includes(reason)),
  }
}

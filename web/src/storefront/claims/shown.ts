import type { ClaimPageQuery } from '@/gql/graphql'

export type ShownClaim = NonNullable<ClaimPageQuery['warrantyClaim']>
/** A claim on the page, and how the page is read anew. */
export type OfClaim = { claim: ShownClaim; refresh: () => void }

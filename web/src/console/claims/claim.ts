import { graphql } from '@/gql'
import type { ClaimDeskPageQuery } from '@/gql/graphql'

export const ClaimDocument = graphql(`
  query ClaimDeskPage($id: ID!) {
    warrantyClaim(id: $id) {
      id status desk dueAt answeredAt openedAt kind brand reason description wanted
      ...ClaimTimelineParts
      assignee { id displayName }
      delivery { id status deliveredAt revealedAt testedAt warrantyEndsAt }
      order {
        id number placedAt
        site { id name }
        lines {
          id title quantity
          unitPrice { amount currency }
          supply { unitCost { amount currency } unitPrice { amount currency } unitProfit { amount currency } }
          deliveries { id }
          warranty { ...TermsLook }
        }
      }
      selfCheck { zh en outcome note }
      triage { score reasons { code text weight } }
      evidence { ...EvidenceLook originalSha256 }
      evidenceMatches { claimId distance evidenceId exact submittedAt }
      messages { ...ClaimMessageLook }
      notes { at author { id displayName } body }
      offers { id party remedy bearer note madeAt status amount { amount currency } }
      rejection { reason note appealUntil }
      remedy { kind bearer amount { amount currency } replacement { id } }
      remedyOptions { kind hindrance amount { amount currency } }
      recall { id note }
    }
  }
`)
export type Claim = NonNullable<ClaimDeskPageQuery['warrantyClaim']>

/** The line that the claimed unit is of. */
export const lineOf = (claim: Claim) => claim.order.lines.find((line) => line.deliveries.some((one) => one.id === claim.delivery.id))

/** Whether whoever looks is the desk that has to decide now. */
export const decides = (claim: Claim, me: string | null): boolean =>
  claim.desk === me && me !== null && (claim.status === 'SUBMITTED' || claim.status === 'APPEALED')

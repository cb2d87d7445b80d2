import { graphql } from '@/gql'

export const ApproveDocument = graphql(`
  mutation ClaimApprove($input: WarrantyClaimApproveInput!) {
    warrantyClaimApprove(input: $input) { claim { id status desk } errors { code message path } }
  }
`)
export const RejectDocument = graphql(`
  mutation ClaimReject($input: WarrantyClaimRejectInput!) {
    warrantyClaimReject(input: $input) { claim { id status desk } errors { code message path } }
  }
`)
export const RequestInfoDocument = graphql(`
  mutation ClaimRequestInfo($input: WarrantyClaimNoteInput!) {
    warrantyClaimRequestInfo(input: $input) { claim { id status desk } errors { code message path } }
  }
`)
export const HandOverDocument = graphql(`
  mutation ClaimHandOver($input: WarrantyClaimNoteInput!) {
    warrantyClaimHandOver(input: $input) { claim { id status desk } errors { code message path } }
  }
`)
export const OfferMakeDocument = graphql(`
  mutation ClaimOfferMake($input: ClaimOfferMakeInput!) {
    claimOfferMake(input: $input) { offer { id status } errors { code message path } }
  }
`)
export const OfferAcceptDocument = graphql(`
  mutation ClaimOfferAccept($input: ClaimOfferAcceptInput!) {
    claimOfferAccept(input: $input) { claim { id status desk } errors { code message path } }
  }
`)
export const OfferDeclineDocument = graphql(`
  mutation ClaimOfferDecline($input: ClaimOfferDeclineInput!) {
    claimOfferDecline(input: $input) { offer { id status } errors { code message path } }
  }
`)
export const AssignDocument = graphql(`
  mutation ClaimAssign($input: WarrantyClaimAssignInput!) {
    warrantyClaimAssign(input: $input) { claim { id assignee { id displayName } } errors { code message path } }
  }
`)
export const PostDocument = graphql(`
  mutation DeskMessagePost($input: ClaimMessagePostInput!) {
    claimMessagePost(input: $input) { message { ...ClaimMessageLook } errors { code message path } }
  }
`)
export const ReadDocument = graphql(`
  mutation DeskMessageRead($input: ClaimMessageReadInput!) {
    claimMessageRead(input: $input) { claim { id messages { id readBy } } errors { code message path } }
  }
`)

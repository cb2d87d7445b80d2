//! What parties of a claim say, note and offer, through GraphQL.

use super::{
    super::{
        Ask,
        catalogue::RemedyKind,
        error,
        events::follow,
        identity::{User, visible_user},
        scalar::{DateTime, EventCursor, Money, MoneyInput},
        session::{id, nullable},
    },
    ClaimDesk, WarrantyClaimNoteInput, WarrantyClaimPayload,
    input::{claim_id, payload},
};
use crate::{
    events::EventType,
    foundation::{Currency, No, id::UserId},
    warranty::{
        ClaimId,
        offer::{self, MakeOffer},
        remedies, thread, triage,
    },
};
use async_graphql::{
    ComplexObject, Context, Enum, ID, InputObject, Object, Result, SimpleObject, Subscription,
};
use futures_util::{Stream, StreamExt, stream::BoxStream};

/// A message about a claim.
#[derive(Clone)]
pub struct ClaimMessage(pub thread::Message);

/// A message about a claim: read by its buyer, its site, its supplier and the operator.
#[Object]
impl ClaimMessage {
    /// Opaque; begins with cmm_.
    async fn id(&self) -> ID {
        ID(self.0.message_id.to_string())
    }
    /// Whose word it is.
    async fn party(&self) -> ClaimDesk {
        self.0.party.desk().into()
    }
    /// What is said.
    async fn body(&self) -> &str {
        &self.0.body
    }
    /// When.
    async fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }
    /// The parties that have read it, the one that wrote it apart; at most three.
    async fn read_by(&self) -> Vec<ClaimDesk> {
        self.0.read_by.iter().map(|party| party.desk().into()).collect()
    }
}

/// What a desk's own people noted.
#[derive(Clone)]
pub struct ClaimNote(pub thread::InternalNote);

/// What a desk's own people noted: nobody else reads it.
#[Object]
impl ClaimNote {
    /// What.
    async fn body(&self) -> &str {
        &self.0.body
    }
    /// When.
    async fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }
    /// Who; null for a program, and for whoever may not see that.
    async fn author(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        nullable(visible_user(ctx.session(), UserId(self.0.author_id))).await
    }
}

/// Where an offer stands.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "offer::OfferStatus")]
pub enum ClaimOfferStatus {
    /// The other side may accept it.
    Open,
    /// It was accepted, and is done.
    Accepted,
    /// It was not accepted.
    Declined,
    /// The claim moved on, or another offer took its place.
    Lapsed,
}

/// A remedy that one side offers and the other may accept.
#[derive(Clone)]
pub struct ClaimOffer {
    /// The offer.
    pub offer: offer::Offer,
    /// Of the network.
    pub currency: Currency,
}

/// A remedy that one side offers and the other may accept.
#[Object]
impl ClaimOffer {
    /// Opaque; begins with cof_.
    async fn id(&self) -> ID {
        ID(self.offer.offer_id.to_string())
    }
    /// Who made it.
    async fn party(&self) -> ClaimDesk {
        self.offer.party.desk().into()
    }
    /// Where it stands.
    async fn status(&self) -> ClaimOfferStatus {
        self.offer.status.into()
    }
    /// What the buyer would get.
    async fn remedy(&self) -> RemedyKind {
        self.offer.remedy.into()
    }
    /// How much; null where the remedy itself says.
    async fn amount(&self) -> Option<Money> {
        self.offer.amount.map(|amount| Money::minor(amount, self.currency))
    }
    /// Who would pay; null on a buyer's offer, where the desk says so when it accepts.
    async fn bearer(&self) -> Option<ClaimDesk> {
        self.offer.bearer.map(Into::into)
    }
    /// What is said.
    async fn note(&self) -> Option<&str> {
        self.offer.note.as_deref()
    }
    /// When.
    async fn made_at(&self) -> DateTime {
        DateTime(self.offer.made_at)
    }
    /// When it was accepted, declined, or lapsed.
    async fn ended_at(&self) -> Option<DateTime> {
        self.offer.ended_at.map(DateTime)
    }
}

/// Why a remedy can't be granted now.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "remedies::Hindrance")]
pub enum RemedyHindrance {
    /// No other is in stock.
    OutOfStock,
    /// It was replaced as often as the terms allow.
    ReplacedEnough,
    /// Nothing is left to give back.
    NothingLeft,
}

/// A remedy of the terms, as things stand.
#[derive(SimpleObject, Clone)]
pub struct RemedyOption {
    /// What.
    kind: RemedyKind,
    /// What it comes to at most; null for a replacement.
    amount: Option<Money>,
    /// Why not now; null where it can be granted.
    hindrance: Option<RemedyHindrance>,
}

impl RemedyOption {
    /// In the network's currency.
    pub fn of(option: remedies::RemedyOption, currency: Currency) -> Self {
        Self {
            kind: option.kind.into(),
            amount: option.amount.map(|amount| Money::minor(amount, currency)),
            hindrance: option.hindrance.map(Into::into),
        }
    }
}

/// Why a claim is likelier to be right, or less.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "triage::Hint")]
pub enum TriageHint {
    /// NOT_DELIVERED, and its content was never shown.
    NeverRevealed,
    /// Somebody other than the buyer was shown its content.
    RevealedToAnother,
    /// Others of the same import are claimed.
    BatchClaimed,
    /// A step of the self-check failed.
    SelfCheckFailed,
    /// Claimed within an hour of being shown.
    ClaimedSoon,
    /// Claimed in the last tenth of the time, though it was shown in the first half.
    ClaimedLate,
    /// The buyer said that it works.
    SaidToWork,
    /// NOT_DELIVERED, and its content was shown to the buyer.
    RevealedToBuyer,
    /// The buyer claims half of what it buys, three times or more in 30 days.
    SerialClaimant,
    /// A file of the buyer's, or one that looks the same, was shown before for another order.
    EvidenceReused,
}

/// What the record says about a claim. Nothing is refused by it.
#[derive(SimpleObject, Clone)]
pub struct Triage {
    /// 0 to 100; higher is likelier right, 50 says nothing.
    score: i32,
    /// Every reason for the score, the weightiest first; at most ten.
    reasons: Vec<TriageReason>,
}

/// A reason of a score.
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct TriageReason {
    /// For programs.
    code: TriageHint,
    /// What it adds to the score.
    weight: i32,
    #[graphql(skip)]
    hint: triage::Hint,
}

/// A reason of a score.
#[ComplexObject]
impl TriageReason {
    /// For people.
    async fn text(&self) -> &str {
        self.hint.text()
    }
}

impl From<triage::Triage> for Triage {
    fn from(triage: triage::Triage) -> Self {
        let reasons = triage.hints.into_iter();
        let reasons = reasons.map(|(hint, weight)| TriageReason { code: hint.into(), weight, hint });
        Self { score: triage.score, reasons: reasons.collect() }
    }
}

/// A message to be sent.
#[derive(InputObject)]
pub struct ClaimMessagePostInput {
    /// About which claim.
    claim_id: ID,
    /// What is said, at most 2,000 characters.
    body: String,
}

/// How far somebody has read.
#[derive(InputObject)]
pub struct ClaimMessageReadInput {
    /// Which claim.
    claim_id: ID,
    /// Up to this message.
    message_id: ID,
}

/// Into whose hands a claim goes.
#[derive(InputObject)]
pub struct WarrantyClaimAssignInput {
    /// Which claim; at the caller's desk.
    claim_id: ID,
    /// A colleague of the caller's tenant; null puts it back into the queue.
    user_id: Option<ID>,
}

/// An offer to settle.
#[derive(InputObject)]
pub struct ClaimOfferMakeInput {
    /// Which claim.
    claim_id: ID,
    /// What the buyer would get: as for approving.
    remedy: RemedyKind,
    /// For COMPENSATE, and for a partial REFUND.
    amount: Option<MoneyInput>,
    /// Who would pay: as for approving. A buyer leaves it out.
    bearer: Option<ClaimDesk>,
    /// What is said, at most 2,000 characters.
    note: Option<String>,
}

/// An offer to accept.
#[derive(InputObject)]
pub struct ClaimOfferAcceptInput {
    /// The other side's open offer.
    offer_id: ID,
    /// Who pays, where the operator's desk accepts a buyer's offer: null is the supplier.
    bearer: Option<ClaimDesk>,
}

/// An offer to decline, or to take back.
#[derive(InputObject)]
pub struct ClaimOfferDeclineInput {
    /// An open offer on a claim of the caller's.
    offer_id: ID,
}

crate::payload! {
    /// The message, or why it was not sent.
    ClaimMessagePayload {
        /// The message.
        message: ClaimMessage
    }
}

crate::payload! {
    /// The offer, or why not.
    ClaimOfferPayload {
        /// The offer as it stands now.
        offer: ClaimOffer
    }
}

/// What parties of a claim say, note and offer.
#[derive(Default)]
pub struct TalkMutation;

#[Object]
impl TalkMutation {
    /// Says something to the other parties of an open claim. By the desk that has it, it is its first answer.
    async fn claim_message_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The message.")] input: ClaimMessagePostInput,
    ) -> Result<ClaimMessagePayload> {
        let permit = ctx.permit()?;
        let done = async {
            let claim = claim_id(&input.claim_id)?;
            thread::post_message(&ctx.services().db, permit, claim, &input.body).await
        };
        ClaimMessagePayload::of(done.await.map(ClaimMessage))
    }

    /// Says that the caller's party has read what was said; shown to the others.
    async fn claim_message_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How far.")] input: ClaimMessageReadInput,
    ) -> Result<WarrantyClaimPayload> {
        let permit = ctx.permit()?;
        let done = async {
            let (claim, message) = (claim_id(&input.claim_id)?, id(&input.message_id, "messageId")?);
            thread::read_message(&ctx.services().db, permit, claim, message).await
        };
        payload(ctx, done.await)
    }

    /// Notes something for the caller's own colleagues. Neither the buyer nor another tenant reads it.
    async fn claim_note_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and the note.")] input: WarrantyClaimNoteInput,
    ) -> Result<WarrantyClaimPayload> {
        let permit = ctx.permit()?;
        let done = async {
            let claim = claim_id(&input.claim_id)?;
            thread::add_note(&ctx.services().db, permit, claim, &input.note).await
        };
        payload(ctx, done.await)
    }

    /// Puts a claim at the caller's desk into a colleague's hands. It binds nobody.
    async fn warranty_claim_assign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim, and whose it is.")] input: WarrantyClaimAssignInput,
    ) -> Result<WarrantyClaimPayload> {
        let permit = ctx.permit()?;
        let done = async {
            let claim = claim_id(&input.claim_id)?;
            let user = input.user_id.map(|user| id::<UserId>(&user, "userId")).transpose()?;
            thread::assign_claim(&ctx.services().db, permit, claim, user).await
        };
        payload(ctx, done.await)
    }

    /// Offers a remedy: the buyer to the present desk, or the desk to the buyer. It takes the place of the open one.
    async fn claim_offer_make(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The offer.")] input: ClaimOfferMakeInput,
    ) -> Result<ClaimOfferPayload> {
        let permit = ctx.permit()?;
        let currency = permit.place().currency;
        let done = async {
            let amount = input.amount.map(|amount| amount.parse(currency, "amount")).transpose()?;
            let request = MakeOffer {
                claim: claim_id(&input.claim_id)?,
                remedy: input.remedy.into(),
                amount: amount.map(|amount| amount.minor),
                bearer: input.bearer.map(Into::into),
                note: input.note,
            };
            offer::make_offer(&ctx.services().db, permit, request).await
        };
        ClaimOfferPayload::of(done.await.map(|offer| ClaimOffer { offer, currency }))
    }

    /// Accepts the other side's offer; what it says is done at once.
    async fn claim_offer_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The offer.")] input: ClaimOfferAcceptInput,
    ) -> Result<WarrantyClaimPayload> {
        let permit = ctx.permit()?;
        let done = async {
            let offer = id(&input.offer_id, "offerId")?;
            let bearer = input.bearer.map(Into::into);
            offer::accept_offer(&ctx.services().db, permit, offer, bearer).await
        };
        payload(ctx, done.await)
    }

    /// Declines the other side's offer, or takes the caller's own back.
    async fn claim_offer_decline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The offer.")] input: ClaimOfferDeclineInput,
    ) -> Result<ClaimOfferPayload> {
        let permit = ctx.permit()?;
        let currency = permit.place().currency;
        let done = async {
            let offer = id(&input.offer_id, "offerId")?;
            offer::decline_offer(&ctx.services().db, permit, offer).await
        };
        ClaimOfferPayload::of(done.await.map(|offer| ClaimOffer { offer, currency }))
    }
}

/// What is said about claims, as it is said.
#[derive(Default)]
pub struct TalkSubscription;

#[Subscription]
impl TalkSubscription {
    /// What is said about one claim from now on (or behind a cursor of the tenant's log), for its parties, and again
    /// whenever a party says that it has read up to it. At least once, in order; a repeat carries the same id.
    async fn claim_messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which claim.")] claim_id: ID,
        #[graphql(desc = "Where to go on: a cursor of this tenant's log; from now on where null.")]
        after: Option<EventCursor>,
    ) -> Result<impl Stream<Item = Result<ClaimMessage>> + use<>> {
        let permit = ctx.permit()?;
        Box::pin(messages(ctx, &permit, &claim_id, after)).await
    }
}

async fn messages(
    ctx: &Context<'_>,
    permit: &crate::access::Permit,
    claim: &ID,
    after: Option<EventCursor>,
) -> Result<BoxStream<'static, Result<ClaimMessage>>> {
    let missing = || error::top(No::not_found("claimId"));
    let claim: ClaimId = claim.parse().map_err(|_| missing())?;
    let session = ctx.session().clone();
    let seen = crate::warranty::read::claim(&session.services.db, &session.viewer, claim).await;
    let seen = seen.map_err(|fault| error::internal(&fault))?.ok_or_else(missing)?;
    let types = Some(vec![EventType::WarrantyClaimMessage, EventType::WarrantyClaimRead]);
    let followed = follow(ctx, permit, after, types, Some(seen.order_id)).await?;
    Ok(followed
        .filter_map(move |envelope| {
            let session = session.clone();
            async move {
                let envelope = match envelope {
                    Ok(envelope) => envelope,
                    Err(error) => return Some(Err(error)),
                };
                // A heartbeat has no subject; a message of another claim of the order is not asked for.
                let message: thread::MessageId = envelope.subject_text()?.parse().ok()?;
                let found = thread::message(&session.services.db, &session.viewer, message).await;
                match found {
                    Ok(found) => found.filter(|one| one.claim_id == claim).map(|one| Ok(ClaimMessage(one))),
                    Err(fault) => Some(Err(error::internal(&fault))),
                }
            }
        })
        .boxed())
}

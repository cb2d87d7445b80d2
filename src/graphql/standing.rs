//! Standing and reviews: what anybody may know of a tenant.

use super::{
    loader::StandingOf,
    scalar::{DateTime, Decimal},
    session::{Ask, id, read},
};
use crate::{
    access::{TenantKind, Viewer},
    connection,
    foundation::{No, page},
    orders::LineId,
    payload,
    standing::{self, Figures, ModerateReview, PostReview, ReplyReview, figures::MINIMUM_SAMPLE},
    tenancy::Tenant,
};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};

/// About how many orders somebody has had, ever.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "standing::OrdersBand")]
pub enum OrdersBand {
    /// None.
    None,
    /// 1 to 10.
    #[graphql(name = "UP_TO_10")]
    UpTo10,
    /// 11 to 100.
    #[graphql(name = "UP_TO_100")]
    UpTo100,
    /// 101 to 1,000.
    #[graphql(name = "UP_TO_1000")]
    UpTo1000,
    /// 1,001 to 10,000.
    #[graphql(name = "UP_TO_10000")]
    UpTo10000,
    /// More.
    #[graphql(name = "OVER_10000")]
    Over10000,
}

/// What happened at a tenant, computed and edited by nobody. Claims and orders are those of a year, the newest 10,000;
/// a figure of fewer than minimumSample is null.
#[derive(SimpleObject, Clone)]
pub struct Standing {
    /// When it was opened.
    opened_since: DateTime,
    /// About how many orders, ever.
    orders: OrdersBand,
    /// Claims for each order; hundredths of a percent.
    claim_rate_basis_points: Option<i32>,
    /// Decided claims that ended with a remedy; hundredths of a percent.
    approval_rate_basis_points: Option<i32>,
    /// Half of the claims were answered within so many hours, e.g. "1.5"; a supplier's time begins when a claim comes
    /// to its desk.
    median_hours_to_first_answer: Option<Decimal>,
    /// Half of the claims were over within so many hours.
    median_hours_to_resolution: Option<Decimal>,
    /// Refusals that an appeal turned into a remedy.
    appeals_overturned: Option<i32>,
    /// How many reviews stand, the newest 10,000.
    reviews: i32,
    /// Their stars on average, e.g. "4.6".
    average_stars: Option<Decimal>,
    /// Their stars for the warranty on average.
    average_warranty_stars: Option<Decimal>,
    /// How many there must be of what a figure is of.
    minimum_sample: i32,
    /// When it was computed; null where nothing has happened yet.
    computed_at: Option<DateTime>,
}

impl From<&standing::Standing> for Standing {
    fn from(counted: &standing::Standing) -> Self {
        let figures = Figures::of(counted);
        let tenths = |tenths: i64| Decimal(format!("{}.{}", tenths / 10, tenths % 10));
        Self {
            opened_since: DateTime(counted.opened_at),
            orders: figures.orders.into(),
            claim_rate_basis_points: figures.claim_rate,
            approval_rate_basis_points: figures.approval_rate,
            median_hours_to_first_answer: figures.first_answer.map(tenths),
            median_hours_to_resolution: figures.resolution.map(tenths),
            appeals_overturned: figures.overturned,
            reviews: figures.reviews,
            average_stars: figures.stars.map(tenths),
            average_warranty_stars: figures.warranty_stars.map(tenths),
            minimum_sample: MINIMUM_SAMPLE,
            computed_at: counted.computed_at.map(DateTime),
        }
    }
}

/// What a buyer says of something that it bought and that was delivered.
#[derive(Clone)]
pub struct Review {
    review: standing::Review,
    // It is removed, and the viewer is not the one who decides that.
    hidden: bool,
}

impl Review {
    fn of(viewer: &Viewer, review: standing::Review) -> Self {
        let decides = viewer.actor.is_staff() && viewer.place.kind == TenantKind::Operator;
        let hidden = review.removed && !decides;
        Self { review, hidden }
    }
}

/// What a buyer says of something that it bought and that was delivered. Texts are plain text.
#[Object]
impl Review {
    /// Opaque and stable (`rev_…`).
    async fn id(&self) -> ID {
        ID(self.review.review_id.to_string())
    }

    /// What was bought, as it was called at the sale.
    async fn title(&self) -> &str {
        &self.review.title
    }

    /// 1 to 5; null once it is removed.
    async fn stars(&self) -> Option<i32> {
        (!self.hidden).then_some(self.review.stars)
    }

    /// Of the warranty, 1 to 5.
    async fn warranty_stars(&self) -> Option<i32> {
        self.review.warranty_stars.filter(|_| !self.hidden)
    }

    /// In words; null once it is removed.
    async fn text(&self) -> Option<&str> {
        self.review.text.as_deref().filter(|_| !self.hidden)
    }

    /// When.
    async fn posted_at(&self) -> DateTime {
        DateTime(self.review.posted_at)
    }

    /// What the selling site answers.
    async fn reply(&self) -> Option<ReviewReply> {
        let review = &self.review;
        Some(ReviewReply {
            text: review.reply.clone()?,
            version: review.reply_version?,
            at: DateTime(review.replied_at?),
        })
    }

    /// That the operator has removed it, and why; null while it stands.
    async fn removed(&self) -> Option<ReviewRemoval> {
        let review = &self.review;
        review.removed.then_some(())?;
        Some(ReviewRemoval { reason: review.reason.clone()?, at: DateTime(review.decided_at?) })
    }
}

/// What a site answers to a review.
#[derive(SimpleObject, Clone)]
pub struct ReviewReply {
    /// In words.
    text: String,
    /// How often it was written, counting the first time.
    version: i32,
    /// When it was last written.
    at: DateTime,
}

/// Why a review is not there any more.
#[derive(SimpleObject, Clone)]
pub struct ReviewRemoval {
    /// In words.
    reason: String,
    /// When.
    at: DateTime,
}

connection!(Review, ReviewEdge, ReviewConnection);

payload! {
    /// The review as it is now, or why not.
    ReviewPayload {
        /// The review.
        review: Review
    }
}

/// A buyer's review.
#[derive(InputObject)]
pub struct ReviewPostInput {
    /// What it is of: a line of the caller's own order, of which something was delivered. One review a line.
    order_line_id: ID,
    /// 1 to 5.
    stars: i32,
    /// Of the warranty, 1 to 5.
    warranty_stars: Option<i32>,
    /// In words, at most 2,000 characters; plain text.
    text: Option<String>,
}

/// A site's answer to a review.
#[derive(InputObject)]
pub struct ReviewReplyInput {
    /// A review of the caller's own sales.
    review_id: ID,
    /// In words, at most 2,000 characters; plain text. Takes the place of what was answered before.
    text: String,
}

/// What the operator decides on a review.
#[derive(InputObject)]
pub struct ReviewModerateInput {
    /// The review.
    review_id: ID,
    /// True removes it, false puts it back.
    removed: bool,
    /// Why, at most 2,000 characters; everybody reads it.
    reason: String,
}

/// A tenant's figures; null where the viewer's network has no such tenant.
///
/// # Errors
/// When the database fails.
pub async fn standing_of(ctx: &Context<'_>, tenant: &Tenant) -> Result<Option<Standing>> {
    let found = ctx.loaders().standings.load_one(StandingOf(tenant.tenant_id)).await?;
    Ok(found.as_ref().map(Standing::from))
}

const LIST: &str = "reviews";

/// A page of what buyers say of a site's sales or a supplier's goods, as far as the viewer may read it.
///
/// # Errors
/// When the database fails, and for a page that can't be.
pub async fn reviews_of(
    ctx: &Context<'_>,
    tenant: &Tenant,
    first: Option<i32>,
    after: Option<String>,
) -> Result<ReviewConnection> {
    let (viewer, sealer) = (ctx.viewer(), &ctx.services().sealer);
    let request = read(page::request(sealer, LIST, first.unwrap_or(20), after.as_deref()))?;
    let of_supplier = tenant.kind == TenantKind::Supplier;
    let found =
        standing::read::reviews(&ctx.services().db, viewer, tenant.tenant_id, of_supplier, &request).await;
    let page = read(found.map_err(No::Fault))?;
    let page = page.map(|review| (review.review_id.0, Review::of(viewer, review)));
    Ok(ReviewConnection::of(sealer, LIST, page))
}

/// Reviews to write, to answer and to remove.
#[derive(Default)]
pub struct StandingMutation;

/// Reviews to write, to answer and to remove.
#[Object]
impl StandingMutation {
    /// Reviews a line of the caller's own that was delivered, once. It can't be changed.
    async fn review_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The review.")] input: ReviewPostInput,
    ) -> Result<ReviewPayload> {
        let permit = ctx.permit()?;
        let done = async {
            let line = id::<LineId>(&input.order_line_id, "orderLineId")?.0;
            let (stars, warranty_stars, text) = (input.stars, input.warranty_stars, input.text);
            let input = PostReview { line, stars, warranty_stars, text };
            standing::post_review(&ctx.services().db, permit, input).await
        };
        payload(ctx, done.await)
    }

    /// Answers a review of the caller's own sales, at most ten times; the newest answer is shown, all are kept.
    async fn review_reply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The answer.")] input: ReviewReplyInput,
    ) -> Result<ReviewPayload> {
        let permit = ctx.permit()?;
        let done = async {
            let input = ReplyReview { review: id(&input.review_id, "reviewId")?, text: input.text };
            standing::reply_review(&ctx.services().db, permit, input).await
        };
        payload(ctx, done.await)
    }

    /// Removes a review, or puts it back. Operator only. Its place stays, with the reason, and it does not count.
    async fn review_moderate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: ReviewModerateInput,
    ) -> Result<ReviewPayload> {
        let permit = ctx.permit()?;
        let done = async {
            let review = id(&input.review_id, "reviewId")?;
            let input = ModerateReview { review, removed: input.removed, reason: input.reason };
            standing::moderate_review(&ctx.services().db, permit, input).await
        };
        payload(ctx, done.await)
    }
}

fn payload(ctx: &Context<'_>, done: Result<standing::Review, No>) -> Result<ReviewPayload> {
    ReviewPayload::of(done.map(|review| Review::of(ctx.viewer(), review)))
}

//! A site's coupons, through GraphQL.

use super::{
    catalogue::ProductKind,
    scalar::{DateTime, Money, MoneyInput},
    session::{Ask, id, nullable, read},
};
use crate::{
    connection,
    foundation::{BasisPoints, Currency, No, Page, page},
    payload,
    pricing::{
        coupon,
        set_coupon::{self, NewCoupon, Takes},
    },
};
use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, Result, SimpleObject};

/// Where a coupon stands.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "coupon::CouponStatus")]
pub enum CouponStatus {
    /// Its time comes.
    Scheduled,
    /// It is taken.
    Active,
    /// There are as many orders with it as may be.
    UsedUp,
    /// Its time is over.
    Ended,
    /// The site ended it.
    Disabled,
}

/// What a site takes off its own price for whoever names a code. The site bears it alone, and never sells below what
/// it pays itself.
#[derive(SimpleObject, Clone)]
pub struct Coupon {
    /// Opaque and stable (`cpn_…`).
    #[graphql(owned)]
    pub id: ID,
    /// What the buyer names.
    code: String,
    /// Where it stands.
    status: CouponStatus,
    /// What it takes: a share of what it is for, in hundredths of a percent,
    percent_basis_points: Option<i32>,
    /// or an amount of each order.
    amount: Option<Money>,
    /// What it is for must cost so much; null is any.
    least_total: Option<Money>,
    /// How many orders there may be with it; null is any number.
    uses_limit: Option<i32>,
    /// How many orders of one buyer; null is any number.
    uses_per_buyer: Option<i32>,
    /// How many orders with it stand; one that was refunded whole counts no more.
    uses: i32,
    /// From when.
    starts_at: DateTime,
    /// Until when; null is for ever.
    ends_at: Option<DateTime>,
    /// For one kind of good,
    kind: Option<ProductKind>,
    /// or one variant, or (neither) everything.
    variant_id: Option<ID>,
    /// When it was made.
    created_at: DateTime,
}

impl Coupon {
    fn of(row: coupon::Coupon, currency: Currency) -> Self {
        Self {
            id: ID(row.coupon_id.to_string()),
            status: row.status().into(),
            percent_basis_points: row.percent_bp,
            amount: row.amount.map(|amount| Money::minor(amount, currency)),
            least_total: (row.least_total > 0).then(|| Money::minor(row.least_total, currency)),
            uses_limit: row.uses_limit,
            uses_per_buyer: row.buyer_limit,
            uses: row.uses,
            starts_at: DateTime(row.starts_at),
            ends_at: row.ends_at.map(DateTime),
            kind: row.kind.map(Into::into),
            variant_id: row.variant_id.map(|variant| ID(variant.to_string())),
            created_at: DateTime(row.created_at),
            code: row.code,
        }
    }
}

connection!(Coupon, CouponEdge, CouponConnection);

/// What a coupon takes.
#[derive(OneofObject)]
pub enum CouponTakesInput {
    /// A share of what it is for, in hundredths of a percent: 1 to 10000.
    PercentBasisPoints(i32),
    /// An amount of each order.
    Amount(MoneyInput),
}

/// A coupon to be made.
#[derive(InputObject)]
pub struct CouponCreateInput {
    /// 3 to 32 of A-Z, 0-9 and hyphens; never used at this site before. Buyers may write it in any case.
    code: String,
    /// What it takes, at most what the site earns.
    takes: CouponTakesInput,
    /// What it is for must cost so much.
    least_total: Option<MoneyInput>,
    /// How many orders there may be with it; null is any number.
    uses_limit: Option<i32>,
    /// How many orders of one buyer; null is any number.
    uses_per_buyer: Option<i32>,
    /// Null is now.
    starts_at: Option<DateTime>,
    /// Null is for ever.
    ends_at: Option<DateTime>,
    /// For one kind of good,
    kind: Option<ProductKind>,
    /// or one variant, or (neither) everything.
    variant_id: Option<ID>,
}

/// A coupon to be ended.
#[derive(InputObject)]
pub struct CouponDisableInput {
    /// One of the caller's site's.
    coupon_id: ID,
}

payload! {
    /// The coupon, or why not.
    CouponPayload {
        /// The coupon as it is now.
        coupon: Coupon
    }
}

impl CouponCreateInput {
    fn parse(self, currency: Currency) -> Result<NewCoupon, No> {
        Ok(NewCoupon {
            code: self.code,
            takes: match self.takes {
                CouponTakesInput::PercentBasisPoints(share) => Takes::Share(BasisPoints(i64::from(share))),
                CouponTakesInput::Amount(amount) => Takes::Amount(amount.parse(currency, "takes.amount")?),
            },
            least_total: self.least_total.map(|least| least.parse(currency, "leastTotal")).transpose()?,
            uses_limit: self.uses_limit,
            buyer_limit: self.uses_per_buyer,
            starts_at: self.starts_at.map(|at| at.0),
            ends_at: self.ends_at.map(|at| at.0),
            kind: self.kind.map(Into::into),
            variant: self.variant_id.map(|variant| id(&variant, "variantId")).transpose()?,
        })
    }
}

/// Coupons to read.
#[derive(Default)]
pub struct CouponsQuery;

#[Object]
impl CouponsQuery {
    /// The caller's site's coupons, the newest first.
    async fn coupons(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(20)", desc = "1 to 100.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
    ) -> Option<Result<CouponConnection>> {
        nullable(async {
            let permit = ctx.permit()?;
            let (sealer, currency) = (&ctx.services().sealer, permit.place().currency);
            let request = read(page::request(sealer, "coupons", first.unwrap_or(20), after.as_deref()))?;
            let Page { rows, more, earlier } =
                read(set_coupon::page(&ctx.services().db, &permit, &request).await)?;
            let rows = rows.into_iter().map(|row| (row.coupon_id.0, Coupon::of(row, currency))).collect();
            Ok(Some(CouponConnection::of(sealer, "coupons", Page { rows, more, earlier })))
        })
        .await
    }
}

/// Coupons to make and end.
#[derive(Default)]
pub struct CouponsMutation;

#[Object]
impl CouponsMutation {
    /// Makes a coupon of the caller's site.
    async fn coupon_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A coupon to be made.")] input: CouponCreateInput,
    ) -> Result<CouponPayload> {
        let permit = ctx.permit()?;
        let currency = permit.place().currency;
        let done =
            async { set_coupon::create_coupon(&ctx.services().db, permit, input.parse(currency)?).await };
        CouponPayload::of(done.await.map(|row| Coupon::of(row, currency)))
    }

    /// Ends a coupon for good; orders that have it keep it.
    async fn coupon_disable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A coupon to be ended.")] input: CouponDisableInput,
    ) -> Result<CouponPayload> {
        let permit = ctx.permit()?;
        let currency = permit.place().currency;
        let done = async {
            set_coupon::disable_coupon(&ctx.services().db, permit, id(&input.coupon_id, "couponId")?).await
        };
        CouponPayload::of(done.await.map(|row| Coupon::of(row, currency)))
    }
}

//! A site's coupons: made, ended, listed, and counted in the transaction of each order that has one.

use super::coupon::{self, Coupon, CouponId};
use crate::{
    access::Permit,
    catalogue::{ProductKind, VariantId},
    foundation::{
        BasisPoints, Conn, Db, Fault, Moment, Money, No, Page, PageRequest, RefusalCode,
        id::{NetworkId, TenantId, UserId},
    },
};
use sqlx::AssertSqlSafe;

/// What a coupon takes.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// A share of what it is for.
    Share(BasisPoints),
    /// An amount of each order.
    Amount(Money),
}

/// A coupon as a site writes it.
#[derive(Clone, Debug)]
pub struct NewCoupon {
    /// What the buyer names.
    pub code: String,
    /// What it takes.
    pub takes: Takes,
    /// What it is for must cost so much.
    pub least_total: Option<Money>,
    /// How many orders there may be with it.
    pub uses_limit: Option<i32>,
    /// How many orders of one buyer.
    pub buyer_limit: Option<i32>,
    /// From when; none is now.
    pub starts_at: Option<Moment>,
    /// Until when.
    pub ends_at: Option<Moment>,
    /// For one kind of good,
    pub kind: Option<ProductKind>,
    /// or one variant, or (neither) everything.
    pub variant: Option<VariantId>,
}

const COUPON: &str =
    "select coupon_id, code, percent_bp, amount, least_total, uses_limit, buyer_limit, starts_at, ends_at,
    kind, variant_id, uses, disabled_at, created_at, starts_at <= now() as begun,
    disabled_at is not null or coalesce(ends_at <= now(), false) as ended
  from coupon where network_id = $1";

/// Makes a coupon of the caller's site.
///
/// # Errors
/// INVALID_INPUT; NOT_FOUND for a variant that there is not; CONFLICT where the site has had that code before.
pub async fn create_coupon(db: &Db, permit: Permit, new: NewCoupon) -> Result<Coupon, No> {
    let code = coupon::normal(&new.code)
        .ok_or_else(|| No::invalid("must be 3 to 32 of A-Z, 0-9 and hyphens", "code"))?;
    let (percent_bp, amount) = match new.takes {
        Takes::Share(share) if !(1..=10_000).contains(&share.0) => {
            return Err(No::invalid("must be between 1 and 10000", "takes.percentBasisPoints"));
        }
        Takes::Share(share) => (Some(share.0), None),
        Takes::Amount(amount) => (None, Some(amount.minor)),
    };
    for (limit, path) in [(new.uses_limit, "usesLimit"), (new.buyer_limit, "usesPerBuyer")] {
        if limit.is_some_and(|limit| limit < 1) {
            return Err(No::invalid("must be at least 1", path));
        }
    }
    if new.kind.is_some() && new.variant.is_some() {
        return Err(No::invalid("must be null where a kind is named", "variantId"));
    }
    let network = permit.network();
    let mut tx = db.begin(permit.work()).await?;
    let (variant, over): (bool, bool) = sqlx::query_as(
        "select $2::uuid is null or exists (select from variant v
                  join product p on p.network_id = v.network_id and p.product_id = v.product_id and p.status = 'APPROVED'
                 where v.network_id = $1 and v.variant_id = $2),
                coalesce($4::timestamptz <= greatest(coalesce($3::timestamptz, now()), now()), false)",
    )
    .bind(network)
    .bind(new.variant)
    .bind(new.starts_at)
    .bind(new.ends_at)
    .fetch_one(&mut *tx)
    .await?;
    if !variant {
        return Err(No::not_found("variantId"));
    }
    if over {
        return Err(No::invalid("must be after its start, and to come", "endsAt"));
    }
    let id = CouponId::fresh();
    let made = sqlx::query(
        "insert into coupon (network_id, coupon_id, site_id, code, percent_bp, amount, least_total, uses_limit,
                             buyer_limit, starts_at, ends_at, kind, variant_id, actor_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, coalesce($10, now()), $11, $12, $13, $14)
         on conflict on constraint coupon_code do nothing",
    )
    .bind(network)
    .bind(id)
    .bind(permit.tenant())
    .bind(&code)
    .bind(percent_bp.map(|share| i32::try_from(share).unwrap_or(i32::MAX)))
    .bind(amount)
    .bind(new.least_total.map_or(0, |least| least.minor))
    .bind(new.uses_limit)
    .bind(new.buyer_limit)
    .bind(new.starts_at)
    .bind(new.ends_at)
    .bind(new.kind)
    .bind(new.variant)
    .bind(permit.actor().id())
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if made != 1 {
        return Err(No::because(RefusalCode::Conflict, "there is a coupon with this code", "code"));
    }
    let coupon = read(&mut tx, network, permit.tenant(), id).await?;
    tx.commit().await?;
    coupon.ok_or_else(|| Fault::new("a coupon that was made is not there").into())
}

/// Ends a coupon of the caller's site for good; orders that have it keep it. One that was ended stays as it is.
///
/// # Errors
/// NOT_FOUND.
pub async fn disable_coupon(db: &Db, permit: Permit, id: CouponId) -> Result<Coupon, No> {
    let network = permit.network();
    let mut tx = db.begin(permit.work()).await?;
    sqlx::query(
        "update coupon set disabled_at = now()
          where network_id = $1 and site_id = $2 and coupon_id = $3 and disabled_at is null",
    )
    .bind(network)
    .bind(permit.tenant())
    .bind(id)
    .execute(&mut *tx)
    .await?;
    let coupon = read(&mut tx, network, permit.tenant(), id).await?;
    tx.commit().await?;
    coupon.ok_or_else(|| No::not_found("couponId"))
}

async fn read(
    db: &mut Conn,
    network: NetworkId,
    site: TenantId,
    id: CouponId,
) -> Result<Option<Coupon>, Fault> {
    Ok(sqlx::query_as(AssertSqlSafe(format!("{COUPON} and site_id = $2 and coupon_id = $3")))
        .bind(network)
        .bind(site)
        .bind(id)
        .fetch_optional(db)
        .await?)
}

/// One page of the caller's site's coupons, the newest first.
///
/// # Errors
/// [`No`].
pub async fn page(db: &Db, permit: &Permit, request: &PageRequest<uuid::Uuid>) -> Result<Page<Coupon>, No> {
    let mut tx = db.begin(permit.scope()).await?;
    let rows: Vec<Coupon> = sqlx::query_as(AssertSqlSafe(format!(
        "{COUPON} and site_id = $2 and ($3::uuid is null or coupon_id < $3) order by coupon_id desc limit $4"
    )))
    .bind(permit.network())
    .bind(permit.tenant())
    .bind(request.after)
    .bind(request.first + 1)
    .fetch_all(&mut *tx)
    .await?;
    Ok(Page::of(rows, request.first, request.after.is_some()))
}

/// The coupon of a site that a code names, as a buyer may still use it.
///
/// # Errors
/// NOT_FOUND for a code that the site does not know; LIMIT_EXCEEDED where the buyer has used it as often as one may.
pub async fn named(
    db: &mut Conn,
    network: NetworkId,
    site: TenantId,
    buyer: Option<UserId>,
    code: &str,
) -> Result<Coupon, No> {
    let unknown = || No::not_found("couponCode");
    let code = coupon::normal(code).ok_or_else(unknown)?;
    let found: Option<Coupon> =
        sqlx::query_as(AssertSqlSafe(format!("{COUPON} and site_id = $2 and code = $3")))
            .bind(network)
            .bind(site)
            .bind(code)
            .fetch_optional(&mut *db)
            .await?;
    let found = found.ok_or_else(unknown)?;
    if let (Some(buyer), Some(limit)) = (buyer, found.buyer_limit) {
        let used: Option<i32> = sqlx::query_scalar(
            "select uses from coupon_buyer where network_id = $1 and coupon_id = $2 and buyer_id = $3",
        )
        .bind(network)
        .bind(found.coupon_id)
        .bind(buyer)
        .fetch_optional(db)
        .await?;
        if used.is_some_and(|used| used >= limit) {
            return Err(coupon::used_up(ENOUGH));
        }
    }
    Ok(found)
}

const ENOUGH: &str = "you have used the coupon as often as one buyer may";

/// Counts an order with a coupon, in the order's transaction and last of all that it locks: whoever else would use it
/// waits here for no longer than the order's end, and finds what is left.
///
/// # Errors
/// LIMIT_EXCEEDED where others, or the buyer's other orders, were faster; COUPON_NOT_APPLICABLE where it was ended.
pub async fn count(db: &mut Conn, network: NetworkId, id: CouponId, buyer: UserId) -> Result<(), No> {
    let limit: Option<Option<i32>> = sqlx::query_scalar(
        "update coupon set uses = uses + 1
          where network_id = $1 and coupon_id = $2 and disabled_at is null and (ends_at is null or ends_at > now())
            and (uses_limit is null or uses < uses_limit)
         returning buyer_limit",
    )
    .bind(network)
    .bind(id)
    .fetch_optional(&mut *db)
    .await?;
    let Some(limit) = limit else {
        let spent: bool = sqlx::query_scalar(
            "select coalesce(uses >= uses_limit, false) from coupon where network_id = $1 and coupon_id = $2",
        )
        .bind(network)
        .bind(id)
        .fetch_one(db)
        .await?;
        return Err(if spent {
            coupon::used_up("the coupon has been used as often as it may be")
        } else {
            coupon::not_applicable("the coupon is not valid any more")
        });
    };
    let counted = sqlx::query(
        "insert into coupon_buyer (network_id, coupon_id, buyer_id, uses) values ($1, $2, $3, 1)
         on conflict (network_id, coupon_id, buyer_id) do update set uses = coupon_buyer.uses + 1
          where $4::int is null or coupon_buyer.uses < $4",
    )
    .bind(network)
    .bind(id)
    .bind(buyer)
    .bind(limit)
    .execute(db)
    .await?
    .rows_affected();
    if counted == 1 { Ok(()) } else { Err(coupon::used_up(ENOUGH)) }
}

/// Gives a use back: the order that had it was refunded whole.
///
/// # Errors
/// [`Fault`].
pub async fn give_back(db: &mut Conn, network: NetworkId, id: CouponId, buyer: UserId) -> Result<(), Fault> {
    sqlx::query("update coupon set uses = uses - 1 where network_id = $1 and coupon_id = $2")
        .bind(network)
        .bind(id)
        .execute(&mut *db)
        .await?;
    sqlx::query(
        "update coupon_buyer set uses = uses - 1 where network_id = $1 and coupon_id = $2 and buyer_id = $3",
    )
    .bind(network)
    .bind(id)
    .bind(buyer)
    .execute(db)
    .await?;
    Ok(())
}

//! A coupon: what a site takes off its own price, and how that is divided over the lines of an order. Pure.
//!
//! The site alone bears it: the line's last tier asks less and earns less, everyone above sells at the same price. So
//! a coupon takes at most what the site earns on a line, and never goes below the brand's minimum; where that leaves
//! nothing to take off, it is refused, and a used code is not wasted.

use super::listing::PricedLine;
use crate::{
    catalogue::{ProductKind, VariantId},
    foundation::{BasisPoints, Currency, Fault, Moment, Money, No, RefusalCode, UnitPrice, money::Invalid},
    ledger::split,
};

crate::id!(
    /// A coupon.
    CouponId, "cpn"
);

crate::row! {
    /// A coupon as it is kept, and as it stands by the database's clock.
    pub struct Coupon {
        /// Its id.
        pub coupon_id: CouponId,
        /// What the buyer names: capitals, digits and hyphens.
        pub code: String,
        /// What it takes: a share, basis points,
        pub percent_bp: Option<i32>,
        /// or an amount of each order, minor units.
        pub amount: Option<i64>,
        /// What it is for must cost so much; minor units.
        pub least_total: i64,
        /// How many orders there may be with it.
        pub uses_limit: Option<i32>,
        /// How many orders of one buyer.
        pub buyer_limit: Option<i32>,
        /// From when.
        pub starts_at: Moment,
        /// Until when.
        pub ends_at: Option<Moment>,
        /// For one kind of good,
        pub kind: Option<ProductKind>,
        /// or one variant, or (neither) everything.
        pub variant_id: Option<VariantId>,
        /// Orders with it that stand.
        pub uses: i32,
        /// When the site ended it.
        pub disabled_at: Option<Moment>,
        /// When it was made.
        pub created_at: Moment,
        /// It has begun.
        pub begun: bool,
        /// Its time is over, or the site ended it.
        pub ended: bool,
    }
}

crate::words! {
    /// Where a coupon stands.
    pub enum CouponStatus {
        /// Its time comes.
        Scheduled = "SCHEDULED",
        /// It is taken.
        Active = "ACTIVE",
        /// As many orders as may have it.
        UsedUp = "USED_UP",
        /// Its time is over.
        Ended = "ENDED",
        /// The site ended it.
        Disabled = "DISABLED",
    }
}

/// A code as it is kept: without blanks around it, in capitals. None where it can't be one.
pub fn normal(code: &str) -> Option<String> {
    let code = code.trim().to_ascii_uppercase();
    let fits = (3..=32).contains(&code.len());
    let plain = code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-');
    (fits && plain).then_some(code)
}

/// COUPON_NOT_APPLICABLE at the code.
pub fn not_applicable(why: impl Into<String>) -> No {
    No::because(RefusalCode::CouponNotApplicable, why, "couponCode")
}

/// LIMIT_EXCEEDED at the code.
pub fn used_up(why: &str) -> No {
    No::because(RefusalCode::LimitExceeded, why, "couponCode")
}

impl Coupon {
    /// Where it stands.
    pub const fn status(&self) -> CouponStatus {
        if self.disabled_at.is_some() {
            CouponStatus::Disabled
        } else if self.ended {
            CouponStatus::Ended
        } else if self.is_used_up() {
            CouponStatus::UsedUp
        } else if self.begun {
            CouponStatus::Active
        } else {
            CouponStatus::Scheduled
        }
    }

    const fn is_used_up(&self) -> bool {
        matches!(self.uses_limit, Some(limit) if self.uses >= limit)
    }

    /// Takes it off priced lines: answers what it comes to.
    ///
    /// # Errors
    /// COUPON_NOT_APPLICABLE outside its time, for other goods, below its least total, or where nothing can be taken
    /// off; LIMIT_EXCEEDED where it is used up. Each at `couponCode`.
    pub fn take_off(&self, lines: &mut [PricedLine], currency: Currency) -> Result<i64, No> {
        match self.status() {
            CouponStatus::Scheduled => return Err(not_applicable("the coupon is not valid yet")),
            CouponStatus::Ended | CouponStatus::Disabled => {
                return Err(not_applicable("the coupon is not valid any more"));
            }
            CouponStatus::UsedUp => return Err(used_up("the coupon has been used as often as it may be")),
            CouponStatus::Active => {}
        }
        let mut rooms = Vec::with_capacity(lines.len());
        let mut total = 0;
        for line in lines.iter() {
            let room = if self.is_for(line) { Some(room(line, currency)?) } else { None };
            total += room.map_or(0, |_| line.total());
            rooms.push(room.unwrap_or_default());
        }
        if total == 0 {
            return Err(not_applicable("the coupon is for other goods"));
        }
        if total < self.least_total {
            let least = Money::new(self.least_total, currency).decimal();
            return Err(not_applicable(format!("the coupon is for orders of at least {least}")));
        }
        let parts = self.parts(total, &rooms)?;
        for (line, part) in lines.iter_mut().zip(&parts) {
            line.lower(*part);
        }
        Ok(parts.iter().sum())
    }

    fn is_for(&self, line: &PricedLine) -> bool {
        let item = &line.offer.item;
        self.kind.is_none_or(|kind| kind == item.kind)
            && self.variant_id.is_none_or(|variant| variant == item.variant_id)
    }

    // What each line is lowered by: together what the coupon takes of `total`, at most what there is room for, and
    // each line in proportion to its room, so that no line is asked for more than it has.
    fn parts(&self, total: i64, rooms: &[i64]) -> Result<Vec<i64>, No> {
        let wanted = match (self.percent_bp, self.amount) {
            (Some(share), _) => BasisPoints(i64::from(share)).of(total),
            (None, amount) => amount.unwrap_or_default(),
        };
        let most: i64 = rooms.iter().sum();
        let taken = wanted.min(most);
        if taken == 0 {
            return Err(not_applicable("the coupon takes nothing off this: it is sold at cost"));
        }
        let parts = split::over_tiers(taken, rooms, &vec![0; rooms.len()]);
        Ok(parts.ok_or_else(|| Fault::new("a discount is more than there is room for"))?)
    }
}

// How far a line can be lowered: to what the site pays for it, to the brand's minimum with the plan on top, and not
// to nothing.
fn room(line: &PricedLine, currency: Currency) -> Result<i64, No> {
    let quantity = i64::from(line.quantity);
    let out_of_range = |why: Invalid| Fault::new(why.0);
    let plan = line.plan.as_ref().map_or(0, |plan| plan.price.saturating_mul(quantity));
    let minimum = match line.offer.item.minimum_price {
        Some(price) => UnitPrice(price).line(quantity, currency).map_err(out_of_range)?.minor + plan,
        None => 0,
    };
    let cost = line.tiers.last().map_or(0, |tier| tier.cost);
    Ok((line.total() - cost.max(minimum).max(1)).max(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn coupon(percent_bp: Option<i32>, amount: Option<i64>) -> Coupon {
        let now = chrono::DateTime::UNIX_EPOCH;
        Coupon {
            coupon_id: CouponId::fresh(),
            code: "SPRING".into(),
            percent_bp,
            amount,
            least_total: 0,
            uses_limit: None,
            buyer_limit: None,
            starts_at: now,
            ends_at: None,
            kind: None,
            variant_id: None,
            uses: 0,
            disabled_at: None,
            created_at: now,
            begun: true,
            ended: false,
        }
    }

    #[test]
    fn a_code_is_read_as_people_write_it() {
        assert_eq!(normal(" spring-26 ").as_deref(), Some("SPRING-26"));
        for none in ["", "ab", "a b c", "春天来了", &"x".repeat(33)] {
            assert_eq!(normal(none), None, "{none}");
        }
    }

    #[test]
    fn it_stands_where_its_time_and_its_uses_say() {
        use CouponStatus as S;
        let status = |change: fn(&mut Coupon)| {
            let mut coupon = coupon(Some(1), None);
            change(&mut coupon);
            coupon.status()
        };
        assert_eq!(status(|_| {}), S::Active);
        assert_eq!(status(|c| c.begun = false), S::Scheduled);
        assert_eq!(status(|c| (c.uses, c.uses_limit) = (2, Some(2))), S::UsedUp);
        assert_eq!(status(|c| (c.uses, c.uses_limit) = (1, Some(2))), S::Active);
        assert_eq!(status(|c| c.ended = true), S::Ended);
        assert_eq!(status(|c| (c.ended, c.disabled_at) = (true, Some(c.starts_at))), S::Disabled);
    }

    #[test]
    fn it_takes_its_share_of_the_total_out_of_what_each_line_has_room_for() {
        let parts = |coupon: Coupon, total, rooms: &[i64]| coupon.parts(total, rooms).ok();
        assert_eq!(parts(coupon(Some(1_000), None), 10_005, &[900, 300]), Some(vec![751, 250]));
        assert_eq!(parts(coupon(None, Some(100)), 10_000, &[300, 0, 300]), Some(vec![50, 0, 50]));
        // Capped: nobody sells below cost.
        assert_eq!(parts(coupon(Some(10_000), None), 10_000, &[900, 300]), Some(vec![900, 300]));
        assert_eq!(parts(coupon(None, Some(5_000)), 10_000, &[0, 0]), None);
    }

    proptest! {
        #[test]
        fn no_line_is_lowered_by_more_than_its_room_and_the_sum_is_exact(
            share in proptest::option::of(1..=10_000i32),
            amount in 1..1_000_000i64,
            rooms in proptest::collection::vec(0..1_000_000i64, 1..20),
            above in 0..1_000_000i64,
        ) {
            let most: i64 = rooms.iter().sum();
            let total = most + above + 1;
            let coupon = coupon(share, share.is_none().then_some(amount));
            let Ok(parts) = coupon.parts(total, &rooms) else { return Ok(()) };
            prop_assert!(parts.iter().zip(&rooms).all(|(part, room)| (0..=*room).contains(part)));
            let wanted = share.map_or(amount, |share| (2 * total * i64::from(share) + 10_000) / 20_000);
            prop_assert_eq!(parts.iter().sum::<i64>(), wanted.min(most));
        }
    }
}

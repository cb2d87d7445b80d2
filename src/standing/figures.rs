//! From counts to figures: pure, and silent where there is too little to say anything.

use super::store::Standing;

/// How many there must be before a figure says anything of them.
pub const MINIMUM_SAMPLE: i32 = 10;

crate::words! {
    /// About how many orders somebody has had, ever.
    pub enum OrdersBand {
        /// None.
        None = "NONE",
        /// 1 to 10.
        UpTo10 = "UP_TO_10",
        /// 11 to 100.
        UpTo100 = "UP_TO_100",
        /// 101 to 1,000.
        UpTo1000 = "UP_TO_1000",
        /// 1,001 to 10,000.
        UpTo10000 = "UP_TO_10000",
        /// More.
        Over10000 = "OVER_10000",
    }
}

impl OrdersBand {
    /// The band of a count.
    pub const fn of_count(orders: i32) -> Self {
        match orders {
            ..=0 => Self::None,
            1..=10 => Self::UpTo10,
            11..=100 => Self::UpTo100,
            101..=1_000 => Self::UpTo1000,
            1_001..=10_000 => Self::UpTo10000,
            _ => Self::Over10000,
        }
    }
}

/// What may be said. Rates are basis points, rounded half up; times are tenths of an hour, rounded half up; averages
/// are tenths of a star. None below [`MINIMUM_SAMPLE`] of what it is a figure of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// About how many orders, ever.
    pub orders: OrdersBand,
    /// Claims opened for each order, within a year.
    pub claim_rate: Option<i32>,
    /// Decided claims that ended with a remedy.
    pub approval_rate: Option<i32>,
    /// Half of the claims were answered sooner.
    pub first_answer: Option<i64>,
    /// Half of the claims were over sooner.
    pub resolution: Option<i64>,
    /// Refusals that an appeal turned into a remedy.
    pub overturned: Option<i32>,
    /// How many reviews stand.
    pub reviews: i32,
    /// What they say on average.
    pub stars: Option<i64>,
    /// What they say of the warranty on average.
    pub warranty_stars: Option<i64>,
}

impl Figures {
    /// From what was counted.
    pub fn of(counted: &Standing) -> Self {
        let enough = |of: i32| of >= MINIMUM_SAMPLE;
        let rate = |part: i32, of: i32| {
            enough(of)
                .then(|| i32::try_from(half_up(i64::from(part) * 10_000, of.into())).unwrap_or(i32::MAX))
        };
        let hours = |seconds: Option<i64>, of: i32| seconds.filter(|_| enough(of)).map(|s| half_up(s, 360));
        let average = |sum: i32, of: i32| enough(of).then(|| half_up(i64::from(sum) * 10, of.into()));
        Self {
            orders: OrdersBand::of_count(counted.orders),
            claim_rate: rate(counted.claims, counted.recent_orders),
            approval_rate: rate(counted.approved, counted.decided),
            first_answer: hours(counted.first_answer_seconds, counted.answered),
            resolution: hours(counted.resolution_seconds, counted.resolved),
            overturned: enough(counted.decided).then_some(counted.overturned),
            reviews: counted.reviews,
            stars: average(counted.stars, counted.reviews),
            warranty_stars: average(counted.warranty_stars, counted.warranty_reviews),
        }
    }
}

fn half_up(part: i64, of: i64) -> i64 {
    (2 * part + of) / (2 * of.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foundation::{id::TenantId, now};

    fn counted() -> Standing {
        Standing {
            tenant_id: TenantId::fresh(),
            opened_at: now(),
            computed_at: None,
            orders: 0,
            recent_orders: 0,
            claims: 0,
            decided: 0,
            approved: 0,
            overturned: 0,
            answered: 0,
            first_answer_seconds: None,
            resolved: 0,
            resolution_seconds: None,
            reviews: 0,
            stars: 0,
            warranty_reviews: 0,
            warranty_stars: 0,
        }
    }

    #[test]
    fn nothing_is_said_of_too_few() {
        let few = Standing {
            orders: 9,
            recent_orders: 9,
            claims: 9,
            decided: 9,
            approved: 9,
            reviews: 9,
            stars: 45,
            ..counted()
        };
        let figures = Figures::of(&few);
        assert_eq!(
            (figures.orders, figures.claim_rate, figures.approval_rate),
            (OrdersBand::UpTo10, None, None)
        );
        assert_eq!((figures.overturned, figures.stars, figures.reviews), (None, None, 9));
    }

    #[test]
    fn figures_are_rounded_half_up() {
        let some = Standing {
            orders: 10_001,
            recent_orders: 30,
            claims: 10,
            decided: 10,
            approved: 7,
            overturned: 2,
            answered: 10,
            first_answer_seconds: Some(5_580),
            resolved: 9,
            resolution_seconds: Some(7_200),
            reviews: 11,
            stars: 50,
            ..counted()
        };
        let figures = Figures::of(&some);
        assert_eq!((figures.orders, figures.claim_rate), (OrdersBand::Over10000, Some(3_333)));
        assert_eq!((figures.approval_rate, figures.overturned), (Some(7_000), Some(2)));
        assert_eq!((figures.first_answer, figures.resolution, figures.stars), (Some(16), None, Some(45)));
        for (count, band) in
            [(0, "NONE"), (1, "UP_TO_10"), (11, "UP_TO_100"), (1_000, "UP_TO_1000"), (10_000, "UP_TO_10000")]
        {
            assert_eq!(OrdersBand::of_count(count).word(), band);
        }
    }
}

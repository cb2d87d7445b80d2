//! What a tenant sold, day by day, in its own amounts.

use crate::{
    access::Permit,
    catalogue::VariantId,
    foundation::{Db, Moment, No, id},
};
use chrono::{Days, NaiveDate, TimeDelta};
use std::collections::BTreeMap;

/// The longest report, in days.
pub const MOST_DAYS: i64 = 366;
/// How many goods are told of.
const TOP: i64 = 10;
// An order's id is made by a server's clock and its time by the database's: further apart than this they never are.
const SKEW: TimeDelta = TimeDelta::hours(1);

/// One day, UTC; minor units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// Which.
    pub date: NaiveDate,
    /// Orders placed.
    pub orders: i64,
    /// What the tenant asked for its lines of them.
    pub sales: i64,
    /// What it earned on them, as they were placed.
    pub profit: i64,
    /// What went back that day: of undone sales its own price, and what it bore alone.
    pub refunded: i64,
    /// Warranty claims opened on what it sold.
    pub claims: i64,
}

crate::row! {
    /// A good in the report; minor units.
    pub struct Good {
        /// As it was called at its last sale.
        pub title: String,
        /// Which.
        pub variant_id: VariantId,
        /// How many units.
        pub units: i64,
        /// What the tenant asked for them.
        pub sales: i64,
        /// What it earned on them.
        pub profit: i64,
    }
}

/// A report.
#[derive(Clone, Debug)]
pub struct Report {
    /// Every day from the first to the last, those without sales included.
    pub days: Vec<Day>,
    /// What sold most, at most ten.
    pub top: Vec<Good>,
}

/// What the caller's tenant sold from one moment until (and without) another. Four statements.
///
/// # Errors
/// [`No::BadRequest`] for no time at all, or more than 366 days.
pub async fn report(db: &Db, permit: &Permit, from: Moment, to: Moment) -> Result<Report, No> {
    let mut days = calendar(from, to)?;
    let (network, tenant) = (permit.network(), permit.tenant());
    // Ids carry the time of their making: an index finds the orders of a time by them.
    let (low, high) = (id::first_at(from - SKEW), id::first_at(to + SKEW));
    let mut tx = db.begin(permit.scope()).await?;
    let sold: Vec<(NaiveDate, i64, i64, i64)> = sqlx::query_as(
        "select (o.placed_at at time zone 'UTC')::date, count(distinct t.order_id), sum(t.price)::bigint,
                sum(t.profit)::bigint
           from order_tier t
           join orders o on o.network_id = t.network_id and o.order_id = t.order_id
          where t.network_id = $1 and t.tenant_id = $2 and t.order_id >= $3 and t.order_id < $4
            and o.placed_at >= $5 and o.placed_at < $6
          group by 1",
    )
    .bind(network)
    .bind(tenant)
    .bind(low)
    .bind(high)
    .bind(from)
    .bind(to)
    .fetch_all(&mut *tx)
    .await?;
    // A refund is of an order of any time before; its own id has the time of its making.
    let back: Vec<(NaiveDate, i64)> = sqlx::query_as(
        "select (r.created_at at time zone 'UTC')::date,
                sum(case when r.kind = 'BORNE' then case when r.bearer_id = $2 then r.amount else 0 end
                         else round(t.price::numeric * r.amount / l.total) end)::bigint
           from refund r
           join delivery d on d.network_id = r.network_id and d.delivery_id = r.delivery_id
           join order_tier t on t.network_id = r.network_id and t.tenant_id = $2 and t.order_id = r.order_id
                and t.line_no = d.line_no
           join order_line l on l.network_id = r.network_id and l.order_id = r.order_id and l.line_no = d.line_no
          where r.network_id = $1 and r.refund_id >= $3 and r.refund_id < $4
            and r.created_at >= $5 and r.created_at < $6
          group by 1",
    )
    .bind(network)
    .bind(tenant)
    .bind(low)
    .bind(high)
    .bind(from)
    .bind(to)
    .fetch_all(&mut *tx)
    .await?;
    let claimed: Vec<(NaiveDate, i64)> = sqlx::query_as(
        "select (c.opened_at at time zone 'UTC')::date, count(*)
           from claim c
           join order_tier t on t.network_id = c.network_id and t.tenant_id = $2 and t.order_id = c.order_id
                and t.line_no = c.line_no
          where c.network_id = $1 and c.claim_id >= $3 and c.claim_id < $4
            and c.opened_at >= $5 and c.opened_at < $6
          group by 1",
    )
    .bind(network)
    .bind(tenant)
    .bind(low)
    .bind(high)
    .bind(from)
    .bind(to)
    .fetch_all(&mut *tx)
    .await?;
    let top: Vec<Good> = sqlx::query_as(
        "select (array_agg(l.title order by l.order_id desc))[1] as title, l.variant_id, sum(l.quantity)::bigint as units,
                sum(t.price)::bigint as sales, sum(t.profit)::bigint as profit
           from order_tier t
           join orders o on o.network_id = t.network_id and o.order_id = t.order_id
           join order_line l on l.network_id = t.network_id and l.order_id = t.order_id and l.line_no = t.line_no
          where t.network_id = $1 and t.tenant_id = $2 and t.order_id >= $3 and t.order_id < $4
            and o.placed_at >= $5 and o.placed_at < $6
          group by l.variant_id order by sales desc, l.variant_id limit $7",
    )
    .bind(network)
    .bind(tenant)
    .bind(low)
    .bind(high)
    .bind(from)
    .bind(to)
    .bind(TOP)
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    for (date, orders, sales, profit) in sold {
        if let Some(day) = days.get_mut(&date) {
            (day.orders, day.sales, day.profit) = (orders, sales, profit);
        }
    }
    for (date, refunded) in back {
        if let Some(day) = days.get_mut(&date) {
            day.refunded = refunded;
        }
    }
    for (date, claims) in claimed {
        if let Some(day) = days.get_mut(&date) {
            day.claims = claims;
        }
    }
    Ok(Report { days: days.into_values().collect(), top })
}

// Every day that some of the time lies in, empty.
fn calendar(from: Moment, to: Moment) -> Result<BTreeMap<NaiveDate, Day>, No> {
    const WRONG: No = No::BadRequest("a report is of 1 moment to 366 days");
    if to <= from || to - from > TimeDelta::days(MOST_DAYS) {
        return Err(WRONG);
    }
    let (mut date, last) = (from.date_naive(), (to - TimeDelta::microseconds(1)).date_naive());
    let mut days = BTreeMap::new();
    while date <= last {
        days.insert(date, Day { date, orders: 0, sales: 0, profit: 0, refunded: 0, claims: 0 });
        date = date.checked_add_days(Days::new(1)).ok_or(WRONG)?;
    }
    Ok(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn a_report_has_every_day_that_it_touches_and_no_more_than_a_year() {
        let days = |from, to| calendar(at(from), at(to)).map(|days| days.len());
        assert_eq!(days("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z").unwrap(), 1);
        assert_eq!(days("2026-01-01T23:59:59Z", "2026-01-02T00:00:01Z").unwrap(), 2);
        assert_eq!(days("2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z").unwrap(), 366);
        assert!(days("2024-01-01T00:00:00Z", "2025-01-01T00:00:00.000001Z").is_err());
        assert!(days("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z").is_err());
        assert!(days("2024-01-02T00:00:00Z", "2024-01-01T00:00:00Z").is_err());
    }
}

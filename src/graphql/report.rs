//! What a tenant sold, through GraphQL.

use super::{
    scalar::{DateTime, Money},
    session::{Ask, nullable, read},
};
use crate::{
    foundation::Currency,
    reporting::sales::{self, Day, Good},
};
use async_graphql::{Context, Object, Result, SimpleObject};

/// What the caller's tenant sold, in its own amounts: never what anybody above or below it asked.
#[derive(SimpleObject)]
pub struct SalesReport {
    /// Every day of the time, those without sales included; at most 367, where it begins and ends within days.
    days: Vec<SalesDay>,
    /// What sold most, by sales; at most ten.
    top: Vec<SalesProduct>,
}

/// One day, by UTC.
#[derive(SimpleObject)]
pub struct SalesDay {
    /// Which, e.g. "2026-11-22".
    date: String,
    /// Orders placed.
    orders: i32,
    /// What the tenant asked for them.
    sales: Money,
    /// What it earned on them as they were placed.
    profit: Money,
    /// What went back that day, whenever it was sold: of sales that were undone its own price, and what it bore alone.
    refunded: Money,
    /// Warranty claims opened that day on what it sold.
    claims: i32,
}

/// A good in a report.
#[derive(SimpleObject)]
pub struct SalesProduct {
    /// As it was called at its last sale.
    title: String,
    /// How many units.
    units: i32,
    /// What the tenant asked for them.
    sales: Money,
    /// What it earned on them as they were sold.
    profit: Money,
}

fn count(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

impl SalesDay {
    fn of(day: &Day, currency: Currency) -> Self {
        let money = |minor| Money::minor(minor, currency);
        Self {
            date: day.date.to_string(),
            orders: count(day.orders),
            sales: money(day.sales),
            profit: money(day.profit),
            refunded: money(day.refunded),
            claims: count(day.claims),
        }
    }
}

impl SalesProduct {
    fn of(good: Good, currency: Currency) -> Self {
        let money = |minor| Money::minor(minor, currency);
        Self {
            title: good.title,
            units: count(good.units),
            sales: money(good.sales),
            profit: money(good.profit),
        }
    }
}

/// Reports to read.
#[derive(Default)]
pub struct ReportQuery;

#[Object]
impl ReportQuery {
    /// What the caller's tenant sold.
    async fn sales_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "From this moment on.")] from: DateTime,
        #[graphql(desc = "Until before this one; at most 366 days later.")] to: DateTime,
    ) -> Option<Result<SalesReport>> {
        nullable(async {
            let permit = ctx.permit()?;
            let currency = permit.place().currency;
            let report = read(sales::report(&ctx.services().db, &permit, from.0, to.0).await)?;
            Ok(Some(SalesReport {
                days: report.days.iter().map(|day| SalesDay::of(day, currency)).collect(),
                top: report.top.into_iter().map(|good| SalesProduct::of(good, currency)).collect(),
            }))
        })
        .await
    }
}

//! What is asked of suppliers, and when desks work, through GraphQL.

use super::super::{
    Ask,
    scalar::{Money, MoneyInput},
    session::{id, nullable, read},
};
use crate::{
    access::TenantKind,
    foundation::{Currency, No, id::TenantId},
    warranty::{
        calendar::{self, Calendar, Stretch},
        guard,
        set_aside::{self, Way},
    },
};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};

/// Why a supplier's goods are off sale.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "guard::PauseReason")]
pub enum PauseReason {
    /// Its deposit is below the level that is asked for.
    DepositLow,
    /// Too many claims ran out of time at its desk.
    ClaimsLate,
}

/// A supplier's deposit and claims, and what is asked of them. Its goods are off sale while either falls short, and on
/// sale again by themselves.
#[derive(SimpleObject, Clone)]
pub struct SupplierGuard {
    /// The supplier.
    supplier_id: ID,
    /// What it has deposited: what remedies at its expense are paid from behind held money.
    deposit: Money,
    /// What it should have.
    deposit_level: Money,
    /// How many of its claims may be late; hundredths of a percent. Null: no limit.
    late_limit_basis_points: Option<i32>,
    /// Claims that its desk had in the last 30 days, those that a recall opened apart; fewer than 5 say nothing.
    claims: i32,
    /// Of these, those that ran out of time there.
    claims_late: i32,
    /// Why its goods are off sale; null while they are not.
    paused: Option<PauseReason>,
}

impl SupplierGuard {
    fn of(guard: &guard::Guard, currency: Currency) -> Self {
        let count = |rows: i64| i32::try_from(rows).unwrap_or(i32::MAX);
        Self {
            supplier_id: ID(guard.supplier_id.to_string()),
            deposit: Money::minor(guard.balance, currency),
            deposit_level: Money::minor(guard.deposit_level, currency),
            late_limit_basis_points: guard.late_limit_bp,
            claims: count(guard.had),
            claims_late: count(guard.late),
            paused: guard.sales_paused.map(Into::into),
        }
    }
}

/// When a desk works.
#[derive(SimpleObject, Clone)]
pub struct WorkCalendar {
    /// Whose clock it goes by: a name of the IANA's database, such as Asia/Shanghai.
    time_zone: String,
    /// The week, in order; at most 100.
    hours: Vec<WorkHours>,
    /// Days on which nobody works, e.g. 2026-10-01; at most 100.
    holidays: Vec<String>,
}

/// A stretch of a week's working time.
#[derive(SimpleObject, InputObject, Clone)]
#[graphql(input_name = "WorkHoursInput")]
pub struct WorkHours {
    /// Monday is 1, Sunday 7.
    day: i32,
    /// Its first minute of the day, 0 to 1,439.
    from: i32,
    /// The minute that it ends at, at most 1,440.
    to: i32,
}

impl From<Calendar> for WorkCalendar {
    fn from(calendar: Calendar) -> Self {
        let number = |minute: u32| i32::try_from(minute).unwrap_or(i32::MAX);
        let hours = calendar.hours.iter();
        let hours =
            hours.map(|one| WorkHours { day: number(one.day), from: number(one.from), to: number(one.to) });
        Self {
            time_zone: calendar.zone.name().to_owned(),
            hours: hours.collect(),
            holidays: calendar.holidays.iter().map(ToString::to_string).collect(),
        }
    }
}

/// When the caller's desk works.
#[derive(InputObject)]
pub struct WorkCalendarSetInput {
    /// Whose clock it goes by, summer time and all: a name of the IANA's database, such as Asia/Shanghai.
    time_zone: String,
    /// The week; at least 5 hours of work, no two that overlap.
    hours: Vec<WorkHours>,
    /// Days on which nobody works, e.g. 2026-10-01; at most 100.
    holidays: Option<Vec<String>>,
}

impl WorkCalendarSetInput {
    fn parse(self) -> Result<Calendar, No> {
        // What is below zero is none of a week's minutes, and refused as such.
        let number = |minute: i32| u32::try_from(minute).unwrap_or(u32::MAX);
        let hours = self.hours.iter();
        let hours =
            hours.map(|one| Stretch { day: number(one.day), from: number(one.from), to: number(one.to) });
        let days = self.holidays.unwrap_or_default().into_iter().enumerate().map(|(at, day)| {
            day.parse()
                .map_err(|_| No::invalid("must be a day such as 2026-10-01", &format!("holidays.{at}")))
        });
        Ok(Calendar {
            zone: calendar::zone(&self.time_zone)?,
            hours: hours.collect(),
            holidays: days.collect::<Result<_, No>>()?,
        })
    }
}

/// What is asked of a supplier.
#[derive(InputObject)]
pub struct SupplierGuardSetInput {
    /// Which supplier.
    supplier_id: ID,
    /// What it should have deposited; null asks for nothing.
    deposit_level: Option<MoneyInput>,
    /// How many of its claims may be late, hundredths of a percent; null: no limit.
    late_limit_basis_points: Option<i32>,
}

/// Money between a supplier's wallet and its deposit.
#[derive(InputObject)]
pub struct SupplierDepositInput {
    /// How much.
    amount: MoneyInput,
    /// The same key moves once: 1 to 128 visible ASCII characters.
    idempotency_key: String,
}

/// What pays a buyer whom a supplier can't: the operator sets it aside.
#[derive(SimpleObject, Clone)]
pub struct BuyerProtectionFund {
    /// What it has.
    balance: Money,
}

/// Money between the operator's wallet and the buyer-protection fund.
#[derive(InputObject)]
pub struct BuyerProtectionFundInput {
    /// How much.
    amount: MoneyInput,
    /// The same key moves once: 1 to 128 visible ASCII characters.
    idempotency_key: String,
}

crate::payload! {
    /// The fund, or why nothing moved.
    BuyerProtectionFundPayload {
        /// As it is now.
        fund: BuyerProtectionFund
    }
}

crate::payload! {
    /// What is asked of the supplier, or why not.
    SupplierGuardPayload {
        /// As it is now.
        guard: SupplierGuard
    }
}

crate::payload! {
    /// When the desk works, or why that was not set.
    WorkCalendarPayload {
        /// As it is now.
        calendar: WorkCalendar
    }
}

/// What is asked of suppliers, and when desks work.
#[derive(Default)]
pub struct GuardQuery;

#[Object]
impl GuardQuery {
    /// A supplier's deposit and claims: the caller's own, or any for the operator.
    async fn supplier_guard(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which supplier; null is the caller's own.")] supplier_id: Option<ID>,
    ) -> Option<Result<SupplierGuard>> {
        nullable(async {
            let permit = ctx.permit()?;
            let supplier: TenantId = match supplier_id {
                Some(id) => match id.parse() {
                    Ok(id) => id,
                    Err(_) => return Ok(None),
                },
                None if permit.place().kind == TenantKind::Supplier => permit.tenant(),
                None => return Ok(None),
            };
            let found = guard::guard(&ctx.services().db, permit.viewer(), supplier).await;
            let currency = permit.place().currency;
            Ok(read(found.map_err(No::Fault))?.map(|guard| SupplierGuard::of(&guard, currency)))
        })
        .await
    }

    /// The network's buyer-protection fund: what remedies at a supplier's expense are paid from when its held money, its
    /// deposit and its wallet do not suffice. Null for everyone but the operator.
    async fn buyer_protection_fund(&self, ctx: &Context<'_>) -> Option<Result<BuyerProtectionFund>> {
        nullable(async {
            let permit = ctx.permit()?;
            let found = set_aside::fund(&ctx.services().db, permit.viewer()).await;
            let currency = permit.place().currency;
            let balance = read(found.map_err(No::Fault))?;
            Ok(balance.map(|balance| BuyerProtectionFund { balance: Money::minor(balance, currency) }))
        })
        .await
    }

    /// When the caller's own desk works; null where it has not said so.
    async fn work_calendar(&self, ctx: &Context<'_>) -> Option<Result<WorkCalendar>> {
        nullable(async {
            let permit = ctx.permit()?;
            let found = guard::calendar_of(&ctx.services().db, &permit).await;
            Ok(read(found.map_err(No::Fault))?.map(WorkCalendar::from))
        })
        .await
    }
}

/// What is asked of suppliers, and when desks work.
#[derive(Default)]
pub struct GuardMutation;

#[Object]
impl GuardMutation {
    /// Sets what is asked of a supplier. Operator only.
    async fn supplier_guard_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is asked.")] input: SupplierGuardSetInput,
    ) -> Result<SupplierGuardPayload> {
        let permit = ctx.permit()?;
        let currency = permit.place().currency;
        let done = async {
            let supplier = id(&input.supplier_id, "supplierId")?;
            let level = input.deposit_level.map(|level| level.parse(currency, "depositLevel")).transpose()?;
            let level = level.map_or(0, |level| level.minor);
            let limit = input.late_limit_basis_points;
            guard::set_guard(&ctx.services().db, permit, supplier, level, limit).await
        };
        SupplierGuardPayload::of(done.await.map(|guard| SupplierGuard::of(&guard, currency)))
    }

    /// Moves money from the supplier's wallet into its deposit.
    async fn supplier_deposit_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How much.")] input: SupplierDepositInput,
    ) -> Result<SupplierGuardPayload> {
        moved(ctx, input, Way::Add).await
    }

    /// Takes money out of the supplier's deposit into its wallet, down to the level that is asked for.
    async fn supplier_deposit_take(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How much.")] input: SupplierDepositInput,
    ) -> Result<SupplierGuardPayload> {
        moved(ctx, input, Way::Take).await
    }

    /// Moves money from the operator's wallet into the network's buyer-protection fund. Operator only.
    async fn buyer_protection_fund_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How much.")] input: BuyerProtectionFundInput,
    ) -> Result<BuyerProtectionFundPayload> {
        fund(ctx, input, Way::Add).await
    }

    /// Takes money out of the network's buyer-protection fund into the operator's wallet. Operator only.
    async fn buyer_protection_fund_take(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How much.")] input: BuyerProtectionFundInput,
    ) -> Result<BuyerProtectionFundPayload> {
        fund(ctx, input, Way::Take).await
    }

    /// Sets when the caller's desk works: its deadlines run in that time alone. The operator's is for every desk that
    /// has none of its own; where nobody has one, desks always work.
    async fn work_calendar_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "When.")] input: WorkCalendarSetInput,
    ) -> Result<WorkCalendarPayload> {
        let permit = ctx.permit()?;
        let done = async { guard::set_calendar(&ctx.services().db, permit, input.parse()?).await };
        WorkCalendarPayload::of(done.await.map(WorkCalendar::from))
    }
}

async fn moved(ctx: &Context<'_>, input: SupplierDepositInput, way: Way) -> Result<SupplierGuardPayload> {
    let permit = ctx.permit()?;
    let currency = permit.place().currency;
    let done = async {
        let amount = input.amount.parse(currency, "amount")?;
        guard::move_deposit(&ctx.services().db, permit, way, amount, &input.idempotency_key).await
    };
    SupplierGuardPayload::of(done.await.map(|guard| SupplierGuard::of(&guard, currency)))
}

async fn fund(
    ctx: &Context<'_>,
    input: BuyerProtectionFundInput,
    way: Way,
) -> Result<BuyerProtectionFundPayload> {
    let permit = ctx.permit()?;
    let currency = permit.place().currency;
    let done = async {
        let amount = input.amount.parse(currency, "amount")?;
        set_aside::move_fund(&ctx.services().db, permit, way, amount, &input.idempotency_key).await
    };
    let balance = done.await;
    BuyerProtectionFundPayload::of(
        balance.map(|balance| BuyerProtectionFund { balance: Money::minor(balance, currency) }),
    )
}

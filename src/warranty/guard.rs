//! What keeps a supplier honest: a deposit of a level, and claims that are not late. Below either its goods are off
//! sale, and on again by themselves once it is mended.

use super::{
    calendar::{Calendar, Kept},
    set_aside::{self, Aside, Way},
    store,
};
use crate::{
    access::{Permit, TenantKind, Viewer},
    events::{self, Event, EventType},
    foundation::{
        Db, Fault, Money, No, Scope, Turn, Tx,
        id::{NetworkId, TenantId},
    },
};
use sqlx::types::Json;

crate::words! {
    /// Why a supplier's goods are off sale.
    pub enum PauseReason {
        /// Its deposit is below the level that is asked for.
        DepositLow = "DEPOSIT_LOW",
        /// Too many claims ran out of time at its desk.
        ClaimsLate = "CLAIMS_LATE",
    }
}

crate::row! {
    /// A supplier's deposit and claims, and what is asked of them.
    pub struct Guard {
        /// The supplier.
        pub supplier_id: TenantId,
        /// What it has deposited; minor units.
        pub balance: i64,
        /// What it should have; minor units.
        pub deposit_level: i64,
        /// How many of its claims may be late; basis points.
        pub late_limit_bp: Option<i32>,
        /// Claims that its desk had in the last 30 days, those that a recall opened apart.
        pub had: i64,
        /// Of these, those that ran out of time there.
        pub late: i64,
        /// Why its goods are off sale.
        pub sales_paused: Option<PauseReason>,
    }
}

/// Fewer claims than this say nothing.
const SAMPLE: i64 = 5;

const GUARD: &str = "select t.tenant_id as supplier_id, coalesce(a.balance, 0) as balance,
       coalesce(g.deposit_level, 0) as deposit_level, g.late_limit_bp, h.had, h.late, t.sales_paused
  from tenant t
  left join supplier_guard g on g.network_id = t.network_id and g.supplier_id = t.tenant_id
  left join account a on a.network_id = t.network_id and a.owner_id = t.tenant_id and a.kind = 'SUPPLIER_DEPOSIT'
 cross join lateral (
   select count(distinct s.claim_id) filter (where s.desk = 'SUPPLIER' and s.to_status = 'SUBMITTED'
                                                -- What begins there is opened by a recall of its own.
                                                and s.step_no > 1) as had,
          count(distinct s.claim_id) filter (where s.late_desk = 'SUPPLIER') as late
     from claim c join claim_step s on s.network_id = c.network_id and s.claim_id = c.claim_id
    where c.network_id = t.network_id and c.supplier_id = t.tenant_id and s.at > now() - interval '30 days'
      -- Ids begin with their time: what was opened long ago is not even looked at.
      and c.claim_id >= (lpad(to_hex((extract(epoch from now() - interval '60 days') * 1000)::bigint), 12, '0')
                         || repeat('0', 20))::uuid) h
 where t.network_id = $1 and t.kind = 'SUPPLIER'";

impl Guard {
    /// Why its goods should be off sale, if they should.
    pub fn wanting(&self) -> Option<PauseReason> {
        let late = self
            .late_limit_bp
            .is_some_and(|limit| self.had >= SAMPLE && self.late * 10_000 > self.had * i64::from(limit));
        if self.balance < self.deposit_level {
            Some(PauseReason::DepositLow)
        } else {
            late.then_some(PauseReason::ClaimsLate)
        }
    }
}

/// Sets what is asked of a supplier.
///
/// # Errors
/// NOT_FOUND, INVALID_INPUT.
pub async fn set_guard(
    db: &Db,
    permit: Permit,
    supplier: TenantId,
    level: i64,
    late_limit_bp: Option<i32>,
) -> Result<Guard, No> {
    if late_limit_bp.is_some_and(|limit| !(0..=10_000).contains(&limit)) {
        return Err(No::invalid("must be between 0 and 10000", "lateLimitBasisPoints"));
    }
    let network = permit.network();
    let missing = || No::not_found("supplierId");
    let mut tx = db.begin(permit.work()).await?;
    read(&mut tx, network, supplier).await?.ok_or_else(missing)?;
    sqlx::query(
        "insert into supplier_guard (network_id, supplier_id, deposit_level, late_limit_bp) values ($1, $2, $3, $4)
         on conflict (network_id, supplier_id)
         do update set deposit_level = excluded.deposit_level, late_limit_bp = excluded.late_limit_bp",
    )
    .bind(network)
    .bind(supplier)
    .bind(level)
    .bind(late_limit_bp)
    .execute(&mut *tx)
    .await?;
    settle(&mut tx, network, supplier).await?;
    let guard = read(&mut tx, network, supplier).await?;
    tx.commit().await?;
    guard.ok_or_else(missing)
}

/// Moves money between the caller's wallet and its deposit, once a key: out of it, down to the level that is asked for.
///
/// # Errors
/// As [`set_aside::move_money`].
pub async fn move_deposit(db: &Db, permit: Permit, way: Way, amount: Money, key: &str) -> Result<Guard, No> {
    let (network, supplier) = (permit.network(), permit.tenant());
    let mut tx = db.begin(permit.work()).await?;
    let gone = || No::not_found("supplierId");
    let moved = set_aside::move_money(&mut tx, &permit, Aside::Deposit, way, amount, key).await?;
    let guard = read(&mut tx, network, supplier).await?.ok_or_else(gone)?;
    if !moved {
        return Ok(guard);
    }
    if way == Way::Take && guard.balance < guard.deposit_level {
        return Err(set_aside::short(Money::new(guard.deposit_level - guard.balance, amount.currency)));
    }
    settle(&mut tx, network, supplier).await?;
    let guard = read(&mut tx, network, supplier).await?;
    tx.commit().await?;
    guard.ok_or_else(gone)
}

/// A supplier's guard: the supplier's own, or any for the operator.
///
/// # Errors
/// [`Fault`].
pub async fn guard(db: &Db, viewer: &Viewer, supplier: TenantId) -> Result<Option<Guard>, Fault> {
    let place = &viewer.place;
    if place.kind != TenantKind::Operator && place.tenant != supplier {
        return Ok(None);
    }
    let mut tx = db.begin(Scope::Network(place.network)).await?;
    read(&mut tx, place.network, supplier).await
}

async fn read(tx: &mut Tx, network: NetworkId, supplier: TenantId) -> Result<Option<Guard>, Fault> {
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!("{GUARD} and t.tenant_id = $2")))
        .bind(network)
        .bind(supplier)
        .fetch_optional(&mut **tx)
        .await?)
}

// Takes the supplier's goods off sale or puts them back, where that is not so already, and tells it and the operator.
async fn settle(tx: &mut Tx, network: NetworkId, supplier: TenantId) -> Result<bool, Fault> {
    let Some(guard) = read(tx, network, supplier).await? else { return Ok(false) };
    let wanting = guard.wanting();
    if wanting == guard.sales_paused {
        return Ok(false);
    }
    let changed = sqlx::query(
        "update tenant set sales_paused = $3
          where network_id = $1 and tenant_id = $2 and sales_paused is not distinct from $4",
    )
    .bind(network)
    .bind(supplier)
    .bind(wanting)
    .bind(guard.sales_paused)
    .execute(&mut **tx)
    .await?
    .rows_affected();
    if changed == 0 {
        return Ok(false);
    }
    let operator = store::operator(tx, network).await?;
    let event = Event::about(
        if wanting.is_some() { EventType::SalesPaused } else { EventType::SalesResumed },
        vec![supplier, operator],
        supplier.to_string(),
    );
    events::record(tx, network, &[event]).await?;
    Ok(true)
}

/// Looking after suppliers.
pub const TURN: Turn = Turn::named(*b"\0\0guards");

/// Takes off sale what should be, and puts back what may; answers how many suppliers' goods changed.
///
/// # Errors
/// [`Fault`].
pub async fn run_due(db: &Db) -> Result<u64, Fault> {
    let mut tx = db.begin_steady(Scope::Installation).await?;
    if !TURN.take(&mut tx).await? {
        return Ok(0);
    }
    let guarded: Vec<(NetworkId, TenantId)> =
        sqlx::query_as("select network_id, supplier_id from supplier_guard order by network_id, supplier_id")
            .fetch_all(&mut *tx)
            .await?;
    tx.commit().await?;
    let mut changed = 0;
    for (network, supplier) in guarded {
        let mut tx = db.begin(Scope::Network(network)).await?;
        if settle(&mut tx, network, supplier).await? {
            changed += 1;
        }
        tx.commit().await?;
    }
    Ok(changed)
}

/// Sets when the caller's desk works; with none it always does (or, of a tenant other than the operator, when the
/// operator's does).
///
/// # Errors
/// INVALID_INPUT.
pub async fn set_calendar(db: &Db, permit: Permit, calendar: Calendar) -> Result<Calendar, No> {
    let calendar = calendar.checked()?;
    let mut tx = db.begin(permit.work()).await?;
    sqlx::query(
        "insert into work_calendar (network_id, tenant_id, time_zone, hours, holidays)
         values ($1, $2, $3, $4, $5)
         on conflict (network_id, tenant_id)
         do update set time_zone = excluded.time_zone, hours = excluded.hours, holidays = excluded.holidays",
    )
    .bind(permit.network())
    .bind(permit.tenant())
    .bind(calendar.zone.name())
    .bind(Json(&calendar.hours))
    .bind(&calendar.holidays)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(calendar)
}

/// When the caller's own desk works, where it has said so.
///
/// # Errors
/// [`Fault`].
pub async fn calendar_of(db: &Db, permit: &Permit) -> Result<Option<Calendar>, Fault> {
    let mut tx = db.begin(permit.scope()).await?;
    let kept: Option<Kept> = sqlx::query_as(
        "select time_zone, hours, holidays from work_calendar where network_id = $1 and tenant_id = $2",
    )
    .bind(permit.network())
    .bind(permit.tenant())
    .fetch_optional(&mut *tx)
    .await?;
    kept.map(Calendar::try_from).transpose()
}

//! Profit on its way from held to spendable, and back while a claim on its unit is open.

use super::{
    OrderStatus,
    purse::{self, Accounts},
    refund,
    unit::{self, Unit},
};
use crate::{
    events,
    foundation::{Db, Fault, Scope, Turn, Tx, id::NetworkId},
    ledger::{AccountId, AccountKind},
};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Releasing what is due.
pub const TURN: Turn = Turn::named(*b"releases");

// Small enough that the wallets of a busy supplier are held for milliseconds.
const BATCH: i64 = 32;
// What one call does at most; the rest waits for the next.
const PASSES: u32 = 200;

crate::row! {
    /// A delivery that is due.
    pub struct Due {
        /// Its network.
        pub network_id: NetworkId,
        /// Its order.
        pub order_id: Uuid,
        /// The delivery.
        pub delivery_id: Uuid,
    }
}

/// Releases what was earned on every delivery whose time has come, and completes orders whose warranties
/// are over; answers how many deliveries moved on. Any number of processes may run it: one at a time releases,
/// whoever holds an order's row does its work, and each release is one entry with a key of its own.
///
/// # Errors
/// [`Fault`] when the due ones can't be read; one network's failure is logged and does not stop another's.
pub async fn release_due(db: &Db) -> Result<u64, Fault> {
    let mut done = 0;
    for _ in 0..PASSES {
        let due = find_due(db).await?;
        let mut moved = 0;
        for (network, due) in due {
            match release(db, network, &due).await {
                Ok(count) => moved += count,
                Err(fault) => tracing::error!(%fault, "a release failed"),
            }
        }
        if moved == 0 {
            break;
        }
        done += moved;
    }
    Ok(done)
}

// A unit under claim keeps all that was earned on it, on the replaced delivery too.
async fn find_due(db: &Db) -> Result<BTreeMap<NetworkId, Vec<Due>>, Fault> {
    let mut tx = db.begin_steady(Scope::Installation).await?;
    if !TURN.take(&mut tx).await? {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<Due> = sqlx::query_as(
        "(select d.network_id, d.order_id, d.delivery_id from delivery d
           where d.released_at is null and d.release_at < now() and d.status not in ('PENDING', 'UNDER_CLAIM')
             and not exists (select from delivery s where s.network_id = d.network_id and s.order_id = d.order_id
                    and s.line_no = d.line_no and s.unit_no = d.unit_no and s.status = 'UNDER_CLAIM')
           order by d.release_at limit $1)
         union
         (select d.network_id, d.order_id, d.delivery_id from delivery d
           where not d.settled and d.warranty_ends_at < now() and d.status not in ('PENDING', 'UNDER_CLAIM')
             and (d.release_at is null or d.released_at is not null)
           order by d.warranty_ends_at limit $1)",
    )
    .bind(BATCH)
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    let mut due = BTreeMap::<NetworkId, Vec<Due>>::new();
    for row in rows {
        due.entry(row.network_id).or_default().push(row);
    }
    Ok(due)
}

async fn release(db: &Db, network: NetworkId, due: &[Due]) -> Result<u64, Fault> {
    let mut tx = db.begin(Scope::Network(network)).await?;
    if !TURN.take(&mut tx).await? {
        return Ok(0);
    }
    let orders: Vec<Uuid> = sqlx::query_scalar(
        "select order_id from orders where network_id = $1 and order_id = any($2)
          order by order_id for no key update skip locked",
    )
    .bind(network)
    .bind(due.iter().map(|row| row.order_id).collect::<Vec<_>>())
    .fetch_all(&mut *tx)
    .await?;
    let deliveries: Vec<Uuid> = due.iter().map(|row| row.delivery_id).collect();
    // Asked again under the orders' locks: what was due may be under claim by now.
    let releasable: Vec<(Uuid, i32)> = sqlx::query_as(
        "select d.delivery_id, d.releases from delivery d
          where d.network_id = $1 and d.order_id = any($2) and d.delivery_id = any($3)
            and d.released_at is null and d.release_at < now() and d.status not in ('PENDING', 'UNDER_CLAIM')
            and not exists (select from delivery s where s.network_id = d.network_id and s.order_id = d.order_id
                   and s.line_no = d.line_no and s.unit_no = d.unit_no and s.status = 'UNDER_CLAIM')
          order by d.delivery_id for no key update of d skip locked",
    )
    .bind(network)
    .bind(&orders)
    .bind(&deliveries)
    .fetch_all(&mut *tx)
    .await?;
    if !releasable.is_empty() {
        pay_out(&mut tx, network, &releasable).await?;
    }
    let settled = sqlx::query(
        "update delivery set settled = true
          where network_id = $1 and order_id = any($2) and delivery_id = any($3) and not settled
            and warranty_ends_at < now() and status not in ('PENDING', 'UNDER_CLAIM')
            and (release_at is null or released_at is not null)",
    )
    .bind(network)
    .bind(&orders)
    .bind(&deliveries)
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if settled > 0 {
        for order in &orders {
            complete(&mut tx, network, *order).await?;
        }
    }
    tx.commit().await?;
    Ok(settled.max(u64::try_from(releasable.len()).unwrap_or(0)))
}

// From held to wallet, less what the tenant owes; an entry for each delivery, under all wallets' locks.
async fn pay_out(tx: &mut Tx, network: NetworkId, releasable: &[(Uuid, i32)]) -> Result<(), Fault> {
    let ids: Vec<Uuid> = releasable.iter().map(|(delivery, _)| *delivery).collect();
    let held: Vec<(Uuid, Uuid, i64)> = sqlx::query_as(
        "select delivery_id, tenant_id, held from earning
          where network_id = $1 and delivery_id = any($2) and held > 0
          order by delivery_id, position for no key update",
    )
    .bind(network)
    .bind(&ids)
    .fetch_all(&mut **tx)
    .await?;
    let mut tenants: Vec<Uuid> = held.iter().map(|(_, tenant, _)| *tenant).collect();
    tenants.sort_unstable();
    tenants.dedup();
    let accounts = Accounts::of(tx, network, &tenants).await?;
    let wallets: Vec<AccountId> = tenants
        .iter()
        .map(|tenant| accounts.get(AccountKind::TenantWallet, *tenant))
        .collect::<Result<_, _>>()?;
    purse::lock_balances(tx, network, &wallets).await?;
    // Whoever touches a tenant's debt holds its wallet's lock.
    let owed: Vec<(Uuid, i64)> = sqlx::query_as(
        "select tenant_id, amount from held_debt where network_id = $1 and tenant_id = any($2) and amount > 0",
    )
    .bind(network)
    .bind(&tenants)
    .fetch_all(&mut **tx)
    .await?;
    let before: HashMap<Uuid, i64> = owed.into_iter().collect();
    let mut debts = before.clone();
    let mut moved = Vec::new();
    for (delivery, releases) in releasable {
        let mut movements = Vec::new();
        for (_, tenant, amount) in held.iter().filter(|(of, _, _)| of == delivery) {
            let debt = debts.entry(*tenant).or_default();
            let repaid = (*debt).min(*amount);
            *debt -= repaid;
            if *amount > repaid {
                movements.push((accounts.get(AccountKind::TenantHeld, *tenant)?, repaid - amount));
                movements.push((accounts.get(AccountKind::TenantWallet, *tenant)?, amount - repaid));
            }
        }
        if !movements.is_empty() {
            let key = match releases {
                0 => format!("release:{delivery}"),
                again => format!("release:{delivery}:{again}"),
            };
            refund::post(tx, network, key, &movements).await?;
        }
        moved.extend(movements);
    }
    purse::move_held(tx, network, held.iter().map(|(delivery, tenant, part)| (*delivery, *tenant, -part)))
        .await?;
    for (tenant, amount) in before.iter().filter(|(tenant, amount)| debts.get(*tenant) != Some(*amount)) {
        let left = debts.get(tenant).copied().unwrap_or(*amount);
        sqlx::query("update held_debt set amount = $3 where network_id = $1 and tenant_id = $2")
            .bind(network)
            .bind(tenant)
            .bind(left)
            .execute(&mut **tx)
            .await?;
    }
    sqlx::query(
        "update delivery set released_at = now(), releases = releases + 1
          where network_id = $1 and delivery_id = any($2)",
    )
    .bind(network)
    .bind(&ids)
    .execute(&mut **tx)
    .await?;
    events::record(tx, network, &purse::wallet_news(&accounts, tenants, &moved)).await
}

// Guarded: only a delivered order whose every unit is past its warranty, with nothing held or claimed.
async fn complete(tx: &mut Tx, network: NetworkId, order: Uuid) -> Result<(), Fault> {
    let completed = sqlx::query(
        "update orders set status = 'COMPLETED', version = version + 1
          where network_id = $1 and order_id = $2 and status = 'DELIVERED'
            and not exists (select from delivery d where d.network_id = $1 and d.order_id = $2 and not d.settled)",
    )
    .bind(network)
    .bind(order)
    .execute(&mut **tx)
    .await?
    .rows_affected();
    if completed == 1 {
        let Some(order) = unit::lock_order(tx, network, order).await? else { return Ok(()) };
        let event = refund::status_event(tx, network, &order, OrderStatus::Completed).await?;
        events::record(tx, network, &[event]).await?;
    }
    Ok(())
}

/// Takes back into held what was released of a unit, as far as each tier's wallet goes: its claim is open
/// now, and only its money waits. The runner gives it back when the claim has ended.
///
/// # Errors
/// [`Fault`] when the database refuses.
pub async fn hold_again(tx: &mut Tx, network: NetworkId, unit: &Unit, claim: Uuid) -> Result<(), Fault> {
    let earnings = unit::lock_earnings(tx, network, unit).await?;
    let released: Vec<_> = earnings
        .iter()
        .map(|earning| (earning, earning.earned - earning.given_back - earning.held))
        .filter(|(earning, wanted)| earning.released && *wanted > 0)
        .collect();
    if released.is_empty() {
        return Ok(());
    }
    let tenants: Vec<Uuid> = released.iter().map(|(earning, _)| earning.tenant_id).collect();
    let accounts = Accounts::of(tx, network, &tenants).await?;
    let wallets: Vec<AccountId> = tenants
        .iter()
        .map(|tenant| accounts.get(AccountKind::TenantWallet, *tenant))
        .collect::<Result<_, _>>()?;
    let mut balances = purse::lock_balances(tx, network, &wallets).await?;
    let (mut movements, mut parts) = (Vec::new(), Vec::new());
    for (earning, wanted) in released {
        let wallet = accounts.get(AccountKind::TenantWallet, earning.tenant_id)?;
        let balance = balances.entry(wallet).or_default();
        let part = wanted.min(*balance);
        if part > 0 {
            *balance -= part;
            movements.push((wallet, -part));
            movements.push((accounts.get(AccountKind::TenantHeld, earning.tenant_id)?, part));
            parts.push((earning.delivery_id, earning.tenant_id, part));
        }
    }
    if movements.is_empty() {
        return Ok(());
    }
    refund::post(tx, network, format!("claim:{claim}:hold"), &movements).await?;
    sqlx::query(
        "update delivery set released_at = null, settled = false where network_id = $1 and delivery_id = any($2)",
    )
    .bind(network)
    .bind(parts.iter().map(|part| part.0).collect::<Vec<_>>())
    .execute(&mut **tx)
    .await?;
    purse::move_held(tx, network, parts).await?;
    events::record(tx, network, &purse::wallet_news(&accounts, tenants, &movements)).await
}

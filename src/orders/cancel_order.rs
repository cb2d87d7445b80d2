//! Giving up what of an order has not been delivered.

use super::{
    DeliveryId, DeliveryStatus, OrderId, OrderStatus,
    refund::{RefundId, RefundKind, status_event},
    unit::{self, LockedOrder},
};
use crate::{
    access::Permit,
    events::{self, Event, EventType},
    foundation::{
        Db, Fault, No, RefusalCode, Tx,
        id::{NetworkId, TenantId},
    },
    ledger::{self, AccountId, AccountKind, Entry, Posted},
};
use std::collections::BTreeMap;

/// Gives up every unit of an order that still waits: each is undone for every tier, and what was paid for it
/// goes back to the wallet. The order's lock decides against a delivery at the same moment: one of the two
/// finds the other done. One statement a table, however many units there are.
///
/// # Errors
/// NOT_FOUND for an order that the caller may not see; INVALID_TRANSITION where nothing waits (any more).
pub async fn cancel_order(db: &Db, permit: Permit, id: OrderId) -> Result<OrderId, No> {
    let network = permit.network();
    let mut tx = db.begin(permit.work()).await?;
    let order = unit::lock_order(&mut tx, network, id.0).await?;
    let order = order
        .filter(|order| order.site_id == permit.tenant())
        .filter(|order| permit.actor().buyer().is_none_or(|buyer| buyer == order.buyer_id))
        .ok_or_else(|| No::not_found("orderId"))?;
    let units: Vec<(DeliveryId, i64)> = sqlx::query_as(
        "select delivery_id, paid from delivery
          where network_id = $1 and order_id = $2 and status = $3 order by delivery_id for no key update",
    )
    .bind(network)
    .bind(id)
    .bind(DeliveryStatus::Pending)
    .fetch_all(&mut *tx)
    .await
    .map_err(Fault::from)?;
    if units.is_empty() {
        let message = format!("the order is {}, and nothing of it waits", order.status);
        return Err(No::because(RefusalCode::InvalidTransition, message, "orderId"));
    }
    let back = pay_back(&mut tx, network, &order, &units).await?;
    undo(&mut tx, network, &order, &units, back).await?;
    tx.commit().await?;
    Ok(id)
}

// An entry a unit, as its refund's: the buyer has back what each tier was held to have earned.
async fn pay_back(
    tx: &mut Tx,
    network: NetworkId,
    order: &LockedOrder,
    units: &[(DeliveryId, i64)],
) -> Result<Vec<RefundId>, No> {
    let ids: Vec<DeliveryId> = units.iter().map(|(delivery, _)| *delivery).collect();
    // Nothing was ever claimed or released of a unit that waits: all that was earned on it is held.
    let earned: Vec<(DeliveryId, TenantId, i64)> = sqlx::query_as(
        "update earning set held = 0, given_back = earned
          where network_id = $1 and delivery_id = any($2) and held = earned and given_back = 0
         returning delivery_id, tenant_id, earned",
    )
    .bind(network)
    .bind(&ids)
    .fetch_all(&mut **tx)
    .await?;
    let owners: Vec<uuid::Uuid> = earned.iter().map(|(_, tenant, _)| tenant.0).collect();
    let held = ledger::store::find_many(tx, network, AccountKind::TenantHeld, &owners).await?;
    let wallet = ledger::store::find(tx, network, AccountKind::BuyerWallet, order.buyer_id.0)
        .await?
        .ok_or_else(|| Fault::new("a buyer has no wallet"))?;
    let mut movements: BTreeMap<DeliveryId, Vec<(AccountId, i64)>> = BTreeMap::new();
    for (delivery, tenant, amount) in earned {
        let account =
            held.get(&tenant.0).ok_or_else(|| Fault::new("a tenant has no account for what it earns"))?;
        movements.entry(delivery).or_default().push((*account, -amount));
    }
    let mut refunds = Vec::with_capacity(units.len());
    let mut entries = Vec::with_capacity(units.len());
    for (delivery, paid) in units {
        let refund = RefundId::fresh();
        refunds.push(refund);
        if *paid > 0 {
            let mut unit = movements.remove(delivery).unwrap_or_default();
            unit.push((wallet, *paid));
            entries.push(Entry::new(format!("refund:{}", refund.0), unit)?);
        }
    }
    match ledger::store::post_all(tx, network, &entries).await? {
        Posted::Done => Ok(refunds),
        Posted::Short { .. } => Err(Fault::new("a wallet that is credited fell short").into()),
    }
}

async fn undo(
    tx: &mut Tx,
    network: NetworkId,
    order: &LockedOrder,
    units: &[(DeliveryId, i64)],
    refunds: Vec<RefundId>,
) -> Result<(), Fault> {
    let (ids, amounts): (Vec<DeliveryId>, Vec<i64>) = units.iter().copied().unzip();
    sqlx::query("update delivery set refunded = paid, status = 'REFUNDED' where network_id = $1 and delivery_id = any($2)")
        .bind(network)
        .bind(&ids)
        .execute(&mut **tx)
        .await?;
    sqlx::query(
        "insert into refund (network_id, refund_id, order_id, delivery_id, kind, amount)
         select $1, r.refund_id, $2, r.delivery_id, $3, r.amount
           from unnest($4::uuid[], $5::uuid[], $6::bigint[]) as r(refund_id, delivery_id, amount) where r.amount > 0",
    )
    .bind(network)
    .bind(order.order_id)
    .bind(RefundKind::Canceled)
    .bind(refunds)
    .bind(&ids)
    .bind(&amounts)
    .execute(&mut **tx)
    .await?;
    let status: OrderStatus = sqlx::query_scalar(
        "update orders set refunded = refunded + $3, version = version + 1,
                status = case when refunded + $3 = total then 'REFUNDED' else 'PARTIALLY_REFUNDED' end
          where network_id = $1 and order_id = $2 returning status",
    )
    .bind(network)
    .bind(order.order_id)
    .bind(amounts.iter().sum::<i64>())
    .fetch_one(&mut **tx)
    .await?;
    order.turned(tx, network, status).await?;
    let told = status_event(tx, network, order, status).await?;
    events::record(tx, network, &[told]).await?;
    let wallet = ledger::store::find(tx, network, AccountKind::BuyerWallet, order.buyer_id.0).await?;
    if let Some(wallet) = wallet {
        let news = Event {
            kind: EventType::WalletChanged,
            audience: vec![order.site_id],
            subject: wallet.to_string(),
            order: None,
            buyer: Some(order.buyer_id),
            order_status: None,
            claim_status: None,
        };
        events::record(tx, network, &[news]).await?;
    }
    Ok(())
}

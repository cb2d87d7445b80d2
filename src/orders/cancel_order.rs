//! Giving up an order of which nothing has been delivered.

use super::{
    DeliveryId, DeliveryStatus, OrderId, OrderStatus,
    refund::{self, RefundKind},
    unit,
};
use crate::{
    access::Permit,
    foundation::{Db, Fault, No, RefusalCode},
};

/// Gives an order up: every unit is undone for every tier, and what was paid goes back to the wallet. The
/// order's lock decides against a delivery at the same moment: one of the two finds the other done.
///
/// # Errors
/// NOT_FOUND for an order that the caller may not see; INVALID_TRANSITION once something was delivered or
/// the money went back.
pub async fn cancel_order(db: &Db, permit: Permit, id: OrderId) -> Result<OrderId, No> {
    let network = permit.network();
    let mut tx = db.begin(permit.work()).await?;
    let order = unit::lock_order(&mut tx, network, id.0).await?;
    let order = order
        .filter(|order| order.site_id == permit.tenant())
        .filter(|order| permit.actor().buyer().is_none_or(|buyer| buyer == order.buyer_id))
        .ok_or_else(|| No::not_found("orderId"))?;
    if order.status != OrderStatus::Paid {
        let message = format!("the order is {}", order.status);
        return Err(No::because(RefusalCode::InvalidTransition, message, "orderId"));
    }
    let units: Vec<(DeliveryId, DeliveryStatus, i64)> = sqlx::query_as(
        "select delivery_id, status, paid - refunded from delivery
          where network_id = $1 and order_id = $2 order by delivery_id",
    )
    .bind(network)
    .bind(id)
    .fetch_all(&mut *tx)
    .await
    .map_err(Fault::from)?;
    if units.iter().any(|(_, status, _)| *status != DeliveryStatus::Pending) {
        return Err(No::because(
            RefusalCode::InvalidTransition,
            "part of the order was delivered",
            "orderId",
        ));
    }
    for (delivery, _, left) in units {
        if left > 0 {
            refund::unwind(&mut tx, network, delivery.0, left, RefundKind::Canceled, None).await?;
        }
    }
    tx.commit().await?;
    Ok(id)
}

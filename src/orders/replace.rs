//! Another card in place of one that was no good.

use super::{
    DeliveryId, OrderStatus,
    purse::{self, Accounts, Paid},
    refund::{self, Bearer},
    terms,
    unit::{self, Unit},
};
use crate::{
    events,
    foundation::{Fault, No, Refusal, RefusalCode, Tx, id::NetworkId, refusal::Detail},
    inventory,
    ledger::AccountKind,
    provenance::{self, Step, StepKind},
};
use uuid::Uuid;

/// Replaces a unit by another card of its variant. Its warranty is what remained, at least 24 h.
///
/// Without a `bearer` the supplier gives another card and no money moves. A bearer buys the unit again at
/// its cost, without the plan that it was sold with: everyone above it earns once more, held and released like any profit. Answers the new delivery, and what
/// that was paid from.
///
/// # Errors
/// OUT_OF_STOCK at `input.remedy`; INSUFFICIENT_FUNDS at `input.bearer` when the bearer can't pay.
pub async fn replace(
    tx: &mut Tx,
    network: NetworkId,
    unit: &Unit,
    bearer: Option<Bearer>,
    claim: Uuid,
    order_status: OrderStatus,
) -> Result<(DeliveryId, Vec<Paid>), No> {
    let earnings = unit::lock_earnings(tx, network, unit).await?;
    let mut earned_again: Vec<(Uuid, i32, i64)> = Vec::new();
    let mut paid = Vec::new();
    if let Some(bearer) = bearer {
        let place = earnings
            .iter()
            .find(|earning| earning.original && earning.tenant_id == bearer.tenant.0)
            .map(|earning| earning.position)
            .ok_or_else(|| Fault::new("a bearer has no place in the unit's chain"))?;
        earned_again = earnings
            .iter()
            .filter(|earning| earning.original && earning.position < place)
            .map(|earning| {
                // A plan goes on with what remained of it: only the good is bought again.
                let plan = if earning.position == 0 { unit.plan_price } else { 0 };
                (earning.tenant_id, earning.position, (earning.earned - plan).max(0))
            })
            .collect();
        let cost: i64 = earned_again.iter().map(|(_, _, amount)| amount).sum();
        if cost > 0 {
            let owners: Vec<Uuid> = earnings.iter().map(|earning| earning.tenant_id).collect();
            let accounts = Accounts::of(tx, network, &owners).await?;
            let mut draw =
                purse::collect(tx, network, &[bearer.payer(cost)], &earnings, &accounts, &[]).await?;
            if draw.missing > 0 {
                return refund::short(tx, network, draw.missing, "bearer").await;
            }
            for (tenant, _, amount) in &earned_again {
                draw.movements.push((accounts.get(AccountKind::TenantHeld, *tenant)?, *amount));
            }
            refund::post(tx, network, format!("claim:{claim}:replace"), &draw.movements).await?;
            purse::settle(tx, network, &draw).await?;
            let news = purse::wallet_news(&accounts, [bearer.tenant.0], &draw.movements);
            events::record(tx, network, &news).await?;
            paid = draw.paid;
        }
    }
    let variant = unit.variant_id;
    let cards = inventory::store::take_or_wait(tx, network, variant, 1).await?;
    let card = cards.and_then(|cards| cards.first().copied()).ok_or_else(|| {
        Refusal::new(RefusalCode::OutOfStock, "no other is in stock").at("remedy").with(Detail::Available(0))
    })?;
    let replacement = DeliveryId::fresh();
    if let Some(old) = unit.card_id {
        inventory::replace::replaced(tx, network, old, replacement.0).await?;
    } else {
        let step = Step::of(unit.delivery_id, replacement.0);
        provenance::record(tx, network, StepKind::Replaced, &[step]).await?;
    }
    insert(tx, network, unit, replacement, card, &earned_again).await?;
    terms::record_sold(tx, network, unit.order_id, unit.line_no, &[(card.0, replacement.0)]).await?;
    let made = refund::made_event(tx, network, unit, replacement, order_status).await?;
    events::record(tx, network, &[made]).await?;
    let low = inventory::stock_low_events(tx, network, &[(variant, 1)].into(), true).await?;
    events::record(tx, network, &low).await?;
    Ok((replacement, paid))
}

async fn insert(
    tx: &mut Tx,
    network: NetworkId,
    unit: &Unit,
    replacement: DeliveryId,
    card: inventory::CardId,
    earned: &[(Uuid, i32, i64)],
) -> Result<(), Fault> {
    sqlx::query(
        "insert into delivery (network_id, delivery_id, order_id, line_no, unit_no, status, card_id, delivered_at,
                               warranty_ends_at, replaces_id, paid, refunded, release_at)
         select d.network_id, $3, d.order_id, d.line_no, d.unit_no, 'DELIVERED', $4, now(),
                greatest(d.warranty_ends_at, now() + interval '24 hours'), d.delivery_id, d.paid, d.refunded,
                case when $5 then least(greatest(d.warranty_ends_at, now() + interval '24 hours'),
                                        now() + n.hold_seconds * interval '1 second') end
           from delivery d join network n on n.network_id = d.network_id
          where d.network_id = $1 and d.delivery_id = $2",
    )
    .bind(network)
    .bind(unit.delivery_id)
    .bind(replacement)
    .bind(card)
    .bind(!earned.is_empty())
    .execute(&mut **tx)
    .await?;
    let done = sqlx::query(
        "update delivery set status = 'REPLACED', replaced_by_id = $3
          where network_id = $1 and delivery_id = $2 and status = $4",
    )
    .bind(network)
    .bind(unit.delivery_id)
    .bind(replacement)
    .bind(unit.status)
    .execute(&mut **tx)
    .await?
    .rows_affected();
    if done != 1 {
        return Err(Fault::new("a delivery that is to be replaced has moved on"));
    }
    for (tenant, position, amount) in earned {
        sqlx::query(
            "insert into earning (network_id, delivery_id, tenant_id, position, earned, held)
             values ($1, $2, $3, $4, $5, $5)",
        )
        .bind(network)
        .bind(replacement)
        .bind(tenant)
        .bind(position)
        .bind(amount)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

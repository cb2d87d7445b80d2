//! Buying from the wallet: money, stock, order and events stand or fall together.
//!
//! Locks in the order that every use case keeps: idempotency row, wallet, cards; everything else is
//! inserted. Every tier's share is credited by insertion alone, so one busy supplier is nobody's queue.

use super::{DeliveryId, OrderId, OrderStatus, store};
use crate::{
    access::Permit,
    catalogue::Fulfilment,
    events::{self, Event, EventType},
    foundation::{
        Db, Fault, Money, No, Refusal, RefusalCode, Tx,
        id::{TenantId, UserId},
        idempotency,
        refusal::Detail,
        seal, text,
    },
    inventory,
    ledger::{self, AccountKind, Entry, Posted, split},
    pricing::listing::{self, PricedLine, WantedLine},
};
use std::collections::BTreeMap;

/// What a buyer sends.
#[derive(Clone, Debug)]
pub struct PlaceOrder {
    /// The client's own name for this purchase: the same key buys once.
    pub idempotency_key: String,
    /// What and how many.
    pub lines: Vec<WantedLine>,
    /// What the buyer saw; another total is PRICE_CHANGED.
    pub expected_total: Money,
}

/// How often a transaction that lost a deadlock or waited too long for a lock is run again.
const TRIES: u32 = 3;

/// Buys from the wallet, all or nothing; cards are delivered when it returns. The same key with the same
/// input answers the first order again.
///
/// # Errors
/// PRICE_CHANGED, INSUFFICIENT_FUNDS, OUT_OF_STOCK, NOT_SELLABLE, NOT_FOUND, IDEMPOTENCY_KEY_REUSED,
/// INVALID_INPUT; nothing has happened then.
pub async fn place_order(db: &Db, permit: Permit, request: PlaceOrder) -> Result<OrderId, No> {
    let buyer = permit.actor().buyer().ok_or(No::Forbidden)?;
    text::idempotency_key(&request.idempotency_key)?;
    let mut tries = 0;
    loop {
        tries += 1;
        match attempt(db, &permit, buyer, &request).await {
            Err(No::Fault(fault)) if fault.is_transient() && tries < TRIES => {
                let jitter = u64::from(seal::random::<1>()[0]) % 20;
                tokio::time::sleep(std::time::Duration::from_millis(5 + jitter)).await;
            }
            other => return other,
        }
    }
}

async fn attempt(db: &Db, permit: &Permit, buyer: UserId, request: &PlaceOrder) -> Result<OrderId, No> {
    let (network, id) = (permit.network(), OrderId::fresh());
    let mut tx = db.begin(permit.work()).await?;
    let key = idempotency::Key {
        tenant: permit.tenant(),
        actor: buyer.0,
        operation: "orderPlace",
        key: &request.idempotency_key,
        hash: &fingerprint(request),
    };
    if let Some(first) = idempotency::claim_key(&mut tx, network, &key, id.0).await? {
        return Ok(OrderId(first));
    }
    let (lines, total) = listing::price_lines(&mut tx, permit.place(), &request.lines).await?;
    if total != request.expected_total {
        let detail = Detail::Price { expected: request.expected_total, current: total };
        return Err(Refusal::new(RefusalCode::PriceChanged, "the price has changed")
            .at("expectedTotal")
            .with(detail)
            .into());
    }
    pay(&mut tx, permit, buyer, id, &lines, total).await?;
    let units = units(&lines);
    let cards = take_cards(&mut tx, permit, &lines).await?;
    let status = status(&lines);
    store::insert_order(
        &mut tx,
        network,
        &store::NewOrder { id, site: permit.tenant(), buyer, status, total: total.minor },
    )
    .await?;
    store::insert_lines(&mut tx, network, id, &lines).await?;
    store::insert_units(&mut tx, network, id, &units, cards).await?;
    announce(&mut tx, permit, buyer, id, status, &lines, &units).await?;
    tx.commit().await?;
    Ok(id)
}

// What makes two requests the same one.
fn fingerprint(request: &PlaceOrder) -> Vec<u8> {
    let mut parts = vec![request.expected_total.decimal(), request.expected_total.currency.code().to_owned()];
    for line in &request.lines {
        parts.push(line.listing.to_string());
        parts.push(line.quantity.to_string());
        parts.push(line.fields.len().to_string());
        parts.extend(line.fields.iter().flat_map(|(name, value)| [name.clone(), value.clone()]));
    }
    let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
    seal::digest(&parts)
}

// One entry: the buyer's wallet pays, each tier is credited what it earns, held.
async fn pay(
    tx: &mut Tx,
    permit: &Permit,
    buyer: UserId,
    id: OrderId,
    lines: &[PricedLine],
    total: Money,
) -> Result<(), No> {
    let network = permit.network();
    let wallet = ledger::store::find(tx, network, AccountKind::BuyerWallet, buyer.0)
        .await?
        .ok_or_else(|| Fault::new("a buyer has no wallet"))?;
    let mut earned: Vec<(TenantId, i64)> = Vec::new();
    for line in lines {
        earned.extend(tiers(line));
    }
    let owners: Vec<uuid::Uuid> = earned.iter().map(|(tenant, _)| tenant.0).collect();
    let held = ledger::store::find_many(tx, network, AccountKind::TenantHeld, &owners).await?;
    let mut movements = vec![(wallet, -total.minor)];
    for (tenant, profit) in earned {
        let account =
            held.get(&tenant.0).ok_or_else(|| Fault::new("a tenant has no account for what it earns"))?;
        movements.push((*account, profit));
    }
    let entry = Entry::new(format!("order:{}", id.0), movements)?;
    match ledger::store::post(tx, network, &entry).await? {
        Posted::Done => Ok(()),
        Posted::Short { missing, .. } => {
            let detail = Detail::Missing(Money::new(missing, permit.place().currency));
            Err(Refusal::new(RefusalCode::InsufficientFunds, "the wallet holds less than this costs")
                .at("payWith")
                .with(detail)
                .into())
        }
    }
}

// The tiers of a line with what each earns on it, the supplier first.
fn tiers(line: &PricedLine) -> impl Iterator<Item = (TenantId, i64)> + '_ {
    let links = line.offer.links.as_deref().unwrap_or_default();
    links.iter().zip(&line.tiers).map(|(link, tier)| (link.tenant, tier.profit))
}

/// One unit of a line: what each tier earns on it.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Its delivery.
    pub delivery: DeliveryId,
    /// Which line, from 0.
    pub line_no: i32,
    /// Which of the line, from 0.
    pub unit_no: i32,
    /// Handed over with the order.
    pub delivered: bool,
    /// Warranty after delivery; seconds.
    pub warranty_seconds: i32,
    /// Each tier with what it earns, the supplier first; minor units.
    pub earned: Vec<(TenantId, i64)>,
}

// Each tier's profit on a line is divided over the units, so that the parts sum to the line exactly.
fn units(lines: &[PricedLine]) -> Vec<Unit> {
    let mut units = Vec::new();
    for (line_no, line) in (0..).zip(lines) {
        let mut parts: Vec<(TenantId, Vec<i64>)> = tiers(line)
            .map(|(tenant, profit)| (tenant, split::over_units(profit, i64::from(line.quantity)).collect()))
            .collect();
        for unit_no in 0..line.quantity {
            units.push(Unit {
                delivery: DeliveryId::fresh(),
                line_no,
                unit_no,
                delivered: line.offer.item.fulfilment == Fulfilment::Stock,
                warranty_seconds: line.offer.item.warranty_seconds,
                // Taken from the end: the vector is consumed without an index that could miss.
                earned: parts
                    .iter_mut()
                    .map(|(tenant, parts)| (*tenant, parts.pop().unwrap_or_default()))
                    .collect(),
            });
        }
    }
    units
}

// Cards for every line that is delivered from stock, by variant, so that two orders never wait crosswise.
async fn take_cards(
    tx: &mut Tx,
    permit: &Permit,
    lines: &[PricedLine],
) -> Result<Vec<(i32, Vec<inventory::CardId>)>, No> {
    let mut wanted: Vec<(i32, &PricedLine)> =
        (0..).zip(lines).filter(|(_, line)| line.offer.item.fulfilment == Fulfilment::Stock).collect();
    wanted.sort_by_key(|(_, line)| line.offer.item.variant_id);
    let mut taken = Vec::with_capacity(wanted.len());
    for (line_no, line) in wanted {
        let variant = line.offer.item.variant_id.0;
        let cards = inventory::store::take_or_wait(tx, permit.network(), variant, line.quantity).await?;
        let Some(cards) = cards else {
            let available = inventory::store::available(tx, permit.network(), variant).await?;
            return Err(listing::out_of_stock(usize::try_from(line_no).unwrap_or_default(), available));
        };
        taken.push((line_no, cards));
    }
    Ok(taken)
}

fn status(lines: &[PricedLine]) -> OrderStatus {
    let stocked = lines.iter().filter(|line| line.offer.item.fulfilment == Fulfilment::Stock).count();
    match stocked {
        0 => OrderStatus::Paid,
        all if all == lines.len() => OrderStatus::Delivered,
        _ => OrderStatus::PartiallyDelivered,
    }
}

async fn announce(
    tx: &mut Tx,
    permit: &Permit,
    buyer: UserId,
    id: OrderId,
    status: OrderStatus,
    lines: &[PricedLine],
    units: &[Unit],
) -> Result<(), Fault> {
    let mut audience: Vec<TenantId> =
        lines.iter().flat_map(|line| tiers(line).map(|(tenant, _)| tenant)).collect();
    audience.sort_unstable();
    audience.dedup();
    let of = |kind, subject: String, audience: Vec<TenantId>, status: OrderStatus| Event {
        kind,
        audience,
        subject,
        order: Some(id.0),
        buyer: Some(buyer),
        order_status: Some(status.word()),
        claim_status: None,
    };
    let mut news = vec![of(EventType::OrderPlaced, id.to_string(), audience.clone(), OrderStatus::Paid)];
    // A supplier hears of its own lines alone; everyone else has a part in every line.
    for unit in units.iter().filter(|unit| unit.delivered) {
        let audience = unit.earned.iter().map(|(tenant, _)| *tenant).collect();
        news.push(of(EventType::DeliveryMade, unit.delivery.to_string(), audience, status));
    }
    if status != OrderStatus::Paid {
        news.push(of(EventType::OrderStatusChanged, id.to_string(), audience, status));
    }
    let wallet = crate::ledger::store::find(tx, permit.network(), AccountKind::BuyerWallet, buyer.0).await?;
    if let Some(wallet) = wallet {
        news.push(Event {
            order: None,
            order_status: None,
            ..of(EventType::WalletChanged, wallet.to_string(), vec![permit.tenant()], status)
        });
    }
    let mut taken: BTreeMap<uuid::Uuid, i32> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.offer.item.fulfilment == Fulfilment::Stock) {
        *taken.entry(line.offer.item.variant_id.0).or_default() += line.quantity;
    }
    let taken: Vec<(uuid::Uuid, i32)> = taken.into_iter().collect();
    news.extend(inventory::stock_low_events(tx, permit.network(), &taken).await?);
    events::record(tx, permit.network(), &news).await
}

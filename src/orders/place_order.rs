//! Buying from the wallet: money, stock, order and events stand or fall together.
//!
//! Here one order in one transaction, which waits for whatever others hold: the plain way, and the measure of the
//! other one ([`batch`](super::batch)), which decides many together.
//!
//! Locks: the buyer's wallet, which stands for the buyer's idempotency keys of this operation, then cards, then the
//! coupon; everything else is inserted. Every tier's share is credited by insertion alone, so one busy supplier is nobody's queue.

use super::{
    OrderId,
    sale::{self, Sale},
    store, view,
};
use crate::{
    access::Permit,
    events,
    foundation::{
        Db, Fault, Money, No, Refusal, RefusalCode, Together, Tx,
        id::{NetworkId, UserId},
        idempotency,
        refusal::Detail,
        seal, text,
    },
    identity, inventory,
    ledger::{self, AccountKind, Posted},
    pricing::{
        listing::{self, WantedLine},
        prices::{self, Prices},
        set_coupon,
    },
};

/// What a buyer sends.
#[derive(Clone, Debug)]
pub struct PlaceOrder {
    /// The client's own name for this purchase: the same key buys once.
    pub idempotency_key: String,
    /// What and how many.
    pub lines: Vec<WantedLine>,
    /// The code of a coupon of the site's.
    pub coupon: Option<String>,
    /// What the buyer saw, the coupon taken off; another total is PRICE_CHANGED.
    pub expected_total: Money,
}

/// An order that stands.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Its id; that of the first use where the key was used before.
    pub id: OrderId,
    /// As its buyer sees it, where whoever placed it knows without reading it again.
    pub seen: Option<view::Order>,
}

/// The name that idempotency keys of this use case are kept under.
pub(super) const OPERATION: &str = "orderPlace";

/// How often a transaction that lost a deadlock or waited too long for a lock is run again.
const TRIES: u32 = 3;

/// What can be told of a request without the database: who buys.
///
/// # Errors
/// INVALID_INPUT and NOT_FOUND as [`prices::check_lines`]; FORBIDDEN for anybody but a buyer.
pub(super) fn check(permit: &Permit, request: &PlaceOrder) -> Result<UserId, No> {
    let buyer = permit.actor().buyer().ok_or(No::Forbidden)?;
    text::idempotency_key(&request.idempotency_key)?;
    prices::check_lines(permit.place(), &request.lines)?;
    Ok(buyer)
}

/// Buys from the wallet, all or nothing; cards are delivered when it returns. The same key with the same
/// input answers the first order again.
///
/// # Errors
/// PRICE_CHANGED, INSUFFICIENT_FUNDS, OUT_OF_STOCK, NOT_SELLABLE, NOT_FOUND, IDEMPOTENCY_KEY_REUSED,
/// INVALID_INPUT; of a coupon COUPON_NOT_APPLICABLE and LIMIT_EXCEEDED; nothing has happened then. UNAUTHENTICATED when the credential has been revoked meanwhile.
pub async fn place_order(db: &Db, permit: Permit, request: PlaceOrder) -> Result<Placed, No> {
    let buyer = check(&permit, &request)?;
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

async fn attempt(db: &Db, permit: &Permit, buyer: UserId, request: &PlaceOrder) -> Result<Placed, No> {
    let mut tx = db.begin(permit.work()).await?;
    match decide(&mut tx, permit, buyer, request).await {
        Ok(placed) => {
            tx.commit().await?;
            Ok(placed)
        }
        Err(no) => {
            // Whoever is told may try the next thing at once: nothing of this one is in its way.
            tx.rollback().await;
            Err(no)
        }
    }
}

async fn decide(tx: &mut Tx, permit: &Permit, buyer: UserId, request: &PlaceOrder) -> Result<Placed, No> {
    let network = permit.network();
    let wallet = ledger::store::lock_wallet(tx, network, buyer.0)
        .await?
        .ok_or_else(|| Fault::new("a buyer has no wallet"))?;
    identity::watch::confirm(tx, permit.viewer()).await?;
    let id = OrderId::fresh();
    let hash = sale::fingerprint(request);
    if let Some(first) =
        idempotency::claim_key(tx, network, &key(permit, buyer, request, &hash), id.0).await?
    {
        return Ok(Placed { id: OrderId(first), seen: None });
    }
    let prices = Prices::read(tx, network, [(permit.place(), &*request.lines)], false).await?;
    let (mut lines, mut total) = prices.lines(permit.place(), &request.lines)?;
    let mut coupon = None;
    if let Some(code) = &request.coupon {
        let named = set_coupon::named(tx, network, permit.tenant(), Some(buyer), code).await?;
        total.minor -= named.take_off(&mut lines, total.currency)?;
        coupon = Some((named.coupon_id, named.code));
    }
    check_total(total, request.expected_total)?;
    let mut sale = Sale { coupon, ..Sale::new(id, permit.place(), buyer, lines, total) };
    let owners: Vec<uuid::Uuid> = sale.earners().map(|tenant| tenant.0).collect();
    let held = ledger::store::find_many(tx, network, AccountKind::TenantHeld, &owners).await?;
    if let Posted::Short { missing, .. } =
        ledger::store::post(tx, network, &sale.entry(wallet, &held)?).await?
    {
        return Err(short_of_funds(Money::new(missing, total.currency)));
    }
    take_cards(tx, network, &mut sale).await?;
    // Last of all that is locked: whoever has the same coupon waits for little.
    if let Some((coupon, _)) = sale.coupon {
        set_coupon::count(tx, network, coupon, buyer).await?;
    }
    let sales = [sale];
    let mut writes = Together::of(network);
    store::insert(&mut writes, &sales)?;
    let [sale] = &sales;
    let mut news = sale.events(wallet);
    news.extend(inventory::stock_low_events(tx, network, &sale.cards_wanted(), true).await?);
    events::record_with(&mut writes, tx, &news);
    writes.run(tx).await?;
    Ok(Placed { id, seen: None })
}

/// The key of a request; `hash` is its [`fingerprint`](sale::fingerprint).
pub(super) fn key<'a>(
    permit: &Permit,
    buyer: UserId,
    request: &'a PlaceOrder,
    hash: &'a [u8],
) -> idempotency::Key<'a> {
    idempotency::Key {
        tenant: permit.tenant(),
        actor: buyer.0,
        operation: OPERATION,
        key: &request.idempotency_key,
        hash,
    }
}

/// # Errors
/// PRICE_CHANGED unless the buyer expected what it costs.
pub(super) fn check_total(current: Money, expected: Money) -> Result<(), No> {
    if current == expected {
        return Ok(());
    }
    Err(Refusal::new(RefusalCode::PriceChanged, "the price has changed")
        .at("expectedTotal")
        .with(Detail::Price { expected, current })
        .into())
}

/// INSUFFICIENT_FUNDS, with what is missing.
pub(super) fn short_of_funds(missing: Money) -> No {
    Refusal::new(RefusalCode::InsufficientFunds, "the wallet holds less than this costs")
        .at("payWith")
        .with(Detail::Missing(missing))
        .into()
}

async fn take_cards(tx: &mut Tx, network: NetworkId, sale: &mut Sale) -> Result<(), No> {
    for (variant, count) in sale.cards_wanted() {
        let wanted = i32::try_from(count).map_err(|_| Fault::new("an order of too many cards"))?;
        let Some(cards) = inventory::store::take_or_wait(tx, network, variant, wanted).await? else {
            let available = inventory::store::available(tx, network, variant).await?;
            return Err(listing::out_of_stock(sale.line_of(variant), available));
        };
        sale.hand_out(variant, cards);
    }
    Ok(())
}

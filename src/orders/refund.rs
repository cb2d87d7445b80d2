//! Money back to the buyer: the sale undone in proportion, or one tenant paying alone.

use super::{
    DeliveryId, DeliveryStatus, OrderId, OrderStatus,
    purse::{self, Accounts, Backing, Paid, Payer},
    unit::{self, Earning, LockedOrder, Unit},
};
use crate::{
    events::{self, Event, EventType},
    foundation::{
        Conn, Currency, Fault, Money, No, Refusal, RefusalCode, Tx,
        id::{NetworkId, TenantId},
        refusal::Detail,
    },
    ledger::{self, AccountId, AccountKind, Entry, Posted, split},
    provenance::{self, Step, StepKind},
};
use uuid::Uuid;

crate::id!(
    /// A refund.
    RefundId, "rfd"
);

crate::words! {
    /// What a refund undoes.
    pub enum RefundKind {
        /// A unit that was never delivered; every tier gives back.
        Canceled = "CANCELED",
        /// A unit that was no good; every tier gives back.
        Undone = "UNDONE",
        /// Nothing of the sale: one tenant pays.
        Borne = "BORNE",
    }
}

/// What a refund came to; minor units.
#[derive(Clone, Debug)]
pub struct Unwound {
    /// The refund.
    pub refund: RefundId,
    /// How much.
    pub amount: i64,
    /// The whole unit is refunded now.
    pub whole: bool,
    /// Where the order stands now.
    pub order_status: OrderStatus,
    /// Who paid what from which purse.
    pub paid: Vec<Paid>,
}

/// Who pays alone, and for what.
#[derive(Clone, Copy, Debug)]
pub struct Bearer {
    /// The tenant.
    pub tenant: TenantId,
    /// It is the unit's supplier: its deposit pays before its wallet.
    pub supplier: bool,
    /// The protection fund and its later profit stand behind it; else what is missing is refused.
    pub backed: bool,
}

/// Undoes `amount` of a unit's sale: each tier gives back the fixed ratio amount/paid of what it earned, out
/// of held money first, then what it can spend (the supplier: deposit, wallet, protection fund), and owes
/// the rest. Always pays the buyer. Emits the order's and the wallets' events.
///
/// # Errors
/// INVALID_INPUT at `input.amount` when that is not more than zero or more than what is left of the price.
pub async fn unwind(
    tx: &mut Tx,
    network: NetworkId,
    delivery: Uuid,
    amount: i64,
    kind: RefundKind,
    claim: Option<Uuid>,
) -> Result<Unwound, No> {
    let (order, unit, earnings) = lock(tx, network, delivery).await?;
    check_left(&unit, amount)?;
    let original: Vec<&Earning> = earnings.iter().filter(|earning| earning.original).collect();
    let earned: Vec<i64> = original.iter().map(|earning| earning.earned).collect();
    let given: Vec<i64> = original.iter().map(|earning| earning.given_back).collect();
    let shares = split::over_tiers(amount, &earned, &given)
        .ok_or_else(|| Fault::new("a refund that the buyer is due is more than the tiers earned"))?;
    let payers: Vec<Payer> = original
        .iter()
        .zip(&shares)
        .map(|(earning, share)| Payer {
            tenant: earning.tenant_id,
            amount: *share,
            supplier: earning.position == 0,
            backing: if earning.position == 0 { Backing::Fund } else { Backing::Debt },
        })
        .collect();
    let refund = RefundId::fresh();
    let key = format!("refund:{}", refund.0);
    let paid = pay(tx, network, &unit, &earnings, &payers, key, "amount").await?;
    give_back(tx, network, &original, &shares).await?;
    let refunded = Refunded { refund, amount, kind, claim, bearer: None, paid };
    record(tx, network, &order, &unit, refunded).await
}

/// A refund that one tenant pays alone: everybody else keeps what the sale earned them.
///
/// # Errors
/// INVALID_INPUT at `input.amount` as in [`unwind`]; INSUFFICIENT_FUNDS when the bearer can't pay.
pub async fn borne(
    tx: &mut Tx,
    network: NetworkId,
    delivery: Uuid,
    bearer: Bearer,
    amount: i64,
    claim: Option<Uuid>,
) -> Result<Unwound, No> {
    let (order, unit, earnings) = lock(tx, network, delivery).await?;
    check_left(&unit, amount)?;
    let refund = RefundId::fresh();
    let key = format!("refund:{}", refund.0);
    let paid = pay(tx, network, &unit, &earnings, &[bearer.payer(amount)], key, "bearer").await?;
    let kind = RefundKind::Borne;
    let refunded = Refunded { refund, amount, kind, claim, bearer: Some(bearer.tenant), paid };
    record(tx, network, &order, &unit, refunded).await
}

/// An amount on top of the sale, at most what the unit cost: it counts to no refund. Answers what it was paid from.
///
/// # Errors
/// INVALID_INPUT at `input.amount`; INSUFFICIENT_FUNDS when the bearer can't pay.
pub async fn compensate(
    tx: &mut Tx,
    network: NetworkId,
    delivery: Uuid,
    bearer: Bearer,
    amount: i64,
    claim: Uuid,
) -> Result<Vec<Paid>, No> {
    let (_, unit, earnings) = lock(tx, network, delivery).await?;
    if amount <= 0 || amount > unit.paid {
        return Err(No::invalid("must be more than zero and at most what the unit cost", "amount"));
    }
    let key = format!("claim:{claim}:compensate");
    pay(tx, network, &unit, &earnings, &[bearer.payer(amount)], key, "bearer").await
}

impl Bearer {
    /// The bearer as one that has to pay an amount.
    pub const fn payer(self, amount: i64) -> Payer {
        let backing = match (self.backed, self.supplier) {
            (false, _) => Backing::Own,
            (true, true) => Backing::Fund,
            (true, false) => Backing::Debt,
        };
        Payer { tenant: self.tenant.0, amount, supplier: self.supplier, backing }
    }
}

/// INSUFFICIENT_FUNDS with what is missing.
///
/// # Errors
/// Always; a [`Fault`] when the network's currency can't be read.
pub async fn short<T>(db: &mut Conn, network: NetworkId, missing: i64, path: &str) -> Result<T, No> {
    let code: String = sqlx::query_scalar("select currency from network where network_id = $1")
        .bind(network)
        .fetch_one(db)
        .await?;
    let currency = Currency::of(&code).map_err(|why| Fault::new(why.0))?;
    Err(Refusal::new(RefusalCode::InsufficientFunds, "who pays has less than that")
        .at(path)
        .with(Detail::Missing(Money::new(missing, currency)))
        .into())
}

async fn lock(
    tx: &mut Tx,
    network: NetworkId,
    delivery: Uuid,
) -> Result<(LockedOrder, Unit, Vec<Earning>), No> {
    let gone = || Fault::new("the delivery of a refund is not there");
    let order = unit::order_of(tx, network, delivery).await?.ok_or_else(gone)?;
    let order = unit::lock_order(tx, network, order).await?.ok_or_else(gone)?;
    let unit = unit::lock(tx, network, delivery).await?.ok_or_else(gone)?;
    let earnings = unit::lock_earnings(tx, network, &unit).await?;
    Ok((order, unit, earnings))
}

fn check_left(unit: &Unit, amount: i64) -> Result<(), No> {
    if unit.status == DeliveryStatus::Replaced {
        return Err(No::because(RefusalCode::InvalidTransition, "the unit was replaced", "deliveryId"));
    }
    if amount <= 0 || amount > unit.paid - unit.refunded {
        return Err(No::invalid("must be more than zero and at most what is left of the price", "amount"));
    }
    Ok(())
}

// From the payers to the buyer's wallet, in one entry: answers what it was paid from.
async fn pay(
    tx: &mut Tx,
    network: NetworkId,
    unit: &Unit,
    earnings: &[Earning],
    payers: &[Payer],
    key: String,
    path: &str,
) -> Result<Vec<Paid>, No> {
    let amount: i64 = payers.iter().map(|payer| payer.amount).sum();
    let mut owners: Vec<Uuid> = earnings.iter().map(|earning| earning.tenant_id).collect();
    owners.push(unit.buyer_id.0);
    let accounts = Accounts::of(tx, network, &owners).await?;
    let wallet = accounts.get(AccountKind::BuyerWallet, unit.buyer_id.0)?;
    let mut draw = purse::collect(tx, network, payers, earnings, &accounts, &[wallet]).await?;
    if draw.missing > 0 {
        return short(tx, network, draw.missing, path).await;
    }
    draw.movements.push((wallet, amount));
    post(tx, network, key, &draw.movements).await?;
    purse::settle(tx, network, &draw).await?;
    let mut news = purse::wallet_news(&accounts, payers.iter().map(|payer| payer.tenant), &draw.movements);
    news.push(Event {
        kind: EventType::WalletChanged,
        audience: vec![unit.site_id],
        subject: wallet.to_string(),
        order: None,
        buyer: Some(unit.buyer_id),
        order_status: None,
        claim_status: None,
    });
    events::record(tx, network, &news).await?;
    Ok(draw.paid)
}

/// Posts movements whose accounts' balances are known to suffice.
pub(super) async fn post(
    tx: &mut Tx,
    network: NetworkId,
    key: String,
    movements: &[(AccountId, i64)],
) -> Result<(), Fault> {
    let entry = Entry::new(key, movements.iter().copied())?;
    match ledger::store::post(tx, network, &entry).await? {
        Posted::Done => Ok(()),
        Posted::Short { .. } => Err(Fault::new(format!("a locked balance fell short for {}", entry.key()))),
    }
}

async fn give_back(
    tx: &mut Tx,
    network: NetworkId,
    original: &[&Earning],
    shares: &[i64],
) -> Result<(), Fault> {
    sqlx::query(
        "update earning set given_back = given_back + back.amount
           from unnest($2::uuid[], $3::uuid[], $4::bigint[]) as back(delivery_id, tenant_id, amount)
          where earning.network_id = $1 and earning.delivery_id = back.delivery_id
            and earning.tenant_id = back.tenant_id",
    )
    .bind(network)
    .bind(original.iter().map(|earning| earning.delivery_id).collect::<Vec<_>>())
    .bind(original.iter().map(|earning| earning.tenant_id).collect::<Vec<_>>())
    .bind(shares)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

struct Refunded {
    refund: RefundId,
    amount: i64,
    kind: RefundKind,
    claim: Option<Uuid>,
    bearer: Option<TenantId>,
    paid: Vec<Paid>,
}

// The unit, the order and the refund's own row; the order's lock is held, the guards are the database's.
async fn record(
    tx: &mut Tx,
    network: NetworkId,
    order: &LockedOrder,
    unit: &Unit,
    refunded: Refunded,
) -> Result<Unwound, No> {
    let Refunded { refund, amount, kind, claim, bearer, paid } = refunded;
    sqlx::query(
        "update delivery set refunded = refunded + $3,
                status = case when refunded + $3 = paid then 'REFUNDED' else status end
          where network_id = $1 and delivery_id = $2",
    )
    .bind(network)
    .bind(unit.delivery_id)
    .bind(amount)
    .execute(&mut **tx)
    .await?;
    let order_status: OrderStatus = sqlx::query_scalar(
        "update orders set refunded = refunded + $4, version = version + 1,
                status = case when refunded + $4 = total then 'REFUNDED' else 'PARTIALLY_REFUNDED' end
          where network_id = $1 and order_id = $2 and status = $3 returning status",
    )
    .bind(network)
    .bind(order.order_id)
    .bind(order.status)
    .bind(amount)
    .fetch_one(&mut **tx)
    .await?;
    order.turned(tx, network, order_status).await?;
    sqlx::query(
        "insert into refund (network_id, refund_id, order_id, delivery_id, claim_id, kind, bearer_id, amount)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(network)
    .bind(refund)
    .bind(order.order_id)
    .bind(unit.delivery_id)
    .bind(claim)
    .bind(kind)
    .bind(bearer)
    .bind(amount)
    .execute(&mut **tx)
    .await?;
    let whole = unit.refunded + amount == unit.paid;
    if whole {
        let item = unit.card_id.map_or(unit.delivery_id, |card| card.0);
        provenance::record(tx, network, StepKind::Refunded, &[Step::of(item, unit.delivery_id)]).await?;
    }
    let changed = status_event(tx, network, order, order_status).await?;
    events::record(tx, network, &[changed]).await?;
    Ok(Unwound { refund, amount, whole, order_status, paid })
}

/// The event of an order's new status, to everyone with a price on it.
pub(super) async fn status_event(
    tx: &mut Tx,
    network: NetworkId,
    order: &LockedOrder,
    status: OrderStatus,
) -> Result<Event, Fault> {
    Ok(Event {
        kind: EventType::OrderStatusChanged,
        audience: unit::audience(tx, network, order.order_id, None).await?,
        subject: OrderId(order.order_id).to_string(),
        order: Some(order.order_id),
        buyer: Some(order.buyer_id),
        order_status: Some(status.word()),
        claim_status: None,
    })
}

/// The event of a unit handed over, to everyone with a price on its line.
pub(super) async fn made_event(
    tx: &mut Tx,
    network: NetworkId,
    unit: &Unit,
    delivery: DeliveryId,
    order_status: OrderStatus,
) -> Result<Event, Fault> {
    Ok(Event {
        kind: EventType::DeliveryMade,
        audience: unit::audience(tx, network, unit.order_id, Some(unit.line_no)).await?,
        subject: delivery.to_string(),
        order: Some(unit.order_id),
        buyer: Some(unit.buyer_id),
        order_status: Some(order_status.word()),
        claim_status: None,
    })
}

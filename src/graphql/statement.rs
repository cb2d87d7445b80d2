//! A wallet's statement, through GraphQL.

use super::{
    ledger::Wallet,
    loader::ClaimKey,
    orders::Order,
    scalar::{DateTime, Money},
    session::{Ask, nullable, read},
    warranty::WarrantyClaim,
};
use crate::{
    connection,
    foundation::{Currency, No, page},
    orders::{DeliveryId, OrderId},
    reporting::statement::{self, Held, Movement, Spot},
};
use async_graphql::{Context, Enum, ID, Object, Result};
use uuid::Uuid;

/// What moved money.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "statement::EntryKind")]
pub enum WalletEntryKind {
    /// It arrived outside the platform.
    Credit,
    /// A purchase: what the buyer paid, or a tier earned.
    Order,
    /// Money back for one.
    Refund,
    /// A warranty claim: what is held for it, and what it costs.
    Claim,
    /// What was earned became spendable.
    Release,
    /// From one wallet to another.
    Transfer,
    /// Into a supplier's deposit, or out of it.
    Deposit,
    /// Into the network's buyer-protection fund, or out of it.
    Fund,
    /// Anything else.
    Other,
}

/// One movement of a wallet's money.
#[derive(Clone)]
pub struct WalletEntry {
    row: Movement,
    currency: Currency,
}

/// One movement of a wallet's money.
#[Object]
impl WalletEntry {
    /// Opaque and stable (`wen_…`).
    async fn id(&self) -> ID {
        ID(format!("wen_{}_{}", self.row.spot.entry.simple(), self.row.spot.position))
    }
    /// When.
    async fn at(&self) -> DateTime {
        DateTime(self.row.at)
    }
    /// What moved it.
    async fn kind(&self) -> WalletEntryKind {
        self.row.kind.into()
    }
    /// How much; negative where it went out.
    async fn amount(&self) -> Money {
        Money::minor(self.row.amount, self.currency)
    }
    /// It moved what is earned and not yet spendable, not what is available.
    async fn held(&self) -> bool {
        self.row.held
    }
    /// The order that it is about; null where it is about none, or none that the caller may see.
    async fn order(&self, ctx: &Context<'_>) -> Option<Result<Order>> {
        nullable(async {
            match self.row.order {
                Some(order) => ctx.loaders().orders.load_one(order).await,
                None => Ok(None),
            }
        })
        .await
    }
    /// The warranty claim that it is about; null where it is about none, or none that the caller may see.
    async fn claim(&self, ctx: &Context<'_>) -> Option<Result<WarrantyClaim>> {
        nullable(async {
            match self.row.claim {
                Some(claim) => ctx.loaders().claim_ids.load_one(ClaimKey(claim)).await,
                None => Ok(None),
            }
        })
        .await
    }
    /// What whoever moved it calls it, e.g. a bank's reference.
    async fn reference(&self) -> Option<&str> {
        self.row.memo.as_deref()
    }
}

connection!(WalletEntry, WalletEntryEdge, WalletEntryConnection);

/// What a tenant earned on one unit and may not yet spend.
#[derive(Clone)]
pub struct Hold {
    row: Held,
    currency: Currency,
}

/// What a tenant earned on one unit and may not yet spend.
#[Object]
impl Hold {
    /// Opaque and stable (`hld_…`).
    async fn id(&self) -> ID {
        ID(format!("hld_{}", self.row.delivery_id.0.simple()))
    }
    /// The order that it was earned with; null where the caller may not see it.
    async fn order(&self, ctx: &Context<'_>) -> Option<Result<Order>> {
        nullable(async { ctx.loaders().orders.load_one(self.row.order_id).await }).await
    }
    /// How much.
    async fn amount(&self) -> Money {
        Money::minor(self.row.held, self.currency)
    }
    /// When it becomes spendable, unless a claim is open then; null before the unit is delivered.
    async fn releases_at(&self) -> Option<DateTime> {
        self.row.release_at.map(DateTime)
    }
    /// A claim on the unit is open: the money waits for that.
    async fn disputed(&self) -> bool {
        self.row.disputed
    }
}

connection!(Hold, HoldEdge, HoldConnection);

const ENTRIES: &str = "wallet entries";
const HOLDS: &str = "wallet holds";

/// A page of a wallet's movements, if the viewer may see them.
///
/// # Errors
/// When the database fails, and for a page that can't be.
pub async fn entries_of(
    ctx: &Context<'_>,
    wallet: &Wallet,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Option<WalletEntryConnection>> {
    if !ctx.viewer().can_do("wallet:read") {
        return Ok(None);
    }
    let (sealer, db) = (&ctx.services().sealer, &ctx.services().db);
    let request = read(page::request_by(sealer, ENTRIES, first.unwrap_or(20), after.as_deref(), Spot::of))?;
    let found = statement::movements(db, ctx.viewer(), wallet.row.account_id, &request).await;
    let currency = wallet.currency;
    let shown = |row: Movement| (row.spot.to_bytes(), WalletEntry { row, currency });
    let page = read(found.map_err(No::Fault))?.map(|page| page.map(shown));
    Ok(page.map(|page| WalletEntryConnection::of(sealer, ENTRIES, page)))
}

/// A page of what is held of a wallet's owner, if the viewer may see it.
///
/// # Errors
/// When the database fails, and for a page that can't be.
pub async fn holds_of(
    ctx: &Context<'_>,
    wallet: &Wallet,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Option<HoldConnection>> {
    if !ctx.viewer().can_do("wallet:read") {
        return Ok(None);
    }
    let (sealer, db) = (&ctx.services().sealer, &ctx.services().db);
    let request = read(page::request_by(sealer, HOLDS, first.unwrap_or(20), after.as_deref(), spot))?;
    let found = statement::held(db, ctx.viewer(), wallet.row.account_id, &request).await;
    let currency = wallet.currency;
    let shown = |row: Held| {
        let key = [row.order_id.0.into_bytes(), row.delivery_id.0.into_bytes()].concat();
        (key, Hold { row, currency })
    };
    let page = read(found.map_err(No::Fault))?.map(|page| page.map(shown));
    Ok(page.map(|page| HoldConnection::of(sealer, HOLDS, page)))
}

fn spot(bytes: &[u8]) -> Option<(OrderId, DeliveryId)> {
    let (order, delivery) = bytes.split_at_checked(16)?;
    let id = |bytes| Uuid::from_slice(bytes).ok();
    Some((OrderId(id(order)?), DeliveryId(id(delivery)?)))
}

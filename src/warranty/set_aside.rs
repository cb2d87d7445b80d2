//! Money that is set aside for remedies: between a wallet and a supplier's deposit, or the network's buyer-protection fund.

use crate::{
    access::{Permit, TenantKind, Viewer},
    events::{self, Event, EventType},
    foundation::{
        Db, Fault, Money, No, Refusal, RefusalCode, Scope, Tx, idempotency, refusal::Detail, seal, text,
    },
    ledger::{self, AccountKind, Entry, Posted},
};

/// Which way money goes between a wallet and what is set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Out of the wallet.
    Add,
    /// Into it again.
    Take,
}

/// Where it is set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aside {
    /// The caller's own deposit: it is a supplier.
    Deposit,
    /// The network's buyer-protection fund: the caller is its operator.
    Fund,
}

impl Aside {
    // The account, the word that its entries begin with, and the operation that a key is of: the same key may name one
    // of each.
    const fn words(self, way: Way) -> (AccountKind, &'static str, &'static str) {
        match (self, way) {
            (Self::Deposit, Way::Add) => (AccountKind::SupplierDeposit, "deposit", "supplierDepositAdd"),
            (Self::Deposit, Way::Take) => {
                (AccountKind::SupplierDeposit, "deposit-back", "supplierDepositTake")
            }
            (Self::Fund, Way::Add) => (AccountKind::BuyerProtectionFund, "fund", "buyerProtectionFundAdd"),
            (Self::Fund, Way::Take) => {
                (AccountKind::BuyerProtectionFund, "fund-back", "buyerProtectionFundTake")
            }
        }
    }
}

/// Moves money between the caller's wallet and where it sets it aside, once a key, in the caller's transaction. False
/// where the key was used before, and nothing moved now.
///
/// # Errors
/// INSUFFICIENT_FUNDS with what is missing; INVALID_INPUT, IDEMPOTENCY_KEY_REUSED.
pub async fn move_money(
    tx: &mut Tx,
    permit: &Permit,
    aside: Aside,
    way: Way,
    amount: Money,
    key: &str,
) -> Result<bool, No> {
    text::idempotency_key(key)?;
    let (network, tenant, actor) = (permit.network(), permit.tenant(), permit.actor().id());
    let (kind, word, operation) = aside.words(way);
    let no_account = || Fault::new("a tenant has no account of that kind");
    let wallet = ledger::store::find(tx, network, AccountKind::TenantWallet, tenant.0).await?;
    let kept = ledger::store::find(tx, network, kind, tenant.0).await?;
    let (wallet, kept) = (wallet.ok_or_else(no_account)?, kept.ok_or_else(no_account)?);
    let hash = seal::digest(&[&amount.minor.to_be_bytes()]);
    let used = idempotency::Key { tenant, actor, operation, key, hash: &hash };
    if idempotency::claim_key(tx, network, &used, kept.0).await?.is_some() {
        return Ok(false);
    }
    let (from, to) = if way == Way::Add { (wallet, kept) } else { (kept, wallet) };
    // The wallet's lock, then the other's: as every entry takes them.
    let name = format!("{word}:{}:{actor}:{key}", tenant.0);
    let entry = Entry::new(name, [(from, -amount.minor), (to, amount.minor)])?;
    if let Posted::Short { missing, .. } = ledger::store::post(tx, network, &entry).await? {
        return Err(short(Money::new(missing, amount.currency)));
    }
    let event = Event::about(EventType::WalletChanged, vec![tenant], wallet.to_string());
    events::record(tx, network, &[event]).await?;
    Ok(true)
}

/// INSUFFICIENT_FUNDS with what is missing.
pub fn short(missing: Money) -> No {
    Refusal::new(RefusalCode::InsufficientFunds, "there is less than that to move")
        .at("amount")
        .with(Detail::Missing(missing))
        .into()
}

/// Moves money between the operator's wallet and the network's buyer-protection fund, once a key; answers what the fund has
/// then, in minor units.
///
/// # Errors
/// As [`move_money`].
pub async fn move_fund(db: &Db, permit: Permit, way: Way, amount: Money, key: &str) -> Result<i64, No> {
    let mut tx = db.begin(permit.work()).await?;
    move_money(&mut tx, &permit, Aside::Fund, way, amount, key).await?;
    let balance = balance(&mut tx, permit.viewer()).await?;
    tx.commit().await?;
    balance.ok_or_else(|| Fault::new("a network has no protection fund").into())
}

/// What the network's buyer-protection fund has, in minor units: for its operator alone.
///
/// # Errors
/// [`Fault`].
pub async fn fund(db: &Db, viewer: &Viewer) -> Result<Option<i64>, Fault> {
    if viewer.place.kind != TenantKind::Operator {
        return Ok(None);
    }
    let mut tx = db.begin(Scope::Network(viewer.place.network)).await?;
    balance(&mut tx, viewer).await
}

async fn balance(tx: &mut Tx, viewer: &Viewer) -> Result<Option<i64>, Fault> {
    Ok(sqlx::query_scalar(
        "select balance from account where network_id = $1 and kind = $2 and owner_id = $3",
    )
    .bind(viewer.place.network)
    .bind(AccountKind::BuyerProtectionFund)
    .bind(viewer.place.tenant)
    .fetch_optional(&mut **tx)
    .await?)
}

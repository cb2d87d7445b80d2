//! Money, through GraphQL.

use super::{
    error,
    scalar::{Money, MoneyInput},
    session::{Ask, Session, id, nullable, read},
    statement::{self, HoldConnection, WalletEntryConnection},
};
use crate::{
    foundation::{Currency, Scope},
    ledger::{self, AccountId},
    payload,
};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

/// What a tenant or a buyer has.
#[derive(Clone)]
pub struct Wallet {
    /// Its account.
    pub row: ledger::Wallet,
    /// Of the network.
    pub currency: Currency,
}

/// What a tenant or a buyer has.
#[Object]
impl Wallet {
    /// Opaque and stable (`wal_…`).
    pub async fn id(&self) -> ID {
        ID(self.row.account_id.to_string())
    }
    /// Spendable now.
    async fn available(&self) -> Money {
        Money::minor(self.row.available, self.currency)
    }
    /// Earned but not yet released, or held for an open claim or withdrawal.
    async fn held(&self) -> Money {
        Money::minor(self.row.held, self.currency)
    }
    /// What moved in it, the newest first: what is available, and for a tenant what is held. Null unless it is the
    /// caller's own, or the caller is the operator.
    async fn entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "1 to 100.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
    ) -> Option<Result<WalletEntryConnection>> {
        nullable(statement::entries_of(ctx, self, first, after)).await
    }
    /// What of its owner's earnings is held, unit by unit, the newest orders first; nothing for a buyer. Null as
    /// entries are. A page looks through at most 20,000 orders.
    async fn holds(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "1 to 100.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
    ) -> Option<Result<HoldConnection>> {
        nullable(statement::holds_of(ctx, self, first, after)).await
    }
}

/// The wallet of a tenant or buyer, if the scope may see it.
pub async fn wallet_of(session: &Session, scope: Scope, owner: uuid::Uuid) -> Result<Option<Wallet>> {
    let place = &session.viewer.place;
    let found = async {
        let mut tx = session.services.db.begin(scope).await?;
        ledger::store::wallets_of(&mut tx, place.network, &[owner]).await
    };
    let row = read(found.await.map_err(Into::into))?.pop();
    Ok(row.map(|row| Wallet { row, currency: place.currency }))
}

/// The wallet with that id, if the caller may see it.
pub async fn visible_wallet(session: &Session, id: AccountId) -> Result<Option<Wallet>> {
    let place = &session.viewer.place;
    if !session.viewer.can_do("wallet:read") {
        return Ok(None);
    }
    let found = async {
        let mut tx = session.read().await?;
        ledger::store::wallet(&mut tx, place.network, id).await
    };
    Ok(read(found.await.map_err(Into::into))?.map(|row| Wallet { row, currency: place.currency }))
}

/// Proof that the books balance: every line sums to zero per currency.
#[derive(SimpleObject)]
pub struct TrialBalance {
    /// Debits and credits are equal.
    balanced: bool,
    /// One line a kind of account.
    lines: Vec<TrialBalanceLine>,
}

/// One kind of account.
#[derive(SimpleObject)]
pub struct TrialBalanceLine {
    /// What kind, e.g. BUYER_WALLET.
    account: String,
    /// Everything debited to it.
    debit: Money,
    /// Everything credited to it.
    credit: Money,
}

/// Money to read.
#[derive(Default)]
pub struct LedgerQuery;

#[Object]
impl LedgerQuery {
    /// The caller's tenant's wallet, or the buyer's own.
    async fn wallet(&self, ctx: &Context<'_>) -> Option<Result<Wallet>> {
        nullable(async {
            let permit = ctx.permit()?;
            let owner = permit.actor().buyer().map_or(permit.tenant().0, |buyer| buyer.0);
            wallet_of(ctx.session(), permit.scope(), owner).await
        })
        .await
    }

    /// The operator's. Null with an error for anyone else; so is every list here that the caller may not read.
    async fn trial_balance(&self, ctx: &Context<'_>) -> Option<Result<TrialBalance>> {
        nullable(async {
            let permit = ctx.permit()?;
            let currency = permit.place().currency;
            let found = async {
                let mut tx = ctx.session().read().await?;
                ledger::store::trial_balance(&mut tx, permit.network()).await
            };
            let lines = read(found.await.map_err(Into::into))?;
            let sum: i128 = lines.iter().map(|line| i128::from(line.credit) - i128::from(line.debit)).sum();
            let lines = lines
                .into_iter()
                .map(|line| TrialBalanceLine {
                    account: line.kind.word().to_owned(),
                    debit: Money::minor(line.debit, currency),
                    credit: Money::minor(line.credit, currency),
                })
                .collect();
            Ok(Some(TrialBalance { balanced: sum == 0, lines }))
        })
        .await
    }
}

/// Money that arrived outside the platform.
#[derive(InputObject)]
pub struct WalletCreditInput {
    /// Any wallet of the network.
    wallet_id: ID,
    /// How much.
    amount: MoneyInput,
    /// Where it came from, e.g. a bank's reference; 1 to 200 characters.
    reference: String,
    /// The same key moves the money once.
    idempotency_key: String,
}

/// Money from the caller's tenant's wallet.
#[derive(InputObject)]
pub struct WalletTransferInput {
    /// The wallet of one of its buyers or child sites.
    wallet_id: ID,
    /// How much.
    amount: MoneyInput,
    /// The same key moves the money once.
    idempotency_key: String,
}

payload! {
    /// The wallet that received, or why not.
    WalletPayload {
        /// The wallet as it is now; null for a child site's, whose balance is its own to know.
        wallet: Wallet
    }
}

/// Money to move.
#[derive(Default)]
pub struct LedgerMutation;

#[Object]
impl LedgerMutation {
    /// Moves money that arrived outside the platform into a wallet. Operator only.
    async fn wallet_credit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Money that arrived outside the platform.")] input: WalletCreditInput,
    ) -> Result<WalletPayload> {
        let permit = ctx.permit()?;
        let currency = permit.place().currency;
        let done = async {
            let (wallet, amount) =
                (id(&input.wallet_id, "walletId")?, input.amount.parse(currency, "amount")?);
            let db = &ctx.services().db;
            ledger::transfer::credit(db, permit, wallet, amount, &input.reference, &input.idempotency_key)
                .await
        };
        WalletPayload::of(done.await.map(|row| Wallet { row, currency }))
    }

    /// Moves money from the caller's tenant's wallet to one of its buyers or child sites.
    async fn wallet_transfer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Money from the caller's tenant's wallet.")] input: WalletTransferInput,
    ) -> Result<WalletPayload> {
        let permit = ctx.permit()?;
        let currency = permit.place().currency;
        let done = async {
            let (wallet, amount) =
                (id(&input.wallet_id, "walletId")?, input.amount.parse(currency, "amount")?);
            ledger::transfer::transfer(&ctx.services().db, permit, wallet, amount, &input.idempotency_key)
                .await
        };
        let (wallet, errors) = error::split(done.await)?;
        Ok(WalletPayload { wallet: wallet.flatten().map(|row| Wallet { row, currency }), errors })
    }
}

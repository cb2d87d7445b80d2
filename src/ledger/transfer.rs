//! Money into the platform, and from one wallet to another.

use super::{
    AccountId, AccountKind, Entry, Posted,
    store::{self, Wallet},
};
use crate::{
    access::{Permit, TenantKind},
    events::{self, Event, EventType},
    foundation::{
        Db, Fault, Money, No, Refusal, RefusalCode, Tx,
        id::{TenantId, UserId},
        idempotency::{self, Key},
        refusal::Detail,
        seal, text,
    },
    tenancy,
};

/// Money that arrived outside the platform goes into a wallet of the operator's network.
///
/// # Errors
/// NOT_FOUND, IDEMPOTENCY_KEY_REUSED, INVALID_INPUT.
pub async fn credit(
    db: &Db,
    permit: Permit,
    wallet: AccountId,
    amount: Money,
    reference: &str,
    key: &str,
) -> Result<Wallet, No> {
    let reference = text::line(reference, 200, "reference")?;
    let network = permit.network();
    let mut tx = db.begin(permit.work()).await?;
    let movement = Movement { operation: "walletCredit", to: wallet, amount, reference: &reference };
    if let Some(wallet) = movement.repeated(&mut tx, &permit, key).await? {
        return Ok(wallet);
    }
    let owner = owner_of(&mut tx, &permit, wallet).await?.ok_or_else(|| No::not_found("walletId"))?;
    let operator = tenancy::store::operator(&mut tx, network).await?;
    let clearing = store::find(&mut tx, network, AccountKind::GatewayClearing, operator.0)
        .await?
        .ok_or_else(|| Fault::new("the network has no clearing account"))?;
    movement.carry_out(&mut tx, &permit, clearing, &owner, key).await?;
    let wallet = reload(&mut tx, &permit, wallet).await?;
    tx.commit().await?;
    Ok(wallet)
}

/// Money from the caller's tenant's wallet to one of its buyers or child sites. Answers the wallet where the
/// caller may see it: a buyer's; what a child site has is that site's own to know.
///
/// # Errors
/// INSUFFICIENT_FUNDS, NOT_FOUND, IDEMPOTENCY_KEY_REUSED, INVALID_INPUT.
pub async fn transfer(
    db: &Db,
    permit: Permit,
    to: AccountId,
    amount: Money,
    key: &str,
) -> Result<Option<Wallet>, No> {
    let network = permit.network();
    let mut tx = db.begin(permit.work()).await?;
    let movement = Movement { operation: "walletTransfer", to, amount, reference: "" };
    let repeated = movement.repeated(&mut tx, &permit, key).await?;
    let owner = owner_of(&mut tx, &permit, to)
        .await?
        .filter(|owner| owner.is_below(&permit))
        .ok_or_else(|| No::not_found("walletId"))?;
    let shown = owner.buyer.is_some() || permit.place().kind == TenantKind::Operator;
    if repeated.is_some() {
        return Ok(repeated.filter(|_| shown));
    }
    let from = store::find(&mut tx, network, AccountKind::TenantWallet, permit.tenant().0)
        .await?
        .ok_or_else(|| Fault::new("a tenant has no wallet"))?;
    if from == to {
        return Err(No::invalid("a wallet does not pay itself", "walletId"));
    }
    movement.carry_out(&mut tx, &permit, from, &owner, key).await?;
    let wallet = reload(&mut tx, &permit, to).await?;
    tx.commit().await?;
    Ok(shown.then_some(wallet))
}

struct Movement<'a> {
    operation: &'static str,
    to: AccountId,
    amount: Money,
    reference: &'a str,
}

impl Movement<'_> {
    // The wallet, where this key has moved the same before.
    async fn repeated(&self, tx: &mut Tx, permit: &Permit, key: &str) -> Result<Option<Wallet>, No> {
        text::idempotency_key(key)?;
        let hash = seal::digest(&[
            self.to.0.as_bytes(),
            &self.amount.minor.to_be_bytes(),
            self.amount.currency.code().as_bytes(),
            self.reference.as_bytes(),
        ]);
        let use_of = Key {
            tenant: permit.tenant(),
            actor: permit.actor().id(),
            operation: self.operation,
            key,
            hash: &hash,
        };
        match idempotency::claim_key(tx, permit.network(), &use_of, self.to.0).await? {
            Some(_) => reload(tx, permit, self.to).await.map(Some),
            None => Ok(None),
        }
    }

    async fn carry_out(
        &self,
        tx: &mut Tx,
        permit: &Permit,
        from: AccountId,
        owner: &Owner,
        key: &str,
    ) -> Result<(), No> {
        let actor = permit.actor().id();
        // Keys of two callers may be alike: the entry's names whose it is.
        let name = format!(
            "{}:{}:{}:{key}",
            if self.reference.is_empty() { "transfer" } else { "credit" },
            permit.tenant().0,
            actor
        );
        let mut entry = Entry::new(name, [(from, -self.amount.minor), (self.to, self.amount.minor)])?;
        if !self.reference.is_empty() {
            entry = entry.called(self.reference);
        }
        match store::post(tx, permit.network(), &entry).await? {
            Posted::Done => {}
            Posted::Short { missing, .. } => {
                let detail = Detail::Missing(Money::new(missing, self.amount.currency));
                return Err(Refusal::new(RefusalCode::InsufficientFunds, "the wallet holds less than this")
                    .at("amount")
                    .with(detail)
                    .into());
            }
        }
        let event = |wallet: AccountId, tenant: TenantId, buyer: Option<UserId>| Event {
            kind: EventType::WalletChanged,
            audience: vec![tenant],
            subject: wallet.to_string(),
            order: None,
            buyer,
            order_status: None,
            claim_status: None,
        };
        let mut news = vec![event(self.to, owner.tenant, owner.buyer)];
        if self.reference.is_empty() {
            news.push(event(from, permit.tenant(), None));
        }
        Ok(events::record(tx, permit.network(), &news).await?)
    }
}

// Whose wallet an account is: a tenant's, or a buyer's at its site.
struct Owner {
    tenant: TenantId,
    parent: Option<TenantId>,
    kind: TenantKind,
    buyer: Option<UserId>,
}

impl Owner {
    // One of the caller's own buyers, or a site directly under it.
    fn is_below(&self, permit: &Permit) -> bool {
        match self.buyer {
            Some(_) => self.tenant == permit.tenant(),
            None => self.parent == Some(permit.tenant()) && self.kind == TenantKind::Site,
        }
    }
}

async fn owner_of(tx: &mut Tx, permit: &Permit, wallet: AccountId) -> Result<Option<Owner>, Fault> {
    let row: Option<(TenantId, Option<TenantId>, TenantKind, Option<UserId>)> = sqlx::query_as(
        "select t.tenant_id, t.parent_id, t.kind, u.user_id
           from account a
           left join app_user u on u.network_id = a.network_id and u.user_id = a.owner_id and a.kind = 'BUYER_WALLET'
           join tenant t on t.network_id = a.network_id and t.tenant_id = coalesce(u.tenant_id, a.owner_id)
          where a.network_id = $1 and a.account_id = $2 and a.kind in ('BUYER_WALLET', 'TENANT_WALLET')",
    )
    .bind(permit.network())
    .bind(wallet)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|(tenant, parent, kind, buyer)| Owner { tenant, parent, kind, buyer }))
}

async fn reload(tx: &mut Tx, permit: &Permit, wallet: AccountId) -> Result<Wallet, No> {
    store::wallet(tx, permit.network(), wallet).await?.ok_or_else(|| No::not_found("walletId"))
}

//! The ledger's statements.

use super::{AccountId, AccountKind, Entry};
use crate::foundation::{
    Conn, Fault, Together,
    id::{NetworkId, TenantId},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What came of posting an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Posted {
    /// Booked.
    Done,
    /// A constrained account would fall below zero; nothing was booked. Minor units.
    Short {
        /// The account.
        account: AccountId,
        /// What is missing in it.
        missing: i64,
    },
}

crate::row! {
    /// A wallet as its owner sees it; minor units.
    pub struct Wallet {
        /// The wallet account.
        pub account_id: AccountId,
        /// The tenant or buyer.
        pub owner_id: uuid::Uuid,
        /// Spendable now.
        pub available: i64,
        /// Earned but not yet released, or held for a claim.
        pub held: i64,
    }
}

/// Opens an account, or answers the one that is there.
pub async fn open(
    db: &mut Conn,
    network: NetworkId,
    kind: AccountKind,
    owner: uuid::Uuid,
) -> Result<AccountId, Fault> {
    sqlx::query(
        "insert into account (network_id, account_id, kind, owner_id, constrained) values ($1, $2, $3, $4, $5)
         on conflict on constraint account_owner do nothing",
    )
    .bind(network)
    .bind(AccountId::fresh())
    .bind(kind)
    .bind(owner)
    .bind(kind.is_constrained())
    .execute(&mut *db)
    .await?;
    find(db, network, kind, owner)
        .await?
        .ok_or_else(|| Fault::new("an account that was just opened is not there"))
}

/// The account of that kind, if its owner has one.
pub async fn find(
    db: &mut Conn,
    network: NetworkId,
    kind: AccountKind,
    owner: uuid::Uuid,
) -> Result<Option<AccountId>, Fault> {
    Ok(sqlx::query_scalar(
        "select account_id from account where network_id = $1 and kind = $2 and owner_id = $3",
    )
    .bind(network)
    .bind(kind)
    .bind(owner)
    .fetch_optional(db)
    .await?)
}

/// The accounts of that kind of several owners.
pub async fn find_many(
    db: &mut Conn,
    network: NetworkId,
    kind: AccountKind,
    owners: &[uuid::Uuid],
) -> Result<HashMap<uuid::Uuid, AccountId>, Fault> {
    let rows: Vec<(uuid::Uuid, AccountId)> = sqlx::query_as(
        "select owner_id, account_id from account where network_id = $1 and kind = $2 and owner_id = any($3)",
    )
    .bind(network)
    .bind(kind)
    .bind(owners)
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().collect())
}

/// Books an entry; see [`post_all`].
///
/// # Errors
/// As [`post_all`].
pub async fn post(db: &mut Conn, network: NetworkId, entry: &Entry) -> Result<Posted, Fault> {
    post_all(db, network, std::slice::from_ref(entry)).await
}

/// Books entries together: constrained accounts under their locks, in ascending id, then the entries, then
/// their postings in one statement (the database refuses them unless each entry's sum to zero). All or, where
/// a constrained account would fall below zero, none.
///
/// # Errors
/// [`Fault`]; a fault of constraint `journal_entry_key` means that a fact is booked already.
pub async fn post_all(db: &mut Conn, network: NetworkId, entries: &[Entry]) -> Result<Posted, Fault> {
    let mut sums: BTreeMap<AccountId, i64> = BTreeMap::new();
    for posting in entries.iter().flat_map(Entry::postings) {
        let sum = sums.entry(posting.account).or_default();
        *sum = sum.checked_add(posting.amount).ok_or_else(|| Fault::new("a sum does not fit in 64 bits"))?;
    }
    if sums.is_empty() {
        return Ok(Posted::Done);
    }
    let accounts: Vec<AccountId> = sums.keys().copied().collect();
    let locked: Vec<(AccountId, i64)> = sqlx::query_as(
        "select account_id, balance from account
          where network_id = $1 and account_id = any($2) and constrained
          order by account_id for no key update",
    )
    .bind(network)
    .bind(&accounts)
    .fetch_all(&mut *db)
    .await?;
    for (account, balance) in &locked {
        let moved = sums.get(account).copied().unwrap_or_default();
        let after =
            balance.checked_add(moved).ok_or_else(|| Fault::new("a balance does not fit in 64 bits"))?;
        if after < 0 {
            return Ok(Posted::Short { account: *account, missing: -after });
        }
    }
    let mut writes = Together::of(network);
    book(&mut writes, entries, &locked.into_iter().map(|(account, _)| account).collect());
    writes.run(db).await?;
    Ok(Posted::Done)
}

/// Books entries together with what else is written. Whoever calls has locked the constrained accounts among theirs,
/// which are these, and knows that none falls short; the database refuses what would fall below zero.
pub fn book(writes: &mut Together, entries: &[Entry], locked: &BTreeSet<AccountId>) {
    let mut sums: BTreeMap<AccountId, i64> = BTreeMap::new();
    let postings = || entries.iter().flat_map(Entry::postings);
    for posting in postings().filter(|posting| locked.contains(&posting.account)) {
        *sums.entry(posting.account).or_default() += posting.amount;
    }
    if !sums.is_empty() {
        let (accounts, amounts): (Vec<AccountId>, Vec<i64>) = sums.into_iter().unzip();
        writes
            .part_of(
                accounts.len(),
                "an account that was locked is not there, or not constrained",
                "update account set balance = balance + moved.amount
                   from unnest($2::uuid[], $3::bigint[]) as moved(account_id, amount)
                  where account.network_id = $1 and account.account_id = moved.account_id and account.constrained",
            )
            .bind(accounts)
            .bind(amounts)
            .end();
    }
    let ids: Vec<uuid::Uuid> = entries.iter().map(|_| uuid::Uuid::now_v7()).collect();
    let keys: Vec<&str> = entries.iter().map(Entry::key).collect();
    let memos: Vec<Option<&str>> = entries.iter().map(Entry::memo).collect();
    writes
        .part(
            "insert into journal_entry (network_id, entry_id, key, memo)
             select $1, e.entry_id, e.key, e.memo
               from unnest($2::uuid[], $3::text[], $4::text[]) as e(entry_id, key, memo)",
        )
        .bind(&ids)
        .bind(keys)
        .bind(memos)
        .end();
    let mut rows: (Vec<uuid::Uuid>, Vec<i32>, Vec<AccountId>, Vec<i64>) = Default::default();
    for (id, entry) in ids.iter().zip(entries) {
        for (position, posting) in (1..).zip(entry.postings()) {
            rows.0.push(*id);
            rows.1.push(position);
            rows.2.push(posting.account);
            rows.3.push(posting.amount);
        }
    }
    writes
        .part(
            "insert into posting (network_id, entry_id, position, account_id, amount)
             select $1, p.entry_id, p.position, p.account_id, p.amount
               from unnest($2::uuid[], $3::int[], $4::uuid[], $5::bigint[])
                      as p(entry_id, position, account_id, amount)",
        )
        .bind(rows.0)
        .bind(rows.1)
        .bind(rows.2)
        .bind(rows.3)
        .end();
}

/// The exact balance of a constrained account, its row locked until the end of the transaction.
pub async fn lock_balance(db: &mut Conn, network: NetworkId, account: AccountId) -> Result<i64, Fault> {
    Ok(sqlx::query_scalar(
        "select balance from account where network_id = $1 and account_id = $2 and constrained for no key update",
    )
    .bind(network)
    .bind(account)
    .fetch_one(db)
    .await?)
}

/// Locks the wallets of those buyers that nobody else has locked, in ascending account: buyer, account, exact
/// balance. Whose wallet is missing is being dealt with elsewhere.
pub async fn lock_free_wallets(
    db: &mut Conn,
    network: NetworkId,
    buyers: &[uuid::Uuid],
) -> Result<Vec<(uuid::Uuid, AccountId, i64)>, Fault> {
    Ok(sqlx::query_as(
        "select owner_id, account_id, balance from account
          where network_id = $1 and kind = 'BUYER_WALLET' and owner_id = any($2)
          order by account_id for no key update skip locked",
    )
    .bind(network)
    .bind(buyers)
    .fetch_all(db)
    .await?)
}

/// Locks a buyer's wallet until the end of the transaction, waiting for whoever has it.
pub async fn lock_wallet(
    db: &mut Conn,
    network: NetworkId,
    buyer: uuid::Uuid,
) -> Result<Option<AccountId>, Fault> {
    Ok(sqlx::query_scalar(
        "select account_id from account
          where network_id = $1 and kind = 'BUYER_WALLET' and owner_id = $2 for no key update",
    )
    .bind(network)
    .bind(buyer)
    .fetch_optional(db)
    .await?)
}

const WALLET: &str = "select w.account_id, w.owner_id, w.balance as available,
       coalesce((select h.balance + coalesce((select sum(p.amount)::bigint from posting p
                    where p.network_id = h.network_id and p.account_id = h.account_id
                      and p.xid >= (select f.below from ledger_fold f where f.network_id = h.network_id)), 0)
                  from account h
                 where h.network_id = w.network_id and h.owner_id = w.owner_id and h.kind = 'TENANT_HELD'), 0) as held
  from account w where w.network_id = $1 and w.kind in ('BUYER_WALLET', 'TENANT_WALLET')";

/// The wallets of those tenants or buyers, as far as the transaction's scope may see them.
pub async fn wallets_of(
    db: &mut Conn,
    network: NetworkId,
    owners: &[uuid::Uuid],
) -> Result<Vec<Wallet>, Fault> {
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!("{WALLET} and w.owner_id = any($2)")))
        .bind(network)
        .bind(owners)
        .fetch_all(db)
        .await?)
}

/// The wallet with that id, as far as the transaction's scope may see it.
pub async fn wallet(db: &mut Conn, network: NetworkId, account: AccountId) -> Result<Option<Wallet>, Fault> {
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!("{WALLET} and w.account_id = $2")))
        .bind(network)
        .bind(account)
        .fetch_optional(db)
        .await?)
}

crate::row! {
    /// One kind of account summed over the network; minor units, both sides positive.
    pub struct TrialLine {
        /// The kind.
        pub kind: AccountKind,
        /// What was debited.
        pub debit: i64,
        /// What was credited.
        pub credit: i64,
    }
}

/// Every kind of account with what was posted to it.
pub async fn trial_balance(db: &mut Conn, network: NetworkId) -> Result<Vec<TrialLine>, Fault> {
    Ok(sqlx::query_as(
        "select a.kind, coalesce(sum(-p.amount) filter (where p.amount < 0), 0)::bigint as debit,
                coalesce(sum(p.amount) filter (where p.amount > 0), 0)::bigint as credit
           from posting p join account a on a.network_id = p.network_id and a.account_id = p.account_id
          where p.network_id = $1 group by a.kind order by a.kind",
    )
    .bind(network)
    .fetch_all(db)
    .await?)
}

/// Opens what every tenant needs: a wallet, and an account for what it has earned and may not yet spend.
pub async fn open_for_tenant(
    db: &mut Conn,
    network: NetworkId,
    tenant: TenantId,
    supplier: bool,
) -> Result<(), Fault> {
    open(db, network, AccountKind::TenantWallet, tenant.0).await?;
    open(db, network, AccountKind::TenantHeld, tenant.0).await?;
    if supplier {
        open(db, network, AccountKind::SupplierDeposit, tenant.0).await?;
    }
    Ok(())
}

/// Opens the network's own accounts, in its operator's name.
pub async fn open_for_network(db: &mut Conn, network: NetworkId, operator: TenantId) -> Result<(), Fault> {
    use AccountKind as Kind;
    for kind in [
        Kind::NetworkFees,
        Kind::GatewayClearing,
        Kind::PayoutClearing,
        Kind::PromotionExpense,
        Kind::BuyerProtectionFund,
    ] {
        open(db, network, kind, operator.0).await?;
    }
    sqlx::query(
        "insert into ledger_fold (network_id, below) values ($1, pg_snapshot_xmin(pg_current_snapshot()))",
    )
    .bind(network)
    .execute(db)
    .await?;
    Ok(())
}

//! Who pays for a remedy, and from what: held money of the unit first, then what the tier can spend.

use super::unit::Earning;
use crate::{
    events::{Event, EventType},
    foundation::{
        Conn, Fault,
        id::{NetworkId, TenantId},
    },
    ledger::{AccountId, AccountKind},
};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// How far a tier's own money is backed when it does not suffice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backing {
    /// Not at all: what is missing is refused.
    Own,
    /// What is missing is owed by the tier, out of its later profit.
    Debt,
    /// The network's protection fund, then the tier's later profit.
    Fund,
}

crate::words! {
    /// What a payment was taken from.
    pub enum Purse {
        /// Held money of the unit.
        Held = "HELD",
        /// A supplier's deposit.
        Deposit = "DEPOSIT",
        /// What the tier can spend.
        Wallet = "WALLET",
        /// The network's protection fund.
        Fund = "FUND",
        /// Nothing yet: the tier owes it, out of its later profit.
        Debt = "DEBT",
    }
}

/// What of a payment a tier paid from a purse; minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paid {
    /// The tier at whose expense it is.
    pub tenant: TenantId,
    /// What it was taken from.
    pub purse: Purse,
    /// How much.
    pub amount: i64,
}

/// One tier that has to pay; minor units.
#[derive(Clone, Copy, Debug)]
pub struct Payer {
    /// The tier.
    pub tenant: Uuid,
    /// How much.
    pub amount: i64,
    /// It is the supplier, whose deposit pays before its wallet.
    pub supplier: bool,
    /// What if its own money does not suffice.
    pub backing: Backing,
}

/// Exact balances of constrained accounts, minor units.
pub type Balances = HashMap<AccountId, i64>;

/// The accounts of a unit's tiers, its buyer and the network's fund.
#[derive(Debug)]
pub struct Accounts(HashMap<(AccountKind, Uuid), AccountId>);

impl Accounts {
    /// Finds them; the fund is its operator's, who is one of the owners.
    pub async fn of(db: &mut Conn, network: NetworkId, owners: &[Uuid]) -> Result<Self, Fault> {
        use AccountKind as Kind;
        let kinds = [
            Kind::BuyerWallet,
            Kind::TenantWallet,
            Kind::TenantHeld,
            Kind::SupplierDeposit,
            Kind::BuyerProtectionFund,
        ];
        let rows: Vec<(AccountKind, Uuid, AccountId)> = sqlx::query_as(
            "select kind, owner_id, account_id from account
              where network_id = $1 and owner_id = any($2) and kind = any($3)",
        )
        .bind(network)
        .bind(owners)
        .bind(kinds.as_slice())
        .fetch_all(db)
        .await?;
        Ok(Self(rows.into_iter().map(|(kind, owner, account)| ((kind, owner), account)).collect()))
    }

    /// The account of that kind.
    ///
    /// # Errors
    /// [`Fault`] when its owner has none.
    pub fn get(&self, kind: AccountKind, owner: Uuid) -> Result<AccountId, Fault> {
        self.find(kind, owner).ok_or_else(|| Fault::new(format!("no {kind} account")))
    }

    fn find(&self, kind: AccountKind, owner: Uuid) -> Option<AccountId> {
        self.0.get(&(kind, owner)).copied()
    }

    fn fund(&self) -> Option<AccountId> {
        self.0.iter().find(|((kind, _), _)| *kind == AccountKind::BuyerProtectionFund).map(|(_, id)| *id)
    }

    // What a payer spends after its held money, in order.
    fn purses(&self, payer: &Payer) -> Vec<(Purse, AccountId)> {
        let deposit = payer.supplier.then(|| self.find(AccountKind::SupplierDeposit, payer.tenant)).flatten();
        let wallet = self.find(AccountKind::TenantWallet, payer.tenant);
        let fund = (payer.backing == Backing::Fund).then(|| self.fund()).flatten();
        let each = [(Purse::Deposit, deposit), (Purse::Wallet, wallet), (Purse::Fund, fund)];
        each.into_iter().filter_map(|(purse, account)| Some((purse, account?))).collect()
    }
}

/// How a payment was put together; nothing is written yet.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Draw {
    /// Debits, as an entry takes them: negative.
    pub movements: Vec<(AccountId, i64)>,
    /// What of which earning's held money: (delivery, tenant, amount).
    pub held: Vec<(Uuid, Uuid, i64)>,
    /// What a tenant owes from now on.
    pub debts: Vec<(Uuid, i64)>,
    /// What nobody can pay.
    pub missing: i64,
    /// The same, by who paid what from which purse.
    pub paid: Vec<Paid>,
}

impl Draw {
    fn note(&mut self, payer: &Payer, purse: Purse, amount: i64) {
        let tenant = TenantId(payer.tenant);
        match self.paid.iter_mut().find(|paid| paid.tenant == tenant && paid.purse == purse) {
            Some(paid) => paid.amount += amount,
            None => self.paid.push(Paid { tenant, purse, amount }),
        }
    }
}

/// Puts payments together. `balances` are those of the constrained accounts, and are drawn down.
pub fn draw(
    payers: &[Payer],
    earnings: &[Earning],
    accounts: &Accounts,
    balances: &mut Balances,
) -> Result<Draw, Fault> {
    let mut draw = Draw::default();
    for payer in payers {
        let mut left = payer.amount;
        let held = accounts.get(AccountKind::TenantHeld, payer.tenant)?;
        for earning in earnings.iter().filter(|earning| earning.tenant_id == payer.tenant) {
            let part = earning.held.min(left);
            if part > 0 {
                draw.held.push((earning.delivery_id, payer.tenant, part));
                draw.movements.push((held, -part));
                draw.note(payer, Purse::Held, part);
                left -= part;
            }
        }
        for (purse, account) in accounts.purses(payer) {
            let balance = balances.entry(account).or_default();
            let part = (*balance).min(left);
            if part > 0 {
                *balance -= part;
                draw.movements.push((account, -part));
                draw.note(payer, purse, part);
                left -= part;
            }
        }
        if left > 0 && payer.backing == Backing::Own {
            draw.missing += left;
        } else if left > 0 {
            draw.debts.push((payer.tenant, left));
            draw.note(payer, Purse::Debt, left);
            draw.movements.push((held, -left));
        }
    }
    Ok(draw)
}

/// Puts payments together under the locks that they need: the purses of those whose held money does not
/// suffice, and `also`, by ascending account.
pub async fn collect(
    db: &mut Conn,
    network: NetworkId,
    payers: &[Payer],
    earnings: &[Earning],
    accounts: &Accounts,
    also: &[AccountId],
) -> Result<Draw, Fault> {
    let mut needed = also.to_vec();
    for payer in payers {
        let held: i64 =
            earnings.iter().filter(|earning| earning.tenant_id == payer.tenant).map(|e| e.held).sum();
        if held < payer.amount {
            needed.extend(accounts.purses(payer).into_iter().map(|(_, account)| account));
        }
    }
    let mut balances = lock_balances(db, network, &needed).await?;
    draw(payers, earnings, accounts, &mut balances)
}

/// The exact balances of constrained accounts, locked by ascending account.
pub async fn lock_balances(
    db: &mut Conn,
    network: NetworkId,
    accounts: &[AccountId],
) -> Result<Balances, Fault> {
    let rows: Vec<(AccountId, i64)> = sqlx::query_as(
        "select account_id, balance from account
          where network_id = $1 and account_id = any($2) and constrained
          order by account_id for no key update",
    )
    .bind(network)
    .bind(accounts)
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().collect())
}

/// Writes down what a draw took of held money and what is owed after it.
pub async fn settle(db: &mut Conn, network: NetworkId, draw: &Draw) -> Result<(), Fault> {
    move_held(db, network, draw.held.iter().map(|(delivery, tenant, part)| (*delivery, *tenant, -part)))
        .await?;
    let debts: BTreeMap<Uuid, i64> = draw.debts.iter().copied().collect();
    for (tenant, amount) in debts {
        sqlx::query(
            "insert into held_debt (network_id, tenant_id, amount) values ($1, $2, $3)
             on conflict (network_id, tenant_id) do update set amount = held_debt.amount + excluded.amount",
        )
        .bind(network)
        .bind(tenant)
        .bind(amount)
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// Adds to the held money of earnings: (delivery, tenant, amount), negative to take.
pub async fn move_held(
    db: &mut Conn,
    network: NetworkId,
    parts: impl IntoIterator<Item = (Uuid, Uuid, i64)>,
) -> Result<(), Fault> {
    let parts: Vec<(Uuid, Uuid, i64)> = parts.into_iter().collect();
    if parts.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "update earning set held = held + moved.amount
           from unnest($2::uuid[], $3::uuid[], $4::bigint[]) as moved(delivery_id, tenant_id, amount)
          where earning.network_id = $1 and earning.delivery_id = moved.delivery_id
            and earning.tenant_id = moved.tenant_id",
    )
    .bind(network)
    .bind(parts.iter().map(|part| part.0).collect::<Vec<_>>())
    .bind(parts.iter().map(|part| part.1).collect::<Vec<_>>())
    .bind(parts.iter().map(|part| part.2).collect::<Vec<_>>())
    .execute(db)
    .await?;
    Ok(())
}

/// Tells each tenant whose spendable money an entry moves.
pub fn wallet_news(
    accounts: &Accounts,
    tenants: impl IntoIterator<Item = Uuid>,
    movements: &[(AccountId, i64)],
) -> Vec<Event> {
    let mut tenants: Vec<Uuid> = tenants.into_iter().collect();
    tenants.sort_unstable();
    tenants.dedup();
    tenants
        .into_iter()
        .filter_map(|tenant| Some((tenant, accounts.find(AccountKind::TenantWallet, tenant)?)))
        .filter(|(_, wallet)| movements.iter().any(|(account, _)| account == wallet))
        .map(|(tenant, wallet)| {
            Event::about(EventType::WalletChanged, vec![TenantId(tenant)], wallet.to_string())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::split::over_tiers;

    struct Tier {
        tenant: Uuid,
        held: AccountId,
        wallet: AccountId,
    }

    fn tier(kinds: &mut HashMap<(AccountKind, Uuid), AccountId>) -> Tier {
        let tier = Tier { tenant: Uuid::now_v7(), held: AccountId::fresh(), wallet: AccountId::fresh() };
        kinds.insert((AccountKind::TenantHeld, tier.tenant), tier.held);
        kinds.insert((AccountKind::TenantWallet, tier.tenant), tier.wallet);
        tier
    }

    fn earning(tenant: Uuid, position: i32, earned: i64, held: i64, given_back: i64) -> Earning {
        let delivery_id = Uuid::nil();
        Earning {
            delivery_id,
            original: true,
            released: held == 0,
            tenant_id: tenant,
            position,
            earned,
            held,
            given_back,
        }
    }

    #[test]
    fn a_supplier_pays_from_held_then_deposit_then_wallet_then_the_fund_then_later_profit() {
        let mut kinds = HashMap::new();
        let supplier = tier(&mut kinds);
        let (deposit, fund) = (AccountId::fresh(), AccountId::fresh());
        kinds.insert((AccountKind::SupplierDeposit, supplier.tenant), deposit);
        kinds.insert((AccountKind::BuyerProtectionFund, Uuid::now_v7()), fund);
        let accounts = Accounts(kinds);
        let mut balances = HashMap::from([(deposit, 20), (supplier.wallet, 30), (fund, 40)]);
        let payer = Payer { tenant: supplier.tenant, amount: 105, supplier: true, backing: Backing::Fund };
        let earnings = [earning(supplier.tenant, 0, 80, 10, 0)];
        let got = draw(&[payer], &earnings, &accounts, &mut balances).unwrap();
        assert_eq!(
            got.movements,
            [(supplier.held, -10), (deposit, -20), (supplier.wallet, -30), (fund, -40), (supplier.held, -5)]
        );
        assert_eq!(got.held, [(Uuid::nil(), supplier.tenant, 10)]);
        assert_eq!(got.debts, [(supplier.tenant, 5)]);
        assert_eq!(got.missing, 0);
        let paid: Vec<_> = got.paid.iter().map(|paid| (paid.purse, paid.amount)).collect();
        use Purse as P;
        assert_eq!(paid, [(P::Held, 10), (P::Deposit, 20), (P::Wallet, 30), (P::Fund, 40), (P::Debt, 5)]);
    }

    #[test]
    fn a_bearer_without_backing_is_short_and_owes_nothing() {
        let mut kinds = HashMap::new();
        let site = tier(&mut kinds);
        let accounts = Accounts(kinds);
        let payer = Payer { tenant: site.tenant, amount: 50, supplier: false, backing: Backing::Own };
        let mut balances = HashMap::from([(site.wallet, 30)]);
        let got = draw(&[payer], &[earning(site.tenant, 3, 3, 3, 0)], &accounts, &mut balances).unwrap();
        assert_eq!((got.missing, got.debts.len()), (17, 0));
    }

    // The fixture of the domain: 80.00 / 4.00 / 8.40 / 3.00 sold at 95.40, refunded in three thirds.
    #[test]
    fn three_refunds_of_a_third_take_every_tier_to_zero() {
        let mut kinds = HashMap::new();
        let tiers: Vec<Tier> = (0..4).map(|_| tier(&mut kinds)).collect();
        let accounts = Accounts(kinds);
        let earned = [8000, 400, 840, 300];
        let mut rows: Vec<Earning> = (0..4)
            .map(|at| earning(tiers[at].tenant, i32::try_from(at).unwrap(), earned[at], earned[at], 0))
            .collect();
        let mut seen = Vec::new();
        for _ in 0..3 {
            let given: Vec<i64> = rows.iter().map(|row| row.given_back).collect();
            let shares = over_tiers(3180, &earned, &given).unwrap();
            let payers: Vec<Payer> = (0..4)
                .map(|at| Payer {
                    tenant: tiers[at].tenant,
                    amount: shares[at],
                    supplier: at == 0,
                    backing: Backing::Debt,
                })
                .collect();
            let got = draw(&payers, &rows, &accounts, &mut HashMap::new()).unwrap();
            assert_eq!(got.movements.iter().map(|(_, amount)| amount).sum::<i64>(), -3180);
            assert!(got.debts.is_empty());
            for (row, share) in rows.iter_mut().zip(&shares) {
                row.held -= share;
                row.given_back += share;
            }
            seen.push(shares);
        }
        assert_eq!(seen, [[2667, 133, 280, 100], [2667, 133, 280, 100], [2666, 134, 280, 100]]);
        assert!(rows.iter().all(|row| row.held == 0 && row.given_back == row.earned));
    }
}

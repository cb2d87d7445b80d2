//! Many orders of one network in one transaction, each decided on its own.
//!
//! What [`place_order`](super::place_order) does for one order this does for all of them by the same statements,
//! one a table. It never waits for a row: an order that would have to (its wallet is in use, its last cards are held
//! by somebody who may yet let them go) is left to the plain way, and so is one whose caller has to be
//! checked again, or that has a coupon.
//! They are decided in the order in which they came, so that one that is refused takes nothing from the next.
//!
//! What needs no lock is read first, and everything is written by one statement: events wait to be numbered for whatever
//! has begun to lock or write, so that part is kept short. Locks as the plain way: wallets, by ascending account; then
//! cards.

use super::{
    OrderId,
    place_order::{self, OPERATION, PlaceOrder, Placed},
    sale::{self, Sale},
    store,
};
use crate::{
    access::Permit,
    events,
    foundation::{
        Db, Fault, Moment, Money, No, Scope, Together, Tx,
        id::{NetworkId, TenantId, UserId},
        idempotency,
    },
    inventory::{self, CardId},
    ledger::{self, AccountId, AccountKind},
    pricing::{listing, prices::Prices},
    tenancy,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use uuid::Uuid;

/// One order that is asked for.
pub(super) struct Asked {
    pub(super) permit: Permit,
    pub(super) buyer: UserId,
    pub(super) request: PlaceOrder,
    /// The request's fingerprint.
    pub(super) hash: Vec<u8>,
}

impl Asked {
    pub(super) fn new(permit: Permit, buyer: UserId, request: PlaceOrder) -> Self {
        let hash = sale::fingerprint(&request);
        Self { permit, buyer, request, hash }
    }

    /// Of two requests with the same one, the second waits for what becomes of the first.
    pub(super) fn identity(&self) -> (UserId, &str) {
        (self.buyer, &self.request.idempotency_key)
    }

    /// How many cards and other units it is about.
    pub(super) fn units(&self) -> i64 {
        self.request.lines.iter().map(|line| i64::from(line.quantity)).sum()
    }

    fn key(&self) -> idempotency::Key<'_> {
        place_order::key(&self.permit, self.buyer, &self.request, &self.hash)
    }
}

/// What becomes of one order.
pub(super) enum Outcome {
    /// It stands, or does not.
    Decided(Result<Placed, No>),
    /// It is for the plain way to decide.
    Alone,
}

/// Decides orders of one network, which have keys of their own, in their order. What is decided is committed.
///
/// # Errors
/// [`Fault`] when the transaction failed; then none of them has happened, or (a broken connection) it is unknown.
pub(super) async fn settle(db: &Db, network: NetworkId, asked: &[Asked]) -> Result<Vec<Outcome>, Fault> {
    let mut tx = db.begin_steady(Scope::Network(network)).await?;
    let mut batch = Batch { network, asked, outcomes: asked.iter().map(|_| None).collect() };
    batch.check_callers(&mut tx).await?;
    if batch.open().next().is_none() {
        return Ok(batch.outcomes());
    }
    let known = Known::read(&mut tx, network, &batch).await?;
    let mut wallets = batch.lock_wallets(&mut tx).await?;
    batch.answer_repeats(&mut tx).await?;
    let candidates = batch.price(&known.prices);
    if candidates.is_empty() {
        tx.rollback().await;
        return Ok(batch.outcomes());
    }
    let mut stock = Stock::hold(&mut tx, network, &candidates).await?;
    let sales = batch.decide(candidates, &mut wallets, &mut stock);
    if sales.is_empty() {
        tx.rollback().await;
        return Ok(batch.outcomes());
    }
    let placed = write(&mut tx, network, asked, &known, &wallets, sales).await?;
    tx.commit().await?;
    for (at, placed) in placed {
        batch.outcomes[at] = Some(Outcome::Decided(Ok(placed)));
    }
    Ok(batch.outcomes())
}

/// What needs no lock.
struct Known {
    /// What every price rests on.
    prices: Prices,
    /// The transaction's time.
    at: Moment,
    /// The last number in each site's log. Read before anything that a cursor is to be followed from.
    ends: HashMap<TenantId, i64>,
    /// Where what everyone earns is held.
    held: HashMap<Uuid, AccountId>,
}

impl Known {
    async fn read(tx: &mut Tx, network: NetworkId, batch: &Batch<'_>) -> Result<Self, Fault> {
        let sites: BTreeSet<TenantId> = batch.open().map(|(_, one)| one.permit.tenant()).collect();
        let (at, ends) = events::log::ends(tx, network, &sites.into_iter().collect::<Vec<_>>()).await?;
        let wanted = batch.open().map(|(_, one)| (one.permit.place(), &*one.request.lines));
        let prices = Prices::read(tx, network, wanted, false).await?;
        let earners: Vec<Uuid> = prices.earners().into_iter().map(|tenant| tenant.0).collect();
        let held = ledger::store::find_many(tx, network, AccountKind::TenantHeld, &earners).await?;
        Ok(Self { prices, at, ends, held })
    }
}

/// A buyer's wallet, locked, with what is left in it as the batch goes on; minor units.
struct Wallet {
    account: AccountId,
    left: i64,
}

struct Batch<'a> {
    network: NetworkId,
    asked: &'a [Asked],
    // What is decided already; the others are still open.
    outcomes: Vec<Option<Outcome>>,
}

impl Batch<'_> {
    fn open(&self) -> impl Iterator<Item = (usize, &Asked)> {
        self.asked.iter().enumerate().filter(|(at, _)| self.outcomes[*at].is_none())
    }

    fn alone(&mut self, which: impl Fn(&Asked) -> bool) {
        for (one, outcome) in self.asked.iter().zip(&mut self.outcomes) {
            if outcome.is_none() && which(one) {
                *outcome = Some(Outcome::Alone);
            }
        }
    }

    fn outcomes(self) -> Vec<Outcome> {
        self.outcomes.into_iter().map(|outcome| outcome.unwrap_or(Outcome::Alone)).collect()
    }

    async fn lock_wallets(&mut self, tx: &mut Tx) -> Result<HashMap<Uuid, Wallet>, Fault> {
        let buyers: BTreeSet<Uuid> = self.open().map(|(_, one)| one.buyer.0).collect();
        let buyers: Vec<Uuid> = buyers.into_iter().collect();
        let wallets: HashMap<Uuid, Wallet> = ledger::store::lock_free_wallets(tx, self.network, &buyers)
            .await?
            .into_iter()
            .map(|(buyer, account, left)| (buyer, Wallet { account, left }))
            .collect();
        self.alone(|one| !wallets.contains_key(&one.buyer.0) || one.request.coupon.is_some());
        Ok(wallets)
    }

    // Who was identified before something about permissions changed is looked at again, one by one.
    async fn check_callers(&mut self, tx: &mut Tx) -> Result<(), Fault> {
        let version = tenancy::store::policy_version(tx, self.network).await?;
        self.alone(|one| one.permit.viewer().version != version);
        Ok(())
    }

    async fn answer_repeats(&mut self, tx: &mut Tx) -> Result<(), Fault> {
        let keys: Vec<idempotency::Key<'_>> = self.asked.iter().map(Asked::key).collect();
        let known = idempotency::find_keys(tx, self.network, OPERATION, &keys).await?;
        for (at, (hash, first)) in known {
            if self.outcomes[at].is_none() {
                let first = keys[at].first(&hash, first);
                let placed = first.map(|id| Placed { id: OrderId(id), seen: None });
                self.outcomes[at] = Some(Outcome::Decided(placed));
            }
        }
        Ok(())
    }

    fn price(&mut self, prices: &Prices) -> Vec<(usize, Sale)> {
        let mut candidates = Vec::new();
        for (at, one) in self.asked.iter().enumerate() {
            if self.outcomes[at].is_some() {
                continue;
            }
            let place = one.permit.place();
            let priced = prices.lines(place, &one.request.lines).and_then(|(lines, total)| {
                place_order::check_total(total, one.request.expected_total)?;
                Ok(Sale::new(OrderId::fresh(), place, one.buyer, lines, total))
            });
            match priced {
                Ok(sale) => candidates.push((at, sale)),
                Err(no) => self.outcomes[at] = Some(Outcome::Decided(Err(no))),
            }
        }
        candidates
    }

    // Money first, then stock, as the plain way; what a refused order would have used is the next one's.
    fn decide(
        &mut self,
        candidates: Vec<(usize, Sale)>,
        wallets: &mut HashMap<Uuid, Wallet>,
        stock: &mut Stock,
    ) -> Vec<(usize, Sale)> {
        let mut sales = Vec::with_capacity(candidates.len());
        for (at, mut sale) in candidates {
            let Some(wallet) = wallets.get_mut(&sale.buyer.0) else { continue };
            let total = sale.total;
            let outcome = if wallet.left < total.minor {
                let missing = Money::new(total.minor - wallet.left, total.currency);
                Some(Outcome::Decided(Err(place_order::short_of_funds(missing))))
            } else {
                stock.refusal(&sale)
            };
            if outcome.is_some() {
                self.outcomes[at] = outcome;
                continue;
            }
            wallet.left -= total.minor;
            stock.give(&mut sale);
            sales.push((at, sale));
        }
        sales
    }
}

/// The cards that the batch holds, and how many there are where that is too few.
struct Stock {
    held: HashMap<Uuid, VecDeque<CardId>>,
    // Of variants that fell short: how many could be sold, ours and those that others hold.
    available: HashMap<Uuid, i64>,
}

impl Stock {
    async fn hold(tx: &mut Tx, network: NetworkId, candidates: &[(usize, Sale)]) -> Result<Self, Fault> {
        let mut wanted: BTreeMap<Uuid, i64> = BTreeMap::new();
        for (variant, count) in candidates.iter().flat_map(|(_, sale)| sale.cards_wanted()) {
            *wanted.entry(variant).or_default() += count;
        }
        let wanted: Vec<(Uuid, i64)> = wanted.into_iter().collect();
        let mut held: HashMap<Uuid, VecDeque<CardId>> = HashMap::new();
        for (variant, card) in inventory::store::hold(tx, network, &wanted).await? {
            held.entry(variant).or_default().push_back(card);
        }
        let mut available = HashMap::new();
        for (variant, count) in wanted {
            if held.get(&variant).map_or(0, VecDeque::len) < usize::try_from(count).unwrap_or(usize::MAX) {
                let there = inventory::store::available(tx, network, variant).await?;
                available.insert(variant, there);
            }
        }
        Ok(Self { held, available })
    }

    // None where there is enough of everything.
    fn refusal(&self, sale: &Sale) -> Option<Outcome> {
        sale.cards_wanted().into_iter().find_map(|(variant, count)| {
            let free = self.held.get(&variant).map_or(0, VecDeque::len);
            if i64::try_from(free).unwrap_or(i64::MAX) >= count {
                return None;
            }
            let available = self.available.get(&variant).copied().unwrap_or_default();
            // Somebody else holds what is missing, and may let it go.
            if available >= count {
                return Some(Outcome::Alone);
            }
            let no = listing::out_of_stock(sale.line_of(variant), available);
            Some(Outcome::Decided(Err(no)))
        })
    }

    fn give(&mut self, sale: &mut Sale) {
        for (variant, count) in sale.cards_wanted() {
            let held = self.held.entry(variant).or_default();
            let count = usize::try_from(count).unwrap_or(usize::MAX).min(held.len());
            sale.hand_out(variant, held.drain(..count));
            if let Some(available) = self.available.get_mut(&variant) {
                *available -= i64::try_from(count).unwrap_or(i64::MAX);
            }
        }
    }
}

async fn write(
    tx: &mut Tx,
    network: NetworkId,
    asked: &[Asked],
    known: &Known,
    wallets: &HashMap<Uuid, Wallet>,
    sales: Vec<(usize, Sale)>,
) -> Result<Vec<(usize, Placed)>, Fault> {
    let (places, sales): (Vec<usize>, Vec<Sale>) = sales.into_iter().unzip();
    let wallet_of = |sale: &Sale| {
        wallets
            .get(&sale.buyer.0)
            .map(|wallet| wallet.account)
            .ok_or_else(|| Fault::new("a sale without a wallet"))
    };
    let mut entries = Vec::with_capacity(sales.len());
    let mut news = Vec::new();
    let mut taken: BTreeMap<Uuid, i64> = BTreeMap::new();
    for sale in &sales {
        let wallet = wallet_of(sale)?;
        entries.push(sale.entry(wallet, &known.held)?);
        news.extend(sale.events(wallet));
        for (variant, count) in sale.cards_wanted() {
            *taken.entry(variant).or_default() += count;
        }
    }
    news.extend(inventory::stock_low_events(tx, network, &taken, false).await?);
    let cards: Vec<CardId> =
        sales.iter().flat_map(|sale| sale.units.iter().filter_map(|unit| unit.card)).collect();
    let keys: Vec<(idempotency::Key<'_>, Uuid)> =
        places.iter().zip(&sales).map(|(place, sale)| (asked[*place].key(), sale.id.0)).collect();

    let mut writes = Together::of(network);
    ledger::store::book(&mut writes, &entries, &wallets.values().map(|wallet| wallet.account).collect());
    if !cards.is_empty() {
        inventory::store::sell(&mut writes, &cards);
    }
    store::insert(&mut writes, &sales)?;
    idempotency::insert_keys(&mut writes, OPERATION, &keys);
    events::record_with(&mut writes, tx, &news);
    writes.run(tx).await?;
    Ok(places
        .into_iter()
        .zip(&sales)
        .map(|(place, sale)| {
            let seen = sale.seen_by_buyer(known.at, known.ends.get(&sale.site).copied().unwrap_or_default());
            (place, Placed { id: sale.id, seen: Some(seen) })
        })
        .collect())
}

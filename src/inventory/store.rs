//! The inventory's statements.

use super::{CardId, ImportId, import::Import};
use crate::{
    foundation::{
        Conn, Fault, Together,
        id::{NetworkId, TenantId, UserId},
    },
    provenance::{self, Step, StepKind},
};
use sqlx::Executor;
use uuid::Uuid;

/// Locks up to `count` available cards of each of those variants until the transaction ends, in the variant's
/// order of allocation: the variant and the card, the first to be sold first.
///
/// `skip locked` lets two buyers take different cards at once instead of queueing for the same ones. Each branch
/// reads its own index from the front, however many cards there are.
pub async fn hold(
    db: &mut Conn,
    network: NetworkId,
    wanted: &[(Uuid, i64)],
) -> Result<Vec<(Uuid, CardId)>, Fault> {
    let (variants, counts): (Vec<Uuid>, Vec<i64>) = wanted.iter().copied().unzip();
    let mut held: Vec<(Uuid, CardId)> = sqlx::query_as(
        "select w.variant_id, coalesce(o.card_id, n.card_id, e.card_id)
           from unnest($2::uuid[], $3::bigint[]) as w(variant_id, count)
           join variant v on v.network_id = $1 and v.variant_id = w.variant_id
           left join lateral (
             select c.card_id from card c
              where c.network_id = $1 and c.variant_id = w.variant_id and c.state = 'AVAILABLE'
                and v.allocation = 'OLDEST' and (c.expires_at is null or c.expires_at > now())
              order by c.card_id limit w.count for no key update skip locked) o on true
           left join lateral (
             select c.card_id from card c
              where c.network_id = $1 and c.variant_id = w.variant_id and c.state = 'AVAILABLE'
                and v.allocation = 'NEWEST' and (c.expires_at is null or c.expires_at > now())
              order by c.card_id desc limit w.count for no key update skip locked) n on true
           left join lateral (
             select c.card_id from card c
              where c.network_id = $1 and c.variant_id = w.variant_id and c.state = 'AVAILABLE'
                and v.allocation = 'NEAREST_EXPIRY' and c.expires_at > now()
              order by c.expires_at, c.card_id limit w.count for no key update skip locked) e on true
          where coalesce(o.card_id, n.card_id, e.card_id) is not null",
    )
    .bind(network)
    .bind(&variants)
    .bind(&counts)
    .fetch_all(&mut *db)
    .await?;
    let short: Vec<(Uuid, i64)> = wanted
        .iter()
        .map(|(variant, count)| {
            let got = held.iter().filter(|(of, _)| of == variant).count();
            (*variant, count - i64::try_from(got).unwrap_or(i64::MAX))
        })
        .filter(|(_, missing)| *missing > 0)
        .collect();
    if !short.is_empty() {
        held.extend(hold_lasting(db, network, &short).await?);
    }
    Ok(held)
}

// Of variants that sell what expires soonest: then come those that never do.
async fn hold_lasting(
    db: &mut Conn,
    network: NetworkId,
    wanted: &[(Uuid, i64)],
) -> Result<Vec<(Uuid, CardId)>, Fault> {
    let (variants, counts): (Vec<Uuid>, Vec<i64>) = wanted.iter().copied().unzip();
    Ok(sqlx::query_as(
        "select w.variant_id, l.card_id
           from unnest($2::uuid[], $3::bigint[]) as w(variant_id, count)
           join variant v on v.network_id = $1 and v.variant_id = w.variant_id and v.allocation = 'NEAREST_EXPIRY'
          cross join lateral (
             select c.card_id from card c
              where c.network_id = $1 and c.variant_id = w.variant_id and c.state = 'AVAILABLE'
                and c.expires_at is null
              order by c.card_id limit w.count for no key update skip locked) l",
    )
    .bind(network)
    .bind(variants)
    .bind(counts)
    .fetch_all(db)
    .await?)
}

/// Marks cards that this transaction holds as sold; a fault when one of them is not there to be sold.
pub fn sell(writes: &mut Together, cards: &[CardId]) {
    writes
        .part_of(
            cards.len(),
            "a card that was held is not there to be sold",
            "update card set state = 'SOLD' where network_id = $1 and card_id = any($2) and state = 'AVAILABLE'",
        )
        .bind(cards)
        .end();
}

// `None` when too few are free: then none is taken, so that what is left can still be counted.
async fn take(
    db: &mut Conn,
    network: NetworkId,
    variant: Uuid,
    count: i32,
) -> Result<Option<Vec<CardId>>, Fault> {
    let held = hold(db, network, &[(variant, i64::from(count))]).await?;
    if i32::try_from(held.len()) != Ok(count) {
        return Ok(None);
    }
    let cards: Vec<CardId> = held.into_iter().map(|(_, card)| card).collect();
    let mut writes = Together::of(network);
    sell(&mut writes, &cards);
    writes.run(db).await?;
    Ok(Some(cards))
}

/// Takes `count` available cards of a variant for a sale, and where too few are free waits for those that others
/// are about to take or give back.
///
/// What a first try locked in vain is let go before the wait: two who each hold a part of what both want would
/// wait for each other. `None` when there are too few.
pub async fn take_or_wait(
    db: &mut Conn,
    network: NetworkId,
    variant: Uuid,
    count: i32,
) -> Result<Option<Vec<CardId>>, Fault> {
    db.execute("savepoint stock").await?;
    if let Some(cards) = take(db, network, variant, count).await? {
        return Ok(Some(cards));
    }
    db.execute("rollback to savepoint stock").await?;
    if available(db, network, variant).await? < i64::from(count) {
        return Ok(None);
    }
    // Every one who waits takes them in the same order.
    sqlx::query(
        "select card_id from card
          where network_id = $1 and variant_id = $2 and state = 'AVAILABLE'
            and (expires_at is null or expires_at > now())
          order by card_id limit $3 for no key update",
    )
    .bind(network)
    .bind(variant)
    .bind(count)
    .execute(&mut *db)
    .await?;
    take(db, network, variant, count).await
}

/// How many cards of a variant could be sold now.
pub async fn available(db: &mut Conn, network: NetworkId, variant: Uuid) -> Result<i64, Fault> {
    Ok(sqlx::query_scalar(
        "select count(*) from card where network_id = $1 and variant_id = $2 and state = 'AVAILABLE'
            and (expires_at is null or expires_at > now())",
    )
    .bind(network)
    .bind(variant)
    .fetch_one(db)
    .await?)
}

/// The supplier's import, locked until the transaction ends.
pub(super) async fn lock_import(
    db: &mut Conn,
    network: NetworkId,
    supplier: TenantId,
    import: ImportId,
) -> Result<Option<Import>, Fault> {
    Ok(sqlx::query_as(
        "select * from card_import where network_id = $1 and import_id = $2 and tenant_id = $3 for no key update",
    )
    .bind(network)
    .bind(import)
    .bind(supplier)
    .fetch_optional(db)
    .await?)
}

/// Voids an import's unsold cards in one statement. A card that is being sold meanwhile is waited for, and left
/// alone once it is sold. Quarantined cards go too: they must not tell themselves apart.
pub(super) async fn withdraw(
    db: &mut Conn,
    network: NetworkId,
    supplier: TenantId,
    import: ImportId,
) -> Result<Import, Fault> {
    // A million cards take longer than any statement of a request may.
    sqlx::query("set local statement_timeout = '5min'").execute(&mut *db).await?;
    let voided: Vec<Vec<Uuid>> = sqlx::query_scalar(
        "with voided as (
           update card set state = 'VOIDED'
            where network_id = $1 and import_id = $2 and supplier_id = $3 and state in ('AVAILABLE', 'QUARANTINED')
           returning card_id),
         placed as (select card_id, row_number() over (order by card_id) as place from voided)
         select array_agg(card_id order by card_id) from placed group by place / 1000 order by place / 1000",
    )
    .bind(network)
    .bind(import)
    .bind(supplier)
    .fetch_all(&mut *db)
    .await?;
    for cards in voided {
        let steps: Vec<Step> = cards.into_iter().map(Step::alone).collect();
        provenance::record(db, network, StepKind::Voided, &steps).await?;
    }
    Ok(sqlx::query_as(
        "update card_import set withdrawn_at = now() where network_id = $1 and import_id = $2 returning *",
    )
    .bind(network)
    .bind(import)
    .fetch_one(db)
    .await?)
}

/// Of variants that are sold from in this transaction (with how many), those whose stock falls to its alarm level by
/// it, each with its supplier. `sold`: they are marked so already. No more rows are counted than the level has, and
/// those.
pub(super) async fn fell_low(
    db: &mut Conn,
    network: NetworkId,
    variants: &[Uuid],
    taken: &[i64],
    sold: bool,
) -> Result<Vec<(Uuid, TenantId)>, Fault> {
    Ok(sqlx::query_as(
        "select v.variant_id, v.supplier_id
           from unnest($2::uuid[], $3::bigint[]) as sold (variant_id, count)
          -- Looked up one by one: a plan of a small network's would read all variants of a large one.
          cross join lateral (
            select * from variant where network_id = $1 and variant_id = sold.variant_id offset 0) v
          cross join lateral (
            select count(few.one) - ahead.count as left_over
              from (select case when $4 then 0 else sold.count end as count) ahead
              left join lateral (
                select true as one from card c
                 where c.network_id = $1 and c.variant_id = v.variant_id and c.state = 'AVAILABLE'
                   and (c.expires_at is null or c.expires_at > now())
                 limit v.low_stock + 1 + ahead.count) few on true
             group by ahead.count) stock
          where stock.left_over <= v.low_stock and stock.left_over + sold.count > v.low_stock
          order by v.variant_id",
    )
    .bind(network)
    .bind(variants)
    .bind(taken)
    .bind(sold)
    .fetch_all(db)
    .await?)
}

crate::row! {
    /// A delivery as its buyer's reveal needs it.
    pub struct Handed {
        /// Where it stands; a word of its own slice.
        pub status: String,
        /// It was revealed before.
        pub revealed: bool,
        /// The card, where it is one.
        pub card_id: Option<CardId>,
        /// What the card is a unit of.
        pub variant_id: Option<Uuid>,
        /// The key of the card, or of what was handed over by hand.
        pub key_id: Option<Uuid>,
        /// The bytes of either.
        pub sealed: Option<Vec<u8>>,
    }
}

/// The buyer's own delivery at that site, locked until the transaction ends.
pub(super) async fn lock_delivery(
    db: &mut Conn,
    network: NetworkId,
    site: TenantId,
    buyer: UserId,
    delivery: Uuid,
) -> Result<Option<Handed>, Fault> {
    Ok(sqlx::query_as(
        "select d.status, d.revealed_at is not null as revealed, c.card_id, c.variant_id,
                coalesce(c.key_id, d.key_id) as key_id, coalesce(c.sealed, d.sealed) as sealed
           from delivery d
           join orders o on o.network_id = d.network_id and o.order_id = d.order_id
           left join card c on c.network_id = d.network_id and c.card_id = d.card_id
          where d.network_id = $1 and d.delivery_id = $2 and o.site_id = $3 and o.buyer_id = $4
            for no key update of d",
    )
    .bind(network)
    .bind(delivery)
    .bind(site)
    .bind(buyer)
    .fetch_optional(db)
    .await?)
}

/// Writes down that a delivery's content was asked for, by whom and from where.
pub(super) async fn record_reveal(
    db: &mut Conn,
    network: NetworkId,
    delivery: Uuid,
    card: Option<CardId>,
    actor: Uuid,
    address: Option<&str>,
    user_agent: Option<&str>,
) -> Result<(), Fault> {
    sqlx::query(
        "with seen as (
           update delivery set revealed_at = now()
            where network_id = $1 and delivery_id = $2 and revealed_at is null)
         insert into reveal (network_id, reveal_id, delivery_id, actor_id, address, user_agent)
         values ($1, $3, $2, $4, $5, $6)",
    )
    .bind(network)
    .bind(delivery)
    .bind(Uuid::now_v7())
    .bind(actor)
    .bind(address)
    .bind(user_agent)
    .execute(&mut *db)
    .await?;
    let item = card.map_or(delivery, |card| card.0);
    provenance::record(db, network, StepKind::Revealed, &[Step::of(item, delivery)]).await
}

//! Every statement of the log.

use super::{
    StepKind,
    merkle::Hash,
    tiles::{self, Edge, TileId, Tiles},
};
use crate::foundation::{Conn, Fault, Moment, id::NetworkId};
use std::{collections::BTreeSet, time::Duration};
use uuid::Uuid;

crate::row! {
    /// A row of the queue.
    pub struct Queued {
        /// Whose log.
        pub network_id: NetworkId,
        /// Its place.
        pub id: i64,
        /// What happened.
        pub kind: StepKind,
        /// To what.
        pub items: Vec<Uuid>,
        /// For what, each.
        pub subjects: Option<Vec<Uuid>>,
        /// Under which terms, each: their hash.
        pub terms: Option<Vec<Vec<u8>>>,
        /// When.
        pub at: Moment,
    }
}

/// How many rows of the queue are looked at: a row is one step at least.
const ROWS: i64 = 512;

/// Takes the oldest rows, of any network, up to the first that is not yet below the snapshot's xmin (stopping there
/// keeps the order by id across batches too) and up to about so many steps; one row at least. In their order.
pub(super) async fn take(db: &mut Conn, steps: i64) -> Result<Vec<Queued>, Fault> {
    let mut taken: Vec<Queued> = sqlx::query_as(
        "with head as materialized (
                select network_id, id, xid, cardinality(items) as steps from provenance_queue order by id limit $1),
              cut as (
                select min(id) as id from head where xid >= pg_snapshot_xmin(pg_current_snapshot())),
              sized as (
                select network_id, id, sum(steps) over (order by id) - steps as before from head)
         delete from provenance_queue q using sized s, cut
          where q.network_id = s.network_id and q.id = s.id and (cut.id is null or s.id < cut.id) and s.before < $2
         returning q.network_id, q.id, q.kind, q.items, q.subjects, q.terms, q.at",
    )
    .bind(ROWS)
    .bind(steps)
    .fetch_all(db)
    .await?;
    taken.sort_unstable_by_key(|row| row.id);
    Ok(taken)
}

/// How long the oldest step has waited to be written to its log.
pub(super) async fn lag(db: &mut Conn) -> Result<Option<Duration>, Fault> {
    let seconds: Option<f64> = sqlx::query_scalar(
        "select extract(epoch from clock_timestamp() - at)::float8 from provenance_queue order by id limit 1",
    )
    .fetch_optional(db)
    .await?;
    Ok(seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()))
}

/// The network's wrapped key, and whether this very transaction made it.
pub(super) async fn key(db: &mut Conn, network: NetworkId) -> Result<Option<(Vec<u8>, bool)>, Fault> {
    Ok(sqlx::query_as(
        "select sealed, coalesce(xmin = pg_current_xact_id_if_assigned()::xid, false)
           from provenance_key where network_id = $1",
    )
    .bind(network)
    .fetch_optional(db)
    .await?)
}

/// Begins a network's log: empty, with its key.
pub(super) async fn begin_log(
    db: &mut Conn,
    network: NetworkId,
    sealed: &[u8],
    vkey: &str,
) -> Result<(), Fault> {
    sqlx::query("insert into provenance_key (network_id, sealed) values ($1, $2)")
        .bind(network)
        .bind(sealed)
        .execute(&mut *db)
        .await?;
    sqlx::query("insert into provenance_log (network_id, vkey, size, edge) values ($1, $2, 0, '{}')")
        .bind(network)
        .bind(vkey)
        .execute(db)
        .await?;
    Ok(())
}

/// The edge of a log as it stands; none where there is no log.
pub(super) async fn edge(db: &mut Conn, network: NetworkId) -> Result<Option<Edge>, Fault> {
    let row: Option<(i64, Vec<Vec<u8>>)> =
        sqlx::query_as("select size, edge from provenance_log where network_id = $1")
            .bind(network)
            .fetch_optional(db)
            .await?;
    row.map(|(size, rows)| Edge::from_rows(unsigned(size)?, &rows)).transpose()
}

/// The last step of each of those items: its number and data.
pub(super) async fn last_steps(
    db: &mut Conn,
    network: NetworkId,
    items: &[Hash],
) -> Result<Vec<(Vec<u8>, i32, String)>, Fault> {
    Ok(sqlx::query_as(
        "select i.item, l.step_no, l.data
           from unnest($2::bytea[]) as i(item)
          cross join lateral (
             select step_no, data from provenance_leaf
              where network_id = $1 and item = i.item order by step_no desc limit 1) l",
    )
    .bind(network)
    .bind(items)
    .fetch_all(db)
    .await?)
}

/// Leaves to be written.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) items: Vec<Hash>,
    pub(super) step_nos: Vec<i32>,
    pub(super) data: Vec<String>,
}

/// Writes leaves from that index on, the tiles that they complete, and the log's new edge.
pub(super) async fn append(
    db: &mut Conn,
    network: NetworkId,
    first: u64,
    rows: &Rows,
    full: &[(TileId, Vec<u8>)],
    edge: &Edge,
) -> Result<(), Fault> {
    sqlx::query(
        "insert into provenance_leaf (network_id, leaf_index, item, step_no, data)
         select $1, $2 + u.nth - 1, u.item, u.step_no, u.data
           from unnest($3::bytea[], $4::int[], $5::text[]) with ordinality as u (item, step_no, data, nth)",
    )
    .bind(network)
    .bind(signed(first)?)
    .bind(&rows.items)
    .bind(&rows.step_nos)
    .bind(&rows.data)
    .execute(&mut *db)
    .await?;
    if !full.is_empty() {
        let levels = full.iter().map(|(id, _)| i32::try_from(id.level)).collect::<Result<Vec<_>, _>>();
        let indexes = full.iter().map(|(id, _)| signed(id.index)).collect::<Result<Vec<_>, _>>()?;
        sqlx::query(
            "insert into provenance_tile (network_id, level, tile_index, hashes)
             select $1, t.level, t.tile_index, t.hashes
               from unnest($2::int[], $3::bigint[], $4::bytea[]) as t (level, tile_index, hashes)",
        )
        .bind(network)
        .bind(levels.map_err(|_| Fault::new("a tree that is too high"))?)
        .bind(indexes)
        .bind(full.iter().map(|(_, hashes)| hashes.as_slice()).collect::<Vec<_>>())
        .execute(&mut *db)
        .await?;
    }
    let grown =
        sqlx::query("update provenance_log set size = $3, edge = $4 where network_id = $1 and size = $2")
            .bind(network)
            .bind(signed(first)?)
            .bind(signed(edge.size())?)
            .bind(edge.rows())
            .execute(db)
            .await?;
    if grown.rows_affected() == 1 { Ok(()) } else { Err(Fault::new("two wrote to one log at once")) }
}

/// The networks whose logs have grown since their heads were last signed, and that is at least so long ago or it is
/// this one.
pub(super) async fn unsigned_logs(
    db: &mut Conn,
    every: Duration,
    at_once: Option<NetworkId>,
) -> Result<Vec<NetworkId>, Fault> {
    Ok(sqlx::query_scalar(
        "select network_id from provenance_log
          where size > signed_size
            and (signed_at is null or signed_at < now() - make_interval(secs => $1) or network_id = $2)",
    )
    .bind(every.as_secs_f64())
    .bind(at_once)
    .fetch_all(db)
    .await?)
}

/// Keeps a signed head.
pub(super) async fn keep_checkpoint(
    db: &mut Conn,
    network: NetworkId,
    size: u64,
    note: &str,
) -> Result<(), Fault> {
    sqlx::query(
        "with signed as (update provenance_log set signed_size = $2, signed_at = now() where network_id = $1)
         insert into provenance_checkpoint (network_id, size, note, signed_at) values ($1, $2, $3, now())",
    )
    .bind(network)
    .bind(signed(size)?)
    .bind(note)
    .execute(db)
    .await?;
    Ok(())
}

crate::row! {
    /// A signed head.
    pub struct Signed {
        /// Leaves.
        pub size: i64,
        /// The note.
        pub note: String,
        /// When.
        pub signed_at: Moment,
    }
}

/// The head of that size, or the newest; none where there is none (yet).
pub(super) async fn checkpoint(
    db: &mut Conn,
    network: NetworkId,
    size: Option<i64>,
) -> Result<Option<Signed>, Fault> {
    Ok(sqlx::query_as(
        "select size, note, signed_at from provenance_checkpoint
          where network_id = $1 and size <= coalesce($2, 9223372036854775807) and size >= coalesce($2, 0)
          order by size desc limit 1",
    )
    .bind(network)
    .bind(size)
    .fetch_optional(db)
    .await?)
}

/// The text form of a log's key; none where there is no log (yet).
pub(super) async fn vkey(db: &mut Conn, network: NetworkId) -> Result<Option<String>, Fault> {
    Ok(sqlx::query_scalar("select vkey from provenance_log where network_id = $1")
        .bind(network)
        .fetch_optional(db)
        .await?)
}

/// Those tiles as far as the log of now has them: unfinished ones from its edge. The edge is read first: a tile that
/// it has outgrown is written already.
pub(super) async fn tiles(
    db: &mut Conn,
    network: NetworkId,
    wanted: &BTreeSet<TileId>,
) -> Result<Tiles, Fault> {
    let mut found = Tiles::default();
    let Some(edge) = edge(db, network).await? else { return Ok(found) };
    let (mut levels, mut indexes) = (Vec::new(), Vec::new());
    for id in wanted {
        if let Some(hashes) = edge.tile(*id) {
            found.insert(*id, hashes.to_vec());
        } else {
            levels.push(i32::try_from(id.level).unwrap_or(i32::MAX));
            indexes.push(i64::try_from(id.index).unwrap_or(i64::MAX));
        }
    }
    let rows: Vec<(i32, i64, Vec<u8>)> = sqlx::query_as(
        "select t.level, t.tile_index, t.hashes
           from unnest($2::int[], $3::bigint[]) as w (level, tile_index)
           join provenance_tile t on t.network_id = $1 and t.level = w.level and t.tile_index = w.tile_index",
    )
    .bind(network)
    .bind(levels)
    .bind(indexes)
    .fetch_all(db)
    .await?;
    for (level, index, hashes) in rows {
        let level = u32::try_from(level).map_err(|_| Fault::new("a tile below the leaves"))?;
        found.insert(TileId { level, index: unsigned(index)? }, tiles::hashes(&hashes)?);
    }
    Ok(found)
}

/// The data of the leaves from that index on, at most so many, without a gap.
pub(super) async fn data(
    db: &mut Conn,
    network: NetworkId,
    first: u64,
    count: usize,
) -> Result<Vec<String>, Fault> {
    Ok(sqlx::query_scalar(
        "select data from provenance_leaf
          where network_id = $1 and leaf_index >= $2 and leaf_index < $2 + $3 order by leaf_index",
    )
    .bind(network)
    .bind(signed(first)?)
    .bind(i64::try_from(count).unwrap_or(i64::MAX))
    .fetch_all(db)
    .await?)
}

/// The leaves of an item from that step on, at most so many: index and data, in their order.
pub(super) async fn history(
    db: &mut Conn,
    network: NetworkId,
    item: &Hash,
    after: i32,
    count: i64,
) -> Result<Vec<(i64, String)>, Fault> {
    Ok(sqlx::query_as(
        "select leaf_index, data from provenance_leaf
          where network_id = $1 and item = $2 and step_no > $3 order by step_no limit $4",
    )
    .bind(network)
    .bind(item)
    .bind(after)
    .bind(count)
    .fetch_all(db)
    .await?)
}

/// The leaves of those items that are sales: index, item and data.
pub(super) async fn sales(
    db: &mut Conn,
    network: NetworkId,
    items: &[Hash],
) -> Result<Vec<(i64, Vec<u8>, String)>, Fault> {
    Ok(sqlx::query_as(
        "select leaf_index, item, data from provenance_leaf
          where network_id = $1 and item = any($2) and data like '%\"step\":\"SOLD\"%'",
    )
    .bind(network)
    .bind(items)
    .fetch_all(db)
    .await?)
}

pub(super) fn unsigned(number: i64) -> Result<u64, Fault> {
    u64::try_from(number).map_err(|_| Fault::new("a log counts from zero"))
}

pub(super) fn signed(number: u64) -> Result<i64, Fault> {
    i64::try_from(number).map_err(|_| Fault::new("a log is too long"))
}

//! Every provenance log is what its heads say: hashed again from the first leaf to the last, tile by tile and head by
//! head, so that the first leaf that is not what it was is named.

use super::run::{Broken, Found};
use crate::{
    foundation::{Conn, Fault, id::NetworkId},
    provenance::{
        Checkpoint, Leaf, LogKeys, Vkey,
        merkle::leaf_hash,
        tiles::{self, Edge, TileId, WIDTH},
    },
};
use std::collections::HashMap;

pub(super) const NAME: &str = "I28_logs_are_whole";

// Read so many at a time: memory stays the same however many there are.
const PAGE: i64 = 2_048;

/// Looks through a network's log.
pub(super) async fn look(
    db: &mut Conn,
    keys: &LogKeys,
    network: NetworkId,
    found: &mut Found,
) -> Result<(), Fault> {
    let log: Option<(String, i64, Vec<Vec<u8>>, i64)> =
        sqlx::query_as("select vkey, size, edge, signed_size from provenance_log where network_id = $1")
            .bind(network)
            .fetch_optional(&mut *db)
            .await?;
    let Some((vkey, size, stored_edge, signed_size)) = log else { return Ok(()) };
    let mut add = |subject: String, detail: String| {
        found.add(NAME, Broken { network: Some(network), subject, detail });
    };
    if !keys.find(db, network).await.is_ok_and(|key| key.is_some_and(|key| key.vkey().to_string() == vkey)) {
        add("key".into(), "is not there, not of this master key, or not the one that is published".into());
    }
    let Some(vkey) = Vkey::parse(&vkey) else {
        add("key".into(), "is not one".into());
        return Ok(());
    };
    let (mut edge, mut good, mut last) = (Edge::default(), Some(0), 0);
    // Behind what is said of leaves: they are what was altered.
    let mut of_heads = Vec::new();
    loop {
        let signed = heads(db, network, edge.size(), PAGE).await?;
        let leaves: Vec<(i64, String)> = sqlx::query_as(
            "select leaf_index, data from provenance_leaf
              where network_id = $1 and leaf_index >= $2 order by leaf_index limit $3",
        )
        .bind(network)
        .bind(i64::try_from(edge.size()).unwrap_or(i64::MAX))
        .bind(PAGE)
        .fetch_all(&mut *db)
        .await?;
        if leaves.is_empty() {
            break;
        }
        let mut full = Vec::new();
        for (index, data) in leaves {
            if u64::try_from(index) != Ok(edge.size()) {
                add(format!("leaf {}", edge.size()), format!("is missing; the next is {index}"));
                return Ok(());
            }
            if Leaf::parse(&data).is_none() {
                add(format!("leaf {index}"), "is not written as leaves are".into());
            }
            edge.append(leaf_hash(data.as_bytes()), |id, hashes| full.push((id, hashes.concat())));
            if let Some(note) = signed.get(&edge.size()) {
                last = edge.size();
                if let Some(detail) = head(note, &edge, &vkey, &mut good) {
                    of_heads.push((format!("head of {last}"), detail));
                }
            }
        }
        for (id, hashes) in full {
            if let Some((subject, detail)) = tile(db, network, id, &hashes).await? {
                add(subject, detail);
            }
        }
    }
    if i64::try_from(edge.size()) != Ok(size) {
        add(format!("leaf {}", edge.size()), format!("is missing; the log has {size}"));
    } else if edge.rows() != stored_edge {
        add(first_difference(&edge, &stored_edge), "is not the one that was hashed".into());
    }
    for (subject, detail) in of_heads {
        add(subject, detail);
    }
    if let Some(size) = heads(db, network, edge.size(), i64::MAX).await?.into_keys().min() {
        add(format!("head of {size}"), "is of a longer log than there is".into());
    } else if i64::try_from(last) != Ok(signed_size) {
        add("log".into(), format!("{signed_size} leaves are signed, and the last head is of {last}"));
    }
    Ok(())
}

// The stored tile against the one that was computed.
async fn tile(
    db: &mut Conn,
    network: NetworkId,
    id: TileId,
    computed: &[u8],
) -> Result<Option<(String, String)>, Fault> {
    let stored: Option<Vec<u8>> = sqlx::query_scalar(
        "select hashes from provenance_tile where network_id = $1 and level = $2 and tile_index = $3",
    )
    .bind(network)
    .bind(i32::try_from(id.level).unwrap_or(i32::MAX))
    .bind(i64::try_from(id.index).unwrap_or(i64::MAX))
    .fetch_optional(db)
    .await?;
    let name = format!("tile {}/{}", id.level, id.index);
    let Some(stored) = stored else { return Ok(Some((name, "is missing".into()))) };
    if stored == computed {
        return Ok(None);
    }
    let place = computed.chunks(32).zip(stored.chunks(32)).position(|(one, other)| one != other).unwrap_or(0);
    Ok(Some(match id.level {
        0 => {
            let leaf = id.index * WIDTH as u64 + u64::try_from(place).unwrap_or(0);
            (format!("leaf {leaf}"), "is not the one that was hashed".into())
        }
        _ => (name, format!("differs from what is below it, from place {place} on")),
    }))
}

// The first leaf of the unfinished tile that differs, or the level where they do.
fn first_difference(edge: &Edge, stored: &[Vec<u8>]) -> String {
    let computed = edge.rows();
    let level = computed.iter().zip(stored).position(|(one, other)| one != other);
    match (level, stored.first(), computed.first()) {
        (Some(0), Some(stored), Some(computed)) => {
            let same = tiles::hashes(stored).ok().zip(tiles::hashes(computed).ok());
            let place = same.and_then(|(one, other)| one.iter().zip(&other).position(|(a, b)| a != b));
            let first = edge.size() - edge.size() % WIDTH as u64;
            format!("leaf {}", first + u64::try_from(place.unwrap_or(0)).unwrap_or(0))
        }
        (Some(level), ..) => format!("edge of level {level}"),
        (None, ..) => "edge".into(),
    }
}

// The heads that were signed while the log had more leaves than that, up to so many.
async fn heads(
    db: &mut Conn,
    network: NetworkId,
    above: u64,
    count: i64,
) -> Result<HashMap<u64, String>, Fault> {
    let above = i64::try_from(above).unwrap_or(i64::MAX);
    let rows: Vec<(i64, String)> = sqlx::query_as(
        "select size, note from provenance_checkpoint where network_id = $1 and size > $2 and size <= $3",
    )
    .bind(network)
    .bind(above)
    .bind(above.saturating_add(count))
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().filter_map(|(size, note)| Some((u64::try_from(size).ok()?, note))).collect())
}

// What is wrong with the head that was signed when the log was this long. `good` is the size of the last one that
// fits; none once one did not: no later one will.
fn head(note: &str, edge: &Edge, vkey: &Vkey, good: &mut Option<u64>) -> Option<String> {
    match Checkpoint::open(note, vkey) {
        None => Some("is not signed by the log's key".into()),
        Some(head) if head.size != edge.size() => Some("says another size".into()),
        Some(head) if head.head == edge.head() => {
            *good = good.map(|_| head.size);
            None
        }
        Some(_) => good.take().map(|good| format!("is of another log: a leaf from {good} on was altered")),
    }
}

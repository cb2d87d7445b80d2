//! Every file that something rests on is in the object store, as long and with the hash that its row says; and the
//! store holds nothing that no row knows of.

use super::run::{Broken, Found};
use crate::foundation::{
    Conn, Fault,
    blobs::{Blobs, Kept, hex},
    id::NetworkId,
};
use futures_util::{TryStreamExt, stream::TryChunksError};
use std::collections::HashSet;

pub(super) const NAME: &str = "I38_files_are_kept";

// Looked up so many at a time: memory stays the same however many there are.
const PAGE: usize = 500;
/// What is younger may have been written since the snapshot was taken; seconds.
const YOUNG: i64 = 60;

/// Looks at every file that the transaction's rows name, and at every object: of one network where the transaction
/// shows one alone.
pub(super) async fn look_at(
    db: &mut Conn,
    blobs: &Blobs,
    only: Option<NetworkId>,
    found: &mut Found,
) -> Result<(), Fault> {
    let mut after = (uuid::Uuid::nil(), Vec::new());
    loop {
        let rows: Vec<(NetworkId, Vec<u8>, i32)> = sqlx::query_as(
            "select b.network_id, b.sha256, b.byte_size from blob b
              where (b.network_id, b.sha256) > ($1, $2) and (b.sweep_at is null or exists (select from upload u
                      where u.network_id = b.network_id and u.sha256 = b.sha256) or exists (select from dossier d
                      where d.network_id = b.network_id and d.sha256 = b.sha256 and d.expires_at > now()))
              order by b.network_id, b.sha256 limit 500",
        )
        .bind(after.0)
        .bind(&after.1)
        .fetch_all(&mut *db)
        .await?;
        let Some((network, sha256, _)) = rows.last() else { break };
        after = (network.0, sha256.clone());
        for (network, sha256, byte_size) in rows {
            let detail = match blobs.measure(network, &sha256).await? {
                None => "is not in the object store",
                Some((size, _)) if i64::try_from(size) != Ok(i64::from(byte_size)) => "has another length",
                Some((_, hash)) if hash != sha256 => "has another content",
                Some(_) => continue,
            };
            add(found, network, &format!("file {}", hex(&sha256)), detail);
        }
    }
    let mut pages = blobs.list()?.try_chunks(PAGE);
    while let Some(page) = pages.try_next().await.map_err(|TryChunksError(_, fault)| fault)? {
        let old: Vec<&Kept> = page.iter().filter(|kept| kept.age > YOUNG).collect();
        let named: Vec<(NetworkId, Vec<u8>)> = old.iter().filter_map(|kept| kept.of.clone()).collect();
        let (networks, hashes): (Vec<_>, Vec<_>) = named.into_iter().unzip();
        let known: HashSet<(NetworkId, Vec<u8>)> = sqlx::query_as(
            "select b.network_id, b.sha256 from blob b
               join unnest($1::uuid[], $2::bytea[]) as k (network_id, sha256)
                 on k.network_id = b.network_id and k.sha256 = b.sha256",
        )
        .bind(networks)
        .bind(hashes)
        .fetch_all(&mut *db)
        .await?
        .into_iter()
        .collect();
        for kept in old {
            let detail = match &kept.of {
                Some((network, _)) if only.is_some_and(|only| only != *network) => continue,
                Some(of) if known.contains(of) => continue,
                Some(_) => "no row knows of it",
                None if only.is_some() => continue,
                None => "has a name that is not one of ours",
            };
            let network = kept.of.as_ref().map(|(network, _)| *network);
            let subject = format!("object {}", kept.name);
            found.add(NAME, Broken { network, subject, detail: detail.to_owned() });
        }
    }
    Ok(())
}

fn add(found: &mut Found, network: NetworkId, subject: &str, detail: &str) {
    found
        .add(NAME, Broken { network: Some(network), subject: subject.to_owned(), detail: detail.to_owned() });
}

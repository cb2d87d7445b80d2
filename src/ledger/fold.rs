//! Folds the append-only accounts: adds what was posted since to their balances.

use crate::foundation::{Db, Fault, Scope, Turn, id::NetworkId};

/// Folding.
pub const TURN: Turn = Turn::named(*b"\0\0\0\0fold");

/// Folds every network once; answers how many had something new. Any number of processes may run it: one at a
/// time folds, and whoever holds a network's row has the last word.
///
/// # Errors
/// [`Fault`]; what was not folded is folded next time.
pub async fn fold_all(db: &Db) -> Result<u64, Fault> {
    let mut tx = db.begin(Scope::Installation).await?;
    let networks: Vec<NetworkId> = sqlx::query_scalar(
        "select f.network_id from ledger_fold f
          where exists (select from posting p where p.network_id = f.network_id and p.xid >= f.below)",
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    let mut folded = 0;
    for network in networks {
        folded += u64::from(fold(db, network).await?);
    }
    Ok(folded)
}

// Bounded by the snapshot's xmin: every posting below it is visible, none can appear later.
async fn fold(db: &Db, network: NetworkId) -> Result<bool, Fault> {
    let mut tx = db.begin(Scope::Network(network)).await?;
    if !TURN.take(&mut tx).await? {
        return Ok(false);
    }
    let Some((below, until)): Option<(String, String)> = sqlx::query_as(
        "select below::text, pg_snapshot_xmin(pg_current_snapshot())::text from ledger_fold
          where network_id = $1 for no key update skip locked",
    )
    .bind(network)
    .fetch_optional(&mut *tx)
    .await?
    else {
        return Ok(false);
    };
    let changed = sqlx::query(
        "update account set balance = balance + news.amount
           from (select p.account_id, sum(p.amount)::bigint as amount
                   from posting p join account a on a.network_id = p.network_id and a.account_id = p.account_id
                  where p.network_id = $1 and p.xid >= $2::xid8 and p.xid < $3::xid8 and not a.constrained
                  group by p.account_id) as news
          where account.network_id = $1 and account.account_id = news.account_id",
    )
    .bind(network)
    .bind(&below)
    .bind(&until)
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if changed == 0 {
        return Ok(false);
    }
    sqlx::query("update ledger_fold set below = $2::xid8 where network_id = $1")
        .bind(network)
        .bind(&until)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(true)
}

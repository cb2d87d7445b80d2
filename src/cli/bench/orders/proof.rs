//! Whether what was acknowledged is there, and nothing else: counted in the database, and proved by
//! `cardamom check`.

use super::Shop;
use crate::{
    cli::bench::{Bench, check::Checked, child::Child, float, progress::step, row::Row},
    foundation::id::NetworkId,
};
use anyhow::Result;
use sqlx::{Connection, Executor, PgConnection, postgres::PgConnectOptions};
use std::time::{Duration, Instant};

/// The longest that events may take to be numbered behind the last order.
const DRAIN: Duration = Duration::from_mins(5);

/// Counters of the cluster, and later what became of them.
pub(super) struct Proof {
    database: PgConnectOptions,
    before: Counters,
}

#[derive(Clone, Copy)]
struct Counters {
    commits: i64,
    wal_bytes: i64,
    wal_syncs: i64,
}

/// What was found.
pub(super) struct Proved {
    acknowledged: u64,
    refused: u64,
    stored: i64,
    drained: Duration,
    commits: f64,
    wal_bytes: f64,
    wal_syncs: f64,
    check: Checked,
}

/// Writes out what was changed before, so that no measurement pays for another.
pub(super) async fn settle(database: &PgConnectOptions) -> Result<()> {
    let mut connection = PgConnection::connect_with(database).await?;
    connection.execute("checkpoint").await?;
    connection.close().await?;
    Ok(())
}

async fn counters(db: &mut PgConnection) -> Result<Counters> {
    // What backends have counted reaches the view a moment later.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    let (commits, wal_bytes, wal_syncs) = sqlx::query_as(
        "select xact_commit, wal_bytes::bigint, wal_sync from pg_stat_database, pg_stat_wal
          where datname = current_database()",
    )
    .fetch_one(db)
    .await?;
    Ok(Counters { commits, wal_bytes, wal_syncs })
}

impl Proof {
    /// Before the first order.
    pub(super) async fn begin(database: &PgConnectOptions) -> Result<Self> {
        let mut connection = PgConnection::connect_with(database).await?;
        let before = counters(&mut connection).await?;
        connection.close().await?;
        Ok(Self { database: database.clone(), before })
    }

    /// Behind the last one.
    pub(super) async fn end(self, bench: &Bench, server: &Child, shops: &[&Shop]) -> Result<Proved> {
        let mut connection = PgConnection::connect_with(&self.database).await?;
        step("waiting until every event has its number");
        let asked = Instant::now();
        let networks: Vec<NetworkId> = shops.iter().map(|shop| shop.world.network).collect();
        let mut waiting = true;
        while waiting && asked.elapsed() < DRAIN {
            waiting = sqlx::query_scalar("select exists (select from outbox where network_id = any($1))")
                .bind(&networks)
                .fetch_one(&mut connection)
                .await?;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let drained = asked.elapsed();
        let after = counters(&mut connection).await?;
        let (mut stored, mut acknowledged, mut refused) = (0, 0, 0);
        for shop in shops {
            let orders: i64 = sqlx::query_scalar("select count(*) from orders where network_id = $1")
                .bind(shop.world.network)
                .fetch_one(&mut connection)
                .await?;
            stored += orders;
            acknowledged += shop.load.done;
            refused += shop.load.refused;
        }
        connection.close().await?;
        let each = |after: i64, before: i64| {
            float(u64::try_from(after - before).unwrap_or_default()) / float(acknowledged.max(1))
        };
        Ok(Proved {
            acknowledged,
            refused,
            stored,
            drained,
            commits: each(after.commits, self.before.commits),
            wal_bytes: each(after.wal_bytes, self.before.wal_bytes),
            wal_syncs: each(after.wal_syncs, self.before.wal_syncs),
            check: Checked::now(bench, server).await?,
        })
    }
}

impl Proved {
    /// Every acknowledged order is there, at most those besides that were answered with an error (one that came too
    /// late says nothing about its order), and nothing is broken.
    pub(super) fn holds(&self) -> bool {
        let agreed = self.acknowledged..=self.acknowledged + self.refused;
        u64::try_from(self.stored).is_ok_and(|stored| agreed.contains(&stored)) && self.check.holds()
    }

    /// What is wrong, behind a semicolon.
    pub(super) fn complaint(&self) -> String {
        if self.holds() { String::new() } else { "; the database does not agree".to_owned() }
    }

    /// Adds what was found.
    pub(super) fn figures(&self, row: Row) -> Row {
        let row = row
            .with("acknowledged_orders", self.acknowledged)
            .with("stored_orders", self.stored)
            .number("commits_per_order", self.commits, 2)
            .number("wal_bytes_per_order", self.wal_bytes, 0)
            .number("wal_syncs_per_order", self.wal_syncs, 2)
            .number("events_numbered_after_s", self.drained.as_secs_f64(), 1);
        self.check.figures(row)
    }
}

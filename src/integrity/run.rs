//! Runs every invariant on one snapshot.

use super::{INVARIANTS, Over, files, histories, logs, names, seals, walls};
use crate::{
    access::{MATRIX, Role},
    foundation::{Conn, Fault, blobs::Blobs, id::NetworkId, migrate},
    inventory::Vault,
    provenance::LogKeys,
};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, postgres::PgConnectOptions};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};
use uuid::Uuid;

/// How many of the rows that break an invariant are shown.
const SHOWN: usize = 5;
/// How long a server beside us may take to number the events that were there when we came.
const EVENTS_WITHIN: Duration = Duration::from_secs(20);
/// The same for the steps that were on their way to the provenance logs.
const STEPS_WITHIN: Duration = Duration::from_mins(2);

/// One row that breaks an invariant.
#[derive(Clone, Debug)]
pub struct Broken {
    /// Whose; none where it is the whole installation's.
    pub network: Option<NetworkId>,
    /// What.
    pub subject: String,
    /// How.
    pub detail: String,
}

/// What came of one invariant.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Its name: that of its file.
    pub name: &'static str,
    /// How many rows break it.
    pub broken: u64,
    /// The first of them.
    pub first: Vec<Broken>,
}

/// What came of all of them, by name.
#[derive(Clone, Debug)]
pub struct Report {
    /// One for each invariant.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The names of those that are broken.
    pub fn broken(&self) -> Vec<&'static str> {
        self.findings.iter().filter(|finding| finding.broken > 0).map(|finding| finding.name).collect()
    }
}

/// What has been found so far.
#[derive(Default)]
pub(super) struct Found(BTreeMap<&'static str, (u64, Vec<Broken>)>);

impl Found {
    pub(super) fn add(&mut self, name: &'static str, broken: Broken) {
        let (count, first) = self.0.entry(name).or_default();
        *count += 1;
        if first.len() < SHOWN {
            first.push(broken);
        }
    }

    fn add_many(&mut self, name: &'static str, more: u64) {
        self.0.entry(name).or_default().0 += more;
    }
}

/// Waits for the events that are there to be numbered where a server is at work, then reads everything on one
/// snapshot. `owner` connects as the owner of the tables.
///
/// # Errors
/// [`Fault`] when the database can't be read or is not at this version's schema.
pub async fn check(owner: &PgConnectOptions, vault: &Vault, blobs: &Blobs) -> Result<Report, Fault> {
    let mut connection = PgConnection::connect_with(owner).await?;
    let migrated: bool = sqlx::query_scalar("select to_regclass('_sqlx_migrations') is not null")
        .fetch_one(&mut connection)
        .await?;
    let mut at: Option<i64> = None;
    if migrated {
        at = sqlx::query_scalar("select max(version) from _sqlx_migrations")
            .fetch_one(&mut connection)
            .await?;
    }
    let wanted = migrate::MIGRATIONS.last().and_then(|(version, ..)| version.parse().ok());
    if at != wanted {
        return Err(Fault::new("it is not at this version's schema; bring it there with: cardamom migrate"));
    }
    wait_for_events(&mut connection).await?;
    let served = served(&mut connection).await?;
    let mut tx = connection.begin_with("begin isolation level repeatable read read only").await?;
    let report = inspect(&mut tx, vault, blobs, served).await?;
    tx.rollback().await?;
    connection.close().await?;
    Ok(report)
}

/// Waits until the events that are there now are numbered, as long as a server is there to do it; not for ever.
///
/// # Errors
/// [`Fault`] when the database refuses.
pub async fn wait_for_events(connection: &mut PgConnection) -> Result<(), Fault> {
    let started = Instant::now();
    let mut newest: Option<i64> = None;
    while started.elapsed() < EVENTS_WITHIN && served(connection).await?.is_some() {
        let mut tx = connection.begin_with("begin read only; set local app.scope = 'installation'").await?;
        let (first, last): (Option<i64>, Option<i64>) =
            sqlx::query_as("select min(id), max(id) from outbox").fetch_one(&mut *tx).await?;
        tx.rollback().await?;
        let newest = *newest.get_or_insert(last.unwrap_or(0));
        if first.is_none_or(|first| first > newest) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    wait_for_steps(connection).await
}

// The same for steps that are on their way to the provenance logs: a large import is many.
async fn wait_for_steps(connection: &mut PgConnection) -> Result<(), Fault> {
    let started = Instant::now();
    let mut newest: Option<i64> = None;
    while started.elapsed() < STEPS_WITHIN && served(connection).await?.is_some() {
        let mut tx = connection.begin_with("begin read only; set local app.scope = 'installation'").await?;
        let (first, last): (Option<i64>, Option<i64>) =
            sqlx::query_as("select min(id), max(id) from provenance_queue").fetch_one(&mut *tx).await?;
        tx.rollback().await?;
        let newest = *newest.get_or_insert(last.unwrap_or(0));
        if first.is_none_or(|first| first > newest) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

// How long a server has been at work on this database; none where there is none.
async fn served(connection: &mut PgConnection) -> Result<Option<Duration>, Fault> {
    let seconds: Option<f64> = sqlx::query_scalar(
        "select extract(epoch from max(clock_timestamp() - backend_start))::float8 from pg_stat_activity
          where datname = current_database() and usename = $1",
    )
    .bind(roles(connection).await?.0)
    .fetch_one(connection)
    .await?;
    Ok(seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()))
}

// The application's role, and the one of its use cases and runners.
async fn roles(db: &mut Conn) -> Result<(String, String), Fault> {
    let database: String = sqlx::query_scalar("select current_database()").fetch_one(db).await?;
    Ok((migrate::app_role(&database), migrate::work_role(&database)))
}

/// Reads everything in the caller's transaction, which sees one snapshot. `served` says how long a server has
/// been at work: what only a server carries forward is not expected to move without one.
///
/// # Errors
/// [`Fault`] when the database can't be read.
pub async fn inspect(
    db: &mut PgConnection,
    vault: &Vault,
    blobs: &Blobs,
    served: Option<Duration>,
) -> Result<Report, Fault> {
    let (role, work) = roles(db).await?;
    tell(db, [&role, &work], served).await?;
    let mut found = Found::default();
    let sees_all: bool =
        sqlx::query_scalar("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
            .fetch_one(&mut *db)
            .await?;
    let networks = networks(db).await?;
    run(db, Over::Catalogue, &mut found).await?;
    if sees_all {
        run(db, Over::Rows, &mut found).await?;
        seals::open_all(db, vault, &mut found).await?;
        files::look_at(db, blobs, None, &mut found).await?;
    } else {
        for network in &networks {
            say(db, "network", network.0).await?;
            run(db, Over::Rows, &mut found).await?;
            seals::open_all(db, vault, &mut found).await?;
            files::look_at(db, blobs, Some(*network), &mut found).await?;
        }
    }
    let keys = LogKeys::new(vault.sealer());
    // By keys, a page at a time: here a loop is what is wanted.
    sqlx::query("select set_config('enable_nestloop', 'on', true)").execute(&mut *db).await?;
    for network in &networks {
        say(db, "network", network.0).await?;
        logs::look(db, &keys, *network, &mut found).await?;
        histories::look(db, &keys, *network, &mut found).await?;
    }
    sqlx::query("select set_config('enable_nestloop', 'off', true)").execute(&mut *db).await?;
    walls::look_through(db, sees_all.then_some(role.as_str()), &networks, &mut found).await?;
    let findings = names()
        .into_iter()
        .map(|name| {
            let (broken, first) = found.0.remove(name).unwrap_or_default();
            Finding { name, broken, first }
        })
        .collect();
    Ok(Report { findings })
}

// What the statements need to know of the program, as settings of the transaction.
async fn tell(db: &mut Conn, [app, work]: [&str; 2], served: Option<Duration>) -> Result<(), Fault> {
    let roles: Vec<&str> = Role::ALL.iter().map(|role| role.word()).collect();
    let served = served.map_or(0.0, |served| served.as_secs_f64()).to_string();
    for (name, value) in [
        ("check.app_role", app),
        ("check.work_role", work),
        ("check.append_only", &migrate::APPEND_ONLY.join(",")),
        ("check.deletable", &migrate::DELETABLE.join(",")),
        ("check.roles", &roles.join(",")),
        ("check.actions", &MATRIX.actions().join(",")),
        ("check.served", &served),
        ("jit", "off"),
        ("work_mem", "64MB"),
        // Tables that have just grown are planned as if they were small: a loop in a loop never ends, nor does a
        // merge by the network alone, which what is grouped is sorted by already.
        ("enable_nestloop", "off"),
        ("enable_mergejoin", "off"),
    ] {
        sqlx::query("select set_config($1, $2, true)").bind(name).bind(value).execute(&mut *db).await?;
    }
    Ok(())
}

/// Says who is asking, as row security sees it.
pub(super) async fn say(db: &mut Conn, scope: &str, network: Uuid) -> Result<(), Fault> {
    sqlx::query("select set_config('app.scope', $1, true), set_config('app.network', $2, true)")
        .bind(scope)
        .bind(network.to_string())
        .execute(db)
        .await?;
    Ok(())
}

async fn networks(db: &mut Conn) -> Result<Vec<NetworkId>, Fault> {
    sqlx::query("select set_config('app.scope', 'installation', true)").execute(&mut *db).await?;
    let networks =
        sqlx::query_scalar("select network_id from network order by network_id").fetch_all(&mut *db).await?;
    sqlx::query("select set_config('app.scope', '', true)").execute(db).await?;
    Ok(networks)
}

async fn run(db: &mut Conn, over: Over, found: &mut Found) -> Result<(), Fault> {
    for invariant in INVARIANTS.iter().filter(|invariant| invariant.over == over) {
        let started = Instant::now();
        let sql = format!(
            "select network_id, subject, detail, count(*) over () as broken from (\n{}) as broken limit {SHOWN}",
            invariant.sql
        );
        let rows =
            sqlx::query(AssertSqlSafe(sql)).persistent(false).fetch_all(&mut *db).await.map_err(|error| {
                Fault::new(format!("{} could not be looked into: {error}", invariant.name))
            })?;
        tracing::debug!(name = invariant.name, ms = started.elapsed().as_millis(), "looked into");
        let total: i64 = rows.first().map(|row| row.try_get("broken")).transpose()?.unwrap_or(0);
        let shown = u64::try_from(rows.len()).unwrap_or(0);
        for row in rows {
            let network: Option<NetworkId> = row.try_get("network_id")?;
            let subject: Option<String> = row.try_get("subject")?;
            let detail: Option<String> = row.try_get("detail")?;
            let (subject, detail) = (subject.unwrap_or_default(), detail.unwrap_or_default());
            found.add(invariant.name, Broken { network, subject, detail });
        }
        found.add_many(invariant.name, u64::try_from(total).unwrap_or(0).saturating_sub(shown));
    }
    Ok(())
}

//! Brings a database to this version's schema, and gives the application's role what it needs and no more.

use super::{Fault, seal::Sealer};
use sha2::{Digest, Sha256};
use sqlx::{
    AssertSqlSafe, Connection, Executor, PgConnection,
    migrate::{Migration, MigrationType, Migrator},
    postgres::PgConnectOptions,
};
use std::borrow::Cow;

macro_rules! migrations {
    ($($version:literal $name:literal),+ $(,)?) => {
        &[$(($version, $name, include_str!(concat!("../../migrations/", $version, "_", $name, ".sql")))),+]
    };
}

/// Every migration, in order.
pub const MIGRATIONS: &[(&str, &str, &str)] = migrations![
    "0001" "foundation",
    "0002" "tenancy",
    "0003" "identity",
    "0004" "catalogue",
    "0005" "ledger",
    "0006" "inventory",
    "0007" "orders",
    "0008" "warranty",
    "0009" "events",
    "0010" "listings",
    "0011" "provenance",
    "0012" "evidence",
    "0013" "terms",
    "0014" "standing",
    "0015" "coupons",
    "0016" "audit",
    "0017" "qualification",
];

/// Tables whose rows are written once: the application may neither change nor delete them.
pub const APPEND_ONLY: &[&str] = &[
    "journal_entry",
    "posting",
    "order_line",
    "order_tier",
    "refund",
    "reveal",
    "claim_step",
    "claim_message",
    "claim_note",
    "remedy_payment",
    "terms_version",
    "evidence",
    "review",
    "review_reply",
    "review_decision",
    "dossier",
    "audit",
    "audit_end",
    "event",
    "event_page",
    "idempotency",
    "provenance_key",
    "provenance_leaf",
    "provenance_tile",
    "provenance_checkpoint",
];

/// Tables from which the application may delete.
pub const DELETABLE: &[&str] = &[
    "outbox",
    "directory_host",
    "import_piece",
    "listing_change",
    "provenance_queue",
    "reminder",
    "blob",
    "price_rule",
];

/// How long a transaction may wait for its client. A process that is stopped, or cut off from the database, holds
/// locks and the numbering of events for as long and no longer: others take over from it within 5 s.
const IDLE: &str = "3s";

/// The application's role for a database: one per database, so that roles of different installations
/// on one cluster stay apart.
pub fn app_role(database: &str) -> String {
    role("app", database)
}

/// The role of what only use cases and runners do. It may what the application's role may, but no policy of
/// readers is written for it: PostgreSQL makes a statement ready with every policy that could ever count for the
/// role, which for a reader's ways to see a row cost more than most statements take.
pub fn work_role(database: &str) -> String {
    role("work", database)
}

fn role(kind: &str, database: &str) -> String {
    let hash = Sha256::digest(database.as_bytes());
    format!("cardamom_{kind}_{:02x}{:02x}{:02x}{:02x}", hash[0], hash[1], hash[2], hash[3])
}

/// How a server connects, by what it is about to do.
#[derive(Clone, Debug)]
pub struct Logins {
    /// Everything.
    pub app: PgConnectOptions,
    /// What always does the same, as a use case or as a runner.
    pub work: PgConnectOptions,
}

/// Migrates as `owner` and answers how the application connects. Safe to run from several processes at once.
///
/// # Errors
/// [`Fault`] when the owner may not create roles or tables, when the server is older than PostgreSQL 15, or
/// when a migration that ran before is no longer the same.
pub async fn run(owner: &PgConnectOptions, sealer: &Sealer) -> Result<Logins, Fault> {
    let quiet = owner.clone().options([("client_min_messages", "warning")]);
    let mut connection = PgConnection::connect_with(&quiet).await?;
    let version: i32 = sqlx::query_scalar("select current_setting('server_version_num')::int")
        .fetch_one(&mut connection)
        .await?;
    if version < 150_000 {
        return Err(Fault::new("PostgreSQL 15 or newer is needed"));
    }
    let migrations = MIGRATIONS
        .iter()
        .map(|(version, name, sql)| {
            Migration::new(
                version.parse().unwrap_or(i64::MAX),
                Cow::Borrowed(*name),
                MigrationType::Simple,
                sqlx::SqlSafeStr::into_sql_str(*sql),
                false,
            )
        })
        .collect::<Vec<_>>();
    Migrator { migrations: Cow::Owned(migrations), ..Migrator::DEFAULT }
        .run_direct(None, &mut connection, false)
        .await?;
    let logins = grant(&mut connection, owner, sealer).await?;
    connection.close().await?;
    Ok(logins)
}

/// How the application connects to a database that is already migrated.
pub fn logins(owner: &PgConnectOptions, sealer: &Sealer) -> Logins {
    // A url without a database means the one of its user's name.
    let database = owner.get_database().unwrap_or_else(|| owner.get_username());
    let by = |role: String| {
        owner.clone().username(&role).password(&sealer.role_password(&role)).statement_cache_capacity(256)
    };
    Logins { app: by(app_role(database)), work: by(work_role(database)) }
}

// Under a lock, because two servers that start at once would otherwise update the same catalogue rows.
async fn grant(
    connection: &mut PgConnection,
    owner: &PgConnectOptions,
    sealer: &Sealer,
) -> Result<Logins, Fault> {
    let database: String =
        sqlx::query_scalar("select current_database()").fetch_one(&mut *connection).await?;
    let mut tx = connection.begin().await?;
    sqlx::query("select pg_advisory_xact_lock(hashtext('cardamom grant'))").execute(&mut *tx).await?;
    for role in [app_role(&database), work_role(&database)] {
        let sql = grants(&role, sealer);
        tx.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await?;
    }
    let readers = readers(&app_role(&database));
    tx.execute(sqlx::raw_sql(AssertSqlSafe(readers))).await?;
    // Every statement goes from a few rows to their partners by keys: other joins read what a plan that was made for
    // a small network takes for few.
    let work = work_role(&database);
    let steady = format!(
        "alter role {work} set plan_cache_mode = force_generic_plan;
         alter role {work} set enable_mergejoin = off;
         alter role {work} set enable_hashjoin = off;"
    );
    tx.execute(sqlx::raw_sql(AssertSqlSafe(steady))).await?;
    tx.commit().await?;
    Ok(logins(&owner.clone().database(&database), sealer))
}

// What readers may see is for the application's role, and for an owner whom row security holds; not for the role of
// use cases. Only what is new: to alter a policy locks its table.
fn readers(app: &str) -> String {
    format!(
        "do $$ declare p record; begin
           for p in select polname, polrelid::regclass as place from pg_policy
                     where polname not in ('whole', 'runners') and 0 = any (polroles)
           loop
             execute format('alter policy %I on %s to {app}, current_user', p.polname, p.place);
           end loop;
         end $$"
    )
}

fn grants(role: &str, sealer: &Sealer) -> String {
    let password = sealer.role_password(role);
    let list = |tables: &[&str]| tables.join(", ");
    // The role's name is hex and the password base64url: nothing in this text was written by a person.
    format!(
        "do $$ begin
           if not exists (select from pg_roles where rolname = '{role}') then
             create role {role} login nosuperuser nobypassrls nocreatedb nocreaterole noinherit;
           end if;
         end $$;
         do $$ begin
           if exists (select from pg_roles where rolname = '{role}' and (rolsuper or rolbypassrls)) then
             raise exception 'the role {role} bypasses row security: it can not be the application''s';
           end if;
         end $$;
         alter role {role} with login password '{password}';
         alter role {role} set jit = off;
         alter role {role} set client_min_messages = error;
         alter role {role} set lock_timeout = '2s';
         alter role {role} set statement_timeout = '10s';
         alter role {role} set idle_in_transaction_session_timeout = '{IDLE}';
         -- Every statement of the application names its rows by keys. A plan that was made while a table was
         -- small, or before it was analysed, must not read it whole once it has grown: each connection, and each
         -- foreign key's check, keeps its plans.
         alter role {role} set enable_seqscan = off;
         alter role {role} set random_page_cost = 1.1;
         revoke all on all tables in schema public from {role};
         grant usage on schema public to {role};
         grant select, insert, update on all tables in schema public to {role};
         grant usage on all sequences in schema public to {role};
         revoke update on {append_only} from {role};
         grant delete on {deletable} to {role};
         revoke all on _sqlx_migrations from {role};",
        password = password.as_str(),
        append_only = list(APPEND_ONLY),
        deletable = list(DELETABLE),
    )
}

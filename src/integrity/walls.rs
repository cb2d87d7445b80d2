//! What the application sees is what it said that it is, counted in every table.

use super::run::{Broken, Found, say};
use crate::foundation::{Conn, Fault, id::NetworkId};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

pub(super) const NAME: &str = "I33_nobody_sees_a_strangers_rows";

// The walls are the same for every network: some tell for all.
const NETWORKS: usize = 8;

// What the background runners carry forward.
const RUNNERS: &[&str] = &[
    "network",
    "policy_version",
    "ledger_fold",
    "posting",
    "card_import",
    "import_piece",
    "delivery",
    "claim",
    "blob",
    "upload",
    "standing",
    "outbox",
    "event",
    "event_page",
    "listing_change",
    "listing_feed",
    "provenance_queue",
    "provenance_key",
    "provenance_log",
    "provenance_leaf",
    "provenance_tile",
    "provenance_checkpoint",
    "recall",
    "recall_unit",
    "reminder",
    "reminder_mark",
    "supplier_guard",
];

// Columns that name whose a row is: a tenant that reads sees its own alone.
const OWN: &[(&str, &str)] = &[
    ("account", "owner_id"),
    ("api_key", "tenant_id"),
    ("app_user", "tenant_id"),
    ("audit", "tenant_id"),
    ("audit_end", "tenant_id"),
    ("card", "supplier_id"),
    ("card_import", "tenant_id"),
    ("claim_note", "tenant_id"),
    ("earning", "tenant_id"),
    ("event_page", "tenant_id"),
    ("held_debt", "tenant_id"),
    ("listing_setting", "tenant_id"),
    ("order_tier", "tenant_id"),
    ("price_rule", "tenant_id"),
    ("qualification", "tenant_id"),
    ("recall", "supplier_id"),
    ("role", "tenant_id"),
    ("role_grant", "tenant_id"),
    ("supplier_guard", "supplier_id"),
    ("supply_price", "supplier_id"),
    ("terms_version", "tenant_id"),
    ("work_calendar", "tenant_id"),
];

// The same for a buyer.
const OWN_OF_BUYER: &[(&str, &str)] = &[
    ("account", "owner_id"),
    ("app_user", "user_id"),
    ("claim", "buyer_id"),
    ("dossier", "owner_id"),
    ("event", "buyer_id"),
    ("orders", "buyer_id"),
];

// What no reader sees at all: credentials, keys, and what only use cases work with.
const NOBODYS: &[&str] = &[
    "blob",
    "data_key",
    "file_quota",
    "idempotency",
    "import_piece",
    "listing_change",
    "listing_feed",
    "outbox",
    "provenance_key",
    "provenance_queue",
    "reminder",
    "reminder_mark",
    "session",
    "session",
    "upload",
];

/// Counts, as the role where there is one to change to, and else as an owner whom row security holds.
pub(super) async fn look_through(
    db: &mut Conn,
    role: Option<&str>,
    networks: &[NetworkId],
    found: &mut Found,
) -> Result<(), Fault> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c
           join pg_attribute a on a.attrelid = c.oid and a.attname = 'network_id' and not a.attisdropped
          where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
            and c.relname not in ('directory', 'directory_host')
            and (select coalesce(bool_and(has_table_privilege(r.oid, c.oid, 'select')), true)
                   from pg_roles r where r.rolname = $1)
          order by c.relname",
    )
    .bind(role)
    .fetch_all(&mut *db)
    .await?;
    let mut places = Vec::new();
    for network in networks.iter().rev().take(NETWORKS) {
        say(db, "network", network.0).await?;
        let seats: Vec<(Uuid, Uuid)> = sqlx::query_as(
            "select t.tenant_id, coalesce(u.user_id, t.tenant_id) from tenant t
               left join (select network_id, tenant_id, (array_agg(user_id order by user_id))[1] as user_id from app_user
                           where kind = 'BUYER' group by network_id, tenant_id) u
                 on u.network_id = t.network_id and u.tenant_id = t.tenant_id
              where t.network_id = $1 order by u.user_id nulls last limit 4",
        )
        .bind(network)
        .fetch_all(&mut *db)
        .await?;
        places.push((*network, seats));
    }
    if let Some(role) = role {
        let there: bool = sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)")
            .bind(role)
            .fetch_one(&mut *db)
            .await?;
        if !there {
            // Said by I08 already.
            return Ok(());
        }
        sqlx::query("select set_config('role', $1, true)").bind(role).execute(&mut *db).await?;
    }
    let all: Vec<(&str, String)> = tables.iter().map(|table| (table.as_str(), "true".into())).collect();
    say_tenant(db, "", None).await?;
    count(db, None, "with nothing said", &all, found).await?;
    say_tenant(db, "installation", None).await?;
    let others: Vec<_> = all.iter().filter(|(table, _)| !RUNNERS.contains(table)).cloned().collect();
    count(db, None, "as a runner", &others, found).await?;
    for (network, seats) in places {
        let foreign: Vec<_> =
            all.iter().map(|(table, _)| (*table, format!("network_id <> '{}'", network.0))).collect();
        say_tenant(db, "network", Some((network, Uuid::nil(), Uuid::nil()))).await?;
        count(db, Some(network), "at work in the network", &foreign, found).await?;
        for (tenant, buyer) in seats {
            for scope in ["operator", "tenant", "buyer", "public"] {
                say_tenant(db, scope, Some((network, tenant, buyer))).await?;
                let mut unseen = foreign.clone();
                unseen.extend(NOBODYS.iter().map(|table| (*table, "true".to_owned())));
                let own = |list: &[(&'static str, &'static str)], id: Uuid| -> Vec<(&'static str, String)> {
                    list.iter()
                        .map(|(table, column)| (*table, format!("{column} is distinct from '{id}'")))
                        .collect()
                };
                match scope {
                    "tenant" => unseen.extend(own(OWN, tenant)),
                    "buyer" => unseen.extend(own(OWN_OF_BUYER, buyer)),
                    _ => {}
                }
                count(db, Some(network), &format!("reading as {scope} {tenant}"), &unseen, found).await?;
            }
        }
    }
    if role.is_some() {
        sqlx::query("select set_config('role', 'none', true)").execute(&mut *db).await?;
    }
    say_tenant(db, "", None).await
}

async fn say_tenant(db: &mut Conn, scope: &str, at: Option<(NetworkId, Uuid, Uuid)>) -> Result<(), Fault> {
    let text = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    sqlx::query(
        "select set_config('app.scope', $1, true), set_config('app.network', $2, true),
                set_config('app.tenant', $3, true), set_config('app.buyer', $4, true)",
    )
    .bind(scope)
    .bind(text(at.map(|at| at.0.0)))
    .bind(text(at.map(|at| at.1)))
    .bind(text(at.map(|at| at.2)))
    .execute(db)
    .await?;
    Ok(())
}

// One statement for all tables: names are the catalogue's and ours, ids are UUIDs.
async fn count(
    db: &mut Conn,
    network: Option<NetworkId>,
    who: &str,
    unseen: &[(&str, String)],
    found: &mut Found,
) -> Result<(), Fault> {
    let parts: Vec<String> = unseen
        .iter()
        .map(|(table, which)| {
            format!("select '{table}', count(*) from \"{table}\" where {which} having count(*) > 0")
        })
        .collect();
    let rows: Vec<(String, i64)> =
        sqlx::query_as(AssertSqlSafe(parts.join(" union all "))).persistent(false).fetch_all(db).await?;
    for (table, rows) in rows {
        let detail = format!("{rows} row(s) of others are seen {who}");
        found.add(NAME, Broken { network, subject: format!("table {table}"), detail });
    }
    Ok(())
}

//! What the database's own catalogue says: tables, keys, policies, roles.

use super::{GLOBAL, TABLES, names, tenant_tables};
use crate::support::{Server, superuser};
use cardamom::foundation::migrate::{APPEND_ONLY, DELETABLE, app_role as role_name};
use sqlx::AssertSqlSafe;
use std::collections::BTreeMap;

/// Foreign keys that may lead to or from a global table, and why: none.
const FOREIGN: &[&str] = &[];

fn nothing(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn every_table_but_the_listed_ones_is_a_tenants_and_has_its_walls_forced() {
    let mut db = superuser(Server::shared()).await;
    let all = names(&mut db, TABLES).await;
    for (global, why) in GLOBAL {
        assert!(all.iter().any(|table| table == global), "{global} is no table any more ({why})");
    }
    let walled = names(
        &mut db,
        "select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where n.nspname = 'public' and c.relkind in ('r', 'p') and c.relrowsecurity and c.relforcerowsecurity
            and exists (select from pg_policy p where p.polrelid = c.oid)
            and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'network_id' and a.attnotnull)
          order by 1",
    )
    .await;
    assert_eq!(walled, tenant_tables(&mut db).await);
    nothing(
        names(
            &mut db,
            "select polrelid::regclass::text || '.' || polname from pg_policy
              where not polpermissive
                 -- The walls of the network and of runners hold everybody; what readers may see is not for the role of
                 -- use cases.
                 or (polname in ('whole', 'runners')) <> (polroles = '{0}')
                 or exists (select from pg_roles where oid = any (polroles) and rolname like 'cardamom_work_%')
                 or coalesce(pg_get_expr(polqual, polrelid), '') not like '%app_%'
                 or (polcmd in ('*', 'a', 'w') and coalesce(pg_get_expr(polwithcheck, polrelid), '') not like '%app_scope%')",
        )
        .await
        .into_iter()
        // Their walls are those of the row that they belong to, by its own policy.
        .filter(|policy| !["variant.own", "posting.own", "journal_entry.own", "delivery.own", "refund.own", "reveal.own", "claim_step.own", "recall_unit.own", "review_reply.own", "review_decision.own"].contains(&policy.as_str()))
        .collect(),
    );
    nothing(names(&mut db, "select relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and (relkind in ('m', 'f') or relkind = 'v' and not coalesce('security_invoker=true' = any (reloptions), false))").await);
    nothing(names(&mut db, "select proname::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'public' and prosecdef").await);
}

#[tokio::test]
async fn every_key_begins_with_the_network_and_every_foreign_key_stays_inside_it() {
    let mut db = superuser(Server::shared()).await;
    let unique = names(
        &mut db,
        "select i.indexrelid::regclass::text from pg_index i
           join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
           left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
          where n.nspname = 'public' and (i.indisunique or i.indisprimary)
            and c.relname not in ('_sqlx_migrations', 'directory', 'directory_host')
            and a.attname is distinct from 'network_id'",
    )
    .await;
    nothing(unique);
    let foreign = names(
        &mut db,
        "select k.conname::text || ' on ' || k.conrelid::regclass from pg_constraint k
           join pg_attribute f on f.attrelid = k.conrelid and f.attnum = k.conkey[1]
           join pg_attribute t on t.attrelid = k.confrelid and t.attnum = k.confkey[1]
          where k.contype = 'f' and (f.attname <> 'network_id' or t.attname <> 'network_id')",
    )
    .await;
    nothing(foreign.into_iter().filter(|key| !FOREIGN.contains(&key.as_str())).collect());
    nothing(
        names(
            &mut db,
            "select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
              where n.nspname = 'public' and c.relkind = 'r'
                and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'p')",
        )
        .await,
    );
}

#[tokio::test]
async fn the_applications_role_owns_nothing_and_may_only_what_it_needs() {
    let mut db = superuser(Server::shared()).await;
    let role = role_name("cardamom");
    let (able, owned): (bool, i64) = sqlx::query_as(
        "select r.rolsuper or r.rolbypassrls or r.rolcreatedb or r.rolcreaterole or r.rolreplication or r.rolinherit,
                (select count(*) from pg_class where relowner = r.oid)
                + (select count(*) from pg_proc where proowner = r.oid)
                + (select count(*) from pg_namespace where nspowner = r.oid)
                + (select count(*) from pg_database where datdba = r.oid)
                + (select count(*) from pg_auth_members where member = r.oid or roleid = r.oid)
           from pg_roles r where r.rolname = $1",
    )
    .bind(&role)
    .fetch_one(&mut db)
    .await
    .unwrap();
    assert!(!able && owned == 0, "{role}: {owned} owned");
    let may = |what: &str| {
        format!(
            "select relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
              where n.nspname = 'public' and c.relkind in ('r', 'p') and has_table_privilege('{role}', c.oid, '{what}') order by 1"
        )
    };
    let mut holds = BTreeMap::new();
    for what in ["select", "update", "delete", "truncate", "references", "trigger"] {
        let tables: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(may(what))).fetch_all(&mut db).await.unwrap();
        holds.insert(what, tables);
    }
    for table in APPEND_ONLY {
        assert!(!holds["update"].iter().any(|one| one == table), "{table} may be changed");
        assert!(!holds["delete"].iter().any(|one| one == table), "{table} may be deleted from");
        assert!(!DELETABLE.contains(table));
    }
    let mut deletable = DELETABLE.to_vec();
    deletable.sort_unstable();
    assert_eq!(holds["delete"], deletable);
    for what in ["truncate", "references", "trigger"] {
        assert_eq!(holds[what], [""; 0], "{what}");
    }
    assert!(!holds["select"].iter().any(|table| table == "_sqlx_migrations"));
    let columns: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!(
        "select attrelid::regclass::text || '.' || attname from pg_attribute
          where attnum > 0 and attrelid::regclass::text = any ($1)
            and has_column_privilege('{role}', attrelid, attnum, 'update')"
    )))
    .bind(APPEND_ONLY)
    .fetch_all(&mut db)
    .await
    .unwrap();
    nothing(columns);
    let create: bool = sqlx::query_scalar("select has_schema_privilege($1, 'public', 'create')")
        .bind(&role)
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert!(!create, "it may make tables");
}

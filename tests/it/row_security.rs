//! The database's own walls, without the program in front of them.

mod shape;

use crate::support::{Client, Server, Shop, app, app_role, code, fresh, superuser, uuid, work_role};
use cardamom::foundation::{
    Scope,
    id::{NetworkId, TenantId, UserId},
};
use futures_util::{StreamExt, stream};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// Tables that belong to no tenant, and why.
const GLOBAL: &[(&str, &str)] = &[
    ("_sqlx_migrations", "which migrations ran; the application's role may not even read it"),
    ("directory", "where a handle leads: asked before anything is known of the request"),
    ("directory_host", "where a host leads: likewise"),
];

async fn names(db: &mut PgConnection, sql: &'static str) -> Vec<String> {
    sqlx::query_scalar(sql).fetch_all(db).await.unwrap()
}

const TABLES: &str = "select relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'public' and c.relkind in ('r', 'p') order by 1";

async fn tenant_tables(db: &mut PgConnection) -> Vec<String> {
    let mut tables = names(db, TABLES).await;
    tables.retain(|table| !GLOBAL.iter().any(|(global, _)| global == table));
    assert!(tables.len() >= 25, "{tables:?}");
    tables
}

async fn count(db: &mut PgConnection, table: &str, condition: &str) -> i64 {
    let sql = format!("select count(*) from {table} where {condition}");
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(db).await.unwrap()
}

/// A network in which there is a row of nearly everything.
async fn busy() -> (Shop, NetworkId) {
    let shop = Shop::open().await;
    shop.stock(3).await;
    let mei = shop.buyer(20_000).await;
    let placed = mei.done(crate::support::ORDER_PLACE, shop.order(2, "190.80", &fresh("key"))).await;
    let delivery = crate::support::id(&placed["order"]["lines"][0]["deliveries"][0]);
    let open = "mutation($i: WarrantyClaimOpenInput!) { warrantyClaimOpen(input: $i) { claim { id } errors { code message } } }";
    mei.done(open, json!({"i": {"deliveryId": delivery, "reason": "INVALID", "description": "dead", "idempotencyKey": fresh("key")}})).await;
    let claim = mei.get("{ warrantyClaims(first: 1) { nodes { id } } }", json!({})).await;
    let claim = crate::support::id(&claim["nodes"][0]);
    let upload = mei.sent("claimId", &claim, "log.txt", b"It said: used up.".to_vec()).await;
    mei.done(crate::support::EVIDENCE_ADD, json!({"i": {"claimId": claim, "uploadIds": [upload]}})).await;
    mei.done(
        "mutation($d: ID!) { deliveryReveal(input: {deliveryId: $d}) { errors { code } } }",
        json!({"d": delivery}),
    )
    .await;
    shop.b
        .owner
        .done(
            "mutation($v: ID!) { listingSet(input: {variantId: $v, title: \"Ours\"}) { errors { code } } }",
            json!({"v": shop.variant}),
        )
        .await;
    let mut db = superuser(Server::shared()).await;
    let network = sqlx::query_scalar("select network_id from tenant where tenant_id = $1")
        .bind(uuid(&shop.a.id))
        .fetch_one(&mut db)
        .await
        .unwrap();
    (shop, network)
}

/// No policy of readers is written for the role of use cases: as one of them it sees nothing at all.
#[tokio::test]
async fn the_role_of_use_cases_has_the_walls_of_the_network_and_no_others() {
    let (shop, network) = busy().await;
    let (_other, others) = busy().await;
    let mut owner = superuser(Server::shared()).await;
    let mut db = work_role(Server::shared()).await;
    let b = uuid(&shop.b.id);
    for table in tenant_tables(&mut owner).await {
        assert_eq!(count(&mut db, &table, "true").await, 0, "{table}");
        for said in ["operator", "tenant", "buyer", "public"] {
            let mut tx = db.begin().await.unwrap();
            let set = format!(
                "set local app.scope = '{said}'; set local app.network = '{}'; set local app.tenant = '{b}'; \
                 set local app.buyer = '{b}'",
                network.0
            );
            tx.execute(sqlx::raw_sql(AssertSqlSafe(set))).await.unwrap();
            assert_eq!(count(&mut tx, &table, "true").await, 0, "{table} as {said}");
        }
        let mut tx = db.begin().await.unwrap();
        let set = format!("set local app.scope = 'network'; set local app.network = '{}'", network.0);
        tx.execute(sqlx::raw_sql(AssertSqlSafe(set))).await.unwrap();
        assert_eq!(count(&mut tx, &table, &format!("network_id <> '{}'", network.0)).await, 0, "{table}");
    }
    assert_ne!(others, network);
}

#[tokio::test]
async fn who_says_nothing_sees_nothing_and_writes_nothing() {
    let (shop, network) = busy().await;
    let mut owner = superuser(Server::shared()).await;
    let mut db = app_role(Server::shared()).await;
    let mut filled = 0;
    for table in tenant_tables(&mut owner).await {
        let there = count(&mut owner, &table, &format!("network_id = '{}'", network.0)).await;
        filled += i32::from(there > 0);
        assert_eq!(count(&mut db, &table, "true").await, 0, "{table}");
        // A scope without a network, a network without a scope, and words that are no scope.
        for said in [
            "set local app.scope = 'network'",
            "set local app.scope = 'operator'",
            "set local app.scope = 'tenant'",
            "set local app.scope = 'whatever'",
        ] {
            let mut tx = db.begin().await.unwrap();
            tx.execute(said).await.unwrap();
            assert_eq!(count(&mut tx, &table, "true").await, 0, "{table} after {said}");
        }
        // Three rows of a network say nothing of any tenant, and any scope of it may read them.
        if ["network", "policy_version", "ledger_fold"].contains(&table.as_str()) {
            continue;
        }
        let mut tx = db.begin().await.unwrap();
        tx.execute(AssertSqlSafe(format!("set local app.network = '{}'", network.0))).await.unwrap();
        assert_eq!(count(&mut tx, &table, "true").await, 0, "{table} with a network alone");
    }
    assert!(filled >= 25, "only {filled} tables have a row");
    // Nothing said, nothing written: the policy's check refuses.
    let refused = db
        .execute(AssertSqlSafe(format!("insert into policy_version (network_id) values ('{}')", network.0)))
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("row-level security"), "{refused}");
    shop.close().await;
}

/// What a reader may see of a table beside what names its own tenant, and why.
fn beside(table: &str) -> Option<&'static str> {
    Some(match table {
        "network" | "policy_version" | "ledger_fold" => "one row, the network's own",
        "tenant" => "itself and what is below it",
        "product" | "variant" => "what is approved is what a site may sell",
        "orders" | "order_line" | "delivery" | "refund" | "reveal" | "claim" | "claim_step"
        | "claim_message" | "claim_read" | "claim_offer" | "evidence" | "review" | "review_reply"
        | "review_decision" => "what it has a price on",
        "standing" => "what anybody may know",
        "posting" | "journal_entry" => "of its own accounts",
        _ => return None,
    })
}

#[tokio::test]
async fn a_reader_sees_its_own_rows_alone_in_every_table() {
    let (shop, network) = busy().await;
    let (other, others) = busy().await;
    let mut owner = superuser(Server::shared()).await;
    let db = app(Server::shared()).await;
    let tables = tenant_tables(&mut owner).await;
    let tenant = |id: &str| TenantId(uuid(id));
    let operator: TenantId =
        sqlx::query_scalar("select tenant_id from tenant where network_id = $1 and kind = 'OPERATOR'")
            .bind(network)
            .fetch_one(&mut owner)
            .await
            .unwrap();
    let buyer: UserId =
        sqlx::query_scalar("select user_id from app_user where network_id = $1 and kind = 'BUYER'")
            .bind(network)
            .fetch_one(&mut owner)
            .await
            .unwrap();
    let b = tenant(&shop.b.id);
    let scopes = [
        (Scope::Operator(network, operator), operator),
        (Scope::Tenant(network, tenant(&shop.a.id)), tenant(&shop.a.id)),
        (Scope::Tenant(network, b), b),
        (Scope::Tenant(network, tenant(&shop.supplier.id)), tenant(&shop.supplier.id)),
        (Scope::Buyer(network, b, buyer), b),
        (Scope::Public(network, b), b),
        // Somebody else's tenant in this network's name, and ours in somebody else's.
        (Scope::Tenant(network, tenant(&other.b.id)), tenant(&other.b.id)),
        (Scope::Tenant(others, b), b),
    ];
    let columns: Vec<(String, String)> = sqlx::query_as(
        "select c.relname::text, a.attname::text from pg_attribute a join pg_class c on c.oid = a.attrelid
           join pg_namespace n on n.oid = c.relnamespace
          where n.nspname = 'public' and c.relkind = 'r' and a.attname in ('tenant_id', 'supplier_id', 'site_id')",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    for (scope, who) in scopes {
        let mut tx = db.begin(scope).await.unwrap();
        for table in &tables {
            let foreign = match scope {
                Scope::Tenant(of, _) if of == others => network,
                _ => others,
            };
            assert_eq!(
                count(&mut tx, table, &format!("network_id = '{}'", foreign.0)).await,
                0,
                "{table} as {scope:?}"
            );
            if matches!(scope, Scope::Operator(..)) || beside(table).is_some() {
                continue;
            }
            for (_, column) in columns.iter().filter(|(of, _)| of == table) {
                let seen = count(&mut tx, table, &format!("{column} is distinct from '{}'", who.0)).await;
                assert_eq!(seen, 0, "{table}.{column} as {scope:?}");
            }
        }
        for secret in [
            "session",
            "data_key",
            "idempotency",
            "import_piece",
            "outbox",
            "provenance_key",
            "provenance_queue",
            "upload",
            "blob",
            "file_quota",
        ] {
            assert_eq!(count(&mut tx, secret, "true").await, 0, "{secret} as {scope:?}");
        }
        if matches!(scope, Scope::Public(..) | Scope::Buyer(..)) {
            for table in [
                "app_user",
                "supply_price",
                "price_rule",
                "card",
                "order_tier",
                "earning",
                "api_key",
                "role",
                "role_grant",
                "card_import",
            ] {
                let others =
                    if table == "app_user" { format!("user_id <> '{}'", buyer.0) } else { "true".into() };
                assert_eq!(count(&mut tx, table, &others).await, 0, "{table} as {scope:?}");
            }
        }
    }
    // The parent has a price on its child's order, and sees neither its child's price rules nor its costs.
    let mut tx = db.begin(Scope::Tenant(network, tenant(&shop.a.id))).await.unwrap();
    assert_eq!(count(&mut tx, "orders", "true").await, 1);
    assert_eq!(count(&mut tx, "order_tier", "true").await, 1);
    assert_eq!(count(&mut tx, "price_rule", "true").await, 1);
    drop(tx);
    shop.close().await;
    other.close().await;
}

#[tokio::test]
async fn a_reader_writes_nothing_and_nobody_writes_into_another_network() {
    let (shop, network) = busy().await;
    let (_, others) = busy().await;
    let db = app(Server::shared()).await;
    let b = TenantId(uuid(&shop.b.id));
    for scope in [
        Scope::Tenant(network, b),
        Scope::Operator(network, b),
        Scope::Public(network, b),
        Scope::Buyer(network, b, UserId(b.0)),
    ] {
        let mut tx = db.begin(scope).await.unwrap();
        let refused = tx.execute("update tenant set name = 'x'").await.unwrap_err();
        assert!(refused.to_string().contains("read-only"), "{refused}");
    }
    // Even without the read-only transaction no reader's policy lets it write.
    let mut role = app_role(Server::shared()).await;
    for scope in ["tenant", "operator", "buyer", "public"] {
        let mut tx = role.begin().await.unwrap();
        let said = format!(
            "set local app.scope = '{scope}'; set local app.network = '{}'; set local app.tenant = '{}'",
            network.0, b.0
        );
        tx.execute(sqlx::raw_sql(AssertSqlSafe(said))).await.unwrap();
        let done = tx.execute("update tenant set name = 'x'").await.unwrap();
        assert_eq!(done.rows_affected(), 0, "{scope}");
        let refused = tx
            .execute(AssertSqlSafe(format!("insert into held_debt values ('{}', '{}', 1)", network.0, b.0)))
            .await;
        assert!(refused.unwrap_err().to_string().contains("row-level security"), "{scope}");
    }
    let mut tx = db.begin(Scope::Network(network)).await.unwrap();
    let done = tx
        .execute(AssertSqlSafe(format!("update tenant set name = 'x' where network_id = '{}'", others.0)))
        .await
        .unwrap();
    assert_eq!(done.rows_affected(), 0);
    let moved = tx
        .execute(AssertSqlSafe(format!("update listing_setting set network_id = '{}'", others.0)))
        .await
        .unwrap_err();
    assert!(moved.to_string().contains("row-level security"), "{moved}");
    shop.close().await;
}

#[tokio::test]
async fn the_database_refuses_what_the_code_refuses() {
    let (shop, network) = busy().await;
    let db = app(Server::shared()).await;
    let refusals = [
        (
            "update card set state = 'AVAILABLE' where state = 'SOLD'",
            "a card does not go from SOLD to AVAILABLE",
        ),
        (
            "update card set state = 'RESERVED' where state = 'SOLD'",
            "a card does not go from SOLD to RESERVED",
        ),
        ("update account set balance = -1 where kind = 'BUYER_WALLET'", "account_floor"),
        ("update posting set amount = amount + 1", "permission denied"),
        ("delete from posting", "permission denied"),
        ("update journal_entry set key = 'x'", "permission denied"),
        ("delete from journal_entry", "permission denied"),
        ("update reveal set actor_id = actor_id", "permission denied"),
        ("update evidence set file_name = 'x'", "permission denied"),
        ("delete from evidence", "permission denied"),
        ("update evidence set sha256 = sha256", "permission denied"),
        ("delete from card", "permission denied"),
        ("truncate orders", "permission denied"),
        ("update orders set refunded = total + 1", "order_refunded"),
        ("alter table orders disable row level security", "must be owner"),
        ("set role postgres", "permission denied"),
        ("drop policy whole on orders", "must be owner"),
    ];
    for (sql, because) in refusals {
        let mut tx = db.begin(Scope::Network(network)).await.unwrap();
        let refused = tx.execute(sql).await.unwrap_err();
        assert!(refused.to_string().contains(because), "{sql}: {refused}");
    }
    // Postings that do not sum to zero, one alone, and one that sneaks in beside a balanced entry.
    for amounts in ["(0, 100), (1, -99)", "(0, 100)"] {
        let mut tx = db.begin(Scope::Network(network)).await.unwrap();
        let entry = TenantId::fresh().0;
        tx.execute(AssertSqlSafe(format!(
            "insert into journal_entry (network_id, entry_id, key) values ('{}', '{entry}', '{entry}')",
            network.0
        )))
        .await
        .unwrap();
        let sql = format!(
            "insert into posting (network_id, entry_id, position, account_id, amount)
             select '{}', '{entry}', v.position, (select account_id from account limit 1), v.amount from (values {amounts}) v (position, amount)",
            network.0
        );
        let refused = tx.execute(AssertSqlSafe(sql)).await.unwrap_err();
        assert!(refused.to_string().contains("postings of an entry must balance"), "{amounts}: {refused}");
    }
    shop.close().await;
}

#[tokio::test]
async fn a_storm_of_alternating_tenants_never_mixes_two() {
    let (shop, other) = (Shop::open().await, Shop::open().await);
    let mut callers: Vec<(Client, String)> = Vec::new();
    for shop in [&shop, &other] {
        for site in [&shop.a, &shop.b, &shop.supplier] {
            callers.push((site.owner.clone(), site.id.clone()));
        }
        callers.push((Client::anonymous(&shop.url, &shop.b.handle), shop.b.id.clone()));
        callers.push((shop.buyer(0).await, shop.b.id.clone()));
    }
    let callers = &callers;
    stream::iter(0..600)
        .for_each_concurrent(24, |at| async move {
            let (client, tenant) = &callers[at * 7 % callers.len()];
            let answer = client
                .ask("{ storefront { id } viewer { tenant { id } } tenants { id } wallet { id } }", json!({}))
                .await;
            assert_eq!(answer["data"]["storefront"]["id"], json!(tenant), "{answer}");
            let viewer = &answer["data"]["viewer"];
            assert!(viewer.is_null() == client.token.is_none());
            assert!(viewer.is_null() || viewer["tenant"]["id"] == json!(tenant), "{answer}");
            if let Some(tenants) = answer["data"]["tenants"].as_array() {
                assert_eq!(tenants[0]["id"], json!(tenant), "{answer}");
            }
            // Aborted half-way, refused and failing requests must leave nothing behind for the next borrower.
            let bad = client.ask("{ orders(first: 500) { nodes { id } } }", json!({})).await;
            assert!(matches!(code(&bad), "BAD_REQUEST" | "FORBIDDEN" | "COST_EXCEEDED"), "{bad}");
        })
        .await;
    shop.close().await;
    other.close().await;
}

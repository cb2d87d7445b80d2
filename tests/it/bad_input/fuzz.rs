//! Hostile values for every scalar that a root field takes, one after another.

use super::discreet;
use crate::support::{Client, Meta, Root, Server, Shop, codes, errors, named, superuser, uuid};
use cardamom::{
    access::{MATRIX, Role, TenantKind},
    foundation::RefusalCode,
};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

/// Codes of top-level errors that a bad value may lead to.
const TOP: &[&str] = &[
    "BAD_REQUEST",
    "FORBIDDEN",
    "COST_EXCEEDED",
    "NOT_FOUND",
    "INVALID_INPUT",
    "NOT_SELLABLE",
    "OUT_OF_STOCK",
];

fn texts() -> Vec<Value> {
    let long = "a".repeat(20_000);
    let wide = "\u{1f9c2}".repeat(300);
    [
        "",
        " ",
        "\u{0}",
        "a\u{0}b",
        "\n\r\t",
        "\u{7}\u{1b}[31m",
        "\u{202e}cba",
        "\u{200b}",
        "\u{feff}",
        "\u{fffe}\u{ffff}",
        "a\u{300}".repeat(100).as_str(),
        &long,
        &wide,
        "'; drop table tenant; --",
        "\" or 1=1",
        "\\",
        "%s%n%x",
        "%00",
        "$1",
        "${jndi:ldap://x}",
        "{{7*7}}",
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "null",
        "-1",
        "1e999",
        "ten_",
        "*",
        "p, owner, *",
        "a@b",
        "a@b.c",
        "@",
        "İıſK",
        "😀",
        "键",
    ]
    .iter()
    .map(|text| json!(text))
    .collect()
}

fn hostile(meta: &Meta, ty: &str) -> Vec<Value> {
    let mut values = match ty {
        "Int" => vec![
            json!(0),
            json!(-1),
            json!(1.5),
            json!(2_147_483_647),
            json!(2_147_483_648_i64),
            json!(-2_147_483_648),
            json!(i64::MIN),
            json!(u64::MAX),
            json!(1e300),
            json!("1"),
            json!("１"),
        ],
        "Boolean" => vec![json!("true"), json!(0), json!(1)],
        "Decimal" => [
            "",
            "0",
            "-1",
            "1e5",
            "NaN",
            "1.",
            ".5",
            "１",
            "0.0000001",
            "99999999999999999999",
            "9223372036854775807",
            "0x1",
            " 1",
            "\u{0}",
        ]
        .iter()
        .map(|text| json!(text))
        .chain([json!(1), json!(1.5)])
        .collect(),
        "CurrencyCode" => vec![json!("USD"), json!("cny"), json!(""), json!("\u{0}"), json!(5)],
        _ if meta.get(ty)["kind"] == "ENUM" => vec![json!("NOPE"), json!(""), json!(0), json!("a\u{0}")],
        _ => texts(),
    };
    values.extend([Value::Null, json!([]), json!({}), json!([[null]]), json!(true)]);
    values
}

struct People {
    all: Vec<(Client, TenantKind, Role)>,
}

impl People {
    // Somebody who may do it, so that the value is looked at.
    fn who(&self, root: &Root) -> &Client {
        let row = MATRIX.operation(&root.operation()).unwrap();
        let may =
            self.all.iter().find(|(_, kind, role)| row.kinds.contains(kind) && row.roles.contains(role));
        &may.unwrap_or_else(|| panic!("nobody may {}", row.name)).0
    }
}

// How many rows the network has; the log follows a moment later, and a sign-in is no change of anything.
async fn rows(network: uuid::Uuid) -> Vec<(String, i64)> {
    let mut db = superuser(Server::shared()).await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
            and relforcerowsecurity and relname not like 'listing_%' and relname not like 'provenance_%'
            and relname not in ('outbox', 'event', 'event_page', 'session', 'standing', 'reminder', 'reminder_mark', 'supplier_guard',
              -- What staff try is written down, whatever comes of it.
              'audit', 'audit_end') order by 1",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    let counts: Vec<String> = tables
        .iter()
        .map(|table| format!("select '{table}', count(*) from {table} where network_id = '{network}'"))
        .collect();
    sqlx::query_as(AssertSqlSafe(counts.join(" union all "))).fetch_all(&mut db).await.unwrap()
}

/// Sends one value; whether something was done.
async fn send(meta: &Meta, client: &Client, root: &Root, path: &str, value: &Value) -> bool {
    let variables = meta.variables(root, path, value);
    let selection = match root.kind {
        "Mutation" => "{ errors { code path message } }".to_owned(),
        _ => meta.selection(&root.ty, 2),
    };
    let (status, text) = client.text(&root.document(&selection), &variables).await;
    let what = format!("{} {path} = {:.60}", root.operation(), value.to_string());
    let answer: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{what}: {text}"));
    discreet(&what, &text);
    for error in answer["errors"].as_array().into_iter().flatten() {
        assert!(error["extensions"]["requestId"].is_string(), "{what}: {text}");
    }
    let codes = codes(&answer);
    assert!(codes.iter().all(|code| TOP.contains(&code.as_str())), "{what}: {status} {text}");
    let executed = answer.get("data").is_some();
    assert_eq!(status, if executed { 200 } else { 400 }, "{what}: {text}");
    for refused in errors(&answer) {
        assert!(
            RefusalCode::of(&refused).is_some_and(|code| code != RefusalCode::TemporarilyUnavailable),
            "{what}: {text}"
        );
    }
    if let Some(errors) = answer["data"][&root.name]["errors"].as_array() {
        assert!(errors.iter().all(|error| error["path"][0] == "input"), "{what}: {text}");
    }
    executed && codes.is_empty() && root.kind == "Mutation" && errors(&answer).is_empty()
}

#[tokio::test]
async fn no_value_of_any_input_breaks_anything_and_what_is_refused_changes_nothing() {
    let meta = Meta::read().await;
    let shop = Shop::open().await;
    let buyer = shop.buyer(0).await;
    let anonymous = Client::anonymous(&shop.url, &shop.b.handle);
    let people = People {
        all: vec![
            (anonymous, TenantKind::Site, Role::Anonymous),
            (buyer, TenantKind::Site, Role::Buyer),
            (shop.b.owner.clone(), TenantKind::Site, Role::Owner),
            (shop.supplier.owner.clone(), TenantKind::Supplier, Role::Owner),
            (shop.operator.clone(), TenantKind::Operator, Role::Owner),
        ],
    };
    let mut db = superuser(Server::shared()).await;
    let network: uuid::Uuid = sqlx::query_scalar("select network_id from tenant where tenant_id = $1")
        .bind(uuid(&shop.a.id))
        .fetch_one(&mut db)
        .await
        .unwrap();
    let (mut sent, mut before) = (0, rows(network).await);
    for root in meta.fields().iter().filter(|root| root.kind != "Subscription") {
        for (path, ty) in meta.inputs(root) {
            let client = people.who(root);
            let mut values = hostile(&meta, named(&ty));
            // Where each value costs a password's hash, fewer of them.
            if matches!(
                root.name.as_str(),
                "sessionCreate" | "buyerRegister" | "staffCreate" | "tenantCreate"
            ) {
                values = values.into_iter().step_by(4).collect();
            }
            sent += values.len();
            let (meta, path) = (&meta, path.as_str());
            let done: Vec<bool> = stream::iter(values.iter())
                .map(|value| send(meta, client, root, path, value))
                .buffer_unordered(4)
                .collect()
                .await;
            let after = rows(network).await;
            if !done.contains(&true) {
                assert_eq!(after, before, "{} {path} was refused and changed something", root.operation());
            }
            before = after;
        }
    }
    assert!(sent > 1_500, "only {sent} values were sent");
    shop.close().await;
}

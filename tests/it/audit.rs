//! What staff and keys did is written down, whatever came of it; what buyers did is not.

use crate::support::{Client, ORDER_PLACE, Server, Shop, code, fresh, id, superuser, uuid};
use serde_json::{Value, json};

const AUDIT: &str = "query($f: Int, $a: String) { audit(first: $f, after: $a) {
  nodes { id at user { email } apiKey { name } operation subjectId outcome requestId } pageInfo { hasNextPage endCursor } } }";
const SETTINGS_SET: &str =
    "mutation($c: String) { tenantSettingsSet(input: {contact: $c}) { errors { code } } }";

async fn audit(client: &Client) -> Vec<Value> {
    client.get(AUDIT, json!({"f": 100})).await["nodes"].as_array().unwrap().clone()
}

fn last(rows: &[Value]) -> (&str, Option<&str>, &str) {
    let row = &rows[0];
    (row["operation"].as_str().unwrap(), row["subjectId"].as_str(), row["outcome"].as_str().unwrap())
}

#[tokio::test]
async fn every_mutation_of_staff_and_keys_is_there_with_what_came_of_it() {
    let shop = Shop::open().await;
    let (b, email) = (&shop.b.owner, format!("owner@{}.example", shop.b.handle));
    // Done, about what it was given.
    shop.price(b, json!({"variantId": shop.variant, "rule": {"inherit": true}})).await;
    let rows = audit(b).await;
    assert_eq!(last(&rows), ("priceRuleSet", Some(shop.variant.as_str()), "DONE"));
    assert_eq!((rows[0]["user"]["email"].as_str(), &rows[0]["apiKey"]), (Some(email.as_str()), &Value::Null));
    // Refused as data, whether the reasons are asked for or not; and not allowed at all.
    let document = "mutation($v: ID!) { priceRuleSet(input: {variantId: $v, rule: {markupBasisPoints: -1}}) { belowCost { id } } }";
    b.ask(document, json!({"v": shop.variant})).await;
    assert_eq!(last(&audit(b).await), ("priceRuleSet", Some(shop.variant.as_str()), "REFUSED"));
    let made = b.done("mutation($i: ApiKeyCreateInput!) { apiKeyCreate(input: $i) { apiKey { id } token errors { code } } }", json!({"i": {"name": "till", "role": "integrator"}})).await;
    assert_eq!(
        last(&audit(b).await),
        ("apiKeyCreate", Some(id(&made["apiKey"]).as_str()), "DONE"),
        "what it made"
    );
    let key = b.with_token(made["token"].as_str().unwrap());
    assert_eq!(code(&key.ask(SETTINGS_SET, json!({"c": "x"})).await), "FORBIDDEN");
    let rows = audit(b).await;
    assert_eq!(last(&rows), ("tenantSettingsSet", None, "REFUSED"));
    assert_eq!((&rows[0]["user"], rows[0]["apiKey"]["name"].as_str()), (&Value::Null, Some("till")));
    // One row a root field, and a text in an id's place is not kept.
    let two = "mutation { a: tenantSettingsSet(input: {contact: \"a\"}) { errors { code } } b: grantRevoke(input: {grantId: \"my password\"}) { errors { code } } }";
    b.ask(two, json!({})).await;
    let rows = audit(b).await;
    assert_eq!(last(&rows), ("grantRevoke", None, "REFUSED"));
    assert_eq!(last(&rows[1..]), ("tenantSettingsSet", None, "DONE"));
    assert_eq!(rows[0]["requestId"], rows[1]["requestId"], "of one request");
    assert!(!rows[0]["requestId"].as_str().unwrap().is_empty());
    assert_ne!(rows[0]["requestId"], rows[2]["requestId"]);
    // What never came so far is not there: reading, and what the guard turned away.
    let before = audit(b).await.len();
    b.get("{ priceRules { forEveryone } }", json!({})).await;
    b.ask("mutation { tenantSettingsSet(input: {nonsense: 1}) { errors { code } } }", json!({})).await;
    assert_eq!(audit(b).await.len(), before);
    shop.close().await;
}

#[tokio::test]
async fn buyers_are_not_in_it_and_nobody_reads_anothers() {
    let shop = Shop::open().await;
    shop.stock(1).await;
    let mei = shop.buyer(10_000).await;
    let rows = audit(&shop.b.owner).await.len();
    mei.done(ORDER_PLACE, shop.order(1, "95.40", &fresh("key"))).await;
    assert_eq!(audit(&shop.b.owner).await.len(), rows);
    let count: i64 = sqlx::query_scalar(
        "select count(*) from audit a join tenant t on t.network_id = a.network_id and t.tenant_id = a.tenant_id
          where t.tenant_id = $1 and a.operation = 'orderPlace'",
    )
    .bind(uuid(&shop.b.id))
    .fetch_one(&mut superuser(Server::shared()).await)
    .await
    .unwrap();
    assert_eq!(count, 0);
    assert_eq!(code(&mei.ask(AUDIT, json!({})).await), "FORBIDDEN");
    // Each tenant its own, the operator's staff no more than that.
    shop.b.owner.done(SETTINGS_SET, json!({"c": "b"})).await;
    let own = audit(&shop.b.owner).await[0]["id"].clone();
    for other in [&shop.a.owner, &shop.operator, &shop.supplier.owner] {
        assert!(audit(other).await.iter().all(|row| row["id"] != own));
    }
    // Who acts from above is in the log of the tenant where it was done, and is nobody there.
    let staff = "mutation($i: StaffCreateInput!) { staffCreate(input: $i) { user { id } errors { code } } }";
    let email = format!("{}@staff.example", fresh("st"));
    let made = shop
        .a
        .owner
        .done(
            staff,
            json!({"i": {"email": email, "displayName": "Wen", "password": "password", "role": "manager"}}),
        )
        .await;
    let grant = "mutation($i: GrantCreateInput!) { grantCreate(input: $i) { errors { code } } }";
    shop.a
        .owner
        .done(grant, json!({"i": {"principalId": id(&made["user"]), "role": "manager", "subtree": true}}))
        .await;
    let wen = shop.a.owner.sign_in(&email, "password").await.at(&shop.b.handle);
    wen.done(SETTINGS_SET, json!({"c": "from above"})).await;
    let rows = audit(&shop.b.owner).await;
    assert_eq!(
        (last(&rows).0, &rows[0]["user"], &rows[0]["apiKey"]),
        ("tenantSettingsSet", &Value::Null, &Value::Null)
    );
    shop.close().await;
}

#[tokio::test]
async fn pages_join_up_and_nobody_can_change_what_is_written() {
    let shop = Shop::open().await;
    for at in 0..5 {
        shop.b.owner.done(SETTINGS_SET, json!({"c": format!("{at}")})).await;
    }
    let (mut rows, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = shop.b.owner.get(AUDIT, json!({"f": 2, "a": after})).await;
        rows.extend(page["nodes"].as_array().unwrap().iter().cloned());
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
    }
    assert_eq!(rows, audit(&shop.b.owner).await);
    let mut role = crate::support::app_role(Server::shared()).await;
    for sql in [
        "update audit set operation = 'x'",
        "delete from audit",
        "update audit_end set outcome = 'DONE'",
        "delete from audit_end",
    ] {
        let refused = sqlx::query(sql).execute(&mut role).await.unwrap_err();
        assert!(refused.to_string().contains("permission denied"), "{refused}");
    }
    shop.close().await;
}

#[tokio::test]
async fn what_can_not_be_written_down_is_not_done_and_what_never_ended_says_so() {
    let shop = Shop::open().await;
    // Somebody holds the row that the mutation needs, for longer than it waits for.
    let mut holder = superuser(Server::shared()).await;
    sqlx::query("begin").execute(&mut holder).await.unwrap();
    sqlx::query("select from tenant where tenant_id = $1 for update")
        .bind(uuid(&shop.b.id))
        .fetch_one(&mut holder)
        .await
        .unwrap();
    // Its tenant's row is what an entry refers to: it can't be written, so nothing is begun.
    let answer = shop.b.owner.ask(SETTINGS_SET, json!({"c": "late"})).await;
    assert!(answer["errors"][0]["extensions"]["code"].is_string(), "{answer}");
    sqlx::query("rollback").execute(&mut holder).await.unwrap();
    let contact: Option<String> = sqlx::query_scalar("select contact from tenant where tenant_id = $1")
        .bind(uuid(&shop.b.id))
        .fetch_one(&mut holder)
        .await
        .unwrap();
    assert_eq!(contact, None, "what can't be written down is not done");
    // A row without an end: as after a server's death.
    sqlx::query(
        "insert into audit (network_id, audit_id, tenant_id, actor_kind, actor_id, operation, request_id)
         select network_id, $2, tenant_id, 'STAFF', tenant_id, 'tenantSettingsSet', 'r' from tenant where tenant_id = $1",
    )
    .bind(uuid(&shop.b.id))
    .bind(cardamom::audit::AuditId::fresh().0)
    .execute(&mut holder)
    .await
    .unwrap();
    assert_eq!(last(&audit(&shop.b.owner).await), ("tenantSettingsSet", None, "UNKNOWN"));
    shop.close().await;
}

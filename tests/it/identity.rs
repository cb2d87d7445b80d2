//! Who is here: addresses, sign-in, sessions, staff, roles and keys.

use crate::support::{
    Client, Server, Shop, Site, code, codes, errors, folder, fresh, id, site, superuser, uuid,
};
use reqwest::Method;
use serde_json::{Value, json};

const SIGN_IN: &str = "mutation($e: String!, $p: String!) { sessionCreate(input: {email: $e, password: $p}) { session { token expiresAt } errors { code message path } } }";
const REGISTER: &str = "mutation($i: BuyerRegisterInput!) { buyerRegister(input: $i) { session { token } viewer { user { id } wallet { id } } errors { code message path } } }";
const STAFF_CREATE: &str =
    "mutation($i: StaffCreateInput!) { staffCreate(input: $i) { user { id } errors { code message path } } }";
const ROLE_CREATE: &str = "mutation($i: RoleCreateInput!) { roleCreate(input: $i) { role { id actions } errors { code message path } } }";
const KEY_CREATE: &str = "mutation($i: ApiKeyCreateInput!) { apiKeyCreate(input: $i) { apiKey { id expiresAt } token errors { code message path } } }";
const STAFF_DISABLE: &str =
    "mutation($u: ID!) { staffDisable(input: {userId: $u}) { user { id } errors { code message path } } }";
const GRANT_REVOKE: &str =
    "mutation($g: ID!) { grantRevoke(input: {grantId: $g}) { errors { code message path } } }";
const ME: &str = "{ viewer { user { id } tenant { handle } } }";

async fn hello(url: &str, host: Option<&str>, tenant: Option<&str>) -> Value {
    let mut request = Client::anonymous(url, "").request(Method::POST, "");
    if let Some(host) = host {
        request = request.header("host", host);
    }
    if let Some(tenant) = tenant {
        request = request.header("x-tenant", tenant);
    }
    request.json(&json!({"query": "{ storefront { handle } }"})).send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn a_request_says_its_tenant_by_header_or_host_and_the_header_wins() {
    let server = Server::start(&folder("hosts"), &["--base-domain", "shops.example"]);
    let handle = fresh("op");
    server.create_network(&handle);
    let operator = Client::anonymous(&server.url, &handle);
    let operator = operator.sign_in(&format!("owner@{handle}.example"), "password").await;
    let a = site(&operator, "SITE", "a", None).await;
    let mut db = superuser(&server).await;
    sqlx::query("insert into directory_host (host, network_id, tenant_id) select 'cards.example', network_id, tenant_id from tenant where tenant_id = $1")
        .bind(uuid(&a.id))
        .execute(&mut db)
        .await
        .unwrap();
    let found = |answer: &Value| answer["data"]["storefront"]["handle"].as_str().map(String::from);
    let under = format!("{}.shops.example", a.handle);
    for host in [
        &under,
        &under.to_uppercase(),
        &format!("{under}:8080"),
        &format!("{under}."),
        "cards.example",
        "CARDS.example:443",
    ] {
        assert_eq!(found(&hello(&server.url, Some(host), None).await), Some(a.handle.clone()), "{host}");
        let other = hello(&server.url, Some(host), Some(&handle)).await;
        assert_eq!(found(&other), Some(handle.clone()), "the header wins over {host}");
        assert_eq!(
            code(&hello(&server.url, Some(host), Some("nobody")).await),
            "TENANT_REQUIRED",
            "nor does the host stand in for it"
        );
    }
    for host in [
        "shops.example",
        ".shops.example",
        "nobody.shops.example",
        "127.0.0.1",
        "localhost",
        &format!("x.{under}"),
        &format!("{}-shops.example", a.handle),
        &format!("{}.evilshops.example", a.handle),
        "xcards.example",
        "cards.example.evil",
    ] {
        assert_eq!(code(&hello(&server.url, Some(host), None).await), "TENANT_REQUIRED", "{host}");
    }
    assert_eq!(code(&hello(&server.url, None, None).await), "TENANT_REQUIRED", "there is no default");
}

async fn register(site: &Site, email: &str) -> Value {
    let input = json!({"i": {"email": email, "password": "password", "displayName": "Mei"}});
    Client::anonymous(&site.owner.url, &site.handle).done(REGISTER, input).await
}

#[tokio::test]
async fn the_same_address_at_two_sites_is_two_buyers_with_two_wallets() {
    let shop = Shop::open().await;
    let email = format!("{}@Buyers.example", fresh("mei"));
    let (at_a, at_b) = (register(&shop.a, &email).await, register(&shop.b, &email).await);
    for what in ["user", "wallet"] {
        assert_ne!(id(&at_a["viewer"][what]), id(&at_b["viewer"][what]));
    }
    let again = json!({"i": {"email": email.to_uppercase(), "password": "password", "displayName": "Mei"}});
    let visitor = Client::anonymous(&shop.url, &shop.a.handle);
    assert_eq!(
        visitor.refused(REGISTER, again).await,
        ["CONFLICT"],
        "an address is compared without its case"
    );
    // Each password is good at its own site alone, in any case of the address.
    let signed_in = visitor.sign_in(&email.to_lowercase(), "password").await;
    assert_eq!(signed_in.get(ME, json!({})).await["user"]["id"], at_a["viewer"]["user"]["id"]);
    shop.close().await;
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_look_alike() {
    let shop = Shop::open().await;
    let email = format!("{}@buyers.example", fresh("mei"));
    register(&shop.b, &email).await;
    let visitor = Client::anonymous(&shop.url, &shop.b.handle);
    let wrong = visitor.ask(SIGN_IN, json!({"e": email, "p": "password2"})).await;
    assert_eq!(errors(&wrong), ["INVALID_CREDENTIALS"]);
    let owner = format!("owner@{}.example", shop.b.handle);
    for (address, password) in [
        ("nobody@nowhere.example", "password"),
        ("no address", "password"),
        (email.as_str(), ""),
        (owner.as_str(), "wrong"),
        (email.as_str(), &"p".repeat(5_000)),
    ] {
        let answer = visitor.ask(SIGN_IN, json!({"e": address, "p": password})).await;
        assert_eq!(answer, wrong, "{address}");
    }
    // Right at one site is wrong at the next.
    let sideways = visitor.at(&shop.a.handle).ask(SIGN_IN, json!({"e": email, "p": "password"})).await;
    assert_eq!(sideways, wrong);
    shop.close().await;
}

#[tokio::test]
async fn a_session_is_good_at_its_own_shop_until_it_ends() {
    let (shop, other) = (Shop::open().await, Shop::open().await);
    let mei = shop.buyer(0).await;
    assert_eq!(mei.get(ME, json!({})).await["tenant"]["handle"], shop.b.handle);
    for (tenant, status, wanted) in [
        (&shop.a.handle, 403, "FORBIDDEN"),
        (&shop.operator.tenant, 403, "FORBIDDEN"),
        (&other.b.handle, 401, "UNAUTHENTICATED"),
    ] {
        let (got, answer) = mei.at(tenant).send(ME, json!({})).await;
        assert_eq!((got, code(&answer)), (status, wanted), "{tenant}");
    }
    // Its end is the database's to say.
    let lan = shop.buyer(0).await;
    let hash = cardamom::foundation::seal::token_hash(lan.token.as_ref().unwrap());
    let mut db = superuser(Server::shared()).await;
    let ended = sqlx::query("update session set expires_at = now() where token_hash = $1")
        .bind(&hash)
        .execute(&mut db)
        .await
        .unwrap();
    assert_eq!(ended.rows_affected(), 1);
    assert_eq!(lan.send(ME, json!({})).await.0, 401);
    // Signing out ends this session and no other.
    let (one, two) = (shop.buyer(0).await, shop.buyer(0).await);
    one.done("mutation { sessionRevoke { errors { code } } }", json!({})).await;
    assert_eq!(one.send(ME, json!({})).await.0, 401);
    assert_eq!(two.send(ME, json!({})).await.0, 200);
    shop.close().await;
}

#[tokio::test]
async fn no_token_and_no_password_is_found_in_any_table() {
    let shop = Shop::open().await;
    let mei = shop.buyer(0).await;
    let made = shop.a.owner.done(KEY_CREATE, json!({"i": {"name": "till", "role": "auditor"}})).await;
    let secret = shop.stock(1).await.remove(0);
    let secrets = [
        mei.token.unwrap(),
        shop.a.owner.token.clone().unwrap(),
        made["token"].as_str().unwrap().to_owned(),
        secret,
    ];
    let mut db = superuser(Server::shared()).await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    for table in tables {
        // As text, and as the bytes that a bytea column would hold.
        for secret in &secrets {
            let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
            let sql = format!(
                "select count(*) from {table} t where position('{secret}' in t::text) > 0 or position('{hex}' in t::text) > 0"
            );
            let found: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&mut db).await.unwrap();
            assert_eq!(found, 0, "{table}");
        }
    }
    let plain: i64 = sqlx::query_scalar("select count(*) from app_user where password_hash not like '$argon2id$v=19$m=19456,t=2,p=1$%' or password_hash like '%password%'")
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert_eq!(plain, 0);
    let log = Server::shared().log();
    assert!(secrets.iter().all(|secret| !log.contains(secret.as_str())), "the log has a secret");
    shop.close().await;
}

async fn member(owner: &Client, role: &str) -> (String, String, Client) {
    let email = format!("{}@staff.example", fresh("st"));
    let input = json!({"i": {"email": email, "displayName": "Wen", "password": "password", "role": role}});
    let made = owner.done(STAFF_CREATE, input).await;
    (id(&made["user"]), email.clone(), owner.sign_in(&email, "password").await)
}

#[tokio::test]
async fn disabled_staff_are_out_at_once_and_cannot_come_back() {
    let shop = Shop::open().await;
    let (user, email, wen) = member(&shop.a.owner, "manager").await;
    assert_eq!(wen.send(ME, json!({})).await.0, 200);
    shop.a.owner.done(STAFF_DISABLE, json!({"u": user})).await;
    assert_eq!(wen.send(ME, json!({})).await.0, 401);
    assert_eq!(
        shop.a.owner.refused(SIGN_IN, json!({"e": email, "p": "password"})).await,
        ["INVALID_CREDENTIALS"]
    );
    // Not oneself, not a buyer, not somebody else's.
    let me = shop.a.owner.get(ME, json!({})).await["user"]["id"].clone();
    assert_eq!(shop.a.owner.refused(STAFF_DISABLE, json!({"u": me})).await, ["INVALID_TRANSITION"]);
    let buyer = shop.buyer_at(&shop.a, 0).await.get(ME, json!({})).await["user"]["id"].clone();
    assert_eq!(shop.a.owner.refused(STAFF_DISABLE, json!({"u": buyer})).await, ["NOT_FOUND"]);
    let other = shop.b.owner.get(ME, json!({})).await["user"]["id"].clone();
    assert_eq!(shop.a.owner.refused(STAFF_DISABLE, json!({"u": other})).await, ["NOT_FOUND"]);
    shop.close().await;
}

#[tokio::test]
async fn a_tenant_keeps_its_last_owner() {
    let shop = Shop::open().await;
    let owner = &shop.a.owner;
    let me = owner.get(ME, json!({})).await["user"]["id"].clone();
    let grants = owner.get("{ grants { id role } }", json!({})).await;
    let grant = grants.as_array().unwrap().iter().find(|grant| grant["role"] == "owner").unwrap();
    assert_eq!(owner.refused(GRANT_REVOKE, json!({"g": id(grant)})).await, ["INVALID_TRANSITION"]);
    // Whoever else may write staff does not disable the last owner either.
    let made = owner
        .done(ROLE_CREATE, json!({"i": {"name": "people", "actions": ["staff:write", "staff:read"]}}))
        .await;
    let (_, _, clerk) = member(owner, &id(&made["role"])).await;
    assert_eq!(clerk.refused(STAFF_DISABLE, json!({"u": me})).await, ["INVALID_TRANSITION"]);
    assert_eq!(owner.send(ME, json!({})).await.0, 200, "nothing changed");
    // With a second owner the first may go.
    member(owner, "owner").await;
    clerk.done(STAFF_DISABLE, json!({"u": me})).await;
    assert_eq!(owner.send(ME, json!({})).await.0, 401);
    shop.close().await;
}

#[tokio::test]
async fn a_role_of_ones_own_is_made_of_the_owners_actions_and_named_once() {
    let shop = Shop::open().await;
    let owner = &shop.a.owner;
    for actions in [
        json!([]),
        json!(["wallet:credit"]),
        json!(["stock:import"]),
        json!(["*"]),
        json!(["order:read", "order:read,claim:read"]),
        json!(["order:read\n"]),
        json!([".*"]),
        json!([""]),
    ] {
        let input = json!({"i": {"name": fresh("role"), "actions": actions}});
        assert_eq!(owner.refused(ROLE_CREATE, input).await, ["INVALID_INPUT"], "{actions}");
    }
    let input = json!({"i": {"name": "readers", "actions": ["viewer:read", "order:read", "claim:read", "order:read"]}});
    let made = owner.done(ROLE_CREATE, input.clone()).await;
    assert_eq!(made["role"]["actions"], json!(["claim:read", "order:read", "viewer:read"]));
    assert_eq!(owner.refused(ROLE_CREATE, input.clone()).await, ["CONFLICT"]);
    shop.b.owner.done(ROLE_CREATE, input).await;
    let (_, _, wen) = member(owner, &id(&made["role"])).await;
    let viewer = wen.get("{ viewer { permissions } }", json!({})).await;
    assert_eq!(viewer["permissions"], json!(["claim:read", "order:read", "viewer:read"]));
    assert_eq!(codes(&wen.ask("{ buyers { nodes { id } } }", json!({})).await), ["FORBIDDEN"]);
    // Another tenant's role is none here.
    let input = json!({"i": {"email": "x@staff.example", "displayName": "X", "password": "password", "role": id(&made["role"])}});
    assert_eq!(shop.b.owner.refused(STAFF_CREATE, input).await, ["NOT_FOUND"]);
    shop.close().await;
}

#[tokio::test]
async fn a_key_acts_as_its_role_until_it_ends() {
    let shop = Shop::open().await;
    let owner = &shop.a.owner;
    for (name, role, seconds) in [
        ("k", "owner", None),
        ("k", "buyer", None),
        ("k", "nobody", None),
        ("", "auditor", None),
        ("k", "auditor", Some(0)),
        ("k", "auditor", Some(-1)),
    ] {
        let input = json!({"i": {"name": name, "role": role, "expiresInSeconds": seconds}});
        assert_eq!(owner.refused(KEY_CREATE, input).await, ["INVALID_INPUT"], "{name} {role} {seconds:?}");
    }
    let made = owner
        .done(KEY_CREATE, json!({"i": {"name": "till", "role": "auditor", "expiresInSeconds": 3600}}))
        .await;
    let listed = owner.ask("{ apiKeys { id name expiresAt revokedAt } }", json!({})).await;
    assert!(!listed.to_string().contains(made["token"].as_str().unwrap()), "a token is shown once");
    let mut db = superuser(Server::shared()).await;
    sqlx::query("update api_key set expires_at = now() where api_key_id = $1")
        .bind(uuid(&id(&made["apiKey"])))
        .execute(&mut db)
        .await
        .unwrap();
    let till = owner.with_token(made["token"].as_str().unwrap());
    assert_eq!(till.send(ME, json!({})).await.0, 401, "it has ended");
    let made = owner.done(KEY_CREATE, json!({"i": {"name": "till", "role": "auditor"}})).await;
    let till = owner.with_token(made["token"].as_str().unwrap());
    assert_eq!(till.send(ME, json!({})).await.0, 200);
    assert_eq!(till.at(&shop.b.handle).send(ME, json!({})).await.0, 403, "a key is good at its tenant");
    owner.done("mutation($k: ID!) { apiKeyRevoke(input: {apiKeyId: $k}) { apiKey { revokedAt } errors { code } } }", json!({"k": id(&made["apiKey"])})).await;
    assert_eq!(till.send(ME, json!({})).await.0, 401, "it was revoked");
    shop.close().await;
}

//! Every role against every operation: what the matrix says is what the server does.

use crate::support::{Client, Meta, Root, Server, Shop, Site, code, codes, errors, fresh, id, site};
use cardamom::access::{MATRIX, Operation, Role, TenantKind};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const STAFF_CREATE: &str =
    "mutation($i: StaffCreateInput!) { staffCreate(input: $i) { user { id } errors { code message path } } }";
const KEY_CREATE: &str = "mutation($i: ApiKeyCreateInput!) { apiKeyCreate(input: $i) { apiKey { id } token errors { code message path } } }";
const ROLE_CREATE: &str =
    "mutation($i: RoleCreateInput!) { roleCreate(input: $i) { role { id } errors { code message path } } }";
const GRANT_CREATE: &str = "mutation($i: GrantCreateInput!) { grantCreate(input: $i) { grant { id } errors { code message path } } }";
const GRANT_REVOKE: &str =
    "mutation($g: ID!) { grantRevoke(input: {grantId: $g}) { errors { code message path } } }";
const SUSPEND: &str =
    "mutation($t: ID!) { tenantSuspend(input: {tenantId: $t}) { errors { code message path } } }";

/// Somebody somewhere, and which operations of the matrix that somebody may do there.
struct Somebody {
    name: String,
    client: Client,
    kind: TenantKind,
    active: bool,
    holds: Holds,
}

enum Holds {
    Role(Role),
    Actions(Vec<&'static str>),
}

impl Somebody {
    fn may(&self, operation: &Operation) -> bool {
        let held = match &self.holds {
            Holds::Role(role) => operation.roles.contains(role),
            Holds::Actions(actions) => {
                actions.contains(&MATRIX.actions()[usize::from(operation.action.0)])
                    && operation.roles.contains(&Role::Owner)
            }
        };
        held && operation.kinds.contains(&self.kind) && (self.active || !operation.needs_active)
    }
}

/// Adds a member of staff with a role and signs in.
async fn staff(owner: &Client, role: &str) -> Client {
    let email = format!("{}@staff.example", fresh("st"));
    let input = json!({"i": {"email": email, "displayName": "Wen", "password": "password", "role": role}});
    owner.done(STAFF_CREATE, input).await;
    owner.sign_in(&email, "password").await
}

async fn key(owner: &Client, role: &str) -> Client {
    let made = owner.done(KEY_CREATE, json!({"i": {"name": "till", "role": role}})).await;
    owner.with_token(made["token"].as_str().unwrap())
}

/// Everybody that there can be at a tenant.
async fn everybody(owner: &Client, kind: TenantKind) -> Vec<Somebody> {
    let somebody = |name: String, client: Client, holds: Holds| Somebody {
        name: format!("{name} at {kind}"),
        client,
        kind,
        active: true,
        holds,
    };
    let anonymous = Client::anonymous(&owner.url, &owner.tenant);
    let mut all = vec![somebody("anonymous".into(), anonymous, Holds::Role(Role::Anonymous))];
    for role in Role::ALL.iter().filter(|role| !matches!(role, Role::Anonymous | Role::Buyer)) {
        let word = role.word();
        all.push(somebody(word.into(), staff(owner, word).await, Holds::Role(*role)));
        if *role != Role::Owner {
            all.push(somebody(format!("{word}'s key"), key(owner, word).await, Holds::Role(*role)));
        }
    }
    // Every third action of the owner's, so that the role is like none of the built-in ones.
    let owners = MATRIX.of_role(Role::Owner, kind);
    let actions: Vec<_> =
        owners.iter().step_by(3).map(|action| MATRIX.actions()[usize::from(action.0)]).collect();
    let made = owner.done(ROLE_CREATE, json!({"i": {"name": fresh("role"), "actions": actions}})).await;
    let client = staff(owner, &id(&made["role"])).await;
    all.push(somebody("a role of its own".into(), client, Holds::Actions(actions)));
    all
}

// What makes an operation that names nothing by an id refuse to do anything.
fn harmless(operation: &str) -> (&'static str, Value) {
    match operation {
        "Mutation.staffCreate" | "Mutation.buyerRegister" => ("input.email", json!("no address")),
        "Mutation.roleCreate" => ("input.actions", json!("nothing:at_all")),
        "Mutation.apiKeyCreate" => ("input.role", json!("owner")),
        "Mutation.productCreate" | "Mutation.qualificationSubmit" => ("input.title", json!("")),
        "Mutation.couponCreate" => ("input.code", json!("")),
        "Mutation.priceRuleSet" | "Mutation.priceRuleDelete" => {
            ("input.productId", json!(crate::support::unknown("prd")))
        }
        "Mutation.warrantyMinimumSet" => ("input.warranty.durationSeconds", json!(0)),
        "Mutation.selfCheckSet" => ("input.steps.zh", json!("")),
        "Mutation.workCalendarSet" => ("input.timeZone", json!("Nowhere")),
        "Mutation.supplierDepositAdd" | "Mutation.supplierDepositTake" => ("input.idempotencyKey", json!("")),
        "Mutation.tenantSettingsSet" => ("input.accent", json!("no colour")),
        "Mutation.passwordChange" => ("input.new", json!("short")),
        "Subscription.tenantEvents" => ("after", json!("no cursor")),
        _ => ("", Value::Null),
    }
}

// Who has not signed in is asked to where that could help, and only then.
fn denial(who: &Somebody, code: &str) -> bool {
    code == "FORBIDDEN" || (code == "UNAUTHENTICATED" && who.client.token.is_none())
}

/// Whether the caller is refused the field itself; panics where the answer says nothing about that.
async fn refused(meta: &Meta, who: &Somebody, root: &Root) -> bool {
    let operation = root.operation();
    let (wanted, value) = harmless(&operation);
    let variables = meta.variables(root, wanted, &value);
    let at = format!("{operation} as {}", who.name);
    if root.kind == "Subscription" {
        let mut socket = who.client.socket().await;
        socket.subscribe("1", &root.document("{ id }"), &variables).await;
        let heard = socket.hear().await.unwrap();
        let payload = if heard["type"] == "error" { &heard["payload"] } else { &heard["payload"]["errors"] };
        let code = payload[0]["extensions"]["code"].as_str().unwrap_or_default();
        assert!(denial(who, code) || matches!(code, "NOT_FOUND" | "BAD_REQUEST"), "{at}: {heard}");
        return denial(who, code);
    }
    let selection = match (root.kind, meta.get(crate::support::named(&root.ty))["fields"].is_null()) {
        ("Mutation", _) => "{ errors { code } }",
        (_, false) => "{ __typename }",
        _ => "",
    };
    let (status, answer) = who.client.send(&root.document(selection), variables).await;
    let codes = codes(&answer);
    assert_eq!(status, 200, "{at}: {answer}");
    for code in &codes {
        assert!(
            denial(who, code) || matches!(code.as_str(), "NOT_FOUND" | "INVALID_INPUT"),
            "{at}: {answer}"
        );
    }
    let forbidden = codes.iter().any(|code| denial(who, code));
    let changes = matches!(operation.as_str(), "Mutation.networkSettingsSet" | "Mutation.sessionRevoke");
    if root.kind == "Mutation" && !forbidden && !changes {
        assert!(!errors(&answer).is_empty(), "{at} was done: {answer}");
    }
    forbidden
}

async fn compare(meta: &Meta, people: Vec<Somebody>, only: impl Fn(&Operation) -> bool) {
    let mut roots = meta.fields();
    // Ends the credential, hence goes last.
    roots.sort_by_key(|root| root.name == "sessionRevoke");
    roots.retain(|root| only(MATRIX.operation(&root.operation()).unwrap()));
    let roots = &roots;
    let wrong: Vec<String> = stream::iter(people)
        .map(|who| async move {
            let mut wrong = Vec::new();
            for root in roots {
                let operation = MATRIX.operation(&root.operation()).unwrap();
                let (may, refused) = (who.may(operation), refused(meta, &who, root).await);
                if may == refused {
                    let says = if may { "may" } else { "may not" };
                    wrong.push(format!("{} {says} {} by the matrix", who.name, operation.name));
                }
            }
            wrong
        })
        .buffer_unordered(6)
        .concat()
        .await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn every_root_field_has_a_row_and_every_row_a_root_field() {
    let fields: BTreeSet<String> = Meta::read().await.fields().iter().map(Root::operation).collect();
    let rows: BTreeSet<String> = MATRIX.operations().map(|row| row.name.to_owned()).collect();
    assert_eq!(fields, rows);
    assert!(fields.len() > 60, "introspection found {} fields", fields.len());
}

#[tokio::test]
async fn every_role_is_refused_exactly_what_the_matrix_refuses_it() {
    let meta = Meta::read().await;
    let shop = Shop::open().await;
    let mut people = Vec::new();
    for (owner, kind) in [
        (&shop.operator, TenantKind::Operator),
        (&shop.supplier.owner, TenantKind::Supplier),
        (&shop.a.owner, TenantKind::Site),
    ] {
        people.extend(everybody(owner, kind).await);
    }
    let buyer = shop.buyer_at(&shop.a, 0).await;
    let (kind, holds) = (TenantKind::Site, Holds::Role(Role::Buyer));
    people.push(Somebody { name: "buyer".into(), client: buyer, kind, active: true, holds });
    compare(&meta, people, |_| true).await;
    shop.close().await;
}

#[tokio::test]
async fn a_tenant_that_is_not_active_is_refused_what_needs_that_and_nothing_else() {
    let meta = Meta::read().await;
    let shop = Shop::open().await;
    let pending = site(&shop.a.owner, "SITE", "pending", None).await;
    let buyer = shop.buyer_at(&shop.b, 0).await;
    for tenant in [&shop.supplier, &shop.b] {
        shop.operator.done(SUSPEND, json!({"t": tenant.id})).await;
    }
    let somebody = |name: &str, client: &Client, kind, role| Somebody {
        name: name.into(),
        client: client.clone(),
        kind,
        active: false,
        holds: Holds::Role(role),
    };
    let (anywhere, owner) = (TenantKind::Site, Role::Owner);
    let visitor = Client::anonymous(&shop.url, &pending.handle);
    let people = vec![
        somebody("owner, pending", &pending.owner, anywhere, owner),
        somebody("nobody, pending", &visitor, anywhere, Role::Anonymous),
        somebody("owner, suspended", &shop.b.owner, anywhere, owner),
        somebody("buyer, suspended", &buyer, anywhere, Role::Buyer),
        somebody("supplier, suspended", &shop.supplier.owner, TenantKind::Supplier, owner),
    ];
    compare(&meta, people, |_| true).await;
    shop.close().await;
}

async fn whoami(client: &Client) -> (u16, Value) {
    client.send("{ viewer { permissions } tenants { id } }", json!({})).await
}

fn may(answer: &(u16, Value)) -> bool {
    assert!(answer.0 == 200 || (answer.0 == 403 && code(&answer.1) == "FORBIDDEN"), "{answer:?}");
    answer.0 == 200
}

async fn member(owner: &Client, role: &str) -> (String, Client) {
    let email = format!("{}@staff.example", fresh("st"));
    let input = json!({"i": {"email": email, "displayName": "Wen", "password": "password", "role": role}});
    let made = owner.done(STAFF_CREATE, input).await;
    (id(&made["user"]), owner.sign_in(&email, "password").await)
}

#[tokio::test]
async fn a_grant_reaches_its_tenant_and_with_its_subtree_everyone_below_and_nobody_else() {
    let shop = Shop::open().await;
    let sibling = site(&shop.operator, "SITE", "sibling", None).await;
    let (user, wen) = member(&shop.a.owner, "auditor").await;
    let everywhere = [&shop.operator.tenant, &shop.supplier.handle, &shop.b.handle, &sibling.handle];
    for tenant in everywhere {
        assert!(!may(&whoami(&wen.at(tenant)).await), "{tenant} before any grant");
    }
    let reached = async || {
        let seen = wen.get("{ viewer { tenants { handle } } }", json!({})).await["tenants"].clone();
        seen.as_array()
            .unwrap()
            .iter()
            .map(|one| one["handle"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(reached().await, [shop.a.handle.as_str()]);
    // At the child alone, from the next request on.
    let grant = |at: &Site, subtree: bool| json!({"i": {"principalId": user, "role": "manager", "tenantId": at.id, "subtree": subtree}});
    let made = shop.a.owner.done(GRANT_CREATE, grant(&shop.b, false)).await;
    assert!(may(&whoami(&wen.at(&shop.b.handle)).await));
    assert_eq!(reached().await, [shop.a.handle.as_str(), &shop.b.handle]);
    shop.a.owner.done(GRANT_REVOKE, json!({"g": id(&made["grant"])})).await;
    assert!(!may(&whoami(&wen.at(&shop.b.handle)).await), "a revoked grant ends on the next request");
    assert_eq!(reached().await, [shop.a.handle.as_str()]);
    // At home without the subtree it says nothing about the child; with it, it does.
    shop.a.owner.done(GRANT_CREATE, grant(&shop.a, false)).await;
    assert!(!may(&whoami(&wen.at(&shop.b.handle)).await));
    let made = shop.a.owner.done(GRANT_CREATE, grant(&shop.a, true)).await;
    for tenant in [&shop.a.handle, &shop.b.handle] {
        assert!(may(&whoami(&wen.at(tenant)).await), "{tenant}");
    }
    assert_eq!(reached().await, [shop.a.handle.as_str(), &shop.b.handle]);
    let none = shop.buyer(0).await.get("{ viewer { tenants { handle } } }", json!({})).await;
    assert_eq!(none["tenants"], json!([]), "a buyer is a buyer at its own site");
    for tenant in [&shop.operator.tenant, &shop.supplier.handle, &sibling.handle] {
        assert!(!may(&whoami(&wen.at(tenant)).await), "{tenant}");
    }
    shop.a.owner.done(GRANT_REVOKE, json!({"g": id(&made["grant"])})).await;
    assert!(!may(&whoami(&wen.at(&shop.b.handle)).await));
    assert!(may(&whoami(&wen).await), "what it holds at home stands");
    // Nobody grants upwards, sideways, or to somebody else's people.
    let other = member(&shop.b.owner, "auditor").await.0;
    for (at, who) in [(&sibling.id, &user), (&shop.supplier.id, &user), (&shop.a.id, &other)] {
        let input = json!({"i": {"principalId": who, "role": "auditor", "tenantId": at}});
        assert_eq!(shop.a.owner.refused(GRANT_CREATE, input).await, ["NOT_FOUND"]);
    }
    shop.close().await;
}

#[tokio::test]
async fn an_open_socket_ends_within_a_second_of_the_revocation() {
    let shop = Shop::on(Server::shared(), crate::support::Terms::default()).await;
    let (user, wen) = member(&shop.a.owner, "auditor").await;
    let mut socket = wen.socket().await;
    socket.subscribe("1", "subscription { tenantEvents { id type } }", &json!({})).await;
    let revoked = tokio::time::Instant::now();
    shop.a
        .owner
        .done(
            "mutation($u: ID!) { staffDisable(input: {userId: $u}) { user { id } errors { code } } }",
            json!({"u": user}),
        )
        .await;
    let closed = loop {
        if let Err(code) = socket.hear().await {
            break code;
        }
    };
    assert_eq!(closed, 4403);
    assert!(revoked.elapsed() < std::time::Duration::from_secs(10), "{:?}", revoked.elapsed());
    shop.close().await;
}

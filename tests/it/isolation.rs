//! Nobody learns anything of anybody else: every id, asked for by everybody everywhere.

mod cast;
mod world;

use crate::support::{Client, Meta, Root, id, minor, named, uuid};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use world::{Thing, World};

/// Every place where an id goes in, and the kinds of ids that belong there. Where nothing is named,
/// every kind does.
const PLACES: &[(&str, &[&str])] = &[
    ("Query.node id", &[]),
    ("Query.nodes ids", &[]),
    ("Query.cardImport id", &["imp"]),
    ("Query.listing id", &["lst"]),
    ("Query.order id", &["ord"]),
    ("Query.product id", &["prd"]),
    ("Query.provenance deliveryId", &["dlv"]),
    ("Query.receipt orderId", &["ord"]),
    ("Query.quote lines.listingId", &["lst"]),
    ("Query.warrantyClaim id", &["clm"]),
    ("Mutation.claimEvidenceAdd input.claimId", &["clm"]),
    ("Mutation.claimEvidenceAdd input.uploadIds", &["upl"]),
    ("Mutation.dossierCreate input.claimId", &["clm"]),
    ("Mutation.dossierCreate input.orderId", &["ord"]),
    ("Mutation.reviewModerate input.reviewId", &["rev"]),
    ("Mutation.reviewPost input.orderLineId", &["lin"]),
    ("Mutation.reviewReply input.reviewId", &["rev"]),
    ("Mutation.uploadCreate input.claimId", &["clm"]),
    ("Mutation.uploadCreate input.deliveryId", &["dlv"]),
    ("Mutation.warrantyClaimOpen input.evidenceUploadIds", &["upl"]),
    ("Mutation.apiKeyRevoke input.apiKeyId", &["key"]),
    ("Mutation.cardImportWithdraw input.importId", &["imp"]),
    ("Mutation.cardsImport input.variantId", &["var"]),
    ("Mutation.deliveryReveal input.deliveryId", &["dlv"]),
    ("Mutation.grantCreate input.principalId", &["usr", "key"]),
    ("Mutation.grantCreate input.tenantId", &["ten"]),
    ("Mutation.grantRevoke input.grantId", &["grt"]),
    ("Mutation.listingSet input.variantId", &["var"]),
    ("Mutation.orderCancel input.orderId", &["ord"]),
    ("Mutation.orderLineDeliver input.orderLineId", &["lin"]),
    ("Mutation.orderPlace input.lines.listingId", &["lst"]),
    ("Mutation.priceRuleDelete input.childTenantId", &["ten"]),
    ("Mutation.priceRuleDelete input.productId", &["prd"]),
    ("Mutation.priceRuleDelete input.variantId", &["var"]),
    ("Mutation.priceRuleSet input.childTenantId", &["ten"]),
    ("Mutation.priceRuleSet input.productId", &["prd"]),
    ("Mutation.priceRuleSet input.variantId", &["var"]),
    ("Mutation.productApprove input.productId", &["prd"]),
    ("Mutation.productReject input.productId", &["prd"]),
    ("Mutation.productSubmit input.productId", &["prd"]),
    ("Mutation.staffDisable input.userId", &["usr"]),
    ("Mutation.tenantApprove input.tenantId", &["ten"]),
    ("Mutation.tenantCreate input.parentId", &["ten"]),
    ("Mutation.tenantHostAdd input.tenantId", &["ten"]),
    ("Mutation.tenantHostRemove input.tenantId", &["ten"]),
    ("Mutation.tenantMarkupCapSet input.tenantId", &["ten"]),
    ("Mutation.tenantReinstate input.tenantId", &["ten"]),
    ("Mutation.tenantReject input.tenantId", &["ten"]),
    ("Mutation.tenantSuspend input.tenantId", &["ten"]),
    ("Mutation.walletCredit input.walletId", &["wal"]),
    ("Mutation.walletTransfer input.walletId", &["wal"]),
    ("Mutation.warrantyClaimAppeal input.claimId", &["clm"]),
    ("Mutation.warrantyClaimApprove input.claimId", &["clm"]),
    ("Mutation.warrantyClaimHandOver input.claimId", &["clm"]),
    ("Mutation.warrantyClaimOpen input.deliveryId", &["dlv"]),
    ("Mutation.warrantyClaimProvideInfo input.claimId", &["clm"]),
    ("Mutation.warrantyClaimReject input.claimId", &["clm"]),
    ("Mutation.warrantyClaimRequestInfo input.claimId", &["clm"]),
    ("Mutation.warrantyClaimWithdraw input.claimId", &["clm"]),
    ("Query.quote lines.planId", &["pln"]),
    ("Mutation.orderPlace input.lines.planId", &["pln"]),
    ("Mutation.productPlansSet input.productId", &["prd"]),
    ("Mutation.couponCreate input.variantId", &["var"]),
    ("Mutation.couponDisable input.couponId", &["cpn"]),
    ("Query.recall id", &["rcl"]),
    ("Query.supplierGuard supplierId", &["ten"]),
    ("Query.warrantyClaims where.assigneeId", &["usr"]),
    ("Mutation.claimMessagePost input.claimId", &["clm"]),
    ("Mutation.claimMessageRead input.claimId", &["clm"]),
    ("Mutation.claimMessageRead input.messageId", &["cmm"]),
    ("Mutation.claimNoteAdd input.claimId", &["clm"]),
    ("Mutation.claimOfferAccept input.offerId", &["cof"]),
    ("Mutation.claimOfferDecline input.offerId", &["cof"]),
    ("Mutation.claimOfferMake input.claimId", &["clm"]),
    ("Mutation.deliveryTestConfirm input.deliveryId", &["dlv"]),
    ("Mutation.listingWarrantySet input.variantId", &["var"]),
    ("Mutation.productWarrantySet input.productId", &["prd"]),
    ("Mutation.recallConfirm input.recallId", &["rcl"]),
    ("Mutation.recallCreate input.importId", &["imp"]),
    ("Mutation.supplierGuardSet input.supplierId", &["ten"]),
    ("Mutation.warrantyClaimAssign input.claimId", &["clm"]),
    ("Mutation.warrantyClaimAssign input.userId", &["usr"]),
    ("Query.priceLadder variantId", &["var"]),
    ("Query.priceRulePreview input.childTenantId", &["ten"]),
    ("Query.priceRulePreview input.productId", &["prd"]),
    ("Query.priceRulePreview input.variantId", &["var"]),
    ("Query.cardImports variantId", &["var"]),
    ("Query.orders where.siteId", &["ten"]),
    ("Query.orders where.buyer", &["buy"]),
    ("Query.audit where.actorId", &["usr", "key"]),
    ("Mutation.sessionEnd input.sessionId", &["ses"]),
    ("Mutation.qualificationDecide input.qualificationId", &["qua"]),
    ("Subscription.claimMessages claimId", &["clm"]),
    ("Subscription.orderEvents orderId", &["ord"]),
];

/// Texts that may be ids too.
const ROLES: &[(&str, &[&str])] = &[
    ("Mutation.apiKeyCreate input.role", &["rol"]),
    ("Mutation.grantCreate input.role", &["rol"]),
    ("Mutation.staffCreate input.role", &["rol"]),
];

#[tokio::test]
async fn every_place_that_takes_an_id_is_known_with_the_ids_that_belong_there() {
    let meta = Meta::read().await;
    let mut found: Vec<String> = Vec::new();
    for root in meta.fields() {
        for (path, ty) in meta.inputs(&root) {
            if named(&ty) == "ID" {
                found.push(format!("{} {path}", root.operation()));
            }
        }
    }
    let mut known: Vec<&str> = PLACES.iter().map(|(place, _)| *place).collect();
    found.sort();
    known.sort_unstable();
    assert_eq!(found, known);
}

// The answer without what is each request's own: its id, and the id that was asked for.
fn plain(answer: &str, id: &str) -> String {
    let mut plain = String::new();
    let mut rest = answer;
    while let Some((before, after)) = rest.split_once("\"requestId\":\"") {
        plain += before;
        rest = after.split_once('"').unwrap().1;
    }
    (plain + rest).replace(id, "ID")
}

async fn told(client: &Client, root: &Root, document: &str, variables: &Value) -> (u16, String) {
    if root.kind != "Subscription" {
        return client.text(document, variables).await;
    }
    let mut socket = client.socket().await;
    socket.subscribe("1", document, variables).await;
    (200, socket.hear().await.unwrap().to_string())
}

/// Asks for every thing that `who` may not see, and for nothing in its place: both answers.
async fn probe(meta: &Meta, world: &World, who: &'static str) -> (usize, Vec<String>) {
    let client = &world.actors[who];
    let (mut asked, mut leaks) = (0, Vec::new());
    for (place, kinds) in PLACES.iter().chain(ROLES) {
        let (operation, path) = place.split_once(' ').unwrap();
        let root = meta.field(operation);
        let document = root.document(&meta.selection(&root.ty, 2));
        let mut strangers: BTreeMap<(&str, &str), (u16, String)> = BTreeMap::new();
        for thing in world.things.iter().filter(|thing| kinds.is_empty() || kinds.contains(&thing.kind)) {
            // An order names its site: whoever has a part in it may ask for that site's.
            let names = root.kind == "Mutation" || *place == "Query.orders where.siteId";
            if thing.seen.contains(&who) || (names && thing.named.contains(&who)) {
                continue;
            }
            let ask = |id: String| {
                let variables = meta.variables(&root, path, &json!(id));
                let (root, document) = (&root, &document);
                async move {
                    let (status, text) = told(client, root, document, &variables).await;
                    (status, plain(&text, &id))
                }
            };
            // What is nowhere is the same for every thing of a kind, but a listing's stranger names its site.
            let like = (thing.kind, if thing.kind == "lst" { &thing.id[..36] } else { "" });
            let refused =
                |(_, text): &(u16, String)| text.contains("FORBIDDEN") || text.contains("UNAUTHENTICATED");
            match strangers.get(&like) {
                Some(known) if refused(known) => continue,
                Some(_) => {}
                None => drop(strangers.insert(like, ask(thing.stranger.clone()).await)),
            }
            let (there, nowhere) = (ask(thing.id.clone()).await, &strangers[&like]);
            asked += 1;
            if &there != nowhere || there.1.contains("INTERNAL") || there.1.contains("BAD_REQUEST") {
                leaks.push(format!("{who}, {place}, {}:\n  {there:?}\n  {nowhere:?}", thing.label));
            }
            leaks.extend(spoken(world, who, &there.1).into_iter().map(|what| format!("{place}: {what}")));
        }
    }
    (asked, leaks)
}

#[tokio::test]
async fn what_one_may_not_see_looks_exactly_like_what_does_not_exist() {
    let (meta, world) = (Meta::read().await, World::open().await);
    let (meta, world) = (&meta, &world);
    let kinds: Vec<&str> = world.things.iter().map(|thing| thing.kind).collect();
    for (place, wanted) in PLACES.iter().chain(ROLES) {
        assert!(wanted.iter().all(|kind| kinds.contains(kind)), "nothing to put in {place}");
    }
    let found: Vec<(usize, Vec<String>)> = stream::iter(world.actors.keys().copied())
        .map(|who| async move { probe(meta, world, who).await })
        .buffer_unordered(6)
        .collect()
        .await;
    let asked: usize = found.iter().map(|(asked, _)| asked).sum();
    let leaks: Vec<String> = found.into_iter().flat_map(|(_, leaks)| leaks).collect();
    assert!(leaks.is_empty(), "{} of {asked}:\n{}", leaks.len(), leaks.join("\n"));
    assert!(asked > 2_000, "only {asked} were asked");
}

/// What an answer says that `who` must not be told.
fn spoken(world: &World, who: &str, text: &str) -> Vec<String> {
    let canaries =
        world.canaries.iter().filter(|canary| !canary.told.contains(&who) && text.contains(&canary.text));
    let things = world.things.iter().filter(|thing| {
        !thing.seen.contains(&who)
            && !thing.named.contains(&who)
            && text.contains(&format!("\"{}\"", thing.id))
    });
    canaries
        .map(|canary| format!("{who} is told {}", canary.text))
        .chain(things.map(|thing| format!("{who} is told of {} {}", thing.label, thing.id)))
        .collect()
}

const TYPES: &[(&str, &str, &str)] = &[
    ("ten", "Tenant", ""),
    ("usr", "User", ""),
    ("buy", "Buyer", ""),
    ("prd", "Product", "Query.product"),
    ("var", "Variant", ""),
    ("lst", "Listing", "Query.listing"),
    ("ord", "Order", "Query.order"),
    ("lin", "OrderLine", ""),
    ("dlv", "Delivery", ""),
    ("clm", "WarrantyClaim", "Query.warrantyClaim"),
    ("wal", "Wallet", ""),
    ("imp", "CardImport", "Query.cardImport"),
];

// As deep as the limits let it be: `depth` is how deep that was before.
async fn deepest(
    client: &Client,
    variables: &Value,
    depth: &mut usize,
    document: impl Fn(usize) -> String,
) -> (Value, String) {
    for try_depth in (1..=*depth).rev() {
        let (status, text) = client.text(&document(try_depth), variables).await;
        if status == 200 {
            *depth = try_depth;
            return (serde_json::from_str(&text).unwrap(), text);
        }
        assert!(text.contains("COST_EXCEEDED") || text.contains("deep"), "{}\n{text}", document(try_depth));
    }
    panic!("no selection fits")
}

async fn read_everything(meta: &Meta, world: &World, who: &'static str) -> Vec<String> {
    let client = &world.actors[who];
    let (mut wrong, mut depths) = (Vec::new(), BTreeMap::<String, usize>::new());
    for thing in &world.things {
        let Some((_, ty, typed)) = TYPES.iter().find(|(kind, ..)| *kind == thing.kind) else { continue };
        let ty = meta.get(ty);
        let document = |depth| {
            format!(
                "query($id: ID!) {{ node(id: $id) {{ id ... on {}{} }} }}",
                ty["name"].as_str().unwrap(),
                meta.selection(ty, depth)
            )
        };
        let (answer, text) =
            deepest(client, &json!({"id": thing.id}), depths.entry(thing.kind.into()).or_insert(6), document)
                .await;
        let seen = !answer["data"]["node"].is_null();
        let at = format!("{} {}", thing.kind, thing.label);
        if seen != thing.seen.contains(&who) {
            let not = if seen { "" } else { "not " };
            wrong.push(format!("{who} is {not}shown {at}: {}", answer["errors"]));
        }
        wrong.extend(spoken(world, who, &text).into_iter().map(|what| format!("node of {at}: {what}")));
        let list = client
            .ask(
                "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
                json!({"ids": [thing.stranger, thing.id]}),
            )
            .await;
        let nodes = &list["data"]["nodes"];
        if nodes[0] != Value::Null || nodes[1].is_null() == seen {
            wrong.push(format!("{who}: nodes and node differ on {at}: {list}"));
        }
        if typed.is_empty() {
            continue;
        }
        let root = meta.field(typed);
        let (answer, text) =
            deepest(client, &json!({"id": thing.id}), depths.entry(root.operation()).or_insert(6), |depth| {
                root.document(&meta.selection(&root.ty, depth))
            })
            .await;
        if answer["data"][&root.name].is_null() == seen {
            wrong.push(format!("{who}: {typed} and node differ on {at}: {}", answer["errors"]));
        }
        wrong.extend(spoken(world, who, &text).into_iter().map(|what| format!("{typed} of {at}: {what}")));
    }
    for root in meta.fields().iter().filter(|root| root.kind == "Query") {
        if root.args.iter().any(|arg| arg["type"]["kind"] == "NON_NULL") {
            continue;
        }
        for first in [2, 100] {
            let variables = if root.args.is_empty() { json!({}) } else { json!({"first": first}) };
            let (answer, text) =
                deepest(client, &variables, &mut 6, |depth| root.document(&meta.selection(&root.ty, depth)))
                    .await;
            let errors = answer["errors"].as_array().cloned().unwrap_or_default();
            if errors.iter().any(|error| {
                error["extensions"]["code"] != if who == "visitor" { "UNAUTHENTICATED" } else { "FORBIDDEN" }
            }) {
                wrong.push(format!("{who}: {} {errors:?}", root.name));
            }
            wrong.extend(spoken(world, who, &text).into_iter().map(|what| format!("{}: {what}", root.name)));
        }
    }
    wrong
}

#[tokio::test]
async fn nobody_is_shown_or_told_of_what_is_not_theirs_by_any_path() {
    let (meta, world) = (Meta::read().await, World::open().await);
    let (meta, world) = (&meta, &world);
    let mut wrong: Vec<String> = stream::iter(world.actors.keys().copied())
        .map(|who| async move { read_everything(meta, world, who).await })
        .buffer_unordered(6)
        .concat()
        .await;
    wrong.sort();
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn lists_hold_exactly_what_is_ones_own() {
    let world = World::open().await;
    let lists = [
        ("orders", "ord"),
        ("warrantyClaims", "clm"),
        ("products", "prd"),
        ("buyers", "buy"),
        ("listings", "lst"),
    ];
    for (who, client) in &world.actors {
        for (list, kind) in lists {
            let answer =
                client.ask(&format!("{{ {list}(first: 100) {{ nodes {{ id }} }} }}"), json!({})).await;
            let Some(nodes) = answer["data"][list]["nodes"].as_array() else { continue };
            let mut got: Vec<String> = nodes.iter().map(id).collect();
            let mine = |thing: &&Thing| thing.kind == kind && thing.seen.contains(who);
            let mut want: Vec<String> =
                world.things.iter().filter(mine).map(|thing| thing.id.clone()).collect();
            got.sort();
            want.sort();
            assert_eq!(got, want, "{list} of {who}");
        }
    }
}

#[tokio::test]
async fn who_pays_a_child_site_is_not_told_what_that_has() {
    let world = World::open().await;
    let wallet = world.things.iter().find(|thing| thing.label == "wallet of a").unwrap();
    let input = |wallet: &str, minor: &str| json!({"i": {"walletId": wallet, "amount": {"amount": minor, "currency": "CNY"}, "idempotencyKey": crate::support::fresh("key"), "reference": "bank"}});
    let credit = "mutation($i: WalletCreditInput!) { walletCredit(input: $i) { wallet { available { amount } } errors { code message } } }";
    let credited = world.actors["o"].done(credit, input(&wallet.id, "50.00")).await;
    assert_eq!(minor(&credited["wallet"]["available"]), 5_000);
    let transfer = "mutation($i: WalletTransferInput!) { walletTransfer(input: $i) { wallet { id available { amount } held { amount } } errors { code message } } }";
    let input = |wallet: &str| {
        let mut variables = input(wallet, "1.00");
        variables["i"].as_object_mut().unwrap().remove("reference");
        variables
    };
    let child = world.things.iter().find(|thing| thing.label == "wallet of b").unwrap();
    let paid = world.actors["a"].done(transfer, input(&child.id)).await;
    assert_eq!(paid["wallet"], Value::Null, "a child's balance is its own to know");
    let buyers: BTreeMap<_, _> = world
        .things
        .iter()
        .filter(|thing| thing.label == "a buyer's wallet")
        .map(|thing| (thing.seen[0], thing))
        .collect();
    let paid = world.actors["a"].done(transfer, input(&buyers["ann"].id)).await;
    assert_eq!(uuid(paid["wallet"]["id"].as_str().unwrap()), uuid(&buyers["ann"].id), "a buyer's it may see");
}

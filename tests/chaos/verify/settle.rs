//! What was left open: looked at as the servers left it, then asked again.

use super::{Book, Settle, all};
use crate::{
    history::Said,
    run::{Call, Run},
    support::{id, minor},
    world::{PURSE, STOCK},
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

/// How long one operation is asked for again.
const PATIENCE: Duration = Duration::from_mins(5);

/// What each buyer should have.
pub struct Money {
    /// In minor units.
    pub buyers: Vec<i64>,
}

impl Money {
    /// From the history and from what each claim says was granted, after that was held against the history.
    pub async fn read(run: &Run, book: &Book) -> Self {
        let mut buyers = Vec::new();
        for (at, buyer) in run.world.buyers.iter().enumerate() {
            let orders: i64 = book.orders.values().filter(|order| order.buyer == at).map(paid).sum();
            let brought = book.brought.get(&buyer.wallet).copied().unwrap_or_default();
            let granted = claims(run, book, at).await;
            buyers.push(PURSE + brought - orders + granted);
        }
        Self { buyers }
    }
}

fn paid(order: &super::book::Ordered) -> i64 {
    order.total - order.cancelled.unwrap_or_default()
}

// A buyer's claims are those of the history, each where its steps led; answers what they brought.
async fn claims(run: &Run, book: &Book, buyer: usize) -> i64 {
    let who = &run.world.buyers[buyer].client;
    let fields = "id status desk remedy { kind amount { amount } }";
    let found = all(run, who, "warrantyClaims", fields).await;
    let ids: BTreeSet<&str> = found.iter().map(|claim| claim["id"].as_str().unwrap()).collect();
    let expected = book.claims_of(buyer);
    if ids != expected || ids.len() != found.len() {
        run.violation(format!("buyer {buyer} has claims {ids:?} and should have {expected:?}"));
    }
    let left: Vec<Call> = run.left.lock().unwrap().clone();
    let mut granted = 0;
    for claim in &found {
        let Some(known) = book.claims.get(&id(claim)) else { continue };
        let open = left.iter().filter(|call| call.settle == Settle::Claim(id(claim)));
        let mut possible = vec![stands(known.steps.last())];
        possible.extend(open.map(|call| leads_to(call.op)));
        let now = (claim["status"].as_str().unwrap(), claim["desk"].as_str().unwrap_or_default());
        if !possible.contains(&now) {
            run.violation(format!("{claim} should be {possible:?}: {known:?}"));
        }
        if let Some((_, answered)) = known.steps.iter().find(|(step, _)| step == "warrantyClaimApprove") {
            let remedy = (&answered["remedy"]["kind"], &answered["remedy"]["amount"]);
            if remedy != (&claim["remedy"]["kind"], &claim["remedy"]["amount"]) {
                run.violation(format!("{claim} was answered with {answered}"));
            }
        }
        let amount = &claim["remedy"]["amount"];
        granted += if amount.is_null() { 0 } else { minor(amount) };
    }
    granted
}

fn stands(last: Option<&(String, Value)>) -> (&'static str, &'static str) {
    last.map_or(("SUBMITTED", "SITE"), |(step, _)| leads_to(step))
}

fn leads_to(step: &str) -> (&'static str, &'static str) {
    match step {
        "warrantyClaimApprove" => ("RESOLVED", ""),
        "warrantyClaimReject" => ("REJECTED", ""),
        "warrantyClaimWithdraw" => ("WITHDRAWN", ""),
        "warrantyClaimHandOver" => ("SUBMITTED", "SUPPLIER"),
        other => panic!("{other}?"),
    }
}

/// Takes into the book what was done of the operations that are left: as their keys say, or as the object does.
pub async fn by_looking(run: &Run, book: &mut Book) {
    let left: Vec<Call> = run.left.lock().unwrap().clone();
    let done = keys(run, &left).await;
    for call in &left {
        match &call.settle {
            Settle::Key => {
                if let Some(result) = done.get(&call.key) {
                    book.done(run, call.op, &call.key, &call.facts, &synthetic(call, result));
                }
            }
            Settle::Order(order) => {
                let query = "query($o: ID!) { order(id: $o) { id refunded { amount } } }";
                let order = run.look(&call.who, query, json!({"o": order})).await;
                if minor(&order["refunded"]) > 0 {
                    book.done(run, call.op, &call.key, &call.facts, &json!({"order": order}));
                }
            }
            // Where each may stand is said with the claims.
            Settle::Claim(_) | Settle::Nothing => {}
        }
    }
    run.history.note(&format!(
        "{} operations were left open; {} of their keys had been used",
        left.len(),
        done.len()
    ));
}

// Which of the keys have had their effect, and what it was.
async fn keys(run: &Run, left: &[Call]) -> BTreeMap<String, uuid::Uuid> {
    let keys: Vec<&str> = left.iter().filter(|c| c.settle == Settle::Key).map(|call| &*call.key).collect();
    let mut connection = run.cluster.patient().await;
    let found: Vec<(String, uuid::Uuid)> =
        sqlx::query_as("select key, result_id from idempotency where key = any($1)")
            .bind(&keys)
            .fetch_all(&mut connection)
            .await
            .unwrap();
    let count = found.len();
    let found: BTreeMap<String, uuid::Uuid> = found.into_iter().collect();
    if found.len() != count {
        run.violation(format!("a key was used twice: {found:?}"));
    }
    found
}

// What the answer would have said.
fn synthetic(call: &Call, result: &uuid::Uuid) -> Value {
    let object = |prefix: &str| json!({"id": format!("{prefix}_{}", result.simple())});
    match call.op {
        "orderPlace" => json!({"order": object("ord")}),
        "cardsImport" => json!({"import": object("imp")}),
        "warrantyClaimOpen" => json!({"claim": object("clm")}),
        _ => json!({}),
    }
}

/// Asks again for everything that has a key. What had been done is answered with the same object: the book
/// sees to that; what had not is done now, or refused.
pub async fn by_asking(run: &Run, book: &mut Book) {
    let left: Vec<Call> = std::mem::take(&mut *run.left.lock().unwrap());
    for call in left {
        run.history.counts.resolved.fetch_add(1, Ordering::SeqCst);
        if call.settle == Settle::Key {
            let said = insist(run, &call).await;
            let event = if matches!(said, Said::Done(_)) { "ok" } else { "fail" };
            let (facts, is) = (&call.facts, format!("{said:?}"));
            run.history.line(
                "asked again",
                json!({"op": call.op, "key": call.key, "facts": facts, "so": event, "is": is}),
            );
            if let Said::Refused(why) = &said
                && book.knows(&call)
            {
                run.violation(format!("{} was done, and is refused now: {why}", call.key));
            }
            if let Said::Done(payload) = said {
                if call.op == "cardsImport" {
                    run.imports.lock().unwrap().push(call.clone());
                }
                book.done(run, call.op, &call.key, &call.facts, &payload);
            }
        } else if let Settle::Claim(_) = call.settle {
            // It stays where it was found; it is held against both possibilities again.
            run.left.lock().unwrap().push(call);
        }
    }
}

async fn insist(run: &Run, call: &Call) -> Said {
    let started = Instant::now();
    let mut turn = 0;
    loop {
        let url = run.nodes[turn % 2].url();
        turn += 1;
        let answer = call.who.attempt(&url, &call.document, &call.variables, PATIENCE).await;
        match Said::of(answer) {
            said @ (Said::Done(_) | Said::Refused(_) | Said::Denied(_)) => return said,
            why => assert!(started.elapsed() < PATIENCE, "{} is not answered: {why:?}", call.key),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Every import that was answered is there with all its cards, and nothing else is: the same call goes on with one
/// that was cut off.
pub async fn imports(run: &Run, book: &Book) {
    let calls: Vec<Call> = run.imports.lock().unwrap().clone();
    for call in &calls {
        let started = Instant::now();
        loop {
            let said = insist(run, call).await;
            let Said::Done(payload) = said else {
                run.violation(format!("{} is refused now: {said:?}", call.key));
                break;
            };
            let import = &payload["import"];
            if import["status"] == "DONE" {
                let wanted = book.imports.get(&id(import));
                if wanted.is_none_or(|wanted| import["accepted"] != json!(wanted)) {
                    run.violation(format!("{import} should have accepted {wanted:?}"));
                }
                break;
            }
            assert!(started.elapsed() < PATIENCE, "an import does not come to its end: {payload}");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
    let mut connection = run.cluster.patient().await;
    let cards: i64 =
        sqlx::query_scalar("select count(*) from card").fetch_one(&mut connection).await.unwrap();
    let wanted = STOCK as u64 + book.imports.values().sum::<u64>();
    if u64::try_from(cards).unwrap() != wanted {
        run.violation(format!("{cards} cards are there, {wanted} were imported"));
    }
}

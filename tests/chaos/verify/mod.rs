//! Afterwards: what is there is held against the history.

mod book;
mod floors;
mod logs;
mod settle;

use crate::{
    faults::Tally,
    followers::Followers,
    run::{Run, Settle},
    support::{Client, id, minor},
};
use book::Book;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

/// How long queues may take to drain once nothing is asked any more.
const DRAIN: Duration = Duration::from_mins(5);

/// Everything that must hold.
pub async fn everything(run: &Run, mut followers: Followers, tally: &Tally) {
    quiet(run).await;
    let mut book = Book::read(run.history.path(), run);
    settle::by_looking(run, &mut book).await;
    let money = settle::Money::read(run, &book).await;
    orders(run, &book, &money).await;
    run.history.note("every order, claim and wallet is as the history says, before anything is asked again");
    settle::by_asking(run, &mut book).await;
    quiet(run).await;
    let money = settle::Money::read(run, &book).await;
    orders(run, &book, &money).await;
    books(run, &book).await;
    settle::imports(run, &book).await;
    reveal(run, &mut book).await;
    run.history.note("what was not known is all or nothing, and once");
    logs::followed(run, &followers).await;
    followers.end().await;
    check(run);
    run.history.note("cardamom check has looked at everything");
    floors::reached(run, &book, &followers, tally);
    let violations = run.violations.lock().unwrap();
    assert!(violations.is_empty(), "{} sentences do not hold:\n{}", violations.len(), violations.join("\n"));
}

// Waits until the database does nothing for anybody, and every event has its number.
async fn quiet(run: &Run) {
    let started = Instant::now();
    let mut calm = 0;
    while calm < 3 {
        let mut connection = run.cluster.patient().await;
        let busy: i64 = sqlx::query_scalar(
            "select (select count(*) from pg_stat_activity
                      where backend_type = 'client backend' and pid <> pg_backend_pid()
                        and state <> 'idle' and xact_start < now() - interval '200 milliseconds')
                  + (select count(*) from outbox)",
        )
        .fetch_one(&mut connection)
        .await
        .unwrap();
        calm = if busy == 0 { calm + 1 } else { 0 };
        assert!(started.elapsed() < DRAIN, "{busy} transactions and events still wait");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    run.history.note(&format!("all is quiet after {} ms", started.elapsed().as_millis()));
}

// Each buyer's orders and wallet: those that were acknowledged, once each, and no others.
async fn orders(run: &Run, book: &Book, money: &settle::Money) {
    for (at, buyer) in run.world.buyers.iter().enumerate() {
        let found = all(run, &buyer.client, "orders", "id status total { amount } refunded { amount }").await;
        let ids: BTreeSet<&str> = found.iter().map(|order| order["id"].as_str().unwrap()).collect();
        let expected = book.orders_of(at);
        if ids != expected || ids.len() != found.len() {
            let (more, less): (Vec<_>, Vec<_>) =
                (ids.difference(&expected).collect(), expected.difference(&ids).collect());
            run.violation(format!(
                "buyer {at}: orders that nobody placed: {more:?}; that are lost: {less:?}"
            ));
        }
        for order in &found {
            let Some(known) = book.orders.get(&id(order)) else { continue };
            if minor(&order["total"]) != known.total {
                run.violation(format!("{} costs {}, not {}", order["id"], order["total"], known.total));
            }
            if let Some(back) = known.cancelled
                && (minor(&order["refunded"]) != back || back == 0)
            {
                run.violation(format!("{order} was given up for {back}"));
            }
        }
        let wallet =
            run.look(&buyer.client, "{ wallet { available { amount } held { amount } } }", json!({}));
        let wallet = wallet.await;
        let (has, should) = (minor(&wallet["available"]), money.buyers[at]);
        if has != should || minor(&wallet["held"]) != 0 {
            run.violation(format!("buyer {at} has {has} and should have {should}"));
        }
    }
}

// Money in is money there, by the trial balance and by what each wallet shows.
async fn books(run: &Run, book: &Book) {
    let world = &run.world;
    let query = "{ trialBalance { balanced lines { account debit { amount } credit { amount } } } }";
    let balance = run.look(&world.shop.operator, query, json!({})).await;
    let lines: BTreeMap<String, i64> = balance["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            (line["account"].as_str().unwrap().into(), minor(&line["credit"]) - minor(&line["debit"]))
        })
        .collect();
    let line = |name: &str| lines.get(name).copied().unwrap_or_default();
    if balance["balanced"] != json!(true) || lines.values().sum::<i64>() != 0 {
        run.violation(format!("the books do not balance: {balance}"));
    }
    if line("GATEWAY_CLEARING") != -book.credited {
        run.violation(format!("{} came in, and the books say {lines:?}", book.credited));
    }
    let (mut buyers, mut sites, mut held) = (0, 0, 0);
    let shop = &world.shop;
    let tenants = [&shop.operator, &shop.supplier.owner, &shop.a.owner];
    let tenants = tenants.into_iter().chain(world.places.iter().map(|place| &place.site.owner));
    for who in tenants {
        let wallet = run.look(who, "{ wallet { available { amount } held { amount } } }", json!({})).await;
        sites += minor(&wallet["available"]);
        held += minor(&wallet["held"]);
    }
    for buyer in &world.buyers {
        let wallet = run.look(&buyer.client, "{ wallet { available { amount } } }", json!({})).await;
        buyers += minor(&wallet["available"]);
    }
    let fees = line("NETWORK_FEES");
    let shown = (buyers, sites + held);
    let booked = (line("BUYER_WALLET"), line("TENANT_WALLET") + line("TENANT_HELD"));
    if shown != booked || buyers + sites + held + fees != book.credited {
        run.violation(format!("wallets show {shown:?}, the books {booked:?}: {lines:?}"));
    }
    let told = format!(
        "{} came in: {buyers} with buyers, {sites} with tenants, {held} held, {fees} fees",
        book.credited
    );
    run.history.note(&told);
}

// A sample of what was bought: no card is in two hands.
async fn reveal(run: &Run, book: &mut Book) {
    const EACH: usize = 20;
    for buyer in &run.world.buyers {
        let orders = "{ orders(first: 20) { nodes { lines { deliveries { id status } } } } }";
        let orders = run.look(&buyer.client, orders, json!({})).await;
        let deliveries = orders["nodes"].as_array().unwrap().iter();
        let deliveries = deliveries.flat_map(|order| order["lines"].as_array().unwrap());
        let deliveries = deliveries.flat_map(|line| line["deliveries"].as_array().unwrap());
        for delivery in deliveries.take(EACH) {
            let answer = run.look(&buyer.client, crate::support::REVEAL, json!({"d": id(delivery)})).await;
            if let Some(secret) = answer["content"]["secret"].as_str() {
                book.revealed(run, &id(delivery), secret);
            }
        }
    }
    book.check_secrets(run);
}

// Every row of a list.
async fn all(run: &Run, who: &Client, list: &str, fields: &str) -> Vec<Value> {
    let document = format!(
        "query($a: String) {{ {list}(first: 100, after: $a) {{ nodes {{ {fields} }} pageInfo {{ hasNextPage endCursor }} }} }}"
    );
    let (mut rows, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = run.look(who, &document, json!({"a": after})).await;
        rows.extend(page["nodes"].as_array().unwrap().iter().cloned());
        if page["pageInfo"]["hasNextPage"] != json!(true) {
            return rows;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

fn check(run: &Run) {
    let (code, out, error) = tokio::task::block_in_place(|| run.nodes[0].command(&["check"]));
    if code != 0 {
        let broken: Vec<&str> = out.lines().filter(|line| !line.starts_with("ok ")).collect();
        run.violation(format!("cardamom check: {error}\n{}", broken.join("\n")));
    }
}

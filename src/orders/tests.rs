//! The two ways of placing orders against a real PostgreSQL: what they do is the same, to the row.

mod script;
mod world;

use super::{
    batch::{self, Asked, Outcome},
    engine::Engine,
    place_order::{self, Placed, place_order},
};
use crate::foundation::{No, config::OrderEngine};
use script::{Call, Script};
use std::collections::{BTreeMap, HashSet};
use world::World;

// What a call came to, in words that do not depend on ids made on the way.
fn said(outcome: &Result<Placed, No>, orders: &mut BTreeMap<uuid::Uuid, usize>, at: usize) -> String {
    match outcome {
        Ok(placed) => {
            let first = *orders.entry(placed.id.0).or_insert(at);
            format!("the order of call {first}")
        }
        Err(No::Refused(refusals)) => format!("{refusals:?}"),
        Err(other) => format!("{other:?}"),
    }
}

// As the engine does: a key that is in the batch already begins the next one.
async fn together(world: &World, calls: &[Call]) -> Vec<Result<Placed, No>> {
    let mut done = Vec::new();
    let mut rest = calls;
    while !rest.is_empty() {
        let mut keys = HashSet::new();
        let fits = rest.iter().take_while(|call| keys.insert((call.buyer, call.key.clone()))).count();
        let (now, later) = rest.split_at(fits);
        let asked: Vec<Asked> = now
            .iter()
            .map(|call| {
                let (permit, request) = world.ask(call);
                let buyer = place_order::check(&permit, &request).unwrap();
                Asked::new(permit, buyer, request)
            })
            .collect();
        for outcome in batch::settle(&world.db, world.network, &asked).await.unwrap() {
            match outcome {
                Outcome::Decided(decided) => done.push(decided),
                Outcome::Alone => panic!("nobody else is here to wait for"),
            }
        }
        rest = later;
    }
    done
}

async fn one_by_one(world: &World, calls: &[Call]) -> Vec<Result<Placed, No>> {
    let mut done = Vec::new();
    for call in calls {
        let (permit, request) = world.ask(call);
        done.push(place_order(&world.db, permit, request).await);
    }
    done
}

#[tokio::test]
async fn the_same_random_script_through_both_ways_gives_the_same_answers_and_the_same_database() {
    for seed in [1, 2, 3] {
        let (plain, batched) = tokio::join!(World::new(seed), World::new(seed));
        let mut script = Script::new(seed);
        let (mut seen_plain, mut seen_batched) = (BTreeMap::new(), BTreeMap::new());
        let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
        let mut at = 0;
        for _ in 0..25 {
            let change = script.change();
            plain.change(&change).await;
            batched.change(&change).await;
            let calls = script.calls(&plain).await;
            let (one, other) = (one_by_one(&plain, &calls).await, together(&batched, &calls).await);
            for ((call, one), other) in calls.iter().zip(&one).zip(&other) {
                let (a, b) = (said(one, &mut seen_plain, at), said(other, &mut seen_batched, at));
                assert_eq!(a, b, "seed {seed}, call {at}: {call:?}");
                let kind = match one {
                    Ok(_) if a == format!("the order of call {at}") => "sold".to_owned(),
                    Ok(_) => "again".to_owned(),
                    Err(No::Refused(refusals)) => refusals[0].code.to_string(),
                    Err(other) => format!("{other:?}"),
                };
                *outcomes.entry(kind).or_default() += 1;
                at += 1;
            }
            // What the engine answers without reading is what a reader reads.
            for placed in other.iter().flatten() {
                batched.same_as_read(placed).await;
            }
        }
        let (one, other) = (plain.dump().await, batched.dump().await);
        for (table, rows) in &one {
            assert_eq!(rows, &other[table], "seed {seed}, {table}");
        }
        for kind in [
            "sold",
            "again",
            "PRICE_CHANGED",
            "INSUFFICIENT_FUNDS",
            "OUT_OF_STOCK",
            "NOT_SELLABLE",
            "NOT_FOUND",
            "IDEMPOTENCY_KEY_REUSED",
        ] {
            assert!(
                outcomes.get(kind).is_some_and(|count| *count >= 3),
                "seed {seed} tried too little: {outcomes:?}"
            );
        }
        plain.close().await;
        batched.close().await;
    }
}

#[tokio::test]
async fn a_loser_takes_nothing_from_a_winner_and_a_locked_wallet_holds_up_nobody_else() {
    let world = World::new(7).await;
    let engine = Engine::new(world.db.clone(), OrderEngine::Batch);
    // Buyer 0's wallet is in use elsewhere.
    let mut elsewhere = world.lock_wallet(0).await;
    let calls: Vec<Call> = (0..world::BUYERS).map(|buyer| Call::one(buyer, &format!("k{buyer}"))).collect();
    let prices = world.prices(&calls).await;
    let placing: Vec<_> = calls
        .iter()
        .zip(prices)
        .map(|(call, price)| {
            let (permit, request) = world.ask(&Call { expected: price, ..call.clone() });
            let engine = engine.clone();
            tokio::spawn(async move { engine.place(permit, request).await })
        })
        .collect();
    let mut placing = placing.into_iter();
    let waiting = placing.next().unwrap();
    for other in placing {
        assert!(other.await.unwrap().is_ok(), "the others were sold to");
    }
    assert!(!waiting.is_finished());
    elsewhere.finish().await;
    assert!(waiting.await.unwrap().is_ok(), "and then the first");
    world.close().await;
}

#[tokio::test]
async fn who_was_revoked_a_moment_ago_buys_nothing_though_still_remembered() {
    let world = World::new(8).await;
    let engine = Engine::new(world.db.clone(), OrderEngine::Batch);
    let call = Call::one(1, "k");
    let price = world.prices(std::slice::from_ref(&call)).await[0];
    let call = Call { expected: price, ..call };
    let (permit, request) = world.ask(&call);
    world.revoke(1).await;
    let before = world.dump().await;
    assert!(matches!(engine.place(permit, request).await, Err(No::Unauthenticated)));
    assert_eq!(world.dump().await, before);
    // A change that is somebody else's stops nobody.
    let (permit, request) = world.ask(&Call { buyer: 2, ..call });
    assert!(engine.place(permit, request).await.is_ok());
    world.close().await;
}

//! What somebody who arrives does: buys, claims, pays, imports, sets prices, gives and takes rights.

mod claims;
mod orders;
mod tenants;

use crate::{
    plan::Dice,
    run::{Call, Run, Settle},
    support::Client,
};
use serde_json::Value;
use std::sync::Arc;

pub use tenants::CARDS;

/// What one arrival has at hand.
struct Way<'a> {
    run: &'a Run,
    number: u64,
    dice: Dice,
}

/// One arrival, from its first request to its last.
pub async fn arrive(run: Arc<Run>, number: u64) {
    let mut way = Way { run: &run, number, dice: Dice::of(run.plan.seed, "arrival", number) };
    match way.dice.below(100) {
        0..58 => way.buy().await,
        58..67 => way.by_hand().await,
        67..75 => way.credit().await,
        75..83 => way.transfer().await,
        83..88 => way.import().await,
        88..92 => way.price().await,
        92..96 => way.grant().await,
        _ => way.in_vain().await,
    }
}

impl Way<'_> {
    /// A buyer, the busy site's rather than another's.
    fn somebody(&mut self) -> usize {
        let world = &self.run.world;
        let hot = usize::try_from(self.run.plan.hot_buyers).unwrap();
        let (from, to) = if self.dice.chance(60) { (0, hot) } else { (hot, world.buyers.len()) };
        from + usize::try_from(self.dice.below((to - from) as u64)).unwrap()
    }

    fn call(
        &self,
        op: &'static str,
        who: &Client,
        document: &str,
        variables: Value,
        facts: Value,
        settle: Settle,
    ) -> Call {
        let key = format!("{op}-{}", self.number);
        Call { op, key, who: who.clone(), document: document.into(), variables, facts, settle }
    }
}

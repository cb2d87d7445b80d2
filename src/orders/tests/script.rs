//! Random scripts of orders and of what happens between them.

use super::world::{BUYERS, PLANS, SITES, VARIANTS, World};

/// A small generator: the same seed, the same script.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// 0 … `sides` - 1.
    pub(super) fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % sides
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }
}

/// One order that is asked for.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) buyer: usize,
    pub(super) key: String,
    /// Variants, one past the last for one that is not there, and how many, and with which plan, one past the last
    /// for one that is not there.
    pub(super) lines: Vec<(usize, i32, Option<usize>)>,
    /// Minor units.
    pub(super) expected: i64,
}

impl Call {
    /// One of the variant that there is most of, at the buyer's own site.
    pub(super) fn one(buyer: usize, key: &str) -> Self {
        Self { buyer, key: key.into(), lines: vec![(0, 1, None)], expected: 0 }
    }
}

/// What happens between two rounds of orders.
#[derive(Debug)]
pub(super) enum Change {
    Nothing,
    /// A site's mark-up on everything, in basis points.
    Markup(usize, i64),
    /// A site shows a variant, or does not.
    Hide(usize, usize, bool),
    /// A supplier trades, or does not.
    Supplier(bool),
    /// A site trades, or does not.
    Site(usize, bool),
    /// So many new cards of a variant.
    Cards(usize, usize),
    /// The last plan is offered, or is not.
    Plan(bool),
}

pub(super) struct Script {
    dice: Dice,
    made: Vec<Call>,
    round: usize,
}

impl Script {
    pub(super) fn new(seed: u64) -> Self {
        Self { dice: Dice::new(seed), made: Vec::new(), round: 0 }
    }

    pub(super) fn change(&mut self) -> Change {
        let dice = &mut self.dice;
        self.round += 1;
        // What was stopped in one round goes on in the next.
        match self.round % 10 {
            3 => return Change::Supplier(false),
            4 => return Change::Supplier(true),
            7 => return Change::Site(self.round % SITES, false),
            8 => return Change::Site((self.round - 1) % SITES, true),
            _ => {}
        }
        match dice.roll(5) {
            0 => Change::Markup(dice.roll(SITES), i64::try_from(dice.roll(3_000)).unwrap()),
            1 => Change::Hide(dice.roll(SITES), dice.roll(VARIANTS), dice.one_in(2)),
            2 => Change::Cards(dice.roll(VARIANTS), dice.roll(6)),
            3 => Change::Plan(dice.one_in(2)),
            _ => Change::Nothing,
        }
    }

    /// A round of orders; most expect the right total.
    pub(super) async fn calls(&mut self, world: &World) -> Vec<Call> {
        let mut calls = Vec::new();
        for n in 0..=self.dice.roll(24) {
            if !self.made.is_empty() && self.dice.one_in(5) {
                let mut again = self.made[self.dice.roll(self.made.len())].clone();
                if self.dice.one_in(3) {
                    again.lines[0].1 += 1;
                }
                calls.push(again);
                continue;
            }
            let buyer = self.dice.roll(BUYERS);
            let lines = (0..=self.dice.roll(3))
                .map(|_| {
                    let variant = if self.dice.one_in(40) { VARIANTS } else { self.dice.roll(VARIANTS) };
                    let quantity = i32::try_from(1 + self.dice.roll(3)).unwrap();
                    let plan = if self.dice.one_in(30) { PLANS } else { self.dice.roll(PLANS) };
                    (variant, quantity, self.dice.one_in(2).then_some(plan))
                })
                .collect();
            calls.push(Call { buyer, key: format!("{}-{n}", self.round), lines, expected: 1 });
        }
        let prices = world.prices(&calls).await;
        for (call, price) in calls.iter_mut().zip(prices) {
            let known = self.made.iter().any(|made| (made.buyer, &made.key) == (call.buyer, &call.key));
            if !known {
                call.expected = if self.dice.one_in(12) { price + 1 } else { price };
                self.made.push(call.clone());
            }
        }
        calls
    }
}

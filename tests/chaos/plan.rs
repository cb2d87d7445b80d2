//! What a run is made of: its seed, how long it lasts, how much must have happened.

use std::time::{Duration, Instant};

/// A run that was asked for by nothing but `cargo test`.
const SHORT: u64 = 40;
/// From this many seconds on a run is a long one.
const LONG: u64 = 240;

/// One run.
pub struct Plan {
    /// Every choice follows from it.
    pub seed: u64,
    /// How long it lasts until the load stops, if by then enough has happened.
    pub lasts: Duration,
    /// How long that is at most: a run that is waited for has its bound from its start.
    pub at_most: Duration,
    /// When it began.
    pub began: Instant,
    /// The sites that orders are spread over, beside the hot one.
    pub sites: u64,
    /// Buyers of the hot site.
    pub hot_buyers: u64,
    /// Buyers of each other site.
    pub buyers: u64,
    /// How long the outsider keeps its transaction open.
    pub outsider: Duration,
    /// Operations between two faults, at least; up to as many more.
    pub between: u64,
    /// What must have happened.
    pub floors: Floors,
}

/// A run that did less has shown nothing.
pub struct Floors {
    /// Orders that were acknowledged.
    pub orders: u64,
    /// How often each kind of fault came.
    pub faults: u64,
    /// Operations whose outcome was not known at first.
    pub unknown: u64,
    /// Operations that were refused.
    pub refused: u64,
    /// Imports that were acknowledged.
    pub imports: u64,
    /// Times that money went back to a buyer.
    pub refunds: u64,
    /// Claims that were opened.
    pub claims: u64,
    /// Grants that were taken back.
    pub revokes: u64,
    /// Events that each log's followers have seen together.
    pub events: u64,
}

impl Plan {
    /// As `CARDAMOM_CHAOS_SEED` and `CARDAMOM_CHAOS_SECONDS` say.
    pub fn read() -> Self {
        let number = |name: &str| {
            let text = std::env::var(name).ok().filter(|text| !text.is_empty())?;
            Some(text.parse::<u64>().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
        };
        let seed = number("CARDAMOM_CHAOS_SEED").unwrap_or_else(any);
        let seconds = number("CARDAMOM_CHAOS_SECONDS").unwrap_or(SHORT);
        let long = seconds >= LONG;
        let pick = |short, of_long| if long { of_long } else { short };
        Self {
            seed,
            lasts: Duration::from_secs(seconds),
            at_most: Duration::from_secs(pick(seconds.max(SHORT) * 25, seconds + 40)),
            began: Instant::now(),
            sites: pick(4, 12),
            hot_buyers: pick(6, 24),
            buyers: pick(2, 4),
            outsider: Duration::from_secs(pick(5, 20)),
            between: pick(12, 20),
            floors: Floors {
                orders: pick(120, 500),
                faults: pick(1, 2),
                unknown: pick(5, 30),
                refused: pick(5, 40),
                imports: pick(3, 25),
                refunds: pick(5, 40),
                claims: pick(8, 60),
                revokes: pick(1, 8),
                events: pick(500, 4_000),
            },
        }
    }
}

fn any() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    u64::from(now.subsec_nanos()) ^ now.as_secs() ^ u64::from(std::process::id()).rotate_left(20)
}

/// Chance that repeats (SplitMix64): one for each purpose, so that what one asks of it changes no other.
pub struct Dice(u64);

impl Dice {
    /// The `number`th dice for a purpose.
    pub fn of(seed: u64, purpose: &str, number: u64) -> Self {
        let mut dice = Self(seed);
        for word in purpose.bytes().map(u64::from).chain([number]) {
            dice.0 = dice.next() ^ word;
        }
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// Whether something happens that does in so many of a hundred cases.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let at = self.below(u64::try_from(of.len()).unwrap());
        &of[usize::try_from(at).unwrap()]
    }

    /// Another order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            let other = self.below(u64::try_from(at + 1).unwrap());
            items.swap(at, usize::try_from(other).unwrap());
        }
    }
}

//! Random numbers that are the same in every run (splitmix64): a choice costs nothing and can be repeated.

/// What a stream moves on by.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// A stream of them.
pub(super) struct Dice(u64);

impl Dice {
    /// The stream of that seed. It begins anywhere: streams whose beginnings are a few steps apart would say the
    /// same numbers a little later, and so name two orders by one key.
    pub(super) fn new(seed: u64) -> Self {
        Self(mixed(mixed(seed ^ 0x1234_5678_9abc_def1)))
    }

    /// The next number.
    pub(super) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mixed(self.0)
    }

    /// One of them, each as likely as the next; there is at least one.
    pub(super) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let count = u64::try_from(of.len()).unwrap_or(u64::MAX);
        &of[usize::try_from(self.roll() % count.max(1)).unwrap_or_default()]
    }
}

fn mixed(state: u64) -> u64 {
    let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_stream_says_what_another_says_later() {
        let mut said = HashSet::new();
        for seed in (1..4).flat_map(|run: u64| (0..64).map(move |number| run << 32 | number)) {
            let mut dice = Dice::new(seed);
            assert!((0..1_000).all(|_| said.insert(dice.roll())));
        }
    }
}

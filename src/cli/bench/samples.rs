//! Times, every one of them kept: percentiles are exact.

use std::time::Duration;

/// Times in microseconds.
#[derive(Default)]
pub(super) struct Samples {
    times: Vec<u64>,
    sorted: bool,
}

impl Samples {
    /// Adds one.
    pub(super) fn add(&mut self, time: Duration) {
        self.times.push(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
        self.sorted = false;
    }

    /// Adds all of another's.
    pub(super) fn join(&mut self, other: Self) {
        self.times.extend(other.times);
        self.sorted = false;
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.times.len()
    }

    /// The time that so many of a thousand do not exceed; milliseconds, 0 where there is none.
    pub(super) fn of_thousand(&mut self, count: usize) -> f64 {
        if !self.sorted {
            self.times.sort_unstable();
            self.sorted = true;
        }
        let at = (self.times.len() * count).div_ceil(1_000).saturating_sub(1);
        let time = self.times.get(at).copied().unwrap_or_default();
        Duration::from_micros(time).as_secs_f64() * 1_000.0
    }

    /// Half of them are below; milliseconds.
    pub(super) fn median(&mut self) -> f64 {
        self.of_thousand(500)
    }

    /// One of a hundred is above; milliseconds.
    pub(super) fn p99(&mut self) -> f64 {
        self.of_thousand(990)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_sorted_times() {
        let mut samples = Samples::default();
        assert!(samples.p99().abs() < f64::EPSILON);
        for time in (1..=1_000).rev() {
            samples.add(Duration::from_millis(time));
        }
        assert!((samples.median() - 500.0).abs() < f64::EPSILON);
        assert!((samples.p99() - 990.0).abs() < f64::EPSILON);
        assert!((samples.of_thousand(1_000) - 1_000.0).abs() < f64::EPSILON);
        let mut one = Samples::default();
        one.add(Duration::from_micros(1_500));
        one.join(Samples::default());
        assert!((one.p99() - 1.5).abs() < f64::EPSILON && one.count() == 1);
    }
}

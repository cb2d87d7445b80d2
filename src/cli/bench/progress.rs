//! What is going on: a bar on a terminal, a line a step elsewhere.

use std::{
    io::{IsTerminal, Write},
    time::Duration,
};
use tokio::time::{Instant, MissedTickBehavior};

/// How wide the bar is.
const WIDTH: u32 = 30;

/// Says a step.
pub(super) fn step(what: &str) {
    eprintln!("{what}");
}

/// Does work that is expected to take that long, and shows how far it is.
pub(super) async fn during<R>(what: &str, time: Duration, work: impl Future<Output = R>) -> R {
    if !std::io::stderr().is_terminal() {
        step(&format!("{what}, {} s", time.as_secs()));
        return work.await;
    }
    let began = Instant::now();
    let mut often = tokio::time::interval(Duration::from_millis(500));
    often.set_missed_tick_behavior(MissedTickBehavior::Skip);
    tokio::pin!(work);
    let done = loop {
        tokio::select! {
            done = &mut work => break done,
            _ = often.tick() => draw(&bar(what, began.elapsed(), time)),
        }
    };
    draw(&bar(what, time, time));
    eprintln!();
    done
}

// Nobody reads it: no reason to stop.
fn draw(text: &str) {
    let mut err = std::io::stderr().lock();
    let _ = write!(err, "\r{text}").and_then(|()| err.flush());
}

fn bar(what: &str, passed: Duration, time: Duration) -> String {
    let parts = (passed.as_millis() * u128::from(WIDTH) / time.as_millis().max(1)).min(u128::from(WIDTH));
    let parts = usize::try_from(parts).unwrap_or_default();
    let rest = usize::try_from(WIDTH).unwrap_or_default() - parts;
    format!("{what} [{}{}] {} of {} s", "#".repeat(parts), ".".repeat(rest), passed.as_secs(), time.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_the_time_that_has_passed() {
        let half = bar("x", Duration::from_secs(5), Duration::from_secs(10));
        assert_eq!(half, format!("x [{}{}] 5 of 10 s", "#".repeat(15), ".".repeat(15)));
        assert!(bar("x", Duration::from_secs(20), Duration::from_secs(10)).contains(&"#".repeat(30)));
        assert!(bar("x", Duration::ZERO, Duration::ZERO).contains('.'));
    }
}

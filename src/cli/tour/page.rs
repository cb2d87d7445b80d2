//! What the tour prints: numbered steps, what came of each, and what was pushed meanwhile.

use crate::cli::say;
use std::{io::IsTerminal, time::Instant};

/// Where the story is written.
pub(super) struct Page {
    colour: bool,
    step: u32,
    title: &'static str,
    began: Instant,
}

impl Page {
    /// Begins.
    pub(super) fn open(url: &str) -> Self {
        let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        let page = Self { colour, step: 0, title: "before the first step", began: Instant::now() };
        say(&page.style("1", &format!("A tour of cardamom at {url}")));
        page
    }

    /// The next step.
    pub(super) fn step(&mut self, title: &'static str) {
        self.step += 1;
        self.title = title;
        let number = self.style("32", &format!("{:>2}", self.step));
        say(&format!("\n{number}  {}", self.style("1", title)));
    }

    /// What was pushed.
    pub(super) fn pushed(&self, text: &str) {
        say(&self.style("2", &format!("    ⇢ {text}")));
    }

    /// The end, where every step was as it should be.
    pub(super) fn close(&self, text: &str) {
        let seconds = self.began.elapsed().as_secs_f64();
        let all = format!("All {} steps are as they should be, in {seconds:.1} s.", self.step);
        say(&format!("\n{}\n{text}", self.style("1;32", &all)));
    }

    /// Where the story is, for when it ends too soon.
    pub(super) fn place(&self) -> String {
        format!("step {}, {}", self.step, self.title)
    }

    fn style(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// What came of a step.
pub(super) fn line(text: &str) {
    say(&format!("    {text}"));
}

/// Minor units as people write them.
pub(super) fn yuan(minor: i64) -> String {
    let (sign, size) = (if minor < 0 { "−" } else { "" }, minor.unsigned_abs());
    format!("{sign}{}.{:02}", size / 100, size % 100)
}

/// A card as it may be shown: its ends.
pub(super) fn masked(secret: &str) -> String {
    let end = secret.chars().count().saturating_sub(2);
    let shown = |c: char, at: usize| if at < 5 || at >= end || c == '-' { c } else { '•' };
    secret.chars().enumerate().map(|(at, c)| shown(c, at)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_cards_are_written_for_people() {
        assert_eq!(yuan(9_540), "95.40");
        assert_eq!(yuan(-5), "−0.05");
        assert_eq!(masked("TOUR-9F2K-77QX"), "TOUR-••••-••QX");
    }
}

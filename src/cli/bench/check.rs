//! `cardamom check` beside the server that was measured.

use super::{Bench, child::Child, progress::step, row::Row};
use anyhow::{Context, Result};
use std::time::{Duration, Instant};

/// What it found.
pub(super) enum Checked {
    /// It was not asked.
    LeftOut,
    /// Everything as it should be, or not.
    Done {
        /// Nothing is broken.
        clean: bool,
        /// Its last line, or what is broken.
        said: String,
        /// How long it took.
        took: Duration,
    },
}

impl Checked {
    /// Asks it, unless the run was told not to.
    pub(super) async fn now(bench: &Bench, server: &Child) -> Result<Self> {
        if bench.args.no_check {
            return Ok(Self::LeftOut);
        }
        step("checking every invariant");
        let asked = Instant::now();
        let output = server.beside(&["check"]).await?;
        let said = String::from_utf8_lossy(&output.stdout);
        let last = said.lines().last().context("`cardamom check` said nothing")?;
        let broken: Vec<&str> = said.lines().filter(|line| line.starts_with("BROKEN")).collect();
        let said = if broken.is_empty() { last.to_owned() } else { broken.join(", ") };
        Ok(Self::Done { clean: output.status.success(), said, took: asked.elapsed() })
    }

    /// Nothing is known to be broken.
    pub(super) fn holds(&self) -> bool {
        !matches!(self, Self::Done { clean: false, .. })
    }

    /// Adds what it found.
    pub(super) fn figures(&self, row: Row) -> Row {
        match self {
            Self::LeftOut => row.with("check", "left_out"),
            Self::Done { clean, said, took } => row
                .with("check", if *clean { "clean" } else { "broken" })
                .with("check_said", said.replace(char::is_whitespace, "_"))
                .number("check_s", took.as_secs_f64(), 1),
        }
    }
}

//! A row of results: printed for people, added to a file for whoever compares.

use super::{Args, load::Load, machine, names::Name};
use crate::foundation;
use anyhow::{Context, Result};
use std::{fmt::Write as _, fs::OpenOptions, io::Write as _, path::Path};

/// What was measured.
pub(super) struct Row {
    /// It is as it must be.
    pub(super) reached: bool,
    /// What decides, in words: `3.21 × pgbench`.
    pub(super) said: String,
    /// Everything that was counted, with its unit in its name.
    pub(super) figures: Vec<(&'static str, String)>,
}

const COLUMNS: &str = "date\tversion\tbuild\tsize\tcores\tprocessor\tname\tverdict\tresult\tfigures";

impl Row {
    /// A row without figures yet.
    pub(super) fn new(reached: bool, said: String) -> Self {
        Self { reached, said, figures: Vec::new() }
    }

    /// Adds a figure.
    pub(super) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.figures.push((name, value.to_string()));
        self
    }

    /// Adds a figure with so many decimals.
    pub(super) fn number(self, name: &'static str, value: f64, decimals: usize) -> Self {
        self.with(name, format!("{value:.decimals$}"))
    }

    /// Adds the first refusal of a load, where there was one.
    pub(super) fn with_refusal(self, load: &Load) -> Self {
        match &load.first_refusal {
            None => self,
            Some(refusal) => self.with("first_refusal", refusal.replace(char::is_whitespace, "_")),
        }
    }

    fn verdict(&self) -> &'static str {
        if self.reached { "reached" } else { "not reached" }
    }

    /// Prints it and adds it to the file, which begins with the names of its columns.
    pub(super) fn publish(&self, name: Name, args: &Args) -> Result<()> {
        crate::cli::say(&format!(
            "{:<14} {:<12} {}  (must be {})",
            name.word(),
            self.verdict(),
            self.said,
            name.must()
        ));
        for (name, value) in &self.figures {
            crate::cli::say(&format!("{:<14}   {name} {value}", ""));
        }
        append(&args.results, &self.line(name, args))
    }

    fn line(&self, name: Name, args: &Args) -> String {
        let (cores, model) = machine::processors();
        let mut figures = String::new();
        for (name, value) in &self.figures {
            let _ = write!(figures, "{}{name}={value}", if figures.is_empty() { "" } else { " " });
        }
        let size = if args.quick { "quick" } else { "full" };
        let build = if cfg!(debug_assertions) { "debug" } else { "release" };
        [
            &foundation::now().format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            env!("CARGO_PKG_VERSION"),
            build,
            size,
            &cores.to_string(),
            &model,
            name.word(),
            self.verdict(),
            &self.said,
            &figures,
        ]
        .map(|cell| cell.replace(['\t', '\n'], " "))
        .join("\t")
    }
}

fn append(path: &Path, line: &str) -> Result<()> {
    let open = || {
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        if file.metadata()?.len() == 0 {
            writeln!(file, "{COLUMNS}")?;
        }
        writeln!(file, "{line}")
    };
    open().with_context(|| format!("{} can't be written", path.display()))
}

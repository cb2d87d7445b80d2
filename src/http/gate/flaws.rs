//! What the checker found wrong, said briefly and without repeating the source.

use apollo_compiler::validation::DiagnosticList;

use super::super::refusal::{Flaw, discreet};

/// The first few flaws of a document.
pub(super) fn of(errors: &DiagnosticList, most: usize) -> Vec<Flaw> {
    errors
        .iter()
        .take(most)
        .map(|diagnostic| Flaw {
            message: discreet(&first_line(&diagnostic.error.to_string())),
            at: diagnostic.line_column_range().map(|range| (range.start.line, range.start.column)),
        })
        .collect()
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().to_owned()
}

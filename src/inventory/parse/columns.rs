//! CSV: which column is what, and a row's card.

use super::{MAX_NOTE, Parsed, Reason, moment};
use crate::{foundation::UnitPrice, inventory::secret::Secret};
use csv::{ReaderBuilder, StringRecord, Terminator};

const NAMES: [&str; 6] = ["secret", "number", "password", "expires_at", "cost", "note"];

/// Where each known column stands.
pub(super) struct Columns {
    at: [Option<usize>; NAMES.len()],
    count: usize,
}

impl Columns {
    /// From the first row. Its cells are not repeated in the errors: where a file has no head, they are a card.
    pub(super) fn read(text: &str) -> Result<Self, Reason> {
        const HEAD: Reason = "must name its columns in the first row: secret, and any of number, password, expires_at, cost, note";
        let row = cells(text).ok_or(HEAD)?;
        let mut at = [None; NAMES.len()];
        for (place, cell) in row.iter().enumerate() {
            let name = cell.trim();
            let known = NAMES.iter().position(|known| known.eq_ignore_ascii_case(name)).ok_or(HEAD)?;
            if at[known].replace(place).is_some() {
                return Err("names a column twice");
            }
        }
        if at[0].is_none() {
            return Err(HEAD);
        }
        Ok(Self { at, count: row.len() })
    }

    /// A row's card.
    pub(super) fn card(&self, text: &str) -> Result<Parsed, Reason> {
        let row = cells(text).ok_or("is not a row of CSV")?;
        if row.iter().skip(self.count).any(|cell| !cell.trim().is_empty()) {
            return Err("has more cells than the first row has columns");
        }
        let cell = |column: usize| {
            self.at[column].and_then(|place| row.get(place)).map(str::trim).filter(|cell| !cell.is_empty())
        };
        let expires_at = cell(3)
            .map(|text| moment(text).ok_or("expires_at is not a date such as 2027-12-31"))
            .transpose()?;
        let cost = cell(4)
            .map(|text| UnitPrice::parse(text).map_err(|_| "cost is not an amount such as 12.50"))
            .transpose()?
            .map(|price| price.0);
        let note = cell(5).map(note).transpose()?;
        Ok(Parsed {
            secret: Secret::new(cell(0).unwrap_or_default(), cell(1), cell(2), expires_at)?,
            cost,
            note,
        })
    }
}

fn note(text: &str) -> Result<String, Reason> {
    if text.chars().count() > MAX_NOTE {
        return Err("the note is longer than 500 characters");
    }
    crate::foundation::text::note(text, MAX_NOTE, "note").map_err(|_| "the note has control characters")
}

// The row is one already, so that a line feed in it stands inside quotes.
fn cells(text: &str) -> Option<StringRecord> {
    let mut row = StringRecord::new();
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .terminator(Terminator::Any(b'\n'))
        .buffer_capacity(text.len().max(1))
        .from_reader(text.as_bytes())
        .read_record(&mut row)
        .ok()?
        .then_some(row)
}

//! Reads cards from text as suppliers keep it. Pure: bytes in, in pieces of any size; lines out. Memory is
//! bounded by the longest line allowed, whatever is sent.

mod columns;
mod decode;
mod split;

use super::secret::{Reason, Secret};
use crate::foundation::Moment;
use columns::Columns;
use decode::Decoder;
use split::Splitter;

/// The longest line (in CSV: the longest row), in bytes.
pub const MAX_LINE: usize = 16 * 1024;
/// The longest note, in characters.
pub const MAX_NOTE: usize = 500;

crate::words! {
    /// How the cards are written down.
    pub enum CardFormat {
        /// A secret on each line.
        Lines = "LINES",
        /// Columns named in the first row.
        Csv = "CSV",
    }
}

/// What a line says of one card.
pub struct Parsed {
    /// What is sealed.
    pub secret: Secret,
    /// What the supplier paid for it; micro-units of the network's currency.
    pub cost: Option<i64>,
    /// The supplier's own note.
    pub note: Option<String>,
}

/// One line that is not blank.
pub struct Line {
    /// Where it begins, from 1, as an editor counts.
    pub number: i32,
    /// Its card, or why it has none.
    pub card: Result<Parsed, Reason>,
}

/// Reads one file, piece by piece.
pub struct Parser {
    split: Splitter,
    decode: Decoder,
    rows: Rows,
}

enum Rows {
    Lines,
    Head,
    Csv(Columns),
}

impl Parser {
    /// At the beginning of a file.
    pub fn new(format: CardFormat) -> Self {
        let (quotes, rows) = match format {
            CardFormat::Lines => (false, Rows::Lines),
            CardFormat::Csv => (true, Rows::Head),
        };
        Self { split: Splitter::new(quotes), decode: Decoder::default(), rows }
    }

    /// Reads the next piece, and adds the lines that it completes.
    ///
    /// # Errors
    /// [`Reason`] when nothing of the file can be read: another encoding, or a first row that names no columns.
    pub fn feed(&mut self, piece: &[u8], lines: &mut Vec<Line>) -> Result<(), Reason> {
        let Self { split, decode, rows } = self;
        split.feed(piece, |number, raw| row(decode, rows, number, raw, lines))
    }

    /// Reads what the file ended with.
    ///
    /// # Errors
    /// As [`feed`](Self::feed).
    pub fn end(&mut self, lines: &mut Vec<Line>) -> Result<(), Reason> {
        let Self { split, decode, rows } = self;
        split.end(|number, raw| row(decode, rows, number, raw, lines))
    }
}

fn row(
    decode: &mut Decoder,
    rows: &mut Rows,
    number: i32,
    raw: Result<&[u8], Reason>,
    lines: &mut Vec<Line>,
) -> Result<(), Reason> {
    let text = match raw {
        Ok(raw) => decode.line(raw)?,
        Err(reason) => Err(reason),
    };
    if text.as_ref().is_ok_and(|text| text.trim().is_empty()) {
        return Ok(());
    }
    let card = match rows {
        Rows::Head => {
            *rows = Rows::Csv(Columns::read(&text?)?);
            return Ok(());
        }
        Rows::Lines => text.and_then(|text| {
            let secret = Secret::new(&text, None, None, None)?;
            Ok(Parsed { secret, cost: None, note: None })
        }),
        Rows::Csv(columns) => text.and_then(|text| columns.card(&text)),
    };
    lines.push(Line { number, card });
    Ok(())
}

/// A date as suppliers write it: RFC 3339, `2027-01-31 12:00[:30]`, or a day, which then counts to its end.
/// Without an offset it is UTC.
fn moment(text: &str) -> Option<Moment> {
    use chrono::{Datelike, NaiveDate, NaiveDateTime};
    let plain = text.replace('/', "-");
    let at = chrono::DateTime::parse_from_rfc3339(text).map(|at| at.to_utc()).ok().or_else(|| {
        ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]
            .iter()
            .find_map(|form| NaiveDateTime::parse_from_str(&plain, form).ok())
            .or_else(|| NaiveDate::parse_from_str(&plain, "%Y-%m-%d").ok()?.and_hms_opt(23, 59, 59))
            .map(|at| at.and_utc())
    })?;
    (2000..=9999).contains(&at.year()).then_some(at)
}

#[cfg(test)]
mod tests;

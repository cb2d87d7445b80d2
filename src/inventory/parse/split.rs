//! Cuts a stream of bytes into lines, or into CSV rows, which may hold line feeds inside quotes.

use super::{MAX_LINE, Reason};
use zeroize::{Zeroize, Zeroizing};

const BOM: [u8; 3] = [0xef, 0xbb, 0xbf];

/// Line feeds, quotes and commas are never part of a longer character, neither in UTF-8 nor in GBK, so that
/// rows can be cut before anything is decoded.
pub(super) struct Splitter {
    quotes: bool,
    // What is not yet cut off; begins where a row begins.
    held: Zeroizing<Vec<u8>>,
    scanned: usize,
    at: At,
    // Bytes before `held` in the file, up to the length of a byte order mark.
    before: usize,
    number: i32,
    skipping: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum At {
    CellStart,
    Cell,
    Quoted,
    QuoteInQuoted,
}

impl Splitter {
    pub(super) fn new(quotes: bool) -> Self {
        Self {
            quotes,
            held: Zeroizing::new(Vec::with_capacity(96 * 1024)),
            scanned: 0,
            at: At::CellStart,
            before: 0,
            number: 1,
            skipping: false,
        }
    }

    /// Calls `each` with every row that is complete: the line where it begins, and its bytes without the end of
    /// line.
    pub(super) fn feed(
        &mut self,
        piece: &[u8],
        mut each: impl FnMut(i32, Result<&[u8], Reason>) -> Result<(), Reason>,
    ) -> Result<(), Reason> {
        // In steps, so that what is held stays within its first allocation and never leaves a copy behind.
        for step in piece.chunks(64 * 1024) {
            self.held.extend_from_slice(step);
            let mut start = 0;
            while let Some(next) = self.next(start, &mut each)? {
                start = next;
            }
            self.drop_front(start);
        }
        Ok(())
    }

    /// Calls `each` with what is left.
    pub(super) fn end(
        &mut self,
        mut each: impl FnMut(i32, Result<&[u8], Reason>) -> Result<(), Reason>,
    ) -> Result<(), Reason> {
        // A last line feed ends the last row; one that is there already makes a blank row, which is none. An open
        // quote is given up on, one line at a time.
        loop {
            self.feed(b"\n", &mut each)?;
            if self.held.is_empty() {
                return Ok(());
            }
            let next = self.unclosed(0, &mut each)?;
            self.drop_front(next);
        }
    }

    // The end of the row that begins at `start`, if it has one.
    fn next(
        &mut self,
        start: usize,
        each: &mut impl FnMut(i32, Result<&[u8], Reason>) -> Result<(), Reason>,
    ) -> Result<Option<usize>, Reason> {
        while let Some(&byte) = self.held.get(self.scanned) {
            let place = self.scanned;
            self.scanned += 1;
            if byte == b'\n' && self.at != At::Quoted {
                let row = &self.held[start..place];
                let feeds = row.split(|byte| *byte == b'\n').count(); // one more than the row holds: its own
                if !std::mem::take(&mut self.skipping) {
                    let row = row.strip_suffix(b"\r").unwrap_or(row);
                    each(self.number, Ok(row))?;
                }
                self.number = self.number.saturating_add(i32::try_from(feeds).unwrap_or(i32::MAX));
                self.at = At::CellStart;
                return Ok(Some(self.scanned));
            }
            if self.quotes && !self.skipping {
                let mark = self.before + place < 3 && byte == BOM[self.before + place];
                self.at = match (self.at, byte) {
                    (at, _) if mark => at,
                    (At::Quoted, b'"') => At::QuoteInQuoted,
                    (At::Quoted, _) | (At::CellStart | At::QuoteInQuoted, b'"') => At::Quoted,
                    (_, b',') => At::CellStart,
                    _ => At::Cell,
                };
            }
            if place - start >= MAX_LINE {
                if self.skipping {
                    return Ok(Some(self.scanned));
                }
                if self.at == At::Quoted {
                    return self.unclosed(start, each).map(Some);
                }
                each(self.number, Err("is longer than 16384 bytes"))?;
                self.skipping = true;
                return Ok(Some(self.scanned));
            }
        }
        Ok(None)
    }

    // A quote that nothing closes must not swallow the lines behind it: its first line is reported, and reading
    // goes on at the second.
    fn unclosed(
        &mut self,
        start: usize,
        each: &mut impl FnMut(i32, Result<&[u8], Reason>) -> Result<(), Reason>,
    ) -> Result<usize, Reason> {
        each(self.number, Err("has a quote that is not closed"))?;
        self.at = At::CellStart;
        if let Some(feed) = self.held[start..].iter().position(|byte| *byte == b'\n') {
            self.number = self.number.saturating_add(1);
            self.scanned = start + feed + 1;
        } else {
            self.skipping = true;
            self.scanned = self.held.len();
        }
        Ok(self.scanned)
    }

    fn drop_front(&mut self, count: usize) {
        let kept = self.held.len() - count;
        self.held.copy_within(count.., 0);
        self.held[kept..].zeroize();
        self.held.truncate(kept);
        self.scanned -= count;
        self.before = (self.before + count).min(BOM.len());
    }
}

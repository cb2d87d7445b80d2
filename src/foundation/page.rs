//! Keyset pages: a cursor names the last row seen, sealed so that nobody can make one up.

use super::{No, seal::Sealer};

/// What a list was asked for.
#[derive(Clone, Debug)]
pub struct PageRequest<K> {
    /// 1 to 100.
    pub first: i64,
    /// The key of the last row seen.
    pub after: Option<K>,
}

/// One page, in order.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// There are more after the last.
    pub more: bool,
    /// There were some before the first.
    pub earlier: bool,
}

impl<T> Page<T> {
    /// From up to `first + 1` rows: the last one only says that there is more.
    pub fn of(mut rows: Vec<T>, first: i64, earlier: bool) -> Self {
        let first = usize::try_from(first).unwrap_or(0);
        let more = rows.len() > first;
        rows.truncate(first);
        Self { rows, more, earlier }
    }

    /// The same page of something made of each row.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { rows: self.rows.into_iter().map(f).collect(), more: self.more, earlier: self.earlier }
    }
}

/// Reads `first` and `after`: `first` 1 to 100, the cursor one that `seal_cursor` made for the same `list`.
///
/// # Errors
/// [`No::BadRequest`].
pub fn request(
    sealer: &Sealer,
    list: &str,
    first: i32,
    after: Option<&str>,
) -> Result<PageRequest<uuid::Uuid>, No> {
    request_by(sealer, list, first, after, |bytes| uuid::Uuid::from_slice(bytes).ok())
}

/// The same for a list whose rows have another key than an id: what `key` reads from a cursor's bytes.
///
/// # Errors
/// [`No::BadRequest`].
pub fn request_by<K>(
    sealer: &Sealer,
    list: &str,
    first: i32,
    after: Option<&str>,
    key: impl Fn(&[u8]) -> Option<K>,
) -> Result<PageRequest<K>, No> {
    if !(1..=100).contains(&first) {
        return Err(No::BadRequest("first must be between 1 and 100"));
    }
    let strange = No::BadRequest("the cursor is not one of this list");
    let after = match after.map(|text| sealer.open_token(list, text).and_then(|bytes| key(&bytes))) {
        None => None,
        Some(Some(key)) => Some(key),
        Some(None) => return Err(strange),
    };
    Ok(PageRequest { first: i64::from(first), after })
}

//! A journal entry: balanced by its shape.

use super::AccountId;
use crate::foundation::Fault;

/// One side of an entry: positive credits the account, negative debits it. Minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    /// The account.
    pub account: AccountId,
    /// Minor units, never zero.
    pub amount: i64,
}

/// One movement of money through any number of accounts. Postings that do not sum to zero never become
/// an `Entry`, so no caller can make the books drift.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    key: String,
    memo: Option<String>,
    postings: Vec<Posting>,
}

impl Entry {
    /// An entry for the business fact that `key` names, e.g. `order:{id}`. Movements of nothing are left
    /// out and several on one account become one.
    ///
    /// # Errors
    /// [`Fault`] when fewer than two accounts take part, or the sum is not zero.
    pub fn new(key: String, movements: impl IntoIterator<Item = (AccountId, i64)>) -> Result<Self, Fault> {
        let mut sums = std::collections::BTreeMap::<AccountId, i64>::new();
        for (account, amount) in movements {
            let sum = sums.entry(account).or_default();
            *sum = sum.checked_add(amount).ok_or_else(|| Fault::new("a posting does not fit in 64 bits"))?;
        }
        let postings: Vec<Posting> = sums
            .into_iter()
            .filter(|(_, amount)| *amount != 0)
            .map(|(account, amount)| Posting { account, amount })
            .collect();
        let sum: i128 = postings.iter().map(|posting| i128::from(posting.amount)).sum();
        if postings.len() < 2 || sum != 0 {
            return Err(Fault::new(format!("entry {key} does not balance")));
        }
        Ok(Self { key, memo: None, postings })
    }

    /// The same with what whoever moves the money calls it; at most 200 characters.
    #[must_use]
    pub fn called(mut self, memo: &str) -> Self {
        self.memo = Some(memo.to_owned());
        self
    }

    /// What whoever moved the money calls it.
    pub fn memo(&self) -> Option<&str> {
        self.memo.as_deref()
    }

    /// The business fact that it books.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Its postings, by ascending account.
    pub fn postings(&self) -> &[Posting] {
        &self.postings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_balance_is_no_entry() {
        let (a, b) = (AccountId::fresh(), AccountId::fresh());
        assert!(Entry::new("k".into(), [(a, -5), (b, 5)]).is_ok());
        assert!(Entry::new("k".into(), [(a, -5), (b, 4)]).is_err());
        assert!(Entry::new("k".into(), [(a, 0), (b, 0)]).is_err());
        assert!(Entry::new("k".into(), [(a, 5), (a, -5)]).is_err());
        assert!(Entry::new("k".into(), []).is_err());
        assert!(Entry::new("k".into(), [(a, i64::MAX), (a, 1), (b, 1)]).is_err());
    }
}

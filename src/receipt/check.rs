//! Whether a receipt is true, for somebody who trusts the network and not the file: verified as anybody would, and
//! against the key that the network's log is really signed with.

use super::verify::{Known, Outcome, verify};
use crate::{
    foundation::{Db, Fault, No, Scope, id::NetworkId},
    provenance::read,
};

/// The longest receipt that is looked at here, in bytes: one of a few hundred units. `cardamom verify` reads longer ones.
pub const MAX_BYTES: usize = 512 << 10;
/// How many parts are told of: those that are not so come first where there are more.
pub const MAX_PARTS: usize = 1_000;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What.
    pub name: String,
    /// Why it is not so; none where it is.
    pub why: Option<String>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Everything is so.
    pub holds: bool,
    /// The order's number; none where it is no receipt.
    pub order_number: Option<String>,
    /// What was looked at.
    pub parts: Vec<Part>,
}

/// Looks at a receipt. One statement.
///
/// # Errors
/// [`No::BadRequest`] for one that is too long here.
pub async fn check(db: &Db, scope: Scope, network: NetworkId, content: String) -> Result<Checked, No> {
    if content.len() > MAX_BYTES {
        return Err(No::BadRequest("a receipt has at most 512 KiB here"));
    }
    let mut tx = db.begin(scope).await?;
    // A network that has signed nothing yet has no key: then nobody's is right.
    let vkey = read::vkey(&mut tx, network).await?.unwrap_or_default();
    tx.commit().await?;
    // Signatures and hashes by the dozen: not on a thread that others wait for.
    let looked = tokio::task::spawn_blocking(move || looked_at(&content, &vkey)).await;
    Ok(looked.map_err(Fault::from)?)
}

fn looked_at(content: &str, vkey: &str) -> Checked {
    let verdict = match verify(content, Known { checkpoint: None, vkey: Some(vkey) }) {
        Ok(verdict) => verdict,
        Err(unreadable) => {
            let part = Part { name: "file".into(), why: Some(unreadable.to_string()) };
            return Checked { holds: false, order_number: None, parts: vec![part] };
        }
    };
    let holds = verdict.is_true();
    let mut parts: Vec<Part> = verdict
        .checks
        .into_iter()
        .map(|check| {
            let why = match check.outcome {
                Outcome::True => None,
                Outcome::Wrong(why) | Outcome::Untold(why) => Some(why),
            };
            Part { name: check.part, why }
        })
        .collect();
    if parts.len() > MAX_PARTS {
        parts.sort_by_key(|part| part.why.is_none());
        parts.truncate(MAX_PARTS);
    }
    Checked { holds, order_number: Some(verdict.body.order.number), parts }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_receipt_is_none_whatever_it_is() {
        for content in ["", "{}", "null", "[1, 2]", "{\"receipt\": {}, \"signature\": \"\"}", "\u{0}"] {
            let checked = looked_at(content, "");
            assert!(!checked.holds && checked.order_number.is_none(), "{content}");
            assert_eq!(checked.parts.len(), 1);
            assert!(checked.parts[0].why.is_some());
        }
    }
}

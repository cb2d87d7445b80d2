//! Signed links: the right to send one file, or to fetch one for some minutes.

use crate::foundation::{Moment, id::NetworkId, seal::Sealer};
use uuid::Uuid;

/// How long a link to fetch a file is good, in seconds.
const GOOD_FOR: i64 = 300;

crate::words! {
    /// What a link leads to.
    pub enum Linked {
        /// Leave to send a file.
        Upload = "upload link",
        /// A file submitted for a claim.
        Evidence = "evidence link",
        /// An archive of an order.
        Dossier = "dossier link",
    }
}

/// What a link says; nobody else can make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileLink {
    /// What it leads to.
    pub to: Linked,
    /// In which network.
    pub network: NetworkId,
    /// To which one.
    pub id: Uuid,
    /// Until when, in seconds since 1970 by the database's clock.
    pub until: i64,
}

/// The path that is given out: to send to, or to fetch from, for five minutes from `now` (the database's).
pub fn link(sealer: &Sealer, to: Linked, network: NetworkId, id: Uuid, now: Moment) -> String {
    let until = now.timestamp().saturating_add(GOOD_FOR);
    let bytes = [network.0.as_bytes().as_slice(), id.as_bytes(), &until.to_be_bytes()].concat();
    let folder = if to == Linked::Upload { "uploads" } else { "files" };
    format!("/{folder}/{}", sealer.seal_token(to.word(), &bytes))
}

/// What the last part of a link's path says; none where it is not one of ours. Whether it is still good is for the
/// database to say.
pub fn open_link(sealer: &Sealer, among: &[Linked], token: &str) -> Option<FileLink> {
    among.iter().find_map(|to| {
        let bytes = sealer.open_token(to.word(), token)?;
        let (network, rest) = bytes.split_at_checked(16)?;
        let (id, until) = rest.split_at_checked(16)?;
        Some(FileLink {
            to: *to,
            network: NetworkId(Uuid::from_slice(network).ok()?),
            id: Uuid::from_slice(id).ok()?,
            until: i64::from_be_bytes(until.try_into().ok()?),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foundation::now;

    #[test]
    fn a_link_leads_where_it_was_made_for_and_nowhere_else() {
        let (sealer, network, id) = (Sealer::new(&[5; 32]).unwrap(), NetworkId::fresh(), Uuid::now_v7());
        let now = now();
        let path = link(&sealer, Linked::Evidence, network, id, now);
        let token = path.strip_prefix("/files/").unwrap();
        let opened = open_link(&sealer, &[Linked::Dossier, Linked::Evidence], token).unwrap();
        assert_eq!((opened.to, opened.network, opened.id), (Linked::Evidence, network, id));
        assert_eq!(opened.until, now.timestamp() + GOOD_FOR);
        assert_eq!(open_link(&sealer, &[Linked::Upload, Linked::Dossier], token), None);
        assert_eq!(open_link(&Sealer::new(&[6; 32]).unwrap(), &[Linked::Evidence], token), None);
    }
}

//! A site's face: what it says to everybody, in which colour, and how to reach it.

use super::{Tenant, store};
use crate::{
    access::Permit,
    foundation::{Db, Fault, No, text},
};

/// The longest announcement, in characters.
const ANNOUNCEMENT: usize = 1_000;
/// The longest way to be reached, in characters.
const CONTACT: usize = 200;

/// A face; what is absent is taken away.
#[derive(Clone, Debug, Default)]
pub struct Face {
    /// To everybody; plain text.
    pub announcement: Option<String>,
    /// `#rrggbb`.
    pub accent: Option<String>,
    /// An address, a number, or in words.
    pub contact: Option<String>,
}

impl Face {
    fn checked(self) -> Result<Self, No> {
        let announcement =
            self.announcement.map(|said| text::note(&said, ANNOUNCEMENT, "announcement")).transpose()?;
        let contact = self.contact.map(|contact| text::line(&contact, CONTACT, "contact")).transpose()?;
        let accent = self.accent.map(|accent| colour(&accent)).transpose()?;
        Ok(Self { announcement, accent, contact })
    }
}

// `#rrggbb` in lower case: it is written into a style, so nothing else may stand there.
fn colour(text: &str) -> Result<String, No> {
    let hex =
        text.strip_prefix('#').filter(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
    match hex {
        Some(_) => Ok(text.to_ascii_lowercase()),
        None => Err(No::invalid("must be a colour such as #1a73e8", "accent")),
    }
}

/// Sets the face of the caller's own tenant, whole.
///
/// # Errors
/// INVALID_INPUT.
pub async fn set_face(db: &Db, permit: Permit, face: Face) -> Result<Tenant, No> {
    let Face { announcement, accent, contact } = face.checked()?;
    let (network, tenant) = (permit.network(), permit.tenant());
    let mut tx = db.begin(permit.work()).await?;
    sqlx::query(
        "update tenant set announcement = $3, accent = $4, contact = $5 where network_id = $1 and tenant_id = $2",
    )
    .bind(network)
    .bind(tenant)
    .bind(announcement)
    .bind(accent)
    .bind(contact)
    .execute(&mut *tx)
    .await
    .map_err(Fault::from)?;
    let tenant =
        store::find(&mut tx, network, tenant).await?.ok_or_else(|| Fault::new("a tenant is not there"))?;
    tx.commit().await?;
    Ok(tenant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_six_hex_digits_and_nothing_else() {
        assert_eq!(colour("#1A73e8").unwrap(), "#1a73e8");
        for bad in ["1a73e8", "#1a73e", "#1a73e88", "#1a73eg", "red", "#1a73e8;", "", "#", "#星星"] {
            assert!(colour(bad).is_err(), "{bad}");
        }
    }
}

//! A short-lived link to one receipt: whoever has it may open that receipt as a page, and nothing else.

use super::issue::Wanted;
use crate::{
    foundation::{Conn, Fault, id::NetworkId, seal::Sealer},
    orders::OrderId,
};
use uuid::Uuid;

const PURPOSE: &str = "receipt page";
/// How long a link is good for; seconds.
pub const GOOD_FOR: i64 = 15 * 60;

/// What a link opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Whose.
    pub network: NetworkId,
    /// Which order.
    pub order: OrderId,
    /// Under the head of that size.
    pub under: u64,
    /// Until when, by the database's clock; seconds since 1970.
    pub until: i64,
}

impl Link {
    /// The path of the page.
    pub fn path(&self, sealer: &Sealer) -> String {
        let bytes = [
            self.network.0.as_bytes().as_slice(),
            self.order.0.as_bytes(),
            &self.under.to_be_bytes(),
            &self.until.to_be_bytes(),
        ];
        format!("/receipts/{}", sealer.seal_token(PURPOSE, &bytes.concat()))
    }

    /// What a path's last part opens; none for anything that we did not write. Whether it is still good is to be
    /// asked of the database's clock.
    pub fn read(sealer: &Sealer, token: &str) -> Option<Self> {
        let bytes = sealer.open_token(PURPOSE, token)?;
        let (network, rest) = bytes.split_first_chunk::<16>()?;
        let (order, rest) = rest.split_first_chunk::<16>()?;
        let (under, rest) = rest.split_first_chunk::<8>()?;
        let until = <[u8; 8]>::try_from(rest).ok()?;
        Some(Self {
            network: NetworkId(Uuid::from_bytes(*network)),
            order: OrderId(Uuid::from_bytes(*order)),
            under: u64::from_be_bytes(*under),
            until: i64::from_be_bytes(until),
        })
    }

    /// What is to be issued.
    pub fn wanted(&self) -> Wanted {
        Wanted { order: self.order, under: Some(self.under), since: None }
    }
}

/// The database's clock; seconds since 1970.
///
/// # Errors
/// [`Fault`] when the database refuses.
pub async fn now(db: &mut Conn) -> Result<i64, Fault> {
    Ok(sqlx::query_scalar("select extract(epoch from now())::bigint").fetch_one(db).await?)
}

//! A buyer opens an account at a site.

use super::{UserKind, password, session, store};
use crate::{
    access::Permit,
    foundation::{Db, No, RefusalCode, text},
    ledger::{self, AccountKind},
};

/// Opens a buyer's account with its wallet at the site that the request is addressed to, and signs it in.
///
/// # Errors
/// CONFLICT where the address has an account at this site; INVALID_INPUT.
pub async fn register_buyer(
    db: &Db,
    permit: Permit,
    email: &str,
    password: &str,
    display_name: &str,
) -> Result<session::Session, No> {
    let email = text::email(email, "email")?;
    let display_name = text::line(display_name, 60, "displayName")?;
    password::acceptable(password, "password")?;
    let hash = password::hash(password).await?;
    let network = permit.network();
    let mut tx = db.begin(permit.work()).await?;
    let user = store::NewUser {
        tenant: permit.tenant(),
        kind: UserKind::Buyer,
        email: &email,
        display_name: &display_name,
        password_hash: &hash,
    };
    let buyer = store::insert(&mut tx, network, user).await?.ok_or_else(|| {
        No::because(RefusalCode::Conflict, "this address already has an account here", "email")
    })?;
    ledger::store::open(&mut tx, network, AccountKind::BuyerWallet, buyer.0).await?;
    tx.commit().await?;
    session::open(db, &permit, buyer, UserKind::Buyer).await
}

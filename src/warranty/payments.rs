//! Which purse a remedy was paid from: written with the remedy, read by each tenant of what it paid itself.

use super::claim::ClaimId;
use crate::{
    access::Viewer,
    foundation::{
        Conn, Db, Fault,
        id::{NetworkId, TenantId},
    },
    orders::purse::{Paid, Purse},
};

crate::row! {
    /// What of a remedy a tenant paid from a purse.
    pub struct Payment {
        /// The claim.
        pub claim_id: ClaimId,
        /// At whose expense.
        pub tenant_id: TenantId,
        /// From what.
        pub purse: Purse,
        /// Minor units.
        pub amount: i64,
    }
}

/// Writes down what a remedy was paid from, in the transaction that paid it. A claim has one remedy.
///
/// # Errors
/// [`Fault`].
pub async fn record(db: &mut Conn, network: NetworkId, claim: ClaimId, paid: &[Paid]) -> Result<(), Fault> {
    sqlx::query(
        "insert into remedy_payment (network_id, claim_id, tenant_id, purse, amount)
         select $1, $2, p.tenant_id, p.purse, p.amount
           from unnest($3::uuid[], $4::text[], $5::bigint[]) as p(tenant_id, purse, amount)",
    )
    .bind(network)
    .bind(claim)
    .bind(paid.iter().map(|one| one.tenant).collect::<Vec<_>>())
    .bind(paid.iter().map(|one| one.purse).collect::<Vec<_>>())
    .bind(paid.iter().map(|one| one.amount).collect::<Vec<_>>())
    .execute(db)
    .await?;
    Ok(())
}

/// What the viewer's tenant paid for the remedies of those claims; for the operator, what anybody did. In the order in
/// which it was taken: row security decides whose.
///
/// # Errors
/// [`Fault`].
pub async fn of_claims(db: &Db, viewer: &Viewer, claims: &[ClaimId]) -> Result<Vec<Payment>, Fault> {
    let mut tx = db.begin(viewer.scope()).await?;
    Ok(sqlx::query_as(
        "select claim_id, tenant_id, purse, amount from remedy_payment
          where network_id = $1 and claim_id = any($2)
          order by claim_id, tenant_id, array_position(array['HELD', 'DEPOSIT', 'WALLET', 'FUND', 'DEBT'], purse)",
    )
    .bind(viewer.place.network)
    .bind(claims)
    .fetch_all(&mut *tx)
    .await?)
}

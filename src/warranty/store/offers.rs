//! Statements on offers to settle.

use crate::{
    foundation::{Conn, Fault, id::NetworkId},
    warranty::{
        claim::ClaimId,
        offer::{NewOffer, Offer, OfferId, OfferStatus},
    },
};
use sqlx::AssertSqlSafe;

const OFFER: &str = "offer_id, claim_id, party, status, remedy, amount, bearer, note, made_at, ended_at";

/// A new offer, open.
pub async fn insert(db: &mut Conn, network: NetworkId, offer: &NewOffer<'_>) -> Result<Offer, Fault> {
    let sql = format!(
        "insert into claim_offer (network_id, offer_id, claim_id, party, author_id, status, remedy, amount, bearer, note)
         values ($1, $2, $3, $4, $5, 'OPEN', $6, $7, $8, $9) returning {OFFER}"
    );
    Ok(sqlx::query_as(AssertSqlSafe(sql))
        .bind(network)
        .bind(offer.id)
        .bind(offer.claim)
        .bind(offer.party)
        .bind(offer.author)
        .bind(offer.remedy)
        .bind(offer.amount)
        .bind(offer.bearer)
        .bind(offer.note)
        .fetch_one(db)
        .await?)
}

/// An offer on a claim that the caller has locked.
pub async fn find(
    db: &mut Conn,
    network: NetworkId,
    claim: ClaimId,
    offer: OfferId,
) -> Result<Option<Offer>, Fault> {
    let sql =
        format!("select {OFFER} from claim_offer where network_id = $1 and claim_id = $2 and offer_id = $3");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(network).bind(claim).bind(offer).fetch_optional(db).await?)
}

/// The claim that an offer is on.
pub async fn claim_of(db: &mut Conn, network: NetworkId, offer: OfferId) -> Result<Option<ClaimId>, Fault> {
    Ok(sqlx::query_scalar("select claim_id from claim_offer where network_id = $1 and offer_id = $2")
        .bind(network)
        .bind(offer)
        .fetch_optional(db)
        .await?)
}

/// Ends an open offer.
pub async fn end(
    db: &mut Conn,
    network: NetworkId,
    offer: OfferId,
    status: OfferStatus,
) -> Result<(), Fault> {
    let done = sqlx::query(
        "update claim_offer set status = $3, ended_at = now()
          where network_id = $1 and offer_id = $2 and status = 'OPEN'",
    )
    .bind(network)
    .bind(offer)
    .bind(status)
    .execute(db)
    .await?
    .rows_affected();
    if done == 1 { Ok(()) } else { Err(Fault::new("an offer was not open")) }
}

/// Ends whatever offer on a claim is open: it has moved on, or another is made.
pub async fn lapse(db: &mut Conn, network: NetworkId, claim: ClaimId) -> Result<(), Fault> {
    sqlx::query(
        "update claim_offer set status = 'LAPSED', ended_at = now()
          where network_id = $1 and claim_id = $2 and status = 'OPEN'",
    )
    .bind(network)
    .bind(claim)
    .execute(db)
    .await?;
    Ok(())
}

/// How many offers a claim has had.
pub async fn count(db: &mut Conn, network: NetworkId, claim: ClaimId) -> Result<i64, Fault> {
    Ok(sqlx::query_scalar("select count(*) from claim_offer where network_id = $1 and claim_id = $2")
        .bind(network)
        .bind(claim)
        .fetch_one(db)
        .await?)
}

/// The offers on claims that the scope may see, the first first.
pub async fn of_claims(db: &mut Conn, network: NetworkId, claims: &[ClaimId]) -> Result<Vec<Offer>, Fault> {
    let sql = format!(
        "select {OFFER} from claim_offer where network_id = $1 and claim_id = any($2) order by claim_id, offer_id"
    );
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(network).bind(claims).fetch_all(db).await?)
}

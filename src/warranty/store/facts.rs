//! What is written down about claims.

use crate::{
    foundation::{Conn, Fault, Moment, id::NetworkId},
    warranty::{claim::ClaimId, remedies::Choice, triage::Facts},
};

/// The facts of claims, as a use case sees them.
pub async fn facts(db: &mut Conn, network: NetworkId, claims: &[ClaimId]) -> Result<Vec<Facts>, Fault> {
    Ok(sqlx::query_as(
        "select c.claim_id, d.delivered_at, d.warranty_ends_at, d.revealed_at, d.tested_at,
                (select count(*) from reveal r where r.network_id = c.network_id and r.delivery_id = c.delivery_id
                    and r.actor_id <> c.buyer_id and r.revealed_at <= c.opened_at) as strangers,
                (select count(*) from card k
                   join card other on other.network_id = k.network_id and other.import_id = k.import_id
                        and other.card_id <> k.card_id and other.state in ('SOLD', 'REPLACED')
                   join delivery od on od.network_id = other.network_id and od.card_id = other.card_id
                   join claim oc on oc.network_id = od.network_id and oc.delivery_id = od.delivery_id
                  where k.network_id = d.network_id and k.card_id = d.card_id) as batch_claims,
                (select count(*) from claim o where o.network_id = c.network_id and o.buyer_id = c.buyer_id
                    and o.opened_at > c.opened_at - interval '30 days' and o.opened_at <= c.opened_at) as buyer_claims,
                (select count(*) from orders o join delivery od on od.network_id = o.network_id and od.order_id = o.order_id
                  where o.network_id = c.network_id and o.buyer_id = c.buyer_id and od.replaces_id is null) as buyer_units,
                d.card_id is not null and d.replaces_id is null as only_here
           from claim c join delivery d on d.network_id = c.network_id and d.delivery_id = c.delivery_id
          where c.network_id = $1 and c.claim_id = any($2)",
    )
    .bind(network)
    .bind(claims)
    .fetch_all(db)
    .await?)
}

/// What could be granted on claims, as the unit and the stock stand now.
pub async fn choices(db: &mut Conn, network: NetworkId, claims: &[ClaimId]) -> Result<Vec<Choice>, Fault> {
    Ok(sqlx::query_as(
        "select c.claim_id, l.remedies, l.replacement_limit, l.warranty_seconds, d.paid, d.refunded,
                (select count(*) from delivery r where r.network_id = d.network_id and r.order_id = d.order_id
                    and r.line_no = d.line_no and r.unit_no = d.unit_no and r.replaces_id is not null) as replacements,
                exists (select from card k where k.network_id = l.network_id and k.variant_id = l.variant_id
                           and k.state = 'AVAILABLE' and (k.expires_at is null or k.expires_at > now())) as in_stock,
                floor(extract(epoch from d.warranty_ends_at - c.opened_at))::bigint as left_seconds
           from claim c
           join delivery d on d.network_id = c.network_id and d.delivery_id = c.delivery_id
           join order_line l on l.network_id = d.network_id and l.order_id = d.order_id and l.line_no = d.line_no
          where c.network_id = $1 and c.claim_id = any($2)",
    )
    .bind(network)
    .bind(claims)
    .fetch_all(db)
    .await?)
}

/// The network grants at once what the record proves.
pub async fn grants_what_is_proved(db: &mut Conn, network: NetworkId) -> Result<bool, Fault> {
    Ok(sqlx::query_scalar("select claims_proved from network where network_id = $1")
        .bind(network)
        .fetch_one(db)
        .await?)
}

/// What a delivery is of: its kind of good and its brand, and whether its warranty runs.
pub async fn goods(
    db: &mut Conn,
    network: NetworkId,
    delivery: uuid::Uuid,
) -> Result<Option<(crate::catalogue::ProductKind, Option<String>, Option<Moment>)>, Fault> {
    Ok(sqlx::query_as(
        "select l.kind, p.brand, d.warranty_ends_at
           from delivery d
           join order_line l on l.network_id = d.network_id and l.order_id = d.order_id and l.line_no = d.line_no
           join product p on p.network_id = l.network_id and p.product_id = l.product_id
          where d.network_id = $1 and d.delivery_id = $2",
    )
    .bind(network)
    .bind(delivery)
    .fetch_optional(db)
    .await?)
}

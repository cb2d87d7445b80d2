//! The orders' statements.

use super::{DeliveryId, LineId, OrderId, OrderStatus, place_order::Unit};
use crate::{
    foundation::{
        Conn, Fault,
        id::{NetworkId, TenantId, UserId},
        seal,
    },
    inventory::CardId,
    pricing::listing::PricedLine,
};

/// An order's head.
pub struct NewOrder {
    /// Its id.
    pub id: OrderId,
    /// Where.
    pub site: TenantId,
    /// Who buys.
    pub buyer: UserId,
    /// Where it stands.
    pub status: OrderStatus,
    /// Minor units.
    pub total: i64,
}

// For people: ten signs without those that look alike. Random, because a counter would tell how much is sold.
fn number() -> String {
    const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    seal::random::<10>().iter().map(|byte| char::from(SIGNS[usize::from(byte % 32)])).collect()
}

/// Adds an order.
pub async fn insert_order(db: &mut Conn, network: NetworkId, order: &NewOrder) -> Result<(), Fault> {
    sqlx::query(
        "insert into orders (network_id, order_id, site_id, buyer_id, number, status, total)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(network)
    .bind(order.id)
    .bind(order.site)
    .bind(order.buyer)
    .bind(number())
    .bind(order.status)
    .bind(order.total)
    .execute(db)
    .await?;
    Ok(())
}

/// Adds the lines, and for each its price chain.
pub async fn insert_lines(
    db: &mut Conn,
    network: NetworkId,
    order: OrderId,
    lines: &[PricedLine],
) -> Result<(), Fault> {
    for (line_no, line) in (0i32..).zip(lines) {
        let item = &line.offer.item;
        let price = line.offer.price().ok_or_else(|| Fault::new("an unpriced line was sold"))?;
        sqlx::query(
            "insert into order_line (network_id, order_id, line_no, line_id, variant_id, product_id, supplier_id, title,
                kind, fulfilment, quantity, unit_price, total, warranty_seconds, covered_reasons, remedies,
                decision_seconds, fields)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        )
        .bind(network)
        .bind(order)
        .bind(line_no)
        .bind(LineId::fresh())
        .bind(item.variant_id)
        .bind(item.product_id)
        .bind(item.supplier_id)
        .bind(&item.title)
        .bind(item.kind)
        .bind(item.fulfilment)
        .bind(line.quantity)
        .bind(price.0)
        .bind(line.total())
        .bind(item.warranty_seconds)
        .bind(&item.covered_reasons)
        .bind(&item.remedies)
        .bind(item.decision_seconds)
        .bind(sqlx::types::Json(&line.answers))
        .execute(&mut *db)
        .await?;
        let links = line.offer.links.as_deref().unwrap_or_default();
        sqlx::query(
            "insert into order_tier (network_id, tenant_id, order_id, line_no, position, rule_id, unit_cost, unit_price,
                cost, price, profit)
             select $1, t.tenant_id, $2, $3, t.position - 1, t.rule_id, t.unit_cost, t.unit_price, t.cost, t.price,
                    t.price - t.cost
               from unnest($4::uuid[], $5::uuid[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[]) with ordinality
                 as t(tenant_id, rule_id, unit_cost, unit_price, cost, price, position)",
        )
        .bind(network)
        .bind(order)
        .bind(line_no)
        .bind(links.iter().map(|link| link.tenant).collect::<Vec<_>>())
        .bind(links.iter().map(|link| link.rule_id).collect::<Vec<_>>())
        .bind(links.iter().map(|link| link.unit_cost.0).collect::<Vec<_>>())
        .bind(links.iter().map(|link| link.unit_price.0).collect::<Vec<_>>())
        .bind(line.tiers.iter().map(|tier| tier.cost).collect::<Vec<_>>())
        .bind(line.tiers.iter().map(|tier| tier.price).collect::<Vec<_>>())
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// Adds every unit with what each tier earns on it; units of stocked lines are handed over with their cards.
pub async fn insert_units(
    db: &mut Conn,
    network: NetworkId,
    order: OrderId,
    units: &[Unit],
    cards: Vec<(i32, Vec<CardId>)>,
) -> Result<(), Fault> {
    let mut cards: std::collections::HashMap<i32, Vec<CardId>> = cards.into_iter().collect();
    let mut card_of = Vec::with_capacity(units.len());
    for unit in units {
        let card = if unit.delivered {
            let card = cards.get_mut(&unit.line_no).and_then(Vec::pop);
            Some(card.ok_or_else(|| Fault::new("fewer cards than units"))?)
        } else {
            None
        };
        card_of.push(card);
    }
    sqlx::query(
        "insert into delivery (network_id, delivery_id, order_id, line_no, unit_no, status, card_id, paid, delivered_at,
            warranty_ends_at, release_at)
         select $1, u.delivery_id, $2, u.line_no, u.unit_no,
                case when u.delivered then 'DELIVERED' else 'PENDING' end, u.card_id, u.paid,
                case when u.delivered then now() end,
                case when u.delivered then now() + make_interval(secs => u.warranty) end,
                case when u.delivered then now() + make_interval(secs => least(u.warranty, n.hold_seconds)) end
           from unnest($3::uuid[], $4::int[], $5::int[], $6::bool[], $7::uuid[], $8::bigint[], $9::int[])
                  as u(delivery_id, line_no, unit_no, delivered, card_id, paid, warranty),
                network n where n.network_id = $1",
    )
    .bind(network)
    .bind(order)
    .bind(units.iter().map(|unit| unit.delivery).collect::<Vec<_>>())
    .bind(units.iter().map(|unit| unit.line_no).collect::<Vec<_>>())
    .bind(units.iter().map(|unit| unit.unit_no).collect::<Vec<_>>())
    .bind(units.iter().map(|unit| unit.delivered).collect::<Vec<_>>())
    .bind(&card_of)
    .bind(units.iter().map(|unit| unit.earned.iter().map(|(_, part)| part).sum::<i64>()).collect::<Vec<_>>())
    .bind(units.iter().map(|unit| unit.warranty_seconds).collect::<Vec<_>>())
    .execute(&mut *db)
    .await?;
    let mut rows: (Vec<DeliveryId>, Vec<TenantId>, Vec<i32>, Vec<i64>) = Default::default();
    for unit in units {
        for (position, (tenant, part)) in (0..).zip(&unit.earned) {
            rows.0.push(unit.delivery);
            rows.1.push(*tenant);
            rows.2.push(position);
            rows.3.push(*part);
        }
    }
    sqlx::query(
        "insert into earning (network_id, delivery_id, tenant_id, position, earned, held)
         select $1, e.delivery_id, e.tenant_id, e.position, e.earned, e.earned
           from unnest($2::uuid[], $3::uuid[], $4::int[], $5::bigint[]) as e(delivery_id, tenant_id, position, earned)",
    )
    .bind(network)
    .bind(rows.0)
    .bind(rows.1)
    .bind(rows.2)
    .bind(rows.3)
    .execute(db)
    .await?;
    Ok(())
}

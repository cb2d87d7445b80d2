//! The orders' statements: one a table, however many orders there are.

use super::{DeliveryId, LineId, OrderId, sale::Sale, terms};
use crate::{
    foundation::{Fault, Together, id::TenantId},
    inventory::CardId,
};
use uuid::Uuid;

/// Writes decided orders: heads, lines, price chains, deliveries (those from stock with their cards), earnings, and
/// a step in the history of each card.
///
/// # Errors
/// [`Fault`] when a stocked unit has no card.
pub fn insert(writes: &mut Together, sales: &[Sale]) -> Result<(), Fault> {
    insert_orders(writes, sales);
    insert_lines(writes, sales);
    insert_tiers(writes, sales);
    insert_deliveries(writes, sales)?;
    insert_earnings(writes, sales);
    terms::record_sales(writes, sales)
}

fn insert_orders(writes: &mut Together, sales: &[Sale]) {
    writes
    .part(
        "insert into orders (network_id, order_id, site_id, buyer_id, number, status, total, discount, coupon_id,
            coupon_code)
         select $1, o.order_id, o.site_id, o.buyer_id, o.number, o.status, o.total, o.discount, o.coupon_id,
                o.coupon_code
           from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::bigint[], $8::bigint[],
                       $9::uuid[], $10::text[])
                  as o(order_id, site_id, buyer_id, number, status, total, discount, coupon_id, coupon_code)",
    )
    .bind(sales.iter().map(|sale| sale.id).collect::<Vec<_>>())
    .bind(sales.iter().map(|sale| sale.site).collect::<Vec<_>>())
    .bind(sales.iter().map(|sale| sale.buyer).collect::<Vec<_>>())
    .bind(sales.iter().map(|sale| sale.number.as_str()).collect::<Vec<_>>())
    .bind(sales.iter().map(|sale| sale.status).collect::<Vec<_>>())
    .bind(sales.iter().map(|sale| sale.total.minor).collect::<Vec<_>>())
    .bind(sales.iter().map(Sale::discount).collect::<Vec<_>>())
    .bind(sales.iter().map(|sale| sale.coupon.as_ref().map(|(id, _)| *id)).collect::<Vec<_>>())
    .bind(sales.iter().map(|sale| sale.coupon.as_ref().map(|(_, code)| code.as_str())).collect::<Vec<_>>())
    .end();
}

#[derive(Default)]
struct LineRows {
    order: Vec<OrderId>,
    line_no: Vec<i32>,
    line: Vec<LineId>,
    variant: Vec<crate::catalogue::VariantId>,
    product: Vec<crate::catalogue::ProductId>,
    supplier: Vec<TenantId>,
    title: Vec<String>,
    kind: Vec<crate::catalogue::ProductKind>,
    fulfilment: Vec<crate::catalogue::Fulfilment>,
    quantity: Vec<i32>,
    unit_price: Vec<i64>,
    discount: Vec<i64>,
    total: Vec<i64>,
    warranty_seconds: Vec<i32>,
    // Lists of words, a text each: an array of arrays would have to be rectangular.
    covered_reasons: Vec<String>,
    remedies: Vec<String>,
    decision_seconds: Vec<i32>,
    answer_seconds: Vec<i32>,
    replacement_limit: Vec<i32>,
    appeal_seconds: Vec<i32>,
    required_evidence: Vec<String>,
    terms_version: Vec<String>,
    acknowledged: Vec<bool>,
    fields: Vec<sqlx::types::Json<std::collections::BTreeMap<String, String>>>,
    plan: Vec<Option<sqlx::types::Json<crate::catalogue::Plan>>>,
    brand: Vec<Option<String>>,
}

fn insert_lines(writes: &mut Together, sales: &[Sale]) {
    let mut rows = LineRows::default();
    for sale in sales {
        for (line_no, (id, line)) in (0..).zip(&sale.lines) {
            let item = &line.offer.item;
            let terms = &line.terms;
            rows.order.push(sale.id);
            rows.line_no.push(line_no);
            rows.line.push(*id);
            rows.variant.push(item.variant_id);
            rows.product.push(item.product_id);
            rows.supplier.push(item.supplier_id);
            rows.title.push(item.title.clone());
            rows.kind.push(item.kind);
            rows.fulfilment.push(item.fulfilment);
            rows.quantity.push(line.quantity);
            rows.unit_price.push(line.unit_price().0);
            rows.discount.push(line.discount);
            rows.total.push(line.total());
            rows.warranty_seconds.push(terms.duration_seconds);
            rows.covered_reasons.push(words(terms.covered_reasons.iter().map(|word| word.word())));
            rows.remedies.push(words(terms.remedies.iter().map(|word| word.word())));
            rows.decision_seconds.push(terms.decision_seconds);
            rows.answer_seconds.push(terms.answer_seconds);
            rows.replacement_limit.push(terms.replacement_limit);
            rows.appeal_seconds.push(terms.appeal_seconds);
            rows.required_evidence.push(words(terms.required_evidence.iter().map(|word| word.word())));
            rows.terms_version.push(terms.version());
            rows.acknowledged.push(line.acknowledged);
            rows.fields.push(sqlx::types::Json(line.answers.clone()));
            rows.plan.push(line.plan.clone().map(sqlx::types::Json));
            rows.brand.push(item.brand.clone());
        }
    }
    writes
    .part(
        "insert into order_line (network_id, order_id, line_no, line_id, variant_id, product_id, supplier_id, title,
            kind, fulfilment, quantity, unit_price, discount, total, warranty_seconds, covered_reasons, remedies,
            decision_seconds, answer_seconds, replacement_limit, appeal_seconds, terms_version,
            terms_acknowledged, fields, plan, brand, required_evidence)
         select $1, l.order_id, l.line_no, l.line_id, l.variant_id, l.product_id, l.supplier_id, l.title, l.kind,
                l.fulfilment, l.quantity, l.unit_price, l.discount, l.total, l.warranty_seconds,
                string_to_array(l.covered_reasons, ','), string_to_array(l.remedies, ','), l.decision_seconds,
                l.answer_seconds, l.replacement_limit, l.appeal_seconds, l.terms_version, l.acknowledged, l.fields,
                l.plan, l.brand, string_to_array(l.required_evidence, ',')
           from unnest($2::uuid[], $3::int[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::text[], $9::text[],
                       $10::text[], $11::int[], $12::bigint[], $13::bigint[], $14::bigint[], $15::int[], $16::text[],
                       $17::text[], $18::int[], $19::int[], $20::int[], $21::int[], $22::text[], $23::bool[],
                       $24::jsonb[], $25::jsonb[], $26::text[], $27::text[])
                  as l(order_id, line_no, line_id, variant_id, product_id, supplier_id, title, kind, fulfilment,
                       quantity, unit_price, discount, total, warranty_seconds, covered_reasons, remedies, decision_seconds,
                       answer_seconds, replacement_limit, appeal_seconds, terms_version, acknowledged, fields, plan,
                       brand, required_evidence)",
    )
    .bind(rows.order)
    .bind(rows.line_no)
    .bind(rows.line)
    .bind(rows.variant)
    .bind(rows.product)
    .bind(rows.supplier)
    .bind(rows.title)
    .bind(rows.kind)
    .bind(rows.fulfilment)
    .bind(rows.quantity)
    .bind(rows.unit_price)
    .bind(rows.discount)
    .bind(rows.total)
    .bind(rows.warranty_seconds)
    .bind(rows.covered_reasons)
    .bind(rows.remedies)
    .bind(rows.decision_seconds)
    .bind(rows.answer_seconds)
    .bind(rows.replacement_limit)
    .bind(rows.appeal_seconds)
    .bind(rows.terms_version)
    .bind(rows.acknowledged)
    .bind(rows.fields)
    .bind(rows.plan)
    .bind(rows.brand)
    .bind(rows.required_evidence)
    .end();
}

// Words of closed vocabularies: none has a comma.
fn words(words: impl Iterator<Item = &'static str>) -> String {
    words.collect::<Vec<_>>().join(",")
}

#[derive(Default)]
struct TierRows {
    tenant: Vec<TenantId>,
    order: Vec<OrderId>,
    line_no: Vec<i32>,
    position: Vec<i32>,
    rule: Vec<Option<Uuid>>,
    unit_cost: Vec<i64>,
    unit_price: Vec<i64>,
    cost: Vec<i64>,
    price: Vec<i64>,
}

fn insert_tiers(writes: &mut Together, sales: &[Sale]) {
    let mut rows = TierRows::default();
    for sale in sales {
        for (line_no, (_, line)) in (0..).zip(&sale.lines) {
            for (position, (link, tier)) in (0..).zip(line.links.iter().zip(&line.tiers)) {
                rows.tenant.push(link.tenant);
                rows.order.push(sale.id);
                rows.line_no.push(line_no);
                rows.position.push(position);
                rows.rule.push(link.rule_id);
                rows.unit_cost.push(link.unit_cost.0);
                rows.unit_price.push(link.unit_price.0);
                rows.cost.push(tier.cost);
                rows.price.push(tier.price);
            }
        }
    }
    writes
    .part(
        "insert into order_tier (network_id, tenant_id, order_id, line_no, position, rule_id, unit_cost, unit_price,
            cost, price, profit)
         select $1, t.tenant_id, t.order_id, t.line_no, t.position, t.rule_id, t.unit_cost, t.unit_price, t.cost,
                t.price, t.price - t.cost
           from unnest($2::uuid[], $3::uuid[], $4::int[], $5::int[], $6::uuid[], $7::bigint[], $8::bigint[],
                       $9::bigint[], $10::bigint[])
                  as t(tenant_id, order_id, line_no, position, rule_id, unit_cost, unit_price, cost, price)",
    )
    .bind(rows.tenant)
    .bind(rows.order)
    .bind(rows.line_no)
    .bind(rows.position)
    .bind(rows.rule)
    .bind(rows.unit_cost)
    .bind(rows.unit_price)
    .bind(rows.cost)
    .bind(rows.price)
    .end();
}

#[derive(Default)]
struct DeliveryRows {
    delivery: Vec<DeliveryId>,
    order: Vec<OrderId>,
    line_no: Vec<i32>,
    unit_no: Vec<i32>,
    card: Vec<Option<CardId>>,
    paid: Vec<i64>,
    warranty: Vec<i32>,
}

fn insert_deliveries(writes: &mut Together, sales: &[Sale]) -> Result<(), Fault> {
    let mut rows = DeliveryRows::default();
    for (sale, unit) in units(sales) {
        if unit.stocked != unit.card.is_some() {
            return Err(Fault::new("fewer cards than units"));
        }
        rows.delivery.push(unit.delivery);
        rows.order.push(sale.id);
        rows.line_no.push(unit.line_no);
        rows.unit_no.push(unit.unit_no);
        rows.card.push(unit.card);
        rows.paid.push(unit.paid());
        rows.warranty.push(unit.warranty_seconds);
    }
    writes
    .part(
        "insert into delivery (network_id, delivery_id, order_id, line_no, unit_no, status, card_id, paid, delivered_at,
            warranty_ends_at, release_at)
         select $1, u.delivery_id, u.order_id, u.line_no, u.unit_no,
                case when u.card_id is null then 'PENDING' else 'DELIVERED' end, u.card_id, u.paid,
                case when u.card_id is not null then now() end,
                case when u.card_id is not null then now() + make_interval(secs => u.warranty) end,
                case when u.card_id is not null then now() + make_interval(secs => least(u.warranty, n.hold_seconds)) end
           from unnest($2::uuid[], $3::uuid[], $4::int[], $5::int[], $6::uuid[], $7::bigint[], $8::int[])
                  as u(delivery_id, order_id, line_no, unit_no, card_id, paid, warranty),
                network n where n.network_id = $1",
    )
    .bind(rows.delivery)
    .bind(rows.order)
    .bind(rows.line_no)
    .bind(rows.unit_no)
    .bind(rows.card)
    .bind(rows.paid)
    .bind(rows.warranty)
    .end();
    Ok(())
}

fn insert_earnings(writes: &mut Together, sales: &[Sale]) {
    let mut rows: (Vec<DeliveryId>, Vec<TenantId>, Vec<i32>, Vec<i64>) = Default::default();
    for (_, unit) in units(sales) {
        for (position, (tenant, part)) in (0..).zip(&unit.earned) {
            rows.0.push(unit.delivery);
            rows.1.push(*tenant);
            rows.2.push(position);
            rows.3.push(*part);
        }
    }
    writes
    .part(
        "insert into earning (network_id, delivery_id, tenant_id, position, earned, held)
         select $1, e.delivery_id, e.tenant_id, e.position, e.earned, e.earned
           from unnest($2::uuid[], $3::uuid[], $4::int[], $5::bigint[]) as e(delivery_id, tenant_id, position, earned)",
    )
    .bind(rows.0)
    .bind(rows.1)
    .bind(rows.2)
    .bind(rows.3)
    .end();
}

fn units(sales: &[Sale]) -> impl Iterator<Item = (&Sale, &super::sale::Unit)> {
    sales.iter().flat_map(|sale| sale.units.iter().map(move |unit| (sale, unit)))
}

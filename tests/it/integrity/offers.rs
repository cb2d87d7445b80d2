//! The same for what is sold with goods, what is taken off them, and what remedies were paid from.

/// Which invariants are red, by name, after this SQL.
pub const BREAKS: &[(&[&str], &str)] = &[
    (
        &["I22c_lines_hold_their_plan", "I28c_logs_say_what_happened"],
        "update order_line set plan = jsonb_set(plan, '{days}', '9999') where plan is not null",
    ),
    (&["I42_coupons_are_counted"], "update coupon set uses = uses + 1"),
    (&["I42_coupons_are_counted"], "update coupon_buyer set uses = uses + 1"),
    (&["I42_coupons_are_counted"], "update orders set discount = discount + 1 where coupon_id is not null"),
    (
        &["I21f_remedies_name_their_purses"],
        "update remedy_payment set amount = amount + 1
          where (claim_id, tenant_id, purse) = (select claim_id, tenant_id, purse from remedy_payment limit 1)",
    ),
    (
        &["I21f_remedies_name_their_purses"],
        "delete from remedy_payment
          where (claim_id, tenant_id, purse) = (select claim_id, tenant_id, purse from remedy_payment limit 1)",
    ),
];

//! What a shelf is made of, as rows: every sort of row with the columns of all, so that one statement reads a network.

use super::shelf::{Good, Seller, Setting, Shelf, Stock, fold};
use crate::{
    catalogue::{Terms, terms::Written},
    foundation::{BasisPoints, Fault, Moment, id::TenantId},
    pricing::store::{Candidate, RuleRow},
    tenancy::qualification::{Qualification, QualificationId, QualificationStatus},
};
use sqlx::{FromRow, Row, postgres::PgRow};

crate::row! {
    /// A moment of the database.
    pub struct Mark {
        /// What was visible.
        pub snapshot: String,
        /// The life of the database that it belongs to: one that crashed may give a transaction's id again.
        pub life: String,
    }
}

/// The moment that a statement sees. Statistics begin anew with every life of the database's processes, also where
/// the postmaster stays.
pub const MARK: &str = "pg_current_snapshot()::text as snapshot,
  concat_ws(' ', pg_postmaster_start_time(), pg_stat_get_bgwriter_stat_reset_time()) as life";

// How long there is one, and how long there are more than the alarm level: a few cards that last for a while say so,
// and where there are none the rest are looked at in full. Cards that end on many days are not all read for the sake
// of the last, and what was looked at never ends before it is looked at again.
macro_rules! stock {
    ($which:literal) => {
        concat!(
            " cross join lateral (
                select count(*) as count, coalesce(bool_or(expires_at is null), false) as endless,
                       max(expires_at) as until_at,
                       (array_agg(coalesce(expires_at, 'infinity') order by expires_at desc nulls first))[v.low_stock + 1]
                         as plenty_at
                  from (select c.expires_at from card c
                         where ",
            $which,
            " c.network_id = $1 and c.variant_id = v.variant_id and c.state = 'AVAILABLE'
                           and (c.expires_at is null or c.expires_at > now() + interval '10 seconds')
                         limit greatest(4, v.low_stock + 1)) few) looked
              cross join lateral (
                select max(c.expires_at) as until_at from card c
                 where ",
            $which,
            " looked.count = 0 and c.network_id = $1 and c.variant_id = v.variant_id and c.state = 'AVAILABLE'
                   and c.expires_at > now()) rest"
        )
    };
}

/// How long there is one of each of some variants (`$2`).
pub const RESTOCK: &str = concat!(
    "select v.variant_id, looked.endless,
            case when not looked.endless then coalesce(looked.until_at, rest.until_at) end as until_at,
            looked.count = greatest(4, v.low_stock + 1) as more,
            looked.plenty_at is not null as plenty, nullif(looked.plenty_at, 'infinity') as plenty_until
       from unnest($2::uuid[]) as w (variant_id)
      cross join lateral (
        select variant_id, low_stock from variant where network_id = $1 and variant_id = w.variant_id offset 0) v",
    stock!(""),
);

macro_rules! no_seller {
    () => {
        ", null::jsonb as qualifications, null::bool as active, null::int as markup_cap_bp, null::text as snapshot, null::text as life"
    };
}

macro_rules! no_word {
    () => {
        ", null::uuid as rule_id, null::uuid as audience_id, null::bigint as value, null::bool as hidden,
           null::jsonb as site_terms"
    };
}

macro_rules! no_good {
    () => {
        ", null::text as brand, null::text as description, null::bool as plenty, null::timestamptz as plenty_until,
           null::uuid as supplier_id, null::text as fulfilment, null::bigint as minimum_price,
           null::bigint as settlement_price, null::int as warranty_seconds, null::text[] as covered_reasons,
           null::text[] as remedies, null::int as decision_seconds, null::int as answer_seconds,
           null::int as replacement_limit, null::int as appeal_seconds, null::text[] as required_evidence,
           null::jsonb as fields, null::jsonb as plans, null::bool as endless,
           null::timestamptz as until_at, null::bool as more, null::bool as in_stock"
    };
}

// The moment stands in the operator's row: every network has one.
const SELLERS: &str = concat!(
    "select 'SELLER' as part, t.tenant_id, null::uuid as product_id, null::uuid as variant_id, null::text as kind,
            null::text as title,
            (select jsonb_agg(to_jsonb(q) order by q.qualification_id desc) from (
               select qualification_id, tenant_id, title, issuer, number, status, submitted_at, decided_at, valid_until
                 from qualification
                where network_id = t.network_id and tenant_id = t.tenant_id and status = 'VERIFIED'
                  and (valid_until is null or valid_until > now())
                order by qualification_id desc limit 20) q) as qualifications,
            t.status = 'ACTIVE' and t.sales_paused is null as active, t.markup_cap_bp, m.snapshot, m.life",
    no_word!(),
    no_good!(),
);

const RULES: &str = concat!(
    "select 'RULE', r.tenant_id, r.product_id, r.variant_id, r.kind, null",
    no_seller!(),
    ", r.rule_id, r.audience_id, r.value, null, null",
    no_good!(),
);

const SETTINGS: &str = concat!(
    "select 'SETTING', l.tenant_id, null, l.variant_id, null, l.title",
    no_seller!(),
    ", null, null, null, l.hidden, l.terms",
    no_good!(),
);

const GOODS: &str = concat!(
    "select 'GOOD', null, v.product_id, v.variant_id, p.kind,
            case when v.title = p.title then p.title else p.title || ' · ' || v.title end",
    no_seller!(),
    no_word!(),
    ", p.brand, p.description, v.fulfilment = 'MANUAL' or looked.plenty_at is not null,
       nullif(looked.plenty_at, 'infinity')",
    ", v.supplier_id, v.fulfilment, v.minimum_price, s.settlement_price, p.warranty_seconds, p.covered_reasons,
       p.remedies, p.decision_seconds, p.answer_seconds, p.replacement_limit, p.appeal_seconds, p.required_evidence,
       p.fields, p.plans, v.fulfilment = 'MANUAL' or looked.endless,
       case when not looked.endless then coalesce(looked.until_at, rest.until_at) end,
       looked.count = greatest(4, v.low_stock + 1),
       v.fulfilment = 'MANUAL' or looked.count > 0 or rest.until_at is not null",
);

const GOODS_STOCK: &str = stock!("v.fulfilment = 'STOCK' and");

// A qualification as a row writes it.
#[derive(serde::Deserialize)]
struct Verified {
    qualification_id: uuid::Uuid,
    tenant_id: uuid::Uuid,
    title: String,
    issuer: String,
    number: Option<String>,
    submitted_at: Moment,
    decided_at: Option<Moment>,
    valid_until: Option<Moment>,
}

impl From<Verified> for Qualification {
    // What the operator said is not everybody's.
    fn from(row: Verified) -> Self {
        Self {
            qualification_id: QualificationId(row.qualification_id),
            tenant_id: TenantId(row.tenant_id),
            title: row.title,
            issuer: row.issuer,
            number: row.number,
            status: QualificationStatus::Verified,
            submitted_at: row.submitted_at,
            decided_at: row.decided_at,
            note: None,
            valid_until: row.valid_until,
        }
    }
}

/// Which rows of each sort: each begins with `and`, or is empty for all.
#[derive(Default)]
pub struct Which {
    /// Of tenants `t`.
    pub sellers: &'static str,
    /// Of price rules `r`.
    pub rules: &'static str,
    /// Of listing settings `l`.
    pub settings: &'static str,
    /// Of variants `v`.
    pub goods: &'static str,
}

impl Which {
    /// The statement that reads them; the network is `$1`.
    pub fn sql(&self) -> String {
        let Self { sellers, rules, settings, goods } = self;
        format!(
            "{SELLERS} from tenant t left join (select {MARK}) m on t.kind = 'OPERATOR'
              where t.network_id = $1 {sellers}
             union all
             {RULES} from price_rule r where r.network_id = $1 {rules}
             union all
             {SETTINGS} from listing_setting l where l.network_id = $1 {settings}
             union all
             {GOODS} from variant v
              join product p on p.network_id = v.network_id and p.product_id = v.product_id and p.status = 'APPROVED'
              join supply_price s on s.network_id = v.network_id and s.variant_id = v.variant_id
              {GOODS_STOCK}
             where v.network_id = $1 {goods}"
        )
    }
}

/// Puts each row in its place; answers the moment, where the operator's row is among them.
///
/// # Errors
/// [`Fault`] for a row that is none of these.
pub fn put(shelf: &mut Shelf, rows: &[PgRow]) -> Result<Option<Mark>, Fault> {
    let (mut goods, mut mark) = (Vec::new(), None);
    for row in rows {
        match row.try_get("part")? {
            "SELLER" => {
                let cap: Option<i32> = row.try_get("markup_cap_bp")?;
                let cap = cap.map(|cap| BasisPoints(i64::from(cap)));
                let verified: Option<sqlx::types::Json<Vec<Verified>>> = row.try_get("qualifications")?;
                let verified = verified.map_or_else(Vec::new, |verified| verified.0);
                let qualifications = verified.into_iter().map(Qualification::from).collect();
                let active = row.try_get("active")?;
                shelf.admit(row.try_get("tenant_id")?, Seller { active, cap, qualifications });
                if row.try_get::<Option<&str>, _>("snapshot")?.is_some() {
                    mark = Some(Mark::from_row(row)?);
                }
            }
            "RULE" => {
                let rule = RuleRow::from_row(row)?;
                shelf.rules_mut(rule.tenant_id).put(&rule);
            }
            "SETTING" => {
                let title: Option<String> = row.try_get("title")?;
                let title = title.map(|title| {
                    let folded = fold(&title);
                    (title, folded)
                });
                let terms: Option<sqlx::types::Json<Written>> = row.try_get("site_terms")?;
                let terms = terms.map(|terms| Terms::try_from(terms.0)).transpose()?;
                let setting = Setting { title, hidden: row.try_get("hidden")?, terms };
                shelf.settings_mut(row.try_get("tenant_id")?).insert(row.try_get("variant_id")?, setting);
            }
            "GOOD" => {
                let item = Candidate::from_row(row)?;
                goods.push(Good { folded: fold(&item.title), item, stock: Stock::from_row(row)? });
            }
            part => return Err(Fault::new(format!("a shelf has no {part}"))),
        }
    }
    if !goods.is_empty() {
        shelf.put(goods);
    }
    Ok(mark)
}

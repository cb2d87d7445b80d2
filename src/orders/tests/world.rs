//! A small network with fixed ids in a database of its own: two of them begin alike, to the row.

use super::script::{Call, Change};
use crate::{
    access::{self, Actor, Holding, Permit, Place, Role, TenantKind, TenantStatus, Viewer},
    catalogue::{PlanId, VariantId},
    foundation::{
        Currency, Db, Money, Scope, Tx,
        id::{NetworkId, TenantId, UserId},
        migrate,
        seal::Sealer,
        testing,
    },
    orders::place_order::{PlaceOrder, Placed},
    orders::view,
    pricing::{
        listing::{ListingId, WantedLine},
        prices::Prices,
    },
};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, postgres::PgConnectOptions};
use std::{collections::BTreeMap, sync::Arc};
use uuid::Uuid;

/// Buyer n belongs to site n modulo [`SITES`].
pub(super) const BUYERS: usize = 6;
/// The second stands under the first.
pub(super) const SITES: usize = 2;
/// Oldest first, newest first, nearest expiry first, and one by hand.
pub(super) const VARIANTS: usize = 4;
/// Of every variant.
pub(super) const PLANS: usize = 2;

/// A network in a database of its own.
pub(super) struct World {
    owner: PgConnectOptions,
    name: String,
    pub(super) db: Db,
    pub(super) network: NetworkId,
    actions: u64,
}

// The same in every world.
fn fixed(kind: u128, n: usize) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | (kind << 40) | n as u128)
}

fn tenant(n: usize) -> Uuid {
    fixed(1, n)
}

// Operator, supplier, then the sites.
const OPERATOR: usize = 0;
const SUPPLIER: usize = 1;

fn site(n: usize) -> Uuid {
    tenant(2 + n)
}

fn lineage(at: usize) -> Vec<Uuid> {
    std::iter::once(tenant(OPERATOR)).chain((0..=at).map(site)).collect()
}

fn buyer(n: usize) -> Uuid {
    fixed(2, n)
}

fn variant(n: usize) -> Uuid {
    fixed(4, n)
}

fn plan(n: usize) -> Uuid {
    fixed(6, n)
}

// As product.plans keeps them: the first so many.
fn plans(count: usize) -> String {
    let plan = |n: usize| {
        let (id, days, price) = (plan(n), 30 * (n + 1), 199 + 101 * n);
        format!(
            r#"{{"id":"{id}","title":"p{n}","days":{days},"price":{price},"remedies":["PRORATA_REFUND"]}}"#
        )
    };
    format!("[{}]", (0..count).map(plan).collect::<Vec<_>>().join(","))
}

impl World {
    pub(super) async fn new(seed: u64) -> Self {
        let owner = tokio::task::spawn_blocking(testing::owner).await.unwrap();
        let name = format!("cardamom_orders_{}", Uuid::now_v7().simple());
        let mut connection = PgConnection::connect_with(&owner).await.unwrap();
        connection.execute(AssertSqlSafe(format!("create database {name}"))).await.unwrap();
        let sealer = Sealer::new(&[9; 32]).unwrap();
        let app = migrate::run(&owner.clone().database(&name), &sealer).await.unwrap();
        let db = Db::connect(app, 10).await.unwrap();
        let network = NetworkId(fixed(0, usize::try_from(seed).unwrap()));
        let holding = Holding {
            role: Role::Buyer.word().into(),
            actions: vec![],
            at: TenantId(site(0)),
            subtree: false,
        };
        let actions = access::decide(&[TenantId(site(0))], TenantKind::Site, vec![holding]).await.unwrap();
        let world = Self { owner, name, db, network, actions };
        world.furnish().await;
        world
    }

    async fn begin(&self) -> Tx {
        self.db.begin(Scope::Network(self.network)).await.unwrap()
    }

    // The statements of a text, with `$network` in place.
    async fn run(&self, tx: &mut Tx, text: String) {
        let text = text.replace("$network", &format!("'{}'", self.network.0));
        (&mut **tx).execute(sqlx::raw_sql(AssertSqlSafe(text))).await.unwrap();
    }

    async fn furnish(&self) {
        let mut tx = self.begin().await;
        let mut text = vec![String::from(
            "insert into network (network_id, name, currency) values ($network, 'Test', 'CNY');
             insert into policy_version (network_id) values ($network);
             insert into ledger_fold (network_id, below) values ($network, pg_snapshot_xmin(pg_current_snapshot()));",
        )];
        let path = |ids: &[Uuid]| ids.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(",");
        let mut add = |id: Uuid, kind: &str, handle: &str, parent: Option<Uuid>, lineage: &[Uuid]| {
            let parent = parent.map_or("null".into(), |id| format!("'{id}'"));
            text.push(format!(
                "insert into tenant (network_id, tenant_id, kind, handle, name, status, parent_id, depth, lineage)
                 values ($network, '{id}', '{kind}', '{handle}', '{handle}', 'ACTIVE', {parent}, {}, array[{}]::uuid[]);
                 insert into account (network_id, account_id, kind, owner_id, constrained)
                 values ($network, '{}', 'TENANT_HELD', '{id}', false);",
                lineage.len() - 1,
                path(lineage),
                Uuid::from_u128(id.as_u128() | 1 << 60),
            ));
        };
        let (operator, supplier) = (tenant(OPERATOR), tenant(SUPPLIER));
        add(operator, "OPERATOR", "op", None, &[operator]);
        add(supplier, "SUPPLIER", "su", Some(operator), &[operator, supplier]);
        add(site(0), "SITE", "s0", Some(operator), &lineage(0));
        add(site(1), "SITE", "s1", Some(site(0)), &lineage(1));
        for n in 0..BUYERS {
            text.push(format!(
                "insert into app_user (network_id, user_id, tenant_id, kind, email, email_key, display_name, password_hash)
                 values ($network, '{0}', '{1}', 'BUYER', 'b{n}', 'b{n}', 'b{n}', '');
                 insert into account (network_id, account_id, kind, owner_id, constrained, balance)
                 values ($network, '{2}', 'BUYER_WALLET', '{0}', true, {3});
                 insert into session (network_id, token_hash, session_id, user_id, expires_at)
                 values ($network, '\\x0{n}', '{0}', '{0}', now() + interval '1 day');",
                buyer(n),
                site(n % SITES),
                fixed(3, n),
                25_000 + 40_000 * n,
            ));
        }
        text.push(format!(
            "insert into product (network_id, product_id, supplier_id, title, kind, status, warranty_seconds,
                                  covered_reasons, remedies, decision_seconds, plans)
             values ($network, '{0}', '{supplier}', 'Card', 'CARD', 'APPROVED', 3600,
                     '{{INVALID,NOT_DELIVERED}}', '{{REPLACE,REFUND}}', 600, '{1}');
             insert into data_key (network_id, key_id, tenant_id, wrapped) values ($network, '{0}', '{supplier}', '');
             insert into price_rule (network_id, rule_id, tenant_id, kind, value)
             values ($network, '{operator}', '{operator}', 'MARKUP', 333);",
            fixed(5, 0),
            plans(PLANS),
        ));
        for (n, (fulfilment, allocation)) in
            [("STOCK", "OLDEST"), ("STOCK", "NEWEST"), ("STOCK", "NEAREST_EXPIRY"), ("MANUAL", "OLDEST")]
                .into_iter()
                .enumerate()
        {
            text.push(format!(
                "insert into variant (network_id, variant_id, product_id, supplier_id, sku, title, fulfilment, allocation,
                                      low_stock)
                 values ($network, '{0}', '{1}', '{supplier}', 'v{n}', 'v{n}', '{fulfilment}', '{allocation}', 3);
                 insert into supply_price (network_id, variant_id, supplier_id, settlement_price)
                 values ($network, '{0}', '{supplier}', {2});
                 insert into card_import (network_id, import_id, tenant_id, variant_id, actor_id, format, dry_run, status,
                                          lease_until, key_id, runner)
                 values ($network, '{0}', '{supplier}', '{0}', '{supplier}', 'LINES', false, 'DONE', now(), '{1}', '{0}');",
                variant(n),
                fixed(5, 0),
                7_777_777 * (n + 1),
            ));
        }
        self.run(&mut tx, text.concat()).await;
        for n in 0..VARIANTS - 1 {
            self.add_cards(&mut tx, n, 50).await;
        }
        tx.commit().await.unwrap();
    }

    // Every third card of a variant expires, at a time of its own.
    async fn add_cards(&self, tx: &mut Tx, of: usize, count: usize) {
        let text = format!(
            "insert into card (network_id, card_id, variant_id, supplier_id, import_id, state, key_id, sealed, fingerprint,
                               expires_at)
             select $network, ('01900000-0000-7000-8000-{:04x}' || lpad(to_hex(n), 8, '0'))::uuid, '{}', '{}', '{}',
                    'AVAILABLE', '{}', '', decode(lpad(to_hex(n + {of} * 1000000), 16, '0'), 'hex'),
                    case when n % 3 = 0 then timestamptz '2100-01-01 00:00:00+00' - (n * interval '1 day') end
               from (select count(*) as there from card where network_id = $network and variant_id = '{}') c,
                    generate_series(c.there + 1, c.there + {count}) n;",
            0x100 + of,
            variant(of),
            tenant(SUPPLIER),
            variant(of),
            fixed(5, 0),
            variant(of),
        );
        self.run(tx, text).await;
    }

    pub(super) async fn change(&self, change: &Change) {
        let mut tx = self.begin().await;
        let status = |active: bool| if active { "ACTIVE" } else { "SUSPENDED" };
        let text = match *change {
            Change::Nothing => return,
            Change::Markup(at, points) => format!(
                "insert into price_rule (network_id, rule_id, tenant_id, kind, value)
                 values ($network, '{0}', '{0}', 'MARKUP', {points})
                 on conflict on constraint price_rule_place do update set value = excluded.value;",
                site(at),
            ),
            Change::Hide(at, of, hidden) => format!(
                "insert into listing_setting (network_id, tenant_id, variant_id, hidden)
                 values ($network, '{}', '{}', {hidden})
                 on conflict (network_id, tenant_id, variant_id) do update set hidden = excluded.hidden;",
                site(at),
                variant(of),
            ),
            Change::Supplier(active) => format!(
                "update tenant set status = '{}' where network_id = $network and tenant_id = '{}';",
                status(active),
                tenant(SUPPLIER),
            ),
            Change::Site(at, active) => format!(
                "update tenant set status = '{}' where network_id = $network and tenant_id = '{}';",
                status(active),
                site(at),
            ),
            Change::Plan(offered) => format!(
                "update product set plans = '{}' where network_id = $network;",
                plans(if offered { PLANS } else { PLANS - 1 }),
            ),
            Change::Cards(of, count) => {
                if of < VARIANTS - 1 {
                    self.add_cards(&mut tx, of, count).await;
                }
                tx.commit().await.unwrap();
                return;
            }
        };
        self.run(&mut tx, text).await;
        tx.commit().await.unwrap();
    }

    fn place(&self, at: usize) -> Place {
        Place {
            network: self.network,
            currency: Currency::CNY,
            tenant: TenantId(site(at)),
            kind: TenantKind::Site,
            status: TenantStatus::Active,
            lineage: lineage(at).into_iter().map(TenantId).collect(),
        }
    }

    fn viewer(&self, of: usize) -> Viewer {
        Viewer {
            place: Arc::new(self.place(of % SITES)),
            actor: Actor::Buyer(UserId(buyer(of))),
            actions: self.actions,
            credential: Some((
                Arc::from([u8::try_from(of).unwrap()].as_slice()),
                std::time::Instant::now() + std::time::Duration::from_hours(1),
            )),
            version: 1,
            address: None,
            user_agent: None,
        }
    }

    /// A call as the use case takes it.
    pub(super) fn ask(&self, call: &Call) -> (Permit, PlaceOrder) {
        let permit = self.viewer(call.buyer).permit("Mutation.orderPlace").unwrap();
        let request = PlaceOrder {
            idempotency_key: call.key.clone(),
            lines: wanted(call),
            coupon: None,
            expected_total: Money::new(call.expected, Currency::CNY),
        };
        (permit, request)
    }

    /// What each call would cost now; something where it can't be bought.
    pub(super) async fn prices(&self, calls: &[Call]) -> Vec<i64> {
        let mut tx = self.begin().await;
        let mut prices = Vec::new();
        for call in calls {
            let (place, lines) = (self.place(call.buyer % SITES), wanted(call));
            let read = Prices::read(&mut tx, self.network, [(&place, &*lines)], false).await.unwrap();
            prices.push(read.lines(&place, &lines).map_or(1, |(_, total)| total.minor));
        }
        prices
    }

    /// Whoever reads the order sees what was answered when it was placed.
    pub(super) async fn same_as_read(&self, placed: &Placed) {
        let Some(seen) = &placed.seen else { return };
        let mut tx = self.begin().await;
        let owner: (Uuid, Uuid) =
            sqlx::query_as("select site_id, buyer_id from orders where network_id = $1 and order_id = $2")
                .bind(self.network)
                .bind(placed.id)
                .fetch_one(&mut *tx)
                .await
                .unwrap();
        drop(tx);
        let scope = Scope::Buyer(self.network, TenantId(owner.0), UserId(owner.1));
        let mut tx = self.db.begin(scope).await.unwrap();
        let read = view::find_many(&mut tx, self.network, &[placed.id]).await.unwrap();
        assert_eq!(format!("{read:?}"), format!("[{seen:?}]"));
    }

    pub(super) async fn lock_wallet(&self, of: usize) -> Elsewhere {
        let mut tx = self.begin().await;
        sqlx::query("select from account where network_id = $1 and account_id = $2 for no key update")
            .bind(self.network)
            .bind(fixed(3, of))
            .execute(&mut *tx)
            .await
            .unwrap();
        Elsewhere(Some(tx))
    }

    /// Ends a buyer's session, as signing out does.
    pub(super) async fn revoke(&self, of: usize) {
        let mut tx = self.begin().await;
        let text = format!(
            "update session set revoked_at = now() where network_id = $network and user_id = '{}';
             update policy_version set version = version + 1 where network_id = $network;",
            buyer(of),
        );
        self.run(&mut tx, text).await;
        tx.commit().await.unwrap();
    }

    /// Everything that an order writes, in words that are the same in every world: an order is called by its
    /// buyer and key.
    pub(super) async fn dump(&self) -> BTreeMap<&'static str, Vec<String>> {
        let mut tx = self.begin().await;
        let mut dump = BTreeMap::new();
        for (name, sql) in TABLES {
            let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!(
                "with named as (select result_id as order_id, actor_id || '/' || key as name from idempotency
                                 where network_id = $1),
                      waiting as (select o.id, f.ordinality as place, f.value ->> 'type' as type,
                                         f.value ->> 'subject_id' as subject_id, f.value -> 'audience' as audience,
                                         (f.value ->> 'order_id')::uuid as order_id, f.value ->> 'buyer_id' as buyer_id,
                                         f.value ->> 'order_status' as order_status
                                    from outbox o cross join jsonb_array_elements(o.facts) with ordinality f) {sql}"
            )))
            .bind(self.network)
            .fetch_all(&mut *tx)
            .await
            .unwrap();
            dump.insert(*name, rows);
        }
        dump
    }

    pub(super) async fn close(self) {
        self.db.close().await;
        let mut connection = PgConnection::connect_with(&self.owner).await.unwrap();
        let drop = format!("drop database {} with (force)", self.name);
        connection.execute(AssertSqlSafe(drop)).await.unwrap();
        let (app, work) = (migrate::app_role(&self.name), migrate::work_role(&self.name));
        connection.execute(AssertSqlSafe(format!("drop role {app}, {work}"))).await.unwrap();
    }
}

/// Somebody else's open transaction.
pub(super) struct Elsewhere(Option<Tx>);

impl Elsewhere {
    pub(super) async fn finish(&mut self) {
        if let Some(tx) = self.0.take() {
            tx.commit().await.unwrap();
        }
    }
}

fn wanted(call: &Call) -> Vec<WantedLine> {
    let site = TenantId(site(call.buyer % SITES));
    call.lines
        .iter()
        .map(|(of, quantity, with)| WantedLine {
            listing: ListingId { site, variant: VariantId(variant(*of)) },
            quantity: *quantity,
            fields: vec![],
            terms_version: None,
            plan: with.map(|n| PlanId(plan(n))),
        })
        .collect()
}

const TABLES: &[(&str, &str)] = &[
    ("idempotency", "select actor_id || key || encode(input_hash, 'hex') || operation from idempotency order by 1"),
    (
        "orders",
        "select (name, site_id, buyer_id, status, total, discount, coupon_id, refunded, version, length(number))::text
           from orders join named using (order_id) order by 1",
    ),
    (
        "order_line",
        "select (name, line_no, variant_id, product_id, supplier_id, title, kind, fulfilment, quantity, unit_price, discount, total,
                 warranty_seconds, covered_reasons, remedies, decision_seconds, answer_seconds,
                 replacement_limit, appeal_seconds, required_evidence, terms_version, terms_acknowledged, fields, plan)::text
           from order_line join named using (order_id) order by 1",
    ),
    (
        "order_tier",
        "select (name, line_no, tenant_id, position, rule_id, unit_cost, unit_price, cost, price, profit)::text
           from order_tier join named using (order_id) order by 1",
    ),
    (
        "delivery",
        "select (name, line_no, unit_no, status, card_id, paid, refunded, warranty_ends_at - delivered_at,
                 release_at - delivered_at, delivered_at is null)::text
           from delivery join named using (order_id) order by 1",
    ),
    (
        "earning",
        "select (name, line_no, unit_no, tenant_id, position, earned, held, given_back)::text
           from earning join delivery using (network_id, delivery_id) join named using (order_id) order by 1",
    ),
    ("account", "select (account_id, balance)::text from account order by 1"),
    (
        "posting",
        "select (name, position, account_id, amount)::text
           from posting join journal_entry using (network_id, entry_id)
           join named on key = 'order:' || order_id order by 1",
    ),
    ("card", "select (card_id, state)::text from card order by 1"),
    (
        "steps of each card that was sold",
        "select (s.item, name, kind, line_no, unit_no, encode(s.terms, 'hex'))::text
           from provenance_queue q
          cross join lateral unnest(q.items, q.subjects, q.terms) as s (item, subject, terms)
           join delivery d on d.network_id = q.network_id and d.delivery_id = s.subject and d.card_id = s.item
           join named using (order_id) order by 1",
    ),
    (
        "events of each order, in their order",
        "select (name, row_number() over (partition by o.order_id order by id, place), type, audience, buyer_id,
                 order_status, case when subject_id like 'ord_%' then 'order' else 'delivery' end)::text
           from waiting o join named using (order_id) order by 1",
    ),
    (
        "events of everything else",
        "select (type, subject_id, audience, buyer_id)::text from waiting where order_id is null order by 1",
    ),
];

//! Random changes from many transactions: the shelf shows what the statements show, whenever it looks.

use crate::support::{Server, Shop, Terms, app, superuser, uuid};
use cardamom::{
    access::{Actor, Place, TenantKind, TenantStatus},
    catalogue::ProductKind,
    foundation::{
        Currency, Db, PageRequest,
        id::{NetworkId, TenantId},
    },
    pricing::{
        Offer, Views,
        listing::{Filter, page_of_rows},
        view::{Order, Reach, Spot, Sweeper, fold},
    },
};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// Random numbers that one number repeats.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides).unwrap()).unwrap()
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }
}

const TITLES: &[&str] =
    &["Starfall", "STARFALL gold", "moon_lit", "100%", "back\\slash", "Ming 星 card", "a"];
const SEARCHES: &[Option<&str>] = &[
    None,
    None,
    None,
    Some("star"),
    Some("FALL G"),
    Some("_"),
    Some("%"),
    Some("\\"),
    Some("星"),
    Some(" A "),
];

struct World {
    network: NetworkId,
    sites: Vec<Place>,
}

async fn world(shop: &Shop, db: &mut PgConnection) -> World {
    let (network, lineage): (NetworkId, Vec<TenantId>) =
        sqlx::query_as("select network_id, lineage from tenant where tenant_id = $1")
            .bind(uuid(&shop.b.id))
            .fetch_one(&mut *db)
            .await
            .unwrap();
    let mut sites: Vec<Place> = Vec::new();
    let place = |lineage: Vec<TenantId>| Place {
        network,
        currency: Currency::CNY,
        tenant: *lineage.last().unwrap(),
        kind: TenantKind::Site,
        status: TenantStatus::Active,
        lineage,
    };
    sites.push(place(lineage[..2].to_vec()));
    sites.push(place(lineage));
    for at in 0..6 {
        let mut lineage = sites[at / 2].lineage.clone();
        let parent = *lineage.last().unwrap();
        lineage.push(TenantId::fresh());
        sqlx::query(
            "insert into tenant (network_id, tenant_id, kind, handle, name, status, parent_id, depth, lineage)
             values ($1, $2, 'SITE', $3, $3, 'ACTIVE', $4, $5, $6)",
        )
        .bind(network)
        .bind(lineage.last().unwrap())
        .bind(format!("site-{at}"))
        .bind(parent)
        .bind(i32::try_from(lineage.len() - 1).unwrap())
        .bind(&lineage)
        .execute(&mut *db)
        .await
        .unwrap();
        sites.push(place(lineage));
    }
    World { network, sites }
}

const RULE_PLACE: &str = "on conflict on constraint price_rule_place do update
  set kind = excluded.kind, value = excluded.value, rule_id = excluded.rule_id";

// One random change; what it does not apply to, it does nothing to.
fn change(dice: &mut Dice, world: &World) -> String {
    let network = world.network.0;
    let any = |table: &str, column: &str, which: &str| {
        format!(
            "(select {column} from {table} where network_id = '{network}' {which} order by random() limit 1)"
        )
    };
    let site = dice.one(&world.sites);
    let seller = *dice.one(&site.lineage);
    let (variant, product) = (any("variant", "variant_id", ""), any("product", "product_id", ""));
    let title = dice.one(TITLES).replace('\'', "''");
    let hours = [-5, -1, 1, 5][dice.roll(4)];
    match dice.roll(17) {
        0..=4 => {
            let audience = match dice.roll(3) {
                0 => "null".to_owned(),
                1 => format!("'{}'", seller.0),
                _ => format!("'{}'", dice.one(&world.sites).tenant.0),
            };
            let (product, variant) = match dice.roll(3) {
                0 => ("null", "null"),
                1 => (product.as_str(), "null"),
                _ => ("null", variant.as_str()),
            };
            let (kind, value) = *dice.one(&[
                ("INHERIT", 0),
                ("MARKUP", 700),
                ("MARKUP", 12_345),
                ("ADD", 1_234_567),
                ("FIXED", 90_000_000),
                ("FIXED", 500_000_000),
            ]);
            format!(
                "insert into price_rule (network_id, rule_id, tenant_id, audience_id, product_id, variant_id, kind, value)
                 values ('{network}', gen_random_uuid(), '{}', {audience}, {product}, {variant}, '{kind}', {value}) {RULE_PLACE}",
                seller.0
            )
        }
        5 => format!("delete from price_rule where rule_id = {}", any("price_rule", "rule_id", "")),
        6 => format!(
            "update price_rule set product_id = null, variant_id = {variant}, tenant_id = '{}' where rule_id = {}",
            seller.0,
            any("price_rule", "rule_id", "")
        ),
        7 => format!(
            "insert into listing_setting (network_id, tenant_id, variant_id, title, hidden)
             values ('{network}', '{}', {variant}, nullif('{title}', 'a'), {})
             on conflict (network_id, tenant_id, variant_id) do update set title = excluded.title, hidden = excluded.hidden",
            site.tenant.0,
            dice.roll(4) == 0
        ),
        8 => format!("delete from listing_setting where variant_id = {variant} and tenant_id = '{}'", site.tenant.0),
        9 => {
            let status = ["SUSPENDED", "ACTIVE", "ACTIVE"][dice.roll(3)];
            let which = ["and kind = 'SITE'", "and kind = 'SITE'", "and kind = 'SUPPLIER'"][dice.roll(3)];
            format!("update tenant set status = '{status}' where tenant_id = {}", any("tenant", "tenant_id", which))
        }
        10 => format!(
            "update tenant set markup_cap_bp = {} where tenant_id = '{}'",
            ["null", "0", "1000"][dice.roll(3)],
            seller.0
        ),
        11 => format!(
            "update product set status = '{}', title = '{title}', brand = {}, description = '{title}'
              where product_id = {product}",
            ["APPROVED", "APPROVED", "REJECTED"][dice.roll(3)],
            ["null", "'Starfall'", "'Ming'"][dice.roll(3)]
        ),
        12 => format!(
            "update variant set minimum_price = {} where variant_id = {variant}",
            ["null", "95000000"][dice.roll(2)]
        ),
        13 => format!("update supply_price set settlement_price = settlement_price + 1000 where variant_id = {variant}"),
        14 => {
            let insert = format!(
                "with one as (
                   select v.network_id, v.variant_id, v.supplier_id, c.key_id, c.sealed
                     from variant v, (select key_id, sealed from card where network_id = '{network}' limit 1) c
                    where v.variant_id = {variant}),
                 lot as (
                   insert into card_import (network_id, import_id, tenant_id, variant_id, actor_id, key_id, format, dry_run,
                                            status, runner, lease_until)
                   select network_id, gen_random_uuid(), supplier_id, variant_id, supplier_id, key_id, 'LINES', false,
                          'DONE', supplier_id, now() from one
                   returning *)
                 insert into card (network_id, card_id, variant_id, supplier_id, import_id, state, key_id, sealed,
                                   fingerprint, expires_at)
                 select one.network_id, gen_random_uuid(), one.variant_id, one.supplier_id, lot.import_id, 'AVAILABLE',
                        one.key_id, one.sealed, sha256(gen_random_uuid()::text::bytea), {}
                   from one join lot on lot.variant_id = one.variant_id",
                if dice.roll(2) == 0 { "null".into() } else { format!("now() + interval '{hours} hours'") }
            );
            let state = ["SOLD", "VOIDED", "QUARANTINED"][dice.roll(3)];
            let update = format!("update card set state = '{state}' where state = 'AVAILABLE' and variant_id = {variant}");
            if dice.roll(3) == 0 { update } else { insert }
        }
        15 => format!(
            "update variant set low_stock = {} where variant_id = {variant}",
            [0, 1, 2, 5][dice.roll(4)]
        ),
        _ => format!(
            "with made as (
               insert into variant (network_id, variant_id, product_id, supplier_id, sku, title, fulfilment)
               select network_id, gen_random_uuid(), product_id, supplier_id, gen_random_uuid()::text, '{title}',
                      case when random() < 0.3 then 'MANUAL' else 'STOCK' end
                 from product where product_id = {product} returning *)
             insert into supply_price select network_id, variant_id, supplier_id, 80000000 from made"
        ),
    }
}

async fn compare(dice: &mut Dice, world: &World, db: &Db, views: &Views, name: &str) -> usize {
    views.wrote(world.network, Actor::Anonymous, Reach::Everyone);
    let mut rows = 0;
    for _ in 0..4 {
        let place = dice.one(&world.sites);
        let filter = Filter {
            search: dice.one(SEARCHES).map(str::to_owned),
            kind: (dice.roll(5) == 0).then(|| *dice.one(ProductKind::ALL)),
            brand: (dice.roll(6) == 0).then(|| "Starfall".to_owned()),
            in_stock: [None, None, None, Some(true), Some(false)][dice.roll(5)],
        };
        let mut request = PageRequest { first: [1, 3, 24][dice.roll(3)], after: None };
        for _ in 0..3 {
            let wanted = page_of_rows(db, place, &filter, &request).await.unwrap();
            let shelf = views.shelf(place, Actor::Anonymous).await.unwrap();
            let asked = PageRequest { first: request.first, after: request.after.map(spot) };
            let now = cardamom::foundation::now();
            let got = shelf.page(place, &filter, Order::Oldest, &asked, now).map(|(_, offer)| offer);
            assert_eq!(format!("{got:#?}"), format!("{wanted:#?}"), "{name} {filter:?} {request:?}");
            rows += got.rows.len();
            for offer in &got.rows {
                let alone = shelf.find(place, offer.item.variant_id, cardamom::foundation::now());
                assert_eq!(format!("{alone:?}"), format!("{:?}", Some(offer)));
            }
            match got.rows.last() {
                Some(last) if got.more => request.after = Some(last.item.variant_id.0),
                _ => break,
            }
        }
        rows += ordered(dice, place, &filter, db, views).await;
    }
    rows
}

fn spot(variant: uuid::Uuid) -> Spot {
    Spot::of(variant.as_bytes()).unwrap()
}

// In any other order it is the same rows, each once, however it is cut into pages.
async fn ordered(dice: &mut Dice, place: &Place, filter: &Filter, db: &Db, views: &Views) -> usize {
    let mut wanted = Vec::new();
    let mut request = PageRequest { first: 100, after: None };
    loop {
        let page = page_of_rows(db, place, filter, &request).await.unwrap();
        request.after = page.rows.last().map(|offer| offer.item.variant_id.0);
        wanted.extend(page.rows);
        if !page.more {
            break;
        }
    }
    let order = *dice.one(Order::ALL);
    match order {
        Order::Oldest => {}
        Order::Newest => wanted.reverse(),
        Order::Title => wanted.sort_by_key(|offer| fold(&offer.item.title)),
        Order::PriceAsc => wanted.sort_by_key(Offer::price),
        Order::PriceDesc => wanted.sort_by_key(|offer| std::cmp::Reverse(offer.price())),
    }
    let shelf = views.shelf(place, Actor::Anonymous).await.unwrap();
    let mut got = Vec::new();
    let mut request = PageRequest { first: [1, 2, 7, 100][dice.roll(4)], after: None };
    loop {
        let page = shelf.page(place, filter, order, &request, cardamom::foundation::now());
        request.after = page.rows.last().map(|(spot, _)| Spot::of(&spot.to_bytes()).unwrap());
        got.extend(page.rows.into_iter().map(|(_, offer)| offer));
        if !page.more {
            break;
        }
    }
    assert_eq!(format!("{got:#?}"), format!("{wanted:#?}"), "{order} {filter:?} {}", request.first);
    got.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_the_shelf_shows_what_the_statements_show() {
    let nanos = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos();
    let seed = std::env::var("LISTINGS_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| u64::try_from(nanos % u128::from(u64::MAX)).unwrap() | 1);
    println!("LISTINGS_SEED={seed}");
    let mut dice = Dice(seed);
    let server = Server::own("listings-oracle");
    let shop = Shop::on(&server, Terms::default()).await;
    shop.stock(1).await;
    for kind in ["CARD", "LICENCE", "TOP_UP"] {
        shop.product(kind, "80.00", Terms::default()).await;
    }
    let mut writers = [superuser(&server).await, superuser(&server).await, superuser(&server).await];
    let world = world(&shop, &mut writers[0]).await;
    let db = app(&server).await;
    let (views, seldom, sweeper) = (Views::new(db.clone()), Views::new(db.clone()), Sweeper::default());
    for writer in &mut writers {
        writer.execute("set lock_timeout = '20ms'").await.unwrap();
    }
    let (mut open, mut done, mut rows, mut swept) = ([false; 3], 0, 0, 0);
    // Longer where a supplier is suspended for long, and there is nothing to compare meanwhile.
    for step in 0..4_000 {
        if step >= 400 && done > 100 && rows > 500 && swept > 0 {
            break;
        }
        let at = dice.roll(3);
        if !open[at] {
            writers[at].execute("begin").await.unwrap();
            open[at] = true;
        }
        let sql = change(&mut dice, &world);
        let alone = writers[at].execute(AssertSqlSafe(sql.clone())).await;
        if let Err(error) = &alone {
            let code = error.as_database_error().and_then(|error| error.code().map(String::from));
            // A lock that another of the writers holds, and a place that is taken.
            assert!(matches!(code.as_deref(), Some("55P03" | "23505" | "40P01")), "{sql}\n{error}");
        }
        // Some stay open while others come and go.
        if alone.is_err() || dice.roll(8) == 0 {
            writers[at].execute("rollback").await.unwrap();
            open[at] = false;
        } else if dice.roll(2) == 0 {
            writers[at].execute("commit").await.unwrap();
            open[at] = false;
            done += 1;
            rows += compare(&mut dice, &world, &db, &views, "every commit").await;
        }
        if dice.roll(20) == 0 {
            swept += sweeper.sweep(&db).await.unwrap();
        }
        if step % 40 == 39 {
            rows += compare(&mut dice, &world, &db, &seldom, "seldom").await;
        }
    }
    assert!(done > 100 && rows > 500, "too little happened: {done} commits, {rows} rows compared");
    assert!(swept > 0, "nothing was swept");
    for writer in writers {
        writer.close().await.unwrap();
    }
}

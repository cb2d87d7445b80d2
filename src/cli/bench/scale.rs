//! `scale`: what one order and one page of listings take as sites grow. Three servers with databases of their own,
//! the same catalogue in each, asked one at a time in turns.

use super::{
    Bench,
    child::Child,
    load::{self, Load, Span},
    progress::{self, step},
    purchase::Purchase,
    row::Row,
    shop_page::ShopPage,
    world::{Plan, World},
};
use anyhow::{Result, ensure};
use std::sync::Arc;

/// How many sites.
const SIZES: [usize; 3] = [10, 100, 1_000];
/// How often they take turns.
const TURNS: u64 = 6;
/// How far apart the slowest and the fastest may be.
const FLAT: f64 = 1.2;

struct Size {
    sites: usize,
    server: Child,
    purchase: Arc<Purchase>,
    page: Arc<ShopPage>,
    orders: Load,
    pages: Load,
}

fn plan(bench: &Bench, sites: usize) -> Plan {
    Plan {
        handle: "scale",
        suppliers: 5,
        products: bench.size(100, 10),
        variants: 2,
        parents: sites.div_ceil(10),
        sites,
        buyers: 2,
        staff: 0,
        rules: bench.size(20, 4),
        stocked: 20,
        cards: bench.size(2_000, 200),
    }
}

async fn open(bench: &Bench, sites: usize) -> Result<Size> {
    let folder = bench.folder.path().join(format!("{sites}"));
    std::fs::create_dir(&folder)?;
    step(&format!("starting a server and making {sites} sites"));
    let server = Child::serve(&folder, &[]).await?;
    let world = World::make(&server, &plan(bench, sites)).await?;
    let purchase = Arc::new(Purchase::of(&server, &world).await?);
    let page = Arc::new(ShopPage::of(&server, &world).await?);
    Ok(Size { sites, server, purchase, page, orders: Load::default(), pages: Load::default() })
}

// The slowest by the fastest.
fn spread(medians: &[f64]) -> f64 {
    let least = medians.iter().copied().fold(f64::INFINITY, f64::min);
    medians.iter().copied().fold(0.0, f64::max) / least.max(f64::EPSILON)
}

/// Measures all three in turns.
pub(super) async fn run(bench: &Bench) -> Result<Row> {
    let mut sizes = Vec::new();
    for sites in if bench.args.quick { [2, 4, 8] } else { SIZES } {
        sizes.push(open(bench, sites).await?);
    }
    let span = Span { connections: 1, ..bench.span(1, TURNS) };
    for turn in 1..=TURNS {
        for size in &mut sizes {
            let both = async {
                let address = size.server.address;
                size.orders.join(load::run(address, &size.purchase, span, turn).await?);
                size.pages.join(load::run(address, &size.page, span, turn).await?);
                anyhow::Ok(())
            };
            let what = format!("asking at {} sites, turn {turn} of {TURNS}", size.sites);
            progress::during(&what, 2 * (span.warm_up + span.window), both).await?;
        }
    }
    let orders: Vec<f64> = sizes.iter_mut().map(|size| size.orders.samples.median()).collect();
    let pages: Vec<f64> = sizes.iter_mut().map(|size| size.pages.samples.median()).collect();
    let (mut refused, mut served) = (0, true);
    for size in sizes {
        refused += size.orders.refused + size.pages.refused;
        served &= size.orders.is_served() && size.pages.is_served();
        ensure!(size.orders.counted > 0 && size.pages.counted > 0, "nothing was answered");
        size.server.stop().await?;
    }
    let (order, page) = (spread(&orders), spread(&pages));
    let reached = order <= FLAT && page <= FLAT && served;
    let each =
        |medians: &[f64]| medians.iter().map(|median| format!("{median:.3}")).collect::<Vec<_>>().join("/");
    Ok(Row::new(reached, format!("slowest by fastest: orders {order:.2}, pages {page:.2}"))
        .number("order_spread", order, 3)
        .number("page_spread", page, 3)
        .with("order_p50_ms_at_10_100_1000_sites", each(&orders))
        .with("page_p50_ms_at_10_100_1000_sites", each(&pages))
        .with("refused", refused))
}

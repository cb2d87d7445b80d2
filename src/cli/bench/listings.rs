//! `listings`: a shop's page beside a constant answer of the same length by the same server, and how many
//! statements it runs.

use super::{
    Bench,
    child::Child,
    load::{self, Load},
    progress::{self, step},
    row::Row,
    shop_page::ShopPage,
    statements::{Ran, Statements},
    wire::Wire,
    world::{Plan, World},
};
use anyhow::{Result, ensure};
use std::sync::Arc;

/// How often the two take turns.
const TURNS: u64 = 4;
/// Pages that are looked at for their statements.
const LOOKED_AT: usize = 100;
/// The most statements that a page runs where nothing is known yet.
const COLD: u64 = 3;

/// A thousand sites with ten thousand variants, rules at three tiers.
pub(super) fn plan(bench: &Bench) -> Plan {
    Plan {
        handle: "listings",
        suppliers: bench.size(10, 2),
        products: bench.size(500, 20),
        variants: 2,
        parents: bench.size(100, 3),
        sites: bench.size(1_000, 12),
        buyers: 2,
        staff: 0,
        rules: bench.size(20, 4),
        stocked: 12,
        cards: 5,
    }
}

struct Warm {
    page: Load,
    constant: Load,
    length: usize,
    ran: Ran,
}

impl Warm {
    fn served(&self) -> bool {
        self.page.is_served() && self.constant.is_served()
    }
}

/// Warm first, then cold: the first pages of a server that has just been started.
pub(super) async fn run(bench: &Bench) -> Result<Row> {
    let (world, mut warm) = bench
        .with_server(async |server| {
            let plan = plan(bench);
            let variants = plan.suppliers * plan.products * plan.variants;
            step(&format!("making the network: {} sites × {variants} variants", plan.sites));
            let world = World::make(server, &plan).await?;
            let warm = warm(bench, server, &world).await?;
            Ok((world, warm))
        })
        .await?;
    let (first, other) = bench.with_server(async |server| cold(server, &world).await).await?;
    let ratio = warm.page.per_second() / warm.constant.per_second();
    let each = super::float(warm.ran.statements) / super::float(u64::try_from(LOOKED_AT)?);
    let refused = warm.page.refused + warm.constant.refused;
    let reached =
        ratio >= 0.5 && warm.ran.all == 0 && first.statements.max(other.statements) <= COLD && warm.served();
    let said = format!(
        "{ratio:.2} × the constant answer, {each:.2} statements warm, {} cold",
        first.statements.max(other.statements)
    );
    let row = Row::new(reached, said)
        .number("ratio", ratio, 3)
        .number("pages_per_s", warm.page.per_second(), 0)
        .number("constants_per_s", warm.constant.per_second(), 0)
        .with("bytes", warm.length)
        .number("p50_ms", warm.page.samples.median(), 2)
        .number("p99_ms", warm.page.samples.p99(), 2)
        .number("constant_p50_ms", warm.constant.samples.median(), 2)
        .number("statements_a_warm_page", each, 2)
        .with("statements_of_the_first_page", first.statements)
        .with("statements_of_another_sites_first_page", other.statements)
        .with("pages", warm.page.done)
        .with("refused", refused);
    Ok(row.with_refusal(&warm.page))
}

async fn warm(bench: &Bench, server: &Child, world: &World) -> Result<Warm> {
    let ours = Arc::new(ShopPage::of(server, world).await?);
    let length = ours.length(server).await?;
    let theirs = Arc::new(ShopPage::constant(server, world, length));
    step("asking once for every buyer");
    let mut wire = Wire::connect(server.address).await?;
    for request in ours.each() {
        let answer = wire.exchange(request.bytes()).await?;
        ensure!(answer.status == 200, "a page was refused: {}", answer.text());
    }
    let span = bench.span(1, TURNS);
    let (mut page, mut constant) = (Load::default(), Load::default());
    for turn in 1..=TURNS {
        let both = async {
            constant.join(load::run(server.address, &theirs, span, turn).await?);
            page.join(load::run(server.address, &ours, span, turn).await?);
            anyhow::Ok(())
        };
        let time = 2 * (span.warm_up + span.window);
        progress::during(&format!("asking both, turn {turn} of {TURNS}"), time, both).await?;
    }
    step("counting statements");
    let mut statements = Statements::listen(server).await?;
    statements.skip()?;
    // The connection of before may have been idle for too long.
    let mut wire = Wire::connect(server.address).await?;
    let requests: Vec<_> = ours.each().collect();
    for request in requests.iter().cycle().take(LOOKED_AT) {
        wire.exchange(request.bytes()).await?;
    }
    let heard = statements.since().await?;
    let ran = statements.asked(&heard)?;
    statements.stop().await?;
    Ok(Warm { page, constant, length, ran })
}

// What the very first page runs, and then the first one at another site.
async fn cold(server: &Child, world: &World) -> Result<(Ran, Ran)> {
    let page = ShopPage::cold(server, world);
    let requests: Vec<_> = page.each().collect();
    let mut statements = Statements::listen(server).await?;
    let mut wire = Wire::connect(server.address).await?;
    let mut ask = async |at: usize| {
        statements.skip()?;
        let answer = wire.exchange(requests[at].bytes()).await?;
        ensure!(answer.status == 200, "a page was refused: {}", answer.text());
        statements.since().await
    };
    let first = ask(0).await?;
    let other = ask(requests.len() / 2).await?;
    // What follows the network now began with the first page.
    statements.learn().await?;
    let counted = (statements.asked(&first)?, statements.asked(&other)?);
    statements.stop().await?;
    Ok(counted)
}

//! `idle`: how long a server takes to start on a data folder that is there, and what it then keeps in memory.

use super::{
    Bench,
    child::Child,
    machine,
    progress::step,
    row::Row,
    samples::Samples,
    shop_page::ShopPage,
    world::{Plan, World},
};
use anyhow::Result;
use std::{sync::Arc, time::Duration};

/// How often it is started.
const STARTS: usize = 5;
/// Within which it must be ready; milliseconds.
const WITHIN: f64 = 1_500.0;
/// The most memory beside PostgreSQL's; KiB.
const MEMORY: u64 = 64 << 10;

/// Several starts, each behind an orderly end.
pub(super) async fn run(bench: &Bench) -> Result<Row> {
    let plan = Plan {
        handle: "idle",
        suppliers: 5,
        products: bench.size(100, 5),
        variants: 2,
        parents: bench.size(20, 2),
        sites: bench.size(100, 4),
        buyers: bench.size(20, 2),
        staff: 1,
        rules: bench.size(20, 2),
        stocked: bench.size(50, 5),
        cards: 100,
    };
    let world = bench
        .with_server(async |server| {
            step("making the network");
            World::make(server, &plan).await
        })
        .await?;
    let (mut starts, mut resident, mut asked) = (Samples::default(), 0, 0);
    for start in 1..=STARTS {
        step(&format!("start {start} of {STARTS}"));
        let server = Child::serve(bench.folder.path(), &[]).await?;
        starts.add(server.ready_after);
        tokio::time::sleep(Duration::from_secs(if bench.args.quick { 1 } else { 5 })).await;
        resident = machine::resident(server.pid())?.max(resident);
        // Beside the figure: what it keeps once a shop was looked at.
        let page = Arc::new(ShopPage::of(&server, &world).await?);
        page.length(&server).await?;
        asked = machine::resident(server.pid())?.max(asked);
        server.stop().await?;
    }
    let median = starts.median();
    let reached = median <= WITHIN && resident <= MEMORY;
    let said = format!("ready after {:.2} s, {} MiB resident", median / 1_000.0, resident >> 10);
    Ok(Row::new(reached, said)
        .number("ready_p50_ms", median, 0)
        .number("ready_max_ms", starts.of_thousand(1_000), 0)
        .with("resident_kib", resident)
        .with("resident_once_asked_kib", asked)
        .with("starts", starts.count()))
}

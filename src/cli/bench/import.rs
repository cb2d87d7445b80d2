//! `import`: a million lines by upload, until every card is sealed, told from every other, and for sale.

use super::{
    Bench,
    check::Checked,
    float, machine,
    progress::{self, step},
    row::Row,
    world::{Plan, World, cards},
};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use std::time::{Duration, Instant};

/// Within which it must be done.
const WITHIN: Duration = Duration::from_mins(1);
/// How much memory it may take above the idle server's; KiB.
const MEMORY: u64 = 128 << 10;

/// One line of a hundred repeats another that stands far from it.
pub(super) async fn run(bench: &Bench) -> Result<Row> {
    let lines = bench.size(1_000_000, 5_000);
    let repeated = lines / 100;
    let plan = Plan {
        handle: "import",
        suppliers: 1,
        products: 1,
        variants: 1,
        parents: 1,
        sites: 1,
        buyers: 1,
        staff: 0,
        rules: 0,
        stocked: 0,
        cards: 0,
    };
    bench
        .with_server(async |server| {
            let world = World::make(server, &plan).await?;
            step(&format!("writing {lines} lines"));
            let content = cards::lines(plan.handle, 0, lines - repeated);
            let again: String = content.split_inclusive('\n').take(repeated).collect();
            let (owner, variant) = (&world.suppliers[0], world.variants[0]);
            // Whatever starting made is given back by now, or kept.
            tokio::time::sleep(Duration::from_secs(3)).await;
            let idle = machine::resident(server.pid())?;
            machine::forget_peak(server.pid())?;
            let began = Instant::now();
            let work = async {
                let import = cards::upload(server, owner, variant, &[&content, &again]).await?;
                let answered = began.elapsed();
                let report = cards::wait(server, owner, &import).await?;
                anyhow::Ok((report, answered, began.elapsed()))
            };
            let (report, answered, took) = progress::during("importing", WITHIN, work).await?;
            let peak = machine::peak(server.pid())?.saturating_sub(idle);
            let mut connection = PgConnection::connect_with(&server.database().await?).await?;
            let stored: i64 =
                sqlx::query_scalar("select count(*) from card where network_id = $1 and state = 'AVAILABLE'")
                    .bind(world.network)
                    .fetch_one(&mut connection)
                    .await?;
            connection.close().await?;
            let whole = report["accepted"] == json!(lines - repeated)
                && report["duplicates"] == json!(repeated)
                && usize::try_from(stored) == Ok(lines - repeated);
            let checked = Checked::now(bench, server).await?;
            let reached = took <= WITHIN && peak <= MEMORY && whole && checked.holds();
            let seconds = took.as_secs_f64();
            let said = format!(
                "{lines} lines in {seconds:.1} s, {} MiB above idle{}",
                peak >> 10,
                if whole { "" } else { "; not every card is as it should be" }
            );
            let count =
                |key: &str| report.get(key).and_then(Value::as_u64).context("a report without counts");
            let row = Row::new(reached, said)
                .number("seconds", seconds, 2)
                .number("lines_per_s", float(u64::try_from(lines)?) / seconds, 0)
                .number("answered_after_s", answered.as_secs_f64(), 2)
                .with("idle_kib", idle)
                .with("peak_above_idle_kib", peak)
                .with("accepted", count("accepted")?)
                .with("duplicates", count("duplicates")?)
                .with("stored", stored);
            Ok(checked.figures(row))
        })
        .await
}

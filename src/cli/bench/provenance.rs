//! `provenance`: what the log adds to an order, how fast it grows, and how long a proof takes where it is long.

use super::{
    Bench,
    child::Child,
    float,
    load::{self, Load},
    orders::{self, WARM_UP},
    progress::{self, step},
    purchase::Purchase,
    row::Row,
    samples::Samples,
    world::World,
};
use crate::{
    foundation::{Db, Scope, id::NetworkId, migrate::Logins},
    provenance::read,
};
use anyhow::{Context, Result, ensure};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// How often a server with the log and one without take turns: what drifts meets both alike.
const TURNS: u64 = 4;
/// The server that leaves the log out.
const WITHOUT: &[&str] = &["--bench-no-provenance"];
/// Steps a row of the queue: as many as a piece of an import.
const ROW: usize = 1_000;
/// How many proofs are made, by one connection.
const PROOFS: usize = 2_000;
/// The longest that the log may take to be as long as it should be.
const GROWN_WITHIN: Duration = Duration::from_mins(20);

/// Orders with and without, in turns; then the log alone.
pub(super) async fn run(bench: &Bench) -> Result<Row> {
    let (mut with, mut without) = (Load::default(), Load::default());
    let mut world: Option<World> = None;
    for turn in 1..=TURNS {
        // With, without, without, with: nobody is always the first.
        let more = if matches!(turn % 4, 2 | 3) { WITHOUT } else { &[] };
        let had = world.take();
        let (now, load) =
            bench.with_server_of(more, async |server| trade(bench, server, had, turn).await).await?;
        world = Some(now);
        if more.is_empty() { with.join(load) } else { without.join(load) }
    }
    let network = world.context("no network was made")?.network;
    let leaves = u64::try_from(bench.size(1_000_000, 5_000))?;
    let (grown, mut proofs) = bench
        .with_server_of(&[], async |server| {
            let database = server.database().await?;
            let grown = grow(&database, network, leaves).await?;
            Ok((grown, prove(&database, network).await?))
        })
        .await?;
    let added = 1.0 - with.per_second() / without.per_second();
    let (median, p99) = (proofs.median(), proofs.p99());
    let reached = added <= 0.10 && p99 <= 5.0 && with.is_served() && without.is_served();
    let said = format!(
        "{:.1} % of an order, {:.0} leaves/s, a proof in {median:.2} ms (p99 {p99:.2}) at {} leaves",
        added * 100.0,
        grown.per_second,
        grown.size,
    );
    let row = Row::new(reached, said)
        .number("added_ratio", added, 3)
        .number("with_orders_per_s", with.per_second(), 0)
        .number("without_orders_per_s", without.per_second(), 0)
        .number("with_p99_ms", with.samples.p99(), 1)
        .number("without_p99_ms", without.samples.p99(), 1)
        .with("with_orders", with.done)
        .with("without_orders", without.done)
        .with("refused", with.refused + without.refused)
        .with("appended", grown.leaves)
        .number("appends_per_s", grown.per_second, 0)
        .with("proofs", proofs.count())
        .number("proof_p50_ms", median, 3)
        .number("proof_p99_ms", p99, 3)
        .with("proof_leaves", grown.size);
    Ok(row.with_refusal(&with))
}

// One turn of orders at the network, which the first one makes.
async fn trade(bench: &Bench, server: &Child, had: Option<World>, turn: u64) -> Result<(World, Load)> {
    let world = match had {
        Some(world) => world,
        None => orders::make_spread(bench, server, "provenance", TURNS / 2).await?,
    };
    let purchase = Arc::new(Purchase::of(server, &world).await?);
    orders::begin(server, &purchase).await?;
    drained(&server.database().await?).await?;
    let span = bench.span(WARM_UP, TURNS / 2);
    let what = format!("placing orders, turn {turn} of {TURNS}");
    let load = load::run(server.address, &purchase, span, turn);
    let load = progress::during(&what, span.warm_up + span.window, load).await?;
    Ok((world, load))
}

// Until every step that was queued is in the log.
async fn drained(database: &PgConnectOptions) -> Result<()> {
    let mut connection = PgConnection::connect_with(database).await?;
    let began = Instant::now();
    while sqlx::query_scalar("select exists (select from provenance_queue)")
        .fetch_one(&mut connection)
        .await?
    {
        ensure!(began.elapsed() < GROWN_WITHIN, "the log does not keep up");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    connection.close().await?;
    Ok(())
}

struct Grown {
    leaves: i64,
    size: i64,
    per_second: f64,
}

// Queues steps of items that nobody has until the log has that many leaves, and waits until they are in it.
async fn grow(database: &PgConnectOptions, network: NetworkId, leaves: u64) -> Result<Grown> {
    drained(database).await?;
    let mut connection = PgConnection::connect_with(database).await?;
    let size: i64 = sqlx::query_scalar("select size from provenance_log where network_id = $1")
        .bind(network)
        .fetch_one(&mut connection)
        .await?;
    let leaves = i64::try_from(leaves)?;
    let missing = (leaves - size).max(leaves / 5);
    step(&format!("queueing {missing} steps"));
    sqlx::query(
        "insert into provenance_queue (network_id, kind, items)
         select $1, 'IMPORTED', array_agg(gen_random_uuid()) from generate_series(1, $2) n group by (n - 1) / $3",
    )
    .bind(network)
    .bind(missing)
    .bind(i64::try_from(ROW)?)
    .execute(&mut connection)
    .await?;
    let began = Instant::now();
    progress::during("growing the log", Duration::from_mins(1), drained(database)).await?;
    let per_second = float(u64::try_from(missing)?) / began.elapsed().as_secs_f64();
    step("waiting until the head is signed");
    let signed = "select signed_size = size from provenance_log where network_id = $1";
    while !sqlx::query_scalar::<_, bool>(signed).bind(network).fetch_one(&mut connection).await? {
        ensure!(began.elapsed() < GROWN_WITHIN, "the head is not signed");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    connection.close().await?;
    Ok(Grown { leaves: missing, size: size + missing, per_second })
}

// Each in a transaction of its own, as a request makes it: the newest head, and the proof of one leaf that leads to
// it.
async fn prove(database: &PgConnectOptions, network: NetworkId) -> Result<Samples> {
    let logins = Logins { app: database.clone(), work: database.clone() };
    let db = Db::connect(logins, 1).await?;
    let mut dice = super::dice::Dice::new(7);
    let mut samples = Samples::default();
    let work = async {
        for _ in 0..PROOFS {
            let began = Instant::now();
            let mut tx = db.begin(Scope::Network(network)).await?;
            let head = read::head(&mut tx, network, None).await?.context("no head was signed")?;
            let leaf = dice.roll() % head.size;
            let proof = read::prove(&mut tx, network, head.size, &[leaf]).await?;
            tx.commit().await?;
            samples.add(began.elapsed());
            ensure!(proof.iter().all(|proof| !proof.is_empty()), "a proof without a hash");
        }
        anyhow::Ok(())
    };
    progress::during("making proofs", Duration::from_secs(10), work).await?;
    db.close().await;
    Ok(samples)
}

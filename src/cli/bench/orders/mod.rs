//! `orders-spread` and `orders-hot`: wallet-paid orders of one card each, as fast as they go.

mod proof;

use super::{
    Bench,
    child::Child,
    float,
    load::{self, Load, Span},
    machine::Work,
    pgbench::Pgbench,
    progress::{self, step},
    purchase::Purchase,
    row::Row,
    world::{Plan, World},
};
use anyhow::{Result, ensure};
use proof::Proof;
use sqlx::{Connection, Executor, PgConnection};
use std::{sync::Arc, time::Duration};

/// What is placed before anything is measured.
pub(super) const BEGIN: Span =
    Span { connections: 16, warm_up: Duration::from_millis(500), window: Duration::from_secs(1) };

/// Before an order is counted.
pub(super) const WARM_UP: u64 = 3;

fn spread_plan(bench: &Bench, parts: u64) -> Plan {
    let (suppliers, products, variants) = (bench.size(10, 2), bench.size(5, 1), 2);
    let kinds = suppliers * products * variants;
    Plan {
        handle: "spread",
        suppliers,
        products,
        variants,
        parents: bench.size(20, 2),
        sites: bench.size(100, 6),
        buyers: bench.size(20, 4),
        staff: 0,
        rules: bench.size(20, 2),
        stocked: usize::MAX,
        // Which variant an order is for is drawn: some are drawn more often than others.
        cards: bench.cards(parts) * 6 / 5 / kinds + 50,
    }
}

fn hot_plan(bench: &Bench, parts: u64) -> Plan {
    Plan {
        handle: "hot",
        suppliers: 1,
        products: 1,
        variants: 1,
        parents: 1,
        sites: 1,
        buyers: bench.size(2_000, 24),
        staff: 0,
        rules: 0,
        stocked: usize::MAX,
        cards: bench.cards(parts),
    }
}

/// Orders at one network, with what they took of the machine.
struct Shop {
    world: World,
    purchase: Arc<Purchase>,
    // What was placed before anything was measured.
    first: Load,
    load: Load,
    work: Work,
    parts: u64,
}

impl Shop {
    async fn open(server: &Child, plan: Plan) -> Result<Self> {
        let count = plan.cards * plan.suppliers * plan.products * plan.variants;
        step(&format!("making the network {}: {} sites, {count} cards", plan.handle, plan.sites));
        let world = World::make(server, &plan).await?;
        let purchase = Arc::new(Purchase::of(server, &world).await?);
        let first = begin(server, &purchase).await?;
        Ok(Self { world, purchase, first, load: Load::default(), work: Work::default(), parts: 0 })
    }

    async fn trade(&mut self, server: &Child, span: Span) -> Result<()> {
        let handle = &self.world.operator.handle;
        self.parts += 1;
        let postgres = server.postgres()?;
        let before = Work::so_far(server.pid(), postgres);
        let load = load::run(server.address, &self.purchase, span, self.parts);
        let what = format!("placing orders at {handle}");
        let load = progress::during(&what, span.warm_up + span.window, load).await?;
        self.work = self.work.and(Work::so_far(server.pid(), postgres).since(before));
        let refusal = load.first_refusal.as_deref().unwrap_or_default();
        ensure!(load.done > load.refused, "most orders at {handle} were refused, the first with {refusal}");
        self.load.join(load);
        Ok(())
    }

    // Microseconds of processor time an order.
    fn each(&self, hundredths: u64) -> f64 {
        float(hundredths) * 10_000.0 / float(self.load.done.max(1))
    }

    fn figures(&mut self, row: Row) -> Row {
        let row = row
            .number("orders_per_s", self.load.per_second(), 0)
            .number("p50_ms", self.load.samples.median(), 1)
            .number("p99_ms", self.load.samples.p99(), 1)
            .number("p999_ms", self.load.samples.of_thousand(999), 1)
            .with("orders", self.load.done)
            .with("refused", self.load.refused)
            .number("server_cpu_us", self.each(self.work.server), 0)
            .number("postgres_cpu_us", self.each(self.work.postgres), 0)
            .number("load_cpu_us", self.each(self.work.load), 0);
        row.with_refusal(&self.load)
    }
}

// The first orders, then the database's own look at its tables: plans that were made while there were no orders are
// not those of a shop that has some. PostgreSQL looks by itself within seconds; a measurement does not wait.
/// A network as `orders-spread` has it, under another handle, for both sides of a comparison.
pub(super) async fn make_spread(
    bench: &Bench,
    server: &Child,
    handle: &'static str,
    parts: u64,
) -> Result<World> {
    let plan = spread_plan(bench, parts);
    let plan = Plan { handle, cards: 2 * plan.cards, ..plan };
    step(&format!("making the network {handle}: {} sites", plan.sites));
    World::make(server, &plan).await
}

/// The first orders, and statistics of what they made.
pub(super) async fn begin(server: &Child, purchase: &Arc<Purchase>) -> Result<Load> {
    let first = load::run(server.address, purchase, BEGIN, 0).await?;
    let mut connection = PgConnection::connect_with(&server.database().await?).await?;
    connection.execute("analyze").await?;
    connection.close().await?;
    Ok(first)
}

/// Many sites, beside pgbench on the same cluster: half of it before the orders and half behind them.
pub(super) async fn spread(bench: &Bench) -> Result<Row> {
    bench
        .with_server(async |server| {
            let database = server.database().await?;
            let mut shop = Shop::open(server, spread_plan(bench, 1)).await?;
            let scale = if bench.args.quick { 1 } else { 20 };
            step(&format!("making pgbench's tables, scale {scale}"));
            let pgbench = Pgbench::prepare(server, &database, scale).await?;
            let half = bench.part(2);
            let first = side_by_side(&database, &pgbench, half).await?;
            proof::settle(&database).await?;
            let proof = Proof::begin(&database).await?;
            shop.trade(server, bench.span(WARM_UP, 1)).await?;
            let proof = proof.end(bench, server, &[&shop]).await?;
            let second = side_by_side(&database, &pgbench, half).await?;
            let tps = f64::midpoint(first, second);
            let ratio = shop.load.per_second() / tps;
            let reached = ratio >= 3.0 && proof.holds() && shop.load.is_served();
            let row = Row::new(reached, format!("{ratio:.2} × pgbench{}", proof.complaint()));
            let row = shop.figures(row.number("ratio", ratio, 3)).number("pgbench_tps", tps, 0);
            Ok(proof.figures(row.number("pgbench_before_tps", first, 0).number(
                "pgbench_after_tps",
                second,
                0,
            )))
        })
        .await
}

async fn side_by_side(
    database: &sqlx::postgres::PgConnectOptions,
    pgbench: &Pgbench,
    time: Duration,
) -> Result<f64> {
    proof::settle(database).await?;
    progress::during("running pgbench", time, pgbench.measure(time)).await
}

/// One site, one product, one supplier, beside the many sites: half of those before it and half behind it.
pub(super) async fn hot(bench: &Bench) -> Result<Row> {
    bench
        .with_server(async |server| {
            let database = server.database().await?;
            let mut many = Shop::open(server, spread_plan(bench, 2)).await?;
            let mut one = Shop::open(server, hot_plan(bench, 1)).await?;
            proof::settle(&database).await?;
            let proof = Proof::begin(&database).await?;
            many.trade(server, bench.span(WARM_UP, 2)).await?;
            proof::settle(&database).await?;
            one.trade(server, bench.span(WARM_UP, 1)).await?;
            proof::settle(&database).await?;
            many.trade(server, bench.span(WARM_UP, 2)).await?;
            let proof = proof.end(bench, server, &[&many, &one]).await?;
            let ratio = one.load.per_second() / many.load.per_second();
            let p99 = one.load.samples.p99();
            let reached = ratio >= 0.8
                && p99 <= 250.0
                && proof.holds()
                && many.load.is_served()
                && one.load.is_served();
            let said = format!("{ratio:.2} × orders-spread, p99 {p99:.0} ms{}", proof.complaint());
            let row = one.figures(Row::new(reached, said).number("ratio", ratio, 3));
            let row = row
                .number("spread_orders_per_s", many.load.per_second(), 0)
                .number("spread_p99_ms", many.load.samples.p99(), 1)
                .with("spread_orders", many.load.done)
                .with("spread_refused", many.load.refused);
            Ok(proof.figures(row))
        })
        .await
}

//! `push`: from an order's commit to the sockets that follow the logs of its tenants.
//!
//! When an order was committed is PostgreSQL's word (`track_commit_timestamp`), taken just before the commit is
//! written to disk; when a socket heard of it is this process's, by the same clock. So the figure holds the disk,
//! the sequencer, the reading of the log, the socket, and the reading of it here.

mod sockets;

use super::{
    Bench,
    child::Child,
    float,
    load::{self, Load, Pace},
    machine,
    progress::{self, step},
    purchase::Purchase,
    row::Row,
    samples::Samples,
    sys,
    world::{Plan, Tenant, World},
};
use crate::foundation;
use anyhow::{Result, ensure};
use sockets::{Heard, Socket};
use sqlx::{Connection, Executor, PgConnection};
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Orders a second.
const RATE: u32 = 500;
/// Before what is heard is counted.
const WARM_UP: Duration = Duration::from_secs(3);
/// How long the last events may take to be heard.
const LATE: Duration = Duration::from_secs(20);
/// The most memory of a socket; bytes.
const MEMORY: f64 = 20.0 * 1_024.0;

/// A thousand tenants, and as many members of staff of each as there are sockets for.
fn plan(bench: &Bench, staff: usize) -> Plan {
    Plan {
        handle: "push",
        suppliers: bench.size(9, 2),
        products: 2,
        variants: 1,
        parents: bench.size(90, 3),
        sites: bench.size(900, 14),
        buyers: 2,
        staff,
        rules: 0,
        stocked: usize::MAX,
        cards: bench.size(4_000, 300),
    }
}

/// What came of one number of sockets.
struct Phase {
    sockets: usize,
    pushes: Samples,
    heard: i64,
    missed: i64,
    torn: usize,
    memory: f64,
    orders: Load,
}

/// A thousand sockets, and five thousand, each with a server that has just been started.
pub(super) async fn run(bench: &Bench) -> Result<Row> {
    let files = sys::open_many_files()?;
    let each = 5;
    let world = bench
        .with_server(async |server| {
            step("making the network");
            let mut connection = PgConnection::connect_with(&server.database().await?).await?;
            connection.execute("alter system set track_commit_timestamp = on").await?;
            connection.close().await?;
            World::make(server, &plan(bench, each)).await
        })
        .await?;
    let tenants: Vec<&Tenant> = world.tenants().collect();
    let most = u64::try_from(tenants.len() * each)?;
    ensure!(files > most + 500, "{most} sockets need more open files than the {files} that are allowed");
    let mut few = bench.with_server(async |server| phase(bench, server, &world, &tenants, 1).await).await?;
    let mut many =
        bench.with_server(async |server| phase(bench, server, &world, &tenants, each).await).await?;
    let (few_p99, many_p99) = (few.pushes.p99(), many.pushes.p99());
    let memory = few.memory.max(many.memory);
    let reached =
        few.holds(bench) && many.holds(bench) && few_p99 < 50.0 && many_p99 < 150.0 && memory <= MEMORY;
    let said = format!(
        "p99 {few_p99:.1} ms at {} sockets, {many_p99:.1} ms at {}, {:.1} KiB a socket",
        few.sockets,
        many.sockets,
        memory / 1_024.0
    );
    let row = few.figures(
        Row::new(reached, said),
        [
            "p50_ms_1000",
            "p99_ms_1000",
            "max_ms_1000",
            "pushes_1000",
            "missed_1000",
            "kib_a_socket_1000",
            "orders_per_s_1000",
            "order_p99_ms_1000",
        ],
    );
    let row = many.figures(
        row,
        [
            "p50_ms_5000",
            "p99_ms_5000",
            "max_ms_5000",
            "pushes_5000",
            "missed_5000",
            "kib_a_socket_5000",
            "orders_per_s_5000",
            "order_p99_ms_5000",
        ],
    );
    Ok(row.with_refusal(&few.orders).with_refusal(&many.orders))
}

impl Phase {
    // Everything was heard once and in order, and the load was what it was to be.
    fn holds(&self, bench: &Bench) -> bool {
        let wanted = f64::from(rate(bench)) * 0.95;
        self.missed == 0 && self.torn == 0 && self.orders.is_served() && self.orders.per_second() >= wanted
    }

    fn figures(&mut self, row: Row, names: [&'static str; 8]) -> Row {
        let [p50, p99, max, pushes, missed, memory, rate, order] = names;
        row.number(p50, self.pushes.median(), 1)
            .number(p99, self.pushes.p99(), 1)
            .number(max, self.pushes.of_thousand(1_000), 1)
            .with(pushes, self.heard)
            .with(missed, self.missed + i64::try_from(self.torn).unwrap_or(i64::MAX))
            .number(memory, self.memory / 1_024.0, 1)
            .number(rate, self.orders.per_second(), 0)
            .number(order, self.orders.samples.p99(), 1)
    }
}

fn rate(bench: &Bench) -> u32 {
    if bench.args.quick { 20 } else { RATE }
}

async fn phase(
    bench: &Bench,
    server: &Child,
    world: &World,
    tenants: &[&Tenant],
    each: usize,
) -> Result<Phase> {
    let purchase = Arc::new(Purchase::of(server, world).await?);
    let pace =
        Pace { connections: bench.connections(), per_second: rate(bench), time: Duration::from_secs(2) };
    let seed = u64::try_from(each)? << 8;
    // What the first orders make the server keep is not a socket's.
    load::at_pace(server.address, &purchase, pace, seed).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let mut connection = PgConnection::connect_with(&server.database().await?).await?;
    // What was not numbered yet would be heard by sockets that open meanwhile, or by some of them.
    let asked = Instant::now();
    while is_waiting(&mut connection, world).await? && asked.elapsed() < LATE {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let before = machine::resident(server.pid())?;
    let staff = tenants.iter().enumerate();
    let who: Vec<(usize, String)> = staff
        .flat_map(|(at, tenant)| tenant.staff.iter().take(each).map(move |token| (at, token.clone())))
        .collect();
    let (count, stop) = (who.len(), CancellationToken::new());
    step(&format!("opening {count} sockets"));
    let open = sockets::open(server, tenants, who, &stop).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let grown = machine::resident(server.pid())?.saturating_sub(before);
    let began = ends(&mut connection, world).await?;

    let since = (foundation::now() + WARM_UP).timestamp_micros();
    let pace = Pace { time: WARM_UP + bench.part(1), ..pace };
    let load = load::at_pace(server.address, &purchase, pace, seed + 1);
    let orders = progress::during(&format!("pushing to {count} sockets"), pace.time, load).await?;
    let missed = wait(&mut connection, world, tenants, &open, &began).await?;
    let commits = commits(&mut connection, world).await?;
    connection.close().await?;
    stop.cancel();
    let mut phase = Phase {
        sockets: count,
        pushes: Samples::default(),
        heard: 0,
        missed,
        torn: 0,
        memory: float(grown) * 1_024.0 / float(u64::try_from(count)?),
        orders,
    };
    for socket in open {
        let began = began.get(&tenants[socket.tenant].id.0).copied().unwrap_or_default();
        phase.add(socket.heard().await?, began, &commits, since);
    }
    Ok(phase)
}

impl Phase {
    fn add(&mut self, heard: Heard, began: i64, commits: &HashMap<Uuid, i64>, since: i64) {
        self.heard += heard.count;
        self.torn += usize::from(heard.torn || (heard.count > 0 && heard.first != began + 1));
        for (order, at) in heard.orders {
            let commit = commits.get(&order).copied().unwrap_or(i64::MIN);
            if commit >= since {
                // A clock that was set back meanwhile makes it none at all.
                self.pushes.add(Duration::from_micros(u64::try_from(at - commit).unwrap_or_default()));
            }
        }
    }
}

type Ends = HashMap<Uuid, i64>;

// Something has no number yet.
async fn is_waiting(db: &mut PgConnection, world: &World) -> Result<bool> {
    Ok(sqlx::query_scalar("select exists (select from outbox where network_id = $1)")
        .bind(world.network)
        .fetch_one(db)
        .await?)
}

// The last number of every log.
async fn ends(db: &mut PgConnection, world: &World) -> Result<Ends> {
    let logs: Vec<(Uuid, i64)> = sqlx::query_as(
        "select tenant_id, max(last_seq) from event_page where network_id = $1 group by tenant_id",
    )
    .bind(world.network)
    .fetch_all(db)
    .await?;
    Ok(logs.into_iter().collect())
}

// Until every socket has heard its log to the end; answers how many events were not heard.
async fn wait(
    db: &mut PgConnection,
    world: &World,
    tenants: &[&Tenant],
    open: &[Socket],
    began: &Ends,
) -> Result<i64> {
    let asked = Instant::now();
    loop {
        let waiting = is_waiting(db, world).await?;
        let ends = ends(db, world).await?;
        let behind = |socket: &Socket| {
            let of = |ends: &Ends| ends.get(&tenants[socket.tenant].id.0).copied().unwrap_or_default();
            of(&ends) - socket.last().max(of(began))
        };
        let missed = open.iter().map(behind).sum();
        if (missed == 0 && !waiting) || asked.elapsed() > LATE {
            return Ok(missed);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

// When each order was committed; microseconds.
async fn commits(db: &mut PgConnection, world: &World) -> Result<HashMap<Uuid, i64>> {
    let rows: Vec<(Uuid, i64)> = sqlx::query_as(
        "select order_id, (extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000000)::bigint
           from orders where network_id = $1",
    )
    .bind(world.network)
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().collect())
}

//! `cardamom bench NAME`: one figure, measured as a ratio within one run on data of its own. The server is this
//! same program as a child process, with its private PostgreSQL in a folder that is removed again; the load comes
//! from this process, on the same processors. `docs/performance.md` explains each row.

mod ask;
pub(super) mod bare;
mod check;
mod child;
mod claims;
mod dice;
mod gate;
mod idle;
mod import;
mod listings;
mod load;
mod machine;
mod names;
mod orders;
mod pgbench;
mod progress;
mod provenance;
mod purchase;
mod push;
mod row;
mod samples;
mod scale;
mod shop_page;
mod statements;
mod sys;
mod wire;
mod world;

use super::{folder::Folder, say, server::until_signal};
use anyhow::{Result, anyhow, bail};
use child::Child;
use clap::ValueEnum;
use load::Span;
use names::Name;
use progress::step;
use row::Row;
use std::{path::PathBuf, time::Duration};
use tokio_util::sync::CancellationToken;

/// What `bench` takes.
#[derive(clap::Args)]
pub(super) struct Args {
    /// What to measure; without it the names are listed, each with what it must reach
    name: Option<Name>,
    /// The file that each row is added to
    #[arg(long, value_name = "FILE", default_value = "bench-results.tsv")]
    results: PathBuf,
    /// How long each side of a comparison is measured
    #[arg(long, value_name = "SECONDS", default_value = "24", value_parser = clap::value_parser!(u64).range(1..=3_600))]
    seconds: u64,
    /// The most orders a second that there are cards for
    #[arg(long, value_name = "ORDERS", default_value = "9000", value_parser = clap::value_parser!(u64).range(100..=50_000))]
    at_most: u64,
    /// Little data and short windows: whether it works, not how fast it is
    #[arg(long)]
    quick: bool,
    /// Leaves out `cardamom check` behind the orders
    #[arg(long)]
    no_check: bool,
}

/// How many ask at once.
const CONNECTIONS: u64 = 64;

const STOPPED: &str = "it was told to stop";
/// How long the servers of a run that was told to stop may take to end.
const LATE: Duration = Duration::from_secs(20);

/// One run.
struct Bench {
    args: Args,
    folder: Folder,
    shutdown: CancellationToken,
}

pub(super) async fn run(args: Args) -> Result<()> {
    let Some(name) = args.name else {
        for name in Name::value_variants() {
            say(&format!("{:<14} {}\n{:<14} must be {}", name.word(), name.what(), "", name.must()));
        }
        return Ok(());
    };
    let shutdown = until_signal()?;
    let bench = Bench { args, folder: Folder::make("bench")?, shutdown: shutdown.clone() };
    let measured = async {
        match name {
            Name::OrdersSpread => orders::spread(&bench).await,
            Name::OrdersHot => orders::hot(&bench).await,
            Name::Listings => listings::run(&bench).await,
            Name::Scale => scale::run(&bench).await,
            Name::Gate => gate::run(&bench).await,
            Name::Push => push::run(&bench).await,
            Name::Import => import::run(&bench).await,
            Name::Claims => claims::run(&bench).await,
            Name::Idle => idle::run(&bench).await,
            Name::Provenance => provenance::run(&bench).await,
        }
    };
    let row: Row = tokio::select! {
        row = measured => row?,
        // Servers are ended in order first, where they can be.
        () = async { shutdown.cancelled().await; tokio::time::sleep(LATE).await } => bail!(STOPPED),
    };
    row.publish(name, &bench.args)
}

impl Bench {
    /// The one size, or the other in a quick run.
    fn size(&self, full: usize, quick: usize) -> usize {
        if self.args.quick { quick } else { full }
    }

    /// How long one of `parts` equal parts of a side is measured.
    fn part(&self, parts: u64) -> Duration {
        Duration::from_millis(if self.args.quick {
            1_000
        } else {
            (self.args.seconds * 1_000 / parts.max(1)).max(1_000)
        })
    }

    /// How many ask at once.
    fn connections(&self) -> u64 {
        if self.args.quick { 8 } else { CONNECTIONS }
    }

    /// One part's span, with a warm-up of so many seconds.
    fn span(&self, warm_up: u64, parts: u64) -> Span {
        let warm_up = if self.args.quick { Duration::from_millis(300) } else { Duration::from_secs(warm_up) };
        Span { connections: self.connections(), warm_up, window: self.part(parts) }
    }

    /// Cards for every order that may be placed in a side measured in so many parts.
    fn cards(&self, parts: u64) -> usize {
        let span = self.span(orders::WARM_UP, parts);
        let each = span.warm_up + span.window + Duration::from_secs(1);
        let first = orders::BEGIN.warm_up + orders::BEGIN.window;
        let time = each.as_millis() * u128::from(parts) + first.as_millis();
        let cards = time * u128::from(self.args.at_most) / 1_000;
        usize::try_from(cards).unwrap_or(usize::MAX)
    }

    /// Does some work with a server of its own, and ends it in order whatever came of the work.
    async fn with_server<R>(&self, work: impl AsyncFnOnce(&Child) -> Result<R>) -> Result<R> {
        self.with_server_of(&[], work).await
    }

    /// The same with a server that is told something more.
    async fn with_server_of<R>(
        &self,
        more: &[&str],
        work: impl AsyncFnOnce(&Child) -> Result<R>,
    ) -> Result<R> {
        step("starting a server");
        let server = Child::serve(self.folder.path(), more).await?;
        let done = tokio::select! {
            done = work(&server) => done,
            () = self.shutdown.cancelled() => Err(anyhow!(STOPPED)),
        };
        let stopped = server.stop().await;
        let done = done?;
        stopped?;
        Ok(done)
    }
}

// For a ratio: counts here are far below what a float holds exactly.
#[expect(clippy::cast_precision_loss, reason = "counts of a run of minutes")]
fn float(count: u64) -> f64 {
    count as f64
}

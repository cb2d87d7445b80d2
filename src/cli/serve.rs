//! `cardamom serve`

use super::{
    demo,
    server::{Server, until_signal},
};
use crate::{foundation::config::SettingsArgs, http::bare, provenance};
use anyhow::Context;
use tokio::net::TcpListener;

/// What `serve` takes.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Leaves the database's schema as it is
    #[arg(long)]
    no_migrate: bool,
    /// Makes the demo network first, where there is none; its passwords are public
    #[arg(long)]
    demo: bool,
    /// Answers a constant beside everything else: what `bench listings` compares with
    #[arg(long, hide = true)]
    bench_constant: bool,
    /// Leaves the provenance log out: what `bench provenance` compares with
    #[arg(long, hide = true)]
    bench_no_provenance: bool,
    #[command(flatten)]
    settings: SettingsArgs,
}

pub(super) async fn run(args: Args) -> anyhow::Result<()> {
    let settings = super::prepare(args.settings)?;
    let shutdown = until_signal()?;
    // The address first: a second server on it fails before it touches anything.
    let listener = TcpListener::bind(settings.listen)
        .await
        .with_context(|| format!("{} can't be listened on", settings.listen))?;
    let address = listener.local_addr()?;
    if args.bench_no_provenance {
        provenance::leave_out();
    }
    let server = Server::start(&settings, !args.no_migrate, &shutdown).await?;
    let served = async {
        if args.demo {
            if !address.ip().is_loopback() {
                tracing::warn!("the demo's passwords are public, and {address} is open to others");
            }
            demo::make(&server).await.context("the demo network")?;
        }
        let edge = server.edge(settings.rate_limit)?;
        let edge = edge.origins(settings.origins.clone()).trusted_hops(usize::from(settings.trusted_proxies));
        super::say(&format!("cardamom is ready: http://{address}/graphql"));
        if args.demo {
            demo::introduce(&format!("http://{address}"));
        }
        let beside = bare::beside(args.bench_constant);
        anyhow::Ok(edge.serve_with(listener, beside, shutdown.clone().cancelled_owned()).await?)
    };
    let served = served.await;
    let stopped = server.stop().await;
    served.and(stopped)
}

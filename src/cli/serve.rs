//! `cardamom serve`

use crate::{
    app::{self, Api},
    foundation::config::SettingsArgs,
    identity::watch::PolicyWatch,
};
use anyhow::Context;
use std::{sync::Arc, time::Duration};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

// How long background work may last behind the last request.
const LATE: Duration = Duration::from_secs(3);

/// What `serve` takes.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Leaves the database's schema as it is
    #[arg(long)]
    no_migrate: bool,
    #[command(flatten)]
    settings: SettingsArgs,
}

pub(super) async fn run(args: Args) -> anyhow::Result<()> {
    let settings = super::prepare(args.settings)?;
    // From here on a signal ends the program in order, whatever it is doing.
    let shutdown = CancellationToken::new();
    let (mut term, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    {
        let shutdown = shutdown.clone();
        tokio::spawn(async move {
            tokio::select! { _ = term.recv() => {}, _ = interrupt.recv() => {} }
            shutdown.cancel();
        });
    }
    // The address first: a second server on it fails before it touches anything.
    let listener = TcpListener::bind(settings.listen)
        .await
        .with_context(|| format!("{} can't be listened on", settings.listen))?;
    let address = listener.local_addr()?;
    let mut database = app::find_database(&settings, false).await?;
    let services = app::services(&database.owner, &settings.master_key, !args.no_migrate).await?;
    let policies = PolicyWatch::default();
    let background = app::run_background(&services, &policies, &shutdown);
    // Also when something fails below: the program does not end before the watcher does.
    let unused = CancellationToken::new();
    let _ended = unused.clone().drop_guard();
    let watcher = database.private.take().map(|private| app::watch_private(private, unused.clone()));

    let base_domain = settings.base_domain.as_deref().map(Arc::from);
    let edge = Api::new(services.clone(), policies, base_domain).edge(settings.rate_limit)?;
    let edge = edge.origins(settings.origins).trusted_hops(usize::from(settings.trusted_proxies));
    println!("cardamom is ready: http://{address}/graphql");
    edge.serve(listener, shutdown.clone().cancelled_owned()).await?;

    shutdown.cancel();
    // They were told when the edge was, and have had its time already.
    let ended = async {
        background.wait().await;
        services.db.close().await;
    };
    if tokio::time::timeout(LATE, ended).await.is_err() {
        tracing::warn!("background work is cut off");
    }
    unused.cancel();
    if let Some(watcher) = watcher {
        watcher.await??;
    }
    Ok(())
}

//! A server from its settings to its last breath: what `serve`, the demo and the tour have in common.

use crate::{
    app::{self, Api},
    foundation::{
        Db,
        config::{Settings, Switch},
        postgres::PostgresError,
    },
    graphql::Services,
    http::Edge,
    identity::watch::PolicyWatch,
};
use anyhow::Context;
use std::{sync::Arc, time::Duration};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};

/// What runs behind the edge.
pub(super) struct Server {
    services: Arc<Services>,
    policies: PolicyWatch,
    base_domain: Option<Arc<str>>,
    background: TaskTracker,
    shutdown: CancellationToken,
    postgres: Option<JoinHandle<Result<(), PostgresError>>>,
    // Cancelled once nobody uses the private PostgreSQL any more; dropped too, when something fails: the
    // program does not end before whoever watches PostgreSQL has stopped it.
    unused: DropGuard,
}

// How long background work may last behind the last request: it was told to stop when the edge was.
const LATE: Duration = Duration::from_secs(3);

impl Server {
    /// Finds or starts the database, brings it up to date and starts the background work, until `shutdown`.
    pub(super) async fn start(
        settings: &Settings,
        migrate: bool,
        shutdown: &CancellationToken,
    ) -> anyhow::Result<Self> {
        let mut database = app::find_database(settings, false).await?;
        let services = Arc::new(app::services(&database.owner, settings, migrate).await?);
        let policies = PolicyWatch::default();
        let background = app::run_background(&services, &policies, shutdown);
        let unused = CancellationToken::new();
        let private = database.private.take();
        Ok(Self {
            services,
            policies,
            base_domain: settings.base_domain.as_deref().map(Arc::from),
            background,
            shutdown: shutdown.clone(),
            postgres: private.map(|private| app::watch_private(private, unused.clone())),
            unused: unused.drop_guard(),
        })
    }

    /// The database, as the application's role.
    pub(super) fn db(&self) -> &Db {
        &self.services.db
    }

    /// The edge in front of it.
    pub(super) fn edge(&self, rate_limit: Switch) -> anyhow::Result<Edge<Api>> {
        let api = Api::new(self.services.clone(), self.policies.clone(), self.base_domain.clone());
        Ok(api.edge(rate_limit)?)
    }

    /// Does some work that talks to this server as anyone does, through a door of its own on this machine
    /// that is closed again afterwards. Ends early, and says so, on shutdown.
    pub(super) async fn visit<R>(
        &self,
        work: impl AsyncFnOnce(&str) -> anyhow::Result<R>,
    ) -> anyhow::Result<R> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("no port on 127.0.0.1")?;
        let url = format!("http://{}", listener.local_addr()?);
        let closing = CancellationToken::new();
        let served = self.edge(Switch::Off)?.serve(listener, closing.clone().cancelled_owned());
        let served = tokio::spawn(served);
        let done = tokio::select! {
            done = work(&url) => done,
            () = self.shutdown.cancelled() => Err(anyhow::anyhow!("it was told to stop")),
        };
        closing.cancel();
        served.await??;
        done
    }

    /// Ends the background work and the database, in this order.
    pub(super) async fn stop(self) -> anyhow::Result<()> {
        self.shutdown.cancel();
        let ended = async {
            self.background.wait().await;
            self.services.db.close().await;
        };
        if tokio::time::timeout(LATE, ended).await.is_err() {
            tracing::warn!("background work is cut off");
        }
        drop(self.unused);
        if let Some(postgres) = self.postgres {
            postgres.await??;
        }
        Ok(())
    }
}

/// Cancelled by SIGTERM and Ctrl-C: from here on a signal ends the program in order, whatever it is doing.
pub(super) fn until_signal() -> anyhow::Result<CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};
    let shutdown = CancellationToken::new();
    let (mut term, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let cancelled = shutdown.clone();
    tokio::spawn(async move {
        tokio::select! { _ = term.recv() => {}, _ = interrupt.recv() => {} }
        cancelled.cancel();
    });
    Ok(shutdown)
}

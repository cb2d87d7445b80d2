//! The edge as a whole: built from a backend and limits, served on a listener.

use std::{io, sync::Arc, time::Duration};

use poem::{Endpoint, Request, Route, Server, endpoint::make};
use tokio::{net::TcpListener, sync::Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    acceptor::{Connections, Guarded},
    backend::{Backend, PREFIXES},
    files,
    frame::Frame,
    gate::Gate,
    graphql,
    limits::Limits,
    pages, public,
    rate::Buckets,
    shared::{Shared, Slots},
    upload,
};

/// What stands between clients and a [`Backend`].
pub struct Edge<B: Backend> {
    shared: Shared<B>,
}

impl<B: Backend> Edge<B> {
    /// # Errors
    /// When the backend's SDL is not a valid schema.
    pub fn new(backend: B, limits: Limits) -> Result<Self, InvalidSchema> {
        let sdl = backend.sdl();
        let gate = Gate::new(&sdl, &limits).map_err(InvalidSchema)?;
        Ok(Self {
            shared: Shared {
                backend,
                sdl: sdl.into(),
                gate,
                buckets: limits.rates.as_ref().map(Buckets::new),
                tasks: TaskTracker::new(),
                closing: CancellationToken::new(),
                running: Arc::new(Semaphore::new(limits.in_flight)),
                streams: Slots::new(limits.sockets, limits.sockets_per_address),
                uploading: Arc::new(Semaphore::new(limits.uploads)),
                origins: Vec::new(),
                trusted_hops: 0,
                limits,
            },
        })
    }

    /// Sites, beside a request's own host, that may read answers in a browser and open sockets:
    /// `https://shop.example`. None by default.
    #[must_use]
    pub fn origins(mut self, origins: impl IntoIterator<Item = String>) -> Self {
        self.shared.origins = origins.into_iter().collect();
        self
    }

    /// How many proxies of ours stand in front, each adding to `X-Forwarded-For`. None by default:
    /// the header is then ignored.
    #[must_use]
    pub fn trusted_hops(mut self, hops: usize) -> Self {
        self.shared.trusted_hops = hops;
        self
    }

    /// Registers documents that clients may name by hash; the only ones under
    /// [`Limits::trusted_only`].
    ///
    /// # Errors
    /// When one of them does not pass the gate.
    pub fn trust(mut self, documents: impl IntoIterator<Item = String>) -> Result<Self, InvalidSchema> {
        self.shared.gate.trust(documents).map_err(InvalidSchema)?;
        Ok(self)
    }

    /// Serves until `shutdown` resolves, then lets running work end, for the drain time at most.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        self.serve_with(listener, Route::new(), shutdown).await
    }

    /// As [`serve`](Self::serve), with routes of its own beside GraphQL's: payment callbacks,
    /// uploads, web pages.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve_with(
        self,
        listener: TcpListener,
        beside: Route,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let shared = Arc::new(self.shared);
        let connections = Connections::default();
        let mut acceptor = Guarded::new(listener, connections.clone(), &shared.limits);
        if shared.trusted_hops > 0 {
            // Every connection comes from a proxy of ours: who is behind it is not known yet.
            acceptor.slots = Slots::new(shared.limits.connections, shared.limits.connections);
        }
        let frame = Frame { shared: shared.clone(), connections, inner: routes(&shared, beside) };
        let (closing, drain) = (shared.closing.clone(), shared.limits.drain_time);
        let server =
            Server::new_with_acceptor(acceptor).http2_max_concurrent_streams(100).run_with_graceful_shutdown(
                frame,
                async move {
                    shutdown.await;
                    // Not ready from here; sockets and event streams close themselves.
                    closing.cancel();
                },
                Some(drain),
            );
        // Connections and the work behind them share one drain time, from the signal on.
        let late = async {
            shared.closing.cancelled().await;
            tokio::time::sleep(drain).await;
        };
        let work = async {
            let served = server.await;
            shared.tasks.close();
            shared.tasks.wait().await;
            served
        };
        tokio::select! {
            served = work => served,
            () = late => {
                tracing::warn!(running = shared.tasks.len(), "shutdown did not wait longer for running work");
                Ok(())
            }
            () = forget_idle(&shared) => Ok(()),
        }
    }

    /// The routes without what wraps them, for a test or another server.
    pub fn routes(self) -> impl Endpoint {
        let shared = Arc::new(self.shared);
        let inner = routes(&shared, Route::new());
        Frame { shared, connections: Connections::default(), inner }
    }
}

/// A schema, or a document that should fit it, does not stand.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct InvalidSchema(String);

fn routes<B: Backend>(shared: &Arc<Shared<B>>, beside: Route) -> Route {
    let (ready, schema, uploads) = (shared.clone(), shared.clone(), shared.clone());
    let (sent, fetched) = (shared.clone(), shared.clone());
    let never = Ok::<_, poem::Error>;
    let graphql = shared.clone();
    let beside = PREFIXES.into_iter().fold(beside, |routes, prefix| {
        let shared = shared.clone();
        let visit = make(move |request: Request| {
            let shared = shared.clone();
            async move { never(public::endpoint(shared, request).await) }
        });
        routes.at(prefix, visit)
    });
    beside
        .at(
            "/graphql",
            make(move |request: Request| {
                let shared = graphql.clone();
                async move { never(graphql::endpoint(shared, request).await) }
            }),
        )
        .at(
            "/schema.graphql",
            make(move |request: Request| {
                let shared = schema.clone();
                async move { never(pages::schema(shared, request).await) }
            }),
        )
        .at(
            "/imports/:name",
            make(move |request: Request| {
                let shared = uploads.clone();
                async move { never(upload::endpoint(shared, request).await) }
            }),
        )
        .at(
            "/uploads/:token",
            make(move |request: Request| {
                let shared = sent.clone();
                async move { never(files::send(shared, request).await) }
            }),
        )
        .at(
            "/files/:token",
            make(move |request: Request| {
                let shared = fetched.clone();
                async move { never(files::fetch(shared, request).await) }
            }),
        )
        .at("/healthz", make(move |request: Request| async move { never(pages::healthz(request).await) }))
        .at(
            "/readyz",
            make(move |request: Request| {
                let shared = ready.clone();
                async move { never(pages::readyz(shared, request).await) }
            }),
        )
}

/// Buckets of callers long gone are dropped, so that new addresses cannot fill memory.
async fn forget_idle<B: Backend>(shared: &Shared<B>) {
    let mut every = tokio::time::interval(Duration::from_secs(30));
    loop {
        every.tick().await;
        if let Some(buckets) = &shared.buckets {
            buckets.forget_idle();
        }
    }
}

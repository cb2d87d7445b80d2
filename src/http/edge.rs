//! The edge as a whole: built from a backend and limits, served on a listener.

use std::{io, sync::Arc, time::Duration};

use poem::{Endpoint, Request, Response, Route, Server, endpoint::make};
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
    web::{self, Pages},
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
                backend: Arc::new(backend),
                sdl: sdl.into(),
                gate,
                pages: None,
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

    /// Serves the web pages, and knows their documents by hash.
    ///
    /// # Errors
    /// When one of their documents does not fit the schema: they were built for another version.
    pub fn pages(mut self, pages: Pages) -> Result<Self, InvalidSchema> {
        let documents = pages.documents().map(str::to_owned);
        self.shared.gate.trust(documents).map_err(InvalidSchema)?;
        self.shared.pages = Some(pages);
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
    let never = Ok::<_, poem::Error>;
    let beside =
        PREFIXES.into_iter().fold(beside, |routes, path| routes.at(path, at(shared, public::endpoint)));
    let beside =
        web::ROOT_FILES.into_iter().fold(beside, |routes, path| routes.at(path, at(shared, web::root_file)));
    beside
        .at("/graphql", at(shared, graphql::endpoint))
        .at("/schema.graphql", at(shared, pages::schema))
        .at("/imports/:name", at(shared, upload::endpoint))
        .at("/uploads/:token", at(shared, files::send))
        .at("/files/:token", at(shared, files::fetch))
        .at("/healthz", make(move |request: Request| async move { never(pages::healthz(request).await) }))
        .at("/readyz", at(shared, pages::readyz))
        .at("/assets/*path", at(shared, web::built_file))
        .at("/console", at(shared, web::console))
        .at("/console/*path", at(shared, web::console))
        .at("/", at(shared, web::storefront))
        .at("/*path", at(shared, web::storefront))
}

/// A handler with what it reaches.
fn at<B, Answer>(
    shared: &Arc<Shared<B>>,
    handler: impl Fn(Arc<Shared<B>>, Request) -> Answer + Send + Sync + 'static,
) -> impl Endpoint<Output = Response> + 'static
where
    B: Backend,
    Answer: Future<Output = Response> + Send + 'static,
{
    let shared = shared.clone();
    make(move |request: Request| {
        let answer = handler(shared.clone(), request);
        async move { Ok::<_, poem::Error>(answer.await) }
    })
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

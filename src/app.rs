//! Builds everything from the settings and hands it out: the only place that knows all.

mod files;
mod public;
mod upload;

use crate::{
    events::{self, Feed},
    evidence,
    foundation::{
        Db, Fault,
        blobs::Blobs,
        config::{Settings, Switch},
        migrate,
        postgres::{PostgresError, Private},
        seal::Sealer,
    },
    graphql::{self, Answers, Schema, Services, Session},
    http::{self, Backend, Edge, Limits},
    identity::{self, Recall, watch::PolicyWatch},
    inventory::{Vault, import_run::Successor},
    ledger,
    orders::{self, engine::Engine},
    pricing::{Views, view::Sweeper},
    provenance::{self, LogKeys},
    standing, warranty,
};
use bytes::Bytes;
use futures_util::stream::BoxStream;
use sqlx::postgres::PgConnectOptions;
use std::{future::Future, path::Path, str::FromStr, sync::Arc, time::Duration};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How many connections a server keeps for readers, and how many for use cases.
const CONNECTIONS: u32 = 16;

/// The longest pause of a runner while the database is away.
const AWAY: Duration = Duration::from_secs(3);

/// Where the database is, and what runs it.
pub struct Database {
    /// Connects as the owner of the tables: for migrations alone.
    pub owner: PgConnectOptions,
    /// The private PostgreSQL, where this process runs it.
    pub private: Option<Private>,
}

/// Why the program can't start or go on; one clear line.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The private PostgreSQL.
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    /// The database url.
    #[error("the database url is not one: {0}")]
    Url(sqlx::Error),
    /// The database.
    #[error("the database")]
    Fault(#[from] Fault),
    /// The network.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The schema.
    #[error("the schema")]
    Schema(#[from] http::InvalidSchema),
}

/// Finds the database: the one of the url, or a private one in the data folder, made where there is none.
/// Where another process serves the folder already, `share` connects to its database instead of failing.
///
/// # Errors
/// [`AppError`].
pub async fn find_database(settings: &Settings, share: bool) -> Result<Database, AppError> {
    if let Some(url) = &settings.database_url {
        let owner = PgConnectOptions::from_str(url.expose()).map_err(AppError::Url)?;
        return Ok(Database { owner, private: None });
    }
    let folder = settings.data_dir.clone();
    let started =
        tokio::task::spawn_blocking(move || Private::start(&folder, &|step| tracing::info!("{step}")))
            .await
            .map_err(Fault::from)?;
    match started {
        Ok(private) => {
            let owner = on_socket(private.socket_dir(), private.port());
            create_database(&owner).await?;
            Ok(Database { owner: owner.database(DATABASE), private: Some(private) })
        }
        Err(error) => match crate::foundation::postgres::socket_of(&settings.data_dir).filter(|_| share) {
            Some((socket, port)) => {
                Ok(Database { owner: on_socket(&socket, port).database(DATABASE), private: None })
            }
            None => Err(error.into()),
        },
    }
}

const DATABASE: &str = "cardamom";

fn on_socket(folder: &Path, port: u16) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass().socket(folder).port(port).username("postgres").database("postgres")
}

async fn create_database(owner: &PgConnectOptions) -> Result<(), Fault> {
    use sqlx::{Connection, Executor};
    let mut connection = sqlx::PgConnection::connect_with(owner).await?;
    let there: bool =
        sqlx::query_scalar("select exists (select from pg_database where datname = 'cardamom')")
            .fetch_one(&mut connection)
            .await?;
    if !there {
        connection.execute("create database cardamom").await?;
    }
    connection.close().await?;
    Ok(())
}

/// The services over a database that is migrated (or is migrated now).
///
/// # Errors
/// [`Fault`].
pub async fn services(
    owner: &PgConnectOptions,
    settings: &Settings,
    migrate_first: bool,
) -> Result<Services, Fault> {
    let sealer = Arc::new(Sealer::new(settings.master_key.expose())?);
    let logins =
        if migrate_first { migrate::run(owner, &sealer).await? } else { migrate::logins(owner, &sealer) };
    let db = Db::connect(logins, CONNECTIONS).await?;
    let vault = Arc::new(Vault::new(Arc::clone(&sealer)));
    let log_keys = LogKeys::new(Arc::clone(&sealer));
    let views = Views::new(db.clone());
    let orders = Engine::new(db.clone(), settings.order_engine);
    let blobs = Blobs::new(settings.object_store.clone());
    Ok(Services { db, sealer, vault, log_keys, blobs, feed: Feed::new(), orders, views })
}

/// Everything that runs beside the requests, until `shutdown`.
pub fn run_background(
    services: &Services,
    policies: &PolicyWatch,
    shutdown: &CancellationToken,
) -> TaskTracker {
    let tasks = TaskTracker::new();
    let db = services.db.clone();
    let feed = services.feed.clone();
    tasks.spawn(events::sequencer::run(db.clone(), feed.clone(), shutdown.clone()));
    tasks.spawn(provenance::runner::run(db.clone(), services.log_keys.clone(), shutdown.clone()));
    {
        let (db, shutdown) = (db.clone(), shutdown.clone());
        tasks.spawn(async move { feed.run(db, shutdown).await });
    }
    {
        let (policies, db, shutdown) = (policies.clone(), db.clone(), shutdown.clone());
        tasks.spawn(async move {
            tokio::select! { () = policies.run(db) => {}, () = shutdown.cancelled() => {} }
        });
    }
    tasks.spawn(services.views.clone().run(shutdown.clone()));
    let sweeper = Sweeper::default();
    every(&tasks, shutdown, "listing changes", Duration::from_secs(15), db.clone(), move |db| {
        let sweeper = sweeper.clone();
        async move { sweeper.sweep(&db).await }
    });
    // Each decides by locks and the database's clock, so any number of processes may run them.
    every(&tasks, shutdown, "ledger fold", Duration::from_secs(5), db.clone(), |db| async move {
        ledger::fold::fold_all(&db).await
    });
    every(&tasks, shutdown, "profit release", Duration::from_millis(500), db.clone(), |db| async move {
        orders::release::release_due(&db).await
    });
    every(&tasks, shutdown, "claim clocks", Duration::from_millis(250), db.clone(), |db| async move {
        warranty::clock::step_due(&db).await
    });
    every(&tasks, shutdown, "recalls", Duration::from_millis(500), db.clone(), |db| async move {
        warranty::recall::run_due(&db).await
    });
    every(&tasks, shutdown, "reminders", Duration::from_secs(2), db.clone(), |db| async move {
        warranty::remind::run_due(&db).await
    });
    every(&tasks, shutdown, "supplier guards", Duration::from_secs(2), db.clone(), |db| async move {
        warranty::guard::run_due(&db).await
    });
    every(&tasks, shutdown, "standing", Duration::from_secs(2), db.clone(), |db| async move {
        standing::refresh_due(&db).await
    });
    let blobs = services.blobs.clone();
    every(&tasks, shutdown, "file sweep", Duration::from_mins(1), db.clone(), move |db| {
        let blobs = blobs.clone();
        async move { evidence::sweep(&db, &blobs).await }
    });
    let (vault, successor) = (Arc::clone(&services.vault), Successor::default());
    every(&tasks, shutdown, "imports cut off", Duration::from_millis(500), db, move |db| {
        let (vault, successor) = (Arc::clone(&vault), successor.clone());
        async move { successor.take_over(&db, &vault).await }
    });
    tasks.close();
    tasks
}

// A transaction that has begun is never cut off: shutdown is looked at between two runs.
fn every<F, R>(
    tasks: &TaskTracker,
    shutdown: &CancellationToken,
    name: &'static str,
    pause: Duration,
    db: Db,
    work: F,
) where
    F: Fn(Db) -> R + Send + 'static,
    R: Future<Output = Result<u64, Fault>> + Send,
{
    let shutdown = shutdown.clone();
    tasks.spawn(async move {
        let mut wait = pause;
        while !shutdown.is_cancelled() {
            match work(db.clone()).await {
                Ok(_) => {
                    if wait > pause {
                        tracing::info!("{name}: goes on");
                    }
                    wait = pause;
                }
                Err(fault) => {
                    // Said once an outage, not at every try.
                    if wait == pause {
                        tracing::warn!(%fault, "{name}: will be tried again");
                    }
                    wait = (wait * 2).min(AWAY.max(pause * 2));
                }
            }
            tokio::select! { () = tokio::time::sleep(wait) => {}, () = shutdown.cancelled() => {} }
        }
    });
}

// Says at the end of a request what it has changed.
struct Settled(Session);

impl Drop for Settled {
    fn drop(&mut self) {
        self.0.settle();
    }
}

impl<'a> From<&'a http::Credentials> for identity::Credentials<'a> {
    fn from(credentials: &'a http::Credentials) -> Self {
        Self {
            authorization: credentials.authorization.as_deref(),
            tenant: credentials.tenant.as_deref(),
            host: credentials.host.as_deref(),
            address: credentials.address,
            user_agent: credentials.user_agent.as_deref(),
        }
    }
}

/// The product behind the edge.
pub struct Api {
    schema: Schema,
    services: Arc<Services>,
    policies: PolicyWatch,
    callers: Recall,
    answers: Answers,
    base_domain: Option<Arc<str>>,
}

impl Api {
    /// The schema over the services.
    pub fn new(services: Arc<Services>, policies: PolicyWatch, base_domain: Option<Arc<str>>) -> Self {
        let callers = Recall::new(policies.clone());
        let changed = policies.clone();
        services.db.when_policy_changes(move |network| changed.forget(network));
        Self {
            schema: graphql::schema(),
            services,
            policies,
            callers,
            answers: Answers::default(),
            base_domain,
        }
    }

    /// The edge in front of it.
    ///
    /// # Errors
    /// [`http::InvalidSchema`].
    pub fn edge(self, rate_limit: Switch) -> Result<Edge<Self>, http::InvalidSchema> {
        let mut limits = Limits::default();
        if rate_limit == Switch::Off {
            limits.rates = None;
            limits.sockets_per_address = limits.sockets;
            limits.connections_per_address = limits.connections;
        }
        let edge = Edge::new(self, limits)?;
        match http::Pages::load() {
            Ok(Some(pages)) => edge.pages(pages),
            Ok(None) => {
                tracing::info!("the web pages were left out: this program was built without them");
                Ok(edge)
            }
            Err(unusable) => {
                tracing::warn!(%unusable, "the web pages are left out");
                Ok(edge)
            }
        }
    }
}

impl Backend for Api {
    type Session = Session;

    fn sdl(&self) -> String {
        graphql::sdl()
    }

    fn recall(&self, credentials: &http::Credentials) -> Option<Session> {
        let viewer = self.callers.viewer(credentials.into())?;
        Some(Session::new(self.services.clone(), viewer, credentials.request_id.clone()))
    }

    async fn identify(&self, credentials: http::Credentials) -> Result<Session, http::Denied> {
        let asks = (&credentials).into();
        match self.callers.identify(&self.services.db, self.base_domain.as_deref(), asks).await {
            Ok(viewer) => Ok(Session::new(self.services.clone(), viewer, credentials.request_id)),
            Err(identity::Denied::TenantRequired) => Err(http::Denied::TenantRequired),
            Err(identity::Denied::Unauthenticated) => Err(http::Denied::Unauthenticated),
            Err(identity::Denied::Forbidden) => Err(http::Denied::Forbidden),
            Err(identity::Denied::Fault(fault)) if fault.is_unavailable() || fault.is_transient() => {
                tracing::warn!(%fault, "a caller could not be identified");
                Err(http::Denied::Unavailable)
            }
            Err(identity::Denied::Fault(fault)) => {
                tracing::error!(%fault, "a caller could not be identified");
                Err(http::Denied::Internal)
            }
        }
    }

    fn bucket(&self, session: &Session) -> Option<String> {
        let viewer = &session.viewer;
        (viewer.actor != crate::access::Actor::Anonymous)
            .then(|| format!("{}:{}", viewer.place.tenant, viewer.actor.id()))
    }

    fn place(&self, session: &Session) -> String {
        session.viewer.place.tenant.to_string()
    }

    fn known(&self, session: &Session, question: &http::Question) -> Option<Bytes> {
        self.answers.known(session, question)
    }

    fn learn(&self, session: &Session, question: http::Question, answer: &str) {
        self.answers.learn(session, question, answer);
    }

    async fn execute(&self, session: Session, mut request: http::Request) -> http::Response {
        let operation = request.operation_name.clone();
        if request
            .parsed_query()
            .is_ok_and(|document| graphql::answers::asks_for_lists(document, operation.as_deref()))
        {
            session.lists();
        }
        // Also when a resolver panics: what it did may have been committed.
        let _settled = Settled(session.clone());
        self.schema.execute(session.request(request)).await
    }

    fn subscribe(&self, session: Session, request: http::Request) -> BoxStream<'static, http::Response> {
        self.schema.execute_stream(session.request(request))
    }

    async fn upload(&self, session: Session, upload: http::Upload) -> http::Uploaded {
        upload::receive(&self.services, session, upload).await
    }

    async fn visit(&self, path: String) -> http::Visited {
        public::visit(&self.services, &path).await
    }

    async fn send_file(&self, sent: http::Sent) -> http::Uploaded {
        files::take(&self.services, sent).await
    }

    async fn file(&self, token: String) -> Result<http::File, http::Uploaded> {
        files::find(&self.services, &token).await
    }

    async fn ended(&self, session: Session) {
        self.policies.ended(&self.services.db, &session.viewer).await;
    }

    fn is_busy(&self) -> bool {
        self.services.db.is_busy()
    }

    async fn ready(&self) -> bool {
        if self.services.db.is_away() {
            return false;
        }
        match self.services.db.plain().await {
            Ok(mut connection) => sqlx::query("select 1").execute(&mut *connection).await.is_ok(),
            Err(_) => false,
        }
    }
}

/// Ends a command's use of the database: a private PostgreSQL that it started is stopped.
///
/// # Errors
/// When it does not stop.
pub async fn stop(database: Database) -> anyhow::Result<()> {
    if let Some(private) = database.private {
        tokio::task::spawn_blocking(move || private.stop()).await??;
    }
    Ok(())
}

/// Keeps the private PostgreSQL running until `unused`, then stops it; started again when something killed it.
/// `unused` comes after the last request and the last runner: while a server finishes what is under way it needs
/// its database as before.
pub fn watch_private(
    mut private: Private,
    unused: CancellationToken,
) -> tokio::task::JoinHandle<Result<(), PostgresError>> {
    tokio::task::spawn_blocking(move || {
        while !unused.is_cancelled() {
            if !private.is_alive() {
                tracing::error!("PostgreSQL has ended; starting it again");
                match private.restart() {
                    Ok(()) => tracing::info!("PostgreSQL is back"),
                    Err(error) => {
                        tracing::error!(%error, "PostgreSQL did not start");
                        std::thread::sleep(Duration::from_secs(1));
                    }
                }
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        private.stop()
    })
}

//! The database as use cases see it: a transaction that has said who it is.

use super::{
    Fault,
    id::{NetworkId, TenantId, UserId},
    migrate::Logins,
    queue::Queue,
};
use sqlx::{AssertSqlSafe, Executor, PgConnection, PgPool, Postgres, Transaction, postgres::PgPoolOptions};
use std::{
    ops::{Deref, DerefMut},
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::sync::Notify;

/// What a store function takes: the caller owns the transaction.
pub type Conn = PgConnection;

/// Whose rows a transaction may see; row security holds it to that. Only `Network` and `Installation`
/// may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// A use case at work in one network.
    Network(NetworkId),
    /// The operator's staff reading.
    Operator(NetworkId, TenantId),
    /// A tenant's staff reading.
    Tenant(NetworkId, TenantId),
    /// A buyer reading, at its site.
    Buyer(NetworkId, TenantId, UserId),
    /// Anybody at a site.
    Public(NetworkId, TenantId),
    /// A background runner, on the tables that runners carry forward.
    Installation,
}

impl Scope {
    // Ids are typed UUIDs, so there is nothing in the text that a person wrote.
    fn begin(self) -> String {
        let set = |scope: &str, network: NetworkId, rest: String| {
            format!("set local app.scope = '{scope}'; set local app.network = '{}'; {rest}", network.0)
        };
        let tenant = |tenant: TenantId| format!("set local app.tenant = '{}'; ", tenant.0);
        match self {
            Self::Network(network) => format!("begin; {}", set("network", network, String::new())),
            Self::Operator(network, id) => {
                format!("begin read only; {}", set("operator", network, tenant(id)))
            }
            Self::Tenant(network, id) => format!("begin read only; {}", set("tenant", network, tenant(id))),
            Self::Public(network, id) => format!("begin read only; {}", set("public", network, tenant(id))),
            Self::Buyer(network, site, buyer) => format!(
                "begin read only; {}",
                set("buyer", network, format!("{}set local app.buyer = '{}'; ", tenant(site), buyer.0))
            ),
            Self::Installation => "begin; set local app.scope = 'installation'; ".into(),
        }
    }
}

/// How many connections what always does the same has for itself: few, so that each has all its plans.
const STEADY: u32 = 6;

/// What the role for use cases is set to, taken back for statements that are not always the same.
const VARIED: [(&str, &str); 3] =
    [("plan_cache_mode", "auto"), ("enable_mergejoin", "on"), ("enable_hashjoin", "on")];

/// The pools of the application's roles, which own nothing and bypass nothing.
#[derive(Clone)]
pub struct Db {
    // Readers, each held to what its scope may see.
    pool: PgPool,
    // Use cases and runners, which no reader's policy concerns: none of their statements pays for those.
    work: PgPool,
    // Those of them that always do the same.
    steady: PgPool,
    queue: Arc<Queue>,
    recorded: Arc<Notify>,
    policy: Arc<OnceLock<PolicyHook>>,
}

type PolicyHook = Box<dyn Fn(NetworkId) + Send + Sync>;

impl Db {
    /// Connects as the application's roles, by so many connections for readers, as many for use cases, and a few for
    /// what always does the same.
    ///
    /// # Errors
    /// [`Fault`] when no connection can be had within 10 s.
    pub async fn connect(logins: Logins, connections: u32) -> Result<Self, Fault> {
        let pool = pooled(connections).connect_with(logins.app).await?;
        let steady = pooled(STEADY).connect_lazy_with(logins.work.clone());
        let work = pooled(connections).connect_lazy_with(logins.work.options(VARIED));
        let (queue, recorded) = (Arc::new(Queue::default()), Arc::new(Notify::new()));
        Ok(Self { pool, work, steady, queue, recorded, policy: Arc::default() })
    }

    /// Begins a transaction that has said who it is.
    ///
    /// # Errors
    /// [`Fault`] when no connection can be had.
    pub async fn begin(&self, scope: Scope) -> Result<Tx, Fault> {
        let pool = match scope {
            Scope::Network(_) | Scope::Installation => &self.work,
            Scope::Operator(..) | Scope::Tenant(..) | Scope::Buyer(..) | Scope::Public(..) => &self.pool,
        };
        self.begin_at(pool, scope).await
    }

    /// As [`begin`](Self::begin), for use cases and runners whose statements always do the same: one plan of each
    /// serves every time. To plan anew costs as much as some of them take. A reader's scope sees nothing here.
    ///
    /// # Errors
    /// [`Fault`] when no connection can be had.
    pub async fn begin_steady(&self, scope: Scope) -> Result<Tx, Fault> {
        self.begin_at(&self.steady, scope).await
    }

    async fn begin_at(&self, pool: &PgPool, scope: Scope) -> Result<Tx, Fault> {
        let waiting = self.queue.join();
        // To get a connection takes kilobytes of state (one may have to be made), and this stands in the middle of
        // everything that reads: in a place of its own it is not moved about with every request.
        let begun = Box::pin(pool.begin_with(AssertSqlSafe(scope.begin()))).await;
        waiting.over(&begun);
        let inner = begun?;
        Ok(Tx { inner, db: self.clone(), news: false, policy: None })
    }

    /// Begins a reading transaction of a whole network, all of whose statements see the same moment.
    ///
    /// # Errors
    /// [`Fault`] when no connection can be had.
    pub async fn snapshot(&self, network: NetworkId) -> Result<Tx, Fault> {
        let begin = Scope::Network(network).begin();
        let begin = begin.replacen("begin;", "begin isolation level repeatable read read only;", 1);
        let inner = Box::pin(self.work.begin_with(AssertSqlSafe(begin))).await?;
        Ok(Tx { inner, db: self.clone(), news: false, policy: None })
    }

    /// A plain connection, which sees no tenant's rows: for the directory of handles and hosts.
    ///
    /// # Errors
    /// [`Fault`] when no connection can be had.
    pub async fn plain(&self) -> Result<sqlx::pool::PoolConnection<Postgres>, Fault> {
        let waiting = self.queue.join();
        let had = Box::pin(self.pool.acquire()).await;
        waiting.over(&had);
        Ok(had?)
    }

    /// Whether more work would only wait for a connection, for long or in vain. What is under way is never
    /// refused one for that reason: who begins something asks first.
    pub fn is_busy(&self) -> bool {
        self.queue.is_long() || self.is_away()
    }

    /// Whether the database is known not to answer. Then one look at a time is kept at it, so that it is known as
    /// soon as it does again, whoever else asks for anything or not.
    pub fn is_away(&self) -> bool {
        if self.queue.looks_again() {
            let (queue, pool) = (Arc::clone(&self.queue), self.pool.clone());
            tokio::spawn(async move { queue.seen(pool.acquire().await.is_ok()) });
        }
        self.queue.is_away()
    }

    /// Wakes whoever waits for events after each commit that recorded some; may be lost without harm.
    pub fn recorded(&self) -> Arc<Notify> {
        Arc::clone(&self.recorded)
    }

    /// Calls `hook` after each commit of this process that changed who may do what. The first one counts.
    pub fn when_policy_changes(&self, hook: impl Fn(NetworkId) + Send + Sync + 'static) {
        let _ = self.policy.set(Box::new(hook));
    }

    /// How the pool's connections are made, for listeners that need one of their own.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Closes every connection.
    pub async fn close(&self) {
        tokio::join!(self.pool.close(), self.work.close(), self.steady.close());
    }
}

fn pooled(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .min_connections(2.min(connections))
        .acquire_timeout(Duration::from_secs(3))
        .idle_timeout(Duration::from_mins(5))
        // A begin that was cut off must not hand its settings to the next borrower (sqlx #4385). Begun first,
        // because a rollback of nothing is a warning in the server's log each time.
        .after_release(|connection, _| {
            Box::pin(async move { connection.execute("begin; rollback").await.map(|_| true) })
        })
}

/// One transaction. Dropped without [`commit`](Self::commit), it is rolled back.
pub struct Tx {
    inner: Transaction<'static, Postgres>,
    db: Db,
    news: bool,
    policy: Option<NetworkId>,
}

impl Tx {
    /// Makes it lasting.
    ///
    /// # Errors
    /// [`Fault`] when the database refuses; then nothing has happened, or (a broken connection) it is unknown.
    pub async fn commit(self) -> Result<(), Fault> {
        let done = self.inner.commit().await;
        // Also where it is unknown whether it was done.
        if let (Some(network), Some(hook)) = (self.policy, self.db.policy.get()) {
            hook(network);
        }
        done?;
        if self.news {
            self.db.recorded.notify_one();
        }
        Ok(())
    }

    /// Undoes it now: what it held is free when this returns. Dropped, it would be free a moment later. A connection
    /// that is broken has let go of everything.
    pub async fn rollback(self) {
        let _ = self.inner.rollback().await;
    }

    /// Says that this transaction changes who may do what in a network.
    pub fn changes_policy(&mut self, network: NetworkId) {
        self.policy = Some(network);
    }

    /// Says that this transaction recorded an event: the sequencer is woken once it is committed.
    pub fn has_news(&mut self) {
        self.news = true;
    }
}

impl Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.inner
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.inner
    }
}

//! What a resolver may reach: the services, the viewer, and the permit for its own root field.

use super::{error, loader::Loaders};
use crate::{
    access::{Permit, Viewer},
    events::Feed,
    foundation::{Db, Fault, No, Scope, Tx, blobs::Blobs, id::NetworkId, seal::Sealer},
    inventory::Vault,
    orders::engine::Engine,
    pricing::{
        Views,
        view::{Reach, Sight},
    },
    provenance::LogKeys,
};
use async_graphql::{Context, ID, Result, parser::types::OperationType};
use std::{
    ops::Deref,
    str::FromStr,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

/// What every use case needs.
#[derive(Clone)]
pub struct Services {
    /// The database, as the application's role.
    pub db: Db,
    /// Keys and what is made with them.
    pub sealer: Arc<Sealer>,
    /// Opens and seals what is sold.
    pub vault: Arc<Vault>,
    /// What the networks' logs are signed with.
    pub log_keys: LogKeys,
    /// Where files are kept.
    pub blobs: Blobs,
    /// The logs as they grow.
    pub feed: Feed,
    /// Places orders.
    pub orders: Engine,
    /// Listings in memory.
    pub views: Views,
}

/// One request's caller and what serves it. One in memory, however many hold it: thousands of sockets sit still.
#[derive(Clone)]
pub struct Session(Arc<Caller>);

/// What a [`Session`] is.
pub struct Caller {
    /// What every use case needs.
    pub services: Arc<Services>,
    /// Who asks, where.
    pub viewer: Viewer,
    /// What this request is called in answers and logs.
    pub request_id: Arc<str>,
    notes: Mutex<Notes>,
}

impl Deref for Session {
    type Target = Caller;
    fn deref(&self) -> &Caller {
        &self.0
    }
}

/// What is noted while a request runs.
#[derive(Clone, Copy, Debug)]
struct Notes {
    /// What its mutations may have changed.
    reach: Reach,
    /// It asks for lists alone.
    lists: bool,
    /// What they were made from.
    sight: Option<Sight>,
}

// What begins with these changes no listing but by what is in stock: everything else counts as if it did.
const TRADE: &[&str] = &[
    "order",
    "delivery",
    "warrantyClaim",
    "claim",
    "wallet",
    "session",
    "password",
    "buyer",
    "upload",
    "review",
    "dossier",
];

fn reach(operation: OperationType, field: &str) -> Reach {
    match operation {
        OperationType::Mutation if TRADE.iter().any(|trade| field.starts_with(trade)) => Reach::Own,
        OperationType::Mutation => Reach::Everyone,
        OperationType::Query | OperationType::Subscription => Reach::Nothing,
    }
}

/// What resolvers ask of their context.
pub trait Ask {
    /// The caller and the services.
    fn session(&self) -> &Session;

    /// The request's loaders.
    fn loaders(&self) -> &Loaders;

    /// The permit for the root field being resolved; FORBIDDEN without one.
    fn permit(&self) -> Result<Permit>;

    /// The services.
    fn services(&self) -> &Services {
        &self.session().services
    }

    /// Who asks.
    fn viewer(&self) -> &Viewer {
        &self.session().viewer
    }

    /// The network that the request is about.
    fn network(&self) -> NetworkId {
        self.viewer().place.network
    }
}

impl Ask for Context<'_> {
    fn session(&self) -> &Session {
        self.data_unchecked::<Session>()
    }

    fn loaders(&self) -> &Loaders {
        self.data_unchecked::<OnceLock<Loaders>>().get_or_init(|| Loaders::new(self.session()))
    }

    fn permit(&self) -> Result<Permit> {
        let root = match self.query_env.operation.node.ty {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        self.session().reaches(reach(self.query_env.operation.node.ty, self.field().name()));
        let operation = format!("{root}.{}", self.field().name());
        self.viewer().permit(&operation).map_err(error::top)
    }
}

impl Session {
    /// One that has changed nothing yet, for a request of that name.
    pub fn new(services: Arc<Services>, viewer: Viewer, request_id: Arc<str>) -> Self {
        let notes = Mutex::new(Notes { reach: Reach::Nothing, lists: false, sight: None });
        Self(Arc::new(Caller { services, viewer, request_id, notes }))
    }

    /// Notes what is about to be changed.
    pub fn reaches(&self, reach: Reach) {
        let mut notes = self.notes();
        notes.reach = notes.reach.max(reach);
    }

    /// Notes that the request asks for lists alone.
    pub fn lists(&self) {
        self.notes().lists = true;
    }

    /// Notes what a list was made from.
    pub fn saw(&self, sight: Sight) {
        let mut notes = self.notes();
        match notes.sight {
            Some(seen) if seen != sight => notes.lists = false,
            _ => notes.sight = Some(sight),
        }
    }

    /// What everything in the answer was made from, where that is one shelf.
    pub fn sight(&self) -> Option<Sight> {
        let notes = self.notes();
        notes.sight.filter(|_| notes.lists)
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says what has been changed by now, so that nobody who must see it is shown what was before.
    pub fn settle(&self) {
        let reach = self.notes().reach;
        self.services.views.wrote(self.viewer.place.network, self.viewer.actor, reach);
    }

    /// A request that runs as this session.
    pub fn request(self, request: async_graphql::Request) -> async_graphql::Request {
        // Made when something is loaded: a subscription may go on for days and load nothing.
        request.data(OnceLock::<Loaders>::new()).data(self)
    }

    /// A transaction that sees what the viewer may read.
    ///
    /// # Errors
    /// [`Fault`] when no connection can be had.
    pub async fn read(&self) -> Result<Tx, Fault> {
        self.services.db.begin(self.viewer.scope()).await
    }

    /// A transaction of the whole network, for what is decided beyond the viewer's own rows.
    ///
    /// # Errors
    /// [`Fault`] when no connection can be had.
    pub async fn work(&self) -> Result<Tx, Fault> {
        self.services.db.begin(Scope::Network(self.viewer.place.network)).await
    }
}

/// Turns a use case's refusal of a read into a top-level error.
///
/// # Errors
/// Whatever the use case said, with its code.
pub fn read<T>(result: Result<T, No>) -> Result<T> {
    result.map_err(error::top)
}

/// A nullable field that may fail: null with an error, and its neighbours stand.
pub fn nullable<T>(
    value: impl Future<Output = Result<Option<T>>>,
) -> impl Future<Output = Option<Result<T>>> {
    // In a place of its own: the executor moves every root field about with room for the largest.
    let value = Box::pin(value);
    async { value.await.transpose() }
}

/// Reads an id of a mutation's input. A text that is no such id looks like an id that is not there.
///
/// # Errors
/// NOT_FOUND at `path`.
pub fn id<T: FromStr>(id: &ID, path: &str) -> Result<T, No> {
    id.parse().map_err(|_| No::not_found(path))
}

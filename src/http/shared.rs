//! What every request reaches: the backend, the gate, the buckets, and what is running.

use std::{
    any::Any,
    collections::HashMap,
    net::IpAddr,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::Poll,
};

use async_graphql::Response;
use bytes::Bytes;
use futures_util::{FutureExt, poll};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    backend::{Backend, Credentials, Denied, RequestId},
    gate::{Admitted, Gate, Kind},
    limits::Limits,
    rate::{self, Buckets},
    refusal::Refusal,
    web::Pages,
};

/// Leave to be worked for, from the question who is asking to the end of the work, whoever still waits for it.
pub(crate) type Leave = Arc<OwnedSemaphorePermit>;

/// An operation under way; what it panicked with, where it did.
type Work = Pin<Box<dyn Future<Output = Result<Response, Box<dyn Any + Send>>> + Send>>;

pub(crate) struct Shared<B: Backend> {
    pub(crate) backend: Arc<B>,
    pub(crate) limits: Limits,
    pub(crate) sdl: Bytes,
    pub(crate) gate: Gate,
    /// The web pages, where they were built.
    pub(crate) pages: Option<Pages>,
    pub(crate) buckets: Option<Buckets>,
    /// Operations and sockets, waited for at shutdown.
    pub(crate) tasks: TaskTracker,
    /// Cancelled when shutdown begins.
    pub(crate) closing: CancellationToken,
    pub(crate) running: Arc<Semaphore>,
    /// Places for uploads: minutes long, they would leave none for operations.
    pub(crate) uploading: Arc<Semaphore>,
    pub(crate) streams: Slots,
    pub(crate) origins: Vec<String>,
    pub(crate) trusted_hops: usize,
}

impl<B: Backend> Shared<B> {
    /// Asked for before anything waits for anything: who would only wait longer and longer is told so at once.
    pub(crate) fn leave(&self) -> Result<Leave, Refusal> {
        let full = || Refusal::unavailable("Too much is running; try again shortly");
        if self.backend.is_busy() {
            return Err(full());
        }
        self.running.clone().try_acquire_owned().map(Arc::new).map_err(|_| full())
    }

    /// Who is asking, if only to read or to be checked again: from memory where it is known.
    pub(crate) async fn recognize(
        &self,
        leave: &Leave,
        credentials: Credentials,
    ) -> Result<B::Session, Denied> {
        match self.backend.recall(&credentials) {
            Some(session) => Ok(session),
            None => self.identify(leave, credentials).await,
        }
    }

    /// Who is asking. In a task of its own, as everything that may hold a database connection.
    pub(crate) async fn identify(
        &self,
        leave: &Leave,
        credentials: Credentials,
    ) -> Result<B::Session, Denied> {
        let (backend, leave) = (self.backend.clone(), leave.clone());
        let work = self.tasks.spawn(async move {
            let _leave = leave;
            backend.identify(credentials).await
        });
        work.await.unwrap_or_else(|stopped| {
            tracing::error!(%stopped, "identification failed");
            Err(Denied::Internal)
        })
    }

    pub(crate) async fn ready(&self) -> bool {
        let backend = self.backend.clone();
        self.tasks.spawn(async move { backend.ready().await }).await.unwrap_or(false)
    }

    /// Runs a query or a mutation to its end: a client that hangs up, or that has waited long enough for a query, does
    /// not stop it between two statements. What needs nothing but memory is done at the first look; whatever has to
    /// wait goes on in a task of its own.
    pub(crate) async fn run(
        &self,
        leave: Leave,
        session: B::Session,
        admitted: Admitted,
        request_id: &Arc<str>,
    ) -> Result<Response, Refusal> {
        let kind = admitted.kind;
        let request = admitted.into_request().data(RequestId(request_id.clone()));
        let mut work = self.work(leave, session, request);
        let done = match poll!(work.as_mut()) {
            Poll::Ready(done) => Ok(done),
            // Nothing is awaited between the look and the task: nobody can cut it off there.
            Poll::Pending => {
                let work = self.tasks.spawn(work);
                if kind == Kind::Query {
                    match tokio::time::timeout(self.limits.request_time, work).await {
                        Ok(done) => done,
                        Err(_) => return Err(Refusal::unavailable("The query took too long")),
                    }
                } else {
                    work.await
                }
            }
        };
        match done {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(panic)) => {
                tracing::error!(request_id = &**request_id, panic = said(&*panic), "a request panicked");
                Err(Refusal::internal())
            }
            Err(stopped) => {
                tracing::error!(request_id = &**request_id, %stopped, "a request was stopped");
                Err(Refusal::internal())
            }
        }
    }

    // Not a part of the future that asks for it, which is moved about.
    fn work(&self, leave: Leave, session: B::Session, request: async_graphql::Request) -> Work {
        let backend = self.backend.clone();
        let work = async move {
            let _leave = leave;
            backend.execute(session, request).await
        };
        Box::pin(AssertUnwindSafe(work).catch_unwind())
    }
}

/// What a panic said, for the log.
pub(crate) fn said(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

/// Counted places, in all and for each address.
pub(crate) struct Slots {
    most: usize,
    most_each: usize,
    taken: Arc<Mutex<(usize, HashMap<String, usize>)>>,
}

/// One place, given back when dropped.
pub(crate) struct Slot {
    key: String,
    taken: Arc<Mutex<(usize, HashMap<String, usize>)>>,
}

impl Slots {
    pub(crate) fn new(most: usize, most_each: usize) -> Self {
        Self { most, most_each, taken: Arc::default() }
    }

    pub(crate) fn take(&self, address: Option<IpAddr>) -> Option<Slot> {
        let key = rate::key(address);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let each = taken.1.get(&key).copied().unwrap_or(0);
        if taken.0 >= self.most || each >= self.most_each {
            return None;
        }
        taken.0 += 1;
        taken.1.insert(key.clone(), each + 1);
        Some(Slot { key, taken: self.taken.clone() })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.0 -= 1;
        if let Some(each) = taken.1.get_mut(&self.key) {
            *each -= 1;
            if *each == 0 {
                taken.1.remove(&self.key);
            }
        }
    }
}

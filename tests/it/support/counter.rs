//! How many statements are sent, as the library that sends them counts: of this thread, while it is its subscriber.

use super::wait_until;
use cardamom::foundation::Db;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

/// Counts statements that read or write; what begins and ends a transaction is none.
#[derive(Clone, Default)]
pub struct Counter(Arc<AtomicUsize>);

impl Counter {
    /// Waits until what this thread sends is heard. Where another test's statement is the first of the process at
    /// this moment, who listens may not be known yet.
    pub async fn listens(&self, db: &Db) {
        let listens = async || {
            tracing::callsite::rebuild_interest_cache();
            sqlx::query("select 1").execute(&mut *db.plain().await.unwrap()).await.unwrap();
            (self.taken() > 0).then_some(())
        };
        wait_until("statements are heard of", listens).await;
    }

    /// How many there were since it was last asked.
    pub fn taken(&self) -> usize {
        self.0.swap(0, Ordering::SeqCst)
    }
}

impl Visit for Counter {
    fn record_str(&mut self, field: &Field, value: &str) {
        let verb = value.split_whitespace().next().unwrap_or_default();
        if field.name() == "summary" && ["select", "with", "insert", "update", "delete"].contains(&verb) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

impl Subscriber for Counter {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }
}

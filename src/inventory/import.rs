//! An import of cards: how far it is and what became of its lines.

use super::ImportId;
use crate::foundation::Moment;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

/// Problems kept of one import; the counts go on.
pub const MAX_PROBLEMS: usize = 100;

crate::words! {
    /// Where an import stands.
    pub enum ImportStatus {
        /// At work.
        Running = "RUNNING",
        /// Every line has been looked at.
        Done = "DONE",
        /// Cut off; what was accepted until then is in stock.
        Failed = "FAILED",
    }
}

/// Why one line was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// From 1, as an editor counts.
    pub line: i32,
    /// For a person; never the secret.
    pub reason: String,
}

crate::row! {
    /// An import as its supplier and the operator see it.
    pub struct Import {
        /// Which.
        pub import_id: ImportId,
        /// Where it stands.
        pub status: ImportStatus,
        /// It stores nothing.
        pub dry_run: bool,
        /// Lines in the whole content; 0 until its end has been seen.
        pub total: i32,
        /// Lines looked at.
        pub processed: i32,
        /// Lines taken.
        pub accepted: i32,
        /// Lines whose card the supplier had imported before.
        pub duplicates: i32,
        /// Lines that hold no card.
        pub rejected: i32,
        /// The first lines that were not taken.
        pub problems: Json<Vec<Problem>>,
        /// Why it failed.
        pub failure: Option<String>,
        /// When its unsold cards were taken back.
        pub withdrawn_at: Option<Moment>,
        /// What the cards are units of.
        pub variant_id: Uuid,
        /// When it began.
        pub created_at: Moment,
    }
}

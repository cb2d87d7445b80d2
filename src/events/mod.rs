//! What happened, by name; recorded in the transaction that did it.
//!
//! [`record()`] writes to the outbox; the [`sequencer`] numbers what is there for the log of each tenant
//! concerned; [`log`] reads logs, [`feed`] says when they grow, and [`stream()`] follows one.

pub mod feed;
pub mod log;
mod numbers;
mod pump;
pub mod record;
pub mod sequencer;
pub mod stream;
mod tail;
#[cfg(test)]
mod tests;

pub use feed::Feed;
pub use log::{EventRow, Filter, LogId};
pub use record::{Event, record, record_with};
pub use stream::{Envelope, Follow, Start, stream};

/// The cursor that a resumed event stream names in its `Last-Event-ID` header: where to go on unless the
/// subscription itself says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastEventId(pub String);

crate::words! {
    /// What kind of fact an event is.
    pub enum EventType {
        /// An order was placed.
        OrderPlaced = "ORDER_PLACED",
        /// An order went to another status.
        OrderStatusChanged = "ORDER_STATUS_CHANGED",
        /// A unit was handed over.
        DeliveryMade = "DELIVERY_MADE",
        /// A warranty claim was opened.
        WarrantyClaimOpened = "WARRANTY_CLAIM_OPENED",
        /// A warranty claim took a step.
        WarrantyClaimChanged = "WARRANTY_CLAIM_CHANGED",
        /// Somebody said something about a claim.
        WarrantyClaimMessage = "WARRANTY_CLAIM_MESSAGE",
        /// A party has read what was said.
        WarrantyClaimRead = "WARRANTY_CLAIM_READ",
        /// A remedy was offered, or an offer declined.
        WarrantyClaimOffer = "WARRANTY_CLAIM_OFFER",
        /// Somebody of the desk has a claim in hand, or nobody any more; the desk's log only.
        WarrantyClaimAssigned = "WARRANTY_CLAIM_ASSIGNED",
        /// A desk's own people noted something; the desk's log only.
        WarrantyClaimNoted = "WARRANTY_CLAIM_NOTED",
        /// A delivery's warranty runs: it is time to try it.
        WarrantyReminder = "WARRANTY_REMINDER",
        /// The buyer has tried a delivery, and it works.
        DeliveryTested = "DELIVERY_TESTED",
        /// A batch is taken back, or was.
        RecallChanged = "RECALL_CHANGED",
        /// A supplier's goods are off sale until what is wrong is mended.
        SalesPaused = "SALES_PAUSED",
        /// A supplier's goods are on sale again.
        SalesResumed = "SALES_RESUMED",
        /// Files were added to a warranty claim.
        EvidenceAdded = "EVIDENCE_ADDED",
        /// A buyer reviewed what it had bought.
        ReviewPosted = "REVIEW_POSTED",
        /// The selling site answered a review.
        ReviewReplied = "REVIEW_REPLIED",
        /// The operator removed a review, or put it back.
        ReviewModerated = "REVIEW_MODERATED",
        /// A wallet's balance changed.
        WalletChanged = "WALLET_CHANGED",
        /// A variant's stock fell to its alarm level.
        StockLow = "STOCK_LOW",
        /// A tenant's status changed.
        TenantStatusChanged = "TENANT_STATUS_CHANGED",
        /// A card clashed with another supplier's and was quarantined; the operator's log only.
        CardQuarantined = "CARD_QUARANTINED",
    }
}

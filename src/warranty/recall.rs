//! Taking a batch back: what is unsold is kept from sale, what was sold is made good, one unit a transaction.

use super::{
    MAX_NOTE,
    approve_claim::{Granted, Terms, grant},
    claim::{Action, Actor, ClaimDesk, ClaimId},
    deadline,
    store::{self, NewClaim, recalls},
    work::Work,
};
use crate::{
    access::{Permit, TenantKind, Viewer},
    catalogue::{ClaimReason, RemedyKind, VariantId},
    events::{self, Event, EventType},
    foundation::{
        Db, Fault, Moment, No, Page, PageRequest, RefusalCode, Scope, Turn, Tx,
        id::{NetworkId, TenantId},
        text,
    },
    inventory::ImportId,
    orders::{DeliveryStatus, release, unit},
    provenance::{self, Step, StepKind},
};
use sqlx::Executor;
use uuid::Uuid;

crate::id!(
    /// A recall of a batch.
    RecallId, "rcl"
);

crate::words! {
    /// Why a batch is taken back.
    pub enum RecallReason {
        /// It was never what it was sold as.
        Counterfeit = "COUNTERFEIT",
        /// Its issuer took it back.
        Revoked = "REVOKED",
    }
}

crate::words! {
    /// Where a recall stands.
    pub enum RecallStatus {
        /// To be looked at, and confirmed; nothing has happened.
        Draft = "DRAFT",
        /// Confirmed: unit after unit is made good.
        Running = "RUNNING",
        /// Every unit was seen to.
        Done = "DONE",
    }
}

crate::words! {
    /// What became of a unit.
    pub enum UnitStatus {
        /// It is to be made good.
        Waiting = "WAITING",
        /// Another took its place.
        Replaced = "REPLACED",
        /// Its money went back.
        Refunded = "REFUNDED",
        /// Nothing had to be done, or it could not be: see why.
        Left = "LEFT",
    }
}

crate::row! {
    /// A recall with its figures.
    pub struct Recall {
        /// The recall.
        pub recall_id: RecallId,
        /// Which batch.
        pub import_id: ImportId,
        /// What was in it.
        pub variant_id: VariantId,
        /// Whose.
        pub supplier_id: TenantId,
        /// Whoever confirmed it.
        pub author_id: Uuid,
        /// At which desk its claims are decided.
        pub desk: ClaimDesk,
        /// Why.
        pub reason: RecallReason,
        /// What buyers get; their money where no other is in stock.
        pub remedy: RemedyKind,
        /// In words, for the buyers.
        pub note: String,
        /// Where it stands.
        pub status: RecallStatus,
        /// When it was written.
        pub created_at: Moment,
        /// When it was confirmed.
        pub confirmed_at: Option<Moment>,
        /// When the last unit was seen to.
        pub finished_at: Option<Moment>,
        /// Cards of the batch that could be sold now.
        pub unsold: i64,
        /// Units that buyers have and that are (or were) to be made good.
        pub units: i64,
        /// Of these, those that wait.
        pub waiting: i64,
        /// Those that were replaced.
        pub replaced: i64,
        /// Those that were refunded.
        pub refunded: i64,
        /// Those that were left.
        pub left_over: i64,
        /// What buyers paid for the units and have not had back; minor units.
        pub amount: i64,
    }
}

/// A recall to be written.
#[derive(Clone, Debug)]
pub struct CreateRecall {
    /// Which batch.
    pub import: ImportId,
    /// Why.
    pub reason: RecallReason,
    /// REPLACE or REFUND.
    pub remedy: RemedyKind,
    /// In words, for the buyers.
    pub note: String,
}

/// Writes a recall of a batch, with what it would come to. Nothing happens before it is confirmed.
///
/// # Errors
/// NOT_FOUND for a batch that is not the caller's; INVALID_TRANSITION while it is being imported; CONFLICT where one is
/// open; INVALID_INPUT.
pub async fn create_recall(db: &Db, permit: Permit, input: CreateRecall) -> Result<Recall, No> {
    let note = text::note(&input.note, MAX_NOTE, "note")?;
    if !matches!(input.remedy, RemedyKind::Replace | RemedyKind::Refund) {
        return Err(No::invalid("is REPLACE or REFUND", "remedy"));
    }
    let network = permit.network();
    let mut tx = db.begin(permit.work()).await?;
    let own = (permit.place().kind == TenantKind::Supplier).then_some(permit.tenant());
    let batch = recalls::batch(&mut tx, network, input.import).await?;
    let (supplier, running) = batch
        .filter(|(supplier, _)| own.is_none_or(|own| own == *supplier))
        .ok_or_else(|| No::not_found("importId"))?;
    if running {
        let message = "the batch is still being imported";
        return Err(No::because(RefusalCode::InvalidTransition, message, "importId"));
    }
    let desk = if own.is_some() { ClaimDesk::Supplier } else { ClaimDesk::Operator };
    let id = RecallId::fresh();
    let author = permit.actor().id();
    match recalls::insert(&mut tx, network, id, supplier, author, desk, &input, &note).await {
        Err(fault) if fault.constraint() == Some("recall_one_open") => {
            let message = "the batch has a recall that is open";
            return Err(No::because(RefusalCode::Conflict, message, "importId"));
        }
        done => done?,
    }
    tell(&mut tx, network, supplier, id).await?;
    let recall = recalls::find(&mut tx, network, id).await?;
    tx.commit().await?;
    recall.ok_or_else(|| No::not_found("recallId"))
}

/// Confirms a recall: what is unsold goes into quarantine now, what buyers have is made good by and by.
///
/// # Errors
/// NOT_FOUND; INVALID_TRANSITION unless it is a draft.
pub async fn confirm_recall(db: &Db, permit: Permit, id: RecallId) -> Result<Recall, No> {
    let network = permit.network();
    let missing = || No::not_found("recallId");
    let mut tx = db.begin(permit.work()).await?;
    let own = (permit.place().kind == TenantKind::Supplier).then_some(permit.tenant());
    let found = recalls::lock(&mut tx, network, id).await?;
    let (supplier, status) =
        found.filter(|(supplier, _)| own.is_none_or(|own| own == *supplier)).ok_or_else(missing)?;
    if status != RecallStatus::Draft {
        return Err(No::because(RefusalCode::InvalidTransition, "the recall was confirmed", "recallId"));
    }
    // A whole batch takes longer than any statement of a request may.
    tx.execute("set local statement_timeout = '5min'").await?;
    recalls::confirm(&mut tx, network, id).await?;
    tell(&mut tx, network, supplier, id).await?;
    let recall = recalls::find(&mut tx, network, id).await?;
    tx.commit().await?;
    recall.ok_or_else(missing)
}

/// A recall, if the viewer may see it.
///
/// # Errors
/// [`Fault`].
pub async fn recall(db: &Db, viewer: &Viewer, id: RecallId) -> Result<Option<Recall>, Fault> {
    let network = viewer.place.network;
    let mut tx = db.begin(viewer.scope()).await?;
    if !recalls::sees(&mut tx, network, id).await? {
        return Ok(None);
    }
    drop(tx);
    // Its units' figures are the supplier's and the operator's, whoever's orders they are in.
    let mut tx = db.begin(Scope::Network(network)).await?;
    recalls::find(&mut tx, network, id).await
}

/// A page of the recalls that the viewer may see, the newest first: a supplier's own, every one for the operator.
///
/// # Errors
/// [`Fault`].
pub async fn page(db: &Db, viewer: &Viewer, request: &PageRequest<Uuid>) -> Result<Page<Recall>, Fault> {
    let network = viewer.place.network;
    let mut tx = db.begin(viewer.scope()).await?;
    let ids = recalls::page(&mut tx, network, request).await?;
    drop(tx);
    let Page { rows: ids, more, earlier } = Page::of(ids, request.first, request.after.is_some());
    // Their units' figures, as in `recall`.
    let mut tx = db.begin(Scope::Network(network)).await?;
    Ok(Page { rows: recalls::find_many(&mut tx, network, &ids).await?, more, earlier })
}

async fn tell(tx: &mut Tx, network: NetworkId, supplier: TenantId, id: RecallId) -> Result<(), Fault> {
    let operator = store::operator(tx, network).await?;
    let event = Event::about(EventType::RecallChanged, vec![supplier, operator], id.to_string());
    events::record(tx, network, &[event]).await
}

/// Making units good.
pub const TURN: Turn = Turn::named(*b"\0recalls");

// What one call does at most; the rest waits for the next.
const BATCH: i64 = 50;
// How often a unit is tried.
const TRIES: i32 = 5;

/// Makes units of confirmed recalls good; answers how many were seen to. Any number of processes may run it, and any of
/// them may be killed: a unit's claim, its remedy and its tick are one transaction.
///
/// # Errors
/// [`Fault`] when what is waiting can't be read; one unit's failure is logged, and it is tried again.
pub async fn run_due(db: &Db) -> Result<u64, Fault> {
    let mut tx = db.begin_steady(Scope::Installation).await?;
    if !TURN.take(&mut tx).await? {
        return Ok(0);
    }
    let running = recalls::running(&mut tx).await?;
    tx.commit().await?;
    let mut done = 0;
    for (network, recall) in running {
        let mut tx = db.begin(Scope::Network(network)).await?;
        let waiting = recalls::waiting(&mut tx, network, recall, BATCH).await?;
        if waiting.is_empty() {
            if let Some(supplier) = recalls::finish(&mut tx, network, recall).await? {
                tell(&mut tx, network, supplier, recall).await?;
            }
            tx.commit().await?;
            continue;
        }
        tx.commit().await?;
        for (order, delivery) in waiting {
            match make_good(db, network, recall, order, delivery).await {
                Ok(()) => done += 1,
                Err(no) => {
                    tracing::error!(%no, %recall, "a unit of a recall was not made good");
                    let mut tx = db.begin(Scope::Network(network)).await?;
                    recalls::failed(&mut tx, network, recall, delivery, TRIES).await?;
                    tx.commit().await?;
                }
            }
        }
    }
    Ok(done)
}

async fn make_good(db: &Db, network: NetworkId, id: RecallId, order: Uuid, delivery: Uuid) -> Result<(), No> {
    let mut tx = db.begin(Scope::Network(network)).await?;
    let gone = || Fault::new("a unit of a recall is not there");
    let locked = unit::lock_order(&mut tx, network, order).await?.ok_or_else(gone)?;
    let unit = unit::lock(&mut tx, network, delivery).await?.ok_or_else(gone)?;
    if !recalls::still_waiting(&mut tx, network, id, delivery).await? {
        return Ok(());
    }
    let recall = recalls::find(&mut tx, network, id).await?.ok_or_else(gone)?;
    let actor = if recall.desk == ClaimDesk::Supplier { Actor::Supplier } else { Actor::Operator };
    let (by, order_status) = (Some(recall.author_id), locked.status);
    let audience = unit::audience(&mut tx, network, order, Some(unit.line_no)).await?;
    let mut work = match unit.status {
        DeliveryStatus::UnderClaim => {
            let open = recalls::open_claim_on(&mut tx, network, delivery).await?.ok_or_else(gone)?;
            let claim = store::lock(&mut tx, network, open).await?.ok_or_else(gone)?;
            Work { tx, network, claim, actor, by, order_status, audience, late: None }
        }
        DeliveryStatus::Delivered => {
            let claim_id = ClaimId::fresh();
            let due = deadline::opening(&mut tx, network, delivery, recall.desk).await?;
            let new = NewClaim {
                id: claim_id,
                delivery,
                reason: match recall.reason {
                    RecallReason::Counterfeit => ClaimReason::NotAsDescribed,
                    RecallReason::Revoked => ClaimReason::Revoked,
                },
                description: &recall.note,
                wanted: None,
                desk: recall.desk,
                self_check: &[],
                recall: Some(id.0),
            };
            let claim = store::insert(&mut tx, network, &new, &due).await?;
            let (from, to) = (DeliveryStatus::Delivered, DeliveryStatus::UnderClaim);
            unit::set_status(&mut tx, network, delivery, from, to).await?;
            release::hold_again(&mut tx, network, &unit, claim_id.0).await?;
            let item = unit.card_id.map_or(unit.delivery_id, |card| card.0);
            provenance::record(&mut tx, network, StepKind::Claimed, &[Step::of(item, claim_id.0)]).await?;
            let mut work = Work { tx, network, claim, actor, by, order_status, audience, late: None };
            work.write_down(None, Some(recall.desk), None, EventType::WarrantyClaimOpened).await?;
            work
        }
        DeliveryStatus::Pending | DeliveryStatus::Replaced | DeliveryStatus::Refunded => {
            let left = UnitStatus::Left;
            recalls::seen_to(&mut tx, network, id, delivery, left, None, Some("settled before")).await?;
            return Ok(tx.commit().await?);
        }
    };
    work.claim.recall_id = Some(id.0);
    let claim = work.claim.claim_id;
    let status = settle(&mut work, &recall).await?;
    recalls::seen_to(&mut work.tx, network, id, delivery, status, Some(claim), None).await?;
    work.done().await?;
    Ok(())
}

// What the recall says, and the money where no other is in stock. What another would have changed is undone first.
async fn settle(work: &mut Work, recall: &Recall) -> Result<UnitStatus, No> {
    let granted = |remedy| Granted { remedy, amount: None, bearer: ClaimDesk::Supplier, terms: Terms::Aside };
    let note = Some(recall.note.as_str());
    if recall.remedy == RemedyKind::Replace {
        let before = work.claim.clone();
        work.tx.execute("savepoint recall").await?;
        match grant(work, Action::Recall, recall.desk, &granted(RemedyKind::Replace), note).await {
            Ok(()) => return Ok(UnitStatus::Replaced),
            Err(No::Refused(refusals)) if refusals.iter().all(|one| one.code == RefusalCode::OutOfStock) => {
                work.tx.execute("rollback to savepoint recall").await?;
                work.claim = before;
            }
            Err(no) => return Err(no),
        }
    }
    grant(work, Action::Recall, recall.desk, &granted(RemedyKind::Refund), note).await?;
    Ok(UnitStatus::Refunded)
}

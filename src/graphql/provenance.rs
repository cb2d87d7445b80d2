//! The history of what was sold, and receipts, through GraphQL.

use super::{
    Ask,
    scalar::{DateTime, Decimal},
    session::{nullable, read},
};
use crate::{
    foundation::No,
    provenance::{self, leaf},
    receipt::{
        self,
        history::{History, Proved},
    },
};
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};

/// What happened to a card, or to what was handed over by hand.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "provenance::StepKind")]
pub enum ProvenanceStepKind {
    /// A supplier put it in stock.
    Imported,
    /// It came in, but another supplier holds the same: it is kept apart.
    Quarantined,
    /// It was sold and handed over.
    Sold,
    /// Its buyer opened it.
    Revealed,
    /// Its buyer claimed.
    Claimed,
    /// Another took its place.
    Replaced,
    /// All that was paid for it went back.
    Refunded,
    /// It was taken out of stock unsold.
    Voided,
}

/// The history of what a delivery handed over, as it stands in the network's public log.
#[derive(SimpleObject)]
pub struct Provenance {
    /// Its steps that are in the log, the first first, 100 at most. A step gets there within a second or so.
    steps: Vec<ProvenanceStep>,
    /// The newest signed head of the log: a C2SP checkpoint. Null until there is one.
    checkpoint: Option<String>,
    /// Where the log is published, on this server.
    log: String,
}

/// One step.
#[derive(SimpleObject)]
pub struct ProvenanceStep {
    /// What happened.
    kind: ProvenanceStepKind,
    /// When.
    at: DateTime,
    /// Its place in this history, from 1.
    number: i32,
    /// The index of its leaf in the log, from 0.
    leaf_index: Decimal,
    /// What was hashed.
    leaf: String,
    /// It is under the signed head.
    is_signed: bool,
    /// From the leaf's hash to the signed head, base64, the lowest first (RFC 9162); null until it is signed.
    proof: Option<Vec<String>>,
}

impl From<History> for Provenance {
    fn from(history: History) -> Self {
        Self {
            steps: history.steps.into_iter().map(ProvenanceStep::from).collect(),
            checkpoint: history.head.map(|head| head.note),
            log: history.log,
        }
    }
}

impl From<Proved> for ProvenanceStep {
    fn from(proved: Proved) -> Self {
        let Proved { entry, proof } = proved;
        Self {
            kind: entry.leaf.kind.into(),
            at: DateTime(entry.leaf.at),
            number: entry.leaf.step_no,
            leaf_index: Decimal(entry.index.to_string()),
            leaf: entry.data,
            is_signed: proof.is_some(),
            proof: proof.map(|proof| proof.iter().map(leaf::written).collect()),
        }
    }
}

/// What was bought, as a signed file that `cardamom verify` checks without asking anybody.
#[derive(SimpleObject)]
pub struct Receipt {
    /// What to call the file.
    file_name: String,
    /// The file, JSON.
    content: String,
    /// The receipt's short name, which its printed page shows too: base64 of a SHA-256.
    fingerprint: String,
    /// The path of a page to print, on this server: whoever has it may open this receipt.
    page: String,
    /// Until when the page can be opened.
    page_until: DateTime,
}

/// The log to read.
#[derive(Default)]
pub struct ProvenanceQuery;

#[Object]
impl ProvenanceQuery {
    /// What became of what a delivery handed over, from its import on, with proofs. Null where the delivery does not
    /// exist or the caller may not see it.
    async fn provenance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A `dlv_…` id.")] delivery_id: ID,
        #[graphql(desc = "The steps behind that number, all without it; an answer has 100 at most.")]
        after: Option<i32>,
    ) -> Option<Result<Provenance>> {
        nullable(async {
            let permit = ctx.permit()?;
            let Ok(delivery) = delivery_id.parse() else { return Ok(None) };
            let (services, after) = (ctx.services(), after.unwrap_or(0));
            let history =
                receipt::history::history(&services.db, &services.log_keys, &permit, delivery, after).await;
            Ok(read(history.map_err(No::from))?.map(Provenance::from))
        })
        .await
    }

    /// The receipt of an order, for its buyer, its selling site and the operator; null for everyone else, and where
    /// it does not exist. Waits a moment until the sale is under a signed head of the log.
    async fn receipt(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "An `ord_…` id.")] order_id: ID,
        #[graphql(
            desc = "The size of a signed head that you have kept: the receipt then proves that the log has \
                          only grown since."
        )]
        since: Option<Decimal>,
    ) -> Option<Result<Receipt>> {
        nullable(async {
            let permit = ctx.permit()?;
            let since = read(since.map(|since| since.0.parse().map_err(|_| not_a_size())).transpose())?;
            let Ok(order) = order_id.parse() else { return Ok(None) };
            let services = ctx.services();
            let made =
                receipt::history::receipt(&services.db, &services.log_keys, &permit, order, since).await;
            let Some((receipt, link)) = read(made)? else { return Ok(None) };
            let until = chrono::DateTime::from_timestamp_secs(link.until).unwrap_or_default();
            Ok(Some(Receipt {
                file_name: receipt.file_name,
                content: receipt.text,
                fingerprint: leaf::written(&receipt.fingerprint),
                page: link.path(&services.sealer),
                page_until: DateTime(until),
            }))
        })
        .await
    }
}

fn not_a_size() -> No {
    No::invalid("must be a whole number", "since")
}

//! What an archive tells, as data: `dossier.json`, and what its pages show.

use crate::{
    catalogue::{RemedyKind, terms::Language},
    evidence::Evidence,
    foundation::{Currency, Moment, Money, UnitPrice, blobs::hex},
    orders::{terms::PlanTerms, view},
    warranty::{self, ClaimDesk, ClaimStatus, RejectReason, Step, thread::Message},
};
use serde::Serialize;

use super::{
    escalation::Escalation,
    store::{Payment, Seller},
};

/// Everything, in the words of the API.
#[derive(Serialize)]
pub(super) struct Story {
    pub(super) made_at: String,
    pub(super) dossier: String,
    pub(super) network: String,
    pub(super) seller: String,
    pub(super) seller_handle: String,
    pub(super) buyer: Person,
    pub(super) order: Order,
    pub(super) payments: Vec<Paid>,
    pub(super) claims: Vec<Claim>,
    pub(super) escalation: Route,
    pub(super) left_out: &'static str,
}

#[derive(Serialize)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) email: String,
}

#[derive(Serialize)]
pub(super) struct Order {
    pub(super) id: String,
    pub(super) number: String,
    pub(super) status: &'static str,
    pub(super) placed_at: String,
    pub(super) total: String,
    pub(super) refunded: String,
    pub(super) currency: String,
    pub(super) lines: Vec<Line>,
}

#[derive(Serialize)]
pub(super) struct Line {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) quantity: i32,
    pub(super) unit_price: String,
    pub(super) total: String,
    pub(super) answers: std::collections::BTreeMap<String, String>,
    pub(super) plan: Option<PlanTerms>,
    pub(super) warranty_seconds: i32,
    pub(super) answer_within_seconds: i32,
    pub(super) decision_within_seconds: i32,
    pub(super) appeal_within_seconds: i32,
    pub(super) covered_reasons: Vec<&'static str>,
    pub(super) remedies: Vec<&'static str>,
    pub(super) replacement_limit: i32,
    pub(super) required_evidence: Vec<&'static str>,
    pub(super) terms_version: String,
    pub(super) terms_acknowledged: bool,
    /// The same as sentences, by language.
    pub(super) terms: std::collections::BTreeMap<&'static str, String>,
    pub(super) deliveries: Vec<Delivery>,
}

#[derive(Serialize)]
pub(super) struct Delivery {
    pub(super) id: String,
    pub(super) status: &'static str,
    pub(super) delivered_at: String,
    pub(super) warranty_ends_at: String,
    pub(super) first_opened_at: Option<String>,
    pub(super) replaced_by: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Paid {
    pub(super) at: String,
    pub(super) what: String,
    /// Below zero is paid, above is received.
    pub(super) amount: String,
}

#[derive(Serialize)]
pub(super) struct Claim {
    pub(super) id: String,
    pub(super) delivery: String,
    pub(super) status: &'static str,
    pub(super) opened_at: String,
    pub(super) reason: &'static str,
    pub(super) description: String,
    pub(super) wanted: Option<&'static str>,
    pub(super) remedy: Option<&'static str>,
    pub(super) remedy_amount: Option<String>,
    pub(super) reject_reason: Option<&'static str>,
    pub(super) reject_note: Option<String>,
    pub(super) steps: Vec<Told>,
    pub(super) messages: Vec<Said>,
    pub(super) evidence: Vec<File>,
}

/// What a party wrote to the others.
#[derive(Serialize)]
pub(super) struct Said {
    pub(super) at: String,
    pub(super) by: &'static str,
    pub(super) body: String,
}

/// A claim with what belongs to it.
pub(super) struct Whole {
    pub(super) claim: warranty::Claim,
    pub(super) steps: Vec<Step>,
    pub(super) messages: Vec<Message>,
    pub(super) files: Vec<Evidence>,
}

#[derive(Serialize)]
pub(super) struct Told {
    pub(super) at: String,
    pub(super) from: Option<&'static str>,
    pub(super) to: &'static str,
    pub(super) desk: Option<&'static str>,
    pub(super) note: Option<String>,
}

#[derive(Serialize)]
pub(super) struct File {
    /// In the archive; none where it would have become too long.
    pub(super) path: Option<String>,
    pub(super) name: String,
    pub(super) media_type: &'static str,
    pub(super) bytes: i32,
    pub(super) sha256: String,
    pub(super) sha256_as_sent: String,
    pub(super) submitted_by: &'static str,
    pub(super) submitted_at: String,
    #[serde(skip)]
    pub(super) key: Vec<u8>,
}

#[derive(Serialize)]
pub(super) struct Route {
    pub(super) authority: &'static str,
    pub(super) name: &'static str,
    pub(super) url: &'static str,
    pub(super) phone: Option<&'static str>,
    pub(super) note: &'static str,
}

/// A moment as it is written everywhere.
pub(super) fn time(moment: Moment) -> String {
    moment.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

fn amount(minor: i64, currency: Currency) -> String {
    format!("{} {}", Money::new(minor, currency).decimal(), currency.code())
}

impl From<&'static Escalation> for Route {
    fn from(route: &'static Escalation) -> Self {
        Self {
            authority: route.authority,
            name: route.name,
            url: route.url,
            phone: route.phone,
            note: route.note,
        }
    }
}

impl Story {
    pub(super) fn of(
        id: super::DossierId,
        seller: Seller,
        currency: Currency,
        order: &view::Order,
        payments: Vec<Payment>,
        claims: Vec<Whole>,
        escalation: &'static Escalation,
    ) -> Self {
        let (total, refunded) = (order.head.total, order.head.refunded);
        Self {
            made_at: time(seller.now),
            dossier: id.to_string(),
            network: seller.network,
            seller: seller.name,
            seller_handle: seller.handle,
            buyer: Person { name: seller.buyer, email: seller.email },
            order: Order {
                id: order.head.order_id.to_string(),
                number: order.head.number.clone(),
                status: order.head.status.word(),
                placed_at: time(order.head.placed_at),
                total: amount(total, currency),
                refunded: amount(refunded, currency),
                currency: currency.code().to_owned(),
                lines: order.lines.iter().map(|(line, units)| Line::of(line, units, currency)).collect(),
            },
            payments: payments
                .into_iter()
                .map(|paid| Paid {
                    at: time(paid.at),
                    what: paid.what,
                    amount: amount(paid.amount, currency),
                })
                .collect(),
            claims: claims.into_iter().map(|whole| Claim::of(whole, currency)).collect(),
            escalation: escalation.into(),
            left_out: "What the goods themselves are (codes, passwords) is left out: whoever reads this could use them. \
                       The times at which they were first opened are given.",
        }
    }

    /// Every file that was submitted.
    pub(super) fn files(&mut self) -> impl Iterator<Item = &mut File> {
        self.claims.iter_mut().flat_map(|claim| claim.evidence.iter_mut())
    }
}

impl Line {
    fn of(line: &view::Line, units: &[view::Delivery], currency: Currency) -> Self {
        Self {
            id: line.line_id.to_string(),
            title: line.title.clone(),
            quantity: line.quantity,
            unit_price: format!("{} {}", UnitPrice(line.unit_price).decimal(currency), currency.code()),
            total: amount(line.total, currency),
            answers: line.fields.0.clone(),
            plan: line.plan.as_ref().map(|plan| PlanTerms::of(plan, currency)),
            warranty_seconds: line.terms.duration_seconds,
            answer_within_seconds: line.terms.answer_seconds,
            decision_within_seconds: line.terms.decision_seconds,
            appeal_within_seconds: line.terms.appeal_seconds,
            covered_reasons: line.terms.covered_reasons.iter().map(|reason| reason.word()).collect(),
            remedies: line.terms.remedies.iter().map(|remedy| remedy.word()).collect(),
            replacement_limit: line.terms.replacement_limit,
            required_evidence: line.terms.required_evidence.iter().map(|kind| kind.word()).collect(),
            terms_version: line.terms_version.clone(),
            terms_acknowledged: line.terms_acknowledged,
            terms: [("zh", Language::Zh), ("en", Language::En)]
                .map(|(name, language)| (name, line.terms.text(language)))
                .into(),
            deliveries: units
                .iter()
                .map(|unit| Delivery {
                    id: unit.delivery_id.to_string(),
                    status: unit.status.word(),
                    delivered_at: time(unit.delivered_at),
                    warranty_ends_at: time(unit.warranty_ends_at),
                    first_opened_at: unit.revealed_at.map(time),
                    replaced_by: unit.replaced_by_id.map(|id| id.to_string()),
                })
                .collect(),
        }
    }
}

impl Claim {
    fn of(Whole { claim, steps, messages, files }: Whole, currency: Currency) -> Self {
        Self {
            id: claim.claim_id.to_string(),
            delivery: crate::orders::DeliveryId(claim.delivery_id).to_string(),
            status: claim.status.word(),
            opened_at: time(claim.opened_at),
            reason: claim.reason.word(),
            description: claim.description,
            wanted: claim.wanted.map(RemedyKind::word),
            remedy: claim.remedy.map(RemedyKind::word),
            remedy_amount: claim.remedy_amount.map(|minor| amount(minor, currency)),
            reject_reason: claim.reject_reason.map(RejectReason::word),
            reject_note: claim.reject_note,
            steps: steps
                .into_iter()
                .map(|step| Told {
                    at: time(step.at),
                    from: step.from_status.map(ClaimStatus::word),
                    to: step.to_status.word(),
                    desk: step.desk.map(ClaimDesk::word),
                    note: step.note,
                })
                .collect(),
            messages: messages
                .into_iter()
                .map(|said| Said { at: time(said.at), by: said.party.word(), body: said.body })
                .collect(),
            evidence: files
                .into_iter()
                .map(|file| File {
                    path: None,
                    name: crate::evidence::name::to_save(&file.file_name, file.media_type),
                    media_type: file.media_type.word(),
                    bytes: file.byte_size,
                    sha256: hex(&file.sha256),
                    sha256_as_sent: hex(&file.original_sha256),
                    submitted_by: file.party.word(),
                    submitted_at: time(file.submitted_at),
                    key: file.sha256,
                })
                .collect(),
        }
    }
}

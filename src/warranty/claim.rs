//! A claim, and every step that it may take.

use crate::{
    catalogue::{ClaimReason, ProductKind, RemedyKind, self_check::Tried},
    foundation::{
        Moment,
        id::{TenantId, UserId},
    },
};
use uuid::Uuid;

crate::id!(
    /// A warranty claim.
    ClaimId, "clm"
);

crate::words! {
    /// Where a claim stands.
    pub enum ClaimStatus {
        /// A desk has to decide.
        Submitted = "SUBMITTED",
        /// The buyer was asked for more; the desk's clock is paused.
        InfoRequested = "INFO_REQUESTED",
        /// Granted; its remedy is being carried out.
        Approved = "APPROVED",
        /// Refused; the buyer may appeal.
        Rejected = "REJECTED",
        /// The operator decides anew.
        Appealed = "APPEALED",
        /// Its remedy was carried out.
        Resolved = "RESOLVED",
        /// Refused for good.
        Closed = "CLOSED",
        /// Given up by the buyer.
        Withdrawn = "WITHDRAWN",
    }
}

crate::words! {
    /// Who has to act next.
    pub enum ClaimDesk {
        /// The selling site.
        Site = "SITE",
        /// The supplier.
        Supplier = "SUPPLIER",
        /// The operator.
        Operator = "OPERATOR",
        /// The buyer, who was asked for more.
        Buyer = "BUYER",
    }
}

crate::words! {
    /// Why a claim is refused.
    pub enum RejectReason {
        /// What was shown does not prove it.
        InsufficientEvidence = "INSUFFICIENT_EVIDENCE",
        /// The warranty was over.
        OutOfPeriod = "OUT_OF_PERIOD",
        /// It was used in a way that the terms exclude.
        Misuse = "MISUSE",
        /// The buyer has used it.
        UsedByBuyer = "USED_BY_BUYER",
        /// The terms exclude it.
        Excluded = "EXCLUDED",
        /// It was claimed before.
        Duplicate = "DUPLICATE",
        /// It looks like fraud.
        FraudSuspected = "FRAUD_SUSPECTED",
    }
}

crate::words! {
    /// What can be done to a claim.
    pub enum Action {
        /// A desk asks the buyer for more.
        RequestInfo = "REQUEST_INFO",
        /// The buyer answers.
        ProvideInfo = "PROVIDE_INFO",
        /// A desk passes it to the next one up.
        HandOver = "HAND_OVER",
        /// A desk grants it.
        Approve = "APPROVE",
        /// The remedy was carried out; part of granting.
        Resolve = "RESOLVE",
        /// A desk refuses it.
        Reject = "REJECT",
        /// The buyer asks the operator to decide anew.
        Appeal = "APPEAL",
        /// The buyer gives it up.
        Withdraw = "WITHDRAW",
        /// The desk's time has passed.
        TimeUp = "TIME_UP",
        /// The time for an appeal has passed.
        WindowEnd = "WINDOW_END",
        /// The buyer accepts what the desk offers.
        Settle = "SETTLE",
        /// The whole batch is taken back: granted, wherever it stands.
        Recall = "RECALL",
        /// The record proves it: granted at once.
        Prove = "PROVE",
    }
}

crate::words! {
    /// Who acts.
    pub enum Actor {
        /// The buyer whose claim it is.
        Buyer = "BUYER",
        /// Staff of the selling site.
        Site = "SITE",
        /// Staff of the supplier.
        Supplier = "SUPPLIER",
        /// Staff of the operator.
        Operator = "OPERATOR",
        /// Staff of a tier between them: sees the claim, decides nothing.
        Chain = "CHAIN",
        /// The clock.
        Clock = "CLOCK",
        /// What was written down when it happened.
        Record = "RECORD",
    }
}

/// Where a step leads: the status, and the desk that it is at then.
pub type Next = (ClaimStatus, Option<ClaimDesk>);

impl ClaimStatus {
    /// Nothing else may be claimed for the delivery meanwhile.
    pub const fn is_open(self) -> bool {
        matches!(
            self,
            Self::Submitted | Self::InfoRequested | Self::Approved | Self::Rejected | Self::Appealed
        )
    }
}

impl ClaimDesk {
    /// The next desk up.
    pub const fn above(self) -> Option<Self> {
        match self {
            Self::Site => Some(Self::Supplier),
            Self::Supplier => Some(Self::Operator),
            Self::Operator | Self::Buyer => None,
        }
    }

    /// The desk is the actor's.
    pub const fn is(self, actor: Actor) -> bool {
        matches!(
            (self, actor),
            (Self::Site, Actor::Site)
                | (Self::Supplier, Actor::Supplier)
                | (Self::Operator, Actor::Operator)
                | (Self::Buyer, Actor::Buyer)
        )
    }
}

/// The whole table: what `action` by `actor` leads to from `status` at `desk`. Unlisted is refused.
///
/// A claim that waits for information is at the buyer's desk; the desk that asked is restored by the
/// caller, who knows it, hence `None` for it here.
pub fn after(status: ClaimStatus, desk: Option<ClaimDesk>, action: Action, actor: Actor) -> Option<Next> {
    use {Action as A, ClaimDesk as D, ClaimStatus as S};
    let acts = desk.is_some_and(|desk| desk.is(actor));
    let buyer = actor == Actor::Buyer;
    let clock = actor == Actor::Clock;
    match (status, action) {
        (S::Submitted, A::RequestInfo) if acts && !buyer => Some((S::InfoRequested, Some(D::Buyer))),
        (S::InfoRequested, A::ProvideInfo) if acts => Some((S::Submitted, None)),
        // No answer: the desk that asked decides on what there is.
        (S::InfoRequested, A::TimeUp) if clock => Some((S::Submitted, None)),
        (S::Submitted, A::HandOver) if acts => Some((S::Submitted, Some(desk?.above()?))),
        // At the last desk it stays: overdue.
        (S::Submitted, A::TimeUp) if clock => {
            Some((S::Submitted, Some(desk?.above().unwrap_or(D::Operator))))
        }
        (S::Appealed, A::TimeUp) if clock => Some((S::Appealed, Some(D::Operator))),
        (S::Submitted | S::Appealed, A::Approve) if acts && !buyer => Some((S::Approved, desk)),
        (S::Submitted | S::Appealed, A::Settle) if buyer && !acts => Some((S::Approved, desk)),
        (S::Submitted, A::Prove) if actor == Actor::Record => Some((S::Approved, Some(D::Operator))),
        (S::Submitted | S::InfoRequested | S::Rejected | S::Appealed, A::Recall) => match actor {
            Actor::Supplier => Some((S::Approved, Some(D::Supplier))),
            Actor::Operator => Some((S::Approved, Some(D::Operator))),
            _ => None,
        },
        // Part of granting, whoever did that.
        (S::Approved, A::Resolve) if acts || buyer || actor == Actor::Record => Some((S::Resolved, None)),
        (S::Submitted, A::Reject) if acts && !buyer => Some((S::Rejected, None)),
        (S::Appealed, A::Reject) if acts && !buyer => Some((S::Closed, None)),
        (S::Rejected, A::Appeal) if buyer => Some((S::Appealed, Some(D::Operator))),
        (S::Rejected, A::WindowEnd) if clock => Some((S::Closed, None)),
        (S::Submitted | S::InfoRequested | S::Rejected | S::Appealed, A::Withdraw) if buyer => {
            Some((S::Withdrawn, None))
        }
        _ => None,
    }
}

crate::row! {
    /// A claim as it is kept.
    pub struct Claim {
        /// The claim.
        pub claim_id: ClaimId,
        /// The delivery that it is about.
        pub delivery_id: Uuid,
        /// Its order.
        pub order_id: Uuid,
        /// Its line.
        pub line_no: i32,
        /// The selling site.
        pub site_id: TenantId,
        /// The supplier.
        pub supplier_id: TenantId,
        /// The buyer.
        pub buyer_id: UserId,
        /// What kind of good it is.
        pub kind: ProductKind,
        /// Whose good it is to the buyer.
        pub brand: Option<String>,
        /// Where it stands.
        pub status: ClaimStatus,
        /// Who has to act next.
        pub desk: Option<ClaimDesk>,
        /// The desk that waits while the buyer is asked.
        pub asking_desk: Option<ClaimDesk>,
        /// Why the buyer claims.
        pub reason: ClaimReason,
        /// In the buyer's words.
        pub description: String,
        /// What the buyer would like.
        pub wanted: Option<RemedyKind>,
        /// When the desk must have acted.
        pub due_at: Option<Moment>,
        /// When the desk must have decided: `due_at` may be sooner, until it has answered.
        pub decide_by: Option<Moment>,
        /// When a desk first answered.
        pub answered_at: Option<Moment>,
        /// What was left of the desk's working time when the buyer was asked; milliseconds.
        pub paused_left: Option<i64>,
        /// Who of the desk has it in hand.
        pub assignee_id: Option<UserId>,
        /// What the buyer tried before.
        pub self_check: sqlx::types::Json<Vec<Tried>>,
        /// The recall that settled it.
        pub recall_id: Option<Uuid>,
        /// The last desk's time has passed.
        pub overdue: bool,
        /// Why it was refused.
        pub reject_reason: Option<RejectReason>,
        /// What was said about it.
        pub reject_note: Option<String>,
        /// Who refused it.
        pub rejected_by: Option<Uuid>,
        /// Until when an appeal is possible.
        pub appeal_until: Option<Moment>,
        /// It was appealed.
        pub appealed: bool,
        /// What was granted.
        pub remedy: Option<RemedyKind>,
        /// Who pays.
        pub bearer: Option<ClaimDesk>,
        /// How much; minor units.
        pub remedy_amount: Option<i64>,
        /// The delivery that took the place.
        pub replacement_id: Option<Uuid>,
        /// How many steps it has taken.
        pub version: i32,
        /// When it was opened.
        pub opened_at: Moment,
    }
}

crate::row! {
    /// One step of a claim's history.
    pub struct Step {
        /// Of which claim.
        pub claim_id: ClaimId,
        /// When.
        pub at: Moment,
        /// From where.
        pub from_status: Option<ClaimStatus>,
        /// To where.
        pub to_status: ClaimStatus,
        /// The desk that it went to, or that decided.
        pub desk: Option<ClaimDesk>,
        /// What was said.
        pub note: Option<String>,
    }
}

const DAY: i64 = 86_400;

/// What the unused days of a unit are worth: paid × unused whole days / total days, rounded down. Minor
/// units; `warranty_seconds` is the whole period, `left_seconds` what was left of it when the claim was opened.
pub fn prorata(paid: i64, warranty_seconds: i64, left_seconds: i64) -> i64 {
    let total = warranty_seconds / DAY;
    if total <= 0 || paid <= 0 {
        return 0;
    }
    let unused = (left_seconds / DAY).clamp(0, total);
    i64::try_from(i128::from(paid) * i128::from(unused) / i128::from(total)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desks() -> impl Iterator<Item = Option<ClaimDesk>> {
        ClaimDesk::ALL.iter().copied().map(Some).chain([None])
    }

    // A line for each step that is open, over every state, desk, action and actor there is.
    fn table() -> Vec<String> {
        let mut lines = Vec::new();
        for status in ClaimStatus::ALL {
            for desk in desks() {
                for action in Action::ALL {
                    for actor in Actor::ALL {
                        if let Some((to, at)) = after(*status, desk, *action, *actor) {
                            let word = |desk: Option<ClaimDesk>| desk.map_or("-", ClaimDesk::word);
                            lines.push(format!(
                                "{status} {} {action} {actor} > {to} {}",
                                word(desk),
                                word(at)
                            ));
                        }
                    }
                }
            }
        }
        lines
    }

    #[test]
    fn only_the_listed_steps_are_open() {
        // The states that occur: SUBMITTED at three desks, INFO_REQUESTED at BUYER, APPEALED at OPERATOR,
        // APPROVED at the desk that granted it, the others at none.
        let lived = |line: &String| {
            let mut words = line.split(' ');
            match (words.next(), words.next()) {
                (Some("SUBMITTED" | "APPROVED"), Some(desk)) => !matches!(desk, "BUYER" | "-"),
                (Some("INFO_REQUESTED"), desk) => desk == Some("BUYER"),
                (Some("APPEALED"), desk) => desk == Some("OPERATOR"),
                (_, desk) => desk == Some("-"),
            }
        };
        let table: Vec<String> = table().into_iter().filter(lived).collect();
        assert_eq!(
            table.join("\n"),
            "\
SUBMITTED SITE REQUEST_INFO SITE > INFO_REQUESTED BUYER
SUBMITTED SITE HAND_OVER SITE > SUBMITTED SUPPLIER
SUBMITTED SITE APPROVE SITE > APPROVED SITE
SUBMITTED SITE REJECT SITE > REJECTED -
SUBMITTED SITE WITHDRAW BUYER > WITHDRAWN -
SUBMITTED SITE TIME_UP CLOCK > SUBMITTED SUPPLIER
SUBMITTED SITE SETTLE BUYER > APPROVED SITE
SUBMITTED SITE RECALL SUPPLIER > APPROVED SUPPLIER
SUBMITTED SITE RECALL OPERATOR > APPROVED OPERATOR
SUBMITTED SITE PROVE RECORD > APPROVED OPERATOR
SUBMITTED SUPPLIER REQUEST_INFO SUPPLIER > INFO_REQUESTED BUYER
SUBMITTED SUPPLIER HAND_OVER SUPPLIER > SUBMITTED OPERATOR
SUBMITTED SUPPLIER APPROVE SUPPLIER > APPROVED SUPPLIER
SUBMITTED SUPPLIER REJECT SUPPLIER > REJECTED -
SUBMITTED SUPPLIER WITHDRAW BUYER > WITHDRAWN -
SUBMITTED SUPPLIER TIME_UP CLOCK > SUBMITTED OPERATOR
SUBMITTED SUPPLIER SETTLE BUYER > APPROVED SUPPLIER
SUBMITTED SUPPLIER RECALL SUPPLIER > APPROVED SUPPLIER
SUBMITTED SUPPLIER RECALL OPERATOR > APPROVED OPERATOR
SUBMITTED SUPPLIER PROVE RECORD > APPROVED OPERATOR
SUBMITTED OPERATOR REQUEST_INFO OPERATOR > INFO_REQUESTED BUYER
SUBMITTED OPERATOR APPROVE OPERATOR > APPROVED OPERATOR
SUBMITTED OPERATOR REJECT OPERATOR > REJECTED -
SUBMITTED OPERATOR WITHDRAW BUYER > WITHDRAWN -
SUBMITTED OPERATOR TIME_UP CLOCK > SUBMITTED OPERATOR
SUBMITTED OPERATOR SETTLE BUYER > APPROVED OPERATOR
SUBMITTED OPERATOR RECALL SUPPLIER > APPROVED SUPPLIER
SUBMITTED OPERATOR RECALL OPERATOR > APPROVED OPERATOR
SUBMITTED OPERATOR PROVE RECORD > APPROVED OPERATOR
INFO_REQUESTED BUYER PROVIDE_INFO BUYER > SUBMITTED -
INFO_REQUESTED BUYER WITHDRAW BUYER > WITHDRAWN -
INFO_REQUESTED BUYER TIME_UP CLOCK > SUBMITTED -
INFO_REQUESTED BUYER RECALL SUPPLIER > APPROVED SUPPLIER
INFO_REQUESTED BUYER RECALL OPERATOR > APPROVED OPERATOR
APPROVED SITE RESOLVE BUYER > RESOLVED -
APPROVED SITE RESOLVE SITE > RESOLVED -
APPROVED SITE RESOLVE RECORD > RESOLVED -
APPROVED SUPPLIER RESOLVE BUYER > RESOLVED -
APPROVED SUPPLIER RESOLVE SUPPLIER > RESOLVED -
APPROVED SUPPLIER RESOLVE RECORD > RESOLVED -
APPROVED OPERATOR RESOLVE BUYER > RESOLVED -
APPROVED OPERATOR RESOLVE OPERATOR > RESOLVED -
APPROVED OPERATOR RESOLVE RECORD > RESOLVED -
REJECTED - APPEAL BUYER > APPEALED OPERATOR
REJECTED - WITHDRAW BUYER > WITHDRAWN -
REJECTED - WINDOW_END CLOCK > CLOSED -
REJECTED - RECALL SUPPLIER > APPROVED SUPPLIER
REJECTED - RECALL OPERATOR > APPROVED OPERATOR
APPEALED OPERATOR APPROVE OPERATOR > APPROVED OPERATOR
APPEALED OPERATOR REJECT OPERATOR > CLOSED -
APPEALED OPERATOR WITHDRAW BUYER > WITHDRAWN -
APPEALED OPERATOR TIME_UP CLOCK > APPEALED OPERATOR
APPEALED OPERATOR SETTLE BUYER > APPROVED OPERATOR
APPEALED OPERATOR RECALL SUPPLIER > APPROVED SUPPLIER
APPEALED OPERATOR RECALL OPERATOR > APPROVED OPERATOR"
        );
    }

    #[test]
    fn nothing_leads_out_of_an_end_and_the_chain_decides_nothing() {
        for line in table() {
            for end in ["RESOLVED", "CLOSED", "WITHDRAWN"] {
                assert!(!line.starts_with(end), "{line}");
            }
            assert!(!line.contains("CHAIN"), "{line}");
        }
    }

    #[test]
    fn prorata_counts_whole_days_and_rounds_down() {
        let thirty = 30 * DAY;
        assert_eq!(prorata(9540, thirty, thirty), 9540);
        assert_eq!(prorata(9540, thirty, thirty - 1), 9222);
        assert_eq!(prorata(9540, thirty, 15 * DAY), 4770);
        assert_eq!(prorata(9540, thirty, 15 * DAY - 1), 4452);
        assert_eq!(prorata(100, 3 * DAY, DAY), 33);
        assert_eq!(prorata(100, 3 * DAY, 2 * DAY), 66);
        assert_eq!(prorata(9540, thirty, DAY), 318);
        assert_eq!(prorata(9540, thirty, DAY - 1), 0);
        // A replacement's floor of 24 h never makes more than the whole.
        assert_eq!(prorata(9540, DAY, 3 * DAY), 9540);
        assert_eq!(prorata(9540, thirty, -1), 0);
        assert_eq!(prorata(9540, DAY - 1, DAY - 1), 0);
        assert_eq!(prorata(i64::MAX, thirty, thirty), i64::MAX);
    }
}

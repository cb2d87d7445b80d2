//! How a use case says no.

use super::{Fault, Money};

crate::words! {
    /// The stable code of a refusal; the contract's `ErrorCode`.
    pub enum RefusalCode {
        /// A value is not of the required form.
        InvalidInput = "INVALID_INPUT",
        /// The thing does not exist, or is not the caller's to see.
        NotFound = "NOT_FOUND",
        /// Something else already has that name or place.
        Conflict = "CONFLICT",
        /// E-mail or password is wrong.
        InvalidCredentials = "INVALID_CREDENTIALS",
        /// The account needs its second factor.
        SecondFactorRequired = "SECOND_FACTOR_REQUIRED",
        /// The wallet holds less than is needed.
        InsufficientFunds = "INSUFFICIENT_FUNDS",
        /// Fewer are in stock than asked for.
        OutOfStock = "OUT_OF_STOCK",
        /// The price is not the one that the buyer saw.
        PriceChanged = "PRICE_CHANGED",
        /// The warranty terms are not those that the buyer was shown.
        TermsChanged = "TERMS_CHANGED",
        /// The coupon is not for this order, or not for now.
        CouponNotApplicable = "COUPON_NOT_APPLICABLE",
        /// The price would be below what the seller pays.
        PriceBelowCost = "PRICE_BELOW_COST",
        /// It is not on sale here now.
        NotSellable = "NOT_SELLABLE",
        /// Not now; the same call may succeed later.
        TemporarilyUnavailable = "TEMPORARILY_UNAVAILABLE",
        /// The present state does not allow this step.
        InvalidTransition = "INVALID_TRANSITION",
        /// The key was used with another input.
        IdempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED",
        /// The warranty is over.
        OutOfWarranty = "OUT_OF_WARRANTY",
        /// The terms do not cover this reason.
        ReasonNotCovered = "REASON_NOT_COVERED",
        /// The claim needs evidence.
        EvidenceMissing = "EVIDENCE_MISSING",
        /// The delivery already has an open claim.
        ClaimAlreadyOpen = "CLAIM_ALREADY_OPEN",
        /// No appeal is possible (any more).
        AppealNotAllowed = "APPEAL_NOT_ALLOWED",
        /// A documented limit would be passed.
        LimitExceeded = "LIMIT_EXCEEDED",
    }
}

/// What some codes carry beside their message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Nothing more.
    None,
    /// INSUFFICIENT_FUNDS: what is missing.
    Missing(Money),
    /// OUT_OF_STOCK: how many there are.
    Available(i64),
    /// PRICE_CHANGED: what was expected, what it is.
    Price { expected: Money, current: Money },
}

/// One reason why not, for the caller to act on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Stable.
    pub code: RefusalCode,
    /// For a person; never repeats a secret.
    pub message: String,
    /// Into the mutation's arguments.
    pub path: Vec<String>,
    /// What some codes carry.
    pub detail: Detail,
}

impl Refusal {
    /// A refusal that points at nothing yet.
    pub fn new(code: RefusalCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), path: vec!["input".into()], detail: Detail::None }
    }

    /// The same, pointing below `input`: `"lines.0.quantity"`.
    #[must_use]
    pub fn at(mut self, path: &str) -> Self {
        self.path = std::iter::once("input").chain(path.split('.')).map(String::from).collect();
        self
    }

    /// The same, with what the code carries.
    #[must_use]
    pub fn with(mut self, detail: Detail) -> Self {
        self.detail = detail;
        self
    }
}

/// Every way a use case does not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum No {
    /// Business reasons, as data in the payload.
    #[error("refused: {0:?}")]
    Refused(Vec<Refusal>),
    /// Somebody signed in might; a top-level error.
    #[error("unauthenticated")]
    Unauthenticated,
    /// The caller may not; a top-level error.
    #[error("forbidden")]
    Forbidden,
    /// The request itself is malformed (a cursor, an id); a top-level error.
    #[error("bad request: {0}")]
    BadRequest(&'static str),
    /// Something broke.
    #[error(transparent)]
    Fault(Fault),
}

impl<E: Into<Fault>> From<E> for No {
    fn from(error: E) -> Self {
        Self::Fault(error.into())
    }
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(vec![refusal])
    }
}

impl No {
    /// A refusal with a code and a path below `input`.
    pub fn because(code: RefusalCode, message: impl Into<String>, path: &str) -> Self {
        Refusal::new(code, message).at(path).into()
    }

    /// The thing that `path` names is not there, or not for the caller.
    pub fn not_found(path: &str) -> Self {
        Self::because(RefusalCode::NotFound, "not found", path)
    }

    /// A value is not of the required form.
    pub fn invalid(message: impl Into<String>, path: &str) -> Self {
        Self::because(RefusalCode::InvalidInput, message, path)
    }
}

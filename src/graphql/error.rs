//! The one place where a refusal or a fault becomes GraphQL.

use super::scalar::Money;
use crate::foundation::{Fault, No, Refusal, RefusalCode, refusal::Detail};
use async_graphql::{Enum, Error, ErrorExtensions, Interface, SimpleObject};

/// What a refusal is about; stable, for programs.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "RefusalCode")]
pub enum ErrorCode {
    /// A value is not of the required form.
    InvalidInput,
    /// The thing does not exist, or is not the caller's to see.
    NotFound,
    /// Something else already has that name or place.
    Conflict,
    /// E-mail or password is wrong.
    InvalidCredentials,
    /// The account needs its second factor.
    SecondFactorRequired,
    /// The wallet holds less than is needed; see InsufficientFunds.missing.
    InsufficientFunds,
    /// Fewer are in stock than asked for; see OutOfStock.available.
    OutOfStock,
    /// The price is not the one that was expected; see PriceChanged.current.
    PriceChanged,
    /// The warranty terms are not those that the buyer was shown; nothing has happened.
    TermsChanged,
    /// The coupon is not for this order, or not for now.
    CouponNotApplicable,
    /// The price would be below what the seller pays.
    PriceBelowCost,
    /// It is not on sale here now.
    NotSellable,
    /// Not now; the same call may succeed later.
    TemporarilyUnavailable,
    /// The present state does not allow this step.
    InvalidTransition,
    /// The idempotency key was used with another input.
    IdempotencyKeyReused,
    /// The warranty is over.
    OutOfWarranty,
    /// The terms do not cover this reason.
    ReasonNotCovered,
    /// The claim needs evidence.
    EvidenceMissing,
    /// The delivery already has an open claim.
    ClaimAlreadyOpen,
    /// No appeal is possible (any more).
    AppealNotAllowed,
    /// A documented limit would be passed.
    LimitExceeded,
}

/// A business outcome that the caller can act on. `path` points into the mutation's arguments.
#[derive(Interface, Clone)]
#[graphql(
    field(name = "code", ty = "&ErrorCode", desc = "What it is about; stable, for programs."),
    field(name = "message", ty = "&String", desc = "For a person."),
    field(
        name = "path",
        ty = "&Vec<String>",
        desc = "Into the mutation's arguments, e.g. [\"input\", \"lines\", \"0\"]."
    )
)]
pub enum UserError {
    /// Everything that has no more to say.
    GenericError(GenericError),
    /// The wallet holds less than is needed.
    InsufficientFunds(InsufficientFunds),
    /// Fewer are in stock than asked for.
    OutOfStock(OutOfStock),
    /// The price is not the one that was expected.
    PriceChanged(PriceChanged),
}

/// A refusal that has no more to say than its code, message and path.
#[derive(SimpleObject, Clone)]
pub struct GenericError {
    /// What it is about; stable, for programs.
    code: ErrorCode,
    /// For a person.
    message: String,
    /// Into the mutation's arguments.
    path: Vec<String>,
}

/// The wallet holds less than is needed.
#[derive(SimpleObject, Clone)]
pub struct InsufficientFunds {
    /// INSUFFICIENT_FUNDS.
    code: ErrorCode,
    /// For a person.
    message: String,
    /// Into the mutation's arguments.
    path: Vec<String>,
    /// How much more is needed.
    missing: Money,
}

/// Fewer are in stock than asked for.
#[derive(SimpleObject, Clone)]
pub struct OutOfStock {
    /// OUT_OF_STOCK.
    code: ErrorCode,
    /// For a person.
    message: String,
    /// Into the mutation's arguments.
    path: Vec<String>,
    /// How many could be had.
    available: i32,
}

/// The price is not the one that was expected; nothing has happened.
#[derive(SimpleObject, Clone)]
pub struct PriceChanged {
    /// PRICE_CHANGED.
    code: ErrorCode,
    /// For a person.
    message: String,
    /// Into the mutation's arguments.
    path: Vec<String>,
    /// What the caller expected to pay.
    expected: Money,
    /// What it costs now.
    current: Money,
}

impl From<Refusal> for UserError {
    fn from(refusal: Refusal) -> Self {
        let Refusal { code, message, path, detail } = refusal;
        let code = ErrorCode::from(code);
        match detail {
            Detail::None => Self::GenericError(GenericError { code, message, path }),
            Detail::Missing(missing) => {
                Self::InsufficientFunds(InsufficientFunds { code, message, path, missing: missing.into() })
            }
            Detail::Available(count) => Self::OutOfStock(OutOfStock {
                code,
                message,
                path,
                available: i32::try_from(count.max(0)).unwrap_or(i32::MAX),
            }),
            Detail::Price { expected, current } => Self::PriceChanged(PriceChanged {
                code,
                message,
                path,
                expected: expected.into(),
                current: current.into(),
            }),
        }
    }
}

/// A top-level error with its code; `INTERNAL` says nothing more, and is logged here.
pub fn top(no: No) -> Error {
    let coded =
        |message: &str, code: &'static str| Error::new(message).extend_with(|_, e| e.set("code", code));
    match no {
        No::Unauthenticated => coded("Sign in first.", "UNAUTHENTICATED"),
        No::Forbidden => coded("You may not do this here.", "FORBIDDEN"),
        No::BadRequest(what) => coded(what, "BAD_REQUEST"),
        No::Fault(fault) => internal(&fault),
        // A read that is refused as data would be (a quote that can't be priced): its first reason's code.
        No::Refused(refusals) => match refusals.into_iter().next() {
            Some(refusal) => coded(&refusal.message, refusal.code.word()),
            None => internal(&Fault::new("a refusal without a reason")),
        },
    }
}

/// A fault as the caller sees it.
pub fn internal(fault: &Fault) -> Error {
    let (message, code) = if fault.is_unavailable() {
        tracing::warn!(%fault, "the database is away");
        ("The service is not available right now.", "UNAVAILABLE")
    } else if fault.is_transient() {
        tracing::warn!(%fault, "gave up on a contended transaction");
        ("The service is busy; try again.", "UNAVAILABLE")
    } else {
        tracing::error!(%fault, "a request failed");
        ("Something went wrong on our side.", "INTERNAL")
    };
    Error::new(message).extend_with(|_, e| e.set("code", code))
}

/// Splits a use case's result into a payload's two halves.
///
/// # Errors
/// What is no refusal becomes a top-level error.
pub fn split<T>(result: Result<T, No>) -> async_graphql::Result<(Option<T>, Vec<UserError>)> {
    super::audit::came_of(&result);
    match result {
        Ok(value) => Ok((Some(value), Vec::new())),
        Err(No::Refused(refusals)) => Ok((None, refusals.into_iter().map(UserError::from).collect())),
        Err(no) => Err(top(no)),
    }
}

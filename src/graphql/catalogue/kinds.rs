//! The closed vocabularies of the catalogue.

use async_graphql::Enum;

/// What kind of good a product is.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "crate::catalogue::ProductKind")]
pub enum ProductKind {
    /// A code on a card.
    Card,
    /// A software licence.
    Licence,
    /// A membership for a time.
    Membership,
    /// Credit put on the buyer's account elsewhere.
    TopUp,
    /// Work done for the buyer.
    Service,
    /// A gift card.
    GiftCard,
}

/// Where a product stands.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "crate::catalogue::ProductStatus")]
pub enum ProductStatus {
    /// Being written.
    Draft,
    /// Waits for the operator.
    Submitted,
    /// May be sold.
    Approved,
    /// Sent back.
    Rejected,
    /// No longer sold.
    Retired,
}

/// Why a buyer claims.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "crate::catalogue::ClaimReason")]
pub enum ClaimReason {
    /// Nothing usable arrived.
    NotDelivered,
    /// It does not work.
    Invalid,
    /// Somebody used it before.
    AlreadyUsed,
    /// It is for another region or edition.
    WrongRegionOrEdition,
    /// It is not what was described.
    NotAsDescribed,
    /// It ended before its time.
    ExpiredEarly,
    /// Its issuer took it back.
    Revoked,
    /// It can't be activated.
    CannotActivate,
}

/// What a buyer may get.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "crate::catalogue::RemedyKind")]
pub enum RemedyKind {
    /// Another of the same variant.
    Replace,
    /// The money for the unit, whole or part.
    Refund,
    /// The money for the days that are left.
    ProrataRefund,
    /// An amount from whoever pays.
    Compensate,
}

/// How a variant reaches its buyer.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "crate::catalogue::Fulfilment")]
pub enum Fulfilment {
    /// From stock, with the order.
    Stock,
    /// By the supplier's hand.
    Manual,
}

/// Which card is sold first.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "crate::catalogue::Allocation")]
pub enum Allocation {
    /// The one imported first.
    Oldest,
    /// The one imported last.
    Newest,
    /// The one that expires first.
    NearestExpiry,
}

//! What suppliers sell: products, their variants, their warranty terms.

crate::id!(
    /// A product.
    ProductId, "prd"
);
crate::id!(
    /// A variant of a product: what is stocked, priced and sold.
    VariantId, "var"
);

crate::words! {
    /// What kind of good a product is.
    pub enum ProductKind {
        /// A code on a card.
        Card = "CARD",
        /// A software licence.
        Licence = "LICENCE",
        /// A membership for a time.
        Membership = "MEMBERSHIP",
        /// Credit put on the buyer's account elsewhere.
        TopUp = "TOP_UP",
        /// Work done for the buyer.
        Service = "SERVICE",
        /// A gift card.
        GiftCard = "GIFT_CARD",
    }
}

crate::words! {
    /// Where a product stands.
    pub enum ProductStatus {
        /// Being written.
        Draft = "DRAFT",
        /// Waits for the operator.
        Submitted = "SUBMITTED",
        /// May be sold.
        Approved = "APPROVED",
        /// Sent back.
        Rejected = "REJECTED",
        /// No longer sold.
        Retired = "RETIRED",
    }
}

crate::words! {
    /// Why a buyer claims.
    pub enum ClaimReason {
        /// Nothing usable arrived.
        NotDelivered = "NOT_DELIVERED",
        /// It does not work.
        Invalid = "INVALID",
        /// Somebody used it before.
        AlreadyUsed = "ALREADY_USED",
        /// It is for another region or edition.
        WrongRegionOrEdition = "WRONG_REGION_OR_EDITION",
        /// It is not what was described.
        NotAsDescribed = "NOT_AS_DESCRIBED",
        /// It ended before its time.
        ExpiredEarly = "EXPIRED_EARLY",
        /// Its issuer took it back.
        Revoked = "REVOKED",
        /// It can't be activated.
        CannotActivate = "CANNOT_ACTIVATE",
    }
}

crate::words! {
    /// What a file is meant to show.
    pub enum EvidenceKind {
        /// That it was bought.
        PurchaseProof = "PURCHASE_PROOF",
        /// The problem, as it looks.
        Screenshot = "SCREENSHOT",
        /// The problem, as it happens.
        Video = "VIDEO",
        /// What a program wrote.
        Log = "LOG",
        /// What was said elsewhere.
        ChatExcerpt = "CHAT_EXCERPT",
        /// Anything else.
        Other = "OTHER",
    }
}

crate::words! {
    /// What a buyer may get.
    pub enum RemedyKind {
        /// Another of the same variant.
        Replace = "REPLACE",
        /// The money for the unit, whole or part.
        Refund = "REFUND",
        /// The money for the days that are left.
        ProrataRefund = "PRORATA_REFUND",
        /// An amount from whoever pays.
        Compensate = "COMPENSATE",
    }
}

crate::words! {
    /// How a variant reaches its buyer.
    pub enum Fulfilment {
        /// From stock, with the order.
        Stock = "STOCK",
        /// By the supplier's hand.
        Manual = "MANUAL",
    }
}

crate::words! {
    /// Which card is sold first.
    pub enum Allocation {
        /// The one imported first.
        Oldest = "OLDEST",
        /// The one imported last.
        Newest = "NEWEST",
        /// The one that expires first.
        NearestExpiry = "NEAREST_EXPIRY",
    }
}

pub mod decide;
pub mod plan;
pub mod product;
pub mod self_check;
pub mod set_terms;
pub mod store;
pub mod terms;

pub use plan::{Plan, PlanId};
pub use product::Field;
pub use terms::Terms;

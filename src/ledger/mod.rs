//! The books: accounts, journal entries of balanced postings, and what a wallet shows.
//!
//! Constrained accounts (wallets, deposits, the protection fund) carry an exact balance, changed under
//! their row's lock, in ascending id. The others are only ever inserted to on the hot path and folded
//! into their balance by [`fold`], so that one busy supplier is nobody's queue.

pub mod entry;
pub mod fold;
pub mod split;
pub mod store;
pub mod transfer;

pub use entry::{Entry, Posting};
pub use store::{Posted, Wallet};

crate::id!(
    /// An account of the books; a wallet's id outside.
    AccountId, "wal"
);

crate::words! {
    /// What an account is for.
    pub enum AccountKind {
        /// A buyer's spendable money.
        BuyerWallet = "BUYER_WALLET",
        /// A tenant's spendable money.
        TenantWallet = "TENANT_WALLET",
        /// What a tenant has earned and may not yet spend.
        TenantHeld = "TENANT_HELD",
        /// A supplier's deposit.
        SupplierDeposit = "SUPPLIER_DEPOSIT",
        /// The network's fees.
        NetworkFees = "NETWORK_FEES",
        /// Money on its way in.
        GatewayClearing = "GATEWAY_CLEARING",
        /// Money on its way out.
        PayoutClearing = "PAYOUT_CLEARING",
        /// Discounts that the operator bears.
        PromotionExpense = "PROMOTION_EXPENSE",
        /// Pays a remedy that nobody else can.
        BuyerProtectionFund = "BUYER_PROTECTION_FUND",
    }
}

impl AccountKind {
    /// Its balance is exact, guarded, and never below zero.
    pub const fn is_constrained(self) -> bool {
        matches!(
            self,
            Self::BuyerWallet | Self::TenantWallet | Self::SupplierDeposit | Self::BuyerProtectionFund
        )
    }
}

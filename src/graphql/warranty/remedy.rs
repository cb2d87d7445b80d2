//! What a claim's buyer was granted, and what that was paid from.

use super::{
    super::{Ask, loader::PaymentsOf, orders::Delivery, scalar::Money},
    ClaimDesk, RemedyKind,
};
use crate::{foundation::Currency, orders::DeliveryId, warranty::ClaimId};
use async_graphql::{ComplexObject, Context, Enum, ID, Result, SimpleObject};
use uuid::Uuid;

/// What was granted, and at whose expense.
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct Remedy {
    /// What the buyer gets.
    pub kind: RemedyKind,
    /// Who pays.
    pub bearer: ClaimDesk,
    /// How much; null for a replacement.
    pub amount: Option<Money>,
    #[graphql(skip)]
    pub(super) replacement: Option<Uuid>,
    #[graphql(skip)]
    pub(super) claim: ClaimId,
    #[graphql(skip)]
    pub(super) currency: Currency,
}

/// What a payment was taken from.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "crate::orders::purse::Purse")]
pub enum Purse {
    /// Held money of the unit.
    Held,
    /// A supplier's deposit.
    Deposit,
    /// What the tenant can spend.
    Wallet,
    /// The network's protection fund.
    Fund,
    /// Nothing yet: the tenant owes it, out of its later profit.
    Debt,
}

/// What of a remedy a tenant paid from a purse.
#[derive(SimpleObject, Clone)]
pub struct RemedyPayment {
    /// At whose expense.
    pub tenant_id: ID,
    /// From what.
    pub purse: Purse,
    /// How much.
    pub amount: Money,
}

/// What was granted, and at whose expense.
#[ComplexObject]
impl Remedy {
    /// The delivery that took the place of the claimed one.
    async fn replacement(&self, ctx: &Context<'_>) -> Option<Result<Delivery>> {
        ctx.loaders().deliveries.load_one(DeliveryId(self.replacement?)).await.transpose()
    }

    /// What the caller's tenant paid for it, purse by purse as they were emptied; the operator sees what everybody paid.
    /// Empty for buyers, and where a card of the supplier's own was given.
    async fn paid_from(&self, ctx: &Context<'_>) -> Result<Vec<RemedyPayment>> {
        if !ctx.viewer().actor.is_staff() {
            return Ok(Vec::new());
        }
        let paid = ctx.loaders().payments.load_one(PaymentsOf(self.claim)).await?.unwrap_or_default();
        let shown = paid.iter().map(|one| RemedyPayment {
            tenant_id: ID(one.tenant_id.to_string()),
            purse: one.purse.into(),
            amount: Money::minor(one.amount, self.currency),
        });
        Ok(shown.collect())
    }
}

//! Before a claim: the self-check, and a buyer's word that it works.

use super::super::{
    Ask,
    catalogue::ProductKind,
    orders::{self, Delivery},
    session::{id, read},
};
use super::input::check_brand;
use crate::{
    catalogue::self_check::{self, Check, Outcome, Tried},
    foundation::No,
    orders::DeliveryId,
    warranty::remind,
};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};

/// What came of a step.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "self_check::Outcome")]
pub enum SelfCheckOutcome {
    /// It was as it should be.
    Passed,
    /// It was not.
    Failed,
    /// It was not tried.
    Skipped,
}

/// A step to try before claiming.
#[derive(SimpleObject, Clone)]
pub struct SelfCheckStep {
    /// Its number, from 1.
    step: i32,
    /// In Chinese.
    zh: String,
    /// In English.
    en: String,
}

/// What a buyer tried, in the words that the step had then.
#[derive(SimpleObject, Clone)]
pub struct SelfCheckTried {
    /// In Chinese.
    zh: String,
    /// In English.
    en: String,
    /// What came of it.
    outcome: SelfCheckOutcome,
    /// In the buyer's words.
    note: Option<String>,
}

impl SelfCheckTried {
    /// As it was kept.
    pub fn of(tried: &Tried) -> Self {
        let outcome = Outcome::of(&tried.outcome).unwrap_or(Outcome::Skipped);
        let Check { zh, en } = tried.check.clone();
        Self { zh, en, outcome: outcome.into(), note: tried.note.clone() }
    }
}

fn numbered(steps: Vec<Check>) -> Vec<SelfCheckStep> {
    (1..).zip(steps).map(|(step, Check { zh, en })| SelfCheckStep { step, zh, en }).collect()
}

/// A step to be written.
#[derive(InputObject)]
pub struct SelfCheckStepInput {
    /// In Chinese, 1 to 400 characters.
    zh: String,
    /// In English, 1 to 400 characters.
    en: String,
}

/// The steps of a kind of good.
#[derive(InputObject)]
pub struct SelfCheckSetInput {
    /// For which kind.
    kind: ProductKind,
    /// For which brand; null is for every brand without steps of its own.
    brand: Option<String>,
    /// In order, at most 20; none takes them away.
    steps: Vec<SelfCheckStepInput>,
}

/// A delivery that works.
#[derive(InputObject)]
pub struct DeliveryTestConfirmInput {
    /// One of the caller's own.
    delivery_id: ID,
}

crate::payload! {
    /// The delivery, or why not.
    DeliveryTestConfirmPayload {
        /// The delivery as it is now.
        delivery: Delivery
    }
}

crate::payload! {
    /// The steps, or why not.
    SelfCheckPayload {
        /// The steps as they are now; at most 20.
        steps: Vec<SelfCheckStep>
    }
}

/// What to try before claiming.
#[derive(Default)]
pub struct BeforeQuery;

#[Object]
impl BeforeQuery {
    /// What to try before claiming on a kind of good, at most 20 steps: the brand's own, else the kind's.
    async fn self_check(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which kind.")] kind: ProductKind,
        #[graphql(desc = "Which brand.")] brand: Option<String>,
    ) -> Option<Result<Vec<SelfCheckStep>>> {
        let steps = async {
            let permit = ctx.permit()?;
            read(check_brand(brand.as_deref()))?;
            let steps = self_check::read(&ctx.services().db, &permit, kind.into(), brand.as_deref()).await;
            Ok(numbered(read(steps.map_err(No::Fault))?))
        };
        Some(steps.await)
    }
}

/// The self-check, and a buyer's word that it works.
#[derive(Default)]
pub struct BeforeMutation;

#[Object]
impl BeforeMutation {
    /// Says that a delivery was tried and works: there are no more reminders of it. No right is lost by it.
    async fn delivery_test_confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The delivery.")] input: DeliveryTestConfirmInput,
    ) -> Result<DeliveryTestConfirmPayload> {
        let permit = ctx.permit()?;
        let done = async {
            let delivery: DeliveryId = id(&input.delivery_id, "deliveryId")?;
            remind::confirm_test(&ctx.services().db, permit, delivery).await
        };
        let (delivery, errors) = super::super::error::split(done.await)?;
        let delivery = match delivery {
            Some(delivery) => orders::delivery(ctx.session(), delivery).await?,
            None => None,
        };
        Ok(DeliveryTestConfirmPayload { delivery, errors })
    }

    /// Sets what buyers try before claiming on a kind of good, of a brand or of all. Operator only.
    async fn self_check_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The steps.")] input: SelfCheckSetInput,
    ) -> Result<SelfCheckPayload> {
        let permit = ctx.permit()?;
        let steps = input.steps.into_iter().map(|step| Check { zh: step.zh, en: step.en }).collect();
        let done = self_check::set(&ctx.services().db, permit, input.kind.into(), input.brand, steps).await;
        SelfCheckPayload::of(done.map(numbered))
    }
}

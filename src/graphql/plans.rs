//! Extended plans, through GraphQL.

use super::{
    catalogue::{ProductPayload, RemedyKind, answer},
    scalar::{Money, MoneyInput},
    session::{Ask, id},
};
use crate::{
    catalogue::plan::{self, NewPlan, Plan},
    foundation::{Currency, No},
};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

/// More warranty that may be bought with a unit: it begins where the good's own warranty ends. Refunded with the unit.
#[derive(SimpleObject, Clone)]
pub struct WarrantyPlan {
    /// Opaque (`pln_…`); another price or another number of days is another plan.
    #[graphql(owned)]
    pub id: ID,
    /// What it is called.
    title: String,
    /// Added to the warranty.
    days: i32,
    /// What it costs for one unit, on top of the unit's price.
    price: Money,
    /// What may be got besides what the good's own terms offer, behind that.
    remedies: Vec<RemedyKind>,
}

impl WarrantyPlan {
    /// A plan as clients see it.
    pub fn of(plan: &Plan, currency: Currency) -> Self {
        Self {
            id: ID(plan.id().to_string()),
            title: plan.title.clone(),
            days: plan.days,
            price: Money::minor(plan.price, currency),
            remedies: plan.remedies.iter().map(|remedy| (*remedy).into()).collect(),
        }
    }
}

/// A plan to be offered.
#[derive(InputObject)]
pub struct WarrantyPlanInput {
    /// 1 to 120 characters.
    title: String,
    /// Added to the warranty; 1 to 3650.
    days: i32,
    /// For one unit. The supplier earns it whole: no tier adds to it.
    price: MoneyInput,
    /// What may be got besides what the good's own terms offer.
    #[graphql(default)]
    remedies: Vec<RemedyKind>,
}

/// The plans of a product, all of them.
#[derive(InputObject)]
pub struct ProductPlansSetInput {
    /// One of the caller's.
    product_id: ID,
    /// At most 10. One that is as it was keeps its id; one that is left out is offered no more.
    plans: Vec<WarrantyPlanInput>,
}

impl WarrantyPlanInput {
    fn parse(self, currency: Currency, at: usize) -> Result<NewPlan, No> {
        let price = self.price.parse(currency, &format!("plans.{at}.price"))?;
        let remedies = self.remedies.into_iter().map(Into::into).collect();
        Ok(NewPlan { title: self.title, days: self.days, price, remedies })
    }
}

/// Plans to set.
#[derive(Default)]
pub struct PlansMutation;

#[Object]
impl PlansMutation {
    /// Sets the extended plans that a product of the caller's is offered with from now on. What was sold keeps its own.
    async fn product_plans_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The plans of a product, all of them.")] input: ProductPlansSetInput,
    ) -> Result<ProductPayload> {
        let permit = ctx.permit()?;
        let currency = permit.place().currency;
        let done = async {
            let product = id(&input.product_id, "productId")?;
            let plans = input.plans.into_iter().enumerate().map(|(at, plan)| plan.parse(currency, at));
            plan::set_plans(&ctx.services().db, permit, product, plans.collect::<Result<_, No>>()?).await
        };
        answer(ctx, done.await).await
    }
}

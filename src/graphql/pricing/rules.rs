//! Price rules, through GraphQL.

use super::{
    super::{
        error::{self, UserError},
        scalar::{Money, MoneyInput},
        session::{Ask, id, nullable, read},
        tenancy::{Tenant, tenant},
    },
    Listing,
};
use crate::{
    access::Viewer,
    foundation::{BasisPoints, Currency, No, UnitPrice, id::TenantId},
    pricing::{
        Offer,
        chain::{Rule, Unpriced},
        ladder::{self, Ladder, Step},
        preview::{self, Change},
        set_price::{self, Audience, RulePlace, SetPrice},
        store::{RuleKind, RuleRow},
    },
};
use async_graphql::{ComplexObject, Context, ID, InputObject, Object, OneofObject, Result, SimpleObject};

/// A rule that makes a tenant's price from its cost.
#[derive(SimpleObject)]
pub struct PriceRule {
    /// For one variant,
    variant_id: Option<ID>,
    /// or one product, or (neither) everything.
    product_id: Option<ID>,
    /// For one child site; null is the tenant's own buyers, or everyone.
    child_tenant_id: Option<ID>,
    /// For every child site and the own buyers, unless something more specific is set.
    for_everyone: bool,
    /// Hundredths of a percent on top of cost.
    markup_basis_points: Option<i32>,
    /// An amount on top of cost.
    add: Option<Money>,
    /// A price.
    fixed: Option<Money>,
    /// The cost itself.
    inherit: bool,
}

impl PriceRule {
    fn of(row: RuleRow, currency: Currency) -> Self {
        let amount = |kind| (row.kind == kind).then(|| Money::unit(UnitPrice(row.value), currency));
        Self {
            variant_id: row.variant_id.map(|id| ID(id.to_string())),
            product_id: row.product_id.map(|id| ID(id.to_string())),
            child_tenant_id: row.audience_id.filter(|id| *id != row.tenant_id).map(|id| ID(id.to_string())),
            for_everyone: row.audience_id.is_none(),
            markup_basis_points: (row.kind == RuleKind::Markup)
                .then(|| i32::try_from(row.value).unwrap_or(i32::MAX)),
            add: amount(RuleKind::Add),
            fixed: amount(RuleKind::Fixed),
            inherit: row.kind == RuleKind::Inherit,
        }
    }
}

/// What a tenant pays for a variant, what it asks, and what each of its children pays: never what anybody above it
/// pays, or what its children ask.
#[derive(SimpleObject)]
pub struct PriceLadder {
    /// What.
    variant_id: ID,
    /// As the caller's tenant calls it.
    title: String,
    /// What the caller's tenant pays for one.
    unit_cost: Money,
    /// What its own buyers are asked; below its cost nothing is sold.
    unit_price: Money,
    /// The rule that makes it; null: the cost itself.
    rule: Option<PriceRule>,
    /// The brand's minimum, below which nobody may sell to buyers.
    minimum_price: Option<Money>,
    /// The price is below the cost.
    below_cost: bool,
    /// What its children pay, by handle; at most 200.
    children: Vec<LadderStep>,
}

/// What a child site pays.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct LadderStep {
    #[graphql(skip)]
    child: TenantId,
    /// What it is asked; below the caller's cost nothing is sold to it.
    unit_price: Money,
    /// The rule that makes it; null: the cost itself.
    rule: Option<PriceRule>,
    /// The price is below the caller's cost.
    below_cost: bool,
}

#[ComplexObject]
impl LadderStep {
    /// Who.
    async fn tenant(&self, ctx: &Context<'_>) -> Result<Tenant> {
        tenant(ctx, self.child).await
    }
}

impl PriceLadder {
    fn of(ladder: Ladder, currency: Currency) -> Self {
        let rule = |row: Option<RuleRow>| row.map(|row| PriceRule::of(row, currency));
        let step = |step: Step| LadderStep {
            child: step.child,
            unit_price: Money::unit(step.asked.price, currency),
            rule: rule(step.rule),
            below_cost: step.asked.below_cost,
        };
        Self {
            variant_id: ID(ladder.variant.to_string()),
            title: ladder.title,
            unit_cost: Money::unit(ladder.own.cost, currency),
            unit_price: Money::unit(ladder.own.price, currency),
            rule: rule(ladder.rule),
            minimum_price: ladder.minimum.map(|price| Money::unit(price, currency)),
            below_cost: ladder.own.below_cost,
            children: ladder.children.into_iter().map(step).collect(),
        }
    }
}

/// What a rule would change; nothing is changed by asking.
#[derive(SimpleObject)]
pub struct PriceRulePreview {
    /// Why it can't be set; empty where it can.
    errors: Vec<UserError>,
    /// The first 50 of the prices that would be others.
    changes: Vec<PriceChange>,
    /// How many prices would be others, each child's counted.
    affected: i32,
    /// How many of those would be below the caller's cost, and nothing sold at them.
    below_cost: i32,
}

/// A price that would be another.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct PriceChange {
    /// What.
    variant_id: ID,
    /// As the caller's tenant calls it.
    title: String,
    #[graphql(skip)]
    to: Option<TenantId>,
    /// What the caller's tenant pays for one.
    unit_cost: Money,
    /// What is asked now; null where nothing is sold.
    before: Option<Money>,
    /// What would be asked.
    after: Money,
    /// It would be below the caller's cost.
    below_cost: bool,
}

#[ComplexObject]
impl PriceChange {
    /// The child site that would pay it; null: the caller's own buyers.
    async fn child(&self, ctx: &Context<'_>) -> Option<Result<Tenant>> {
        nullable(async {
            match self.to {
                Some(child) => tenant(ctx, child).await.map(Some),
                None => Ok(None),
            }
        })
        .await
    }
}

impl PriceChange {
    fn of(change: Change, currency: Currency) -> Self {
        let money = |price| Money::unit(price, currency);
        Self {
            variant_id: ID(change.variant.to_string()),
            title: change.title,
            to: change.child,
            unit_cost: money(change.cost),
            before: change.before.map(money),
            after: money(change.after),
            below_cost: change.below_cost,
        }
    }
}

/// Price rules to read.
#[derive(Default)]
pub struct RulesQuery;

#[Object]
impl RulesQuery {
    /// The caller's tenant's price rules, the oldest first, at most 1,000.
    async fn price_rules(&self, ctx: &Context<'_>) -> Option<Result<Vec<PriceRule>>> {
        nullable(async {
            let permit = ctx.permit()?;
            let currency = permit.place().currency;
            let rules = read(set_price::list_rules(&ctx.services().db, &permit).await)?;
            Ok(Some(rules.into_iter().map(|row| PriceRule::of(row, currency)).collect()))
        })
        .await
    }

    /// What the caller's tenant pays for a variant, what it asks, and what each of its children pays. Null where it
    /// can't sell it.
    async fn price_ladder(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A `var_…` id.")] variant_id: ID,
    ) -> Option<Result<PriceLadder>> {
        nullable(async {
            let permit = ctx.permit()?;
            let currency = permit.place().currency;
            let Ok(variant) = variant_id.parse() else { return Ok(None) };
            let services = ctx.services();
            let found = ladder::ladder(&services.db, &services.views, &permit, variant).await;
            Ok(read(found)?.map(|ladder| PriceLadder::of(ladder, currency)))
        })
        .await
    }

    /// What a rule would change and what it would push below cost, before it is set.
    async fn price_rule_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rule, as it would be set.")] input: PriceRuleSetInput,
    ) -> Option<Result<PriceRulePreview>> {
        nullable(async {
            let permit = ctx.permit()?;
            let currency = permit.place().currency;
            let services = ctx.services();
            let done = async {
                let request = input.parse(currency)?;
                preview::preview(&services.db, &services.views, &permit, &request).await
            };
            let (found, errors) = error::split(done.await)?;
            let found = found.unwrap_or_default();
            let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
            Ok(Some(PriceRulePreview {
                errors,
                affected: count(found.affected),
                below_cost: count(found.below_cost),
                changes: found.changes.into_iter().map(|change| PriceChange::of(change, currency)).collect(),
            }))
        })
        .await
    }
}

/// The caller's tenant's rule; the most specific that applies wins: variant, then product, then all.
#[derive(InputObject)]
pub struct PriceRuleSetInput {
    /// For one variant,
    variant_id: Option<ID>,
    /// or one product, or (neither) everything.
    product_id: Option<ID>,
    /// Null sets the price that the caller's own buyers pay; a child site's id sets what that child pays.
    child_tenant_id: Option<ID>,
    /// Sets it for every child site and the own buyers, unless something more specific is set; childTenantId is null then.
    #[graphql(default)]
    for_everyone: bool,
    /// The rule.
    rule: PriceRuleInput,
}

/// The caller's tenant's rule to be taken away: the one that was set for exactly this.
#[derive(InputObject)]
pub struct PriceRuleDeleteInput {
    /// Of one variant,
    variant_id: Option<ID>,
    /// or one product, or (neither) of everything.
    product_id: Option<ID>,
    /// Null is the rule of the caller's own buyers; a child site's id that of what this child pays.
    child_tenant_id: Option<ID>,
    /// The rule for every child site and the own buyers; childTenantId is null then.
    #[graphql(default)]
    for_everyone: bool,
}

impl PriceRuleDeleteInput {
    fn parse(self) -> Result<RulePlace, No> {
        Ok(RulePlace {
            audience: audience(self.child_tenant_id, self.for_everyone)?,
            product: self.product_id.map(|product| id(&product, "productId")).transpose()?,
            variant: self.variant_id.map(|variant| id(&variant, "variantId")).transpose()?,
        })
    }
}

fn audience(child: Option<ID>, for_everyone: bool) -> Result<Audience, No> {
    match (child, for_everyone) {
        (None, false) => Ok(Audience::OwnBuyers),
        (None, true) => Ok(Audience::Everyone),
        (Some(child), false) => Ok(Audience::Child(id::<TenantId>(&child, "childTenantId")?)),
        (Some(_), true) => Err(No::invalid("must be null for a rule for everyone", "childTenantId")),
    }
}

impl PriceRuleSetInput {
    fn parse(self, currency: Currency) -> Result<SetPrice, No> {
        Ok(SetPrice {
            audience: audience(self.child_tenant_id, self.for_everyone)?,
            product: self.product_id.map(|product| id(&product, "productId")).transpose()?,
            variant: self.variant_id.map(|variant| id(&variant, "variantId")).transpose()?,
            rule: self.rule.parse(currency)?,
        })
    }
}

/// How a price is made from the cost.
#[derive(OneofObject)]
pub enum PriceRuleInput {
    /// Hundredths of a percent on top of cost: 1000 is +10 %.
    MarkupBasisPoints(i32),
    /// An amount on top of cost; up to 6 decimals.
    Add(MoneyInput),
    /// This price; up to 6 decimals.
    Fixed(MoneyInput),
    /// The cost itself.
    Inherit(bool),
}

impl PriceRuleInput {
    fn parse(self, currency: Currency) -> Result<Rule, No> {
        Ok(match self {
            Self::MarkupBasisPoints(points) => Rule::Markup(BasisPoints(i64::from(points))),
            Self::Add(amount) => Rule::Add(amount.parse_unit(currency, "rule.add")?),
            Self::Fixed(price) => Rule::Fixed(price.parse_unit(currency, "rule.fixed")?),
            Self::Inherit(true) => Rule::Inherit,
            Self::Inherit(false) => return Err(No::invalid("must be true", "rule.inherit")),
        })
    }
}

/// What the rule harms, or why it was not set.
#[derive(SimpleObject)]
pub struct PriceRuleSetPayload {
    /// Listings that the rule would push below cost, and that are hidden until it changes. Their price is the cost that it falls short of.
    below_cost: Vec<Listing>,
    /// Why not; empty when it was done.
    errors: Vec<UserError>,
}

/// What taking the rule away harms, or why it was not.
#[derive(SimpleObject)]
pub struct PriceRuleDeletePayload {
    /// Listings that are below cost without it, and that are hidden until another rule says otherwise. Their price is the
    /// cost that they fall short of.
    below_cost: Vec<Listing>,
    /// Why not; empty when it was done.
    errors: Vec<UserError>,
}

// Never the settlement price: what the caller's tenant itself pays, which is its own to know.
fn at_cost(harmed: Option<Vec<Offer>>, viewer: &Viewer) -> Vec<Listing> {
    let cost = |offer: &Offer| match offer.links {
        Err(Unpriced::BelowCost { cost, .. }) => cost,
        _ => UnitPrice(0),
    };
    harmed
        .unwrap_or_default()
        .into_iter()
        .map(|offer| {
            let cost = cost(&offer);
            Listing::shown(offer, cost, viewer)
        })
        .collect()
}

/// Price rules to set.
#[derive(Default)]
pub struct RulesMutation;

#[Object]
impl RulesMutation {
    /// Sets what the caller's own buyers, a child site or everyone pays; seen by the next request.
    async fn price_rule_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The caller's tenant's rule.")] input: PriceRuleSetInput,
    ) -> Result<PriceRuleSetPayload> {
        let permit = ctx.permit()?;
        let currency = permit.place().currency;
        let done = async { set_price::set_price(&ctx.services().db, permit, input.parse(currency)?).await };
        let (harmed, errors) = error::split(done.await)?;
        Ok(PriceRuleSetPayload { below_cost: at_cost(harmed, ctx.viewer()), errors })
    }

    /// Takes a rule away: what it applied to falls back to the next less specific one, or to the cost; seen by the next
    /// request.
    async fn price_rule_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The caller's tenant's rule.")] input: PriceRuleDeleteInput,
    ) -> Result<PriceRuleDeletePayload> {
        let permit = ctx.permit()?;
        let done = async { set_price::delete_price(&ctx.services().db, permit, input.parse()?).await };
        let (harmed, errors) = error::split(done.await)?;
        Ok(PriceRuleDeletePayload { below_cost: at_cost(harmed, ctx.viewer()), errors })
    }
}

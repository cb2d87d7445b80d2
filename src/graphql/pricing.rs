//! Listings and price rules, through GraphQL.

use super::{
    catalogue::{ProductField, ProductKind},
    plans::WarrantyPlan,
    scalar::{Money, MoneyInput},
    session::{Ask, Session, id, nullable, read},
    terms::WarrantyTerms,
};
use crate::{
    access::Viewer,
    connection,
    foundation::{BasisPoints, Currency, No, UnitPrice, id::TenantId, page},
    pricing::{
        ListingId, Offer,
        chain::{Rule, Unpriced},
        listing,
        set_price::{self, Audience, SetPrice},
        store::{RuleKind, RuleRow},
    },
};
use async_graphql::{Context, ID, InputObject, Object, OneofObject, Result, SimpleObject};

/// A variant as one site offers it to the caller: its own title, price and visibility.
#[derive(SimpleObject, Clone)]
pub struct Listing {
    /// Opaque and stable (`lst_…`).
    #[graphql(owned)]
    pub id: ID,
    /// As the site calls it.
    title: String,
    /// What it is.
    kind: ProductKind,
    /// What is sold.
    variant_id: ID,
    /// What the caller would pay for one, now.
    price: Money,
    /// There is one to sell now.
    in_stock: bool,
    /// The terms that it would be sold under.
    warranty: WarrantyTerms,
    /// The extended plans that may be bought with it.
    plans: Vec<WarrantyPlan>,
    /// What the buyer is asked with the order.
    fields: Vec<ProductField>,
    /// Null unless the caller may see this site's costs.
    supply: Option<SupplyView>,
}

/// One tenant's own view of a price: never its ancestors' costs, never its descendants' margins.
#[derive(SimpleObject, Clone)]
pub struct SupplyView {
    /// What the caller's tenant pays for one.
    unit_cost: Money,
    /// What it asks for one.
    unit_price: Money,
    /// The difference.
    unit_profit: Money,
}

impl SupplyView {
    /// From a tier's cost and price.
    pub fn of(cost: UnitPrice, price: UnitPrice, currency: Currency) -> Self {
        Self {
            unit_cost: Money::unit(cost, currency),
            unit_price: Money::unit(price, currency),
            unit_profit: Money::unit(set_price::unit_profit(cost, price), currency),
        }
    }
}

connection!(Listing, ListingEdge, ListingConnection);

/// The viewer is shown what its tenant pays.
pub fn sees_costs(viewer: &Viewer) -> bool {
    viewer.actor.is_staff() && viewer.can_do("price:read")
}

impl Listing {
    /// A priced offer of the viewer's site; `None` for one without a price.
    pub fn of(offer: Offer, viewer: &Viewer) -> Option<Self> {
        let price = offer.price()?;
        Some(Self::shown(offer, price, viewer))
    }

    fn shown(offer: Offer, price: UnitPrice, viewer: &Viewer) -> Self {
        let (site, currency) = (viewer.place.tenant, viewer.place.currency);
        let supply = offer
            .link_of(site)
            .filter(|_| sees_costs(viewer))
            .map(|link| SupplyView::of(link.unit_cost, link.unit_price, currency));
        let item = offer.item;
        Self {
            id: ID(ListingId { site, variant: item.variant_id }.to_string()),
            warranty: WarrantyTerms(item.terms),
            title: item.title,
            kind: item.kind.into(),
            variant_id: ID(item.variant_id.to_string()),
            price: Money::unit(price, currency),
            in_stock: item.in_stock,
            plans: item.plans.iter().map(|plan| WarrantyPlan::of(plan, currency)).collect(),
            fields: item.fields.0.into_iter().map(ProductField::from).collect(),
            supply,
        }
    }
}

/// What to show.
#[derive(InputObject)]
pub struct ListingWhere {
    /// The title has it, in any case.
    search: Option<String>,
    /// Of this kind.
    kind: Option<ProductKind>,
}

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

/// A listing by its id, if the viewer's site shows it.
pub async fn visible_listing(session: &Session, id: ListingId) -> Result<Option<Listing>> {
    let place = &session.viewer.place;
    if id.site != place.tenant || !session.viewer.can_do("listing:read") {
        return Ok(None);
    }
    // What the same request has changed is not marked before it ends.
    session.settle();
    let (views, viewer) = (&session.services.views, &session.viewer);
    let found = read(listing::shown(views, place, viewer.actor, id.variant).await)?;
    Ok(found.and_then(|offer| Listing::of(offer, viewer)))
}

/// Listings and prices to read.
#[derive(Default)]
pub struct PricingQuery;

#[Object]
impl PricingQuery {
    /// Null where the site does not show it.
    async fn listing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A `lst_…` id.")] id: ID,
    ) -> Option<Result<Listing>> {
        nullable(async {
            ctx.permit()?;
            let Ok(id) = id.parse() else { return Ok(None) };
            visible_listing(ctx.session(), id).await
        })
        .await
    }

    /// What the site shows and sells, priced for the caller.
    async fn listings(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(20)", desc = "1 to 100.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
        #[graphql(name = "where", desc = "What to show.")] filter: Option<ListingWhere>,
    ) -> Option<Result<ListingConnection>> {
        nullable(async {
            let permit = ctx.permit()?;
            let sealer = &ctx.services().sealer;
            let request = read(page::request(sealer, "listings", first.unwrap_or(20), after.as_deref()))?;
            let filter = filter.map_or_else(listing::Filter::default, |filter| listing::Filter {
                search: filter.search,
                kind: filter.kind.map(Into::into),
            });
            let (page, sight) = read(listing::page(&ctx.services().views, &permit, &filter, &request).await)?;
            ctx.session().saw(sight);
            let (more, earlier) = (page.more, page.earlier);
            let shown = |offer: Offer| Some((offer.item.variant_id.0, Listing::of(offer, ctx.viewer())?));
            let rows = page.rows.into_iter().filter_map(shown).collect();
            Ok(Some(ListingConnection::of(
                sealer,
                "listings",
                crate::foundation::Page { rows, more, earlier },
            )))
        })
        .await
    }

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
    errors: Vec<super::error::UserError>,
}

/// A site's own title for a variant, and whether it shows it.
#[derive(InputObject)]
pub struct ListingSetInput {
    /// What.
    variant_id: ID,
    /// Null takes the supplier's.
    title: Option<String>,
    /// Not shown and not sold.
    #[graphql(default)]
    hidden: bool,
}

/// The listing, or why not.
#[derive(SimpleObject)]
pub struct ListingSetPayload {
    /// The listing as it is now; null where it is hidden or has no price.
    pub listing: Option<Listing>,
    /// Why not; empty when it was done.
    pub errors: Vec<super::error::UserError>,
}

/// Prices and listings to set.
#[derive(Default)]
pub struct PricingMutation;

#[Object]
impl PricingMutation {
    /// Sets what the caller's own buyers, a child site or everyone pays; seen by the next request.
    async fn price_rule_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The caller's tenant's rule.")] input: PriceRuleSetInput,
    ) -> Result<PriceRuleSetPayload> {
        let permit = ctx.permit()?;
        let currency = permit.place().currency;
        let done = async {
            let audience = match (input.child_tenant_id, input.for_everyone) {
                (None, false) => Audience::OwnBuyers,
                (None, true) => Audience::Everyone,
                (Some(child), false) => Audience::Child(id::<TenantId>(&child, "childTenantId")?),
                (Some(_), true) => {
                    return Err(No::invalid("must be null for a rule for everyone", "childTenantId"));
                }
            };
            let request = SetPrice {
                audience,
                product: input.product_id.map(|product| id(&product, "productId")).transpose()?,
                variant: input.variant_id.map(|variant| id(&variant, "variantId")).transpose()?,
                rule: input.rule.parse(currency)?,
            };
            set_price::set_price(&ctx.services().db, permit, request).await
        };
        let (harmed, errors) = super::error::split(done.await)?;
        let viewer = ctx.viewer();
        let below_cost = harmed
            .unwrap_or_default()
            .into_iter()
            .map(|offer| {
                // Never the settlement price: what this tenant itself pays, which is its own to know.
                let cost = match offer.links {
                    Err(Unpriced::BelowCost { cost, .. }) => cost,
                    _ => UnitPrice(0),
                };
                Listing::shown(offer, cost, viewer)
            })
            .collect();
        Ok(PriceRuleSetPayload { below_cost, errors })
    }

    /// Sets a site's own title for a variant, and whether it shows it.
    async fn listing_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A site's own title for a variant, and whether it shows it.")]
        input: ListingSetInput,
    ) -> Result<ListingSetPayload> {
        let permit = ctx.permit()?;
        let site = permit.tenant();
        let done = async {
            let variant = id(&input.variant_id, "variantId")?;
            set_price::set_listing(&ctx.services().db, permit, variant, input.title, input.hidden).await?;
            Ok(variant)
        };
        let (variant, errors) = super::error::split(done.await)?;
        let listing = match variant {
            Some(variant) => visible_listing(ctx.session(), ListingId { site, variant }).await?,
            None => None,
        };
        Ok(ListingSetPayload { listing, errors })
    }
}

//! Listings and price rules, through GraphQL.

mod rules;

pub use rules::{RulesMutation, RulesQuery};

use super::{
    catalogue::{ProductField, ProductKind},
    plans::WarrantyPlan,
    qualification::Qualification,
    scalar::Money,
    session::{Ask, Session, id, nullable, read},
    terms::WarrantyTerms,
};
use crate::{
    access::Viewer,
    connection,
    foundation::{Currency, No, UnitPrice, id::TenantId, now, page},
    pricing::{
        ListingId, Offer, listing, set_price,
        store::HiddenRow,
        view::{Order, Spot},
    },
};
use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, Result, SimpleObject};

/// Whether there is enough of a good to sell.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
pub enum StockHint {
    /// More than its alarm level, or made to order.
    Plenty,
    /// At or below its alarm level.
    Low,
    /// None now.
    None,
}

/// The order of a list of listings.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "Order")]
pub enum ListingOrder {
    /// As they were made.
    Oldest,
    /// The last one made first.
    Newest,
    /// By the title that the site shows.
    Title,
    /// By what the buyer pays, the cheapest first.
    PriceAsc,
    /// The dearest first.
    PriceDesc,
}

/// A variant as one site offers it to the caller: its own title, price and visibility.
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct Listing {
    /// Opaque and stable (`lst_…`).
    #[graphql(owned)]
    pub id: ID,
    #[graphql(skip)]
    supplier: TenantId,
    /// As the site calls it.
    title: String,
    /// More about it, as its supplier writes: plain text of several lines, empty where nothing was written.
    description: String,
    /// Whose good it is to the buyer; null where nobody said.
    brand: Option<String>,
    /// What it is.
    kind: ProductKind,
    /// What is sold.
    variant_id: ID,
    /// What the caller would pay for one, now.
    price: Money,
    /// There is one to sell now.
    in_stock: bool,
    /// Whether there are enough.
    stock_hint: StockHint,
    /// The terms that it would be sold under.
    warranty: WarrantyTerms,
    /// The extended plans that may be bought with it.
    plans: Vec<WarrantyPlan>,
    /// What the buyer is asked with the order.
    fields: Vec<ProductField>,
    /// Null unless the caller may see this site's costs.
    supply: Option<SupplyView>,
}

#[ComplexObject]
impl Listing {
    /// What the operator has verified of its supplier, the newest first, at most 20; never who that is.
    async fn qualifications(&self, ctx: &Context<'_>) -> Result<Vec<Qualification>> {
        let session = ctx.session();
        // From memory, like the rest of a list.
        let shelf = session.services.views.shelf(&session.viewer.place, session.viewer.actor).await;
        let (shelf, now) = (read(shelf.map_err(No::Fault))?, now());
        session.saw(shelf.sight(now));
        Ok(shelf.qualifications(self.supplier, now).cloned().map(Qualification).collect())
    }
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

/// A variant that the caller's site could sell and does not show.
#[derive(SimpleObject)]
pub struct HiddenListing {
    /// What; `listingSet` shows it again.
    variant_id: ID,
    /// As the site would call it.
    title: String,
    /// The site's own title for it; null where it takes the supplier's.
    own_title: Option<String>,
    /// What it is.
    kind: ProductKind,
    /// Whose good it is to the buyer; null where nobody said.
    brand: Option<String>,
}

impl From<HiddenRow> for HiddenListing {
    fn from(row: HiddenRow) -> Self {
        Self {
            variant_id: ID(row.variant_id.to_string()),
            title: row.title,
            own_title: row.own_title,
            kind: row.kind.into(),
            brand: row.brand,
        }
    }
}

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
        let stock_hint = match (item.in_stock, item.plenty) {
            (false, _) => StockHint::None,
            (true, false) => StockHint::Low,
            (true, true) => StockHint::Plenty,
        };
        Self {
            description: item.description.as_ref().to_owned(),
            stock_hint,
            supplier: item.supplier_id,
            id: ID(ListingId { site, variant: item.variant_id }.to_string()),
            warranty: WarrantyTerms(item.terms),
            title: item.title,
            kind: item.kind.into(),
            variant_id: ID(item.variant_id.to_string()),
            price: Money::unit(price, currency),
            in_stock: item.in_stock,
            plans: item.plans.iter().map(|plan| WarrantyPlan::of(plan, currency)).collect(),
            fields: item.fields.0.into_iter().map(ProductField::from).collect(),
            brand: item.brand,
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
    /// Of exactly this brand.
    brand: Option<String>,
    /// True: those of which there is one to sell now; false: the others.
    in_stock: Option<bool>,
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
        #[graphql(
            default_with = "Some(ListingOrder::Oldest)",
            desc = "In which order; a cursor is of one order alone."
        )]
        order_by: Option<ListingOrder>,
    ) -> Option<Result<ListingConnection>> {
        nullable(async {
            let permit = ctx.permit()?;
            let sealer = &ctx.services().sealer;
            let order = Order::from(order_by.unwrap_or(ListingOrder::Oldest));
            let first = first.unwrap_or(20);
            let request = read(page::request_by(sealer, order.list(), first, after.as_deref(), Spot::of))?;
            let filter = filter.map_or_else(listing::Filter::default, |filter| listing::Filter {
                search: filter.search,
                kind: filter.kind.map(Into::into),
                brand: filter.brand,
                in_stock: filter.in_stock,
            });
            let views = &ctx.services().views;
            let (page, sight) = read(listing::page(views, &permit, &filter, order, &request).await)?;
            ctx.session().saw(sight);
            let (more, earlier) = (page.more, page.earlier);
            let shown =
                |(spot, offer): (Spot, Offer)| Some((spot.to_bytes(), Listing::of(offer, ctx.viewer())?));
            let rows = page.rows.into_iter().filter_map(shown).collect();
            let page = crate::foundation::Page { rows, more, earlier };
            Ok(Some(ListingConnection::of(sealer, order.list(), page)))
        })
        .await
    }

    /// What the caller's site could sell and does not show, by title, at most 1,000.
    async fn hidden_listings(&self, ctx: &Context<'_>) -> Option<Result<Vec<HiddenListing>>> {
        nullable(async {
            let permit = ctx.permit()?;
            let hidden = read(set_price::list_hidden(&ctx.services().db, &permit).await)?;
            Ok(Some(hidden.into_iter().map(HiddenListing::from).collect()))
        })
        .await
    }
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

//! Products, through GraphQL.

mod kinds;
mod variant;

pub use variant::{Variant, VariantStock, visible_variant, visible_variants};

pub use kinds::{Allocation, ClaimReason, Fulfilment, ProductKind, ProductStatus, RemedyKind};

use super::{
    audit,
    plans::WarrantyPlan,
    scalar::MoneyInput,
    session::{Ask, Session, id, nullable, read},
    tenancy::{Tenant, tenant},
    terms::{WarrantyTerms, WarrantyTermsInput},
};
use crate::{
    access::{Permit, TenantKind},
    catalogue::{
        Field, ProductId, Terms,
        decide::{self, Step},
        product::{NewProduct, NewVariant},
        store,
    },
    connection,
    foundation::{Currency, No, Page, page, text},
    payload,
};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

/// What a supplier sells. Sites resell its variants.
#[derive(Clone)]
pub struct Product {
    row: store::Product,
    variants: Vec<Variant>,
}

/// What a supplier sells. Sites resell its variants.
#[Object]
impl Product {
    /// Opaque and stable (`prd_…`).
    pub async fn id(&self) -> ID {
        ID(self.row.product_id.to_string())
    }
    /// What it is called.
    async fn title(&self) -> &str {
        &self.row.title
    }
    /// More about it.
    async fn description(&self) -> &str {
        &self.row.description
    }
    /// What it is.
    async fn kind(&self) -> ProductKind {
        self.row.kind.into()
    }
    /// Where it stands.
    async fn status(&self) -> ProductStatus {
        self.row.status.into()
    }
    /// What the operator said about it last. Null unless the caller is the supplier or the operator.
    async fn status_note(&self, ctx: &Context<'_>) -> Option<&str> {
        let place = &ctx.viewer().place;
        let concerned = place.kind == TenantKind::Operator || place.tenant == self.row.supplier_id;
        self.row.status_note.as_deref().filter(|_| concerned)
    }
    /// Whose it is.
    async fn supplier(&self, ctx: &Context<'_>) -> Result<Tenant> {
        tenant(ctx, self.row.supplier_id).await
    }
    /// Whose good it is to the buyer; null where nobody said.
    async fn brand(&self) -> Option<&str> {
        self.row.brand.as_deref()
    }
    /// What is sold of it.
    async fn variants(&self) -> &[Variant] {
        &self.variants
    }
    /// The terms that it is sold under.
    async fn warranty(&self) -> WarrantyTerms {
        WarrantyTerms(self.row.terms.clone())
    }
    /// The extended plans that may be bought with it.
    async fn plans(&self, ctx: &Context<'_>) -> Vec<WarrantyPlan> {
        let currency = ctx.viewer().place.currency;
        self.row.plans.iter().map(|plan| WarrantyPlan::of(plan, currency)).collect()
    }
    /// What the buyer is asked with the order.
    async fn fields(&self) -> Vec<ProductField> {
        self.row.fields.iter().cloned().map(ProductField::from).collect()
    }
}

/// A question that the buyer answers with the order.
#[derive(SimpleObject, Clone)]
pub struct ProductField {
    /// For programs.
    name: String,
    /// For people.
    label: String,
    /// An order without an answer is refused.
    required: bool,
    /// The longest answer, in characters.
    max_length: i32,
}

impl From<Field> for ProductField {
    fn from(field: Field) -> Self {
        let Field { name, label, required, max_length } = field;
        Self { name, label, required, max_length }
    }
}

connection!(Product, ProductEdge, ProductConnection);

// Row security decides which products and whose settlement prices are seen.
async fn with_variants(session: &Session, rows: Vec<store::Product>) -> Result<Vec<Product>> {
    let place = &session.viewer.place;
    let ids: Vec<ProductId> = rows.iter().map(|row| row.product_id).collect();
    let variants = async {
        let mut tx = session.read().await?;
        store::variants(&mut tx, place.network, &ids, &[]).await
    };
    let variants = read(variants.await.map_err(No::from))?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let own = variants.iter().filter(|variant| variant.product_id == row.product_id).cloned();
            let variants = own.map(|variant| Variant::of(variant, place.currency)).collect();
            Product { row, variants }
        })
        .collect())
}

/// The products with those ids that the caller may see.
pub async fn visible_products(session: &Session, ids: &[ProductId]) -> Result<Vec<(ProductId, Product)>> {
    if !session.viewer.can_do("product:read") {
        return Ok(Vec::new());
    }
    let found = async {
        let mut tx = session.read().await?;
        store::find_many(&mut tx, session.viewer.place.network, ids).await
    };
    let rows = read(found.await.map_err(No::from))?;
    let products = with_variants(session, rows).await?;
    Ok(products.into_iter().map(|product| (product.row.product_id, product)).collect())
}

/// A product by its id, if the caller may see it.
pub async fn visible_product(session: &Session, id: ProductId) -> Result<Option<Product>> {
    Ok(visible_products(session, &[id]).await?.pop().map(|(_, product)| product))
}

/// Products to read.
#[derive(Default)]
pub struct CatalogueQuery;

#[Object]
impl CatalogueQuery {
    /// Null where it does not exist or the caller may not see it.
    async fn product(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A `prd_…` id.")] id: ID,
    ) -> Option<Result<Product>> {
        nullable(async {
            ctx.permit()?;
            let Ok(id) = id.parse() else { return Ok(None) };
            visible_product(ctx.session(), id).await
        })
        .await
    }

    /// A supplier's own products; everyone's for the operator; the approved ones for a site.
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(20)", desc = "1 to 100.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
        #[graphql(desc = "Only those that stand there.")] status: Option<ProductStatus>,
        #[graphql(desc = "Only those whose title has it, in any case; at most 100 characters.")]
        search: Option<String>,
    ) -> Option<Result<ProductConnection>> {
        nullable(async {
            let permit = ctx.permit()?;
            let sealer = &ctx.services().sealer;
            let request = read(page::request(sealer, "products", first.unwrap_or(20), after.as_deref()))?;
            let own = (permit.place().kind == TenantKind::Supplier).then_some(permit.tenant());
            let search = read(text::sought(search.as_deref()))?;
            let found = async {
                let mut tx = ctx.session().read().await?;
                store::page(&mut tx, permit.network(), own, status.map(Into::into), search, &request).await
            };
            let rows = read(found.await.map_err(No::from))?;
            let Page { rows, more, earlier } = Page::of(rows, request.first, request.after.is_some());
            let rows = with_variants(ctx.session(), rows).await?;
            let rows = rows.into_iter().map(|product| (product.row.product_id.0, product)).collect();
            Ok(Some(ProductConnection::of(sealer, "products", Page { rows, more, earlier })))
        })
        .await
    }
}

/// A product to be written.
#[derive(InputObject)]
pub struct ProductCreateInput {
    /// 1 to 120 characters.
    title: String,
    /// At most 4,000 characters.
    description: Option<String>,
    /// What it is.
    kind: ProductKind,
    /// 1 to 100.
    variants: Vec<VariantInput>,
    /// Whose good it is to the buyer, 1 to 60 characters.
    brand: Option<String>,
    /// Null takes the network's default terms for the kind.
    warranty: Option<WarrantyTermsInput>,
    /// What the buyer is asked with the order, at most 20.
    fields: Option<Vec<ProductFieldInput>>,
}

/// A variant to be written.
#[derive(InputObject)]
pub struct VariantInput {
    /// Unique with its supplier, 1 to 64 characters.
    sku: String,
    /// 1 to 120 characters.
    title: String,
    /// What the operator pays for one; up to 6 decimals.
    settlement_price: MoneyInput,
    /// The brand's minimum, below which nobody may sell; up to 6 decimals.
    minimum_price: Option<MoneyInput>,
    /// Null takes the kind's usual way: MANUAL for TOP_UP and SERVICE, else STOCK.
    fulfilment: Option<Fulfilment>,
    /// Which card is sold first.
    #[graphql(default_with = "Allocation::Oldest")]
    allocation: Allocation,
    /// How many are left when STOCK_LOW is told.
    #[graphql(default = 10)]
    low_stock: i32,
}

/// A question for the buyer.
#[derive(InputObject)]
pub struct ProductFieldInput {
    /// 1 to 40 of a-z, 0-9 and _.
    name: String,
    /// 1 to 80 characters.
    label: String,
    /// An order without an answer is refused.
    #[graphql(default = true)]
    required: bool,
    /// The longest answer, 1 to 1000 characters.
    #[graphql(default = 200)]
    max_length: i32,
}

/// A decision on a product.
#[derive(InputObject)]
pub struct ProductDecisionInput {
    /// The product.
    product_id: ID,
    /// Why; at most 500 characters.
    note: Option<String>,
}

payload! {
    /// The product, or why not.
    ProductPayload {
        /// The product as it is now.
        product: Product
    }
}

impl ProductCreateInput {
    fn parse(self, currency: Currency) -> Result<NewProduct, No> {
        let variants = self.variants.into_iter().enumerate().map(|(at, variant)| {
            let path = |field: &str| format!("variants.{at}.{field}");
            Ok(NewVariant {
                settlement: variant.settlement_price.parse_unit(currency, &path("settlementPrice"))?,
                minimum: variant
                    .minimum_price
                    .map(|price| price.parse_unit(currency, &path("minimumPrice")))
                    .transpose()?,
                sku: variant.sku,
                title: variant.title,
                fulfilment: variant.fulfilment.map(Into::into),
                allocation: variant.allocation.into(),
                low_stock: variant.low_stock,
            })
        });
        Ok(NewProduct {
            variants: variants.collect::<Result<_, No>>()?,
            title: self.title,
            description: self.description,
            kind: self.kind.into(),
            brand: self.brand,
            terms: self.warranty.map(Terms::from),
            fields: self
                .fields
                .unwrap_or_default()
                .into_iter()
                .map(|field| Field {
                    name: field.name,
                    label: field.label,
                    required: field.required,
                    max_length: field.max_length,
                })
                .collect(),
        })
    }
}

/// Products to write and decide on.
#[derive(Default)]
pub struct CatalogueMutation;

#[Object]
impl CatalogueMutation {
    /// Writes a product of the caller's: a draft.
    async fn product_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A product to be written.")] input: ProductCreateInput,
    ) -> Result<ProductPayload> {
        let permit = ctx.permit()?;
        let done = async {
            let product = input.parse(permit.place().currency)?;
            let product = decide::create_product(&ctx.services().db, permit, product).await?;
            audit::made(&product.product_id);
            Ok(product)
        };
        answer(ctx, done.await).await
    }

    /// Asks the operator to let a product be sold.
    async fn product_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A decision on a product.")] input: ProductDecisionInput,
    ) -> Result<ProductPayload> {
        step(ctx, input, Step::Submit).await
    }

    /// Lets a product be sold. Operator only.
    async fn product_approve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A decision on a product.")] input: ProductDecisionInput,
    ) -> Result<ProductPayload> {
        step(ctx, input, Step::Approve).await
    }

    /// Sends a product back, or stops its sale. Operator only.
    async fn product_reject(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A decision on a product.")] input: ProductDecisionInput,
    ) -> Result<ProductPayload> {
        step(ctx, input, Step::Reject).await
    }
}

async fn step(ctx: &Context<'_>, input: ProductDecisionInput, step: Step) -> Result<ProductPayload> {
    let permit: Permit = ctx.permit()?;
    let done = async {
        let product = id(&input.product_id, "productId")?;
        decide::step_product(&ctx.services().db, permit, product, step, input.note).await
    };
    answer(ctx, done.await).await
}

pub(super) async fn answer(ctx: &Context<'_>, done: Result<store::Product, No>) -> Result<ProductPayload> {
    let (row, errors) = super::error::split(done)?;
    let product = match row {
        Some(row) => with_variants(ctx.session(), vec![row]).await?.pop(),
        None => None,
    };
    Ok(ProductPayload { product, errors })
}

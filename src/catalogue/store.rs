//! The catalogue's statements.

use super::{Field, Plan, ProductId, ProductKind, ProductStatus, Terms, VariantId};
use crate::{
    catalogue::{Fulfilment, product::NewProduct},
    foundation::{
        Conn, Fault, PageRequest,
        id::{NetworkId, TenantId},
        text,
    },
};

crate::row! {
    /// A product.
    pub struct Product {
        /// Its id.
        pub product_id: ProductId,
        /// Whose it is.
        pub supplier_id: TenantId,
        /// What it is called.
        pub title: String,
        /// More about it.
        pub description: String,
        /// What it is.
        pub kind: ProductKind,
        /// Where it stands.
        pub status: ProductStatus,
        /// What the operator said.
        pub status_note: Option<String>,
        /// Whose good it is to the buyer.
        pub brand: Option<String>,
        /// What the buyer is asked.
        pub fields: sqlx::types::Json<Vec<Field>>,
        /// The extended plans that it is offered with.
        pub plans: sqlx::types::Json<Vec<Plan>>,
    }
    with {
        /// The terms that it is sold under.
        pub terms: Terms,
    }
}

crate::row! {
    /// A variant. `settlement_price` is there for its supplier and the operator alone; micro-units.
    pub struct Variant {
        /// Its id.
        pub variant_id: VariantId,
        /// Of which product.
        pub product_id: ProductId,
        /// Unique with its supplier.
        pub sku: String,
        /// What it is called.
        pub title: String,
        /// How it reaches its buyer.
        pub fulfilment: Fulfilment,
        /// What the operator pays for one.
        pub settlement_price: Option<i64>,
        /// Its stock's alarm level, which its supplier and the operator are told.
        pub low_stock: i32,
    }
}

const PRODUCT: &str =
    "select product_id, supplier_id, title, description, kind, status, status_note, warranty_seconds,
    covered_reasons, remedies, decision_seconds, answer_seconds, replacement_limit, appeal_seconds,
    required_evidence, brand, fields, plans
  from product where network_id = $1";

/// The products with those ids that the transaction's scope may see.
pub async fn find_many(db: &mut Conn, network: NetworkId, ids: &[ProductId]) -> Result<Vec<Product>, Fault> {
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!("{PRODUCT} and product_id = any($2)")))
        .bind(network)
        .bind(ids)
        .fetch_all(db)
        .await?)
}

/// Products that the scope may see, the oldest first: those of `supplier`, or all; those that stand there, or
/// anywhere; those whose title has that text, in any case.
pub async fn page(
    db: &mut Conn,
    network: NetworkId,
    supplier: Option<TenantId>,
    status: Option<ProductStatus>,
    search: Option<&str>,
    page: &PageRequest<uuid::Uuid>,
) -> Result<Vec<Product>, Fault> {
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{PRODUCT} and ($2::uuid is null or supplier_id = $2) and ($3::text is null or status = $3)
            and ($4::uuid is null or product_id > $4) and ($6::text is null or title ilike $6)
          order by product_id limit $5"
    )))
    .bind(network)
    .bind(supplier)
    .bind(status)
    .bind(page.after)
    .bind(page.first + 1)
    .bind(search.map(text::containing))
    .fetch_all(db)
    .await?)
}

/// The variants of those products, or those with those ids, that the scope may see.
pub async fn variants(
    db: &mut Conn,
    network: NetworkId,
    products: &[ProductId],
    ids: &[VariantId],
) -> Result<Vec<Variant>, Fault> {
    Ok(sqlx::query_as(
        "select v.variant_id, v.product_id, v.sku, v.title, v.fulfilment, s.settlement_price, v.low_stock
           from variant v
           left join supply_price s on s.network_id = v.network_id and s.variant_id = v.variant_id
          where v.network_id = $1 and (v.product_id = any($2) or v.variant_id = any($3)) order by v.variant_id",
    )
    .bind(network)
    .bind(products)
    .bind(ids)
    .fetch_all(db)
    .await?)
}

/// Adds a product with its variants. A fault of constraint `variant_sku` means that a SKU is taken.
pub async fn insert(
    db: &mut Conn,
    network: NetworkId,
    supplier: TenantId,
    id: ProductId,
    product: &NewProduct,
) -> Result<(), Fault> {
    let terms = product.terms.as_ref().ok_or_else(|| Fault::new("a product was not checked"))?;
    sqlx::query(
        "insert into product (network_id, product_id, supplier_id, title, description, kind, status,
                              warranty_seconds, covered_reasons, remedies, decision_seconds, answer_seconds,
                              replacement_limit, appeal_seconds, required_evidence, brand, fields)
         values ($1, $2, $3, $4, $5, $6, 'DRAFT', $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(network)
    .bind(id)
    .bind(supplier)
    .bind(&product.title)
    .bind(product.description.as_deref().unwrap_or_default())
    .bind(product.kind)
    .bind(terms.duration_seconds)
    .bind(&terms.covered_reasons)
    .bind(&terms.remedies)
    .bind(terms.decision_seconds)
    .bind(terms.answer_seconds)
    .bind(terms.replacement_limit)
    .bind(terms.appeal_seconds)
    .bind(&terms.required_evidence)
    .bind(&product.brand)
    .bind(sqlx::types::Json(&product.fields))
    .execute(&mut *db)
    .await?;
    for variant in &product.variants {
        let variant_id = VariantId::fresh();
        sqlx::query(
            "insert into variant (network_id, variant_id, product_id, supplier_id, sku, title, fulfilment, minimum_price,
                                  allocation, low_stock)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(network)
        .bind(variant_id)
        .bind(id)
        .bind(supplier)
        .bind(&variant.sku)
        .bind(&variant.title)
        .bind(variant.fulfilment.unwrap_or(Fulfilment::usual(product.kind)))
        .bind(variant.minimum.map(|price| price.0))
        .bind(variant.allocation)
        .bind(variant.low_stock)
        .execute(&mut *db)
        .await?;
        sqlx::query(
            "insert into supply_price (network_id, variant_id, supplier_id, settlement_price) values ($1, $2, $3, $4)",
        )
        .bind(network)
        .bind(variant_id)
        .bind(supplier)
        .bind(variant.settlement.0)
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// Takes a product from one of some states to another; `None` when it is in none of them or not there.
pub async fn step(
    db: &mut Conn,
    network: NetworkId,
    id: ProductId,
    supplier: Option<TenantId>,
    from: &[ProductStatus],
    to: ProductStatus,
    note: Option<&str>,
) -> Result<bool, Fault> {
    let done = sqlx::query(
        "update product set status = $5, status_note = coalesce($6, status_note)
          where network_id = $1 and product_id = $2 and ($3::uuid is null or supplier_id = $3) and status = any($4)",
    )
    .bind(network)
    .bind(id)
    .bind(supplier)
    .bind(from)
    .bind(to)
    .bind(note)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

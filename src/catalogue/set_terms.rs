//! Setting warranty terms: a network's minimum, a product's own; each version is kept.

use super::{
    ProductId, ProductKind, VariantId,
    store::{self, Product},
    terms::{Terms, Written},
};
use crate::{
    access::Permit,
    foundation::{
        Conn, Db, Fault, No,
        id::{NetworkId, TenantId},
    },
};
use sqlx::{AssertSqlSafe, types::Json};

crate::words! {
    /// Whose terms.
    pub enum Level {
        /// A network's minimum.
        Network = "NETWORK",
        /// A supplier's product.
        Product = "PRODUCT",
        /// A site's listing.
        Site = "SITE",
    }
}

/// Terms that somebody set somewhere.
pub struct Set<'a> {
    /// Whose.
    pub level: Level,
    /// Who.
    pub tenant: TenantId,
    /// The kind, the product or the variant.
    pub place: String,
    /// What.
    pub terms: &'a Terms,
}

/// Keeps a version, in the caller's transaction.
///
/// # Errors
/// [`Fault`].
pub async fn record(
    db: &mut Conn,
    network: NetworkId,
    actor: uuid::Uuid,
    set: &Set<'_>,
) -> Result<(), Fault> {
    sqlx::query(
        "insert into terms_version (network_id, version_id, level, tenant_id, place, digest, terms, actor_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(network)
    .bind(uuid::Uuid::now_v7())
    .bind(set.level)
    .bind(set.tenant)
    .bind(&set.place)
    .bind(set.terms.version())
    .bind(Json(Written::from(set.terms)))
    .bind(actor)
    .execute(db)
    .await?;
    Ok(())
}

/// The least that goods of that kind may be sold under, where the network has said. It stays so until the caller's
/// transaction ends: what is written by it is seen by whoever sets another one.
///
/// # Errors
/// [`Fault`].
pub async fn minimum(db: &mut Conn, network: NetworkId, kind: ProductKind) -> Result<Option<Terms>, Fault> {
    hold_still(db, "pg_advisory_xact_lock_shared", network, kind).await?;
    let written: Option<Json<Written>> =
        sqlx::query_scalar("select terms from warranty_minimum where network_id = $1 and kind = $2")
            .bind(network)
            .bind(kind)
            .fetch_optional(db)
            .await?;
    written.map(|written| Terms::try_from(written.0)).transpose()
}

// There may be no row to lock yet.
async fn hold_still(
    db: &mut Conn,
    lock: &'static str,
    network: NetworkId,
    kind: ProductKind,
) -> Result<(), Fault> {
    let place = format!("warranty minimum {} {kind}", network.0);
    let sql = format!("select {lock}(hashtextextended($1, 0))");
    sqlx::query(AssertSqlSafe(sql)).bind(place).execute(db).await?;
    Ok(())
}

/// Every minimum of the network, by kind.
///
/// # Errors
/// [`Fault`].
pub async fn minimums(db: &Db, permit: &Permit) -> Result<Vec<(ProductKind, Terms)>, Fault> {
    let mut tx = db.begin(permit.scope()).await?;
    let rows: Vec<(ProductKind, Json<Written>)> =
        sqlx::query_as("select kind, terms from warranty_minimum where network_id = $1 order by kind")
            .bind(permit.network())
            .fetch_all(&mut *tx)
            .await?;
    rows.into_iter().map(|(kind, written)| Ok((kind, Terms::try_from(written.0)?))).collect()
}

/// The terms of a variant's product.
///
/// # Errors
/// [`Fault`].
pub async fn of_variant(
    db: &mut Conn,
    network: NetworkId,
    variant: VariantId,
) -> Result<Option<Terms>, Fault> {
    let product: Option<ProductId> =
        sqlx::query_scalar("select product_id from variant where network_id = $1 and variant_id = $2")
            .bind(network)
            .bind(variant)
            .fetch_optional(&mut *db)
            .await?;
    let Some(product) = product else { return Ok(None) };
    Ok(store::find_many(db, network, &[product]).await?.pop().map(|product| product.terms))
}

/// Sets a network's minimum for a kind of good. Products that are below it are lifted to it at once, clause by
/// clause; orders that were placed keep what they were sold under.
///
/// # Errors
/// INVALID_INPUT.
pub async fn set_minimum(db: &Db, permit: Permit, kind: ProductKind, terms: Terms) -> Result<Terms, No> {
    let terms = terms.checked()?;
    let network = permit.network();
    let mut tx = db.begin(permit.work()).await?;
    hold_still(&mut tx, "pg_advisory_xact_lock", network, kind).await?;
    sqlx::query(
        "insert into warranty_minimum (network_id, kind, terms) values ($1, $2, $3)
         on conflict (network_id, kind) do update set terms = excluded.terms",
    )
    .bind(network)
    .bind(kind)
    .bind(Json(Written::from(&terms)))
    .execute(&mut *tx)
    .await?;
    let set = Set { level: Level::Network, tenant: permit.tenant(), place: kind.to_string(), terms: &terms };
    record(&mut tx, network, permit.actor().id(), &set).await?;
    let of_kind: Vec<ProductId> =
        sqlx::query_scalar("select product_id from product where network_id = $1 and kind = $2 for update")
            .bind(network)
            .bind(kind)
            .fetch_all(&mut *tx)
            .await?;
    for product in store::find_many(&mut tx, network, &of_kind).await? {
        let own = product.terms;
        if own.worse_than(&terms).is_some() {
            let lifted = own.best_of(&terms);
            write(&mut tx, network, product.product_id, &lifted).await?;
            let (tenant, place) = (product.supplier_id, product.product_id.to_string());
            let set = Set { level: Level::Product, tenant, place, terms: &lifted };
            record(&mut tx, network, permit.actor().id(), &set).await?;
        }
    }
    tx.commit().await?;
    Ok(terms)
}

/// Sets the terms of a product of the caller's, for what is sold from now on.
///
/// # Errors
/// NOT_FOUND; INVALID_INPUT, for terms below the network's minimum at the clause.
pub async fn set_product_terms(
    db: &Db,
    permit: Permit,
    product: ProductId,
    terms: Terms,
) -> Result<Product, No> {
    let terms = terms.checked()?;
    let (network, supplier) = (permit.network(), permit.tenant());
    let mut tx = db.begin(permit.work()).await?;
    let missing = || No::not_found("productId");
    let found = store::find_many(&mut tx, network, &[product]).await?.pop();
    let found = found.filter(|found| found.supplier_id == supplier).ok_or_else(missing)?;
    if let Some(minimum) = minimum(&mut tx, network, found.kind).await? {
        terms.improve_on(&minimum, "the network's minimum")?;
    }
    write(&mut tx, network, product, &terms).await?;
    let set = Set { level: Level::Product, tenant: supplier, place: product.to_string(), terms: &terms };
    record(&mut tx, network, permit.actor().id(), &set).await?;
    let product = store::find_many(&mut tx, network, &[product]).await?.pop();
    tx.commit().await?;
    product.ok_or_else(missing)
}

async fn write(db: &mut Conn, network: NetworkId, product: ProductId, terms: &Terms) -> Result<(), Fault> {
    sqlx::query(
        "update product set warranty_seconds = $3, covered_reasons = $4, remedies = $5, decision_seconds = $6,
                answer_seconds = $7, replacement_limit = $8, appeal_seconds = $9, required_evidence = $10
          where network_id = $1 and product_id = $2",
    )
    .bind(network)
    .bind(product)
    .bind(terms.duration_seconds)
    .bind(&terms.covered_reasons)
    .bind(&terms.remedies)
    .bind(terms.decision_seconds)
    .bind(terms.answer_seconds)
    .bind(terms.replacement_limit)
    .bind(terms.appeal_seconds)
    .bind(&terms.required_evidence)
    .execute(db)
    .await?;
    Ok(())
}

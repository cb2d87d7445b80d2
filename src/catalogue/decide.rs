//! From draft to sale: a supplier writes and submits, the operator decides.

use super::{
    ProductId, ProductStatus,
    product::NewProduct,
    set_terms,
    store::{self, Product},
};
use crate::{
    access::{Permit, TenantKind},
    foundation::{Db, No, RefusalCode, text},
};

/// Writes a product of the caller's: a draft.
///
/// # Errors
/// CONFLICT where one of its SKUs is taken; INVALID_INPUT.
pub async fn create_product(db: &Db, permit: Permit, product: NewProduct) -> Result<Product, No> {
    let chosen = product.terms.is_some();
    let mut product = product.checked()?;
    let mut tx = db.begin(permit.work()).await?;
    if let Some(minimum) = set_terms::minimum(&mut tx, permit.network(), product.kind).await? {
        match &mut product.terms {
            Some(terms) if chosen => terms.improve_on(&minimum, "the network's minimum")?,
            terms => *terms = terms.take().map(|terms| terms.best_of(&minimum)),
        }
    }
    let id = ProductId::fresh();
    match store::insert(&mut tx, permit.network(), permit.tenant(), id, &product).await {
        Err(fault) if fault.constraint() == Some("variant_sku") => {
            return Err(No::because(
                RefusalCode::Conflict,
                "you already have a variant with one of these SKUs",
                "variants",
            ));
        }
        other => other?,
    }
    let product = store::find_many(&mut tx, permit.network(), &[id]).await?.pop();
    tx.commit().await?;
    product.ok_or_else(|| No::not_found("productId"))
}

crate::words! {
    /// A step of a product.
    pub enum Step {
        /// The supplier asks for approval.
        Submit = "SUBMIT",
        /// The operator lets it be sold.
        Approve = "APPROVE",
        /// The operator sends it back.
        Reject = "REJECT",
    }
}

impl ProductStatus {
    /// The status that a step leads to from here, if it is open.
    pub const fn after(self, step: Step) -> Option<Self> {
        match (self, step) {
            (Self::Draft | Self::Rejected, Step::Submit) => Some(Self::Submitted),
            (Self::Submitted, Step::Approve) => Some(Self::Approved),
            (Self::Submitted | Self::Approved, Step::Reject) => Some(Self::Rejected),
            _ => None,
        }
    }
}

/// Takes a product one step on.
///
/// # Errors
/// NOT_FOUND for a product that is not the supplier's own; INVALID_TRANSITION.
pub async fn step_product(
    db: &Db,
    permit: Permit,
    id: ProductId,
    step: Step,
    note: Option<String>,
) -> Result<Product, No> {
    let note = note.map(|note| text::note(&note, 500, "note")).transpose()?;
    let own = (permit.place().kind == TenantKind::Supplier).then_some(permit.tenant());
    let network = permit.network();
    let mut tx = db.begin(permit.work()).await?;
    let found = store::find_many(&mut tx, network, &[id]).await?.pop();
    let product = found
        .filter(|product| own.is_none_or(|own| own == product.supplier_id))
        .ok_or_else(|| No::not_found("productId"))?;
    let closed =
        |status| No::because(RefusalCode::InvalidTransition, format!("the product is {status}"), "productId");
    let to = product.status.after(step).ok_or_else(|| closed(product.status))?;
    if !store::step(&mut tx, network, id, own, &[product.status], to, note.as_deref()).await? {
        return Err(closed(product.status));
    }
    tx.commit().await?;
    Ok(Product { status: to, status_note: note.or(product.status_note), ..product })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_listed_steps_are_open() {
        let open: Vec<_> = ProductStatus::ALL
            .iter()
            .flat_map(|status| {
                Step::ALL.iter().filter_map(|step| Some((*status, *step, status.after(*step)?)))
            })
            .collect();
        assert_eq!(
            open,
            [
                (ProductStatus::Draft, Step::Submit, ProductStatus::Submitted),
                (ProductStatus::Submitted, Step::Approve, ProductStatus::Approved),
                (ProductStatus::Submitted, Step::Reject, ProductStatus::Rejected),
                (ProductStatus::Approved, Step::Reject, ProductStatus::Rejected),
                (ProductStatus::Rejected, Step::Submit, ProductStatus::Submitted),
            ]
        );
    }
}

//! An offer: a variant as one site sells it, with the whole price chain. Lists, quotes and orders all come here.

use super::{
    chain::{Link, Unpriced},
    rulebook::{self, Extract},
    store::{self, Candidate, Select},
};
use crate::foundation::{
    Conn, Fault, UnitPrice,
    id::{NetworkId, TenantId},
};

/// A variant as a site sells it to its buyers, or why it does not.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The variant.
    pub item: Candidate,
    /// From the supplier down to the selling site.
    pub links: Result<Vec<Link>, Unpriced>,
}

impl Offer {
    /// What the buyer pays for one, where there is a price.
    pub fn price(&self) -> Option<UnitPrice> {
        self.links.as_ref().ok().and_then(|links| links.last()).map(|link| link.unit_price)
    }

    /// What one tier pays and asks.
    pub fn link_of(&self, tenant: TenantId) -> Option<&Link> {
        self.links.as_ref().ok().and_then(|links| links.iter().skip(1).find(|link| link.tenant == tenant))
    }
}

/// The offers of the site at the end of `lineage`, priced or not, by variant id: at most `select.limit`.
/// Three statements, however many there are.
///
/// # Errors
/// [`Fault`].
pub async fn offers(
    db: &mut Conn,
    network: NetworkId,
    lineage: &[TenantId],
    select: &Select<'_>,
) -> Result<Vec<Offer>, Fault> {
    let Some(site) = lineage.last() else { return Ok(Vec::new()) };
    let candidates = store::candidates(db, network, *site, select).await?;
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    let products: Vec<_> = candidates.iter().map(|item| item.product_id).collect();
    let variants: Vec<_> = candidates.iter().map(|item| item.variant_id).collect();
    let rules = store::rules(db, network, lineage, &products, &variants).await?;
    let book = Extract::of(&rules, &store::caps(db, network, lineage).await?);
    Ok(candidates
        .into_iter()
        .map(|item| {
            let links = rulebook::price(&item, lineage, &book);
            Offer { item, links }
        })
        .collect())
}

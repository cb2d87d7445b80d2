//! How many cards there are of a variant, for whoever owns them.

use crate::{
    access::Viewer,
    foundation::{Db, Fault},
};
use uuid::Uuid;

crate::row! {
    /// A variant's cards, counted by what became of them.
    pub struct Stock {
        /// The variant.
        pub variant_id: Uuid,
        /// May be sold now.
        pub available: i64,
        /// Set aside.
        pub reserved: i64,
        /// Handed over, whatever came of it.
        pub sold: i64,
        /// Kept from sale.
        pub quarantined: i64,
        /// Out of stock for good.
        pub voided: i64,
    }
}

/// The cards of those variants that the viewer may see: a supplier its own, the operator all. Counted import by
/// import, so it takes the longer the more cards there ever were; nothing that sells waits for it. One statement.
///
/// # Errors
/// [`Fault`].
pub async fn stock(db: &Db, viewer: &Viewer, variants: &[Uuid]) -> Result<Vec<Stock>, Fault> {
    let mut tx = db.begin(viewer.scope()).await?;
    let found = sqlx::query_as(
        "select v.variant_id,
                count(*) filter (where c.state = 'AVAILABLE' and (c.expires_at is null or c.expires_at > now())) as available,
                count(*) filter (where c.state = 'RESERVED') as reserved,
                count(*) filter (where c.state in ('SOLD', 'REPLACED', 'RETURNED')) as sold,
                count(*) filter (where c.state = 'QUARANTINED') as quarantined,
                count(*) filter (where c.state in ('VOIDED', 'EXPIRED')
                                    or c.state = 'AVAILABLE' and c.expires_at <= now()) as voided
           from variant v
           join supply_price p on p.network_id = v.network_id and p.variant_id = v.variant_id
           left join card_import i on i.network_id = v.network_id and i.variant_id = v.variant_id
           left join card c on c.network_id = i.network_id and c.import_id = i.import_id
          where v.network_id = $1 and v.variant_id = any($2) and v.fulfilment = 'STOCK'
          group by v.variant_id",
    )
    .bind(viewer.place.network)
    .bind(variants)
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(found)
}

//! Everything with an id, by its id: the same answer as the typed field would give.

use super::{
    catalogue::{self, Product, Variant},
    identity::{self, Buyer, User},
    inventory::{self, CardImport},
    ledger::{self, Wallet},
    orders::{self, Delivery, Order, OrderLine},
    pricing::{self, Listing},
    session::{Ask, Session, nullable},
    tenancy::{self, Tenant},
    warranty::{self, WarrantyClaim},
};
use crate::{
    foundation::{
        self,
        id::{TenantId, UserId},
    },
    orders::{DeliveryId, OrderId},
    warranty::ClaimId,
};
use async_graphql::{Context, ID, Interface, Object, Result};

/// Anything that has an id.
#[derive(Interface, Clone)]
#[graphql(field(name = "id", ty = "ID", desc = "Opaque, stable, with a typed prefix."))]
pub enum Node {
    /// A party of the network.
    Tenant(Tenant),
    /// A customer of a site.
    Buyer(Buyer),
    /// A person who signs in.
    User(User),
    /// What a supplier sells.
    Product(Product),
    /// What is stocked, priced and sold of it.
    Variant(Variant),
    /// A variant as a site offers it.
    Listing(Listing),
    /// A purchase.
    Order(Order),
    /// One kind of good in it.
    OrderLine(OrderLine),
    /// One unit that was handed over.
    Delivery(Delivery),
    /// A warranty claim.
    WarrantyClaim(WarrantyClaim),
    /// What a tenant or buyer has.
    Wallet(Wallet),
    /// An import of cards.
    CardImport(CardImport),
}

/// The object of that id, if the caller may see it; foreign, missing and malformed ids look the same.
pub async fn resolve(session: &Session, id: &str) -> Result<Option<Node>> {
    let Some((prefix, _)) = id.split_once('_') else { return Ok(None) };
    // A text that is no id of its prefix's kind is nobody's.
    macro_rules! by {
        ($ty:ty) => {
            match id.parse::<$ty>() {
                Ok(id) => id,
                Err(_) => return Ok(None),
            }
        };
    }
    Ok(match prefix {
        "ten" => tenancy::visible_tenant(session, by!(TenantId)).await?.map(Node::Tenant),
        "usr" => identity::visible_user(session, by!(UserId)).await?.map(Node::User),
        "buy" => {
            let Ok(buyer) = foundation::id::parse("buy", id) else { return Ok(None) };
            identity::visible_buyers(session, &[UserId(buyer)])
                .await?
                .pop()
                .map(|(_, buyer)| Node::Buyer(buyer))
        }
        "prd" => {
            catalogue::visible_product(session, by!(crate::catalogue::ProductId)).await?.map(Node::Product)
        }
        "var" => {
            catalogue::visible_variant(session, by!(crate::catalogue::VariantId)).await?.map(Node::Variant)
        }
        "lst" => pricing::visible_listing(session, by!(crate::pricing::ListingId)).await?.map(Node::Listing),
        "ord" => orders::order(session, by!(OrderId)).await?.map(Node::Order),
        "lin" => orders::line(session, by!(crate::orders::LineId)).await?.map(Node::OrderLine),
        "dlv" => orders::delivery(session, by!(DeliveryId)).await?.map(Node::Delivery),
        "clm" => warranty::claim(session, by!(ClaimId).0).await?.map(Node::WarrantyClaim),
        "wal" => ledger::visible_wallet(session, by!(crate::ledger::AccountId)).await?.map(Node::Wallet),
        "imp" => {
            inventory::visible_import(session, by!(crate::inventory::ImportId)).await?.map(Node::CardImport)
        }
        _ => None,
    })
}

/// Anything, by its id.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Null where the id does not exist or the caller may not see it: the two look the same.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "Any id.")] id: ID) -> Option<Result<Node>> {
        nullable(async {
            ctx.permit()?;
            resolve(ctx.session(), &id).await
        })
        .await
    }

    /// Each like `node`, in the order of the ids; at most 100.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Any ids, at most 100.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        ctx.permit()?;
        if ids.len() > 100 {
            return Err(super::error::top(foundation::No::BadRequest("at most 100 ids")));
        }
        let mut nodes = Vec::with_capacity(ids.len());
        for id in ids {
            nodes.push(resolve(ctx.session(), &id).await?);
        }
        Ok(nodes)
    }
}

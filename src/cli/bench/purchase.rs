//! One purchase as a shop's page sends it: somebody, somewhere, something, and the price that was shown.

use super::{
    ask::{Caller, Document, Outgoing},
    child::Child,
    dice::Dice,
    load::Script,
    wire::find,
    world::{Offer, World},
};
use anyhow::{Result, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::io::Write;

/// Draws purchases.
pub(super) struct Purchase {
    document: Document,
    sites: Vec<Site>,
}

struct Site {
    buyers: Vec<Caller>,
    offers: Vec<Offer>,
}

impl Purchase {
    /// Of everything that is in stock on every site's first page.
    pub(super) async fn of(server: &Child, world: &World) -> Result<Self> {
        let sites = world.sites.iter().map(|site| async move {
            let buyers = site.buyers.iter();
            let buyers =
                buyers.map(|buyer| Caller::new(server.address, "/graphql", &site.handle, buyer)).collect();
            let offers = world.offers(server, site).await?;
            ensure!(!offers.is_empty(), "{} has nothing in stock", site.handle);
            Ok(Site { buyers, offers })
        });
        let sites = stream::iter(sites).buffered(8).try_collect().await?;
        Ok(Self { document: Document::of(include_str!("documents/order_place.graphql")), sites })
    }
}

impl Script for Purchase {
    fn next(&self, dice: &mut Dice, request: &mut Outgoing) {
        let site = dice.pick(&self.sites);
        let (buyer, offer) = (dice.pick(&site.buyers), dice.pick(&site.offers));
        let mut variables = Vec::with_capacity(320);
        // A vector takes whatever is written to it.
        let _ = write!(
            variables,
            "{{\"input\":{{\"idempotencyKey\":\"{:016x}{:016x}\",\"lines\":[{{\"listingId\":\"{}\",\"quantity\":1}}],\
             \"expectedTotal\":{{\"amount\":\"{}\",\"currency\":\"CNY\"}},\"payWith\":{{\"wallet\":true}}}}}}",
            dice.roll(),
            dice.roll(),
            offer.listing,
            offer.amount
        );
        request.write(buyer, &self.document, &variables);
    }

    // Delivered, with the card's delivery in it, and no errors.
    fn is_done(&self, body: &[u8]) -> bool {
        body.starts_with(br#"{"data":{"orderPlace":{"order":{"id":"ord_"#)
            && find(&body[..body.len().min(160)], br#""status":"DELIVERED""#).is_some()
            && find(&body[body.len().saturating_sub(120)..], br#""errors":[]"#).is_some()
    }
}

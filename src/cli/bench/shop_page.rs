//! A shop's first page, as a signed-in buyer sees it: 24 listings with price, stock and warranty.

use super::{
    ask::{Caller, Document, Outgoing},
    child::Child,
    dice::Dice,
    load::Script,
    wire::{Wire, find},
    world::World,
};
use anyhow::{Result, ensure};
use serde_json::Value;

/// How many listings a page has.
pub(super) const PAGE: usize = 24;

/// Asks for the page of one of all the buyers, or what is compared with it, with the same bytes.
pub(super) struct ShopPage {
    document: Document,
    variables: Vec<u8>,
    callers: Vec<Caller>,
    begins_with: &'static [u8],
    at_least: usize,
}

impl ShopPage {
    /// The page; every answer is at least half as long as the first one.
    pub(super) async fn of(server: &Child, world: &World) -> Result<Self> {
        let mut page = Self::at(server, world, "/graphql", br#"{"data":{"listings":{"nodes":[{"id":"lst_"#);
        page.at_least = page.length(server).await? / 2;
        Ok(page)
    }

    /// The page of a server that was asked for nothing yet, and is not while this is made.
    pub(super) fn cold(server: &Child, world: &World) -> Self {
        Self::at(server, world, "/graphql", b"")
    }

    /// The server's constant answer of that length to the same request.
    pub(super) fn constant(server: &Child, world: &World, length: usize) -> Self {
        Self { at_least: length, ..Self::at(server, world, &format!("/bench/constant/{length}"), b"") }
    }

    fn at(server: &Child, world: &World, path: &str, begins_with: &'static [u8]) -> Self {
        let callers = world.sites.iter().flat_map(|site| {
            site.buyers.iter().map(|buyer| Caller::new(server.address, path, &site.handle, buyer))
        });
        let variables = format!("{{\"first\":{PAGE}}}").into_bytes();
        let document = Document::of(include_str!("documents/listings.graphql"));
        Self { document, variables, callers: callers.collect(), begins_with, at_least: 0 }
    }

    /// How long the answer is, on average over some buyers; each is looked at in full.
    pub(super) async fn length(&self, server: &Child) -> Result<usize> {
        const LOOKED_AT: usize = 10;
        let mut wire = Wire::connect(server.address).await?;
        let (mut dice, mut request, mut sum) = (Dice::new(1), Outgoing::default(), 0);
        for _ in 0..LOOKED_AT {
            self.next(&mut dice, &mut request);
            let answer = wire.exchange(request.bytes()).await?;
            let read: Value = serde_json::from_slice(answer.body)?;
            let nodes = read.pointer("/data/listings/nodes").and_then(Value::as_array);
            ensure!(
                nodes.is_some_and(|nodes| nodes.len() == PAGE) && read.get("errors").is_none(),
                "the page is not as it should be: {}",
                answer.text()
            );
            sum += answer.body.len();
        }
        Ok(sum / LOOKED_AT)
    }

    /// Each caller's request once, in order.
    pub(super) fn each(&self) -> impl Iterator<Item = Outgoing> {
        self.callers.iter().map(|caller| {
            let mut request = Outgoing::default();
            request.write(caller, &self.document, &self.variables);
            request
        })
    }
}

impl Script for ShopPage {
    fn next(&self, dice: &mut Dice, request: &mut Outgoing) {
        request.write(dice.pick(&self.callers), &self.document, &self.variables);
    }

    fn is_done(&self, body: &[u8]) -> bool {
        body.len() >= self.at_least
            && body.starts_with(self.begins_with)
            && find(&body[..body.len().min(80)], br#""errors""#).is_none()
    }
}

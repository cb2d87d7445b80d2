//! `gate`: what bounds, validation, token, tenant and scope cost, on a query that asks for nothing.

use super::{
    Bench,
    ask::{Caller, Document, Outgoing},
    child::Child,
    dice::Dice,
    float,
    load::{self, Load, Script},
    progress::{self, step},
    row::Row,
    world::{Plan, World},
};
use anyhow::Result;
use std::sync::Arc;

/// How often the two take turns: what drifts on the machine meets both alike.
const TURNS: u64 = 6;

/// Asks one question again and again, as one of a few buyers.
struct Trivial {
    document: Document,
    callers: Vec<Caller>,
}

impl Trivial {
    fn of(server: &Child, world: &World) -> Arc<Self> {
        let site = |site: &super::world::Tenant| {
            let callers = site.buyers.iter();
            callers
                .map(|buyer| Caller::new(server.address, "/graphql", &site.handle, buyer))
                .collect::<Vec<_>>()
        };
        let callers = world.sites.iter().flat_map(site).collect();
        Arc::new(Self { document: Document::of(include_str!("documents/viewer.graphql")), callers })
    }
}

impl Script for Trivial {
    fn next(&self, dice: &mut Dice, request: &mut Outgoing) {
        request.write(dice.pick(&self.callers), &self.document, b"{}");
    }

    fn is_done(&self, body: &[u8]) -> bool {
        body.starts_with(br#"{"data":{"viewer":{"__typename":"Viewer"}}"#)
    }
}

/// Measures both in turns.
pub(super) async fn run(bench: &Bench) -> Result<Row> {
    bench
        .with_server(async |server| {
            let plan = Plan {
                handle: "gate",
                suppliers: 1,
                products: 1,
                variants: 1,
                parents: 1,
                sites: bench.size(100, 4),
                buyers: bench.size(20, 2),
                staff: 0,
                rules: 0,
                stocked: 0,
                cards: 0,
            };
            step("making the network");
            let world = World::make(server, &plan).await?;
            let bare = Child::bare(bench.folder.path()).await?;
            let (ours, theirs) = (Trivial::of(server, &world), Trivial::of(&bare, &world));
            let span = bench.span(1, TURNS);
            let (mut gate, mut plain) = (Load::default(), Load::default());
            for turn in 1..=TURNS {
                let both = async {
                    plain.join(load::run(bare.address, &theirs, span, turn).await?);
                    gate.join(load::run(server.address, &ours, span, turn).await?);
                    anyhow::Ok(())
                };
                let time = 2 * (span.warm_up + span.window);
                progress::during(&format!("asking both, turn {turn} of {TURNS}"), time, both).await?;
            }
            bare.stop().await?;
            let ratio = gate.per_second() / plain.per_second();
            let refused = gate.refused + plain.refused;
            let reached = ratio >= 0.75 && gate.is_served() && plain.is_served();
            let row = Row::new(reached, format!("{ratio:.2} × the bare endpoint"))
                .number("ratio", ratio, 3)
                .number("requests_per_s", gate.per_second(), 0)
                .number("bare_requests_per_s", plain.per_second(), 0)
                .number("p50_ms", gate.samples.median(), 2)
                .number("p99_ms", gate.samples.p99(), 2)
                .number("bare_p50_ms", plain.samples.median(), 2)
                .number("bare_p99_ms", plain.samples.p99(), 2)
                .with("requests", gate.done)
                .with("bare_requests", plain.done)
                .with("refused", refused)
                .number("seconds", float(TURNS) * span.window.as_secs_f64(), 0);
            Ok(row.with_refusal(&gate))
        })
        .await
}

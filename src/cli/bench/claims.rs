//! `claims`: warranty claims opened by buyers, handed over by sites and granted by the supplier, as fast as they go.

use super::{
    Bench,
    ask::{Caller, Document, Outgoing},
    check::Checked,
    child::Child,
    float,
    load::{self, Span},
    orders,
    progress::{self, step},
    purchase::Purchase,
    row::Row,
    samples::Samples,
    wire::{Wire, find},
    world::{Plan, World},
};
use crate::foundation::seal;
use anyhow::{Context, Result, ensure};
use sqlx::{Connection, Executor, PgConnection};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::time::Instant;

/// How many claims a second must be opened and decided.
const MUST: f64 = 100.0;

const OPEN: &str = "mutation Open($i: WarrantyClaimOpenInput!) { warrantyClaimOpen(input: $i) { claim { id status } errors { code } } }";
const HAND_OVER: &str = "mutation Over($i: WarrantyClaimNoteInput!) { warrantyClaimHandOver(input: $i) { claim { id desk } errors { code } } }";
const APPROVE: &str = "mutation Grant($i: WarrantyClaimApproveInput!) { warrantyClaimApprove(input: $i) { claim { id status } errors { code } } }";

/// A unit that somebody bought.
struct Unit {
    delivery: String,
    buyer: usize,
    site: usize,
}

/// Everyone who acts, and what there is to claim.
struct Desk {
    documents: [Document; 3],
    buyers: Vec<Caller>,
    sites: Vec<Caller>,
    supplier: Caller,
    units: Vec<Unit>,
    next: AtomicUsize,
}

#[derive(Default)]
struct Decided {
    // Within the window.
    counted: u64,
    done: u64,
    refused: u64,
    first_refusal: Option<String>,
    open: Samples,
    approve: Samples,
}

impl Decided {
    fn join(&mut self, other: Self) {
        self.counted += other.counted;
        self.done += other.done;
        self.refused += other.refused;
        self.first_refusal = self.first_refusal.take().or(other.first_refusal);
        self.open.join(other.open);
        self.approve.join(other.approve);
    }
}

pub(super) async fn run(bench: &Bench) -> Result<Row> {
    let plan = Plan {
        handle: "claims",
        suppliers: 1,
        products: 1,
        variants: 1,
        parents: bench.size(10, 1),
        sites: bench.size(50, 4),
        buyers: bench.size(20, 4),
        staff: 1,
        rules: 0,
        stocked: usize::MAX,
        cards: bench.cards(1),
    };
    bench
        .with_server(async |server| {
            step("making the network");
            let world = World::make(server, &plan).await?;
            let purchase = Arc::new(Purchase::of(server, &world).await?);
            let shopping = bench.span(orders::WARM_UP, 1);
            let bought = load::run(server.address, &purchase, shopping, 1);
            let bought = progress::during("buying", shopping.warm_up + shopping.window, bought).await?;
            let desk = Arc::new(Desk::open(server, &world).await?);
            ensure!(!desk.units.is_empty(), "nothing was bought: {:?}", bought.first_refusal);
            let span = bench.span(1, 1);
            let deciding = decide(server, &desk, span);
            let (mut decided, window) =
                progress::during("claiming", span.warm_up + span.window, deciding).await?;
            let checked = Checked::now(bench, server).await?;
            let rate = float(decided.counted) / window.max(f64::EPSILON);
            let served = decided.done > 0 && decided.refused * 1_000 <= decided.done;
            let row =
                Row::new(rate >= MUST && served && checked.holds(), format!("{rate:.0} claims a second"))
                    .number("claims_per_s", rate, 1)
                    .number("open_p50_ms", decided.open.median(), 1)
                    .number("open_p99_ms", decided.open.p99(), 1)
                    .number("approve_p50_ms", decided.approve.median(), 1)
                    .number("approve_p99_ms", decided.approve.p99(), 1)
                    .with("claims", decided.done)
                    .with("refused", decided.refused)
                    .with("units", desk.units.len());
            let row = match decided.first_refusal {
                None => row,
                Some(refusal) => row.with("first_refusal", refusal.replace(char::is_whitespace, "_")),
            };
            Ok(checked.figures(row))
        })
        .await
}

impl Desk {
    async fn open(server: &Child, world: &World) -> Result<Self> {
        let caller = |handle: &str, token: &str| Caller::new(server.address, "/graphql", handle, token);
        let (mut buyers, mut sites, mut known) = (Vec::new(), Vec::new(), HashMap::new());
        for (place, site) in world.sites.iter().enumerate() {
            sites.push(caller(&site.handle, site.staff.first().context("a site without staff")?));
            for token in &site.buyers {
                known.insert(seal::token_hash(token), (buyers.len(), place));
                buyers.push(caller(&site.handle, token));
            }
        }
        let supplier = world.suppliers.first().context("no supplier")?;
        let supplier = caller(&supplier.handle, supplier.staff.first().context("a supplier without staff")?);
        let mut connection = PgConnection::connect_with(&server.database().await?).await?;
        connection.execute("analyze").await?;
        let rows: Vec<(uuid::Uuid, Vec<u8>)> = sqlx::query_as(
            "select d.delivery_id, s.token_hash
               from delivery d
               join orders o on o.network_id = d.network_id and o.order_id = d.order_id
               join session s on s.network_id = o.network_id and s.user_id = o.buyer_id
              where d.network_id = $1 and d.status = 'DELIVERED' order by d.delivery_id",
        )
        .bind(world.network)
        .fetch_all(&mut connection)
        .await?;
        connection.close().await?;
        let units = rows.into_iter().filter_map(|(delivery, hash)| {
            let (buyer, site) = *known.get(hash.as_slice())?;
            Some(Unit { delivery: crate::orders::DeliveryId(delivery).to_string(), buyer, site })
        });
        let units = units.collect();
        let documents = [OPEN, HAND_OVER, APPROVE].map(Document::of);
        Ok(Self { documents, buyers, sites, supplier, units, next: AtomicUsize::new(0) })
    }
}

// Until the time or the units are over; the seconds that were counted.
async fn decide(server: &Child, desk: &Arc<Desk>, span: Span) -> Result<(Decided, f64)> {
    let from = Instant::now() + span.warm_up;
    let until = from + span.window;
    let mut tasks = Vec::new();
    for _ in 0..span.connections {
        let wire = Wire::connect(server.address).await?;
        tasks.push(tokio::spawn(work(wire, Arc::clone(desk), from, until)));
    }
    let mut decided = Decided::default();
    for task in tasks {
        decided.join(task.await??);
    }
    let end = Instant::now().min(until);
    Ok((decided, end.saturating_duration_since(from).as_secs_f64()))
}

async fn work(mut wire: Wire, desk: Arc<Desk>, from: Instant, until: Instant) -> Result<Decided> {
    let (mut decided, mut request) = (Decided::default(), Outgoing::default());
    while Instant::now() < until {
        let Some(unit) = desk.units.get(desk.next.fetch_add(1, Ordering::Relaxed)) else { break };
        let [open, over, approve] = &desk.documents;
        let input = format!(
            r#"{{"i":{{"idempotencyKey":"{}","deliveryId":"{}","reason":"INVALID","description":"It does not work."}}}}"#,
            unit.delivery, unit.delivery
        );
        let asked = Instant::now();
        request.write(&desk.buyers[unit.buyer], open, input.as_bytes());
        let answer = wire.exchange(request.bytes()).await?;
        let Some(claim) = claim_of(answer.body) else {
            decided.refused += 1;
            decided.first_refusal.get_or_insert_with(|| answer.text());
            continue;
        };
        decided.open.add(asked.elapsed());
        let note = format!(r#"{{"i":{{"claimId":"{claim}","note":"The goods are at fault."}}}}"#);
        request.write(&desk.sites[unit.site], over, note.as_bytes());
        wire.exchange(request.bytes()).await?;
        let grant = format!(r#"{{"i":{{"claimId":"{claim}","remedy":"REFUND"}}}}"#);
        let asked = Instant::now();
        request.write(&desk.supplier, approve, grant.as_bytes());
        let answer = wire.exchange(request.bytes()).await?;
        if find(answer.body, br#""status":"RESOLVED""#).is_none() {
            decided.refused += 1;
            decided.first_refusal.get_or_insert_with(|| answer.text());
            continue;
        }
        let now = Instant::now();
        decided.approve.add(now - asked);
        decided.done += 1;
        decided.counted += u64::from((from..until).contains(&now));
    }
    Ok(decided)
}

// The id of a claim that was opened.
fn claim_of(body: &[u8]) -> Option<String> {
    let at = find(body, br#""id":"clm_"#)?;
    let id = body.get(at + 6..at + 6 + 36)?;
    String::from_utf8(id.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_claims_id_is_found_in_an_answer() {
        let id = format!("clm_{}", "0".repeat(32));
        let body =
            format!(r#"{{"data":{{"warrantyClaimOpen":{{"claim":{{"id":"{id}","status":"SUBMITTED"}}}}}}}}"#);
        assert_eq!(super::claim_of(body.as_bytes()), Some(id));
        assert_eq!(super::claim_of(b"{}"), None);
    }
}

//! Cards, by the real upload: sealed, fingerprinted and counted by the server itself.

use super::{Plan, Tenant, Variant, World};
use crate::cli::{
    bench::{child::Child, dice::Dice, wire::Wire},
    client::{Client, text},
};
use anyhow::{Context, Result, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use std::{fmt::Write, time::Duration};

/// How many uploads run at once.
const AT_ONCE: usize = 4;

/// Fills the stock of those variants that have some.
pub(super) async fn stock(server: &Child, world: &World, plan: &Plan) -> Result<()> {
    let uploads = world.variants.iter().enumerate().take(plan.stocked).map(|(number, variant)| async move {
        let owner = world.suppliers.iter().find(|supplier| supplier.id == variant.supplier);
        let owner = owner.context("a variant of nobody")?;
        let content = lines(plan.handle, number, plan.cards);
        let import = upload(server, owner, *variant, &[&content]).await?;
        let report = wait(server, owner, &import).await?;
        ensure!(report["accepted"] == json!(plan.cards), "not every card was accepted: {report}");
        anyhow::Ok(())
    });
    stream::iter(uploads).buffer_unordered(AT_ONCE).try_collect::<()>().await
}

/// A card a line, no two alike in the network.
pub(in crate::cli::bench) fn lines(handle: &str, number: usize, count: usize) -> String {
    let mut dice = Dice::new(u64::try_from(number).unwrap_or_default());
    let mut lines = String::with_capacity(count * 40);
    for at in 0..count {
        // Writing to a string does not fail.
        let _ = writeln!(lines, "{handle}-{number:05}-{at:08}-{:012X}", dice.roll() >> 16);
    }
    lines
}

/// Sends a file of cards and answers its import's id; it goes on behind the answer.
pub(in crate::cli::bench) async fn upload(
    server: &Child,
    owner: &Tenant,
    variant: Variant,
    parts: &[&str],
) -> Result<String> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let head = format!(
        "POST /imports/cards?variant={}&format=LINES HTTP/1.1\r\nhost: {}\r\nx-tenant: {}\r\n\
         authorization: Bearer {}\r\nidempotency-key: \"{}\"\r\ncontent-type: text/plain\r\n\
         content-length: {length}\r\n\r\n",
        variant.id, server.address, owner.handle, owner.staff[0], variant.id
    );
    let mut wire = Wire::connect(server.address).await?;
    wire.send(head.as_bytes()).await?;
    for part in parts {
        wire.send(part.as_bytes()).await?;
    }
    let answer = wire.answer().await?;
    ensure!(answer.status == 202, "an upload was refused: {}", answer.text());
    let told: Value = serde_json::from_slice(answer.body)?;
    Ok(text(&told, "/import/id")?.to_owned())
}

/// Waits until an import is done, and answers what came of it.
pub(in crate::cli::bench) async fn wait(server: &Child, owner: &Tenant, import: &str) -> Result<Value> {
    let client = Client::new(&server.url(), &owner.handle, false)?.with_token(&owner.staff[0]);
    let document = "query Import($id: ID!) {
  cardImport(id: $id) { status total processed accepted duplicates rejected }
}";
    loop {
        let report = client.get(document, json!({"id": import})).await?;
        match text(&report, "/status")? {
            "DONE" => return Ok(report),
            "RUNNING" => tokio::time::sleep(Duration::from_millis(50)).await,
            other => anyhow::bail!("an import ended as {other}: {report}"),
        }
    }
}

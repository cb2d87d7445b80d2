//! The buyer's receipt: as `cardamom verify` looks at it, from its text alone.

use super::page::line;
use crate::{
    cli::client::{Client, list, text},
    receipt::verify::{Known, verify},
};
use anyhow::{Result, ensure};
use serde_json::json;

/// Asks for the receipt of an order, verifies it, and sees that one that was altered is found out.
pub(super) async fn receipt(buyer: &Client, order: &str) -> Result<()> {
    let document = "query($o: ID!) { receipt(orderId: $o) { fileName content fingerprint page } }";
    let receipt = buyer.get(document, json!({"o": order})).await?;
    let (name, content) = (text(&receipt, "/fileName")?, text(&receipt, "/content")?);
    let verdict = verify(content, Known::default())?;
    ensure!(verdict.is_true(), "the receipt is not true: {}", verdict.wrong().join("; "));
    let units: usize = verdict.body.lines.iter().map(|line| line.deliveries.len()).sum();
    line(&format!(
        "{name}: {units} deliveries, each with its leaf of the log and the way to a signed head of {} leaves",
        verdict.under
    ));
    line(&format!("cardamom verify {name}: {} things looked at, all true", verdict.checks.len()));
    let altered = content.replacen("\"warranty_seconds\": ", "\"warranty_seconds\": 1", 1);
    let wrong = verify(&altered, Known::default())?;
    ensure!(altered != content && !wrong.is_true(), "a longer warranty in the file was not noticed");
    line("with a longer warranty written into it: wrong, and which part");
    let unit =
        verdict.body.lines.iter().flat_map(|line| &line.deliveries).find(|unit| unit.replaces.is_none());
    let unit = unit.map(|unit| unit.id.clone()).unwrap_or_default();
    let document = "query($d: ID!) { provenance(deliveryId: $d) { steps { kind isSigned } } }";
    let history = buyer.get(document, json!({"d": unit})).await?;
    let steps: Vec<&str> =
        list(&history, "/steps")?.iter().map(|step| text(step, "/kind")).collect::<Result<_>>()?;
    ensure!(steps.starts_with(&["IMPORTED", "SOLD", "REVEALED"]), "the first card's history is {steps:?}");
    line(&format!("the first card's history: {}", steps.join(" → ")));
    Ok(())
}

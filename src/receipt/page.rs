//! A receipt to be printed: HTML without a script, every text of others escaped, and a QR code with the receipt's
//! short name, so that paper and file can be held against each other. Pure.

use super::{file, issue::Receipt};
use crate::foundation::Fault;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use qrcode::{QrCode, render::svg};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:46em;margin:2em auto;padding:0 1em;color:#111;\
background:#fff}h1{font-size:1.4em}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3em \
.6em .3em 0;border-bottom:1px solid #ccc;vertical-align:top}td.n,th.n{text-align:right}code{font-size:.85em;\
overflow-wrap:anywhere}figure{margin:1em 0}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2em 1em}dd{\
margin:0}@media print{a{color:inherit;text-decoration:none}}";

/// The page, and the policy that it is to be shown under: nothing is loaded, nothing runs.
pub struct Page {
    /// HTML.
    pub html: String,
    /// The `Content-Security-Policy`.
    pub policy: String,
}

/// What the QR code of a receipt says.
pub fn code(receipt: &Receipt) -> String {
    let name = URL_SAFE_NO_PAD.encode(receipt.fingerprint);
    format!("cardamom-receipt:{}:{}:{name}", file::VERSION, receipt.body.order.id)
}

/// Draws a receipt; `file` is the path of its file.
///
/// # Errors
/// [`Fault`] when the code can't be drawn.
pub fn page(receipt: &Receipt, file: &str) -> Result<Page, Fault> {
    let body = &receipt.body;
    let code = code(receipt);
    let drawn =
        QrCode::new(code.as_bytes()).map_err(|why| Fault::new(format!("a code can't be drawn: {why}")))?;
    let drawn = drawn.render::<svg::Color<'_>>().min_dimensions(180, 180).build();
    // An XML declaration is no part of HTML.
    let drawn = drawn.find("<svg").map_or("", |start| &drawn[start..]);
    let mut html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>Receipt {number}</title><style>{STYLE}</style></head><body>\
         <h1>Receipt {number}</h1><dl><dt>Bought at</dt><dd>{site}</dd><dt>On</dt><dd>{placed}</dd>\
         <dt>Order</dt><dd><code>{order}</code>, {status}</dd><dt>Paid</dt><dd>{total} {currency}</dd>\
         <dt>Given back</dt><dd>{refunded} {currency}</dd></dl>",
        number = escaped(&body.order.number),
        site = escaped(&body.order.site.name),
        placed = escaped(&body.order.placed_at),
        order = escaped(&body.order.id),
        status = escaped(&body.order.status),
        total = escaped(&body.order.total),
        refunded = escaped(&body.order.refunded),
        currency = escaped(&body.order.currency),
    );
    for line in &body.lines {
        let term = |name: &str| escaped(&said(&line.terms, name));
        // Writing to a String does not fail.
        let _ = write!(
            html,
            "<h2>{quantity} × {title}</h2><p>{each} {currency} each, {total} {currency} in all. Warranty: {warranty} s \
             from delivery, for {reasons}; remedies: {remedies}. First answer within {answer} s, decision within \
             {decision} s; each is replaced at most {replacements} times; a rejection may be appealed within {appeal} s. \
             Files that a claim needs: {evidence}. Terms <code>{version}</code>.</p><table><tr><th>Delivery</th><th>Handed over</th>\
             <th>Warranty until</th><th class=\"n\">Leaf</th></tr>",
            quantity = term("quantity"),
            title = term("title"),
            each = term("unit_price"),
            currency = escaped(&body.order.currency),
            total = term("total"),
            warranty = term("warranty_seconds"),
            reasons = term("covered_reasons"),
            remedies = term("remedies"),
            answer = term("answer_seconds"),
            decision = term("decision_seconds"),
            replacements = term("replacement_limit"),
            appeal = term("appeal_seconds"),
            evidence = match term("required_evidence") {
                none if none.is_empty() => "none".to_owned(),
                kinds => kinds,
            },
            version = term("terms_version"),
        );
        for delivery in &line.deliveries {
            let _ = write!(
                html,
                "<tr><td><code>{}</code><br>{}</td><td>{}</td><td>{}</td><td class=\"n\">{}</td></tr>",
                escaped(&delivery.id),
                escaped(&delivery.status),
                escaped(&delivery.delivered_at),
                escaped(&delivery.warranty_ends_at),
                delivery.leaf.index,
            );
        }
        html.push_str("</table>");
    }
    let _ = write!(
        html,
        "<h2>Proof</h2><figure>{drawn}<figcaption><code>{}</code></figcaption></figure><dl><dt>Log</dt>\
         <dd><code>{}</code></dd><dt>Leaves under the head</dt><dd>{}, signed {}</dd></dl><p>This page shows what is \
         in <a href=\"{}\" download=\"{}\">the signed file</a>. Keep the file: <code>cardamom verify</code> says \
         without asking anybody whether it is true, and prints the name under the code above.</p></body></html>",
        escaped(&code),
        escaped(&body.network.vkey),
        receipt.under,
        escaped(&body.checkpoint_at),
        escaped(file),
        escaped(&receipt.file_name),
    );
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    Ok(Page { html, policy })
}

// A term in words.
fn said(terms: &Value, name: &str) -> String {
    match terms.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    }
}

/// Text as HTML shows it, in an attribute too.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            sign => out.push(sign),
        }
    }
    out
}

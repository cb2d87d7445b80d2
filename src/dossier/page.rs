//! The archive as a person reads it: a page without a script, in English and in Chinese.

use super::story::{Claim, File, Line, Story};
use std::fmt::Write;

/// The words of a page.
pub(super) struct Words {
    language: &'static str,
    title: &'static str,
    seller: &'static str,
    buyer: &'static str,
    order: &'static str,
    placed: &'static str,
    total: &'static str,
    refunded: &'static str,
    payments: &'static str,
    goods: &'static str,
    terms: &'static str,
    acknowledged: &'static str,
    deliveries: &'static str,
    opened: &'static str,
    warranty_ends: &'static str,
    claims: &'static str,
    outcome: &'static str,
    evidence: &'static str,
    not_inside: &'static str,
    further: &'static str,
    verify: &'static str,
    left_out: &'static str,
}

pub(super) const ENGLISH: Words = Words {
    language: "en",
    title: "Dossier of order",
    seller: "Seller",
    buyer: "Buyer",
    order: "Order",
    placed: "Placed",
    total: "Total",
    refunded: "Refunded",
    payments: "Payments of the buyer's wallet",
    goods: "What was bought",
    terms: "Warranty terms",
    acknowledged: "The buyer named these terms with the order.",
    deliveries: "Deliveries",
    opened: "first opened by the buyer",
    warranty_ends: "warranty until",
    claims: "Warranty claims",
    outcome: "Outcome",
    evidence: "Evidence",
    not_inside: "not in this archive, which would be too long",
    further: "Where to go",
    verify: "How to verify: manifest.json lists the SHA-256 of every file, and manifest.sig is its Ed25519 signature. \
             openssl pkeyutl -verify -rawin -pubin -inkey public-key.pem -in manifest.json -sigfile manifest.sig",
    left_out: "The codes and passwords that were bought are left out of this archive, because whoever has them can use them.",
};

pub(super) const CHINESE: Words = Words {
    language: "zh",
    title: "订单维权档案",
    seller: "卖家",
    buyer: "买家",
    order: "订单",
    placed: "下单时间",
    total: "总额",
    refunded: "已退款",
    payments: "买家钱包收支",
    goods: "所购商品",
    terms: "质保条款",
    acknowledged: "买家下单时已确认本条款。",
    deliveries: "发货记录",
    opened: "买家首次查看",
    warranty_ends: "质保至",
    claims: "质保申请",
    outcome: "结果",
    evidence: "证据",
    not_inside: "文件过大,未收入本档案",
    further: "投诉途径",
    verify: "核验方法:manifest.json 列出每个文件的 SHA-256,manifest.sig 是对它的 Ed25519 签名。\
             openssl pkeyutl -verify -rawin -pubin -inkey public-key.pem -in manifest.json -sigfile manifest.sig",
    left_out: "档案不含所购卡密:持有者即可使用。",
};

fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            c => out.push(c),
        }
    }
    out
}

/// The whole page.
pub(super) fn render(story: &Story, words: Words) -> String {
    let (order, mut out) = (&story.order, String::new());
    let title = format!("{} {}", words.title, text(&order.number));
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>body{{font:15px/1.5 sans-serif;max-width:52em;margin:2em auto;padding:0 1em}}\
         table{{border-collapse:collapse;width:100%}}td,th{{border:1px solid #ccc;padding:.3em .5em;text-align:left;\
         vertical-align:top}}code{{word-break:break-all}}p.said{{white-space:pre-wrap}}</style></head><body>\n<h1>{title}</h1>\n",
        words.language
    );
    let rows = [
        (words.seller, format!("{} ({}), {}", story.seller, story.seller_handle, story.network)),
        (words.buyer, format!("{} ({})", story.buyer.name, story.buyer.email)),
        (words.order, format!("{}, {}, {}", order.number, order.id, order.status)),
        (words.placed, order.placed_at.clone()),
        (words.total, order.total.clone()),
        (words.refunded, order.refunded.clone()),
    ];
    out += "<table>";
    for (name, value) in rows {
        let _ = writeln!(out, "<tr><th>{name}</th><td>{}</td></tr>", text(&value));
    }
    let _ = writeln!(out, "</table>\n<h2>{}</h2>\n<table>", words.payments);
    for paid in &story.payments {
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
            paid.at,
            paid.what,
            text(&paid.amount)
        );
    }
    let _ = writeln!(out, "</table>\n<h2>{}</h2>", words.goods);
    for line in &order.lines {
        goods(&mut out, line, &words);
    }
    let _ = writeln!(out, "<h2>{}</h2>", words.claims);
    for claim in &story.claims {
        claimed(&mut out, claim, &words);
    }
    let route = &story.escalation;
    let _ = write!(
        out,
        "<h2>{}</h2>\n<p>{}: {}, <code>{}</code> {}</p><p>{}</p>\n<h2>i</h2>\n<p>{}</p><p>{}</p><p>{} {}</p>\n</body></html>\n",
        words.further,
        text(route.authority),
        text(route.name),
        text(route.url),
        route.phone.unwrap_or_default(),
        text(route.note),
        words.left_out,
        text(words.verify),
        story.dossier,
        story.made_at
    );
    out
}

fn goods(out: &mut String, line: &Line, words: &Words) {
    let _ = writeln!(
        out,
        "<h3>{} × {}</h3>\n<p>{} · {}</p>\n<h4>{} <code>{}</code></h4>\n<p class=\"said\">{}</p>\n<p>{}</p>\n<h4>{}</h4><table>",
        text(&line.title),
        line.quantity,
        text(&line.unit_price),
        text(&line.total),
        words.terms,
        line.terms_version,
        line.terms.get(words.language).map(|terms| text(terms)).unwrap_or_default(),
        if line.terms_acknowledged { words.acknowledged } else { "" },
        words.deliveries
    );
    for delivery in &line.deliveries {
        let opened =
            delivery.first_opened_at.as_ref().map(|at| format!("{} {at}", words.opened)).unwrap_or_default();
        let _ = writeln!(
            out,
            "<tr><td><code>{}</code></td><td>{}</td><td>{}</td><td>{} {}</td><td>{opened}</td></tr>",
            delivery.id,
            delivery.status,
            delivery.delivered_at,
            words.warranty_ends,
            delivery.warranty_ends_at
        );
    }
    *out += "</table>\n";
}

fn claimed(out: &mut String, claim: &Claim, words: &Words) {
    let _ = writeln!(
        out,
        "<h3><code>{}</code></h3>\n<p>{} · {} · <code>{}</code></p>\n<p class=\"said\">{}</p>\n<table>",
        claim.id,
        claim.opened_at,
        claim.reason,
        claim.delivery,
        text(&claim.description)
    );
    for step in &claim.steps {
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td>{} → {}</td><td>{}</td><td><p class=\"said\">{}</p></td></tr>",
            step.at,
            step.from.unwrap_or("·"),
            step.to,
            step.desk.unwrap_or_default(),
            text(step.note.as_deref().unwrap_or_default())
        );
    }
    for said in &claim.messages {
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td></td><td><p class=\"said\">{}</p></td></tr>",
            said.at,
            said.by,
            text(&said.body)
        );
    }
    let ended = [claim.remedy, claim.reject_reason].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let _ = writeln!(
        out,
        "</table>\n<p>{}: {} {ended} {} {}</p>\n<h4>{}</h4><table>",
        words.outcome,
        claim.status,
        text(claim.remedy_amount.as_deref().unwrap_or_default()),
        text(claim.reject_note.as_deref().unwrap_or_default()),
        words.evidence
    );
    for file in &claim.evidence {
        shown(out, file, words);
    }
    *out += "</table>\n";
}

fn shown(out: &mut String, file: &File, words: &Words) {
    // Named and neither linked nor shown: what was sent is not to be opened by a page.
    let name = match &file.path {
        Some(path) => format!("<code>{}</code>", text(path)),
        None => format!("{} ({})", text(&file.name), words.not_inside),
    };
    let _ = writeln!(
        out,
        "<tr><td>{name}</td><td>{}</td><td>{}</td><td>{}</td><td>SHA-256 <code>{}</code></td></tr>",
        file.media_type, file.submitted_by, file.submitted_at, file.sha256
    );
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_people_write_stays_text() {
        assert_eq!(super::text("<script>'\"&"), "&lt;script&gt;&#39;&quot;&amp;");
    }
}

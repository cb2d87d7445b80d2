//! The HTML around the pages: what a phone shows, and a search engine reads, before any script has run.
//!
//! Its tiles and its product are drawn as `web/src/storefront/Home.tsx` and `Product.tsx` draw them, so that nothing
//! moves when the script takes over. Everything that is not ours is escaped.

use std::fmt::Write;

use base64::{Engine, engine::general_purpose::STANDARD};
use poem::http::HeaderValue;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    build::Entry,
    text::{Language, money},
    theme,
};

/// A page to be written.
pub(super) struct Shell<'a> {
    pub(super) language: Language,
    pub(super) entry: &'a Entry,
    /// The site's handle.
    pub(super) tenant: Option<&'a str>,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) accent: Option<&'a str>,
    /// What was asked already.
    pub(super) answers: &'a [Answer],
    /// What is shown until the script runs; HTML.
    pub(super) body: String,
    /// Search engines leave it alone.
    pub(super) private: bool,
    /// The page's libraries write their own style sheets: GraphiQL's editor does.
    pub(super) loose_styles: bool,
}

/// An answer that the script need not ask for again.
pub(super) struct Answer {
    pub(super) operation: &'static str,
    pub(super) variables: Value,
    pub(super) data: Value,
}

impl Shell<'_> {
    /// The page, and the policy that it stands under.
    pub(super) fn write(&self) -> (String, HeaderValue) {
        let style = theme::style(self.accent);
        let mut page = String::with_capacity(16 << 10);
        let language = self.language.tag();
        let _ = write!(
            page,
            "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n",
            escaped(&self.title)
        );
        if !self.description.is_empty() {
            let said = escaped(&self.description);
            let _ = write!(
                page,
                "<meta name=\"description\" content=\"{said}\">\n<meta property=\"og:title\" content=\"{}\">\n\
                 <meta property=\"og:description\" content=\"{said}\">\n",
                escaped(&self.title)
            );
        }
        if self.private {
            page.push_str("<meta name=\"robots\" content=\"noindex\">\n");
        }
        if let Some(tenant) = self.tenant {
            let _ = writeln!(page, "<meta name=\"cardamom-tenant\" content=\"{}\">", escaped(tenant));
        }
        let _ = write!(
            page,
            "<meta name=\"theme-color\" content=\"{}\">\n<link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\n",
            theme::bar(self.accent)
        );
        for href in &self.entry.styles {
            let _ = writeln!(page, "<link rel=\"stylesheet\" href=\"{href}\">");
        }
        let _ = writeln!(page, "<style>{style}</style>");
        for href in self.entry.preloads.iter().chain(self.entry.messages.get(language)) {
            let _ = writeln!(page, "<link rel=\"modulepreload\" href=\"{href}\">");
        }
        let _ = writeln!(page, "<script type=\"module\" src=\"{}\"></script>", self.entry.script);
        if !self.answers.is_empty() {
            let answers: Vec<Value> = self.answers.iter().map(Answer::json).collect();
            let _ = writeln!(
                page,
                "<script type=\"application/json\" id=\"first-answers\">{}</script>",
                inert(&Value::from(answers))
            );
        }
        let _ = write!(page, "</head>\n<body>\n<div id=\"root\">{}</div>\n</body>\n</html>\n", self.body);
        (page, policy(&style, self.loose_styles))
    }
}

impl Answer {
    fn json(&self) -> Value {
        json!({ "operation": self.operation, "variables": self.variables, "data": self.data })
    }
}

/// Nothing but our own files, and the one style sheet that stands in the page.
fn policy(style: &str, loose_styles: bool) -> HeaderValue {
    let styles = if loose_styles {
        "'unsafe-inline'".to_owned()
    } else {
        format!("'sha256-{}'", STANDARD.encode(Sha256::digest(style)))
    };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' {styles}; img-src 'self' data: blob:; \
         font-src 'self' data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// The frame of a site's page, as `Frame.tsx` draws it.
pub(super) fn framed(base: &str, name: &str, language: Language, inner: &str) -> String {
    let home = if base.is_empty() { "/" } else { base };
    format!(
        "<div class=\"flex min-h-dvh flex-col\"><header class=\"border-b border-line bg-surface\">\
         <div class=\"mx-auto flex max-w-5xl items-center gap-1 px-4 py-1.5\">\
         <a href=\"{home}\" class=\"mr-auto min-w-0 truncate py-2 text-lg font-semibold\">{name}</a>\
         <nav class=\"flex items-center\"><a href=\"{base}/sign-in\" class=\"inline-flex min-h-11 items-center gap-2 \
         rounded-md px-2.5 text-sm hover:bg-sunken\">{sign_in}</a></nav></div></header>\
         <main id=\"main\" class=\"mx-auto w-full max-w-5xl flex-1 px-4 py-6\">{inner}</main></div>",
        name = escaped(name),
        sign_in = language.say("frame.signIn"),
    )
}

/// A page of goods, as `Home.tsx` draws it.
pub(super) fn tiles(base: &str, listings: &[Value], language: Language) -> String {
    let mut list = format!(
        "<h1 class=\"sr-only\">{}</h1><ul class=\"grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-4\">",
        language.say("home.title")
    );
    for listing in listings {
        let gone = if listing["inStock"] == true {
            String::new()
        } else {
            format!(
                "<span class=\"inline-flex items-center gap-1 rounded-full px-2.5 py-0.5 text-xs font-medium \
                 whitespace-nowrap bg-sunken text-ink\">{}</span>",
                language.say("stock.NONE")
            )
        };
        let _ = write!(
            list,
            "<li><a href=\"{base}/p/{id}\" class=\"flex h-full min-h-36 flex-col gap-2 rounded-lg border border-line \
             bg-surface p-4 shadow-raised hover:border-accent\"><span class=\"text-xs text-muted\">{kind}</span>\
             <span class=\"line-clamp-2 font-medium\">{title}</span>\
             <span class=\"mt-auto flex flex-wrap items-end justify-between gap-1\">\
             <span class=\"text-lg font-semibold tabular-nums\">{price}</span>{gone}</span>\
             <span class=\"text-xs text-muted\">{warranty}</span></a></li>",
            id = said(&listing["id"]),
            kind = language.say(&format!("kind.{}", listing["kind"].as_str().unwrap_or_default())),
            title = said(&listing["title"]),
            price = price(listing),
            warranty = warranty(listing, language),
        );
    }
    list.push_str("</ul>");
    list
}

/// One good, as `Product.tsx` draws it.
pub(super) fn product(listing: &Value, language: Language) -> String {
    let stock = if listing["inStock"] == true { "stock.PLENTY" } else { "stock.NONE" };
    format!(
        "<article class=\"grid gap-5 md:grid-cols-[1fr_20rem]\"><div class=\"flex flex-col gap-3\">\
         <p class=\"text-sm text-muted\">{kind}</p><h1 class=\"text-2xl font-semibold\">{title}</h1>\
         <p class=\"whitespace-pre-line\">{description}</p>\
         <section class=\"rounded-lg border border-line bg-surface p-4 shadow-raised sm:p-5\">\
         <h2 class=\"mb-2 text-lg font-semibold\">{heading}</h2><p class=\"whitespace-pre-line\">{terms}</p></section></div>\
         <section class=\"rounded-lg border border-line bg-surface p-4 shadow-raised sm:p-5 flex h-fit flex-col gap-4\">\
         <p class=\"text-3xl font-semibold tabular-nums\">{price}</p><p>{stock}</p></section></article>",
        kind = language.say(&format!("kind.{}", listing["kind"].as_str().unwrap_or_default())),
        title = said(&listing["title"]),
        description = said(&listing["description"]),
        heading = language.say("product.warranty"),
        terms = said(&listing["warranty"]["text"]),
        price = price(listing),
        stock = language.say(stock),
    )
}

/// What search engines read of a good: schema.org's `Product`.
pub(super) fn linked_data(listing: &Value) -> String {
    let availability = if listing["inStock"] == true { "InStock" } else { "OutOfStock" };
    let data = json!({
        "@context": "https://schema.org",
        "@type": "Product",
        "name": listing["title"],
        "description": listing["description"],
        "offers": {
            "@type": "Offer",
            "price": listing["price"]["amount"],
            "priceCurrency": listing["price"]["currency"],
            "availability": format!("https://schema.org/{availability}"),
        },
    });
    format!("<script type=\"application/ld+json\">{}</script>", inert(&data))
}

/// A title, a sentence, and nothing to press.
pub(super) fn notice(title: &str, sentence: &str) -> String {
    format!(
        "<main class=\"flex flex-col items-center gap-3 px-6 py-14 text-center\">\
         <h1 class=\"text-lg font-medium\">{}</h1><p class=\"max-w-prose text-muted\">{}</p></main>",
        escaped(title),
        escaped(sentence)
    )
}

fn price(listing: &Value) -> String {
    let part = |name: &str| listing["price"][name].as_str().unwrap_or_default();
    escaped(&money(part("amount"), part("currency")))
}

fn warranty(listing: &Value, language: Language) -> String {
    let seconds = listing["warranty"]["durationSeconds"].as_i64().unwrap_or_default();
    escaped(&language.say("home.warranty").replace("{span}", &language.span(seconds)))
}

fn said(value: &Value) -> String {
    escaped(value.as_str().unwrap_or_default())
}

/// Text as HTML, inside an element or a quoted attribute.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// JSON that can't end the element that it stands in.
fn inert(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_tenant_wrote_becomes_markup() {
        let hostile = "</script><img src=x onerror=alert(1)>\"'&";
        let listing = json!({ "id": hostile, "title": hostile, "kind": "CARD", "description": hostile,
            "price": { "amount": hostile, "currency": hostile }, "warranty": { "durationSeconds": 86_400, "text": hostile } });
        let drawn = [
            tiles("", std::slice::from_ref(&listing), Language::English),
            product(&listing, Language::English),
            linked_data(&listing),
            notice(hostile, hostile),
            framed("", hostile, Language::English, ""),
        ];
        for html in drawn {
            assert!(!html.contains("<img"), "{html}");
            assert!(html.matches("</script>").count() <= 1, "{html}");
        }
    }
}

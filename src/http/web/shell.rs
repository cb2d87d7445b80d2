//! The HTML around the pages: what a phone shows, and a search engine reads, before any script has run.
//!
//! What is inside of it is drawn by [`draw`](super::draw). Everything that is not ours is escaped.

use std::fmt::Write;

use base64::{Engine, engine::general_purpose::STANDARD};
use poem::http::HeaderValue;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{build::Entry, text::Language, theme};

/// A page to be written.
pub(super) struct Shell<'a> {
    pub(super) language: Language,
    /// `light` or `dark`, where the reader has chosen; else the system decides.
    pub(super) theme: Option<&'static str>,
    pub(super) entry: &'a Entry,
    /// The style sheet that stands in the page; empty where it is fetched as a file.
    pub(super) styles: &'a str,
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
        // In the page, so that it is drawn with the first answer rather than the second.
        let style = [self.styles, &*theme::style(self.accent)].concat();
        let mut page = String::with_capacity(16 << 10);
        let language = self.language.tag();
        let theme = self.theme.map(|theme| format!(" data-theme=\"{theme}\"")).unwrap_or_default();
        let _ = write!(
            page,
            "<!doctype html>\n<html lang=\"{language}\"{theme}>\n<head>\n<meta charset=\"utf-8\">\n\
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
        for href in self.entry.styles.iter().filter(|_| self.styles.is_empty()) {
            let _ = writeln!(page, "<link rel=\"stylesheet\" href=\"{href}\">");
        }
        let _ = writeln!(page, "<style>{style}</style>");
        let needs = self.entry.preloads.iter().chain(self.entry.messages.get(language));
        let script = &self.entry.script;
        if let Some(starter) = &self.entry.starter {
            let needs = needs.map(String::as_str).collect::<Vec<_>>().join(" ");
            let _ = writeln!(
                page,
                "<script type=\"module\" src=\"{starter}\" data-main=\"{script}\" data-needs=\"{needs}\"></script>"
            );
        } else {
            for href in needs {
                let _ = writeln!(page, "<link rel=\"modulepreload\" href=\"{href}\">");
            }
            let _ = writeln!(page, "<script type=\"module\" src=\"{script}\"></script>");
        }
        let _ = write!(page, "</head>\n<body>\n<div id=\"root\">{}</div>\n", self.body);
        // Behind what is seen: the script alone reads them.
        if !self.answers.is_empty() {
            let answers: Vec<Value> = self.answers.iter().map(Answer::json).collect();
            let _ = writeln!(
                page,
                "<script type=\"application/json\" id=\"first-answers\">{}</script>",
                inert(&Value::from(answers))
            );
        }
        page.push_str("</body>\n</html>\n");
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

/// Text as HTML, inside an element or a quoted attribute.
pub(super) fn escaped(text: &str) -> String {
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

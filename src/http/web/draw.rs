//! A site's pages as HTML, until the script draws the same: `web/src/storefront` has `Frame.tsx`, `home/Home.tsx`,
//! `home/Tile.tsx` and `product/Product.tsx`, and what stands where in them stands there here.

use std::fmt::Write;

use serde_json::Value;

use super::{
    shell::escaped,
    text::{Language, money},
};

/// What a button of the head looks like.
const PLACE: &str = "inline-flex min-h-11 min-w-11 items-center justify-center gap-2 rounded-md px-2 text-sm whitespace-nowrap hover:bg-sunken";
/// Where an icon will be.
const ICON: &str = "<span class=\"size-5 shrink-0\"></span>";
/// What a field of the filters looks like.
const SMALL: &str = "min-h-11 rounded-md border border-line-strong bg-surface px-3 text-sm";
/// The kinds of goods, in the order of the menu.
pub(super) const KINDS: [&str; 6] = ["CARD", "GIFT_CARD", "TOP_UP", "MEMBERSHIP", "LICENCE", "SERVICE"];

/// The frame of a site's page.
pub(super) fn framed(base: &str, name: &str, language: Language, inner: &str) -> String {
    let home = if base.is_empty() { "/" } else { base };
    let other = if language == Language::English { "中文" } else { "English" };
    format!(
        "<div class=\"flex min-h-dvh flex-col\"><header class=\"border-b border-line bg-surface\">\
         <div class=\"mx-auto flex max-w-5xl items-center gap-1 px-4 py-1.5\">\
         <a href=\"{home}\" class=\"mr-auto min-w-0 truncate py-2 text-lg font-semibold\">{name}</a>\
         <nav class=\"flex shrink-0 items-center\"><a href=\"{base}/sign-in\" class=\"{PLACE}\">{ICON}<span>{sign_in}</span></a>\
         <span class=\"{PLACE}\">{ICON}<span class=\"sr-only sm:not-sr-only\">{other}</span></span></nav></div></header>\
         <main id=\"main\" class=\"mx-auto w-full max-w-5xl flex-1 px-4 py-6\">{inner}</main></div>",
        name = escaped(name),
        sign_in = language.say("frame.signIn"),
    )
}

/// What is looked at on the first page of goods: a search and a kind, each empty where there is none.
pub(super) struct Sought<'a> {
    pub(super) search: &'a str,
    pub(super) kind: &'a str,
}

/// The home page: what the site has to say, search, kinds, and a page of goods.
pub(super) fn home(
    base: &str,
    announcement: Option<&str>,
    sought: &Sought,
    listings: &[Value],
    language: Language,
) -> String {
    let home = if base.is_empty() { "/" } else { base };
    let mut page = format!("<div class=\"sr-only\"><h1>{}</h1></div>", language.say("home.title"));
    if let Some(announcement) = announcement.filter(|text| !text.is_empty()) {
        let _ = write!(
            page,
            "<p class=\"mb-4 flex items-start gap-3 rounded-lg bg-accent-soft px-4 py-3 whitespace-pre-line text-accent-ink\">\
             <span class=\"mt-0.5 size-5 shrink-0\"></span><span class=\"min-w-0\">{}</span></p>",
            escaped(announcement)
        );
    }
    let (word, find) = (language.say("home.search"), language.say("home.find"));
    let _ = write!(
        page,
        "<form role=\"search\" method=\"get\" action=\"{home}\" class=\"mb-3 flex gap-2\"><label class=\"relative flex-1\">\
         <span class=\"sr-only\">{word}</span><input type=\"search\" name=\"q\" value=\"{search}\" maxlength=\"100\" \
         placeholder=\"{word}\" class=\"min-h-11 w-full rounded-md border border-line-strong bg-surface pr-3 pl-10\"></label>\
         <button type=\"submit\" class=\"inline-flex items-center justify-center gap-2 rounded-md font-medium min-h-11 px-4 \
         text-base border border-line-strong bg-surface text-ink\">{find}</button></form>",
        search = escaped(sought.search),
    );
    let _ = write!(
        page,
        "<nav aria-label=\"{}\" class=\"-mx-4 mb-3 flex gap-2 overflow-x-auto px-4 py-1\">",
        language.say("home.kinds")
    );
    for kind in [""].into_iter().chain(KINDS) {
        let (href, name) = if kind.is_empty() {
            (home.to_owned(), language.say("home.all").to_owned())
        } else {
            (format!("{base}/?kind={kind}"), language.say(&format!("kind.{kind}")).to_owned())
        };
        let look = if kind == sought.kind {
            "border-accent bg-accent text-on-accent"
        } else {
            "border-line-strong bg-surface"
        };
        let _ = write!(
            page,
            "<a href=\"{href}\" class=\"inline-flex items-center min-h-11 shrink-0 rounded-full border px-4 text-sm {look}\">{name}</a>"
        );
    }
    let _ = write!(
        page,
        "</nav><div class=\"mb-5 flex items-center gap-2\"><span class=\"{SMALL} inline-flex items-center\">{}</span></div>",
        language.say("home.sort.none")
    );
    page.push_str("<ul class=\"grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-4\">");
    for listing in listings {
        tile(&mut page, base, listing, language);
    }
    page.push_str("</ul>");
    page
}

fn tile(page: &mut String, base: &str, listing: &Value, language: Language) {
    let hint = stock(listing);
    let badge = match hint {
        "PLENTY" => String::new(),
        hint => format!(
            "<span class=\"inline-flex items-center gap-1 rounded-full px-2.5 py-0.5 text-xs font-medium whitespace-nowrap {}\">{}</span>",
            if hint == "LOW" { "bg-warn-soft text-warn" } else { "bg-sunken text-ink" },
            language.say(&format!("stock.{hint}"))
        ),
    };
    let _ = write!(
        page,
        "<li><a href=\"{base}/p/{id}\" class=\"flex h-full min-h-52 flex-col gap-2 rounded-lg border border-line bg-surface \
         p-3.5 shadow-raised transition-colors hover:border-accent sm:p-4\">\
         <span class=\"flex items-center gap-2.5 text-xs text-muted\">{letter}{kind}</span>\
         <span class=\"line-clamp-4 text-sm font-medium sm:line-clamp-3 sm:text-base\">{title}</span>\
         <span class=\"mt-auto flex flex-wrap items-center justify-between gap-x-2 gap-y-1\">\
         <span class=\"text-lg font-semibold tabular-nums\">{price}</span>{badge}</span>\
         <span class=\"text-xs text-muted\">{warranty}</span></a></li>",
        id = said(&listing["id"]),
        letter = monogram(listing, "size-9"),
        kind = kind(listing, language),
        title = said(&listing["title"]),
        price = price(listing),
        warranty = warranty(listing, language),
    );
}

/// One good.
pub(super) fn product(base: &str, listing: &Value, language: Language) -> String {
    let hint = stock(listing);
    let tone = match hint {
        "PLENTY" => "bg-good-soft text-good",
        "LOW" => "bg-warn-soft text-warn",
        _ => "bg-sunken text-ink",
    };
    let way = if hint == "NONE" {
        format!("<p class=\"text-sm text-muted\">{}</p>", language.say("product.sold"))
    } else {
        format!(
            "<a href=\"{base}/buy/{}\" class=\"inline-flex items-center justify-center gap-2 rounded-md font-medium min-h-11 \
             px-4 text-base w-full bg-accent text-on-accent\">{}</a>",
            said(&listing["id"]),
            language.say("product.buy")
        )
    };
    let brand = match listing["brand"].as_str() {
        Some(brand) => format!(" · {}", escaped(brand)),
        None => String::new(),
    };
    let card = "rounded-lg border border-line bg-surface p-4 shadow-raised sm:p-5";
    format!(
        "<article class=\"grid grid-cols-[minmax(0,1fr)] gap-5 md:grid-cols-[minmax(0,1fr)_20rem]\">\
         <div class=\"flex items-start gap-4 md:col-start-1\">{letter}<div class=\"min-w-0\">\
         <p class=\"text-sm text-muted\">{kind}{brand}</p><h1 class=\"mt-1 text-2xl font-semibold\">{title}</h1></div></div>\
         <div class=\"md:col-start-2 md:row-span-3 md:row-start-1\"><section class=\"{card} flex flex-col gap-4\">\
         <div class=\"flex flex-wrap items-center justify-between gap-2\"><p class=\"text-3xl font-semibold tabular-nums\">{price}</p>\
         <span class=\"inline-flex items-center gap-1 rounded-full px-2.5 py-0.5 text-xs font-medium whitespace-nowrap {tone}\">{stock}</span></div>\
         {way}<p class=\"flex items-center gap-2 text-sm text-muted\"><span class=\"size-4 shrink-0\"></span>{warranty}</p></section></div>\
         <div class=\"flex flex-col gap-5 md:col-start-1\"><p class=\"whitespace-pre-line\">{description}</p>\
         <section class=\"{card}\"><h2 class=\"mb-4 text-lg font-semibold\">{heading}</h2>\
         <p class=\"text-sm whitespace-pre-line\">{terms}</p></section></div></article>",
        letter = monogram(listing, "size-14 text-2xl sm:size-16"),
        kind = kind(listing, language),
        title = said(&listing["title"]),
        price = price(listing),
        stock = language.say(&format!("stock.{hint}")),
        warranty = warranty(listing, language),
        description = said(&listing["description"]),
        heading = language.say("product.warranty"),
        terms = said(&listing["warranty"]["text"]),
    )
}

/// The first letter or digit of a title, in place of a picture.
fn monogram(listing: &Value, size: &str) -> String {
    let title = listing["title"].as_str().unwrap_or_default();
    let letter = title.chars().find(|one| one.is_alphanumeric()).unwrap_or('·');
    format!(
        "<span class=\"monogram {size}\" data-kind=\"{}\" aria-hidden=\"true\">{}</span>",
        said(&listing["kind"]),
        escaped(&letter.to_string())
    )
}

fn stock(listing: &Value) -> &'static str {
    match listing["stockHint"].as_str() {
        Some("PLENTY") => "PLENTY",
        Some("LOW") => "LOW",
        _ => "NONE",
    }
}

fn kind(listing: &Value, language: Language) -> &'static str {
    language.say(&format!("kind.{}", listing["kind"].as_str().unwrap_or_default()))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::web::shell;
    use serde_json::json;

    #[test]
    fn nothing_that_a_tenant_wrote_becomes_markup() {
        let hostile = "</script><img src=x onerror=alert(1)>\"'&";
        let listing = json!({ "id": hostile, "title": hostile, "kind": hostile, "brand": hostile, "description": hostile,
            "price": { "amount": hostile, "currency": hostile }, "warranty": { "durationSeconds": 86_400, "text": hostile } });
        let sought = Sought { search: hostile, kind: "CARD" };
        let drawn = [
            home("", Some(hostile), &sought, std::slice::from_ref(&listing), Language::English),
            product("", &listing, Language::English),
            shell::linked_data(&listing),
            shell::notice(hostile, hostile),
            framed("", hostile, Language::English, ""),
        ];
        for html in drawn {
            assert!(!html.contains("<img"), "{html}");
            assert!(html.matches("</script>").count() <= 1, "{html}");
        }
    }
}

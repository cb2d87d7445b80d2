//! The few words of the shell: the applications' own, from the same catalogues.

use std::{collections::HashMap, sync::LazyLock};

use crate::http::negotiate::quality_of;

type Catalogue = HashMap<String, String>;

static ENGLISH: LazyLock<Catalogue> = LazyLock::new(|| {
    read(&[
        include_str!("../../../web/src/locales/en/common.json"),
        include_str!("../../../web/src/locales/en/storefront.json"),
    ])
});
static CHINESE: LazyLock<Catalogue> = LazyLock::new(|| {
    read(&[
        include_str!("../../../web/src/locales/zh-CN/common.json"),
        include_str!("../../../web/src/locales/zh-CN/storefront.json"),
    ])
});

fn read(parts: &[&str]) -> Catalogue {
    parts.iter().filter_map(|part| serde_json::from_str::<Catalogue>(part).ok()).flatten().collect()
}

/// What a page is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Chinese,
    English,
}

impl Language {
    /// By `Accept-Language`: whichever of the two is liked better, Chinese where neither is named.
    pub(super) fn of(header: Option<&str>) -> Self {
        let (mut chinese, mut english) = (0, 0);
        for range in header.unwrap_or_default().split(',') {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default().to_ascii_lowercase();
            let quality = parts.find_map(quality_of).unwrap_or(1_000);
            match tag.split('-').next() {
                Some("zh") => chinese = chinese.max(quality),
                Some("en") => english = english.max(quality),
                _ => {}
            }
        }
        if english > chinese { Self::English } else { Self::Chinese }
    }

    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// As the schema's `Language`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Chinese => "ZH",
            Self::English => "EN",
        }
    }

    /// A message as it is written; nothing where there is none.
    pub(super) fn say(self, key: &str) -> &'static str {
        let catalogue: &'static Catalogue = match self {
            Self::Chinese => &CHINESE,
            Self::English => &ENGLISH,
        };
        catalogue.get(key).map_or("", String::as_str)
    }

    /// A length of time in whole days, or hours below two days, as `Intl` writes it.
    pub(super) fn span(self, seconds: i64) -> String {
        let (count, day) =
            if seconds % 86_400 == 0 { (seconds / 86_400, true) } else { (seconds / 3_600, false) };
        match (self, day) {
            (Self::Chinese, true) => format!("{count}天"),
            (Self::Chinese, false) => format!("{count}小时"),
            (Self::English, true) => format!("{count} day{}", if count == 1 { "" } else { "s" }),
            (Self::English, false) => format!("{count} hour{}", if count == 1 { "" } else { "s" }),
        }
    }
}

/// An amount as `Intl` writes it: the currency's narrow symbol, thousands apart.
pub(super) fn money(amount: &str, currency: &str) -> String {
    let symbol = match currency {
        "CNY" | "JPY" => "¥",
        "USD" | "HKD" | "SGD" | "AUD" | "CAD" | "TWD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        "KRW" => "₩",
        "INR" => "₹",
        _ => "",
    };
    let (sign, size) = amount.strip_prefix('-').map_or(("", amount), |size| ("-", size));
    let (whole, places) = size.split_once('.').map_or((size, ""), |(whole, places)| (whole, places));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let point = if places.is_empty() { "" } else { "." };
    if symbol.is_empty() {
        return format!("{sign}{currency}\u{a0}{grouped}{point}{places}");
    }
    format!("{sign}{symbol}{grouped}{point}{places}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_the_one_that_is_liked_better() {
        assert_eq!(Language::of(Some("en-GB,en;q=0.9,zh;q=0.8")), Language::English);
        assert_eq!(Language::of(Some("zh-TW,zh;q=0.9,en;q=0.8")), Language::Chinese);
        assert_eq!(Language::of(Some("de, en;q=0.1")), Language::English);
        assert_eq!(Language::of(Some("de")), Language::Chinese);
        assert_eq!(Language::of(None), Language::Chinese);
    }

    #[test]
    fn money_is_written_as_browsers_write_it() {
        assert_eq!(money("1234567.50", "CNY"), "¥1,234,567.50");
        assert_eq!(money("-95.40", "USD"), "-$95.40");
        assert_eq!(money("7", "CHF"), "CHF\u{a0}7");
    }

    #[test]
    fn both_catalogues_are_read() {
        for key in ["kind.CARD", "home.warranty", "stock.NONE", "frame.closed.why"] {
            assert!(
                !Language::English.say(key).is_empty() && !Language::Chinese.say(key).is_empty(),
                "{key}"
            );
        }
    }
}

//! Where a buyer goes when nothing here has helped.

use crate::foundation::Currency;

/// Who takes a consumer's complaint in a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Escalation {
    /// ISO 3166, or EU; empty where it is for anybody.
    pub region: &'static str,
    /// Who it is.
    pub authority: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// Where.
    pub url: &'static str,
    /// By telephone, from within the region.
    pub phone: Option<&'static str>,
    /// What to know.
    pub note: &'static str,
}

const ROUTES: &[Escalation] = &[
    Escalation {
        region: "CN",
        authority: "国家市场监督管理总局 (State Administration for Market Regulation)",
        name: "全国12315平台 (National 12315 Platform)",
        url: "https://www.12315.cn",
        phone: Some("12315"),
        note: "Complain about the seller there, or call 12315; the seller's name, the order and the payment are in the dossier.",
    },
    Escalation {
        region: "EU",
        authority: "European Consumer Centres Network",
        name: "ECC-Net",
        url: "https://www.eccnet.eu",
        phone: None,
        note: "For sellers in another country of the EU. In your own, go to a dispute resolution (ADR) body that your \
               country has notified. The EU's online platform (ODR) was closed on 20 July 2025.",
    },
    Escalation {
        region: "GB",
        authority: "Citizens Advice",
        name: "Citizens Advice consumer service",
        url: "https://www.citizensadvice.org.uk/consumer/",
        phone: Some("0808 223 1133"),
        note: "It advises, and passes what matters on to Trading Standards. In Scotland ask Advice Direct Scotland, in \
               Northern Ireland Consumerline.",
    },
    Escalation {
        region: "US",
        authority: "Federal Trade Commission",
        name: "ReportFraud.ftc.gov",
        url: "https://reportfraud.ftc.gov",
        phone: Some("1-877-382-4357"),
        note: "It does not settle single cases. The attorney general of your state may: https://www.usa.gov/state-attorney-general.",
    },
    Escalation {
        region: "",
        authority: "International Consumer Protection and Enforcement Network",
        name: "econsumer.gov",
        url: "https://econsumer.gov",
        phone: None,
        note: "For complaints across borders. Your own country's consumer authority comes first.",
    },
];

/// The route of a region; where none is set, that of the network's currency.
pub fn route(region: Option<&str>, currency: Currency) -> &'static Escalation {
    let region = region.unwrap_or(match currency.code() {
        "CNY" => "CN",
        "EUR" => "EU",
        "GBP" => "GB",
        "USD" => "US",
        _ => "",
    });
    // The countries of the EU share one.
    const MEMBERS: &[&str] = &[
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT",
        "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    ];
    let region = if MEMBERS.contains(&region) { "EU" } else { region };
    ROUTES.iter().find(|route| route.region == region).unwrap_or(&ROUTES[ROUTES.len() - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_has_a_route_and_some_have_their_own() {
        let cny = Currency::CNY;
        for (region, currency, found) in [
            (None, cny, "CN"),
            (Some("US"), cny, "US"),
            (Some("DE"), cny, "EU"),
            (Some("EU"), cny, "EU"),
            (Some("JP"), cny, ""),
            (None, Currency::of("GBP").unwrap(), "GB"),
        ] {
            assert_eq!(route(region, currency).region, found, "{region:?}");
        }
        assert!(ROUTES.iter().all(|route| route.url.starts_with("https://")));
    }
}

//! The schema as clients see it.

use crate::{
    meta::{Meta, named, written},
    source::root,
};
use serde_json::Value;

/// Lists without `first`, and what bounds each.
const BOUNDED: &[(&str, &str)] = &[
    ("Query.nodes", "as many as ids, at most 100"),
    ("Query.tenants", "the subtree, at most 10,000"),
    ("Query.staff", "at most 1,000"),
    ("Query.roles", "at most 1,000"),
    ("Query.grants", "at most 1,000"),
    ("Query.apiKeys", "at most 1,000, of them 100 alive"),
    ("Query.priceRules", "at most 1,000"),
    ("CardImport.problems", "the first 100"),
    ("Listing.fields", "a product asks at most 20"),
    ("Listing.plans", "a product has at most 10"),
    ("Product.plans", "a product has at most 10"),
    ("Product.fields", "a product asks at most 20"),
    ("Product.variants", "a product has at most 100"),
    ("Order.lines", "an order has at most 20"),
    ("Order.claims", "a few a delivery"),
    ("Order.dossiers", "ten a day, kept for a week"),
    ("OrderLine.deliveries", "a line has at most 1,000 units"),
    ("OrderLine.answers", "a product asks at most 20"),
    ("Quote.lines", "a quote has at most 20"),
    ("Provenance.steps", "100 behind `after`"),
    ("TrialBalance.lines", "one a kind of account"),
    ("WarrantyClaim.evidence", "a claim has at most 20 files"),
    ("WarrantyClaim.evidenceMatches", "the nearest 20"),
    ("WarrantyClaim.history", "one a step"),
    ("Query.hiddenListings", "at most 1,000"),
    ("PriceRuleSetPayload.belowCost", "the first 100"),
    ("PriceRuleDeletePayload.belowCost", "the first 100"),
    ("Query.selfCheck", "at most 20 a kind and brand"),
    ("Query.warrantyMinimums", "one a kind of good"),
    ("SelfCheckPayload.steps", "at most 20 a kind and brand"),
    ("Remedy.paidFrom", "one a tier and purse"),
    ("Triage.reasons", "one a hint"),
    ("WarrantyClaim.messages", "at most 200"),
    ("WarrantyClaim.notes", "at most 200 of a tenant"),
    ("WarrantyClaim.offers", "at most 50"),
    ("WarrantyClaim.remedyOptions", "one a remedy"),
    ("WarrantyClaim.selfCheck", "at most 20 a kind and brand"),
    ("WorkCalendar.hours", "at most 100"),
    ("Viewer.sessions", "the newest 100"),
    ("Viewer.tenants", "at most 10,000"),
    ("Listing.qualifications", "the newest 20"),
    ("Tenant.qualifications", "the newest 20"),
    ("Query.qualifications", "the newest 500"),
    ("ReceiptCheck.parts", "at most 1,000"),
    ("SalesReport.days", "at most 367"),
    ("SalesReport.top", "ten"),
    ("PriceLadder.children", "the first 200"),
    ("PriceRulePreview.changes", "the first 50"),
    ("Query.stockLow", "`first`, at most 100"),
    ("Query.permissionCatalogue", "one an action, at most 64"),
];

#[test]
fn the_schema_that_is_checked_in_is_the_one_that_is_served() {
    let checked_in = std::fs::read_to_string(root().join("schema.graphql")).unwrap();
    assert!(
        checked_in.trim() == cardamom::graphql::sdl().trim(),
        "schema.graphql is stale: run `make schema`"
    );
}

#[tokio::test]
async fn everything_public_says_what_it_is() {
    let meta = Meta::read().await;
    let builtin = ["Boolean", "Float", "ID", "Int", "String"];
    let mut silent = Vec::new();
    let mut check = |what: String, value: &Value| {
        if value["description"].as_str().is_none_or(|text| text.trim().is_empty()) {
            silent.push(what);
        }
    };
    for ty in meta.types() {
        let name = ty["name"].as_str().unwrap();
        if builtin.contains(&name) {
            continue;
        }
        check(name.to_owned(), ty);
        for list in ["fields", "inputFields", "enumValues"] {
            for item in ty[list].as_array().into_iter().flatten() {
                let item_name = item["name"].as_str().unwrap();
                check(format!("{name}.{item_name}"), item);
                for arg in item["args"].as_array().into_iter().flatten() {
                    check(format!("{name}.{item_name}({})", arg["name"].as_str().unwrap()), arg);
                }
            }
        }
    }
    assert!(silent.is_empty(), "{}: {silent:#?}", silent.len());
}

#[tokio::test]
async fn every_list_has_its_bound() {
    let meta = Meta::read().await;
    let (mut wrong, mut used) = (Vec::new(), Vec::new());
    for ty in meta.types() {
        let name = ty["name"].as_str().unwrap();
        for field in ty["fields"].as_array().into_iter().flatten() {
            let (path, below) =
                (format!("{name}.{}", field["name"].as_str().unwrap()), named(&field["type"]));
            let first = field["args"].as_array().unwrap().iter().find(|arg| arg["name"] == "first");
            let page = below.ends_with("Connection") || below == "EventPage";
            if page
                && first
                    .is_none_or(|first| written(&first["type"]) != "Int" || first["defaultValue"].is_null())
            {
                wrong.push(format!("{path} has no `first` with a default"));
            }
            // What a page holds, and lists of scalars and enums, are bounded by what they stand in.
            let inside = name.ends_with("Connection") || name == "EventPage" || field["name"] == "errors";
            let objects = matches!(meta.get(below)["kind"].as_str(), Some("OBJECT" | "INTERFACE" | "UNION"));
            if written(&field["type"]).starts_with('[') && objects && !inside {
                match BOUNDED.iter().find(|(known, _)| *known == path) {
                    Some((known, _)) => used.push(*known),
                    None => wrong.push(format!("{path} is a list without a bound")),
                }
            }
        }
    }
    for (known, _) in BOUNDED {
        if !used.contains(known) {
            wrong.push(format!("{known} is no list any more"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn every_mutation_takes_one_input_and_answers_with_errors_as_data() {
    let meta = Meta::read().await;
    for root in meta.fields().iter().filter(|root| root.kind == "Mutation") {
        let args: Vec<&str> = root.args.iter().map(|arg| arg["name"].as_str().unwrap()).collect();
        assert!(
            args == ["input"] || (args.is_empty() && root.name == "sessionRevoke"),
            "{}: {args:?}",
            root.name
        );
        let payload = meta.get(named(&root.ty));
        let errors = payload["fields"].as_array().unwrap().iter().find(|field| field["name"] == "errors");
        assert_eq!(written(&errors.unwrap()["type"]), "[UserError!]!", "{}", root.name);
    }
}

/// Everything below a list of listings. Answers are kept for as long as the shelf that they were made from stands (see
/// `graphql/answers.rs`): before a field is added here, make sure that it depends on nothing but the shelf, the
/// tenant, and whether the caller is shown its costs.
const OF_A_LIST: &[&str] = &[
    "Listing.brand",
    "Listing.description",
    "Listing.fields",
    "Listing.id",
    "Listing.inStock",
    "Listing.kind",
    "Listing.plans",
    "Listing.price",
    "Listing.qualifications",
    "Listing.stockHint",
    "Listing.supply",
    "Listing.title",
    "Listing.variantId",
    "Listing.warranty",
    "ListingConnection.edges",
    "ListingConnection.nodes",
    "ListingConnection.pageInfo",
    "ListingEdge.cursor",
    "ListingEdge.node",
    "Money.amount",
    "Money.currency",
    "PageInfo.endCursor",
    "PageInfo.hasNextPage",
    "PageInfo.hasPreviousPage",
    "PageInfo.startCursor",
    "ProductField.label",
    "ProductField.maxLength",
    "ProductField.name",
    "ProductField.required",
    "Qualification.id",
    "Qualification.issuer",
    "Qualification.note",
    "Qualification.number",
    "Qualification.status",
    "Qualification.submittedAt",
    "Qualification.tenant",
    "Qualification.title",
    "Qualification.validUntil",
    "Qualification.verifiedAt",
    "SupplyView.unitCost",
    "SupplyView.unitPrice",
    "SupplyView.unitProfit",
    "WarrantyPlan.days",
    "WarrantyPlan.id",
    "WarrantyPlan.price",
    "WarrantyPlan.remedies",
    "WarrantyPlan.title",
    "WarrantyTerms.answerWithinSeconds",
    "WarrantyTerms.appealWithinSeconds",
    "WarrantyTerms.coveredReasons",
    "WarrantyTerms.decisionWithinSeconds",
    "WarrantyTerms.durationSeconds",
    "WarrantyTerms.excludedReasons",
    "WarrantyTerms.remedies",
    "WarrantyTerms.replacementLimit",
    "WarrantyTerms.requiredEvidence",
    "WarrantyTerms.text",
    "WarrantyTerms.version",
];

/// What is null at every site, and only sites have listings: nothing below it is ever in a list.
const NEVER_THERE: &[&str] = &["Qualification.tenant"];

#[tokio::test]
async fn what_a_kept_answer_is_made_of_is_known_field_by_field() {
    let meta = Meta::read().await;
    let (mut fields, mut next) = (Vec::new(), vec!["ListingConnection".to_owned()]);
    let mut seen = next.clone();
    while let Some(name) = next.pop() {
        for field in meta.get(&name)["fields"].as_array().into_iter().flatten() {
            let path = format!("{name}.{}", field["name"].as_str().unwrap());
            fields.push(path.clone());
            if NEVER_THERE.contains(&path.as_str()) {
                continue;
            }
            let below = named(&field["type"]).to_owned();
            if !seen.contains(&below) {
                seen.push(below.clone());
                next.push(below);
            }
        }
    }
    fields.sort();
    assert_eq!(fields, OF_A_LIST);
}

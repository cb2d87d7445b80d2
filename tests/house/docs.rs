//! The documentation says what the code does: its links lead somewhere, and its tables are those of the code.

use cardamom::{
    access::MATRIX,
    catalogue::RemedyKind,
    events::EventType,
    foundation::RefusalCode,
    http::Limits,
    ledger::AccountKind,
    orders::{DeliveryStatus, OrderStatus},
    tenancy::TenantStatus,
    warranty::{ClaimDesk, ClaimStatus},
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

// Every page in the root folder and below docs/.
fn pages() -> Vec<PathBuf> {
    let mut pages = Vec::new();
    let mut folders = vec![(root().to_owned(), false), (root().join("docs"), true)];
    while let Some((folder, deep)) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() && deep {
                folders.push((path, true));
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    pages.sort();
    assert!(pages.len() > 10, "{pages:?}");
    pages
}

// A page without its fenced code, where brackets are no links.
fn prose(text: &str) -> String {
    let mut fenced = false;
    let mut out = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

// The targets of `[text](target)`.
fn links(text: &str) -> Vec<String> {
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next()).map(str::to_owned).collect()
}

// As a heading is linked to: lower case, spaces as hyphens, punctuation left out.
fn anchors(text: &str) -> Vec<String> {
    let kept = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| line.trim_start_matches('#').trim().to_lowercase())
        .map(|title| title.chars().filter(|c| kept(*c)).collect::<String>().replace(' ', "-"))
        .collect()
}

#[test]
fn every_relative_link_leads_somewhere() {
    let mut broken = Vec::new();
    for page in pages() {
        let text = prose(&fs::read_to_string(&page).unwrap());
        for link in links(&text) {
            if link.starts_with("https://") || link.starts_with("http://") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if path.is_empty() { page.clone() } else { page.parent().unwrap().join(path) };
            let leads = target.exists()
                && (anchor.is_empty()
                    || anchors(&prose(&fs::read_to_string(&target).unwrap())).contains(&anchor.to_owned()));
            if !leads {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

// Name and value of each field of a pretty-printed struct, nested ones as `a.b`.
fn fields(debug: &str) -> BTreeMap<String, String> {
    let mut path: Vec<String> = Vec::new();
    let mut fields = BTreeMap::<String, String>::new();
    for line in debug.lines().map(|line| line.trim().trim_end_matches(',')) {
        let (name, value) = line.split_once(": ").unwrap_or(("", line));
        if value.ends_with(['{', '(', '[']) {
            path.push(name.to_owned());
        } else if value.ends_with(['}', ')', ']']) {
            path.pop();
        } else {
            let name: Vec<&str> =
                path.iter().map(String::as_str).chain([name]).filter(|part| !part.is_empty()).collect();
            let value = value.trim_matches('"');
            // The elements of a list have no names of their own.
            let said = fields.entry(name.join(".")).or_default();
            *said = if said.is_empty() { value.to_owned() } else { format!("{said}, {value}") };
        }
    }
    fields
}

#[test]
fn the_table_of_limits_is_that_of_the_code() {
    let page = read("docs/api.md");
    let (_, section) = page.split_once("\n## Limits\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let told: BTreeMap<String, String> = section
        .lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| `")?.split('|').map(str::trim);
            Some((cells.next()?.trim_end_matches('`').to_owned(), cells.next()?.to_owned()))
        })
        .collect();
    assert_eq!(told, fields(&format!("{:#?}", Limits::default())));
}

#[test]
fn the_table_of_settings_names_every_flag_and_variable() {
    let code = read("src/foundation/config.rs");
    let page = read("docs/operations.md");
    let mut settings = 0;
    for block in code.split("= Setting {").skip(1) {
        let of = |name: &str| {
            let value = block.split(&format!("{name}: \"")).nth(1).and_then(|rest| rest.split('"').next());
            value.unwrap_or_else(|| panic!("{name} of {block}")).to_owned()
        };
        let (flag, variable, key) = (of("flag"), of("variable"), of("key"));
        let row = page.lines().find(|line| line.starts_with('|') && line.contains(&format!("`{variable}`")));
        let row = row.unwrap_or_else(|| panic!("no row for {variable}"));
        if flag.starts_with("--") {
            assert!(row.contains(&format!("`{flag}`")), "{row}");
        }
        // The master key has no place in a file.
        assert_eq!(row.contains(&format!("| `{key}` |")), variable != "CARDAMOM_MASTER_KEY", "{row}");
        settings += 1;
    }
    assert!(settings > 5);
}

#[test]
fn every_word_of_the_code_is_explained() {
    let (api, domain) = (read("docs/api.md"), read("docs/domain.md"));
    let mut missing = Vec::new();
    let mut look = |page: &str, words: &[&str]| {
        let said =
            |word: &str| page.split(|c: char| !c.is_ascii_uppercase() && c != '_').any(|found| found == word);
        missing.extend(words.iter().filter(|word| !said(word)).map(|word| (*word).to_owned()));
    };
    macro_rules! words {
        ($page:expr, $($name:ty),+) => {
            $(look($page, &<$name>::ALL.iter().map(|one| one.word()).collect::<Vec<_>>());)+
        };
    }
    words!(&api, RefusalCode, EventType);
    words!(
        &domain,
        OrderStatus,
        DeliveryStatus,
        ClaimStatus,
        ClaimDesk,
        RemedyKind,
        AccountKind,
        TenantStatus
    );
    // The codes of top-level errors: `Self::Forbidden => "FORBIDDEN"`.
    let code = read("src/http/refusal.rs");
    let codes: Vec<&str> = code
        .split("=> \"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|word| word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
        .collect();
    assert!(codes.len() > 5);
    look(&api, &codes);
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_examples_name_operations_that_exist() {
    let pages = pages().into_iter().map(|page| fs::read_to_string(page).unwrap()).collect::<String>();
    let mut unknown = Vec::new();
    for (at, _) in pages.match_indices("(input:") {
        let name = pages[..at].rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        if !name.is_empty() && MATRIX.operation(&format!("Mutation.{name}")).is_none() {
            unknown.push(name.to_owned());
        }
    }
    assert!(unknown.is_empty(), "{unknown:?}");
}

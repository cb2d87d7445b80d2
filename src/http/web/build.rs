//! What was built: which files each application begins with, and the documents that it sends.

use std::collections::{BTreeSet, HashMap};

use serde::Deserialize;

use super::assets::{Assets, Dist};

/// The pages as they were built. None are there where the program was built without Node.js.
pub struct Pages {
    pub(super) assets: Assets,
    pub(super) storefront: Entry,
    pub(super) console: Entry,
    pub(super) graphiql: Entry,
    /// The storefront's style sheets.
    pub(super) styles: String,
    /// The text of each document by its operation's name.
    documents: HashMap<String, String>,
}

/// An application's beginning, as paths.
pub(super) struct Entry {
    pub(super) script: String,
    /// What fetches that once the page has been drawn, where the page shows something before any script has run.
    pub(super) starter: Option<String>,
    /// What the script needs before it runs.
    pub(super) preloads: Vec<String>,
    pub(super) styles: Vec<String>,
    /// Its messages, by language: fetched before the first render.
    pub(super) messages: HashMap<&'static str, String>,
}

/// Files are there, but not as a build leaves them.
#[derive(Debug, thiserror::Error)]
#[error("web/dist is not a whole build of the pages: {0}")]
pub struct Unusable(String);

/// An item of Vite's manifest.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Chunk {
    file: String,
    #[serde(default)]
    css: Vec<String>,
    #[serde(default)]
    imports: Vec<String>,
    #[serde(default)]
    dynamic_imports: Vec<String>,
}

type Manifest = HashMap<String, Chunk>;

impl Pages {
    /// `None` where there are none.
    ///
    /// # Errors
    /// When there is half a build.
    pub fn load() -> Result<Option<Self>, Unusable> {
        let Some(manifest) = Dist::get("manifest.json") else { return Ok(None) };
        let unusable = |why: &dyn std::fmt::Display| Unusable(why.to_string());
        let manifest: Manifest = serde_json::from_slice(&manifest.data).map_err(|error| unusable(&error))?;
        let documents = Dist::get("documents.json").ok_or_else(|| unusable(&"documents.json is missing"))?;
        let documents: HashMap<String, String> =
            serde_json::from_slice(&documents.data).map_err(|error| unusable(&error))?;
        let named = documents.into_values().filter_map(|text| Some((operation_name(&text)?, text)));
        let storefront = entry(&manifest, "storefront")?;
        let sheet = |href: &String| Dist::get(href.trim_start_matches('/'));
        let sheets = storefront.styles.iter().filter_map(sheet);
        let styles = sheets.map(|file| String::from_utf8_lossy(&file.data).into_owned()).collect::<String>();
        if styles.contains("</") {
            return Err(unusable(&"a style sheet would end the element that it stands in"));
        }
        Ok(Some(Self {
            assets: Assets::load(),
            storefront,
            styles,
            console: entry(&manifest, "console")?,
            graphiql: entry(&manifest, "graphiql")?,
            documents: named.collect(),
        }))
    }

    /// Whether there are any.
    pub fn are_there() -> bool {
        Dist::get("manifest.json").is_some()
    }

    /// Every document that the pages send.
    pub fn documents(&self) -> impl Iterator<Item = &str> {
        self.documents.values().map(String::as_str)
    }

    /// The document of an operation.
    pub(super) fn document(&self, operation: &str) -> Option<&str> {
        self.documents.get(operation).map(String::as_str)
    }
}

/// `query Name(…) {` and `query Name {`.
fn operation_name(text: &str) -> Option<String> {
    let mut words =
        text.split_whitespace().skip_while(|word| !matches!(*word, "query" | "mutation" | "subscription"));
    let name = words.nth(1)?.split(['(', '{']).next()?;
    (!name.is_empty()).then(|| name.to_owned())
}

fn entry(manifest: &Manifest, app: &str) -> Result<Entry, Unusable> {
    let source = format!("src/{app}/main.tsx");
    let chunk = manifest.get(&source).ok_or_else(|| Unusable(format!("{source} is not in the manifest")))?;
    let mut needed = BTreeSet::new();
    collect(manifest, &source, &mut needed);
    let styles: BTreeSet<&String> =
        needed.iter().filter_map(|name| manifest.get(name)).flat_map(|one| &one.css).collect();
    let messages = ["en", "zh-CN"].into_iter().filter_map(|language| {
        let ending = format!("messages/{app}/{language}");
        let key = chunk.dynamic_imports.iter().find(|key| key.ends_with(&ending))?;
        Some((language, format!("/{}", manifest.get(key)?.file)))
    });
    Ok(Entry {
        script: format!("/{}", chunk.file),
        starter: manifest.get(&format!("src/{app}/start.ts")).map(|chunk| format!("/{}", chunk.file)),
        preloads: needed
            .iter()
            .filter(|name| **name != source)
            .filter_map(|name| Some(format!("/{}", manifest.get(name)?.file)))
            .collect(),
        styles: styles.into_iter().map(|file| format!("/{file}")).collect(),
        messages: messages.collect(),
    })
}

/// An item, and whatever it imports.
fn collect(manifest: &Manifest, name: &str, needed: &mut BTreeSet<String>) {
    if !needed.insert(name.to_owned()) {
        return;
    }
    for import in manifest.get(name).into_iter().flat_map(|chunk| &chunk.imports) {
        collect(manifest, import, needed);
    }
}

#[cfg(test)]
mod tests {
    use super::operation_name;

    #[test]
    fn operations_are_known_by_name() {
        assert_eq!(operation_name("query Site { storefront { id } }").as_deref(), Some("Site"));
        assert_eq!(operation_name("mutation SignIn($i: I!) { a }").as_deref(), Some("SignIn"));
        assert_eq!(operation_name("fragment F on T { a } query G($a: Int) { b }").as_deref(), Some("G"));
        assert_eq!(operation_name("{ a }"), None);
    }
}

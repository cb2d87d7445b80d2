//! What a browser that goes to an address gets.

use std::{io::Write, sync::Arc};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use poem::{
    Request, Response,
    http::{HeaderValue, Method, StatusCode, header},
};
use serde_json::{Value, json};

use super::{
    assets,
    build::{Entry, Pages},
    draw,
    shell::{self, Answer, Shell},
    text::Language,
    theme,
};
use crate::http::{
    backend::{Backend, Denied},
    frame::{self, Caller},
    graphql, params,
    refusal::{Code, Refusal},
    shared::Shared,
};

const METHODS: &str = "GET, HEAD";
/// The longest path that is looked at.
const PATH_BYTES: usize = 1_024;
/// The longest text that is searched for.
const SEARCH_CHARS: usize = 100;

/// Where the storefront's own pages are, beside its home and its goods: `web/src/storefront/App.tsx` has the same. What
/// is elsewhere is answered with the page that says so, and the status that says so to programs.
const PLACES: [&str; 9] =
    ["buy", "orders", "claims", "wallet", "settings", "reviews", "verify", "sign-in", "register"];

/// A file whose name changes with its content: `/assets/…`.
pub(crate) async fn built_file<B: Backend>(shared: Arc<Shared<B>>, request: Request) -> Response {
    file(&shared, &request, true)
}

/// A file that is asked for by a name of its own: `/favicon.svg`, `/robots.txt`.
pub(crate) async fn root_file<B: Backend>(shared: Arc<Shared<B>>, request: Request) -> Response {
    file(&shared, &request, false)
}

fn file<B: Backend>(shared: &Shared<B>, request: &Request, immutable: bool) -> Response {
    let caller = Caller::of(request);
    if !reads(request) {
        return frame::not_allowed(METHODS, &caller.request_id);
    }
    let asset = shared
        .pages
        .as_ref()
        .and_then(|pages| pages.assets.get(request.uri().path().trim_start_matches('/')));
    asset.map_or_else(
        || frame::problem(StatusCode::NOT_FOUND, &caller.request_id),
        |asset| asset.answer(request, immutable),
    )
}

/// The console: one page for every path below it, the same for everybody.
pub(crate) async fn console<B: Backend>(shared: Arc<Shared<B>>, request: Request) -> Response {
    fixed(&shared, &request, |pages| &pages.console, "Console", false)
}

/// The explorer at `GET /graphql`; a page without one where the pages were left out.
pub(crate) fn graphiql<B: Backend>(shared: &Shared<B>, request: &Request) -> Option<Response> {
    shared.pages.as_ref()?;
    Some(fixed(shared, request, |pages| &pages.graphiql, "GraphiQL", true))
}

fn fixed<B: Backend>(
    shared: &Shared<B>,
    request: &Request,
    entry: impl FnOnce(&Pages) -> &Entry,
    title: &str,
    loose_styles: bool,
) -> Response {
    let caller = Caller::of(request);
    if !reads(request) {
        return frame::not_allowed(METHODS, &caller.request_id);
    }
    let Some(pages) = &shared.pages else { return left_out() };
    let page = Shell {
        language: Language::of(request.header(header::ACCEPT_LANGUAGE)),
        theme: theme::chosen(request),
        entry: entry(pages),
        styles: "",
        tenant: None,
        title: title.into(),
        description: String::new(),
        accent: None,
        answers: &[],
        body: String::new(),
        private: true,
        loose_styles,
    };
    respond(request, &page, StatusCode::OK)
}

/// A site's page: of the host, or of `/s/{handle}` where many share one.
pub(crate) async fn storefront<B: Backend>(shared: Arc<Shared<B>>, request: Request) -> Response {
    let caller = Caller::of(&request);
    if !reads(&request) {
        return frame::not_allowed(METHODS, &caller.request_id);
    }
    let path = request.uri().path();
    let for_person = request
        .header(header::ACCEPT)
        .is_none_or(|accept| accept.contains("text/html") || accept.contains("*/*"));
    if path.len() > PATH_BYTES || !for_person {
        return frame::problem(StatusCode::NOT_FOUND, &caller.request_id);
    }
    if let Some(buckets) = &shared.buckets
        && buckets.address(caller.address).is_err()
    {
        return frame::problem(StatusCode::TOO_MANY_REQUESTS, &caller.request_id);
    }
    let Some(pages) = &shared.pages else {
        return if path == "/" {
            left_out()
        } else {
            frame::problem(StatusCode::NOT_FOUND, &caller.request_id)
        };
    };
    let visit = Visit::of(&shared, &request, pages, &caller);
    match visit.page().await {
        Ok((status, page)) => respond(&request, &page.shell(&visit), status),
        Err(refusal) => frame::problem(refusal.status, &caller.request_id),
    }
}

/// One visit to a site.
struct Visit<'a, B: Backend> {
    shared: &'a Shared<B>,
    request: &'a Request,
    pages: &'a Pages,
    caller: &'a Caller,
    language: Language,
    tenant: Option<&'a str>,
    base: &'a str,
    /// What stands behind the base, with its slash.
    path: &'a str,
}

/// What is written about a visit.
struct Page {
    name: String,
    title: String,
    description: String,
    accent: Option<String>,
    answers: Vec<Answer>,
    inner: String,
    private: bool,
}

impl Page {
    fn shell<'a, B: Backend>(&'a self, visit: &'a Visit<'_, B>) -> Shell<'a> {
        let body = if self.name.is_empty() {
            self.inner.clone()
        } else {
            draw::framed(visit.base, &self.name, visit.language, &self.inner)
        };
        Shell {
            language: visit.language,
            theme: theme::chosen(visit.request),
            entry: &visit.pages.storefront,
            styles: &visit.pages.styles,
            tenant: visit.tenant,
            title: self.title.clone(),
            description: self.description.clone(),
            accent: self.accent.as_deref(),
            answers: &self.answers,
            body,
            private: self.private,
            loose_styles: false,
        }
    }
}

impl<'a, B: Backend> Visit<'a, B> {
    fn of(shared: &'a Shared<B>, request: &'a Request, pages: &'a Pages, caller: &'a Caller) -> Self {
        let whole = request.uri().path();
        let shared_host = whole.strip_prefix("/s/").map(|rest| {
            let handle = rest.split('/').next().unwrap_or_default();
            let base = &whole[.."/s/".len() + handle.len()];
            (handle, base)
        });
        let (tenant, base) = shared_host.map_or((None, ""), |(handle, base)| (Some(handle), base));
        let path = match &whole[base.len()..] {
            "" => "/",
            path => path,
        };
        let language = Language::of(request.header(header::ACCEPT_LANGUAGE));
        Self { shared, request, pages, caller, language, tenant, base, path }
    }

    async fn page(&self) -> Result<(StatusCode, Page), Refusal> {
        match self.drawn().await {
            // The address belongs to no site, or to one that is closed: the page says so.
            Err(refusal) if matches!(refusal.code, Code::TenantRequired) => {
                Ok((StatusCode::NOT_FOUND, self.nobody()))
            }
            drawn => drawn,
        }
    }

    async fn drawn(&self) -> Result<(StatusCode, Page), Refusal> {
        let site = self.ask("Site", json!({})).await?;
        let storefront = &site.data["storefront"];
        let name = storefront["name"].as_str().unwrap_or_default().to_owned();
        let mut page = Page {
            title: name.clone(),
            description: storefront["settings"]["announcement"].as_str().unwrap_or(&name).to_owned(),
            accent: storefront["settings"]["accent"].as_str().map(str::to_owned),
            name,
            answers: vec![site],
            inner: String::new(),
            private: false,
        };
        let status = if self.path == "/" {
            self.home(&mut page).await?
        } else if let Some(id) = self.path.strip_prefix("/p/") {
            self.product(&mut page, id).await?
        } else {
            page.private = true;
            let place = self.path.split('/').nth(1).unwrap_or_default();
            if PLACES.contains(&place) { StatusCode::OK } else { StatusCode::NOT_FOUND }
        };
        Ok((status, page))
    }

    /// The first page of goods, as the address narrows it.
    async fn home(&self, page: &mut Page) -> Result<StatusCode, Refusal> {
        let asked = Asked::of(self.request);
        page.private = asked != Asked::default();
        let goods = self.ask("StorefrontHome", asked.variables()).await?;
        let nodes = goods.data["listings"]["nodes"].as_array().map_or(&[][..], Vec::as_slice);
        let announcement = page.answers[0].data["storefront"]["settings"]["announcement"].as_str();
        let sought = draw::Sought { search: &asked.search, kind: &asked.kind };
        page.inner = draw::home(self.base, announcement, &sought, nodes, self.language);
        page.answers.push(goods);
        Ok(StatusCode::OK)
    }

    async fn product(&self, page: &mut Page, id: &str) -> Result<StatusCode, Refusal> {
        let variables = json!({ "id": id, "language": self.language.name() });
        let found = self.ask("StorefrontProduct", variables).await?;
        let listing = &found.data["listing"];
        if listing.is_null() {
            page.private = true;
            return Ok(StatusCode::NOT_FOUND);
        }
        let title = listing["title"].as_str().unwrap_or_default();
        page.title = format!("{title} – {}", page.name);
        page.description = listing["description"]
            .as_str()
            .filter(|text| !text.is_empty())
            .unwrap_or(title)
            .chars()
            .take(300)
            .collect();
        page.inner = draw::product(self.base, listing, self.language);
        page.inner.push_str(&shell::linked_data(listing));
        page.answers.push(found);
        Ok(StatusCode::OK)
    }

    /// There is no site here, or not now.
    fn nobody(&self) -> Page {
        let (title, sentence) = (self.language.say("frame.closed"), self.language.say("frame.closed.why"));
        Page {
            name: String::new(),
            title: title.to_owned(),
            description: String::new(),
            accent: None,
            answers: Vec::new(),
            inner: shell::notice(title, sentence),
            private: true,
        }
    }

    /// Asks one of the pages' own documents, as anybody would who has not signed in.
    async fn ask(&self, operation: &'static str, variables: Value) -> Result<Answer, Refusal> {
        let text = self.pages.document(operation).ok_or_else(Refusal::internal)?;
        let ask = params::from_value(json!({ "query": text, "variables": variables }).into())?;
        let admitted = self.shared.gate.admit(ask)?;
        let mut credentials = self.caller.credentials(self.request.headers(), frame::host(self.request));
        credentials.authorization = None;
        credentials.tenant = self.tenant.map(str::to_owned);
        let leave = self.shared.leave()?;
        let session = self.shared.recognize(&leave, credentials).await?;
        let (answer, _) =
            graphql::answer(self.shared, leave, session, admitted, &self.caller.request_id).await?;
        let mut answer: Value = serde_json::from_slice(&answer).map_err(|_| Refusal::internal())?;
        // Half an answer is no page: without this, goods that could not be read would be a shop that has none.
        if let Some(error) = answer["errors"].get(0) {
            return Err(match error["extensions"]["code"].as_str() {
                // A supplier and an operator have no shop.
                Some("UNAUTHENTICATED" | "FORBIDDEN") => Denied::TenantRequired.into(),
                Some("UNAVAILABLE") => Refusal::unavailable("Try again shortly"),
                Some("INTERNAL") | None => Refusal::internal(),
                Some(_) => Refusal::bad_request(error["message"].as_str().unwrap_or_default()),
            });
        }
        Ok(Answer { operation, variables, data: answer["data"].take() })
    }
}

/// What a home page's address asks for, in the words of `home/Home.tsx`.
#[derive(Default, PartialEq)]
struct Asked {
    search: String,
    kind: String,
    brand: String,
    in_stock: bool,
    sort: String,
}

impl Asked {
    const SORTS: [&str; 4] = ["TITLE", "PRICE_ASC", "PRICE_DESC", "NEWEST"];

    fn of(request: &Request) -> Self {
        let mut asked = Self::default();
        for (name, value) in request.params::<Vec<(String, String)>>().unwrap_or_default() {
            match &*name {
                "q" => asked.search = value.chars().take(SEARCH_CHARS).collect(),
                "kind" if draw::KINDS.contains(&&*value) => asked.kind = value,
                "brand" => asked.brand = value,
                "stock" => asked.in_stock = value == "1",
                "sort" if Self::SORTS.contains(&&*value) => asked.sort = value,
                _ => {}
            }
        }
        asked
    }

    /// What is not asked for is left out, as the script leaves it out: so it knows the answer for its own.
    fn variables(&self) -> Value {
        let mut narrowed = serde_json::Map::new();
        for (name, value) in [("kind", &self.kind), ("search", &self.search), ("brand", &self.brand)] {
            if !value.is_empty() {
                narrowed.insert(name.into(), value.clone().into());
            }
        }
        if self.in_stock {
            narrowed.insert("inStock".into(), true.into());
        }
        let mut variables = serde_json::Map::new();
        if !narrowed.is_empty() {
            variables.insert("where".into(), narrowed.into());
        }
        if !self.sort.is_empty() {
            variables.insert("orderBy".into(), self.sort.clone().into());
        }
        variables.into()
    }
}

fn reads(request: &Request) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD)
}

fn respond(request: &Request, shell: &Shell<'_>, status: StatusCode) -> Response {
    let (page, policy) = shell.write();
    let small =
        assets::accepts(request.header(header::ACCEPT_ENCODING), "gzip").then(|| zipped(page.as_bytes()));
    let small = small.flatten();
    let coded = small.is_some();
    let content = small.unwrap_or_else(|| page.into_bytes());
    let etag = assets::etag(&content);
    let mut response = assets::answer(request, "text/html; charset=utf-8", etag, || Bytes::from(content));
    if response.status() == StatusCode::OK {
        response.set_status(status);
    }
    let headers = response.headers_mut();
    if coded {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers
        .insert(header::VARY, HeaderValue::from_static("Accept, Accept-Encoding, Accept-Language, Cookie"));
    if let Ok(language) = HeaderValue::from_str(shell.language.tag()) {
        headers.insert(header::CONTENT_LANGUAGE, language);
    }
    response
}

/// A sixth of a page's length, for a millisecond or two: a home page comes in the packets that a server may send before
/// the first answer, which the fastest way of packing it would not do. Nothing secret is in a shell, whoever asks for it.
fn zipped(page: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(page.len() / 4), Compression::default());
    encoder.write_all(page).ok()?;
    encoder.finish().ok()
}

/// There are no pages in this program.
fn left_out() -> Response {
    let page = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>No pages</title><h1>The pages were left out</h1>\
                <p>This program was built without Node.js, which builds the web pages. The API is at <a href=\"/graphql\">/graphql</a>.</p></html>\n";
    let mut response =
        Response::builder().status(StatusCode::NOT_FOUND).content_type("text/html; charset=utf-8").body(page);
    let policy = HeaderValue::from_static(
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

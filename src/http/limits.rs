//! Every bound of the edge, with its default. `docs/api.md` lists them for clients.

use std::time::Duration;

/// What one request, socket, connection or caller may use.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of a request body, counted as they arrive. Card imports travel in one.
    pub body_bytes: usize,
    /// Time for a request body to arrive whole.
    pub body_time: Duration,
    /// Bytes of a document.
    pub document_bytes: usize,
    /// Lexical tokens of a document.
    pub tokens: usize,
    /// Brackets of any kind open at once in a document.
    pub nesting: usize,
    /// Operations in a document.
    pub operations: usize,
    /// Fragments in a document.
    pub fragments: usize,
    /// Selections once every fragment is written out.
    pub nodes: u64,
    /// Levels of fields, introspection apart.
    pub depth: u64,
    /// Levels of fields below `__schema` and `__type`.
    pub introspection_depth: u64,
    /// Aliases once every fragment is written out.
    pub aliases: u64,
    /// Directives on one location.
    pub directives: usize,
    /// Fields at the root of an operation.
    pub root_fields: u64,
    /// Fields at the root of a mutation.
    pub root_mutations: u64,
    /// Mutations that check or hash a password, a document.
    pub credential_mutations: u64,
    /// Which mutations those are.
    pub credential_fields: Vec<String>,
    /// Mutations that check their caller again in their own transaction: for them it may be remembered.
    pub rechecking_fields: Vec<String>,
    /// Elements of a list in a document or in variables.
    pub list_items: usize,
    /// What an operation may cost: an object 1, a connection 2 + page × node, a list its bound × element.
    pub cost: u64,
    /// `first` where a connection is asked for without one.
    pub page_default: u64,
    /// The largest `first` or `last`.
    pub page_max: u64,
    /// How many elements a list without `first` is taken to have.
    pub list_bound: u64,
    /// Errors in an answer; the rest are left out.
    pub errors: usize,
    /// Time after which the client of a query is answered without its result.
    pub request_time: Duration,
    /// Operations at once in this process, from the question who is asking to their end.
    pub in_flight: usize,
    /// Uploads running at once in this process.
    pub uploads: usize,
    /// Time for the body of an upload to arrive whole.
    pub upload_time: Duration,
    /// Bytes of memory for checked documents, and as much again for persisted ones.
    pub document_cache_bytes: u64,
    /// Only documents given to [`super::Edge::trust`] are run.
    pub trusted_only: bool,

    /// Time for `connection_init` to arrive.
    pub init_time: Duration,
    /// Bytes of one WebSocket message.
    pub frame_bytes: usize,
    /// Operations running on one socket.
    pub subscriptions: usize,
    /// Messages a second that a socket may send in the long run.
    pub messages_per_second: u32,
    /// Messages that it may send at once.
    pub message_burst: u32,
    /// Time for one message to be taken by the client.
    pub send_time: Duration,
    /// Between two pings of the server; a socket that stays silent for three is closed.
    pub ping_every: Duration,
    /// Between two comments on an event stream.
    pub heartbeat: Duration,
    /// Sockets and event streams in all.
    pub sockets: usize,
    /// Sockets and event streams of one address.
    pub sockets_per_address: usize,

    /// Connections in all; more are closed.
    pub connections: usize,
    /// Connections of one address; more are closed.
    pub connections_per_address: usize,
    /// Time for the headers of a request, from their first byte.
    pub header_time: Duration,
    /// Time without a request after which a connection is closed.
    pub idle_time: Duration,
    /// Time for the client to take some of what is written.
    pub write_time: Duration,
    /// Time for running requests to end at shutdown.
    pub drain_time: Duration,

    /// Rates, `None` to switch them off.
    pub rates: Option<Rates>,
}

/// How often a caller may ask. Buckets leak evenly; `burst` is their size.
#[derive(Clone, Debug)]
pub struct Rates {
    /// Each (tenant, credential).
    pub credential: Rate,
    /// Each address (IPv6: each /64).
    pub address: Rate,
    /// Mutations that check or hash a password, each (tenant, address).
    pub sign_in: Rate,
}

/// So many a minute, and so many at once.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// Requests a minute in the long run.
    pub per_minute: u32,
    /// Requests at once.
    pub burst: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1 << 20,
            body_time: Duration::from_secs(15),
            document_bytes: 16 << 10,
            tokens: 2_000,
            nesting: 32,
            operations: 10,
            fragments: 50,
            nodes: 4_000,
            depth: 12,
            introspection_depth: 20,
            aliases: 30,
            directives: 10,
            root_fields: 10,
            root_mutations: 4,
            credential_mutations: 1,
            credential_fields: ["sessionCreate", "buyerRegister", "passwordChange"].map(String::from).into(),
            rechecking_fields: vec!["orderPlace".into()],
            list_items: 100,
            cost: 1_000,
            page_default: 20,
            page_max: 100,
            list_bound: 2,
            errors: 5,
            request_time: Duration::from_secs(10),
            in_flight: 512,
            uploads: 8,
            upload_time: Duration::from_mins(10),
            document_cache_bytes: 32 << 20,
            trusted_only: false,
            init_time: Duration::from_secs(5),
            frame_bytes: 64 << 10,
            subscriptions: 20,
            messages_per_second: 10,
            message_burst: 50,
            send_time: Duration::from_secs(10),
            ping_every: Duration::from_secs(12),
            heartbeat: Duration::from_secs(12),
            sockets: 10_000,
            sockets_per_address: 100,
            connections: 16_384,
            connections_per_address: 512,
            header_time: Duration::from_secs(5),
            idle_time: Duration::from_mins(1),
            write_time: Duration::from_secs(30),
            drain_time: Duration::from_secs(10),
            rates: Some(Rates {
                credential: Rate { per_minute: 1_200, burst: 300 },
                address: Rate { per_minute: 3_000, burst: 600 },
                // Whole households, and more, share an address.
                sign_in: Rate { per_minute: 30, burst: 20 },
            }),
        }
    }
}

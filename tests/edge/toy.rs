//! A schema with one field for each thing that may go wrong.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use async_graphql::{
    Context, Error, ErrorExtensions, InputObject, Object, OneofObject, Request, Response, Result, Schema,
    SimpleObject, Subscription,
};
use cardamom::http::{Backend, Credentials, Denied, LastEventId, Upload, Uploaded};
use futures_util::{Stream, StreamExt, stream::BoxStream};
use serde_json::json;
use tokio::{io::AsyncReadExt, sync::watch};

#[derive(Clone, Default)]
pub struct Item;

#[Object]
impl Item {
    async fn id(&self) -> &str {
        "itm_1"
    }
    async fn inner(&self) -> Item {
        Item
    }
    async fn list(&self) -> Vec<Item> {
        vec![Item]
    }
    async fn items(&self, first: Option<i32>) -> ItemConnection {
        let _ = first;
        ItemConnection
    }
}

pub struct ItemConnection;

#[Object]
impl ItemConnection {
    async fn nodes(&self) -> Vec<Item> {
        vec![Item]
    }
    async fn edges(&self) -> Vec<ItemEdge> {
        vec![ItemEdge { cursor: "c".into(), node: Item }]
    }
}

#[derive(SimpleObject)]
pub struct ItemEdge {
    cursor: String,
    node: Item,
}

#[derive(OneofObject)]
pub enum Choice {
    Number(i32),
    Word(String),
}

#[derive(InputObject)]
pub struct Wish {
    word: String,
    times: Option<i32>,
}

pub struct Query;

#[Object]
impl Query {
    async fn hello(&self) -> &str {
        "world"
    }
    async fn echo(&self, text: String) -> String {
        text
    }
    async fn sum(&self, numbers: Vec<i32>) -> i32 {
        numbers.iter().sum()
    }
    async fn choose(&self, choice: Choice) -> String {
        match choice {
            Choice::Number(number) => number.to_string(),
            Choice::Word(word) => word,
        }
    }
    async fn wish(&self, wish: Wish) -> String {
        wish.word.repeat(usize::try_from(wish.times.unwrap_or(1)).unwrap_or(0))
    }
    async fn item(&self) -> Item {
        Item
    }
    async fn items(&self, first: Option<i32>) -> ItemConnection {
        let _ = first;
        ItemConnection
    }
    async fn failing(&self) -> Option<Result<String>> {
        Some(Err(Error::new("no table secret_table")))
    }
    async fn forbidden(&self) -> Option<Result<String>> {
        Some(Err(Error::new("Not yours").extend_with(|_, values| values.set("code", "FORBIDDEN"))))
    }
    async fn panicking(&self) -> String {
        std::hint::black_box(None::<String>).expect("the toy panics on purpose")
    }
    async fn slow(&self, ms: u64) -> u64 {
        tokio::time::sleep(Duration::from_millis(ms)).await;
        ms
    }
    async fn last_event_id(&self, ctx: &Context<'_>) -> Option<String> {
        ctx.data_opt::<LastEventId>().map(|id| id.0.clone())
    }
}

pub struct Mutation(Arc<AtomicUsize>);

#[Object]
impl Mutation {
    async fn bump(&self) -> usize {
        self.0.fetch_add(1, SeqCst) + 1
    }
    async fn slow_bump(&self, ms: u64) -> usize {
        tokio::time::sleep(Duration::from_millis(ms)).await;
        self.0.fetch_add(1, SeqCst) + 1
    }
    async fn session_create(&self) -> bool {
        true
    }
    async fn buyer_register(&self) -> bool {
        true
    }
    async fn tenant_create(&self) -> bool {
        true
    }
    async fn staff_create(&self) -> bool {
        true
    }
}

#[derive(SimpleObject, Clone)]
pub struct Tick {
    cursor: String,
    value: i32,
    ballast: String,
}

fn tick(value: i32) -> Tick {
    Tick { cursor: format!("c{value}"), value, ballast: String::new() }
}

pub struct Subscriptions(Arc<AtomicUsize>);

#[Subscription]
impl Subscriptions {
    async fn count(&self, to: i32) -> impl Stream<Item = Tick> {
        futures_util::stream::iter(1..=to).map(tick)
    }
    async fn resumed(&self, ctx: &Context<'_>) -> impl Stream<Item = String> + use<> {
        let last = ctx.data_opt::<LastEventId>().map_or("nothing".into(), |id| id.0.clone());
        futures_util::stream::iter([last])
    }
    async fn silent(&self) -> impl Stream<Item = Tick> {
        futures_util::stream::pending()
    }
    /// As much as is taken, counted.
    async fn firehose(&self) -> impl Stream<Item = Tick> + use<> {
        let sent = self.0.clone();
        futures_util::stream::repeat_with(move || {
            let value = i32::try_from(sent.fetch_add(1, SeqCst)).unwrap_or(0);
            Tick { ballast: "x".repeat(20_000), ..tick(value) }
        })
    }
    async fn refused(&self) -> Result<impl Stream<Item = Tick>> {
        if true {
            return Err(Error::new("Not yours").extend_with(|_, values| values.set("code", "FORBIDDEN")));
        }
        Ok(futures_util::stream::pending())
    }
    async fn panicking(&self) -> impl Stream<Item = Tick> {
        futures_util::stream::iter(1..3)
            .map(|value| if value == 2 { panic!("on purpose") } else { tick(value) })
    }
}

#[derive(Clone)]
pub struct Toy {
    schema: Schema<Query, Mutation, Subscriptions>,
    /// Mutations that ran.
    pub bumps: Arc<AtomicUsize>,
    /// Requests that reached the executor.
    pub executed: Arc<AtomicUsize>,
    /// Requests that the executor has finished.
    pub completed: Arc<AtomicUsize>,
    /// Events that the firehose made.
    pub fired: Arc<AtomicUsize>,
    /// Turned on, every session ends.
    pub revoked: Arc<watch::Sender<bool>>,
    pub ready: Arc<watch::Sender<bool>>,
    /// Turned on, whatever is begun would only wait.
    pub busy: Arc<watch::Sender<bool>>,
    /// Turned off, it is not found out who is asking.
    pub knows: Arc<watch::Sender<bool>>,
    /// Callers that somebody asked about.
    pub asked: Arc<AtomicUsize>,
}

impl Toy {
    pub fn new() -> Self {
        let (bumps, fired) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let schema = Schema::build(Query, Mutation(bumps.clone()), Subscriptions(fired.clone())).finish();
        let switch = |on| Arc::new(watch::Sender::new(on));
        Self {
            schema,
            bumps,
            fired,
            executed: Arc::default(),
            completed: Arc::default(),
            revoked: switch(false),
            ready: switch(true),
            busy: switch(false),
            knows: switch(true),
            asked: Arc::default(),
        }
    }
}

#[derive(Clone)]
pub struct Session {
    key: Option<String>,
    place: String,
}

impl Backend for Toy {
    type Session = Session;

    fn sdl(&self) -> String {
        self.schema.sdl()
    }

    async fn identify(&self, credentials: Credentials) -> Result<Session, Denied> {
        self.asked.fetch_add(1, SeqCst);
        let _ = self.knows.subscribe().wait_for(|knows| *knows).await;
        match credentials.tenant.as_deref() {
            Some("closed") => return Err(Denied::Forbidden),
            Some("nowhere") => return Err(Denied::TenantRequired),
            Some("busy") => return Err(Denied::Unavailable),
            _ => {}
        }
        // A name may be written large or small: it leads to the same place.
        let place = credentials.tenant.or(credentials.host).unwrap_or_default().to_lowercase();
        match credentials.authorization {
            None => Ok(Session { key: None, place }),
            Some(key) if key.starts_with("Bearer good") => Ok(Session { key: Some(key), place }),
            Some(_) => Err(Denied::Unauthenticated),
        }
    }

    fn bucket(&self, session: &Session) -> Option<String> {
        session.key.clone()
    }

    fn place(&self, session: &Session) -> String {
        session.place.clone()
    }

    async fn execute(&self, _: Session, request: Request) -> Response {
        self.executed.fetch_add(1, SeqCst);
        let response = self.schema.execute(request).await;
        self.completed.fetch_add(1, SeqCst);
        response
    }

    fn subscribe(&self, _: Session, request: Request) -> BoxStream<'static, Response> {
        self.executed.fetch_add(1, SeqCst);
        self.schema.execute_stream(request).boxed()
    }

    /// Tells how many bytes came.
    async fn upload(&self, _: Session, mut upload: Upload) -> Uploaded {
        self.executed.fetch_add(1, SeqCst);
        let mut bytes = Vec::new();
        let status = if upload.content.read_to_end(&mut bytes).await.is_ok() { 202 } else { 400 };
        self.completed.fetch_add(1, SeqCst);
        Uploaded { status, body: json!({ "status": status, "bytes": bytes.len() }) }
    }

    async fn ended(&self, _: Session) {
        let mut revoked = self.revoked.subscribe();
        if revoked.wait_for(|revoked| *revoked).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    fn is_busy(&self) -> bool {
        *self.busy.borrow()
    }

    async fn ready(&self) -> bool {
        *self.ready.borrow()
    }
}

//! Those who follow tenants' logs the whole time, by socket and by page, each from its own cursor on: whatever
//! is cut, they see every event once and in order.

use crate::{
    plan::Dice,
    run::Run,
    support::{Client, Silence, Socket, events_query, tenant_events},
};
use serde_json::{Value, json};
use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{task::JoinSet, time::timeout};

/// A heartbeat comes before this: else the connection is dead, and nobody has said so.
const SILENCE: Duration = Duration::from_secs(20);
/// Between two tries to come back, and between two looks of who polls.
const PAUSE: Duration = Duration::from_millis(200);

/// What one of them has seen of one log.
pub struct Seen {
    /// Whose log, by whom, how.
    pub name: String,
    /// Whose log.
    pub tenant: String,
    rows: Mutex<Rows>,
}

#[derive(Default)]
struct Rows {
    // In the order that they were numbered in: the hash of an event's id, and that of what it says.
    events: Vec<(u64, u64)>,
    cursor: Value,
    repeats: u64,
    connections: u64,
}

/// What an event says, as short as can be compared.
pub fn content(kind: &str, subject: &str, order: &str, claim: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (kind, subject, order, claim).hash(&mut hasher);
    hasher.finish()
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

impl Seen {
    fn of(tenant: &str, name: String) -> Arc<Self> {
        Arc::new(Self { name, tenant: tenant.to_owned(), rows: Mutex::default() })
    }

    /// How many events it has seen.
    pub fn count(&self) -> usize {
        self.rows.lock().unwrap().events.len()
    }

    /// What each of them said, in order.
    pub fn contents(&self) -> Vec<u64> {
        self.rows.lock().unwrap().events.iter().map(|(_, content)| *content).collect()
    }

    /// The id of each of them, in order.
    pub fn ids(&self) -> Vec<u64> {
        self.rows.lock().unwrap().events.iter().map(|(id, _)| *id).collect()
    }

    /// For whoever reads the run's output.
    pub fn told(&self) -> String {
        let rows = self.rows.lock().unwrap();
        let (count, repeats, connections) = (rows.events.len(), rows.repeats, rows.connections);
        format!("{}: {count} events over {connections} connections, {repeats} of them again", self.name)
    }

    fn cursor(&self) -> Value {
        self.rows.lock().unwrap().cursor.clone()
    }

    fn take(&self, run: &Run, event: &Value) {
        let mut rows = self.rows.lock().unwrap();
        let text = |name: &str| event[name].as_str().unwrap_or_default();
        let before = rows.cursor.take();
        rows.cursor = event["cursor"].clone();
        let kind = text("type");
        if kind.is_empty() {
            return;
        }
        let says = content(kind, text("subjectId"), text("orderStatus"), text("claimStatus"));
        let (seq, row) = (text("seq").parse::<usize>().unwrap(), (hash(text("id")), says));
        let last = rows.events.len();
        if seq == last + 1 {
            rows.events.push(row);
        } else if seq <= last && seq > 0 && rows.events[seq - 1] == row {
            rows.repeats += 1;
            rows.cursor = before;
        } else {
            run.violation(format!("{}: event {seq} behind {last}: {event}", self.name));
            rows.cursor = before;
        }
    }
}

/// All of them.
pub struct Followers {
    /// What each has seen.
    pub seen: Vec<Arc<Seen>>,
    tasks: JoinSet<()>,
}

impl Followers {
    /// Begins to follow: everybody from the beginning of its log.
    pub fn begin(run: &Arc<Run>) -> Self {
        let world = &run.world;
        let (shop, hot) = (&world.shop, &world.places[0].site);
        let mut followers = Self { seen: Vec::new(), tasks: JoinSet::new() };
        let operator = ("operator", &shop.operator);
        for (name, who) in [operator, ("busy site", &hot.owner), ("middle tier", &shop.a.owner)] {
            followers.add(run, name, who, None);
        }
        for (at, name, who) in [
            (0, operator.0, operator.1),
            (1, operator.0, operator.1),
            (0, "busy site", &hot.owner),
            (1, "busy site", &hot.owner),
            (1, "supplier", &shop.supplier.owner),
            (0, "quiet site", &world.places[1].site.owner),
        ] {
            followers.add(run, name, who, Some(at));
        }
        followers
    }

    fn add(&mut self, run: &Arc<Run>, name: &str, who: &Client, at: Option<usize>) {
        let number = self.seen.len() as u64;
        let how = at.map_or("by page".into(), |at| format!("by socket at {}", run.nodes[at].name));
        let seen = Seen::of(&who.tenant, format!("{name}'s log {how}"));
        self.seen.push(Arc::clone(&seen));
        let (run, who) = (Arc::clone(run), who.clone());
        let dice = Dice::of(run.plan.seed, "follower", number);
        match at {
            None => self.tasks.spawn(poll(run, who, seen, dice)),
            Some(at) => self.tasks.spawn(follow(run, who, seen, at, dice)),
        };
    }

    /// Ends all of them.
    pub async fn end(&mut self) {
        self.tasks.shutdown().await;
    }
}

async fn poll(run: Arc<Run>, who: Client, seen: Arc<Seen>, mut dice: Dice) {
    loop {
        let more = page(&run, &who, &seen, &mut dice, 100).await;
        if more != Some(true) {
            tokio::time::sleep(PAUSE).await;
        }
    }
}

// Whether there is more; none where nobody answered.
async fn page(run: &Run, who: &Client, seen: &Seen, dice: &mut Dice, size: u32) -> Option<bool> {
    let node = dice.pick(&run.nodes);
    let variables = json!({"a": seen.cursor(), "n": size});
    let answer = who.attempt(&node.url(), &events_query(), &variables, SILENCE).await;
    let page = match answer {
        Ok((200, body)) if body.get("errors").is_none() => body["data"]["events"].clone(),
        Ok(_) | Err(Silence::NotSent | Silence::Lost(_)) => return None,
    };
    for event in page["nodes"].as_array()? {
        seen.take(run, event);
    }
    let mut rows = seen.rows.lock().unwrap();
    rows.cursor = page["endCursor"].clone();
    rows.connections += 1;
    page["hasMore"].as_bool()
}

async fn follow(run: Arc<Run>, who: Client, seen: Arc<Seen>, mut at: usize, mut dice: Dice) {
    // A cursor to begin behind: a socket without one hears what happens from now on.
    while page(&run, &who, &seen, &mut dice, 1).await.is_none() {
        tokio::time::sleep(PAUSE).await;
    }
    loop {
        let until = 50 + dice.below(400);
        if connection(&run, &who, &seen, at, until).await.is_none() {
            // The other server goes on where this one has stopped; later it comes back.
            at = 1 - at;
            tokio::time::sleep(PAUSE).await;
        }
    }
}

// One socket: until it has brought so many events, or (none) has broken.
async fn connection(run: &Run, who: &Client, seen: &Seen, at: usize, until: u64) -> Option<()> {
    let socket = timeout(SILENCE, Socket::dial(who, &run.nodes[at].url())).await;
    let mut socket = socket.ok()??;
    let heard = timeout(SILENCE, socket.hear()).await.ok()?.ok()?;
    if heard["type"] != "connection_ack" {
        return None;
    }
    seen.rows.lock().unwrap().connections += 1;
    let payload = json!({"query": tenant_events(), "variables": {"a": seen.cursor()}});
    let subscribe = json!({"id": "1", "type": "subscribe", "payload": payload});
    if !socket.try_say(subscribe).await {
        return None;
    }
    for _ in 0..until {
        let heard = timeout(SILENCE, socket.hear()).await.ok()?.ok()?;
        let event = &heard["payload"]["data"]["tenantEvents"];
        if heard["type"] != "next" || event.is_null() {
            return None;
        }
        seen.take(run, event);
    }
    socket.vanish();
    Some(())
}

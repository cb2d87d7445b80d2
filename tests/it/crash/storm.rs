//! Orders from many hands at once, each with a key of its own; what came of each is written down.

use crate::support::{Client, ORDER_PLACE, Server, Shop, errors, fresh};
use serde_json::Value;
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

const HANDS: usize = 20;

/// The order that a key was answered with; none while that is not known.
type Answers = Arc<Mutex<BTreeMap<(usize, String), Option<String>>>>;

/// A shop under orders of one card each.
pub struct Storm {
    http: reqwest::Client,
    buyers: Vec<Client>,
    input: Value,
    answers: Answers,
    acks: Arc<AtomicUsize>,
}

/// Hands at work.
pub struct Running {
    hands: JoinSet<()>,
    stopped: Arc<AtomicBool>,
    outlive: Arc<AtomicBool>,
}

impl Running {
    /// From now on a request that fails is sent again, with the same key, until it is answered.
    pub fn outliving(self) -> Self {
        self.outlive.store(true, Ordering::SeqCst);
        self
    }

    /// Waits until every hand has met a failure.
    pub async fn join(self) {
        self.hands.join_all().await;
    }

    /// Lets every hand finish what it is at.
    pub async fn stop(self) {
        self.stopped.store(true, Ordering::SeqCst);
        self.hands.join_all().await;
    }
}

impl Storm {
    /// So many buyers with enough in their wallets.
    pub async fn of(shop: &Shop, buyers: usize) -> Self {
        let mut all = Vec::new();
        for _ in 0..buyers {
            all.push(shop.buyer(100_000_000).await);
        }
        Self {
            http: reqwest::Client::new(),
            buyers: all,
            input: shop.order(1, "95.40", ""),
            answers: Answers::default(),
            acks: Arc::default(),
        }
    }

    /// Lets the hands loose on a server.
    pub fn begin(&mut self, url: &str) -> Running {
        self.acks = Arc::default();
        let (stopped, outlive) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let mut hands = JoinSet::new();
        for hand in 0..HANDS {
            let who = hand % self.buyers.len();
            let ask = self.ask(url, who);
            let (answers, acks) = (Arc::clone(&self.answers), Arc::clone(&self.acks));
            let (stopped, outlive) = (Arc::clone(&stopped), Arc::clone(&outlive));
            hands.spawn(async move {
                while !stopped.load(Ordering::SeqCst) {
                    let key = fresh("storm");
                    answers.lock().unwrap().insert((who, key.clone()), None);
                    let started = Instant::now();
                    loop {
                        if let Some(order) = ask.place(&key).await {
                            answers.lock().unwrap().insert((who, key), Some(order));
                            acks.fetch_add(1, Ordering::SeqCst);
                            break;
                        }
                        if !outlive.load(Ordering::SeqCst) {
                            return;
                        }
                        assert!(started.elapsed() < Duration::from_mins(1), "{key} is not answered");
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                }
            });
        }
        Running { hands, stopped, outlive }
    }

    /// Waits for so many more acknowledged orders.
    pub async fn wait_for_acks(&self, more: usize) {
        let (wanted, started) = (self.acks.load(Ordering::SeqCst) + more, Instant::now());
        while self.acks.load(Ordering::SeqCst) < wanted {
            assert!(started.elapsed() < Duration::from_mins(1), "no more orders are acknowledged");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The keys whose orders may or may not be there.
    pub fn unknown(&self) -> Vec<(usize, String)> {
        let answers = self.answers.lock().unwrap();
        answers.iter().filter(|(_, order)| order.is_none()).map(|(key, _)| key.clone()).collect()
    }

    /// Sends one again; it must be answered now.
    pub async fn insist(&self, url: &str, who: usize, key: &str) {
        let order = self.ask(url, who).place(key).await;
        assert!(order.is_some(), "{key} is not answered");
        self.answers.lock().unwrap().insert((who, key.to_owned()), order);
    }

    /// Sends one order under one key to several servers at once: they must answer the same one.
    pub async fn everywhere(&self, urls: &[&str], who: usize) {
        let key = fresh("storm");
        let asks: Vec<Ask> = urls.iter().map(|url| self.ask(url, who)).collect();
        let orders = futures_util::future::join_all(asks.iter().map(|ask| ask.place(&key))).await;
        assert!(orders[0].is_some() && orders.iter().all(|order| *order == orders[0]), "{orders:?}");
        self.answers.lock().unwrap().insert((who, key), orders[0].clone());
    }

    /// Every acknowledged order is there, and every key has had exactly one effect.
    pub async fn assert_each_has_one_effect(&self, server: &Server) {
        let mut connection = superuser(server, "cardamom").await;
        let there: Vec<(String, String)> = sqlx::query_as(
            "select i.key, 'ord_' || replace(o.order_id::text, '-', '') from orders o
               join idempotency i on i.network_id = o.network_id and i.result_id = o.order_id",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        connection.close().await.unwrap();
        let answers = self.answers.lock().unwrap();
        let there: BTreeMap<&str, &str> =
            there.iter().map(|(key, order)| (key.as_str(), order.as_str())).collect();
        let answered: BTreeMap<&str, &str> = answers
            .iter()
            .map(|((_, key), order)| (key.as_str(), order.as_deref().unwrap_or("not known")))
            .collect();
        assert_eq!(there, answered);
    }

    fn ask(&self, url: &str, who: usize) -> Ask {
        let mut buyer = self.buyers[who].clone();
        url.clone_into(&mut buyer.url);
        Ask { http: self.http.clone(), buyer, input: self.input.clone() }
    }
}

struct Ask {
    http: reqwest::Client,
    buyer: Client,
    input: Value,
}

impl Ask {
    // The order's id; none when the answer does not say whether there is one.
    async fn place(&self, key: &str) -> Option<String> {
        let mut variables = self.input.clone();
        variables["i"]["idempotencyKey"] = key.into();
        let request =
            self.http.post(format!("{}/graphql", self.buyer.url)).header("x-tenant", &self.buyer.tenant);
        let request =
            request.bearer_auth(self.buyer.token.as_ref().unwrap()).timeout(Duration::from_secs(20));
        let body = serde_json::json!({"query": ORDER_PLACE, "variables": variables});
        let answer: Value = request.json(&body).send().await.ok()?.json().await.ok()?;
        assert_eq!(errors(&answer), Vec::<String>::new(), "{answer}");
        answer["data"]["orderPlace"]["order"]["id"].as_str().map(str::to_owned)
    }
}

/// Connects to a server's private PostgreSQL, past everything.
pub async fn superuser(server: &Server, database: &str) -> PgConnection {
    let data = server.folder().join("data");
    let (socket, port) = cardamom::foundation::postgres::socket_of(&data).unwrap();
    let options = PgConnectOptions::new_without_pgpass().socket(socket).port(port).username("postgres");
    PgConnection::connect_with(&options.database(database)).await.unwrap()
}

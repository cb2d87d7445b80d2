//! One run: what all its parts share, and how an operation is asked for until its outcome is known.

use crate::{
    cluster::Cluster,
    fleet::Node,
    history::{History, Said},
    plan::{Dice, Plan},
    support::{Client, Silence},
    world::World,
};
use serde_json::{Value, json};
use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// How long one request is waited for; then it is sent again, perhaps elsewhere.
const WITHIN: Duration = Duration::from_secs(10);
/// How long an operation is asked for once the load has stopped and everything is healed.
const AFTERWARDS: Duration = Duration::from_mins(1);
/// Between two requests of one operation.
const PAUSE: Duration = Duration::from_millis(100);
/// The same where a server has said that there is too much: about what it asks for.
const LATER: Duration = Duration::from_secs(1);

/// One operation.
#[derive(Clone)]
pub struct Call {
    /// The mutation.
    pub op: &'static str,
    /// Names it in the history; where the mutation takes one, its idempotency key.
    pub key: String,
    /// Who asks.
    pub who: Client,
    /// What is asked.
    pub document: String,
    /// With what.
    pub variables: Value,
    /// What the history needs to know about it.
    pub facts: Value,
    /// How it is found out at the end what became of it.
    pub settle: Settle,
}

/// How an outcome that is not known is found out once all is quiet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settle {
    /// By asking again with the same key.
    Key,
    /// By reading the order.
    Order(String),
    /// By reading the claim.
    Claim(String),
    /// It makes no difference to what is looked at.
    Nothing,
}

/// What became of one.
#[derive(Debug)]
pub enum Outcome {
    /// Done: the payload.
    Done(Value),
    /// Refused, for certain without effect: the errors.
    Refused(Value),
    /// Refused for who asks.
    Denied,
    /// Not known, and left for the end.
    Left,
}

/// The parts.
pub struct Run {
    /// Two servers. First, because they end before their database.
    pub nodes: [Node; 2],
    /// Their database.
    pub cluster: Cluster,
    /// What is to happen.
    pub plan: Plan,
    /// What has happened.
    pub history: History,
    /// Who takes part.
    pub world: World,
    /// Operations whose outcome is looked up at the end.
    pub left: Mutex<Vec<Call>>,
    /// Imports that were answered: they may still have been at work.
    pub imports: Mutex<Vec<Call>>,
    /// Sentences that did not hold.
    pub violations: Mutex<Vec<String>>,
    stopped: AtomicBool,
    stopped_at: Mutex<Option<Instant>>,
}

impl Run {
    /// A run that can begin.
    pub fn new(nodes: [Node; 2], cluster: Cluster, plan: Plan, history: History, world: World) -> Self {
        Self {
            nodes,
            cluster,
            plan,
            history,
            world,
            left: Mutex::default(),
            imports: Mutex::default(),
            violations: Mutex::default(),
            stopped: AtomicBool::new(false),
            stopped_at: Mutex::default(),
        }
    }

    /// A sentence does not hold.
    pub fn violation(&self, what: String) {
        self.history.line("violation", json!({"text": what}));
        println!("VIOLATION: {what}");
        self.violations.lock().unwrap().push(what);
    }

    /// No operation is begun any more, and every fault is healed.
    pub fn stop(&self) {
        *self.stopped_at.lock().unwrap() = Some(Instant::now());
        self.stopped.store(true, Ordering::SeqCst);
    }

    /// Whether that is so.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// Asks for an operation until it is known what became of it; some of those that are not known at first are
    /// left for the end, so that it is seen what the servers made of them by themselves.
    pub async fn ask(&self, call: Call, dice: &mut Dice) -> Outcome {
        let counts = &self.history.counts;
        let line = |event: &str, node: &Node, more: Value| {
            let mut line = json!({"op": call.op, "key": call.key, "who": call.who.tenant, "node": node.name});
            if event == "invoke" || event == "ok" {
                line["facts"] = call.facts.clone();
            }
            line["is"] = more;
            self.history.line(event, line);
        };
        let mut doubtful = false;
        loop {
            let mut pause = PAUSE;
            let node = dice.pick(&self.nodes);
            counts.sent.fetch_add(1, Ordering::SeqCst);
            line("invoke", node, Value::Null);
            let answer = call.who.attempt(&node.url(), &call.document, &call.variables, WITHIN).await;
            match Said::of(answer) {
                Said::Done(payload) => {
                    line("ok", node, payload.clone());
                    counts.done.fetch_add(1, Ordering::SeqCst);
                    if doubtful {
                        counts.resolved.fetch_add(1, Ordering::SeqCst);
                    }
                    return Outcome::Done(payload);
                }
                // An earlier request of it may still be under way somewhere: nothing is certain before the end.
                Said::Refused(errors) if doubtful => {
                    line("unknown", node, json!({"refused after a doubt": errors}));
                    return self.leave(call);
                }
                Said::Refused(errors) => {
                    line("fail", node, errors.clone());
                    counts.refused.fetch_add(1, Ordering::SeqCst);
                    return Outcome::Refused(errors);
                }
                Said::Denied(code) => {
                    line("fail", node, json!(code));
                    counts.refused.fetch_add(1, Ordering::SeqCst);
                    return if doubtful { self.leave(call) } else { Outcome::Denied };
                }
                Said::TurnedAway(by_server) => {
                    line("fail", node, json!("turned away"));
                    if by_server {
                        pause = LATER;
                    }
                    counts.turned_away.fetch_add(1, Ordering::SeqCst);
                }
                Said::Unknown(why) => {
                    line("unknown", node, json!(why));
                    if !doubtful {
                        counts.unknown.fetch_add(1, Ordering::SeqCst);
                    }
                    doubtful = true;
                    if dice.chance(25) {
                        return self.leave(call);
                    }
                }
            }
            if self.is_over() {
                return self.leave(call);
            }
            tokio::time::sleep(pause).await;
        }
    }

    fn leave(&self, call: Call) -> Outcome {
        self.left.lock().unwrap().push(call);
        Outcome::Left
    }

    fn is_over(&self) -> bool {
        self.stopped_at.lock().unwrap().is_some_and(|at| at.elapsed() > AFTERWARDS)
    }

    /// Reads something, from whichever server answers: the value of the query's first field.
    pub async fn look(&self, who: &Client, document: &str, variables: Value) -> Value {
        let started = Instant::now();
        let mut turn = started.elapsed().subsec_nanos() as usize;
        loop {
            turn += 1;
            let node = &self.nodes[turn % 2];
            let why = match who.attempt(&node.url(), document, &variables, WITHIN).await {
                Ok((200, body)) if body.get("errors").is_none() => {
                    return body["data"].as_object().unwrap().values().next().unwrap().clone();
                }
                Ok((status, body)) => format!("{status} {body}"),
                Err(Silence::NotSent) => "nobody is there".into(),
                Err(Silence::Lost(why)) => why,
            };
            assert!(started.elapsed() < Duration::from_mins(5), "{document} is not answered: {why}");
            tokio::time::sleep(PAUSE).await;
        }
    }
}

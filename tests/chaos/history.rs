//! What was asked and what came of it, a line each, written before anything else happens.

use crate::support::Silence;
use serde_json::{Value, json};
use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// Counted as it happens.
#[derive(Default)]
pub struct Counts {
    /// Requests that were sent, repetitions too: what faults are timed by.
    pub sent: AtomicU64,
    /// Operations that were answered as done.
    pub done: AtomicU64,
    /// Operations that were refused.
    pub refused: AtomicU64,
    /// Requests that were turned away before they were looked at.
    pub turned_away: AtomicU64,
    /// Operations whose outcome was not known at first.
    pub unknown: AtomicU64,
    /// Of these, those that are known now.
    pub resolved: AtomicU64,
}

/// The file: one write a line, so that it holds all there is even when this process is killed.
pub struct History {
    path: PathBuf,
    file: Mutex<File>,
    began: Instant,
    /// How much there is of what.
    pub counts: Counts,
}

impl History {
    /// An empty one.
    pub fn new(path: &Path) -> Self {
        let file = File::options().append(true).create_new(true).open(path).unwrap();
        Self {
            path: path.to_owned(),
            file: Mutex::new(file),
            began: Instant::now(),
            counts: Counts::default(),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A line. Its time is for people: nothing is decided by it.
    pub fn line(&self, event: &str, mut more: Value) {
        let line = more.as_object_mut().unwrap();
        line.insert("event".into(), event.into());
        line.insert("ms".into(), u64::try_from(self.began.elapsed().as_millis()).unwrap().into());
        let text = format!("{more}\n");
        self.file.lock().unwrap().write_all(text.as_bytes()).unwrap();
    }

    /// Something that the harness did, for the file and for whoever watches.
    pub fn note(&self, text: &str) {
        self.line("note", json!({"text": text}));
        println!("{:>6.1} s  {text}", self.began.elapsed().as_secs_f64());
    }

    /// Waits for so many more requests: the clock that faults go by.
    pub async fn wait_for_sent(&self, more: u64) {
        wait_for("more requests", &self.counts.sent, more).await;
    }

    /// Waits for so many more operations to be answered as done.
    pub async fn wait_for_done(&self, more: u64) {
        wait_for("more acknowledged operations", &self.counts.done, more).await;
    }
}

async fn wait_for(what: &str, count: &AtomicU64, more: u64) {
    let wanted = count.load(Ordering::SeqCst) + more;
    let (mut seen, mut moved) = (0, Instant::now());
    loop {
        let now = count.load(Ordering::SeqCst);
        if now >= wanted {
            return;
        }
        if now != seen {
            (seen, moved) = (now, Instant::now());
        }
        // Not how slow it is, but that nothing at all happens.
        assert!(moved.elapsed() < Duration::from_mins(3), "waited in vain for {what}: {now} of {wanted}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// What an answer says about an operation.
#[derive(Debug)]
pub enum Said {
    /// It was done: the payload.
    Done(Value),
    /// It was refused for a reason of the trade, and has no effect: the errors.
    Refused(Value),
    /// It was refused for who asks, and has no effect: the code.
    Denied(String),
    /// It was turned away before it was looked at; by a server, or because there is none.
    TurnedAway(bool),
    /// It may or may not have been done.
    Unknown(String),
}

impl Said {
    /// Reads an answer to a document with one mutation.
    pub fn of(answer: Result<(u16, Value), Silence>) -> Self {
        let (status, body) = match answer {
            Ok(answer) => answer,
            Err(Silence::NotSent) => return Self::TurnedAway(false),
            Err(Silence::Lost(why)) => return Self::Unknown(why),
        };
        let code = body["errors"][0]["extensions"]["code"].as_str();
        match (status, code) {
            (429 | 503, Some("THROTTLED" | "UNAVAILABLE")) if body.get("data").is_none() => {
                Self::TurnedAway(true)
            }
            (_, Some(code @ ("UNAVAILABLE" | "INTERNAL"))) => Self::Unknown(code.to_owned()),
            (_, Some(code)) => Self::Denied(code.to_owned()),
            (200, None) => {
                let payload = body["data"].as_object().and_then(|data| data.values().next()).cloned();
                let payload = payload.unwrap_or_default();
                match payload["errors"].as_array().map(Vec::is_empty) {
                    Some(true) => Self::Done(payload),
                    Some(false) => Self::Refused(payload["errors"].clone()),
                    None => Self::Unknown(format!("no payload: {body}")),
                }
            }
            _ => Self::Unknown(format!("{status}: {body}")),
        }
    }
}

//! What those who follow a log may rely on.

use super::{Ground, event, of_buyer};
use crate::{
    events::{Envelope, Event, EventType, Feed, Filter, Follow, Start, log, sequencer, stream},
    foundation::{Db, No, Scope, id::UserId},
};
use futures_util::{Stream, StreamExt};
use sqlx::SqlStr;
use std::{
    pin::Pin,
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

type Followed = Pin<Box<dyn Stream<Item = Result<Envelope, No>> + Send>>;

/// One process: its pool, its feed, its sequencer.
struct Process {
    db: Db,
    feed: Feed,
    stop: CancellationToken,
}

impl Process {
    fn start(db: Db, sequences: bool) -> Self {
        let (feed, stop) = (Feed::new(), CancellationToken::new());
        if sequences {
            tokio::spawn(sequencer::run(db.clone(), feed.clone(), stop.clone()));
        }
        tokio::spawn({
            let (db, feed, stop) = (db.clone(), feed.clone(), stop.clone());
            async move { feed.run(db, stop).await }
        });
        Self { db, feed, stop }
    }

    async fn follow(&self, scope: Scope, follow: Follow) -> Followed {
        Box::pin(stream(self.db.clone(), self.feed.clone(), scope, follow).await.unwrap())
    }
}

fn now() -> Follow {
    Follow::from(Start::Now)
}

fn after(seq: i64) -> Follow {
    Follow::from(Start::After(seq))
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn next(followed: &mut Followed, within: Duration) -> Envelope {
    let next = tokio::time::timeout(within, followed.next()).await.expect("it came too late");
    next.unwrap().unwrap()
}

async fn subject(followed: &mut Followed) -> String {
    let envelope = next(followed, Duration::from_secs(5)).await;
    envelope.event.expect("an event").subject.clone().unwrap()
}

#[tokio::test]
async fn a_follower_in_another_process_hears_within_a_second_whatever_is_cut() {
    let ground = Ground::new().await;
    let here = Process::start(ground.db.clone(), true);
    let there = Process::start(ground.another().await, false);
    let mut followed = there.follow(ground.staff(1), now()).await;
    let mut slowest = Duration::ZERO;
    for round in 0..20 {
        if round > 10 {
            ground.cut(true).await; // its listener hears nothing
        }
        ground.tell(&[event(&ground.tenants, &format!("1:{round}"))]).await;
        // From when it has its number: what goes on elsewhere on the server may delay that.
        ground.numbered(1, round + 1).await;
        let told = Instant::now();
        let envelope = next(&mut followed, Duration::from_secs(1)).await;
        slowest = slowest.max(told.elapsed());
        assert_eq!(envelope.seq, round + 1);
    }
    eprintln!("slowest {slowest:?}");
    // Every connection of every process at once: both come back, and nothing is lost.
    ground.tell(&[event(&ground.tenants, "before")]).await;
    ground.cut(false).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    while ground.db.begin(Scope::Network(ground.network)).await.is_err() {}
    ground.tell(&[event(&ground.tenants, "after")]).await;
    for expected in ["before", "after"] {
        let envelope = next(&mut followed, Duration::from_secs(5)).await;
        assert_eq!(envelope.event.unwrap().subject.as_deref(), Some(expected));
    }
    drop((followed, here, there));
    ground.close().await;
}

#[tokio::test]
async fn a_heartbeat_moves_the_cursor_past_what_was_not_asked_for() {
    let ground = Ground::new().await;
    let here = Process::start(ground.db.clone(), true);
    let staff = ground.staff(0);
    let low = |follow| Follow { types: Some(vec![EventType::StockLow]), ..follow };
    let beat = Duration::from_millis(300);
    let mut followed = here.follow(staff, Follow { heartbeat: beat, ..low(now()) }).await;
    ground.tell(&[event(&ground.tenants, "1"), event(&ground.tenants, "2")]).await;
    let mut heartbeat = next(&mut followed, Duration::from_secs(1)).await;
    while heartbeat.seq < 2 {
        heartbeat = next(&mut followed, Duration::from_secs(1)).await;
    }
    assert!(heartbeat.event.is_none());
    assert_eq!(heartbeat.seq, 2);
    drop(followed);
    assert_eq!(here.feed.followed(), 0, "the last follower takes the tail along");

    // Whoever comes back with the heartbeat's position goes on from there.
    let stock = Event { kind: EventType::StockLow, ..event(&ground.tenants, "low") };
    ground.tell(&[event(&ground.tenants, "3"), stock]).await;
    let mut followed = here.follow(staff, low(after(heartbeat.seq))).await;
    let envelope = next(&mut followed, Duration::from_secs(5)).await;
    assert_eq!((envelope.seq, envelope.event.unwrap().kind), (4, Some(EventType::StockLow)));
    let ahead = stream(ground.db.clone(), here.feed.clone(), staff, low(after(99)));
    assert!(matches!(ahead.await.map(|_| ()), Err(No::BadRequest(_))));
    let anybody = Scope::Public(ground.network, ground.tenants[0]);
    let nobody = stream(ground.db.clone(), here.feed.clone(), anybody, now());
    assert!(matches!(nobody.await.map(|_| ()), Err(No::Forbidden)));
    drop((followed, here));
    ground.close().await;
}

#[tokio::test]
async fn from_an_old_cursor_to_the_present_nothing_is_missing() {
    let ground = Ground::new().await;
    let here = Process::start(ground.db.clone(), true);
    let mut others: Vec<Followed> = Vec::new();
    for _ in 0..50 {
        others.push(here.follow(ground.staff(0), now()).await);
    }
    let telling = async {
        for batch in 0..40 {
            let events: Vec<_> =
                (0..100).map(|at| event(&ground.tenants, &format!("{batch}:{at}"))).collect();
            ground.tell(&events).await;
        }
    };
    let reading = async {
        // Begins while it is being written, far behind what the tail keeps by then.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let mut followed = here.follow(ground.staff(0), after(0)).await;
        for seq in 1..=4_000 {
            assert_eq!(next(&mut followed, Duration::from_secs(5)).await.seq, seq);
        }
    };
    let began = Instant::now();
    let sharing = futures_util::future::join_all(others.iter_mut().map(async |followed| {
        for seq in 1..=4_000 {
            let envelope = next(followed, Duration::from_secs(5)).await;
            assert_eq!(envelope.seq, seq);
        }
    }));
    tokio::join!(telling, reading, sharing);
    eprintln!("4,000 events to 51 followers in {:?}", began.elapsed());
    drop((others, here));
    ground.close().await;
}

#[tokio::test]
async fn what_a_process_numbered_it_hands_on_from_memory_as_the_log_has_it() {
    let ground = Ground::new().await;
    // Nothing reads the database for this feed.
    let feed = Feed::new();
    let staff = ground.staff(0);
    let follow = stream(ground.db.clone(), feed.clone(), staff, now()).await.unwrap();
    let mut followed: Followed = Box::pin(follow);
    // Whoever is at work anywhere in the cluster may hold a number back for a moment.
    let number = async || {
        loop {
            let take = SqlStr::from_static(sequencer::TAKE);
            let numbered = sequencer::number(&ground.db, take, feed.name()).await.unwrap();
            if !numbered.is_empty() {
                return numbered;
            }
            tokio::task::yield_now().await;
        }
    };
    let order = Uuid::now_v7();
    ground.tell(&[of_buyer(&ground.tenants, "a", order, UserId::fresh())]).await;
    feed.grow(&number().await);
    let handed = next(&mut followed, Duration::from_secs(5)).await.event.unwrap();
    let read = log::read(&ground.db, staff, ground.log(0), 0, 9, &Filter::default()).await.unwrap();
    assert_eq!(read.rows.len(), 1);
    assert_eq!(format!("{handed:?}"), format!("{:?}", read.rows[0]));
    // Another process numbers one: what comes behind it is not handed on in its place, and is asked for instead.
    ground.tell(&[event(&ground.tenants, "b")]).await;
    number().await;
    ground.tell(&[event(&ground.tenants, "c")]).await;
    feed.grow(&number().await);
    assert!(tokio::time::timeout(Duration::from_millis(200), followed.next()).await.is_err());
    tokio::time::timeout(Duration::from_secs(1), feed.poked()).await.expect("it asks for what it lacks");
    drop(followed);
    ground.close().await;
}

#[tokio::test]
async fn a_buyer_and_an_orders_follower_are_given_their_own_alone() {
    let ground = Ground::new().await;
    let here = Process::start(ground.db.clone(), true);
    let (mei, jun) = (UserId::fresh(), UserId::fresh());
    let (order, other) = (Uuid::now_v7(), Uuid::now_v7());
    let buyer = Scope::Buyer(ground.network, ground.tenants[0], mei);
    let staff = ground.staff(0);
    let told = |subject, order, buyer| of_buyer(&ground.tenants, subject, order, buyer);
    ground.tell(&[told("a", order, mei), told("b", other, jun)]).await;
    sequencer::sequence_once(&ground.db).await.unwrap();
    let mut followed = [
        here.follow(buyer, after(0)).await,
        here.follow(buyer, Follow { order: Some(order), ..after(0) }).await,
        here.follow(buyer, Follow { order: Some(other), ..after(0) }).await,
        here.follow(staff, Follow { order: Some(other), ..after(0) }).await,
    ];
    for at in [0, 1] {
        assert_eq!(subject(&mut followed[at]).await, "a");
    }
    assert_eq!(subject(&mut followed[3]).await, "b");
    // Now from memory.
    ground.tell(&[told("c", other, jun), told("d", order, mei), event(&ground.tenants, "e")]).await;
    for at in [0, 1] {
        assert_eq!(subject(&mut followed[at]).await, "d");
    }
    assert_eq!(subject(&mut followed[3]).await, "c");
    for rest in &mut followed {
        assert!(tokio::time::timeout(Duration::from_millis(200), rest.next()).await.is_err());
    }
    drop((followed, here));
    ground.close().await;
}

//! What is broken, in what order: timed by how much has happened, never by a clock.

use crate::{cluster::DATABASE, load, plan::Dice, proxy::Way, run::Run};
use sqlx::Connection;
use std::{
    collections::BTreeMap,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

/// One way to break something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// `kill -9` of the first server, which is started again.
    KillFirst,
    /// The same of the second.
    KillSecond,
    /// `kill -9` of every process of PostgreSQL.
    KillPostgres,
    /// `kill -9` of PostgreSQL and of a server at once.
    KillBoth,
    /// A server stands still (SIGSTOP), then goes on.
    Freeze,
    /// A server's connections to the database are reset.
    Cut,
    /// They stay open, and nothing comes through.
    Stall,
    /// Everything comes through later.
    Slow,
    /// They are reset, and no new one is taken for a while.
    Close,
    /// Somebody else's transaction stays open: no event behind it may be numbered.
    Outsider,
    /// Some of the database's own processes are ended.
    Terminate,
    /// The disk is full.
    FillDisk,
}

/// How often each came.
pub type Tally = BTreeMap<Fault, u64>;

impl Fault {
    /// Every kind that this machine allows.
    pub fn all(run: &Run) -> Vec<Self> {
        let mut all = vec![
            Self::KillFirst,
            Self::KillSecond,
            Self::KillPostgres,
            Self::KillBoth,
            Self::Freeze,
            Self::Cut,
            Self::Stall,
            Self::Slow,
            Self::Close,
            Self::Outsider,
            Self::Terminate,
        ];
        if run.cluster.disk().is_limited() {
            all.push(Self::FillDisk);
        }
        all
    }
}

/// Breaks one thing after the other until the run has lasted and each has come often enough.
pub async fn rage(run: &Run, rate: u32) -> Tally {
    let mut tally: Tally = Fault::all(run).into_iter().map(|fault| (fault, 0)).collect();
    let mut dice = Dice::of(run.plan.seed, "faults", 0);
    let started = run.plan.began;
    loop {
        let mut deck = Fault::all(run);
        dice.shuffle(&mut deck);
        for fault in deck {
            let enough = tally.values().all(|count| *count >= run.plan.floors.faults);
            if (enough && started.elapsed() > run.plan.lasts) || started.elapsed() > run.plan.at_most {
                return tally;
            }
            run.history.wait_for_done(run.plan.between + dice.below(run.plan.between)).await;
            run.history.note(&format!("{fault:?} …"));
            happen(run, fault, &mut dice, load::at_once(rate) as u64).await;
            // It recovers by itself.
            let healed = Instant::now();
            run.history.wait_for_done(3).await;
            let after = healed.elapsed().as_millis();
            run.history.note(&format!("… {fault:?} is over; acknowledged again after {after} ms"));
            *tally.entry(fault).or_default() += 1;
        }
    }
}

async fn happen(run: &Run, fault: Fault, dice: &mut Dice, at_once: u64) {
    let history = &run.history;
    let node = dice.pick(&run.nodes);
    // Before all that may be under way waits for a server that does not answer.
    let sent = at_once / 2 + dice.below(at_once / 3);
    match fault {
        Fault::KillFirst | Fault::KillSecond => {
            let node = &run.nodes[usize::from(fault == Fault::KillSecond)];
            tokio::task::block_in_place(|| node.kill());
            // The other one serves alone, and numbers what this one has left.
            others_go_on(run).await;
            node.ensure(history).await;
        }
        Fault::KillPostgres => {
            kill_postgres(run);
            run.cluster.ensure(history).await;
        }
        Fault::KillBoth => {
            tokio::task::block_in_place(|| node.kill());
            kill_postgres(run);
            history.wait_for_sent(10).await;
            run.cluster.ensure(history).await;
            node.ensure(history).await;
        }
        Fault::Freeze => {
            node.signal(libc::SIGSTOP);
            history.wait_for_sent(sent).await;
            node.signal(libc::SIGCONT);
        }
        Fault::Cut => {
            for _ in 0..3 {
                node.proxy.cut();
                history.wait_for_sent(5).await;
            }
        }
        Fault::Stall => {
            node.proxy.set(Way::Stalled);
            history.wait_for_sent(sent).await;
            node.proxy.set(Way::Open);
        }
        Fault::Slow => {
            node.proxy.set(Way::Slow(Duration::from_millis(10 + dice.below(30))));
            history.wait_for_sent(sent).await;
            node.proxy.set(Way::Open);
        }
        Fault::Close => {
            node.proxy.set(Way::Closed);
            node.proxy.cut();
            history.wait_for_sent(sent).await;
            node.proxy.set(Way::Open);
        }
        Fault::Outsider => outsider(run).await,
        Fault::Terminate => {
            for _ in 0..3 {
                terminate(run, dice).await;
                history.wait_for_sent(5).await;
            }
        }
        Fault::FillDisk => fill_disk(run).await,
    }
}

fn kill_postgres(run: &Run) {
    let killed = tokio::task::block_in_place(|| run.cluster.kill());
    run.history.note(&format!("{killed} processes of PostgreSQL killed"));
}

// Events are numbered while one of the two is dead.
async fn others_go_on(run: &Run) {
    let died = Instant::now();
    let numbered = async || -> i64 {
        let mut connection = run.cluster.patient().await;
        let all = sqlx::query_scalar("select count(*) from event_log");
        let all = all.fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        all
    };
    let before = numbered().await;
    run.history.wait_for_sent(20).await;
    while numbered().await == before {
        assert!(died.elapsed() < Duration::from_mins(1), "nobody takes over from the dead");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let after = died.elapsed().as_millis();
    run.history.note(&format!("the other server numbers events, {after} ms after the kill at the latest"));
}

async fn outsider(run: &Run) {
    let mut connection = run.cluster.patient().await;
    let mut transaction = connection.begin().await.unwrap();
    sqlx::query("select pg_current_xact_id()").execute(&mut *transaction).await.unwrap();
    tokio::time::sleep(run.plan.outsider).await;
    transaction.rollback().await.unwrap();
    connection.close().await.unwrap();
}

async fn terminate(run: &Run, dice: &mut Dice) {
    let mut connection = run.cluster.patient().await;
    let backends = "select pid from pg_stat_activity
                     where datname = $1 and backend_type = 'client backend' and pid <> pg_backend_pid()
                     order by backend_start, pid";
    let backends: Vec<i32> =
        sqlx::query_scalar(backends).bind(DATABASE).fetch_all(&mut connection).await.unwrap();
    for _ in 0..backends.len().min(4) {
        let pid = *dice.pick(&backends);
        sqlx::query("select pg_terminate_backend($1)").bind(pid).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
}

// Until it has hurt, or until so much was asked that it should have.
async fn fill_disk(run: &Run) {
    let counts = &run.history.counts;
    let hurt = || counts.unknown.load(Ordering::SeqCst) + counts.turned_away.load(Ordering::SeqCst);
    let before = hurt();
    run.cluster.disk().fill();
    for _ in 0..12 {
        run.history.wait_for_sent(20).await;
        if hurt() > before + 10 {
            break;
        }
    }
    let refused = hurt() - before;
    run.cluster.disk().free();
    run.history.note(&format!("{refused} requests met a full disk"));
    // It may have ended altogether.
    run.cluster.ensure(&run.history).await;
}

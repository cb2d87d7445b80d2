//! Two real servers on one PostgreSQL, under load, while both and everything between them is broken again and
//! again. What was asked and what came of it is written down; at the end the whole of it is held against what
//! there is. `docs/testing.md` says how to run it and how to read what it prints.

#![allow(
    clippy::unwrap_used,
    clippy::format_collect,
    reason = "a test stops where it fails, and says things plainly"
)]

#[allow(dead_code, unused_imports, reason = "shared with the other tests of the program")]
#[path = "../it/support/mod.rs"]
mod support;

mod cluster;
mod faults;
mod fleet;
mod flows;
mod followers;
mod history;
mod load;
mod plan;
mod proxy;
mod run;
mod verify;
mod world;

use cluster::{Cluster, Disk};
use fleet::Node;
use followers::Followers;
use futures_util::FutureExt;
use history::History;
use plan::Plan;
use run::Run;
use std::{
    panic::AssertUnwindSafe,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::task::AbortOnDropHandle;
use world::World;

const PREFIX: &str = "cardamom-chaos-";

/// Where a run that fails leaves what tells why.
fn kept(seed: u64) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("chaos-{seed}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_lost_and_nothing_is_done_twice_while_everything_breaks() {
    let plan = Plan::read();
    let seed = plan.seed;
    println!("chaos: seed {seed}");
    let kept = kept(seed);
    cluster::remove_left_over(&std::env::temp_dir(), PREFIX);
    let root = std::env::temp_dir().join(format!("{PREFIX}{}", std::process::id()));
    std::fs::create_dir_all(&root).unwrap();
    let outcome = AssertUnwindSafe(whole(plan, &root, &kept)).catch_unwind().await;
    let _ = std::fs::remove_dir_all(&root);
    match outcome {
        Ok(()) => std::fs::remove_dir_all(&kept).unwrap(),
        Err(why) => {
            println!("chaos: FAILED; once more: make chaos SEED={seed}");
            println!("chaos: its history and logs are in {}", kept.display());
            std::panic::resume_unwind(why);
        }
    }
}

async fn whole(plan: Plan, root: &Path, kept: &Path) {
    std::fs::set_permissions(root, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let history = History::new(&kept.join("history"));
    let disk = Disk::new(root.join("disk"));
    if !disk.is_limited() {
        history.note("no disk of its own could be mounted: it will not be filled");
    }
    let cluster = Cluster::start(disk).await;
    let key = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, [7; 32]);
    let nodes = [Node::start("a", root, &cluster, &key).await, Node::start("b", root, &cluster, &key).await];
    let network = support::fresh("net");
    tokio::task::block_in_place(|| nodes[0].with(|server| server.create_network(&network)));
    let world = World::open(&nodes[0].url(), &network, &plan).await;
    history.note("the network is open");
    let run = Arc::new(Run::new(nodes, cluster, plan, history, world));
    let mut terminated = signal(SignalKind::terminate()).unwrap();
    let all = async {
        tokio::select! {
            () = everything(&run) => {}
            _ = tokio::signal::ctrl_c() => panic!("it was told to stop"),
            _ = terminated.recv() => panic!("it was told to stop"),
        }
    };
    let outcome = AssertUnwindSafe(all).catch_unwind().await;
    keep_logs(&run, root, kept);
    end(run).await;
    outcome.unwrap_or_else(|why| std::panic::resume_unwind(why));
}

async fn everything(run: &Arc<Run>) {
    let followers = Followers::begin(run);
    let rate = load::measure(run).await;
    run.history.note(&format!("{rate} arrivals a second"));
    let load = AbortOnDropHandle::new(tokio::spawn(load::run(Arc::clone(run), rate)));
    let tally = faults::rage(run, rate).await;
    run.stop();
    run.history.note("the load stops");
    load.await.unwrap();
    verify::everything(run, followers, &tally).await;
}

// The servers, their database and its disk end with the run: once nobody works on it any more.
async fn end(mut run: Arc<Run>) {
    for _ in 0..1_000 {
        match Arc::try_unwrap(run) {
            Ok(run) => return tokio::task::block_in_place(|| drop(run)),
            Err(shared) => run = shared,
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn keep_logs(run: &Run, root: &Path, kept: &Path) {
    run.cluster.keep_log(kept);
    for entry in std::fs::read_dir(root).into_iter().flatten().flatten() {
        let name = entry.file_name().into_string().unwrap();
        let _ = std::fs::copy(entry.path().join("log"), kept.join(format!("server-{name}.log")));
    }
}

//! `cardamom check`: clean after everything that a shop does, red at whatever breaks an invariant.

mod breaks;
mod offers;
mod story;

use crate::support::{Server, Shop, Terms, superuser, wait_until};
use base64::Engine;
use cardamom::{
    foundation::{blobs::Blobs, config::ObjectStore, postgres::Private, seal::Sealer},
    integrity::{self, Report},
    inventory::Vault,
};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, postgres::PgConnectOptions};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_shop_is_sound_and_each_seeded_violation_turns_its_own_invariant_red() {
    let server = Server::own("integrity");
    let shop = Shop::on(&server, Terms::default()).await;
    story::play(&shop).await;
    let (code, out, error) = server.command(&["check"], "");
    assert_eq!(code, 0, "{out}{error}");
    assert!(out.contains("ok      I01_entries_balance\n"), "{out}");
    at_rest(&server).await;
    // From here on nobody else writes.
    server.signal(libc::SIGTERM);
    let folder = server.wait();
    let data = folder.join("data");
    let private = tokio::task::spawn_blocking({
        let data = data.clone();
        move || Private::start(&data, &|_| {}).unwrap()
    })
    .await
    .unwrap();
    let owner = PgConnectOptions::new_without_pgpass()
        .socket(private.socket_dir())
        .port(private.port())
        .username("postgres")
        .database("cardamom");
    let report = integrity::check(&owner, &vault(&data), &blobs(&data)).await.unwrap();
    assert_eq!(report.broken(), Vec::<&str>::new(), "{report:#?}");

    let mut connection = PgConnection::connect_with(&owner).await.unwrap();
    let mut wrong = Vec::new();
    let all = || breaks::BREAKS.iter().chain(offers::BREAKS);
    for (expected, sql) in all() {
        match broken(&mut connection, &data, sql).await {
            Ok(report) if report.broken() == *expected => {}
            Ok(report) => {
                let found: Vec<_> = report.findings.iter().filter(|finding| finding.broken > 0).collect();
                wrong.push(format!("{expected:?} by {sql}\nfound {found:#?}"));
            }
            Err(error) => wrong.push(format!("{expected:?} by {sql}\n{error}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    let untested: Vec<_> = integrity::names()
        .into_iter()
        .filter(|name| !all().any(|(expected, _)| expected.contains(name)))
        .collect();
    assert!(untested.is_empty(), "nothing breaks {untested:?}");
    files_that_are_not_as_they_should_be(&owner, &data).await;
    connection.close().await.unwrap();
    tokio::task::spawn_blocking(|| private.stop().unwrap()).await.unwrap();
    let _ = std::fs::remove_dir_all(folder);
}

// Everything is numbered, in its log and folded.
async fn at_rest(server: &Server) {
    let mut db = superuser(server).await;
    wait_until("everything is carried on", async || {
        let at_rest: bool = sqlx::query_scalar(
            "select not exists (select from outbox) and not exists (select from provenance_queue)
                and not exists (select from posting p join ledger_fold f using (network_id)
                                  join account a using (network_id, account_id)
                                 where p.xid >= f.below and not a.constrained)",
        )
        .fetch_one(&mut db)
        .await
        .unwrap();
        at_rest.then_some(())
    })
    .await;
    db.close().await.unwrap();
}

// Breaks and looks in one transaction, which is then undone.
async fn broken(connection: &mut PgConnection, data: &Path, sql: &str) -> Result<Report, String> {
    let mut tx = connection.begin_with("begin isolation level repeatable read").await.unwrap();
    // Past the triggers: what the database itself refuses is broken too.
    let sql = format!(
        "set local session_replication_role = replica;\n{sql};\nset local session_replication_role = origin"
    );
    tx.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.map_err(|error| error.to_string())?;
    // As if a server had been at work for an hour. A new vault: it keeps keys that it has opened.
    let report = integrity::inspect(&mut tx, &vault(data), &blobs(data), Some(Duration::from_hours(1))).await;
    tx.rollback().await.unwrap();
    report.map_err(|fault| fault.to_string())
}

// Each of them on the disk, and put back.
async fn files_that_are_not_as_they_should_be(owner: &PgConnectOptions, data: &Path) {
    fn files(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() { files(&entry.path(), found) } else { found.push(entry.path()) }
        }
    }
    let broken = async || integrity::check(owner, &vault(data), &blobs(data)).await.unwrap().broken();
    let mut found = Vec::new();
    files(&data.join("objects"), &mut found);
    let file = found.first().expect("the story has sent files");
    let content = std::fs::read(file).unwrap();
    let mut altered = content.clone();
    altered[0] ^= 1;
    for (what, wrong) in [("another content", altered), ("cut off", content[..content.len() - 1].to_vec())] {
        std::fs::write(file, wrong).unwrap();
        assert_eq!(broken().await, ["I38_files_are_kept"], "{what}");
    }
    std::fs::remove_file(file).unwrap();
    assert_eq!(broken().await, ["I38_files_are_kept"], "gone");
    std::fs::write(file, content).unwrap();
    for stray in [file.with_file_name("stray"), file.parent().unwrap().join(format!("{:064x}", 7))] {
        std::fs::write(&stray, "stray").unwrap();
        assert_eq!(broken().await, Vec::<&str>::new(), "written a moment ago, it may be somebody's");
        let old = std::time::SystemTime::now() - Duration::from_hours(1);
        std::fs::File::options().write(true).open(&stray).unwrap().set_modified(old).unwrap();
        assert_eq!(broken().await, ["I38_files_are_kept"], "{}", stray.display());
        std::fs::remove_file(stray).unwrap();
    }
    assert_eq!(broken().await, Vec::<&str>::new());
}

fn blobs(data: &Path) -> Blobs {
    Blobs::new(ObjectStore::Folder(data.join("objects")))
}

fn vault(data: &Path) -> Vault {
    let text = std::fs::read_to_string(data.join("master.key")).unwrap();
    let key = base64::engine::general_purpose::STANDARD.decode(text.trim()).unwrap();
    Vault::new(Arc::new(Sealer::new(&key.try_into().unwrap()).unwrap()))
}

//! The public log through the eyes of an outsider, and what becomes of an operator who edits the database.

use super::{RECEIPT, bought, outside, receipt, verify};
use crate::support::{Client, Server, Shop, Terms, id, superuser, uuid, wait_until};
use cardamom::provenance::{merkle::leaf_hash, tiles::Edge};
use outside::Copy;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

// More than one tile of leaves.
const CARDS: usize = 300;

struct World {
    server: Server,
    shop: Shop,
    buyer: Client,
    order: Value,
    network: uuid::Uuid,
    copy: Copy,
    checkpoint: String,
}

// A log of some hundred leaves, and a copy of it that somebody else keeps.
async fn world(name: &str) -> World {
    let server = Server::own(name);
    let shop = Shop::on(&server, Terms::default()).await;
    shop.stock(CARDS).await;
    let (buyer, order) = bought(&shop).await;
    receipt(&buyer, &order).await;
    let mut db = superuser(&server).await;
    let network: uuid::Uuid = sqlx::query_scalar("select network_id from tenant where tenant_id = $1")
        .bind(uuid(&shop.b.id))
        .fetch_one(&mut db)
        .await
        .unwrap();
    db.close().await.unwrap();
    let mut copy = Copy::of(&server.url, &format!("/log/net_{}/", network.simple()));
    let checkpoint = copy.text("checkpoint").await;
    copy.follow(outside::size(&checkpoint)).await;
    World { server, shop, buyer, order, network, copy, checkpoint }
}

#[tokio::test(flavor = "multi_thread")]
async fn anyone_can_keep_a_copy_and_find_that_it_is_what_was_signed() {
    let mut world = world("log-copied").await;
    let (size, old) = (outside::size(&world.checkpoint), world.checkpoint.clone());
    assert!(size > 300, "{old}");
    assert_eq!(world.copy.tree(size).root(), outside::root(&old), "the crate comes to the same head");
    world.copy.tiles_fit(size).await;
    // The same log by the operator's handle; none by a site's, or where there is none.
    let by = |handle: &str| Copy::of(&world.server.url, &format!("/log/{handle}/"));
    assert_eq!(by(&world.shop.operator.tenant).text("vkey").await, world.copy.text("vkey").await);
    for handle in [&world.shop.b.handle, &world.shop.supplier.handle, "no-such", "UPPER", "net_0", "%2e%2e"] {
        assert_eq!(by(handle).get("checkpoint").await.status(), 404, "{handle}");
    }
    let nobody = format!("net_{}", uuid::Uuid::now_v7().simple());
    assert_eq!(by(&nobody).get("checkpoint").await.status(), 404);
    // What is not there (yet), and what is written in another way.
    for path in [
        "tile/0/002",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/00/000",
        "tile/8/000",
        "tile/0/x001/000",
        "tile/0/0",
        "tile/0/x000/000",
        "tile/entries/002",
        "tile/1/001",
        "tile/0/001.p/255",
        "tile/-1/000",
        "tile/0/",
        "tile",
        "",
        "other",
        "tile/0/999999999999999999999999",
        "tile/entries/000.p/1/2",
    ] {
        assert_eq!(world.copy.get(path).await.status(), 404, "{path}");
    }
    // A beginning of a tile is served too, and stays.
    let whole = world.copy.bytes("tile/0/000").await;
    assert_eq!(world.copy.bytes("tile/0/000.p/7").await, whole[..7 * 32]);
    // Without a body, and with a method that is none.
    let url = format!("{}/log/net_{}/checkpoint", world.server.url, world.network.simple());
    let head = reqwest::Client::new().head(&url).send().await.unwrap();
    assert_eq!(
        (head.status().as_u16(), head.headers()["content-length"].to_str().unwrap()),
        (200, old.len().to_string().as_str())
    );
    assert_eq!(reqwest::Client::new().post(&url).send().await.unwrap().status(), 405);

    // It grows, and is seen to have only grown.
    let (buyer, order) = bought(&world.shop).await;
    let made = buyer.get(RECEIPT, json!({"o": id(&order), "s": size.to_string()})).await;
    let file: Value = serde_json::from_str(made["content"].as_str().unwrap()).unwrap();
    let new = file["receipt"]["checkpoint"].as_str().unwrap();
    assert!(outside::grew(&old, new, &file["receipt"]["growth"]["proof"]));
    assert!(!outside::grew(&old, new, &json!([])));
    let before = world.copy.leaves.clone();
    world.copy.follow(outside::size(new)).await;
    assert_eq!(world.copy.leaves[..before.len()], before);
    assert_eq!(world.copy.tree(outside::size(new)).root(), outside::root(new));
    // Each leaf by the crate's own proofs against what was signed.
    for unit in file["receipt"]["lines"][0]["deliveries"].as_array().unwrap() {
        let step = json!({"proof": unit["proof"], "leafIndex": unit["leaf"]["index"].to_string(), "leaf": unit["leaf"]["data"]});
        outside::includes(new, &step);
    }
    world.shop.close().await;
}

async fn edit(db: &mut PgConnection, sql: &str) {
    db.execute(sqlx::raw_sql(AssertSqlSafe(format!(
        "set session_replication_role = replica; {sql}; set session_replication_role = origin"
    ))))
    .await
    .unwrap();
}

// Of whoever kept a copy: the first leaf that is another now.
fn first_bad(kept: &[String], now: &[String]) -> Option<usize> {
    (0..kept.len()).find(|at| now.get(*at) != kept.get(*at))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_who_edits_the_database_is_found_by_check_and_by_whoever_kept_a_copy() {
    let world = world("log-edited").await;
    let mut db = superuser(&world.server).await;
    let kept = world.copy.leaves.clone();
    let (code, out, error) = world.server.command(&["check"], "");
    assert_eq!(code, 0, "{out}{error}");
    let keep = "drop table if exists kept_leaf; create table kept_leaf as select * from provenance_leaf;
                drop table if exists kept_tile; create table kept_tile as select * from provenance_tile;
                revoke all on kept_leaf, kept_tile from public; ";
    edit(&mut db, keep).await;
    let back = "delete from provenance_leaf; insert into provenance_leaf select * from kept_leaf;
                delete from provenance_tile; insert into provenance_tile select * from kept_tile";
    // What is done to the leaves, which is the first bad one, and what else is said of it.
    let edits = [
        (
            "an entry altered, so that it can still be read",
            "update provenance_leaf set data = replace(data, 'IMPORTED', 'VOIDED') where leaf_index = 17"
                .to_owned(),
            17,
        ),
        ("an entry deleted", "delete from provenance_leaf where leaf_index = 40".to_owned(), 40),
        (
            "two entries in each other's place",
            "update provenance_leaf set leaf_index = -1 where leaf_index = 60 and false;
             alter table provenance_leaf drop constraint provenance_leaf_leaf_index_check;
             update provenance_leaf set leaf_index = -1 where leaf_index = 60;
             update provenance_leaf set leaf_index = 60 where leaf_index = 61;
             update provenance_leaf set leaf_index = 61 where leaf_index = -1"
                .to_owned(),
            60,
        ),
        (
            "an entry that is no entry any more",
            "update provenance_leaf set data = 'x' where leaf_index = 5".to_owned(),
            5,
        ),
        (
            "an entry of the unfinished tile",
            "update provenance_leaf set data = replace(data, '\"n\":1', '\"n\":9') where leaf_index = 258"
                .to_owned(),
            258,
        ),
    ];
    for (what, sql, first) in edits {
        edit(&mut db, &sql).await;
        let (code, out, _) = world.server.command(&["check"], "");
        assert_eq!(code, 1, "{what}: {out}");
        let said = out.split("BROKEN  I28_logs_are_whole").nth(1).unwrap_or_else(|| panic!("{what}: {out}"));
        let line = said.lines().nth(1).unwrap();
        assert!(line.contains(&format!("leaf {first}:")), "{what}: {line}\n{out}");
        // Served as it stands, it is another than the copy, from that leaf on.
        let (leaves, now) = served(&world).await;
        assert!(leaves.is_none_or(|leaves| first_bad(&kept, &leaves) == Some(first)), "{what}");
        assert!(now || what.contains("deleted"), "{what}");
        edit(&mut db, back).await;
    }
    // Sold a second time: whoever holds the log sees two sales of one thing.
    let sold = "with sale as (select network_id, item, step_no, data from provenance_leaf
                               where data like '%\"SOLD\"%' order by leaf_index limit 1),
                     last as (select max(leaf_index) as last from provenance_leaf)
                insert into provenance_leaf (network_id, leaf_index, item, step_no, data)
                select s.network_id, l.last + 1, s.item, s.step_no + 1, replace(s.data, '\"n\":2', '\"n\":3') from sale s, last l;
                update provenance_log set size = size + 1";
    edit(&mut db, sold).await;
    let (code, out, _) = world.server.command(&["check"], "");
    assert_eq!(code, 1);
    assert!(out.contains("sells what was sold before"), "{out}");
    edit(&mut db, &format!("{back}; update provenance_log set size = size - 1")).await;
    edit(&mut db, "drop table kept_leaf; drop table kept_tile").await;
    let (code, out, error) = world.server.command(&["check"], "");
    assert_eq!(code, 0, "{out}{error}");
    db.close().await.unwrap();
    world.shop.close().await;
}

// What a visitor gets now; none where it is not whole. And whether the crate finds it to be another log.
async fn served(world: &World) -> (Option<Vec<String>>, bool) {
    let size = outside::size(&world.checkpoint);
    let mut leaves = Vec::new();
    for place in ["000".to_owned(), format!("001.p/{}", size - 256)] {
        let answer = world.copy.get(&format!("tile/entries/{place}")).await;
        if answer.status() != 200 {
            return (None, false);
        }
        let bundle = answer.bytes().await.unwrap();
        let mut rest = &bundle[..];
        while let [high, low, more @ ..] = rest {
            let (entry, more) = more.split_at(usize::from(u16::from_be_bytes([*high, *low])));
            leaves.push(String::from_utf8(entry.to_vec()).unwrap());
            rest = more;
        }
    }
    let mut copy = Copy::of(&world.server.url, "/");
    copy.leaves = leaves;
    let other = copy.tree(size).root() != outside::root(&world.checkpoint);
    (Some(copy.leaves), other)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_buyers_who_were_shown_different_logs_find_out() {
    let world = world("log-split").await;
    let (buyer, order) = bought(&world.shop).await;
    let made = receipt(&buyer, &order).await;
    let content = made["content"].as_str().unwrap();
    let file: Value = serde_json::from_str(content).unwrap();
    let checkpoint = file["receipt"]["checkpoint"].as_str().unwrap();
    assert_eq!(verify(&[("", content), ("--checkpoint", checkpoint)]).0, 0);
    // The same operator, the same key, another log of the same length: only the key could sign that, so it is signed
    // by the server itself, over a log that was altered.
    let mut db = superuser(&world.server).await;
    edit(&mut db, "update provenance_log set edge[1] = set_byte(edge[1], 3, get_byte(edge[1], 3) # 1), signed_size = signed_size - 1;
                   delete from provenance_checkpoint where size = (select max(size) from provenance_checkpoint)").await;
    let mut forged = checkpoint.to_owned();
    for _ in 0..150 {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        forged = world.copy.text("checkpoint").await;
        if outside::size(&forged) == outside::size(checkpoint) {
            break;
        }
    }
    assert_eq!(outside::size(&forged), outside::size(checkpoint), "it was signed again");
    assert_ne!(outside::root(&forged), outside::root(checkpoint));
    let (code, out, error) = verify(&[("", content), ("--checkpoint", &forged)]);
    assert!(code == 1 && out.contains("WRONG       kept checkpoint"), "{out}{error}");
    let (code, out, _) = world.server.command(&["check"], "");
    assert!(code == 1 && out.contains("BROKEN  I28_logs_are_whole"), "{out}");
    db.close().await.unwrap();
    world.shop.close().await;
}

// As an operator would who has the database and the key: every tile and head of the leaves as they stand now, to be
// signed again by the server.
async fn written_anew(db: &mut PgConnection) {
    let leaves: Vec<String> = sqlx::query_scalar("select data from provenance_leaf order by leaf_index")
        .fetch_all(&mut *db)
        .await
        .unwrap();
    let mut edge = Edge::from_rows(0, &[]).unwrap();
    let mut tiles = Vec::new();
    for leaf in &leaves {
        edge.append(leaf_hash(leaf.as_bytes()), |id, hashes| tiles.push((id, hashes.concat())));
    }
    let mut tx = db.begin().await.unwrap();
    for (id, hashes) in tiles {
        let level = i32::try_from(id.level).unwrap();
        let update = "update provenance_tile set hashes = $3 where level = $1 and tile_index = $2";
        let index = i64::try_from(id.index).unwrap();
        let done = sqlx::query(update).bind(level).bind(index).bind(hashes).execute(&mut *tx).await.unwrap();
        assert_eq!(done.rows_affected(), 1);
    }
    sqlx::query("update provenance_log set edge = $1, signed_size = 0")
        .bind(edge.rows())
        .execute(&mut *tx)
        .await
        .unwrap();
    sqlx::query("delete from provenance_checkpoint").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_written_anew_is_whole_and_told_by_whoever_kept_its_head() {
    let world = world("log-anew").await;
    let mut db = superuser(&world.server).await;
    edit(
        &mut db,
        "update provenance_leaf set data = replace(data, 'IMPORTED', 'VOIDED') where leaf_index = 17",
    )
    .await;
    written_anew(&mut db).await;
    let head = wait_until("it is signed again", async || {
        let answer = world.copy.get("checkpoint").await;
        let again = answer.status() == 200;
        let head = answer.text().await.unwrap();
        (again && outside::size(&head) == outside::size(&world.checkpoint)).then_some(head)
    })
    .await;
    let made = receipt(&world.buyer, &world.order).await;
    let content = made["content"].as_str().unwrap();
    // By itself all of it fits: the log, its heads, a receipt. The rows say another thing.
    assert_eq!(verify(&[("", content)]).0, 0);
    let (code, out, _) = world.server.command(&["check"], "");
    assert!(code == 1 && out.contains("BROKEN  I28c_logs_say_what_happened"), "{out}");
    assert!(out.contains("ok      I28_logs_are_whole"), "{out}");
    // Whoever kept a head knows that it is another log, and whoever kept a copy where.
    let (code, out, error) = verify(&[("", content), ("--checkpoint", &world.checkpoint)]);
    assert!(code == 1 && out.contains("WRONG       kept checkpoint"), "{out}{error}");
    let mut now = Copy::of(&world.server.url, &format!("/log/net_{}/", world.network.simple()));
    assert_ne!(outside::root(&head), outside::root(&world.checkpoint));
    now.follow(outside::size(&head)).await;
    assert_eq!(now.tree(outside::size(&head)).root(), outside::root(&head));
    assert_eq!(first_bad(&world.copy.leaves, &now.leaves), Some(17));
    db.close().await.unwrap();
    world.shop.close().await;
}

//! The demo network: a whole shop, made once.

use crate::support::{Client, Server, folder};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn at<'a>(value: &'a Value, place: &str) -> &'a str {
    value.pointer(place).and_then(Value::as_str).unwrap_or_else(|| panic!("no {place} in {value}"))
}

fn words(nodes: &[Value], key: &str) -> BTreeSet<String> {
    nodes.iter().map(|node| node[key].as_str().unwrap().to_owned()).collect()
}

async fn nodes(client: &Client, document: &str) -> Vec<Value> {
    client.get(document, json!({})).await["nodes"].as_array().unwrap().clone()
}

async fn operator(server: &Server) -> Client {
    Client::anonymous(&server.url, "demo").sign_in("owner@demo.example", "cardamom-demo").await
}

// Everything that may be counted, in one line.
async fn counted(operator: &Client) -> String {
    let tenants = operator.get("{ tenants { kind depth status } }", json!({})).await;
    let products = nodes(operator, "{ products(first: 50) { nodes { kind status } } }").await;
    let orders = nodes(operator, "{ orders(first: 50) { nodes { status } } }").await;
    let claims = nodes(operator, "{ warrantyClaims(first: 30) { nodes { status desk remedy { kind } evidence { fileName } history { to } } } }").await;
    let tenants = tenants.as_array().unwrap();
    let of = |kind: &str| tenants.iter().filter(|tenant| tenant["kind"] == kind).count();
    let deep = tenants.iter().filter(|tenant| tenant["kind"] == "SITE" && tenant["depth"] == 2).count();
    assert!(tenants.iter().all(|tenant| tenant["status"] == "ACTIVE"), "{tenants:?}");
    assert!(products.iter().all(|product| product["status"] == "APPROVED"), "{products:?}");
    assert_eq!(words(&products, "kind").len(), 6, "every kind");
    assert!(words(&orders, "status").len() >= 4, "{orders:?}");
    assert!(words(&claims, "status").len() >= 6, "{claims:?}");
    let remedies: Vec<Value> =
        claims.iter().filter_map(|claim| claim["remedy"].as_object()).cloned().map(Value::Object).collect();
    assert_eq!(words(&remedies, "kind").len(), 4, "each remedy: {claims:?}");
    let files: usize = claims.iter().map(|claim| claim["evidence"].as_array().unwrap().len()).sum();
    assert_eq!(files, 6, "each once: {claims:?}");
    let overturned = claims.iter().any(|claim| {
        claim["status"] == "RESOLVED"
            && claim["history"].as_array().unwrap().iter().any(|step| step["to"] == "APPEALED")
    });
    assert!(overturned, "{claims:?}");
    let books = operator.get("{ trialBalance { balanced } }", json!({})).await;
    assert_eq!(books["balanced"], json!(true));
    format!(
        "{} suppliers, {} sites, {deep} of them deep, {} goods, {} orders, {} claims",
        of("SUPPLIER"),
        of("SITE"),
        products.len(),
        orders.len(),
        claims.len()
    )
}

#[tokio::test]
async fn the_demo_is_a_whole_shop_and_a_second_start_finds_it() {
    let server = Server::start(&folder("demo"), &["--demo"]);
    let first = counted(&operator(&server).await).await;
    assert_eq!(first, "3 suppliers, 5 sites, 3 of them deep, 40 goods, 23 orders, 13 claims");
    let made = server.log();
    let made = made.lines().find(|line| line.contains("the demo network is made")).unwrap();
    let cards = made.split(" cards").next().unwrap().rsplit(' ').next().unwrap();
    assert!(cards.parse::<u32>().unwrap() >= 300, "{made}");

    // Anybody sees a site's goods in its own words, and none below cost.
    let anybody = Client::anonymous(&server.url, "xiaoman");
    let shown = nodes(&anybody, "{ listings(first: 50) { nodes { title inStock price { amount } } } }").await;
    assert!(shown.iter().any(|listing| at(listing, "/title").contains("秒发")), "{shown:?}");
    assert!(shown.iter().any(|listing| listing["inStock"] == true));
    // Prices that a newcomer may send as an order's total.
    assert!(shown.iter().all(|listing| {
        at(listing, "/price/amount").split_once('.').is_none_or(|(_, decimals)| decimals.len() == 2)
    }));
    let hidden = "{ listings(first: 50, where: {search: \"琴岛\"}) { nodes { title } } }";
    assert_eq!(nodes(&anybody, hidden).await.len(), 1);
    assert_eq!(nodes(&anybody.at("shanhai"), hidden).await.len(), 0, "it would sell below cost");

    let mei = anybody.sign_in("lin.xiaoyu@buyers.example", "cardamom-demo").await;
    let orders = nodes(&mei, "{ orders { nodes { lines { title answers { value } } } } }").await;
    assert_eq!(orders.len(), 4);
    assert!(orders.iter().any(|order| order.to_string().contains("xiaoyu_lin")), "a top-up's answers");
    let night =
        Client::anonymous(&server.url, "qinghe").sign_in("night@qinghe.example", "cardamom-demo").await;
    let viewer = night.get("{ viewer { permissions } }", json!({})).await;
    assert!(viewer.to_string().contains("claim:decide") && !viewer.to_string().contains("price:write"));

    server.signal(libc::SIGTERM);
    let folder = server.wait();
    let again = Server::start(&folder, &["--demo"]);
    assert_eq!(counted(&operator(&again).await).await, first);
    assert!(!again.log().contains("demo network"), "{}", again.log());
}

#[tokio::test]
async fn a_demo_that_was_cut_off_is_completed() {
    use std::{
        io::Read,
        process::{Command, Stdio},
        time::{Duration, Instant},
    };
    let folder = folder("demo-cut");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let log = folder.join("first-log");
    let mut first = Command::new(env!("CARGO_BIN_EXE_cardamom"))
        .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(folder.join("data"))
        .env_remove("DATABASE_URL")
        .current_dir(&folder)
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_mins(1);
    while !std::fs::read_to_string(&log).unwrap().contains("making the demo network") {
        assert!(Instant::now() < deadline && first.try_wait().unwrap().is_none());
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(100));
    first.kill().unwrap();
    first.wait().unwrap();
    let mut said = String::new();
    first.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(said, "", "it was not ready yet");

    let server = Server::start(&folder, &["--demo"]);
    assert_eq!(
        counted(&operator(&server).await).await,
        "3 suppliers, 5 sites, 3 of them deep, 40 goods, 23 orders, 13 claims"
    );
}

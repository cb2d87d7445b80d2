//! Evidence: from a buyer's disk to those who decide, and nothing else from either.

mod bucket;
mod corpus;
mod hostile;
mod refusals;

use crate::support::{
    CLAIM_OPEN, Client, EVIDENCE, EVIDENCE_ADD, Server, Shop, UPLOAD_CREATE, announce, app, claim_on,
    delivery, fresh, id, kinds, superuser, uuid, wait_until,
};
use cardamom::{
    evidence,
    foundation::{blobs::Blobs, config::ObjectStore},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

fn hex(bytes: &[u8]) -> String {
    cardamom::foundation::blobs::hex(&Sha256::digest(bytes))
}

async fn seen(who: &Client, claim: &str) -> Vec<Value> {
    let claim = who.get(EVIDENCE, json!({"c": claim})).await;
    claim["evidence"].as_array().unwrap().clone()
}

async fn is_reused(who: &Client, claim: &str) -> bool {
    let document = "query($c: ID!) { warrantyClaim(id: $c) { triage { reasons { code text } } } }";
    let seen = who.get(document, json!({"c": claim})).await;
    seen["triage"]["reasons"].as_array().unwrap().iter().any(|reason| reason["code"] == "EVIDENCE_REUSED")
}

async fn matches(who: &Client, claim: &str) -> Value {
    who.get(EVIDENCE, json!({"c": claim})).await["evidenceMatches"].clone()
}

#[tokio::test]
async fn a_file_reaches_those_who_decide_and_nobody_else() {
    let shop = Shop::open().await;
    let (mei, delivery) = shop.sold().await;
    let picture = corpus::png_with_secrets();
    let upload = mei.sent("deliveryId", &delivery, "屏幕 1.png", picture.clone()).await;
    let mut input = claim_on(&delivery, "INVALID", &fresh("claim"));
    input["i"]["evidenceUploadIds"] = json!([upload]);
    let claim = id(&mei.done(CLAIM_OPEN, input.clone()).await["claim"]);
    // The same call again is the same claim, and submits nothing twice.
    assert_eq!(id(&mei.done(CLAIM_OPEN, input).await["claim"]), claim);
    let log = shop.b.owner.sent("claimId", &claim, "till.log", b"code 7: sold at 12:00\n".to_vec()).await;
    let add = json!({"i": {"claimId": claim, "uploadIds": [log]}});
    shop.b.owner.done(EVIDENCE_ADD, add.clone()).await;
    shop.b.owner.done(EVIDENCE_ADD, add).await;

    for who in [&mei, &shop.b.owner, &shop.supplier.owner, &shop.operator] {
        let files = seen(who, &claim).await;
        assert_eq!(files.len(), 2, "{}: {files:?}", who.tenant);
        assert_eq!(
            (&files[0]["fileName"], &files[0]["mediaType"], &files[0]["uploadedBy"], &files[0]["kind"]),
            (&json!("屏幕 1.png"), &json!("image/png"), &json!("BUYER"), &json!("SCREENSHOT"))
        );
        assert_eq!(files[0]["originalSha256"], hex(&picture));
        assert_eq!((&files[1]["uploadedBy"], &files[1]["mediaType"]), (&json!("SITE"), &json!("text/plain")));
        let (status, headers, bytes) = who.fetch(files[0]["downloadUrl"].as_str().unwrap()).await;
        assert_eq!((status, files[0]["sha256"].as_str().unwrap()), (200, hex(&bytes).as_str()));
        assert_eq!(files[0]["byteSize"], json!(bytes.len()));
        corpus::assert_saved(&headers);
        assert!(corpus::find(&bytes, b"GPS").is_none() && corpus::find(&bytes, b"<script>").is_none());
        assert_eq!(image::load_from_memory(&bytes).unwrap().width(), 64, "the pixels are kept");
    }
    // The tier between them sees the claim; another buyer sees neither.
    assert_eq!(seen(&shop.a.owner, &claim).await, Vec::<Value>::new());
    let lan = shop.buyer(0).await;
    assert_eq!(lan.get(EVIDENCE, json!({"c": claim})).await, Value::Null);
    // Those who see it are told.
    for (who, told) in
        [(&shop.b.owner, 1), (&shop.supplier.owner, 1), (&shop.operator, 1), (&shop.a.owner, 0)]
    {
        let count = async || {
            let (events, _) = who.log_by(100).await;
            kinds(&events).into_iter().filter(|kind| *kind == "EVIDENCE_ADDED").count()
        };
        if told == 1 {
            wait_until("the event", async || (count().await == 1).then_some(())).await;
        } else {
            assert_eq!(count().await, 0, "{}", who.tenant);
        }
    }
    // Submitted is submitted: the buyer's own upload can't be submitted for another claim, nor by another.
    let refused =
        shop.b.owner.refused(EVIDENCE_ADD, json!({"i": {"claimId": claim, "uploadIds": [upload]}})).await;
    assert_eq!(refused, ["NOT_FOUND"]);
    shop.close().await;
}

#[tokio::test]
async fn a_link_is_good_for_what_it_was_made_for_and_for_a_while() {
    let shop = Shop::open().await;
    let (mei, delivery) = shop.sold().await;
    let claim = mei.claim(&delivery).await;
    let text = b"It says: used up.".to_vec();
    let (upload, url) = mei.announce("claimId", &claim, "log.txt", text.len()).await;
    for bad in [url.replace("/uploads/", "/files/"), "/files/x".into()] {
        assert_eq!(mei.fetch(&bad).await.0, 404, "{bad}");
    }
    mei.put(&url, text.clone()).await;
    mei.done(EVIDENCE_ADD, json!({"i": {"claimId": claim, "uploadIds": [upload]}})).await;
    let link = seen(&mei, &claim).await[0]["downloadUrl"].as_str().unwrap().to_owned();
    // Whoever has the link may fetch it, without signing in; it can't be sent to.
    let nobody = Client::anonymous(&shop.url, &shop.b.handle);
    assert_eq!(nobody.fetch(&link).await.2, text);
    assert_eq!(mei.put(&link.replace("/files/", "/uploads/"), text.clone()).await.0, 404);
    let mut altered = link.clone().into_bytes();
    let last = altered.len() - 20;
    altered[last] = if altered[last] == b'A' { b'B' } else { b'A' };
    assert_eq!(nobody.fetch(&String::from_utf8(altered).unwrap()).await.0, 404);
    // Made in the past, by the key that makes them, it is over.
    let server = Server::shared();
    let sealer = cardamom::foundation::seal::Sealer::new(&key(server)).unwrap();
    let evidence = uuid(&id(&seen(&mei, &claim).await[0]));
    let network = network(&shop).await;
    for (age, status) in [(400, 404), (200, 200)] {
        let then = cardamom::foundation::now() - std::time::Duration::from_secs(age);
        let link = evidence::link(&sealer, evidence::Linked::Evidence, network, evidence, then);
        assert_eq!(nobody.fetch(&link).await.0, status, "{age} s old");
    }
    shop.close().await;
}

fn key(server: &Server) -> [u8; 32] {
    use base64::Engine;
    let text = std::fs::read_to_string(server.folder().join("data/master.key")).unwrap();
    base64::engine::general_purpose::STANDARD.decode(text.trim()).unwrap().try_into().unwrap()
}

async fn network(shop: &Shop) -> cardamom::foundation::id::NetworkId {
    let mut db = superuser(Server::shared()).await;
    sqlx::query_scalar("select network_id from tenant where tenant_id = $1")
        .bind(uuid(&shop.a.id))
        .fetch_one(&mut db)
        .await
        .unwrap()
}

#[tokio::test]
async fn who_decides_is_shown_where_the_same_was_sent_before() {
    let shop = Shop::open().await;
    let mut claims = Vec::new();
    let same = corpus::scene(640, 480, image::ImageFormat::Png);
    let smaller = corpus::scene(320, 240, image::ImageFormat::Jpeg);
    let other = corpus::noise(64, 64);
    for file in [same.clone(), same, smaller, other] {
        let (mei, delivery) = shop.sold().await;
        let claim = mei.claim(&delivery).await;
        let upload = mei.sent("claimId", &claim, "proof.png", file).await;
        mei.done(EVIDENCE_ADD, json!({"i": {"claimId": claim, "uploadIds": [upload]}})).await;
        assert_eq!(matches(&mei, &claim).await, Value::Null, "a buyer is not told");
        claims.push(claim);
    }
    for who in [&shop.b.owner, &shop.supplier.owner, &shop.operator] {
        let found = matches(who, &claims[0]).await;
        let found: Vec<(&str, bool)> = found
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["claimId"].as_str().unwrap(), one["exact"].as_bool().unwrap()))
            .collect();
        assert_eq!(found, [(claims[1].as_str(), true), (claims[2].as_str(), false)], "{}", who.tenant);
        assert_eq!(matches(who, &claims[3]).await, json!([]));
    }
    assert_eq!(matches(&shop.a.owner, &claims[0]).await, json!([]), "a tier between them");
    // Of those who showed it, whoever was not the first is weighed by it: the same file, and one that looks the same.
    for (claim, again) in claims.iter().zip([false, true, true, false]) {
        assert_eq!(is_reused(&shop.b.owner, claim).await, again);
    }
    // What was sent at another site is not that site's to know, but the operator's.
    let ann = shop.buyer_at(&shop.a, 20_000).await;
    shop.stock(1).await;
    let listing = shop.listing(&shop.a);
    let order = ann.place(crate::support::order_of(&[(listing, 1)], "92.40")).await;
    let claim = ann.claim(&delivery(&order)).await;
    let file = corpus::scene(640, 480, image::ImageFormat::Png);
    let upload = ann.sent("claimId", &claim, "again.png", file).await;
    ann.done(EVIDENCE_ADD, json!({"i": {"claimId": claim, "uploadIds": [upload]}})).await;
    assert_eq!(matches(&shop.a.owner, &claim).await, json!([]));
    assert_eq!(matches(&shop.operator, &claim).await.as_array().unwrap().len(), 3);
    assert!(!is_reused(&shop.a.owner, &claim).await && is_reused(&shop.operator, &claim).await);
    // One picture of two units of one order says nothing.
    shop.stock(2).await;
    let lin = shop.buyer(20_000).await;
    let order = lin.place(shop.order(2, "190.80", &fresh("key"))).await;
    let file = corpus::noise(96, 96);
    for unit in order["lines"][0]["deliveries"].as_array().unwrap() {
        let claim = lin.claim(&id(unit)).await;
        let upload = lin.sent("claimId", &claim, "both.png", file.clone()).await;
        lin.done(EVIDENCE_ADD, json!({"i": {"claimId": claim, "uploadIds": [upload]}})).await;
        assert!(!is_reused(&shop.operator, &claim).await);
    }
    shop.close().await;
}

#[tokio::test]
async fn what_nobody_submits_is_thrown_away_and_what_a_claim_rests_on_stays() {
    let server = Server::own("sweep");
    let shop = Shop::on(&server, crate::support::Terms::default()).await;
    let (mei, delivery) = shop.sold().await;
    let claim = mei.claim(&delivery).await;
    let text = fresh("said").into_bytes();
    let upload = mei.sent("claimId", &claim, "log.txt", text.clone()).await;
    mei.done(EVIDENCE_ADD, json!({"i": {"claimId": claim, "uploadIds": [upload]}})).await;
    // The same content again, and one of its own, neither submitted.
    mei.sent("claimId", &claim, "twice.txt", text.clone()).await;
    let late = mei.sent("claimId", &claim, "late.txt", fresh("unused").into_bytes()).await;
    let mut owner = superuser(&server).await;
    let aged = "update upload set expires_at = now() - interval '1 second' where state <> 'ATTACHED'";
    sqlx::query(aged).execute(&mut owner).await.unwrap();
    sqlx::query("update blob set sweep_at = now() - interval '1 second' where sweep_at is not null")
        .execute(&mut owner)
        .await
        .unwrap();
    let objects = server.folder().join("data/objects");
    assert_eq!(corpus::files(&objects), 2);
    let (db, blobs) = (app(&server).await, Blobs::new(ObjectStore::Folder(objects.clone())));
    assert_eq!(evidence::sweep(&db, &blobs).await.unwrap(), 1);
    assert_eq!(evidence::sweep(&db, &blobs).await.unwrap(), 0);
    assert_eq!(corpus::files(&objects), 1);
    let link = seen(&mei, &claim).await[0]["downloadUrl"].as_str().unwrap().to_owned();
    assert_eq!(mei.fetch(&link).await.2, text);
    let refused = mei.refused(EVIDENCE_ADD, json!({"i": {"claimId": claim, "uploadIds": [late]}})).await;
    assert_eq!(refused, ["NOT_FOUND"]);
    let (code, out, error) = server.command(&["check"], "");
    assert_eq!(code, 0, "{out}{error}");
}

#[tokio::test]
async fn a_missing_file_and_a_store_that_fails_lose_no_claim() {
    let folder = crate::support::folder("store");
    std::fs::create_dir_all(&folder).unwrap();
    // The place for files is no folder and can't be made one.
    let place = folder.join("place");
    std::fs::write(&place, "in the way").unwrap();
    let store = place.join("objects");
    let server = Server::start_in(&folder, &[], &[("CARDAMOM_OBJECT_STORE", store.to_str().unwrap())]);
    let shop = Shop::on(&server, crate::support::Terms::default()).await;
    let (mei, delivery) = shop.sold().await;
    let claim = mei.claim(&delivery).await;
    let text = b"It says: used up.".to_vec();
    let (upload, url) = mei.announce("claimId", &claim, "log.txt", text.len()).await;
    let (status, answer) = mei.put(&url, text.clone()).await;
    assert_eq!((status, &answer["code"]), (503, &json!("STORAGE_UNAVAILABLE")), "{answer}");
    let add = json!({"i": {"claimId": claim, "uploadIds": [upload]}});
    assert_eq!(mei.refused(EVIDENCE_ADD, add.clone()).await, ["INVALID_TRANSITION"]);
    assert_eq!(mei.see(&claim).await["status"], "SUBMITTED");
    // It comes back, and the same link takes the same file.
    std::fs::remove_file(&place).unwrap();
    assert_eq!(mei.put(&url, text.clone()).await.0, 201);
    mei.done(EVIDENCE_ADD, add).await;
    let link = seen(&mei, &claim).await[0]["downloadUrl"].as_str().unwrap().to_owned();
    assert_eq!(mei.fetch(&link).await.2, text);
    // And is lost again.
    std::fs::remove_dir_all(&store).unwrap();
    std::fs::create_dir_all(&store).unwrap();
    let (status, _, body) = mei.fetch(&link).await;
    assert_eq!(status, 503, "{}", String::from_utf8_lossy(&body));
    assert_eq!(seen(&mei, &claim).await.len(), 1);
    shop.b.owner.reject(&claim).await;
    let (code, out, _) = server.command(&["check"], "");
    assert!(code == 1 && out.contains("BROKEN  I38_files_are_kept: 1 row(s)"), "{out}");
}

#[tokio::test]
async fn a_day_and_a_claim_hold_so_much_and_no_more() {
    let shop = Shop::open().await;
    let (mei, delivery) = shop.sold().await;
    let claim = mei.claim(&delivery).await;
    let mut uploads = Vec::new();
    for n in 0..21 {
        uploads.push(mei.sent("claimId", &claim, "log.txt", format!("line {n}").into_bytes()).await);
    }
    let add = |uploads: &[String]| json!({"i": {"claimId": claim, "uploadIds": uploads}});
    assert_eq!(mei.refused(EVIDENCE_ADD, add(&uploads)).await, ["LIMIT_EXCEEDED"]);
    assert_eq!(seen(&mei, &claim).await.len(), 0, "all or nothing");
    mei.done(EVIDENCE_ADD, add(&uploads[..20])).await;
    assert_eq!(mei.refused(EVIDENCE_ADD, add(&uploads[20..])).await, ["LIMIT_EXCEEDED"]);
    // Bytes of a day, by many at once: exactly what fits.
    let large = || announce("claimId", &claim, "film.mp4", 10 << 20);
    let asked = futures_util::future::join_all((0..30).map(|_| mei.ask(UPLOAD_CREATE, large()))).await;
    let given =
        asked.iter().filter(|answer| answer["data"]["uploadCreate"]["upload"]["id"].is_string()).count();
    assert_eq!(given, 19, "200 MiB less the small ones hold 19 times 10 MiB");
    let small = || announce("claimId", &claim, "log.txt", 1);
    let asked = futures_util::future::join_all((0..30).map(|_| mei.ask(UPLOAD_CREATE, small()))).await;
    let given =
        asked.iter().filter(|answer| answer["data"]["uploadCreate"]["upload"]["id"].is_string()).count();
    assert_eq!(given, 60 - 21 - 19);
    shop.close().await;
}

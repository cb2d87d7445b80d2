//! What a buyer takes to a consumer authority: whole, signed, its own, and without what could be used.

use crate::support::{Client, EVIDENCE_ADD, REVEAL, Server, Shop, fresh, id, superuser, unknown};
use cardamom::foundation::{blobs::hex, sign};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, io::Read};

const CREATE: &str = "mutation($i: DossierCreateInput!) { dossierCreate(input: $i) {
  dossier { id byteSize sha256 createdAt expiresAt publicKey downloadUrl } errors { code message path } } }";
const OF_ORDER: &str = "query($o: ID!) { order(id: $o) { dossiers { id downloadUrl } } }";
const ESCALATION: &str =
    "query($c: ID!) { warrantyClaim(id: $c) { status escalation { region authority name url phone note } } }";

fn unpack(bytes: Vec<u8>) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|at| {
            let mut file = archive.by_index(at).unwrap();
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            (file.name().unwrap().into_owned(), content)
        })
        .collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

// As somebody does who has nothing but the archive and the key.
fn sound(files: &BTreeMap<String, Vec<u8>>, key: &[u8]) -> bool {
    let manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    let listed = manifest["files"].as_array().unwrap();
    let whole = listed.iter().all(|file| {
        let content = files.get(file["path"].as_str().unwrap());
        content.is_some_and(|content| json!(hex(&Sha256::digest(content))) == file["sha256"])
    });
    whole
        && files.len() == listed.len() + 3
        && sign::verifies(key, &files["manifest.json"], &files["manifest.sig"])
}

/// A claim with evidence, refused by the site and on appeal.
async fn refused_for_good(shop: &Shop) -> (Client, String, String, String) {
    let secrets = shop.stock(1).await;
    let mei = shop.buyer(9_540).await;
    let order = mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    let delivery = crate::support::delivery(&order);
    mei.done(REVEAL, json!({"d": delivery})).await;
    let claim = mei.claim(&delivery).await;
    let text = "<script>alert('evidence')</script>".replace('<', "&lt;");
    let upload = mei.sent("claimId", &claim, "../log <b>.txt", text.into_bytes()).await;
    mei.done(EVIDENCE_ADD, json!({"i": {"claimId": claim, "uploadIds": [upload]}})).await;
    let post = "mutation($c: ID!, $b: String!) { claimMessagePost(input: {claimId: $c, body: $b}) { errors { code } } }";
    mei.done(post, json!({"c": claim, "b": "It is <b>dead</b>."})).await;
    let note =
        "mutation($c: ID!, $n: String!) { claimNoteAdd(input: {claimId: $c, note: $n}) { errors { code } } }";
    shop.b.owner.done(note, json!({"c": claim, "n": "between ourselves"})).await;
    shop.b.owner.reject(&claim).await;
    mei.step("Appeal", &claim).await;
    shop.operator.reject(&claim).await;
    (mei, id(&order), claim, secrets[0].clone())
}

#[tokio::test]
async fn a_dossier_holds_what_an_authority_needs_and_says_itself_whether_it_is_whole() {
    let shop = Shop::open().await;
    let (mei, order, claim, secret) = refused_for_good(&shop).await;
    let made = mei.done(CREATE, json!({"i": {"orderId": order}})).await["dossier"].clone();
    let (status, headers, bytes) = mei.fetch(made["downloadUrl"].as_str().unwrap()).await;
    assert_eq!((status, headers["content-type"].to_str().unwrap()), (200, "application/zip"));
    assert!(headers["content-disposition"].to_str().unwrap().starts_with("attachment; filename=\"dos_"));
    assert_eq!(
        (&made["sha256"], &made["byteSize"]),
        (&json!(hex(&Sha256::digest(&bytes))), &json!(bytes.len()))
    );
    let key = unhex(made["publicKey"].as_str().unwrap());
    let mut files = unpack(bytes);
    assert!(sound(&files, &key));

    let story: Value = serde_json::from_slice(&files["dossier.json"]).unwrap();
    assert_eq!((&story["order"]["id"], &story["order"]["total"]), (&json!(order), &json!("95.40 CNY")));
    assert_eq!(story["payments"][0]["amount"], "-95.40 CNY");
    assert_eq!(story["order"]["lines"][0]["warranty_seconds"], 3 * 24 * 3600);
    assert!(story["order"]["lines"][0]["deliveries"][0]["first_opened_at"].is_string());
    let told = &story["claims"][0];
    assert_eq!(
        (&told["id"], &told["status"], &told["steps"].as_array().unwrap().len()),
        (&json!(claim), &json!("CLOSED"), &4)
    );
    assert_eq!(told["messages"][0]["body"], "It is <b>dead</b>.");
    assert!(!String::from_utf8_lossy(&files["dossier.json"]).contains("between ourselves"));
    let proof = &told["evidence"][0];
    assert_eq!(json!(hex(&Sha256::digest(&files[proof["path"].as_str().unwrap()]))), proof["sha256"]);
    assert_eq!(story["escalation"]["url"], "https://www.12315.cn");
    for page in ["index.html", "index.zh.html"] {
        let text = String::from_utf8(files[page].clone()).unwrap();
        assert!(text.contains(&order) && text.contains(&claim), "{page}");
        assert!(
            !text.contains("<script") && !text.contains("<b>") && !text.contains("http-equiv=\"refresh"),
            "{page}"
        );
    }
    // Neither the card, nor what its sellers earn, nor their staff.
    for (name, content) in &files {
        let text = String::from_utf8_lossy(content);
        assert!(!name.contains("..") && !name.starts_with('/') && !name.contains('\\'), "{name}");
        for hidden in [secret.as_str(), "84.00", "92.40", "80.00", "@staff.example", "actor"] {
            assert!(!text.contains(hidden), "{name} says {hidden}");
        }
    }
    // Whatever is altered, left out or added shows, and so does another's signature.
    for name in files.keys().cloned().collect::<Vec<_>>() {
        if name == "public-key.pem" {
            continue;
        }
        let kept = files[&name].clone();
        let mut altered = kept.clone();
        let middle = altered.len() / 2;
        altered[middle] ^= 1;
        files.insert(name.clone(), altered);
        let whole = std::panic::catch_unwind(|| sound(&files, &key)).unwrap_or(false);
        assert!(!whole, "{name} was altered");
        files.insert(name, kept);
    }
    let evidence = files.remove(proof["path"].as_str().unwrap()).unwrap();
    assert!(!sound(&files, &key), "a file was left out");
    files.insert(proof["path"].as_str().unwrap().into(), evidence);
    files.insert("more.txt".into(), b"more".to_vec());
    assert!(!sound(&files, &key), "a file was added");
    files.remove("more.txt");
    assert!(sound(&files, &key) && !sound(&files, &[7; 32]));
    // The tool that the page names says the same.
    let folder = crate::support::folder("openssl");
    std::fs::create_dir_all(&folder).unwrap();
    for name in ["manifest.json", "manifest.sig", "public-key.pem"] {
        std::fs::write(folder.join(name), &files[name]).unwrap();
    }
    let args = [
        "pkeyutl",
        "-verify",
        "-rawin",
        "-pubin",
        "-inkey",
        "public-key.pem",
        "-in",
        "manifest.json",
        "-sigfile",
        "manifest.sig",
    ];
    if let Ok(done) = std::process::Command::new("openssl").args(args).current_dir(&folder).output() {
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    std::fs::remove_dir_all(folder).unwrap();
    shop.close().await;
}

#[tokio::test]
async fn a_dossier_is_its_makers_alone_for_a_week_and_there_are_so_many_a_day() {
    let server = Server::own("dossier");
    let shop = Shop::on(&server, crate::support::Terms::default()).await;
    let (mei, order, claim, _) = refused_for_good(&shop).await;
    let lan = shop.buyer(0).await;
    for input in [json!({"orderId": order}), json!({"claimId": claim}), json!({"orderId": unknown("ord")})] {
        assert_eq!(lan.refused(CREATE, json!({"i": input})).await, ["NOT_FOUND"], "{input}");
    }
    for input in [json!({}), json!({"orderId": order, "claimId": claim})] {
        assert_eq!(mei.refused(CREATE, json!({"i": input})).await, ["INVALID_INPUT"], "{input}");
    }
    for _ in 0..10 {
        mei.done(CREATE, json!({"i": {"claimId": claim}})).await;
    }
    assert_eq!(mei.refused(CREATE, json!({"i": {"claimId": claim}})).await, ["LIMIT_EXCEEDED"]);
    let kept = mei.get(OF_ORDER, json!({"o": order})).await["dossiers"].clone();
    assert_eq!(kept.as_array().unwrap().len(), 10);
    // Its seller sees the order, and no archive of it.
    for who in [&shop.b.owner, &shop.supplier.owner, &shop.operator] {
        assert_eq!(who.get(OF_ORDER, json!({"o": order})).await["dossiers"], json!([]));
    }
    let (code, out, error) = server.command(&["check"], "");
    assert_eq!(code, 0, "{out}{error}");
    // A week later it is gone, the link with it.
    let link = kept[0]["downloadUrl"].as_str().unwrap();
    assert_eq!(mei.fetch(link).await.0, 200);
    let mut db = superuser(&server).await;
    sqlx::query("update dossier set expires_at = now()").execute(&mut db).await.unwrap();
    assert_eq!(mei.get(OF_ORDER, json!({"o": order})).await["dossiers"], json!([]));
    assert_eq!(mei.fetch(link).await.0, 404);
}

#[tokio::test]
async fn after_the_last_refusal_a_buyer_is_told_where_to_go() {
    let shop = Shop::open().await;
    let (mei, delivery) = shop.sold().await;
    let claim = mei.claim(&delivery).await;
    let route = async |who: &Client| who.get(ESCALATION, json!({"c": claim})).await["escalation"].clone();
    assert_eq!(route(&mei).await, Value::Null);
    shop.b.owner.reject(&claim).await;
    assert_eq!(route(&mei).await, Value::Null, "an appeal is still open");
    mei.step("Appeal", &claim).await;
    shop.operator.reject(&claim).await;
    let cn = route(&mei).await;
    assert_eq!((&cn["region"], &cn["phone"]), (&json!("CN"), &json!("12315")));
    for (region, name) in
        [("DE", "ECC-Net"), ("GB", "Citizens Advice consumer service"), ("JP", "econsumer.gov")]
    {
        shop.settings(json!({"region": region})).await;
        assert_eq!(route(&mei).await["name"], name);
    }
    let set =
        "mutation($i: NetworkSettingsSetInput!) { networkSettingsSet(input: $i) { errors { code path } } }";
    for bad in ["de", "DEU", " ", "<>"] {
        assert_eq!(shop.operator.refused(set, json!({"i": {"region": bad}})).await, ["INVALID_INPUT"]);
    }
    assert_eq!(route(&mei).await["name"], "econsumer.gov");
    // Taken back, it follows the currency again.
    shop.settings(json!({"region": ""})).await;
    assert_eq!(route(&mei).await["region"], "CN");
    let region = shop.operator.get("{ networkSettings { region } }", json!({})).await["region"].clone();
    assert_eq!(region, Value::Null);
    shop.close().await;
}

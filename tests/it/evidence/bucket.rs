//! Files in a bucket: over the network, against a server that speaks S3.

use super::{EVIDENCE_ADD, fresh, json, seen, superuser, wait_until};
use crate::support::{Server, Shop, Terms, folder, spawn_for_life};
use std::{
    io::{BufRead, BufReader},
    net::{Ipv4Addr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
};

/// Moto, which `scripts/setup test` installs. What it holds is gone when it ends.
struct Bucket {
    child: Child,
    port: u16,
    http: reqwest::Client,
}

impl Bucket {
    async fn open(port: u16) -> Self {
        let built = Path::new(env!("CARGO_BIN_EXE_cardamom")).ancestors().nth(2).unwrap();
        let program = built.join("s3/bin/moto_server");
        assert!(program.exists(), "there is no {}: run scripts/setup test", program.display());
        let mut command = Command::new(program);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]).stderr(Stdio::piped());
        let mut child = spawn_for_life(command);
        // It goes on saying what it is asked: somebody has to read it.
        let (ready, is_ready) = tokio::sync::oneshot::channel();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        std::thread::spawn(move || {
            let _ = lines.find(|line| line.as_ref().is_ok_and(|line| line.contains("Running on")));
            let _ = ready.send(());
            lines.for_each(drop);
        });
        is_ready.await.unwrap();
        // Whoever says a name may do anything; it looks at no signature.
        let who = "AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/s3/aws4_request".parse().unwrap();
        let headers = reqwest::header::HeaderMap::from_iter([(reqwest::header::AUTHORIZATION, who)]);
        let http = reqwest::Client::builder().default_headers(headers).build().unwrap();
        let bucket = Self { child, port, http };
        assert!(bucket.http.put(bucket.url("")).send().await.unwrap().status().is_success());
        bucket
    }

    fn url(&self, key: &str) -> String {
        format!("http://127.0.0.1:{}/files/{key}", self.port)
    }

    async fn keys(&self) -> Vec<String> {
        let listed = self.http.get(self.url("?list-type=2")).send().await.unwrap().text().await.unwrap();
        listed.split("<Key>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
    }

    async fn put(&self, key: &str, content: &[u8]) {
        let answer = self.http.put(self.url(key)).body(content.to_vec()).send().await.unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn files_are_kept_in_a_bucket_and_one_that_is_away_loses_no_claim() {
    // A port of its own, also while it is away: below those that the kernel gives to whoever asks for any.
    let free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    let port = (20_000..32_000).skip(std::process::id() as usize % 10_000).find(free).expect("a free port");
    let bucket = Bucket::open(port).await;
    let endpoint = format!("http://127.0.0.1:{port}");
    let settings = [
        ("CARDAMOM_OBJECT_STORE", "s3://files/shop/one"),
        ("AWS_ENDPOINT", &endpoint),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    let server = Server::start_in(&folder("bucket"), &[], &settings);
    let shop = Shop::on(&server, Terms::default()).await;
    let (mei, delivery) = shop.sold().await;
    let claim = mei.claim(&delivery).await;
    let text = fresh("It says: used up.").into_bytes();
    let upload = mei.sent("claimId", &claim, "log.txt", text.clone()).await;
    mei.done(EVIDENCE_ADD, json!({"i": {"claimId": claim, "uploadIds": [upload]}})).await;
    let link = seen(&mei, &claim).await[0]["downloadUrl"].as_str().unwrap().to_owned();
    assert_eq!(mei.fetch(&link).await.2, text);
    let keys = bucket.keys().await;
    let [key] = keys.as_slice() else { panic!("{keys:?}") };
    assert!(key.starts_with("shop/one/") && key.ends_with(&super::hex(&text)), "{key}");
    assert!(!server.folder().join("data/objects").exists());

    // What somebody does to it is found, and none of it is handed out as what was sent.
    let check = || server.command(&["check"], "");
    assert_eq!(check().0, 0, "{:?}", check());
    bucket.put(key, b"It says: never used.").await;
    let (code, out, _) = check();
    assert!(code == 1 && out.contains("BROKEN  I38_files_are_kept: 1 row(s)"), "{out}");
    bucket.http.delete(bucket.url(key)).send().await.unwrap();
    let (code, out, _) = check();
    assert!(code == 1 && out.contains("BROKEN  I38_files_are_kept: 1 row(s)"), "{out}");
    assert_eq!(mei.fetch(&link).await.0, 503);

    // Away, and there again: the same link takes the same file.
    drop(bucket);
    let (later, url) = mei.announce("claimId", &claim, "more.txt", text.len()).await;
    let (status, answer) = mei.put(&url, text.clone()).await;
    assert_eq!((status, &answer["code"]), (503, &json!("STORAGE_UNAVAILABLE")), "{answer}");
    assert_eq!(mei.see(&claim).await["status"], "SUBMITTED");
    let bucket = Bucket::open(port).await;
    assert_eq!(mei.put(&url, text.clone()).await.0, 201);
    let add = json!({"i": {"claimId": claim, "uploadIds": [later]}});
    mei.done(EVIDENCE_ADD, add).await;
    assert_eq!(bucket.keys().await, keys);
    assert_eq!(check().0, 0, "{:?}", check());

    // What nobody submits is thrown away by a server that comes later.
    mei.sent("claimId", &claim, "unused.txt", fresh("unused").into_bytes()).await;
    assert_eq!(bucket.keys().await.len(), 2);
    let mut owner = superuser(&server).await;
    for aged in [
        "update upload set expires_at = now() - interval '1 second' where state <> 'ATTACHED'",
        "update blob set sweep_at = now() - interval '1 second' where sweep_at is not null",
    ] {
        sqlx::query(aged).execute(&mut owner).await.unwrap();
    }
    sqlx::Connection::close(owner).await.unwrap();
    server.signal(libc::SIGTERM);
    let server = Server::start_in(&server.wait(), &[], &settings);
    wait_until("what was not wanted is gone", async || (bucket.keys().await == keys).then_some(())).await;
    let (code, out, error) = server.command(&["check"], "");
    assert_eq!(code, 0, "{out}{error}");
}

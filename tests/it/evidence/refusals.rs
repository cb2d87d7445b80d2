//! What is not sent as it was announced, and what is not the sender's.

use super::{hex, seen};
use crate::support::{
    CLAIM_OPEN, EVIDENCE_ADD, Server, Shop, UPLOAD_CREATE, announce, claim_on, errors, fresh, superuser,
    unknown, uuid,
};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn a_file_that_does_not_arrive_as_announced_is_not_there_and_may_be_sent_again() {
    let shop = Shop::open().await;
    let (mei, delivery) = shop.sold().await;
    let claim = mei.claim(&delivery).await;
    let text = b"It says: used up.".to_vec();
    let mut input = announce("claimId", &claim, "log.txt", text.len());
    input["i"]["sha256"] = json!(hex(&text));
    let made = mei.done(UPLOAD_CREATE, input).await["upload"].clone();
    let (upload, url) = (made["id"].as_str().unwrap(), made["url"].as_str().unwrap());
    let add = json!({"i": {"claimId": claim, "uploadIds": [upload]}});
    let mut other = text.clone();
    other[0] = b'i';
    for (body, status, code) in [
        (text[1..].to_vec(), 400, "INCOMPLETE"),
        (Vec::new(), 400, "INCOMPLETE"),
        ([text.clone(), text.clone()].concat(), 413, "TOO_LARGE"),
        (other, 422, "HASH_MISMATCH"),
    ] {
        let (got, answer) = mei.put(url, body).await;
        assert_eq!((got, answer["code"].as_str()), (status, Some(code)), "{answer}");
        assert!(answer["requestId"].is_string());
        assert_eq!(mei.refused(EVIDENCE_ADD, add.clone()).await, ["INVALID_TRANSITION"]);
    }
    // Broken off in the middle: the connection just ends.
    let address = shop.url.strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let head =
        format!("PUT {url} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {}\r\n\r\nIt says", text.len());
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let _ = stream.read_to_end(&mut Vec::new()).await;
    assert_eq!(mei.refused(EVIDENCE_ADD, add.clone()).await, ["INVALID_TRANSITION"]);
    // Many at once: one of them is the one.
    let sent = futures_util::future::join_all((0..6).map(|_| mei.put(url, text.clone()))).await;
    let mut status: Vec<u16> = sent.iter().map(|(status, _)| *status).collect();
    status.sort_unstable();
    assert_eq!(status[0], 201, "{sent:?}");
    assert!(status[1..].iter().all(|status| matches!(status, 409 | 503)), "{sent:?}");
    assert_eq!(mei.put(url, text.clone()).await.0, 409);
    mei.done(EVIDENCE_ADD, add).await;
    assert_eq!(seen(&mei, &claim).await.len(), 1);
    shop.close().await;
}

#[tokio::test]
async fn a_link_that_is_over_takes_nothing() {
    let shop = Shop::open().await;
    let (mei, delivery) = shop.sold().await;
    let claim = mei.claim(&delivery).await;
    let (upload, url) = mei.announce("claimId", &claim, "log.txt", 1).await;
    let mut db = superuser(Server::shared()).await;
    sqlx::query("update upload set expires_at = now() where upload_id = $1")
        .bind(uuid(&upload))
        .execute(&mut db)
        .await
        .unwrap();
    let (status, answer) = mei.put(&url, b"x".to_vec()).await;
    assert_eq!((status, &answer["code"]), (410, &json!("LINK_EXPIRED")));
    for method in [reqwest::Method::GET, reqwest::Method::POST, reqwest::Method::DELETE] {
        let answer =
            reqwest::Client::new().request(method, format!("{}{url}", shop.url)).send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["allow"]),
            (405, &"PUT, OPTIONS".parse().unwrap())
        );
    }
    shop.close().await;
}

#[tokio::test]
async fn nobody_announces_or_submits_for_what_is_not_theirs() {
    let shop = Shop::open().await;
    let (mei, mine) = shop.sold().await;
    let (lan, hers) = shop.sold().await;
    let (claim, other) = (mei.claim(&mine).await, lan.claim(&hers).await);
    for (about, of) in
        [("claimId", &other), ("deliveryId", &hers), ("claimId", &unknown("clm")), ("deliveryId", &claim)]
    {
        assert_eq!(
            mei.refused(UPLOAD_CREATE, announce(about, of, "x", 1)).await,
            ["NOT_FOUND"],
            "{about} {of}"
        );
    }
    // Staff send for a claim, not for a delivery; a tier between them for neither.
    assert_eq!(
        shop.b.owner.refused(UPLOAD_CREATE, announce("deliveryId", &mine, "x", 1)).await,
        ["NOT_FOUND"]
    );
    assert_eq!(shop.a.owner.refused(UPLOAD_CREATE, announce("claimId", &claim, "x", 1)).await, ["NOT_FOUND"]);
    for (size, code) in [(0, "INVALID_INPUT"), ((10 << 20) + 1, "LIMIT_EXCEEDED")] {
        assert_eq!(mei.refused(UPLOAD_CREATE, announce("claimId", &claim, "x", size)).await, [code]);
    }
    let mut both = announce("claimId", &claim, "x", 1);
    both["i"]["deliveryId"] = json!(mine);
    assert_eq!(mei.refused(UPLOAD_CREATE, both).await, ["INVALID_INPUT"]);
    let mut hash = announce("claimId", &claim, "x", 1);
    hash["i"]["sha256"] = json!("xyz");
    assert_eq!(mei.refused(UPLOAD_CREATE, hash).await, ["INVALID_INPUT"]);
    let hers = lan.sent("claimId", &other, "x.txt", b"hers".to_vec()).await;
    let mine = mei.sent("claimId", &claim, "x.txt", b"mine".to_vec()).await;
    for (who, claim, upload) in [
        (&mei, &claim, &hers),
        (&mei, &other, &mine),
        (&lan, &other, &mine),
        (&shop.b.owner, &claim, &mine),
        (&mei, &claim, &unknown("upl")),
    ] {
        let codes = who.refused(EVIDENCE_ADD, json!({"i": {"claimId": claim, "uploadIds": [upload]}})).await;
        assert_eq!(codes, ["NOT_FOUND"], "{claim} {upload}");
    }
    let none = json!({"i": {"claimId": claim, "uploadIds": []}});
    assert_eq!(mei.refused(EVIDENCE_ADD, none).await, ["INVALID_INPUT"]);
    // A claim that has ended rests on what it rested on.
    mei.step("Withdraw", &claim).await;
    let late = json!({"i": {"claimId": claim, "uploadIds": [mine]}});
    assert_eq!(mei.refused(EVIDENCE_ADD, late).await, ["INVALID_TRANSITION"]);
    assert_eq!(seen(&mei, &claim).await.len(), 0);
    shop.close().await;
}

#[tokio::test]
async fn a_claim_whose_file_has_not_arrived_is_not_opened_and_its_delivery_is_free() {
    let shop = Shop::open().await;
    let (mei, delivery) = shop.sold().await;
    let (upload, url) = mei.announce("deliveryId", &delivery, "log.txt", 4).await;
    let mut input = claim_on(&delivery, "INVALID", &fresh("claim"));
    input["i"]["evidenceUploadIds"] = json!([upload]);
    let answer = mei.ask(CLAIM_OPEN, input.clone()).await;
    assert_eq!(errors(&answer), ["INVALID_TRANSITION"], "{answer}");
    assert_eq!(
        answer["data"]["warrantyClaimOpen"]["errors"][0]["path"],
        json!(["input", "evidenceUploadIds", "0"])
    );
    assert_eq!(mei.put(&url, b"text".to_vec()).await.0, 201);
    let claim = mei.done(CLAIM_OPEN, input).await["claim"]["id"].as_str().unwrap().to_owned();
    assert_eq!(seen(&mei, &claim).await.len(), 1);
    shop.close().await;
}

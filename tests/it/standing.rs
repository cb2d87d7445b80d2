//! What anybody may know of a tenant, and what buyers say of it.

use crate::support::{
    Client, Server, Shop, cny, delivery, errors, fresh, id, superuser, unknown, uuid, wait_until,
};
use serde_json::{Value, json};

const STANDING: &str =
    "{ storefront { standing { openedSince orders claimRateBasisPoints approvalRateBasisPoints
  medianHoursToFirstAnswer medianHoursToResolution appealsOverturned reviews averageStars averageWarrantyStars
  minimumSample computedAt } } }";
const REVIEWS: &str = "{ storefront { reviews(first: 50) { nodes { id title stars warrantyStars text
  reply { text version } removed { reason } } } } }";
const POST: &str = "mutation($i: ReviewPostInput!) { reviewPost(input: $i) { review { id stars text } errors { code message path } } }";
const REPLY: &str = "mutation($i: ReviewReplyInput!) { reviewReply(input: $i) { review { reply { text version } } errors { code message path } } }";
const MODERATE: &str = "mutation($i: ReviewModerateInput!) { reviewModerate(input: $i) { review { text removed { reason } } errors { code message path } } }";

async fn standing(who: &Client) -> Value {
    who.get(STANDING, json!({})).await["standing"].clone()
}

async fn reviews(who: &Client) -> Vec<Value> {
    who.get(REVIEWS, json!({})).await["reviews"]["nodes"].as_array().unwrap().clone()
}

// As if the runner had last looked long ago; waits until it has looked again, at everything.
async fn counted(shop: &Shop, server: &Server) {
    let mut db = superuser(server).await;
    wait_until("the figures", async || {
        let waiting: i64 = sqlx::query_scalar(
            "with aged as (update standing set computed_at = least(computed_at, now() - interval '1 minute')
                            where tenant_id = any($1) returning 1)
             select count(*) from standing s where s.tenant_id = any($1) and s.log_end is distinct from
               (select max(p.last_seq) from event_page p where p.network_id = s.network_id and p.tenant_id = s.tenant_id)
               or (select count(*) from aged) = 0 or exists (select from outbox)",
        )
        .bind(vec![uuid(&shop.b.id), uuid(&shop.supplier.id)])
        .fetch_one(&mut db)
        .await
        .unwrap();
        (waiting == 0).then_some(())
    })
    .await;
}

fn line(order: &Value) -> String {
    id(&order["lines"][0])
}

#[tokio::test]
async fn figures_are_computed_from_what_happened_and_say_nothing_of_too_little() {
    let server = Server::own("standing");
    let shop = Shop::on(&server, crate::support::Terms::default()).await;
    let visitor = Client::anonymous(&shop.url, &shop.b.handle);
    let empty = standing(&visitor).await;
    assert_eq!((&empty["orders"], &empty["minimumSample"]), (&json!("NONE"), &json!(10)));
    assert_eq!((&empty["claimRateBasisPoints"], &empty["reviews"]), (&Value::Null, &json!(0)));
    shop.stock(22).await;
    let mei = shop.buyer(500_000).await;
    let mut orders = Vec::new();
    for _ in 0..9 {
        orders.push(mei.place(shop.order(1, "95.40", &fresh("key"))).await);
    }
    counted(&shop, &server).await;
    let few = standing(&visitor).await;
    assert_eq!((&few["orders"], &few["claimRateBasisPoints"]), (&json!("UP_TO_10"), &Value::Null));
    for _ in 0..11 {
        orders.push(mei.place(shop.order(1, "95.40", &fresh("key"))).await);
    }
    // Ten claims: seven granted by the site, one of three refusals overturned by an appeal.
    let mut claims = Vec::new();
    for order in &orders[..10] {
        claims.push(mei.claim(&delivery(order)).await);
    }
    let grant = |claim: &str, bearer: Option<&str>| json!({"i": {"claimId": claim, "remedy": "COMPENSATE", "amount": cny("1.00"), "bearer": bearer}});
    for who in [&shop.b.owner, &shop.operator] {
        shop.credit(&who.wallet_id().await, 10_000).await;
    }
    // Six are answered with a word first.
    let say = "mutation($c: ID!) { claimMessagePost(input: {claimId: $c, body: \"We are looking.\"}) { errors { code message } } }";
    for claim in &claims[..6] {
        shop.b.owner.done(say, json!({"c": claim})).await;
    }
    for claim in &claims[..7] {
        shop.b.owner.done(crate::support::CLAIM_APPROVE, grant(claim, None)).await;
    }
    for claim in &claims[7..] {
        shop.b.owner.reject(claim).await;
    }
    mei.step("Appeal", &claims[7]).await;
    shop.operator.done(crate::support::CLAIM_APPROVE, grant(&claims[7], Some("OPERATOR"))).await;
    counted(&shop, &server).await;
    let figures = standing(&visitor).await;
    assert_eq!(figures["orders"], "UP_TO_100");
    assert_eq!(figures["claimRateBasisPoints"], 5_000, "{figures}");
    assert_eq!(figures["approvalRateBasisPoints"], 8_000, "{figures}");
    assert_eq!(figures["appealsOverturned"], 1);
    assert_eq!(figures["medianHoursToFirstAnswer"], "0.0");
    assert_eq!(figures["medianHoursToResolution"], Value::Null, "eight are over");
    // Decided three hours later they were answered as soon; without the words, three hours later.
    let mut db = superuser(&server).await;
    let later =
        "update claim_step set at = at + interval '3 hours' where step_no > 1 and actor_id is not null";
    for (change, hours) in [(later, "0.0"), ("delete from claim_message", "3.0")] {
        sqlx::query("set session_replication_role = replica").execute(&mut db).await.unwrap();
        sqlx::query(change).execute(&mut db).await.unwrap();
        mei.place(shop.order(1, "95.40", &fresh("key"))).await;
        counted(&shop, &server).await;
        assert_eq!(standing(&visitor).await["medianHoursToFirstAnswer"], hours);
    }
    // Everybody is told the same, and nobody can enter a figure.
    let seen = shop.b.owner.get("{ tenants { id standing { claimRateBasisPoints } } }", json!({})).await;
    assert_eq!(seen[0]["standing"]["claimRateBasisPoints"], standing(&mei).await["claimRateBasisPoints"]);
}

#[tokio::test]
async fn who_has_bought_says_so_once_and_the_site_answers() {
    let shop = Shop::open().await;
    shop.stock(4).await;
    let mei = shop.buyer(100_000).await;
    let order = mei.place(shop.order(2, "190.80", &fresh("key"))).await;
    let hostile = "<script>alert(1)</script> & \"quoted\" {{7*7}} ${7*7}\n=cmd|' /C calc'!A0";
    let input = json!({"i": {"orderLineId": line(&order), "stars": 4, "warrantyStars": 5, "text": hostile}});
    let posted = mei.done(POST, input.clone()).await;
    assert_eq!(posted["review"]["text"], json!(hostile), "plain text, kept as it is");
    assert_eq!(mei.refused(POST, input).await, ["CONFLICT"]);
    let review = id(&posted["review"]);
    let reply = |text: &str| json!({"i": {"reviewId": review, "text": text}});
    shop.b.owner.done(REPLY, reply("Thank you.")).await;
    let second = shop.b.owner.done(REPLY, reply("Thank you very much.")).await;
    assert_eq!(second["review"]["reply"], json!({"text": "Thank you very much.", "version": 2}));
    for who in [&Client::anonymous(&shop.url, &shop.b.handle), &mei, &shop.buyer(0).await] {
        let shown = reviews(who).await;
        assert_eq!((shown.len(), &shown[0]["stars"], &shown[0]["text"]), (1, &json!(4), &json!(hostile)));
        assert_eq!(shown[0]["reply"]["version"], 2);
    }
    // A site is told when it is reviewed, and so is whose goods they are.
    shop.b.owner.log_with(1, "REVIEW_POSTED").await;
    shop.supplier.owner.log_with(1, "REVIEW_POSTED").await;
    shop.b.owner.log_with(2, "REVIEW_REPLIED").await;
    // Another site's visitors and staff are shown nothing of it.
    assert_eq!(reviews(&Client::anonymous(&shop.url, &shop.a.handle)).await, Vec::<Value>::new());
    let below = "{ tenants { id reviews(first: 5) { nodes { id } } } }";
    let tenants = shop.a.owner.get(below, json!({})).await;
    let at_b = tenants.as_array().unwrap().iter().find(|tenant| tenant["id"] == json!(shop.b.id)).unwrap();
    assert_eq!(at_b["reviews"]["nodes"], json!([]));
    shop.close().await;
}

#[tokio::test]
async fn a_review_that_may_not_be_is_refused_and_changes_nothing() {
    let shop = Shop::open().await;
    shop.stock(2).await;
    let mei = shop.buyer(100_000).await;
    let lan = shop.buyer(0).await;
    let order = mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    let post = |line: &str, stars: i32, text: &str| json!({"i": {"orderLineId": line, "stars": stars, "text": text}});
    let line = line(&order);
    for (who, input, code) in [
        (&mei, post(&line, 0, "x"), "INVALID_INPUT"),
        (&mei, post(&line, 6, "x"), "INVALID_INPUT"),
        (&mei, post(&line, 3, "a\0b"), "INVALID_INPUT"),
        (&mei, post(&line, 3, &"x".repeat(2_001)), "INVALID_INPUT"),
        (&mei, post(&unknown("lin"), 3, "x"), "NOT_FOUND"),
        (&lan, post(&line, 3, "x"), "NOT_FOUND"),
    ] {
        assert_eq!(who.refused(POST, input).await, [code]);
    }
    // What has not been handed over can't be reviewed yet.
    let by_hand = json!({"variants": [{"sku": fresh("sku"), "title": "1", "fulfilment": "MANUAL", "settlementPrice": cny("80.00")}]});
    let variant = shop.offer("TOP_UP", by_hand).await;
    let listing = crate::support::listing_of(&shop.b, &variant);
    let waiting = mei.place(crate::support::order_of(&[(listing, 1)], "95.40")).await;
    let refused = mei.refused(POST, post(&id(&waiting["lines"][0]), 5, "great")).await;
    assert_eq!(refused, ["INVALID_TRANSITION"]);
    assert_eq!(reviews(&mei).await, Vec::<Value>::new());
    // Ten at once: one review.
    let all = futures_util::future::join_all((0..10).map(|_| mei.ask(POST, post(&line, 3, "fair")))).await;
    let done = all.iter().filter(|answer| errors(answer).is_empty()).count();
    assert_eq!((done, reviews(&mei).await.len()), (1, 1), "{all:?}");
    let review = id(&reviews(&mei).await[0]);
    // Only the selling site answers, at most ten times.
    let reply = json!({"i": {"reviewId": review, "text": "Thanks."}});
    assert_eq!(shop.a.owner.refused(REPLY, reply.clone()).await, ["NOT_FOUND"]);
    for _ in 0..10 {
        shop.b.owner.done(REPLY, reply.clone()).await;
    }
    assert_eq!(shop.b.owner.refused(REPLY, reply).await, ["LIMIT_EXCEEDED"]);
    shop.close().await;
}

#[tokio::test]
async fn what_the_operator_removes_leaves_its_place_and_does_not_count() {
    let server = Server::own("reviews");
    let shop = Shop::on(&server, crate::support::Terms::default()).await;
    shop.stock(10).await;
    let mei = shop.buyer(200_000).await;
    let mut posted = Vec::new();
    for n in 0..10 {
        let order = mei.place(shop.order(1, "95.40", &fresh("key"))).await;
        let stars = if n == 0 { 1 } else { 5 };
        let input =
            json!({"i": {"orderLineId": line(&order), "stars": stars, "text": format!("number {n}")}});
        posted.push(id(&mei.done(POST, input).await["review"]));
    }
    counted(&shop, &server).await;
    assert_eq!(standing(&mei).await["averageStars"], "4.6", "46 stars of ten");
    let moderate = |removed: bool, reason: &str| json!({"i": {"reviewId": posted[0], "removed": removed, "reason": reason}});
    let empty = shop.operator.refused(MODERATE, moderate(true, "")).await;
    assert_eq!(empty, ["INVALID_INPUT"]);
    assert_eq!(shop.operator.refused(MODERATE, moderate(false, "no")).await, ["INVALID_TRANSITION"]);
    let removed = shop.operator.done(MODERATE, moderate(true, "It names a person.")).await;
    assert_eq!(removed["review"]["text"], "number 0", "who decides still reads it");
    assert_eq!(shop.operator.refused(MODERATE, moderate(true, "again")).await, ["INVALID_TRANSITION"]);
    for who in [&mei, &shop.b.owner, &Client::anonymous(&shop.url, &shop.b.handle)] {
        let shown = reviews(who).await;
        let gone = shown.iter().find(|one| one["id"] == json!(posted[0])).unwrap();
        assert_eq!((&gone["text"], &gone["stars"]), (&Value::Null, &Value::Null));
        assert_eq!(gone["removed"]["reason"], "It names a person.");
        assert_eq!(shown.len(), 10, "its place stays");
    }
    counted(&shop, &server).await;
    let figures = standing(&mei).await;
    assert_eq!((&figures["reviews"], &figures["averageStars"]), (&json!(9), &Value::Null));
    shop.operator.done(MODERATE, moderate(false, "It does not.")).await;
    counted(&shop, &server).await;
    assert_eq!(standing(&mei).await["averageStars"], "4.6");
    shop.b.owner.log_with(2, "REVIEW_MODERATED").await;
}

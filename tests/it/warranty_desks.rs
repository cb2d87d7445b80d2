//! Desks at work: two clocks, working time, queues, hands, and nobody in their own case.

use crate::support::{
    CLAIM_APPROVE, CLAIM_REJECT, Client, Server, Shop, Socket, fresh, id, superuser, uuid, wait_until,
};
use serde_json::{Value, json};

const POST: &str = "mutation($c: ID!, $b: String!) { claimMessagePost(input: {claimId: $c, body: $b}) {
  message { id party body readBy } errors { code message path } } }";
const READ: &str = "mutation($c: ID!, $m: ID!) { claimMessageRead(input: {claimId: $c, messageId: $m}) {
  claim { messages { id readBy } } errors { code message path } } }";
const NOTE: &str = "mutation($c: ID!, $n: String!) { claimNoteAdd(input: {claimId: $c, note: $n}) {
  claim { notes { body author { email } } } errors { code message path } } }";
const ASSIGN: &str = "mutation($c: ID!, $u: ID) { warrantyClaimAssign(input: {claimId: $c, userId: $u}) {
  claim { id assignee { id } } errors { code message path } } }";
const TALK: &str =
    "query($c: ID!) { warrantyClaim(id: $c) { messages { party body readBy } notes { body } assignee { id }
  dueAt openedAt answeredAt kind } }";
const CALENDAR: &str = "mutation($i: WorkCalendarSetInput!) { workCalendarSet(input: $i) {
  calendar { timeZone hours { day from to } holidays } errors { code message path } } }";

fn terms(decision: i32, answer: Option<i32>) -> Value {
    json!({"warranty": {
        "durationSeconds": 259_200, "decisionWithinSeconds": decision, "answerWithinSeconds": answer,
        "coveredReasons": ["ALREADY_USED"], "remedies": ["REPLACE", "REFUND", "COMPENSATE"],
    }})
}

// A buyer of site B with one unit of a product under those terms.
async fn sold(shop: &Shop, terms: Value) -> (Client, String) {
    let variant = shop.offer("CARD", terms).await;
    shop.import(&variant, &fresh("SECRET"), &fresh("import")).await;
    let mei = shop.buyer(9_540).await;
    let listing = crate::support::listing_of(&shop.b, &variant);
    let order = mei.place(crate::support::order_of(&[(listing, 1)], "95.40")).await;
    (mei, crate::support::delivery(&order))
}

fn moment(text: &Value) -> chrono::DateTime<chrono::FixedOffset> {
    chrono::DateTime::parse_from_rfc3339(text.as_str().unwrap_or_else(|| panic!("{text}"))).unwrap()
}

#[tokio::test]
async fn a_desk_answers_first_and_then_decides() {
    let shop = Shop::open().await;
    let (mei, card) = sold(&shop, terms(48 * 3_600, Some(3_600))).await;
    let claim = mei.claim(&card).await;
    let seen = mei.get(TALK, json!({"c": claim})).await;
    assert_eq!((moment(&seen["dueAt"]) - moment(&seen["openedAt"])).num_seconds(), 3_600, "the first answer");
    assert_eq!((&seen["answeredAt"], &seen["kind"]), (&Value::Null, &json!("CARD")));
    // The buyer's own word, and the supplier's, are no answer of the site's desk.
    for who in [&mei, &shop.supplier.owner] {
        who.done(POST, json!({"c": claim, "b": "Hello?"})).await;
        assert_eq!(mei.get(TALK, json!({"c": claim})).await["answeredAt"], Value::Null);
    }
    shop.b.owner.done(POST, json!({"c": claim, "b": "We look into it."})).await;
    let seen = mei.get(TALK, json!({"c": claim})).await;
    assert_eq!(
        (moment(&seen["dueAt"]) - moment(&seen["openedAt"])).num_seconds(),
        16 * 3_600,
        "the decision"
    );
    assert!(seen["answeredAt"].is_string());
    // Up by hand: who was answered once is not answered again.
    let up = shop.b.owner.step("HandOver", &claim).await;
    let history = mei.see(&claim).await["history"].as_array().unwrap().last().unwrap()["at"].clone();
    assert_eq!((moment(&up["dueAt"]) - moment(&history)).num_seconds(), 16 * 3_600);
    shop.close().await;
}

#[tokio::test]
async fn a_claim_moves_up_within_a_second_of_its_time_and_the_desk_is_written_down_as_late() {
    let shop = Shop::open().await;
    let (mei, card) = sold(&shop, terms(3_600, Some(2))).await;
    let claim = mei.claim(&card).await;
    let mut database = superuser(Server::shared()).await;
    let due: chrono::DateTime<chrono::Utc> =
        sqlx::query_scalar("select due_at from claim where claim_id = $1")
            .bind(uuid(&claim))
            .fetch_one(&mut database)
            .await
            .unwrap();
    wait_until("the claim is at the supplier's desk", async || {
        (mei.see(&claim).await["desk"] == "SUPPLIER").then_some(())
    })
    .await;
    let (at, late): (chrono::DateTime<chrono::Utc>, Option<String>) =
        sqlx::query_as("select at, late_desk from claim_step where claim_id = $1 and step_no = 2")
            .bind(uuid(&claim))
            .fetch_one(&mut database)
            .await
            .unwrap();
    let lag = at - due;
    assert!(lag >= chrono::Duration::zero() && lag <= chrono::Duration::seconds(1), "{lag}");
    assert_eq!(late.as_deref(), Some("SITE"));
    shop.close().await;
}

#[tokio::test]
async fn a_desk_with_a_calendar_has_its_working_time() {
    let shop = Shop::open().await;
    // A day that is two days away is the only one: ten hours of it.
    let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now());
    let day = (now + chrono::Duration::days(2)).date_naive();
    let week_day = i64::from(chrono::Datelike::weekday(&day).number_from_monday());
    let hours = json!([{"day": week_day, "from": 480, "to": 1080}]);
    let set = json!({"i": {"timeZone": "Etc/UTC", "hours": hours}});
    let answer = shop.b.owner.done(CALENDAR, set.clone()).await;
    assert_eq!(answer["calendar"]["hours"], hours);
    let (mei, card) = sold(&shop, terms(9 * 3_600, Some(9 * 3_600))).await;
    let claim = mei.claim(&card).await;
    let due = moment(&mei.get(TALK, json!({"c": claim})).await["dueAt"]);
    assert_eq!(due.to_rfc3339(), format!("{day}T11:00:00+00:00"), "three hours of that day");
    // The supplier has none, nor has the operator: it always works.
    let up = shop.b.owner.step("HandOver", &claim).await;
    assert!(moment(&up["dueAt"]) < now + chrono::Duration::hours(4));
    // By the clock of its place: ten hours on, the same stretch begins ten hours later.
    let there = json!({"i": {"timeZone": "Pacific/Honolulu", "hours": hours}});
    let answer = shop.b.owner.done(CALENDAR, there).await;
    assert_eq!(answer["calendar"]["timeZone"], "Pacific/Honolulu");
    let (lin, card) = sold(&shop, terms(9 * 3_600, Some(9 * 3_600))).await;
    let claim = lin.claim(&card).await;
    let due = moment(&lin.get(TALK, json!({"c": claim})).await["dueAt"]);
    assert_eq!(due.to_rfc3339(), format!("{day}T21:00:00+00:00"));
    let nowhere = json!({"i": {"timeZone": "Mars/Olympus", "hours": hours}});
    assert_eq!(shop.b.owner.refused(CALENDAR, nowhere).await, ["INVALID_INPUT"]);
    shop.b.owner.done(CALENDAR, set.clone()).await;
    // What is no calendar is none.
    for wrong in [
        json!([]),
        json!([{"day": 0, "from": 0, "to": 900}]),
        json!([{"day": 1, "from": -5, "to": 900}]),
        json!([{"day": 1, "from": 0, "to": 60}]),
        json!([{"day": 1, "from": 0, "to": 600}, {"day": 1, "from": 500, "to": 700}]),
    ] {
        let input = json!({"i": {"timeZone": "Etc/UTC", "hours": wrong}});
        assert_eq!(shop.b.owner.refused(CALENDAR, input).await, ["INVALID_INPUT"]);
    }
    let mut holidays = set;
    holidays["i"]["holidays"] = json!(["tomorrow"]);
    assert_eq!(shop.b.owner.refused(CALENDAR, holidays).await, ["INVALID_INPUT"]);
    let kept = shop.b.owner.get("{ workCalendar { hours { day } } }", json!({})).await;
    assert_eq!(kept["hours"].as_array().unwrap().len(), 1, "what was refused changed nothing");
    shop.close().await;
}

#[tokio::test]
async fn the_thread_is_the_parties_and_notes_are_the_desks_own() {
    let shop = Shop::open().await;
    let (mei, card) = shop.sold().await;
    let claim = mei.claim(&card).await;
    let mut socket = Socket::open(&mei).await;
    let follow = "subscription($c: ID!, $a: EventCursor) { claimMessages(claimId: $c, after: $a) { id party body readBy } }";
    let from = mei.get("{ orders { nodes { asOf } } }", json!({})).await["nodes"][0]["asOf"].clone();
    socket.subscribe("talk", follow, json!({"c": claim, "a": from})).await;
    let (b, a, supplier, operator) = (&shop.b.owner, &shop.a.owner, &shop.supplier.owner, &shop.operator);
    let said = b.done(POST, json!({"c": claim, "b": "Which shop page?"})).await["message"].clone();
    assert_eq!((&said["party"], &said["readBy"]), (&json!("SITE"), &json!([])));
    let heard = socket.hear().await.unwrap();
    assert_eq!(heard["payload"]["data"]["claimMessages"]["id"], said["id"], "{heard}");
    // Receipts, each party its own; never back.
    let read = mei.done(READ, json!({"c": claim, "m": said["id"]})).await;
    assert_eq!(read["claim"]["messages"][0]["readBy"], json!(["BUYER"]));
    supplier.done(READ, json!({"c": claim, "m": said["id"]})).await;
    // They are pushed as well: the message as it stands, which may be read by both already.
    for _ in 0..2 {
        let heard = socket.hear().await.unwrap()["payload"]["data"]["claimMessages"].clone();
        assert_eq!(heard["id"], said["id"], "{heard}");
        let readers = heard["readBy"].as_array().unwrap();
        assert!(readers.contains(&json!("BUYER")), "{heard}");
    }
    let answer = mei.done(POST, json!({"c": claim, "b": "The second."})).await["message"].clone();
    let heard = socket.hear().await.unwrap();
    assert_eq!(heard["payload"]["data"]["claimMessages"]["body"], "The second.");
    supplier.done(READ, json!({"c": claim, "m": answer["id"]})).await;
    let back = supplier.done(READ, json!({"c": claim, "m": said["id"]})).await;
    assert_eq!(back["claim"]["messages"][1]["readBy"], json!(["SUPPLIER"]));
    // Every party sees it; the tier between has no part in it.
    for who in [&mei, b, supplier, operator] {
        let seen = who.get(TALK, json!({"c": claim})).await;
        assert_eq!(seen["messages"].as_array().unwrap().len(), 2, "{}", who.tenant);
    }
    assert_eq!(a.get(TALK, json!({"c": claim})).await["messages"], json!([]));
    assert_eq!(a.refused(POST, json!({"c": claim, "b": "Hi"})).await, ["INVALID_TRANSITION"]);
    assert_eq!(a.refused(NOTE, json!({"c": claim, "n": "Hi"})).await, ["INVALID_TRANSITION"]);
    let stranger = shop.buyer(0).await;
    assert_eq!(stranger.refused(POST, json!({"c": claim, "b": "Hi"})).await, ["NOT_FOUND"]);
    assert_eq!(
        mei.refused(READ, json!({"c": claim, "m": crate::support::unknown("cmm")})).await,
        ["NOT_FOUND"]
    );
    for body in ["", "a\u{202e}b", &"x".repeat(2_001)] {
        assert_eq!(mei.refused(POST, json!({"c": claim, "b": body})).await, ["INVALID_INPUT"]);
    }
    // Notes: one's own tenant's alone, and never the buyer's.
    let noted = b.done(NOTE, json!({"c": claim, "n": "The third this week."})).await;
    assert_eq!(noted["claim"]["notes"][0]["body"], "The third this week.");
    for who in [&mei, a, supplier, operator] {
        assert_eq!(who.get(TALK, json!({"c": claim})).await["notes"], json!([]), "{}", who.tenant);
    }
    assert_eq!(crate::support::code(&mei.ask(NOTE, json!({"c": claim, "n": "Hi"})).await), "FORBIDDEN");
    // Nor does the tier between read what the buyer wrote or what was answered.
    b.step("RequestInfo", &claim).await;
    mei.step("ProvideInfo", &claim).await;
    let words = "query($c: ID!) { warrantyClaim(id: $c) { description history { note } } }";
    for who in [&mei, b, supplier, operator] {
        let seen = who.get(words, json!({"c": claim})).await;
        let said = seen["history"].as_array().unwrap().iter().filter(|step| !step["note"].is_null()).count();
        assert!(said == 2 && seen["description"] != "", "{}: {seen}", who.tenant);
    }
    let seen = a.get(words, json!({"c": claim})).await;
    assert_eq!((&seen["description"], seen["history"].as_array().unwrap().len()), (&json!(""), 3));
    assert!(seen["history"].as_array().unwrap().iter().all(|step| step["note"].is_null()), "{seen}");
    // What has ended is not talked about any more.
    mei.step("Withdraw", &claim).await;
    assert_eq!(mei.refused(POST, json!({"c": claim, "b": "Hi"})).await, ["INVALID_TRANSITION"]);
    shop.close().await;
}

async fn colleague(at: &Client, email: &str) -> (String, Client) {
    let input =
        json!({"email": email, "password": "password", "displayName": "Wei", "role": "warranty_agent"});
    let create = "mutation($i: StaffCreateInput!) { staffCreate(input: $i) { user { id } errors { code message path } } }";
    let made = at.done(create, json!({"i": input})).await;
    (id(&made["user"]), Client::anonymous(&at.url, &at.tenant).sign_in(email, "password").await)
}

#[tokio::test]
async fn claims_queue_by_desk_kind_brand_hand_and_time() {
    let shop = Shop::open().await;
    let mut more = terms(3_600, None);
    more["brand"] = json!("Starfall");
    let (lin, urgent) = sold(&shop, more).await;
    let (mei, card) = shop.sold().await;
    let later = mei.claim(&card).await;
    let soon = lin.claim(&urgent).await;
    let b = &shop.b.owner;
    let list = async |who: &Client, filter: Value, order: &str| -> Vec<String> {
        let query = "query($w: WarrantyClaimWhere, $o: WarrantyClaimOrder!) {
          warrantyClaims(where: $w, orderBy: $o) { nodes { id } } }";
        let found = who.get(query, json!({"w": filter, "o": order})).await;
        found["nodes"].as_array().unwrap().iter().map(id).collect()
    };
    assert_eq!(list(b, json!({"desk": "SITE"}), "DUE").await, [soon.clone(), later.clone()]);
    assert_eq!(list(b, json!({"desk": "SITE"}), "NEWEST").await, [soon.clone(), later.clone()]);
    shop.b.owner.step("RequestInfo", &soon).await;
    assert_eq!(list(b, json!({"desk": "SITE"}), "DUE").await, std::slice::from_ref(&later));
    lin.step("ProvideInfo", &soon).await;
    assert_eq!(list(b, json!({"brand": "Starfall"}), "DUE").await, std::slice::from_ref(&soon));
    assert_eq!(list(b, json!({"kind": "LICENCE"}), "DUE").await, Vec::<String>::new());
    let in_an_hour = chrono::DateTime::<chrono::Utc>::from(
        std::time::SystemTime::now() + std::time::Duration::from_hours(1),
    )
    .to_rfc3339();
    assert_eq!(list(b, json!({"dueBefore": in_an_hour}), "DUE").await, std::slice::from_ref(&soon));
    // Pages by urgency.
    let page = "query($a: String) { warrantyClaims(first: 1, after: $a, orderBy: DUE) { nodes { id } pageInfo { endCursor hasNextPage } } }";
    let first = b.get(page, json!({})).await;
    assert_eq!((id(&first["nodes"][0]), &first["pageInfo"]["hasNextPage"]), (soon.clone(), &json!(true)));
    let second = b.get(page, json!({"a": first["pageInfo"]["endCursor"]})).await;
    assert_eq!((id(&second["nodes"][0]), &second["pageInfo"]["hasNextPage"]), (later.clone(), &json!(false)));
    // Hands.
    let (wei, agent) = colleague(b, &format!("{}@staff.example", fresh("wei"))).await;
    let given = b.done(ASSIGN, json!({"c": soon, "u": wei})).await;
    assert_eq!(given["claim"]["assignee"]["id"], wei);
    assert_eq!(list(&agent, json!({"assigneeId": wei}), "DUE").await, std::slice::from_ref(&soon));
    assert_eq!(list(b, json!({"unassigned": true}), "DUE").await, std::slice::from_ref(&later));
    for who in [&lin, &shop.supplier.owner, &shop.operator, &shop.a.owner] {
        assert_eq!(who.get(TALK, json!({"c": soon})).await["assignee"], Value::Null, "{}", who.tenant);
    }
    let (other, _) = colleague(&shop.operator, &format!("{}@staff.example", fresh("ann"))).await;
    assert_eq!(b.refused(ASSIGN, json!({"c": soon, "u": other})).await, ["NOT_FOUND"]);
    assert_eq!(shop.operator.refused(ASSIGN, json!({"c": soon, "u": other})).await, ["INVALID_TRANSITION"]);
    // At another desk it is in nobody's hands.
    b.step("HandOver", &soon).await;
    assert_eq!(list(b, json!({"assigneeId": wei}), "DUE").await, Vec::<String>::new());
    shop.close().await;
}

#[tokio::test]
async fn nobody_decides_what_they_bought_themselves() {
    let shop = Shop::open().await;
    shop.stock(1).await;
    let buyer = shop.buyer(9_540).await;
    let email = buyer.get("{ viewer { user { email } } }", json!({})).await["user"]["email"].clone();
    // Staff of another tenant may well buy here, as anybody does.
    let (_, same) = colleague(&shop.supplier.owner, &email.as_str().unwrap().to_uppercase()).await;
    let order = buyer.place(shop.order(1, "95.40", &fresh("key"))).await;
    let claim = buyer.claim(&crate::support::delivery(&order)).await;
    shop.b.owner.step("HandOver", &claim).await;
    let approve = json!({"i": {"claimId": claim, "remedy": "REPLACE"}});
    let reject = json!({"i": {"claimId": claim, "reason": "MISUSE", "note": "No."}});
    assert_eq!(same.refused(CLAIM_APPROVE, approve).await, ["INVALID_TRANSITION"]);
    assert_eq!(same.refused(CLAIM_REJECT, reject).await, ["INVALID_TRANSITION"]);
    let offer =
        "mutation($c: ID!) { claimOfferMake(input: {claimId: $c, remedy: REFUND}) { errors { code } } }";
    assert_eq!(same.refused(offer, json!({"c": claim})).await, ["INVALID_TRANSITION"]);
    assert_eq!(buyer.see(&claim).await["status"], "SUBMITTED");
    shop.supplier.owner.reject(&claim).await;
    shop.close().await;
}

//! One's own account: where one is signed in, and one's password.

use crate::support::{Client, Server, Shop, errors, fresh, id, superuser, uuid};
use serde_json::{Value, json};

const SESSIONS: &str = "{ viewer { sessions { id createdAt expiresAt userAgent current } } }";
const END: &str = "mutation($s: ID!) { sessionEnd(input: {sessionId: $s}) { errors { code path } } }";
const CHANGE: &str = "mutation($c: String!, $n: String!) { passwordChange(input: {current: $c, new: $n}) { errors { code path } } }";
const ME: &str = "{ viewer { user { id } } }";

async fn sessions(client: &Client) -> Vec<Value> {
    client.get(SESSIONS, json!({})).await["sessions"].as_array().unwrap().clone()
}

async fn is_out(client: &Client) -> bool {
    client.send(ME, json!({})).await.0 == 401
}

struct Mei {
    email: String,
    first: Client,
}

impl Mei {
    async fn open(shop: &Shop) -> Self {
        let (email, nobody) =
            (format!("{}@buyers.example", fresh("mei")), Client::anonymous(&shop.url, &shop.b.handle));
        let register = "mutation($i: BuyerRegisterInput!) { buyerRegister(input: $i) { session { token } errors { code } } }";
        let input = json!({"i": {"email": email, "password": "password", "displayName": "Mei"}});
        let made = nobody.done(register, input).await;
        let first = nobody.with_token(made["session"]["token"].as_str().unwrap());
        Self { email, first }
    }

    async fn again(&self, password: &str) -> Client {
        Client::anonymous(&self.first.url, &self.first.tenant).sign_in(&self.email, password).await
    }
}

#[tokio::test]
async fn one_sees_where_one_is_signed_in_and_ends_what_one_wants() {
    let shop = Shop::open().await;
    let mei = Mei::open(&shop).await;
    let second = mei.again("password").await;
    let listed = sessions(&second).await;
    assert_eq!(listed.len(), 2);
    assert_eq!(listed.iter().map(|one| one["current"].as_bool().unwrap()).collect::<Vec<_>>(), [true, false]);
    let first = id(&listed[1]);
    // Another's session looks like none, and goes on.
    let lan = shop.buyer(0).await;
    let owner = &shop.b.owner;
    for stranger in [&lan, owner, &shop.a.owner] {
        assert_eq!(stranger.refused(END, json!({"s": first})).await, ["NOT_FOUND"]);
    }
    assert!(!is_out(&mei.first).await);
    second.done(END, json!({"s": first})).await;
    assert!(is_out(&mei.first).await, "on the next request");
    assert!(!is_out(&second).await);
    assert_eq!(sessions(&second).await.len(), 1);
    assert_eq!(second.refused(END, json!({"s": first})).await, ["NOT_FOUND"], "it has ended");
    // The very one that asks may end too.
    let own = id(&sessions(&second).await[0]);
    second.done(END, json!({"s": own})).await;
    assert!(is_out(&second).await);
    shop.close().await;
}

#[tokio::test]
async fn a_session_remembers_the_program_that_it_began_with_and_no_more_of_its_name_than_fits() {
    let shop = Shop::open().await;
    let mei = Mei::open(&shop).await;
    let document = "mutation($e: String!, $p: String!) { sessionCreate(input: {email: $e, password: $p}) { session { token } errors { code } } }";
    for (agent, kept) in [("Lynx/2.8", "Lynx/2.8".to_owned()), (&"x".repeat(300), "x".repeat(200))] {
        let body = json!({"query": document, "variables": {"e": mei.email, "p": "password"}});
        let request = mei.first.request(reqwest::Method::POST, "").header("x-tenant", &mei.first.tenant);
        let answer: Value =
            request.header("user-agent", agent).json(&body).send().await.unwrap().json().await.unwrap();
        let token = answer["data"]["sessionCreate"]["session"]["token"].as_str().unwrap();
        let listed = sessions(&mei.first.with_token(token)).await;
        assert_eq!(listed[0]["userAgent"], json!(kept));
    }
    // A key is signed in nowhere.
    let made = shop
        .b
        .owner
        .done(
            "mutation($i: ApiKeyCreateInput!) { apiKeyCreate(input: $i) { token errors { code } } }",
            json!({"i": {"name": "till", "role": "integrator"}}),
        )
        .await;
    let key = shop.b.owner.with_token(made["token"].as_str().unwrap());
    assert_eq!(sessions(&key).await, Vec::<Value>::new());
    assert_eq!(
        key.refused(CHANGE, json!({"c": "password", "n": "another one"})).await,
        ["INVALID_CREDENTIALS"]
    );
    shop.close().await;
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions_and_keeps_this_one() {
    let shop = Shop::open().await;
    let mei = Mei::open(&shop).await;
    let second = mei.again("password").await;
    let stored = async || -> String {
        let email = &mei.email;
        sqlx::query_scalar("select password_hash from app_user where email = $1")
            .bind(email)
            .fetch_one(&mut superuser(Server::shared()).await)
            .await
            .unwrap()
    };
    let before = stored().await;
    for (current, new, code) in [
        ("not this one", "another one", "INVALID_CREDENTIALS"),
        ("", "another one", "INVALID_CREDENTIALS"),
        ("password", "short", "INVALID_INPUT"),
        ("not this one", &"x".repeat(201), "INVALID_INPUT"),
    ] {
        let answer = second.ask(CHANGE, json!({"c": current, "n": new})).await;
        assert_eq!(errors(&answer), [code], "{answer}");
    }
    assert_eq!(stored().await, before, "nothing has changed");
    assert!(!is_out(&mei.first).await);
    second.done(CHANGE, json!({"c": "password", "n": "another one"})).await;
    assert!(is_out(&mei.first).await && !is_out(&second).await);
    assert_ne!(stored().await, before);
    let sign_in = "mutation($e: String!, $p: String!) { sessionCreate(input: {email: $e, password: $p}) { errors { code } } }";
    let old = Client::anonymous(&shop.url, &shop.b.handle)
        .ask(sign_in, json!({"e": mei.email, "p": "password"}))
        .await;
    assert_eq!(errors(&old), ["INVALID_CREDENTIALS"]);
    assert!(!is_out(&mei.again("another one").await).await);
    // One after the other: two at once never both change it.
    let racers = (mei.again("another one").await, mei.again("another one").await);
    let (one, other) = tokio::join!(
        racers.0.ask(CHANGE, json!({"c": "another one", "n": "first choice"})),
        racers.1.ask(CHANGE, json!({"c": "another one", "n": "second choice"})),
    );
    let refused = [errors(&one), errors(&other)].iter().filter(|errors| !errors.is_empty()).count();
    // Who lost may have been signed out meanwhile: then there is no payload at all.
    let out = [&one, &other].iter().filter(|answer| answer["data"].is_null()).count();
    assert_eq!(refused + out, 1, "{one} {other}");
    // A document has one of those that check a password.
    let two = "mutation { a: passwordChange(input: {current: \"a\", new: \"b\"}) { errors { code } } b: passwordChange(input: {current: \"a\", new: \"b\"}) { errors { code } } }";
    assert_eq!(racers.0.send(two, json!({})).await.0, 400);
    let staff = uuid(&id(&shop.b.owner.get(ME, json!({})).await["user"]));
    shop.b.owner.done(CHANGE, json!({"c": "password", "n": "a new one"})).await;
    let kept: i64 =
        sqlx::query_scalar("select count(*) from session where user_id = $1 and revoked_at is null")
            .bind(staff)
            .fetch_one(&mut superuser(Server::shared()).await)
            .await
            .unwrap();
    assert_eq!(kept, 1);
    shop.close().await;
}

//! Every state of a claim against every step by everybody: what the table lists is done, everything else is refused
//! and changes nothing.

use crate::support::{
    CLAIM_APPROVE, CLAIM_REJECT, Client, Server, Shop, claim_step, cny, code, errors, fresh, id, superuser,
    uuid, wait_until,
};
use cardamom::warranty::{
    ClaimDesk, ClaimStatus,
    claim::{Action, Actor, after},
};
use serde_json::{Value, json};
use std::collections::VecDeque;

const STATES: &[(ClaimStatus, Option<ClaimDesk>)] = &[
    (ClaimStatus::Submitted, Some(ClaimDesk::Site)),
    (ClaimStatus::Submitted, Some(ClaimDesk::Supplier)),
    (ClaimStatus::Submitted, Some(ClaimDesk::Operator)),
    (ClaimStatus::InfoRequested, Some(ClaimDesk::Buyer)),
    (ClaimStatus::Rejected, None),
    (ClaimStatus::Appealed, Some(ClaimDesk::Operator)),
    (ClaimStatus::Resolved, None),
    (ClaimStatus::Closed, None),
    (ClaimStatus::Withdrawn, None),
];

const STEPS: &[(Action, &str)] = &[
    (Action::RequestInfo, "RequestInfo"),
    (Action::ProvideInfo, "ProvideInfo"),
    (Action::HandOver, "HandOver"),
    (Action::Approve, "Approve"),
    (Action::Reject, "Reject"),
    (Action::Appeal, "Appeal"),
    (Action::Withdraw, "Withdraw"),
];

struct Story {
    shop: Shop,
    mei: Client,
    units: VecDeque<String>,
}

impl Story {
    async fn open() -> Self {
        let shop = Shop::open().await;
        shop.stock(60).await;
        let mei = shop.buyer(60 * 9_540).await;
        let order = mei.place(shop.order(60, "5724.00", &fresh("key"))).await;
        let units = order["lines"][0]["deliveries"].as_array().unwrap().iter().map(id).collect();
        // What a site grants it pays itself: it has something to spend.
        shop.credit(&shop.b.owner.wallet_id().await, 1_000_000).await;
        Self { shop, mei, units }
    }

    fn who(&self, actor: Actor) -> &Client {
        match actor {
            Actor::Buyer => &self.mei,
            Actor::Site => &self.shop.b.owner,
            Actor::Supplier => &self.shop.supplier.owner,
            Actor::Operator => &self.shop.operator,
            Actor::Chain => &self.shop.a.owner,
            Actor::Clock | Actor::Record => unreachable!("nobody who signs in"),
        }
    }

    async fn at(&mut self, state: (ClaimStatus, Option<ClaimDesk>)) -> String {
        let unit = self.units.pop_front().expect("a unit");
        let claim = self.mei.claim(&unit).await;
        let (b, supplier, operator) = (&self.shop.b.owner, &self.shop.supplier.owner, &self.shop.operator);
        match state {
            (ClaimStatus::Submitted, Some(desk)) => {
                if desk != ClaimDesk::Site {
                    b.step("HandOver", &claim).await;
                }
                if desk == ClaimDesk::Operator {
                    supplier.step("HandOver", &claim).await;
                }
            }
            (ClaimStatus::InfoRequested, _) => drop(b.step("RequestInfo", &claim).await),
            (ClaimStatus::Resolved, _) => {
                let gift = json!({"i": {"claimId": claim, "remedy": "COMPENSATE", "amount": cny("0.01")}});
                b.done(CLAIM_APPROVE, gift).await;
            }
            (ClaimStatus::Withdrawn, _) => drop(self.mei.step("Withdraw", &claim).await),
            _ => {
                b.reject(&claim).await;
                if state.0 != ClaimStatus::Rejected {
                    self.mei.step("Appeal", &claim).await;
                }
                if state.0 == ClaimStatus::Closed {
                    operator.reject(&claim).await;
                }
            }
        }
        assert_eq!(
            self.standing(&claim).await,
            (state.0.word().to_owned(), state.1.map(|d| d.word().to_owned()))
        );
        claim
    }

    // A claim in that state, which no desk decides, and an offer that was made before it got there.
    async fn offered(&mut self, state: (ClaimStatus, Option<ClaimDesk>)) -> (String, String) {
        let unit = self.units.pop_front().expect("a unit");
        let claim = self.mei.claim(&unit).await;
        let (b, operator) = (&self.shop.b.owner, &self.shop.operator);
        let offer = id(&b.done(OFFER, cent(&claim)).await["offer"]);
        match state.0 {
            ClaimStatus::InfoRequested => drop(b.step("RequestInfo", &claim).await),
            ClaimStatus::Resolved => drop(b.done(CLAIM_APPROVE, cent(&claim)).await),
            ClaimStatus::Withdrawn => drop(self.mei.step("Withdraw", &claim).await),
            _ => {
                b.reject(&claim).await;
                if state.0 == ClaimStatus::Closed {
                    self.mei.step("Appeal", &claim).await;
                    operator.reject(&claim).await;
                }
            }
        }
        assert_eq!(self.standing(&claim).await.0, state.0.word());
        (claim, offer)
    }

    async fn standing(&self, claim: &str) -> (String, Option<String>) {
        let seen = self.mei.see(claim).await;
        (seen["status"].as_str().unwrap().to_owned(), seen["desk"].as_str().map(String::from))
    }

    async fn take(&self, claim: &str, step: &str, actor: Actor) -> Value {
        let input = json!({"claimId": claim, "note": "As said."});
        let (document, input) = match step {
            "Approve" => (CLAIM_APPROVE.to_owned(), json!({"claimId": claim, "remedy": "REFUND"})),
            "Reject" => (
                CLAIM_REJECT.to_owned(),
                json!({"claimId": claim, "note": "It was used.", "reason": "MISUSE"}),
            ),
            _ => (claim_step(step), input),
        };
        self.who(actor).ask(&document, json!({"i": input})).await
    }
}

// Everything that is written down about a claim and its delivery, what was told of its order (numbered or not yet), and
// the money of everyone.
async fn written(claim: &str) -> String {
    let mut database = superuser(Server::shared()).await;
    sqlx::query_scalar(
        "select c::text || d::text || (select count(*) from claim_step s where s.claim_id = c.claim_id)
                || (select count(*) from claim_offer o where o.claim_id = c.claim_id and o.status = 'ACCEPTED')
                || (select count(*) from event e where e.network_id = c.network_id and e.order_id = c.order_id)
                   + (select count(*) from outbox o, jsonb_array_elements(o.facts) told
                       where o.network_id = c.network_id and told ->> 'order_id' = c.order_id::text)
                || (select string_agg(a.account_id || ' ' || a.balance, ',' order by a.account_id) from account a
                     where a.network_id = c.network_id and a.constrained)
           from claim c join delivery d on d.network_id = c.network_id and d.delivery_id = c.delivery_id
          where c.claim_id = $1",
    )
    .bind(uuid(claim))
    .fetch_one(&mut database)
    .await
    .unwrap()
}

#[tokio::test]
async fn what_the_table_lists_is_done_and_everything_else_is_refused_and_changes_nothing() {
    let mut story = Story::open().await;
    let (mut refused, mut done) = (0, 0);
    for state in STATES {
        let claim = story.at(*state).await;
        let before = written(&claim).await;
        let mut open = Vec::new();
        for (action, step) in STEPS {
            for actor in ACTORS {
                if let Some(next) = after(state.0, state.1, *action, actor) {
                    open.push((*step, actor, next));
                    continue;
                }
                let answer = story.take(&claim, step, actor).await;
                let at = format!("{state:?} {step} {actor}: {answer}");
                match errors(&answer).as_slice() {
                    [] => assert_eq!(code(&answer), "FORBIDDEN", "{at}"),
                    [one] => {
                        assert!(matches!(one.as_str(), "INVALID_TRANSITION" | "APPEAL_NOT_ALLOWED"), "{at}");
                    }
                    _ => panic!("{at}"),
                }
                refused += 1;
            }
        }
        assert_eq!(written(&claim).await, before, "{state:?}");
        for (step, actor, (status, desk)) in open {
            let claim = story.at(*state).await;
            let answer = story.take(&claim, step, actor).await;
            assert_eq!((errors(&answer).len(), code(&answer)), (0, ""), "{state:?} {step} {actor}: {answer}");
            // What is granted is done at once; what was asked is answered to the desk that asked.
            let expected = match (step, status) {
                ("Approve", _) => (ClaimStatus::Resolved, None),
                ("ProvideInfo", _) => (status, Some(ClaimDesk::Site)),
                _ => (status, desk),
            };
            let words = (expected.0.word().to_owned(), expected.1.map(|desk| desk.word().to_owned()));
            assert_eq!(story.standing(&claim).await, words, "{state:?} {step} {actor}");
            done += 1;
        }
    }
    assert_eq!(refused + done, STATES.len() * STEPS.len() * ACTORS.len());
    assert!(done >= 20, "only {done} were done");
    story.shop.close().await;
}

const OFFER: &str = "mutation($i: ClaimOfferMakeInput!) { claimOfferMake(input: $i) {
  offer { id } errors { code message path } } }";
const ACCEPT: &str = "mutation($o: ID!) { claimOfferAccept(input: {offerId: $o}) {
  claim { status } errors { code message path } } }";

const ACTORS: [Actor; 5] = [Actor::Buyer, Actor::Site, Actor::Supplier, Actor::Operator, Actor::Chain];

fn cent(claim: &str) -> Value {
    json!({"i": {"claimId": claim, "remedy": "COMPENSATE", "amount": cny("0.01")}})
}

#[tokio::test]
async fn an_offer_is_made_and_taken_where_the_table_lets_a_claim_be_settled_and_nowhere_else() {
    let mut story = Story::open().await;
    let mut settled = 0;
    for state in STATES {
        let desk = state.1.filter(|_| matches!(state.0, ClaimStatus::Submitted | ClaimStatus::Appealed));
        let claim = story.at(*state).await;
        let before = written(&claim).await;
        for actor in ACTORS {
            if desk.is_some_and(|desk| actor == Actor::Buyer || desk.is(actor)) {
                continue;
            }
            let answer = story.who(actor).ask(OFFER, cent(&claim)).await;
            let refused = errors(&answer);
            assert!(
                refused == ["INVALID_TRANSITION"] || code(&answer) == "FORBIDDEN",
                "{state:?} {actor}: {answer}"
            );
        }
        assert_eq!(written(&claim).await, before, "{state:?}");
        // One of the site's that was open once, or one of the desk's that is.
        let (claim, offer) = if let Some(desk) = desk {
            let by = ACTORS.into_iter().find(|actor| desk.is(*actor)).unwrap();
            (claim.clone(), id(&story.who(by).done(OFFER, cent(&claim)).await["offer"]))
        } else {
            story.offered(*state).await
        };
        let before = written(&claim).await;
        for actor in ACTORS.into_iter().filter(|actor| *actor != Actor::Buyer) {
            let answer = story.who(actor).ask(ACCEPT, json!({"o": offer})).await;
            let refused = errors(&answer);
            // The tier between is not even shown it.
            let wanted = if actor == Actor::Chain { "NOT_FOUND" } else { "INVALID_TRANSITION" };
            assert!(refused == [wanted] || code(&answer) == "FORBIDDEN", "{state:?} {actor}: {answer}");
        }
        assert_eq!(written(&claim).await, before, "{state:?}");
        let answer = story.mei.ask(ACCEPT, json!({"o": offer})).await;
        if after(state.0, state.1, Action::Settle, Actor::Buyer).is_some() {
            assert_eq!(errors(&answer).len(), 0, "{state:?}: {answer}");
            assert_eq!(story.standing(&claim).await.0, "RESOLVED", "{state:?}");
            settled += 1;
        } else {
            assert_eq!(errors(&answer), ["INVALID_TRANSITION"], "{state:?}: {answer}");
            assert_eq!(written(&claim).await, before, "{state:?}");
        }
    }
    assert_eq!(settled, 4, "three desks, and an appeal");
    story.shop.close().await;
}

#[tokio::test]
async fn a_recall_settles_what_the_table_lets_it_and_leaves_the_rest() {
    let mut story = Story::open().await;
    let mut settled = 0;
    for state in STATES {
        let import =
            id(&story.shop.import(&story.shop.variant, &fresh("SECRET"), &fresh("import")).await["import"]);
        let lin = story.shop.buyer(9_540).await;
        let order = lin.place(story.shop.order(1, "95.40", &fresh("key"))).await;
        let mei = std::mem::replace(&mut story.mei, lin);
        story.units.push_front(crate::support::delivery(&order));
        let claim = story.at(*state).await;
        let (status, money) = (story.standing(&claim).await.0, story.mei.money().await.0);
        let supplier = &story.shop.supplier.owner;
        let create = "mutation($i: RecallCreateInput!) { recallCreate(input: $i) { recall { id } errors { code message path } } }";
        let input = json!({"i": {"importId": import, "reason": "REVOKED", "remedy": "REFUND", "note": "Taken back."}});
        let recall = id(&supplier.done(create, input).await["recall"]);
        let confirm =
            "mutation($r: ID!) { recallConfirm(input: {recallId: $r}) { errors { code message path } } }";
        supplier.done(confirm, json!({"r": recall})).await;
        wait_until("the recall is done", async || {
            let seen =
                supplier.get("query($r: ID!) { recall(id: $r) { status } }", json!({"r": recall})).await;
            (seen["status"] == "DONE").then_some(())
        })
        .await;
        let now = story.standing(&claim).await.0;
        if after(state.0, state.1, Action::Recall, Actor::Supplier).is_some() {
            assert_eq!(now, "RESOLVED", "{state:?}");
            settled += 1;
        } else {
            // What has ended stays; the unit is made good by a claim of its own where it was not.
            assert_eq!(now, status, "{state:?}");
        }
        assert_eq!(
            story.mei.money().await.0,
            if money >= 9_540 { money } else { money + 9_540 },
            "{state:?}"
        );
        story.mei = mei;
    }
    assert_eq!(settled, 6);
    story.shop.close().await;
}

#[tokio::test]
async fn an_id_of_nothing_is_not_found_whoever_asks_for_whatever_step() {
    let story = Story::open().await;
    for actor in [Actor::Buyer, Actor::Site, Actor::Supplier, Actor::Operator] {
        for (_, step) in STEPS {
            let answer = story.take(&crate::support::unknown("clm"), step, actor).await;
            let refused = errors(&answer);
            assert!(refused == ["NOT_FOUND"] || code(&answer) == "FORBIDDEN", "{step} {actor}: {answer}");
        }
    }
    story.shop.close().await;
}

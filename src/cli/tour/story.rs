//! The story, step by step. Each step checks what came of it; the first that is not as it should be ends it.

use super::{
    cast::{self, Cast, Door, Goods, Party, Purse, purse},
    page::{Page, line, masked, yuan},
    proof,
    watch::{Until, Watch},
};
use crate::cli::{
    client::{Client, list, text},
    evidence,
};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const PAID_IN: i64 = 50_000;
/// 32 of 33 days of 104.30, rounded down.
const UNUSED: i64 = 10_113;
/// A release is due after a second; a busy machine may take a while.
const RELEASED_WITHIN: Duration = Duration::from_secs(20);

const ORDER_PLACE: &str = "mutation($i: OrderPlaceInput!) {
  orderPlace(input: $i) {
    order { id number status total { amount } asOf lines { id deliveries { id status } } }
    errors { code message }
  }
}";

/// Everything that the story needs on its way.
struct Story<'a> {
    page: &'a mut Page,
    cast: Cast,
    goods: Goods,
    buyer: Client,
    corner: Watch,
    keys: u32,
}

/// Tells the whole story.
pub(super) async fn tell(door: &Door<'_>, page: &mut Page) -> Result<()> {
    page.step("A network of its own");
    let cast = Cast::meet(door).await?;
    line(&format!(
        "{} settles in CNY; supplier Starriver, site Greenfield, and site Corner below Greenfield",
        door.handle
    ));

    page.step("A price, tier by tier");
    let (goods, prices) = cast::price(&cast).await?;
    let [asked, one, two, three] = prices.map(yuan);
    line(&format!(
        "Starriver {asked} → operator {one} (+5 %) → Greenfield {two} (+10 %) → Corner {three} (+3.00)"
    ));
    ensure!(prices == [8_000, 8_400, 9_240, 9_540], "the prices should be 80.00, 84.00, 92.40 and 95.40");

    page.step("Cards into stock");
    import(&cast, &goods).await?;

    page.step("A buyer, and money");
    let buyer = buyer(&cast, door).await?;
    let corner = Watch::tenant("Corner", &cast.shop.owner).await?;
    let mut story = Story { page, cast, goods, buyer, corner, keys: 0 };

    story.page.step("An order, delivered as it is paid");
    let bought = story.order(3, "286.20").await?;
    let (order, units) = (text(&bought, "/id")?.to_owned(), deliveries(&bought)?);
    let before = story.cast.purses().await?.map(Purse::all);
    ensure!(before == [24_000, 1_200, 2_520, 900], "the tiers should have earned 240.00, 12.00, 25.20, 9.00");
    line("earned: Starriver 240.00, operator 12.00, Greenfield 25.20, Corner 9.00, all held");
    story.same_key_again(&bought).await?;
    let mut watch = Watch::order("the buyer", &story.buyer, &order, text(&bought, "/asOf")?).await?;

    story.page.step("The cards, revealed to their buyer alone");
    let first = story.reveal(&units[0]).await?;
    let second = story.reveal(&units[1]).await?;
    ensure!(first != second, "two units are the same card");
    line(&format!("{} and {}", masked(&first), masked(&second)));

    story.page.step("A claim, handed over, refunded in three parts");
    story.refund_in_three(&units[0], &mut watch).await?;

    story.page.step("A claim that is asked about, and another card");
    story.replacement(&units[1], &second, &mut watch).await?;

    story.page.step("A claim that is given up, and one that is refused for good");
    story.endings(&units[2], &mut watch).await?;

    story.page.step("A claim that is refused, and an appeal");
    story.appeal(&units[2], &mut watch).await?;

    story.page.step("More warranty with it, less a coupon, and the unused days back");
    story.unused_days().await?;

    story.page.step("A receipt, verified without asking anybody");
    proof::receipt(&story.buyer, &order).await?;

    story.page.step("Held profit, released");
    story.release().await?;

    story.page.step("The books");
    story.books().await?;
    let rest = if door.stays { format!("The network {} stays there.", door.handle) } else { String::new() };
    story.page.close(&format!("The books balance. {rest}"));
    Ok(())
}

async fn import(cast: &Cast, goods: &Goods) -> Result<()> {
    let mark = u64::from_be_bytes(crate::foundation::seal::random());
    let card = |n: u16| format!("TOUR-{:08X}-{n:04X}", mark >> 32);
    let mut lines: Vec<String> = (1..=12).map(card).collect();
    lines.push(card(7));
    let document = "mutation($i: CardsImportInput!) {
  cardsImport(input: $i) { import { status accepted duplicates problems { line reason } } errors { code message } }
}";
    let input = json!({"variantId": goods.variant, "format": "LINES", "content": lines.join("\n"), "idempotencyKey": "cards"});
    let report = cast.supplier.owner.done(document, json!({"i": input})).await?;
    let import = &report["import"];
    ensure!(
        import["status"] == "DONE" && import["accepted"] == 12 && import["duplicates"] == 1,
        "12 cards should be accepted and one refused: {import}"
    );
    line("13 lines: 12 cards accepted and sealed, line 13 refused as a duplicate");
    Ok(())
}

async fn buyer(cast: &Cast, door: &Door<'_>) -> Result<Client> {
    let anybody = cast.shop.owner.at(cast.shop.owner.tenant());
    let document = "mutation($i: BuyerRegisterInput!) {
  buyerRegister(input: $i) { session { token } viewer { wallet { id } } errors { code message } }
}";
    let input = json!({"email": "mei@buyers.example", "password": door.password, "displayName": "林小雨"});
    let made = anybody.done(document, json!({"i": input})).await?;
    let buyer = anybody.with_token(text(&made, "/session/token")?);
    let document = "mutation($i: WalletCreditInput!) {
  walletCredit(input: $i) { wallet { available { amount } } errors { code message } }
}";
    let input = json!({"walletId": text(&made, "/viewer/wallet/id")?, "amount": {"amount": yuan(PAID_IN), "currency": "CNY"},
                       "reference": "bank transfer", "idempotencyKey": "paid-in"});
    cast.operator.owner.done(document, json!({"i": input})).await?;
    let wallet = purse(&buyer).await?;
    ensure!(wallet == Purse { available: PAID_IN, held: 0 }, "the buyer has {wallet:?}");
    line(&format!("林小雨 registers at Corner; {} arrives in her wallet", yuan(PAID_IN)));
    Ok(buyer)
}

fn deliveries(order: &Value) -> Result<Vec<String>> {
    let found = list(order, "/lines/0/deliveries")?;
    found.iter().map(|delivery| Ok(text(delivery, "/id")?.to_owned())).collect()
}

impl Story<'_> {
    fn key(&mut self, word: &str) -> String {
        self.keys += 1;
        format!("{word}-{}", self.keys)
    }

    fn request(&self, quantity: u32, total: &str, key: &str) -> Value {
        json!({"i": {"idempotencyKey": key, "lines": [{"listingId": self.goods.listing, "quantity": quantity}],
                     "expectedTotal": {"amount": total, "currency": "CNY"}, "payWith": {"wallet": true}}})
    }

    // Quoted, then bought for that.
    async fn order(&mut self, quantity: u32, total: &str) -> Result<Value> {
        let document = "query($lines: [ListingLineInput!]!) {
  quote(lines: $lines) { lines { unitPrice { amount } } total { amount } }
}";
        let lines = json!([{"listingId": self.goods.listing, "quantity": quantity}]);
        let quote = self.buyer.get(document, json!({"lines": lines})).await?;
        let said = text(&quote, "/total/amount")?;
        ensure!(said == total, "{quantity} should cost {total}, and the quote says {said}");
        let key = self.key("order");
        let placed = self.buyer.done(ORDER_PLACE, self.request(quantity, total, &key)).await?;
        let order = placed["order"].clone();
        ensure!(order["status"] == "DELIVERED", "the order is not delivered: {order}");
        ensure!(text(&order, "/total/amount")? == total, "the order is not for {total}: {order}");
        line(&format!(
            "quoted and bought: {quantity} × 95.40 = {total}; order {} is {}",
            text(&order, "/number")?,
            text(&order, "/status")?
        ));
        self.corner.until(self.page, Until::About("ORDER_PLACED", text(&order, "/id")?)).await?;
        Ok(order)
    }

    async fn same_key_again(&mut self, first: &Value) -> Result<()> {
        let again = self.buyer.done(ORDER_PLACE, self.request(3, "286.20", "order-1")).await?;
        ensure!(again["order"]["id"] == first["id"], "the same key bought twice");
        let other = self.request(1, "95.40", "order-1");
        let code = cast::refused(&self.buyer, ORDER_PLACE, other).await?;
        ensure!(code == "IDEMPOTENCY_KEY_REUSED", "another order under the same key: {code}");
        let wallet = purse(&self.buyer).await?;
        ensure!(wallet.available == PAID_IN - 28_620, "the buyer paid other than once: {wallet:?}");
        line("sent again under its key: the same order, paid once");
        Ok(())
    }

    async fn reveal(&self, delivery: &str) -> Result<String> {
        let document = "mutation($i: DeliveryRevealInput!) {
  deliveryReveal(input: $i) { delivery { revealedAt } content { secret } errors { code message } }
}";
        let shown = self.buyer.done(document, json!({"i": {"deliveryId": delivery}})).await?;
        ensure!(shown["delivery"]["revealedAt"].is_string(), "the reveal is not recorded");
        let secret = text(&shown, "/content/secret")?;
        ensure!(secret.starts_with("TOUR-"), "what was revealed is no card of ours");
        Ok(secret.to_owned())
    }

    async fn open_claim(
        &mut self,
        delivery: &str,
        reason: &str,
        description: &str,
        watch: &mut Watch,
    ) -> Result<String> {
        let document = "mutation($i: WarrantyClaimOpenInput!) {
  warrantyClaimOpen(input: $i) { claim { id status desk dueAt } errors { code message } }
}";
        let input = json!({"idempotencyKey": self.key("claim"), "deliveryId": delivery, "reason": reason,
                           "description": description});
        let opened = self.buyer.done(document, json!({"i": input})).await?;
        let claim = &opened["claim"];
        ensure!(
            claim["status"] == "SUBMITTED" && claim["desk"] == "SITE",
            "the claim is not at Corner: {claim}"
        );
        let id = text(claim, "/id")?;
        watch.until(self.page, Until::About("WARRANTY_CLAIM_OPENED", id)).await?;
        Ok(id.to_owned())
    }

    // One step of a claim; answers the claim, which must stand there then.
    async fn step(&self, who: &Client, step: &str, input: Value, to: (&str, Option<&str>)) -> Result<Value> {
        let kind = match step {
            "Approve" => "Approve",
            "Reject" => "Reject",
            _ => "Note",
        };
        let document = format!(
            "mutation($i: WarrantyClaim{kind}Input!) {{
  warrantyClaim{step}(input: $i) {{
    claim {{ id status desk rejection {{ appealUntil }}
             remedy {{ kind bearer amount {{ amount }} replacement {{ id }} }} }}
    errors {{ code message }}
  }}
}}"
        );
        let mut answer = who.done(&document, json!({"i": input})).await?;
        let claim = answer["claim"].take();
        ensure!(
            claim["status"] == to.0 && claim["desk"].as_str() == to.1,
            "after {step} the claim should be {} at {}: {claim}",
            to.0,
            to.1.unwrap_or("no desk")
        );
        Ok(claim)
    }

    // What the tiers and the buyer gained or lost since.
    async fn moved(&self, before: [i64; 4], wallet: i64) -> Result<([i64; 4], i64)> {
        let now = self.cast.purses().await?.map(Purse::all);
        let mut moved = [0; 4];
        for (at, moved) in moved.iter_mut().enumerate() {
            *moved = now[at] - before[at];
        }
        Ok((moved, purse(&self.buyer).await?.available - wallet))
    }

    async fn now(&self) -> Result<([i64; 4], i64)> {
        Ok((self.cast.purses().await?.map(Purse::all), purse(&self.buyer).await?.available))
    }

    async fn refund_in_three(&mut self, unit: &str, watch: &mut Watch) -> Result<()> {
        let expected = [[-2_667, -133, -280, -100], [-2_667, -133, -280, -100], [-2_666, -134, -280, -100]];
        for (part, expected) in expected.into_iter().enumerate() {
            let (before, wallet) = self.now().await?;
            let claim = self.open_claim(unit, "INVALID", "兑换时提示卡密无效", watch).await?;
            let note = json!({"claimId": claim, "note": "the card's own fault: for its supplier"});
            self.step(&self.cast.shop.owner, "HandOver", note, ("SUBMITTED", Some("SUPPLIER"))).await?;
            let grant = json!({"claimId": claim, "remedy": "REFUND",
                               "amount": {"amount": "31.80", "currency": "CNY"}});
            self.step(&self.cast.supplier.owner, "Approve", grant, ("RESOLVED", None)).await?;
            watch.until(self.page, Until::Claim("WARRANTY_CLAIM_CHANGED", "RESOLVED")).await?;
            let (moved, back) = self.moved(before, wallet).await?;
            let [supplier, operator, upper, shop] = moved.map(yuan);
            line(&format!(
                "part {}: buyer +{}; Starriver {supplier}, operator {operator}, Greenfield {upper}, Corner {shop}",
                part + 1,
                yuan(back)
            ));
            ensure!(moved == expected && back == 3_180, "the parts should be {:?}", expected.map(yuan));
        }
        Ok(())
    }

    async fn replacement(&mut self, unit: &str, old: &str, watch: &mut Watch) -> Result<()> {
        let (before, wallet) = self.now().await?;
        let claim = self.open_claim(unit, "ALREADY_USED", "提示该卡已被使用", watch).await?;
        let note = |note: &str| json!({"claimId": claim, "note": note});
        let (shop, supplier) = (&self.cast.shop.owner, &self.cast.supplier.owner);
        let ask = note("请提供提示页面的截图编号");
        self.step(shop, "RequestInfo", ask, ("INFO_REQUESTED", Some("BUYER"))).await?;
        let answer = note("截图编号 20260312-0071");
        self.step(&self.buyer, "ProvideInfo", answer, ("SUBMITTED", Some("SITE"))).await?;
        self.step(shop, "HandOver", note("the supplier can see its use"), ("SUBMITTED", Some("SUPPLIER")))
            .await?;
        let grant = json!({"claimId": claim, "remedy": "REPLACE"});
        let done = self.step(supplier, "Approve", grant, ("RESOLVED", None)).await?;
        watch.until(self.page, Until::Claim("WARRANTY_CLAIM_CHANGED", "RESOLVED")).await?;
        let another = self.reveal(text(&done, "/remedy/replacement/id")?).await?;
        ensure!(another != old, "the replacement is the same card");
        ensure!(self.moved(before, wallet).await? == ([0; 4], 0), "a replacement moved money");
        line(&format!("{} replaces {}; no money moved", masked(&another), masked(old)));
        Ok(())
    }

    async fn endings(&mut self, unit: &str, watch: &mut Watch) -> Result<()> {
        let (before, wallet) = self.now().await?;
        let claim = self.open_claim(unit, "INVALID", "兑换页面打不开", watch).await?;
        let document = "mutation($i: ClaimMessagePostInput!) {
  claimMessagePost(input: $i) { message { party body } errors { code message } }
}";
        let said = json!({"i": {"claimId": claim, "body": "兑换站点今早维护过，请再试一次"}});
        self.cast.shop.owner.done(document, said).await?;
        let note = json!({"claimId": claim, "note": "现在可以了"});
        self.step(&self.buyer, "Withdraw", note, ("WITHDRAWN", None)).await?;
        let claim = self.open_claim(unit, "INVALID", "又打不开了", watch).await?;
        let refuse =
            json!({"claimId": claim, "reason": "MISUSE", "note": "the page asks for another region"});
        self.step(&self.cast.shop.owner, "Reject", refuse.clone(), ("REJECTED", None)).await?;
        let note = json!({"claimId": claim, "note": "请平台再看一下"});
        self.step(&self.buyer, "Appeal", note, ("APPEALED", Some("OPERATOR"))).await?;
        self.step(&self.cast.operator.owner, "Reject", refuse, ("CLOSED", None)).await?;
        watch.until(self.page, Until::Claim("WARRANTY_CLAIM_CHANGED", "CLOSED")).await?;
        ensure!(self.moved(before, wallet).await? == ([0; 4], 0), "a claim without a remedy moved money");
        line(
            "Corner says what to try, and the buyer gives the claim up; the next is refused twice: no money moved",
        );
        Ok(())
    }

    async fn appeal(&mut self, unit: &str, watch: &mut Watch) -> Result<()> {
        let (before, wallet) = self.now().await?;
        let claim = self.open_claim(unit, "NOT_AS_DESCRIBED", "到账点数比描述的少", watch).await?;
        let refuse =
            json!({"claimId": claim, "reason": "INSUFFICIENT_EVIDENCE", "note": "no proof was shown"});
        let refused = self.step(&self.cast.shop.owner, "Reject", refuse, ("REJECTED", None)).await?;
        ensure!(refused["rejection"]["appealUntil"].is_string(), "no appeal is offered: {refused}");
        let note = json!({"claimId": claim, "note": "充值记录可以核对"});
        self.step(&self.buyer, "Appeal", note, ("APPEALED", Some("OPERATOR"))).await?;
        watch.until(self.page, Until::Claim("WARRANTY_CLAIM_CHANGED", "APPEALED")).await?;
        let files = evidence::submit(&self.buyer, &claim, &["充值记录.png".to_owned()]).await?;
        let document =
            "query($c: ID!) { warrantyClaim(id: $c) { evidence { mediaType byteSize sha256 uploadedBy } } }";
        let seen = self.cast.operator.owner.get(document, json!({"c": claim})).await?;
        let file = &list(&seen, "/evidence")?[0];
        ensure!(files == 1 && file["uploadedBy"] == "BUYER", "the operator should see the file: {seen}");
        line(&format!(
            "shown with it: {}, {} bytes, SHA-256 {}…",
            text(file, "/mediaType")?,
            file["byteSize"],
            text(file, "/sha256")?.get(..16).unwrap_or_default()
        ));
        let grant = json!({"claimId": claim, "remedy": "COMPENSATE", "amount": {"amount": "20.00", "currency": "CNY"}});
        let done = self.step(&self.cast.operator.owner, "Approve", grant, ("RESOLVED", None)).await?;
        ensure!(done["remedy"]["bearer"] == "SUPPLIER", "the supplier should pay: {done}");
        watch.until(self.page, Until::Claim("WARRANTY_CLAIM_CHANGED", "RESOLVED")).await?;
        let moved = self.moved(before, wallet).await?;
        ensure!(moved == ([-2_000, 0, 0, 0], 2_000), "Starriver alone should pay 20.00: {moved:?}");
        line("Corner refuses, the operator decides anew: 20.00 to the buyer, paid by Starriver");
        Ok(())
    }

    async fn unused_days(&mut self) -> Result<()> {
        let document = "mutation($i: ProductPlansSetInput!) {
  productPlansSet(input: $i) { product { plans { id } } errors { code message } }
}";
        let plan = json!({"title": "三十天延保 Thirty more days", "days": 30, "remedies": ["PRORATA_REFUND"],
                          "price": {"amount": "9.90", "currency": "CNY"}});
        let input = json!({"productId": self.goods.product, "plans": [plan]});
        let set = self.cast.supplier.owner.done(document, json!({"i": input})).await?;
        let document = "mutation($i: CouponCreateInput!) {
  couponCreate(input: $i) { coupon { code status } errors { code message } }
}";
        let input = json!({"code": "TOUR", "takes": {"amount": {"amount": "1.00", "currency": "CNY"}}});
        self.cast.shop.owner.done(document, json!({"i": input})).await?;
        let key = self.key("order");
        let mut request = self.request(1, "104.30", &key);
        request["i"]["lines"][0]["planId"] = set["product"]["plans"][0]["id"].clone();
        request["i"]["couponCode"] = json!("TOUR");
        let (before, _) = self.now().await?;
        let placed = self.buyer.done(ORDER_PLACE, request).await?;
        let order = &placed["order"];
        let (earned, wallet) = self.now().await?;
        let earned: Vec<i64> = earned.iter().zip(before).map(|(now, then)| now - then).collect();
        ensure!(
            earned == [8_990, 400, 840, 200],
            "the plan is Starriver's and the coupon Corner's: {earned:?}"
        );
        line(
            "95.40 and thirty days more for 9.90, less 1.00: Starriver earns the days, Corner bears the coupon",
        );
        let mut watch =
            Watch::order("the buyer", &self.buyer, text(order, "/id")?, text(order, "/asOf")?).await?;
        let unit = deliveries(order)?.remove(0);
        let claim = self.open_claim(&unit, "REVOKED", "兑换后被收回", &mut watch).await?;
        let note = json!({"claimId": claim, "note": "its issuer took it back"});
        self.step(&self.cast.shop.owner, "HandOver", note, ("SUBMITTED", Some("SUPPLIER"))).await?;
        let grant = json!({"claimId": claim, "remedy": "PRORATA_REFUND"});
        self.step(&self.cast.supplier.owner, "Approve", grant, ("RESOLVED", None)).await?;
        watch.until(self.page, Until::Claim("WARRANTY_CLAIM_CHANGED", "RESOLVED")).await?;
        let back = purse(&self.buyer).await?.available - wallet;
        ensure!(back == UNUSED, "32 of 33 days of 104.30 are {}, and back came {}", yuan(UNUSED), yuan(back));
        line(&format!("32 of its 33 days are unused: {} to the buyer, from every tier", yuan(back)));
        Ok(())
    }

    async fn release(&mut self) -> Result<()> {
        let document = "mutation($i: NetworkSettingsSetInput!) {
  networkSettingsSet(input: $i) { settings { holdSeconds } errors { code message } }
}";
        self.cast.operator.owner.done(document, json!({"i": {"holdSeconds": 1}})).await?;
        let before = self.cast.purses().await?;
        ensure!(before.iter().all(|purse| purse.available == 0), "something was released early: {before:?}");
        self.order(1, "95.40").await?;
        let due = [8_000, 400, 840, 300];
        let deadline = Instant::now() + RELEASED_WITHIN;
        loop {
            let now = self.cast.purses().await?.map(|purse| purse.available);
            if now == due {
                break;
            }
            ensure!(
                now.iter().zip(due).all(|(now, due)| *now == 0 || *now == due) && Instant::now() < deadline,
                "80.00, 4.00, 8.40 and 3.00 should be released, and spendable are {:?}",
                now.map(yuan)
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        line("a second later spendable: Starriver 80.00, operator 4.00, Greenfield 8.40, Corner 3.00");
        Ok(())
    }

    async fn books(&mut self) -> Result<()> {
        let document = "{ trialBalance { balanced lines { account debit { amount } credit { amount } } } }";
        let books = self.cast.operator.owner.get(document, json!({})).await?;
        ensure!(books["balanced"] == true, "the books do not balance: {books}");
        let (purses, wallet) = (self.cast.purses().await?, purse(&self.buyer).await?);
        let named = |party: &Party, purse: &Purse| format!("{} {}", party.name, yuan(purse.all()));
        let tiers: Vec<String> =
            self.cast.tiers().iter().zip(&purses).map(|(party, purse)| named(party, purse)).collect();
        line(&format!("buyer {}, {}", yuan(wallet.all()), tiers.join(", ")));
        ensure!(wallet.all() == 23_063, "the buyer should have 230.63");
        let all = wallet.all() + purses.iter().map(|purse| purse.all()).sum::<i64>();
        ensure!(all == PAID_IN, "{} came in, and {} is there", yuan(PAID_IN), yuan(all));
        let accounts = list(&books, "/lines").context("the books")?.len();
        line(&format!(
            "{} came in, {} is there; {accounts} kinds of account, debit and credit the same",
            yuan(PAID_IN),
            yuan(all)
        ));
        Ok(())
    }
}

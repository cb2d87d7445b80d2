//! Warranty claims: a buyer who is asked and does not answer.

use crate::support::{Client, Server, Shop, Terms, superuser, uuid, wait_until};

// The claim's time runs out: what would take days happens now.
async fn run_out(claim: &str) {
    let mut database = superuser(Server::shared()).await;
    sqlx::query("update claim set due_at = now() - interval '1 second' where claim_id = $1")
        .bind(uuid(claim))
        .execute(&mut database)
        .await
        .unwrap();
}

async fn comes_to(who: &Client, claim: &str, status: &str, desk: &str) {
    wait_until(&format!("{status} at {desk}"), async || {
        let seen = who.see(claim).await;
        (seen["status"] == status && seen["desk"] == desk).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_claim_goes_back_to_the_desk_that_asked_even_where_that_was_late() {
    let shop = Shop::on(Server::shared(), Terms::default()).await;
    let (mei, card) = shop.sold().await;
    let claim = mei.claim(&card).await;
    shop.b.owner.step("RequestInfo", &claim).await;
    run_out(&claim).await;
    comes_to(&mei, &claim, "SUBMITTED", "SITE").await;
    shop.b.owner.step("HandOver", &claim).await;
    shop.supplier.owner.step("HandOver", &claim).await;
    // The operator is late, and told so, before it asks.
    run_out(&claim).await;
    wait_until("the operator is late", async || {
        let mut database = superuser(Server::shared()).await;
        let late = sqlx::query_scalar::<_, bool>("select overdue from claim where claim_id = $1");
        late.bind(uuid(&claim)).fetch_one(&mut database).await.unwrap().then_some(())
    })
    .await;
    shop.operator.step("RequestInfo", &claim).await;
    run_out(&claim).await;
    comes_to(&mei, &claim, "SUBMITTED", "OPERATOR").await;
    shop.operator.reject(&claim).await;
    shop.close().await;
}

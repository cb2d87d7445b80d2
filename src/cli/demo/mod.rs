//! The demo network: a whole shop, made as anyone would make it, through GraphQL.

mod data;
mod goods;
mod people;
mod story;

use super::{client::Client, say, server::Server};
use crate::{
    http,
    identity::open_network::{OpenNetwork, open_network},
    tenancy,
};
use anyhow::{Context, Result};
use data::Network;
use people::People;
use std::time::Instant;

/// Everyone's password in the demo; known to everybody.
const PASSWORD: &str = "cardamom-demo";

/// What a member of staff signs in with.
fn staff_email(name: &str, handle: &str) -> String {
    format!("{name}@{handle}.example")
}

fn buyer_email(name: &str) -> String {
    format!("{name}@buyers.example")
}

/// Makes the demo network where there is none, and what is missing of one whose making was cut off.
/// Every step can be taken twice, and the last one says that all were taken.
pub(super) async fn make(server: &Server) -> Result<()> {
    let began = Instant::now();
    let network = data::network()?;
    // Servers that share a database take turns.
    let mut turn = server.db().plain().await?;
    sqlx::query("select pg_advisory_lock(hashtext('cardamom demo'))").execute(&mut *turn).await?;
    if tenancy::store::find_handle(&mut turn, &network.operator.handle).await?.is_none() {
        open(server, &network).await?;
    }
    let made = server.visit(async |url| complete(url, &network).await).await?;
    sqlx::query("select pg_advisory_unlock(hashtext('cardamom demo'))").execute(&mut *turn).await?;
    if let Some(made) = made {
        tracing::info!("the demo network is made: {made}, in {:.1} s", began.elapsed().as_secs_f64());
    }
    Ok(())
}

async fn open(server: &Server, network: &Network) -> Result<()> {
    let handle = &network.operator.handle;
    let request = OpenNetwork {
        handle,
        name: &network.operator.name,
        currency: "CNY",
        owner_email: &staff_email("owner", handle),
        owner_password: PASSWORD,
    };
    open_network(server.db(), request).await?;
    Ok(())
}

// What it made, in words; nothing where the demo is whole.
async fn complete(url: &str, network: &Network) -> Result<Option<String>> {
    let operator = Client::new(url, &network.operator.handle, false)?;
    let operator = operator
        .sign_in(&staff_email("owner", &network.operator.handle), PASSWORD)
        .await
        .with_context(|| {
            format!(
                "there is a network `{}` that is not the demo: serve without --demo",
                network.operator.handle
            )
        })?;
    if people::is_whole(&operator, network).await? {
        return Ok(None);
    }
    tracing::info!("making the demo network: some seconds, once");
    let mut people = People::meet(operator, network).await?;
    let shelf = goods::stock(&people, &data::goods()?).await?;
    goods::price(&people, &shelf, network).await?;
    people.register(network).await?;
    let story = data::story()?;
    let claims = story::play(&people, &shelf, &story).await?;
    people.hire(&network.last).await?;
    let of_kind = |kind: &str| network.tenants.iter().filter(|tenant| tenant.kind == kind).count();
    Ok(Some(format!(
        "{} suppliers, {} sites, {} goods, {} cards, {} buyers, {} orders, {claims} claims",
        of_kind("SUPPLIER"),
        of_kind("SITE"),
        shelf.goods,
        shelf.cards,
        network.buyers.len(),
        story.orders.len(),
    )))
}

/// Prints who is there, and a first question to paste.
pub(super) fn introduce(url: &str) {
    let Ok(network) = data::network() else { return };
    let row = |who: &str, handle: &str, email: &str, name: &str| {
        say(&format!("  {who:<9} {handle:<14} {email:<31} {PASSWORD}  {name}"));
    };
    say(&format!("\n  {:<9} {:<14} {:<31} {:<13}  {}", "who", "tenant", "e-mail", "password", "name"));
    let operator = &network.operator;
    row("operator", &operator.handle, &staff_email("owner", &operator.handle), &operator.name);
    for tenant in &network.tenants {
        let who = tenant.kind.to_lowercase();
        row(&who, &tenant.handle, &staff_email("owner", &tenant.handle), &tenant.name);
    }
    for buyer in network.buyers.iter().filter(|buyer| ["lin.xiaoyu", "emma.reed"].contains(&&*buyer.email)) {
        row("buyer", &buyer.at, &buyer_email(&buyer.email), &buyer.name);
    }
    if http::Pages::are_there() {
        say(&format!(
            "\n  shops     {url}/  {url}/s/qinghe/  {url}/s/shanhai/\n  console   {url}/console\n  explorer  {url}/graphql"
        ));
    }
    say(&format!(
        "\n  curl -s {url}/graphql -H 'content-type: application/json' -H 'x-tenant: xiaoman' \\\n    \
         -d '{{\"query\":\"{{ listings(first: 5) {{ nodes {{ title price {{ amount currency }} inStock }} }} }}\"}}'\n"
    ));
}

//! How many statements a list takes, as the library that sends them counts.

use crate::support::{Counter, Server, Shop, app, cny, superuser, uuid, wait_until};
use cardamom::{
    access::{Actor, Place, TenantKind, TenantStatus},
    foundation::{
        Currency, Fault,
        id::{NetworkId, TenantId},
    },
    pricing::{
        Views,
        view::{Reach, Sweeper},
    },
};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_list_takes_one_statement_cold_one_to_look_and_none_when_it_knows() -> Result<(), Fault> {
    let shop = Shop::open().await;
    let (network, lineage): (NetworkId, Vec<TenantId>) =
        sqlx::query_as("select network_id, lineage from tenant where tenant_id = $1")
            .bind(uuid(&shop.b.id))
            .fetch_one(&mut superuser(Server::shared()).await)
            .await?;
    let tenant = TenantId(uuid(&shop.b.id));
    let (kind, status) = (TenantKind::Site, TenantStatus::Active);
    let place = Place { network, currency: Currency::CNY, tenant, kind, status, lineage };
    let db = app(Server::shared()).await;
    let views = Views::trusting(db.clone(), Duration::from_hours(1));
    let anyone = Actor::Anonymous;
    let counter = Counter::default();
    let _guard = tracing::subscriber::set_default(counter.clone());
    counter.listens(&db).await;

    views.shelf(&place, anyone).await?;
    assert_eq!(counter.taken(), 1, "cold");
    // What somebody's own order may have changed is looked for by that one alone.
    let mei = Actor::Buyer(cardamom::foundation::id::UserId::fresh());
    views.wrote(network, mei, Reach::Own);
    views.shelf(&place, mei).await?;
    assert_eq!(counter.taken(), 1, "its own");
    views.shelf(&place, mei).await?;
    assert_eq!(counter.taken(), 0, "once");
    views.wrote(network, mei, Reach::Nothing);
    views.shelf(&place, mei).await?;
    assert_eq!(counter.taken(), 0, "nothing");
    // A change is read by what it names.
    shop.price(&shop.b.owner, json!({"rule": {"add": cny("4.00")}})).await;
    views.wrote(network, anyone, Reach::Everyone);
    let price = |shelf: &cardamom::pricing::view::Shelf| {
        let variant = cardamom::catalogue::VariantId(uuid(&shop.variant));
        shelf.find(&place, variant, cardamom::foundation::now()).unwrap().price().unwrap().0
    };
    assert_eq!(price(&*views.shelf(&place, mei).await?), 96_400_000);
    assert_eq!(counter.taken(), 2, "a look, and the rules that changed");
    // Who was away while changes were swept up begins again.
    let late = Views::trusting(db.clone(), Duration::from_hours(1));
    late.shelf(&place, anyone).await?;
    shop.price(&shop.b.owner, json!({"rule": {"add": cny("5.00")}})).await;
    let sweeper = Sweeper::default();
    let mut owner = superuser(Server::shared()).await;
    wait_until("changes are swept up", async || {
        sweeper.sweep(&db).await.unwrap();
        let left: i64 = sqlx::query_scalar("select count(*) from listing_change where network_id = $1")
            .bind(network)
            .fetch_one(&mut owner)
            .await
            .unwrap();
        (left == 0).then_some(())
    })
    .await;
    counter.taken();
    late.wrote(network, anyone, Reach::Everyone);
    assert_eq!(price(&*late.shelf(&place, anyone).await?), 97_400_000);
    assert_eq!(counter.taken(), 2, "a look, and everything");
    shop.close().await;
    Ok(())
}

#[tokio::test]
async fn nobody_is_shown_what_nobody_has_looked_at_for_long() {
    let shop = Shop::open().await;
    let (network, lineage): (NetworkId, Vec<TenantId>) =
        sqlx::query_as("select network_id, lineage from tenant where tenant_id = $1")
            .bind(uuid(&shop.b.id))
            .fetch_one(&mut superuser(Server::shared()).await)
            .await
            .unwrap();
    let tenant = TenantId(uuid(&shop.b.id));
    let (kind, status) = (TenantKind::Site, TenantStatus::Active);
    let place = Place { network, currency: Currency::CNY, tenant, kind, status, lineage };
    // Nothing runs beside it that would look, and soon there is no database either.
    let db = app(Server::shared()).await;
    let views = Views::trusting(db.clone(), Duration::from_millis(1));
    views.shelf(&place, Actor::Anonymous).await.unwrap();
    db.close().await;
    tokio::time::sleep(Duration::from_millis(2)).await;
    assert!(views.shelf(&place, Actor::Anonymous).await.is_err());
    shop.close().await;
}

//! The log against a real PostgreSQL.

mod following;
mod numbering;

use super::{Event, EventType, LogId, log, record};
use crate::foundation::{
    Db, Scope, Tx,
    id::{NetworkId, TenantId, UserId},
    migrate,
    seal::Sealer,
    testing,
};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, postgres::PgConnectOptions};
use std::time::Duration;
use uuid::Uuid;

/// A database of its own, with one network and three tenants' logs.
struct Ground {
    owner: PgConnectOptions,
    name: String,
    app: migrate::Logins,
    db: Db,
    network: NetworkId,
    tenants: [TenantId; 3],
}

impl Ground {
    async fn new() -> Self {
        let owner = tokio::task::spawn_blocking(testing::owner).await.unwrap();
        let name = format!("cardamom_events_{}", Uuid::now_v7().simple());
        let mut connection = PgConnection::connect_with(&owner).await.unwrap();
        connection.execute(AssertSqlSafe(format!("create database {name}"))).await.unwrap();
        let sealer = Sealer::new(&[9; 32]).unwrap();
        let app = migrate::run(&owner.clone().database(&name), &sealer).await.unwrap();
        let db = Db::connect(app.clone(), 30).await.unwrap();
        let network = NetworkId::fresh();
        let mut tx = db.begin(Scope::Network(network)).await.unwrap();
        sqlx::query("insert into network (network_id, name, currency) values ($1, 'Test', 'CNY')")
            .bind(network)
            .execute(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let tenants = [(); 3].map(|()| TenantId::fresh());
        Self { owner, name, app, db, network, tenants }
    }

    /// Another process's pool on the same database.
    async fn another(&self) -> Db {
        Db::connect(self.app.clone(), 5).await.unwrap()
    }

    fn log(&self, at: usize) -> LogId {
        LogId { network: self.network, tenant: self.tenants[at] }
    }

    fn staff(&self, at: usize) -> Scope {
        Scope::Tenant(self.network, self.tenants[at])
    }

    async fn begin(&self) -> Tx {
        self.db.begin(Scope::Network(self.network)).await.unwrap()
    }

    async fn tell(&self, events: &[Event]) {
        let mut tx = self.begin().await;
        record(&mut tx, self.network, events).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Waits until a log has come so far.
    async fn numbered(&self, at: usize, seq: i64) {
        let id = self.log(at);
        loop {
            let mut tx = self.db.begin(self.staff(at)).await.unwrap();
            if log::as_of(&mut tx, id.network, id.tenant).await.unwrap() >= seq {
                return;
            }
            drop(tx);
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Ends backends of the application's role: every one, or those that listen.
    async fn cut(&self, listeners_alone: bool) {
        let mut connection = PgConnection::connect_with(&self.owner).await.unwrap();
        sqlx::query(
            "select pg_terminate_backend(pid) from pg_stat_activity
              where datname = $1 and ($2 is false or query ilike 'listen%')",
        )
        .bind(&self.name)
        .bind(listeners_alone)
        .execute(&mut connection)
        .await
        .unwrap();
    }

    async fn close(self) {
        self.db.close().await;
        let mut connection = PgConnection::connect_with(&self.owner).await.unwrap();
        let drop = format!("drop database {} with (force)", self.name);
        connection.execute(AssertSqlSafe(drop)).await.unwrap();
        let (app, work) = (migrate::app_role(&self.name), migrate::work_role(&self.name));
        connection.execute(AssertSqlSafe(format!("drop role {app}, {work}"))).await.unwrap();
    }
}

fn event(audience: &[TenantId], subject: &str) -> Event {
    Event {
        kind: EventType::OrderStatusChanged,
        audience: audience.to_vec(),
        subject: subject.into(),
        order: None,
        buyer: None,
        order_status: Some("PAID"),
        claim_status: None,
    }
}

fn of_buyer(audience: &[TenantId], subject: &str, order: Uuid, buyer: UserId) -> Event {
    Event { order: Some(order), buyer: Some(buyer), ..event(audience, subject) }
}

//! Hosts of tenants' own: requests to them are addressed to the tenant.

use super::{Tenant, store};
use crate::{
    access::Permit,
    foundation::{
        Conn, Db, Fault, No, RefusalCode,
        id::{NetworkId, TenantId},
    },
};

/// A host name as it is kept: lower case, without a port.
///
/// # Errors
/// INVALID_INPUT at `host`.
pub fn parse(text: &str) -> Result<String, No> {
    let host = text.trim().trim_end_matches('.').to_ascii_lowercase();
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if (3..=253).contains(&host.len()) && host.split('.').all(label) {
        Ok(host)
    } else {
        Err(No::invalid("must be a host name, such as shop.example", "host"))
    }
}

/// Gives a host to a tenant of the caller's network. The operator vouches that it is the tenant's: nothing
/// here asks the name system.
///
/// # Errors
/// NOT_FOUND, INVALID_INPUT; CONFLICT for a host that is another tenant's.
pub async fn add_host(db: &Db, permit: Permit, id: TenantId, host: &str) -> Result<Tenant, No> {
    let host = parse(host)?;
    let mut tx = db.begin(permit.work()).await?;
    let tenant =
        store::find(&mut tx, permit.network(), id).await?.ok_or_else(|| No::not_found("tenantId"))?;
    if !insert(&mut tx, permit.network(), id, &host).await? {
        return Err(No::because(RefusalCode::Conflict, "this host is taken", "host"));
    }
    tx.commit().await?;
    Ok(tenant)
}

/// Takes a host away from a tenant of the caller's network.
///
/// # Errors
/// NOT_FOUND.
pub async fn remove_host(db: &Db, permit: Permit, id: TenantId, host: &str) -> Result<Tenant, No> {
    let host = parse(host)?;
    let mut tx = db.begin(permit.work()).await?;
    let tenant =
        store::find(&mut tx, permit.network(), id).await?.ok_or_else(|| No::not_found("tenantId"))?;
    let done =
        sqlx::query("delete from directory_host where host = $1 and network_id = $2 and tenant_id = $3")
            .bind(&host)
            .bind(permit.network())
            .bind(id)
            .execute(&mut *tx)
            .await
            .map_err(Fault::from)?;
    if done.rows_affected() == 0 {
        return Err(No::not_found("host"));
    }
    // Who is remembered to have asked by that host no longer asks here.
    store::bump_policy(&mut tx, permit.network()).await?;
    tx.commit().await?;
    Ok(tenant)
}

/// How many hosts of a tenant are told at most.
pub const TOLD: usize = 100;

/// The hosts of those tenants, by name.
///
/// # Errors
/// [`Fault`].
pub async fn of_tenants(
    db: &mut Conn,
    network: NetworkId,
    tenants: &[TenantId],
) -> Result<Vec<(TenantId, String)>, Fault> {
    Ok(sqlx::query_as(
        "select tenant_id, host from directory_host where network_id = $1 and tenant_id = any($2) order by host",
    )
    .bind(network)
    .bind(tenants)
    .fetch_all(db)
    .await?)
}

/// False where the host is another tenant's; one's own is given again.
async fn insert(db: &mut Conn, network: NetworkId, tenant: TenantId, host: &str) -> Result<bool, Fault> {
    let owner: Option<TenantId> = sqlx::query_scalar(
        "insert into directory_host (host, network_id, tenant_id) values ($1, $2, $3)
         on conflict (host) do update set host = excluded.host returning tenant_id",
    )
    .bind(host)
    .bind(network)
    .bind(tenant)
    .fetch_optional(db)
    .await?;
    Ok(owner == Some(tenant))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_of_labels() {
        assert_eq!(parse("Shop.Example.").unwrap(), "shop.example");
        assert_eq!(parse("127.0.0.1").unwrap(), "127.0.0.1");
        for bad in [
            "",
            "a",
            "shop..example",
            "-a.example",
            "a_b.example",
            "shop.example:80",
            "http://x.y",
            "店.example",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}

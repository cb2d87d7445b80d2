//! From a request's headers to a viewer: which tenant, who, and what is allowed there.

use super::{UserKind, store};
use crate::{
    access::{self, Actor, Holding, Place, Role, TenantKind, TenantStatus, Viewer},
    foundation::{
        Currency, Db, Fault, Moment, Scope,
        id::{NetworkId, TenantId, UserId},
        seal,
    },
    tenancy,
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// No credential is reckoned to last longer than this; timers and clocks reach that far.
const LONGEST: Duration = Duration::from_hours(365 * 24);

/// What identifies a request.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    /// The `Authorization` header.
    pub authorization: Option<String>,
    /// The `X-Tenant` header, which wins over the host.
    pub tenant: Option<String>,
    /// The `Host` header.
    pub host: Option<String>,
    /// The peer's address.
    pub address: Option<String>,
    /// The peer's program.
    pub user_agent: Option<String>,
}

/// Why the caller is refused before any resolver runs.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    /// Neither host nor header names a tenant.
    #[error("no tenant")]
    TenantRequired,
    /// The credentials are not (or no longer) good.
    #[error("unauthenticated")]
    Unauthenticated,
    /// They are good, but not here.
    #[error("forbidden")]
    Forbidden,
    /// Something broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Reads a request's credentials. `base_domain`: `<handle>.<base domain>` names a tenant too.
///
/// # Errors
/// [`Denied`]; an unknown tenant is `TenantRequired`, a credential of another network `Unauthenticated`.
pub async fn identify(
    db: &Db,
    base_domain: Option<&str>,
    credentials: &Credentials,
) -> Result<Viewer, Denied> {
    let (network, tenant) = resolve(db, base_domain, credentials).await?.ok_or(Denied::TenantRequired)?;
    let mut tx = db.begin(Scope::Network(network)).await?;
    let begun = Instant::now();
    let row: Option<(TenantKind, TenantStatus, Vec<TenantId>, String, i64, Moment)> = sqlx::query_as(
        "select t.kind, t.status, t.lineage, n.currency, p.version, now()
           from tenant t join network n on n.network_id = t.network_id
           join policy_version p on p.network_id = t.network_id
          where t.network_id = $1 and t.tenant_id = $2",
    )
    .bind(network)
    .bind(tenant)
    .fetch_optional(&mut *tx)
    .await
    .map_err(Fault::from)?;
    let (kind, status, lineage, currency, version, now) = row.ok_or(Denied::TenantRequired)?;
    let currency = Currency::of(&currency).map_err(|why| Fault::new(why.to_string()))?;
    let place = Arc::new(Place { network, currency, tenant, kind, status, lineage });

    let hash = match &credentials.authorization {
        None => None,
        Some(header) => Some(seal::token_hash(bearer(header).ok_or(Denied::Unauthenticated)?)),
    };
    let (actor, holdings, credential) = match hash {
        None => (Actor::Anonymous, vec![built_in(Role::Anonymous, tenant)], None),
        Some(hash) => {
            let found =
                store::find_credential(&mut tx, network, &hash).await?.ok_or(Denied::Unauthenticated)?;
            let (actor, holdings) = match found.kind {
                // A buyer is a buyer at its own site and nobody elsewhere.
                Some(UserKind::Buyer) if found.tenant_id == tenant => {
                    (Actor::Buyer(UserId(found.principal)), vec![built_in(Role::Buyer, tenant)])
                }
                Some(UserKind::Buyer) => return Err(Denied::Forbidden),
                kind => {
                    let holdings = store::holdings(&mut tx, network, found.principal).await?;
                    let actor = if kind.is_some() {
                        Actor::Staff(UserId(found.principal))
                    } else {
                        Actor::Key(found.principal)
                    };
                    (actor, holdings)
                }
            };
            // Of a key that never ends: later than this process does.
            let left = (found.expires_at - now).to_std().unwrap_or_default().min(LONGEST);
            (actor, holdings, Some((Arc::from(hash), begun + left)))
        }
    };
    tx.commit().await?;
    let actions = access::decide(network, actor.id(), &place.lineage, place.kind, holdings).await?;
    // Staff may name only tenants where they hold something.
    if actor.is_staff() && actions == 0 {
        return Err(Denied::Forbidden);
    }
    let mut viewer = Viewer { place, actor, actions, credential, version, address: None, user_agent: None };
    come_from(&mut viewer, credentials);
    Ok(viewer)
}

/// Notes where a request came from and what sent it.
pub(super) fn come_from(viewer: &mut Viewer, credentials: &Credentials) {
    viewer.address = credentials.address.as_deref().map(Arc::from);
    viewer.user_agent =
        credentials.user_agent.as_deref().map(|text| text.chars().take(200).collect::<String>().into());
}

fn built_in(role: Role, at: TenantId) -> Holding {
    Holding { role: role.word().into(), actions: Vec::new(), at, subtree: false }
}

// `Bearer <token>`, the scheme in any case; tokens are ASCII and bounded.
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer")
        && (8..=256).contains(&token.len())
        && token.bytes().all(|b| b.is_ascii_graphic()))
    .then_some(token)
}

async fn resolve(
    db: &Db,
    base_domain: Option<&str>,
    credentials: &Credentials,
) -> Result<Option<(NetworkId, TenantId)>, Denied> {
    let mut connection = db.plain().await?;
    if let Some(handle) = &credentials.tenant {
        if tenancy::handle(handle, "").is_err() {
            return Ok(None);
        }
        return Ok(tenancy::store::find_handle(&mut connection, handle).await?);
    }
    let Some(host) = credentials.host.as_deref().and_then(hostname) else { return Ok(None) };
    if let Some(found) = tenancy::store::find_host(&mut connection, &host).await? {
        return Ok(Some(found));
    }
    let handle = base_domain.and_then(|base| host.strip_suffix(base)).and_then(|rest| rest.strip_suffix('.'));
    match handle {
        Some(handle) if tenancy::handle(handle, "").is_ok() => {
            Ok(tenancy::store::find_handle(&mut connection, handle).await?)
        }
        _ => Ok(None),
    }
}

// The name in a Host header, without its port, in lower case; nothing for an address literal.
fn hostname(host: &str) -> Option<String> {
    let name = host
        .rsplit_once(':')
        .map_or(host, |(name, port)| if port.bytes().all(|b| b.is_ascii_digit()) { name } else { host });
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let valid = (3..=253).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    valid.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bearer_token_is_a_credential() {
        assert_eq!(bearer("Bearer abcdefgh"), Some("abcdefgh"));
        assert_eq!(bearer("bearer abcdefgh"), Some("abcdefgh"));
        for bad in [
            "abcdefgh",
            "Basic abcdefgh",
            "Bearer ",
            "Bearer a b cdefgh",
            "Bearer ä1234567",
            "Bearer\tabcdefgh",
        ] {
            assert_eq!(bearer(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_host_is_a_plain_name() {
        assert_eq!(hostname("Shop.Example:8080").as_deref(), Some("shop.example"));
        assert_eq!(hostname("shop.example.").as_deref(), Some("shop.example"));
        for bad in ["[::1]:80", "a@b.example", "a/b", "", "x y.example"] {
            assert_eq!(hostname(bad), None, "{bad}");
        }
    }
}

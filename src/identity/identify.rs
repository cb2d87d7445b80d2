//! From a request's headers to a viewer: which tenant, who, and what is allowed there.

use super::{UserKind, store};
use crate::{
    access::{self, Actor, Holding, Place, Role, Viewer},
    foundation::{
        Currency, Db, Fault, Scope,
        id::{NetworkId, TenantId, UserId},
        seal,
    },
    tenancy,
};
use moka::sync::Cache;
use std::{
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

/// How many handles are remembered.
const HANDLES: u64 = 20_000;

/// How much of a program's name is kept, in characters.
const AGENT: usize = 200;

/// No credential is reckoned to last longer than this; timers and clocks reach that far.
const LONGEST: Duration = Duration::from_hours(365 * 24);

/// What identifies a request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Credentials<'a> {
    /// The `Authorization` header.
    pub authorization: Option<&'a str>,
    /// The `X-Tenant` header, which wins over the host.
    pub tenant: Option<&'a str>,
    /// The `Host` header.
    pub host: Option<&'a str>,
    /// The peer's address.
    pub address: Option<IpAddr>,
    /// The peer's program.
    pub user_agent: Option<&'a str>,
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
    handles: &Handles,
    base_domain: Option<&str>,
    credentials: Credentials<'_>,
) -> Result<Viewer, Denied> {
    let (network, tenant) =
        resolve(db, handles, base_domain, credentials).await?.ok_or(Denied::TenantRequired)?;
    let hash = credentials.authorization.map(|header| bearer(header).map(seal::token_hash));
    let mut tx = db.begin(Scope::Network(network)).await?;
    let begun = Instant::now();
    let found =
        store::find_caller(&mut tx, network, tenant, hash.as_ref().and_then(Option::as_deref)).await?;
    let found = found.ok_or(Denied::TenantRequired)?;
    let currency = Currency::of(&found.currency).map_err(|why| Fault::new(why.to_string()))?;
    let (kind, status, lineage, version) = (found.kind, found.status, found.lineage, found.version);
    let place = Arc::new(Place { network, currency, tenant, kind, status, lineage });

    let (actor, holdings, credential) = match hash {
        None => (Actor::Anonymous, vec![built_in(Role::Anonymous, tenant)], None),
        Some(hash) => {
            let (Some(hash), Some(principal), Some(expires_at)) = (hash, found.principal, found.expires_at)
            else {
                return Err(Denied::Unauthenticated);
            };
            let (actor, holdings) = match found.user_kind {
                // A buyer is a buyer at its own site and nobody elsewhere.
                Some(UserKind::Buyer) if found.home == Some(tenant) => {
                    (Actor::Buyer(UserId(principal)), vec![built_in(Role::Buyer, tenant)])
                }
                Some(UserKind::Buyer) => return Err(Denied::Forbidden),
                kind => {
                    let holdings = store::holdings(&mut tx, network, principal).await?;
                    let actor =
                        if kind.is_some() { Actor::Staff(UserId(principal)) } else { Actor::Key(principal) };
                    (actor, holdings)
                }
            };
            // Of a key that never ends: later than this process does.
            let left = (expires_at - found.now).to_std().unwrap_or_default().min(LONGEST);
            (actor, holdings, Some((Arc::from(hash), begun + left)))
        }
    };
    tx.commit().await?;
    let actions = access::decide(&place.lineage, place.kind, holdings).await?;
    // Staff may name only tenants where they hold something.
    if actor.is_staff() && actions == 0 {
        return Err(Denied::Forbidden);
    }
    let mut viewer = Viewer { place, actor, actions, credential, version, address: None, user_agent: None };
    come_from(&mut viewer, credentials);
    Ok(viewer)
}

/// How many tenants are listed for one who may name them.
const REACH: i64 = 10_000;

/// The tenants that a viewer may name, by depth and handle, the first 10,000: none for who is no staff.
///
/// # Errors
/// [`Fault`].
pub async fn reach(db: &Db, viewer: &Viewer) -> Result<Vec<tenancy::Tenant>, Fault> {
    if !viewer.actor.is_staff() {
        return Ok(Vec::new());
    }
    let (network, principal) = (viewer.place.network, viewer.actor.id());
    let mut tx = db.begin(Scope::Network(network)).await?;
    let found = tenancy::store::held_by(&mut tx, network, principal, REACH).await?;
    let holdings = store::holdings(&mut tx, network, principal).await?;
    tx.commit().await?;
    let mut reached = Vec::with_capacity(found.len());
    for tenant in found {
        // A role may do nothing at a tenant of that kind.
        if access::decide(&tenant.lineage, tenant.kind, holdings.clone()).await? != 0 {
            reached.push(tenant);
        }
    }
    Ok(reached)
}

/// Notes where a request came from and what sent it.
pub(super) fn come_from(viewer: &mut Viewer, credentials: Credentials<'_>) {
    viewer.address = credentials.address;
    viewer.user_agent = credentials.user_agent.map(|text| {
        let end = text.char_indices().nth(AGENT).map_or(text.len(), |(end, _)| end);
        Arc::from(&text[..end])
    });
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
    handles: &Handles,
    base_domain: Option<&str>,
    credentials: Credentials<'_>,
) -> Result<Option<(NetworkId, TenantId)>, Denied> {
    if let Some(handle) = credentials.tenant {
        return handles.find(db, handle).await;
    }
    let Some(host) = credentials.host.and_then(hostname) else { return Ok(None) };
    if let Some(found) = tenancy::store::find_host(&mut *db.plain().await?, &host).await? {
        return Ok(Some(found));
    }
    let handle = base_domain.and_then(|base| host.strip_suffix(base)).and_then(|rest| rest.strip_suffix('.'));
    match handle {
        Some(handle) => handles.find(db, handle).await,
        None => Ok(None),
    }
}

/// Which tenants handles name. A handle is given once and for ever, so what was found is not asked for again.
#[derive(Clone)]
pub struct Handles(Cache<String, (NetworkId, TenantId)>);

impl Default for Handles {
    fn default() -> Self {
        Self(Cache::new(HANDLES))
    }
}

impl Handles {
    async fn find(&self, db: &Db, handle: &str) -> Result<Option<(NetworkId, TenantId)>, Denied> {
        if let Some(known) = self.0.get(handle) {
            return Ok(Some(known));
        }
        if tenancy::handle(handle, "").is_err() {
            return Ok(None);
        }
        let found = tenancy::store::find_handle(&mut *db.plain().await?, handle).await?;
        if let Some(found) = found {
            self.0.insert(handle.to_owned(), found);
        }
        Ok(found)
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

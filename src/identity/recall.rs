//! Callers who were identified a moment ago, so that most requests need no statement to know who asks.
//!
//! What is remembered holds for as long as the network's policy version stands (every revocation, disabling,
//! change of a grant or of a tenant's status raises it) and this process has lately looked. Whoever changes
//! something does not rest on it: a mutation is identified anew, or checks again in its own transaction.

use super::{
    Credentials, Denied,
    identify::{self, Handles},
    watch::PolicyWatch,
};
use crate::{
    access::Viewer,
    foundation::{Db, seal},
};
use moka::sync::Cache;
use std::{sync::Arc, time::Instant};

/// How many callers are remembered.
const CALLERS: u64 = 50_000;

/// The callers that this process remembers.
#[derive(Clone)]
pub struct Recall {
    // By the SHA-256 of what they sent: tokens are not kept in memory.
    callers: Cache<Vec<u8>, Arc<Viewer>>,
    policies: PolicyWatch,
    handles: Handles,
}

impl Recall {
    /// Remembers nobody yet.
    pub fn new(policies: PolicyWatch) -> Self {
        Self { callers: Cache::new(CALLERS), policies, handles: Handles::default() }
    }

    /// The caller, if what is remembered of it still holds.
    pub fn viewer(&self, credentials: Credentials<'_>) -> Option<Viewer> {
        let known = self.callers.get(&key(credentials))?;
        let expired = known.credential.as_ref().is_some_and(|(_, end)| *end <= Instant::now());
        if expired || self.policies.current(known.place.network) != Some(known.version) {
            return None;
        }
        let mut viewer = Viewer::clone(&known);
        identify::come_from(&mut viewer, credentials);
        Some(viewer)
    }

    /// Identifies the caller from the database, and remembers it.
    ///
    /// # Errors
    /// As [`identify()`](super::identify()).
    pub async fn identify(
        &self,
        db: &Db,
        base_domain: Option<&str>,
        credentials: Credentials<'_>,
    ) -> Result<Viewer, Denied> {
        let begun = Instant::now();
        let viewer = identify::identify(db, &self.handles, base_domain, credentials).await?;
        self.policies.learn(viewer.place.network, viewer.version, begun);
        self.callers.insert(key(credentials), Arc::new(viewer.clone()));
        Ok(viewer)
    }
}

fn key(credentials: Credentials<'_>) -> Vec<u8> {
    // The host does not count where a header names the tenant.
    let place = match credentials.tenant {
        Some(tenant) => ["tenant", tenant],
        None => ["host", credentials.host.unwrap_or_default()],
    };
    let token = match credentials.authorization {
        Some(token) => ["with", token],
        None => ["without", ""],
    };
    seal::digest(&[place[0], place[1], token[0], token[1]].map(str::as_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        access::{Actor, Place, TenantKind, TenantStatus},
        foundation::{
            Currency,
            id::{NetworkId, TenantId, UserId},
        },
    };
    use std::time::Duration;

    #[test]
    fn two_askers_share_a_key_only_if_they_ask_alike() {
        let ask = |tenant, host, authorization| Credentials {
            authorization,
            tenant,
            host,
            ..Credentials::default()
        };
        let all = [
            ask(None, None, None),
            ask(None, Some("a"), None),
            ask(Some("a"), None, None),
            ask(Some("a"), None, Some("t")),
            ask(Some("b"), None, Some("t")),
            ask(None, Some("a"), Some("t")),
            ask(Some("a"), None, Some("")),
            ask(Some("at"), None, Some("")),
        ];
        for (at, one) in all.iter().enumerate() {
            for other in &all[at + 1..] {
                assert_ne!(key(*one), key(*other), "{one:?} {other:?}");
            }
        }
        let (seen, from) = (ask(Some("a"), Some("x"), None), ask(Some("a"), Some("y"), None));
        assert_eq!(key(seen), key(from), "the header wins");
    }

    #[test]
    fn whoever_is_remembered_is_known_until_the_credential_or_the_policy_ends() {
        let (policies, network, tenant) = (PolicyWatch::default(), NetworkId::fresh(), TenantId::fresh());
        let recall = Recall::new(policies.clone());
        let place = Place {
            network,
            currency: Currency::CNY,
            tenant,
            kind: TenantKind::Site,
            status: TenantStatus::Active,
            lineage: vec![tenant],
        };
        let remember = |token: &'static str, left: Duration| {
            let viewer = Viewer {
                place: Arc::new(place.clone()),
                actor: Actor::Buyer(UserId::fresh()),
                actions: 0,
                credential: Some((Arc::from(token.as_bytes()), Instant::now() + left)),
                version: 7,
                address: Some(std::net::IpAddr::from([192, 0, 2, 1])),
                user_agent: None,
            };
            let credentials = Credentials { authorization: Some(token), ..Credentials::default() };
            recall.callers.insert(key(credentials), Arc::new(viewer));
            credentials
        };
        let (lasting, over) = (remember("a", Duration::from_hours(1)), remember("b", Duration::ZERO));
        assert!(recall.viewer(lasting).is_none(), "nobody has looked at the policy");
        policies.learn(network, 7, Instant::now());
        let viewer = recall.viewer(lasting).unwrap();
        assert_eq!(viewer.address, None, "where it comes from is this request's");
        assert!(recall.viewer(over).is_none());
        assert!(recall.viewer(Credentials::default()).is_none());
        policies.learn(network, 8, Instant::now());
        assert!(recall.viewer(lasting).is_none());
    }
}

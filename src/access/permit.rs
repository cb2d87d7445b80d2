//! The permit: proof that this caller may do this operation at this tenant.

use super::{Action, MATRIX, TenantKind, TenantStatus};
use crate::foundation::{
    Currency, No, Scope,
    id::{NetworkId, TenantId, UserId},
};
use std::{net::IpAddr, sync::Arc, time::Instant};

/// The tenant that a request is about.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its network.
    pub network: NetworkId,
    /// The network's settlement currency.
    pub currency: Currency,
    /// The tenant.
    pub tenant: TenantId,
    /// What it is.
    pub kind: TenantKind,
    /// Whether it may act.
    pub status: TenantStatus,
    /// From the operator down to the tenant, both included.
    pub lineage: Vec<TenantId>,
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Nobody signed in.
    Anonymous,
    /// A customer of the place.
    Buyer(UserId),
    /// A person with a role at the place.
    Staff(UserId),
    /// A program with an API key.
    Key(uuid::Uuid),
}

impl Actor {
    /// The id that records keep; nil for nobody.
    pub fn id(self) -> uuid::Uuid {
        match self {
            Self::Anonymous => uuid::Uuid::nil(),
            Self::Buyer(id) | Self::Staff(id) => id.0,
            Self::Key(id) => id,
        }
    }

    /// The buyer, if it is one.
    pub fn buyer(self) -> Option<UserId> {
        if let Self::Buyer(id) = self { Some(id) } else { None }
    }

    /// A person or program of the tenant's own side.
    pub fn is_staff(self) -> bool {
        matches!(self, Self::Staff(_) | Self::Key(_))
    }
}

/// A caller whose credentials have been read: who, where, and what is allowed there.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// Where.
    pub place: Arc<Place>,
    /// Who.
    pub actor: Actor,
    /// The actions allowed, a bit each.
    pub actions: u64,
    /// The credential: its stored hash, and when it ends by the database's clock, as this process's steady clock
    /// will show it.
    pub credential: Option<(Arc<[u8]>, Instant)>,
    /// The network's policy version that this was read at.
    pub version: i64,
    /// Where the request came from, for records.
    pub address: Option<IpAddr>,
    /// The program that sent it, for records.
    pub user_agent: Option<Arc<str>>,
}

impl Viewer {
    /// The viewer may do the action here.
    pub fn can(&self, action: Action) -> bool {
        self.actions >> action.0 & 1 == 1
    }

    /// The viewer may do the action of that name here.
    pub fn can_do(&self, name: &str) -> bool {
        MATRIX.action(name).is_some_and(|action| self.can(action))
    }

    /// The names of what the viewer may do here, sorted.
    pub fn permissions(&self) -> Vec<&'static str> {
        MATRIX
            .actions()
            .iter()
            .enumerate()
            .filter(|(at, _)| self.actions >> at & 1 == 1)
            .map(|(_, name)| *name)
            .collect()
    }

    /// The permit for an operation such as `Mutation.orderPlace`.
    ///
    /// # Errors
    /// [`No::Forbidden`] unless the matrix lists the operation for this kind of tenant, the tenant's status
    /// allows it, and the viewer has its action; [`No::Unauthenticated`] where nobody is signed in.
    pub fn permit(&self, operation: &str) -> Result<Permit, No> {
        let row = MATRIX.operation(operation).ok_or(No::Forbidden)?;
        let active = self.place.status == TenantStatus::Active;
        if !row.kinds.contains(&self.place.kind) || (row.needs_active && !active) || !self.can(row.action) {
            let nobody = self.actor == Actor::Anonymous;
            return Err(if nobody { No::Unauthenticated } else { No::Forbidden });
        }
        Ok(Permit { viewer: self.clone() })
    }

    /// Whose rows the viewer may read: the tenant's own, the buyer's own, or the public part.
    pub fn scope(&self) -> Scope {
        let (network, tenant) = (self.place.network, self.place.tenant);
        match (self.actor, self.place.kind) {
            (Actor::Anonymous, _) => Scope::Public(network, tenant),
            (Actor::Buyer(buyer), _) => Scope::Buyer(network, tenant, buyer),
            (_, TenantKind::Operator) => Scope::Operator(network, tenant),
            _ => Scope::Tenant(network, tenant),
        }
    }
}

/// Proof that the caller may do what the use case does. Only [`Viewer::permit`] makes one.
#[derive(Clone, Debug)]
pub struct Permit {
    viewer: Viewer,
}

impl Permit {
    /// Who was permitted.
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// Where.
    pub fn place(&self) -> &Place {
        &self.viewer.place
    }

    /// The network.
    pub fn network(&self) -> NetworkId {
        self.viewer.place.network
    }

    /// The tenant.
    pub fn tenant(&self) -> TenantId {
        self.viewer.place.tenant
    }

    /// Who.
    pub fn actor(&self) -> Actor {
        self.viewer.actor
    }

    /// The scope of a use case at work: the one that may write.
    pub fn work(&self) -> Scope {
        Scope::Network(self.viewer.place.network)
    }

    /// Whose rows the caller may read.
    pub fn scope(&self) -> Scope {
        self.viewer.scope()
    }
}

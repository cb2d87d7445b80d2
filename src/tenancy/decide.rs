//! Admitting, suspending and bringing back tenants.

use super::{Tenant, TenantKind, TenantStatus, store};
use crate::{
    access::Permit,
    events::{self, Event, EventType},
    foundation::{Db, No, RefusalCode, Tx, id::TenantId, text},
};

crate::words! {
    /// A decision on a tenant.
    pub enum Decision {
        /// May trade.
        Approve = "APPROVE",
        /// May not.
        Reject = "REJECT",
        /// May not for now.
        Suspend = "SUSPEND",
        /// May again.
        Reinstate = "REINSTATE",
    }
}

impl TenantStatus {
    /// The status that a decision leads to from here, if it is open; approving what is active already
    /// changes nothing.
    pub const fn after(self, decision: Decision) -> Option<Self> {
        match (self, decision) {
            (Self::PendingReview | Self::Rejected | Self::Active, Decision::Approve)
            | (Self::Suspended | Self::Active, Decision::Reinstate) => Some(Self::Active),
            (Self::PendingReview | Self::Rejected, Decision::Reject) => Some(Self::Rejected),
            (Self::Active | Self::Suspended, Decision::Suspend) => Some(Self::Suspended),
            _ => None,
        }
    }
}

/// Decides on a tenant below the caller's. It acts on the next request of everyone concerned.
///
/// # Errors
/// NOT_FOUND for a tenant that is not below the caller's, INVALID_TRANSITION, INVALID_INPUT.
pub async fn decide_tenant(
    db: &Db,
    permit: Permit,
    id: TenantId,
    decision: Decision,
    note: Option<String>,
) -> Result<Tenant, No> {
    let note = note.map(|note| text::note(&note, 500, "note")).transpose()?;
    let mut tx = db.begin(permit.work()).await?;
    let network = permit.network();
    let tenant = below(&mut tx, &permit, id, "tenantId").await?;
    let status = tenant.status.after(decision).ok_or_else(|| {
        No::because(RefusalCode::InvalidTransition, format!("the tenant is {}", tenant.status), "tenantId")
    })?;
    let suspended_by = suspender(&mut tx, &permit, id).await?;
    match decision {
        Decision::Reinstate | Decision::Approve
            if suspended_by.is_some_and(|depth| depth < permit.place().lineage.len()) =>
        {
            return Err(No::because(
                RefusalCode::InvalidTransition,
                "it was suspended by a tenant above yours",
                "tenantId",
            ));
        }
        // The highest one counts, however often it is suspended.
        Decision::Suspend if suspended_by.is_none_or(|depth| depth > permit.place().lineage.len()) => {
            store::set_suspended_by(&mut tx, network, id, Some(permit.tenant())).await?;
        }
        Decision::Reinstate | Decision::Approve => {
            store::set_suspended_by(&mut tx, network, id, None).await?;
        }
        _ => {}
    }
    if status != tenant.status {
        store::set_status(&mut tx, network, id, status, note.as_deref()).await?;
        store::bump_policy(&mut tx, network).await?;
        let event = Event::about(EventType::TenantStatusChanged, tenant.lineage.clone(), id.to_string());
        events::record(&mut tx, network, &[event]).await?;
    }
    tx.commit().await?;
    Ok(Tenant { status, ..tenant })
}

// How many stand on the lineage of whoever suspended it: fewer is higher.
async fn suspender(tx: &mut Tx, permit: &Permit, id: TenantId) -> Result<Option<usize>, No> {
    let by = store::suspended_by(tx, permit.network(), id).await?;
    let Some(by) = by else { return Ok(None) };
    Ok(store::find(tx, permit.network(), by).await?.map(|tenant| tenant.lineage.len()))
}

/// Sets the most that a site below may add to its cost; none lifts the bound. Basis points.
///
/// # Errors
/// NOT_FOUND, INVALID_INPUT.
pub async fn set_markup_cap(db: &Db, permit: Permit, id: TenantId, cap: Option<i32>) -> Result<Tenant, No> {
    if cap.is_some_and(|cap| !(0..=1_000_000).contains(&cap)) {
        return Err(No::invalid("must be between 0 and 1000000 basis points", "capBasisPoints"));
    }
    let mut tx = db.begin(permit.work()).await?;
    let tenant = below(&mut tx, &permit, id, "tenantId").await?;
    if tenant.parent_id != Some(permit.tenant()) || tenant.kind != TenantKind::Site {
        return Err(No::not_found("tenantId"));
    }
    sqlx::query("update tenant set markup_cap_bp = $3 where network_id = $1 and tenant_id = $2")
        .bind(permit.network())
        .bind(id)
        .bind(cap)
        .execute(&mut *tx)
        .await
        .map_err(crate::foundation::Fault::from)?;
    tx.commit().await?;
    Ok(Tenant { markup_cap_bp: cap, ..tenant })
}

/// A tenant strictly below the caller's, its row locked.
///
/// # Errors
/// NOT_FOUND at `path`: a tenant elsewhere looks like none.
pub async fn below(tx: &mut Tx, permit: &Permit, id: TenantId, path: &str) -> Result<Tenant, No> {
    let tenant = store::lock(tx, permit.network(), id).await?;
    tenant
        .filter(|tenant| tenant.tenant_id != permit.tenant() && tenant.lineage.contains(&permit.tenant()))
        .ok_or_else(|| No::not_found(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_listed_decisions_are_open() {
        let mut table = String::new();
        for status in TenantStatus::ALL {
            for decision in Decision::ALL {
                if let Some(after) = status.after(*decision) {
                    table += format!("{status} {decision} {after}\n").as_str();
                }
            }
        }
        assert_eq!(
            table,
            "PENDING_REVIEW APPROVE ACTIVE\nPENDING_REVIEW REJECT REJECTED\nACTIVE APPROVE ACTIVE\n\
             ACTIVE SUSPEND SUSPENDED\nACTIVE REINSTATE ACTIVE\nSUSPENDED SUSPEND SUSPENDED\n\
             SUSPENDED REINSTATE ACTIVE\nREJECTED APPROVE ACTIVE\nREJECTED REJECT REJECTED\n"
        );
    }
}

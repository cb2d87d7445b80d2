//! Opening a supplier or a site, with its owner and its accounts.

use super::{
    open_network::{insert_owner, insert_tenant},
    password,
};
use crate::{
    access::{Permit, TenantKind, TenantStatus},
    events::{self, Event, EventType},
    foundation::{Db, No, RefusalCode, id::TenantId, text},
    ledger,
    tenancy::{self, Tenant},
};

/// What a tenant is opened with.
#[derive(Clone, Debug)]
pub struct OpenTenant {
    /// SUPPLIER or SITE.
    pub kind: TenantKind,
    /// Its name in addresses.
    pub handle: String,
    /// Its name.
    pub name: String,
    /// Above it; none is the caller's tenant.
    pub parent: Option<TenantId>,
    /// Its owner.
    pub owner_email: String,
    /// The owner's password.
    pub owner_password: String,
}

/// Opens a tenant below the caller's. What the operator opens is active at once; what a site opens waits
/// for the operator's decision.
///
/// # Errors
/// CONFLICT (handle), NOT_FOUND (parent), LIMIT_EXCEEDED (depth), INVALID_INPUT.
pub async fn open_tenant(db: &Db, permit: Permit, request: OpenTenant) -> Result<Tenant, No> {
    let handle = tenancy::handle(&request.handle, "handle")?;
    let name = text::line(&request.name, 80, "name")?;
    let email = text::email(&request.owner_email, "ownerEmail")?;
    password::acceptable(&request.owner_password, "ownerPassword")?;
    let by_operator = permit.place().kind == TenantKind::Operator;
    if request.kind == TenantKind::Operator || (request.kind == TenantKind::Supplier && !by_operator) {
        return Err(No::invalid("may not be opened here", "kind"));
    }
    let hash = password::hash(&request.owner_password).await?;

    let network = permit.network();
    let mut tx = db.begin(permit.work()).await?;
    let parent_id = request.parent.unwrap_or(permit.tenant());
    let parent = tenancy::store::find(&mut tx, network, parent_id)
        .await?
        .filter(|parent| parent.lineage.contains(&permit.tenant()))
        .ok_or_else(|| No::not_found("parentId"))?;
    let fits = match request.kind {
        TenantKind::Supplier => parent.kind == TenantKind::Operator,
        _ => parent.kind != TenantKind::Supplier,
    };
    if !fits {
        return Err(No::invalid(
            "a supplier stands under the operator, a site under the operator or a site",
            "parentId",
        ));
    }
    if parent.status != TenantStatus::Active {
        return Err(No::because(RefusalCode::InvalidTransition, "the parent is not active", "parentId"));
    }
    let limit = tenancy::store::depth_limit(&mut tx, network).await?;
    if parent.depth >= limit {
        return Err(No::because(
            RefusalCode::LimitExceeded,
            format!("sites go {limit} deep here"),
            "parentId",
        ));
    }
    let tenant_id = TenantId::fresh();
    let tenant = Tenant {
        tenant_id,
        kind: request.kind,
        handle,
        name: name.clone(),
        status: if by_operator { TenantStatus::Active } else { TenantStatus::PendingReview },
        parent_id: Some(parent_id),
        depth: parent.depth + 1,
        lineage: parent.lineage.iter().copied().chain([tenant_id]).collect(),
        markup_cap_bp: None,
        announcement: None,
        accent: None,
        contact: None,
    };
    insert_tenant(&mut tx, network, &tenant, "handle").await?;
    ledger::store::open_for_tenant(&mut tx, network, tenant_id, request.kind == TenantKind::Supplier).await?;
    insert_owner(&mut tx, network, tenant_id, &email, &name, &hash).await?;
    let event = Event::about(EventType::TenantStatusChanged, tenant.lineage.clone(), tenant_id.to_string());
    events::record(&mut tx, network, &[event]).await?;
    tx.commit().await?;
    Ok(tenant)
}

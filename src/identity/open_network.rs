//! Opening a network: its operator, the operator's owner, and the network's own accounts.

use super::{GrantId, UserKind, password, store};
use crate::{
    access::{Role, TenantKind, TenantStatus},
    foundation::{
        Currency, Db, Fault, No, RefusalCode, Scope,
        id::{NetworkId, TenantId, UserId},
        text,
    },
    ledger,
    tenancy::{self, Tenant},
};

/// What a network is opened with.
pub struct OpenNetwork<'a> {
    /// The operator's handle.
    pub handle: &'a str,
    /// The network's and its operator's name.
    pub name: &'a str,
    /// What it settles in.
    pub currency: &'a str,
    /// The operator's owner.
    pub owner_email: &'a str,
    /// Its password.
    pub owner_password: &'a str,
}

/// A network as it was opened.
#[derive(Clone, Copy, Debug)]
pub struct Opened {
    /// The network.
    pub network: NetworkId,
    /// Its operator.
    pub operator: TenantId,
    /// The operator's owner.
    pub owner: UserId,
}

/// Opens a network. From the command line alone: no request may.
///
/// # Errors
/// CONFLICT where the handle is taken; INVALID_INPUT.
pub async fn open_network(db: &Db, request: OpenNetwork<'_>) -> Result<Opened, No> {
    let handle = tenancy::handle(request.handle, "handle")?;
    let name = text::line(request.name, 80, "name")?;
    let currency = Currency::of(request.currency).map_err(|why| No::invalid(why.to_string(), "currency"))?;
    let email = text::email(request.owner_email, "ownerEmail")?;
    password::acceptable(request.owner_password, "ownerPassword")?;
    let hash = password::hash(request.owner_password).await?;
    let (network, operator) = (NetworkId::fresh(), TenantId::fresh());

    let mut tx = db.begin(Scope::Network(network)).await?;
    sqlx::query("insert into network (network_id, name, currency) values ($1, $2, $3)")
        .bind(network)
        .bind(&name)
        .bind(currency.code())
        .execute(&mut *tx)
        .await
        .map_err(Fault::from)?;
    sqlx::query("insert into policy_version (network_id) values ($1)")
        .bind(network)
        .execute(&mut *tx)
        .await
        .map_err(Fault::from)?;
    let tenant = Tenant {
        tenant_id: operator,
        kind: TenantKind::Operator,
        handle,
        name: name.clone(),
        status: TenantStatus::Active,
        parent_id: None,
        depth: 0,
        lineage: vec![operator],
        markup_cap_bp: None,
        announcement: None,
        accent: None,
        contact: None,
    };
    insert_tenant(&mut tx, network, &tenant, "handle").await?;
    ledger::store::open_for_network(&mut tx, network, operator).await?;
    ledger::store::open_for_tenant(&mut tx, network, operator, false).await?;
    let owner = insert_owner(&mut tx, network, operator, &email, &name, &hash).await?;
    tx.commit().await?;
    Ok(Opened { network, operator, owner })
}

/// Adds a tenant; a taken handle is CONFLICT at `path`.
pub(super) async fn insert_tenant(
    tx: &mut crate::foundation::Tx,
    network: NetworkId,
    tenant: &Tenant,
    path: &str,
) -> Result<(), No> {
    match tenancy::store::insert(tx, network, tenant).await {
        Err(fault) if fault.constraint() == Some("directory_pkey") => {
            Err(No::because(RefusalCode::Conflict, "this handle is taken", path))
        }
        other => Ok(other?),
    }
}

/// Adds a tenant's first member of staff, its owner there.
pub(super) async fn insert_owner(
    tx: &mut crate::foundation::Tx,
    network: NetworkId,
    tenant: TenantId,
    email: &(String, String),
    display_name: &str,
    password_hash: &str,
) -> Result<UserId, No> {
    let user = store::NewUser { tenant, kind: UserKind::Staff, email, display_name, password_hash };
    let owner =
        store::insert(tx, network, user).await?.ok_or_else(|| Fault::new("a new tenant has users"))?;
    let grant = store::Grant {
        grant_id: GrantId::fresh(),
        principal_id: owner.0,
        tenant_id: tenant,
        builtin: Some(Role::Owner.word().into()),
        role_id: None,
        subtree: false,
    };
    store::insert_grant(tx, network, &grant, None).await?;
    Ok(owner)
}

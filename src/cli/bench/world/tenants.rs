//! Tenants: suppliers and parents under the operator, selling sites under the parents.

use super::{Making, Plan, Tenant, World, fresh};
use crate::{access::TenantKind, foundation::id::TenantId, ledger::AccountKind};
use anyhow::Result;
use uuid::Uuid;

/// Opens them all.
pub(super) async fn open(making: &mut Making<'_>, plan: &Plan) -> Result<World> {
    let operator = making.operator;
    let under_operator = |count: usize| vec![operator; count];
    let suppliers =
        insert(making, TenantKind::Supplier, plan, "supplier", under_operator(plan.suppliers)).await?;
    let parents = insert(making, TenantKind::Site, plan, "parent", under_operator(plan.parents)).await?;
    let above = (0..plan.sites).map(|at| parents[at % parents.len()].id).collect();
    let sites = insert(making, TenantKind::Site, plan, "site", above).await?;
    let operator =
        Tenant { id: operator, handle: plan.handle.to_owned(), staff: Vec::new(), buyers: Vec::new() };
    Ok(World { network: making.network, operator, suppliers, parents, sites, variants: Vec::new() })
}

async fn insert(
    making: &mut Making<'_>,
    kind: TenantKind,
    plan: &Plan,
    called: &str,
    above: Vec<TenantId>,
) -> Result<Vec<Tenant>> {
    let ids = fresh(above.len());
    let handles: Vec<String> = (0..above.len()).map(|at| format!("{}-{called}-{at}", plan.handle)).collect();
    sqlx::query(
        "with opened as (
           select u.tenant_id, u.handle, u.parent_id, p.lineage || u.tenant_id as lineage, p.depth + 1 as depth
             from unnest($2::uuid[], $3::text[], $4::uuid[]) as u (tenant_id, handle, parent_id)
             join tenant p on p.network_id = $1 and p.tenant_id = u.parent_id),
         listed as (
           insert into directory (handle, network_id, tenant_id) select handle, $1, tenant_id from opened)
         insert into tenant (network_id, tenant_id, kind, handle, name, status, parent_id, depth, lineage)
         select $1, tenant_id, $5, handle, initcap(replace(handle, '-', ' ')), 'ACTIVE', parent_id, depth, lineage
           from opened",
    )
    .bind(making.network)
    .bind(&ids)
    .bind(&handles)
    .bind(above)
    .bind(kind)
    .execute(&mut *making.db)
    .await?;
    accounts(making, AccountKind::TenantWallet, &ids).await?;
    accounts(making, AccountKind::TenantHeld, &ids).await?;
    if kind == TenantKind::Supplier {
        accounts(making, AccountKind::SupplierDeposit, &ids).await?;
    }
    let tenant = |(id, handle)| Tenant { id: TenantId(id), handle, staff: Vec::new(), buyers: Vec::new() };
    Ok(ids.into_iter().zip(handles).map(tenant).collect())
}

/// Opens an account of that kind for each owner.
pub(super) async fn accounts(
    making: &mut Making<'_>,
    kind: AccountKind,
    owners: &[Uuid],
) -> Result<Vec<Uuid>> {
    let ids = fresh(owners.len());
    sqlx::query(
        "insert into account (network_id, account_id, kind, owner_id, constrained)
         select $1, u.account_id, $2, u.owner_id, $3
           from unnest($4::uuid[], $5::uuid[]) as u (account_id, owner_id)",
    )
    .bind(making.network)
    .bind(kind)
    .bind(kind.is_constrained())
    .bind(&ids)
    .bind(owners)
    .execute(&mut *making.db)
    .await?;
    Ok(ids)
}

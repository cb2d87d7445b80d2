//! People, each with a session of its own: staff who own their tenant, and buyers with money.

use super::{Making, Plan, World, fresh, tenants::accounts};
use crate::{
    access::Role,
    foundation::{id::TenantId, seal},
    identity::UserKind,
    ledger::AccountKind,
};
use anyhow::Result;
use uuid::Uuid;

/// What each buyer has: more than anybody spends in a run; minor units.
const MONEY: i64 = 10_000_000_000;

/// Signs everybody in.
pub(super) async fn sign_in(making: &mut Making<'_>, plan: &Plan, world: &mut World) -> Result<()> {
    // A supplier always has somebody who uploads its cards.
    let staff = |world: &World| -> Vec<TenantId> {
        let every = world.tenants().flat_map(|tenant| vec![tenant.id; plan.staff]);
        let uploaders = world.suppliers.iter().map(|tenant| tenant.id).filter(|_| plan.staff == 0);
        every.chain(uploaders).collect()
    };
    let staff = staff(world);
    let people = insert(making, UserKind::Staff, &staff).await?;
    grant(making, &people, &staff).await?;
    for tenant in [&mut world.operator]
        .into_iter()
        .chain(&mut world.suppliers)
        .chain(&mut world.parents)
        .chain(&mut world.sites)
    {
        let own = people.iter().zip(&staff).filter(|(_, at)| **at == tenant.id);
        tenant.staff = own.map(|(person, _)| person.token.clone()).collect();
    }
    let at: Vec<TenantId> = world.sites.iter().flat_map(|site| vec![site.id; plan.buyers]).collect();
    let buyers = insert(making, UserKind::Buyer, &at).await?;
    let mut tokens = buyers.iter().map(|buyer| buyer.token.clone());
    for site in &mut world.sites {
        site.buyers = tokens.by_ref().take(plan.buyers).collect();
    }
    let owners: Vec<Uuid> = buyers.iter().map(|buyer| buyer.id).collect();
    let wallets = accounts(making, AccountKind::BuyerWallet, &owners).await?;
    pay_in(making, &wallets).await
}

struct Person {
    id: Uuid,
    token: String,
}

async fn insert(making: &mut Making<'_>, kind: UserKind, at: &[TenantId]) -> Result<Vec<Person>> {
    let ids = fresh(at.len());
    let emails: Vec<String> = ids.iter().map(|id| format!("{}@bench.example", id.simple())).collect();
    sqlx::query(
        "insert into app_user (network_id, user_id, tenant_id, kind, email, email_key, display_name, password_hash)
         select $1, u.user_id, u.tenant_id, $2, u.email, u.email, 'Somebody', $3
           from unnest($4::uuid[], $5::uuid[], $6::text[]) as u (user_id, tenant_id, email)",
    )
    .bind(making.network)
    .bind(kind)
    .bind(&making.password_hash)
    .bind(&ids)
    .bind(at)
    .bind(&emails)
    .execute(&mut *making.db)
    .await?;
    let people: Vec<Person> =
        ids.into_iter().map(|id| Person { id, token: seal::fresh_token("cds").to_string() }).collect();
    sqlx::query(
        "insert into session (network_id, token_hash, session_id, user_id, expires_at)
         select $1, u.token_hash, u.session_id, u.user_id, now() + interval '30 days'
           from unnest($2::bytea[], $3::uuid[], $4::uuid[]) as u (token_hash, session_id, user_id)",
    )
    .bind(making.network)
    .bind(people.iter().map(|person| seal::token_hash(&person.token)).collect::<Vec<_>>())
    .bind(fresh(people.len()))
    .bind(people.iter().map(|person| person.id).collect::<Vec<_>>())
    .execute(&mut *making.db)
    .await?;
    Ok(people)
}

async fn grant(making: &mut Making<'_>, people: &[Person], at: &[TenantId]) -> Result<()> {
    sqlx::query(
        "insert into role_grant (network_id, grant_id, principal_id, tenant_id, builtin, subtree)
         select $1, u.grant_id, u.principal_id, u.tenant_id, $2, false
           from unnest($3::uuid[], $4::uuid[], $5::uuid[]) as u (grant_id, principal_id, tenant_id)",
    )
    .bind(making.network)
    .bind(Role::Owner.word())
    .bind(fresh(people.len()))
    .bind(people.iter().map(|person| person.id).collect::<Vec<_>>())
    .bind(at)
    .execute(&mut *making.db)
    .await?;
    Ok(())
}

// As the operator pays in: a credit each, under a key of its own, taken from the clearing account, whose own
// balance is folded later like any other.
async fn pay_in(making: &mut Making<'_>, wallets: &[Uuid]) -> Result<()> {
    sqlx::query(
        "with given as (
           select u.entry_id, u.wallet_id, 'bench-' || u.wallet_id as key
             from unnest($4::uuid[], $5::uuid[]) as u (entry_id, wallet_id)),
         asked as (
           insert into idempotency (network_id, tenant_id, actor_id, operation, key, input_hash, result_id)
           select $1, $2, $3, 'walletCredit', key, sha256(key::bytea), wallet_id from given),
         booked as (
           insert into journal_entry (network_id, entry_id, key)
           select $1, entry_id, 'credit:' || $2 || ':' || $3 || ':' || key from given),
         paid as (
           update account set balance = $6 from given where network_id = $1 and account_id = wallet_id)
         insert into posting (network_id, entry_id, position, account_id, amount)
         select $1, entry_id, 1, (select account_id from account
                                   where network_id = $1 and kind = 'GATEWAY_CLEARING' and owner_id = $2), -$6
           from given
         union all
         select $1, entry_id, 2, wallet_id, $6 from given",
    )
    .bind(making.network)
    .bind(making.operator)
    .bind(making.owner)
    .bind(fresh(wallets.len()))
    .bind(wallets)
    .bind(MONEY)
    .execute(&mut *making.db)
    .await?;
    Ok(())
}

//! casbin decides which actions a principal has at a tenant; the answer is kept as 64 bits.

use super::{Action, MATRIX, Role, TenantKind};
use crate::foundation::{Fault, id::TenantId};
use casbin::{CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi, RbacApi};
use moka::sync::Cache;
use std::sync::LazyLock;

/// A role that a principal holds: where it was granted, and whether it reaches below.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Holding {
    /// A built-in role's word, or a tenant's own role's id.
    pub role: String,
    /// The actions of a tenant's own role; empty for a built-in one.
    pub actions: Vec<String>,
    /// The tenant that it was granted at.
    pub at: TenantId,
    /// It reaches every tenant below.
    pub subtree: bool,
}

// Without names: who asks where makes no difference, so that all who hold the same at the same height share one.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Question {
    // How many tenants the lineage has; they are called by their places in it.
    depth: usize,
    kind: TenantKind,
    // Those at a tenant of the lineage, each with its place.
    holdings: Vec<(usize, Holding)>,
}

/// What casbin calls whoever asks.
const ASKER: &str = "asker";

// The key is the whole question, never a hash of it, so no two can share a verdict.
static VERDICTS: LazyLock<Cache<Question, u64>> = LazyLock::new(|| Cache::new(20_000));

/// The actions that whoever has these holdings has at the tenant at the end of `lineage`, a bit each.
///
/// # Errors
/// [`Fault`] when casbin fails; then nothing is allowed.
pub async fn decide(lineage: &[TenantId], kind: TenantKind, holdings: Vec<Holding>) -> Result<u64, Fault> {
    let placed = holdings.into_iter().filter_map(|holding| {
        let place = lineage.iter().position(|tenant| *tenant == holding.at)?;
        Some((place, Holding { at: TenantId(uuid::Uuid::nil()), ..holding }))
    });
    let question = Question { depth: lineage.len(), kind, holdings: placed.collect() };
    if let Some(bits) = VERDICTS.get(&question) {
        return Ok(bits);
    }
    let bits = ask(&question).await.map_err(|error| Fault::new(format!("casbin: {error}")))?;
    VERDICTS.insert(question, bits);
    Ok(bits)
}

async fn ask(question: &Question) -> casbin::Result<u64> {
    let model = DefaultModel::from_str(include_str!("model.conf")).await?;
    let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await?;
    // A grant with its subtree names its domain with a trailing slash: every path below begins with it.
    enforcer.get_role_manager().write().matching_fn(None, Some(covers));
    for (at, holding) in &question.holdings {
        let path = path(at + 1);
        let domain = if holding.subtree { format!("{path}/*") } else { path };
        // What a built-in role may do depends on the kind of tenant it is used at.
        let actions = match Role::of(&holding.role) {
            Some(role) => names(&MATRIX.of_role(role, question.kind)),
            None => {
                holding.actions.iter().filter(|name| held_by_owner(name, question.kind)).cloned().collect()
            }
        };
        for action in actions {
            enforcer.add_policy(vec![holding.role.clone(), action]).await?;
        }
        enforcer.add_role_for_user(ASKER, &holding.role, Some(&domain)).await?;
    }
    let domain = path(question.depth);
    let mut bits = 0;
    for (at, action) in MATRIX.actions().iter().enumerate() {
        if enforcer.enforce((ASKER, domain.as_str(), *action))? {
            bits |= 1 << at;
        }
    }
    Ok(bits)
}

fn names(actions: &[Action]) -> Vec<String> {
    actions.iter().map(|action| MATRIX.actions()[usize::from(action.0)].to_owned()).collect()
}

// A tenant's own role never has more than its owner has.
fn held_by_owner(name: &str, kind: TenantKind) -> bool {
    MATRIX.action(name).is_some_and(|action| MATRIX.of_role(Role::Owner, kind).contains(&action))
}

fn path(depth: usize) -> String {
    (0..depth).fold(String::new(), |path, place| format!("{path}/{place}"))
}

// casbin calls it with (domain asked for, domain of the grant).
fn covers(asked: &str, granted: &str) -> bool {
    match granted.strip_suffix("/*") {
        Some(root) => asked == root || asked.strip_prefix(root).is_some_and(|rest| rest.starts_with('/')),
        None => asked == granted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn allowed(lineage: &[TenantId], kind: TenantKind, holdings: Vec<Holding>) -> Vec<&'static str> {
        let bits = decide(lineage, kind, holdings).await.unwrap();
        MATRIX
            .actions()
            .iter()
            .enumerate()
            .filter(|(at, _)| bits >> at & 1 == 1)
            .map(|(_, name)| *name)
            .collect()
    }

    fn holding(role: &str, at: TenantId, subtree: bool) -> Holding {
        Holding { role: role.into(), actions: vec![], at, subtree }
    }

    #[tokio::test]
    async fn every_built_in_role_has_exactly_what_the_matrix_says() {
        let tenant = TenantId::fresh();
        for kind in TenantKind::ALL {
            for role in Role::ALL {
                let got = allowed(&[tenant], *kind, vec![holding(role.word(), tenant, false)]).await;
                let mut want = names(&MATRIX.of_role(*role, *kind));
                want.sort();
                assert_eq!(got, want, "{role} at {kind}");
            }
        }
    }

    #[tokio::test]
    async fn a_grant_reaches_down_only_with_its_subtree_and_never_up_or_sideways() {
        let (operator, parent, child, sibling) =
            (TenantId::fresh(), TenantId::fresh(), TenantId::fresh(), TenantId::fresh());
        let at =
            |path: Vec<TenantId>, holdings| async move { allowed(&path, TenantKind::Site, holdings).await };
        let below = vec![holding("owner", parent, true)];
        assert!(!at(vec![operator, parent, child], below.clone()).await.is_empty());
        assert!(!at(vec![operator, parent], below.clone()).await.is_empty());
        assert!(at(vec![operator, sibling], below.clone()).await.is_empty());
        assert!(at(vec![operator], below).await.is_empty());
        let here = vec![holding("owner", parent, false)];
        assert!(at(vec![operator, parent, child], here.clone()).await.is_empty());
        assert!(!at(vec![operator, parent], here).await.is_empty());
    }

    #[tokio::test]
    async fn hostile_role_names_and_actions_decide_nothing() {
        let tenant = TenantId::fresh();
        for name in ["*", "owner, order:read", "p, x", "\n", ".*", "g(r.sub)", "eval(true)", "/", ""] {
            let role = Holding {
                role: name.into(),
                actions: vec![name.into(), "*".into()],
                at: tenant,
                subtree: false,
            };
            assert!(allowed(&[tenant], TenantKind::Site, vec![role]).await.is_empty(), "{name}");
        }
        let own = Holding {
            role: uuid::Uuid::now_v7().to_string(),
            actions: vec!["order:read".into(), "wallet:credit".into()],
            at: tenant,
            subtree: false,
        };
        // wallet:credit is nothing that a site has to give.
        assert_eq!(allowed(&[tenant], TenantKind::Site, vec![own]).await, ["order:read"]);
    }
}

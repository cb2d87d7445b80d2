//! What a rule would change, before it is set: the same arithmetic with the rule put in its place, and nothing written.

use super::{
    ladder::{self, Asked},
    rulebook::{Rulebook, Rules},
    set_price::{self, SetPrice},
    store::RuleRow,
    view::{Shelf, Views},
};
use crate::{
    access::Permit,
    catalogue::VariantId,
    foundation::{BasisPoints, Db, No, RefusalCode, UnitPrice, id::TenantId},
    tenancy,
};

/// How many changes are told of.
const TOLD: usize = 50;
/// How many prices are looked at; a rule that concerns more is not previewed as a whole.
const MOST: usize = 200_000;
// How many children are counted with.
const MOST_CHILDREN: i64 = 10_000;

/// One price that would be another.
#[derive(Clone, Debug)]
pub struct Change {
    /// The variant.
    pub variant: VariantId,
    /// As the tenant calls it.
    pub title: String,
    /// Which child would pay it; none: the tenant's own buyers.
    pub child: Option<TenantId>,
    /// What the tenant pays for one.
    pub cost: UnitPrice,
    /// What is asked now; none where nothing is sold.
    pub before: Option<UnitPrice>,
    /// What would be asked.
    pub after: UnitPrice,
    /// It would be below cost: nothing would be sold.
    pub below_cost: bool,
}

/// What a rule would change.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// The first of the prices that would be others, by variant.
    pub changes: Vec<Change>,
    /// How many would be others,
    pub affected: usize,
    /// and how many of those below cost.
    pub below_cost: usize,
}

// Everybody's rules, with one tenant's as they would be.
struct Tried<'a> {
    shelf: &'a Shelf,
    tenant: TenantId,
    rules: Rules,
}

impl Rulebook for Tried<'_> {
    fn rules(&self, tenant: TenantId) -> Option<&Rules> {
        if tenant == self.tenant { Some(&self.rules) } else { self.shelf.rules(tenant) }
    }

    fn cap(&self, tenant: TenantId) -> Option<BasisPoints> {
        self.shelf.cap(tenant)
    }
}

// Who are asked the same: one of them stands for all.
struct Group {
    audience: TenantId,
    // Of those that the group is, the ones to be told of; none is the own buyers.
    members: Vec<Option<TenantId>>,
}

/// What a rule of the caller's tenant would change. At most three statements, beside what the lists need.
///
/// # Errors
/// As setting it; LIMIT_EXCEEDED where it concerns more than 200,000 prices.
pub async fn preview(db: &Db, views: &Views, permit: &Permit, request: &SetPrice) -> Result<Preview, No> {
    let (place, tenant) = (permit.place(), permit.tenant());
    let mut tx = db.begin(permit.work()).await?;
    let rule = set_price::checked(&mut tx, permit, request).await?;
    let children = match rule.audience_id {
        None => tenancy::store::child_sites(&mut tx, place.network, tenant, MOST_CHILDREN).await?,
        Some(_) => Vec::new(),
    };
    tx.commit().await?;
    let shelf = views.shelf(place, permit.actor()).await?;
    let mut rules = shelf.rules(tenant).cloned().unwrap_or_default();
    let groups = groups(&rule, tenant, &rules, &children);
    rules.put(&rule);
    let tried = Tried { shelf: &shelf, tenant, rules };
    let mut preview = Preview::default();
    let mut looked = 0;
    let concerned = shelf.goods().filter(|good| {
        rule.variant_id.is_none_or(|variant| variant == good.item.variant_id)
            && rule.product_id.is_none_or(|product| product == good.item.product_id)
    });
    for good in concerned {
        looked += groups.len();
        if looked > MOST {
            let message = "this rule concerns too many prices to look at; name a product or a variant";
            return Err(No::because(RefusalCode::LimitExceeded, message, "variantId"));
        }
        for group in &groups {
            let before = ladder::asked(&good.item, &place.lineage, group.audience, shelf.as_ref());
            let after = ladder::asked(&good.item, &place.lineage, group.audience, &tried);
            let Some(after) = after.filter(|after| before.as_ref() != Some(after)) else { continue };
            let count = group.members.len();
            preview.affected += count;
            preview.below_cost += if after.below_cost { count } else { 0 };
            let left = TOLD - preview.changes.len();
            let before = before.filter(|before| !before.below_cost).map(|before| before.price);
            let Asked { cost, price: after, below_cost } = after;
            preview.changes.extend(group.members.iter().take(left).map(|child| Change {
                variant: good.item.variant_id,
                title: shelf.title(tenant, good).to_owned(),
                child: *child,
                cost,
                before,
                after,
                below_cost,
            }));
        }
    }
    Ok(preview)
}

// A child without a rule of its own is asked what every such child is.
fn groups(rule: &RuleRow, tenant: TenantId, rules: &Rules, children: &[TenantId]) -> Vec<Group> {
    let named = |audience: TenantId| (audience != tenant).then_some(audience);
    if let Some(audience) = rule.audience_id {
        return vec![Group { audience, members: vec![named(audience)] }];
    }
    let own = rules.audiences();
    let mut groups = vec![Group { audience: tenant, members: vec![None] }];
    let (special, plain): (Vec<TenantId>, Vec<TenantId>) =
        children.iter().copied().partition(|child| own.contains(child));
    if let Some(first) = plain.first() {
        groups.push(Group { audience: *first, members: plain.iter().copied().map(Some).collect() });
    }
    groups.extend(special.into_iter().map(|child| Group { audience: child, members: vec![Some(child)] }));
    groups
}

//! Extended plans: more warranty, sold with a unit by the supplier of the good.
//!
//! A plan never changes: another price or another number of days is another plan. Whoever names one has named all of
//! it.

use super::{
    ProductId, RemedyKind, Terms,
    store::{self, Product},
};
use crate::{
    access::Permit,
    foundation::{Db, Fault, Money, No, text},
};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;

crate::id!(
    /// An extended plan.
    PlanId, "pln"
);

/// A product offers at most so many.
pub const MOST: usize = 10;
const DAY: i32 = 86_400;
const MOST_DAYS: i32 = 3_650;

/// A plan as its supplier writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPlan {
    /// What it is called.
    pub title: String,
    /// Added to the warranty.
    pub days: i32,
    /// What the buyer pays for one unit, and the supplier earns.
    pub price: Money,
    /// What may be got besides what the terms offer, behind that.
    pub remedies: Vec<RemedyKind>,
}

/// A plan, as it is kept with its product and with each line that it was sold with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Plan {
    id: uuid::Uuid,
    /// What it is called.
    pub title: String,
    /// Added to the warranty.
    pub days: i32,
    /// For one unit; minor units.
    pub price: i64,
    #[serde(with = "words")]
    /// What may be got besides what the terms offer, behind that.
    pub remedies: Vec<RemedyKind>,
}

impl Plan {
    /// Its id.
    pub const fn id(&self) -> PlanId {
        PlanId(self.id)
    }

    /// The terms of a unit that is sold with it: longer, and with its remedies too.
    #[must_use]
    pub fn extend(&self, terms: &Terms) -> Terms {
        let mut longer = terms.clone();
        longer.duration_seconds = longer.duration_seconds.saturating_add(self.days.saturating_mul(DAY));
        longer.remedies.extend(self.remedies.iter().filter(|remedy| !terms.remedies.contains(remedy)));
        longer
    }

    fn is(&self, new: &NewPlan) -> bool {
        self.title == new.title
            && self.days == new.days
            && self.price == new.price.minor
            && self.remedies == new.remedies
    }
}

impl NewPlan {
    fn checked(mut self, at: usize) -> Result<Self, No> {
        let path = |field: &str| format!("plans.{at}.{field}");
        self.title = text::line(&self.title, 120, &path("title"))?;
        if !(1..=MOST_DAYS).contains(&self.days) {
            return Err(No::invalid("must be between 1 and 3650", &path("days")));
        }
        let mut seen = Vec::new();
        for remedy in self.remedies {
            if !seen.contains(&remedy) {
                seen.push(remedy);
            }
        }
        self.remedies = seen;
        Ok(self)
    }
}

/// Sets the plans that a product of the caller's is offered with from now on; one that is as it was keeps its id.
/// What was sold keeps the plan that it was sold with.
///
/// # Errors
/// NOT_FOUND; INVALID_INPUT, where it is.
pub async fn set_plans(
    db: &Db,
    permit: Permit,
    product: ProductId,
    plans: Vec<NewPlan>,
) -> Result<Product, No> {
    if plans.len() > MOST {
        return Err(No::invalid("a product has at most 10 plans", "plans"));
    }
    let plans =
        plans.into_iter().enumerate().map(|(at, plan)| plan.checked(at)).collect::<Result<Vec<_>, No>>()?;
    for (at, plan) in plans.iter().enumerate() {
        if plans[..at].contains(plan) {
            return Err(No::invalid("is there twice", &format!("plans.{at}")));
        }
    }
    let (network, supplier) = (permit.network(), permit.tenant());
    let mut tx = db.begin(permit.work()).await?;
    let missing = || No::not_found("productId");
    let found = store::find_many(&mut tx, network, &[product]).await?.pop();
    let mut found = found.filter(|found| found.supplier_id == supplier).ok_or_else(missing)?;
    let kept = |new: &NewPlan| found.plans.iter().find(|plan| plan.is(new)).map(|plan| plan.id);
    let plans: Vec<Plan> = plans
        .into_iter()
        .map(|new| Plan {
            id: kept(&new).unwrap_or_else(|| PlanId::fresh().0),
            title: new.title,
            days: new.days,
            price: new.price.minor,
            remedies: new.remedies,
        })
        .collect();
    found.plans = Json(plans);
    sqlx::query("update product set plans = $3 where network_id = $1 and product_id = $2")
        .bind(network)
        .bind(product)
        .bind(&found.plans)
        .execute(&mut *tx)
        .await
        .map_err(Fault::from)?;
    tx.commit().await?;
    Ok(found)
}

// Remedies as their words.
mod words {
    use super::RemedyKind;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[expect(clippy::ptr_arg, reason = "serde calls it with what the field is")]
    pub fn serialize<S: Serializer>(remedies: &Vec<RemedyKind>, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(remedies.iter().map(|remedy| remedy.word()))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<RemedyKind>, D::Error> {
        let words = Vec::<String>::deserialize(from)?;
        let remedy =
            |word: &String| RemedyKind::of(word).ok_or_else(|| D::Error::custom("a remedy that is none"));
        words.iter().map(remedy).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::ProductKind;

    fn plan() -> Plan {
        let remedies = vec![RemedyKind::Refund, RemedyKind::ProrataRefund];
        Plan { id: PlanId::fresh().0, title: "Two more months".into(), days: 60, price: 990, remedies }
    }

    #[test]
    fn a_plan_adds_its_days_and_what_the_terms_do_not_offer() {
        let terms = Terms::default_for(ProductKind::Card);
        let longer = plan().extend(&terms);
        assert_eq!(longer.duration_seconds, terms.duration_seconds + 60 * DAY);
        let offered: Vec<_> = terms.remedies.iter().copied().chain([RemedyKind::ProrataRefund]).collect();
        assert_eq!(longer.remedies, offered);
        assert_eq!(longer.worse_than(&terms), None);
    }

    #[test]
    fn a_plan_is_kept_as_it_is() {
        let plan = plan();
        let json = serde_json::to_string(&plan).unwrap();
        assert!(json.contains(r#""remedies":["REFUND","PRORATA_REFUND"]"#), "{json}");
        assert_eq!(serde_json::from_str::<Plan>(&json).unwrap(), plan);
    }
}

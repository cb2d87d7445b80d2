//! What a buyer tries before a claim: steps by kind of good and brand, and what came of them.

use super::ProductKind;
use crate::{
    access::Permit,
    foundation::{Conn, Db, Fault, No, id::NetworkId, text},
};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;

/// A step, in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

crate::words! {
    /// What came of a step.
    pub enum Outcome {
        /// It was as it should be.
        Passed = "PASSED",
        /// It was not.
        Failed = "FAILED",
        /// It was not tried.
        Skipped = "SKIPPED",
    }
}

/// A step that a buyer tried, in the words that it had then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tried {
    /// The step.
    pub check: Check,
    /// What came of it: one of [`Outcome`].
    pub outcome: String,
    /// In the buyer's words.
    pub note: Option<String>,
}

/// What a buyer says of a step.
#[derive(Clone, Debug)]
pub struct Said {
    /// Which, from 1.
    pub step: i32,
    /// What came of it.
    pub outcome: Outcome,
    /// In words.
    pub note: Option<String>,
}

/// The most steps of a kind and brand.
const MOST: usize = 20;

/// The steps for a kind of good of a brand: the brand's own, else the kind's.
///
/// # Errors
/// [`Fault`].
pub async fn steps(
    db: &mut Conn,
    network: NetworkId,
    kind: ProductKind,
    brand: Option<&str>,
) -> Result<Vec<Check>, Fault> {
    let found: Option<Json<Vec<Check>>> = sqlx::query_scalar(
        "select steps from self_check where network_id = $1 and kind = $2 and brand in ('', coalesce($3, ''))
          order by brand desc limit 1",
    )
    .bind(network)
    .bind(kind)
    .bind(brand)
    .fetch_optional(db)
    .await?;
    Ok(found.map_or_else(Vec::new, |steps| steps.0))
}

/// The steps that the caller's site would ask for.
///
/// # Errors
/// [`Fault`].
pub async fn read(
    db: &Db,
    permit: &Permit,
    kind: ProductKind,
    brand: Option<&str>,
) -> Result<Vec<Check>, Fault> {
    let mut tx = db.begin(permit.scope()).await?;
    steps(&mut tx, permit.network(), kind, brand).await
}

/// Sets the steps for a kind of good, of a brand or of every one that has none of its own.
///
/// # Errors
/// INVALID_INPUT.
pub async fn set(
    db: &Db,
    permit: Permit,
    kind: ProductKind,
    brand: Option<String>,
    steps: Vec<Check>,
) -> Result<Vec<Check>, No> {
    let brand = brand.map(|brand| text::line(&brand, 60, "brand")).transpose()?;
    if steps.len() > MOST {
        return Err(No::invalid("at most 20 steps", "steps"));
    }
    let steps = steps
        .into_iter()
        .enumerate()
        .map(|(at, check)| {
            let zh = text::line(&check.zh, 400, &format!("steps.{at}.zh"))?;
            let en = text::line(&check.en, 400, &format!("steps.{at}.en"))?;
            Ok(Check { zh, en })
        })
        .collect::<Result<Vec<_>, No>>()?;
    let mut tx = db.begin(permit.work()).await?;
    sqlx::query(
        "insert into self_check (network_id, kind, brand, steps) values ($1, $2, $3, $4)
         on conflict (network_id, kind, brand) do update set steps = excluded.steps",
    )
    .bind(permit.network())
    .bind(kind)
    .bind(brand.unwrap_or_default())
    .bind(Json(&steps))
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(steps)
}

/// What a buyer tried, beside the steps that were asked for; those that are not named were skipped.
///
/// # Errors
/// INVALID_INPUT for a step that there is none of, or one named twice.
pub fn tried(steps: Vec<Check>, said: &[Said]) -> Result<Vec<Tried>, No> {
    let mut outcomes: Vec<Option<&Said>> = steps.iter().map(|_| None).collect();
    for (at, one) in said.iter().enumerate() {
        let path = format!("selfCheck.{at}");
        let place = usize::try_from(one.step).ok().and_then(|step| step.checked_sub(1));
        let slot = place.and_then(|place| outcomes.get_mut(place));
        match slot {
            None => return Err(No::invalid("there is no such step", &format!("{path}.step"))),
            Some(Some(_)) => return Err(No::invalid("is there twice", &format!("{path}.step"))),
            Some(free) => *free = Some(one),
        }
        if let Some(note) = &one.note {
            text::note(note, 500, &format!("{path}.note"))?;
        }
    }
    let tried = steps.into_iter().zip(outcomes).map(|(check, said)| Tried {
        check,
        outcome: said.map_or(Outcome::Skipped, |said| said.outcome).word().to_owned(),
        note: said.and_then(|said| said.note.clone()),
    });
    Ok(tried.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_is_tried_once_or_skipped() {
        let check = |text: &str| Check { zh: text.into(), en: text.into() };
        let said = |step, outcome| Said { step, outcome, note: None };
        let steps = || vec![check("a"), check("b")];
        let outcomes = tried(steps(), &[said(2, Outcome::Failed)]).unwrap();
        let words: Vec<&str> = outcomes.iter().map(|one| one.outcome.as_str()).collect();
        assert_eq!(words, ["SKIPPED", "FAILED"]);
        for wrong in [vec![0], vec![3], vec![1, 1], vec![-1]] {
            let said: Vec<Said> = wrong.iter().map(|step| said(*step, Outcome::Passed)).collect();
            assert!(tried(steps(), &said).is_err(), "{wrong:?}");
        }
        assert!(tried(Vec::new(), &[]).unwrap().is_empty());
    }
}

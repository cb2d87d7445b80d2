//! A network's own settings.

use crate::{
    access::Permit,
    foundation::{Db, Fault, No},
};

crate::row! {
    /// What an operator may set for its network.
    pub struct Settings {
        /// How deep the reseller tree may grow.
        pub depth_limit: i32,
        /// The longest that profit is held after delivery; seconds.
        pub hold_seconds: i32,
        /// A claim that the record proves is granted at once.
        pub claims_proved: bool,
        /// Where its buyers live; none follows the currency.
        pub region: Option<String>,
    }
}

/// A network's settings.
///
/// # Errors
/// [`Fault`].
pub async fn read(db: &Db, permit: &Permit) -> Result<Settings, Fault> {
    let mut tx = db.begin(permit.scope()).await?;
    Ok(sqlx::query_as("select * from network where network_id = $1")
        .bind(permit.network())
        .fetch_one(&mut *tx)
        .await?)
}

/// What to change; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// How deep the reseller tree may grow, 1 to 16.
    pub depth_limit: Option<i32>,
    /// The longest that profit is held after delivery; seconds, 0 to a year.
    pub hold_seconds: Option<i32>,
    /// A claim that the record proves is granted at once.
    pub claims_proved: Option<bool>,
    /// Where its buyers live: two letters of ISO 3166, or EU; empty for nowhere in particular, which follows the currency.
    pub region: Option<String>,
}

/// Changes a network's settings, for what happens from now on.
///
/// # Errors
/// INVALID_INPUT.
pub async fn set(db: &Db, permit: Permit, change: Change) -> Result<Settings, No> {
    const YEAR: i32 = 365 * 24 * 3600;
    let bound = |value: Option<i32>, low: i32, high: i32, path: &str| match value {
        Some(value) if !(low..=high).contains(&value) => {
            Err(No::invalid(format!("must be between {low} and {high}"), path))
        }
        _ => Ok(()),
    };
    bound(change.depth_limit, 1, 16, "depthLimit")?;
    bound(change.hold_seconds, 0, YEAR, "holdSeconds")?;
    if change
        .region
        .as_ref()
        .filter(|region| !region.is_empty())
        .is_some_and(|region| region.len() != 2 || !region.bytes().all(|byte| byte.is_ascii_uppercase()))
    {
        return Err(No::invalid("must be two capital letters, or empty", "region"));
    }
    let mut tx = db.begin(permit.work()).await?;
    let settings = sqlx::query_as(
        "update network set depth_limit = coalesce($2, depth_limit), hold_seconds = coalesce($3, hold_seconds),
                claims_proved = coalesce($4, claims_proved), region = nullif(coalesce($5, region), '')
          where network_id = $1 returning depth_limit, hold_seconds, claims_proved, region",
    )
    .bind(permit.network())
    .bind(change.depth_limit)
    .bind(change.hold_seconds)
    .bind(change.claims_proved)
    .bind(change.region)
    .fetch_one(&mut *tx)
    .await
    .map_err(Fault::from)?;
    tx.commit().await?;
    Ok(settings)
}

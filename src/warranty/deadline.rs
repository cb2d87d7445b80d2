//! Until when a desk must act: by the database's clock, in the working time of the desk's tenant.

use super::{
    calendar::{self, Calendar, Kept},
    claim::{Claim, ClaimDesk},
};
use crate::foundation::{Conn, Fault, Moment, id::NetworkId};
use chrono::Duration;
use uuid::Uuid;

/// What becomes of the desk's clock with a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// It goes on.
    Keep,
    /// Nobody's time runs.
    Stop,
    /// A new desk has its third of the promised time, less where it has not answered by then.
    Fresh,
    /// It stands still while the buyer is asked, who has seven days to answer.
    Pause,
    /// It goes on with what was left.
    Resume,
}

/// The times of a claim after a step.
#[derive(Clone, Copy, Debug, Default)]
pub struct Due {
    /// When the desk must act.
    pub due_at: Option<Moment>,
    /// When it must have decided.
    pub decide_by: Option<Moment>,
    /// What is left of its working time while the buyer is asked; milliseconds.
    pub paused_left: Option<i64>,
}

const BUYER: Duration = Duration::days(7);

/// The times of a new claim at a desk.
///
/// # Errors
/// [`Fault`].
pub async fn opening(
    db: &mut Conn,
    network: NetworkId,
    delivery: Uuid,
    desk: ClaimDesk,
) -> Result<Due, Fault> {
    Ok(Times::read(db, network, delivery, desk).await?.fresh(false))
}

/// The times of a claim that a step has taken where it is now.
///
/// # Errors
/// [`Fault`].
pub async fn due(db: &mut Conn, network: NetworkId, claim: &Claim, clock: Clock) -> Result<Due, Fault> {
    let desk = claim.asking_desk.or(claim.desk).unwrap_or(ClaimDesk::Operator);
    match clock {
        Clock::Keep => {
            let Claim { due_at, decide_by, paused_left, .. } = *claim;
            Ok(Due { due_at, decide_by, paused_left })
        }
        Clock::Stop => Ok(Due::default()),
        Clock::Fresh => {
            Ok(Times::read(db, network, claim.delivery_id, desk).await?.fresh(claim.answered_at.is_some()))
        }
        Clock::Pause => {
            let times = Times::read(db, network, claim.delivery_id, desk).await?;
            let left = claim
                .decide_by
                .map_or(Duration::zero(), |by| calendar::between(times.calendar.as_ref(), times.now, by));
            let paused_left = Some(left.num_milliseconds());
            Ok(Due { due_at: Some(times.now + BUYER), decide_by: None, paused_left })
        }
        Clock::Resume => {
            let times = Times::read(db, network, claim.delivery_id, desk).await?;
            let left = Duration::milliseconds(claim.paused_left.unwrap_or_default());
            let by = Some(calendar::after(times.calendar.as_ref(), times.now, left));
            Ok(Due { due_at: by, decide_by: by, paused_left: None })
        }
    }
}

struct Times {
    now: Moment,
    answer: Duration,
    // A third of the time to decide.
    share: Duration,
    calendar: Option<Calendar>,
}

impl Times {
    async fn read(db: &mut Conn, network: NetworkId, delivery: Uuid, desk: ClaimDesk) -> Result<Self, Fault> {
        let (now, answer, decision): (Moment, i32, i32) = sqlx::query_as(
            "select now(), l.answer_seconds, l.decision_seconds
               from delivery d
               join order_line l on l.network_id = d.network_id and l.order_id = d.order_id and l.line_no = d.line_no
              where d.network_id = $1 and d.delivery_id = $2",
        )
        .bind(network)
        .bind(delivery)
        .fetch_one(&mut *db)
        .await?;
        // The desk's own calendar before the operator's.
        let kept: Option<Kept> = sqlx::query_as(
            "with operator as (select tenant_id from tenant where network_id = $1 and kind = 'OPERATOR'),
                  desk as (
                    select case $3 when 'SITE' then o.site_id when 'SUPPLIER' then l.supplier_id end as tenant_id
                      from delivery d
                      join orders o on o.network_id = d.network_id and o.order_id = d.order_id
                      join order_line l on l.network_id = d.network_id and l.order_id = d.order_id
                           and l.line_no = d.line_no
                     where d.network_id = $1 and d.delivery_id = $2)
             select c.time_zone, c.hours, c.holidays from work_calendar c
              where c.network_id = $1
                and c.tenant_id in (select tenant_id from desk union all select tenant_id from operator)
              order by c.tenant_id in (select tenant_id from operator) limit 1",
        )
        .bind(network)
        .bind(delivery)
        .bind(desk)
        .fetch_optional(db)
        .await?;
        let millis = |seconds: i32| i64::from(seconds) * 1_000;
        Ok(Self {
            now,
            answer: Duration::milliseconds(millis(answer)),
            share: Duration::milliseconds((millis(decision) / 3).max(1_000)),
            calendar: kept.map(Calendar::try_from).transpose()?,
        })
    }

    fn fresh(&self, answered: bool) -> Due {
        let by = |work: Duration| calendar::after(self.calendar.as_ref(), self.now, work);
        let decide_by = by(self.share);
        let due_at = if answered { decide_by } else { by(self.answer.min(self.share)) };
        Due { due_at: Some(due_at), decide_by: Some(decide_by), paused_left: None }
    }
}

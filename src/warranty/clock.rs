//! Moves claims on when a desk's time or an appeal window has passed, by the database's clock.

use super::{
    claim::{Action, Actor, ClaimDesk, ClaimId},
    deadline::Clock,
    step_claim::back_to_delivered,
    store,
    work::Work,
};
use crate::{
    foundation::{Db, Fault, No, Scope, Turn, id::NetworkId},
    orders::unit,
};
use uuid::Uuid;

/// Moving claims on.
pub const TURN: Turn = Turn::named(*b"\0\0claims");

const BATCH: i64 = 100;
// What one call does at most; the rest waits for the next.
const PASSES: u32 = 100;

/// Takes every due claim one step on; answers how many moved. Any number of processes may run it: one at a
/// time moves claims, and one whose order somebody else holds is left to the next call.
///
/// # Errors
/// [`Fault`] when the due ones can't be read; one claim's failure is logged and does not stop another.
pub async fn step_due(db: &Db) -> Result<u64, Fault> {
    let mut done = 0;
    for _ in 0..PASSES {
        let mut tx = db.begin_steady(Scope::Installation).await?;
        if !TURN.take(&mut tx).await? {
            break;
        }
        let due = store::due(&mut tx, BATCH).await?;
        tx.commit().await?;
        let mut moved = 0;
        for (network, claim, order) in due {
            match step(db, network, order, claim).await {
                Ok(stepped) => moved += u64::from(stepped),
                Err(no) => tracing::error!(%no, %claim, "a due claim did not move on"),
            }
        }
        if moved == 0 {
            break;
        }
        done += moved;
    }
    Ok(done)
}

async fn step(db: &Db, network: NetworkId, order: Uuid, claim: ClaimId) -> Result<bool, No> {
    let mut tx = db.begin(Scope::Network(network)).await?;
    if !TURN.take(&mut tx).await? {
        return Ok(false);
    }
    let Some((claim, action)) = store::lock_due(&mut tx, network, order, claim).await? else {
        return Ok(false);
    };
    let audience = unit::audience(&mut tx, network, order, Some(claim.line_no)).await?;
    let Some(order) = unit::lock_order(&mut tx, network, order).await? else { return Ok(false) };
    let (actor, by, order_status) = (Actor::Clock, None, order.status);
    let late = claim.desk.filter(|desk| action == Action::TimeUp && *desk != ClaimDesk::Buyer);
    let mut work = Work { tx, network, claim, actor, by, order_status, audience, late };
    let mut next = work.next(action)?;
    let desk = work.claim.desk;
    let clock = match action {
        Action::WindowEnd => {
            back_to_delivered(&mut work).await?;
            Clock::Stop
        }
        // The buyer did not answer: the desk that asked goes on with what was left of its time.
        _ if desk == Some(ClaimDesk::Buyer) => {
            next.1 = work.claim.asking_desk.take();
            Clock::Resume
        }
        // Nobody is above the operator: it stays there, and is said to be late once.
        _ if desk == Some(ClaimDesk::Operator) => {
            work.claim.overdue = true;
            Clock::Keep
        }
        _ => Clock::Fresh,
    };
    work.step(next, clock, next.1, None).await?;
    work.done().await?;
    Ok(true)
}

//! A desk grants a claim, and what it granted is done at once.

use super::{
    MAX_NOTE,
    claim::{Action, Claim, ClaimDesk, ClaimId, prorata},
    deadline::Clock,
    payments,
    step_claim::{another_decides, back_to_delivered},
    store,
    work::{Work, refuse},
};
use crate::{
    access::Permit,
    catalogue::RemedyKind,
    foundation::{Db, Fault, No, RefusalCode, text},
    orders::{
        refund::{self, Bearer, RefundKind},
        replace,
        unit::{self, Unit},
    },
};

/// What a desk grants.
#[derive(Clone, Debug)]
pub struct ApproveClaim {
    /// The claim.
    pub claim: ClaimId,
    /// What the buyer gets.
    pub remedy: RemedyKind,
    /// For COMPENSATE, and for a part of REFUND; minor units.
    pub amount: Option<i64>,
    /// Who pays; the operator's desk alone may name another than itself.
    pub bearer: Option<ClaimDesk>,
    /// What is said.
    pub note: Option<String>,
}

/// Grants a claim and carries the remedy out, all or nothing. Who decides, pays: at the supplier's expense
/// the sale is undone (or another card given), at another's that one pays alone.
///
/// # Errors
/// NOT_FOUND, INVALID_TRANSITION; INVALID_INPUT for a remedy, bearer or amount that the terms, the desk or the
/// price do not allow; OUT_OF_STOCK, INSUFFICIENT_FUNDS.
pub async fn approve_claim(db: &Db, permit: Permit, input: ApproveClaim) -> Result<Claim, No> {
    let note = input.note.as_deref().map(|note| text::note(note, MAX_NOTE, "note")).transpose()?;
    let mut work = Work::begin(db, &permit, input.claim).await?;
    work.next(Action::Approve)?;
    let Some(desk) = work.claim.desk else { return Err(refuse("no desk has this claim")) };
    another_decides(&mut work).await?;
    let bearer = name_bearer(desk, input.bearer)?;
    let granted = Granted { remedy: input.remedy, amount: input.amount, bearer, terms: Terms::Sold };
    grant(&mut work, Action::Approve, desk, &granted, note.as_deref()).await?;
    work.done().await
}

/// Whether what is granted has to be one of the terms' remedies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Terms {
    /// As the unit was sold.
    Sold,
    /// It was never good: whatever makes it good.
    Aside,
}

/// What is granted, at whose expense.
#[derive(Clone, Copy, Debug)]
pub(super) struct Granted {
    pub(super) remedy: RemedyKind,
    pub(super) amount: Option<i64>,
    pub(super) bearer: ClaimDesk,
    pub(super) terms: Terms,
}

/// Takes a claim that is in hand through APPROVED to RESOLVED: the remedy, two steps of history, their events.
///
/// # Errors
/// As [`approve_claim`].
pub(super) async fn grant(
    work: &mut Work,
    action: Action,
    desk: ClaimDesk,
    granted: &Granted,
    note: Option<&str>,
) -> Result<(), No> {
    let next = work.next(action)?;
    let unit = unit(work).await?;
    if granted.terms == Terms::Sold {
        offered(&unit, granted.remedy, desk == granted.bearer)?;
    }
    work.claim.remedy = Some(granted.remedy);
    work.claim.bearer = Some(granted.bearer);
    work.claim.asking_desk = None;
    match granted.remedy {
        RemedyKind::Replace => give_another(work, &unit, desk, granted).await?,
        RemedyKind::Refund | RemedyKind::ProrataRefund => give_back(work, &unit, desk, granted).await?,
        RemedyKind::Compensate => {
            let amount = granted.amount.ok_or_else(|| No::invalid("is needed to compensate", "amount"))?;
            let payer = payer(work, desk, granted.bearer).await?;
            let claim = work.claim.claim_id.0;
            let paid = refund::compensate(&mut work.tx, work.network, unit.delivery_id, payer, amount, claim)
                .await?;
            payments::record(&mut work.tx, work.network, work.claim.claim_id, &paid).await?;
            work.claim.remedy_amount = Some(amount);
            back_to_delivered(work).await?;
        }
    }
    work.step(next, Clock::Stop, Some(desk), note).await?;
    let resolved = work.next(Action::Resolve)?;
    work.step(resolved, Clock::Stop, Some(desk), None).await?;
    Ok(())
}

/// The unit of a claim in hand, locked.
///
/// # Errors
/// [`Fault`] when it is not there.
pub(super) async fn unit(work: &mut Work) -> Result<Unit, Fault> {
    unit::lock(&mut work.tx, work.network, work.claim.delivery_id)
        .await?
        .ok_or_else(|| Fault::new("the delivery of a claim is not there"))
}

/// Whether an amount belongs to a remedy, and is one.
///
/// # Errors
/// INVALID_INPUT at `input.amount`.
pub(super) fn sensible(unit: &Unit, remedy: RemedyKind, amount: Option<i64>) -> Result<(), No> {
    let most = match remedy {
        RemedyKind::Refund => unit.paid - unit.refunded,
        _ => unit.paid,
    };
    match (remedy, amount) {
        (RemedyKind::Compensate, None) => Err(No::invalid("is needed to compensate", "amount")),
        (RemedyKind::Replace, Some(_)) => Err(No::invalid("a replacement has no amount", "amount")),
        (RemedyKind::ProrataRefund, Some(_)) => {
            Err(No::invalid("the unused days decide the amount", "amount"))
        }
        (_, Some(amount)) if amount > most => {
            Err(No::invalid("must be at most what is left of the price", "amount"))
        }
        _ => Ok(()),
    }
}

// A desk binds itself; the operator's names who pays, the supplier unless it says otherwise.
pub(super) fn name_bearer(desk: ClaimDesk, named: Option<ClaimDesk>) -> Result<ClaimDesk, No> {
    match (desk, named) {
        (_, Some(ClaimDesk::Buyer)) => Err(No::invalid("a buyer does not pay for a remedy", "bearer")),
        (ClaimDesk::Operator, named) => Ok(named.unwrap_or(ClaimDesk::Supplier)),
        (desk, None) => Ok(desk),
        (desk, Some(named)) if named == desk => Ok(desk),
        _ => Err(No::invalid("a desk may name only itself", "bearer")),
    }
}

// What the terms offer; an amount on top anyone may give at its own expense.
pub(super) fn offered(unit: &Unit, remedy: RemedyKind, own_expense: bool) -> Result<(), No> {
    let gift = remedy == RemedyKind::Compensate && own_expense;
    if gift || unit.remedies.contains(&remedy) {
        Ok(())
    } else {
        Err(No::invalid("the terms do not offer this remedy", "remedy"))
    }
}

async fn payer(work: &mut Work, desk: ClaimDesk, bearer: ClaimDesk) -> Result<Bearer, Fault> {
    let tenant = match bearer {
        ClaimDesk::Site => work.claim.site_id,
        ClaimDesk::Supplier => work.claim.supplier_id,
        ClaimDesk::Operator | ClaimDesk::Buyer => store::operator(&mut work.tx, work.network).await?,
    };
    // A supplier gives away its own alone; only the operator can bind the fund to it.
    let supplier = bearer == ClaimDesk::Supplier;
    Ok(Bearer { tenant, supplier, backed: supplier && desk == ClaimDesk::Operator })
}

async fn give_another(work: &mut Work, unit: &Unit, desk: ClaimDesk, granted: &Granted) -> Result<(), No> {
    sensible(unit, RemedyKind::Replace, granted.amount)?;
    if granted.terms == Terms::Sold && unit.replacements >= i64::from(unit.replacement_limit) {
        let message = format!("it was replaced as often as the terms allow{}", instead(unit));
        return Err(No::because(RefusalCode::LimitExceeded, message, "remedy"));
    }
    let bearer = granted.bearer;
    // The supplier gives another card of its own; anyone else buys it again.
    let payer = if bearer == ClaimDesk::Supplier { None } else { Some(payer(work, desk, bearer).await?) };
    let (claim, status) = (work.claim.claim_id.0, work.order_status);
    let replaced = replace::replace(&mut work.tx, work.network, unit, payer, claim, status).await;
    let (replacement, paid) = replaced.map_err(|no| offering_next(no, unit))?;
    payments::record(&mut work.tx, work.network, work.claim.claim_id, &paid).await?;
    work.claim.replacement_id = Some(replacement.0);
    Ok(())
}

// What the terms offer where another can't be had.
fn instead(unit: &Unit) -> String {
    let next = unit.remedies.iter().skip_while(|remedy| **remedy != RemedyKind::Replace).nth(1);
    let next = next.or_else(|| unit.remedies.iter().find(|remedy| **remedy != RemedyKind::Replace));
    next.map_or_else(String::new, |next| format!("; the terms offer {next} next"))
}

fn offering_next(no: No, unit: &Unit) -> No {
    match no {
        No::Refused(mut refusals) => {
            for refusal in refusals.iter_mut().filter(|refusal| refusal.code == RefusalCode::OutOfStock) {
                refusal.message += &instead(unit);
            }
            No::Refused(refusals)
        }
        other => other,
    }
}

async fn give_back(work: &mut Work, unit: &Unit, desk: ClaimDesk, granted: &Granted) -> Result<(), No> {
    let bearer = granted.bearer;
    let left = unit.paid - unit.refunded;
    let amount = match (granted.remedy, granted.amount) {
        (RemedyKind::ProrataRefund, Some(_)) => {
            return Err(No::invalid("the unused days decide the amount", "amount"));
        }
        (RemedyKind::ProrataRefund, None) => {
            let days = store::left_seconds(&mut work.tx, work.network, work.claim.claim_id).await?;
            let amount = prorata(unit.paid, i64::from(unit.warranty_seconds), days).min(left);
            if amount <= 0 {
                return Err(No::invalid("no whole day is unused", "remedy"));
            }
            amount
        }
        (_, amount) => amount.unwrap_or(left),
    };
    let claim = Some(work.claim.claim_id.0);
    let done = if bearer == ClaimDesk::Supplier {
        let kind = RefundKind::Undone;
        refund::unwind(&mut work.tx, work.network, unit.delivery_id, amount, kind, claim).await?
    } else {
        let payer = payer(work, desk, bearer).await?;
        refund::borne(&mut work.tx, work.network, unit.delivery_id, payer, amount, claim).await?
    };
    payments::record(&mut work.tx, work.network, work.claim.claim_id, &done.paid).await?;
    work.order_status = done.order_status;
    work.claim.remedy_amount = Some(amount);
    if !done.whole {
        back_to_delivered(work).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_desk_names_itself_and_the_operator_anyone() {
        use ClaimDesk as D;
        let named = |desk, bearer| name_bearer(desk, bearer).ok();
        for desk in [D::Site, D::Supplier] {
            assert_eq!(named(desk, None), Some(desk));
            for other in [D::Site, D::Supplier, D::Operator] {
                assert_eq!(named(desk, Some(other)), (other == desk).then_some(desk));
            }
        }
        assert_eq!(named(D::Operator, None), Some(D::Supplier));
        for other in [D::Site, D::Supplier, D::Operator] {
            assert_eq!(named(D::Operator, Some(other)), Some(other));
        }
        for desk in D::ALL {
            assert_eq!(named(*desk, Some(D::Buyer)), None);
        }
    }
}

//! A run that did too little fails: it has shown nothing.

use super::Book;
use crate::{faults::Tally, followers::Followers, run::Run};
use std::sync::atomic::Ordering;

/// Holds what happened against what must have.
pub fn reached(run: &Run, book: &Book, followers: &Followers, tally: &Tally) {
    let (floors, counts) = (&run.plan.floors, &run.history.counts);
    let steps = book.claims.values().flat_map(|claim| &claim.steps);
    let granted = steps.filter(|(_, claim)| !claim["remedy"]["amount"].is_null()).count() as u64;
    let cancelled = book.orders.values().filter(|order| order.cancelled.is_some()).count() as u64;
    let events = followers.seen.iter().map(|seen| seen.count() as u64).sum();
    let reached = [
        ("acknowledged orders", book.orders.len() as u64, floors.orders),
        ("refused operations", counts.refused.load(Ordering::SeqCst), floors.refused),
        ("unknown outcomes", counts.unknown.load(Ordering::SeqCst), floors.unknown),
        ("of these known now", counts.resolved.load(Ordering::SeqCst), floors.unknown),
        ("claims", book.claims.len() as u64, floors.claims),
        ("times that money went back", cancelled + granted, floors.refunds),
        ("imports", book.imports.len() as u64, floors.imports),
        ("grants taken back", book.revoked, floors.revokes),
        ("events seen", events, floors.events),
    ];
    let faults = tally.iter().map(|(fault, count)| (format!("{fault:?}"), *count, floors.faults));
    let all = reached.into_iter().map(|(name, count, floor)| (name.to_owned(), count, floor)).chain(faults);
    for (name, count, floor) in all {
        run.history.note(&format!("{count:>7} {name} (at least {floor})"));
        if count < floor {
            run.violation(format!("the run did too little: {count} {name}, and {floor} are needed"));
        }
    }
    let turned_away = counts.turned_away.load(Ordering::SeqCst);
    run.history.note(&format!("{turned_away:>7} requests turned away"));
}

//! A log as it is pushed: printed, and held to its promises.

use super::page::Page;
use crate::cli::client::{Client, Events, text};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// An event that is due is pushed within this.
const PUSHED_WITHIN: Duration = Duration::from_secs(10);

const TENANT_EVENTS: &str = "subscription($after: EventCursor) {
  tenantEvents(after: $after) { seq type subjectId orderStatus claimStatus }
}";
const ORDER_EVENTS: &str = "subscription($order: ID!, $after: EventCursor) {
  orderEvents(orderId: $order, after: $after) { seq type subjectId orderStatus claimStatus }
}";

/// Somebody who listens.
pub(super) struct Watch {
    who: &'static str,
    events: Events,
    gapless: bool,
    last: Option<u64>,
}

/// What somebody waits for: an event of that kind.
#[derive(Clone, Copy)]
pub(super) enum Until<'a> {
    /// That says this of its claim's status.
    Claim(&'a str, &'a str),
    /// About this subject.
    About(&'a str, &'a str),
}

impl Until<'_> {
    fn kind(self) -> String {
        match self {
            Self::Claim(kind, status) => format!("{kind} {status}"),
            Self::About(kind, _) => kind.to_owned(),
        }
    }

    fn is(self, event: &Value) -> bool {
        match self {
            Self::Claim(kind, status) => event["type"] == kind && event["claimStatus"] == status,
            Self::About(kind, subject) => event["type"] == kind && event["subjectId"] == subject,
        }
    }
}

impl Watch {
    /// Follows a whole tenant's log from now on.
    pub(super) async fn tenant(who: &'static str, client: &Client) -> Result<Self> {
        let mut cursor = None;
        loop {
            let document = "query($after: EventCursor) { events(after: $after) { endCursor hasMore } }";
            let page = client.get(document, json!({"after": cursor})).await?;
            cursor = Some(text(&page, "/endCursor")?.to_owned());
            if page["hasMore"] != true {
                break;
            }
        }
        let events = client.subscribe(TENANT_EVENTS, json!({"after": cursor})).await?;
        Ok(Self { who, events, gapless: true, last: None })
    }

    /// Follows one order from a position on.
    pub(super) async fn order(who: &'static str, client: &Client, order: &str, as_of: &str) -> Result<Self> {
        let events = client.subscribe(ORDER_EVENTS, json!({"order": order, "after": as_of})).await?;
        Ok(Self { who, events, gapless: false, last: None })
    }

    /// Prints what is pushed until the event that is waited for. In a tenant's log no number is missing.
    pub(super) async fn until(&mut self, page: &Page, until: Until<'_>) -> Result<()> {
        let deadline = Instant::now() + PUSHED_WITHIN;
        let mut heard: Vec<String> = Vec::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let event = self.events.next(left).await.with_context(|| {
                let so_far = if heard.is_empty() { "nothing".to_owned() } else { heard.join(", ") };
                format!("{} waits for {} and heard {so_far}", self.who, until.kind())
            })?;
            let Some(kind) = event["type"].as_str() else { continue };
            let seq: u64 = text(&event, "/seq")?.parse()?;
            ensure!(
                self.last.is_none_or(|last| seq > last),
                "{} hears {seq} after {:?}",
                self.who,
                self.last
            );
            let next = self.last.is_none_or(|last| seq == last + 1);
            ensure!(!self.gapless || next, "{}'s log has a gap before {seq}", self.who);
            self.last = Some(seq);
            heard.push(match status_of(&event) {
                Some(status) => format!("{kind} {status}"),
                None => kind.to_owned(),
            });
            if until.is(&event) {
                break;
            }
        }
        page.pushed(&format!("{} hears {}", self.who, shortened(&heard)));
        Ok(())
    }
}

// Repeats told once, and of a long row the end.
fn shortened(heard: &[String]) -> String {
    const SHOWN: usize = 6;
    let mut told: Vec<(&str, u32)> = Vec::new();
    for event in heard {
        match told.last_mut() {
            Some((last, count)) if last == event => *count += 1,
            _ => told.push((event, 1)),
        }
    }
    let earlier = told.len().saturating_sub(SHOWN);
    let unseen: u32 = told.iter().take(earlier).map(|(_, count)| count).sum();
    let shown = told.iter().skip(earlier).map(|(event, count)| match count {
        1 => (*event).to_owned(),
        _ => format!("{event} ×{count}"),
    });
    let before = if unseen == 0 { String::new() } else { format!("{unseen} events, then ") };
    format!("{before}{}", shown.collect::<Vec<_>>().join(" · "))
}

fn status_of(event: &Value) -> Option<&str> {
    event["claimStatus"].as_str().or(event["orderStatus"].as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_row_of_events_is_told_by_its_end() {
        let heard = |words: &str| shortened(&words.split(' ').map(String::from).collect::<Vec<_>>());
        assert_eq!(heard("A B B B A"), "A · B ×3 · A");
        assert_eq!(heard("A A A B C D E F G"), "3 events, then B · C · D · E · F · G");
    }
}

//! Reading a tenant's log of events.

use super::{Client, wait_until};
use serde_json::{Value, json};

/// What is asked of an event.
const EVENT: &str = "{ id cursor seq type tenantId subjectId occurredAt orderStatus claimStatus }";

/// A page of the caller's tenant's log.
pub fn events_query() -> String {
    format!(
        "query($a: EventCursor, $n: Int, $t: [EventType!]) {{ events(after: $a, first: $n, types: $t) {{
           nodes {EVENT} endCursor hasMore }} }}"
    )
}

/// Follows the caller's tenant's log.
pub fn tenant_events() -> String {
    format!(
        "subscription($a: EventCursor, $t: [EventType!]) {{ tenantEvents(after: $a, types: $t) {EVENT} }}"
    )
}

/// Follows one order.
pub fn order_events() -> String {
    format!("subscription($o: ID!, $a: EventCursor) {{ orderEvents(orderId: $o, after: $a) {EVENT} }}")
}

/// An event's type; "" for a heartbeat.
pub fn kind(event: &Value) -> &str {
    event["type"].as_str().unwrap_or_default()
}

/// The types of events, in order.
pub fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(kind).collect()
}

impl Client {
    /// The whole log as it is now, by pages of `size`, and where it ends.
    pub async fn log_by(&self, size: i32) -> (Vec<Value>, String) {
        let (mut events, mut after) = (Vec::new(), Value::Null);
        loop {
            let page = self.get(&events_query(), json!({"a": after, "n": size})).await;
            events.extend(page["nodes"].as_array().unwrap().iter().cloned());
            after = page["endCursor"].clone();
            if page["hasMore"] == json!(false) {
                return (events, after.as_str().unwrap().to_owned());
            }
        }
    }

    /// The whole log as it is now.
    pub async fn log(&self) -> Vec<Value> {
        self.log_by(100).await.0
    }

    /// The whole log, once so many events of a type are in it.
    pub async fn log_with(&self, count: usize, wanted: &str) -> Vec<Value> {
        wait_until(&format!("{count} of {wanted}"), async || {
            let log = self.log().await;
            (log.iter().filter(|event| kind(event) == wanted).count() == count).then_some(log)
        })
        .await
    }

    /// Where the log ends, once so many events of a type are in it.
    pub async fn end_with(&self, count: usize, wanted: &str) -> String {
        let log = self.log_with(count, wanted).await;
        log.last().map_or(Value::Null, |event| event["cursor"].clone()).as_str().unwrap().to_owned()
    }
}

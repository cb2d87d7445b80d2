//! Variables, as the operation declares them: wrong ones are refused before any resolver runs.

use apollo_compiler::{
    Schema,
    executable::Operation,
    request::coerce_variable_values,
    response::{JsonMap, JsonValue},
    validation::Valid,
};

use super::super::{
    limits::Limits,
    refusal::{Flaw, Refusal, discreet},
};

/// How deep objects and lists in variables may nest.
const DEPTH: usize = 32;

/// The declared variables with their defaults; others are dropped.
pub(super) fn coerce(
    schema: &Valid<Schema>,
    operation: &Operation,
    values: &JsonMap,
    limits: &Limits,
) -> Result<Valid<JsonMap>, Refusal> {
    for variable in &operation.variables {
        if let Some(value) = values.get(variable.name.as_str()) {
            bounded(value, limits.list_items, DEPTH)?;
        }
    }
    coerce_variable_values(schema, operation, values).map_err(|error| {
        let message = error.message().to_string();
        Refusal::document(vec![Flaw { message: without_value(&message), at: None }])
    })
}

fn bounded(value: &JsonValue, most: usize, depth: usize) -> Result<(), Refusal> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(Refusal::bad_request("The variables nest too deep"));
    };
    match value {
        JsonValue::Array(items) if items.len() > most => {
            Err(Refusal::bad_request(format!("A list in the variables has more than {most} elements")))
        }
        JsonValue::Array(items) => items.iter().try_for_each(|item| bounded(item, most, depth)),
        JsonValue::Object(fields) => fields.iter().try_for_each(|(_, value)| bounded(value, most, depth)),
        _ => Ok(()),
    }
}

/// The checker repeats the value, which may be a secret: only where it is and what it should be stay.
fn without_value(message: &str) -> String {
    if let Some(rest) = message.strip_prefix("could not coerce ")
        && let Some((place, _)) = rest.split_once(": ")
        && let Some((_, ty)) = rest.rsplit_once(" to type ")
    {
        return discreet(&format!("the value of {place} is not of type {ty}"));
    }
    if let Some(rest) = message.strip_prefix("Input object has key ")
        && let Some((_, ty)) = rest.rsplit_once(" not in type ")
    {
        return discreet(&format!("an input object has a field that {ty} does not define"));
    }
    discreet(message)
}

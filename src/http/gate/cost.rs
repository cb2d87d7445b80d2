//! What an operation costs, before it runs.
//!
//! A leaf is free and an object is 1. A connection is 2 + page × what one of its nodes costs, where
//! the page is `first` or `last`; its page information is in the 2. Any other list of objects counts
//! as many as its `first` or `ids` say, and a bounded guess where neither is there. A mutation is 10
//! more, reading the whole schema 100. `@skip` and `@include` are not looked at: this is what the
//! operation may cost.

use apollo_compiler::{
    ExecutableDocument, Schema,
    ast::Value,
    executable::{Field, Operation, Selection, SelectionSet},
    response::JsonMap,
    schema::ExtendedType,
};

use super::super::{limits::Limits, refusal::Refusal};

const CONNECTION: u64 = 2;
const MUTATION: u64 = 10;
const WHOLE_SCHEMA: u64 = 100;

pub(super) struct Pricing<'a> {
    pub(super) schema: &'a Schema,
    pub(super) document: &'a ExecutableDocument,
    pub(super) variables: &'a JsonMap,
    pub(super) limits: &'a Limits,
}

impl Pricing<'_> {
    /// # Errors
    /// A page size outside its bounds.
    pub(super) fn operation(&self, operation: &Operation) -> Result<u64, Refusal> {
        let each = if operation.is_mutation() { MUTATION } else { 0 };
        self.selections(&operation.selection_set, None, each)
    }

    /// `page` is given right below a connection: how many `nodes` and `edges` it has. The document
    /// is known to be small once its fragments are written out, so nothing is remembered here.
    fn selections(&self, set: &SelectionSet, page: Option<u64>, each: u64) -> Result<u64, Refusal> {
        let mut sum = 0_u64;
        for selection in &set.selections {
            let one = match selection {
                Selection::Field(field) => self.field(field, page)?.saturating_add(each),
                Selection::InlineFragment(inline) => self.selections(&inline.selection_set, page, each)?,
                Selection::FragmentSpread(spread) => match self.document.fragments.get(&spread.fragment_name)
                {
                    Some(fragment) => self.selections(&fragment.selection_set, page, each)?,
                    None => 0,
                },
            };
            sum = sum.saturating_add(one);
        }
        Ok(sum)
    }

    fn field(&self, field: &Field, page: Option<u64>) -> Result<u64, Refusal> {
        if field.name == "__schema" {
            return Ok(WHOLE_SCHEMA);
        }
        let Some(set) = &field.selection_set else { return Ok(0) };
        let ty = field.ty();
        let name = ty.inner_named_type().as_str();
        if name.starts_with("__") {
            return Ok(1);
        }
        if let Some(page) = page {
            // An edge is the node with its cursor: only the node counts.
            return match field.name.as_str() {
                "edges" => Ok(page.saturating_mul(self.selections(set, None, 0)?)),
                "nodes" => Ok(page.saturating_mul(self.selections(set, None, 0)?.saturating_add(1))),
                "pageInfo" => Ok(0),
                _ => Ok(self.selections(set, None, 0)?.saturating_add(1)),
            };
        }
        let asked = self.page(field)?;
        if name.ends_with("Connection") && self.is_object(name) {
            let page = asked.unwrap_or(self.limits.page_default);
            return Ok(self.selections(set, Some(page), 0)?.saturating_add(CONNECTION));
        }
        let one = self.selections(set, None, 0)?.saturating_add(1);
        if !ty.is_list() {
            return Ok(one);
        }
        let count = asked.or_else(|| self.ids(field)).unwrap_or(self.limits.list_bound);
        Ok(count.saturating_mul(one))
    }

    fn is_object(&self, name: &str) -> bool {
        matches!(self.schema.types.get(name), Some(ExtendedType::Object(_)))
    }

    /// `first` or `last` as asked for, or as the schema defaults it.
    fn page(&self, field: &Field) -> Result<Option<u64>, Refusal> {
        let mut most = None;
        for name in ["first", "last"] {
            if field.definition.argument_by_name(name).is_none() {
                continue;
            }
            let Some(asked) = self.integer(field, name) else { continue };
            let size = u64::try_from(asked).ok().filter(|size| (1..=self.limits.page_max).contains(size));
            let Some(size) = size else {
                return Err(Refusal::bad_request(format!(
                    "`{name}` is between 1 and {}",
                    self.limits.page_max
                )));
            };
            most = most.max(Some(size));
        }
        Ok(most)
    }

    fn integer(&self, field: &Field, name: &str) -> Option<i64> {
        match field.argument_by_name(name).ok()?.as_ref() {
            Value::Variable(variable) => {
                if let Some(value) = self.variables.get(variable.as_str()) {
                    return value.as_i64();
                }
                let definition = field.definition.argument_by_name(name)?;
                definition.default_value.as_ref()?.to_i32().map(i64::from)
            }
            value => value.to_i32().map(i64::from),
        }
    }

    /// The length of an `ids` argument.
    fn ids(&self, field: &Field) -> Option<u64> {
        let length = match field.specified_argument_by_name("ids")?.as_ref() {
            Value::List(items) => items.len(),
            Value::Variable(variable) => self.variables.get(variable.as_str())?.as_array()?.len(),
            _ => 1,
        };
        u64::try_from(length).ok()
    }
}

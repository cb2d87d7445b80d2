//! The second look at a document: its shape once fragments are written out, without writing them out.
//!
//! Each fragment is measured once and its measure reused, with arithmetic that stops at the top, so
//! that thirty fragments that double each other cost thirty steps and not a thousand million.

use std::collections::HashMap;

use apollo_compiler::ast::{Definition, DirectiveList, Document, OperationType, Selection, Value};

use super::super::{
    limits::Limits,
    refusal::{Flaw, Refusal},
};

/// What a selection set amounts to.
#[derive(Clone, Copy, Default)]
struct Measure {
    nodes: u64,
    aliases: u64,
    /// Levels of fields outside introspection.
    depth: u64,
    /// Levels of fields inside introspection.
    meta_depth: u64,
    /// Lists of lists inside introspection.
    meta_lists: u64,
    /// Levels of braces and spreads.
    height: u64,
    /// Fields at this level, for the root.
    fields: u64,
    /// Credential-checking fields at this level.
    credentials: u64,
}

impl Measure {
    fn beside(self, other: Self) -> Self {
        Self {
            nodes: self.nodes.saturating_add(other.nodes),
            aliases: self.aliases.saturating_add(other.aliases),
            depth: self.depth.max(other.depth),
            meta_depth: self.meta_depth.max(other.meta_depth),
            meta_lists: self.meta_lists.max(other.meta_lists),
            height: self.height.max(other.height),
            fields: self.fields.saturating_add(other.fields),
            credentials: self.credentials.saturating_add(other.credentials),
        }
    }
}

/// What the executor can take: it recurses once a level and has a bound of its own at 32.
const HEIGHT: u64 = 30;

/// Lists that introspection may nest (`fields` in `fields` …), as graphql-js allows.
const META_LISTS: u64 = 3;

/// Walks every definition once. `steps` is how many selections were looked at, for the tests.
struct Walk<'a> {
    limits: &'a Limits,
    fragments: HashMap<&'a str, &'a [Selection]>,
    measured: HashMap<&'a str, Option<Measure>>,
    /// How deep this walk stands: bounded here, so that the stack is.
    level: u64,
    steps: u64,
}

/// Refuses documents that would be too much for validation or execution.
pub(super) fn walk(document: &Document, limits: &Limits) -> Result<u64, Refusal> {
    let mut walk = Walk { limits, fragments: HashMap::new(), measured: HashMap::new(), level: 0, steps: 0 };
    let mut operations = 0_usize;
    for definition in &document.definitions {
        match definition {
            Definition::OperationDefinition(_) => operations += 1,
            Definition::FragmentDefinition(fragment) => {
                walk.fragments.insert(fragment.name.as_str(), &fragment.selection_set);
            }
            _ => return Err(Refusal::bad_request("Only operations and fragments can be executed")),
        }
    }
    over(operations as u64, limits.operations as u64, "operations")?;
    over((document.definitions.len() - operations) as u64, limits.fragments as u64, "fragments")?;
    for definition in &document.definitions {
        match definition {
            Definition::OperationDefinition(operation) => {
                walk.directives(&operation.directives)?;
                for variable in &operation.variables {
                    walk.directives(&variable.directives)?;
                    if let Some(value) = &variable.default_value {
                        walk.value(value)?;
                    }
                }
                let measure = walk.selections(&operation.selection_set)?;
                walk.compare(measure)?;
                walk.compare_root(measure, operation.operation_type)?;
            }
            Definition::FragmentDefinition(fragment) => {
                walk.directives(&fragment.directives)?;
                let measure = walk.fragment(fragment.name.as_str())?;
                walk.compare(measure)?;
            }
            _ => {}
        }
    }
    Ok(walk.steps)
}

impl<'a> Walk<'a> {
    fn selections(&mut self, selections: &'a [Selection]) -> Result<Measure, Refusal> {
        over(self.level, HEIGHT, "levels of braces and fragments")?;
        self.level += 1;
        let mut sum = Measure::default();
        for selection in selections {
            self.steps += 1;
            let one = match selection {
                Selection::Field(field) => {
                    self.directives(&field.directives)?;
                    for argument in &field.arguments {
                        self.value(&argument.value)?;
                    }
                    let inner = match &field.selection_set {
                        Some(selections) => self.selections(selections)?,
                        None => Measure::default(),
                    };
                    self.field(field.name.as_str(), field.alias.is_some(), inner)
                }
                Selection::InlineFragment(inline) => {
                    self.directives(&inline.directives)?;
                    let inner = self.selections(&inline.selection_set)?;
                    Measure {
                        nodes: inner.nodes.saturating_add(1),
                        height: inner.height.saturating_add(1),
                        ..inner
                    }
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.directives)?;
                    let inner = self.fragment(spread.fragment_name.as_str())?;
                    Measure {
                        nodes: inner.nodes.saturating_add(1),
                        height: inner.height.saturating_add(1),
                        ..inner
                    }
                }
            };
            sum = sum.beside(one);
        }
        self.level -= 1;
        Ok(sum)
    }

    fn field(&self, name: &str, aliased: bool, inner: Measure) -> Measure {
        // Whether a field belongs to introspection is known at its root; until then both depths grow.
        let meta = name.starts_with("__");
        let list = matches!(name, "fields" | "interfaces" | "possibleTypes" | "inputFields");
        Measure {
            nodes: inner.nodes.saturating_add(1),
            aliases: inner.aliases.saturating_add(u64::from(aliased)),
            depth: if meta { 1 } else { inner.depth.saturating_add(1) },
            meta_depth: inner.meta_depth.max(if meta { inner.depth } else { 0 }),
            meta_lists: match (meta, inner.meta_lists >= META_LISTS) {
                (true, true) => u64::MAX,
                (true, false) => 0,
                (false, _) => inner.meta_lists.saturating_add(u64::from(list)),
            },
            height: inner.height.saturating_add(1),
            fields: 1,
            credentials: u64::from(self.limits.credential_fields.iter().any(|field| field == name)),
        }
    }

    /// A fragment's measure. An unknown one is nothing: validation names it.
    fn fragment(&mut self, name: &'a str) -> Result<Measure, Refusal> {
        match self.measured.get(name) {
            Some(Some(measure)) => return Ok(*measure),
            Some(None) => return Err(Refusal::bad_request("A fragment contains itself")),
            None => {}
        }
        let Some(selections) = self.fragments.get(name).copied() else { return Ok(Measure::default()) };
        self.measured.insert(name, None);
        let measure = self.selections(selections)?;
        self.measured.insert(name, Some(measure));
        Ok(measure)
    }

    fn directives(&self, directives: &DirectiveList) -> Result<(), Refusal> {
        over(directives.len() as u64, self.limits.directives as u64, "directives on one location")?;
        directives
            .iter()
            .flat_map(|directive| &directive.arguments)
            .try_for_each(|one| self.value(&one.value))
    }

    fn value(&self, value: &Value) -> Result<(), Refusal> {
        match value {
            Value::List(items) => {
                over(items.len() as u64, self.limits.list_items as u64, "elements in a list")?;
                items.iter().try_for_each(|item| self.value(item))
            }
            Value::Object(fields) => {
                // The checker lets it pass, and two readers might take different ones.
                let twice = |at: usize| fields[..at].iter().any(|(name, _)| *name == fields[at].0);
                if (1..fields.len()).any(twice) {
                    let message = "An input object names a field twice".into();
                    return Err(Refusal::document(vec![Flaw { message, at: None }]));
                }
                fields.iter().try_for_each(|(_, value)| self.value(value))
            }
            _ => Ok(()),
        }
    }

    fn compare(&self, measure: Measure) -> Result<(), Refusal> {
        over(measure.nodes, self.limits.nodes, "selections once its fragments are written out")?;
        over(measure.aliases, self.limits.aliases, "aliases")?;
        over(measure.height, HEIGHT, "levels of braces and fragments")
    }

    /// What only holds from the root: a fragment alone may be one of introspection.
    fn compare_root(&self, measure: Measure, kind: OperationType) -> Result<(), Refusal> {
        over(measure.depth, self.limits.depth, "levels of fields")?;
        over(measure.meta_depth, self.limits.introspection_depth, "levels of introspection")?;
        if measure.meta_lists == u64::MAX {
            return Err(Refusal::bad_request("The document nests introspection lists too deep"));
        }
        over(measure.fields, self.limits.root_fields, "fields at its root")?;
        if kind == OperationType::Mutation {
            over(measure.fields, self.limits.root_mutations, "mutations")?;
            let most = self.limits.credential_mutations;
            over(measure.credentials, most, "mutations that check a credential")?;
        }
        Ok(())
    }
}

fn over(value: u64, limit: u64, what: &str) -> Result<(), Refusal> {
    if value > limit {
        return Err(Refusal::bad_request(format!("The document has more than {limit} {what}")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walked(text: &str) -> Result<u64, Refusal> {
        walk(&Document::parse(text, "test").map_err(|_| ()).unwrap(), &Limits::default())
    }

    /// `2^doublings` selections in a few hundred bytes.
    fn bomb(doublings: usize) -> String {
        let one = |fragment| {
            let next = fragment + 1;
            format!(" fragment F{fragment} on Q {{ ...F{next} ...F{next} }}")
        };
        let fragments: Vec<String> = (0..doublings).map(one).collect();
        format!("{{ ...F0 }}{}", fragments.concat()) + format!(" fragment F{doublings} on Q {{ a }}").as_str()
    }

    #[test]
    fn a_fragment_bomb_is_measured_in_steps_not_in_selections() {
        let document = Document::parse(bomb(28), "test").map_err(|_| ()).unwrap();
        let open = Limits { nodes: u64::MAX, root_fields: u64::MAX, ..Limits::default() };
        // One spread at the root, two in each of 28 fragments, one field.
        assert_eq!(walk(&document, &open).unwrap(), 1 + 28 * 2 + 1);
        for doublings in [12, 20, 25, 28, 30, 40] {
            assert!(walked(&bomb(doublings)).is_err(), "2^{doublings}");
        }
        assert!(walked(&bomb(3)).is_ok());
    }

    #[test]
    fn cycles_end() {
        assert!(walked("{ ...A } fragment A on Q { ...A }").is_err());
        assert!(walked("{ ...A } fragment A on Q { b { ...B } } fragment B on Q { ...A }").is_err());
    }

    #[test]
    fn depth_counts_through_fragments_and_introspection_has_its_own() {
        let nest = |levels: usize| format!("{}a{}", "{a".repeat(levels - 1) + "{", "}".repeat(levels));
        assert!(walked(&nest(12)).is_ok());
        assert!(walked(&nest(13)).is_err());
        assert!(walked(&format!("{{a{{...F}}}} fragment F on Q {}", nest(11))).is_ok());
        assert!(walked(&format!("{{a{{...F}}}} fragment F on Q {}", nest(12))).is_err());
        let types = |levels| format!("{{__type(name:\"Q\"){}}}", nest(levels));
        assert!(walked(&types(18)).is_ok());
        assert!(walked(&types(21)).is_err());
        assert!(walked("{__schema{types{fields{type{fields{type{fields{name}}}}}}}}").is_err());
        assert!(walked("{__schema{types{fields{type{fields{type{name}}}}}}}").is_ok());
    }

    #[test]
    fn roots_aliases_directives_and_lists_are_bounded() {
        let many = |count: usize, one: &str| one.repeat(count);
        assert!(walked(&format!("{{{}}}", many(10, "a "))).is_ok());
        assert!(walked(&format!("{{{}}}", many(11, "a "))).is_err());
        assert!(walked(&format!("{{a{{{}}}}}", many(30, "b:a "))).is_ok());
        assert!(walked(&format!("{{a{{{}}}}}", many(31, "b:a "))).is_err());
        assert!(walked(&format!("{{a{{...F ...F}}}} fragment F on Q {{{}}}", many(16, "b:a "))).is_err());
        assert!(walked(&format!("{{a {}}}", many(10, "@x "))).is_ok());
        assert!(walked(&format!("{{a {}}}", many(11, "@x "))).is_err());
        assert!(walked(&format!("query($v:Int {}){{a}}", many(11, "@x "))).is_err());
        assert!(walked(&format!("{{a(b:[{}])}}", many(100, "1 "))).is_ok());
        assert!(walked(&format!("{{a(b:[{}])}}", many(101, "1 "))).is_err());
        assert!(walked(&format!("mutation {{{}}}", many(4, "a "))).is_ok());
        assert!(walked(&format!("mutation {{{}}}", many(5, "a "))).is_err());
        assert!(walked("mutation {sessionCreate}").is_ok());
        assert!(walked("mutation {a:sessionCreate ...F} fragment F on M {b:buyerRegister}").is_err());
        assert!(walked(&many(11, "query Q {a} ")).is_err());
        assert!(walked(&format!("{{a}} {}", many(51, "fragment F on Q {a} "))).is_err());
        assert!(walked("type Q { a: Int }").is_err());
    }
}

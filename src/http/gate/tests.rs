#![expect(clippy::format_collect, reason = "documents are written out plainly")]

use std::time::Instant;

use super::*;

const SDL: &str = "
    type Query { item(id: ID): Item hello: String }
    type Item implements Named { id: ID! name: String inner(a: Int, b: [Int!]): Item named: Named items(first: Int = 5): ItemConnection! }
    type Other implements Named { id: ID! name: String inner(a: Int, b: [Int!]): Item }
    interface Named { id: ID! name: String }
    type ItemConnection { nodes: [Item!]! pageInfo: PageInfo! }
    type PageInfo { hasNextPage: Boolean! }
    type Mutation { sessionCreate: Boolean }
    type Subscription { tick: Int tock: Int }
";

fn gate() -> Gate {
    Gate::new(SDL, &Limits::default()).unwrap()
}

fn ask(text: &str) -> Ask {
    Ask { query: Some(text.to_owned()), ..Ask::default() }
}

fn cost(text: &str) -> u64 {
    gate().admit(ask(text)).map_or(u64::MAX, |admitted| admitted.cost)
}

/// Documents that make the most of what they are allowed.
fn heavy() -> Vec<(&'static str, String)> {
    let nested = |fields: &str, levels: usize| {
        format!("{{ item {}{fields}{} }}", "{ inner ".repeat(levels) + "{ ", " }".repeat(levels + 1))
    };
    let doubled = |doublings: usize, leaf: &str| {
        let one = |n| format!(" fragment F{n} on Item {{ inner {{ ...F{0} }} inner {{ ...F{0} }} }}", n + 1);
        let fragments: Vec<String> = (0..doublings).map(one).collect();
        format!("{{ item {{ ...F0 }} }}{} fragment F{doublings} on Item {{ {leaf} }}", fragments.concat())
    };
    let spreads = |count: usize| {
        let fragments: String =
            (0..count).map(|n| format!(" fragment F{n} on Item {{ id name inner {{ id }} }}")).collect();
        let used: String = (0..count).map(|n| format!("...F{n} ")).collect();
        format!("{{ item {{ {used} inner {{ {used} inner {{ {used} }} }} }} }}{fragments}")
    };
    let bomb = |doublings: usize| {
        let one = |n| format!(" fragment F{n} on Item {{ ...F{0} ...F{0} }}", n + 1);
        let fragments: Vec<String> = (0..doublings).map(one).collect();
        format!("{{ item {{ ...F0 }} }}{} fragment F{doublings} on Item {{ id }}", fragments.concat())
    };
    vec![
        ("2^24 fields by fragments", bomb(24)),
        ("2^30 fields by fragments", bomb(30)),
        ("2^45 fields by fragments", bomb(45)),
        ("one field 1,900 times", nested(&"id ".repeat(1_900), 5)),
        ("siblings that merge", format!("{{ item {{ {} }} }}", "inner { id } ".repeat(480))),
        (
            "siblings that merge, deeper",
            format!("{{ item {{ {} }} }}", "inner { inner { inner { inner { id } } } } ".repeat(150)),
        ),
        (
            "siblings that conflict",
            format!(
                "{{ item {{ {} }} }}",
                (0..200).map(|n| format!("inner(a: {n}) {{ id }} ")).collect::<String>()
            ),
        ),
        (
            "lists that conflict",
            format!(
                "{{ item {{ {} }} }}",
                (0..18)
                    .map(|n| format!("inner(b: [{}]) {{ id }} ", format!("{n} ").repeat(95)))
                    .collect::<String>()
            ),
        ),
        ("doubling fields", doubled(8, "id name")),
        ("doubling too far", doubled(11, "id name")),
        ("many spreads", spreads(45)),
        (
            "inline fragments",
            format!("{{ item {{ {} }} }}", "... on Item { id } ... on Named { id name } ".repeat(110)),
        ),
        (
            "types that do not overlap",
            format!(
                "{{ item {{ named {{ {} }} }} }}",
                "... on Item { inner { id } } ... on Other { inner { id } } ".repeat(80)
            ),
        ),
        (
            "unknown fields",
            format!(
                "{{ {} }}",
                (0..9).map(|n| format!("x{n} ")).collect::<String>()
                    + format!("item {{ {} }}", (0..1_900).map(|n| format!("x{n} ")).collect::<String>())
                        .as_str()
            ),
        ),
        ("unknown directives", format!("{{ item {{ {} }} }}", "id @a @b @c @d @e @f @g @h @i ".repeat(100))),
        (
            "variables",
            format!("query({}) {{ hello }}", (0..390).map(|n| format!("$v{n}: Int ")).collect::<String>()),
        ),
        (
            "nested lists",
            format!("{{ item {{ inner(b: {}1{}) {{ id }} }} }}", "[".repeat(27), "]".repeat(27)),
        ),
        ("a long string", format!("{{ item(id: \"{}\") {{ id }} }}", "\\u{1F600}".repeat(1_500))),
    ]
}

#[test]
fn what_is_allowed_to_be_heavy_is_still_quick() {
    let gate = gate();
    for (what, text) in heavy() {
        let begun = Instant::now();
        let admitted = gate.admit(ask(&text));
        let time = begun.elapsed();
        println!(
            "{what}: {} bytes, {time:?}, {}",
            text.len(),
            if admitted.is_ok() { "admitted" } else { "refused" }
        );
        // Unoptimised and on a busy machine; a release build needs a tenth.
        assert!(time.as_millis() < 500, "{what}: {time:?}");
    }
}

#[test]
fn costs_are_as_documented() {
    assert_eq!(cost("{ hello __typename }"), 0);
    assert_eq!(cost("{ item { id name } }"), 1);
    assert_eq!(cost("{ item { items { nodes { id } pageInfo { hasNextPage } } } }"), 1 + 2 + 5);
    assert_eq!(cost("{ item { items(first: 7) { nodes { id inner { id } } } } }"), 1 + 2 + 7 * 2);
    assert_eq!(
        cost(
            "{ item { ...F } } fragment F on Item { items(first: 3) { ...G } } fragment G on ItemConnection { nodes { id } }"
        ),
        1 + 2 + 3
    );
    assert_eq!(cost("query($n: Int = 9) { item { items(first: $n) { nodes { id } } } }"), 1 + 2 + 9);
    assert_eq!(cost("mutation { sessionCreate }"), 10);
    assert_eq!(cost("{ __schema { types { name } } }"), 100);
}

#[test]
fn subscriptions_have_one_root_and_operations_are_named() {
    let gate = gate();
    assert!(gate.admit(ask("subscription { tick }")).is_ok());
    for text in [
        "subscription { tick tock }",
        "subscription { __typename }",
        "query A { hello } query B { hello }",
        "{ hello } query B { hello }",
    ] {
        assert!(gate.admit(ask(text)).is_err(), "{text}");
    }
    let named = |name: &str| {
        gate.admit(Ask {
            operation_name: Some(name.into()),
            ..ask("query A { hello } mutation B { sessionCreate }")
        })
    };
    assert!(!named("A").is_ok_and(|admitted| admitted.checks_credential));
    assert!(named("B").is_ok_and(|admitted| admitted.checks_credential));
    assert!(named("C").is_err());
}

#[test]
fn checked_documents_are_remembered_and_refused_ones_are_not() {
    let gate = gate();
    for _ in 0..3 {
        assert!(gate.admit(ask("{ hello }")).is_ok());
        assert!(gate.admit(ask("{ nothing }")).is_err());
    }
    gate.seen.run_pending_tasks();
    assert_eq!((gate.seen.entry_count(), gate.persisted.entry_count()), (1, 0));
}

#[test]
fn the_contract_is_a_schema_that_the_gate_can_read() {
    Gate::new(include_str!("../../../tests/conformance/core.graphql"), &Limits::default()).unwrap();
}

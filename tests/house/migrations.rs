//! Every statement stays inside its network, and every setting inside its transaction.

use crate::source::{files, root};
use cardamom::foundation::migrate::MIGRATIONS;

/// Statements that name a tenant's table and not `network_id`, and why that is right.
const WITHOUT: &[(&str, &str, &str)] = &[
    (
        "integrity/run.rs",
        "select min(id), max(id) from outbox",
        "a check of the whole database, as its owner",
    ),
    (
        "events/sequencer.rs",
        "from outbox order by id limit 1",
        "how long the oldest event waits, in any network",
    ),
    (
        "integrity/run.rs",
        "select min(id), max(id) from provenance_queue",
        "a check of the whole database, as its owner",
    ),
    (
        "provenance/store.rs",
        "from provenance_queue order by id limit 1",
        "how long the oldest step waits, in any network",
    ),
    (
        "cli/bench/provenance.rs",
        "select exists (select from provenance_queue)",
        "whether any step waits, in the bench's own database",
    ),
    (
        "tenancy/store.rs",
        "markup_cap_bp from tenant",
        "the beginning of statements that each go on with the network",
    ),
];

#[test]
fn every_migration_file_is_run_and_every_one_that_is_run_is_a_file() {
    let mut found: Vec<(String, String)> = std::fs::read_dir(root().join("migrations"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    found.sort();
    let known: Vec<(String, String)> = MIGRATIONS
        .iter()
        .map(|(version, name, sql)| (format!("{version}_{name}.sql"), (*sql).to_owned()))
        .collect();
    assert_eq!(
        found.iter().map(|(name, _)| name).collect::<Vec<_>>(),
        known.iter().map(|(name, _)| name).collect::<Vec<_>>()
    );
    assert!(found == known);
    let versions: Vec<&str> = MIGRATIONS.iter().map(|(version, ..)| *version).collect();
    assert!(versions.is_sorted_by(|a, b| a < b), "{versions:?}");
}

fn tenant_tables() -> Vec<String> {
    let mut tables = Vec::new();
    for (.., sql) in MIGRATIONS {
        for line in sql.lines() {
            if let Some(rest) = line.strip_prefix("create table ") {
                tables.push(rest.split_whitespace().next().unwrap().to_owned());
            }
        }
    }
    tables.retain(|table| !table.starts_with("directory"));
    assert!(tables.len() >= 25, "{tables:?}");
    tables
}

#[test]
fn every_tenant_table_is_guarded_where_it_is_made() {
    let all: String = MIGRATIONS.iter().map(|(.., sql)| *sql).collect();
    for table in tenant_tables() {
        assert!(all.contains(&format!("call guard_table('{table}'")), "{table} has no walls");
    }
}

// The table that each word like `from` is followed by.
fn named(sql: &str) -> Vec<&str> {
    let words: Vec<&str> = sql
        .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | ';'))
        .filter(|word| !word.is_empty())
        .collect();
    words
        .windows(2)
        .filter(|pair| matches!(pair[0].to_lowercase().as_str(), "from" | "join" | "into" | "update"))
        .map(|pair| pair[1])
        .collect()
}

#[test]
fn every_statement_on_a_tenants_table_names_the_network() {
    let tables = tenant_tables();
    let (mut wrong, mut statements) = (Vec::new(), 0);
    for file in files() {
        // Its statements are about the catalogue of the database itself; tests look at what they like.
        if file.path == "foundation/migrate.rs" || file.path.contains("tests") {
            continue;
        }
        for literal in &file.literals {
            // Prose may well say "update event"; a statement begins with its verb or is a part of one.
            let statement = ["select ", "insert ", "update ", "delete ", "with ", " from ", "\n"]
                .iter()
                .any(|word| literal.trim_start().starts_with(word));
            if !statement || !named(literal).iter().any(|name| tables.iter().any(|table| table == name)) {
                continue;
            }
            statements += 1;
            let excused = WITHOUT.iter().any(|(path, part, _)| file.path == *path && literal.contains(part));
            if !literal.contains("network_id") && !excused {
                wrong.push(format!("{}: {literal}", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(statements > 80, "only {statements} were looked at");
}

#[test]
fn nothing_is_set_beyond_the_transaction() {
    let mut wrong = Vec::new();
    for file in files() {
        if file.path == "foundation/migrate.rs" {
            continue;
        }
        for literal in &file.literals {
            let lower = literal.to_lowercase();
            let sets = lower.split(';').map(str::trim_start).filter(|part| {
                (part.starts_with("set ") && !part.starts_with("set local ")) || part.starts_with("reset ")
            });
            let sets = sets.filter(|part| part.contains('=') || part.contains(" to ")).count();
            // Its third argument says that it ends with the transaction.
            let configured = lower.matches("set_config(").count();
            let locally = lower.matches(", true)").count();
            if sets > 0 || configured > locally || lower.contains("set session") {
                wrong.push(format!("{}: {literal}", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

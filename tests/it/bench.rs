//! `cardamom bench`: that it measures and says so. How fast it is depends on the machine, and is not asked here.

use crate::support::{folder, run};
use std::collections::BTreeMap;

// The figures of the one row that a quick run adds.
fn figures(name: &str, more: &[&str]) -> (Vec<String>, BTreeMap<String, String>) {
    let folder = folder(&format!("bench-{name}"));
    std::fs::create_dir_all(&folder).unwrap();
    let args = [&["bench", name, "--quick", "--results", "rows.tsv"], more].concat();
    let (code, out, error) = run(&folder, &args, "");
    assert_eq!(code, 0, "{out}{error}");
    assert!(out.starts_with(name), "{out}");
    let text = std::fs::read_to_string(folder.join("rows.tsv")).unwrap();
    let rows: Vec<Vec<String>> =
        text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect();
    assert_eq!(rows.len(), 2, "{text}");
    assert_eq!(rows[0].len(), rows[1].len(), "{text}");
    let column = |name: &str| rows[0].iter().position(|column| column == name).unwrap();
    assert_eq!(rows[1][column("name")], name);
    assert_eq!(rows[1][column("size")], "quick");
    assert!(matches!(rows[1][column("verdict")].as_str(), "reached" | "not reached"), "{text}");
    let figures = rows[1][column("figures")].split(' ').map(|figure| figure.split_once('=').unwrap());
    let figures = figures.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    std::fs::remove_dir_all(&folder).unwrap();
    (rows[1].clone(), figures)
}

fn number(figures: &BTreeMap<String, String>, name: &str) -> f64 {
    figures
        .get(name)
        .and_then(|value| value.parse().ok())
        .unwrap_or_else(|| panic!("no {name} in {figures:?}"))
}

#[test]
fn without_a_name_it_lists_what_there_is_and_what_each_must_reach() {
    let folder = folder("bench-names");
    std::fs::create_dir_all(&folder).unwrap();
    let (code, out, _) = run(&folder, &["bench"], "");
    assert_eq!(code, 0);
    let names = [
        "orders-spread",
        "orders-hot",
        "listings",
        "scale",
        "gate",
        "push",
        "import",
        "claims",
        "idle",
        "provenance",
    ];
    for name in names {
        assert!(out.lines().any(|line| line.starts_with(&format!("{name} "))), "{name} in {out}");
    }
    assert_eq!(out.matches("must be ").count(), names.len(), "{out}");
    let (code, _, error) = run(&folder, &["bench", "nothing"], "");
    assert_eq!(code, 2, "{error}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn orders_are_measured_counted_in_the_database_and_proved_sound() {
    let (row, figures) = figures("orders-spread", &["--at-most", "1000"]);
    assert!(number(&figures, "orders") > 0.0, "{row:?}");
    // Where the machine is so busy that an answer came too late, its order may be there or not.
    let (told, stored) = (number(&figures, "acknowledged_orders"), number(&figures, "stored_orders"));
    assert!(told <= stored && stored <= told + number(&figures, "refused"), "{row:?}");
    assert!(number(&figures, "pgbench_tps") > 0.0, "{row:?}");
    assert_eq!(figures["check"], "clean", "{row:?}");
}

#[test]
fn claims_are_measured_from_opening_to_refund_and_proved_sound() {
    let (row, figures) = figures("claims", &["--at-most", "500"]);
    assert!(number(&figures, "claims") > 0.0, "{row:?}");
    assert_eq!(figures["check"], "clean", "{row:?}");
}

#[test]
fn the_gate_is_measured_beside_a_bare_endpoint() {
    let (row, figures) = figures("gate", &[]);
    assert!(number(&figures, "requests") > 0.0, "{row:?}");
    assert!(number(&figures, "bare_requests") > 0.0, "{row:?}");
}

#[test]
fn what_the_log_adds_is_measured_with_it_and_without() {
    let (row, figures) = figures("provenance", &["--at-most", "1000"]);
    assert!(number(&figures, "with_orders") > 0.0 && number(&figures, "without_orders") > 0.0, "{row:?}");
    assert!(number(&figures, "appended") > 0.0 && number(&figures, "appends_per_s") > 0.0, "{row:?}");
    assert_eq!(figures["proofs"].as_str(), "2000", "{row:?}");
    assert!(number(&figures, "proof_leaves") >= 5_000.0, "{row:?}");
}

#[test]
fn cards_are_imported_and_pushed_events_are_all_heard() {
    let (row, import) = figures("import", &[]);
    assert_eq!((import["accepted"].as_str(), import["duplicates"].as_str()), ("4950", "50"), "{row:?}");
    assert_eq!((import["stored"].as_str(), import["check"].as_str()), ("4950", "clean"), "{row:?}");
    let (row, push) = figures("push", &[]);
    for sockets in ["1000", "5000"] {
        assert!(number(&push, &format!("pushes_{sockets}")) > 0.0, "{row:?}");
        assert_eq!(push[&format!("missed_{sockets}")], "0", "{row:?}");
    }
}

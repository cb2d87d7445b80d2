//! Who may use whom: the floors written in `src/lib.rs`.

use crate::source::{files, root};
use std::collections::BTreeMap;

/// Module → its floor and its place on it, in the order of `src/lib.rs`.
fn floors() -> BTreeMap<String, (u32, usize)> {
    let text = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let (mut floors, mut floor) = (BTreeMap::new(), None);
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("// Floor ") {
            let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
            floor = Some(number.parse::<u32>().unwrap());
        }
        if let Some(name) = line.trim_start_matches("pub ").strip_prefix("mod ") {
            let place = floors.len();
            floors.insert(name.trim_end_matches(';').to_owned(), (floor.expect("a floor"), place));
        }
    }
    floors
}

/// The modules that a text names after `crate::`: in paths and in `use crate::{…}`.
fn named(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        // `$crate::` is written into somebody else's text.
        if code[..at].ends_with(|c: char| c == '$' || c == '_' || c.is_alphanumeric()) {
            continue;
        }
        let rest = &code[at + 7..];
        let word =
            |text: &str| text.chars().take_while(|c| *c == '_' || c.is_alphanumeric()).collect::<String>();
        let Some(list) = rest.strip_prefix('{') else {
            names.push(word(rest));
            continue;
        };
        let (mut depth, mut first) = (0, true);
        for (at, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => first = true,
                c if first && depth == 0 && !c.is_whitespace() => {
                    names.push(word(&list[at..]));
                    first = false;
                }
                _ => {}
            }
        }
    }
    names
}

#[test]
fn a_module_uses_lower_floors_and_what_stands_before_it_on_its_own() {
    let floors = floors();
    let mut wrong = Vec::new();
    for file in files() {
        let module = file.module();
        if matches!(module, "lib" | "main") {
            continue;
        }
        let (floor, place) = floors.get(module).unwrap_or_else(|| panic!("{module} is on no floor"));
        for name in named(&file.code) {
            // What is no module is a macro, which foundation and the payloads lend to everyone.
            if let Some((its_floor, its_place)) = floors.get(&name)
                && name != module
                && (its_floor > floor || (its_floor == floor && its_place > place))
            {
                wrong.push(format!("{} (floor {floor}) uses {name} (floor {its_floor})", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_module_is_on_a_floor() {
    let mut modules: Vec<String> = files().iter().map(|file| file.module().to_owned()).collect();
    modules.retain(|module| !matches!(module.as_str(), "lib" | "main"));
    modules.dedup();
    let mut listed: Vec<String> = floors().into_keys().collect();
    modules.sort();
    listed.sort();
    assert_eq!(modules, listed);
}

#[test]
fn each_library_of_the_edge_is_said_on_its_floor_alone() {
    let allowed: &[(&str, &[&str])] = &[
        ("async_graphql", &["graphql", "http"]),
        ("poem", &["http"]),
        ("casbin", &["access"]),
        ("argon2", &["identity"]),
        ("clap", &["cli", "foundation", "main"]),
    ];
    let mut wrong = Vec::new();
    for file in files() {
        for (library, modules) in allowed {
            let said = file.code.contains(&format!("{library}::"));
            if said && !modules.contains(&file.module()) {
                wrong.push(format!("{} says {library}", file.path));
            }
        }
        let asks = ["SystemTime::now", "Utc::now"].iter().any(|clock| file.code.contains(clock));
        if asks && file.module() != "foundation" {
            wrong.push(format!("{} asks the wall clock", file.path));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn files_stay_small_enough_to_read_in_one_go() {
    let mut wrong = Vec::new();
    for file in files() {
        let lines = std::fs::read_to_string(root().join("src").join(&file.path)).unwrap().lines().count();
        if lines > 500 {
            wrong.push(format!("{}: {lines} lines", file.path));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn modules_are_found_in_paths_and_in_lists() {
    let code = "use crate::{a, b::{c, d}, e_f}; crate::g::h(); $crate::no; other_crate::no";
    assert_eq!(named(code), ["a", "b", "e_f", "g"]);
}

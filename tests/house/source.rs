//! The program's own text, read as text.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The folder of the package.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// One file below `src/`.
pub struct File {
    /// `orders/view.rs`.
    pub path: String,
    /// Its text without comments; what string literals say is still there.
    pub code: String,
    /// What its string literals say.
    pub literals: Vec<String>,
}

impl File {
    /// The folder or file right below `src/`.
    pub fn module(&self) -> &str {
        self.path.split('/').next().unwrap().trim_end_matches(".rs")
    }
}

/// Every Rust file below `src/`.
pub fn files() -> Vec<File> {
    let mut files = Vec::new();
    walk(&root().join("src"), &mut files);
    assert!(files.len() > 50, "{} files", files.len());
    files
}

fn walk(folder: &Path, files: &mut Vec<File>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let (code, literals) = split(&fs::read_to_string(&path).unwrap());
            let path = path.strip_prefix(root().join("src")).unwrap().to_str().unwrap().to_owned();
            files.push(File { path, code, literals });
        }
    }
}

// Code without comments, and the literals: as much of Rust's lexis as telling the two apart takes.
fn split(text: &str) -> (String, Vec<String>) {
    let (mut code, mut literals) = (String::new(), Vec::new());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if rest.starts_with("/*") {
            rest = &rest[rest.find("*/").map_or(rest.len(), |at| at + 2)..];
        } else if rest.starts_with("r\"") || rest.starts_with("r#") {
            let hashes = rest[1..].chars().take_while(|c| *c == '#').count();
            let Some(body) = rest[1 + hashes..].strip_prefix('"') else {
                code.push(next);
                rest = &rest[1..];
                continue;
            };
            let end = format!("\"{}", "#".repeat(hashes));
            let at = body.find(&end).unwrap();
            literals.push(body[..at].to_owned());
            code += &body[..at];
            rest = &body[at + end.len()..];
        } else if next == '"' {
            let mut escaped = false;
            let at = rest[1..]
                .find(|c| {
                    let ends = c == '"' && !escaped;
                    escaped = c == '\\' && !escaped;
                    ends
                })
                .unwrap();
            literals.push(rest[1..=at].to_owned());
            code += &rest[..at + 2];
            rest = &rest[at + 2..];
        } else if next == '\'' {
            // A character, not a lifetime.
            let mut chars = rest[1..].char_indices();
            let end = match chars.next() {
                Some((_, '\\')) => rest[3..].find('\'').map(|at| at + 4),
                Some(_) => chars.next().filter(|(_, c)| *c == '\'').map(|(at, _)| at + 2),
                None => None,
            };
            let end = end.unwrap_or(1);
            code += &rest[..end];
            rest = &rest[end..];
        } else {
            code.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    (code, literals)
}

#[test]
fn strings_comments_and_characters_are_told_apart() {
    let text =
        "let a = \"x // \\\" y\"; // \"no\"\nlet b = '\"'; let c: &'a str = r#\"q\"z\"#; /* \"n\" */ '\\''";
    let (code, literals) = split(text);
    assert_eq!(literals, ["x // \\\" y", "q\"z"]);
    assert!(!code.contains("no") && code.contains("'\\''"), "{code}");
}

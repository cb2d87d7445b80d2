//! What a file is called when somebody saves it: never a path, a device or a program.

use super::MediaType;

/// The longest name that is handed out, in characters, without its ending.
const LONGEST: usize = 100;

/// A name that every system can keep, made from what its sender called it; its ending says what it is.
pub fn to_save(said: &str, media: MediaType) -> String {
    let last = said.rsplit(['/', '\\']).next().unwrap_or_default();
    let tame: String = last
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ' | '(' | ')') { c } else { '_' })
        .take(LONGEST)
        .collect();
    let tame = tame.trim_matches([' ', '.']);
    let ending = media.extension();
    let stem = match tame.rsplit_once('.') {
        Some((stem, end)) if end.eq_ignore_ascii_case(ending) => stem.trim_end_matches([' ', '.']),
        _ => tame,
    };
    let first = stem.split('.').next().unwrap_or_default().trim().to_ascii_lowercase();
    let device = matches!(first.as_str(), "con" | "prn" | "aux" | "nul" | "conin$" | "conout$" | "clock$")
        || (first.len() == 4
            && (first.starts_with("com") || first.starts_with("lpt"))
            && first.as_bytes()[3].is_ascii_digit());
    let stem = if stem.is_empty() { "file" } else { stem };
    format!("{}{stem}.{ending}", if device { "_" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_name_is_no_path_no_device_and_no_program() {
        for (said, saved) in [
            ("proof.png", "proof.png"),
            ("Proof.PNG", "Proof.png"),
            ("../../etc/passwd", "passwd.png"),
            ("..\\..\\windows\\system32\\cmd.exe", "cmd.exe.png"),
            ("CON", "_CON.png"),
            ("com1.txt", "_com1.txt.png"),
            ("aux.png", "_aux.png"),
            ("...", "file.png"),
            ("a\"; filename=\"b.html", "a__ filename__b.html.png"),
            ("证据 1.png", "证据 1.png"),
            ("x.png/", "file.png"),
            ("a:b|c?.png", "a_b_c_.png"),
        ] {
            assert_eq!(to_save(said, MediaType::Png), saved, "{said}");
        }
        assert!(to_save(&"x".repeat(1_000), MediaType::Pdf).len() < 120);
    }
}

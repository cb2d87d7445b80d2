//! Text that people send: bounded, without control characters.

use super::No;

/// A line of text: trimmed, 1 to `max` characters, no control characters and no invisible direction marks.
///
/// # Errors
/// INVALID_INPUT at `path`.
pub fn line(text: &str, max: usize, path: &str) -> Result<String, No> {
    let text = text.trim();
    if text.is_empty() {
        return Err(No::invalid("must not be empty", path));
    }
    if text.chars().count() > max {
        return Err(No::invalid(format!("must be at most {max} characters"), path));
    }
    if text.chars().any(hostile) {
        return Err(No::invalid("must be one line without control characters", path));
    }
    Ok(text.to_owned())
}

/// Text of several lines: trimmed, at most `max` characters; line feeds and tabs are allowed.
///
/// # Errors
/// INVALID_INPUT at `path`.
pub fn note(text: &str, max: usize, path: &str) -> Result<String, No> {
    let text = text.trim();
    if text.is_empty() {
        return Err(No::invalid("must not be empty", path));
    }
    if text.chars().count() > max {
        return Err(No::invalid(format!("must be at most {max} characters"), path));
    }
    if text.chars().any(|c| hostile(c) && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(No::invalid("must not have control characters", path));
    }
    Ok(text.to_owned())
}

/// What a list is searched for, if anything: trimmed, at most 100 characters, all of them visible.
///
/// # Errors
/// [`No::BadRequest`].
pub fn sought(text: Option<&str>) -> Result<Option<&str>, No> {
    let sought = text.map(str::trim).filter(|text| !text.is_empty());
    if sought.is_some_and(|text| line(text, 100, "search").is_err()) {
        return Err(No::BadRequest("a search has at most 100 characters, all of them visible"));
    }
    Ok(sought)
}

/// The pattern of `like` for whatever contains a text as it stands.
pub fn containing(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

/// An e-mail address as kept and as compared (folded).
///
/// # Errors
/// INVALID_INPUT at `path`.
pub fn email(text: &str, path: &str) -> Result<(String, String), No> {
    let text = text.trim();
    let valid = text.len() <= 254
        && !text.chars().any(|c| c.is_whitespace() || hostile(c))
        && text.rsplit_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && local.len() <= 64
                && domain.contains('.')
                && domain.split('.').all(|label| !label.is_empty())
                && domain.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'))
        });
    if !valid {
        return Err(No::invalid("must be an e-mail address", path));
    }
    Ok((text.to_owned(), text.to_lowercase()))
}

/// An idempotency key: 1 to 128 visible ASCII characters.
///
/// # Errors
/// INVALID_INPUT at `input.idempotencyKey`.
pub fn idempotency_key(text: &str) -> Result<String, No> {
    if text.is_empty() || text.len() > 128 || !text.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(No::invalid("must be 1 to 128 visible ASCII characters", "idempotencyKey"));
    }
    Ok(text.to_owned())
}

// Control characters, and the invisible marks that turn or hide text.
fn hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

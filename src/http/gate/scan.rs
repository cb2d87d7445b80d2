//! The first look at a document: bytes, tokens and nesting, before anything recursive reads it.

use super::super::{limits::Limits, refusal::Refusal};

/// Bounds the text's length: what comes before everything else, a hash of it included.
pub(super) fn length(text: &str, limits: &Limits) -> Result<(), Refusal> {
    if text.len() > limits.document_bytes {
        return Err(Refusal::bad_request(format!(
            "The document is larger than {} bytes",
            limits.document_bytes
        )));
    }
    Ok(())
}

/// Counts tokens as a GraphQL lexer does, well enough to bound one: what this cannot read, the
/// parser behind it refuses.
pub(super) fn scan(text: &str, limits: &Limits) -> Result<(), Refusal> {
    length(text, limits)?;
    let bytes = text.as_bytes();
    let (mut at, mut tokens, mut open) = (0, 0_usize, 0_usize);
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        at += 1;
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' | 0xEF | 0xBB | 0xBF => continue,
            b'#' => {
                at = line_end(bytes, at);
                continue;
            }
            b'"' => at = string_end(bytes, start),
            b'{' | b'(' | b'[' => open += 1,
            b'}' | b')' | b']' => open = open.saturating_sub(1),
            b'.' => at += bytes[at..].iter().take(2).take_while(|byte| **byte == b'.').count(),
            b'-' | b'0'..=b'9' => at += bytes[at..].iter().take_while(|byte| is_numeric(**byte)).count(),
            byte if is_word(byte) => at += bytes[at..].iter().take_while(|byte| is_word(**byte)).count(),
            _ => {}
        }
        tokens += 1;
        if tokens > limits.tokens {
            return Err(Refusal::bad_request(format!("The document has more than {} tokens", limits.tokens)));
        }
        if open > limits.nesting {
            return Err(Refusal::bad_request(format!(
                "The document nests deeper than {} brackets",
                limits.nesting
            )));
        }
    }
    Ok(())
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

const fn is_numeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-')
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    from + bytes[from..].iter().take_while(|byte| !matches!(byte, b'\n' | b'\r')).count()
}

/// The end of the string, or block string, that starts at `start`.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let block = bytes[start..].starts_with(b"\"\"\"");
    let mut at = start + if block { 3 } else { 1 };
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' if !block => at += 2,
            b'\\' if bytes[at..].starts_with(b"\\\"\"\"") => at += 4,
            b'"' if !block => return at + 1,
            b'"' if bytes[at..].starts_with(b"\"\"\"") => return at + 3,
            b'\n' | b'\r' if !block => return at,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> usize {
        (0..100).find(|&tokens| scan(text, &Limits { tokens, ..Limits::default() }).is_ok()).unwrap()
    }

    #[test]
    fn tokens_are_counted_as_a_lexer_counts_them() {
        assert_eq!(tokens(""), 0);
        assert_eq!(tokens("# only {{{{ a comment\n"), 0);
        assert_eq!(tokens("{ a }"), 3);
        assert_eq!(tokens("{ ...F @x(y: -1.5, z: $v) }"), 15);
        assert_eq!(tokens(r#"{ a(b: "x \" { [ y") }"#), 8);
        assert_eq!(tokens("{ a(b: \"\"\"x \" \\\"\"\" { y\"\"\") }"), 8);
    }

    #[test]
    fn an_open_string_or_escape_at_the_end_is_left_to_the_parser() {
        for text in ["{ a(b: \"", "{ a(b: \"\\", "\"\"\"", "\"\"\"\\", "{ a(b: \"\u{e9}"] {
            scan(text, &Limits::default()).unwrap();
        }
    }

    #[test]
    fn nesting_is_bounded_whatever_the_brackets() {
        for bracket in ["{a", "(", "["] {
            assert!(scan(&bracket.repeat(33), &Limits::default()).is_err());
        }
        assert!(scan(&"{a".repeat(32), &Limits::default()).is_ok());
    }
}

//! What a buyer pays for: text that exists in the clear in the import parser, in the vault and in the
//! reveal's answer, and nowhere else.

use crate::foundation::{Fault, Moment};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The longest secret, in bytes.
pub const MAX_SECRET: usize = 4096;
/// The longest card number, in bytes.
pub const MAX_NUMBER: usize = 256;
/// The longest password, in bytes.
pub const MAX_PASSWORD: usize = 1024;

/// Why a text can't be a card's, or a line can't be imported: a constant, so that it cannot repeat a secret.
pub type Reason = &'static str;

/// What is on a card. Wiped when dropped; deliberately without `Debug`, `Display` and `Clone`.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Secret {
    #[serde(rename = "s")]
    secret: String,
    #[serde(rename = "n", skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    #[serde(rename = "p", skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    #[serde(rename = "e", skip_serializing_if = "Option::is_none")]
    #[zeroize(skip)]
    expires_at: Option<Moment>,
}

impl Secret {
    /// From text as it was sent: white space around a part is no part of it, an empty part is none.
    /// Line feeds and tabs may stand inside; other control characters and invisible marks may not, because
    /// they make two cards of one.
    ///
    /// # Errors
    /// [`Reason`] when there is no secret, or a part is too long or holds what nobody could type.
    pub fn new(
        secret: &str,
        number: Option<&str>,
        password: Option<&str>,
        expires_at: Option<Moment>,
    ) -> Result<Self, Reason> {
        let secret = secret.trim();
        if folded(secret).is_empty() {
            return Err("has no secret");
        }
        if secret.len() > MAX_SECRET {
            return Err("the secret is longer than 4096 bytes");
        }
        let part = |text: Option<&str>, max: usize, long: Reason| match text.map(str::trim) {
            None | Some("") => Ok(None),
            Some(text) if text.len() > max => Err(long),
            Some(text) => Ok(Some(text.to_owned())),
        };
        let made = Self {
            secret: secret.to_owned(),
            number: part(number, MAX_NUMBER, "the number is longer than 256 bytes")?,
            password: part(password, MAX_PASSWORD, "the password is longer than 1024 bytes")?,
            expires_at,
        };
        let parts = [Some(&made.secret), made.number.as_ref(), made.password.as_ref()];
        if parts.into_iter().flatten().any(|part| part.chars().any(hostile)) {
            return Err("has control characters or invisible marks");
        }
        Ok(made)
    }

    /// The code itself.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// The card's number, where it has one.
    pub fn number(&self) -> Option<&str> {
        self.number.as_deref()
    }

    /// The password that goes with it.
    pub fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }

    /// When it stops working.
    pub fn expires_at(&self) -> Option<Moment> {
        self.expires_at
    }

    /// What the fingerprint is taken of: number and secret together, because short PINs collide.
    ///
    /// Compatibility forms are unified (NFKC), white space and hyphens dropped, and case folded, so that the
    /// same card typed differently is the same card. One rule for every kind of product: a rule by kind could be
    /// evaded by offering the card as another kind, and codes that differ in case alone do not occur by chance.
    pub fn normalised(&self) -> Zeroizing<Vec<u8>> {
        let number = Zeroizing::new(self.number.as_deref().map_or_else(String::new, folded));
        let secret = Zeroizing::new(folded(&self.secret));
        let mut out = Vec::with_capacity(8 + number.len() + secret.len());
        out.extend_from_slice(&(number.len() as u64).to_be_bytes());
        out.extend_from_slice(number.as_bytes());
        out.extend_from_slice(secret.as_bytes());
        Zeroizing::new(out)
    }

    /// As it is sealed.
    pub(super) fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, Fault> {
        // Room for every character escaped, so that no half-written copy is left behind by growing.
        let text = [Some(&self.secret), self.number.as_ref(), self.password.as_ref()];
        let room = 96 + 6 * text.into_iter().flatten().map(String::len).sum::<usize>();
        let mut out = Zeroizing::new(Vec::with_capacity(room));
        serde_json::to_writer(&mut *out, self).map_err(|_| Fault::new("a secret could not be written"))?;
        Ok(out)
    }

    /// What was sealed. The parser's own error would quote what it read, so it is not passed on.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, Fault> {
        let read: Self =
            serde_json::from_slice(bytes).map_err(|_| Fault::new("an opened secret is not of its form"))?;
        if read.secret.is_empty() { Err(Fault::new("an opened secret is empty")) } else { Ok(read) }
    }
}

fn folded(text: &str) -> String {
    if text.is_ascii() {
        let kept = text.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'-' && *b != 0x0b);
        return kept.map(|b| char::from(b.to_ascii_uppercase())).collect();
    }
    let fold = |text: &str| {
        text.nfkc().flat_map(char::to_uppercase).filter(|c| !c.is_whitespace() && !hyphen(*c)).collect()
    };
    // Folding may make a sequence that composes further: the second pass settles it.
    let once: Zeroizing<String> = Zeroizing::new(fold(text));
    fold(&once)
}

fn hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

fn hostile(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffd}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(secret: &str) -> Secret {
        Secret::new(secret, None, None, None).ok().unwrap()
    }

    fn refused(secret: &str) -> Option<Reason> {
        Secret::new(secret, None, None, None).err()
    }

    #[test]
    fn the_same_card_typed_differently_is_the_same_card() {
        let first = of("ABCD-1234-efgh").normalised();
        for same in
            ["abcd1234EFGH", " ABCD 1234 EFGH ", "ＡＢＣＤ－１２３４－ｅｆｇｈ", "abcd\u{2013}1234\u{a0}efgh"]
        {
            assert_eq!(of(same).normalised(), first, "{same}");
        }
        assert_ne!(of("ABCD-1234-EFGI").normalised(), first);
        assert_ne!(of("ＢBCD-1234-EFGH").normalised(), first);
    }

    #[test]
    fn number_and_secret_do_not_run_into_each_other() {
        let with = |number, secret| Secret::new(secret, Some(number), None, None).ok().unwrap().normalised();
        assert_ne!(with("12", "345"), with("123", "45"));
        assert_ne!(with("12", "345"), of("12345").normalised());
        assert_eq!(with("", "12345"), of("12345").normalised());
    }

    #[test]
    fn what_nobody_could_type_is_refused() {
        for empty in ["", " ", "\u{3000}", "----", "\t-\r\n"] {
            assert_eq!(refused(empty), Some("has no secret"), "{empty:?}");
        }
        for bad in ["a\0b", "a\u{200b}b", "a\u{202e}b", "a\u{7}b", "a\u{feff}b", "a\u{fffd}b", "a\u{ad}b"] {
            assert_eq!(refused(bad), Some("has control characters or invisible marks"), "{bad:?}");
        }
        assert!(refused(&"x".repeat(MAX_SECRET)).is_none());
        assert!(refused(&"x".repeat(MAX_SECRET + 1)).is_some());
        for kept in
            ["=1+1", "+1", "@SUM(A1)", "line\nfeed\tand tab", "<script>", "'; drop table card;--", "卡密🎁"]
        {
            assert_eq!(of(kept).secret(), kept);
        }
    }

    proptest! {
        #[test]
        fn what_is_sealed_reads_back(secret in "\\PC{1,40}", number in proptest::option::of("[0-9]{1,20}")) {
            if let Ok(made) = Secret::new(&secret, number.as_deref(), Some("p\"w"), None) {
                let bytes = made.to_bytes().unwrap();
                let read = Secret::from_bytes(&bytes).unwrap();
                prop_assert_eq!(read.secret(), secret.trim());
                prop_assert_eq!(read.number(), number.as_deref());
                prop_assert_eq!(read.password(), Some("p\"w"));
                prop_assert_eq!(read.normalised(), made.normalised());
            }
        }

        #[test]
        fn folding_settles(text in "\\PC{0,30}") {
            prop_assert_eq!(folded(&folded(&text)), folded(&text));
        }
    }

    #[test]
    fn bytes_that_are_no_secret_say_nothing_of_themselves() {
        for bad in [b"".as_slice(), b"{}", b"\"CANARY\"", br#"{"s":""}"#, br#"{"s":1,"x":"CANARY"}"#] {
            assert!(!Secret::from_bytes(bad).err().unwrap().to_string().contains("CANARY"));
        }
    }
}

//! A site's accent, made legible: each shade that the pages use passes WCAG AA on what it stands on. And whether a page
//! is light or dark, where its reader has said so.

use poem::{Request, http::header};

/// The accent where a site has none.
const ACCENT: Colour = Colour([0x1f, 0x6b, 0x4f]);
/// What text on the accent is written in.
const WHITE: Colour = Colour([0xff; 3]);
/// The darkest surface that accented text stands on in light, and the lightest in dark: `web/src/ui/theme.css` has
/// both, the accent mixed in at a tenth.
const LIGHT: Colour = Colour([0xf0, 0xf0, 0xed]);
const DARK: Colour = Colour([0x25, 0x27, 0x23]);
/// WCAG 2.2 AA asks for 4.5; the rest is for the accent that is mixed into the surface.
const CONTRAST: f64 = 5.2;

#[derive(Clone, Copy, Debug, PartialEq)]
struct Colour([u8; 3]);

impl Colour {
    /// `#rrggbb`, and nothing else: it becomes part of a style sheet.
    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let channel = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some(Self([channel(0)?, channel(2)?, channel(4)?]))
    }

    /// Relative luminance, 0 to 1 (WCAG 2.2).
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// From 1 to 21 (WCAG 2.2).
    fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// Step by step towards another colour, until the contrast with `ground` is enough.
    fn until_legible(self, towards: Self, ground: Self) -> Self {
        (0..=40_u16)
            .map(|step| self.mixed(towards, step))
            .find(|shade| shade.contrast(ground) >= CONTRAST)
            .unwrap_or(towards)
    }

    /// `step` fortieths of the way to `other`.
    fn mixed(self, other: Self, step: u16) -> Self {
        let mut shade = self.0;
        for (channel, target) in shade.iter_mut().zip(other.0) {
            let mixed = (u16::from(*channel) * (40 - step) + u16::from(target) * step) / 40;
            *channel = u8::try_from(mixed).unwrap_or(u8::MAX);
        }
        Self(shade)
    }

    fn text(self) -> String {
        let [red, green, blue] = self.0;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }
}

/// The style sheet of an accent, in light and in dark.
pub(super) fn style(accent: Option<&str>) -> String {
    let accent = accent.and_then(Colour::parse).unwrap_or(ACCENT);
    let black = Colour([0; 3]);
    let fill = accent.until_legible(black, WHITE);
    let ink = fill.until_legible(black, LIGHT);
    let dark_ink = accent.until_legible(WHITE, DARK);
    let light = format!("--accent:{};--accent-ink:{}", fill.text(), ink.text());
    let dark = format!("--accent:{};--accent-ink:{}", fill.text(), dark_ink.text());
    format!(
        ":root{{{light}}}@media(prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}:root[data-theme=dark]{{{dark}}}"
    )
}

/// What was chosen in this browser, `light` or `dark`: in the page from its first byte, so that it never appears in the
/// other one first. `web/src/lib/theme.ts` writes the cookie.
pub(super) fn chosen(request: &Request) -> Option<&'static str> {
    let said = request.headers().get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    chosen_of(said)
}

fn chosen_of<'a>(mut lines: impl Iterator<Item = &'a str>) -> Option<&'static str> {
    let theme =
        lines.find_map(|line| line.split("; ").find_map(|one| one.strip_prefix("cardamom-theme=")))?;
    ["light", "dark"].into_iter().find(|one| *one == theme)
}

/// The shade that a browser draws its own bars in.
pub(super) fn bar(accent: Option<&str>) -> String {
    accent.and_then(Colour::parse).unwrap_or(ACCENT).until_legible(Colour([0; 3]), WHITE).text()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_accent_becomes_legible() {
        for red in (0..=255).step_by(51) {
            for green in (0..=255).step_by(51) {
                for blue in (0..=255).step_by(51) {
                    let accent = Colour([red, green, blue]);
                    let fill = accent.until_legible(Colour([0; 3]), WHITE);
                    assert!(fill.contrast(WHITE) >= 4.5, "{accent:?}");
                    assert!(fill.until_legible(Colour([0; 3]), LIGHT).contrast(LIGHT) >= 4.5, "{accent:?}");
                    assert!(accent.until_legible(WHITE, DARK).contrast(DARK) >= 4.5, "{accent:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_legible_stays_as_it_is() {
        assert!(style(Some("#004080")).starts_with(":root{--accent:#004080;--accent-ink:#004080}"));
    }

    #[test]
    fn a_cookie_says_light_or_dark_and_nothing_else() {
        let chosen = |line| chosen_of([line].into_iter());
        assert_eq!(chosen("a=b; cardamom-theme=dark"), Some("dark"));
        assert_eq!(chosen("cardamom-theme=light; c=d"), Some("light"));
        for line in ["", "cardamom-theme=", "cardamom-theme=\"><script>", "x-cardamom-theme=dark"] {
            assert_eq!(chosen(line), None, "{line}");
        }
    }

    #[test]
    fn nothing_but_a_colour_reaches_the_style_sheet() {
        for text in ["red", "#12345", "#1234567", "#12345g", "#+1+2+3", "#123456}body{", "#ééé"] {
            assert_eq!(style(Some(text)), style(None), "{text}");
        }
    }
}

//! Money: integers in minor units with their currency; unit prices in micro-units. No floats.

use std::fmt;

/// The amount cannot be: wrong form, wrong currency, or out of range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub &'static str);

/// An ISO 4217 currency that the platform settles in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Chinese yuan.
    pub const CNY: Self = Self(*b"CNY");

    /// The currency of that code.
    ///
    /// # Errors
    /// [`Invalid`] for a code that is not listed here.
    pub fn of(code: &str) -> Result<Self, Invalid> {
        const KNOWN: [&str; 16] = [
            "AUD", "CAD", "CHF", "CNY", "EUR", "GBP", "HKD", "INR", "JPY", "KRW", "MYR", "SGD", "THB", "TWD",
            "USD", "VND",
        ];
        match code.as_bytes() {
            &[a, b, c] if KNOWN.contains(&code) => Ok(Self([a, b, c])),
            _ => Err(Invalid("not a currency of this platform")),
        }
    }

    /// The ISO 4217 code.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// How many digits the minor unit has: 2 for most, 0 for yen, won and dong.
    pub fn digits(self) -> u32 {
        if matches!(&self.0, b"JPY" | b"KRW" | b"VND") { 0 } else { 2 }
    }

    /// Micro-units in one minor unit.
    fn micros_per_minor(self) -> i128 {
        10i128.pow(6 - self.digits())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount in minor units (ISO 4217 says how many make a major one).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    /// Minor units.
    pub minor: i64,
    /// Its currency.
    pub currency: Currency,
}

/// What one of something costs: integer micro-units, that is up to 6 decimals of the major unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitPrice(pub i64);

/// Hundredths of a percent: 250 is 2.5 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BasisPoints(pub i64);

/// The most that an amount may be: 10 billion major units, so that sums stay far from the edge of 64 bits.
pub const MAX_MINOR: i64 = 1_000_000_000_000;
/// The most that one of something may cost, in micro-units: 10 million major units.
pub const MAX_UNIT: i64 = 10_000_000_000_000;

impl Money {
    /// Minor units of a currency.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Reads `"12.50"`: digits, at most as many decimals as the currency has; above zero, at most
    /// [`MAX_MINOR`].
    ///
    /// # Errors
    /// [`Invalid`] for every other form.
    pub fn parse_positive(text: &str, currency: Currency) -> Result<Self, Invalid> {
        let minor = parse_scaled(text, currency.digits())?;
        if minor <= 0 {
            return Err(Invalid("must be more than zero"));
        }
        if minor > i128::from(MAX_MINOR) {
            return Err(Invalid("is too large"));
        }
        Ok(Self { minor: i64::try_from(minor).map_err(|_| Invalid("is too large"))?, currency })
    }

    /// The same as the price of one of something.
    ///
    /// # Errors
    /// [`Invalid`] above [`MAX_UNIT`].
    pub fn unit(self) -> Result<UnitPrice, Invalid> {
        let micros = i128::from(self.minor) * self.currency.micros_per_minor();
        let micros = i64::try_from(micros).ok().filter(|micros| *micros <= MAX_UNIT);
        micros.map(UnitPrice).ok_or(Invalid("is too large"))
    }

    /// The decimal text: as many decimals as the currency has.
    pub fn decimal(self) -> String {
        format_scaled(i128::from(self.minor), self.currency.digits(), self.currency.digits())
    }
}

impl BasisPoints {
    /// That share of an amount that is not negative, half up.
    pub fn of(self, amount: i64) -> i64 {
        let share = (i128::from(amount) * i128::from(self.0) + 5_000).div_euclid(10_000);
        i64::try_from(share).unwrap_or(i64::MAX)
    }
}

impl UnitPrice {
    /// Reads `"0.0125"`: up to 6 decimals; above zero, at most [`MAX_UNIT`].
    ///
    /// # Errors
    /// [`Invalid`] for every other form.
    pub fn parse_positive(text: &str) -> Result<Self, Invalid> {
        let price = Self::parse(text)?;
        if price.0 == 0 { Err(Invalid("must be more than zero")) } else { Ok(price) }
    }

    /// The same, zero allowed.
    ///
    /// # Errors
    /// [`Invalid`] for every other form.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let micros = parse_scaled(text, 6)?;
        if micros < 0 {
            return Err(Invalid("must not be negative"));
        }
        if micros > i128::from(MAX_UNIT) {
            return Err(Invalid("is too large"));
        }
        i64::try_from(micros).map(Self).map_err(|_| Invalid("is too large"))
    }

    /// The amount of a line: this many at this price, rounded to minor units once, half up.
    ///
    /// # Errors
    /// [`Invalid`] when it is more than [`MAX_MINOR`].
    pub fn line(self, quantity: i64, currency: Currency) -> Result<Money, Invalid> {
        let per = currency.micros_per_minor();
        let exact = i128::from(self.0) * i128::from(quantity);
        let minor = (exact + per / 2).div_euclid(per);
        if minor > i128::from(MAX_MINOR) {
            return Err(Invalid("the total is too large"));
        }
        Ok(Money { minor: i64::try_from(minor).map_err(|_| Invalid("the total is too large"))?, currency })
    }

    /// The decimal text: at least as many decimals as the currency has, more where they are needed.
    pub fn decimal(self, currency: Currency) -> String {
        format_scaled(i128::from(self.0), 6, currency.digits())
    }
}

// ASCII digits with an optional fraction of at most `digits`; no sign but a leading minus, no exponent.
fn parse_scaled(text: &str, digits: u32) -> Result<i128, Invalid> {
    const FORM: Invalid = Invalid("must be a decimal number such as \"12.50\"");
    let (negative, body) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = match body.split_once('.') {
        Some((_, "")) => return Err(FORM),
        Some((whole, fraction)) => (whole, fraction),
        None => (body, ""),
    };
    let ascii = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 18 || !ascii(whole) || !ascii(fraction) {
        return Err(FORM);
    }
    let fraction = fraction.trim_end_matches('0');
    let digits = digits as usize;
    if fraction.len() > digits {
        return Err(Invalid("has more decimals than the currency allows"));
    }
    let text = format!("{whole}{fraction:0<digits$}");
    let value: i128 = text.parse().map_err(|_| FORM)?;
    Ok(if negative { -value } else { value })
}

// `value` is scaled by 10^digits; trailing zeros beyond `keep` decimals are left out.
fn format_scaled(value: i128, digits: u32, keep: u32) -> String {
    let (digits, keep) = (digits as usize, keep as usize);
    let sign = if value < 0 { "-" } else { "" };
    let text = format!("{:0>width$}", value.unsigned_abs(), width = digits + 1);
    let (whole, fraction) = text.split_at(text.len() - digits);
    let trimmed = fraction.trim_end_matches('0');
    let fraction = if trimmed.len() < keep { &fraction[..keep] } else { trimmed };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_plain_decimals_are_amounts() {
        let read = |text| Money::parse_positive(text, Currency::CNY).map(|money| money.minor);
        assert_eq!(read("12.50"), Ok(1250));
        assert_eq!(read("12.5"), Ok(1250));
        assert_eq!(read("12.500"), Ok(1250));
        assert_eq!(read("0.01"), Ok(1));
        for bad in [
            "",
            " ",
            "0",
            "0.00",
            "-1",
            "+1",
            "1.",
            ".5",
            "1,00",
            "1e3",
            "0x10",
            "NaN",
            "Infinity",
            "１",
            "1.005",
            "1 ",
            " 1",
            "1_000",
            "9223372036854775807",
            "99999999999999999999999",
            "1.5.0",
            "--1",
            "true",
            "1\n",
        ] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_currency_without_minor_digits_takes_none() {
        let yen = Currency::of("JPY").unwrap();
        assert_eq!(Money::parse_positive("120", yen).unwrap().minor, 120);
        assert!(Money::parse_positive("1.5", yen).is_err());
        assert_eq!(Money::new(120, yen).decimal(), "120");
        assert!(Currency::of("cny").is_err() && Currency::of("XYZ").is_err());
    }

    #[test]
    fn a_line_is_rounded_once_half_up() {
        let line = |micro, quantity| UnitPrice(micro).line(quantity, Currency::CNY).unwrap().minor;
        assert_eq!(line(5_000, 1), 1); // 0.005 → 0.01
        assert_eq!(line(4_999, 1), 0);
        assert_eq!(line(12_500, 3), 4); // 0.0375 → 0.04
        assert_eq!(line(95_400_000, 1), 9540);
        assert!(UnitPrice(MAX_UNIT).line(1_000, Currency::CNY).is_ok());
        assert!(UnitPrice(MAX_UNIT).line(1_001, Currency::CNY).is_err());
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(minor in 1..=MAX_MINOR, micro in 0..=MAX_UNIT) {
            let money = Money::new(minor, Currency::CNY);
            prop_assert_eq!(Money::parse_positive(&money.decimal(), Currency::CNY), Ok(money));
            prop_assert_eq!(UnitPrice::parse(&UnitPrice(micro).decimal(Currency::CNY)), Ok(UnitPrice(micro)));
        }
    }
}

//! Scalars and money.

use crate::foundation::{self, Currency, Moment, No, UnitPrice};
use async_graphql::{
    InputObject, InputValueError, InputValueResult, Scalar, ScalarType, SimpleObject, Value,
};

macro_rules! text_scalar {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub String);

        $(#[$doc])*
        #[Scalar]
        impl ScalarType for $name {
            fn parse(value: Value) -> InputValueResult<Self> {
                match value {
                    Value::String(text) if text.len() <= 512 => Ok(Self(text)),
                    _ => Err(InputValueError::custom("must be a string")),
                }
            }
            fn to_value(&self) -> Value {
                Value::String(self.0.clone())
            }
        }
    };
}

text_scalar!(
    /// Base-10 number as a string, e.g. "12.50". Never a float.
    Decimal
);
text_scalar!(
    /// Opaque position in one tenant's event log. Positions of one tenant are totally ordered.
    EventCursor
);
text_scalar!(
    /// ISO 4217 code, e.g. CNY.
    CurrencyCode
);

/// RFC 3339 timestamp in UTC, e.g. "2026-11-22T08:30:00.123Z".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime(pub Moment);

/// RFC 3339 timestamp in UTC, e.g. "2026-11-22T08:30:00.123Z".
#[Scalar]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) if text.len() <= 40 => chrono::DateTime::parse_from_rfc3339(&text)
                .map(|time| Self(time.to_utc()))
                .map_err(|_| InputValueError::custom("must be an RFC 3339 timestamp")),
            _ => Err(InputValueError::custom("must be an RFC 3339 timestamp")),
        }
    }
    fn to_value(&self) -> Value {
        Value::String(self.0.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
    }
}

/// An amount with its currency. A unit price may have up to 6 decimals, everything else has the currency's own.
#[derive(SimpleObject, Clone, Debug)]
pub struct Money {
    /// Base-10, e.g. "12.50".
    pub amount: Decimal,
    /// ISO 4217.
    pub currency: CurrencyCode,
}

impl From<foundation::Money> for Money {
    fn from(money: foundation::Money) -> Self {
        Self { amount: Decimal(money.decimal()), currency: CurrencyCode(money.currency.code().to_owned()) }
    }
}

impl Money {
    /// Minor units of a currency.
    pub fn minor(minor: i64, currency: Currency) -> Self {
        foundation::Money::new(minor, currency).into()
    }

    /// What one of something costs.
    pub fn unit(price: UnitPrice, currency: Currency) -> Self {
        Self { amount: Decimal(price.decimal(currency)), currency: CurrencyCode(currency.code().to_owned()) }
    }
}

/// An amount with its currency, which must be the network's.
#[derive(InputObject, Clone, Debug)]
pub struct MoneyInput {
    /// Base-10, e.g. "12.50"; more than zero.
    pub amount: Decimal,
    /// ISO 4217; the network's own.
    pub currency: CurrencyCode,
}

impl MoneyInput {
    /// The amount in minor units.
    ///
    /// # Errors
    /// INVALID_INPUT at `path` for another currency or a text that is no amount.
    pub fn parse(&self, currency: Currency, path: &str) -> Result<foundation::Money, No> {
        self.check(currency, path)?;
        foundation::Money::parse_positive(&self.amount.0, currency)
            .map_err(|why| No::invalid(format!("the amount {why}"), &format!("{path}.amount")))
    }

    /// The amount as a unit price, up to 6 decimals.
    ///
    /// # Errors
    /// INVALID_INPUT at `path` for another currency or a text that is no amount.
    pub fn parse_unit(&self, currency: Currency, path: &str) -> Result<UnitPrice, No> {
        self.check(currency, path)?;
        UnitPrice::parse_positive(&self.amount.0)
            .map_err(|why| No::invalid(format!("the amount {why}"), &format!("{path}.amount")))
    }

    fn check(&self, currency: Currency, path: &str) -> Result<(), No> {
        if self.currency.0 == currency.code() {
            Ok(())
        } else {
            Err(No::invalid(
                format!("this network settles in {}", currency.code()),
                &format!("{path}.currency"),
            ))
        }
    }
}

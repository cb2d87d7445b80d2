//! Typed ids: a UUIDv7 inside, a prefix and 32 hex digits outside (`ord_0192…`).

/// The text is not an id of that kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this kind")]
pub struct BadId;

/// Reads `prefix_` and 32 lower-case hex digits.
///
/// # Errors
/// [`BadId`] for anything else.
pub fn parse(prefix: &str, text: &str) -> Result<uuid::Uuid, BadId> {
    let hex = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).ok_or(BadId)?;
    if hex.len() != 32 || !hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
        return Err(BadId);
    }
    uuid::Uuid::try_parse(hex).map_err(|_| BadId)
}

/// The least UUIDv7 that could be made at a moment: what has an id of its own making can be found by its time.
pub fn first_at(moment: super::Moment) -> uuid::Uuid {
    let millis = u128::try_from(moment.timestamp_millis().max(0)).unwrap_or_default();
    uuid::Uuid::from_u128((millis & 0xffff_ffff_ffff) << 80)
}

/// Defines an id type: `id!(/// doc OrderId, "ord");`
#[macro_export]
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub uuid::Uuid);

        impl $name {
            /// What the id begins with outside.
            pub const PREFIX: &'static str = $prefix;

            /// A new id; later ids sort after earlier ones.
            pub fn fresh() -> Self {
                Self(uuid::Uuid::now_v7())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}_{}", $prefix, self.0.simple())
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::foundation::id::BadId;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::foundation::id::parse($prefix, text).map(Self)
            }
        }

        impl sqlx::Type<sqlx::Postgres> for $name {
            fn type_info() -> sqlx::postgres::PgTypeInfo {
                <uuid::Uuid as sqlx::Type<sqlx::Postgres>>::type_info()
            }
        }

        impl sqlx::postgres::PgHasArrayType for $name {
            fn array_type_info() -> sqlx::postgres::PgTypeInfo {
                <uuid::Uuid as sqlx::postgres::PgHasArrayType>::array_type_info()
            }
        }

        impl sqlx::Encode<'_, sqlx::Postgres> for $name {
            fn encode_by_ref(
                &self,
                buffer: &mut sqlx::postgres::PgArgumentBuffer,
            ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
                sqlx::Encode::<sqlx::Postgres>::encode_by_ref(&self.0, buffer)
            }
        }

        impl sqlx::Decode<'_, sqlx::Postgres> for $name {
            fn decode(value: sqlx::postgres::PgValueRef<'_>) -> Result<Self, sqlx::error::BoxDynError> {
                <uuid::Uuid as sqlx::Decode<sqlx::Postgres>>::decode(value).map(Self)
            }
        }
    };
}

id!(
    /// A network: one operator's marketplace.
    NetworkId, "net"
);
id!(
    /// A party of a network: operator, supplier or site.
    TenantId, "ten"
);
id!(
    /// A person who signs in: staff or buyer. A buyer's id as a customer is the same with `buy_`.
    UserId, "usr"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_by_their_time() {
        let (before, id) = (crate::foundation::now(), TenantId::fresh());
        assert!(first_at(before) <= id.0 && id.0 < first_at(before + chrono::TimeDelta::seconds(5)));
    }

    #[test]
    fn an_id_reads_back_and_nothing_else_is_read() {
        let id = TenantId::fresh();
        assert_eq!(id.to_string().parse::<TenantId>(), Ok(id));
        let hex = id.0.simple().to_string();
        for bad in [
            String::new(),
            "ten_".into(),
            hex.clone(),
            format!("usr_{hex}"),
            format!("ten_{}", hex.to_uppercase().replace(char::is_numeric, "A")),
            format!("ten_{}", id.0),
            format!(" ten_{hex}"),
            format!("ten_{hex}0"),
            format!("ten_{{{}}}", &hex[..30]),
        ] {
            assert_eq!(bad.parse::<TenantId>(), Err(BadId), "{bad}");
        }
    }
}

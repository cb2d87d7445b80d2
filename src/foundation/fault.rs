//! What went wrong that no caller can act on: logged once at the edge, shown to nobody.

use std::fmt;

/// An unexpected failure. Its text is for the log alone.
pub struct Fault(Box<dyn std::error::Error + Send + Sync>);

impl Fault {
    /// A failure that has no error of its own beneath it.
    pub fn new(what: impl Into<String>) -> Self {
        Self(what.into().into())
    }

    /// Too much of one kind of work is waiting already.
    pub fn busy() -> Self {
        sqlx::Error::PoolTimedOut.into()
    }

    fn database(&self) -> Option<&dyn sqlx::error::DatabaseError> {
        match self.0.downcast_ref::<sqlx::Error>() {
            Some(sqlx::Error::Database(error)) => Some(error.as_ref()),
            _ => None,
        }
    }

    /// The named constraint that the database refused a statement by.
    pub fn constraint(&self) -> Option<&str> {
        self.database().and_then(sqlx::error::DatabaseError::constraint)
    }

    /// The same transaction may well succeed when it is run again: serialization failure, deadlock,
    /// lock time-out.
    pub fn is_transient(&self) -> bool {
        let code = self.database().and_then(sqlx::error::DatabaseError::code);
        matches!(code.as_deref(), Some("40001" | "40P01" | "55P03"))
    }

    /// No connection could be had: the database is away or every connection is in use.
    pub fn is_unavailable(&self) -> bool {
        match self.0.downcast_ref::<sqlx::Error>() {
            Some(
                sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::Io(_)
                | sqlx::Error::Protocol(_)
                | sqlx::Error::WorkerCrashed,
            ) => true,
            Some(sqlx::Error::Database(error)) => {
                // It ends or is not there yet, has no connection or room left, or took longer than it may.
                matches!(
                    error.code().as_deref(),
                    Some("57P01" | "57P02" | "57P03" | "53300" | "53100" | "57014" | "25P03")
                )
            }
            _ => false,
        }
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl std::error::Error for Fault {}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self(Box::new(error))
    }
}

impl From<sqlx::migrate::MigrateError> for Fault {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        Self(Box::new(error))
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self(Box::new(error))
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self(Box::new(error))
    }
}

impl From<tokio::task::JoinError> for Fault {
    fn from(error: tokio::task::JoinError) -> Self {
        Self(Box::new(error))
    }
}

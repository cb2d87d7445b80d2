//! Passwords: Argon2id (m = 19 MiB, t = 2, p = 1), two at a time, never on an async thread.

use crate::foundation::{Fault, No};
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use std::{sync::LazyLock, time::Duration};
use tokio::sync::{Semaphore, SemaphorePermit};
use zeroize::Zeroizing;

// 19 MiB each: a flood of sign-ins waits here instead of taking the memory.
static SLOTS: Semaphore = Semaphore::const_new(2);

// Behind a flood nobody waits for ever: the caller is told to come again.
async fn slot() -> Result<SemaphorePermit<'static>, Fault> {
    let waited = tokio::time::timeout(Duration::from_secs(5), SLOTS.acquire()).await;
    waited.map_err(|_| Fault::busy())?.map_err(|_| Fault::new("closed"))
}

fn argon2() -> Result<Argon2<'static>, Fault> {
    let params = Params::new(19_456, 2, 1, None).map_err(|error| Fault::new(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// A password that may be set: 8 to 200 characters.
///
/// # Errors
/// INVALID_INPUT at `path`.
pub fn acceptable(password: &str, path: &str) -> Result<(), No> {
    if (8..=200).contains(&password.chars().count()) {
        Ok(())
    } else {
        Err(No::invalid("a password has 8 to 200 characters", path))
    }
}

/// What is stored of a password.
///
/// # Errors
/// [`Fault`] when hashing fails.
pub async fn hash(password: &str) -> Result<String, Fault> {
    let password = Zeroizing::new(password.to_owned());
    let _slot = slot().await?;
    tokio::task::spawn_blocking(move || {
        let hash =
            argon2()?.hash_password(password.as_bytes()).map_err(|error| Fault::new(error.to_string()))?;
        Ok(hash.to_string())
    })
    .await?
}

/// Whether the password is the one that `stored` was made from. `None`, for an account that does not
/// exist, takes the same time and is never right.
///
/// # Errors
/// [`Fault`] when what is stored is no hash.
pub async fn verify(password: &str, stored: Option<String>) -> Result<bool, Fault> {
    // Of a password nobody has: the work is the same, the answer is no.
    static DUMMY: LazyLock<Option<String>> = LazyLock::new(|| {
        let random = crate::foundation::seal::random::<32>();
        Some(argon2().ok()?.hash_password(&random).ok()?.to_string())
    });
    let password = Zeroizing::new(password.to_owned());
    let _slot = slot().await?;
    tokio::task::spawn_blocking(move || {
        let known = stored.is_some();
        let Some(stored) = stored.or_else(|| DUMMY.clone()) else { return Err(Fault::new("no dummy hash")) };
        let hash = PasswordHash::new(&stored).map_err(|error| Fault::new(error.to_string()))?;
        Ok(argon2()?.verify_password(password.as_bytes(), &hash).is_ok() && known)
    })
    .await?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_an_existing_account_is_right() {
        let stored = hash("correct horse").await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("correct horse", Some(stored.clone())).await.unwrap());
        assert!(!verify("wrong horse", Some(stored)).await.unwrap());
        assert!(!verify("correct horse", None).await.unwrap());
    }
}

//! Keys and what is done with them: sealing card secrets, fingerprints, cursors, token hashes.
//!
//! One master key, never in the database, from which every purpose derives its own (HMAC-SHA-256 of the
//! purpose). Secrets are sealed with AES-256-GCM-SIV, so that a repeated nonce does no harm, and bound to
//! their place by associated data.

use super::Fault;
use aws_lc_rs::{
    aead::{AES_256_GCM_SIV, Aad, RandomizedNonceKey},
    hmac,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Bytes of a new random value.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::Rng::fill_bytes(&mut rand::rng(), &mut bytes);
    bytes
}

/// A new opaque token, 256 bits, as its holder keeps it.
pub fn fresh_token(prefix: &str) -> Zeroizing<String> {
    let bytes = Zeroizing::new(random::<32>());
    Zeroizing::new(format!("{prefix}_{}", URL_SAFE_NO_PAD.encode(bytes.as_slice())))
}

/// What is stored of a token: tokens are random, so a plain hash says nothing about them.
pub fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// SHA-256 of parts, each with its length, so that no two lists of parts collide.
pub fn digest(parts: &[&[u8]]) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}

/// Seals and opens with one key.
pub struct SecretKey(RandomizedNonceKey);

impl SecretKey {
    /// From its 32 bytes.
    ///
    /// # Errors
    /// [`Fault`] for another length.
    pub fn new(bytes: &[u8]) -> Result<Self, Fault> {
        RandomizedNonceKey::new(&AES_256_GCM_SIV, bytes)
            .map(Self)
            .map_err(|_| Fault::new("a key is 32 bytes"))
    }

    /// Nonce, ciphertext and tag; opens only with the same `place`.
    ///
    /// # Errors
    /// [`Fault`] when the cipher fails.
    pub fn seal(&self, place: &[u8], secret: &[u8]) -> Result<Vec<u8>, Fault> {
        let mut sealed = Zeroizing::new(secret.to_vec());
        let nonce = self
            .0
            .seal_in_place_append_tag(Aad::from(place), &mut *sealed)
            .map_err(|_| Fault::new("a secret could not be sealed"))?;
        let mut out = Vec::with_capacity(12 + sealed.len());
        out.extend_from_slice(nonce.as_ref());
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    /// The secret that was sealed for `place`.
    ///
    /// # Errors
    /// [`Fault`] when key, place or bytes are not those of the sealing: never an empty secret.
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Fault> {
        const BROKEN: &str = "a sealed secret does not open";
        let (nonce, body) = sealed.split_at_checked(12).ok_or_else(|| Fault::new(BROKEN))?;
        let nonce =
            aws_lc_rs::aead::Nonce::try_assume_unique_for_key(nonce).map_err(|_| Fault::new(BROKEN))?;
        let mut body = Zeroizing::new(body.to_vec());
        let length =
            self.0.open_in_place(nonce, Aad::from(place), &mut body).map_err(|_| Fault::new(BROKEN))?.len();
        body.truncate(length);
        Ok(body)
    }
}

/// Everything that is derived from the master key.
pub struct Sealer {
    wrap: SecretKey,
    token: hmac::Key,
    fingerprint: hmac::Key,
    role: hmac::Key,
    signing: hmac::Key,
}

impl Sealer {
    /// Derives each purpose's key.
    ///
    /// # Errors
    /// [`Fault`] when the cipher does not take a key.
    pub fn new(master: &[u8; 32]) -> Result<Self, Fault> {
        let root = hmac::Key::new(hmac::HMAC_SHA256, master);
        let derive = |purpose: &str| hmac::sign(&root, purpose.as_bytes());
        let key = |purpose: &str| hmac::Key::new(hmac::HMAC_SHA256, derive(purpose).as_ref());
        Ok(Self {
            wrap: SecretKey::new(derive("cardamom wrap v1").as_ref())?,
            token: key("cardamom token v1"),
            fingerprint: key("cardamom fingerprint v1"),
            role: key("cardamom database role v1"),
            signing: key("cardamom signing v1"),
        })
    }

    /// A new data key: wrapped for storage under its id, and ready for use.
    ///
    /// # Errors
    /// [`Fault`] when the cipher fails.
    pub fn fresh_data_key(&self, id: uuid::Uuid) -> Result<(Vec<u8>, SecretKey), Fault> {
        let bytes = Zeroizing::new(random::<32>());
        Ok((self.wrap.seal(id.as_bytes(), bytes.as_slice())?, SecretKey::new(bytes.as_slice())?))
    }

    /// The data key that was wrapped under that id.
    ///
    /// # Errors
    /// [`Fault`] when the master key is not the one that wrapped it.
    pub fn data_key(&self, id: uuid::Uuid, wrapped: &[u8]) -> Result<SecretKey, Fault> {
        SecretKey::new(&self.wrap.open(id.as_bytes(), wrapped)?)
    }

    /// Bytes of a key of another kind, wrapped for storage in that place.
    ///
    /// # Errors
    /// [`Fault`] when the cipher fails.
    pub fn wrap(&self, place: &[u8], bytes: &[u8]) -> Result<Vec<u8>, Fault> {
        self.wrap.seal(place, bytes)
    }

    /// What [`wrap`](Self::wrap) wrapped for that place.
    ///
    /// # Errors
    /// [`Fault`] when the master key is not the one that wrapped it, or the place another.
    pub fn unwrap_from(&self, place: &[u8], wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, Fault> {
        self.wrap.open(place, wrapped)
    }

    /// The keyed hash of a card's normalised secret within its network.
    pub fn fingerprint(&self, network: uuid::Uuid, normalised: &[u8]) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.fingerprint);
        context.update(network.as_bytes());
        context.update(normalised);
        context.sign().as_ref().to_vec()
    }

    /// A password for the database role of that name.
    pub fn role_password(&self, role: &str) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(hmac::sign(&self.role, role.as_bytes())))
    }

    /// The seed of a signing key, for one purpose and place.
    pub fn derive(&self, purpose: &str, place: &[u8]) -> Zeroizing<Vec<u8>> {
        let mut context = hmac::Context::with_key(&self.signing);
        context.update(purpose.as_bytes());
        context.update(&[0]);
        context.update(place);
        Zeroizing::new(context.sign().as_ref().to_vec())
    }

    /// Opaque text that carries `bytes` for one use, and that only we can make.
    pub fn seal_token(&self, purpose: &str, bytes: &[u8]) -> String {
        let mut out = bytes.to_vec();
        out.extend_from_slice(&self.token_tag(purpose, bytes));
        URL_SAFE_NO_PAD.encode(out)
    }

    /// What [`seal_token`](Self::seal_token) carried; `None` for anything else.
    pub fn open_token(&self, purpose: &str, text: &str) -> Option<Vec<u8>> {
        if text.len() > 512 {
            return None;
        }
        let mut bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let at = bytes.len().checked_sub(12)?;
        let tag = bytes.split_off(at);
        subtle::ConstantTimeEq::ct_eq(tag.as_slice(), self.token_tag(purpose, &bytes).as_slice())
            .unwrap_u8()
            .eq(&1)
            .then_some(bytes)
    }

    fn token_tag(&self, purpose: &str, bytes: &[u8]) -> [u8; 12] {
        let mut context = hmac::Context::with_key(&self.token);
        context.update(purpose.as_bytes());
        context.update(&[0]);
        context.update(bytes);
        let mut tag = [0; 12];
        tag.copy_from_slice(&context.sign().as_ref()[..12]);
        tag
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(byte: u8) -> Sealer {
        Sealer::new(&[byte; 32]).unwrap()
    }

    #[test]
    fn a_secret_opens_in_its_own_place_alone() {
        let id = uuid::Uuid::now_v7();
        let (wrapped, key) = sealer(1).fresh_data_key(id).unwrap();
        let sealed = key.seal(b"card a", b"ABCD-1234").unwrap();
        let again = sealer(1).data_key(id, &wrapped).unwrap();
        assert_eq!(again.open(b"card a", &sealed).unwrap().as_slice(), b"ABCD-1234");
        assert!(again.open(b"card b", &sealed).is_err());
        assert!(sealer(2).data_key(id, &wrapped).is_err());
        let mut altered = sealed.clone();
        altered[14] ^= 1;
        assert!(again.open(b"card a", &altered).is_err());
        assert!(again.open(b"card a", b"short").is_err());
    }

    #[test]
    fn a_token_is_good_for_its_purpose_and_unaltered() {
        let sealer = sealer(7);
        let text = sealer.seal_token("orders", b"key");
        assert_eq!(sealer.open_token("orders", &text).as_deref(), Some(b"key".as_slice()));
        assert_eq!(sealer.open_token("claims", &text), None);
        assert_eq!(sealer.open_token("orders", &text[1..]), None);
        assert_eq!(sealer.open_token("orders", ""), None);
        assert_eq!(super::tests::sealer(8).open_token("orders", &text), None);
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(digest(&[b"ab", b"c"]), digest(&[b"a", b"bc"]));
    }
}

//! Signatures that anybody can verify: Ed25519, with a key for each purpose and place, made from the master key.

use super::{Fault, seal::Sealer};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::{Engine, engine::general_purpose::STANDARD};

/// Signs with one key.
pub struct Signer(Ed25519KeyPair);

impl Signer {
    /// The key for that purpose and place; always the same under one master key.
    ///
    /// # Errors
    /// [`Fault`] when the cipher does not take the key.
    pub fn of(sealer: &Sealer, purpose: &str, place: uuid::Uuid) -> Result<Self, Fault> {
        Ed25519KeyPair::from_seed_unchecked(sealer.derive(purpose, place.as_bytes()).as_slice())
            .map(Self)
            .map_err(|_| Fault::new("a signing key is 32 bytes"))
    }

    /// What verifies its signatures: 32 bytes.
    pub fn public_key(&self) -> &[u8] {
        self.0.public_key().as_ref()
    }

    /// The same as tools read it: a PEM file.
    pub fn public_pem(&self) -> String {
        // RFC 8410: a SubjectPublicKeyInfo of Ed25519 is this, and then the key.
        const HEAD: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
        let body = STANDARD.encode([&HEAD, self.public_key()].concat());
        format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n")
    }

    /// Its signature of a message: 64 bytes.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).as_ref().to_vec()
    }
}

/// Whether that is the key's signature of the message.
pub fn verifies(public_key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, public_key).verify(message, signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_of_its_message_by_its_key() {
        let (sealer, place) = (Sealer::new(&[9; 32]).unwrap(), uuid::Uuid::now_v7());
        let signer = Signer::of(&sealer, "dossier", place).unwrap();
        let signature = signer.sign(b"message");
        assert!(verifies(signer.public_key(), b"message", &signature));
        assert!(!verifies(signer.public_key(), b"massage", &signature));
        for other in [
            Signer::of(&sealer, "receipt", place),
            Signer::of(&sealer, "dossier", uuid::Uuid::now_v7()),
            Signer::of(&Sealer::new(&[8; 32]).unwrap(), "dossier", place),
        ] {
            assert!(!verifies(other.unwrap().public_key(), b"message", &signature));
        }
        assert_eq!(Signer::of(&sealer, "dossier", place).unwrap().public_key(), signer.public_key());
    }
}

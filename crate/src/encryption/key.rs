//! Private keys that a person gives, and opening an EncryptedKey with them: PKCS #1 and PKCS #8 (RFC 8017,
//! RFC 5958), RSA-OAEP and RSA with PKCS #1 1.5 padding (XML Encryption 1.1, 5.5).
//!
//! A key is held in memory as long as it is used, is wiped when it is dropped, and prints as its length. The
//! RSA crate's arithmetic is known to take a time that depends on the key (RUSTSEC-2023-0071), and tells
//! whether a padding was right: both matter where somebody else can send messages and measure. Here the
//! person decrypts what they have, on their own machine, and nobody is answered. Leaves out: keys that are
//! protected by a password, keys that are not RSA.

use super::algorithm::OaepHash;
use crate::{
    base::{catalogue::Text, limits::LIMITS},
    signature::{RSA_BITS, certificates::armoured},
    text,
};
use rsa::{
    Oaep, Pkcs1v15Encrypt, RsaPrivateKey, pkcs1::DecodeRsaPrivateKey, pkcs8::DecodePrivateKey,
    traits::PublicKeyParts,
};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use std::fmt;

/// A private key that a person gave.
#[derive(Clone)]
pub struct PrivateKey(RsaPrivateKey);

/// The reason why a file gives no private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFileProblem {
    /// There is none in it that can be read.
    None,
    /// It is protected by a password.
    Password,
}

/// The padding of an EncryptedKey.
pub(super) enum Padding {
    Pkcs1,
    Oaep { digest: OaepHash, mask: OaepHash, label: Vec<u8> },
}

/// The armour of key files: PKCS #8 and PKCS #1.
const ARMOURS: [&str; 2] = ["PRIVATE KEY", "RSA PRIVATE KEY"];

/// The beginnings of a file where a password protects the key.
const PROTECTED: [&str; 2] = ["-----BEGIN ENCRYPTED PRIVATE KEY-----", "Proc-Type: 4,ENCRYPTED"];

impl PrivateKey {
    /// The RSA private key in a file: PEM (PKCS #8 or PKCS #1, alone or beside a certificate), the base64 in
    /// it, or DER.
    ///
    /// # Errors
    /// An error where there is none.
    pub fn from_file(content: &[u8]) -> Result<Self, KeyFileProblem> {
        let content = content.get(..LIMITS.key_file_bytes).unwrap_or(content);
        let written = str::from_utf8(content).unwrap_or_default();
        if PROTECTED.iter().any(|mark| written.contains(mark)) {
            return Err(KeyFileProblem::Password);
        }
        let in_base64 = ARMOURS.iter().filter_map(|label| armoured(written, label));
        let key = in_base64.chain([content.to_vec()]).find_map(|der| {
            RsaPrivateKey::from_pkcs8_der(&der)
                .or_else(|_| RsaPrivateKey::from_pkcs1_der(&der).map_err(drop))
                .ok()
        });
        key.filter(|key| RSA_BITS.contains(&key.n().bits())).map(PrivateKey).ok_or(KeyFileProblem::None)
    }

    /// The octets that were encrypted for this key; `None` where they were encrypted for another, or are
    /// broken.
    pub(super) fn open(&self, padding: &Padding, octets: &[u8]) -> Option<Vec<u8>> {
        match padding {
            Padding::Pkcs1 => self.0.decrypt(Pkcs1v15Encrypt, octets).ok(),
            Padding::Oaep { digest: OaepHash::Sha1, mask, label } => self.oaep::<Sha1>(*mask, label, octets),
            Padding::Oaep { digest: OaepHash::Sha224, mask, label } => {
                self.oaep::<Sha224>(*mask, label, octets)
            }
            Padding::Oaep { digest: OaepHash::Sha256, mask, label } => {
                self.oaep::<Sha256>(*mask, label, octets)
            }
            Padding::Oaep { digest: OaepHash::Sha384, mask, label } => {
                self.oaep::<Sha384>(*mask, label, octets)
            }
            Padding::Oaep { digest: OaepHash::Sha512, mask, label } => {
                self.oaep::<Sha512>(*mask, label, octets)
            }
        }
    }

    fn oaep<D: sha2::Digest + sha2::digest::FixedOutputReset>(
        &self,
        mask: OaepHash,
        label: &[u8],
        octets: &[u8],
    ) -> Option<Vec<u8>> {
        let opened = match mask {
            OaepHash::Sha1 => self.0.decrypt(Oaep::<D, Sha1>::new_with_mgf_hash_and_label(label), octets),
            OaepHash::Sha224 => self.0.decrypt(Oaep::<D, Sha224>::new_with_mgf_hash_and_label(label), octets),
            OaepHash::Sha256 => self.0.decrypt(Oaep::<D, Sha256>::new_with_mgf_hash_and_label(label), octets),
            OaepHash::Sha384 => self.0.decrypt(Oaep::<D, Sha384>::new_with_mgf_hash_and_label(label), octets),
            OaepHash::Sha512 => self.0.decrypt(Oaep::<D, Sha512>::new_with_mgf_hash_and_label(label), octets),
        };
        opened.ok()
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({} bits)", self.0.n().bits())
    }
}

impl KeyFileProblem {
    /// In words, with what to do.
    pub fn text(self) -> Text {
        match self {
            KeyFileProblem::None => text!("key-file.none"),
            KeyFileProblem::Password => text!("key-file.password"),
        }
    }
}

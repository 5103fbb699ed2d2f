//! Private keys that a person gives, and opening an EncryptedKey with them: PKCS #1 and PKCS #8 (RFC 8017,
//! RFC 5958), RSA-OAEP and RSA with PKCS #1 1.5 padding (XML Encryption 1.1, 5.5).
//!
//! A key is held in memory as long as it is used, is wiped when it is dropped, and prints as its length. The
//! RSA crate's arithmetic is known to take a time that depends on the key (RUSTSEC-2023-0071), and tells
//! whether a padding was right: both matter where somebody else can send messages and measure. Here the
//! person decrypts what they have, on their own machine, and nobody is answered. Leaves out: keys that are
//! protected by a password, keys that are not RSA.

use crate::{
    base::{catalogue::Text, limits::LIMITS},
    signature::{Digest, RSA_BITS, certificates::armoured, unmasked},
    text,
};
use rsa::{
    BoxedUint, Pkcs1v15Encrypt, RsaPrivateKey, hazmat::rsa_decrypt_and_check, pkcs1::DecodeRsaPrivateKey,
    pkcs8::DecodePrivateKey, rand_core::TryCryptoRng, traits::PublicKeyParts,
};
use std::{convert::Infallible, fmt};

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
    Oaep { digest: Digest, mask: Digest, label: Vec<u8> },
}

/// Nobody is answered who could measure: the number is not blinded, as in the crate's own call for it.
const NO_BLINDING: Option<&mut dyn TryCryptoRng<Error = Infallible>> = None;

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
            Padding::Oaep { digest, mask, label } => {
                let number = BoxedUint::from_be_slice(octets, self.0.n_bits_precision()).ok()?;
                if octets.len() != self.0.size() {
                    return None;
                }
                let opened = rsa_decrypt_and_check(&self.0, NO_BLINDING, &number).ok()?.to_be_bytes();
                // The number is kept in words, which may be longer than the modulus.
                let (_, message) = opened.split_at(opened.len().checked_sub(octets.len())?);
                without_oaep(message, *digest, *mask, label)
            }
        }
    }
}

/// The octets in a message of RSAES-OAEP (RFC 8017, clause 7.1.2, step 3); `None` where it is none. The `rsa`
/// crate has its own for each pair of digests, 20 kB of Wasm in all.
fn without_oaep(message: &[u8], digest: Digest, mask: Digest, label: &[u8]) -> Option<Vec<u8>> {
    let hash = digest.of(label);
    let (first, message) = message.split_first()?;
    let (seed, block) = message.split_at_checked(hash.len())?;
    let seed = unmasked(seed, block, mask);
    let block = unmasked(block, &seed, mask);
    let padded = block.strip_prefix(hash.as_slice()).filter(|_| *first == 0)?;
    let one = padded.iter().position(|octet| *octet != 0)?;
    padded.get(one..)?.strip_prefix(&[1]).map(<[u8]>::to_vec)
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

#[cfg(test)]
mod tests {
    use super::*;
    use rsa::{
        Oaep, RsaPublicKey,
        rand_core::{TryRng, utils},
    };
    use sha1::Sha1;
    use sha2::{Sha224, Sha256, Sha384, Sha512, digest::FixedOutputReset};

    /// Numbers that look random and are the same in each run.
    struct Numbers(u64);

    impl TryRng for Numbers {
        type Error = Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            Ok((self.try_next_u64()? >> 32) as u32)
        }
        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            Ok(self.0)
        }
        fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), Infallible> {
            utils::fill_bytes_via_next_word(octets, || self.try_next_u64())
        }
    }
    impl TryCryptoRng for Numbers {}

    fn sealed<D, M>(key: &RsaPublicKey, numbers: &mut Numbers, label: &[u8], octets: &[u8]) -> Vec<u8>
    where
        D: sha2::Digest + FixedOutputReset,
        M: sha2::Digest + FixedOutputReset,
    {
        key.encrypt(numbers, Oaep::<D, M>::new_with_mgf_hash_and_label(label), octets).unwrap()
    }

    #[test]
    fn opens_what_the_crate_sealed_with_each_pair_of_digests() {
        let file = include_bytes!("../../tests/encryption/samples/keys/sp.key");
        let key = PrivateKey::from_file(file).unwrap();
        let public = RsaPublicKey::from(&key.0);
        let mut numbers = Numbers(1);
        macro_rules! with {
            ($($digest:ident: $($mask:ident)*),*) => { $($({
                let sealed = |numbers: &mut Numbers, octets: &[u8]| {
                    sealed::<$digest, $mask>(&public, numbers, b"a label", octets)
                };
                let padding = |label: &[u8]| Padding::Oaep {
                    digest: Digest::$digest, mask: Digest::$mask, label: label.to_vec(),
                };
                for octets in [&b""[..], b"\0", b"\0\x01\x01", b"sixteen octets.."] {
                    let mut closed = sealed(&mut numbers, octets);
                    assert_eq!(key.open(&padding(b"a label"), &closed).as_deref(), Some(octets));
                    assert_eq!(key.open(&padding(b"another"), &closed), None);
                    closed[100] ^= 1;
                    assert_eq!(key.open(&padding(b"a label"), &closed), None);
                }
            })*)* };
        }
        with!(
            Sha1: Sha1 Sha224 Sha256 Sha384 Sha512, Sha224: Sha1 Sha224 Sha256 Sha384 Sha512,
            Sha256: Sha1 Sha224 Sha256 Sha384 Sha512, Sha384: Sha1 Sha224 Sha256 Sha384 Sha512,
            Sha512: Sha1 Sha224 Sha256 Sha384 Sha512
        );
    }

    #[test]
    fn what_is_no_padding_is_not_opened() {
        let hash = Digest::Sha1.of(b"");
        let message = |first: u8, padded: &[u8]| {
            let seed = [7; 20];
            let block = unmasked(&[&hash, padded].concat(), &seed, Digest::Sha1);
            [&[first], unmasked(&seed, &block, Digest::Sha1).as_slice(), &block].concat()
        };
        let opened = |message: &[u8]| without_oaep(message, Digest::Sha1, Digest::Sha1, b"");
        assert_eq!(opened(&message(0, b"\0\0\x01x")).as_deref(), Some(&b"x"[..]));
        for (first, padded) in [(1, &b"\0\x01x"[..]), (0, b"\0\x02x"), (0, b"\0\0"), (0, b"")] {
            assert_eq!(opened(&message(first, padded)), None);
        }
        for length in 0..41 {
            assert_eq!(opened(&vec![0; length]), None);
        }
    }
}

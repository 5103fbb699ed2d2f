//! Digests and public keys: FIPS 180-4, PKCS #1 (RFC 8017), ECDSA (FIPS 186-5), SubjectPublicKeyInfo (RFC
//! 5280, 4.1.2.7).
//!
//! All arithmetic is that of the RustCrypto crates. Only public values are handled here.

use crypto_bigint::{
    Integer, Odd,
    modular::{BoxedMontyForm, BoxedMontyParams},
};
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::{BoxedUint, Pkcs1v15Sign, RsaPublicKey};
use sha1::Sha1;
use sha2::{Digest as _, Sha224, Sha256, Sha384, Sha512};
use std::fmt;
use x509_cert::{
    der::{
        Decode, Reader, SliceReader,
        asn1::{AnyRef, ObjectIdentifier, UintRef},
    },
    spki::SubjectPublicKeyInfoRef,
};

use super::pss::verifies_pss;

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Digest {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

/// The way a digest is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignatureMethod {
    RsaPkcs1(Digest),
    RsaPss(Digest),
    Ecdsa(Digest),
}

/// The way the two numbers of an ECDSA signature are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EcdsaForm {
    /// One behind the other, each as long as the curve's order (XML Signature 1.1, 6.4.3).
    Fixed,
    /// So, or as DER: in redirects both are in use.
    FixedOrDer,
    /// As DER: what OpenSSL takes.
    Der,
}

/// A public key.
#[derive(Clone, PartialEq)]
pub struct PublicKey {
    key: Key,
    /// Bits of its modulus or its curve.
    pub bits: u32,
}

#[derive(Clone, PartialEq)]
enum Key {
    Rsa(Box<RsaKey>),
    P256(Box<p256::ecdsa::VerifyingKey>),
    P384(Box<p384::ecdsa::VerifyingKey>),
    P521(Box<p521::ecdsa::VerifyingKey>),
    /// Numbers that are no key: nothing was ever signed with it.
    Impossible {
        rsa: bool,
    },
}

/// An RSA key. The `rsa` crate's own works out what its modulus needs in constant time, which is for secret
/// numbers and takes long.
#[derive(Clone, PartialEq)]
pub(super) struct RsaKey {
    modulus: BoxedMontyParams,
    exponent: BoxedUint,
}

/// The reason why a public key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyProblem {
    /// It cannot be read.
    Unreadable,
    /// The signature was made with a key of another kind.
    Unsuitable,
    /// It is no RSA key and on none of the curves that are known here.
    Kind,
    /// Its modulus has this many bits; [`RSA_BITS`] are looked at.
    Size(u32),
}

/// Bits of an RSA modulus that are looked at. Shorter ones are no key, longer ones cost too much time.
pub const RSA_BITS: std::ops::RangeInclusive<u32> = 512..=8192;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");

impl Digest {
    /// The digest of `octets`.
    pub(crate) fn of(self, octets: &[u8]) -> Vec<u8> {
        match self {
            Digest::Sha1 => Sha1::digest(octets).to_vec(),
            Digest::Sha224 => Sha224::digest(octets).to_vec(),
            Digest::Sha256 => Sha256::digest(octets).to_vec(),
            Digest::Sha384 => Sha384::digest(octets).to_vec(),
            Digest::Sha512 => Sha512::digest(octets).to_vec(),
        }
    }
}

impl SignatureMethod {
    /// The digest it hashes with.
    pub(super) fn digest(self) -> Digest {
        match self {
            SignatureMethod::RsaPkcs1(digest)
            | SignatureMethod::RsaPss(digest)
            | SignatureMethod::Ecdsa(digest) => digest,
        }
    }
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// If it is none, or the key is of no use here.
    pub fn from_spki(spki: &[u8]) -> Result<Self, KeyProblem> {
        let spki = SubjectPublicKeyInfoRef::from_der(spki).map_err(|_| KeyProblem::Unreadable)?;
        let octets = spki.subject_public_key.as_bytes().ok_or(KeyProblem::Unreadable)?;
        let parameters = |anything: AnyRef<'_>| anything.decode_as::<ObjectIdentifier>().ok();
        match spki.algorithm.oid {
            RSA => {
                let (modulus, exponent) = two_numbers(octets).ok_or(KeyProblem::Unreadable)?;
                PublicKey::rsa(modulus, exponent)
            }
            EC => PublicKey::on_curve(spki.algorithm.parameters.and_then(parameters), octets),
            _ => Err(KeyProblem::Kind),
        }
    }

    /// The RSA key of these numbers, in octets.
    ///
    /// # Errors
    /// If it is too long or too short.
    pub fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyProblem> {
        let significant = modulus.iter().position(|octet| *octet != 0).unwrap_or(modulus.len());
        let modulus = modulus.get(significant..).unwrap_or_default();
        let first = modulus.first().map_or(8, |octet| octet.leading_zeros());
        let octets = u32::try_from(modulus.len()).map_err(|_| KeyProblem::Unreadable)?;
        let bits = octets.saturating_mul(8).saturating_sub(first);
        if !RSA_BITS.contains(&bits) {
            return Err(KeyProblem::Size(bits));
        }
        let [modulus, exponent] = [modulus, exponent].map(BoxedUint::from_be_slice_vartime);
        let key = RsaKey::new(modulus, exponent);
        let key = key.map_or(Key::Impossible { rsa: true }, |key| Key::Rsa(Box::new(key)));
        Ok(PublicKey { key, bits })
    }

    /// The key that is `point` (SEC 1) on the curve whose object identifier is `curve`.
    ///
    /// # Errors
    /// If the curve is not known.
    pub(super) fn on_named_curve(curve: Option<&str>, point: &[u8]) -> Result<Self, KeyProblem> {
        PublicKey::on_curve(curve.and_then(|curve| ObjectIdentifier::new(curve).ok()), point)
    }

    /// The key that is `point` (SEC 1) on the curve named `curve`.
    ///
    /// # Errors
    /// If the curve is not known.
    fn on_curve(curve: Option<ObjectIdentifier>, point: &[u8]) -> Result<Self, KeyProblem> {
        let (read, bits) = match curve {
            Some(P256) => {
                (p256::ecdsa::VerifyingKey::from_sec1_bytes(point).map(|k| Key::P256(k.into())), 256)
            }
            Some(P384) => {
                (p384::ecdsa::VerifyingKey::from_sec1_bytes(point).map(|k| Key::P384(k.into())), 384)
            }
            Some(P521) => {
                (p521::ecdsa::VerifyingKey::from_sec1_bytes(point).map(|k| Key::P521(k.into())), 521)
            }
            _ => return Err(KeyProblem::Kind),
        };
        Ok(PublicKey { key: read.unwrap_or(Key::Impossible { rsa: false }), bits })
    }

    /// Whether it is an RSA key.
    pub fn is_rsa(&self) -> bool {
        matches!(self.key, Key::Rsa(_) | Key::Impossible { rsa: true })
    }

    /// Whether `method` signs with keys of this kind.
    pub(super) fn suits(&self, method: SignatureMethod) -> bool {
        self.is_rsa() != matches!(method, SignatureMethod::Ecdsa(_))
    }

    /// Whether `signature` is the signature of `octets`.
    pub(crate) fn verifies(
        &self,
        method: SignatureMethod,
        octets: &[u8],
        signature: &[u8],
        form: EcdsaForm,
    ) -> bool {
        let hashed = method.digest().of(octets);
        match (&self.key, method) {
            (Key::Rsa(key), SignatureMethod::RsaPkcs1(digest)) => {
                verifies_pkcs1(key, &pkcs1(digest).prefix, &hashed, signature)
            }
            // The salt is as long as the digest (RFC 9231, clause 2.3.10).
            (Key::Rsa(key), SignatureMethod::RsaPss(digest)) => verifies_pss(key, digest, &hashed, signature),
            (Key::P256(key), SignatureMethod::Ecdsa(_)) => {
                ecdsa::<_, p256::ecdsa::Signature>(&**key, &hashed, signature, 32, form)
            }
            (Key::P384(key), SignatureMethod::Ecdsa(_)) => {
                ecdsa::<_, p384::ecdsa::Signature>(&**key, &hashed, signature, 48, form)
            }
            (Key::P521(key), SignatureMethod::Ecdsa(_)) => {
                ecdsa::<_, p521::ecdsa::Signature>(&**key, &hashed, signature, 66, form)
            }
            _ => false,
        }
    }
}

impl RsaKey {
    /// The key of these numbers, if they can be one (RFC 8017, clause 3.1): those that the `rsa` crate takes.
    fn new(modulus: BoxedUint, exponent: BoxedUint) -> Option<Self> {
        let exponents = RsaPublicKey::MIN_PUB_EXPONENT..=RsaPublicKey::MAX_PUB_EXPONENT;
        let [least, most] = [exponents.start(), exponents.end()].map(|bound| BoxedUint::from(*bound));
        let is_odd = bool::from(exponent.is_odd());
        let is_key = is_odd && exponent < modulus && exponent >= least && exponent <= most;
        let modulus = Odd::new(modulus).into_option().filter(|_| is_key)?;
        Some(RsaKey { modulus: BoxedMontyParams::new_vartime(modulus), exponent })
    }

    pub(super) fn modulus(&self) -> &BoxedUint {
        self.modulus.modulus().as_ref()
    }

    /// The octets of its modulus, as many as a signature has.
    fn size(&self) -> usize {
        self.modulus().bits_vartime().div_ceil(8) as usize
    }

    /// The key of these numbers, whatever they are.
    #[cfg(test)]
    pub(super) fn unchecked(modulus: BoxedUint, exponent: BoxedUint) -> Self {
        let modulus = Odd::new(modulus).into_option().unwrap();
        RsaKey { modulus: BoxedMontyParams::new_vartime(modulus), exponent }
    }

    /// The same as a key of the `rsa` crate.
    #[cfg(test)]
    pub(super) fn of_crate(&self) -> RsaPublicKey {
        RsaPublicKey::new_unchecked(self.modulus().clone(), self.exponent.clone())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({} bits)", self.bits)
    }
}

/// The scheme of PKCS #1 v1.5 with this digest (RFC 8017, 9.2).
fn pkcs1(digest: Digest) -> Pkcs1v15Sign {
    match digest {
        Digest::Sha1 => Pkcs1v15Sign::new::<Sha1>(),
        Digest::Sha224 => Pkcs1v15Sign::new::<Sha224>(),
        Digest::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
        Digest::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
        Digest::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
    }
}

/// Whether `signature` is that of a digest by RSASSA-PKCS1-v1_5 (RFC 8017, clause 8.2.2); `prefix` is what
/// stands before the digest in its DigestInfo.
fn verifies_pkcs1(key: &RsaKey, prefix: &[u8], hashed: &[u8], signature: &[u8]) -> bool {
    let length = key.size();
    let Some(padding) = length.checked_sub(prefix.len() + hashed.len() + 3).filter(|count| *count >= 8)
    else {
        return false;
    };
    let expected = [&[0, 1], vec![0xFF; padding].as_slice(), &[0], prefix, hashed].concat();
    encoded(key, signature, length).is_some_and(|message| message == expected)
}

/// The message representative of a signature (RSAVP1, RFC 8017, clause 5.2.2) in `length` octets; absent
/// where the signature is none of this key, or the message is longer.
pub(super) fn encoded(key: &RsaKey, signature: &[u8], length: usize) -> Option<Vec<u8>> {
    let number = BoxedUint::from_be_slice(signature, key.modulus().bits_precision()).ok()?;
    if signature.len() != key.size() || number >= *key.modulus() {
        return None;
    }
    let message = raised(key, number).to_be_bytes();
    // The number is kept in words, which may be longer than the modulus.
    let (zeros, message) = message.split_at(message.len().saturating_sub(length));
    zeros.iter().all(|zero| *zero == 0).then(|| message.to_vec())
}

/// `number` to the power of the key's exponent (RSAVP1, clause 5.2.2), by squaring for each binary digit. The
/// `rsa` crate takes four digits at once, which pays for exponents as long as the modulus: for the usual one,
/// 65537, it multiplies twice as often.
fn raised(key: &RsaKey, number: BoxedUint) -> BoxedUint {
    let number = BoxedMontyForm::new(number, &key.modulus);
    let exponent = &key.exponent;
    let digits = exponent.bits_vartime();
    // The first digit is a one.
    let power = (0..digits.saturating_sub(1)).rev().fold(number.clone(), |power, digit| {
        let squared = power.square();
        if exponent.bit_vartime(digit) { squared.mul(&number) } else { squared }
    });
    power.retrieve()
}

fn ecdsa<K, S>(key: &K, hashed: &[u8], signature: &[u8], octets: usize, form: EcdsaForm) -> bool
where
    K: PrehashVerifier<S>,
    S: for<'s> TryFrom<&'s [u8]>,
{
    // The same number with zeros before it: the crates refuse digests that are much shorter than the curve.
    let hashed = padded(hashed, octets).unwrap_or_else(|| hashed.to_vec());
    let numbers = match form {
        EcdsaForm::Der => two_numbers(signature),
        EcdsaForm::FixedOrDer if signature.len() != 2 * octets => {
            two_numbers(signature).or(halves(signature))
        }
        EcdsaForm::Fixed | EcdsaForm::FixedOrDer => halves(signature),
    };
    let fixed = numbers
        .and_then(|(r, s)| Some([padded(r, octets)?, padded(s, octets)?].concat()))
        .unwrap_or_default();
    S::try_from(&fixed).is_ok_and(|signature| key.verify_prehash(&hashed, &signature).is_ok())
}

/// Two numbers of the same length, one behind the other. Some software leaves out zeros at the start of both.
fn halves(numbers: &[u8]) -> Option<(&[u8], &[u8])> {
    numbers.len().is_multiple_of(2).then(|| numbers.split_at(numbers.len() / 2))
}

/// `number` in `octets` octets; `None` where it is longer.
fn padded(number: &[u8], octets: usize) -> Option<Vec<u8>> {
    let zeros = octets.checked_sub(number.len())?;
    Some([&vec![0; zeros], number].concat())
}

/// Whether `signature` is an ECDSA signature in DER.
pub(crate) fn is_der(signature: &[u8]) -> bool {
    two_numbers(signature).is_some()
}

/// A DER SEQUENCE of two INTEGERs.
fn two_numbers(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut reader = SliceReader::new(der).ok()?;
    let numbers = reader.sequence(|inner: &mut SliceReader<'_>| {
        let (first, second) = (UintRef::decode(inner)?, UintRef::decode(inner)?);
        Ok::<_, x509_cert::der::Error>((first, second))
    });
    let (first, second) = numbers.ok()?;
    reader.finish().ok()?;
    Some((first.as_bytes(), second.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// A selection of Project Wycheproof's vectors: what other software has got wrong.
    const WYCHEPROOF: &str = include_str!("../../tests/signatures/wycheproof.json");

    fn octets(hexadecimal: &Value) -> Vec<u8> {
        let digits = hexadecimal.as_str().unwrap();
        let octet = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
        (0..digits.len()).step_by(2).map(octet).collect()
    }

    /// The crate's own answer for the same signature: its own power and its own comparison.
    fn verifies_by_crate(key: &RsaPublicKey, digest: Digest, hashed: &[u8], signature: &[u8]) -> bool {
        key.verify(pkcs1(digest), hashed, signature).is_ok()
    }

    #[test]
    fn a_number_is_raised_as_the_crate_raises_it() {
        // Moduli of lengths that fill their words and that do not, with each kind of exponent.
        let octet = |at: usize| (at * 151 + 7) as u8 | 1;
        for bits in [512_usize, 513, 520, 1000, 1024, 1536, 2047, 2048, 3072, 4095, 4096, 8192] {
            let length = bits.div_ceil(8);
            let mut modulus: Vec<u8> = (0..length).map(octet).collect();
            modulus[0] = 1 << ((bits - 1) % 8);
            let mut numbers: Vec<Vec<u8>> =
                (0..3).map(|more| (0..length).map(|at| octet(at * 3 + more)).collect()).collect();
            numbers.iter_mut().for_each(|number| number[0] = 0);
            numbers.push([vec![0; length - 1], vec![1]].concat());
            numbers.push(vec![0; length]);
            for exponent in [&[3][..], &[17], &[1, 0, 1], &[1, 0, 0, 1], &[0xFF, 0xFF, 0xFF, 0xFD]] {
                let key = PublicKey::rsa(&modulus, exponent).unwrap();
                assert_eq!(key.bits as usize, bits);
                let Key::Rsa(key) = key.key else { panic!("{bits} bits and {exponent:?} are a key") };
                for number in &numbers {
                    let number = BoxedUint::from_be_slice(number, key.modulus().bits_precision()).unwrap();
                    let expected =
                        BoxedMontyForm::new(number.clone(), &key.modulus).pow(&key.exponent).retrieve();
                    assert_eq!(raised(&key, number), expected, "{bits} bits, {exponent:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_padding_verifies_with_neither() {
        // With the exponent 3 and a modulus that is large enough, cubes are signatures of whatever one likes.
        let modulus: Vec<u8> = std::iter::once(0xC1).chain((1..256).map(|at| (at * 91) as u8 | 1)).collect();
        let key = PublicKey::rsa(&modulus, &[3]).unwrap();
        let Key::Rsa(key) = key.key else { panic!("it is a key") };
        for length in [0, 1, 85, 128, 255, 256, 257, 300] {
            for fill in [0x00, 0x01, 0x30, 0x7F, 0xC1, 0xFF] {
                let signature = vec![fill; length];
                for digest in [Digest::Sha1, Digest::Sha224, Digest::Sha256, Digest::Sha384, Digest::Sha512] {
                    let hashed = digest.of(b"abc");
                    let own = PublicKey { key: Key::Rsa(key.clone()), bits: 2048 };
                    let method = SignatureMethod::RsaPkcs1(digest);
                    let verifies = own.verifies(method, b"abc", &signature, EcdsaForm::Fixed);
                    assert_eq!(verifies, verifies_by_crate(&key.of_crate(), digest, &hashed, &signature));
                    assert!(!verifies);
                }
            }
        }
    }

    #[test]
    fn vectors_of_wycheproof_verify_as_they_say() {
        let file: Value = serde_json::from_str(WYCHEPROOF).unwrap();
        let (mut wrong, mut counts, mut short) = (Vec::new(), [0, 0], 0);
        for vector in file["vectors"].as_array().unwrap() {
            let digest = match vector["sha"].as_str() {
                Some("256") => Digest::Sha256,
                Some("384") => Digest::Sha384,
                _ => Digest::Sha512,
            };
            let (method, form) = match vector["method"].as_str() {
                Some("rsa-pkcs1") => (SignatureMethod::RsaPkcs1(digest), EcdsaForm::Fixed),
                Some("rsa-pss") => (SignatureMethod::RsaPss(digest), EcdsaForm::Fixed),
                Some("ecdsa") => (SignatureMethod::Ecdsa(digest), EcdsaForm::Fixed),
                _ => (SignatureMethod::Ecdsa(digest), EcdsaForm::FixedOrDer),
            };
            let [message, signature] = ["message", "signature"].map(|part| octets(&vector[part]));
            let key = PublicKey::from_spki(&octets(&vector["key"]));
            let verifies = key.is_ok_and(|key| key.verifies(method, &message, &signature, form));
            counts[usize::from(verifies)] += 1;
            // The same two numbers, without the zeros before them: some software signs so.
            let mut flags = vector["flags"].as_array().unwrap().iter();
            let is_short = verifies && flags.any(|flag| flag == "SignatureSize");
            short += usize::from(is_short);
            if verifies != (vector["valid"] == true) && !is_short {
                wrong.push(format!("{} {}: {verifies}, {}", vector["file"], vector["id"], vector["comment"]));
            }
        }
        assert!(wrong.is_empty(), "{} of {counts:?}:\n{}", wrong.len(), wrong.join("\n"));
        assert!(counts.iter().all(|count| *count > 50), "{counts:?}");
        assert_eq!(short, 8);
    }

    #[test]
    fn numbers_are_a_key_where_the_crate_takes_them() {
        let sizes = *RSA_BITS.start() as usize..=*RSA_BITS.end() as usize;
        let exponents: [&[u8]; 12] = [
            &[],
            &[0],
            &[1],
            &[2],
            &[3],
            &[4],
            &[0, 3],
            &[1, 0, 1],
            &[1, 0, 0],
            &[1, 0xFF, 0xFF, 0xFF, 0xFF],
            &[2, 0, 0, 0, 0],
            &[2, 0, 0, 0, 1],
        ];
        for last in 0..=3 {
            let modulus = [&[0xC5; 127][..], &[last]].concat();
            let all = exponents.iter().copied().chain([modulus.as_slice(), &[0xC7; 128], &[0xC5; 129]]);
            for exponent in all {
                let numbers = [&modulus, exponent].map(BoxedUint::from_be_slice_vartime);
                let [n, e] = numbers;
                let by_crate = RsaPublicKey::new_with_size_limits(n.clone(), e.clone(), sizes.clone());
                assert_eq!(RsaKey::new(n, e).is_some(), by_crate.is_ok(), "{last} {exponent:?}");
            }
        }
    }
}

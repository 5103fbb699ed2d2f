//! The encodings of RFC 8017 that are made with a mask: verifying RSASSA-PSS (clauses 8.1.2 and 9.1.2), and
//! the mask itself (MGF1, clause B.2.1), which opening RSAES-OAEP needs too.
//!
//! The `rsa` crate has them as well, and the tests compare; it compiles them for each digest and each pair of
//! digests, which takes 40 kB of Wasm. Leaves out: signing; salts that are not as long as the digest.

use super::key::{Digest, RsaKey, encoded};

/// Whether `signature` is that of a digest by RSASSA-PSS (RFC 8017, clauses 8.1.2 and 9.1.2), the digest also
/// that of its mask, its salt as long.
pub(super) fn verifies_pss(key: &RsaKey, digest: Digest, hashed: &[u8], signature: &[u8]) -> bool {
    // The bits of the modulus but one, in whole octets: what is left of the first one is zero.
    let bits = key.modulus().bits_vartime().saturating_sub(1);
    let length = bits.div_ceil(8) as usize;
    let first = 0xFF_u8 >> ((8 - bits % 8) % 8);
    let parts = || {
        let message = encoded(key, signature, length)?;
        let (message, end) = message.split_last_chunk::<1>()?;
        let (block, hash) = message.split_at_checked(message.len().checked_sub(hashed.len())?)?;
        let fits = *end == [0xBC] && block.first().is_some_and(|octet| octet & !first == 0);
        let mut block = fits.then(|| unmasked(block, hash, digest))?;
        *block.first_mut()? &= first;
        let (padding, salt) = block.split_at_checked(block.len().checked_sub(hashed.len())?)?;
        let (one, zeros) = padding.split_last()?;
        let is_padding = *one == 1 && zeros.iter().all(|zero| *zero == 0);
        Some(is_padding && digest.of(&[&[0; 8], hashed, salt].concat()) == hash)
    };
    parts().unwrap_or(false)
}

/// `octets` without the mask that `seed` makes of them (MGF1, RFC 8017, clause B.2.1).
pub(crate) fn unmasked(octets: &[u8], seed: &[u8], digest: Digest) -> Vec<u8> {
    let masks = (0_u32..).flat_map(|count| digest.of(&[seed, &count.to_be_bytes()].concat()));
    octets.iter().zip(masks).map(|(octet, mask)| octet ^ mask).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rsa::{BoxedUint, Pss, RsaPublicKey, traits::PublicKeyParts};
    use sha1::Sha1;
    use sha2::{Sha224, Sha256, Sha384, Sha512};

    fn verifies_pss_by_crate(key: &RsaPublicKey, digest: Digest, hashed: &[u8], signature: &[u8]) -> bool {
        let verified = match digest {
            Digest::Sha1 => key.verify(Pss::<Sha1>::new(), hashed, signature),
            Digest::Sha224 => key.verify(Pss::<Sha224>::new(), hashed, signature),
            Digest::Sha256 => key.verify(Pss::<Sha256>::new(), hashed, signature),
            Digest::Sha384 => key.verify(Pss::<Sha384>::new(), hashed, signature),
            Digest::Sha512 => key.verify(Pss::<Sha512>::new(), hashed, signature),
        };
        verified.is_ok()
    }

    /// A message that PSS makes of a digest, with `salt` and what may be wrong with it (RFC 8017, 9.1.1).
    fn pss_message(digest: Digest, hashed: &[u8], salt: &[u8], bits: u32, wrong: u8) -> Vec<u8> {
        let length = bits.div_ceil(8) as usize;
        let hash = digest.of(&[&[0; 8], hashed, salt].concat());
        let zeros = length - hash.len() - salt.len() - 2;
        let mut block = [&vec![0; zeros], &[1][..], salt].concat();
        match wrong {
            1 => block[zeros] = 2,
            2 if zeros > 1 => block[zeros - 1] = 1,
            3 => *block.last_mut().unwrap() ^= 1,
            _ => {}
        }
        let mut block = unmasked(&block, &hash, digest);
        block[0] &= 0xFF >> ((8 - bits % 8) % 8);
        if wrong == 4 && !bits.is_multiple_of(8) {
            block[0] |= 0x80;
        }
        [block, hash, vec![if wrong == 5 { 0xBB } else { 0xBC }]].concat()
    }

    #[test]
    fn pss_is_what_the_crate_says_it_is() {
        // With the exponent 1 a message is its own signature, whatever the modulus.
        let digests = [Digest::Sha1, Digest::Sha224, Digest::Sha256, Digest::Sha384, Digest::Sha512];
        let mut answers = [0, 0];
        for bits in [512_u32, 513, 519, 520, 521, 1024, 1040, 1041, 1047, 1048, 2047, 2048, 2049] {
            let modulus = (BoxedUint::one_with_precision(bits) << (bits - 1)).bitor(&BoxedUint::one());
            let own = RsaKey::unchecked(modulus, BoxedUint::one());
            let key = own.of_crate();
            assert_eq!(key.n().bits(), bits);
            for digest in digests {
                let hashed = digest.of(b"abc");
                if bits.div_ceil(8) as usize <= 2 * hashed.len() + 2 {
                    let signature = vec![0x01; key.size()];
                    assert!(!verifies_pss(&own, digest, &hashed, &signature));
                    continue;
                }
                for wrong in 0..=5 {
                    for salt in [hashed.len(), hashed.len() - 1, 0] {
                        let message = pss_message(digest, &hashed, &vec![0xA5; salt], bits - 1, wrong);
                        let signature = [vec![0; key.size() - message.len()], message].concat();
                        for signature in [&signature, &signature[1..], &[&[0], &signature[..]].concat()] {
                            let verifies = verifies_pss(&own, digest, &hashed, signature);
                            let by_crate = verifies_pss_by_crate(&key, digest, &hashed, signature);
                            assert_eq!(verifies, by_crate, "{bits} bits, {digest:?}, {wrong}, {salt}");
                            answers[usize::from(verifies)] += 1;
                        }
                    }
                }
            }
        }
        assert!(answers.iter().all(|count| *count > 30), "{answers:?}");
    }
}

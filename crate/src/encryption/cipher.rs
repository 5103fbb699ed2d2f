//! Decrypting octets: AES in CBC (with XML Encryption's padding, 5.2.1) and in GCM (5.2.4), 3DES in CBC.
//!
//! All arithmetic is that of the RustCrypto crates. CBC tells nobody whether the octets were changed on the
//! way, and who can ask a server again and again whether the padding was right reads the content without the
//! key. Here nobody can ask: the answer stays on the screen of the person whose key it is. So what is wrong
//! is said exactly, in whatever time it takes.

use super::{Problem, algorithm::DataCipher};
use aes::{
    Aes128, Aes192, Aes256,
    cipher::{Array, Block, BlockModeDecrypt, BlockSizeUser, KeyInit, KeyIvInit, consts::U12},
};
use aes_gcm::{AeadInOut, AesGcm, Nonce};
use des::TdesEde3;

/// Octets of the number that is used once, before what GCM encrypted.
const NONCE: usize = 12;

impl DataCipher {
    /// The octets of its key.
    pub(super) fn key_octets(self) -> usize {
        match self {
            DataCipher::Aes128Cbc | DataCipher::Aes128Gcm => 16,
            DataCipher::Aes192Cbc | DataCipher::Aes192Gcm | DataCipher::TripleDesCbc => 24,
            DataCipher::Aes256Cbc | DataCipher::Aes256Gcm => 32,
        }
    }

    /// The content of `octets`, decrypted with `key`. Of whole blocks the last octet says how many octets at
    /// the end are padding. Those before it can be any (5.2.1), so what PKCS #7 demands of them is not asked.
    ///
    /// # Errors
    /// An error where they are broken or the key is another one.
    pub(super) fn decrypt(self, key: &[u8], octets: &[u8]) -> Result<Vec<u8>, Problem> {
        let mut plain = self.decrypt_padded(key, octets)?;
        if let Some(size) = self.block() {
            let padding = plain.last().map_or(0, |octet| usize::from(*octet));
            if padding == 0 || padding > size {
                return Err(Problem::Padding);
            }
            plain.truncate(plain.len().saturating_sub(padding));
        }
        Ok(plain)
    }

    /// The octets of its blocks; absent where it needs no padding.
    fn block(self) -> Option<usize> {
        match self {
            DataCipher::Aes128Cbc | DataCipher::Aes192Cbc | DataCipher::Aes256Cbc => {
                Some(Aes128::block_size())
            }
            DataCipher::TripleDesCbc => Some(TdesEde3::block_size()),
            DataCipher::Aes128Gcm | DataCipher::Aes192Gcm | DataCipher::Aes256Gcm => None,
        }
    }

    /// The same with its padding, whatever that is.
    ///
    /// # Errors
    /// An error where they are broken.
    pub(super) fn decrypt_padded(self, key: &[u8], octets: &[u8]) -> Result<Vec<u8>, Problem> {
        match self {
            DataCipher::Aes128Cbc => chained::<cbc::Decryptor<Aes128>>(key, octets),
            DataCipher::Aes192Cbc => chained::<cbc::Decryptor<Aes192>>(key, octets),
            DataCipher::Aes256Cbc => chained::<cbc::Decryptor<Aes256>>(key, octets),
            DataCipher::TripleDesCbc => chained::<cbc::Decryptor<TdesEde3>>(key, octets),
            DataCipher::Aes128Gcm => authenticated::<AesGcm<Aes128, U12>>(key, octets),
            DataCipher::Aes192Gcm => authenticated::<AesGcm<Aes192, U12>>(key, octets),
            DataCipher::Aes256Gcm => authenticated::<AesGcm<Aes256, U12>>(key, octets),
        }
    }
}

/// The first block is the initialisation vector.
fn chained<D: KeyIvInit + BlockModeDecrypt + BlockSizeUser>(
    key: &[u8],
    octets: &[u8],
) -> Result<Vec<u8>, Problem> {
    let size = D::block_size();
    let vector = octets.get(..size).ok_or(Problem::CutOff)?;
    let mut plain = octets.get(size..).unwrap_or_default().to_vec();
    if plain.is_empty() || !plain.len().is_multiple_of(size) {
        return Err(Problem::CutOff);
    }
    let mut mode = D::new_from_slices(key, vector).map_err(|_| Problem::KeyLength)?;
    let (blocks, _) = Array::slice_as_chunks_mut(&mut plain);
    let blocks: &mut [Block<D>] = blocks;
    mode.decrypt_blocks(blocks);
    Ok(plain)
}

fn authenticated<C: KeyInit + AeadInOut<NonceSize = U12>>(
    key: &[u8],
    octets: &[u8],
) -> Result<Vec<u8>, Problem> {
    let cipher = C::new_from_slice(key).map_err(|_| Problem::KeyLength)?;
    let (nonce, encrypted) = octets.split_at_checked(NONCE).ok_or(Problem::CutOff)?;
    let nonce = Nonce::try_from(nonce).map_err(|_| Problem::CutOff)?;
    let mut plain = encrypted.to_vec();
    cipher.decrypt_in_place(&nonce, b"", &mut plain).map_err(|_| Problem::Authentication)?;
    Ok(plain)
}

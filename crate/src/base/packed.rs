//! Data that the library carries deflated (RFC 1951): `build.rs` packs it, and it is unpacked when it is
//! needed first.
//!
//! Leaves out: octets from outside, which need a limit and are read in `encoding`.

use miniz_oxide::inflate::core::{
    DecompressorOxide, decompress, inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};

/// The octets of `packed`: their number in four octets, then themselves, deflated.
pub(super) fn unpacked(packed: &[u8]) -> Vec<u8> {
    let Some((length, deflated)) = packed.split_first_chunk() else { return Vec::new() };
    let mut octets = vec![0; usize::try_from(u32::from_le_bytes(*length)).unwrap_or(0)];
    let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    // It was packed by the build; the tests unpack all that there is.
    let _ = decompress(&mut DecompressorOxide::new(), deflated, &mut octets, 0, flags);
    octets
}

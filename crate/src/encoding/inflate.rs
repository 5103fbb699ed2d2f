//! DEFLATE (RFC 1951), bounded: never more octets than the limit, and what came out before it broke is kept.
//! A stream that comes in pieces is handed on as it comes, and is of any length ([`Inflater`]).

use crate::{
    base::{
        flaw::{Flaw, Span},
        limits::LIMITS,
    },
    text,
};
use miniz_oxide::inflate::{
    TINFLStatus,
    core::{
        DecompressorOxide, decompress,
        inflate_flags::{TINFL_FLAG_HAS_MORE_INPUT, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF},
    },
};

/// The result of inflating.
pub(crate) struct Inflated {
    pub(crate) octets: Vec<u8>,
    pub(crate) end: End,
    /// The number of octets of the input that were used.
    pub(crate) used: usize,
}

/// The way inflating ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// At the end of the stream.
    Whole,
    /// At the end of the input, before the end of the stream.
    CutOff,
    /// At octets that are no DEFLATE.
    Broken,
    /// At the limit.
    Limit,
}

/// Octets that XML has for one of it deflated, mostly.
const RATIO: usize = 4;
/// Octets that there is room for at first, whatever was received.
const STEP: usize = 4 * 1024;

/// Inflates `deflated` to at most `octets_max` octets. They are written where they stay: what was written is
/// all that later octets point back to.
pub(crate) fn inflate(deflated: &[u8], octets_max: usize) -> Inflated {
    inflated(deflated, octets_max, deflated.len().saturating_mul(RATIO).max(STEP))
}

/// The same of a stream that may be much shorter than what was received: memory is taken as it is needed.
pub(crate) fn inflate_little(deflated: &[u8], octets_max: usize) -> Inflated {
    inflated(deflated, octets_max, STEP)
}

/// Inflates, with `room` for so many octets at first.
fn inflated(deflated: &[u8], octets_max: usize, mut room: usize) -> Inflated {
    // One more octet than may be there tells whether there were more.
    let most = octets_max.saturating_add(1);
    let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF | TINFL_FLAG_HAS_MORE_INPUT;
    let mut inflater = DecompressorOxide::new();
    let (mut used, mut made) = (0, 0);
    let mut octets = Vec::new();
    let end = loop {
        octets.reserve_exact(room.min(most).saturating_sub(octets.len()));
        octets.resize(room.min(most), 0);
        let input = deflated.get(used..).unwrap_or_default();
        let (status, read, written) = decompress(&mut inflater, input, &mut octets, made, flags);
        (used, made) = (used + read, made + written);
        if made > octets_max {
            break End::Limit;
        }
        match status {
            TINFLStatus::Done => break End::Whole,
            TINFLStatus::NeedsMoreInput => break End::CutOff,
            TINFLStatus::HasMoreOutput if octets.len() < most => room = room.saturating_mul(2),
            _ => break End::Broken,
        }
    };
    octets.truncate(made.min(octets_max));
    Inflated { octets, end, used }
}

/// A stream that comes in pieces, cut anywhere.
pub(crate) struct Inflater {
    inflater: DecompressorOxide,
    /// The octets that later ones can point back to (RFC 1951, 2).
    window: Vec<u8>,
    at: usize,
}

/// Octets that later ones can point back to.
const WINDOW: usize = 32 * 1024;

impl Inflater {
    /// A stream of which nothing has come.
    pub(crate) fn new() -> Self {
        Inflater { inflater: DecompressorOxide::new(), window: vec![0; WINDOW], at: 0 }
    }

    /// Gives the octets that `deflated` adds to `take`, and how it ended: [`End::CutOff`] where more is
    /// expected; and the number of octets that were used.
    pub(crate) fn read(&mut self, deflated: &[u8], take: &mut dyn FnMut(&[u8])) -> (End, usize) {
        let Inflater { inflater, window, at } = self;
        let mut used = 0;
        loop {
            let input = deflated.get(used..).unwrap_or_default();
            let (status, read, written) = decompress(inflater, input, window, *at, TINFL_FLAG_HAS_MORE_INPUT);
            used += read;
            take(window.get(*at..*at + written).unwrap_or_default());
            *at = (*at + written) % WINDOW;
            match status {
                TINFLStatus::HasMoreOutput => {}
                TINFLStatus::Done => return (End::Whole, used),
                TINFLStatus::NeedsMoreInput => return (End::CutOff, used),
                _ => return (End::Broken, used),
            }
        }
    }
}

impl Inflated {
    /// The flaw to report about how inflating `length` octets ended; `trailer` octets may stand behind the
    /// stream. Its place is told by the octet where it begins.
    pub(crate) fn flaw(&self, length: usize, trailer: usize, place: impl Fn(usize) -> Span) -> Option<Flaw> {
        let bytes = self.octets.len();
        let (code, text) = match self.end {
            End::Whole if self.used + trailer >= length => return None,
            End::Whole => (
                "octets-behind-deflate",
                text!("flaw.octets-behind-deflate", count = length - self.used - trailer),
            ),
            End::CutOff => ("deflate-cut-off", text!("flaw.deflate-cut-off", bytes = bytes)),
            End::Broken => ("not-deflate", text!("flaw.not-deflate", bytes = bytes)),
            End::Limit if bytes == LIMITS.inflated_bytes => {
                ("inflate-limit", text!("flaw.inflate-limit.whole", limit = bytes))
            }
            End::Limit => ("inflate-limit", text!("flaw.inflate-limit", limit = bytes)),
        };
        Some(Flaw::in_received(code, place(self.used), text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::DeflateEncoder};
    use std::io::Write;

    fn deflate(octets: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(octets).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn gives_back_what_was_deflated() {
        let octets: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
        let inflated = inflate(&deflate(&octets), 1_000_000);
        assert_eq!((inflated.end, inflated.octets == octets), (End::Whole, true));
    }

    #[test]
    fn a_stream_in_pieces_is_inflated_as_the_whole_wherever_it_is_cut() {
        let octets: Vec<u8> = (0..200_000_u32).flat_map(|n| (n / 7 % 251 * n).to_le_bytes()).collect();
        let whole = [&deflate(&octets)[..], b"behind"].concat();
        for size in [1, 7, 1000, 40_000, whole.len()] {
            let (mut inflater, mut all, mut used, mut end) = (Inflater::new(), Vec::new(), 0, End::CutOff);
            for piece in whole.chunks(size) {
                if end == End::CutOff {
                    let (now, read) = inflater.read(piece, &mut |octets| all.extend_from_slice(octets));
                    (end, used) = (now, used + read);
                }
            }
            assert_eq!((end, used, all == octets), (End::Whole, whole.len() - 6, true), "{size}");
        }
        let broken = Inflater::new().read(b"\xFF\xFF", &mut |_| {});
        assert_eq!(broken.0, End::Broken);
    }

    #[test]
    fn never_gives_more_than_the_limit() {
        let bomb = deflate(&vec![b'a'; 50_000_000]);
        assert!(bomb.len() < 100_000);
        for limit in [0, 1, STEP - 1, STEP, STEP + 1, RATIO * bomb.len(), 1_000_000] {
            let inflated = inflate(&bomb, limit);
            assert_eq!((inflated.end, inflated.octets.len()), (End::Limit, limit));
            assert!(inflated.octets.capacity() <= 2 * limit.max(8), "{}", inflated.octets.capacity());
        }
        let exactly = inflate(&deflate(&[b'a'; 1000]), 1000);
        assert_eq!((exactly.end, exactly.octets.len()), (End::Whole, 1000));
    }

    #[test]
    fn keeps_what_came_before_it_broke() {
        let whole = deflate(&(0..5000_u32).flat_map(u32::to_le_bytes).collect::<Vec<_>>());
        let cut = inflate(&whole[..whole.len() / 2], 1_000_000);
        assert_eq!(cut.end, End::CutOff);
        assert!(cut.octets.starts_with(&[0, 0, 0, 0, 1, 0, 0, 0]));
        assert_eq!(inflate(b"\xFF\xFF", 10).end, End::Broken);
        assert_eq!(inflate(b"", 10).end, End::CutOff);
    }
}

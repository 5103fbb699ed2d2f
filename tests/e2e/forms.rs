//! The forms in which a value may lie in a file or a message: as text in UTF-8 or UTF-16, as base64 with
//! whatever stands before it, in a form's percent-encoding. Left out: compression, encryption.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Byte patterns, one of which is there wherever the value is there in one of these forms.
pub(crate) struct Forms {
    patterns: Vec<Vec<u8>>,
    /// The patterns by their first byte, so that one pass over a file is enough for all.
    by_first: [Vec<usize>; 256],
}

impl Forms {
    /// The forms of one value. It must be long enough to be told from chance.
    pub(crate) fn of(value: &str) -> Self {
        let mut texts = vec![value.to_owned()];
        for base64 in (0..3).map(|before| base64_behind(before, value)) {
            texts.push(base64.replace('+', "%2B").replace('/', "%2F"));
            texts.push(base64);
        }
        let utf_16 = |text: &String| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let mut patterns: Vec<_> =
            texts.iter().flat_map(|it| [it.clone().into_bytes(), utf_16(it)]).collect();
        patterns.sort();
        patterns.dedup();
        let mut by_first = std::array::from_fn(|_| Vec::new());
        for (number, pattern) in patterns.iter().enumerate() {
            by_first[usize::from(pattern[0])].push(number);
        }
        Forms { patterns, by_first }
    }

    /// Whether one of them is in there.
    pub(crate) fn are_in(&self, bytes: &[u8]) -> bool {
        bytes.iter().enumerate().any(|(at, first)| {
            let numbers = &self.by_first[usize::from(*first)];
            numbers.iter().any(|number| bytes[at..].starts_with(&self.patterns[*number]))
        })
    }
}

/// The part of the base64 of a text that is the same whatever stands around `value` in it, when so many bytes
/// (modulo 3) stand before.
fn base64_behind(before: usize, value: &str) -> String {
    let whole = STANDARD_NO_PAD.encode([vec![0; before], value.as_bytes().to_vec()].concat());
    let first = (before * 8).div_ceil(6);
    let behind = (before + value.len()) * 8 / 6;
    whole[first..behind].to_owned()
}

//! Unicode's normal forms NFC and NFKC (UAX #15), and which characters are combining marks.
//!
//! The package unicode-normalization says the same, which the tests show for every character; its tables take
//! 160 kB, and these 12. `build.rs` makes them from that package, so they are of the same version of Unicode.
//! They are unpacked when a text first needs them: one that is not all ASCII. Leaves out: NFD and NFKD.

use super::{order::sort_by_key, packed::unpacked};
use std::{collections::HashMap, sync::OnceLock};

/// The compatible composed form (NFKC) of a text.
pub(crate) fn nfkc(text: &str) -> String {
    composed(text, Form::Compatible)
}

/// Whether a text is in the canonical composed form (NFC).
pub(crate) fn is_nfc(text: &str) -> bool {
    text.is_ascii() || composed(text, Form::Canonical) == text
}

/// Whether a character is a combining mark (General Category M).
pub(crate) fn is_combining_mark(c: char) -> bool {
    !c.is_ascii() && value_of(c, &tables().marks) != 0
}

/// The two ways to decompose.
#[derive(Clone, Copy)]
enum Form {
    Canonical,
    Compatible,
}

/// The characters of which something is known.
struct Tables {
    /// The decompositions, in the order of the characters.
    decompositions: Vec<Decomposition>,
    /// The characters of all decompositions, one behind the other.
    parts: Vec<char>,
    /// The characters that pairs are composed to.
    compositions: HashMap<(char, char), char>,
    /// The combining classes that are not 0.
    classes: Vec<Range>,
    /// The combining marks, each with a 1.
    marks: Vec<Range>,
}

/// A character and where its forms stand in [`Tables::parts`]; it is its own form where one is empty.
struct Decomposition {
    c: char,
    compatible: (usize, usize),
    canonical: (usize, usize),
}

/// Characters that have the same value: the first, the one behind the last, and the value.
type Range = (u32, u32, u32);

/// Hangul is computed (The Unicode Standard, 3.12): the first syllable, leading consonant, vowel and the one
/// before the first trailing consonant, and how many there are of each.
const SYLLABLES: (u32, u32) = (0xac00, LEADING.1 * VOWELS.1 * TRAILING.1);
const LEADING: (u32, u32) = (0x1100, 19);
const VOWELS: (u32, u32) = (0x1161, 21);
const TRAILING: (u32, u32) = (0x11a7, 28);

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let octets = unpacked(include_bytes!(concat!(env!("OUT_DIR"), "/normal_form.deflated")));
        Tables::read(&mut Numbers(octets.iter()))
    })
}

/// The text decomposed, its marks in the canonical order, and composed again.
fn composed(text: &str, form: Form) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let tables = tables();
    let mut decomposed = Vec::with_capacity(text.len());
    text.chars().for_each(|c| tables.decompose(c, form, &mut decomposed));
    let mut classed: Vec<(u32, char)> =
        decomposed.into_iter().map(|c| (value_of(c, &tables.classes), c)).collect();
    for marks in classed.split_mut(|(class, _)| *class == 0) {
        if !marks.is_sorted_by_key(|(class, _)| *class) {
            sort_by_key(marks, |(class, _)| *class);
        }
    }
    tables.compose_all(&classed)
}

/// The value of a character in a table; 0 where it has none.
fn value_of(c: char, table: &[Range]) -> u32 {
    let code = u32::from(c);
    let at = table.partition_point(|(_, end, _)| *end <= code);
    table.get(at).filter(|(start, ..)| *start <= code).map_or(0, |(.., value)| *value)
}

impl Tables {
    /// Writes what `c` is made of.
    fn decompose(&self, c: char, form: Form, to: &mut Vec<char>) {
        let code = u32::from(c);
        if let Some(index) = code.checked_sub(SYLLABLES.0).filter(|index| *index < SYLLABLES.1) {
            let of_a_lead = VOWELS.1 * TRAILING.1;
            let trailing = index % TRAILING.1;
            to.extend(char::from_u32(LEADING.0 + index / of_a_lead));
            to.extend(char::from_u32(VOWELS.0 + index % of_a_lead / TRAILING.1));
            to.extend(char::from_u32(TRAILING.0 + trailing).filter(|_| trailing != 0));
            return;
        }
        let known = self.decompositions.binary_search_by_key(&c, |known| known.c).ok();
        let place = known.and_then(|at| self.decompositions.get(at)).map(|known| match form {
            Form::Canonical => known.canonical,
            Form::Compatible => known.compatible,
        });
        match place.and_then(|(start, end)| self.parts.get(start..end)) {
            Some(parts) if !parts.is_empty() => to.extend(parts),
            _ => to.push(c),
        }
    }

    /// Composes characters with their classes: each with the last starter that nothing stands between.
    fn compose_all(&self, classed: &[(u32, char)]) -> String {
        let mut composed: Vec<char> = Vec::with_capacity(classed.len());
        let mut starter: Option<usize> = None;
        // The class of the last mark that stayed behind the starter.
        let mut between = None;
        for &(class, c) in classed {
            let last = starter.and_then(|at| composed.get_mut(at));
            if let Some(last) = last.filter(|_| between.is_none_or(|between| between < class))
                && let Some(pair) = self.compose(*last, c)
            {
                *last = pair;
                continue;
            }
            if class == 0 {
                (starter, between) = (Some(composed.len()), None);
            } else {
                between = Some(class);
            }
            composed.push(c);
        }
        composed.into_iter().collect()
    }

    fn compose(&self, first: char, second: char) -> Option<char> {
        let index = |c: char, (start, count): (u32, u32)| {
            u32::from(c).checked_sub(start).filter(|index| *index < count)
        };
        if let (Some(lead), Some(vowel)) = (index(first, LEADING), index(second, VOWELS)) {
            return char::from_u32(SYLLABLES.0 + (lead * VOWELS.1 + vowel) * TRAILING.1);
        }
        if let (Some(syllable), Some(trailing)) = (index(first, SYLLABLES), index(second, TRAILING))
            && syllable % TRAILING.1 == 0
            && trailing != 0
        {
            return char::from_u32(u32::from(first) + trailing);
        }
        self.compositions.get(&(first, second)).copied()
    }

    /// Reads what `build.rs` writes.
    fn read(numbers: &mut Numbers<'_>) -> Self {
        let mut tables = Tables {
            decompositions: Vec::new(),
            parts: Vec::new(),
            compositions: HashMap::new(),
            classes: Vec::new(),
            marks: Vec::new(),
        };
        let mut code = 0;
        let mut last = [0; 32];
        let mut last_first = 0;
        while let Some(step) = numbers.not_zero() {
            code += step;
            let c = char::from_u32(code).unwrap_or_default();
            let forms = numbers.number();
            let mut form = || {
                let start = tables.parts.len();
                let length = usize::try_from(numbers.number()).unwrap_or(0);
                tables.parts.extend(last.iter_mut().take(length).map(|last| numbers.changed(last)));
                (start, tables.parts.len())
            };
            let compatible = form();
            let canonical = match forms & 3 {
                1 => compatible,
                2 => form(),
                _ => (0, 0),
            };
            if forms & 4 != 0 {
                let first = numbers.changed(&mut last_first);
                let second = tables.parts.get(canonical.0..canonical.1).and_then(|parts| parts.last());
                tables.compositions.extend(second.map(|second| ((first, *second), c)));
            }
            tables.decompositions.push(Decomposition { c, compatible, canonical });
        }
        (tables.classes, tables.marks) = (numbers.ranges(), numbers.ranges());
        tables
    }
}

/// Numbers as `build.rs` writes them.
struct Numbers<'a>(std::slice::Iter<'a, u8>);

impl Numbers<'_> {
    fn number(&mut self) -> u32 {
        let mut number = 0;
        let mut shift = 0;
        for octet in self.0.by_ref() {
            number |= u32::from(octet & 0x7f) << shift;
            shift += 7;
            if octet & 0x80 == 0 || shift > 28 {
                break;
            }
        }
        number
    }

    /// The next number, unless it is the 0 that ends a table.
    fn not_zero(&mut self) -> Option<u32> {
        Some(self.number()).filter(|number| *number != 0)
    }

    fn changed(&mut self, last: &mut u32) -> char {
        let number = self.number();
        *last = last.wrapping_add((number >> 1) ^ 0_u32.wrapping_sub(number & 1));
        char::from_u32(*last).unwrap_or_default()
    }

    fn ranges(&mut self) -> Vec<Range> {
        let mut ranges = Vec::new();
        let mut end = 0;
        while let Some(gap) = self.not_zero() {
            let start = end + gap - 1;
            end = start + self.number();
            ranges.push((start, end, self.number()));
        }
        ranges
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_normalization::{UnicodeNormalization, char as oracle, is_nfc as oracle_is_nfc};

    #[test]
    fn every_character_has_the_forms_that_the_library_gives_it() {
        let mut form = Vec::new();
        for c in '\0'..=char::MAX {
            form.clear();
            tables().decompose(c, Form::Compatible, &mut form);
            let mut expected = Vec::new();
            oracle::decompose_compatible(c, |part| expected.push(part));
            assert_eq!(form, expected, "{c:?}");
            form.clear();
            tables().decompose(c, Form::Canonical, &mut form);
            expected.clear();
            oracle::decompose_canonical(c, |part| expected.push(part));
            assert_eq!(form, expected, "{c:?}");
            let class = value_of(c, &tables().classes);
            assert_eq!(class, u32::from(oracle::canonical_combining_class(c)), "{c:?}");
            assert_eq!(is_combining_mark(c), oracle::is_combining_mark(c), "{c:?}");
            let text = c.to_string();
            assert_eq!(is_nfc(&text), oracle_is_nfc(&text), "{c:?}");
            assert_eq!(nfkc(&text), text.nfkc().collect::<String>(), "{c:?}");
        }
    }

    #[test]
    fn every_pair_is_composed_as_the_library_composes_it() {
        // Whatever composes is the first or the last of what some character decomposes to, or Hangul.
        let hangul = [0x1100, 0x1112, 0x1113, 0x1160, 0x1161, 0x1175, 0x1176, 0x11a7, 0x11a8, 0x11c2, 0x11c3]
            .into_iter()
            .chain([0xac00, 0xac01, 0xac1c, 0xd788, 0xd7a3])
            .filter_map(char::from_u32);
        let ends = |of: fn(&[char]) -> Option<&char>| -> std::collections::BTreeSet<char> {
            let canonical = tables().decompositions.iter().map(|known| known.canonical);
            let parts = canonical.filter_map(|(start, end)| tables().parts.get(start..end)).filter_map(of);
            parts.copied().chain(hangul.clone()).collect()
        };
        let composed = tables().decompositions.iter().map(|known| known.c);
        let firsts: std::collections::BTreeSet<char> =
            ends(|parts| parts.first()).into_iter().chain(composed).collect();
        let mut found = 0;
        for second in ends(|parts| parts.last()) {
            for first in &firsts {
                let pair = tables().compose(*first, second);
                assert_eq!(pair, oracle::compose(*first, second), "{first:?} {second:?}");
                found += usize::from(pair.is_some());
            }
        }
        assert!(found > 900, "{found}");
    }

    /// A text of what normalization treats in its own ways: letters that compose, marks of several classes,
    /// Hangul, compatible forms; and anything else.
    fn text() -> impl Strategy<Value = String> {
        let special = "aeoAE\u{e9}\u{1ea5}\u{300}\u{301}\u{302}\u{323}\u{31b}\u{327}\u{345}\u{5b0}\u{94d}\u{3099}か\
                       \u{1100}\u{1161}\u{11a8}가각\u{212b}\u{2126}\u{1e9b}\u{fb01}\u{ff21}\u{1d400}\u{3a9}\u{344}\
                       \u{f73}\u{f71}\u{f72}\u{1f80}\u{338}<=\u{2adc}\u{958}\u{110ba}\u{11099}";
        let special = prop::sample::select(special.chars().collect::<Vec<_>>());
        prop::collection::vec(prop_oneof![4 => special, 1 => any::<char>()], 0..12)
            .prop_map(|characters| characters.into_iter().collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]
        #[test]
        fn a_text_has_the_forms_that_the_library_gives_it(text in text()) {
            prop_assert_eq!(nfkc(&text), text.nfkc().collect::<String>());
            prop_assert_eq!(composed(&text, Form::Canonical), text.nfc().collect::<String>());
            prop_assert_eq!(is_nfc(&text), oracle_is_nfc(&text));
        }
    }
}

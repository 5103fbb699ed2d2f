//! [`Pseudonyms`]: names that stand for values in what is shared, so that a mismatch can still be seen.
//!
//! Two values that GitLab compares have pseudonyms that compare alike: equal where they are equal, different
//! in case, white space or Unicode form alone where the values are, and with the look of an e-mail address or
//! of an object ID where the value has it. A pseudonym is cut from HMAC-SHA-256 (RFC 2104) of the value under
//! the salt of its file: without the salt, which is kept nowhere, a value cannot be tried out, and the same
//! value has another name in the next file. The core has no randomness, so the caller hands the salt in.
//!
//! Leaves out: how much two different values have in common. A value that differs by one letter has a name of
//! its own.

use super::{
    characters::{folded, is_invisible, visible_form, without_space},
    normal_form::nfkc,
};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::{collections::HashMap, fmt};

/// The octets that make the pseudonyms of one file. They print as nothing and are written into no file.
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Salt([u8; 16]);

impl Salt {
    /// Made of random octets, new ones for each file.
    pub fn new(random: [u8; 16]) -> Self {
        Salt(random)
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[salt]")
    }
}

/// The way two values compare that pseudonyms keep.
type Compare<V> = fn(&str, &str) -> V;

/// The pseudonyms of one file.
pub struct Pseudonyms<V: PartialEq> {
    salt: Salt,
    compare: Compare<V>,
    /// The name of each value.
    names: HashMap<String, String>,
    /// The letters that stand for each core, which no other core has.
    stems: HashMap<String, String>,
    cores_of_stems: HashMap<String, String>,
    /// The values that are the same but for case, white space and form, by that core.
    alike: HashMap<String, Vec<String>>,
}

/// Letters of a stem: 26 to the tenth are enough that two values seldom meet, and a meeting is seen.
const STEM_LETTERS: usize = 10;
/// Octets of the longest value whose differences are kept; a longer one is no name, and equality is enough.
const LONGEST: usize = 2_000;
/// Spellings of one core whose differences are kept; a trace has two or three.
const SPELLINGS: usize = 24;
/// Ways to write a spelling that are tried.
const TRIES: u32 = 48;
/// White space and invisible characters of one run that are kept.
const RUN: usize = 8;

impl<V: PartialEq> Pseudonyms<V> {
    /// None yet. Names keep what `compare` says of two values.
    pub fn new(salt: Salt, compare: Compare<V>) -> Self {
        Pseudonyms {
            salt,
            compare,
            names: HashMap::new(),
            stems: HashMap::new(),
            cores_of_stems: HashMap::new(),
            alike: HashMap::new(),
        }
    }

    /// The number of different values that have a name.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether no value has a name yet.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The name of `value`. What is nothing but white space stands as it is.
    pub fn name(&mut self, value: &str) -> String {
        if let Some(name) = self.names.get(value) {
            return name.clone();
        }
        let name = self.new_name(value);
        self.names.insert(value.to_owned(), name.clone());
        name
    }

    fn new_name(&mut self, value: &str) -> String {
        if value.len() > LONGEST {
            return self.only_equal(value);
        }
        let Some(core) = folded(value) else {
            // Nothing that is seen: white space, and little of it.
            return if value.len() <= 3 * RUN { value.to_owned() } else { self.only_equal(value) };
        };
        let base = self.base(&core);
        let alike: Vec<&String> = self.alike.get(&core).into_iter().flatten().collect();
        let fits = |name: &String| {
            alike.iter().all(|other| {
                self.names.get(*other).is_some_and(|known| {
                    (self.compare)(value, other) == (self.compare)(name, known) && known != name
                })
            })
        };
        let found = (alike.len() < SPELLINGS)
            .then(|| (0..TRIES).map(|way| self.spelled(&base, value, way)).find(fits))
            .flatten();
        match found {
            Some(name) => {
                self.alike.entry(core).or_default().push(value.to_owned());
                name
            }
            None => self.only_equal(value),
        }
    }

    /// A name of which only equality can be told.
    fn only_equal(&mut self, value: &str) -> String {
        // No core begins like this: it has no white space.
        format!("name-{}", self.stem(&format!("as it is {value}")))
    }

    /// The name of a core, in small letters: with the look that the core has.
    fn base(&mut self, core: &str) -> String {
        if is_guid(core) {
            return self.guid(core);
        }
        if core.len() == 20 && core.starts_with("00u") && core.bytes().all(|o| o.is_ascii_alphanumeric()) {
            return format!("00u{}", self.letters("Okta", core, 17));
        }
        match core.split_once('@') {
            Some((local, domain)) if !local.is_empty() && domain.contains('.') && !domain.contains('@') => {
                // The name in front is that of the same user name alone.
                format!("name-{}@host-{}.example", self.stem(local), self.stem(domain))
            }
            _ => format!("name-{}", self.stem(core)),
        }
    }

    /// Letters that stand for this core and for no other one.
    fn stem(&mut self, core: &str) -> String {
        if let Some(stem) = self.stems.get(core) {
            return stem.clone();
        }
        let mut stem = self.letters("stem", core, STEM_LETTERS);
        let mut again = String::from(core);
        while self.cores_of_stems.get(&stem).is_some_and(|other| other != core) {
            again.push('+');
            stem = self.letters("again", &again, STEM_LETTERS);
        }
        self.stems.insert(core.to_owned(), stem.clone());
        self.cores_of_stems.insert(stem.clone(), core.to_owned());
        stem
    }

    fn guid(&self, core: &str) -> String {
        let digest = self.digest("object ID", core);
        let mut digits = digest.iter().flat_map(|octet| [octet >> 4, octet & 15]);
        let mut place = 0;
        let digit = |c: char| {
            if c == '-' {
                return c;
            }
            place += 1;
            let digit = u32::from(digits.next().unwrap_or_default());
            // Some are letters, or case could not be seen.
            let digit = if place % 8 == 1 { 10 + digit % 6 } else { digit };
            char::from_digit(digit, 16).unwrap_or('0')
        };
        core.chars().map(digit).collect()
    }

    fn letters(&self, purpose: &str, text: &str, count: usize) -> String {
        self.digest(purpose, text).iter().take(count).map(|octet| char::from(b'a' + octet % 26)).collect()
    }

    fn digest(&self, purpose: &str, text: &str) -> [u8; 32] {
        // HMAC takes a key of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.salt.0) else { return [0; 32] };
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// `base` with the case, the white space and the Unicode form of `value`; each `way` is another one.
    fn spelled(&self, base: &str, value: &str, way: u32) -> String {
        let characters = characters(value);
        let is_shown = |(c, _): &(char, &str)| !c.is_whitespace() && !is_invisible(*c);
        let first = characters.iter().position(is_shown).unwrap_or_default();
        let end = characters.iter().rposition(is_shown).map_or(0, |last| last + 1);
        // What is not shown stands as it was written, in one place.
        let run = |part: Option<&[(char, &str)]>| {
            let hidden = part.unwrap_or_default().iter().filter(|character| !is_shown(character));
            hidden.take(RUN).map(|(_, written)| *written).collect::<String>()
        };
        let mut letters: Vec<String> =
            self.in_case(base, value, way % 4).chars().map(|c| c.to_string()).collect();
        // The place of the first letter that stands for the value itself.
        let own = if base.starts_with("name-") { 5 } else { 0 };
        let inner = characters.get(first..end).unwrap_or_default();
        let shown: Vec<(char, &str)> = inner.iter().copied().filter(is_shown).collect();
        if let Some(form) = other_form(&shown, way / 16) {
            write_in_form(&mut letters, own, base, form);
        }
        let shift = usize::try_from(way / 4 % 4).unwrap_or_default();
        if let Some(letter) = letters.get_mut(own + 3 + shift) {
            letter.insert_str(0, &run(Some(inner)));
        }
        format!("{}{}{}", run(characters.get(..first)), letters.concat(), run(characters.get(end..)))
    }

    /// `base` in the case of `value`: small, capital, with a capital at the beginning, or mixed in a way that
    /// belongs to the value's case alone.
    fn in_case(&self, base: &str, value: &str, way: u32) -> String {
        let shown = without_space(&visible_form(value));
        let capitals = shown.chars().filter(|c| c.is_uppercase()).count();
        let small = shown.chars().filter(|c| c.is_lowercase()).count();
        let first = shown.chars().find(|c| c.is_uppercase() || c.is_lowercase());
        let is_title = capitals == 1 && first.is_some_and(char::is_uppercase);
        if way == 0 {
            if capitals == 0 {
                return base.to_owned();
            } else if is_title {
                let mut letters = base.chars();
                return letters.next().into_iter().map(|c| c.to_ascii_uppercase()).chain(letters).collect();
            } else if small == 0 {
                return base.to_ascii_uppercase();
            }
        }
        let pattern = self.digest("case", &format!("{way} {shown}"));
        let bits = pattern.iter().flat_map(|octet| (0..8).map(move |bit| octet >> bit & 1 == 1));
        // The beginning tells it from the other cases.
        let mixed = base.chars().zip(bits).enumerate().map(|(at, (c, capital))| match at {
            0 => c.to_ascii_lowercase(),
            1 | 2 => c.to_ascii_uppercase(),
            _ if capital => c.to_ascii_uppercase(),
            _ => c,
        });
        mixed.collect()
    }
}

/// A Unicode form that is not the usual one.
#[derive(Clone, Copy)]
enum Form {
    /// Percent-encoded.
    Escaped,
    /// Letters in a compatibility form, or marks of their own; how many are written so.
    Compatible(u32),
}

/// The form of the characters that are shown, where it is not the usual one.
fn other_form(shown: &[(char, &str)], way: u32) -> Option<Form> {
    let text: String = shown.iter().map(|(c, _)| *c).collect();
    if nfkc(&text) != text {
        Some(Form::Compatible(1 + way))
    } else if shown.iter().any(|(c, written)| written.len() != c.len_utf8()) {
        Some(Form::Escaped)
    } else {
        None
    }
}

/// The characters of `value`, each as it is written: itself or percent-encoded.
fn characters(value: &str) -> Vec<(char, &str)> {
    let mut characters = Vec::new();
    let mut rest = value;
    while let Some(first) = rest.chars().next() {
        let (c, length) = escaped_character(rest).unwrap_or((first, first.len_utf8()));
        let (written, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        characters.push((c, written));
        rest = after;
    }
    characters
}

/// The percent-encoded character at the beginning of `text`, and its length.
fn escaped_character(text: &str) -> Option<(char, usize)> {
    let octet = |at: usize| {
        let digits = text.get(3 * at..3 * at + 3)?.strip_prefix('%')?;
        digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u8::from_str_radix(digits, 16).ok())?
    };
    let octets: Vec<u8> = (0..4).map_while(octet).collect();
    (1..=octets.len()).find_map(|count| {
        let c = std::str::from_utf8(octets.get(..count)?).ok()?.chars().next()?;
        Some((c, 3 * count))
    })
}

/// Writes one of the letters from `own` on, or the `@`, in another form.
fn write_in_form(letters: &mut [String], own: usize, base: &str, form: Form) {
    let (at, count) = match (form, base.find('@')) {
        (Form::Escaped, Some(at)) => (at, 1),
        (Form::Escaped, None) => (own, 1),
        (Form::Compatible(count), _) => (own, usize::try_from(count).unwrap_or(1)),
    };
    for letter in letters.iter_mut().skip(at).take(count) {
        let Some(c) = letter.chars().next().filter(char::is_ascii_graphic) else { continue };
        *letter = match form {
            Form::Escaped => format!("%{:02X}", u32::from(c)),
            // The full-width forms stand in the order of ASCII.
            Form::Compatible(_) => {
                char::from_u32(u32::from(c) - 0x21 + 0xff01).map_or_else(String::new, |c| c.to_string())
            }
        };
    }
}

fn is_guid(core: &str) -> bool {
    core.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        && core.bytes().all(|octet| octet == b'-' || octet.is_ascii_hexdigit())
}

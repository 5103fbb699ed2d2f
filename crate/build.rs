//! Packs what the library carries as data: the text catalogue, and the tables of Unicode normalization.
//!
//! Both are deflated: the catalogue takes a third of its size, and the tables, which the package
//! unicode-normalization has in a form for speed, a tenth. `base/packed.rs` unpacks them when they are needed
//! first. Leaves out: the meaning of the tables, which `base/normal_form.rs` has.

#[path = "src/base/catalogue/parts.rs"]
#[allow(unreachable_pub)] // the library shows it to others
mod parts;

use flate2::{Compression, write::DeflateEncoder};
use std::{env, error::Error, fs, io::Write, path::PathBuf};
use unicode_normalization::{
    UnicodeNormalization,
    char::{canonical_combining_class, compose, is_combining_mark},
};

fn main() -> Result<(), Box<dyn Error>> {
    const CATALOGUE: &str = "src/base/catalogue/en.txt";
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={CATALOGUE}");
    println!("cargo::rerun-if-changed=src/base/catalogue/parts.rs");
    let folder = PathBuf::from(env::var("OUT_DIR")?);
    let texts = fs::read_to_string(CATALOGUE)?;
    for part in [parts::CORE, parts::SHARED, parts::PANEL, parts::TERMINAL, parts::EARLY] {
        fs::write(folder.join(format!("en.{part}.deflated")), catalogue(&texts, part)?)?;
    }
    let mut tables = Numbers::default();
    write_decompositions(&mut tables);
    write_ranges(&mut tables, |c| canonical_combining_class(c).into());
    write_ranges(&mut tables, |c| is_combining_mark(c).into());
    fs::write(folder.join("normal_form.deflated"), packed(&tables.0)?)?;
    Ok(())
}

/// A part of the catalogue in pages, so that a text costs the unpacking of its page alone: its lines in the
/// order of their keys, before each page its first key, before each of both its length in four octets.
fn catalogue(file: &str, part: usize) -> Result<Vec<u8>, Box<dyn Error>> {
    const PAGE: usize = 16 * 1024;
    let lines = file.lines().filter(|line| !line.starts_with('#') && line.contains(" = "));
    let mut lines: Vec<&str> = lines.filter(|line| parts::part_of(line) == part).collect();
    lines.sort_by_key(|line| line.split(" = ").next());
    let mut pages = vec![String::new()];
    for line in lines {
        if pages.last().is_some_and(|page| page.len() > PAGE) {
            pages.push(String::new());
        }
        pages.last_mut().into_iter().for_each(|page| *page += &format!("{line}\n"));
    }
    let mut octets = Vec::new();
    for page in pages {
        let key = page.split(" = ").next().unwrap_or_default();
        let packed = packed(page.as_bytes())?;
        for part in [key.as_bytes(), &packed] {
            octets.extend(u32::try_from(part.len())?.to_le_bytes());
            octets.extend(part);
        }
    }
    Ok(octets)
}

/// `octets` deflated, behind their number in four octets.
fn packed(octets: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
    packed.write_all(octets)?;
    let length = u32::try_from(octets.len())?.to_le_bytes();
    Ok([length.as_slice(), &packed.finish()?].concat())
}

/// Numbers in LEB128: seven bits an octet, the lowest first.
#[derive(Default)]
struct Numbers(Vec<u8>);

impl Numbers {
    fn number(&mut self, mut number: u32) {
        while number > 0x7f {
            self.0.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    /// `now` as what it is more or less than `last`; neighbours in Unicode have neighbours.
    fn change(&mut self, last: &mut u32, now: char) {
        let change = i64::from(u32::from(now)) - i64::from(*last);
        self.number(((change << 1) ^ (change >> 63)) as u32);
        *last = now.into();
    }
}

/// Each character that has a decomposition, but for Hangul, which is computed.
///
/// Each: how many code points it is from the one before; which forms it has (1: the canonical one is the
/// compatible one, 2: it is another, 4: a pair of characters is composed to it); the forms, each its length
/// and its characters; the first character of the pair, whose second is the last of the canonical form.
fn write_decompositions(numbers: &mut Numbers) {
    let mut before = 0;
    let mut last = [0; 32];
    let mut last_first = 0;
    for c in ('\u{80}'..=char::MAX).filter(|c| !('\u{ac00}'..='\u{d7a3}').contains(c)) {
        let itself = std::iter::once(c);
        let (compatible, canonical): (Vec<_>, Vec<_>) =
            (itself.clone().nfkd().collect(), itself.nfd().collect());
        if compatible == [c] {
            continue;
        }
        let has_canonical = canonical != [c];
        let is_other = has_canonical && canonical != compatible;
        let pair = canonical.split_last().and_then(|(second, first)| {
            let mut first = first.iter().copied().nfc();
            let (first, None) = (first.next()?, first.next()) else { return None };
            (compose(first, *second) == Some(c)).then_some(first)
        });
        numbers.number(u32::from(c) - before);
        before = c.into();
        numbers.number(
            u32::from(has_canonical && !is_other) | u32::from(is_other) << 1 | u32::from(pair.is_some()) << 2,
        );
        for form in std::iter::once(&compatible).chain(is_other.then_some(&canonical)) {
            numbers.number(form.len() as u32);
            for (c, last) in form.iter().zip(&mut last) {
                numbers.change(last, *c);
            }
        }
        if let Some(first) = pair {
            numbers.change(&mut last_first, first);
        }
    }
    numbers.number(0);
}

/// The runs of characters of which `value` is the same and not 0.
///
/// Each: how many code points it begins behind the end of the one before, its length, the value.
fn write_ranges(numbers: &mut Numbers, value: impl Fn(char) -> u32) {
    let mut end = 0;
    let mut run: Option<(u32, u32)> = None;
    // One more, which is no character, ends the last run.
    for code in 0..=u32::from(char::MAX) + 1 {
        let now = char::from_u32(code).map_or(0, &value);
        if let Some((start, same)) = run.filter(|(_, same)| *same != now) {
            for number in [start - end + 1, code - start, same] {
                numbers.number(number);
            }
            (end, run) = (code, None);
        }
        if run.is_none() && now != 0 {
            run = Some((code, now));
        }
    }
    numbers.number(0);
}

//! The parts that a Wasm file is made of: its code by crate, that of our own by room; its data.
//!
//! The code's parts are of the compiler's output, whose name section says which function is whose; wasm-opt
//! makes it a tenth smaller and takes the names out. A function of a library that is made for a type of ours,
//! such as the reader of a view, counts for the room of that type: there it can be made smaller. Leaves out:
//! which part a piece of data is for, which nothing in the file says.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use rustc_demangle::demangle;
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

/// Our own packages, whose rooms are told apart.
const OWN: [&str; 2] = ["samlight", "samlight_www"];
/// The parts that are named; the rest stand together in the last line.
const SHOWN: usize = 40;

/// The bytes of a Wasm file by its parts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    /// Of its functions, by crate or room.
    code: BTreeMap<String, usize>,
    /// Of its data.
    pub(crate) data: usize,
}

impl Parts {
    /// Reads a Wasm file; without names all code is one part.
    ///
    /// # Errors
    /// When it is no Wasm file.
    pub(crate) fn of(wasm: &[u8]) -> Result<Self> {
        let (mut imported, mut sizes) = (0, Vec::new());
        let mut names: BTreeMap<u32, &str> = BTreeMap::new();
        let mut parts = Parts::default();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload.context("this is no Wasm file")? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionEntry(body) => sizes.push(body.range().len()),
                Payload::DataSection(data) => parts.data = data.range().len(),
                Payload::CustomSection(section) => {
                    let KnownCustom::Name(known) = section.as_known() else { continue };
                    for map in known {
                        let Name::Function(functions) = map? else { continue };
                        for function in functions {
                            let function = function?;
                            names.insert(function.index, function.name);
                        }
                    }
                }
                _ => {}
            }
        }
        for (index, size) in (imported..).zip(sizes) {
            let part = names
                .get(&index)
                .map_or_else(|| "without a name".to_owned(), |name| part(&demangle(name).to_string()));
            *parts.code.entry(part).or_default() += size;
        }
        Ok(parts)
    }

    /// The bytes of its functions.
    pub(crate) fn code(&self) -> usize {
        self.code.values().sum()
    }

    /// A line for each part, the largest first.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut parts: Vec<(&str, usize)> =
            self.code.iter().map(|(part, size)| (part.as_str(), *size)).collect();
        parts.sort_by_key(|(part, size)| (std::cmp::Reverse(*size), *part));
        let rest: usize = parts.iter().skip(SHOWN).map(|(_, size)| size).sum();
        parts.truncate(SHOWN);
        let all = [("code", self.code()), ("data", self.data)].into_iter().chain(parts);
        all.chain([("all others", rest)]).map(|(part, size)| format!("{size:>10}  {part}")).collect()
    }
}

/// The part that a function of this name is of: a room of ours that it is in or made for, else its crate. In
/// a name each crate has its number behind it: `samlight[fbb3260ed6bf2f0a]::trace::join`.
fn part(name: &str) -> String {
    let crates = || {
        name.match_indices('[').filter_map(|(at, _)| {
            let (before, after) = (name.get(..at)?, name.get(at..)?.split_once("]::")?.1);
            let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let start = before.rfind(|c| !is_word(c)).map_or(0, |at| at + 1);
            let room = after.split(|c| !is_word(c)).next().unwrap_or_default();
            Some((before.get(start..)?, room)).filter(|(name, _)| !name.is_empty())
        })
    };
    let own = crates().find(|(name, _)| OWN.contains(name)).map(|(name, room)| format!("{name}::{room}"));
    own.or_else(|| crates().next().map(|(name, _)| name.to_owned())).unwrap_or_else(|| "no crate".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_of_the_room_that_it_is_made_for() {
        for (name, expected) in [
            ("<samlight[fbb3260ed6bf2f0a]::trace::tracer::Tracer>::take", "samlight::trace"),
            ("samlight_www[0123456789abcdef]::flow::flow", "samlight_www::flow"),
            ("core[c5930c85a12de822]::fmt::write", "core"),
            (
                "<alloc[3ca501edff3f0c7c]::vec::Vec<samlight[fbb3260ed6bf2f0a]::xml::Node>>::push",
                "samlight::xml",
            ),
            ("<[u8]>::sort_by::<core[c5930c85a12de822]::cmp::Ordering>", "core"),
            ("<str>::to_lowercase", "no crate"),
            ("worker_page_call", "no crate"),
        ] {
            assert_eq!(part(name), expected, "{name}");
        }
    }

    /// A module with one imported and two own functions, and names.
    fn wasm() -> Vec<u8> {
        let section = |id: u8, content: &[u8]| [&[id, content.len() as u8], content].concat();
        // samlight[1]::xml::a
        let name = "_RNvNtCs_8samlight3xml1a";
        let named = [&[1, 1, name.len() as u8], name.as_bytes()].concat();
        let names = [&b"\x04name"[..], &section(1, &named)].concat();
        [
            &b"\0asm\x01\0\0\0"[..],
            &section(1, &[1, 0x60, 0, 0]),
            &section(2, &[1, 1, b'm', 1, b'f', 0, 0]),
            &section(3, &[2, 0, 0]),
            &section(10, &[2, 2, 0, 0x0B, 3, 0, 1, 0x0B]),
            &section(0, &names),
        ]
        .concat()
    }

    #[test]
    fn names_belong_to_the_functions_behind_the_imported_ones() {
        let parts = Parts::of(&wasm()).unwrap();
        let expected = [("samlight::xml".to_owned(), 2), ("without a name".to_owned(), 3)];
        assert_eq!(parts, Parts { code: expected.into(), data: 0 });
        assert_eq!(
            parts.lines()[..3],
            ["         5  code", "         0  data", "         3  without a name"]
        );
        assert!(Parts::of(b"no Wasm").is_err());
    }
}

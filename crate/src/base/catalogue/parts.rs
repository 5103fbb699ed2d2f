//! The parts of the catalogue, by the keys of their texts.
//!
//! A program carries the parts whose texts it names, and no other: the panel needs 264 of 1,900 texts, the
//! worker none of the panel's own. [`text!`](crate::text!) takes the part when it is compiled, so none can be
//! forgotten; a text in the wrong part costs room. `build.rs` packs each part by itself. Leaves out: what the
//! texts say, which is `en.txt`.

/// The texts of the core; in its Wasm those of its second part.
pub const CORE: usize = 0;
/// The texts that the core and the panel name.
pub const SHARED: usize = 1;
/// The texts that only the panel names.
pub const PANEL: usize = 2;
/// The texts that only the command line names.
pub const TERMINAL: usize = 3;
/// The texts that the first part of the core's Wasm shows.
pub const EARLY: usize = 4;

/// The beginnings of keys, and the part of the texts that have them; the first that fits counts.
const BEGINNINGS: &[(&str, usize)] = &[
    ("acceptance.heading", SHARED),
    ("actor.", SHARED),
    ("badge.", EARLY),
    ("character.", SHARED),
    ("difference.", PANEL),
    ("duration.", SHARED),
    ("export.", SHARED),
    ("group.sent", SHARED),
    ("instance.refused.", SHARED),
    ("message.encrypted", SHARED),
    ("number.", SHARED),
    ("outcome.list", PANEL),
    ("repair.identity.", SHARED),
    ("report.html", SHARED),
    ("report.markdown", SHARED),
    ("script.", PANEL),
    ("ui.failure.unreadable-answer", SHARED),
    ("ui.files.not-saved", SHARED),
    ("ui.", PANEL),
    ("guide.", PANEL),
    ("cli.", TERMINAL),
];

/// The part of the text under `key`.
pub const fn part_of(key: &str) -> usize {
    let mut row = 0;
    while row < BEGINNINGS.len() {
        let (beginning, part) = BEGINNINGS[row];
        if begins(key.as_bytes(), beginning.as_bytes()) {
            return part;
        }
        row += 1;
    }
    CORE
}

const fn begins(key: &[u8], beginning: &[u8]) -> bool {
    let mut at = 0;
    while at < beginning.len() && at < key.len() && key[at] == beginning[at] {
        at += 1;
    }
    at == beginning.len()
}

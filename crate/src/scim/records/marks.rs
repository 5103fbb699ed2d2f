//! The words by which a line of a log can be of interest, and the search for them.
//!
//! On a computer all words are looked for in one pass, where its processor can; elsewhere each has a pass of
//! its own, which costs a browser no code. Leaves out: what a line with such a word is
//! ([`sieve`](super::sieve)).

#[cfg(not(target_arch = "wasm32"))]
use aho_corasick::packed;
use memchr::memmem::Finder;
use std::{ops::Range, sync::LazyLock};

/// Words of which a line must have one to be read: of SCIM, of provisioning, of what GitLab stores, of
/// sign-ins, and of what GitLab's other logs say.
const MARKS: [&str; 18] = [
    "scim",
    "rovisioning",
    "eventType",
    "extern_uid",
    "application.",
    "IP restricted",
    "saml",
    "SAML",
    "SCIM",
    "exception",
    "ppDisplayName",
    "blocked user",
    "(OAuth)",
    "entity_type",
    "Failed to login",
    "Signed in with",
    "OmniauthCallbacks",
    "Rack_Attack",
];
/// The searches by which all of them are found.
static SEARCHES: LazyLock<Vec<Search>> = LazyLock::new(|| {
    #[cfg(not(target_arch = "wasm32"))]
    if let Some(all) = packed::Searcher::new(MARKS) {
        return vec![Search::All(all)];
    }
    apart()
});

/// A search for each mark.
fn apart() -> Vec<Search> {
    MARKS.iter().map(|mark| Search::One(Finder::new(mark))).collect()
}

/// A search for marks.
enum Search {
    One(Finder<'static>),
    #[cfg(not(target_arch = "wasm32"))]
    All(packed::Searcher),
}

impl Search {
    /// The place of the first of its marks.
    fn first_in(&self, octets: &[u8]) -> Option<usize> {
        match self {
            Search::One(one) => one.find(octets),
            #[cfg(not(target_arch = "wasm32"))]
            Search::All(all) => all.find(octets).map(|found| found.start()),
        }
    }
}

/// Whether `line` has a mark.
pub(super) fn is_marked(line: &[u8]) -> bool {
    SEARCHES.iter().any(|search| search.first_in(line).is_some())
}

/// The places of the marks in a block, each looked for once.
pub(super) struct Marks<'b> {
    searches: &'b [Search],
    block: &'b [u8],
    /// The next place that each search finds; the block's end where there is none.
    next: Vec<usize>,
}

impl<'b> Marks<'b> {
    pub(super) fn of(block: &'b [u8]) -> Self {
        Marks::by(&SEARCHES, block)
    }

    fn by(searches: &'b [Search], block: &'b [u8]) -> Self {
        let next = searches.iter().map(|search| place(search, block, 0)).collect();
        Marks { searches, block, next }
    }

    /// Whether a mark stands in `line`, which is behind those that were asked for before.
    pub(super) fn is_in(&mut self, line: Range<usize>) -> bool {
        for (search, next) in self.searches.iter().zip(&mut self.next) {
            if *next < line.start {
                *next = place(search, self.block, line.start);
            }
        }
        self.next.iter().any(|next| *next < line.end)
    }
}

/// The place of a mark at or behind `from`.
fn place(search: &Search, block: &[u8], from: usize) -> usize {
    let rest = block.get(from..).unwrap_or_default();
    search.first_in(rest).map_or(block.len(), |at| from + at)
}

#[cfg(test)]
mod tests;

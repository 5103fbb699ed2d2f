//! Namespaces in scope: Namespaces in XML 1.0 clauses 2.2, 3, 5 and 6.
//!
//! Every namespace name is kept once, so that two names are the same where their numbers are.

use super::uri;
use crate::base::order;
use std::collections::HashMap;

/// A namespace name, by its place in the list of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct NamespaceId(u32);

/// In no namespace.
pub(super) const NONE: NamespaceId = NamespaceId(0);
/// The namespace of `xml:lang` and `xml:space`.
pub(super) const XML: NamespaceId = NamespaceId(1);
/// The namespace of the declarations themselves.
pub(super) const XMLNS: NamespaceId = NamespaceId(2);

const RESERVED: [&str; 3] = ["", "http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/"];

/// All namespace names of one document.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Names {
    names: Vec<String>,
    /// For each name its place among all in the order of their characters: two names can be long and alike,
    /// and are compared for each attribute.
    ranks: Vec<u32>,
    /// One of them is a relative reference, or no reference at all.
    pub(super) has_relative: bool,
}

impl Names {
    fn new(names: Vec<String>) -> Self {
        let mut order: Vec<(&str, usize)> = names.iter().map(String::as_str).zip(0..).collect();
        order::sort_by_key(&mut order, |pair| *pair);
        let mut ranks = vec![0; names.len()];
        for ((_, id), place) in order.into_iter().zip(0..) {
            if let Some(rank) = ranks.get_mut(id) {
                *rank = place;
            }
        }
        let declared = names.iter().skip(RESERVED.len());
        let has_relative = declared.into_iter().any(|name| !uri::is_absolute(name));
        Names { names, ranks, has_relative }
    }

    /// The name itself.
    pub(super) fn get(&self, id: NamespaceId) -> &str {
        self.names.get(id.0 as usize).map_or("", String::as_str)
    }

    /// The place of the name among all names in the order of their characters.
    pub(super) fn rank(&self, id: NamespaceId) -> u32 {
        self.ranks.get(id.0 as usize).copied().unwrap_or_default()
    }
}

/// The declarations in force while a document is read.
pub(super) struct Scopes {
    names: Numbered,
    prefixes: Numbered,
    /// For each prefix (the default one is empty) its declarations, the innermost last.
    bindings: Vec<Vec<NamespaceId>>,
    /// The prefixes that open elements declare, the outermost first.
    declared: Vec<usize>,
    /// For each open element the number of those that were declared before it.
    open: Vec<usize>,
}

impl Scopes {
    pub(super) fn new() -> Self {
        let mut scopes = Scopes {
            names: Numbered::default(),
            prefixes: Numbered::default(),
            bindings: Vec::new(),
            declared: Vec::new(),
            open: Vec::new(),
        };
        for name in RESERVED {
            scopes.names.number(name);
        }
        for (prefix, id) in [("xml", XML), ("xmlns", XMLNS)] {
            scopes.bindings_of(prefix).1.push(id);
        }
        scopes
    }

    /// Opens the scope of an element.
    pub(super) fn open(&mut self) {
        self.open.push(self.declared.len());
    }

    /// Declares `prefix` (empty: the default) in the innermost scope. False where the recommendation forbids
    /// it; the declaration has no effect then.
    pub(super) fn declare(&mut self, prefix: &str, name: &str) -> bool {
        let id = NamespaceId(u32::try_from(self.names.number(name)).unwrap_or(0));
        let allowed = match prefix {
            "xml" => id == XML,
            "xmlns" => false,
            "" => id != XML && id != XMLNS,
            _ => id != XML && id != XMLNS && id != NONE,
        };
        if allowed {
            let (number, bindings) = self.bindings_of(prefix);
            bindings.push(id);
            self.declared.push(number);
        }
        allowed
    }

    /// Closes the innermost scope.
    pub(super) fn close(&mut self) {
        let Some(before) = self.open.pop() else { return };
        for number in self.declared.drain(before..) {
            if let Some(bindings) = self.bindings.get_mut(number) {
                bindings.pop();
            }
        }
    }

    /// The namespace that `prefix` is bound to. The empty prefix is always bound, if only to no namespace.
    pub(super) fn resolve(&self, prefix: &str) -> Option<NamespaceId> {
        let bindings = self.prefixes.find(prefix).and_then(|number| self.bindings.get(number));
        let bound = bindings.and_then(|bindings| bindings.last().copied());
        if prefix.is_empty() { Some(bound.unwrap_or(NONE)) } else { bound }
    }

    /// The names, when the document is read.
    pub(super) fn into_names(self) -> Names {
        Names::new(self.names.all)
    }

    fn bindings_of(&mut self, prefix: &str) -> (usize, &mut Vec<NamespaceId>) {
        let number = self.prefixes.number(prefix);
        if number >= self.bindings.len() {
            self.bindings.resize_with(number + 1, Vec::new);
        }
        (number, &mut self.bindings[number])
    }
}

/// Texts that are each kept once and have a number.
#[derive(Default)]
struct Numbered {
    all: Vec<String>,
    /// Those that come after the first few.
    later: HashMap<String, usize>,
}

impl Numbered {
    /// Real messages have no more: going through them is quicker than a map.
    const FEW: usize = 8;

    fn find(&self, text: &str) -> Option<usize> {
        let first = self.all.iter().take(Self::FEW).position(|known| known == text);
        first.or_else(|| if self.later.is_empty() { None } else { self.later.get(text).copied() })
    }

    fn number(&mut self, text: &str) -> usize {
        if let Some(number) = self.find(text) {
            return number;
        }
        let number = self.all.len();
        self.all.push(text.to_owned());
        if number >= Self::FEW {
            self.later.insert(text.to_owned(), number);
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_prefixes_and_names_are_told_apart_in_each_scope() {
        let mut scopes = Scopes::new();
        let prefixes = || (0..3 * Numbered::FEW).map(|number| format!("p{number}"));
        let bound = |scopes: &Scopes| prefixes().map(|prefix| scopes.resolve(&prefix)).collect::<Vec<_>>();
        let declare = |scopes: &mut Scopes, of: &str| {
            scopes.open();
            prefixes().for_each(|prefix| assert!(scopes.declare(&prefix, &format!("urn:{of}:{prefix}"))));
        };
        assert_eq!(bound(&scopes), vec![None; prefixes().count()]);
        declare(&mut scopes, "outer");
        let outer = bound(&scopes);
        declare(&mut scopes, "inner");
        let inner = bound(&scopes);
        declare(&mut scopes, "outer");
        assert_eq!(bound(&scopes), outer, "the same names have the same numbers");
        scopes.close();
        assert_eq!(bound(&scopes), inner);
        scopes.close();
        assert_eq!(bound(&scopes), outer);
        scopes.close();
        assert_eq!(bound(&scopes), vec![None; prefixes().count()]);
        let mut all: Vec<u32> = outer.iter().chain(&inner).flatten().map(|id| id.0).collect();
        all.dedup();
        assert_eq!(all.len(), 2 * prefixes().count());
        let names = scopes.into_names();
        for (prefix, id) in prefixes().zip(outer) {
            assert_eq!(id.map(|id| names.get(id)), Some(&*format!("urn:outer:{prefix}")));
        }
    }
}

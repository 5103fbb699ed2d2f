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
    names: Vec<String>,
    ids: HashMap<String, NamespaceId>,
    /// For each prefix (the default one is empty) its declarations, the innermost last.
    bindings: HashMap<String, Vec<NamespaceId>>,
    /// For each open element the prefixes that it declares.
    declared: Vec<Vec<String>>,
    /// The prefix that was asked for last and what it is bound to, until that may change: neighbours have the
    /// same prefix.
    last: Option<(String, Option<NamespaceId>)>,
}

impl Scopes {
    pub(super) fn new() -> Self {
        let names = RESERVED.map(str::to_owned).to_vec();
        let ids = RESERVED.iter().zip(0..).map(|(name, id)| ((*name).to_owned(), NamespaceId(id))).collect();
        let bindings = HashMap::from([("xml".to_owned(), vec![XML]), ("xmlns".to_owned(), vec![XMLNS])]);
        Scopes { names, ids, bindings, declared: Vec::new(), last: None }
    }

    /// Opens the scope of an element.
    pub(super) fn open(&mut self) {
        self.declared.push(Vec::new());
    }

    /// Declares `prefix` (empty: the default) in the innermost scope. False where the recommendation forbids
    /// it; the declaration has no effect then.
    pub(super) fn declare(&mut self, prefix: &str, name: &str) -> bool {
        let id = self.id(name);
        let allowed = match prefix {
            "xml" => id == XML,
            "xmlns" => false,
            "" => id != XML && id != XMLNS,
            _ => id != XML && id != XMLNS && id != NONE,
        };
        if allowed && let Some(declared) = self.declared.last_mut() {
            self.last = None;
            declared.push(prefix.to_owned());
            self.bindings.entry(prefix.to_owned()).or_default().push(id);
        }
        allowed
    }

    /// Closes the innermost scope.
    pub(super) fn close(&mut self) {
        for prefix in self.declared.pop().unwrap_or_default() {
            self.last = None;
            if let Some(bindings) = self.bindings.get_mut(&prefix) {
                bindings.pop();
            }
        }
    }

    /// The namespace that `prefix` is bound to. The empty prefix is always bound, if only to no namespace.
    pub(super) fn resolve(&mut self, prefix: &str) -> Option<NamespaceId> {
        // Prefixes are short: going through their octets is quicker than a comparison of memory.
        if let Some((_, bound)) = self.last.as_ref().filter(|(last, _)| last.bytes().eq(prefix.bytes())) {
            return *bound;
        }
        let bound = self.look_up(prefix);
        self.last = Some((prefix.to_owned(), bound));
        bound
    }

    fn look_up(&self, prefix: &str) -> Option<NamespaceId> {
        let bound = self.bindings.get(prefix).and_then(|bindings| bindings.last().copied());
        if prefix.is_empty() { Some(bound.unwrap_or(NONE)) } else { bound }
    }

    /// The names, when the document is read.
    pub(super) fn into_names(self) -> Names {
        Names::new(self.names)
    }

    fn id(&mut self, name: &str) -> NamespaceId {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let id = NamespaceId(u32::try_from(self.names.len()).unwrap_or(0));
        self.names.push(name.to_owned());
        self.ids.insert(name.to_owned(), id);
        id
    }
}

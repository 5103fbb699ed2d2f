//! An index of IDs: the elements of a document by the values of attributes that are IDs.
//!
//! Made once for a document, so that looking up costs what is found, however many ask. IDs that several
//! elements have are kept with all of them: which one is meant is for the reader of the index.

use super::tree::{Document, Element};
use std::{borrow::Cow, collections::HashMap};

/// Elements by their IDs.
#[derive(Debug)]
pub struct Ids<'a> {
    /// One for each group of names.
    groups: Vec<HashMap<Cow<'a, str>, Vec<Element<'a>>>>,
}

impl<'a> Ids<'a> {
    /// The index of `document` by the attributes, in no namespace, whose names are in `groups`. An element is
    /// found by a later group only where no element has the ID by one before.
    pub fn of(document: &'a Document, groups: &[&[&str]]) -> Self {
        let mut ids = Ids { groups: groups.iter().map(|_| HashMap::new()).collect() };
        for element in document.elements() {
            for attribute in element.attributes().filter(|attribute| attribute.namespace().is_empty()) {
                let name = attribute.name();
                for (found, names) in ids.groups.iter_mut().zip(groups) {
                    if !names.contains(&name) {
                        continue;
                    }
                    let elements: &mut Vec<_> = found.entry(attribute.value()).or_default();
                    // Two of its attributes may say the same.
                    if elements.last() != Some(&element) {
                        elements.push(element);
                    }
                }
            }
        }
        ids
    }

    /// The elements with this ID, in document order.
    pub fn get(&self, id: &str) -> &[Element<'a>] {
        self.groups.iter().find_map(|found| found.get(id)).map_or(&[], Vec::as_slice)
    }
}

//! The namespace declarations a start tag gets: Canonical XML 1.0 clause 2.3 ("Namespace Axis"), Exclusive
//! XML Canonicalization clause 3.

use super::{Obstacle, Variant};
use crate::xml::{
    Attribute,
    tree::{Element, split},
};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
};

/// The declarations in force and those written so far.
pub(super) struct Scope<'a, 'm> {
    variant: &'m Variant,
    /// For each prefix the names that it was bound to, the innermost last.
    in_force: HashMap<Cow<'a, str>, Vec<Cow<'a, str>>>,
    /// The same for what was written.
    written: HashMap<Cow<'a, str>, Vec<Cow<'a, str>>>,
    open: Vec<Open<'a>>,
}

/// The bindings of an open element and what was written for it.
#[derive(Default)]
struct Open<'a> {
    bound: Vec<Cow<'a, str>>,
    written: Vec<Cow<'a, str>>,
}

/// The prefix that is never declared.
const XML: &str = "xml";

impl<'a, 'm> Scope<'a, 'm> {
    pub(super) fn new(variant: &'m Variant) -> Self {
        Scope { variant, in_force: HashMap::new(), written: HashMap::new(), open: Vec::new() }
    }

    /// Binds what `element` declares, until [`Scope::leave`].
    pub(super) fn enter(&mut self, element: Element<'a>) {
        let mut open = Open::default();
        for (prefix, name) in declared(element) {
            self.in_force.entry(Cow::Borrowed(prefix)).or_default().push(name);
            open.bound.push(Cow::Borrowed(prefix));
        }
        self.open.push(open);
    }

    /// Leaves the innermost element.
    pub(super) fn leave(&mut self) {
        let open = self.open.pop().unwrap_or_default();
        for (prefixes, bindings) in [(open.bound, &mut self.in_force), (open.written, &mut self.written)] {
            for prefix in prefixes {
                if let Some(names) = bindings.get_mut(&prefix) {
                    names.pop();
                }
            }
        }
    }

    /// The declarations that are written for `element`, which was entered last: prefix (empty for the
    /// default) and name, in their order.
    pub(super) fn declarations(
        &mut self,
        element: Element<'a>,
        is_apex: bool,
    ) -> Result<BTreeMap<Cow<'a, str>, Cow<'a, str>>, Obstacle> {
        let mut declarations = BTreeMap::new();
        for prefix in self.candidates(element, is_apex) {
            let name = innermost(&self.in_force, &prefix);
            if prefix == XML || name == innermost(&self.written, &prefix) {
                continue;
            }
            if is_relative(&name) {
                return Err(Obstacle::RelativeNamespace);
            }
            self.written.entry(prefix.clone()).or_default().push(name.clone());
            if let Some(open) = self.open.last_mut() {
                open.written.push(prefix.clone());
            }
            declarations.insert(prefix, name);
        }
        Ok(declarations)
    }

    /// The prefixes whose declarations may have to be written.
    fn candidates(&self, element: Element<'a>, is_apex: bool) -> BTreeSet<Cow<'a, str>> {
        let own = declared(element).map(|(prefix, _)| Cow::Borrowed(prefix));
        match self.variant {
            Variant::Inclusive10 | Variant::Inclusive11 if is_apex => self.in_force.keys().cloned().collect(),
            Variant::Inclusive10 | Variant::Inclusive11 => own.collect(),
            Variant::Exclusive { prefixes } => {
                let of_attributes = element
                    .attributes()
                    .filter(|attribute| !is_declaration(*attribute))
                    .map(|attribute| split(attribute.name()).0)
                    .filter(|prefix| !prefix.is_empty());
                let used = std::iter::once(element.prefix()).chain(of_attributes).map(Cow::Borrowed);
                // A prefix on the list counts where it is declared, as it would without exclusion.
                let listed = |prefix: &Cow<'a, str>| prefixes.contains(prefix.as_ref());
                if is_apex {
                    let outer = self.in_force.keys().filter(|prefix| listed(prefix)).cloned();
                    used.chain(outer).collect()
                } else {
                    used.chain(own.filter(listed)).collect()
                }
            }
        }
    }
}

/// Whether an attribute is a namespace declaration.
pub(super) fn is_declaration(attribute: Attribute<'_>) -> bool {
    attribute.name() == "xmlns" || split(attribute.name()).0 == "xmlns"
}

/// The declarations of a start tag: prefix and name.
fn declared<'a>(element: Element<'a>) -> impl Iterator<Item = (&'a str, Cow<'a, str>)> {
    element.attributes().filter(|attribute| is_declaration(*attribute)).map(|attribute| {
        let prefix = if attribute.name() == "xmlns" { "" } else { attribute.local() };
        (prefix, attribute.value())
    })
}

/// The namespace that `prefix` is bound to; no prefix is bound to no namespace where nothing says
/// otherwise.
fn innermost<'a>(bindings: &HashMap<Cow<'a, str>, Vec<Cow<'a, str>>>, prefix: &str) -> Cow<'a, str> {
    bindings.get(prefix).and_then(|names| names.last()).cloned().unwrap_or_default()
}

/// Whether a namespace name is a relative reference (RFC 3986, clause 4.2): it has no scheme.
fn is_relative(name: &str) -> bool {
    let scheme = name.split_once(':').map_or("", |(scheme, _)| scheme);
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    !name.is_empty() && !is_scheme
}

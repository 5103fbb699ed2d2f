//! The namespace declarations a start tag gets: Canonical XML 1.0 clause 2.3 ("Namespace Axis"), Exclusive
//! XML Canonicalization clause 3.
//!
//! Each namespace name is kept once and compared by its number: names can be as long as the message, and
//! every element compares some.

use super::{Obstacle, Variant, budget::Budget};
use crate::xml::{
    Attribute,
    tree::{Element, split},
};
use std::{borrow::Cow, collections::HashMap};

/// The declarations in force and those written so far.
pub(super) struct Scope<'a, 'm> {
    variant: &'m Variant,
    budget: &'m Budget,
    /// Namespace names by their numbers; the first is no namespace.
    names: Vec<Cow<'a, str>>,
    numbers: HashMap<Cow<'a, str>, usize>,
    bindings: HashMap<&'a str, Binding>,
    open: Vec<Open<'a>>,
}

/// The names that a prefix is bound to, by their numbers, the innermost last.
#[derive(Default)]
struct Binding {
    in_force: Vec<usize>,
    written: Vec<usize>,
}

/// The prefixes that an open element binds, and those that were written for it.
#[derive(Default)]
struct Open<'a> {
    bound: Vec<&'a str>,
    written: Vec<&'a str>,
}

/// The prefix that is never declared.
const XML: &str = "xml";

/// The number of no namespace: a prefix that nothing binds has it.
const NONE: usize = 0;

impl<'a, 'm> Scope<'a, 'm> {
    pub(super) fn new(variant: &'m Variant, budget: &'m Budget) -> Self {
        let none = Cow::Borrowed("");
        Scope {
            variant,
            budget,
            names: vec![none.clone()],
            numbers: HashMap::from([(none, NONE)]),
            bindings: HashMap::new(),
            open: Vec::new(),
        }
    }

    /// Binds what `element` declares, until [`Scope::leave`].
    pub(super) fn enter(&mut self, element: Element<'a>) -> Result<(), Obstacle> {
        let mut open = Open::default();
        self.budget.spend(1 + element.attribute_count())?;
        for (prefix, name) in declared(element) {
            let number = self.number(name);
            self.bindings.entry(prefix).or_default().in_force.push(number);
            open.bound.push(prefix);
        }
        self.open.push(open);
        Ok(())
    }

    /// Leaves the innermost element.
    pub(super) fn leave(&mut self) {
        let open = self.open.pop().unwrap_or_default();
        for prefix in open.bound {
            self.bindings.get_mut(prefix).and_then(|binding| binding.in_force.pop());
        }
        for prefix in open.written {
            self.bindings.get_mut(prefix).and_then(|binding| binding.written.pop());
        }
    }

    /// The declarations that are written for `element`, which was entered last: prefix (empty for the
    /// default) and name, in their order.
    pub(super) fn declarations(
        &mut self,
        element: Element<'a>,
        is_apex: bool,
    ) -> Result<Vec<(&'a str, Cow<'a, str>)>, Obstacle> {
        let mut declarations = Vec::new();
        for prefix in self.candidates(element, is_apex) {
            let binding = self.bindings.entry(prefix).or_default();
            let innermost = |numbers: &[usize]| numbers.last().copied().unwrap_or(NONE);
            let number = innermost(&binding.in_force);
            if prefix == XML || number == innermost(&binding.written) {
                continue;
            }
            let name = self.names.get(number).cloned().unwrap_or_default();
            binding.written.push(number);
            if let Some(open) = self.open.last_mut() {
                open.written.push(prefix);
            }
            // What will be written is paid for before it is copied.
            self.budget.spend(prefix.len() + name.len())?;
            declarations.push((prefix, name));
        }
        Ok(declarations)
    }

    /// The prefixes whose declarations may have to be written, each once, in their order.
    fn candidates(&self, element: Element<'a>, is_apex: bool) -> Vec<&'a str> {
        let mut candidates = self.unsorted(element, is_apex);
        candidates.sort_unstable();
        candidates.dedup();
        candidates
    }

    fn unsorted(&self, element: Element<'a>, is_apex: bool) -> Vec<&'a str> {
        let own = declared(element).map(|(prefix, _)| prefix);
        match self.variant {
            Variant::Inclusive10 | Variant::Inclusive11 if is_apex => self.bindings.keys().copied().collect(),
            Variant::Inclusive10 | Variant::Inclusive11 => own.collect(),
            Variant::Exclusive { prefixes } => {
                let of_attributes = element
                    .attributes()
                    .filter(|attribute| !is_declaration(*attribute))
                    .map(|attribute| split(attribute.name()).0)
                    .filter(|prefix| !prefix.is_empty());
                let used = std::iter::once(element.prefix()).chain(of_attributes);
                // A prefix on the list counts where it is declared, as it would without exclusion.
                let listed = |prefix: &&'a str| prefixes.contains(*prefix);
                if is_apex {
                    let outer = self.bindings.keys().copied().filter(listed);
                    used.chain(outer).collect()
                } else {
                    used.chain(own.filter(listed)).collect()
                }
            }
        }
    }

    /// The number of a namespace name.
    fn number(&mut self, name: Cow<'a, str>) -> usize {
        if let Some(number) = self.numbers.get(&name) {
            return *number;
        }
        let number = self.names.len();
        self.names.push(name.clone());
        self.numbers.insert(name, number);
        number
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

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
    bindings: Vec<Binding<'a>>,
    /// The places of the bindings by their prefixes.
    places: HashMap<&'a str, usize>,
    /// The place of the binding that was asked for last: neighbours have the same prefix.
    last: usize,
    /// The prefixes whose declarations may have to be written; empty between two elements.
    candidates: Vec<&'a str>,
    open: Vec<Open>,
}

/// The names that a prefix is bound to, by their numbers, the innermost last.
struct Binding<'a> {
    prefix: &'a str,
    in_force: Vec<usize>,
    written: Vec<usize>,
}

/// The bindings that an open element makes, and those that were written for it.
#[derive(Default)]
struct Open {
    bound: Vec<usize>,
    written: Vec<usize>,
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
            bindings: Vec::new(),
            places: HashMap::new(),
            last: 0,
            candidates: Vec::new(),
            open: Vec::new(),
        }
    }

    /// Binds what `element` declares, until [`Scope::leave`].
    pub(super) fn enter(&mut self, element: Element<'a>) -> Result<(), Obstacle> {
        let mut open = Open::default();
        self.budget.spend(1 + element.attribute_count())?;
        for (prefix, name) in declared(element) {
            let number = self.number(name);
            let place = self.place(prefix);
            if let Some(binding) = self.bindings.get_mut(place) {
                binding.in_force.push(number);
            }
            open.bound.push(place);
        }
        self.open.push(open);
        Ok(())
    }

    /// Leaves the innermost element.
    pub(super) fn leave(&mut self) {
        let open = self.open.pop().unwrap_or_default();
        for place in open.bound {
            self.bindings.get_mut(place).and_then(|binding| binding.in_force.pop());
        }
        for place in open.written {
            self.bindings.get_mut(place).and_then(|binding| binding.written.pop());
        }
    }

    /// The declarations that are written for `element`, which was entered last: prefix (empty for the
    /// default) and name, in their order.
    pub(super) fn declarations(
        &mut self,
        element: Element<'a>,
        is_apex: bool,
    ) -> Result<Vec<(&'a str, Cow<'a, str>)>, Obstacle> {
        let mut candidates = std::mem::take(&mut self.candidates);
        self.add_candidates(&mut candidates, element, is_apex);
        let mut declarations = Vec::new();
        for prefix in candidates.drain(..) {
            let place = self.place(prefix);
            let Some(binding) = self.bindings.get_mut(place) else { continue };
            let innermost = |numbers: &[usize]| numbers.last().copied().unwrap_or(NONE);
            let number = innermost(&binding.in_force);
            if prefix == XML || number == innermost(&binding.written) {
                continue;
            }
            let name = self.names.get(number).cloned().unwrap_or_default();
            binding.written.push(number);
            if let Some(open) = self.open.last_mut() {
                open.written.push(place);
            }
            // What will be written is paid for before it is copied.
            self.budget.spend(prefix.len() + name.len())?;
            declarations.push((prefix, name));
        }
        self.candidates = candidates;
        Ok(declarations)
    }

    /// Adds the prefixes whose declarations may have to be written, each once, in their order.
    fn add_candidates(&self, candidates: &mut Vec<&'a str>, element: Element<'a>, is_apex: bool) {
        let own = declared(element).map(|(prefix, _)| prefix);
        let outer = self.bindings.iter().map(|binding| binding.prefix);
        match self.variant {
            Variant::Inclusive10 | Variant::Inclusive11 if is_apex => candidates.extend(outer),
            Variant::Inclusive10 | Variant::Inclusive11 => candidates.extend(own),
            Variant::Exclusive { prefixes } => {
                let of_attributes = element
                    .attributes()
                    .filter(|attribute| !is_declaration(*attribute))
                    .map(|attribute| split(attribute.name()).0)
                    .filter(|prefix| !prefix.is_empty());
                candidates.extend(std::iter::once(element.prefix()).chain(of_attributes));
                // A prefix on the list counts where it is declared, as it would without exclusion.
                if !prefixes.is_empty() {
                    let listed = |prefix: &&'a str| prefixes.contains(*prefix);
                    if is_apex {
                        candidates.extend(outer.filter(listed));
                    } else {
                        candidates.extend(own.filter(listed));
                    }
                }
            }
        }
        candidates.sort_unstable();
        candidates.dedup();
    }

    /// The place of the binding of `prefix`.
    fn place(&mut self, prefix: &'a str) -> usize {
        if self.bindings.get(self.last).is_some_and(|binding| binding.prefix == prefix) {
            return self.last;
        }
        self.last = *self.places.entry(prefix).or_insert_with(|| {
            self.bindings.push(Binding { prefix, in_force: Vec::new(), written: Vec::new() });
            self.bindings.len() - 1
        });
        self.last
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

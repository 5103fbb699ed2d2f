//! The envelope that a message can be in: SOAP 1.1, clause 4 (SAML Bindings 3.2.2), and SOAP 1.2, clause 5.

use super::uri;
use crate::xml::Element;

/// A SOAP envelope.
#[derive(Clone, Copy)]
pub(crate) struct Envelope<'a> {
    root: Element<'a>,
}

impl<'a> Envelope<'a> {
    /// The envelope that `root` is, if it is one.
    pub(crate) fn of(root: Element<'a>) -> Option<Self> {
        is_soap(root, "Envelope").then_some(Envelope { root })
    }

    /// The blocks of its header.
    pub(crate) fn headers(self) -> impl Iterator<Item = Element<'a>> {
        self.part("Header").flat_map(Element::elements)
    }

    /// The elements in its body.
    pub(crate) fn contents(self) -> impl Iterator<Item = Element<'a>> {
        self.part("Body").flat_map(Element::elements)
    }

    /// Whether `element` says that something failed.
    pub(super) fn is_fault(element: Element<'_>) -> bool {
        is_soap(element, "Fault")
    }

    fn part(self, local: &'static str) -> impl Iterator<Item = Element<'a>> {
        self.root.elements().filter(move |element| is_soap(*element, local))
    }
}

fn is_soap(element: Element<'_>, local: &str) -> bool {
    uri::SOAP.iter().any(|namespace| element.is(namespace, local))
}

//! The reading that all element families share: optional texts, and instants that are checked.

use crate::{
    base::{
        flaw::{Flaw, Span},
        instant::Timestamp,
    },
    text,
    xml::{Element, FlawList},
};

/// Reads one document's elements and collects their flaws.
pub(super) struct Reading {
    pub(super) flaws: FlawList,
}

impl Reading {
    /// Reports a flaw at octets `at` of the XML.
    pub(super) fn flaw(&mut self, code: &'static str, at: Span, text: crate::base::catalogue::Text) {
        self.flaws.push(Flaw::in_xml(code, at, text));
    }

    /// The attribute `local`, an `xs:dateTime`, as it is written. Reports one that is none.
    pub(super) fn instant(&mut self, element: Element<'_>, local: &str) -> Option<String> {
        let attribute = element.attribute_node(local)?;
        let value = attribute.value();
        if Timestamp::parse(&value).is_none() {
            let at = attribute.span();
            self.flaw("bad-instant", at, text!("flaw.bad-instant", attribute = local, at = at.start));
        }
        Some(value.into_owned())
    }

    /// The first of `elements`. Reports the second one with `code` and the name that all of them have.
    pub(super) fn only<'a>(
        &mut self,
        code: &'static str,
        mut elements: impl Iterator<Item = Element<'a>>,
    ) -> Option<Element<'a>> {
        let first = elements.next()?;
        if let Some(second) = elements.next() {
            let at = second.start_tag();
            self.flaw(code, at, text!("flaw.several", element = first.local(), at = at.start));
        }
        Some(first)
    }
}

/// The attribute `local` as it is.
pub(super) fn attribute(element: Element<'_>, local: &str) -> Option<String> {
    element.attribute(local).map(|value| value.into_owned())
}

/// The attribute `local`, an `xs:boolean`; absent where it is neither true nor false.
pub(super) fn boolean(element: Element<'_>, local: &str) -> Option<bool> {
    match element.attribute(local)?.trim() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// The own text of the first element `local` of the namespace `namespace` in `element`.
pub(super) fn child_text(element: Element<'_>, namespace: &str, local: &str) -> Option<String> {
    element.child(namespace, local).map(Element::own_text)
}

/// The own texts of all elements `local` of the namespace `namespace` in `element`.
pub(super) fn child_texts(element: Element<'_>, namespace: &str, local: &str) -> Vec<String> {
    element.elements().filter(|child| child.is(namespace, local)).map(Element::own_text).collect()
}

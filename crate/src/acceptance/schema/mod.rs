//! The schema gate: whether a message is valid by saml-schema-protocol-2.0.xsd, and if not, which element
//! breaks which rule.
//!
//! ruby-saml (`validate_structure`) lets libxml2 look at the message, and stops at the first error. On
//! sign-in GitLab shows libxml2's words and the whole message behind them; "Verify SAML Configuration" names
//! only the schema. So the first error in libxml2's order is what counts: the place among its brothers first,
//! then attributes (wrong values, attributes that are not allowed, absent ones), then what is inside, then
//! what is missing.
//!
//! | file | what it does |
//! |---|---|
//! | `table` | the elements, in a notation of its own |
//! | `declared` | the table as it is looked up: read once |
//! | `instance` | what an element says of itself: `xsi:nil`, `xsi:type` |
//! | `values` | simple types |
//!
//! Leaves out: derived types named by `xsi:type` other than the simple ones.

mod declared;
mod instance;
mod table;
mod values;

use crate::{
    base::{catalogue::Text, flaw::Span},
    text,
    xml::{Attribute, Element, Model, NodeKind},
};
use declared::{AttributeDeclaration, Content, Declaration, declared};
use instance::OwnType;
use std::{borrow::Cow, collections::BTreeSet};

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// The first thing in a message that the schema does not allow.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Violation {
    /// In libxml2's words, without the list of what it expected.
    pub(super) libxml2: String,
    /// The element and the rule, for people.
    pub(super) text: Text,
    /// The place where the element begins.
    pub(super) at: Span,
}

/// Looks at the message `root`.
pub(super) fn first_violation(root: Element<'_>) -> Option<Violation> {
    let Some(row) = declared(root).filter(|row| row.is_global) else {
        let said = "No matching global declaration available for the validation root.".to_owned();
        return Some(violation(root, &said, text!("schema.root", element = root.local())));
    };
    SchemaCheck { ids: BTreeSet::new() }.element(root, Some(row)).err()
}

struct SchemaCheck {
    /// The IDs so far.
    ids: BTreeSet<String>,
}

impl SchemaCheck {
    /// `element` as it is declared; without a declaration, what is declared in it.
    fn element(
        &mut self,
        element: Element<'_>,
        declaration: Option<&'static Declaration>,
    ) -> Result<(), Violation> {
        let Some(declaration) = declaration else { return self.anything(element) };
        let is_nil = instance::is_nil(element, declaration.name == NILLABLE)?;
        match declaration.content {
            Content::Anything => {
                let own = instance::own_type(element)?;
                return if is_nil { Ok(()) } else { self.typed(element, &own) };
            }
            Content::Abstract => {
                instance::own_type(element)?;
                let text = text!("schema.abstract", element = element.local());
                return Err(violation(element, "The type definition is abstract.", text));
            }
            Content::Text(_) | Content::Elements { .. } => {}
        }
        self.attributes(element, declaration)?;
        match &declaration.content {
            Content::Anything | Content::Abstract => Ok(()),
            Content::Text(kind) => simple(element, kind),
            Content::Elements { model, mixed } => self.children(element, model, *mixed),
        }
    }

    fn children(&mut self, element: Element<'_>, model: &Model, mixed: bool) -> Result<(), Violation> {
        let mut model = Cow::Borrowed(model);
        for node in element.children() {
            if let Some(child) = node.element() {
                let row = declared(child);
                let Some((left, name)) = model.after(&|name| fits(name, element, child, row)) else {
                    let expected = expected(&model);
                    let text = text!(
                        "schema.not-expected",
                        element = child.local(),
                        parent = element.local(),
                        expected = expected
                    );
                    return Err(violation(child, "This element is not expected.", text));
                };
                model = Cow::Owned(left);
                if name.starts_with("#declared") && row.is_none() {
                    let said = "No matching global element declaration available, but demanded by the strict wildcard.";
                    return Err(violation(child, said, text!("schema.undeclared", element = child.local())));
                }
                let row = row.filter(|row| row.name == name || (name.starts_with('#') && row.is_global));
                self.element(child, row)?;
            } else if !mixed && is_text(node.kind()) && !node.characters().trim_matches(SPACE).is_empty() {
                let said =
                    "Character content other than whitespace is not allowed because the content type is";
                return Err(violation(element, said, text!("schema.characters", element = element.local())));
            }
        }
        if model.may_be_empty() {
            return Ok(());
        }
        let text = text!("schema.missing-child", element = element.local(), expected = expected(&model));
        Err(violation(element, "Missing child element(s).", text))
    }

    fn attributes(&mut self, element: Element<'_>, declaration: &Declaration) -> Result<(), Violation> {
        let Declaration { attributes: declared, others, .. } = declaration;
        let written = || element.attributes().filter(|attribute| !is_declaration(*attribute));
        for attribute in written().filter(|attribute| attribute.namespace().is_empty()) {
            let Some(AttributeDeclaration { name, kind, .. }) =
                declared.iter().find(|declared| declared.name == attribute.name())
            else {
                continue;
            };
            let value = attribute.value();
            let is_new = *kind != "ID" || self.ids.insert(value.trim_matches(SPACE).to_owned());
            if !is_new || !values::is_value(kind, &value) {
                let text = if is_new {
                    text!(
                        "schema.attribute-value",
                        element = element.local(),
                        attribute = name,
                        value = shown(&value),
                        kind = kind
                    )
                } else {
                    text!("schema.same-id", element = element.local(), value = shown(&value))
                };
                let said =
                    format!("'{value}' is not a valid value of the atomic type '{}'.", values::name(kind));
                return Err(violation_of_attribute(element, name, &said, text));
            }
        }
        for attribute in written() {
            let known = match attribute.namespace() {
                "" => declared.iter().any(|declared| declared.name == attribute.name()),
                XSI => ["type", "nil", "schemaLocation", "noNamespaceSchemaLocation"]
                    .contains(&attribute.local()),
                namespace => *others && namespace != element.namespace(),
            };
            if !known {
                return Err(not_allowed(element, attribute));
            }
        }
        let missing =
            declared.iter().find(|declared| declared.required && element.attribute(declared.name).is_none());
        match missing {
            Some(AttributeDeclaration { name, .. }) => {
                let said = format!("The attribute '{name}' is required but missing.");
                let text = text!("schema.missing-attribute", element = element.local(), attribute = name);
                Err(violation(element, &said, text))
            }
            None => Ok(()),
        }
    }

    /// An element that may hold anything, unless it names a simple type itself.
    fn typed(&mut self, element: Element<'_>, own: &OwnType) -> Result<(), Violation> {
        let OwnType::Simple(kind) = own else { return self.anything(element) };
        let mut others = element.attributes().filter(|attribute| attribute.namespace().is_empty());
        match others.find(|attribute| !is_declaration(*attribute)) {
            Some(attribute) => Err(not_allowed(element, attribute)),
            None => simple(element, kind),
        }
    }

    fn anything(&mut self, element: Element<'_>) -> Result<(), Violation> {
        for child in element.elements() {
            self.element(child, declared(child).filter(|row| row.is_global))?;
        }
        Ok(())
    }
}

/// The one element that may be said to have no value.
const NILLABLE: &str = "saml:AttributeValue";

fn is_declaration(attribute: Attribute<'_>) -> bool {
    attribute.name() == "xmlns" || attribute.name().starts_with("xmlns:")
}

fn not_allowed(element: Element<'_>, attribute: Attribute<'_>) -> Violation {
    let name = qualified(attribute.namespace(), attribute.local());
    let said = format!("The attribute '{name}' is not allowed.");
    let text = text!("schema.attribute", element = element.local(), attribute = attribute.name());
    violation_of_attribute(element, &name, &said, text)
}

/// An element that holds text only.
fn simple(element: Element<'_>, kind: &str) -> Result<(), Violation> {
    if let Some(child) = element.elements().next() {
        let said = "Element content is not allowed";
        let text = text!("schema.elements-in-text", element = element.local(), child = child.local());
        return Err(violation(element, said, text));
    }
    let value = element.own_text();
    if values::is_value(kind, &value) {
        return Ok(());
    }
    let said = format!("'{value}' is not a valid value of the atomic type '{}'.", values::name(kind));
    let short = kind.rsplit('}').next().unwrap_or(kind);
    let text = text!("schema.value", element = element.local(), value = shown(&value), kind = short);
    Err(violation(element, &said, text))
}

const SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

fn is_text(kind: NodeKind) -> bool {
    matches!(kind, NodeKind::Text | NodeKind::CData | NodeKind::Reference(_))
}

/// Whether `child`, which is declared so, may stand where the content model of `parent` says `name`.
fn fits(name: &str, parent: Element<'_>, child: Element<'_>, declaration: Option<&Declaration>) -> bool {
    match name {
        "#any" | "#declared" => true,
        // Another namespace than that of the schema that declares the parent.
        "#other" | "#declared-other" => {
            !child.namespace().is_empty() && child.namespace() != parent.namespace()
        }
        _ => declaration.is_some_and(|row| row.name == name),
    }
}

/// The elements that may come next, for people.
fn expected(model: &Model) -> String {
    let named = model.next().into_iter().filter(|name| !name.starts_with('#'));
    let names: Vec<&str> = named.map(|name| name.rsplit(':').next().unwrap_or(name)).collect();
    if names.is_empty() { text!("schema.nothing-more").to_string() } else { names.join(", ") }
}

fn qualified(namespace: &str, local: &str) -> String {
    if namespace.is_empty() { local.to_owned() } else { format!("{{{namespace}}}{local}") }
}

fn violation(element: Element<'_>, said: &str, text: Text) -> Violation {
    let name = qualified(element.namespace(), element.local());
    Violation { libxml2: format!("Element '{name}': {said}"), text, at: element.start_tag() }
}

fn violation_of_attribute(element: Element<'_>, attribute: &str, said: &str, text: Text) -> Violation {
    let name = qualified(element.namespace(), element.local());
    Violation {
        libxml2: format!("Element '{name}', attribute '{attribute}': {said}"),
        text,
        at: element.start_tag(),
    }
}

/// A value for people; a hostile one can be as long as the message.
fn shown(value: &str) -> String {
    value.chars().take(60).collect()
}

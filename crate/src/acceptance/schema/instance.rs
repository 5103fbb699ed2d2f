//! The words of an element about itself: that it has no value (`xsi:nil`), and its type (`xsi:type`). XML
//! Schema part 1, 2.6, as libxml2 takes them.
//!
//! Leaves out: types that are not simple; what they hold is taken as it is.

use super::{SPACE, Violation, XSI, is_text, shown, values, violation, violation_of_attribute};
use crate::{
    saml::uri,
    text,
    xml::{Attribute, Element},
};

const XS: &str = "http://www.w3.org/2001/XMLSchema";

/// The type that an element names.
pub(super) enum OwnType {
    /// None, or one that is not simple.
    Other,
    /// A simple one: its name.
    Simple(String),
}

/// The simple types of XML Schema.
const SIMPLE: [&str; 45] = [
    "anySimpleType",
    "anyURI",
    "base64Binary",
    "boolean",
    "byte",
    "date",
    "dateTime",
    "decimal",
    "double",
    "duration",
    "ENTITIES",
    "ENTITY",
    "float",
    "gDay",
    "gMonth",
    "gMonthDay",
    "gYear",
    "gYearMonth",
    "hexBinary",
    "ID",
    "IDREF",
    "IDREFS",
    "int",
    "integer",
    "language",
    "long",
    "Name",
    "NCName",
    "negativeInteger",
    "NMTOKEN",
    "NMTOKENS",
    "nonNegativeInteger",
    "nonPositiveInteger",
    "normalizedString",
    "NOTATION",
    "positiveInteger",
    "QName",
    "short",
    "string",
    "time",
    "token",
    "unsignedByte",
    "unsignedInt",
    "unsignedLong",
    "unsignedShort",
];

/// The types of SAML's assertions.
const OF_ASSERTIONS: [&str; 24] = [
    "BaseIDAbstractType",
    "NameIDType",
    "EncryptedElementType",
    "AssertionType",
    "SubjectType",
    "SubjectConfirmationType",
    "SubjectConfirmationDataType",
    "KeyInfoConfirmationDataType",
    "ConditionsType",
    "ConditionAbstractType",
    "AudienceRestrictionType",
    "OneTimeUseType",
    "ProxyRestrictionType",
    "AdviceType",
    "StatementAbstractType",
    "AuthnStatementType",
    "SubjectLocalityType",
    "AuthnContextType",
    "AuthzDecisionStatementType",
    "DecisionType",
    "ActionType",
    "EvidenceType",
    "AttributeStatementType",
    "AttributeType",
];

/// Whether `element` is said to have no value; an error where that cannot be said of it, or it has one.
pub(super) fn is_nil(element: Element<'_>, is_nillable: bool) -> Result<bool, Violation> {
    let Some(nil) = own(element, "nil") else { return Ok(false) };
    let value = nil.value();
    if !values::is_value("boolean", &value) {
        let said = format!("'{value}' is not a valid value of the atomic type 'xs:boolean'.");
        let (local, value) = (element.local(), shown(&value));
        let text = text!(
            "schema.attribute-value",
            element = local,
            attribute = nil.name(),
            value = value,
            kind = "boolean"
        );
        return Err(violation_of_attribute(element, &name_of(nil), &said, text));
    }
    if !is_nillable {
        let text = text!("schema.not-nillable", element = element.local());
        return Err(violation(element, "The element is not 'nillable'.", text));
    }
    if !matches!(value.trim_matches(SPACE), "true" | "1") {
        return Ok(false);
    }
    // What comes first is told.
    let mut inside = element.children().filter(|node| node.element().is_some() || is_text(node.kind()));
    let said = match inside.next().map(|node| node.element().is_some()) {
        Some(true) => "Neither character nor element content is allowed, because the element was 'nilled'.",
        Some(false) => "Neither character nor element content is allowed because the element is 'nilled'.",
        None => return Ok(true),
    };
    Err(violation(element, said, text!("schema.nilled", element = element.local())))
}

/// The type that `element` names; an error where there is no such type.
pub(super) fn own_type(element: Element<'_>) -> Result<OwnType, Violation> {
    let Some(named) = own(element, "type") else { return Ok(OwnType::Other) };
    let value = named.value();
    let unknown = |said: String| {
        let text = text!("schema.type", element = element.local(), value = shown(&value));
        Err(violation_of_attribute(element, &name_of(named), &said, text))
    };
    let (prefix, local) = value.split_once(':').unwrap_or(("", &value));
    let is_name = |part: &str| values::is_value("NCName", part);
    if !is_name(local) || (value.contains(':') && !is_name(prefix)) {
        return unknown(format!("'{value}' is not a valid value of the atomic type 'xs:QName'."));
    }
    let namespace = in_scope(element, prefix);
    if !prefix.is_empty() && namespace.is_none() {
        return unknown(format!(
            "The QName value '{value}' has no corresponding namespace declaration in scope."
        ));
    }
    match namespace.as_deref() {
        Some(XS) if local == "anyType" => Ok(OwnType::Other),
        Some(XS) if SIMPLE.contains(&local) => Ok(OwnType::Simple(local.to_owned())),
        Some(uri::ASSERTION) if local == "NameIDType" => Ok(OwnType::Simple("string".to_owned())),
        Some(uri::ASSERTION) if OF_ASSERTIONS.contains(&local) => Ok(OwnType::Other),
        // The types of the other schemas: hardly anybody names them.
        Some(uri::PROTOCOL | uri::XML_SIGNATURE) => Ok(OwnType::Other),
        namespace => {
            let name = super::qualified(namespace.unwrap_or_default(), local);
            unknown(format!(
                "The QName value '{name}' of the xsi:type attribute does not resolve to a type definition."
            ))
        }
    }
}

fn own<'a>(element: Element<'a>, local: &str) -> Option<Attribute<'a>> {
    element.attributes().find(|attribute| attribute.namespace() == XSI && attribute.local() == local)
}

fn name_of(attribute: Attribute<'_>) -> String {
    super::qualified(attribute.namespace(), attribute.local())
}

/// The namespace that `prefix` stands for at `element`.
fn in_scope(element: Element<'_>, prefix: &str) -> Option<String> {
    let declares = |outer: Element<'_>| {
        let mut own = outer.attributes();
        let declaration = own.find(|attribute| match attribute.name().split_once(':') {
            None => prefix.is_empty() && attribute.name() == "xmlns",
            Some((xmlns, declared)) => xmlns == "xmlns" && declared == prefix,
        });
        declaration.map(|attribute| attribute.value().into_owned())
    };
    let found = std::iter::once(element).chain(element.ancestors()).find_map(declares);
    found.filter(|namespace| !namespace.is_empty())
}

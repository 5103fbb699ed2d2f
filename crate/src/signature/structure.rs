//! The structure of a Signature, before anything in it is verified: XML Signature 1.1, chapter 4 and its
//! schema (xmldsig-core-schema, xmldsig11-schema), as one table.
//!
//! Two readers can take two different elements where the schema has one (CVE-2024-45409, CVE-2025-29774); so
//! whatever the schema does not allow leaves the signature unverified, though the arithmetic may be right.
//! Where the schema leaves the content to the algorithm, the algorithm decides: those that are known here
//! have no parameters, or just one kind.
//!
//! | content | means |
//! |---|---|
//! | `a b? (c \| d)* e+` | elements in this order ([`Model`](crate::xml::Model)) |
//! | `~ …` | the same, with text between the elements |
//! | `#other` | an element of a namespace that is not that of XML Signature |
//! | `#any` | any element, which is not looked into |
//! | `#declared` | any element, which is looked into where the table has it |
//! | `= text` | text, and no elements |
//!
//! Leaves out: Manifest and SignatureProperties in an Object, the content of keys that are not read here and
//! of elements of other namespaces, simple types (what is no base64 does not fit anyway).

use super::{
    Reason,
    algorithm::{self, ENVELOPED, EXCLUSIVE},
    reading::algorithm_of,
};
use crate::{
    saml::uri,
    xml::{Element, Model, NodeKind},
};
use std::{borrow::Cow, sync::OnceLock};

/// The namespaces by the prefixes of [`ROWS`].
const NAMESPACES: [(&str, &str); 3] =
    [("ds", uri::XML_SIGNATURE), ("dsig11", uri::XML_SIGNATURE_11), ("ec", EXCLUSIVE)];

/// One element.
struct Row {
    /// Its name with prefix.
    name: &'static str,
    /// The algorithms that the row is for; the first row that fits counts.
    is_for: fn(&str) -> bool,
    content: &'static str,
    /// The attributes that may be there; with `!` those that must.
    attributes: &'static str,
    /// The content, once it was read.
    model: OnceLock<Model>,
}

const fn row(name: &'static str, content: &'static str, attributes: &'static str) -> Row {
    Row { name, is_for: |_| true, content, attributes, model: OnceLock::new() }
}

const fn for_algorithms(name: &'static str, is_for: fn(&str) -> bool, content: &'static str) -> Row {
    Row { name, is_for, content, attributes: "Algorithm!", model: OnceLock::new() }
}

/// The elements of a Signature.
static ROWS: [Row; 35] = [
    row("ds:Signature", "ds:SignedInfo ds:SignatureValue ds:KeyInfo? ds:Object*", "Id"),
    row("ds:SignedInfo", "ds:CanonicalizationMethod ds:SignatureMethod ds:Reference+", "Id"),
    for_algorithms("ds:CanonicalizationMethod", is_exclusive, "~ ec:InclusiveNamespaces?"),
    for_algorithms("ds:CanonicalizationMethod", |uri| algorithm::canonicalization(uri).is_some(), "~"),
    for_algorithms("ds:CanonicalizationMethod", |_| true, "~ #any*"),
    // RSA-PSS can have parameters of its own; they are named as what is not known.
    for_algorithms("ds:SignatureMethod", |uri| uri.ends_with("#rsa-pss"), "~ #other*"),
    for_algorithms("ds:SignatureMethod", |uri| algorithm::method(uri).is_some(), "~"),
    for_algorithms("ds:SignatureMethod", |_| true, "~ ds:HMACOutputLength? #other*"),
    row("ds:HMACOutputLength", "= text", ""),
    row("ds:Reference", "ds:Transforms? ds:DigestMethod ds:DigestValue", "Id URI Type"),
    row("ds:Transforms", "ds:Transform+", ""),
    for_algorithms("ds:Transform", is_exclusive, "~ ec:InclusiveNamespaces?"),
    for_algorithms("ds:Transform", is_known_transform, "~"),
    for_algorithms("ds:Transform", |uri| uri == XPATH, "~ ds:XPath?"),
    for_algorithms("ds:Transform", |_| true, "~ #other*"),
    row("ds:XPath", "= text", ""),
    row("ec:InclusiveNamespaces", "", "PrefixList"),
    for_algorithms("ds:DigestMethod", |uri| algorithm::digest(uri).is_some(), "~"),
    for_algorithms("ds:DigestMethod", |_| true, "~ #other*"),
    row("ds:DigestValue", "= text", ""),
    row("ds:SignatureValue", "= text", "Id"),
    row(
        "ds:KeyInfo",
        "~ (ds:KeyName | ds:KeyValue | ds:RetrievalMethod | ds:X509Data | ds:PGPData | ds:SPKIData | ds:MgmtData | #other)+",
        "Id",
    ),
    row("ds:KeyName", "= text", ""),
    row("ds:MgmtData", "= text", ""),
    row("ds:KeyValue", "~ (ds:DSAKeyValue | ds:RSAKeyValue | #other)", ""),
    row("ds:RSAKeyValue", "ds:Modulus ds:Exponent", ""),
    row("ds:Modulus", "= text", ""),
    row("ds:Exponent", "= text", ""),
    row(
        "ds:X509Data",
        "(ds:X509IssuerSerial | ds:X509SKI | ds:X509SubjectName | ds:X509Certificate | ds:X509CRL | #other)+",
        "",
    ),
    row("ds:X509Certificate", "= text", ""),
    row("ds:Object", "~ #declared*", "Id MimeType Encoding"),
    row("dsig11:DEREncodedKeyValue", "= text", "Id"),
    row("dsig11:ECKeyValue", "(dsig11:ECParameters | dsig11:NamedCurve) dsig11:PublicKey", "Id"),
    row("dsig11:NamedCurve", "", "URI!"),
    row("dsig11:PublicKey", "= text", ""),
];

/// The transform that selects by an XPath expression.
const XPATH: &str = "http://www.w3.org/TR/1999/REC-xpath-19991116";

fn is_exclusive(uri: &str) -> bool {
    uri.starts_with(EXCLUSIVE)
}

fn is_known_transform(uri: &str) -> bool {
    uri == ENVELOPED || algorithm::canonicalization(uri).is_some()
}

/// Looks at `signature` and at all in it that the table knows.
///
/// # Errors
/// The first thing that the table does not allow: an element in a wrong place, then one that is missing, then
/// what is wrong inside of one.
pub(super) fn check(signature: Element<'_>) -> Result<(), Reason> {
    let Some(row) = row_of(signature) else { return Ok(()) };
    attributes(signature, row)?;
    if row.content == "= text" {
        return match signature.elements().next() {
            Some(child) => Err(misplaced(child, signature)),
            None => Ok(()),
        };
    }
    let mixed = row.content.strip_prefix('~');
    let mut model = Cow::Borrowed(row.model.get_or_init(|| Model::read(mixed.unwrap_or(row.content))));
    let mut inside = Vec::new();
    for node in signature.children() {
        let Some(child) = node.element() else {
            let is_text = matches!(node.kind(), NodeKind::Text | NodeKind::CData | NodeKind::Reference(_));
            if mixed.is_none() && is_text && !node.characters().trim_matches(SPACE).is_empty() {
                let parent = signature.local().to_owned();
                return Err(Reason::TextInStructure { parent, at: node.span().start });
            }
            continue;
        };
        let Some((left, name)) = model.after(&|name| fits(name, child)) else {
            return Err(unexpected(child, signature, &model));
        };
        model = Cow::Owned(left);
        // Rows lead back to themselves by an Object alone, and its depth is that of the document.
        if name != "#any" {
            inside.push(child);
        }
    }
    if !model.may_be_empty() {
        let parent = signature.local().to_owned();
        return Err(Reason::Incomplete { element: wanted(&model), parent });
    }
    inside.into_iter().try_for_each(check)
}

/// The elements of which one must come next, for people.
fn wanted(model: &Model) -> String {
    let known = model.next().into_iter().filter(|name| !name.starts_with('#'));
    known.map(local).collect::<Vec<_>>().join(" or ")
}

fn attributes(element: Element<'_>, row: &Row) -> Result<(), Reason> {
    let declared = || row.attributes.split_ascii_whitespace().map(|name| name.trim_end_matches('!'));
    let is_declaration = |name: &str| name == "xmlns" || name.starts_with("xmlns:");
    // What a schema is found by may stand anywhere.
    let is_hint = |namespace: &str| namespace == "http://www.w3.org/2001/XMLSchema-instance";
    for attribute in element.attributes() {
        let (name, namespace) = (attribute.name(), attribute.namespace());
        let is_allowed = is_declaration(name)
            || is_hint(namespace)
            || (namespace.is_empty() && declared().any(|declared| declared == name));
        if !is_allowed {
            let (attribute, at) = (shortened(name), attribute.span().start);
            return Err(Reason::AttributeInStructure { attribute, element: element.local().to_owned(), at });
        }
    }
    let required = row.attributes.split_ascii_whitespace().filter_map(|name| name.strip_suffix('!'));
    match required.into_iter().find(|name| element.attribute(name).is_none()) {
        Some(name) => {
            Err(Reason::Incomplete { element: name.to_owned(), parent: element.local().to_owned() })
        }
        None => Ok(()),
    }
}

/// One too many, one before which another is absent, or one that never belongs there.
fn unexpected(child: Element<'_>, parent: Element<'_>, model: &Model) -> Reason {
    let is_same = |other: &Element<'_>| other.is(child.namespace(), child.local());
    let before = parent.elements().take_while(|other| *other != child).filter(is_same).count();
    if before > 0 && row_of(child).is_some() {
        return Reason::Several { element: child.local().to_owned(), parent: parent.local().to_owned() };
    }
    let is_there = |name: &&str| parent.elements().any(|other| fits(name, other));
    if row_of(child).is_some() && !model.may_be_empty() && !model.next().iter().any(is_there) {
        return Reason::Incomplete { element: wanted(model), parent: parent.local().to_owned() };
    }
    misplaced(child, parent)
}

fn misplaced(child: Element<'_>, parent: Element<'_>) -> Reason {
    Reason::Misplaced {
        element: shortened(child.local()),
        parent: parent.local().to_owned(),
        at: child.span().start,
    }
}

const SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

/// The row of `element`, by its name and its algorithm.
fn row_of(element: Element<'_>) -> Option<&'static Row> {
    let (prefix, _) = NAMESPACES.iter().find(|(_, namespace)| *namespace == element.namespace())?;
    let local = element.local();
    // Most rows are told apart by the end of their names.
    let is_named =
        |row: &&Row| row.name.ends_with(local) && row.name.split_once(':') == Some((*prefix, local));
    let mut named = ROWS.iter().filter(is_named).peekable();
    // Few elements have an algorithm.
    named.peek()?;
    let algorithm = algorithm_of(element);
    named.find(|row| (row.is_for)(&algorithm))
}

/// Whether `child` may stand where a content model says `name`.
fn fits(name: &str, child: Element<'_>) -> bool {
    match name {
        "#any" | "#declared" => true,
        "#other" => !matches!(child.namespace(), "" | uri::XML_SIGNATURE),
        _ => name.split_once(':').is_some_and(|(prefix, local)| {
            let namespace = NAMESPACES.iter().find(|(known, _)| *known == prefix);
            namespace.is_some_and(|(_, namespace)| child.is(namespace, local))
        }),
    }
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// A name for people; a hostile one can be as long as the message.
fn shortened(name: &str) -> String {
    name.chars().take(60).collect()
}

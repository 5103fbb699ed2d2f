//! A SAML message as it may leave: written anew from what is known of SAML 2.0, never copied.
//!
//! Each element and attribute that is written stands in [`ELEMENTS`] with the kind of what it holds; what is
//! not there is left out, and so are signatures: the copy proves nothing and signs nobody in, and its mark
//! says that it is a copy ([`RedactedCopy`]). Of an encrypted part only that it was there is told. Of several
//! assertions of which a valid signature covers some, the covered one is written alone, as it is the one that
//! counts.
//!
//! Leaves out: SAML 1.1, WS-Trust, metadata and artifacts, of which only the length leaves.

use super::redaction::{Kind, Redaction};
use crate::{
    attack,
    binding::Carried,
    saml::{
        RedactedCopy, has_signature,
        uri::{ASSERTION, PROTOCOL, SOAP},
    },
    xml::Element,
};

/// An element that is written.
struct Row {
    namespace: &'static str,
    local: &'static str,
    /// The kind of its text, where it has one.
    text: Option<Kind>,
    attributes: &'static [(&'static str, Kind)],
}

const fn row(
    namespace: &'static str,
    local: &'static str,
    text: Option<Kind>,
    attributes: &'static [(&'static str, Kind)],
) -> Row {
    Row { namespace, local, text, attributes }
}

/// The parts that all messages have (SAML Core 3.2.1, 3.2.2).
const MESSAGE: &[(&str, Kind)] = &[
    ("ID", Kind::Identifier),
    ("InResponseTo", Kind::Identifier),
    ("Version", Kind::Number),
    ("IssueInstant", Kind::Instant),
    ("Destination", Kind::Address),
    ("Consent", Kind::Uri),
    ("NotOnOrAfter", Kind::Instant),
    ("Reason", Kind::Uri),
    ("ForceAuthn", Kind::Flag),
    ("IsPassive", Kind::Flag),
    ("ProtocolBinding", Kind::Uri),
    ("AssertionConsumerServiceIndex", Kind::Number),
    ("AssertionConsumerServiceURL", Kind::Address),
    ("AttributeConsumingServiceIndex", Kind::Number),
];
const NAME_ID: &[(&str, Kind)] = &[
    ("Format", Kind::Uri),
    ("NameQualifier", Kind::EntityId),
    ("SPNameQualifier", Kind::EntityId),
    ("SPProvidedID", Kind::Identifier),
];
const WINDOW: &[(&str, Kind)] = &[("NotBefore", Kind::Instant), ("NotOnOrAfter", Kind::Instant)];
const NONE: &[(&str, Kind)] = &[];

/// Every element that is written (SAML Core 2 and 3, SOAP 1.1 and 1.2).
const ELEMENTS: &[Row] = &[
    row(SOAP[0], "Envelope", None, NONE),
    row(SOAP[0], "Body", None, NONE),
    row(SOAP[1], "Envelope", None, NONE),
    row(SOAP[1], "Body", None, NONE),
    row(PROTOCOL, "Response", None, MESSAGE),
    row(PROTOCOL, "AuthnRequest", None, MESSAGE),
    row(PROTOCOL, "LogoutRequest", None, MESSAGE),
    row(PROTOCOL, "LogoutResponse", None, MESSAGE),
    row(PROTOCOL, "ArtifactResolve", None, MESSAGE),
    row(PROTOCOL, "ArtifactResponse", None, MESSAGE),
    row(PROTOCOL, "Status", None, NONE),
    row(PROTOCOL, "StatusCode", None, &[("Value", Kind::Uri)]),
    row(PROTOCOL, "StatusMessage", Some(Kind::Prose), NONE),
    row(PROTOCOL, "SessionIndex", Some(Kind::Identifier), NONE),
    row(
        PROTOCOL,
        "NameIDPolicy",
        None,
        &[("Format", Kind::Uri), ("SPNameQualifier", Kind::EntityId), ("AllowCreate", Kind::Flag)],
    ),
    row(PROTOCOL, "RequestedAuthnContext", None, NONE),
    row(ASSERTION, "Assertion", None, MESSAGE),
    row(ASSERTION, "EncryptedAssertion", None, NONE),
    row(ASSERTION, "EncryptedID", None, NONE),
    row(ASSERTION, "EncryptedAttribute", None, NONE),
    row(ASSERTION, "Issuer", Some(Kind::EntityId), NAME_ID),
    row(ASSERTION, "Subject", None, NONE),
    row(ASSERTION, "NameID", Some(Kind::Identifier), NAME_ID),
    row(ASSERTION, "SubjectConfirmation", None, &[("Method", Kind::Uri)]),
    row(
        ASSERTION,
        "SubjectConfirmationData",
        None,
        &[
            ("Recipient", Kind::Address),
            ("InResponseTo", Kind::Identifier),
            ("NotBefore", Kind::Instant),
            ("NotOnOrAfter", Kind::Instant),
        ],
    ),
    row(ASSERTION, "Conditions", None, WINDOW),
    row(ASSERTION, "AudienceRestriction", None, NONE),
    row(ASSERTION, "Audience", Some(Kind::EntityId), NONE),
    row(ASSERTION, "OneTimeUse", None, NONE),
    row(
        ASSERTION,
        "AuthnStatement",
        None,
        &[
            ("AuthnInstant", Kind::Instant),
            ("SessionIndex", Kind::Identifier),
            ("SessionNotOnOrAfter", Kind::Instant),
        ],
    ),
    row(ASSERTION, "AuthnContext", None, NONE),
    row(ASSERTION, "AuthnContextClassRef", Some(Kind::Uri), NONE),
    row(ASSERTION, "AttributeStatement", None, NONE),
    row(ASSERTION, "Attribute", None, &[("Name", Kind::AttributeName), ("NameFormat", Kind::Uri)]),
    row(ASSERTION, "AttributeValue", Some(Kind::Identifier), NONE),
];

fn known(element: Element<'_>) -> Option<&'static Row> {
    ELEMENTS.iter().find(|row| element.is(row.namespace, row.local))
}

/// The copy of the message in `carried` that may leave; nothing where it is none that is known.
pub(super) fn redacted(carried: &Carried, redaction: &mut Redaction) -> Option<String> {
    let document = carried.document.as_ref()?;
    let root = document.root()?;
    known(root)?;
    let before = attack::redacted_copy(carried).filter(|_| redaction.is_of_file());
    let had_signature = redaction.is_signed_beside()
        || carried.signature.is_some()
        || has_signature(document)
        || before.is_some_and(|before| before.had_signature);
    let copy = Copy {
        alone: attack::vouched_assertion(carried),
        mark: RedactedCopy { had_signature }.mark(),
        text: String::new(),
    };
    Some(copy.of(root, redaction))
}

/// A copy that is written.
struct Copy<'a> {
    /// Of several assertions, the one that is written.
    alone: Option<Element<'a>>,
    /// The mark that says that it is a copy.
    mark: &'static str,
    text: String,
}

impl<'a> Copy<'a> {
    fn of(mut self, root: Element<'a>, redaction: &mut Redaction) -> String {
        self.write(root, true, redaction);
        self.text
    }

    fn write(&mut self, element: Element<'a>, is_root: bool, redaction: &mut Redaction) {
        let Some(row) = known(element) else {
            redaction.drop(Kind::Unknown, 1);
            return;
        };
        if row.local == "Assertion" && self.alone.is_some_and(|alone| alone != element) {
            redaction.drop(Kind::Unknown, 1);
            return;
        }
        // Other prefixes than most software writes: in base64 too, the copy begins like no message that was
        // sent.
        let prefix = match row.namespace {
            PROTOCOL => "rp",
            ASSERTION => "ra",
            _ => "soap",
        };
        let name = format!("{prefix}:{}", row.local);
        self.text.push_str(&format!("<{name}"));
        if is_root {
            self.text.push_str(&format!(" xmlns:rp=\"{PROTOCOL}\" xmlns:ra=\"{ASSERTION}\""));
        }
        if is_root && prefix == "soap" {
            self.text.push_str(&format!(" xmlns:soap=\"{}\"", row.namespace));
        }
        for attribute in element.attributes() {
            let mut kinds = row.attributes.iter();
            match kinds.find(|(local, _)| *local == attribute.name()).map(|(_, kind)| *kind) {
                Some(kind) => {
                    let value = redaction.text(kind, &attribute.value());
                    self.text.push_str(&format!(" {}=\"{}\"", attribute.local(), escaped(&value)));
                }
                None if attribute.name().starts_with("xmlns") => {}
                None => redaction.drop(Kind::Unknown, 1),
            }
        }
        self.text.push('>');
        if is_root {
            self.text.push_str(self.mark);
        }
        match row.text {
            Some(kind) => {
                let text =
                    if row.local == "AttributeValue" { element.all_text() } else { element.own_text() };
                self.text.push_str(&escaped(&redaction.text(kind, &text)));
            }
            // What is encrypted is not looked into.
            None if row.local.starts_with("Encrypted") => redaction.drop(Kind::Unknown, 1),
            None => element.elements().for_each(|child| self.write(child, false, redaction)),
        }
        self.text.push_str(&format!("</{name}>"));
    }
}

/// Escaped for text and attributes; white space that a parser would change is written as a reference.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push_str(&format!("&#{};", u32::from(c))),
            // Characters that XML does not have cannot be written at all.
            c if c < ' ' || ('\u{fffe}'..='\u{ffff}').contains(&c) => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

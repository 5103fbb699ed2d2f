//! The causes: one row each, in the order in which they are told.

use super::{AttackKind, Suspect, elements};
use crate::{
    base::catalogue::Text,
    saml::{TextReader, uri},
    signature::{Coverage, Reason, Signature, SignatureState, SignedPart, base64_of, is_digest_of_nothing},
    text,
    xml::{Document, Element, NodeKind, c14n::Obstacle},
};

/// One cause.
pub(super) struct Cause {
    /// Kebab-case name.
    pub(super) id: &'static str,
    pub(super) kind: AttackKind,
    /// The problem, if it is there.
    pub(super) find: fn(&Suspect<'_>) -> Option<Text>,
}

const fn cause(id: &'static str, kind: AttackKind, find: fn(&Suspect<'_>) -> Option<Text>) -> Cause {
    Cause { id, kind, find }
}

/// The causes.
pub(super) const ALL: [Cause; 23] = [
    cause("other-assertion", AttackKind::Wrapped, other_assertion),
    cause("covers-nothing", AttackKind::Wrapped, covers_nothing),
    cause("signature-elsewhere", AttackKind::Wrapped, signature_elsewhere),
    cause("several-assertions", AttackKind::Wrapped, several_assertions),
    cause("duplicate-id", AttackKind::Ambiguous, duplicate_id),
    cause("several-parts", AttackKind::Ambiguous, several_parts),
    cause("structure", AttackKind::Ambiguous, structure),
    cause("other-key", AttackKind::Ambiguous, other_key),
    cause("digest-elsewhere", AttackKind::Ambiguous, digest_elsewhere),
    cause("comment-in-digest", AttackKind::Ambiguous, comment_in_digest),
    cause("empty-digest", AttackKind::Ambiguous, empty_digest),
    cause("changed", AttackKind::Changed, changed),
    cause("reformatted", AttackKind::Changed, reformatted),
    cause("unsigned", AttackKind::Unsigned, unsigned),
    cause("hmac", AttackKind::UnsafeMethod, hmac),
    cause("transform", AttackKind::UnsafeMethod, transform),
    cause("relative-namespace", AttackKind::UnsafeMethod, relative_namespace),
    cause("doctype", AttackKind::Doctype, |s| s.has_flaw(&["doctype"]).then(|| text!("attack.doctype"))),
    cause("name-id", AttackKind::NameId, name_id),
    cause("query-changed", AttackKind::Redirect, query_changed),
    cause("query-half-signed", AttackKind::Redirect, query_half_signed),
    cause("parameter-twice", AttackKind::Redirect, |s| {
        s.has_flaw(&["duplicate-parameter"]).then(|| text!("attack.parameter-twice"))
    }),
    cause("bomb", AttackKind::Bomb, bomb),
];

/// Codes of the flaws that a message has that grows beyond a limit.
const BOMBS: [&str; 5] =
    ["inflate-limit", "too-many-nodes", "too-many-attributes", "too-deep", "too-many-messages"];

fn other_assertion(suspect: &Suspect<'_>) -> Option<Text> {
    suspect.unsigned_assertion()?;
    let signed = suspect.vouched().next()?;
    let id = signed.attribute("ID").unwrap_or_default().chars().take(100).collect::<String>();
    Some(text!("attack.other-assertion", id = id))
}

fn covers_nothing(suspect: &Suspect<'_>) -> Option<Text> {
    suspect.response()?;
    let is_nothing = |s: &&Signature| {
        s.state == SignatureState::Valid && s.coverage == Coverage::Nothing && !s.targets.is_empty()
    };
    suspect.xml_signatures().find(is_nothing).map(|_| text!("attack.covers-nothing"))
}

/// SAML Core 5.4.2: a signature covers the element that it stands in.
fn signature_elsewhere(suspect: &Suspect<'_>) -> Option<Text> {
    suspect.response()?;
    let is_elsewhere = |s: &&Signature| s.targets.iter().any(|target| Some(target.span) != s.parent);
    suspect.xml_signatures().find(is_elsewhere).map(|_| text!("attack.signature-elsewhere"))
}

fn several_assertions(suspect: &Suspect<'_>) -> Option<Text> {
    let count = suspect.response()?.assertions().len();
    (count > 1 && !suspect.signatures.is_empty()).then(|| text!("attack.several-assertions", count = count))
}

fn duplicate_id(suspect: &Suspect<'_>) -> Option<Text> {
    let is_signed = suspect.xml_signatures().next().is_some();
    (is_signed && suspect.has_flaw(&["duplicate-id"])).then(|| text!("attack.duplicate-id"))
}

fn several_parts(suspect: &Suspect<'_>) -> Option<Text> {
    suspect.xml_signatures().flat_map(|signature| &signature.reasons).find_map(|reason| match reason {
        Reason::Several { element, .. } => Some(text!("attack.several-parts", element = element)),
        _ => None,
    })
}

/// The content model of XML Signature: readers differ in what they make of what it does not allow.
fn structure(suspect: &Suspect<'_>) -> Option<Text> {
    let mut reasons = suspect.xml_signatures().flat_map(|signature| &signature.reasons);
    reasons
        .find(|reason| reason.is_foreign_structure())
        .map(|reason| text!("attack.structure", why = reason.text()))
}

/// A key beside that of the first certificate, which ruby-saml takes.
fn other_key(suspect: &Suspect<'_>) -> Option<Text> {
    let has_other = suspect.xml_signatures().any(|signature| signature.has_other_key);
    has_other.then(|| text!("attack.other-key"))
}

/// CVE-2024-45409: readers that look for the first DigestValue anywhere take one that is not signed.
fn digest_elsewhere(suspect: &Suspect<'_>) -> Option<Text> {
    let is_in = |element: &Element<'_>, local| element.ancestors().any(|it| it.is(uri::XML_SIGNATURE, local));
    let mut digests = suspect.document().into_iter().flat_map(elements).filter(|element| {
        ["DigestValue", "SignedInfo"].iter().any(|local| element.is(uri::XML_SIGNATURE, local))
    });
    let found = digests.find(|element| match element.local() {
        "SignedInfo" => !element.parent().is_some_and(|parent| parent.is(uri::XML_SIGNATURE, "Signature")),
        _ => !is_in(element, "SignedInfo") && !is_in(element, "Manifest"),
    })?;
    Some(text!("attack.digest-elsewhere", element = found.local()))
}

/// CVE-2025-29775: readers differ in whether what is behind a comment belongs to the value.
fn comment_in_digest(suspect: &Suspect<'_>) -> Option<Text> {
    let values = ["DigestValue", "SignatureValue"];
    let mut found = suspect
        .document()
        .into_iter()
        .flat_map(elements)
        .filter(|element| values.iter().any(|local| element.is(uri::XML_SIGNATURE, local)));
    let is_text = |kind| matches!(kind, NodeKind::Text | NodeKind::Reference(_));
    let found = found.find(|element| element.children().any(|node| !is_text(node.kind())))?;
    Some(text!("attack.comment-in-digest", element = found.local()))
}

fn empty_digest(suspect: &Suspect<'_>) -> Option<Text> {
    let mut references =
        suspect.document().into_iter().flat_map(elements).filter(|e| e.is(uri::XML_SIGNATURE, "Reference"));
    let is_empty = |reference: &Element<'_>| {
        let method = reference.child(uri::XML_SIGNATURE, "DigestMethod")?.attribute("Algorithm")?;
        let value = reference.child(uri::XML_SIGNATURE, "DigestValue").and_then(base64_of)?;
        is_digest_of_nothing(&method, &value).then_some(())
    };
    references.find_map(|reference| is_empty(&reference)).map(|()| text!("attack.empty-digest"))
}

fn changed(suspect: &Suspect<'_>) -> Option<Text> {
    // Alone, another key says that nothing was changed.
    let is_changed = |s: &&Signature| {
        s.state == SignatureState::Invalid && !is_reformatted(s) && s.reasons != [Reason::OtherKey]
    };
    let invalid = suspect.xml_signatures().find(is_changed)?;
    Some(text!("attack.changed", why = invalid.reason().unwrap_or_default()))
}

fn reformatted(suspect: &Suspect<'_>) -> Option<Text> {
    let invalid = |s: &&Signature| s.state == SignatureState::Invalid && is_reformatted(s);
    suspect.xml_signatures().find(invalid).map(|_| text!("attack.reformatted"))
}

fn is_reformatted(signature: &Signature) -> bool {
    signature.reasons.contains(&Reason::Reformatted)
}

fn unsigned(suspect: &Suspect<'_>) -> Option<Text> {
    let response = suspect.response().filter(|_| !suspect.copy.is_some_and(|copy| copy.had_signature))?;
    // Behind where a message is cut off there may be a signature.
    suspect.document().filter(|document| document.flaw().is_none())?;
    let is_signed = suspect.carried.signature.is_some()
        || suspect.document().into_iter().flat_map(elements).any(|e| e.is(uri::XML_SIGNATURE, "Signature"));
    // A signature can be inside of what is encrypted.
    let may_be_signed = is_signed || response.response().is_some_and(|r| !r.encrypted_assertions.is_empty());
    (!may_be_signed && !response.assertions().is_empty()).then(|| text!("attack.unsigned"))
}

/// With a certificate as its key, anybody can make an HMAC: the certificate is public.
fn hmac(suspect: &Suspect<'_>) -> Option<Text> {
    let is_hmac = |s: &&Signature| s.algorithm.as_deref().is_some_and(|uri| uri.contains("#hmac-"));
    suspect.signatures.iter().find(is_hmac).map(|_| text!("attack.hmac"))
}

fn transform(suspect: &Suspect<'_>) -> Option<Text> {
    suspect.xml_signatures().flat_map(|signature| &signature.reasons).find_map(|reason| match reason {
        Reason::Transform { uri } => {
            Some(text!("attack.transform", uri = uri.chars().take(100).collect::<String>()))
        }
        _ => None,
    })
}

/// CVE-2025-66568: libxml2 makes no canonical form then, and a reader that does not notice verifies the empty
/// text.
fn relative_namespace(suspect: &Suspect<'_>) -> Option<Text> {
    let obstacle = Reason::Obstacle(Obstacle::RelativeNamespace);
    let met = suspect.xml_signatures().any(|signature| signature.reasons.contains(&obstacle));
    let declared = || suspect.document().is_some_and(Document::has_relative_namespace);
    let is_signed = suspect.xml_signatures().next().is_some();
    (is_signed && (met || declared())).then(|| text!("attack.relative-namespace"))
}

/// CVE-2017-11428 and its kin.
fn name_id(suspect: &Suspect<'_>) -> Option<Text> {
    let name_id = suspect.carried.message.as_ref()?.name_id()?;
    let other = name_id.other_readings.iter().find(|other| other.reader != TextReader::Escaped)?;
    Some(text!("attack.name-id", value = name_id.value, other = other.value))
}

fn query_changed(suspect: &Suspect<'_>) -> Option<Text> {
    let is_changed = |s: &&Signature| s.on == SignedPart::Query && s.state == SignatureState::Invalid;
    suspect.signatures.iter().find(is_changed).map(|_| text!("attack.query-changed"))
}

fn query_half_signed(suspect: &Suspect<'_>) -> Option<Text> {
    let is_half = |s: &&Signature| s.reasons.contains(&Reason::NoSigAlg);
    suspect.signatures.iter().find(is_half).map(|_| text!("attack.query-half-signed"))
}

fn bomb(suspect: &Suspect<'_>) -> Option<Text> {
    let flaw = suspect.carried.flaws.iter().find(|flaw| BOMBS.contains(&flaw.code));
    let reasons = suspect.xml_signatures().flat_map(|signature| &signature.reasons);
    let is_many =
        |r: &&Reason| matches!(r, Reason::TooManyReferences { .. } | Reason::TooManySignatures { .. });
    let reason = reasons.into_iter().find(is_many).map(Reason::text);
    let why = flaw.map(|flaw| flaw.text.clone()).or(reason)?;
    Some(text!("attack.bomb", why = why))
}

//! Signs of an attack in one message: tricks by which a message seems to be signed and is not.
//!
//! A tracer that shows a value shows it as somebody's. So it must say when nobody vouches for the value: when
//! the signature covers something else (XML signature wrapping), when what was signed was changed, when
//! readers differ in what is signed (CVE-2017-11428, CVE-2024-45409, CVE-2025-25291, CVE-2025-29774,
//! CVE-2025-29775, CVE-2025-66568). Each [`AttackKind`] is one diagnosis. What GitLab answers is not said
//! here: most of it GitLab refuses.
//!
//! Leaves out: whether somebody meant it. A broken identity provider and a proxy that rewrites pages look the
//! same.

mod causes;

use crate::{
    base::{catalogue::Text, flaw::Span},
    binding::Carried,
    saml::{Message, MessageKind, NameId, RedactedCopy, uri},
    signature::{self, GivenKeys, KeyUse, Signature, SignatureState, SignedPart},
    xml::{Document, Element},
};

/// Kinds of signs; each is a diagnosis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AttackKind {
    /// Nothing is signed.
    Unsigned,
    /// The signed part, or the signature, was changed.
    Changed,
    /// The signature covers something else than what is read.
    Wrapped,
    /// Readers differ in what is signed.
    Ambiguous,
    /// The signature is made in a way that proves nothing, or less than it seems.
    UnsafeMethod,
    /// There is a document type declaration.
    Doctype,
    /// Readers differ in what the NameID is.
    NameId,
    /// The address of a redirect is not what was signed, or holds two messages.
    Redirect,
    /// The message is made to use up memory or time.
    Bomb,
}

impl AttackKind {
    /// Kebab-case name, for programs.
    pub fn id(self) -> &'static str {
        match self {
            AttackKind::Unsigned => "unsigned",
            AttackKind::Changed => "changed",
            AttackKind::Wrapped => "wrapped",
            AttackKind::Ambiguous => "ambiguous",
            AttackKind::UnsafeMethod => "unsafe-method",
            AttackKind::Doctype => "doctype",
            AttackKind::NameId => "name-id",
            AttackKind::Redirect => "redirect",
            AttackKind::Bomb => "bomb",
        }
    }
}

/// One sign.
#[derive(Clone, Debug, PartialEq)]
pub struct Attack {
    /// The kind of attack.
    pub kind: AttackKind,
    /// Kebab-case name of the cause, for programs and tests.
    pub cause: &'static str,
    /// The problem in words.
    pub text: Text,
}

/// The NameID that is signed, and the one that a reader takes who does not look at the signature.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SideBySide {
    /// That of the first assertion that a valid signature covers.
    pub signed: Option<String>,
    /// That of the first assertion that none covers.
    pub unsigned: Option<String>,
}

/// The material that the causes look at.
struct Suspect<'a> {
    carried: &'a Carried,
    copy: Option<RedactedCopy>,
    signatures: Vec<Signature>,
}

/// The result of a look at one message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    /// The signs of an attack, at most one of each cause, worst kind first.
    pub attacks: Vec<Attack>,
    /// The signed and the unsigned NameID.
    pub beside: SideBySide,
    /// The signatures, as they were verified for it.
    pub signatures: Vec<Signature>,
    /// The keys of the valid signatures that cover the assertion whose NameID is read; anybody may have made
    /// them.
    pub keys: Vec<KeyUse>,
    /// The redacted copy that it is; nothing of a message that was received.
    pub copy: Option<RedactedCopy>,
}

/// Looks at `carried`, which was received. Signatures are verified with the keys in it and those `given`.
pub fn look(carried: &Carried, given: &GivenKeys) -> Look {
    look_as(carried, None, given)
}

/// Looks at `carried`, of which a file tells. Of a redacted copy it is not known what was signed.
pub fn look_at_imported(carried: &Carried, given: &GivenKeys) -> Look {
    look_as(carried, redacted_copy(carried), given)
}

/// The redacted copy that `carried` says it is. It counts only where a file tells of the message.
pub fn redacted_copy(carried: &Carried) -> Option<RedactedCopy> {
    let is_detached = carried.signature.is_some() || carried.sig_alg.is_some();
    carried.document.as_ref().filter(|_| !is_detached).and_then(RedactedCopy::of)
}

fn look_as(carried: &Carried, copy: Option<RedactedCopy>, given: &GivenKeys) -> Look {
    let suspect = Suspect { carried, copy, signatures: signature::of_carried(carried, given) };
    let found = causes::ALL.iter().filter_map(|cause| {
        let text = (cause.find)(&suspect)?;
        Some(Attack { kind: cause.kind, cause: cause.id, text })
    });
    let attacks = found.collect();
    let (beside, keys) = (suspect.side_by_side(), suspect.keys());
    Look { attacks, beside, keys, signatures: suspect.signatures, copy }
}

/// The signs of an attack in `carried`.
pub fn attacks(carried: &Carried, given: &GivenKeys) -> Vec<Attack> {
    look(carried, given).attacks
}

impl Look {
    /// Whether it is a copy out of which the signature was taken, so that it is not known what was signed.
    pub fn is_signature_taken_out(&self) -> bool {
        self.copy.is_some_and(|copy| copy.had_signature)
    }

    /// Whether somebody vouches for the NameID that is read of the message: a valid signature covers its
    /// assertion, and nothing speaks against that. Who signed is not known by it: a message may bring any
    /// key.
    pub fn is_vouched_for(&self) -> bool {
        let is_harmless = |attack: &Attack| match attack.kind {
            AttackKind::Unsigned
            | AttackKind::Changed
            | AttackKind::Ambiguous
            | AttackKind::UnsafeMethod
            | AttackKind::Redirect => false,
            // Then the signed one is read, and not the other.
            AttackKind::Wrapped | AttackKind::Doctype | AttackKind::NameId | AttackKind::Bomb => true,
        };
        !self.keys.is_empty() && self.attacks.iter().all(is_harmless)
    }
}

/// The assertion that somebody vouches for, where the message has several and a valid signature covers only
/// some.
pub fn vouched_assertion(carried: &Carried) -> Option<Element<'_>> {
    vouched_among(carried, || signature::of_carried(carried, &GivenKeys::default()))
}

/// The same, with the signatures of the message, as they were verified with the keys in it.
pub(crate) fn vouched_among(
    carried: &Carried,
    signatures: impl FnOnce() -> Vec<Signature>,
) -> Option<Element<'_>> {
    // Verifying takes time; a message whose assertion stands alone needs none.
    assertions(carried.document.as_ref()?).nth(1)?;
    let suspect = Suspect { carried, copy: None, signatures: signatures() };
    suspect.unsigned_assertion()?;
    suspect.vouched().next()
}

/// The NameID in an assertion, wherever that stands, as the message's own is read.
pub fn name_id_in(assertion: Element<'_>) -> Option<NameId> {
    name_id_element(assertion).map(|element| NameId {
        value: element.own_text(),
        format: element.attribute("Format").map(|format| format.into_owned()),
        span: element.span(),
        ..NameId::default()
    })
}

impl<'a> Suspect<'a> {
    fn document(&self) -> Option<&'a Document> {
        self.carried.document.as_ref()
    }

    /// The Response, where the message is one of SAML 2.0.
    fn response(&self) -> Option<&'a Message> {
        self.carried.message.as_ref().filter(|message| message.kind == MessageKind::Response)
    }

    /// The signatures inside of the XML.
    fn xml_signatures(&self) -> impl Iterator<Item = &Signature> {
        self.signatures.iter().filter(|signature| signature.on != SignedPart::Query)
    }

    fn has_flaw(&self, codes: &[&str]) -> bool {
        self.carried.flaws.iter().any(|flaw| codes.contains(&flaw.code))
    }

    /// Whether a valid signature covers all of `span`. A detached one covers the whole message.
    fn is_covered(&self, span: Span) -> bool {
        self.covering(span).next().is_some()
    }

    /// The valid signatures that cover all of `span`.
    fn covering(&self, span: Span) -> impl Iterator<Item = &Signature> {
        let valid = self.signatures.iter().filter(|signature| signature.state == SignatureState::Valid);
        valid.filter(move |signature| {
            signature.on == SignedPart::Query || signature.targets.iter().any(|target| target.holds(span))
        })
    }

    /// The keys that vouch for the assertion whose NameID is read: where any is signed, it is the first that
    /// is.
    fn keys(&self) -> Vec<KeyUse> {
        let read = self.vouched().next().map(Element::span);
        read.into_iter().flat_map(|span| self.covering(span)).filter_map(|it| it.key.clone()).collect()
    }

    /// The assertions, wherever they stand, that a valid signature covers.
    fn vouched(&self) -> impl Iterator<Item = Element<'a>> {
        let all = self.document().into_iter().flat_map(assertions);
        all.filter(|assertion| self.is_covered(assertion.span()))
    }

    /// The first assertion, wherever it stands, that no valid signature covers.
    fn unsigned_assertion(&self) -> Option<Element<'a>> {
        assertions(self.document()?).find(|assertion| !self.is_covered(assertion.span()))
    }

    fn side_by_side(&self) -> SideBySide {
        SideBySide {
            signed: self.vouched().next().and_then(name_id),
            unsigned: self.unsigned_assertion().and_then(name_id),
        }
    }
}

fn elements(document: &Document) -> impl Iterator<Item = Element<'_>> {
    document.root().into_iter().flat_map(|root| std::iter::once(root).chain(root.descendants()))
}

fn assertions(document: &Document) -> impl Iterator<Item = Element<'_>> {
    elements(document).filter(|element| element.is(uri::ASSERTION, "Assertion"))
}

/// The NameID in an assertion.
fn name_id(assertion: Element<'_>) -> Option<String> {
    name_id_element(assertion).map(Element::own_text)
}

fn name_id_element(assertion: Element<'_>) -> Option<Element<'_>> {
    assertion.child(uri::ASSERTION, "Subject")?.child(uri::ASSERTION, "NameID")
}

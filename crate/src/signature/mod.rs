//! Signatures and certificates: XML Signature 1.1, the detached signature of SAML Bindings 3.4.4.1, X.509.
//!
//! Verifying is arithmetic: it says whether somebody with a key signed exactly what was received, and what
//! that covers. It never says that the key is to be trusted; that is for GitLab's settings.
//!
//! | file | what it does |
//! |---|---|
//! | `reading` | the parts of a Signature element, the keys in it |
//! | `structure` | the content model of a Signature, as a table |
//! | `algorithm` | algorithms by their URIs: the closed lists |
//! | `reference` | what a Reference refers to, transformed and compared |
//! | `verify` | the whole of one signature |
//! | `redirect` | the detached signature of a redirect |
//! | `key` | digests and public keys |
//! | `pss` | encodings that are made with a mask |
//! | `reason` | why a signature is not valid: the closed list |
//! | `certificates` | the certificates in a message |
//! | `distinguished_name` | the names in them, as text |

mod algorithm;
pub mod certificates;
mod distinguished_name;
mod key;
mod pss;
mod reading;
mod reason;
mod redirect;
mod reference;
mod structure;
#[cfg(test)]
mod tests;
mod verify;

pub use algorithm::is_sha1;
pub(crate) use algorithm::{is_digest_of_nothing, method as method_of};
pub(crate) use key::{Digest, EcdsaForm, SignatureMethod, is_der};
pub use key::{KeyProblem, PublicKey, RSA_BITS};
pub(crate) use pss::unmasked;
pub(crate) use reading::base64_of;
pub use reason::Reason;

use crate::{
    base::{
        flaw::Span,
        limits::{LIMITS, Limits},
    },
    binding::Carried,
    saml::{self, Message, uri},
    xml::{
        Document, Element, Ids,
        c14n::{self, Budget, Method, Obstacle, Part},
    },
};
use certificates::Certificate;
use reading::Candidate;
use reference::Target;
use serde::Serialize;
use std::cell::{Cell, OnceCell, RefCell};

/// One signature.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Signature {
    /// The part that it stands in, and so what it should cover.
    pub on: SignedPart,
    /// The URIs of its References, exactly; an omitted URI is left out.
    pub covers: Vec<String>,
    /// Whether it is valid and covers the first assertion, whose subject is shown; `None` where there is no
    /// assertion.
    pub first_assertion_covered: Option<bool>,
    /// Whether it is valid.
    pub state: SignatureState,
    /// The reasons why it is not valid or could not be verified, most important first; none where it is
    /// valid.
    #[serde(rename = "reason", serialize_with = "reason::serialize")]
    pub reasons: Vec<Reason>,
    /// The Algorithm of its SignatureMethod.
    pub algorithm: Option<String>,
    /// The Algorithm of its CanonicalizationMethod.
    pub canonicalization: Option<String>,
    /// DigestMethod of the first Reference.
    pub digest: Option<String>,
    /// The part that it refers to, valid or not.
    #[serde(skip)]
    pub coverage: Coverage,
    /// The key that verifies it.
    #[serde(skip)]
    pub key: Option<KeyUse>,
    /// Whether there is a key in it that is not that of its first certificate and certifies none there, or it
    /// was made with another key than that of the first certificate of the Response.
    #[serde(skip)]
    pub has_other_key: bool,
    /// Its place; absent for the detached signature of a redirect.
    #[serde(skip)]
    pub span: Option<Span>,
    /// The place of the element that it stands in.
    #[serde(skip)]
    pub parent: Option<Span>,
    /// The places that its References refer to, valid or not.
    #[serde(skip)]
    pub targets: Vec<SignedSpan>,
}

/// The part that a Reference refers to, by its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SignedSpan {
    /// The element.
    pub span: Span,
    /// The part that is left out of it.
    pub without: Option<Span>,
}

impl SignedSpan {
    /// Whether all of `span` is in it.
    pub fn holds(&self, span: Span) -> bool {
        let is_in = |outer: Span| outer.start <= span.start && span.end <= outer.end;
        is_in(self.span) && !self.without.is_some_and(is_in)
    }
}

/// The part that a signature stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum SignedPart {
    /// A Response.
    Response,
    /// An Assertion.
    Assertion,
    /// Another element.
    #[serde(rename = "other")]
    Other,
    /// The query of a redirect (SAML Bindings 3.4.4.1).
    #[serde(rename = "query")]
    Query,
}

/// Whether a signature is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureState {
    /// Nobody without the key changed what it covers.
    Valid,
    /// The part it covers was changed, or the signature itself, or it was made with another key.
    Invalid,
    /// It could not be found out.
    Unverifiable,
}

/// The part that a signature refers to.
#[derive(Clone, Debug, PartialEq)]
pub enum Coverage {
    /// The whole message.
    Message,
    /// Assertions, by their IDs; the element itself may be around them.
    Assertions(Vec<String>),
    /// No message and no assertion: nothing that matters.
    Nothing,
}

/// The key that verifies a signature.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyUse {
    /// Bits of its modulus or its curve.
    pub bits: u32,
    /// Whether it is an RSA key; it is on an elliptic curve otherwise.
    pub rsa: bool,
    /// SHA-256 fingerprint of the certificate that it is in, if it is in one.
    pub fingerprint: Option<String>,
}

/// Certificates that a person gave, to verify with besides those in the message.
#[derive(Clone, Debug, Default)]
pub struct GivenKeys(Vec<Candidate>);

impl GivenKeys {
    /// The keys of these certificates.
    pub fn new(certificates: &[Certificate]) -> Self {
        GivenKeys(certificates.iter().map(Candidate::of_certificate).collect())
    }
}

/// All signatures of `carried`, that of a redirect first, then the XML signatures in document order.
pub fn of_carried(carried: &Carried, given: &GivenKeys) -> Vec<Signature> {
    crate::base::counted::verified();
    let inside = carried.document.as_ref().map(|document| {
        let subject = carried.message.as_ref().and_then(first_read);
        in_document(document, subject, given)
    });
    redirect::verify(carried, &given.0).into_iter().chain(inside.unwrap_or_default()).collect()
}

/// Signatures that are listed; of them, fewer are verified.
const LISTED: usize = 100;

/// The XML signatures of `document`, in document order.
pub fn signatures(document: &Document, given: &GivenKeys) -> Vec<Signature> {
    in_document(document, saml::read(document).value.as_ref().and_then(first_read), given)
}

/// The place of the assertion whose subject is shown: the first that can be read in the message itself.
fn first_read(message: &Message) -> Option<Span> {
    message.assertions().first().map(|assertion| assertion.span)
}

/// The same; `first` is the place of the assertion whose subject is shown.
fn in_document(document: &Document, first: Option<Span>, given: &GivenKeys) -> Vec<Signature> {
    let elements = document.elements().filter(|element| element.is(uri::XML_SIGNATURE, "Signature"));
    let work = Work::new(document, first, &LIMITS);
    elements.take(LISTED).map(|signature| read(&work, signature, given)).collect()
}

/// The algorithms that the signatures of `carried` were made with: SignatureMethod, DigestMethod, SigAlg.
pub fn algorithms(carried: &Carried) -> Vec<String> {
    let is_method = |element: &Element<'_>| {
        ["SignatureMethod", "DigestMethod"].iter().any(|local| element.is(uri::XML_SIGNATURE, local))
    };
    // A DigestMethod also stands in the parameters of an encryption.
    let in_signature =
        |element: &Element<'_>| element.ancestors().any(|outer| outer.is(uri::XML_SIGNATURE, "SignedInfo"));
    let methods = carried.document.iter().flat_map(Document::elements).filter(is_method).filter(in_signature);
    let written = methods.filter_map(|method| method.attribute("Algorithm")).map(Into::into);
    carried.sig_alg.iter().cloned().chain(written).collect()
}

fn read<'a>(work: &Work<'a>, signature: Element<'a>, given: &GivenKeys) -> Signature {
    let document = work.document;
    let signed_info = signature.child(uri::XML_SIGNATURE, "SignedInfo");
    let references = || {
        signed_info.into_iter().flat_map(Element::elements).filter(|e| e.is(uri::XML_SIGNATURE, "Reference"))
    };
    let method = |parent: Option<Element<'_>>, local| {
        let method = parent?.child(uri::XML_SIGNATURE, local)?;
        method.attribute("Algorithm").map(|algorithm| algorithm.into_owned())
    };
    let verified = verify::verify(work, signature, &given.0);
    let first = work.first_assertion();
    let covered = |target: &Target<'_>| first.is_some_and(|first| target.holds(first));
    Signature {
        on: part(signature.parent()),
        covers: references()
            .filter_map(|reference| reference.attribute("URI"))
            .map(|uri| uri.into_owned())
            .collect(),
        first_assertion_covered: first
            .map(|_| verified.state == SignatureState::Valid && verified.targets.iter().any(covered)),
        coverage: coverage(work, &verified.targets),
        state: verified.state,
        reasons: verified.reasons,
        algorithm: method(signed_info, "SignatureMethod"),
        canonicalization: method(signed_info, "CanonicalizationMethod"),
        digest: method(references().next(), "DigestMethod"),
        key: verified.key.as_ref().map(KeyUse::of),
        has_other_key: verified.has_other_key,
        span: Some(signature.span()),
        parent: signature.parent().map(Element::span),
        targets: verified.targets.iter().filter_map(|target| target.place(document)).collect(),
    }
}

/// Verifying the signatures of one document, within bounds. What all of them need is found once.
struct Work<'a> {
    document: &'a Document,
    limits: &'a Limits,
    /// For all signatures together.
    budget: Budget,
    /// Signatures that may still be verified.
    signatures_left: Cell<usize>,
    ids: OnceCell<Ids<'a>>,
    /// The keys that were read already, by their elements: each is asked for in its place, among those that
    /// may be hidden, and as the first one of the message.
    keys: RefCell<Vec<(Element<'a>, Candidate)>>,
    /// The digests that were made already: a message can ask for the same again with each Reference.
    digests: RefCell<Vec<Digested<'a>>>,
    /// The assertions, wherever they stand.
    assertions: OnceCell<Vec<Element<'a>>>,
    /// The place of the assertion whose subject is shown.
    read: Option<Span>,
    first_assertion: OnceCell<Option<Element<'a>>>,
    /// The first signature with the first certificate, wherever that stands: GitLab takes these two, whatever
    /// else a Response holds.
    first: OnceCell<Option<(Element<'a>, Candidate)>>,
}

/// A digest that was made.
struct Digested<'a> {
    target: Target<'a>,
    method: Method,
    by: Digest,
    made: Result<Vec<u8>, Obstacle>,
}

/// The attributes that are IDs: those of SAML 2.0 and 1.1 first; those of other vocabularies count only where
/// no SAML element has the ID.
const ID_ATTRIBUTES: [&[&str]; 2] = [&["ID", "AssertionID", "ResponseID", "RequestID"], &["Id", "id"]];

impl<'a> Work<'a> {
    fn new(document: &'a Document, read: Option<Span>, limits: &'a Limits) -> Self {
        Work {
            document,
            limits,
            budget: Budget::for_message(document.source().len(), limits.canonical_steps),
            signatures_left: Cell::new(limits.signatures),
            ids: OnceCell::new(),
            keys: RefCell::new(Vec::new()),
            digests: RefCell::new(Vec::new()),
            assertions: OnceCell::new(),
            read,
            first_assertion: OnceCell::new(),
            first: OnceCell::new(),
        }
    }

    /// Begins with one more signature; false where there were too many already.
    fn begin(&self) -> bool {
        let left = self.signatures_left.get();
        self.signatures_left.set(left.saturating_sub(1));
        left > 0
    }

    /// The canonical form of `apex`, or of the whole document, without `without`.
    fn canonical(
        &self,
        apex: Option<Element<'a>>,
        without: Option<Element<'a>>,
        method: &Method,
    ) -> Result<Vec<u8>, Obstacle> {
        c14n::canonical(Part { document: self.document, apex, without }, method, &self.budget)
    }

    /// The digest of the canonical form of `target`.
    fn digest(&self, target: Target<'a>, method: &Method, by: Digest) -> Result<Vec<u8>, Obstacle> {
        let is_this =
            |known: &&Digested<'a>| known.target == target && known.by == by && known.method == *method;
        if let Some(known) = self.digests.borrow().iter().find(is_this) {
            return known.made.clone();
        }
        let form = self.canonical(target.element, target.without, method);
        let made = form.map(|octets| by.of(&octets));
        let method = method.clone();
        self.digests.borrow_mut().push(Digested { target, method, by, made: made.clone() });
        made
    }

    /// The key that `element` is, if it is one.
    fn key(&self, element: Element<'a>) -> Option<Candidate> {
        if !reading::is_key(element) {
            return None;
        }
        if let Some((_, key)) = self.keys.borrow().iter().find(|(known, _)| *known == element) {
            return Some(key.clone());
        }
        let key = reading::candidate(element)?;
        self.keys.borrow_mut().push((element, key.clone()));
        Some(key)
    }

    /// The elements with this ID, in document order.
    fn with_id(&self, id: &str) -> &[Element<'a>] {
        self.ids.get_or_init(|| Ids::of(self.document, &ID_ATTRIBUTES)).get(id)
    }

    /// The assertion whose subject is shown; where none can be read, the first that there is, encrypted or
    /// not.
    fn first_assertion(&self) -> Option<Element<'a>> {
        let is_read = |element: &&Element<'a>| Some(element.span()) == self.read;
        let is_encrypted = |element: &Element<'a>| element.is(uri::ASSERTION, "EncryptedAssertion");
        let first = || {
            let read = self.assertions().iter().find(is_read).copied();
            read.or_else(|| self.document.elements().find(|it| is_assertion(*it) || is_encrypted(it)))
        };
        *self.first_assertion.get_or_init(first)
    }

    /// The first certificate of a Response, where `signature` is its first one.
    fn first_certificate(&self, signature: Element<'a>) -> Option<&Candidate> {
        let (first, certificate) = self.first_of_response()?;
        (*first == signature).then_some(certificate)
    }

    /// Whether `key` is that of the first certificate of a Response, or there is none.
    fn is_of_first_certificate(&self, key: &Candidate) -> bool {
        self.first_of_response().is_none_or(|(_, certificate)| certificate.is_same_key(key))
    }

    fn first_of_response(&self) -> Option<&(Element<'a>, Candidate)> {
        let first = || {
            let first = |local: &'static str| {
                self.document.elements().find(|element| element.is(uri::XML_SIGNATURE, local))
            };
            self.document.root().filter(|root| root.is(uri::PROTOCOL, "Response"))?;
            Some((first("Signature")?, self.key(first("X509Certificate")?)?))
        };
        self.first.get_or_init(first).as_ref()
    }

    /// The assertions, wherever they stand, in document order.
    fn assertions(&self) -> &[Element<'a>] {
        self.assertions
            .get_or_init(|| self.document.elements().filter(|element| is_assertion(*element)).collect())
    }
}

impl Signature {
    /// The reasons why it is not valid or could not be verified, as one text.
    pub fn reason(&self) -> Option<String> {
        reason::joined(&self.reasons)
    }
}

impl KeyUse {
    fn of(candidate: &Candidate) -> Self {
        let (bits, rsa) = candidate.key.as_ref().map_or((0, false), |key| (key.bits, key.is_rsa()));
        KeyUse { bits, rsa, fingerprint: candidate.fingerprint() }
    }
}

impl Target<'_> {
    /// The place where it stands.
    fn place(&self, document: &Document) -> Option<SignedSpan> {
        let element = self.element.or(document.root())?;
        Some(SignedSpan { span: element.span(), without: self.without.map(Element::span) })
    }

    /// Whether `element` is in what is selected.
    fn holds(&self, element: Element<'_>) -> bool {
        let (start, end) = (element.span().start, element.span().end);
        let is_in = |outer: Element<'_>| outer.span().start <= start && end <= outer.span().end;
        self.element.is_none_or(is_in) && !self.without.is_some_and(is_in)
    }
}

/// Assertions that are named as covered; a hostile message could have a hundred thousand.
const ASSERTIONS_NAMED: usize = 16;

fn coverage(work: &Work<'_>, targets: &[Target<'_>]) -> Coverage {
    let root = work.document.root();
    if targets.is_empty() {
        return Coverage::Nothing;
    }
    if root.is_some_and(|root| targets.iter().any(|target| target.holds(root))) {
        return Coverage::Message;
    }
    let is_covered = |assertion: &&Element<'_>| targets.iter().any(|target| target.holds(**assertion));
    let id = |assertion: &Element<'_>| assertion.attribute("ID").unwrap_or_default().into_owned();
    let covered = work.assertions().iter().filter(is_covered);
    let ids: Vec<_> = covered.map(id).take(ASSERTIONS_NAMED).collect();
    if ids.is_empty() { Coverage::Nothing } else { Coverage::Assertions(ids) }
}

fn is_assertion(element: Element<'_>) -> bool {
    element.is(uri::ASSERTION, "Assertion")
}

fn part(parent: Option<Element<'_>>) -> SignedPart {
    match parent {
        Some(parent) if parent.is(uri::PROTOCOL, "Response") => SignedPart::Response,
        Some(parent) if is_assertion(parent) => SignedPart::Assertion,
        _ => SignedPart::Other,
    }
}

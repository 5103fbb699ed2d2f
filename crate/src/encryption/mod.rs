//! Encrypted parts of a message, and opening them with a key that the person gives: XML Encryption 1.1, SAML
//! Core 6.
//!
//! A message whose encrypted parts are replaced by what is in them is a message of its own,
//! [`Opened::document`]; nothing of it goes into the trace, so no export can hold it. GitLab's group SAML has
//! no key and refuses every such message; an instance can have one.
//!
//! | file | what it does |
//! |---|---|
//! | `reading` | the parts of EncryptedData and EncryptedKey |
//! | `algorithm` | algorithms by their URIs: the closed lists |
//! | `cipher` | AES and 3DES |
//! | `key` | private keys, RSA |
//! | `problem` | why a part stays encrypted: the closed list |

mod algorithm;
mod cipher;
mod key;
mod problem;
mod reading;

pub use key::{KeyFileProblem, PrivateKey};
pub use problem::Problem;

use crate::{
    base::{
        flaw::{Flaw, Span},
        limits::{LIMITS, Limits},
    },
    saml::{self, Message},
    signature::{self, GivenKeys, Signature},
    xml::{Document, Element},
};
use std::cell::Cell;

/// The way in which encrypted parts are opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// As XML Encryption and SAML say.
    Standard,
    /// As ruby-saml does (`Utils.decrypt_data`, `decrypt_element`): the first EncryptedKey in KeyInfo or the
    /// one that a RetrievalMethod means; RSA-OAEP with SHA-1 and without a label, whatever is written; and
    /// the content must begin with the element itself.
    RubySaml,
}

/// One encrypted part.
#[derive(Clone, Debug, PartialEq)]
pub struct EncryptedPart {
    /// Its name: `EncryptedAssertion`, `EncryptedID`, …
    pub name: String,
    /// Its place: in the message, or, if it was inside of another one, in what came out of that.
    pub span: Span,
    /// EncryptionMethod of its content.
    pub data_algorithm: Option<String>,
    /// EncryptionMethod of its first EncryptedKey.
    pub key_algorithm: Option<String>,
    /// The name of the element that it is, opened; or why it stays closed.
    pub outcome: Result<String, Problem>,
}

/// A message whose encrypted parts were opened as far as possible.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// All that was encrypted, the outermost first.
    pub parts: Vec<EncryptedPart>,
    /// The message with what was in its parts in their place; absent where none could be opened.
    pub document: Option<Document>,
    /// The places in that document where the encrypted content stands.
    pub regions: Vec<Span>,
}

/// The number of times that the content of an encrypted part is looked through for further ones: an
/// EncryptedID can be in an EncryptedAssertion, and nothing in that.
const ROUNDS: usize = 3;

/// The encrypted parts of `document`, which are not looked into.
pub fn parts(document: &Document) -> Vec<EncryptedPart> {
    open(document, &[], Manner::Standard).parts
}

/// Opens what is encrypted in `document` with those of `keys` that fit.
pub fn open(document: &Document, keys: &[PrivateKey], manner: Manner) -> Opened {
    let work = Work::new(keys, manner);
    let mut opened = Opened { parts: Vec::new(), document: None, regions: Vec::new() };
    let mut fresh = vec![Span::new(0, document.source().len())];
    for _ in 0..ROUNDS {
        let current = opened.document.as_ref().unwrap_or(document);
        let (parts, replacements) = work.round(current, &fresh);
        opened.parts.extend(parts);
        if replacements.is_empty() {
            break;
        }
        let (text, placed, moved) = spliced(current.source(), &replacements, &opened.regions);
        let (document, _) = Document::parse(text.as_bytes(), &LIMITS);
        opened.document = Some(document);
        opened.regions = moved.into_iter().chain(placed.iter().copied()).collect();
        fresh = placed;
    }
    opened
}

/// `document` with what is in its encrypted `part` in place of that; what is encrypted inside of it stays so,
/// as it was signed. `None` where no key fits.
pub fn open_one(
    document: &Document,
    part: Element<'_>,
    keys: &[PrivateKey],
    manner: Manner,
) -> Option<Document> {
    let (_, replacements) = Work::new(keys, manner).round(document, &[part.span()]);
    let (text, ..) = spliced(document.source(), &replacements, &[]);
    (!replacements.is_empty()).then(|| Document::parse(text.as_bytes(), &LIMITS).0)
}

impl Opened {
    /// The message as its receiver reads it; absent where nothing could be opened.
    pub fn message(&self) -> Option<Message> {
        saml::read(self.document.as_ref()?).value
    }

    /// The signatures that were encrypted, too. Those around them cover what is encrypted and are verified in
    /// the message as it was sent.
    pub fn signatures(&self, given: &GivenKeys) -> Vec<Signature> {
        let all = self.document.as_ref().map(|document| signature::signatures(document, given));
        let is_inside = |signature: &Signature| {
            signature.span.is_some_and(|span| self.regions.iter().any(|region| holds(*region, span)))
        };
        all.into_iter().flatten().filter(is_inside).collect()
    }

    /// A flaw for each part that stays closed although a key was given.
    pub fn flaws(&self) -> Vec<Flaw> {
        let flaw = |part: &EncryptedPart| {
            let problem = part.outcome.as_ref().err().filter(|problem| **problem != Problem::NoKey)?;
            Some(Flaw::in_xml(problem.code(), part.span, problem.text()))
        };
        self.parts.iter().filter_map(flaw).collect()
    }

    /// The flaws in the encrypted content. Their places are left out: they count in a text that nobody
    /// sent.
    pub fn flaws_inside(&self) -> Vec<Flaw> {
        let Some(document) = &self.document else { return Vec::new() };
        let read = saml::read(document).flaws;
        let is_inside =
            |flaw: &Flaw| flaw.at.is_some_and(|at| self.regions.iter().any(|region| holds(*region, at)));
        read.into_iter().filter(is_inside).map(|flaw| Flaw { at: None, ..flaw }).collect()
    }
}

/// Opening the parts of one message, within bounds: an RSA operation takes milliseconds, and a hostile
/// message could ask for thousands.
struct Work<'a> {
    keys: &'a [PrivateKey],
    manner: Manner,
    limits: &'a Limits,
    parts_left: Cell<usize>,
    tries_left: Cell<usize>,
}

/// The replacement of a part.
struct Replacement {
    span: Span,
    text: String,
}

impl<'a> Work<'a> {
    fn new(keys: &'a [PrivateKey], manner: Manner) -> Self {
        let (parts, tries) = (LIMITS.encrypted_parts, LIMITS.unwraps);
        Work { keys, manner, limits: &LIMITS, parts_left: Cell::new(parts), tries_left: Cell::new(tries) }
    }

    /// The outermost parts of `document` that stand in `fresh`, and what to put in the place of those that
    /// open.
    fn round(&self, document: &Document, fresh: &[Span]) -> (Vec<EncryptedPart>, Vec<Replacement>) {
        let (mut parts, mut replacements) = (Vec::new(), Vec::new());
        let elements =
            document.root().into_iter().flat_map(|root| std::iter::once(root).chain(root.descendants()));
        let mut end = 0;
        for container in elements.filter(reading::is_container) {
            let span = container.span();
            let is_fresh = fresh.iter().any(|region| holds(*region, span));
            if span.start < end || !is_fresh {
                continue;
            }
            end = span.end;
            let left = self.parts_left.get();
            if left == 0 {
                let problem = Problem::TooMany { limit: self.limits.encrypted_parts };
                parts.push(EncryptedPart { outcome: Err(problem), ..part(container) });
                break;
            }
            self.parts_left.set(left - 1);
            let outcome = self.open(container).map(|(name, text)| {
                replacements.push(Replacement { span, text });
                name
            });
            parts.push(EncryptedPart { outcome, ..part(container) });
        }
        (parts, replacements)
    }

    /// The element in `container`: its name, and it as it is written.
    fn open(&self, container: Element<'_>) -> Result<(String, String), Problem> {
        let data = reading::data_of(container).ok_or(Problem::Incomplete { element: "EncryptedData" })?;
        let encrypted_keys = match self.manner {
            Manner::Standard => reading::keys_of(container, data, self.limits),
            Manner::RubySaml => reading::key_of_ruby_saml(data).into_iter().collect(),
        };
        if encrypted_keys.is_empty() {
            return Err(Problem::NoEncryptedKey);
        }
        let cipher = reading::cipher_of(data)?;
        let octets = reading::octets_of(data)?;
        if self.keys.is_empty() {
            return Err(Problem::NoKey);
        }
        // Of several keys, the one that came furthest says most.
        let mut problem = Problem::WrongKey;
        for encrypted_key in encrypted_keys {
            let padding = match self.manner {
                Manner::Standard => reading::padding_of(encrypted_key),
                Manner::RubySaml => reading::padding_of_ruby_saml(encrypted_key),
            };
            let wrapped = padding.and_then(|padding| Ok((padding, reading::octets_of(encrypted_key)?)));
            let (padding, wrapped) = match wrapped {
                Ok(wrapped) => wrapped,
                Err(cause) => {
                    problem = cause;
                    continue;
                }
            };
            for key in self.keys {
                let left = self.tries_left.get();
                self.tries_left.set(left.saturating_sub(1));
                let content_key = if left == 0 { None } else { key.open(&padding, &wrapped) };
                let Some(content_key) = content_key else { continue };
                if content_key.len() != cipher.key_octets() {
                    problem = Problem::KeyLength;
                    continue;
                }
                let plain = cipher.decrypt(&content_key, &octets);
                match plain.and_then(|plain| element_in(&plain, self.limits, self.manner)) {
                    Ok(element) => return Ok(element),
                    Err(cause) => problem = cause,
                }
            }
        }
        Err(problem)
    }
}

fn part(container: Element<'_>) -> EncryptedPart {
    let data = reading::data_of(container);
    let keys = data.map(|data| reading::keys_of(container, data, &LIMITS)).unwrap_or_default();
    EncryptedPart {
        name: container.local().to_owned(),
        span: container.span(),
        data_algorithm: data.and_then(reading::method_of),
        key_algorithm: keys.first().copied().and_then(reading::method_of),
        outcome: Err(Problem::NoKey),
    }
}

/// The one element that `plain` is. Whatever else there is could close an element around it, so that what is
/// encrypted would seem to stand elsewhere. Prefixes may be declared around it.
fn element_in(plain: &[u8], limits: &Limits, manner: Manner) -> Result<(String, String), Problem> {
    let (document, flaws) = Document::parse(plain, limits);
    let is_whole = flaws.iter().all(|flaw| flaw.code == "unbound-prefix");
    let root = document.root().filter(|_| is_whole).ok_or(Problem::NotXml)?;
    let span = root.span();
    // What stands before it, ruby-saml takes for the element.
    if manner == Manner::RubySaml && span.start != 0 {
        return Err(Problem::NotXml);
    }
    let written = document.source().get(span.start..span.end).ok_or(Problem::NotXml)?;
    Ok((root.local().to_owned(), written.to_owned()))
}

/// `source` with the replacements, which are in order and apart; where they stand in it; where `regions` are
/// now.
fn spliced(source: &str, replacements: &[Replacement], regions: &[Span]) -> (String, Vec<Span>, Vec<Span>) {
    let (mut text, mut placed, mut at) = (String::new(), Vec::new(), 0);
    for replacement in replacements {
        text.push_str(source.get(at..replacement.span.start).unwrap_or_default());
        let start = text.len();
        text.push_str(&replacement.text);
        placed.push(Span::new(start, text.len()));
        at = replacement.span.end;
    }
    text.push_str(source.get(at..).unwrap_or_default());
    // A replaced part is wholly inside or wholly outside of a region, so ends move as what lies before them
    // grows.
    let moved = |end: usize| {
        let before = replacements.iter().filter(|replacement| replacement.span.end <= end);
        let (gone, come) = before.fold((0, 0), |(gone, come), replacement| {
            (gone + (replacement.span.end - replacement.span.start), come + replacement.text.len())
        });
        (end + come).saturating_sub(gone)
    };
    (text, placed, regions.iter().map(|region| Span::new(moved(region.start), moved(region.end))).collect())
}

fn holds(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

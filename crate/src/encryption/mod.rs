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
    /// one that a RetrievalMethod means; RSA-OAEP with SHA-1 and without a label, whatever is written; with
    /// any padding; and of the content the first node (see `as_ruby_saml`).
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
        opened.document = Some(parsed(text));
        opened.regions = moved.into_iter().chain(placed.iter().copied()).collect();
        fresh = placed;
    }
    opened
}

/// An encrypted part as ruby-saml opens it.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenedByRubySaml {
    /// The element that held it, alone, with the content at its end; what is encrypted inside of it stays so,
    /// as it was signed.
    pub holder: Document,
    /// The content in an element of ruby-saml's own, where nothing around it declares a prefix.
    pub content: Document,
}

/// Opens the encrypted `part` of `document` as ruby-saml does. `None` where no key fits.
pub fn open_as_ruby_saml(
    document: &Document,
    part: Element<'_>,
    keys: &[PrivateKey],
) -> Option<OpenedByRubySaml> {
    let (_, text) = Work::new(keys, Manner::RubySaml).open(part).ok()?;
    let holder = part.parent()?;
    let end = holder.end_tag()?.start;
    let content = [OWN_ELEMENT, ">", &text, "</node>"].concat();
    let replacements = [
        Replacement { span: part.span(), text: String::new() },
        Replacement { span: Span::new(end, end), text },
    ];
    let (text, ..) = spliced(document.source(), &replacements, &[]);
    let behind = document.source().len().saturating_sub(holder.span().end);
    let alone = text.get(holder.span().start..text.len().saturating_sub(behind))?;
    Some(OpenedByRubySaml { holder: parsed(alone.to_owned()), content: parsed(content) })
}

/// The document that `text` is. Its XML declaration, which stays as so many spaces, says how the message was
/// encoded that the text comes from.
fn parsed(mut text: String) -> Document {
    let declaration = text.strip_prefix("<?xml").and_then(|rest| Some(rest.find("?>")? + "<?xml?>".len()));
    if let Some(end) = declaration {
        text.replace_range(..end, &" ".repeat(end));
    }
    Document::parse(text.as_bytes(), &LIMITS).0
}

/// The start of the element into which ruby-saml puts encrypted content.
const OWN_ELEMENT: &str = "<node xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"";

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
        let is_looked_for = |container: &Element<'_>| {
            self.manner == Manner::Standard || reading::is_opened_by_ruby_saml(*container)
        };
        for container in elements.filter(reading::is_container).filter(is_looked_for) {
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
        let cipher = match (reading::cipher_of(data), self.manner) {
            // ruby-saml takes what is encrypted in a way that it does not know as it is.
            (Err(Problem::Algorithm { .. }), Manner::RubySaml) => None,
            (cipher, _) => Some(cipher?),
        };
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
                if cipher.is_some_and(|cipher| content_key.len() != cipher.key_octets()) {
                    problem = Problem::KeyLength;
                    continue;
                }
                let plain = match (cipher, self.manner) {
                    (None, _) => Ok(octets.clone()),
                    (Some(cipher), Manner::Standard) => cipher.decrypt(&content_key, &octets),
                    (Some(cipher), Manner::RubySaml) => cipher.decrypt_padded(&content_key, &octets),
                };
                let element = |plain: Vec<u8>| match self.manner {
                    Manner::Standard => element_in(&plain, self.limits),
                    Manner::RubySaml => as_ruby_saml(&plain, container.local(), self.limits),
                };
                match plain.and_then(element) {
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
fn element_in(plain: &[u8], limits: &Limits) -> Result<(String, String), Problem> {
    let (document, flaws) = Document::parse(plain, limits);
    let is_whole = flaws.iter().all(|flaw| flaw.code == "unbound-prefix");
    let root = document.root().filter(|_| is_whole).ok_or(Problem::NotXml)?;
    let span = root.span();
    let written = document.source().get(span.start..span.end).ok_or(Problem::NotXml)?;
    Ok((root.local().to_owned(), written.to_owned()))
}

/// The node that ruby-saml takes for the content of a `container` (`decrypt_element`): it drops what stands
/// behind the last end tag of the element that it looks for, puts the rest into an element of its own, in
/// which the prefix `saml` is declared and no other but `xsi` for an attribute, and takes the first node in
/// it. Whatever stands before the element, white space, a comment, a byte order mark, is that node; its name
/// is empty then.
fn as_ruby_saml(plain: &[u8], container: &str, limits: &Limits) -> Result<(String, String), Problem> {
    let wanted = match container {
        "EncryptedAssertion" => "Assertion",
        "EncryptedAttribute" => "Attribute",
        _ => "NameID",
    };
    let end = last_end_tag(plain, wanted).ok_or(Problem::NotXml)?;
    let declared: &[u8] = match wanted {
        "Attribute" => b" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"",
        _ => b"",
    };
    let head = [OWN_ELEMENT.as_bytes(), declared, b">"].concat();
    let content = plain.get(..end).unwrap_or_default();
    let (document, flaws) = Document::parse(&[&head, content, b"</node>"].concat(), limits);
    let root = document.root().filter(|_| flaws.is_empty()).ok_or(Problem::NotXml)?;
    let first = root.children().next().ok_or(Problem::NotXml)?;
    let name = first.element().map(|element| element.local().to_owned()).unwrap_or_default();
    Ok((name, first.source().to_owned()))
}

/// Behind the last end tag of an element with this name, with whatever prefix of letters, digits and `_`.
fn last_end_tag(plain: &[u8], local: &str) -> Option<usize> {
    let tail = [local.as_bytes(), b">"].concat();
    let ends = plain.windows(tail.len()).enumerate().rev().filter(|(_, window)| *window == tail);
    let is_end_tag = |at: &usize| {
        let before = plain.get(..*at).unwrap_or_default();
        let prefix = before.strip_suffix(b":").map(|rest| {
            let letters = rest.iter().rev().take_while(|c| c.is_ascii_alphanumeric() || **c == b'_').count();
            (letters, rest.get(..rest.len().saturating_sub(letters)).unwrap_or_default())
        });
        match prefix {
            Some((letters, rest)) => letters > 0 && rest.ends_with(b"</"),
            None => before.ends_with(b"</"),
        }
    };
    ends.map(|(at, _)| at).find(is_end_tag).map(|at| at + tail.len())
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The name and the text of the node that ruby-saml takes.
    fn taken(plain: &str, container: &str) -> Option<(String, String)> {
        as_ruby_saml(plain.as_bytes(), container, &LIMITS).ok()
    }

    #[test]
    fn ruby_saml_takes_the_first_node_up_to_the_last_end_tag() {
        let element = "<saml:Assertion ID=\"_a\"><saml:Issuer>x</saml:Issuer></saml:Assertion>";
        let own = Some(("Assertion".to_owned(), element.to_owned()));
        for behind in ["", "\n", "noise", "<!-- c", "</x>", "\u{0}\u{7}"] {
            assert_eq!(taken(&format!("{element}{behind}"), "EncryptedAssertion"), own, "{behind:?}");
        }
        for before in ["\u{feff}", " ", "\n\t", "x", "<!-- c -->", "<?x y?>"] {
            let first = Some((String::new(), before.to_owned()));
            assert_eq!(taken(&format!("{before}{element}"), "EncryptedAssertion"), first, "{before:?}");
        }
        for none in [
            "",
            "x",
            "<saml:Assertion/>",
            "<saml:Assertion></saml:Assertion >",
            "<other:Assertion></other:Assertion>",
            "<?xml version=\"1.0\"?><saml:Assertion></saml:Assertion>",
            "<saml:Assertion xsi:type=\"x\"></saml:Assertion>",
            "</node><node></saml:Assertion>",
        ] {
            assert_eq!(taken(none, "EncryptedAssertion"), None, "{none}");
        }
        let attribute = "<saml:Attribute Name=\"a\"><saml:AttributeValue xsi:nil=\"1\"/></saml:Attribute>";
        assert_eq!(
            taken(attribute, "EncryptedAttribute").map(|(name, _)| name).as_deref(),
            Some("Attribute")
        );
        let plain = "<Assertion xmlns=\"urn:x\"></Assertion>";
        assert_eq!(taken(plain, "EncryptedAssertion").map(|(name, _)| name).as_deref(), Some("Assertion"));
    }

    #[test]
    fn what_a_declaration_says_of_octets_is_not_said_of_text() {
        let text = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>J\u{fc}rgen</a>";
        let read = parsed(text.to_owned());
        assert_eq!(read.root().map(Element::own_text).as_deref(), Some("J\u{fc}rgen"));
        assert_eq!(read.root().map(|root| root.span().start), text.find("<a>"));
    }
}

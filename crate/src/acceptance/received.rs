//! A received Response as ruby-saml reads it: which signature, which element it covers, which assertion
//! counts.
//!
//! xml-security section 3. Whatever a message holds, ruby-saml looks at the first Signature and at the first
//! Reference anywhere, and reads the subject only from the assertion that this Reference means. Which one
//! that is differs by version ([`Rules::reads_signed_part`]). Where it has a key it decrypts the assertion
//! first, and looks for signature and assertion in what came out unless the Response is signed itself
//! (`doc_to_validate`).

use super::{rules::Rules, service_provider::ServiceProvider, structure, well_formed};
use crate::{
    base::instant::Timestamp,
    binding::Carried,
    encryption::{self, EncryptedPart, Manner, PrivateKey},
    saml::{RedactedCopy, uri},
    xml::{Attribute, Document, Element, Ids},
};
use std::{borrow::Cow, cell::OnceCell, collections::BTreeMap};

/// One Response and what it is checked against.
pub(super) struct Received<'a> {
    pub(super) carried: &'a Carried,
    pub(super) document: &'a Document,
    pub(super) root: Element<'a>,
    pub(super) sp: &'a ServiceProvider,
    pub(super) rules: &'static Rules,
    /// When GitLab looks at it.
    pub(super) at: Timestamp,
    /// The first Signature of [`Received::validated`].
    pub(super) signature: Option<Element<'a>>,
    pub(super) signed_id: SignedId,
    /// The document in which signature and assertion are looked for.
    pub(super) validated: &'a Document,
    /// The redacted copy that it is.
    pub(super) copy: Option<RedactedCopy>,
    decrypted: &'a Decrypted,
    /// The IDs of [`Received::validated`].
    ids: Ids<'a>,
    /// Whether ruby-saml does not decode the value, once it was asked for.
    pub(super) is_taken_as_it_is: OnceCell<bool>,
}

/// The content of a Response with the keys that were given, and as REXML writes it anew; held for as long as
/// the checks run, and nowhere else.
#[derive(Debug, Default)]
pub(super) struct Decrypted {
    /// Without its XML declaration, where that is not as it should be and REXML does not mind.
    rewritten: Option<Document>,
    /// With the assertion in place of the encrypted one, and what is encrypted in it as it was signed.
    assertion: Option<Document>,
    /// The assertion that was encrypted, in an element of ruby-saml's own.
    content: Option<Document>,
    /// With everything open.
    whole: Option<Document>,
    /// Whether each encrypted attribute is an element when it is open.
    attributes_open: bool,
    /// Whether there was a key to open it with.
    was_tried: bool,
}

impl Decrypted {
    /// Opens what was sent, as far as the keys fit.
    pub(super) fn new(carried: &Carried, sp: &ServiceProvider, keys: &[PrivateKey]) -> Self {
        let rewritten = carried.document.as_ref().and_then(well_formed::rewritten);
        let sent = rewritten.as_ref().or(carried.document.as_ref());
        let Some(sent) = sent.filter(|_| sp.has_key && !keys.is_empty()) else {
            return Decrypted { rewritten, ..Decrypted::default() };
        };
        let encrypted = response_of(sent).and_then(encrypted_assertion);
        let by_ruby = encrypted.and_then(|encrypted| encryption::open_as_ruby_saml(sent, encrypted, keys));
        let (assertion, content) = by_ruby.map(|opened| (opened.holder, opened.content)).unzip();
        let opened = encryption::open(assertion.as_ref().unwrap_or(sent), keys, Manner::RubySaml);
        let is_open = |part: &EncryptedPart| part.outcome.as_ref().is_ok_and(|name| !name.is_empty());
        let attributes_open =
            opened.parts.iter().filter(|part| part.name == "EncryptedAttribute").all(is_open);
        Decrypted { assertion, content, whole: opened.document, attributes_open, was_tried: true, rewritten }
    }
}

/// The ID that the first Reference means.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum SignedId {
    /// There is no Reference.
    None,
    /// This one.
    Known(String),
    /// ruby-saml fails: the Reference has no URI, or an empty one in an element without ID.
    Fails,
}

impl<'a> Received<'a> {
    pub(super) fn new(
        carried: &'a Carried,
        sp: &'a ServiceProvider,
        at: Timestamp,
        decrypted: &'a Decrypted,
        copy: Option<RedactedCopy>,
    ) -> Option<Self> {
        let document = decrypted.rewritten.as_ref().or(carried.document.as_ref())?;
        let root = document.root()?;
        let is_signed = response_of(document).is_some_and(|sent| has_one_signature(sent, &signed_id(root)));
        let validated = decrypted.assertion.as_ref().filter(|_| !is_signed).unwrap_or(document);
        let looked_at = validated.root()?;
        let signature = all(looked_at).find(|element| element.is(uri::XML_SIGNATURE, "Signature"));
        let signed_id = signed_id(looked_at);
        let rules = sp.rules;
        Some(Received {
            carried,
            document,
            root,
            sp,
            rules,
            at,
            signature,
            signed_id,
            validated,
            copy,
            decrypted,
            ids: Ids::of(validated, &[&["ID"]]),
            is_taken_as_it_is: OnceCell::new(),
        })
    }

    /// The message as it came, with its declaration.
    pub(super) fn sent(&self) -> Option<&'a Document> {
        self.carried.document.as_ref()
    }

    /// The root, if it is a Response.
    pub(super) fn response(&self) -> Option<Element<'a>> {
        response_of(self.document)
    }

    /// All elements of the document in which the signature is looked for, the root first.
    pub(super) fn all(&self) -> impl Iterator<Item = Element<'a>> + use<'a> {
        self.validated.root().into_iter().flat_map(all)
    }

    /// All elements after decryption, the root first.
    pub(super) fn all_decrypted(&self) -> impl Iterator<Item = Element<'a>> + use<'a> {
        self.decrypted().root().into_iter().flat_map(all)
    }

    /// The message with its assertion in the open; as it was sent where nothing was decrypted.
    pub(super) fn decrypted(&self) -> &'a Document {
        self.decrypted.assertion.as_ref().unwrap_or(self.document)
    }

    /// Whether the assertion was encrypted and is open now.
    pub(super) fn is_decrypted(&self) -> bool {
        self.decrypted.assertion.is_some()
    }

    /// The ID, as ruby-saml writes it in its messages.
    pub(super) fn signed_id(&self) -> Option<&str> {
        if let SignedId::Known(id) = &self.signed_id { Some(id) } else { None }
    }

    /// Whether the assertion is encrypted and GitLab has a key for it: then its content is not known here.
    pub(super) fn is_hidden(&self) -> bool {
        self.sp.has_key && !self.is_decrypted() && self.encrypted_assertion().is_some()
    }

    /// Whether keys were given and none of them opens the assertion as ruby-saml opens it.
    pub(super) fn stays_closed(&self) -> bool {
        self.decrypted.was_tried && self.is_hidden()
    }

    /// Whether one of the keys that were given opens each encrypted attribute; true where none was given.
    pub(super) fn opens_attributes(&self) -> bool {
        !self.decrypted.was_tried || self.decrypted.attributes_open
    }

    /// Whether keys were given.
    pub(super) fn was_tried(&self) -> bool {
        self.decrypted.was_tried
    }

    /// The first EncryptedAssertion that ruby-saml would decrypt.
    pub(super) fn encrypted_assertion(&self) -> Option<Element<'a>> {
        encrypted_assertion(self.response()?)
    }

    /// The assertions that count; more than one only in versions that do not read the signed part.
    pub(super) fn assertions(&self) -> Vec<Element<'a>> {
        if self.copy.is_some_and(|copy| copy.had_signature) {
            // Which one was signed is taken out; of several the one that counts was written alone.
            let inside = self.response().into_iter().flat_map(Element::elements);
            return inside.filter(|child| child.is(uri::ASSERTION, "Assertion")).collect();
        }
        let id = match &self.signed_id {
            SignedId::Known(id) => id,
            // Where nothing is signed, ruby-saml looks for no ID, which to REXML is an empty one.
            SignedId::None if !self.rules.reads_signed_part => "",
            SignedId::None | SignedId::Fails => return Vec::new(),
        };
        if self.rules.reads_signed_part {
            return self.signed_assertion(id).into_iter().collect();
        }
        let inside = || {
            let children = response_of(self.decrypted()).into_iter().flat_map(Element::elements);
            children.filter(|child| child.is(uri::ASSERTION, "Assertion"))
        };
        let has_id = |element: &Element<'a>| element.attribute("ID").as_deref() == Some(id);
        let of_response = inside().filter(|_| has_id(&self.root));
        inside().filter(has_id).chain(of_response).collect()
    }

    /// Whether the document in which the signed part is looked for can be loaded at all; where it cannot, and
    /// the signed part alone is read, nothing is.
    pub(super) fn can_be_loaded(&self) -> bool {
        let Rules { refuses_doctype, refuses_other_xml, refuses_utf_16, .. } = *self.rules;
        // What was decrypted is written anew, and its prolog left out.
        let Some(sent) = self.sent().filter(|_| std::ptr::eq(self.validated, self.document)) else {
            return true;
        };
        let is_refused = (refuses_doctype && sent.has_doctype())
            || (refuses_other_xml && structure::is_other_xml(sent))
            || (refuses_utf_16 && structure::declares_utf_16(sent));
        !is_refused
    }

    fn signed_assertion(&self, id: &str) -> Option<Element<'a>> {
        if !self.can_be_loaded() {
            return None;
        }
        let signature = self.signature?;
        let signed_info = signature.child(uri::XML_SIGNATURE, "SignedInfo")?;
        signed_info.child(uri::XML_SIGNATURE, "Reference")?;
        signature.child(uri::XML_SIGNATURE, "SignatureValue")?;
        let signed = self.signed_element(id)?;
        match signed.local() {
            "Response" => signed.child(uri::ASSERTION, "Assertion").or_else(|| {
                // It is opened once more, and read where nothing around it declares a prefix.
                signed.child(uri::ASSERTION, "EncryptedAssertion")?;
                self.decrypted.content.as_ref()?.root()?.children().next()?.element()
            }),
            "Assertion" => Some(signed),
            _ => None,
        }
    }

    /// The first element with this ID that is not in the first Signature.
    pub(super) fn signed_element(&self, id: &str) -> Option<Element<'a>> {
        self.with_id(id).next()
    }

    /// The elements with this ID that are not in the first Signature.
    pub(super) fn with_id(&self, id: &str) -> impl Iterator<Item = Element<'a>> {
        let left_out = self.signature.map(Element::span);
        let is_outside = move |element: &&Element<'a>| {
            let span = element.span();
            !left_out.is_some_and(|outer| outer.start <= span.start && span.end <= outer.end)
        };
        self.ids.get(id).iter().filter(is_outside).copied()
    }

    /// The elements at `path` below the assertions that count. Where the signed part alone is read, the first
    /// of the path may be anywhere below (`xpath_from_signed_assertion`).
    pub(super) fn at_path(&self, path: &[&str]) -> Vec<Element<'a>> {
        self.below(self.assertions(), path)
    }

    /// The same in the message with everything open; nothing where it is not open.
    pub(super) fn opened_at_path(&self, path: &[&str]) -> Vec<Element<'a>> {
        self.below(self.opened_assertions(), path)
    }

    fn below(&self, mut elements: Vec<Element<'a>>, path: &[&str]) -> Vec<Element<'a>> {
        for (step, local) in path.iter().enumerate() {
            let is_named = |element: &Element<'a>| element.is(uri::ASSERTION, local);
            elements = if step == 0 && self.rules.reads_signed_part {
                elements.into_iter().flat_map(Element::descendants).filter(is_named).collect()
            } else {
                elements.into_iter().flat_map(Element::elements).filter(is_named).collect()
            };
        }
        elements
    }

    /// Whether the NameID is encrypted and not open.
    pub(super) fn has_hidden_name_id(&self) -> bool {
        let encrypted = |subject: Element<'a>| subject.child(uri::ASSERTION, "EncryptedID");
        self.has_encrypted_name_id() && self.opened_subject().is_none_or(|open| encrypted(open).is_some())
    }

    /// Whether the NameID was sent encrypted.
    pub(super) fn has_encrypted_name_id(&self) -> bool {
        !self.at_path(&["Subject", "EncryptedID"]).is_empty()
    }

    /// The element whose text becomes the NameID.
    pub(super) fn name_id_element(&self) -> Option<Element<'a>> {
        if self.has_encrypted_name_id() {
            // Whatever element is inside, ruby-saml takes it for the NameID.
            return self.opened_subject()?.elements().find(|e| e.local() != "SubjectConfirmation");
        }
        self.at_path(&["Subject", "NameID"]).into_iter().next()
    }

    /// The first Subject with an encrypted NameID, as it is in the message with everything open.
    fn opened_subject(&self) -> Option<Element<'a>> {
        let has_encrypted = |subject: &Element<'a>| subject.child(uri::ASSERTION, "EncryptedID").is_some();
        let at = self.at_path(&["Subject"]).iter().position(has_encrypted)?;
        self.opened_at_path(&["Subject"]).into_iter().nth(at)
    }

    /// The assertions that count in the message with everything open: of those with the same ID, or without
    /// one, the one that stands at the same place among them. None where one is not found.
    fn opened_assertions(&self) -> Vec<Element<'a>> {
        let (assertions, whole) = (self.assertions(), self.decrypted.whole.as_ref().and_then(Document::root));
        let Some((whole, first)) = whole.zip(assertions.first()) else { return Vec::new() };
        let mut opened = BTreeMap::<_, Vec<_>>::new();
        for one in assertions_in(whole) {
            opened.entry(one.attribute("ID")).or_default().push(one);
        }
        let mut places = BTreeMap::new();
        let mut counts = BTreeMap::<_, usize>::new();
        for one in assertions_in(first.ancestors().last().unwrap_or(*first)) {
            let count = counts.entry(one.attribute("ID")).or_default();
            places.insert(one.span().start, *count);
            *count += 1;
        }
        let open = |one: &Element<'a>| {
            let place = places.get(&one.span().start)?;
            opened.get(&one.attribute("ID"))?.get(*place).copied()
        };
        assertions.iter().map(open).collect::<Option<_>>().unwrap_or_default()
    }

    /// The NameID as GitLab gets it; absent where there is none or it is encrypted.
    pub(super) fn name_id(&self) -> Option<String> {
        self.name_id_element().filter(|_| !self.is_hidden()).map(Element::own_text)
    }

    /// InResponseTo of the Response.
    pub(super) fn in_response_to(&self) -> Option<String> {
        attribute(self.response()?, "InResponseTo").map(|id| id.into_owned())
    }
}

/// The attribute `local` as REXML gives it: without a prefix, or else with any.
pub(super) fn attribute<'a>(element: Element<'a>, local: &str) -> Option<Cow<'a, str>> {
    let with_prefix = || {
        let mut named = element.attributes().filter(|attribute| attribute.name().contains(':'));
        named.find(|attribute| attribute.local() == local && !attribute.name().starts_with("xmlns:"))
    };
    element.attribute(local).or_else(|| with_prefix().map(Attribute::value))
}

fn all(root: Element<'_>) -> impl Iterator<Item = Element<'_>> {
    std::iter::once(root).chain(root.descendants())
}

/// The assertions in `root`, which may be one itself.
fn assertions_in(root: Element<'_>) -> impl Iterator<Item = Element<'_>> {
    all(root).filter(|element| element.is(uri::ASSERTION, "Assertion"))
}

/// The root, if it is a Response.
fn response_of(document: &Document) -> Option<Element<'_>> {
    document.root().filter(|root| root.is(uri::PROTOCOL, "Response"))
}

fn encrypted_assertion(response: Element<'_>) -> Option<Element<'_>> {
    let is_encrypted = |child: &Element<'_>| {
        child.local() == "EncryptedAssertion" && matches!(child.namespace(), uri::ASSERTION | "")
    };
    response.elements().find(is_encrypted)
}

/// The number of Signatures that stand in `element` itself.
pub(super) fn signatures_in(element: Element<'_>) -> usize {
    element.elements().filter(|child| child.is(uri::XML_SIGNATURE, "Signature")).count()
}

fn has_one_signature(response: Element<'_>, signed: &SignedId) -> bool {
    let SignedId::Known(id) = signed else { return false };
    response.attribute("ID").as_deref() == Some(id) && signatures_in(response) == 1
}

fn signed_id(root: Element<'_>) -> SignedId {
    let is_reference = |element: &Element<'_>| {
        let mut outer = element.ancestors();
        let mut inside = |local| outer.next().is_some_and(|parent| parent.is(uri::XML_SIGNATURE, local));
        element.is(uri::XML_SIGNATURE, "Reference") && inside("SignedInfo") && inside("Signature")
    };
    let Some(reference) = all(root).find(is_reference) else { return SignedId::None };
    let Some(uri) = reference.attribute("URI") else { return SignedId::Fails };
    // Whatever the first character is, it is dropped.
    let mut characters = uri.chars();
    if characters.next().is_some() {
        return SignedId::Known(characters.as_str().to_owned());
    }
    let parent = reference.ancestors().nth(2).and_then(|parent| parent.attribute("ID"));
    parent.map_or(SignedId::Fails, |id| SignedId::Known(id.into_owned()))
}

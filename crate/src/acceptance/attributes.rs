//! omniauth-saml asks for the attributes before anything is checked: ruby-saml then looks for the signed
//! assertion, and decrypts what is encrypted in it. And the attributes as it reads them
//! (`Response#attributes`).

use super::{
    Check, CheckResult, Failure,
    received::{Received, SignedId, attribute},
};
use crate::{
    saml::{self, uri},
    text,
    xml::Element,
};

pub(super) const CHECK: Check = Check {
    id: "attributes",
    title: || text!("accept.attributes"),
    messages: &[&["An EncryptedAttribute found and no SP private key found"]],
    look,
};

fn look(received: &Received<'_>) -> CheckResult {
    if received.signed_id == SignedId::Fails {
        return CheckResult::Failed(Failure::with_other_words(text!("accept.reference-fails")));
    }
    if received.lacks_signed_info() {
        return CheckResult::Failed(Failure::with_other_words(text!("accept.no-signed-info")));
    }
    let encrypted = received.has_encrypted_attributes();
    if received.sp.has_key && received.has_hidden_attributes() {
        return CheckResult::Unknown(text!("accept.hidden"));
    }
    if encrypted && received.sp.has_key && !received.opens_attributes() {
        return CheckResult::Failed(Failure::with_other_words(text!("accept.attribute-stays-closed")));
    }
    CheckResult::passes_if(!encrypted || received.sp.has_key, || {
        "An EncryptedAttribute found and no SP private key found on the settings to decrypt it".to_owned()
    })
}

impl Received<'_> {
    /// Whether ruby-saml, which reads the signed part before it checks anything, fails at a Signature that
    /// has a value and no SignedInfo.
    fn lacks_signed_info(&self) -> bool {
        let has = |local| self.signature.is_some_and(|own| own.child(uri::XML_SIGNATURE, local).is_some());
        self.rules.reads_signed_part && self.can_be_loaded() && has("SignatureValue") && !has("SignedInfo")
    }

    fn has_encrypted_attributes(&self) -> bool {
        self.at_path(&["AttributeStatement"]).into_iter().flat_map(Element::elements).any(is_encrypted)
    }

    /// Whether there are attributes that cannot be seen.
    pub(super) fn has_hidden_attributes(&self) -> bool {
        !self.was_tried() && self.has_encrypted_attributes()
    }

    /// The attributes with their values; those of one name are one.
    pub(super) fn attributes(&self) -> Vec<(String, Vec<Option<String>>)> {
        if self.is_hidden() {
            return Vec::new();
        }
        let opened = || self.opened_at_path(&["AttributeStatement"]);
        let opened = if self.has_encrypted_attributes() { opened() } else { Vec::new() };
        let statements = if opened.is_empty() { self.at_path(&["AttributeStatement"]) } else { opened };
        let mut all: Vec<(String, Vec<Option<String>>)> = Vec::new();
        for element in statements.into_iter().flat_map(Element::elements) {
            let name = attribute(element, "Name").unwrap_or_default();
            let values = element.elements().flat_map(saml::values_as_read);
            match all.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => known.extend(values),
                None => all.push((name.into_owned(), values.collect())),
            }
        }
        all
    }

    /// The value of the first of `names` that has one; of several values the first counts.
    pub(super) fn attribute(&self, names: &[&str]) -> Option<String> {
        let all = self.attributes();
        names.iter().find_map(|name| all.iter().find(|(known, _)| known == name)?.1.first()?.clone())
    }
}

fn is_encrypted(element: Element<'_>) -> bool {
    element.local() == "EncryptedAttribute"
}

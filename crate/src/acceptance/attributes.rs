//! omniauth-saml asks for the attributes before anything is checked: ruby-saml then looks for the signed
//! assertion, and decrypts what is encrypted in it.

use super::{
    Check, CheckResult, Failure,
    received::{Received, SignedId},
};
use crate::{saml::uri, text, xml::Element};

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
    let statements = received.at_path(&["AttributeStatement"]);
    let mut attributes = statements.into_iter().flat_map(Element::elements);
    let encrypted = attributes.any(|e| e.local() == "EncryptedAttribute" && e.namespace() == uri::ASSERTION);
    CheckResult::passes_if(!encrypted || received.sp.has_key, || {
        "An EncryptedAttribute found and no SP private key found on the settings to decrypt it".to_owned()
    })
}

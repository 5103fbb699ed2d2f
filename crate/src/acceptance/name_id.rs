//! The NameID is not empty, and its SPNameQualifier is GitLab (`validate_name_id`). That there is none at all
//! passes here; GitLab itself misses it later.

use super::{
    Check, CheckResult, Failure,
    received::{Received, attribute},
};
use crate::text;

pub(super) const CHECK: Check = Check {
    id: "name-id",
    title: || text!("accept.name-id"),
    messages: &[
        &["An empty NameID value found"],
        &["SPNameQualifier value", "the SP entityID value"],
        &["An EncryptedID found and no SP private key found"],
        &["No NameID element found in the assertion of the Response"],
    ],
    look,
};

fn look(received: &Received<'_>) -> CheckResult {
    if received.has_hidden_name_id() && !received.sp.has_key {
        return CheckResult::fails(
            "An EncryptedID found and no SP private key found on the settings to decrypt it",
        );
    }
    if received.has_hidden_name_id() && received.was_tried() {
        return CheckResult::Failed(Failure::with_other_words(text!("accept.name-id-stays-closed")));
    }
    if received.has_hidden_name_id() || received.is_hidden() {
        return CheckResult::Unknown(text!("accept.hidden"));
    }
    let Some(name_id) = received.name_id_element() else {
        return if received.has_encrypted_name_id() {
            CheckResult::Failed(Failure::with_other_words(text!("accept.no-name-id-inside")))
        } else {
            CheckResult::Passed
        };
    };
    if name_id.own_text().is_empty() {
        return CheckResult::fails("An empty NameID value found");
    }
    let qualifier = attribute(name_id, "SPNameQualifier").filter(|qualifier| !qualifier.is_empty());
    let Some(qualifier) = qualifier else { return CheckResult::Passed };
    match received.sp.entity_id.as_deref() {
        None => CheckResult::Unknown(text!("accept.entity-id-unknown")),
        Some(entity_id) => CheckResult::passes_if(entity_id.is_empty() || qualifier == entity_id, || {
            received.rules.sp_name_qualifier.to_owned()
        }),
    }
}

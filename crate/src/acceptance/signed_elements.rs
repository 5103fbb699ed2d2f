//! Each signature stands in a Response or an Assertion and means just that element
//! (`validate_signed_elements`).

use super::{
    Check, CheckResult, Failure,
    received::{Received, attribute},
};
use crate::{saml::uri, text};
use std::collections::HashSet;

pub(super) const CHECK: Check = Check {
    id: "signed-elements",
    title: || text!("accept.signed-elements"),
    messages: &[
        &["Invalid Signature Element", "SAML Response rejected"],
        &["Signed Element must contain an ID"],
        &["Duplicated ID. SAML Response rejected"],
        &["Found an invalid Signed Element"],
        &["Duplicated Reference URI"],
        &["Found an unexpected number of Signature Element"],
    ],
    look,
};

fn look(received: &Received<'_>) -> CheckResult {
    if received.is_hidden() {
        return CheckResult::Unknown(text!("accept.hidden"));
    }
    let (mut ids, mut referred) = (HashSet::new(), HashSet::new());
    let mut count = 0_usize;
    for signature in received.all_decrypted().filter(|element| element.is(uri::XML_SIGNATURE, "Signature")) {
        let name = signature.parent().map_or("", |parent| parent.local());
        let rejected = |what: String| CheckResult::fails(format!("{what}. SAML Response rejected"));
        if !matches!(name, "Response" | "Assertion") {
            return rejected(format!("Invalid Signature Element '{name}'"));
        }
        let Some(id) = signature.parent().and_then(|parent| attribute(parent, "ID")) else {
            return rejected("Signed Element must contain an ID".to_owned());
        };
        if !ids.insert(id.clone()) {
            return rejected("Duplicated ID".to_owned());
        }
        let reference = signature.descendants().find(|inner| inner.is(uri::XML_SIGNATURE, "Reference"));
        let uri = reference.and_then(|reference| attribute(reference, "URI")).unwrap_or_default();
        if let Some(first) = uri.chars().next() {
            let meant = uri.get(first.len_utf8()..).unwrap_or_default().to_owned();
            if meant != *id {
                return rejected("Found an invalid Signed Element".to_owned());
            }
            if !referred.insert(meant) {
                return rejected("Duplicated Reference URI".to_owned());
            }
        }
        count += 1;
    }
    if (1..3).contains(&count) {
        return CheckResult::Passed;
    }
    let failure = Failure::saying("Found an unexpected number of Signature Element. SAML Response rejected");
    CheckResult::Failed(failure.because(text!("accept.signature-count", count = count)))
}

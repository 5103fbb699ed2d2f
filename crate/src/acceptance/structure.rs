//! The schema gate (`validate_structure`). On sign-in GitLab shows libxml2's own words with the whole message
//! behind them; where errors are collected, only that the schema does not match.

use super::{Check, CheckResult, Failure, Said, received::Received, schema};
use crate::text;

const COLLECTED: &str = "Invalid SAML Response. Not match the saml-schema-protocol-2.0.xsd";

pub(super) const CHECK: Check = Check {
    id: "schema",
    title: || text!("accept.schema"),
    messages: &[
        &["Not match the saml-schema-protocol-2.0.xsd"],
        &["XML load failed:"],
        &["ERROR: Element"],
        &["Element '{"],
    ],
    look,
};

fn look(received: &Received<'_>) -> CheckResult {
    if received.rules.refuses_doctype && received.document.has_doctype() {
        let words = "XML load failed: Dangerous XML detected. No Doctype nodes allowed";
        return CheckResult::Failed(Failure { errors: vec![COLLECTED.to_owned()], ..Failure::saying(words) });
    }
    if received.document.flaw().is_some() {
        return CheckResult::Unknown(text!("accept.nothing-to-read"));
    }
    // Decrypted content goes through the same gate.
    let inside = || received.decrypted().root().filter(|_| received.is_decrypted());
    match schema::first_violation(received.root).or_else(|| schema::first_violation(inside()?)) {
        None if received.is_hidden() => CheckResult::Unknown(text!("accept.hidden")),
        None => CheckResult::Passed,
        Some(found) => {
            let said = Some(Said { text: found.libxml2, is_whole: false });
            let text = text!("accept.schema-why", why = found.text, at = found.at.start);
            CheckResult::Failed(Failure { said, errors: vec![COLLECTED.to_owned()], text: Some(text) })
        }
    }
}

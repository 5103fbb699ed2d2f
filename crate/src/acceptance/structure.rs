//! The schema gate (`validate_structure`). On sign-in GitLab shows libxml2's own words with the whole message
//! behind them; where errors are collected, only that the schema does not match.

use super::{Check, CheckResult, Failure, Said, received::Received, schema};
use crate::{base::catalogue::Text, text, xml::Document};
use std::ops::Range;

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
    let refused = |said: &str, text: Text| {
        let said = Some(Said { text: said.to_owned(), is_whole: false });
        CheckResult::Failed(Failure { said, errors: vec![COLLECTED.to_owned()], text: Some(text) })
    };
    if received.rules.refuses_utf_16 && received.sent().is_some_and(declares_utf_16) {
        return refused("XML load failed: ", text!("accept.utf-16"));
    }
    if received.rules.refuses_other_xml && received.sent().is_some_and(is_other_xml) {
        return refused("XML load failed: There were XML errors when parsing", text!("accept.other-xml"));
    }
    if received.flaw().is_some() {
        return CheckResult::Unknown(text!("accept.nothing-to-read"));
    }
    // Decrypted content goes through the same gate.
    let inside = || received.decrypted().root().filter(|_| received.is_decrypted());
    match schema::first_violation(received.root).or_else(|| schema::first_violation(inside()?)) {
        None if received.is_hidden() => CheckResult::Unknown(text!("accept.hidden")),
        None => CheckResult::Passed,
        Some(found) => {
            let text = text!("accept.schema-why", why = found.text, at = found.at.start);
            refused(&found.libxml2, text)
        }
    }
}

/// Whether the XML declaration names another version than 1.0.
pub(super) fn is_other_xml(document: &Document) -> bool {
    declared(document, "version").is_some_and(|version| version != "1.0")
}

/// Whether the message is in UTF-16 and has an XML declaration, or has one that says so. ruby-saml writes it
/// anew then with octets of two encodings, and cannot read that.
pub(super) fn declares_utf_16(document: &Document) -> bool {
    let is_utf_16 = document.flaw() == Some("utf-16");
    let encoding = declared(document, "encoding").map(str::to_ascii_uppercase);
    encoding.map_or(is_utf_16 && declaration(document).is_some(), |encoding| encoding.starts_with("UTF-16"))
}

/// The value of `name` in the XML declaration.
fn declared<'a>(document: &'a Document, name: &str) -> Option<&'a str> {
    const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];
    let (declaration, _) = document.source().get(declaration(document)?)?.split_once("?>")?;
    let (_, rest) = declaration.split_once(name)?;
    let rest = rest.trim_start_matches(SPACE).strip_prefix('=')?.trim_start_matches(SPACE);
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    rest.get(1..)?.split(quote).next()
}

/// The place of the XML declaration, which may stand behind white space and comments.
pub(super) fn declaration(document: &Document) -> Option<Range<usize>> {
    let before = document.source().get(..document.root()?.span().start)?;
    let start = before.find("<?xml ").or_else(|| before.find("<?xml\n"))?;
    Some(start..start + before.get(start..)?.find("?>")? + 2)
}

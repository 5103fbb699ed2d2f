//! The Response is XML. REXML reads it first and lets some errors pass; libxml2 finds those at the schema
//! gate. Both refuse, each in words of its own that are not predicted.

use super::{Check, CheckResult, Failure, received::Received, structure};
use crate::{base::limits::LIMITS, text, xml::Document};

pub(super) const CHECK: Check =
    Check { id: "well-formed", title: || text!("accept.well-formed"), messages: &[], look };

fn look(received: &Received<'_>) -> CheckResult {
    match received.flaw() {
        None => CheckResult::Passed,
        Some(code) => {
            CheckResult::Failed(Failure::with_other_words(text!("accept.not-well-formed", code = code)))
        }
    }
}

/// `document` without its XML declaration, if that is all that is wrong with it: that it stands behind white
/// space or a comment, or that the message is in UTF-16 or is said to be. REXML reads it, and writes it anew.
pub(super) fn rewritten(document: &Document) -> Option<Document> {
    let is_known = match document.flaw()? {
        "xml-declaration-not-first" => true,
        "utf-16" => structure::declaration(document).is_none() || structure::declares_utf_16(document),
        "encoding-mismatch" => structure::declares_utf_16(document),
        _ => false,
    };
    let mut source = Some(document.source().to_owned()).filter(|_| is_known)?;
    if let Some(declaration) = structure::declaration(document) {
        // Everything else stays where it is.
        source.replace_range(declaration.clone(), &" ".repeat(declaration.len()));
    }
    let (rewritten, _) = Document::parse(source.as_bytes(), &LIMITS);
    rewritten.flaw().is_none().then_some(rewritten)
}

impl Received<'_> {
    /// The code of the first flaw that REXML does not pass over. It reads entities that nobody refers to.
    pub(super) fn flaw(&self) -> Option<&'static str> {
        self.document.flaw().filter(|code| *code != "entity-declaration")
    }
}

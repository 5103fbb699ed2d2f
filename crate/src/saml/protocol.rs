//! The parts that all protocol messages share: the attributes and the Issuer of RequestAbstractType and
//! StatusResponseType (SAML Core 3.2.1, 3.2.2), and Status (3.2.2.1).
//!
//! Leaves out: Extensions, StatusDetail, Consent.

use super::{
    reading::{Reading, attribute, child_text},
    uri,
};
use crate::xml::Element;

/// The head of a protocol message.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)] // a field without words is the standard's of that name
pub struct Head {
    pub id: Option<String>,
    /// Version, `2.0`.
    pub version: Option<String>,
    /// IssueInstant, as it is written.
    pub issue_instant: Option<String>,
    /// Destination: the URL that the message was sent to.
    pub destination: Option<String>,
    /// InResponseTo: the ID of the request that a response answers.
    pub in_response_to: Option<String>,
    /// Issuer: the entityID of the sender.
    pub issuer: Option<String>,
}

impl Head {
    pub(super) fn read(message: Element<'_>, reading: &mut Reading) -> Self {
        Head {
            id: attribute(message, "ID"),
            version: attribute(message, "Version"),
            issue_instant: reading.instant(message, "IssueInstant"),
            destination: attribute(message, "Destination"),
            in_response_to: attribute(message, "InResponseTo"),
            issuer: child_text(message, uri::ASSERTION, "Issuer"),
        }
    }
}

/// The outcome of a request.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)] // a field without words is the standard's of that name
pub struct Status {
    /// The chain of StatusCode values, the top-level one first.
    pub codes: Vec<String>,
    pub message: Option<String>,
}

impl Status {
    /// The top-level StatusCode.
    pub fn code(&self) -> Option<&str> {
        self.codes.first().map(String::as_str)
    }

    /// The StatusCode within the top-level one, which says more.
    pub fn subcode(&self) -> Option<&str> {
        self.codes.get(1).map(String::as_str)
    }

    /// Whether the request succeeded. SAML 1.1 has a qualified name in place of the URI (Core 1.1, 3.4.3.1).
    pub fn is_success(&self) -> bool {
        let is_success = |code: &str| {
            code == uri::status::SUCCESS || code.split_once(':').is_some_and(|(_, local)| local == "Success")
        };
        self.code().is_some_and(is_success)
    }

    /// The Status of `message`, if it has one.
    pub(super) fn read(message: Element<'_>) -> Option<Self> {
        let status = message.child(uri::PROTOCOL, "Status")?;
        let top = status.child(uri::PROTOCOL, "StatusCode");
        let chain = std::iter::successors(top, |code| code.child(uri::PROTOCOL, "StatusCode"));
        Some(Status {
            codes: chain.map(|code| attribute(code, "Value").unwrap_or_default()).collect(),
            message: child_text(status, uri::PROTOCOL, "StatusMessage"),
        })
    }
}

//! Version of the message is 2.0 (`validate_version`).

use super::{
    Check, CheckResult,
    received::{Received, attribute},
};
use crate::{saml::uri, text};

pub(super) const CHECK: Check = Check {
    id: "version",
    title: || text!("accept.version"),
    messages: &[&["Unsupported SAML version"]],
    look,
};

fn look(received: &Received<'_>) -> CheckResult {
    let version = received.message_attribute("Version");
    CheckResult::passes_if(version.as_deref() == Some("2.0"), || "Unsupported SAML version".to_owned())
}

impl Received<'_> {
    /// An attribute of the root, if the root is one of the messages that ruby-saml knows.
    pub(super) fn message_attribute(&self, name: &str) -> Option<String> {
        const MESSAGES: [&str; 4] = ["AuthnRequest", "Response", "LogoutResponse", "LogoutRequest"];
        let is_known = MESSAGES.iter().any(|message| self.root.is(uri::PROTOCOL, message));
        attribute(self.root, name).filter(|_| is_known).map(|value| value.into_owned())
    }
}

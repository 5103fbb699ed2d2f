//! The attribute that replaces the NameID is there, where GitLab has one in its settings (`uid_attribute` of
//! omniauth-saml). Group SAML never has.

use super::{Check, CheckResult, received::Received};
use crate::text;

pub(super) const CHECK: Check = Check {
    id: "uid",
    title: || text!("accept.uid"),
    messages: &[&["SAML response missing '", "' attribute"]],
    look,
};

fn look(received: &Received<'_>) -> CheckResult {
    let Some(name) = &received.sp.uid_attribute else { return CheckResult::Passed };
    if received.is_hidden() {
        return CheckResult::Unknown(text!("accept.hidden"));
    }
    let value = received.attribute(&[name.as_str()]);
    if value.is_none() && received.has_hidden_attributes() {
        return CheckResult::Unknown(text!("accept.hidden"));
    }
    CheckResult::passes_if(value.is_some(), || format!("SAML response missing '{name}' attribute"))
}

impl Received<'_> {
    /// The name that GitLab looks for: the NameID, or what its settings put in the place of it.
    pub(super) fn uid(&self) -> Option<String> {
        match &self.sp.uid_attribute {
            Some(name) => self.attribute(&[name.as_str()]),
            None => self.name_id(),
        }
    }
}

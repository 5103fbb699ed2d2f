//! AuthnStatement (SAML Core 2.7.2) with AuthnContext (2.7.2.2).
//!
//! Leaves out: SubjectLocality, AuthenticatingAuthority, declarations.

use super::{
    reading::{Reading, attribute, child_text},
    uri,
};
use crate::{base::redact::Secret, xml::Element};

/// When and how the user signed in at the IdP.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)] // a field without words is the standard's of that name
pub struct AuthnStatement {
    /// AuthnInstant, as it is written.
    pub authn_instant: Option<String>,
    /// SessionIndex: with it, the IdP can be asked to end the session.
    pub session_index: Option<Secret<String>>,
    /// SessionNotOnOrAfter, as it is written.
    pub session_not_on_or_after: Option<String>,
    pub authn_context_class_ref: Option<String>,
}

impl AuthnStatement {
    pub(super) fn read(statement: Element<'_>, reading: &mut Reading) -> Self {
        let context = statement.child(uri::ASSERTION, "AuthnContext");
        AuthnStatement {
            authn_instant: reading.instant(statement, "AuthnInstant"),
            session_index: attribute(statement, "SessionIndex").map(Secret::new),
            session_not_on_or_after: reading.instant(statement, "SessionNotOnOrAfter"),
            authn_context_class_ref: context
                .and_then(|context| child_text(context, uri::ASSERTION, "AuthnContextClassRef")),
        }
    }
}

//! AuthnRequest (SAML Core 3.4.1), NameIDPolicy (3.4.1.1), RequestedAuthnContext (3.3.2.2.1).
//!
//! Leaves out: Conditions, Scoping, AttributeConsumingServiceIndex.

use super::{
    Subject,
    reading::{Reading, attribute, boolean, child_texts},
    uri,
};
use crate::xml::Element;

/// The SP asks the IdP to sign a user in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AuthnRequest {
    /// AssertionConsumerServiceURL: where the Response is to be sent.
    pub acs_url: Option<String>,
    /// AssertionConsumerServiceIndex: the same, by its number in the SP's metadata.
    pub acs_index: Option<String>,
    /// ProtocolBinding: how the Response is to be sent.
    pub protocol_binding: Option<String>,
    /// ForceAuthn: the user has to sign in again.
    pub force_authn: Option<bool>,
    /// IsPassive: the user must not be asked anything.
    pub is_passive: Option<bool>,
    /// The kind of NameID that is wanted.
    pub name_id_policy: Option<NameIdPolicy>,
    /// The way the user is to sign in.
    pub requested_authn_context: Option<RequestedAuthnContext>,
    /// The subject that the SP asks for.
    pub subject: Option<Subject>,
}

/// The kind of NameID that the SP wants.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)] // a field without words is the standard's of that name
pub struct NameIdPolicy {
    pub format: Option<String>,
    pub sp_name_qualifier: Option<String>,
    /// AllowCreate: the IdP may make a new identifier.
    pub allow_create: Option<bool>,
}

/// The way the SP wants the user to sign in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RequestedAuthnContext {
    /// Comparison: `exact`, `minimum`, `maximum`, `better`.
    pub comparison: Option<String>,
    /// AuthnContextClassRef values.
    pub class_refs: Vec<String>,
    /// AuthnContextDeclRef values.
    pub decl_refs: Vec<String>,
}

impl AuthnRequest {
    pub(super) fn read(message: Element<'_>, reading: &mut Reading) -> Self {
        AuthnRequest {
            acs_url: attribute(message, "AssertionConsumerServiceURL"),
            acs_index: attribute(message, "AssertionConsumerServiceIndex"),
            protocol_binding: attribute(message, "ProtocolBinding"),
            force_authn: boolean(message, "ForceAuthn"),
            is_passive: boolean(message, "IsPassive"),
            name_id_policy: message.child(uri::PROTOCOL, "NameIDPolicy").map(|policy| NameIdPolicy {
                format: attribute(policy, "Format"),
                sp_name_qualifier: attribute(policy, "SPNameQualifier"),
                allow_create: boolean(policy, "AllowCreate"),
            }),
            requested_authn_context: message.child(uri::PROTOCOL, "RequestedAuthnContext").map(|context| {
                RequestedAuthnContext {
                    comparison: attribute(context, "Comparison"),
                    class_refs: child_texts(context, uri::ASSERTION, "AuthnContextClassRef"),
                    decl_refs: child_texts(context, uri::ASSERTION, "AuthnContextDeclRef"),
                }
            }),
            subject: Subject::read(message, reading),
        }
    }
}

//! Assertion (SAML Core 2.3.3): what the IdP says of a subject.
//!
//! Leaves out: Advice, AuthzDecisionStatement.

use super::{
    Attribute, AuthnStatement, Conditions, Subject,
    reading::{Reading, attribute, child_text},
    uri,
};
use crate::{base::flaw::Span, xml::Element};

/// The statement of the IdP about a subject.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)] // a field without words is the standard's of that name
pub struct Assertion {
    pub id: Option<String>,
    /// Version, `2.0`.
    pub version: Option<String>,
    /// IssueInstant, as it is written.
    pub issue_instant: Option<String>,
    /// Issuer: the IdP's entityID.
    pub issuer: Option<String>,
    /// Subject: whom it speaks of.
    pub subject: Option<Subject>,
    /// Conditions: when and for whom it is valid. The first, should there be several.
    pub conditions: Option<Conditions>,
    /// The AuthnStatements in their order.
    pub authn_statements: Vec<AuthnStatement>,
    /// The attributes of all AttributeStatements, in their order.
    pub attributes: Vec<Attribute>,
    /// The number of EncryptedAttributes.
    pub encrypted_attributes: usize,
    /// The place where it stands.
    pub span: Span,
}

impl Assertion {
    pub(super) fn read(assertion: Element<'_>, reading: &mut Reading) -> Self {
        let named = |local: &'static str| assertion.elements().filter(move |e| e.is(uri::ASSERTION, local));
        let attributes = |local: &'static str| {
            named("AttributeStatement")
                .flat_map(Element::elements)
                .filter(move |e| e.is(uri::ASSERTION, local))
        };
        Assertion {
            id: attribute(assertion, "ID"),
            version: attribute(assertion, "Version"),
            issue_instant: reading.instant(assertion, "IssueInstant"),
            issuer: child_text(assertion, uri::ASSERTION, "Issuer"),
            subject: Subject::read(assertion, reading),
            conditions: reading
                .only("several-conditions", named("Conditions"))
                .map(|conditions| Conditions::read(conditions, reading)),
            authn_statements: named("AuthnStatement").map(|e| AuthnStatement::read(e, reading)).collect(),
            attributes: attributes("Attribute").map(Attribute::read).collect(),
            encrypted_attributes: attributes("EncryptedAttribute").count(),
            span: assertion.span(),
        }
    }
}

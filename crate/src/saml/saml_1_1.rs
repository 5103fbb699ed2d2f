//! SAML 1.1 (Core 1.1, chapters 2 and 3), which GitLab does not read, in the terms of SAML 2.0:
//! NameIdentifier as NameID, AuthenticationStatement as AuthnStatement, Recipient as Destination.
//!
//! Leaves out: requests except for their head, AuthorizationDecisionStatement, AuthorityBinding.

use super::{
    Assertion, Attribute, AudienceRestriction, AuthnStatement, Conditions, Head, NameId, Response, Status,
    Subject, SubjectConfirmation,
    reading::{Reading, attribute, child_text, child_texts},
    uri,
};
use crate::xml::Element;

/// The head of a message or of a bare assertion.
pub(super) fn head(message: Element<'_>, reading: &mut Reading) -> Head {
    let id = ["ResponseID", "RequestID", "AssertionID"].iter().find_map(|name| attribute(message, name));
    Head {
        id,
        version: version(message),
        issue_instant: reading.instant(message, "IssueInstant"),
        destination: attribute(message, "Recipient"),
        in_response_to: attribute(message, "InResponseTo"),
        issuer: attribute(message, "Issuer"),
    }
}

/// A Response.
pub(super) fn response(message: Element<'_>, reading: &mut Reading) -> Response {
    let assertions = message.elements().filter(|element| element.is(uri::ASSERTION_1_1, "Assertion"));
    let status = message.child(uri::PROTOCOL_1_1, "Status").map(|status| {
        let top = status.child(uri::PROTOCOL_1_1, "StatusCode");
        let chain = std::iter::successors(top, |code| code.child(uri::PROTOCOL_1_1, "StatusCode"));
        Status {
            codes: chain.map(|code| attribute(code, "Value").unwrap_or_default()).collect(),
            message: child_text(status, uri::PROTOCOL_1_1, "StatusMessage"),
        }
    });
    Response {
        status,
        assertions: assertions.map(|element| assertion(element, reading)).collect(),
        encrypted_assertions: Vec::new(),
    }
}

/// An Assertion. Its statements have a subject each; the first one counts.
pub(super) fn assertion(assertion: Element<'_>, reading: &mut Reading) -> Assertion {
    let named = |local: &'static str| assertion.elements().filter(move |e| e.is(uri::ASSERTION_1_1, local));
    let subject = assertion.elements().find_map(|statement| statement.child(uri::ASSERTION_1_1, "Subject"));
    Assertion {
        id: attribute(assertion, "AssertionID"),
        version: version(assertion),
        issue_instant: reading.instant(assertion, "IssueInstant"),
        issuer: attribute(assertion, "Issuer"),
        subject: subject.map(|element| read_subject(element, reading)),
        conditions: named("Conditions").next().map(|element| conditions(element, reading)),
        authn_statements: named("AuthenticationStatement")
            .map(|statement| AuthnStatement {
                authn_instant: reading.instant(statement, "AuthenticationInstant"),
                authn_context_class_ref: attribute(statement, "AuthenticationMethod"),
                ..AuthnStatement::default()
            })
            .collect(),
        attributes: named("AttributeStatement")
            .flat_map(Element::elements)
            .filter(|element| element.is(uri::ASSERTION_1_1, "Attribute"))
            .map(read_attribute)
            .collect(),
        encrypted_attributes: 0,
        span: assertion.span(),
    }
}

fn version(element: Element<'_>) -> Option<String> {
    Some(format!("{}.{}", attribute(element, "MajorVersion")?, attribute(element, "MinorVersion")?))
}

fn read_subject(subject: Element<'_>, reading: &mut Reading) -> Subject {
    let name_ids = subject.elements().filter(|element| element.is(uri::ASSERTION_1_1, "NameIdentifier"));
    let confirmations = subject.elements().filter(|e| e.is(uri::ASSERTION_1_1, "SubjectConfirmation"));
    Subject {
        name_id: reading.only("several-name-ids", name_ids).map(|element| NameId::read(element, reading)),
        encrypted_id: false,
        confirmations: confirmations
            .map(|element| SubjectConfirmation {
                method: child_text(element, uri::ASSERTION_1_1, "ConfirmationMethod"),
                ..SubjectConfirmation::default()
            })
            .collect(),
    }
}

fn conditions(conditions: Element<'_>, reading: &mut Reading) -> Conditions {
    let restrictions =
        conditions.elements().filter(|e| e.is(uri::ASSERTION_1_1, "AudienceRestrictionCondition"));
    Conditions {
        not_before: reading.instant(conditions, "NotBefore"),
        not_on_or_after: reading.instant(conditions, "NotOnOrAfter"),
        audience_restrictions: restrictions
            .map(|e| AudienceRestriction { audiences: child_texts(e, uri::ASSERTION_1_1, "Audience") })
            .collect(),
        one_time_use: conditions.child(uri::ASSERTION_1_1, "DoNotCacheCondition").is_some(),
    }
}

fn read_attribute(element: Element<'_>) -> Attribute {
    let values = element.elements().filter(|child| child.is(uri::ASSERTION_1_1, "AttributeValue"));
    let values: Vec<String> = values.map(Element::all_text).collect();
    Attribute {
        name: attribute(element, "AttributeName"),
        friendly_name: None,
        name_format: attribute(element, "AttributeNamespace"),
        as_read: values.iter().cloned().map(Some).collect(),
        values,
    }
}

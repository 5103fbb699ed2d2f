//! Response (SAML Core 3.3.3): a Status and any number of assertions.

use super::{Assertion, Status, reading::Reading, uri};
use crate::{flaw::Span, xml::Element};

/// The IdP's answer to an AuthnRequest, or a sign-in that the IdP started.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Response {
    /// How the request went.
    pub status: Option<Status>,
    /// The assertions that can be read, in their order.
    pub assertions: Vec<Assertion>,
    /// Where each EncryptedAssertion stands.
    pub encrypted_assertions: Vec<Span>,
}

impl Response {
    pub(super) fn read(message: Element<'_>, reading: &mut Reading) -> Self {
        let mut response = Response { status: Status::read(message), ..Response::default() };
        for element in message.elements() {
            if element.is(uri::ASSERTION, "Assertion") {
                response.assertions.push(Assertion::read(element, reading));
            } else if element.is(uri::ASSERTION, "EncryptedAssertion") {
                response.encrypted_assertions.push(element.span());
            }
        }
        response
    }
}

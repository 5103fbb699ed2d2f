//! Response (SAML Core 3.3.3): a Status and any number of assertions.

use super::{Assertion, Status, reading::Reading, uri};
use crate::{base::flaw::Span, xml::Element};

/// The IdP's answer to an AuthnRequest, or a sign-in that the IdP started.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Response {
    /// The outcome of the request.
    pub status: Option<Status>,
    /// The assertions that can be read, in their order.
    pub assertions: Vec<Assertion>,
    /// The place of each EncryptedAssertion.
    pub encrypted_assertions: Vec<Span>,
}

impl Response {
    pub(super) fn read(message: Element<'_>, reading: &mut Reading) -> Self {
        let mut response = Response { status: Status::read(message), ..Response::default() };
        response.take(message.elements(), reading);
        response
    }

    /// Stands for the one assertion that `element` is.
    pub(super) fn of_assertion(element: Element<'_>, reading: &mut Reading) -> Self {
        let mut response = Response::default();
        response.take(std::iter::once(element), reading);
        response
    }

    fn take<'a>(&mut self, elements: impl Iterator<Item = Element<'a>>, reading: &mut Reading) {
        for element in elements {
            if element.is(uri::ASSERTION, "Assertion") {
                self.assertions.push(Assertion::read(element, reading));
            } else if element.is(uri::ASSERTION, "EncryptedAssertion") {
                self.encrypted_assertions.push(element.span());
            }
        }
    }
}

//! Both Issuers are the identity provider's entityID, where GitLab has one in its settings
//! (`validate_issuer`). Group SAML never has.

use super::{Check, CheckResult, Failure, received::Received};
use crate::{comparison::address, saml::uri, text, xml::Element};

pub(super) const CHECK: Check = Check {
    id: "issuer",
    title: || text!("accept.issuer"),
    messages: &[
        &["Doesn't match the issuer, expected:"],
        &["Issuer of the Response not found or multiple"],
        &["Issuer of the Assertion not found or multiple"],
    ],
    look,
};

fn look(received: &Received<'_>) -> CheckResult {
    let Some(expected) = &received.sp.idp_entity_id else {
        let is_known = received.sp.is_group() || received.sp.told;
        return if is_known {
            CheckResult::Passed
        } else {
            CheckResult::Unknown(text!("accept.idp-entity-id-unknown"))
        };
    };
    if received.is_hidden() {
        return CheckResult::Unknown(text!("accept.hidden"));
    }
    let children = received.response().into_iter().flat_map(Element::elements);
    let of_response: Vec<_> = children.filter(|child| child.is(uri::ASSERTION, "Issuer")).collect();
    let [of_response] = of_response.as_slice() else {
        let text = text!("accept.not-one-in-response", count = of_response.len(), element = "Issuer");
        let failure = Failure::saying("Issuer of the Response not found or multiple.");
        return CheckResult::Failed(failure.because(text));
    };
    let of_assertion = received.at_path(&["Issuer"]);
    let [of_assertion] = of_assertion.as_slice() else {
        let text = text!("accept.not-one", count = of_assertion.len(), element = "Issuer");
        let failure = Failure::saying("Issuer of the Assertion not found or multiple.");
        return CheckResult::Failed(failure.because(text));
    };
    let other = [of_response, of_assertion].into_iter().map(|issuer| issuer.own_text());
    match other.into_iter().find(|issuer| !address::is_same(issuer, expected)) {
        Some(issuer) => CheckResult::fails(format!(
            "Doesn't match the issuer, expected: <{expected}>, but was: <{issuer}>"
        )),
        None => CheckResult::Passed,
    }
}

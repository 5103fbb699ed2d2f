//! The identity provider says Success (`validate_success_status`). The words carry the last parts of its
//! codes, and its message.

use super::{
    Check, CheckResult, Failure,
    received::{Received, attribute},
};
use crate::{
    text,
    {saml::uri, xml::Element},
};

pub(super) const CHECK: Check = Check {
    id: "status",
    title: || text!("accept.status"),
    messages: &[&["The status code of the Response was not Success"]],
    look,
};

fn look(received: &Received<'_>) -> CheckResult {
    let code = code(received);
    if code.as_deref() == Some(uri::status::SUCCESS) {
        return CheckResult::Passed;
    }
    let mut words = "The status code of the Response was not Success".to_owned();
    if let Some(code) = code {
        let last =
            |code: &'_ str| code.trim_end_matches(':').rsplit(':').next().unwrap_or_default().to_owned();
        let parts: Vec<String> = code.split(" | ").map(last).collect();
        if let [only] = parts.as_slice()
            && only.is_empty()
        {
            // The library itself fails where it looks for the last part of a code.
            let failure = Failure::saying("no implicit conversion of nil into String");
            return CheckResult::Failed(Failure { errors: Vec::new(), ..failure });
        }
        words += &format!(", was {}", parts.join(" => "));
    }
    let messages = of_status(received, "StatusMessage");
    if let [message] = messages.as_slice() {
        words += &format!(" -> {}", message.own_text());
    }
    CheckResult::fails(words)
}

/// The one StatusCode, unless it is Success with those in it behind it.
fn code(received: &Received<'_>) -> Option<String> {
    let codes = of_status(received, "StatusCode");
    let [code] = codes.as_slice() else { return None };
    let value = |element: Element<'_>| attribute(element, "Value").map(|value| value.into_owned());
    let outer = value(*code);
    if outer.as_deref() == Some(uri::status::SUCCESS) {
        return outer;
    }
    let inner = code.elements().filter(|element| element.is(uri::PROTOCOL, "StatusCode"));
    let all =
        std::iter::once(outer.unwrap_or_default()).chain(inner.map(|code| value(code).unwrap_or_default()));
    Some(all.collect::<Vec<_>>().join(" | "))
}

fn of_status<'a>(received: &Received<'a>, local: &'static str) -> Vec<Element<'a>> {
    let children = received.response().into_iter().flat_map(Element::elements);
    let statuses = children.filter(|child| child.is(uri::PROTOCOL, "Status"));
    statuses.flat_map(Element::elements).filter(|element| element.is(uri::PROTOCOL, local)).collect()
}

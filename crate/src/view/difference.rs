//! Two sign-ins side by side: what is the same in both, and what differs, value by value ([`differences`]).
//!
//! It compares what the two views say, so that nothing is seen here that is not seen there: the verdict, the
//! times, what the Response says, its attributes, certificates and signatures. What is of one sign-in by its
//! nature (IDs, the request that is answered) is left out.

use super::{FlowView, MessageView, Run, value::runs};
use crate::text;

/// One value of both.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The name of the value.
    pub label: String,
    /// In the one and in the other sign-in; nothing where it has none.
    pub values: [Option<Vec<Run>>; 2],
    /// Whether both have the same.
    pub is_same: bool,
}

/// The values that no two sign-ins have in common.
const OF_ONE: [&str; 2] = ["ID", "InResponseTo"];

/// The values of both, in the order of the first, then what only the second has.
pub fn differences(one: &FlowView, other: &FlowView) -> Vec<Difference> {
    let (left, mut right) = (values(one), values(other));
    let mut rows: Vec<Difference> = Vec::new();
    for (label, value) in left {
        let at = right.iter().position(|(name, _)| *name == label);
        let beside = at.map(|at| right.remove(at).1);
        rows.push(difference(label, Some(value), beside));
    }
    rows.extend(right.into_iter().map(|(label, value)| difference(label, None, Some(value))));
    rows
}

fn difference(label: String, left: Option<String>, right: Option<String>) -> Difference {
    let shown = |value: &Option<String>, other: &Option<String>| {
        value.as_deref().map(|value| runs(value, other.as_deref()))
    };
    Difference { label, values: [shown(&left, &right), shown(&right, &left)], is_same: left == right }
}

fn values(view: &FlowView) -> Vec<(String, String)> {
    let head = [
        (text!("difference.verdict").to_string(), view.line.verdict.text.clone()),
        (text!("difference.began").to_string(), view.line.started.clone()),
    ];
    let response = view.messages.iter().rfind(|message| message.name == "Response");
    let said = response.or(view.messages.last()).map(of_message).unwrap_or_default();
    head.into_iter().chain(said).collect()
}

fn of_message(message: &MessageView) -> Vec<(String, String)> {
    let summary = message.summary.iter().filter(|(label, _)| !OF_ONE.contains(&label.as_str())).cloned();
    let attributes = message.attributes.iter().map(|attribute| {
        let label = text!("difference.attribute", name = attribute.name);
        (label.to_string(), attribute.values.join("\n"))
    });
    let certificates = message
        .certificates
        .iter()
        .map(|certificate| (text!("difference.certificate").to_string(), certificate.sha256.clone()));
    let signatures = message
        .signatures
        .iter()
        .map(|signature| (text!("difference.signature").to_string(), signature.sentence.text.clone()));
    summary.chain(attributes).chain(certificates).chain(signatures).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::instant::Timestamp, case::Case, event::Event, trace::tracer::Tracer, view::flow::flow_view,
    };
    use base64::{Engine, prelude::BASE64_STANDARD};
    use serde_json::json;

    fn view(name: &str, attribute: &str) -> FlowView {
        let response = format!(
            "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
             xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_{name}\"><saml:Issuer>idp</saml:Issuer>\
             <saml:Assertion><saml:Subject><saml:NameID>{name}</saml:NameID></saml:Subject>\
             <saml:AttributeStatement><saml:Attribute Name=\"{attribute}\"><saml:AttributeValue>x\
             </saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion></samlp:Response>"
        );
        let event: Event =
            serde_json::from_value(json!({ "id": "1767258000000-test-000001", "kind": "request",
            "request": "1", "tab": 1, "method": "POST",
            "url": "https://gitlab.com/groups/acme/-/saml/callback", "body": "form",
            "form": [["SAMLResponse", [BASE64_STANDARD.encode(response)]]] }))
            .unwrap();
        let tracer = Tracer::replay(vec![event]);
        flow_view(&Case::new(&tracer, tracer.flows().last().unwrap(), Timestamp(1_767_258_010_000)))
    }

    #[test]
    fn what_differs_is_marked_and_what_one_alone_has_is_beside_nothing() {
        let rows = differences(&view("Ada", "mail"), &view("ada", "email"));
        let of = |label: &str| rows.iter().find(|row| row.label == label).unwrap();
        assert!(of("Issuer").is_same, "{rows:?}");
        let name = of("NameID");
        assert!(!name.is_same, "{rows:?}");
        let marked: Vec<_> = name.values.iter().flatten().map(|runs| runs[0].text.as_str()).collect();
        assert_eq!(marked, ["A", "a"], "{name:?}");
        assert!(of("Attribute mail").values[1].is_none() && of("Attribute email").values[0].is_none());
        assert!(rows.iter().all(|row| !OF_ONE.contains(&row.label.as_str())), "{rows:?}");
    }

    #[test]
    fn a_sign_in_is_the_same_as_itself() {
        let view = view("ada", "mail");
        let rows = differences(&view, &view);
        assert!(rows.len() > 3 && rows.iter().all(|row| row.is_same), "{rows:?}");
    }
}

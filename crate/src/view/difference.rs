//! Two sign-ins side by side: what is the same in both, and what differs, value by value ([`differences`]).
//!
//! It compares what the two views say, so that nothing is seen here that is not seen there: the verdict, the
//! times, what the Response says, its attributes, certificates and signatures. What is of one sign-in by its
//! nature (IDs, the request that is answered) is left out.

use super::{FlowView, MessageView, Run, value::runs};
use crate::text;
use std::collections::BTreeMap;

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
    paired(values(one), values(other))
}

/// Values of one name are paired in their order. A message can have 50,000 names: each is looked up once.
fn paired(left: Vec<(String, String)>, right: Vec<(String, String)>) -> Vec<Difference> {
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, (label, _)) in right.iter().enumerate().rev() {
        places.entry(label.clone()).or_default().push(at);
    }
    let mut right: Vec<_> = right.into_iter().map(|(label, value)| (label, Some(value))).collect();
    let mut rows = Vec::new();
    for (label, value) in left {
        let place = places.get_mut(&label).and_then(Vec::pop);
        let beside = place.and_then(|at| right.get_mut(at)).and_then(|(_, value)| value.take());
        rows.push(difference(label, Some(value), beside));
    }
    let alone = right.into_iter().filter(|(_, value)| value.is_some());
    rows.extend(alone.map(|(label, value)| difference(label, None, value)));
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
    use crate::view::message::tests::posted;

    fn view(name: &str, attribute: &str) -> FlowView {
        posted(&format!(
            "<saml:Issuer>idp</saml:Issuer>\
             <saml:Assertion><saml:Subject><saml:NameID>{name}</saml:NameID></saml:Subject>\
             <saml:AttributeStatement><saml:Attribute Name=\"{attribute}\"><saml:AttributeValue>x\
             </saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>"
        ))
    }

    #[test]
    fn values_of_one_name_are_paired_in_their_order_and_none_is_lost() {
        let named = |side: &str, counts: [usize; 2]| -> Vec<(String, String)> {
            let of = |(name, count): (&str, usize)| {
                (0..count).map(|at| (name.to_owned(), format!("{side}{at}"))).collect::<Vec<_>>()
            };
            ["a", "b"].into_iter().zip(counts).flat_map(of).collect()
        };
        let text = |runs: &Option<Vec<Run>>| -> Option<String> {
            runs.as_ref().map(|runs| runs.iter().map(|run| run.text.as_str()).collect())
        };
        for (left, right) in [([0, 0], [1, 2]), ([2, 1], [0, 0]), ([1, 3], [3, 1]), ([2, 2], [2, 2])] {
            let rows = paired(named("l", left), named("r", right));
            for (name, left, right) in [("a", left[0], right[0]), ("b", left[1], right[1])] {
                let of = |place: usize| {
                    let rows = rows.iter().filter(|row| row.label == name);
                    rows.filter_map(|row| text(&row.values[place])).collect::<Vec<_>>()
                };
                let all =
                    |side: &str, count: usize| (0..count).map(|at| format!("{side}{at}")).collect::<Vec<_>>();
                assert_eq!((of(0), of(1)), (all("l", left), all("r", right)));
                assert_eq!(rows.iter().filter(|row| row.label == name).count(), left.max(right));
            }
        }
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

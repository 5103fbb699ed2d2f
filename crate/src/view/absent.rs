//! The parts of an exchange that the browser did not show, and why, in the person's words. Nothing is guessed
//! in their place.

use crate::{
    base::{
        address::Address,
        catalogue::Text,
        limits::{FIELD_CHARS, RAW_BODY_BYTES, VALUES_OF_FIELD},
    },
    text,
    trace::{
        exchange::{Absence, End, Exchange},
        seen::Rode,
    },
};

/// Everything that is to be said of `exchange`, one of the `exchanges` of a flow: why it broke, then what is
/// missing.
pub(super) fn said(exchange: &Exchange, exchanges: &[&Exchange]) -> Vec<String> {
    let failed = match &exchange.end {
        Some(End::Failed(_, error)) => Some(text!("exchange.failed", error = error)),
        _ => None,
    };
    let next = unseen_host(exchange, exchanges).map(|host| text!("absent.next-hop", host = host));
    let absent = exchange.absences().into_iter().map(|absence| why(absence, exchange));
    failed.into_iter().chain(absent).chain(next).map(|text| text.to_string()).collect()
}

fn why(absence: Absence, exchange: &Exchange) -> Text {
    match absence {
        Absence::Request => text!("absent.request"),
        Absence::Response if exchange.failure().is_some() => text!("absent.response-failed"),
        Absence::Response => text!("absent.response"),
        Absence::RawBody => text!("absent.raw-body"),
        Absence::LargeBody => text!("absent.large-body", megabytes = RAW_BODY_BYTES / 1024 / 1024),
        Absence::UnreadableBody => text!("absent.unreadable-body"),
        Absence::CutBody => {
            text!("absent.cut-body", kept = FIELD_CHARS, given = exchange.cut.unwrap_or_default())
        }
        Absence::ManyValues => {
            text!("absent.many-values", kept = VALUES_OF_FIELD, more = exchange.more.unwrap_or_default())
        }
        Absence::ResponseBody => text!("absent.response-body"),
        Absence::BackChannel => text!("absent.back-channel"),
    }
}

/// The host that this exchange sends a message to, when no request to it was seen: Samlight has no access to
/// it.
pub(super) fn unseen_host(exchange: &Exchange, exchanges: &[&Exchange]) -> Option<String> {
    exchange.messages.iter().find(|seen| seen.rode == Rode::Redirect)?;
    let location = exchange.response.as_ref()?.location.as_ref()?;
    // Only its host is shown.
    let host = |url: &str| Address::parse(url).map(|address| address.host().to_ascii_lowercase());
    let to = host(location.expose())?;
    let seen = exchanges.iter().any(|other| host(other.url.expose()).as_ref() == Some(&to));
    (!seen).then_some(to)
}

#[cfg(test)]
mod tests {
    use crate::{
        base::instant::Timestamp, case::Case, event::Event, trace::tracer::Tracer, view::flow::flow_view,
    };
    use serde_json::{Value, json};

    const ACS: &str = "https://gitlab.com/groups/acme/-/saml/callback";

    /// The parts that are said to be missing from each exchange of the first flow.
    fn said(events: Vec<Value>) -> Vec<Vec<String>> {
        let read = |(number, mut event): (usize, Value)| -> Event {
            event["id"] = format!("1767258000000-test-{number:06}").into();
            event["request"] = "1".into();
            event["method"] = "POST".into();
            serde_json::from_value(event).unwrap()
        };
        let tracer = Tracer::replay(events.into_iter().enumerate().map(read));
        let case = Case::new(&tracer, tracer.flows().first().unwrap(), Timestamp(1_767_258_000_000));
        let view = flow_view(&case);
        view.exchanges.into_iter().map(|exchange| exchange.absent).collect()
    }

    fn assert_says(said: &[String], words: &[&str]) {
        assert_eq!(said.len(), words.len(), "{said:?}");
        said.iter().zip(words).for_each(|(said, words)| assert!(said.contains(words), "{said}"));
    }

    #[test]
    fn a_redirect_to_where_there_is_no_access_names_the_host() {
        let location = "https://idp.example.com/sso?SAMLRequest=PHg%2B";
        let start = json!({"kind": "response", "url": "https://gitlab.com/users/auth/group_saml", "status": 302,
            "location": location});
        let arrives = json!({"kind": "request", "url": location});
        let [first] = &said(vec![start.clone()])[..] else { panic!() };
        assert_says(first, &["the content of the request", "the next request, to idp.example.com"]);
        assert_says(&said(vec![start, arrives])[0], &["the content of the request"]);
    }

    #[test]
    fn an_artifact_an_unreadable_body_and_a_pages_content_are_named() {
        let artifact = json!({"kind": "request", "url": format!("{ACS}?SAMLart=AAQA"), "body": "none"});
        let page = json!({"kind": "response", "url": format!("{ACS}?SAMLart=AAQA"), "status": 200});
        assert_says(&said(vec![artifact, page])[0], &["Only a reference", "the content of the response"]);
        let unreadable = json!({"kind": "request", "url": ACS, "body": "unreadable"});
        assert_says(&said(vec![unreadable])[0], &["could not read it", "No response was seen"]);
        let raw = json!({"kind": "request", "url": ACS, "body": "raw"});
        let failed = json!({"kind": "failed", "error": "net::ERR_FAILED"});
        assert_says(&said(vec![raw, failed])[0], &["net::ERR_FAILED", "as bytes", "There was no response"]);
    }
}

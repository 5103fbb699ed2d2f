//! Things that the bindings carry, that they tolerate with a flaw, and that break them.

use super::*;
use crate::base::{
    flaw::{Octets, Span},
    limits::LIMITS,
};
use ::base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use flate2::{Compression, write::DeflateEncoder};
use std::io::Write;

const XML: &str = r#"<p:AuthnRequest xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r" Version="2.0">???>>>~~~ </p:AuthnRequest>"#;

fn deflate(octets: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

fn escape(value: &str) -> String {
    percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn post(value: &str) -> Carried {
    let mut carried = from_form(&[("SAMLResponse".to_owned(), Secret::from(value))], &LIMITS);
    assert_eq!(carried.len(), 1);
    carried.remove(0)
}

fn redirect(value: &str) -> Carried {
    let mut carried = from_query(&format!("SAMLRequest={value}"), &LIMITS);
    assert_eq!(carried.len(), 1);
    carried.remove(0)
}

/// Code and place of each flaw of what was received.
fn flaws(carried: &Carried) -> Vec<(&'static str, usize)> {
    let received = carried.flaws.iter().filter(|flaw| flaw.octets == Octets::Received);
    received.map(|flaw| (flaw.code, flaw.at.map_or(0, |at| at.start))).collect()
}

/// Whether the message came out whole.
fn is_whole(carried: &Carried) -> bool {
    carried.octets().is_some_and(|octets| *octets.expose() == XML.as_bytes())
        && carried.message.as_ref().is_some_and(|message| message.kind.name() == "AuthnRequest")
}

#[test]
fn reads_a_redirect_and_keeps_its_escaped_octets() {
    let value = escape(&BASE64.encode(deflate(XML.as_bytes())));
    let query =
        format!("x=1&SAMLRequest={value}&RelayState=%2fgroups%2Bx+y&SigAlg=urn%3Aalg&Signature=QQ%3D%3D");
    let carried = from_url(&format!("https://idp.example.com/sso?{query}#top"), &LIMITS);
    let [carried] = carried.as_slice() else { panic!("{carried:?}") };
    assert!(is_whole(carried) && carried.flaws.is_empty(), "{carried:?}");
    assert_eq!((carried.binding, carried.parameter.as_str()), (BindingId::HttpRedirect, "SAMLRequest"));
    assert_eq!(carried.value.expose(), &value);
    assert_eq!(carried.query.as_ref().map(|query| query.expose()), Some(query.as_str()));
    let unescaped =
        [&carried.relay_state, &carried.signature].map(|value| value.as_ref().map(|v| v.expose()));
    assert_eq!(unescaped, [Some("/groups+x y"), Some("QQ==")]);
    assert_eq!(carried.sig_alg.as_deref(), Some("urn:alg"));
}

#[test]
fn reads_a_post() {
    let encoded = BASE64.encode(XML);
    let fields = [("RelayState", "/x"), ("other", "y"), ("SAMLResponse", &encoded)];
    let carried = from_form(&fields.map(|(name, value)| (name.to_owned(), Secret::from(value))), &LIMITS);
    let [carried] = carried.as_slice() else { panic!("{carried:?}") };
    assert!(is_whole(carried) && carried.flaws.is_empty());
    assert_eq!((carried.binding, carried.parameter.as_str()), (BindingId::HttpPost, "SAMLResponse"));
    assert_eq!(carried.relay_state.as_ref().map(|state| state.expose()), Some("/x"));
    assert_eq!(from_form_body(&format!("SAMLResponse={}", escape(&encoded)), &LIMITS).len(), 1);
}

#[test]
fn tolerates_what_can_be_repaired_and_says_so() {
    // The message is made so that its base64 has "+", "/" and padding.
    let encoded = BASE64.encode(XML);
    let deflated = BASE64.encode(deflate(XML.as_bytes()));
    assert!(
        encoded.contains('/') && encoded.ends_with('=') && deflated.contains('+'),
        "{encoded} {deflated}"
    );
    let slash = encoded.find('/').unwrap();
    let folded: Vec<&str> =
        encoded.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    for (value, expected) in [
        (folded.join("\r\n"), vec![]),
        (folded.join(" "), vec![]),
        (
            encoded.trim_end_matches('=').to_owned(),
            vec![("base64-padding", encoded.trim_end_matches('=').len())],
        ),
        (encoded.replace('/', "_"), vec![("base64-url-safe", slash)]),
        (XML.to_owned(), vec![("not-encoded", 0)]),
        (deflated.clone(), vec![("deflated", 0)]),
        (
            deflated.replace('+', " "),
            vec![("plus-not-escaped", deflated.find('+').unwrap()), ("deflated", 0)],
        ),
    ] {
        let carried = post(&value);
        assert!(is_whole(&carried), "{value}");
        assert_eq!(flaws(&carried), expected, "{value}");
    }
    let behind = BASE64.encode([deflate(XML.as_bytes()), vec![0; 3]].concat());
    let end = escape(&behind[..4 * deflate(XML.as_bytes()).len() / 3]).len();
    for (value, expected) in [
        (escape(&encoded), ("not-deflated", 0)),
        (deflated.clone(), ("plus-not-escaped", deflated.find('+').unwrap())),
        (escape(&behind), ("octets-behind-deflate", end)),
    ] {
        let carried = redirect(&value);
        assert!(is_whole(&carried), "{value}");
        assert_eq!(flaws(&carried), [expected], "{value}");
    }
}

/// GitLab's library takes plain XML with a byte order mark, too.
#[test]
fn plain_xml_is_read_whatever_stands_in_front_of_it_in_a_document() {
    for start in [
        "",
        " ",
        "\r\n\t",
        "\u{feff}",
        "\u{feff}\n ",
        "<?xml version=\"1.0\"?>",
        "\u{feff}<?xml version=\"1.0\"?>",
    ] {
        let carried = post(&format!("{start}{XML}"));
        assert_eq!(carried.message.as_ref().unwrap().kind.name(), "AuthnRequest", "{start:?}");
        assert!(flaws(&carried).contains(&("not-encoded", 0)), "{start:?}: {:?}", flaws(&carried));
    }
}

#[test]
fn lists_what_cannot_be_read_with_reason_and_place() {
    let encoded = BASE64.encode(XML);
    let carried = post(&format!("{}!{}", &encoded[..128], &encoded[128..]));
    assert_eq!(flaws(&carried), [("not-base64", 128)]);
    assert_eq!(*carried.octets().unwrap().expose(), &XML.as_bytes()[..96]);
    assert_eq!(carried.message.unwrap().kind.name(), "AuthnRequest");

    // The place counts in the escaped octets.
    let carried = redirect("%41%41%21AA");
    assert_eq!(carried.flaws[0].at, Some(Span::new(6, 9)));

    let deflated = deflate((0..500).map(|n| format!("<a>{n}</a>")).collect::<String>().as_bytes());
    let carried = redirect(&escape(&BASE64.encode(&deflated[..deflated.len() / 2])));
    assert_eq!(flaws(&carried)[0].0, "deflate-cut-off");
    let kept = carried.octets().unwrap().expose().len();
    assert!(kept > 0 && carried.flaws[0].text.to_string().contains(&kept.to_string()));

    let mut broken = deflated;
    // The block type that is reserved (RFC 1951, 3.2.3).
    broken[0] |= 6;
    let carried = redirect(&escape(&BASE64.encode(broken)));
    assert_eq!((flaws(&carried)[0].0, carried.message), ("not-deflate", None));

    for carried in [post(""), redirect("")] {
        assert_eq!((flaws(&carried), carried.octets(), &carried.message), (vec![("empty", 0)], None, &None));
    }
}

#[test]
fn every_message_of_a_request_is_listed() {
    let value = escape(&BASE64.encode(deflate(XML.as_bytes())));
    let carried =
        from_query(&format!("SAMLRequest={value}&SAMLResponse={value}&SAMLRequest={value}"), &LIMITS);
    let seen: Vec<_> = carried.iter().map(|c| (c.parameter.as_str(), is_whole(c), flaws(c))).collect();
    let beside = ("message-beside", 0);
    let duplicate = vec![("duplicate-parameter", 0), beside];
    assert_eq!(
        seen,
        [
            ("SAMLRequest", true, vec![]),
            ("SAMLResponse", true, vec![beside]),
            ("SAMLRequest", true, duplicate)
        ]
    );
    assert_eq!(from_query("a=b&RelayState=c", &LIMITS), []);
    assert_eq!(from_url("https://gitlab.example.com/", &LIMITS), []);
}

#[test]
fn a_request_of_a_million_messages_is_cut() {
    let carried = from_query(&"SAMLRequest=&".repeat(1_000_000), &LIMITS);
    assert_eq!(carried.len(), MESSAGES_PER_REQUEST);
    assert!(
        carried.iter().rposition(|c| flaws(c).contains(&("too-many-messages", 0))) == Some(carried.len() - 1)
    );
}

#[test]
fn a_bomb_is_cut_at_the_limit() {
    let bomb = deflate(&vec![b' '; 50_000_000]);
    for carried in [
        redirect(&escape(&BASE64.encode(&bomb))),
        post(&BASE64.encode(deflate(&[b"<a>".to_vec(), vec![b' '; 50_000_000]].concat()))),
    ] {
        let octets = carried.octets().unwrap().expose().len();
        assert_eq!(octets, LIMITS.inflated_bytes);
        assert!(flaws(&carried).iter().any(|(code, _)| *code == "inflate-limit"));
        assert!(carried.document.unwrap().node_count() <= 3);
    }
}

#[test]
fn all_messages_of_a_request_unfold_to_no_more_than_one() {
    let honest = deflate(b"<a/>");
    for (name, bomb) in [
        ("octets", deflate(&vec![b' '; 20_000_000])),
        ("nodes", deflate("<a/>".repeat(1_000_000).as_bytes())),
        ("both", deflate([b"<a/>".repeat(100_000), vec![b' '; 20_000_000]].concat().as_slice())),
    ] {
        for count in [1, 2, 5, 20] {
            let value = escape(&BASE64.encode(&bomb));
            let query = format!("SAMLRequest={value}&").repeat(count);
            let all = from_query(&query, &LIMITS);
            assert_eq!(all.len(), count);
            let octets: usize = all.iter().map(|it| it.octets().map_or(0, |it| it.expose().len())).sum();
            let nodes: usize =
                all.iter().map(|it| it.document.as_ref().map_or(0, |it| it.node_count())).sum();
            assert!(octets <= LIMITS.inflated_bytes + query.len(), "{name}, {count}: {octets} octets");
            assert!(nodes <= LIMITS.xml_nodes + count, "{name}, {count}: {nodes} nodes");
            // None is dropped, and each that is cut says so.
            assert!(all.iter().all(|it| !it.flaws.is_empty()), "{name}, {count}");
        }
    }
    // Honest ones do not take from each other.
    let query = format!("SAMLRequest={}&", escape(&BASE64.encode(&honest))).repeat(20);
    let all = from_query(&query, &LIMITS);
    assert!(all.iter().all(|it| it.document.as_ref().is_some_and(|document| document.node_count() == 1)));
}

#[test]
fn the_browser_may_keep_every_parameter_that_is_read() {
    for binding in &BINDINGS {
        assert!(binding.messages.iter().all(|name| PARAMETERS.bearing.contains(name)), "{}", binding.id);
    }
    for name in ["RelayState", "SigAlg", "Signature"] {
        assert!(PARAMETERS.companions.contains(&name), "{name}");
    }
}

#[test]
fn nothing_that_can_be_replayed_is_printed() {
    let encoded = BASE64.encode("<a>hidden</a>");
    let query = format!("SAMLRequest={}&RelayState=s3cr3t&Signature=s1gned", escape(&encoded));
    for carried in
        from_query(&query, &LIMITS).iter().chain(&[post(&encoded), from_octets(b"<a>hidden</a>", &LIMITS)])
    {
        let shown = format!("{carried:?}");
        for secret in ["hidden", "s3cr3t", "s1gned", &encoded] {
            assert!(!shown.contains(secret), "{secret}: {shown}");
        }
    }
}

#[test]
fn a_body_of_twice_as_many_parameters_costs_twice_as_much() {
    let comparisons = |body: String| {
        let before = query::COMPARISONS.get();
        assert!(from_form_body(&body, &LIMITS).len() <= MESSAGES_PER_REQUEST);
        query::COMPARISONS.get() - before
    };
    for unit in [
        "SAMLResponse=&",
        "SAMLRequest=x&",
        "RelayState=&",
        "SigAlg=&",
        "a&",
        "wresult=%3C&",
        "Signature=&SAMLResponse=&",
    ] {
        let (half, whole) = (comparisons(unit.repeat(3_000)), comparisons(unit.repeat(6_000)));
        let parameters = 6_000 * unit.matches('&').count();
        assert!(whole <= half * 21 / 10, "{unit}: {half} for 3,000, {whole} for 6,000");
        assert!(whole <= parameters * 30, "{unit}: {whole} for {parameters} parameters");
    }
}

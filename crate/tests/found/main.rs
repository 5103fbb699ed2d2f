//! Messages in whatever surrounds them: each wrapping with each kind of message, one and three of them, in
//! UTF-8 and UTF-16, packed and not; and what only looks like a message.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod near_misses;
mod packed;
#[path = "../signer/mod.rs"]
mod signer;
mod wrappings;

use base64::{Engine, prelude::BASE64_STANDARD};
use samlight::{
    base::instant::Timestamp,
    binding::Carried,
    file::import::{self, Told},
    signature::{self, GivenKeys, SignatureState, certificates::Certificate},
};
use std::path::Path;
use wrappings::{Sample, WRAPPINGS};

const NOW: Timestamp = Timestamp(1_767_862_800_000);

/// The messages of a file; what is wrong with the file itself is none.
fn told(content: &[u8]) -> Vec<Told> {
    import::told(import::file("a.txt", content, NOW)).collect()
}

/// A signed Response for `user`.
fn response(user: &str) -> String {
    let xml = format!(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_r-{user}\" Version=\"2.0\" IssueInstant=\"2026-11-29T12:00:00Z\">\
         <saml:Issuer>https://idp.example.com/metadata?a=b&amp;c=d</saml:Issuer><samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>\
         <saml:Assertion ID=\"_a-{user}\" Version=\"2.0\" IssueInstant=\"2026-11-29T12:00:00Z\"><saml:Issuer>https://idp.example.com</saml:Issuer><saml:Subject>\
         <saml:NameID>{user}~~~>>>???@example.com</saml:NameID></saml:Subject></saml:Assertion></samlp:Response>"
    );
    signer::signed(&xml.replace(">>>", "&gt;&gt;")).unwrap()
}

fn corpus(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus/generated").join(file);
    std::fs::read_to_string(path).unwrap()
}

/// Three messages of each kind.
fn samples() -> [[Sample; 3]; 3] {
    let users = ["ada", "bob", "eve"];
    let relays = ["/groups/acme?a=b", "https://gitlab.example.com/-/x", "/x.y_z"];
    let post =
        [0, 1, 2].map(|at| Sample::Post(BASE64_STANDARD.encode(response(users[at])), relays[at].to_owned()));
    let redirect = ["valid.rsa-sha512", "valid.rsa-sha1", "valid.lowercase-percent"]
        .map(|name| Sample::Redirect(corpus(&format!("redirect/{name}.txt")).trim().to_owned()));
    [post, redirect, users.map(|user| Sample::Xml(response(user)))]
}

/// The message that a sample is: its XML or query, RelayState, and the state of its signature.
type Seen = (String, Option<String>, Vec<SignatureState>);

fn given() -> GivenKeys {
    GivenKeys::new(&[Certificate::from_file(corpus("keys/idp.crt").as_bytes()).unwrap()])
}

fn seen(carried: &Carried) -> Seen {
    let states = signature::of_carried(carried, &given()).into_iter().map(|signature| signature.state);
    let octets = carried.octets().map(|octets| String::from_utf8_lossy(octets.expose()).into_owned());
    let relay = carried.relay_state.as_ref().map(|relay| relay.expose().to_owned());
    (octets.unwrap_or_default(), relay, states.collect())
}

/// The message as it is by itself.
fn expected(sample: &Sample) -> Seen {
    let alone = match sample {
        Sample::Post(value, relay) => {
            format!("SAMLResponse={}&RelayState={}", wrappings::percent(value), wrappings::percent(relay))
        }
        Sample::Redirect(query) => format!("https://idp.example.com/sso?{query}"),
        Sample::Xml(xml) => xml.clone(),
    };
    let [told] = <[Told; 1]>::try_from(told(alone.as_bytes())).unwrap();
    let seen = seen(&told.carried);
    assert!(seen.2 == [SignatureState::Valid] && told.found.is_none(), "{seen:?}");
    seen
}

pub(crate) fn utf_16(text: &str, mark: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    format!("{mark}{text}").encode_utf16().flat_map(unit).collect()
}

#[test]
fn a_message_is_found_in_whatever_surrounds_it() {
    let mut failed = Vec::new();
    let mut count = 0;
    for kind in samples() {
        let due = kind.each_ref().map(expected);
        for (name, wrap) in WRAPPINGS {
            let Some(wrapped) = kind.iter().map(wrap).collect::<Option<Vec<_>>>() else { continue };
            let three = wrapped.join("\n");
            for (what, text, due) in [("one", &wrapped[0], &due[..1]), ("three", &three, &due[..])] {
                let inputs = [
                    ("utf-8", text.as_bytes().to_vec()),
                    ("with a mark", format!("\u{feff}{text}").into_bytes()),
                    ("utf-16", utf_16(text, "\u{feff}", u16::to_le_bytes)),
                    ("utf-16, other order", utf_16(text, "\u{feff}", u16::to_be_bytes)),
                    ("utf-16, no mark", utf_16(text, "", u16::to_le_bytes)),
                ];
                // Of three, the encodings with a mark are enough.
                for (encoding, content) in inputs.into_iter().take(if what == "one" { 5 } else { 3 }) {
                    count += 1;
                    let found = told(&content);
                    let got: Vec<Seen> = found.iter().map(|told| seen(&told.carried)).collect();
                    if got != due {
                        let short = |seen: &Seen| {
                            format!(
                                "{}… {:?} {:?}",
                                seen.0.chars().take(30).collect::<String>(),
                                seen.1,
                                seen.2
                            )
                        };
                        let got: Vec<String> = got.iter().map(short).collect();
                        failed.push(format!(
                            "{name}, {what}, {encoding}: {got:?}, not {:?}",
                            due.iter().map(short).collect::<Vec<_>>()
                        ));
                    }
                }
            }
        }
    }
    assert!(failed.is_empty(), "{} of {count}:\n{}", failed.len(), failed.join("\n"));
    assert!(count >= 650, "{count}");
}

#[test]
fn each_message_says_where_it_was_found() {
    let [post, ..] = samples();
    let three = post.each_ref().map(|sample| (WRAPPINGS[0].1)(sample).unwrap()).join("\n\n");
    let found: Vec<_> = told(three.as_bytes()).into_iter().map(|told| told.found.unwrap()).collect();
    assert_eq!(found.iter().map(|found| found.line).collect::<Vec<_>>(), [1, 3, 5]);
    for found in &found {
        assert!(three[found.at..].starts_with("<input type=\"hidden\" name=\"SAMLResponse\""), "{found:?}");
        assert_eq!((found.holder.as_str(), found.undone.as_slice()), ("named-value", &[][..]));
    }
}

#[test]
fn what_is_lost_on_the_way_is_said() {
    let [[post, ..], [redirect, ..], [xml, ..]] = samples();
    let (Sample::Post(value, _), Sample::Redirect(query), Sample::Xml(xml)) = (post, redirect, xml) else {
        panic!("the samples changed")
    };
    let escaped = format!("https://idp.example.com/sso?{}", query.replace('&', "&amp;"));
    for (content, code) in [
        (escaped, "html-escaped"),
        (format!("SAMLResponse: \"{}\"... 1234 more characters", &value[..2_000]), "cut-off-copy"),
        (format!("> console.log(x)\n{}…", &value[..2_000]), "cut-off-copy"),
        (format!("message: {} [truncated]", &xml[..1_000]), "unclosed-element"),
    ] {
        let [told] = <[Told; 1]>::try_from(told(content.as_bytes())).unwrap();
        assert!(told.carried.message.is_some(), "{content}");
        assert!(told.carried.flaws.iter().any(|flaw| flaw.code == code), "{code}: {:?}", told.carried.flaws);
    }
}

/// A value that is base64 of a document is that document, as GitLab gets it: a Response in its root is not
/// cut out. Of a document that stands in a file, and of a page, it is.
#[test]
fn the_value_of_a_parameter_is_judged_by_its_root() {
    let name = |content: &[u8]| -> Vec<String> {
        let names = told(content).into_iter().map(|it| it.carried.message);
        names.map(|message| message.map_or_else(String::new, |it| it.kind.name().to_owned())).collect()
    };
    let response = response("ada");
    for root in ["w", "Document", "x:w", "samlp:Wrapper", "Responses"] {
        let prefix =
            root.split_once(':').map_or(String::new(), |(prefix, _)| format!(" xmlns:{prefix}='urn:x'"));
        let local = root.rsplit(':').next().unwrap();
        let document = format!("<{root}{prefix}><a/>{response}</{root}>");
        let value = BASE64_STANDARD.encode(&document);
        for value in [value.clone(), format!("{value}\n"), value.replacen('Q', "Q\r\n", 1)] {
            assert_eq!(name(value.as_bytes()), [local], "{root}");
        }
        assert_eq!(name(document.as_bytes()), ["Response"], "{root}");
    }
    let page = format!("<html><body><pre>{response}</pre></body></html>");
    assert_eq!(name(BASE64_STANDARD.encode(page).as_bytes()), ["Response"]);
}

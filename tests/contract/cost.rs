//! The looks of the capture at a body and at an address, counted: any page can make the browser send
//! megabytes to any address, and nothing may cost more than it weighs.

use super::{capture::response, run};
use serde::Deserialize;
use serde_json::{Value, json};

/// The yield and the cost of one request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cost {
    /// Characters that were looked at.
    looks: usize,
    /// Octets that were looked at before anything was decoded.
    octets: usize,
    /// Times that an expression was run: it is run on a part that other words cut out.
    expressions: usize,
    is_kept: bool,
    more: usize,
    values: Vec<(String, String)>,
}

/// Looks at each request in its own turn.
fn costs(requests: &[Value]) -> Vec<Cost> {
    let table = format!("export const captureTable = {};", samlight::event::capture::table());
    let files =
        ["background/capture.js", "background/body.js", "background/scanner.js", "background/browser.js"];
    let printed = run("cost.mjs", &files, &[("capture_table.js", table)], &json!(requests));
    serde_json::from_value(printed).unwrap()
}

fn cost_of(body: &str) -> Cost {
    costs(&[json!(["body", body])]).remove(0)
}

/// The beginnings of each look that a body can have, and of none.
const LOOKS: [&str; 10] = [
    "",
    "--xYz\r\n",
    "----------\r\n",
    "--xYz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n",
    "{\"a\":",
    "[\"",
    "a=b\r\n",
    "a=",
    "<S:Envelope><S:Header>",
    "\u{feff}<?xml version='1.0'?><Envelope><Body>",
];

/// The texts that can stand in a body again and again: what ends a search late, begins one often, or is
/// nearly what is looked for.
const UNITS: [&str; 44] = [
    "-",
    "--",
    "\r\n",
    "\r",
    "\n",
    "\r\n-",
    "\r\n--",
    "\r\n--xY",
    "\r\n--xYz",
    "\r\n--xYz\r\n",
    "\r\n----------",
    "--xYz",
    "\r\n\r\n",
    "=",
    "&",
    "=&",
    "&=",
    "%",
    "%5",
    "%53",
    "+",
    "name=\"",
    "\r\ncontent-disposition: form-data; name=\"",
    "\r\ncontent-disposition: form-data; name=\"SAMLResponse\"\r\n",
    "content-disposition:    ",
    "SAMLRespons",
    "SAMLResponse",
    "&SAMLResponse=",
    "\r\nSAMLResponse=",
    "\"SAMLResponse\":",
    "\"SAMLResponse\" : \"",
    "\"",
    "\\",
    "\\\"",
    "\"\\\" ",
    "{",
    " ",
    "\u{e9}",
    "<",
    "<Body",
    "<S:Body> ",
    "<RelayState>",
    "</S:Header>",
    "urn:oasis:names:tc:SAML",
];

/// A body of about `size` octets. With a mark at its end, so that the octets are gone through and all is
/// decoded, or without one.
fn body(look: &str, unit: &str, mark: &str, size: usize) -> String {
    format!("{look}{}{mark}", unit.repeat(size / unit.len()))
}

/// Octets that are made text at once to be searched (`scanner.js`).
const SLICE: usize = 16_384;

#[test]
fn what_is_unrelated_is_looked_at_three_times_as_text_or_passed_over_as_octets() {
    for (unit, is_ascii) in [
        ("lorem ipsum dolor sit amet, ", true),
        ("{\"id\":4711,\"name\":\"a\"},", true),
        ("\u{e9}\u{1f600}\u{0}", false),
        ("\u{e9}lan ", false),
        ("=", true),
    ] {
        let body = unit.repeat(4 * SLICE / unit.len());
        let cost = cost_of(&body);
        assert!(!cost.is_kept, "{unit}: {cost:?}");
        if is_ascii {
            assert!(cost.octets == 0 && cost.looks <= 3 * body.len() + 500, "{unit}: {cost:?}");
        } else {
            // One slice shows that it is none.
            assert!(cost.octets > 0 && cost.octets <= body.len() / 2, "{unit}: {cost:?}");
            assert!(cost.looks <= 3 * SLICE + 500, "{unit}: {cost:?}");
        }
    }
}

/// However the octets are cut into chunks, and wherever a slice of them ends.
#[test]
fn a_name_is_found_wherever_it_stands() {
    let places = || (0..40).chain(SLICE - 20..SLICE + 5).chain(4 * SLICE - 20..4 * SLICE + 5);
    let names = ["SAMLResponse", "SAMLart", "wresult"];
    let all: Vec<_> = names.iter().flat_map(|name| places().map(move |at| (*name, at))).collect();
    let body = |(name, at): &(&str, usize)| format!("a={}&{name}=x&b=yyyyyyyyyy", "x".repeat(*at));
    let requests: Vec<Value> = all.iter().map(|it| json!(["body", body(it)])).collect();
    for (cost, (name, at)) in costs(&requests).iter().zip(&all) {
        assert_eq!(cost.values, [((*name).to_owned(), "x".to_owned())], "{name} behind {at}");
    }
}

#[test]
fn no_body_costs_more_than_it_weighs() {
    const SIZE: usize = 1_500;
    let marks =
        ["", "SAMLart=", "\r\nSAMLart=x\r\n--", "\"SAMLart\":\"x\"", "<Response urn:oasis:names:tc:SAML:"];
    let mut bodies = Vec::new();
    for look in LOOKS {
        for unit in UNITS {
            for mark in marks {
                bodies.push((body(look, unit, mark, SIZE), body(look, unit, mark, 2 * SIZE)));
            }
        }
    }
    let requests: Vec<Value> =
        bodies.iter().flat_map(|(one, two)| [json!(["body", one]), json!(["body", two])]).collect();
    let costs = costs(&requests);
    let mut most = 0.0_f64;
    for (cost, (one, two)) in costs.chunks(2).zip(&bodies) {
        let [small, large] = cost else { panic!("{cost:?}") };
        let start: String = two.chars().take(60).collect();
        assert!(large.octets <= 3 * two.len(), "{start}: {} octets of {}", large.octets, two.len());
        assert_eq!(large.expressions, 0, "{start}");
        // The address of the request is looked at, too.
        assert!(large.looks <= 2 * small.looks + small.looks / 10 + 500, "{start}: {small:?} {large:?}");
        assert!(
            large.looks <= 40 * two.len() + 500,
            "{start}: {} looks at {} octets",
            large.looks,
            two.len()
        );
        assert!(one.len() >= SIZE / 2);
        #[allow(clippy::cast_precision_loss)] // small numbers
        let each = large.looks as f64 / two.len() as f64;
        most = most.max(each);
    }
    println!("at most {most:.1} looks an octet");
}

#[test]
fn octets_without_a_listed_name_are_never_read_as_a_body() {
    for body in ["a=b\r\n".repeat(5_000), "SAMLRespons=x&".repeat(5_000), "{\"name\":1}".repeat(5_000)] {
        let cost = cost_of(&body);
        assert!(cost.octets <= 3 * body.len(), "{cost:?}");
        assert!(!cost.is_kept && cost.looks <= 3 * body.len() + 500, "{cost:?}");
    }
    // The name may be cut in two by the browser's chunks.
    let body = format!("a={}&SAMLResponse={}", "x".repeat(64 * 1024 - 10), response());
    let cost = cost_of(&body);
    assert_eq!(cost.values, [("SAMLResponse".to_owned(), response())]);
}

#[test]
fn many_values_of_one_field_do_not_push_out_another_and_are_counted() {
    for (separator, start) in [("&", ""), ("\r\n", "a=b\r\n")] {
        let many = format!("RelayState=x{separator}").repeat(50_000);
        let cost = cost_of(&format!("{start}{many}SAMLResponse={}{separator}", response()));
        assert_eq!((cost.values.len(), cost.more), (101, 49_900));
        assert_eq!(cost.values[100].0, "SAMLResponse");
    }
}

#[test]
fn a_boundary_is_told_from_what_only_begins_like_one() {
    let value = "-----BEGIN\r\n--xY\r\n-- xYz\r\n";
    let part = |head: &str, value: &str| format!("--xYz\r\n{head}\r\n\r\n{value}\r\n");
    let body = [
        part("Content-Type: text/plain\r\ncontent-disposition:form-data; NAME=\"SAMLResponse\"", value),
        part("Content-Disposition: form-data; name=\"SAMLRespons\"", "no"),
        // A part without a value, and one without an end of its head.
        part("Content-Disposition: form-data; name=\"RelayState\"", ""),
        "--xYz\r\nContent-Disposition: form-data; name=\"SigAlg\"\r\n".to_owned(),
        part("Content-Disposition: form-data; name=\"SAMLart\"", "yes"),
    ];
    let cost = cost_of(&(body.concat() + "--xYz--\r\n"));
    let expected = [("SAMLResponse", value), ("RelayState", ""), ("SAMLart", "yes")];
    assert_eq!(cost.values, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[test]
fn no_address_costs_more_than_it_weighs() {
    const SIZE: usize = 20_000;
    let units = [
        "/groups/",
        "/groups/a",
        "/-/saml/callback",
        "/groups/a/-/saml/callback",
        "/users/auth/saml",
        "/callback",
        "/users/auth/saml/callback",
        "?",
        "&",
        "?&",
        "SAMLResponse",
        "?SAMLResponse",
        "&SAMLRespons=",
        "=",
        "#",
        "/",
        "-",
    ];
    let ends = ["", "/-/saml/callback", "/callback", "?SAMLResponse=x", "#SAMLResponse=x"];
    let address = |unit: &str, end: &str, size: usize| {
        format!("https://gitlab.com/{}{end}", unit.repeat(size / unit.len()))
    };
    let pairs: Vec<_> = units
        .iter()
        .flat_map(|unit| ends.map(|end| [address(unit, end, SIZE), address(unit, end, 2 * SIZE)]))
        .collect();
    let requests: Vec<Value> = pairs.iter().flatten().map(|url| json!(["address", url])).collect();
    for (cost, [_, url]) in costs(&requests).chunks(2).zip(&pairs) {
        let [small, large] = cost else { panic!("{cost:?}") };
        let start: String = url.chars().take(60).collect();
        assert!(large.looks <= 2 * small.looks + small.looks / 10 + 500, "{start}: {small:?} {large:?}");
        assert!(large.looks <= 40 * url.len(), "{start}: {} looks at {} characters", large.looks, url.len());
        assert!(large.expressions <= 1, "{start}");
    }
}

#[test]
fn addresses_that_gitlab_receives_at_are_told_by_their_paths() {
    let received = [
        "/groups/acme/-/saml/callback",
        "/gitlab/groups/acme/sub/-/saml/callback?x=1",
        "/groups/groups/-/saml/callback#x",
        "/users/auth/saml/callback",
        "/users/auth/saml_2-x/spslo?x",
        "/any?x=1&SAMLart=2",
        "/any?SAMLResponse=",
    ];
    let others = [
        "/groups/-/saml/callback",
        "/groups//-/saml/callback/more",
        "/groups/acme/-/saml/callbacks",
        "/acme?/groups/a/-/saml/callback",
        "/users/auth/samlé/callback",
        "/users/auth/saml/other/callback",
        "/any#?SAMLResponse=x",
        "/any?xSAMLResponse=x",
        "/any?SAMLResponse",
        "/any?SAMLResponse&a=b",
    ];
    let paths = received.iter().chain(&others);
    let requests: Vec<Value> =
        paths.clone().map(|path| json!(["address", format!("https://gitlab.com{path}")])).collect();
    for (path, cost) in paths.zip(costs(&requests)) {
        assert_eq!(cost.is_kept, received.contains(path), "{path}");
    }
}

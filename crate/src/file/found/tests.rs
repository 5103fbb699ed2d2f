//! Tests of what looking for messages costs: a text of twice as many octets costs at most twice as much, for
//! the worst one of each kind.

use super::{FOUND_MAX, LENIENT_BASE64, find};
use crate::{
    base::{counted::steps_of, instant::Timestamp},
    file::{Beside, packed, read},
};
use base64::Engine;
use proptest::prelude::*;

/// One kind of content, and one of it of about so many octets.
type Kind = (&'static str, fn(usize) -> String);

/// `unit` again and again.
fn again(unit: &str, size: usize) -> String {
    unit.repeat(size / unit.len())
}

/// A short message, in base64.
const VALUE: &str = "PHNhbWxwOkxvZ291dFJlcXVlc3QgeG1sbnM6c2FtbHA9InVybjpvYXNpczpuYW1lczp0YzpTQU1MOjIuMDpwcm90b2NvbCIgSUQ9Il8xIiBWZXJzaW9uPSIyLjAiLz4=";

const TEXTS: [Kind; 40] = [
    ("names", |size| again("SAMLResponse ", size)),
    ("names with a sign", |size| again("SAMLResponse=", size)),
    ("names with a quote that does not end", |size| again("SAMLResponse=\"", size)),
    ("names with quotes of two kinds", |size| again("SAMLResponse='\" RelayState=\"'", size)),
    ("names with quotes that open alone", |size| again("SAMLResponse:\u{201c}", size)),
    ("names of values before", |size| again("\"value\":\"x\",\"key\":\"SAMLResponse\",", size)),
    ("one quote, names of values before", |size| format!("'{}", again("\",\"key\":\"SAMLResponse", size))),
    ("names and tags", |size| again("SAMLResponse<b></b><b></b>", size)),
    ("names and a tag that does not end", |size| again("SAMLResponse<b ", size)),
    ("names and white space", |size| format!("SAMLResponse{}", again(" ", size))),
    ("names and other members", |size| again("\"key\":\"SAMLResponse\",\"a\":\"b\",", size)),
    ("pairs", |size| again("SAMLResponse: x\nRelayState: y\n", size)),
    ("tags", |size| again("<input ", size)),
    ("tags with a quote that does not end", |size| again("<input name=\"", size)),
    ("one tag of many attributes", |size| format!("<input {}>", again("a=\"b\" ", size))),
    ("fields", |size| again("<input name=\"SAMLResponse\" value=\"x\">", size)),
    ("fields with content that does not end", |size| again("<textarea name=\"SAMLResponse\">", size)),
    ("elements that do not end", |size| again("<p:Response ", size)),
    ("elements that are not closed", |size| again("<p:Response>", size)),
    ("elements that end for one another", |size| {
        format!("{}{}", again("<Response>", size / 2), again("</Response>", size / 2))
    }),
    ("elements of other names", |size| again("<p:Responses/>", size)),
    ("declarations", |size| again("<?xml version=\"1.0\"?>\n", size) + "<Response/>"),
    ("documents with declarations", |size| again("<?xml version=\"1.0\"?><Response/>", size)),
    ("digits", |size| again("A", size)),
    ("digits in lines", |size| again(&("A".repeat(64) + "\n"), size)),
    ("digits in lines of other lengths", |size| {
        again(&("A".repeat(70) + "\n" + &"A".repeat(69) + "\n"), size)
    }),
    ("base64 of a text", |size| LENIENT_BASE64.encode(again("SAMLResponse: x ", size * 3 / 4))),
    ("messages in base64", |size| again(&format!("{VALUE}\n\n"), size)),
    ("messages with a name", |size| again(&format!("SAMLRequest: {VALUE}\nRelayState: x\n"), size)),
    ("messages in forms", |size| again(&format!("SAMLRequest={VALUE}&RelayState=x\n"), size)),
    ("addresses", |size| again("https://a/?SAMLRequest=x&", size)),
    ("addresses in one", |size| format!("https://a/?{}", again("SAMLRequest=x&", size))),
    ("addresses in lines", |size| again(&format!("https://a/?SAMLRequest={}\n", "x".repeat(60)), size)),
    ("one long line before names", |size| {
        format!("{}{}", again("x", size / 2), again("SAMLRequest=x&y\n", size / 2))
    }),
    ("quotes of mail", |size| again("> > SAML\n", size)),
    ("backslashes", |size| format!("SAML{}", again("\\", size))),
    ("references", |size| format!("SAML{}", again("&amp;", size))),
    ("references of references", |size| format!("SAML&{}lt;", again("amp;", size))),
    ("escapes", |size| format!("SAML{}", again("%25", size))),
    ("guarded addresses", |size| format!("SAML {}", again("/v2/url?u=-3D_v3/__*__;", size))),
];

#[test]
fn a_text_of_twice_as_many_octets_costs_twice_as_much() {
    const SIZE: usize = 20_000;
    let mut failed = Vec::new();
    for (name, kind) in TEXTS {
        let (one, two) = (kind(SIZE), kind(2 * SIZE));
        let look = |text: &str| assert!(find(text.as_bytes()).messages.len() <= FOUND_MAX);
        let (half, whole) = (steps_of(|| look(&one)), steps_of(|| look(&two)));
        let is_twice = two.len() >= one.len() * 19 / 10 && whole <= half * 21 / 10;
        if !is_twice || half < one.len() / 2 || whole > 1_000 * two.len() {
            failed.push(format!("{name}: {half} for {}, {whole} for {}", one.len(), two.len()));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn a_directory_of_twice_as_many_files_costs_twice_as_much() {
    let archive = |count: u16| {
        let entry =
            [&b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0"[..], &[0; 16], b"a"]
                .concat();
        let directory = entry.repeat(usize::from(count));
        let size = u32::try_from(directory.len()).unwrap().to_le_bytes();
        let count = count.to_le_bytes();
        [
            &b"PK\x03\x04"[..],
            &[0; 26],
            &directory,
            b"PK\x05\x06\0\0\0\0",
            &count,
            &count,
            &size,
            &30_u32.to_le_bytes(),
            &[0; 2],
        ]
        .concat()
    };
    let cost = |count: u16| {
        let content = archive(count);
        assert_eq!(packed::open(&content, 1_000).unwrap().files.len(), usize::from(count));
        steps_of(|| drop(read("a.zip", &content, Timestamp(0), Beside::Files)))
    };
    let (half, whole) = (cost(500), cost(1_000));
    assert!(half > 0 && whole <= half * 21 / 10, "{half}, {whole}");
}

/// A piece of what surrounds a message, whole or damaged.
fn piece() -> impl Strategy<Value = String> {
    let fixed = prop::sample::select(vec![
        "SAMLResponse",
        "SAMLRequest",
        "RelayState",
        "wresult",
        "=",
        ":",
        "\"",
        "'",
        "`",
        "<input name=\"",
        "\" value=\"",
        ">",
        "<textarea name=",
        "\"key\":\"",
        "\",\"value\":\"",
        "<p:Response ",
        "</p:Response>",
        "<?xml ",
        "<!DOCTYPE x [",
        "https://a/?",
        "&",
        "&amp;",
        "%3C",
        "%",
        "\\u003c",
        "\\",
        "^",
        "=\n",
        "\n> ",
        "\n",
        "\r\n\r\n",
        "\u{201c}",
        "\u{feff}",
        "\u{a0}",
        "\u{e4}",
        "string(3) ",
        "/v2/url?u=-3D",
        "/v3/__*",
        "__;Pw!!",
        "\u{2026}",
        VALUE,
        "PHNhbWxwOkxvZ291dFJlcXVlc3QgeG1sbnM6c2FtbHA9InVybjpvYXNpczpuYW1lczp0",
    ]);
    prop_oneof![4 => fixed.prop_map(str::to_owned), 1 => "[a-zA-Z0-9+/ ]{0,80}"]
}

proptest! {
    #[test]
    fn any_text_is_looked_through(pieces in prop::collection::vec(piece(), 0..30)) {
        let text = pieces.concat();
        for message in find(text.as_bytes()).messages {
            let found = message.found;
            prop_assert!(found.at < text.len() && found.line <= text.matches('\n').count() + 1, "{found:?}");
        }
        read("a.txt", text.as_bytes(), Timestamp(0), Beside::Recording);
    }
}

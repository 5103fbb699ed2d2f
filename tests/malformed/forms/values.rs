//! Forms of what carries the XML: base64, compression, escapes, parameters.

use super::super::make::{base64, deflate, escape, gzip, request, response, response_with, zlib};
use super::{ADA, Change, Flaw, form, posted, read, redirect, request_read};
use samlight::base::flaw::Octets::{Received, Xml};
use samlight_tests::malformed::{Malformed, Part, Sent};

pub(super) fn base64_text() -> Vec<Malformed> {
    let xml = response(ADA);
    let text = base64(xml.as_bytes());
    let unpadded = text.trim_end_matches('=');
    let url_safe = text.replace('+', "-").replace('/', "_");
    let folded = |between: &str| {
        let lines: Vec<&str> =
            text.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
        lines.join(between)
    };
    let redirected = base64(&deflate(request().as_bytes()));
    let broken = redirected.split_at(40);
    let spaced = format!("SAMLRequest={}", escape(&format!("{}\n{}", broken.0, broken.1)));
    let plus = redirected.find('+').unwrap();
    let unescaped = redirected.replace('/', "%2F").replace('=', "%3D");
    vec![
        posted(
            "base64-without-padding",
            "base64 without padding",
            unpadded,
            &[("base64-padding", Received, unpadded.len())],
        ),
        posted(
            "base64-url-safe",
            "base64 in the URL-safe alphabet",
            &url_safe,
            &[("base64-url-safe", Received, url_safe.find(['-', '_']).unwrap())],
        ),
        posted("base64-line-breaks", "base64 in lines, as RFC 2045 allows in a form", &folded("\r\n"), &[]),
        posted("base64-folded-by-spaces", "base64 in lines whose breaks became spaces", &folded(" "), &[]),
        redirect(
            "base64-line-break-in-query",
            "a line break in the base64 of a query, where it is forbidden",
            &spaced,
            request_read(&[("space-in-query", Received, escape(broken.0).len())]),
        ),
        posted(
            "plus-as-space",
            "spaces where the base64 of a form had plus signs",
            &text.replace('+', " "),
            &[("plus-not-escaped", Received, text.find('+').unwrap())],
        ),
        redirect(
            "plus-not-escaped",
            "a plus sign in a query that was not escaped",
            &format!("SAMLRequest={unescaped}"),
            request_read(&[("plus-not-escaped", Received, escape_but_plus(&redirected[..plus]).len())]),
        ),
        posted(
            "not-base64",
            "a value that is not base64 at all",
            "!!! This is no message !!!",
            &[("not-base64", Received, 0)],
        )
        .unread(),
    ]
}

/// `text` as it stands in a query where `/` and `=` are escaped, and `+` is not.
fn escape_but_plus(text: &str) -> String {
    text.replace('/', "%2F").replace('=', "%3D")
}

pub(super) fn packing() -> Vec<Malformed> {
    let xml = response(ADA);
    let request = request();
    let query = |octets: &[u8]| format!("SAMLRequest={}", escape(&base64(octets)));
    let cut = deflate(request.as_bytes());
    let behind = [deflate(request.as_bytes()), vec![0; 6]].concat();
    // Three octets are four digits.
    let end = escape(&base64(&behind)[..deflate(request.as_bytes()).len() * 4 / 3]).len();
    vec![
        redirect(
            "redirect-not-deflated",
            "a message in a query that is not compressed",
            &query(request.as_bytes()),
            request_read(&[("not-deflated", Received, 0)]),
        ),
        posted(
            "post-deflated",
            "a message in a form that is compressed",
            &base64(&deflate(xml.as_bytes())),
            &[("deflated", Received, 0)],
        ),
        redirect(
            "redirect-zlib",
            "a message in a query that is wrapped in zlib",
            &query(&zlib(request.as_bytes())),
            request_read(&[("zlib-wrapped", Received, 0)]),
        ),
        redirect(
            "redirect-gzip",
            "a message in a query that is wrapped in gzip",
            &query(&gzip(request.as_bytes())),
            request_read(&[("gzip-wrapped", Received, 0)]),
        ),
        posted(
            "post-zlib",
            "a message in a form that is wrapped in zlib",
            &base64(&zlib(xml.as_bytes())),
            &[("zlib-wrapped", Received, 0)],
        ),
        posted(
            "post-gzip",
            "a message in a form that is wrapped in gzip",
            &base64(&gzip(xml.as_bytes())),
            &[("gzip-wrapped", Received, 0)],
        ),
        redirect(
            "octets-behind-deflate",
            "octets behind the end of the compressed message",
            &query(&behind),
            request_read(&[("octets-behind-deflate", Received, end)]),
        ),
        redirect(
            "redirect-cut-off",
            "a compressed message that is cut off before its first character",
            &query(&cut[..2]),
            vec![read(
                "SAMLRequest",
                "HTTP-Redirect",
                None,
                None,
                &[
                    // Two octets are three digits, one of padding, escaped.
                    ("deflate-cut-off", Received, 2),
                ],
            )],
        ),
        posted(
            "base64-twice",
            "base64 of base64",
            &base64(base64(xml.as_bytes()).as_bytes()),
            &[("base64-twice", Received, 0)],
        ),
        posted("not-encoded", "bare XML where base64 is due", &xml, &[("not-encoded", Received, 0)]),
    ]
}

pub(super) fn escapes() -> Vec<Malformed> {
    let xml = response(ADA);
    let text = base64(xml.as_bytes());
    let escaped = escape(&text);
    let twice = escape(&escape(&base64(&deflate(request().as_bytes()))));
    let in_html = text.replace('+', "&#43;").replace('/', "&#x2F;").replace('=', "&#61;");
    let named = xml.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    vec![
        redirect(
            "query-escaped-twice",
            "a query that was URL-encoded twice",
            &format!("SAMLRequest={twice}"),
            request_read(&[("escaped-again", Received, twice.find("%25").unwrap())]),
        ),
        posted(
            "form-escaped-again",
            "a form's value that was URL-encoded before it was posted",
            &escaped,
            &[("escaped-again", Received, escaped.find('%').unwrap())],
        ),
        posted(
            "html-escaped",
            "base64 copied out of HTML source",
            &in_html,
            &[("html-escaped", Received, in_html.find('&').unwrap())],
        ),
        posted(
            "xml-html-escaped",
            "XML escaped as in HTML source, then base64",
            &base64(named.as_bytes()),
            &[("html-escaped", Received, 0)],
        ),
    ]
}

pub(super) fn parameters() -> Vec<Malformed> {
    let text = base64(response(ADA).as_bytes());
    let asked = base64(request().as_bytes());
    let value = |text: &str| vec![Part::Text(text.to_owned())];
    let response_field = ("SAMLResponse".to_owned(), value(&text));
    let answer = |flaws: &[Flaw]| read("SAMLResponse", "HTTP-POST", Some("Response"), Some(ADA), flaws);
    let body = |form: &str, what: &str, content_type: &str, body: String| Malformed {
        form: form.to_owned(),
        what: what.to_owned(),
        sent: Sent::Body { content_type: content_type.to_owned(), body: value(&body) },
        expected: vec![answer(&[])],
    };
    let query = escape(&base64(&deflate(request().as_bytes())));
    let soap = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{}</s:Body></s:Envelope>",
        response(ADA)
    );
    // Where the part that is not read leaves it open: its root and the elements around the long value.
    let unclosed = [0, 239, 398, 423, 451].map(|start| ("unclosed-element", Xml, start));
    let cut_off_by_limit = [&[("inflate-limit", Received, 1_729)][..], &unclosed].concat();
    let multipart = format!(
        "--part\r\nContent-Disposition: form-data; name=\"SAMLResponse\"\r\n\r\n{text}\r\n--part--\r\n"
    );
    vec![
        form(
            "request-and-response",
            "a request and a response in one form",
            vec![("SAMLRequest".to_owned(), value(&asked)), response_field.clone()],
            vec![
                read("SAMLRequest", "HTTP-POST", Some("AuthnRequest"), None, &[]),
                answer(&[("message-beside", Received, 0)]),
            ],
        ),
        form(
            "same-parameter-twice",
            "the same parameter twice in one form",
            vec![response_field.clone(), response_field.clone()],
            vec![answer(&[]), answer(&[("duplicate-parameter", Received, 0)])],
        ),
        redirect(
            "same-parameter-twice-in-query",
            "the same parameter twice in one query",
            &format!("SAMLRequest={query}&SAMLRequest={query}"),
            [request_read(&[]), request_read(&[("duplicate-parameter", Received, 0)])].concat(),
        ),
        posted(
            "empty-parameter",
            "a parameter of a form that is present but empty",
            "",
            &[("empty", Received, 0)],
        )
        .unread(),
        redirect(
            "empty-parameter-in-query",
            "a parameter of a query that is present but empty",
            "SAMLRequest=&RelayState=%2F",
            vec![read("SAMLRequest", "HTTP-Redirect", None, None, &[("empty", Received, 0)])],
        ),
        body(
            "json-body",
            "a message in JSON that a script posts",
            "application/json",
            format!("{{\"saml\":{{\"SAMLResponse\":\"{text}\"}}}}"),
        ),
        body(
            "multipart-body",
            "a message in a part of a form",
            "multipart/form-data; boundary=part",
            multipart,
        ),
        Malformed {
            expected: vec![read("", "SOAP", Some("Response"), Some(ADA), &[])],
            ..body("soap-body", "a message in a SOAP envelope", "text/xml", soap)
        },
        form(
            "several-mb",
            "a message of more than three megabytes",
            vec![(
                "SAMLResponse".to_owned(),
                // "AAAA" is three octets of zero bits: the repeated part is text of the attribute's value.
                large_value(),
            )],
            vec![answer(&[])],
        ),
        redirect(
            "nearly-a-mb-in-query",
            "a message of nearly a megabyte, compressed to a few kilobytes",
            &compressed(1_000_000),
            vec![read("SAMLResponse", "HTTP-Redirect", Some("Response"), Some(ADA), &[])],
        ),
        // GitLab takes a quarter of a megabyte: no more than one is read unless the person asks.
        redirect(
            "several-mb-in-query",
            "a message of three megabytes, compressed to a few kilobytes",
            &compressed(3_000_000),
            vec![read("SAMLResponse", "HTTP-Redirect", Some("Response"), Some(ADA), &cut_off_by_limit)],
        ),
    ]
}

/// A query with a Response that has a value of so many letters.
fn compressed(letters: usize) -> String {
    let response = response_with(ADA, &"A".repeat(letters));
    format!("SAMLResponse={}", escape(&base64(&deflate(response.as_bytes()))))
}

/// A Response of more than three megabytes: only its beginning and its end are written.
fn large_value() -> Vec<Part> {
    const FILL: &str = "AAA";
    const TIMES: usize = 1_100_000;
    let mark = "#MIDDLE#";
    let xml = response_with(ADA, mark);
    let (before, after) = xml.split_once(mark).unwrap();
    // The repeated part has to begin at a multiple of three octets.
    let before = format!("{before}{}", "?".repeat((3 - before.len() % 3) % 3));
    vec![
        Part::Text(base64(before.as_bytes())),
        Part::Repeated { repeat: base64(FILL.as_bytes()), times: TIMES },
        Part::Text(base64(after.as_bytes())),
    ]
}

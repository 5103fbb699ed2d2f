//! The table: each form, what is sent, and what is expected.
//!
//! Some forms only look malformed and are right (line breaks in a posted form, text that is not ASCII, messages of
//! several MB): they are here because other tracers lose them, and are expected without a flaw.

use super::make::{base64, deflate, escape, gzip, latin_1, request, response, response_with, utf_16, zlib};
use samlight::flaw::Octets::{self, Received, Xml};
use samlight_tests::malformed::{Case, Part, Reading, Sent};

const ADA: &str = "ada@example.com";
const ZOE: &str = "zoë@example.com";

/// All forms.
pub(crate) fn all() -> Vec<Case> {
    [base64_text(), packing(), escapes(), parameters(), encodings(), not_xml(), xml()].concat()
}

fn base64_text() -> Vec<Case> {
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
            request_read(&[("space-in-query", Received, broken.0.len())]),
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

/// The length of `text` in a query where `/` and `=` are escaped.
fn escape_but_plus(text: &str) -> String {
    text.replace('/', "%2F").replace('=', "%3D")
}

fn packing() -> Vec<Case> {
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

fn escapes() -> Vec<Case> {
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

fn parameters() -> Vec<Case> {
    let text = base64(response(ADA).as_bytes());
    let asked = base64(request().as_bytes());
    let value = |text: &str| vec![Part::Text(text.to_owned())];
    let response_field = ("SAMLResponse".to_owned(), value(&text));
    let answer = |flaws: &[Flaw]| read("SAMLResponse", "HTTP-POST", Some("Response"), Some(ADA), flaws);
    let body = |form: &str, what: &str, content_type: &str, body: String| Case {
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
        Case {
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
            "several-mb-in-query",
            "a message of three megabytes, compressed to a few kilobytes",
            &format!(
                "SAMLResponse={}",
                escape(&base64(&deflate(response_with(ADA, &"A".repeat(3_000_000)).as_bytes())))
            ),
            vec![read("SAMLResponse", "HTTP-Redirect", Some("Response"), Some(ADA), &[])],
        ),
    ]
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

fn encodings() -> Vec<Case> {
    let xml = response(ZOE);
    let with = |encoding: &str| format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>{xml}");
    let name_id = |text: &str| text.find("zo").unwrap() + 2;
    let zoe = |form: &str, what: &str, octets: &[u8], name_id: &str, flaws: &[Flaw]| {
        posted_octets(form, what, octets, Some("Response"), Some(name_id), flaws)
    };
    let query = escape(&base64(&deflate(xml.as_bytes())));
    vec![
        zoe("non-ascii-post", "text that is not ASCII, in a form", xml.as_bytes(), ZOE, &[]),
        redirect(
            "non-ascii-redirect",
            "text that is not ASCII, in a query",
            &format!("SAMLResponse={query}"),
            vec![read("SAMLResponse", "HTTP-Redirect", Some("Response"), Some(ZOE), &[])],
        ),
        zoe("utf-8-bom", "UTF-8 behind a byte order mark", format!("\u{FEFF}{xml}").as_bytes(), ZOE, &[]),
        zoe(
            "utf-16-le",
            "UTF-16, little-endian, behind a byte order mark",
            &utf_16(&with("UTF-16"), u16::to_le_bytes, true),
            ZOE,
            &[("utf-16", Xml, 0)],
        ),
        zoe(
            "utf-16-be",
            "UTF-16, big-endian, behind a byte order mark",
            &utf_16(&with("UTF-16"), u16::to_be_bytes, true),
            ZOE,
            &[("utf-16", Xml, 0)],
        ),
        zoe(
            "utf-16-without-bom",
            "UTF-16 without byte order mark or declaration",
            &utf_16(&xml, u16::to_le_bytes, false),
            ZOE,
            &[("utf-16", Xml, 0)],
        ),
        zoe(
            "utf-16-declares-utf-8",
            "UTF-16 that says it is UTF-8",
            &utf_16(&with("UTF-8"), u16::to_le_bytes, true),
            ZOE,
            &[("utf-16", Xml, 0), ("encoding-mismatch", Xml, with("").find("\"\"").unwrap() + 1)],
        ),
        zoe(
            "declares-utf-16",
            "UTF-8 that says it is UTF-16",
            with("UTF-16").as_bytes(),
            ZOE,
            &[("encoding-mismatch", Xml, with("").find("\"\"").unwrap() + 1)],
        ),
        zoe("iso-8859-1", "ISO-8859-1 that says so", &latin_1(&with("ISO-8859-1")), ZOE, &[]),
        zoe(
            "declares-iso-8859-1",
            "UTF-8 that says it is ISO-8859-1",
            with("ISO-8859-1").as_bytes(),
            "zoÃ«@example.com",
            &[("encoding-mismatch", Xml, name_id(&with("ISO-8859-1")))],
        ),
        zoe(
            "declares-utf-8",
            "ISO-8859-1 that says it is UTF-8",
            &latin_1(&with("UTF-8")),
            "zo\u{FFFD}@example.com",
            &[("not-utf-8", Xml, name_id(&with("UTF-8")))],
        ),
    ]
}

fn not_xml() -> Vec<Case> {
    let json = "{\"not\":\"XML\"}";
    let html = "<html><body>Sign-in failed</body></html>";
    vec![
        posted_octets(
            "not-xml",
            "base64 of something that is not XML",
            json.as_bytes(),
            None,
            None,
            &[("text-outside-root", Xml, 0), ("no-root", Xml, json.len())],
        ),
        posted_octets(
            "html-page",
            "base64 of an HTML page",
            html.as_bytes(),
            Some("html"),
            None,
            &[("not-saml", Xml, 0)],
        ),
    ]
}

/// Flaws of the XML itself.
fn xml() -> Vec<Case> {
    let xml = response(ADA);
    let row = |form: &str, what: &str, xml: &str, flaws: &[Flaw]| {
        posted_octets(form, what, xml.as_bytes(), Some("Response"), Some(ADA), flaws)
    };
    let end = xml.len();
    let put = |before: &str, text: &str| {
        (xml.replacen(before, &format!("{text}{before}"), 1), xml.find(before).unwrap())
    };
    let (control, control_at) = put("</saml:AttributeValue>", "\u{1}\0");
    let (reference, reference_at) = put("</saml:AttributeValue>", "&#0;");
    let (unbound, unbound_at) = put("<saml:Issuer>", "<other:x/>");
    let doctype = "<!DOCTYPE x [<!ENTITY e \"evil\">]>";
    let entity = format!("{doctype}{}", response("&e;@example.com"));
    let external = format!("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>{xml}");
    let cut = xml.find("</saml:NameID>").unwrap();
    let open = ["<samlp:Response", "<saml:Assertion", "<saml:Subject", "<saml:NameID"]
        .map(|tag| ("unclosed-element", Xml, xml.find(tag).unwrap()));
    let half = cut - cut % 3;
    let tag = xml.find(" Version").unwrap();
    vec![
        row("doctype", "a document type declaration", &format!("<!DOCTYPE x>{xml}"), &[("doctype", Xml, 0)]),
        posted_octets(
            "entity",
            "an entity that the message declares, in the NameID",
            entity.as_bytes(),
            Some("Response"),
            Some("&e;@example.com"),
            &[
                ("doctype", Xml, 0),
                ("entity-declaration", Xml, doctype.find("<!E").unwrap()),
                ("unresolved-entity", Xml, entity.find("&e;").unwrap()),
            ],
        ),
        row(
            "external-entity",
            "an external entity",
            &external,
            &[("doctype", Xml, 0), ("entity-declaration", Xml, external.find("<!E").unwrap())],
        ),
        row("second-root", "a second root element", &format!("{xml}<x/>"), &[("second-root", Xml, end)]),
        row(
            "text-behind-root",
            "text behind the root element",
            &format!("{xml}Hello"),
            &[("text-outside-root", Xml, end)],
        ),
        row(
            "text-before-root",
            "text before the root element",
            &format!("Hello{xml}"),
            &[("text-outside-root", Xml, 0)],
        ),
        row(
            "declaration-not-first",
            "white space before the XML declaration",
            &format!(" <?xml version=\"1.0\"?>{xml}"),
            &[("xml-declaration-not-first", Xml, 1)],
        ),
        row(
            "control-characters",
            "a control character and NUL",
            &control,
            &[("illegal-character", Xml, control_at), ("illegal-character", Xml, control_at + 1)],
        ),
        row(
            "reference-to-nul",
            "a reference to NUL",
            &reference,
            &[("bad-character-reference", Xml, reference_at)],
        ),
        row(
            "unbound-prefix",
            "a prefix that is not declared",
            &unbound,
            &[("unbound-prefix", Xml, unbound_at + 1)],
        ),
        row("cut-off", "a message that is cut off", &xml[..cut], &open),
        row("cut-off-base64", "base64 that is cut off where it need not show", &xml[..half], &open)
            .name_id(xml.get(open[3].2 + "<saml:NameID>".len()..half)),
        posted_octets(
            "cut-off-in-tag",
            "a message that is cut off in its first tag",
            &xml.as_bytes()[..tag],
            Some("Response"),
            None,
            &[("unclosed-markup", Xml, 0), ("unclosed-element", Xml, 0)],
        ),
    ]
}

type Flaw<'a> = (&'a str, Octets, usize);

fn read(
    parameter: &str,
    binding: &str,
    message: Option<&str>,
    name_id: Option<&str>,
    flaws: &[Flaw],
) -> Reading {
    let mut reading = Reading {
        parameter: parameter.to_owned(),
        binding: binding.to_owned(),
        message: message.map(str::to_owned),
        name_id: name_id.map(str::to_owned),
        flaws: flaws.iter().map(|(code, octets, start)| ((*code).to_owned(), *octets, *start)).collect(),
    };
    reading.sort();
    reading
}

/// The AuthnRequest of a redirect.
fn request_read(flaws: &[Flaw]) -> Vec<Reading> {
    vec![read("SAMLRequest", "HTTP-Redirect", Some("AuthnRequest"), None, flaws)]
}

fn redirect(form: &str, what: &str, query: &str, expected: Vec<Reading>) -> Case {
    let sent = Sent::Query(vec![Part::Text(query.to_owned())]);
    Case { form: form.to_owned(), what: what.to_owned(), sent, expected }
}

fn form(form: &str, what: &str, fields: Vec<(String, Vec<Part>)>, expected: Vec<Reading>) -> Case {
    Case { form: form.to_owned(), what: what.to_owned(), sent: Sent::Form(fields), expected }
}

/// A Response in the field of a form, whose value is `value`.
fn posted(name: &str, what: &str, value: &str, flaws: &[Flaw]) -> Case {
    let expected = read("SAMLResponse", "HTTP-POST", Some("Response"), Some(ADA), flaws);
    form(name, what, vec![("SAMLResponse".to_owned(), vec![Part::Text(value.to_owned())])], vec![expected])
}

/// `octets` in base64, in the field of a form.
fn posted_octets(
    form: &str,
    what: &str,
    octets: &[u8],
    message: Option<&str>,
    name_id: Option<&str>,
    flaws: &[Flaw],
) -> Case {
    let case = posted(form, what, &base64(octets), flaws);
    Case { expected: vec![read("SAMLResponse", "HTTP-POST", message, name_id, flaws)], ..case }
}

/// What a row changes of the usual.
trait Change {
    /// Nothing can be read.
    fn unread(self) -> Self;
    /// The NameID is this one.
    fn name_id(self, name_id: Option<&str>) -> Self;
}

impl Change for Case {
    fn unread(mut self) -> Self {
        for reading in &mut self.expected {
            (reading.message, reading.name_id) = (None, None);
        }
        self
    }

    fn name_id(mut self, name_id: Option<&str>) -> Self {
        for reading in &mut self.expected {
            reading.name_id = name_id.map(str::to_owned);
        }
        self
    }
}

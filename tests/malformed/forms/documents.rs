//! Forms of the XML itself: its encoding, and what is in it.

use super::super::make::{base64, deflate, escape, latin_1, response, utf_16};
use super::{ADA, Change, Flaw, posted_octets, read, redirect};
use samlight::base::flaw::Octets::Xml;
use samlight_tests::malformed::Malformed;

const ZOE: &str = "zoë@example.com";

pub(super) fn encodings() -> Vec<Malformed> {
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

pub(super) fn not_xml() -> Vec<Malformed> {
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
pub(super) fn xml() -> Vec<Malformed> {
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

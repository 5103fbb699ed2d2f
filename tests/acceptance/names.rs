//! The kinds of difference in a NameID, and in attributes.

use crate::generate::{Kind, Parts, once_in, pick};
use fastrand::Rng;
use samlight_tests::draft::NAME_ID;
use serde_json::json;

pub(crate) const KINDS: &[Kind] =
    &[("NameID", name_id), ("attributes", attributes), ("uid_attribute", uid_attribute), ("values", values)];

const XSI: &str = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";

fn name_id(parts: &mut Parts, random: &mut Rng) {
    let value = pick(
        random,
        &[
            "alex<!-- x -->-4711",
            "alex<!---->@example.com",
            "<![CDATA[alex]]>-4711",
            "a<![CDATA[<b>&amp;]]>c",
            " alex-4711\n",
            "&#13;&#10;alex",
            "\r\nalex",
            "al&#101;x&amp;co &lt;&gt;&apos;&quot;",
            "Älex\u{a0}\u{200b}\u{1f600}",
            "alex\u{301}",
            "<?x y?>alex",
            "al<?x?>ex",
            "",
            " ",
            "<!-- c -->",
            "alex<x/>",
            "al<saml:b>e</saml:b>x",
            "&#x41;&#65;",
            "{SIGNATURE _a}",
        ],
    );
    let qualifier = pick(
        random,
        &[
            "",
            "",
            "",
            "SPNameQualifier=\"https://gitlab.example.com/groups/acme\"",
            "SPNameQualifier=\"https://other.example.com\"",
            "SPNameQualifier=\"\"",
            "NameQualifier=\"https://idp.example.com\" SPProvidedID=\"x\"",
            "Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:transient\"",
        ],
    );
    parts.name_id = match random.u8(..14) {
        0 => String::new(),
        1 => format!("<saml:NameID>{value}</saml:NameID><saml:NameID>eve</saml:NameID>"),
        2 => "<saml:BaseID/>".to_owned(),
        3 => format!("<saml:NameID {qualifier}/>"),
        4 => format!("<NameID xmlns=\"urn:x\">{value}</NameID>"),
        _ => format!("<saml:NameID {qualifier}>{value}</saml:NameID>"),
    };
    if value.starts_with('{') {
        parts.name_id = format!("<saml:NameID>{NAME_ID}</saml:NameID>");
    }
}

/// The inside of an AttributeValue.
fn value(random: &mut Rng) -> String {
    let plain = pick(
        random,
        &[
            "alex",
            "a<!-- c -->b",
            "<![CDATA[a<b]]>",
            "a<?x y?>b",
            "a&amp;b&#233;",
            " alex ",
            "\n  alex\n",
            "Jürgen",
            "",
        ],
    );
    let name_id = "<saml:NameID>n1</saml:NameID>";
    let qualified = "<saml:NameID NameQualifier=\"https://idp.example.com\" SPNameQualifier=\"x\">n<!-- c -->2</saml:NameID>";
    let attributes = pick(
        random,
        &[
            "",
            "",
            "",
            " xsi:nil=\"true\"",
            " xsi:nil=\"1\"",
            " xsi:nil=\"0\"",
            " xsi:nil=\"false\"",
            " xsi:nil=\"TRUE\"",
            " xsi:type=\"xs:string\"",
            " xsi:type=\"xs:integer\"",
            " xsi:type=\"x:string\"",
            " x:nil=\"true\" xmlns:x=\"http://www.w3.org/2001/XMLSchema-instance\"",
        ],
    );
    let inside = match random.u8(..15) {
        0 => name_id.to_owned(),
        1 => qualified.to_owned(),
        2 => format!("{name_id}{qualified}"),
        3 => "<x:y xmlns:x=\"urn:x\">z</x:y>".to_owned(),
        4 => format!("t{name_id}t<x:y xmlns:x=\"urn:x\"/>"),
        5 => format!("<x:y xmlns:x=\"urn:x\">{name_id}</x:y>"),
        6 => "<saml:NameID/>".to_owned(),
        7 => "<NameID xmlns=\"\">n3</NameID>".to_owned(),
        8 => pick(random, &[
            "<saml:Subject><saml:NameID>eve</saml:NameID></saml:Subject>",
            "<saml:Conditions NotOnOrAfter=\"2026-01-01T00:00:00Z\"/>",
            "<saml:Issuer>eve</saml:Issuer>",
            "<saml:AttributeStatement><saml:Attribute Name=\"uid\"><saml:AttributeValue>eve</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>",
        ]).to_owned(),
        9 => "<saml:EncryptedID><xenc:EncryptedData xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"><xenc:CipherData><xenc:CipherValue>YWJj</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml:EncryptedID>".to_owned(),
        _ => plain.to_owned(),
    };
    format!(
        "<saml:AttributeValue xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" {XSI}{attributes}>{inside}</saml:AttributeValue>"
    )
}

const NAMES: [&str; 6] =
    ["email", "mail", "uid", "Email", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name", " email"];

fn values(parts: &mut Parts, random: &mut Rng) {
    let count = pick(random, &[0, 1, 1, 2, 3]);
    let inside: String = (0..count).map(|_| value(random)).collect();
    let name = pick(random, &["email", "uid", "uid"]);
    parts.attributes = format!(
        "<saml:AttributeStatement><saml:Attribute Name=\"{name}\">{inside}</saml:Attribute></saml:AttributeStatement>"
    );
    if !parts.is_group && random.bool() {
        parts.set("uid_attribute", json!(name));
    }
}

fn attributes(parts: &mut Parts, random: &mut Rng) {
    let one = |random: &mut Rng| {
        let name = pick(random, &NAMES);
        let friendly = pick(random, &["", "", " FriendlyName=\"uid\"", " FriendlyName=\"email\""]);
        let format = pick(random, &["", " NameFormat=\"urn:oasis:names:tc:SAML:2.0:attrname-format:uri\""]);
        let count = pick(random, &[0, 1, 1, 1, 2]);
        let inside: String = (0..count).map(|_| value(random)).collect();
        let other = if once_in(random, 12) { "<saml:Other>x</saml:Other>" } else { "" };
        let name = if once_in(random, 15) { String::new() } else { format!(" Name=\"{name}\"") };
        format!("<saml:Attribute{name}{friendly}{format}>{inside}{other}</saml:Attribute>")
    };
    let statements = pick(random, &[0, 1, 1, 2]);
    parts.attributes = (0..statements)
        .map(|_| {
            let count = pick(random, &[1, 2, 3, 4]);
            let inside: String = (0..count).map(|_| one(random)).collect();
            format!("<saml:AttributeStatement>{inside}</saml:AttributeStatement>")
        })
        .collect();
}

fn uid_attribute(parts: &mut Parts, random: &mut Rng) {
    if !parts.is_group {
        parts.set("uid_attribute", json!(pick(random, &["uid", "email", "mail", "Email", "missing", ""])));
    }
    attributes(parts, random);
    if random.bool() {
        parts.attributes.push_str("<saml:AttributeStatement><saml:Attribute Name=\"uid\" FriendlyName=\"missing\"><saml:AttributeValue>alex-7</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>");
    }
}

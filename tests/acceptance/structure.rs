//! The faults that the structure of a Response can have: its encoding, its XML, what stands where.

use crate::faults::{each, xml};
use samlight_tests::draft::Edit;

pub(crate) fn encoding() -> Vec<Vec<Edit>> {
    let wire = |from: &'static str, to: &str| vec![Edit::Wire(from, to.to_owned())];
    vec![
        wire("P", "*"),
        wire("P", "-"),
        wire("P", "_"),
        wire("P", "%50"),
        wire("P", "="),
        wire("P", "P="),
        wire("P", "P,"),
        wire("P", "P\u{e9}"),
        wire("P", "PA"),
        wire("P", ""),
        wire("P", "P#"),
    ]
}

pub(crate) fn well_formed() -> Vec<Vec<Edit>> {
    let after = |from: &'static str, to: &str| vec![Edit::After(from, to.to_owned())];
    vec![
        after("</samlp:Status>", "</samlp:Stat>"),
        after("</samlp:Status>", ""),
        after("alex-4711", "a & b"),
        after("alex-4711", "a < b"),
        after("alex-4711", "&#0;"),
        after("alex-4711", "&undefined;"),
        after("<samlp:Status>", "<samlp:Status a=\"1\" a=\"2\">"),
        after("<saml:Subject>", "<x:Subject>"),
        after("ID=\"_a\"", "ID=_a"),
        after("</samlp:Response>", ""),
        after("</samlp:Response>", "</samlp:Response><x/>"),
        after("<saml:Subject>", "<saml:Subject a=\"<\">"),
    ]
}

pub(crate) fn status() -> Vec<Vec<Edit>> {
    let code = "Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"";
    let mut ways = each(
        code,
        &[
            "Value=\"urn:oasis:names:tc:SAML:2.0:status:Requester\"",
            "Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"",
            "Value=\"urn:oasis:names:tc:SAML:2.0:status:VersionMismatch\"",
            "Value=\"Success\"",
            "Value=\"urn:oasis:names:tc:SAML:2.0:status:success\"",
            "Value=\"\"",
            "Value=\"urn:oasis:names:tc:SAML:2.0:status:Success \"",
        ],
    );
    ways.extend(each("<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/>", &[
        "<samlp:StatusCode Value=\"urn:a:Responder\"><samlp:StatusCode Value=\"urn:a:AuthnFailed\"/></samlp:StatusCode>",
        "<samlp:StatusCode Value=\"urn:a:Responder\"><samlp:StatusCode Value=\"urn:a:AuthnFailed\"/></samlp:StatusCode><samlp:StatusMessage>No such_user</samlp:StatusMessage>",
        "<samlp:StatusCode Value=\"urn:a:Requester\"/><samlp:StatusMessage> a &amp; b </samlp:StatusMessage>",
        "<samlp:StatusMessage>none</samlp:StatusMessage>",
        "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/><samlp:StatusCode Value=\"urn:x\"/>",
    ]));
    ways
}

pub(crate) fn assertions() -> Vec<Vec<Edit>> {
    let bare = "<saml:Assertion ID=\"_b\" Version=\"2.0\" IssueInstant=\"2026-03-01T12:00:00Z\"><saml:Issuer>x</saml:Issuer></saml:Assertion>";
    let place = |at: &'static str, text: String| xml(at, text);
    vec![
        place("</samlp:Response>", format!("{bare}</samlp:Response>")),
        place("<saml:Assertion ID=\"_a\"", format!("{bare}<saml:Assertion ID=\"_a\"")),
        place("<samlp:Status>", format!("<samlp:Extensions>{bare}</samlp:Extensions><samlp:Status>")),
        place("<saml:AuthnStatement ", format!("<saml:Advice>{bare}</saml:Advice><saml:AuthnStatement ")),
        place("</samlp:Status>", format!("<samlp:StatusDetail>{bare}</samlp:StatusDetail></samlp:Status>")),
        place("alex@example.com", bare.to_owned()),
        place("</samlp:Response>", format!("{bare}{bare}</samlp:Response>")),
        place("<samlp:Status>", format!("{bare}<samlp:Status>")),
        place("<saml:Subject>", format!("{bare}<saml:Subject>")),
        place("_s\">", format!("_s\">{bare}")),
        place("</samlp:Response>", format!("<x:y xmlns:x=\"urn:x\">{bare}</x:y></samlp:Response>")),
    ]
}

pub(crate) fn signed_elements() -> Vec<Vec<Edit>> {
    let other = |id: &str| format!("{{SIGNATURE {id}}}");
    vec![
        xml("{SIGNATURE _a}", ""),
        xml("{SIGNATURE _a}", "<!-- none -->"),
        xml("{SIGNATURE _a}", "<ds:Signatures xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>"),
        [xml("{SIGNATURE _a}", ""), xml("<saml:Conditions ", format!("{}<saml:Conditions ", other("_a")))]
            .concat(),
        [xml("{SIGNATURE _a}", ""), xml("<samlp:Status>", format!("{}<samlp:Status>", other("_a")))].concat(),
        [xml("{SIGNATURE _a}", ""), xml("<saml:NameID ", format!("{}<saml:NameID ", other("_a")))].concat(),
        [xml("{SIGNATURE _a}", ""), xml("<samlp:StatusCode ", format!("{}<samlp:StatusCode ", other("_a")))]
            .concat(),
        xml("{SIGNATURE _a}", format!("{}{}", other("_a"), other("_a"))),
        vec![Edit::After("URI=\"#_a\"", "URI=\"#_x\"".to_owned())],
        vec![Edit::After("URI=\"#_a\"", "URI=\"#_r\"".to_owned())],
        vec![Edit::After("URI=\"#_a\"", "URI=\"_a\"".to_owned())],
        vec![Edit::After("URI=\"#_a\"", "URI=\"##_a\"".to_owned())],
        xml(" ID=\"_a\"", ""),
    ]
}

pub(crate) fn schema() -> Vec<Vec<Edit>> {
    let mut ways = Vec::new();
    ways.extend(each(
        "2026-03-01T12:00:00Z\" Destination",
        &["yesterday\" Destination", "2026-02-30T12:00:00Z\" Destination", "\" Destination"],
    ));
    ways.extend(each(
        " IssueInstant=\"2026-03-01T12:00:00Z\" Destination",
        &[" Destination", " Issued=\"x\" Destination"],
    ));
    ways.extend(each(
        "InResponseTo=\"_q\" V",
        &["InResponseTo=\"1q\" V", "InResponseTo=\"a:q\" V", "InResponseTo=\"\" V"],
    ));
    ways.extend(each(
        "ID=\"_a\" Version=\"2.0\"",
        &["ID=\"_a\"", "ID=\"_a\" Version=\"2.0\" Extra=\"x\"", "ID=\"_a\" Version=\"2.0\" xml:lang=\"en\""],
    ));
    ways.extend(each(
        "<saml:Subject>",
        &[
            "x<saml:Subject>",
            "<saml:Other/><saml:Subject>",
            "<other/><saml:Subject>",
            "<saml:Advice/><saml:Subject>",
        ],
    ));
    ways.extend(each(
        "<samlp:Status>",
        &[
            "<saml:Issuer>x</saml:Issuer><samlp:Status>",
            "<samlp:Extensions/><samlp:Status>",
            "text<samlp:Status>",
            "<samlp:Extensions><samlp:x/></samlp:Extensions><samlp:Status>",
        ],
    ));
    ways.extend(each("alex-4711", &["alex<x/>", "alex</saml:NameID><saml:NameID>x"]));
    ways.extend(each("<saml:Audience>", &["<saml:Audience/><saml:Other/><saml:Audience>"]));
    ways.extend(each(
        "<saml:AudienceRestriction>",
        &[
            "<saml:AudienceRestriction/><saml:AudienceRestriction>",
            "<saml:Subject/><saml:AudienceRestriction>",
        ],
    ));
    ways.extend(each(" AuthnInstant=\"2026-03-01T11:59:30Z\"", &["", " AuthnInstant=\"now\""]));
    ways.extend(each(
        "<saml:Attribute Name=\"email\"",
        &[
            "<saml:Attribute",
            "<saml:Attribute Name=\"email\" Other=\"x\"",
            "<saml:Attribute Name=\"email\" NameFormat=\"%zz\"",
        ],
    ));
    ways.extend(each(
        "<saml:AttributeStatement>",
        &[
            "<saml:AttributeStatement/><saml:AttributeStatement>",
            "<saml:Conditions/><saml:AttributeStatement>",
        ],
    ));
    ways.extend(each(
        "Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\"",
        &["", "Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\" Id=\"x\""],
    ));
    ways.extend(each("<saml:AttributeValue>", &["<saml:AttributeValue xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"xs:string\"><x/>"]));
    ways.extend(each(
        "<saml:AuthnContextClassRef>",
        &[
            "<saml:AuthnContextClassRef/><saml:AuthnContextClassRef>",
            "<saml:AuthenticatingAuthority/><saml:AuthnContextClassRef>",
        ],
    ));
    let after = |from: &'static str, to: &str| vec![Edit::After(from, to.to_owned())];
    ways.push(after("<ds:X509Data>", "<ds:X509Data/><ds:X509Data>"));
    ways.push(after("<ds:SignatureValue>", "<ds:SignatureValue>A"));
    ways.push(after("<ds:DigestValue>", "<ds:DigestValue>A"));
    ways.push(after("<ds:KeyInfo>", "<ds:KeyInfo/><ds:KeyInfo>"));
    ways.push(after("<ds:SignedInfo>", "<ds:SignedInfo Wrong=\"x\">"));
    ways
}

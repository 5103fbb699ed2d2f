//! The kinds of difference in what a Response says: conditions, GitLab's settings, what is no Response. Names
//! and attributes are in `names`.

use crate::generate::{Kind, Parts, Place, confirmation, once_in, pick};
use fastrand::Rng;
use samlight_tests::draft::{ACS, ENTITY_ID, Form, IDP, NOW};
use serde_json::json;

pub(crate) const KINDS: &[Kind] = &[
    ("version", version),
    ("Destination", destination),
    ("InResponseTo", in_response_to),
    ("SubjectConfirmation", confirmations),
    ("status", status),
    ("several assertions", assertions),
    ("Audience", audience),
    ("times", times),
    ("Conditions", conditions),
    ("AuthnStatement", authn_statements),
    ("Issuer", issuer),
    ("settings", settings),
    ("certificate settings", certificate_settings),
    ("no Response", other),
    ("form", form),
    ("prolog", prolog),
    ("IDs", ids),
    ("prefixes", prefixes),
    ("structure", structure),
    ("clock", clock),
];

pub(crate) fn authn(attributes: &str) -> String {
    format!(
        r#"<saml:AuthnStatement AuthnInstant="2026-03-01T11:59:30Z" {attributes}><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>"#
    )
}

/// Sets an attribute, or takes it away.
fn put(of: &mut Vec<(&'static str, String)>, name: &'static str, value: Option<String>) {
    let at = of.iter().position(|(known, _)| *known == name);
    match (at, value) {
        (Some(at), Some(value)) => of[at].1 = value,
        (Some(at), None) => drop(of.remove(at)),
        (None, Some(value)) => of.push((name, value)),
        (None, None) => {}
    }
}

fn version(parts: &mut Parts, random: &mut Rng) {
    let value = pick(random, &["1.0", "1.1", "2.0 ", "2", "", "2.1", "-"]);
    let value = Some(value.to_owned()).filter(|value| value != "-");
    let of = if random.u8(..3) > 0 { &mut parts.response } else { &mut parts.assertion };
    put(of, "Version", value);
}

fn destination(parts: &mut Parts, random: &mut Rng) {
    let host = "https://gitlab.example.com";
    let value = pick(
        random,
        &[
            None,
            Some(String::new()),
            Some(ACS.replace(host, "HTTPS://GitLab.Example.COM")),
            Some(ACS.replace(host, "https://gitlab.example.com:443")),
            Some(ACS.replace(host, "https://gitlab.example.com:8443")),
            Some(ACS.replace(host, "https://gitlab.example.com:")),
            Some(ACS.replace(host, "https://user@gitlab.example.com")),
            Some(ACS.replace(host, "https://user:pass@gitlab.example.com")),
            Some(ACS.replace(host, "https://gitlab.example.com.")),
            Some(ACS.replace(host, "https://gitlab.example.org")),
            Some(ACS.replace(host, "http://gitlab.example.com")),
            Some(ACS.replace(host, "https:gitlab.example.com")),
            Some(ACS.replace(host, "")),
            Some(ACS.replace("acme", "Acme")),
            Some(ACS.replace("acme", "./acme")),
            Some(ACS.replace("acme", "%61cme")),
            Some(ACS.replace("acme", "ac me")),
            Some(ACS.replace("acme", "äcme")),
            Some(ACS.replace("acme", "acme%2")),
            Some(ACS.replace("acme", "a[c]me")),
            Some(ACS.replace("acme", "a|cme")),
            Some(ACS.replace("/groups", "//groups")),
            Some(format!("{ACS}/")),
            Some(format!("{ACS} ")),
            Some(format!(" {ACS}")),
            Some(format!("{ACS}#x")),
            Some(format!("{ACS}#x#y")),
            Some(format!("{ACS}#")),
            Some(format!("{ACS}?")),
            Some(format!("{ACS}?a=b")),
            Some(format!("{ACS}&#10;")),
            Some("https://[::1]/groups/acme/-/saml/callback".to_owned()),
            Some("urn:x".to_owned()),
            Some("-".to_owned()),
        ],
    );
    put(&mut parts.response, "Destination", value);
}

fn in_response_to(parts: &mut Parts, random: &mut Rng) {
    let value = pick(random, &[None, Some("_x"), Some("_q"), Some("_Q"), Some("q")]).map(str::to_owned);
    put(&mut parts.response, "InResponseTo", value);
    if random.bool() {
        let inside = pick(random, &["", "InResponseTo=\"_x\"", "InResponseTo=\"_q\""]);
        parts.confirmations = parts.confirmations.replace("InResponseTo=\"_q\"", inside);
    }
}

fn confirmations(parts: &mut Parts, random: &mut Rng) {
    let attribute = |random: &mut Rng, name: &str, values: &[&str]| {
        let value = pick(random, values);
        if value == "-" { String::new() } else { format!(" {name}=\"{value}\"") }
    };
    let one = |random: &mut Rng| {
        let method = attribute(
            random,
            "Method",
            &[
                "urn:oasis:names:tc:SAML:2.0:cm:bearer",
                "urn:oasis:names:tc:SAML:2.0:cm:bearer",
                "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key",
                "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches",
                "urn:oasis:names:tc:SAML:2.0:cm:Bearer",
            ],
        );
        if once_in(random, 6) {
            return format!("<saml:SubjectConfirmation{method}/>");
        }
        let trailing = format!("{ACS}/");
        let port = ACS.replace("com/", "com:443/");
        let data = [
            attribute(random, "InResponseTo", &["_q", "_q", "_x", "-"]),
            attribute(random, "Recipient", &[ACS, ACS, ACS, "-", &trailing, &port, ""]),
            attribute(random, "NotBefore", &["-", "-", "-", "2026-03-01T11:59:00Z", "2026-03-01T12:00:01Z"]),
            attribute(
                random,
                "NotOnOrAfter",
                &[
                    "2026-03-01T12:05:00Z",
                    "2026-03-01T12:00:00Z",
                    "2026-03-01T11:59:59.999Z",
                    "-",
                    "2026-03-01T14:00:01+02:00",
                    "2026-03-01T13:59:59+02:00",
                ],
            ),
            attribute(random, "Address", &["-", "-", "192.0.2.1"]),
        ];
        let name_id = if once_in(random, 5) { "<saml:NameID>other</saml:NameID>" } else { "" };
        confirmation(&format!("{name_id}<saml:SubjectConfirmationData{}/>", data.concat()))
            .replace(" Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\"", &method)
    };
    let count = pick(random, &[0, 1, 1, 2, 3]);
    parts.confirmations = (0..count).map(|_| one(random)).collect();
}

fn status(parts: &mut Parts, random: &mut Rng) {
    let code = |value: &str, inside: &str| {
        format!(
            "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:{value}\">{inside}</samlp:StatusCode>"
        )
    };
    let nested = code("AuthnFailed", &code("NoPassive", ""));
    let message = pick(
        random,
        &[
            "",
            "<samlp:StatusMessage>No such user: a_b</samlp:StatusMessage>",
            "<samlp:StatusMessage/>",
            "<samlp:StatusMessage> a<!-- c -->b <![CDATA[<c>]]></samlp:StatusMessage>",
            "<samlp:StatusMessage>x &lt; y\n é</samlp:StatusMessage>",
        ],
    );
    let detail =
        pick(random, &["", "", "<samlp:StatusDetail><x:y xmlns:x=\"urn:x\">z</x:y></samlp:StatusDetail>"]);
    let inside = pick(
        random,
        &[
            code("Success", ""),
            code("Requester", ""),
            code("Responder", &nested),
            code("Success", &code("AuthnFailed", "")),
            code("Responder", &code("RequestDenied", "")),
            code("Responder | x", ""),
            "<samlp:StatusCode Value=\"\"/>".to_owned(),
            "<samlp:StatusCode Value=\"Success\"/>".to_owned(),
            "<samlp:StatusCode Value=\"urn:x:\"/>".to_owned(),
            code("Success", "") + &code("Requester", ""),
        ],
    );
    parts.status = format!("<samlp:Status>{inside}{message}{detail}</samlp:Status>");
    if once_in(random, 10) {
        parts.status = pick(random, &["", "<samlp:Status/>"]).to_owned();
    }
}

fn assertions(parts: &mut Parts, random: &mut Rng) {
    let id = pick(random, &["_b", "_a", "_r"]);
    let second = format!(
        r#"<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{id}" Version="2.0" IssueInstant="2026-03-01T12:00:00Z"><saml:Issuer>{IDP}</saml:Issuer><saml:Subject><saml:NameID>eve</saml:NameID></saml:Subject></saml:Assertion>"#
    );
    match random.u8(..7) {
        0 => parts.before_assertion = second,
        1 => parts.behind_assertion = second,
        2 => parts.conditions.push_str(&format!("<saml:Advice>{second}</saml:Advice>")),
        3 => parts.before_assertion = format!("<samlp:Extensions>{second}</samlp:Extensions>"),
        4 => parts.behind_assertion = format!("<saml:EncryptedAssertion>{second}</saml:EncryptedAssertion>"),
        5 => parts.around = ("<!--".to_owned(), "-->".to_owned()),
        _ => {
            parts.attributes = format!(
                "<saml:AttributeStatement><saml:Attribute Name=\"a\"><saml:AttributeValue>{second}</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>"
            );
        }
    }
}

fn audience(parts: &mut Parts, random: &mut Rng) {
    let mut one = || {
        let value = pick(
            random,
            &[
                ENTITY_ID.to_owned(),
                ENTITY_ID.to_owned(),
                format!("{ENTITY_ID}/"),
                format!(" {ENTITY_ID}"),
                ENTITY_ID.to_uppercase(),
                ENTITY_ID.replace("acme", "ac<!-- c -->me"),
                ENTITY_ID.replace("acme", "<![CDATA[acme]]>"),
                ENTITY_ID.replace("acme", "<?x y?>acme"),
                ENTITY_ID.replace("acme", "&#97;cme"),
                String::new(),
                " ".to_owned(),
                "https://other.example.com".to_owned(),
            ],
        );
        format!("<saml:Audience>{value}</saml:Audience>")
    };
    let restrictions = [one(), one() + &one(), one()];
    let count = random.usize(..4);
    let inside: String = restrictions[..count]
        .iter()
        .map(|inside| format!("<saml:AudienceRestriction>{inside}</saml:AudienceRestriction>"))
        .collect();
    parts.conditions = format!(
        r#"<saml:Conditions NotBefore="2026-03-01T11:59:00Z" NotOnOrAfter="2026-03-01T12:05:00Z">{inside}</saml:Conditions>"#
    );
}

fn instant(random: &mut Rng) -> &'static str {
    pick(
        random,
        &[
            "2026-03-01T11:59:00Z",
            "2026-03-01T12:00:00Z",
            "2026-03-01T12:00:00.000Z",
            "2026-03-01T12:00:00.001Z",
            "2026-03-01T11:59:59.999Z",
            "2026-03-01T12:00:01Z",
            "2026-03-01T12:05:00.1234567Z",
            "2026-03-01T13:05:00+01:00",
            "2026-03-01T06:59:00-05:00",
            "2026-03-01T12:05:00",
            "2026-03-01T11:55:00",
            "2026-03-01",
            "2026-03-02",
            "2026-03-01T24:00:00Z",
            " 2026-03-01T12:05:00Z ",
            "2026-02-30T12:00:00Z",
            "soon",
            "",
            "2026-03-01T12:05:00z",
            "+2026-03-01T12:05:00Z",
            "2026-03-01 12:05:00Z",
            "2026-03-01T12:05:60Z",
            "2026-03-01T12:05:00+14:00",
        ],
    )
}

fn times(parts: &mut Parts, random: &mut Rng) {
    let (start, end) = (instant(random), instant(random));
    if random.bool() {
        parts.conditions = parts.conditions.replace("2026-03-01T11:59:00Z", start);
    } else {
        parts.conditions = parts.conditions.replace("2026-03-01T12:05:00Z", end);
    }
    if once_in(random, 4) {
        parts.conditions = parts.conditions.replace(&format!("NotBefore=\"{start}\""), "");
    }
    if once_in(random, 4) {
        put(&mut parts.response, "IssueInstant", Some(instant(random).to_owned()));
    }
}

fn conditions(parts: &mut Parts, random: &mut Rng) {
    let more = pick(
        random,
        &[
            "<saml:OneTimeUse/>",
            "<saml:ProxyRestriction Count=\"1\"/>",
            "<saml:Condition/>",
            "<saml:Condition xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"x\"/>",
            "<x:y xmlns:x=\"urn:x\"/>",
            "<saml:OneTimeUse/><saml:OneTimeUse/>",
        ],
    );
    match random.u8(..4) {
        0 => parts.conditions.clear(),
        1 => parts.conditions = parts.conditions.repeat(2),
        2 => parts.conditions = "<saml:Conditions/>".to_owned(),
        _ => {
            parts.conditions =
                parts.conditions.replace("</saml:Conditions>", &format!("{more}</saml:Conditions>"))
        }
    }
}

fn authn_statements(parts: &mut Parts, random: &mut Rng) {
    let mut one = || {
        let end = instant(random);
        if random.u8(..4) > 0 { authn(&format!("SessionNotOnOrAfter=\"{end}\"")) } else { authn("") }
    };
    let all = [one(), one()];
    parts.authn = all[..pick(random, &[0, 1, 1, 1, 2])].concat();
}

fn issuer(parts: &mut Parts, random: &mut Rng) {
    if !parts.is_group && random.u8(..4) > 0 {
        let expected = pick(random, &[IDP, IDP, "https://IDP.example.com/metadata", "urn:idp", ""]);
        parts.set("idp_entity_id", json!(expected));
    }
    let value = pick(
        random,
        &[
            String::new(),
            "<saml:Issuer/>".to_owned(),
            format!("<saml:Issuer>{IDP}/</saml:Issuer>"),
            format!("<saml:Issuer> {IDP}</saml:Issuer>"),
            format!("<saml:Issuer>{}</saml:Issuer>", IDP.replace("idp.", "IDP.")),
            format!("<saml:Issuer>{}</saml:Issuer>", IDP.replace("idp.", "idp<!-- c -->.")),
            format!("<saml:Issuer>{}</saml:Issuer>", IDP.replace(".com", ".com:443")),
            "<saml:Issuer>urn:idp</saml:Issuer>".to_owned(),
            format!(
                "<saml:Issuer Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\">{IDP}</saml:Issuer>"
            ),
            format!("<saml:Issuer>{IDP}</saml:Issuer><saml:Issuer>{IDP}</saml:Issuer>"),
        ],
    );
    let of = if random.bool() { &mut parts.response_issuer } else { &mut parts.assertion_issuer };
    *of = value;
}

fn settings(parts: &mut Parts, random: &mut Rng) {
    if parts.is_group {
        return;
    }
    match random.u8(..8) {
        0 => parts.set("allowed_clock_drift", json!(pick(random, &[0.5, 1.0, 60.0, 600.0, 0.0]))),
        1 => parts.set("allowed_clock_drift", json!(-60)),
        2 => parts.set("message_max_bytesize", json!(pick(random, &[100, 3000, 4000, 5000, 6000, 7000]))),
        3 => parts.set("sp_entity_id", json!(pick(random, &["", "https://gitlab.example.com"]))),
        4 => parts.set("assertion_consumer_service_url", json!(ACS.replace("com/", "com:8443/"))),
        5 => parts.set("assertion_consumer_service_url", json!(ACS.replace("gitlab", "GitLab"))),
        6 => parts.set("idp_entity_id", json!(pick(random, &[IDP, "https://other.example.com"]))),
        _ => parts.set("private_key", json!(true)),
    }
}

fn certificate_settings(parts: &mut Parts, random: &mut Rng) {
    let kind = if parts.is_group { random.u8(..3) } else { random.u8(..8) };
    match kind {
        0 => parts.set("idp_cert_fingerprint", json!("other")),
        1 => parts.set("idp_cert_fingerprint", json!(null)),
        2 => parts.set("idp_cert_fingerprint", json!(pick(random, &["00:11", "sha1", "sha256"]))),
        3 | 4 => {
            parts.set("idp_cert_fingerprint", json!(null));
            parts.set("idp_cert", json!("own"));
        }
        5 => {
            parts.set("idp_cert_fingerprint", json!(null));
            parts.set("idp_cert", json!("other"));
        }
        6 => parts.set("idp_cert", json!("other")),
        _ => parts.set("idp_cert", json!("own")),
    }
    if !parts.is_group && random.bool() {
        parts.sign.insert("key_info".to_owned(), json!(""));
    }
}

fn other(parts: &mut Parts, random: &mut Rng) {
    let namespaces = r#"xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion""#;
    let status = r#"<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>"#;
    let head = r#"ID="_r" Version="2.0" IssueInstant="2026-03-01T12:00:00Z""#;
    let issuer = format!("<saml:Issuer>{IDP}</saml:Issuer>");
    parts.other = Some(pick(random, &[
        "<html><head><title>Sign in</title></head><body><p>502</p></body></html>".to_owned(),
        "<!DOCTYPE html><html><body>x</body></html>".to_owned(),
        format!(r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" ID="_r" entityID="{IDP}"/>"#),
        format!(r#"<samlp:Response {namespaces} {head}>{issuer}{status}</samlp:Response>"#),
        format!(r#"<samlp:LogoutResponse {namespaces} {head}>{issuer}{{SIGNATURE _r}}{status}</samlp:LogoutResponse>"#),
        format!(r#"<samlp:ArtifactResponse {namespaces} {head}>{issuer}{status}<samlp:Response {head}>{{ASSERTION}}</samlp:Response></samlp:ArtifactResponse>"#),
        format!(r#"<samlp:AuthnRequest {namespaces} {head}>{issuer}</samlp:AuthnRequest>"#),
        r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:1.0:protocol" ResponseID="_r" MajorVersion="1" MinorVersion="1" IssueInstant="2026-03-01T12:00:00Z"/>"#.to_owned(),
        r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:1.0:protocol" ResponseID="_r" MajorVersion="1" MinorVersion="0" IssueInstant="2026-03-01T12:00:00Z"/>"#.to_owned(),
        r#"<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a" Version="2.0"/>"#.to_owned(),
        format!(r#"<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><samlp:Response {namespaces} {head}>{{ASSERTION}}</samlp:Response></soap:Body></soap:Envelope>"#),
        format!(r#"<Response {namespaces} {head}>{issuer}{status}{{ASSERTION}}</Response>"#),
        format!(r#"<samlp:response {namespaces} {head}>{issuer}{status}{{ASSERTION}}</samlp:response>"#),
        "not XML".to_owned(),
        "{\"error\":1}".to_owned(),
        String::new(),
    ]));
}

fn form(parts: &mut Parts, random: &mut Rng) {
    match random.u8(..8) {
        0 | 1 => parts.form = Form::Deflated,
        2 => parts.form = Form::Bare,
        3 => parts.wire.push(("P".to_owned(), "P\r\n".to_owned())),
        4 => parts.wire.push(("P".to_owned(), " P\t".to_owned())),
        5 => parts.wire.push(("=".to_owned(), String::new())),
        6 => parts.form = Form::Utf16,
        _ => {
            parts.form = Form::Latin1;
            parts.prolog = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>".to_owned();
            parts.name_id = "<saml:NameID>Jürgen</saml:NameID>".to_owned();
        }
    }
}

fn prolog(parts: &mut Parts, random: &mut Rng) {
    parts.prolog = pick(
        random,
        &[
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
            "<?xml version='1.0'?>\n",
            "<?xml version=\"1.0\" standalone=\"yes\"?>",
            "<?xml version=\"1.1\"?>",
            "\u{feff}",
            "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>",
            "<!-- c -->",
            "<?x y?>",
            "\n",
            " <?xml version=\"1.0\"?>",
            "<!DOCTYPE samlp:Response>",
            "<!DOCTYPE x [<!ENTITY e \"v\">]>",
            "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>",
            "<?xml version=\"1.0\" encoding=\"UTF-16\"?>",
            "<?xml version=\"1.0\" encoding=\"x\"?>",
        ],
    )
    .to_owned();
}

fn ids(parts: &mut Parts, random: &mut Rng) {
    match random.u8(..9) {
        0 => put(&mut parts.response, "ID", None),
        1 => put(&mut parts.response, "ID", Some("_a".to_owned())),
        2 => put(&mut parts.response, "ID", Some("1r".to_owned())),
        3 => put(&mut parts.response, "ID", Some("a:r".to_owned())),
        4 => put(&mut parts.assertion, "ID", None),
        5 => put(&mut parts.assertion, "ID", Some("1a".to_owned())),
        6 => put(&mut parts.assertion, "ID", Some(String::new())),
        7 => put(&mut parts.response, "ID", Some("é".to_owned())),
        _ => {
            parts.before_assertion =
                "<samlp:Extensions><x:y xmlns:x=\"urn:x\" ID=\"_a\"/></samlp:Extensions>".to_owned()
        }
    }
}

fn prefixes(parts: &mut Parts, random: &mut Rng) {
    parts.prefix = pick(random, &["", "saml2", "a", "ns0"]);
    parts.between = pick(random, &["", "\n  ", " ", "<!-- c -->"]);
}

fn structure(parts: &mut Parts, random: &mut Rng) {
    match random.u8(..10) {
        0 => parts.place = Place::First,
        1 => parts.place = Place::Last,
        2 => std::mem::swap(&mut parts.conditions, &mut parts.authn),
        3 => parts.status.push_str("text"),
        4 => parts.authn.push_str("<saml:Other/>"),
        5 => parts.response.push(("Extra", "x".to_owned())),
        6 => parts.assertion.push(("xml:lang", "en".to_owned())),
        7 => parts.response.push(("Consent", "urn:oasis:names:tc:SAML:2.0:consent:obtained".to_owned())),
        8 => parts.status.insert_str(0, "<samlp:Extensions><x:y xmlns:x=\"urn:x\"/></samlp:Extensions>"),
        _ => parts.attributes.insert_str(0, "<saml:AuthzDecisionStatement Resource=\"urn:x\" Decision=\"Permit\"><saml:Action Namespace=\"urn:x\">Read</saml:Action></saml:AuthzDecisionStatement>"),
    }
}

fn clock(parts: &mut Parts, random: &mut Rng) {
    parts.now =
        NOW + pick(random, &[-3_600_000, -60_001, -60_000, -1, 1, 299_999, 300_000, 300_001, 86_400_000]);
    if !parts.is_group && random.bool() {
        parts.set("allowed_clock_drift", json!(pick(random, &[1.0, 60.0, 2.5])));
    }
}

//! The faults that a Response can have: for each of GitLab's checks the ways to fail it alone.

use crate::structure;
use samlight_tests::draft::{ENTITY_ID, Edit, IDP, KEY_INFO};
use serde_json::json;

pub(crate) fn xml(from: &'static str, to: impl Into<String>) -> Vec<Edit> {
    vec![Edit::Xml(from, to.into())]
}

pub(crate) fn each(from: &'static str, to: &[&str]) -> Vec<Vec<Edit>> {
    to.iter().map(|to| xml(from, *to)).collect()
}

/// Changes that GitLab does not mind.
pub(crate) fn harmless() -> Vec<Vec<Edit>> {
    let mut ways = each(
        "alex-4711",
        &[
            "alex<!-- x -->-4711",
            "<![CDATA[alex]]>-4711",
            " alex-4711\n",
            "al&#101;x&amp;co",
            "Älex\u{a0}\u{200b}",
            "<?x y?>alex",
            "alex\u{301}",
        ],
    );
    ways.extend(each("2026-03-01T11:59:30Z", &["2026-03-01T11:59:30.123Z", "2026-03-01T12:59:30+01:00"]));
    ways.extend(each(
        " Destination=\"https://gitlab.example.com",
        &[" Destination=\"HTTPS://GitLab.EXAMPLE.com:443"],
    ));
    ways.extend(each(
        "<saml:AttributeStatement>",
        &["<!-- c --><saml:AttributeStatement>", "\n <saml:AttributeStatement>"],
    ));
    ways.extend(each(
        "<samlp:Status>",
        &["<samlp:Extensions><x:y xmlns:x=\"urn:x\" a=\"b\">z</x:y></samlp:Extensions><samlp:Status>"],
    ));
    ways.extend(each("<saml:AttributeValue>", &[
        "<saml:AttributeValue xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"xs:string\">",
        "<saml:AttributeValue/><saml:AttributeValue>",
    ]));
    ways.push(vec![Edit::Sign("prefixes", json!("xs #default"))]);
    for sha in ["1", "384", "512"] {
        ways.push(vec![Edit::Sign("sha", json!(sha))]);
    }
    for canonicalization in
        ["http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "http://www.w3.org/2006/12/xml-c14n11"]
    {
        ways.push(vec![Edit::Sign("canonicalization", json!(canonicalization))]);
    }
    ways.push(vec![Edit::Setting("idp_cert_fingerprint", json!("sha1"))]);
    ways.push(vec![Edit::Setting("allowed_clock_drift", json!(30))]);
    ways.push(vec![Edit::Setting("idp_entity_id", json!(IDP))]);
    ways.push(vec![Edit::Setting("uid_attribute", json!("email"))]);
    ways
}

/// A check and the ways to fail it.
pub(crate) type Fault = (&'static str, Vec<Vec<Edit>>);

/// The ways to fail each check. Where there is one way only, it is tried beside each harmless change.
pub(crate) fn faults() -> Vec<Fault> {
    vec![
        (
            "message-size",
            (1..=10).map(|n| vec![Edit::Setting("message_max_bytesize", json!(n * 100))]).collect(),
        ),
        ("encoding", structure::encoding()),
        ("well-formed", structure::well_formed()),
        (
            "encrypted-assertion",
            one_way(xml_until(
                "<saml:Assertion ",
                "</samlp:Response>",
                "<saml:EncryptedAssertion><xenc:EncryptedData xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"><xenc:CipherData><xenc:CipherValue>YWJj</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml:EncryptedAssertion>{SIGNATURE _a}",
            )),
        ),
        (
            "attributes",
            one_way(xml(
                "<saml:AttributeStatement>",
                "<saml:AttributeStatement><saml:EncryptedAttribute><xenc:EncryptedData xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"><xenc:CipherData><xenc:CipherValue>YWJj</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml:EncryptedAttribute>",
            )),
        ),
        ("configured", one_way(vec![Edit::Setting("idp_cert_fingerprint", json!(null))])),
        (
            "version",
            each(
                "InResponseTo=\"_q\" Version=\"2.0\"",
                &[
                    "Version=\"1.0\"",
                    "Version=\"1.1\"",
                    "Version=\"2\"",
                    "Version=\"2.1\"",
                    "Version=\"\"",
                    "Version=\"2.0 \"",
                    "Version=\" 2.0\"",
                    "Version=\"two\"",
                    "version=\"2.0\"",
                    "Version=\"02.0\"",
                ],
            ),
        ),
        (
            "response-id",
            each(
                "ID=\"_r\"",
                &[
                    "",
                    "Id=\"_r\"",
                    "id=\"_r\"",
                    "iD=\"_r\"",
                    "xml:id=\"_r\"",
                    "ResponseID=\"_r\"",
                    "AssertionID=\"_r\"",
                    "Identifier=\"_r\"",
                    "IDs=\"_r\"",
                    "I=\"_r\"",
                ],
            ),
        ),
        ("status", structure::status()),
        ("one-assertion", structure::assertions()),
        ("signed-elements", structure::signed_elements()),
        ("schema", structure::schema()),
        ("one-conditions", one_way(xml_until("<saml:Conditions ", "<saml:AuthnStatement ", ""))),
        ("validity", validity()),
        ("one-authn-statement", {
            let mut ways = one_way(xml_until("<saml:AuthnStatement ", "<saml:AttributeStatement>", ""));
            ways.push(xml("<saml:AttributeStatement>", "<saml:AuthnStatement AuthnInstant=\"2026-03-01T11:59:30Z\"><saml:AuthnContext><saml:AuthnContextClassRef>urn:x</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>"));
            ways
        }),
        ("audience", audience()),
        (
            "destination",
            each(
                "Destination=\"https://gitlab.example.com/groups/acme/-/saml/callback\"",
                &[
                    "Destination=\"\"",
                    "Destination=\"https://gitlab.example.com/groups/Acme/-/saml/callback\"",
                    "Destination=\"https://gitlab.example.com/groups/acme/-/saml/callback/\"",
                    "Destination=\"http://gitlab.example.com/groups/acme/-/saml/callback\"",
                    "Destination=\"https://gitlab.com/groups/acme/-/saml/callback\"",
                    "Destination=\"https://gitlab.example.com/groups/acme/-/saml/callback?x=1\"",
                    "Destination=\"https://gitlab.example.com/users/auth/saml/callback\"",
                    "Destination=\"https://gitlab.example.com\"",
                    "Destination=\"urn:x\"",
                    "Destination=\"https://gitlab.example.com/groups/acme/-/saml/c%61llback\"",
                    "Destination=\"/groups/acme/-/saml/callback\"",
                ],
            ),
        ),
        ("issuer", issuer()),
        (
            "session",
            [
                "11:59:59Z",
                "11:00:00Z",
                "00:00:00Z",
                "11:59:59.999Z",
                "12:59:59+01:00",
                "11:59:59",
                "10:59:59-01:00",
                "12:29:59+00:30",
                "01:02:03.4Z",
                "11:59:00.000Z",
            ]
            .iter()
            .map(|time| xml("SessionIndex=\"_s\"", format!("SessionNotOnOrAfter=\"2026-03-01T{time}\"")))
            .collect(),
        ),
        ("subject-confirmation", confirmation()),
        ("name-id", name_id()),
        ("signature", signature()),
        (
            "uid",
            ["name", "Email", "EMAIL", "mail", "uid", " email", "email ", "urn:x", "username", "x"]
                .iter()
                .map(|name| vec![Edit::Setting("uid_attribute", json!(name))])
                .collect(),
        ),
    ]
}

/// The one way beside ten harmless changes.
fn one_way(way: Vec<Edit>) -> Vec<Vec<Edit>> {
    harmless().into_iter().take(12).map(|other| [other, way.clone()].concat()).collect()
}

/// Replaces everything from `start` up to `end`.
fn xml_until(start: &'static str, end: &'static str, with: &str) -> Vec<Edit> {
    // The draft has both once; a range is written as `start…end`.
    vec![Edit::Until(start, end, with.to_owned())]
}

fn validity() -> Vec<Vec<Edit>> {
    let early = ["12:00:01Z", "12:00:00.001Z", "13:00:01+01:00", "12:00:01", "23:59:59Z", "11:00:01-01:00"];
    let late = ["11:59:59Z", "11:59:59.999Z", "12:59:59+01:00", "11:59:59", "00:00:00Z", "10:59:59-01:00"];
    let mut ways: Vec<Vec<Edit>> = early
        .iter()
        .map(|t| xml("NotBefore=\"2026-03-01T11:59:00Z\"", format!("NotBefore=\"2026-03-01T{t}\"")))
        .collect();
    ways.extend(late.iter().map(|t| {
        xml(
            "NotOnOrAfter=\"2026-03-01T12:05:00Z\"><saml:Aud",
            format!("NotOnOrAfter=\"2026-03-01T{t}\"><saml:Aud"),
        )
    }));
    for (drift, time) in [(1, "12:00:02Z"), (30, "12:00:31Z"), (0, "12:00:01Z")] {
        let mut way = xml("NotBefore=\"2026-03-01T11:59:00Z\"", format!("NotBefore=\"2026-03-01T{time}\""));
        way.push(Edit::Setting("allowed_clock_drift", json!(drift)));
        ways.push(way);
    }
    ways
}

fn audience() -> Vec<Vec<Edit>> {
    let mut ways = each(
        "<saml:Audience>https://gitlab.example.com/groups/acme<",
        &[
            "<saml:Audience>https://gitlab.example.com/groups/acme/<",
            "<saml:Audience>https://gitlab.example.com/groups/Acme<",
            "<saml:Audience> https://gitlab.example.com/groups/acme<",
            "<saml:Audience>http://gitlab.example.com/groups/acme<",
            "<saml:Audience>https://gitlab.com/groups/acme<",
            "<saml:Audience>gitlab<",
            "<saml:Audience>https://gitlab.example.com/groups/acme\n<",
            "<saml:Audience>a_b</saml:Audience><saml:Audience>c<",
            "<saml:Audience>https://GITLAB.example.com/groups/acme<",
            "<saml:Audience>x&amp;y<",
        ],
    );
    ways.push(vec![Edit::Setting("sp_entity_id", json!(format!("{ENTITY_ID}x")))]);
    ways
}

fn issuer() -> Vec<Vec<Edit>> {
    let expects = |text: &str| Edit::Setting("idp_entity_id", json!(text));
    let mut ways: Vec<Vec<Edit>> = [
        "https://idp.example.com/other",
        "https://idp.example.com/metadata/",
        "https://idp.example.com/Metadata",
        "urn:x",
        "x",
        "http://idp.example.com/metadata",
        "https://idp.example.com/metadata?x",
        "https://idp.example.org/metadata",
    ]
    .iter()
    .map(|text| vec![expects(text)])
    .collect();
    ways.push(
        [xml("<saml:Issuer>https://idp.example.com/metadata</saml:Issuer>", ""), vec![expects(IDP)]].concat(),
    );
    ways.push(
        [
            xml(
                "<saml:Issuer>https://idp.example.com/metadata</saml:Issuer>",
                "<saml:Issuer>x</saml:Issuer>",
            ),
            vec![expects(IDP)],
        ]
        .concat(),
    );
    ways.push(
        [
            xml(
                "Destination=\"https://gitlab.example.com/groups/acme/-/saml/callback\"><saml:Issuer>",
                "><saml:Issuer> ",
            ),
            vec![expects(IDP)],
        ]
        .concat(),
    );
    ways
}

fn confirmation() -> Vec<Vec<Edit>> {
    let at = "NotOnOrAfter=\"2026-03-01T12:05:00Z\" Recipient";
    let mut ways = each("cm:bearer", &["cm:sender-vouches", "cm:holder-of-key", "cm:Bearer"]);
    ways.extend(each(
        at,
        &[
            "NotOnOrAfter=\"2026-03-01T11:59:59Z\" Recipient",
            "NotBefore=\"2026-03-01T12:00:01Z\" Recipient",
            "NotOnOrAfter=\"2026-03-01T12:30:00+01:00\" Recipient",
        ],
    ));
    ways.extend(each(
        "Data InResponseTo=\"_q\"",
        &["Data InResponseTo=\"_Q\"", "Data InResponseTo=\"_other\""],
    ));
    ways.push(xml("InResponseTo=\"_q\" V", "V"));
    ways.extend(
        [
            "x",
            "",
            "http://gitlab.example.com/groups/acme/-/saml/callback",
            "https://GITLAB.example.com/groups/acme/-/saml/callback",
            "https://gitlab.example.com/groups/acme/-/saml/callback/",
        ]
        .iter()
        .map(|other| {
            xml(
                "Recipient=\"https://gitlab.example.com/groups/acme/-/saml/callback\"",
                format!("Recipient=\"{other}\""),
            )
        }),
    );
    ways.push(vec![Edit::Until("<saml:SubjectConfirmation ", "</saml:Subject>", String::new())]);
    ways.push(vec![Edit::Until(
        "<saml:SubjectConfirmationData ",
        "</saml:SubjectConfirmation>",
        String::new(),
    )]);
    ways
}

fn name_id() -> Vec<Vec<Edit>> {
    let mut ways = each("alex-4711", &["", "<!-- alex -->", "<?alex?>", "<![CDATA[]]>"]);
    ways.extend(
        [
            "x",
            "https://gitlab.example.com",
            "https://gitlab.example.com/groups/acme/",
            " ",
            "https://gitlab.example.com/groups/Acme",
            "gitlab",
            "urn:x",
        ]
        .iter()
        .map(|qualifier| xml("<saml:NameID ", format!("<saml:NameID SPNameQualifier=\"{qualifier}\" "))),
    );
    ways.push(xml("<saml:NameID Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\">alex-4711</saml:NameID>",
        "<saml:EncryptedID><xenc:EncryptedData xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"><xenc:CipherData><xenc:CipherValue>YWJj</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml:EncryptedID>"));
    ways
}

fn signature() -> Vec<Vec<Edit>> {
    let after = |from: &'static str, to: &str| vec![Edit::After(from, to.to_owned())];
    let key_info = |text: String| vec![Edit::Sign("key_info", json!(text))];
    vec![
        after("alex-4711", "admin"),
        after("alex@example.com", "admin@example.com"),
        after("<saml:Subject>", " <saml:Subject>"),
        after("_s\"", "_t\""),
        after("xmldsig-more#rsa-sha256", "xmldsig-more#rsa-sha512"),
        after("xmlenc#sha256", "xmlenc#sha512"),
        after("<ds:SignedInfo>", "<ds:SignedInfo> "),
        key_info(KEY_INFO.replace("CERTIFICATE", "OTHER")),
        key_info(String::new()),
        key_info("<ds:KeyInfo><ds:KeyName>x</ds:KeyName></ds:KeyInfo>".to_owned()),
        key_info(KEY_INFO.replace("{CERTIFICATE}", "YWJj")),
        vec![Edit::Setting("idp_cert_fingerprint", json!("other"))],
        vec![Edit::Setting("idp_cert_fingerprint", json!("00:11"))],
        after("http://www.w3.org/2001/10/xml-exc-c14n#", "http://www.w3.org/2006/12/xml-c14n11"),
    ]
}

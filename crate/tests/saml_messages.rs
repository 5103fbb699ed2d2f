//! SAML messages as plain data: what is read of each, and what is a flaw.

#![allow(clippy::unwrap_used)] // a test stops where it fails, the functions that it shares too

use proptest::prelude::*;
use samlight::{
    base::limits::LIMITS,
    binding::{Carried, from_octets},
    saml::{Body, Message, MessageKind, NameId, TextReader},
    xml::{Document, Element},
};

const RESPONSE: &str = r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
    xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r" Version="2.0" IssueInstant="2026-01-01T00:00:00Z"
    Destination="https://gitlab.com/groups/acme/-/saml/callback" InResponseTo="_q">
  <saml:Issuer>https://idp.example.com/</saml:Issuer>
  <samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><samlp:StatusCode
    Value="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"/></samlp:StatusCode>
    <samlp:StatusMessage>No.</samlp:StatusMessage></samlp:Status>
  <saml:Assertion ID="_a" Version="2.0" IssueInstant="2026-01-01T00:00:00Z">
    <saml:Issuer>https://idp.example.com/</saml:Issuer>
    <saml:Subject>
      <saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" NameQualifier="nq"
        SPNameQualifier="sp" SPProvidedID="pid"> Ada@example.com
</saml:NameID>
      <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData
        Recipient="https://gitlab.com/groups/acme/-/saml/callback" InResponseTo="_q"
        NotBefore="2026-01-01T00:00:00Z" NotOnOrAfter="2026-01-01T00:05:00Z"/></saml:SubjectConfirmation>
      <saml:SubjectConfirmation Method="urn:example"/>
    </saml:Subject>
    <saml:Conditions NotBefore="2026-01-01T00:00:00Z" NotOnOrAfter="2026-01-01T00:05:00Z">
      <saml:AudienceRestriction><saml:Audience>https://gitlab.com/groups/acme</saml:Audience></saml:AudienceRestriction>
      <saml:AudienceRestriction><saml:Audience>b</saml:Audience><saml:Audience>c</saml:Audience></saml:AudienceRestriction>
      <saml:OneTimeUse/>
    </saml:Conditions>
    <saml:AuthnStatement AuthnInstant="2026-01-01T00:00:00Z" SessionIndex="s3ss10n"
      SessionNotOnOrAfter="2026-01-01T08:00:00Z"><saml:AuthnContext>
      <saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>
    </saml:AuthnContext></saml:AuthnStatement>
    <saml:AttributeStatement>
      <saml:Attribute Name="email" FriendlyName="E-mail" NameFormat="urn:f"><saml:AttributeValue
        >ada@example.com</saml:AttributeValue><saml:AttributeValue/></saml:Attribute>
      <saml:EncryptedAttribute/>
    </saml:AttributeStatement>
    <saml:AttributeStatement><saml:Attribute Name="id"><saml:AttributeValue><saml:NameID>x</saml:NameID
      ></saml:AttributeValue></saml:Attribute></saml:AttributeStatement>
  </saml:Assertion>
  <saml:EncryptedAssertion/>
</samlp:Response>"#;

fn read(xml: &str) -> Message {
    let carried = from_octets(xml.as_bytes(), &LIMITS);
    assert_eq!(carried.flaws, [], "{xml}");
    carried.message.unwrap()
}

/// A message of the protocol's namespace, with the assertion's namespace as the default.
fn protocol(xml: &str) -> String {
    let namespaces =
        r#" xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns="urn:oasis:names:tc:SAML:2.0:assertion""#;
    let end_of_name = xml.find([' ', '>', '/']).unwrap();
    format!("{}{namespaces}{}", &xml[..end_of_name], &xml[end_of_name..])
}

fn codes(carried: &Carried) -> Vec<&'static str> {
    carried.flaws.iter().map(|flaw| flaw.code).collect()
}

#[test]
fn reads_a_response() {
    let carried = from_octets(RESPONSE.as_bytes(), &LIMITS);
    // At both ends of the NameID.
    assert_eq!(codes(&carried), ["white-space-in-name-id", "white-space-in-name-id"]);
    let message = carried.message.unwrap();
    assert_eq!(message.kind, MessageKind::Response);
    let head = &message.head;
    assert_eq!(head.id.as_deref(), Some("_r"));
    assert_eq!(head.version.as_deref(), Some("2.0"));
    assert_eq!(head.issue_instant.as_deref(), Some("2026-01-01T00:00:00Z"));
    assert_eq!(head.destination.as_deref(), Some("https://gitlab.com/groups/acme/-/saml/callback"));
    assert_eq!(head.in_response_to.as_deref(), Some("_q"));
    assert_eq!(head.issuer.as_deref(), Some("https://idp.example.com/"));

    let status = message.status().unwrap();
    assert_eq!(status.code(), Some("urn:oasis:names:tc:SAML:2.0:status:Responder"));
    assert_eq!(status.subcode(), Some("urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"));
    assert_eq!((status.message.as_deref(), status.is_success()), (Some("No."), false));

    assert_eq!(message.response().unwrap().encrypted_assertions.len(), 1);
    assert!(message.is_encrypted() && !message.encrypted_id());
    let [assertion] = message.assertions() else { panic!("{message:?}") };
    assert_eq!(
        (assertion.id.as_deref(), assertion.issuer.as_deref()),
        (Some("_a"), Some("https://idp.example.com/"))
    );
    assert!(RESPONSE[assertion.span.start..assertion.span.end].starts_with("<saml:Assertion ID"));

    let name_id = message.name_id().unwrap();
    let expected = NameId {
        other_readings: vec![],
        value: " Ada@example.com\n".to_owned(),
        format: Some("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent".to_owned()),
        name_qualifier: Some("nq".to_owned()),
        sp_name_qualifier: Some("sp".to_owned()),
        sp_provided_id: Some("pid".to_owned()),
        span: name_id.span,
    };
    assert_eq!(name_id, &expected);

    let [bearer, other] = message.subject().unwrap().confirmations.as_slice() else { panic!("{message:?}") };
    assert_eq!(bearer.method.as_deref(), Some("urn:oasis:names:tc:SAML:2.0:cm:bearer"));
    assert_eq!(bearer.recipient.as_deref(), Some("https://gitlab.com/groups/acme/-/saml/callback"));
    assert_eq!(bearer.in_response_to.as_deref(), Some("_q"));
    assert_eq!(bearer.not_before.as_deref(), Some("2026-01-01T00:00:00Z"));
    assert_eq!(bearer.not_on_or_after.as_deref(), Some("2026-01-01T00:05:00Z"));
    assert_eq!((other.method.as_deref(), other.recipient.as_deref()), (Some("urn:example"), None));

    let conditions = assertion.conditions.as_ref().unwrap();
    assert_eq!(conditions.audiences().collect::<Vec<_>>(), ["https://gitlab.com/groups/acme", "b", "c"]);
    assert_eq!(conditions.audience_restrictions.len(), 2);
    assert!(conditions.one_time_use);

    let [authn] = assertion.authn_statements.as_slice() else { panic!("{assertion:?}") };
    assert_eq!(authn.session_index.as_ref().map(|index| index.expose().as_str()), Some("s3ss10n"));
    assert_eq!(authn.session_not_on_or_after.as_deref(), Some("2026-01-01T08:00:00Z"));
    let context = authn.authn_context_class_ref.as_deref();
    assert_eq!(context, Some("urn:oasis:names:tc:SAML:2.0:ac:classes:Password"));

    let [email, id] = assertion.attributes.as_slice() else { panic!("{assertion:?}") };
    assert_eq!(email.name.as_deref(), Some("email"));
    assert_eq!(
        (email.friendly_name.as_deref(), email.name_format.as_deref()),
        (Some("E-mail"), Some("urn:f"))
    );
    assert_eq!(
        (&email.values[..], &id.values[..]),
        (&["ada@example.com".into(), "".into()][..], &["x".into()][..])
    );
    assert_eq!(assertion.encrypted_attributes, 1);

    assert!(!format!("{message:?}").contains("s3ss10n"));
}

#[test]
fn reads_an_authn_request() {
    let message = read(&protocol(
        "<p:AuthnRequest AssertionConsumerServiceURL='https://gitlab.com/acs' AssertionConsumerServiceIndex='1' \
         ProtocolBinding='urn:b' ForceAuthn='true' IsPassive='0'><Subject><NameID>ada</NameID></Subject>\
         <p:NameIDPolicy AllowCreate='1' Format='urn:f' SPNameQualifier='q'/><p:RequestedAuthnContext \
         Comparison='exact'><AuthnContextClassRef>a</AuthnContextClassRef><AuthnContextClassRef>b\
         </AuthnContextClassRef></p:RequestedAuthnContext></p:AuthnRequest>",
    ));
    let request = message.authn_request().unwrap();
    assert_eq!(request.acs_url.as_deref(), Some("https://gitlab.com/acs"));
    assert_eq!(request.acs_index.as_deref(), Some("1"));
    assert_eq!(request.protocol_binding.as_deref(), Some("urn:b"));
    assert_eq!((request.force_authn, request.is_passive), (Some(true), Some(false)));
    let policy = request.name_id_policy.as_ref().unwrap();
    assert_eq!((policy.format.as_deref(), policy.sp_name_qualifier.as_deref()), (Some("urn:f"), Some("q")));
    assert_eq!(policy.allow_create, Some(true));
    let context = request.requested_authn_context.as_ref().unwrap();
    assert_eq!((context.comparison.as_deref(), context.class_refs.len()), (Some("exact"), 2));
    assert_eq!(message.name_id().unwrap().value, "ada");
}

#[test]
fn reads_a_logout() {
    let message = read(&protocol(
        "<p:LogoutRequest Reason='urn:r' NotOnOrAfter='2026-01-01T00:00:00Z'><NameID>ada</NameID>\
         <p:SessionIndex>1</p:SessionIndex><p:SessionIndex>2</p:SessionIndex></p:LogoutRequest>",
    ));
    let request = message.logout_request().unwrap();
    assert_eq!((request.reason.as_deref(), request.session_indexes.len()), (Some("urn:r"), 2));
    assert_eq!((message.name_id().unwrap().value.as_str(), message.encrypted_id()), ("ada", false));

    let message = read(&protocol(
        "<p:LogoutResponse><p:Status><p:StatusCode Value='urn:oasis:names:tc:SAML:2.0:status:Success'/></p:Status>\
         </p:LogoutResponse>",
    ));
    assert!(message.status().unwrap().is_success() && message.name_id().is_none());
    assert!(matches!(message.body, Body::LogoutResponse(_)));
}

#[test]
fn what_is_no_message_is_still_listed() {
    for (xml, name) in [
        ("<html/>".to_owned(), "html"),
        (
            r#"<Response xmlns="urn:oasis:names:tc:SAML:1.0:assertion" ResponseID="x"/>"#.to_owned(),
            "Response",
        ),
        (protocol("<p:Assertion/>"), "Assertion"),
        (protocol("<p:Extensions/>"), "Extensions"),
    ] {
        let carried = from_octets(xml.as_bytes(), &LIMITS);
        assert_eq!(codes(&carried), ["not-saml"], "{xml}");
        let message = carried.message.unwrap();
        assert_eq!((message.kind.name(), message.kind.clone()), (name, MessageKind::Other(name.to_owned())));
    }
    let carried = from_octets(b"no XML", &LIMITS);
    assert_eq!((codes(&carried), carried.message), (vec!["text-outside-root", "no-root"], None));
}

#[test]
fn a_name_id_is_its_own_text_and_what_divides_readers_is_a_flaw() {
    for (content, value, expected) in [
        ("a@example.com<!-- -->.example.com", "a@example.com.example.com", vec!["comment-in-name-id"]),
        ("a<?x y?>b", "ab", vec!["pi-in-name-id"]),
        ("<![CDATA[a&]]>b", "a&b", vec!["cdata-in-name-id"]),
        ("a<b>c</b>d", "ad", vec!["child-in-name-id"]),
        (
            "tom&amp;jerry &#38;\n",
            "tom&jerry &\n",
            vec!["reference-in-name-id", "reference-in-name-id", "white-space-in-name-id"],
        ),
        ("", "", vec![]),
        ("a</NameID><NameID>b", "a", vec!["several-name-ids"]),
        ("a</NameID></Subject><Subject><NameID>b", "a", vec!["several-subjects", "several-name-ids"]),
    ] {
        let xml = protocol(&format!(
            "<p:Response><Assertion><Subject><NameID>{content}</NameID></Subject></Assertion></p:Response>"
        ));
        let carried = from_octets(xml.as_bytes(), &LIMITS);
        assert_eq!(codes(&carried), expected, "{content}");
        assert_eq!(carried.message.unwrap().name_id().unwrap().value, value, "{content}");
    }
}

#[test]
fn what_other_readers_see_is_said_where_it_differs() {
    for (content, expected) in [
        ("ada@example.com", vec![]),
        ("ada<!---->.evil", vec![(TextReader::FirstText, "ada")]),
        ("<!---->ada", vec![]),
        ("ada<?x?>.evil", vec![(TextReader::FirstText, "ada")]),
        ("<![CDATA[ada]]>", vec![]),
        ("ada<![CDATA[.]]>evil", vec![(TextReader::FirstText, "ada")]),
        ("a&amp;b<!---->c", vec![(TextReader::FirstText, "a&b"), (TextReader::Escaped, "a&amp;bc")]),
        ("ada<b>.evil</b>", vec![(TextReader::AllText, "ada.evil")]),
        ("<b>x</b>ada\r\n", vec![(TextReader::AllText, "xada\n")]),
    ] {
        let xml = protocol(&format!("<p:LogoutRequest><NameID>{content}</NameID></p:LogoutRequest>"));
        let message = from_octets(xml.as_bytes(), &LIMITS).message.unwrap();
        let readings = &message.name_id().unwrap().other_readings;
        let found: Vec<_> = readings.iter().map(|other| (other.reader, other.value.as_str())).collect();
        assert_eq!(found, expected, "{content}");
    }
}

#[test]
fn characters_of_a_name_id_that_are_not_what_they_seem_are_flaws_with_their_place() {
    for (content, expected) in [
        ("Ada Lovelace", vec![]),
        ("CN=Ada, O=Example", vec![]),
        (" ada\n ", vec![("white-space-in-name-id", 0, 1), ("white-space-in-name-id", 4, 5)]),
        (" \n", vec![("white-space-in-name-id", 0, 1)]),
        ("a\tda", vec![("white-space-in-name-id", 1, 2)]),
        ("ada&#13;", vec![("reference-in-name-id", 3, 8), ("white-space-in-name-id", 3, 8)]),
        ("<![CDATA[a\u{a0}]]>", vec![("cdata-in-name-id", 0, 15), ("invisible-in-name-id", 10, 12)]),
        ("a\u{200b}da\u{feff}", vec![("invisible-in-name-id", 1, 4), ("invisible-in-name-id", 6, 9)]),
        ("a\u{202e}da", vec![("bidirectional-in-name-id", 1, 4)]),
        ("\u{430}da", vec![("look-alike-in-name-id", 0, 2)]),
        ("ada@ex\u{ff41}mple.com", vec![("look-alike-in-name-id", 6, 9)]),
        // Honest Cyrillic and Greek names, and an honest umlaut.
        ("\u{438}\u{432}\u{430}\u{43d}@example.com", vec![]),
        ("\u{3c3}\u{3bf}\u{3c6}\u{3af}\u{3b1}", vec![]),
        ("J\u{fc}rgen", vec![]),
        // All letters of the word pass for ASCII.
        (
            "\u{440}\u{430}@example.com",
            vec![("look-alike-in-name-id", 0, 2), ("look-alike-in-name-id", 2, 4)],
        ),
        ("Ju\u{308}rgen", vec![("unicode-form-in-name-id", 2, 4)]),
    ] {
        let xml = protocol(&format!("<p:LogoutRequest><NameID>{content}</NameID></p:LogoutRequest>"));
        let start = xml.find("<NameID>").unwrap() + "<NameID>".len();
        let carried = from_octets(xml.as_bytes(), &LIMITS);
        let found: Vec<_> = carried
            .flaws
            .iter()
            .map(|flaw| (flaw.code, flaw.at.unwrap().start - start, flaw.at.unwrap().end - start))
            .collect();
        assert_eq!(found, expected, "{content:?}");
    }
}

#[test]
fn ids_and_instants_are_checked() {
    let xml = protocol(
        "<p:Response ID='a' IssueInstant='today'><Assertion ID='b'><Conditions NotBefore='2026-01-01'/><Conditions/>\
         </Assertion><Assertion ID='b'/></p:Response>",
    );
    let carried = from_octets(xml.as_bytes(), &LIMITS);
    assert_eq!(codes(&carried), ["duplicate-id", "bad-instant", "several-conditions", "bad-instant"]);
    let message = carried.message.unwrap();
    assert_eq!(message.head.issue_instant.as_deref(), Some("today"));
    assert_eq!(message.assertions().len(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Octets put in, taken out and moved anywhere in a message.
    #[test]
    fn a_mutated_message_is_always_listed(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..40, "[<>/&;'\" a:!?-]{0,3}|\\PC"), 1..6),
    ) {
        let mut octets = RESPONSE.as_bytes().to_vec();
        for (place, removed, put) in edits {
            let start = place.index(octets.len() + 1);
            octets.splice(start..(start + removed).min(octets.len()), put.into_bytes());
        }
        let carried = from_octets(&octets, &LIMITS);
        prop_assert!(carried.message.is_some() || !carried.flaws.is_empty());
        prop_assert!(carried.flaws.len() <= LIMITS.flaws);
        prop_assert_eq!(carried.octets().map(|kept| kept.into_exposed()), Some(octets.as_slice()));
        // An edit can put it elsewhere, for example by taking the quotation mark before it away.
        let elements = carried.document.as_ref().and_then(Document::root).map(Element::descendants);
        let session = |element: Element<'_>| {
            let index = element.attribute("SessionIndex");
            element.local() == "AuthnStatement" && index.is_some_and(|index| index == "s3ss10n")
        };
        if elements.is_some_and(|mut elements| elements.any(session)) {
            let shown = format!("{:?}", carried);
            prop_assert!(!shown.contains("s3ss10n"));
        }
    }
}

//! The messages beside sign-in and sign-out, and the bindings beside redirect and form: each is listed by its
//! name and read.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::panic)]

use base64::{Engine, prelude::BASE64_STANDARD};
use samlight::{
    base::limits::LIMITS,
    base::redact::Secret,
    binding::{BindingId, Carried, from_form, from_octets, from_query},
    saml::{Body, Message, MessageKind},
    view::print::{Given, inspect::inspect},
};
use serde_json::json;

const NAMESPACES: &str = "xmlns:p='urn:oasis:names:tc:SAML:2.0:protocol' xmlns='urn:oasis:names:tc:SAML:2.0:assertion' \
     xmlns:md='urn:oasis:names:tc:SAML:2.0:metadata' xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' \
     xmlns:ecp='urn:oasis:names:tc:SAML:2.0:profiles:SSO:ecp' xmlns:paos='urn:liberty:paos:2003-08' \
     xmlns:p1='urn:oasis:names:tc:SAML:1.0:protocol' xmlns:a1='urn:oasis:names:tc:SAML:1.0:assertion' \
     xmlns:t='http://schemas.xmlsoap.org/ws/2005/02/trust' xmlns:t13='http://docs.oasis-open.org/ws-sx/ws-trust/200512'";

const ASSERTION: &str = "<Assertion ID='_b' Version='2.0'><Issuer>https://idp.example.com</Issuer><Subject><NameID>ada\
     </NameID></Subject></Assertion>";

const ASSERTION_1_1: &str = "<a1:Assertion AssertionID='_c' MajorVersion='1' MinorVersion='1' \
     Issuer='https://idp.example.com' IssueInstant='2026-01-01T00:00:00Z'><a1:Conditions \
     NotBefore='2026-01-01T00:00:00Z'><a1:AudienceRestrictionCondition><a1:Audience>sp</a1:Audience>\
     </a1:AudienceRestrictionCondition></a1:Conditions><a1:AuthenticationStatement \
     AuthenticationInstant='2026-01-01T00:00:00Z' AuthenticationMethod='urn:m'><a1:Subject><a1:NameIdentifier \
     Format='urn:f'>ada</a1:NameIdentifier></a1:Subject></a1:AuthenticationStatement><a1:AttributeStatement>\
     <a1:Attribute AttributeName='mail' AttributeNamespace='urn:n'><a1:AttributeValue>ada@example.com\
     </a1:AttributeValue></a1:Attribute></a1:AttributeStatement></a1:Assertion>";

/// `element` with all namespaces declared.
fn declared(element: &str) -> String {
    let end = element.find([' ', '>', '/']).unwrap();
    format!("{} {NAMESPACES}{}", &element[..end], &element[end..])
}

fn carried(element: &str) -> Carried {
    from_octets(declared(element).as_bytes(), &LIMITS)
}

fn message(element: &str) -> Message {
    let carried = carried(element);
    assert_eq!(codes(&carried), Vec::<&str>::new(), "{element}");
    carried.message.unwrap()
}

fn codes(carried: &Carried) -> Vec<&'static str> {
    carried.flaws.iter().map(|flaw| flaw.code).collect()
}

fn name_id(message: &Message) -> Option<&str> {
    message.name_id().map(|name_id| name_id.value.as_str())
}

#[test]
fn reads_the_other_requests() {
    for (name, content, who) in [
        ("AttributeQuery", "<Subject><NameID>ada</NameID></Subject><Attribute Name='mail'/>", Some("ada")),
        ("AuthnQuery", "<Subject><NameID>ada</NameID></Subject>", Some("ada")),
        ("AuthzDecisionQuery", "<Subject><NameID>ada</NameID></Subject>", Some("ada")),
        ("NameIDMappingRequest", "<NameID>ada</NameID><p:NameIDPolicy/>", Some("ada")),
        ("ManageNameIDRequest", "<NameID>ada</NameID><p:NewID>ada2</p:NewID>", Some("ada")),
        ("AssertionIDRequest", "<AssertionIDRef>_x</AssertionIDRef>", None),
        ("ArtifactResolve", "<p:Artifact>AAQAAA==</p:Artifact>", None),
    ] {
        let message =
            message(&format!("<p:{name} ID='_q' Version='2.0'><Issuer>sp</Issuer>{content}</p:{name}>"));
        assert_eq!((message.kind.name(), name_id(&message)), (name, who));
        assert!(matches!(message.kind, MessageKind::Query(_)));
        assert_eq!((message.head.id.as_deref(), message.head.issuer.as_deref()), (Some("_q"), Some("sp")));
        let Body::Query(query) = &message.body else { panic!("{message:?}") };
        match name {
            "AttributeQuery" => assert_eq!(query.attributes[0].name.as_deref(), Some("mail")),
            "ManageNameIDRequest" => assert_eq!(query.new_id.as_deref(), Some("ada2")),
            "AssertionIDRequest" => assert_eq!(query.assertion_ids, ["_x"]),
            "ArtifactResolve" => assert!(query.artifact.is_some()),
            _ => {}
        }
        assert!(!format!("{message:?}").contains("AAQAAA"), "an artifact can be resolved by who sees it");
    }
}

#[test]
fn reads_the_other_answers_and_the_message_in_them() {
    let status = "<p:Status><p:StatusCode Value='urn:oasis:names:tc:SAML:2.0:status:Success'/></p:Status>";
    let resolved = message(&format!(
        "<p:ArtifactResponse ID='_o' InResponseTo='_q'>{status}<p:Response ID='_a'>{ASSERTION}</p:Response>\
         </p:ArtifactResponse>"
    ));
    assert_eq!((resolved.kind.name(), name_id(&resolved)), ("ArtifactResponse", Some("ada")));
    assert!(resolved.status().unwrap().is_success());
    let Body::Answer(answer) = &resolved.body else { panic!("{resolved:?}") };
    assert_eq!(answer.message.as_ref().unwrap().kind, MessageKind::Response);

    let mapped =
        message(&format!("<p:NameIDMappingResponse>{status}<NameID>ada</NameID></p:NameIDMappingResponse>"));
    assert_eq!(name_id(&mapped), Some("ada"));
    assert!(
        message(&format!("<p:ManageNameIDResponse>{status}</p:ManageNameIDResponse>")).status().is_some()
    );
}

#[test]
fn reads_a_bare_assertion() {
    let bare = message(ASSERTION);
    assert_eq!((bare.kind.name(), bare.assertions().len(), name_id(&bare)), ("Assertion", 1, Some("ada")));
    assert_eq!(bare.head.issuer.as_deref(), Some("https://idp.example.com"));
    let hidden = message("<EncryptedAssertion/>");
    assert_eq!((hidden.kind.name(), hidden.is_encrypted()), ("EncryptedAssertion", true));
}

#[test]
fn reads_metadata() {
    let sp = "<md:EntityDescriptor entityID='sp' validUntil='2027-01-01T00:00:00Z'><md:SPSSODescriptor \
         AuthnRequestsSigned='true' WantAssertionsSigned='0'><md:NameIDFormat>urn:f</md:NameIDFormat>\
         <md:AssertionConsumerService Binding='urn:b' Location='https://gitlab.example.com/acs' index='0' \
         isDefault='true'/></md:SPSSODescriptor></md:EntityDescriptor>";
    let idp = "<md:EntityDescriptor entityID='idp'><md:IDPSSODescriptor WantAuthnRequestsSigned='1'>\
         <md:SingleSignOnService Binding='urn:b' Location='https://idp.example.com/sso'/>\
         <md:SingleLogoutService Location='https://idp.example.com/slo' ResponseLocation='https://idp.example.com/r'/>\
         </md:IDPSSODescriptor><md:AttributeAuthorityDescriptor/></md:EntityDescriptor>";
    let both = carried(&format!("<md:EntitiesDescriptor>{sp}{idp}</md:EntitiesDescriptor>"));
    assert_eq!(codes(&both), Vec::<&str>::new());
    assert_eq!(
        inspect("f", &both, &Given::default())["metadata"],
        json!({ "entity_ids": ["sp", "idp"], "acs_urls": ["https://gitlab.example.com/acs"] })
    );
    let message = both.message.unwrap();
    let [sp, idp] = message.metadata().unwrap().entities.as_slice() else { panic!("{message:?}") };
    assert_eq!(sp.valid_until.as_deref(), Some("2027-01-01T00:00:00Z"));
    let role = &sp.roles[0];
    assert_eq!((role.requests_signed, role.want_assertions_signed), (Some(true), Some(false)));
    assert_eq!(
        (role.name_id_formats.as_slice(), role.endpoints[0].is_default),
        (&["urn:f".to_owned()][..], Some(true))
    );
    let roles: Vec<_> = idp.roles.iter().map(|role| role.descriptor.as_str()).collect();
    assert_eq!(roles, ["IDPSSODescriptor", "AttributeAuthorityDescriptor"]);
    assert_eq!(idp.roles[0].endpoints[1].response_location.as_deref(), Some("https://idp.example.com/r"));
}

#[test]
fn reads_saml_1_1_and_says_so() {
    let response = carried(&format!(
        "<p1:Response ResponseID='_a' InResponseTo='_r' MajorVersion='1' MinorVersion='1' Recipient='https://sp/acs'>\
         <p1:Status><p1:StatusCode Value='p1:Success'/></p1:Status>{ASSERTION_1_1}</p1:Response>"
    ));
    assert_eq!(codes(&response), ["saml-1-1"]);
    let found = inspect("f", &response, &Given::default());
    assert_eq!(
        json!([
            found["message"],
            found["version"],
            found["id"],
            found["in_response_to"],
            found["destination"]
        ]),
        json!(["Response", "1.1", "_a", "_r", "https://sp/acs"])
    );
    assert_eq!(json!([found["subject"]["name_id"], found["subject"]["format"]]), json!(["ada", "urn:f"]));
    assert_eq!(found["conditions"]["audiences"], json!(["sp"]));
    assert_eq!(found["authn"]["context"], "urn:m");
    assert_eq!(found["attributes"][0]["values"], json!(["ada@example.com"]));
    assert_eq!(found["assertion"], json!({ "id": "_c", "issuer": "https://idp.example.com" }));
    assert!(response.message.unwrap().status().unwrap().is_success());
    assert_eq!(carried(ASSERTION_1_1).message.unwrap().assertions().len(), 1);
}

#[test]
fn reads_the_result_of_ws_federation() {
    for (prefix, assertion) in [("t", ASSERTION_1_1), ("t13", ASSERTION)] {
        let answer = format!(
            "<{prefix}:RequestSecurityTokenResponse><{prefix}:RequestedSecurityToken>{assertion}\
             </{prefix}:RequestedSecurityToken></{prefix}:RequestSecurityTokenResponse>"
        );
        let fields =
            [("wa", "wsignin1.0".to_owned()), ("wresult", declared(&answer)), ("wctx", "/x".to_owned())];
        let found = from_form(&fields.map(|(name, value)| (name.to_owned(), Secret::new(value))), &LIMITS);
        let [found] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((found.binding, found.parameter.as_str()), (BindingId::WsFederation, "wresult"));
        assert_eq!(codes(found), ["ws-federation"]);
        assert_eq!(name_id(found.message.as_ref().unwrap()), Some("ada"));
        assert_eq!(found.relay_state.as_ref().unwrap().expose(), "/x");
    }
}

#[test]
fn reads_what_is_in_an_envelope() {
    let soap = carried("<s:Envelope><s:Body><p:ArtifactResolve ID='_q'/></s:Body></s:Envelope>");
    assert_eq!((soap.binding, codes(&soap)), (BindingId::Soap, vec![]));
    assert_eq!(soap.message.unwrap().kind.name(), "ArtifactResolve");

    let paos = carried(
        "<s:Envelope><s:Header><paos:Request responseConsumerURL='https://sp/acs'/><ecp:RelayState>/x\
         </ecp:RelayState></s:Header><s:Body><p:AuthnRequest ID='_r'/></s:Body></s:Envelope>",
    );
    assert_eq!((paos.binding, codes(&paos)), (BindingId::Paos, vec![]));
    assert_eq!(paos.relay_state.unwrap().expose(), "/x");
    assert_eq!(paos.message.unwrap().head.id.as_deref(), Some("_r"));

    for (body, code, name) in [
        ("<s:Fault><faultstring>No such\n user</faultstring></s:Fault>", "soap-fault", "Fault"),
        ("", "empty-envelope", "Envelope"),
        ("<p:AuthnRequest/><p:LogoutRequest/>", "several-messages", "AuthnRequest"),
        ("<x/>", "not-saml", "x"),
    ] {
        let found = carried(&format!("<s:Envelope><s:Body>{body}</s:Body></s:Envelope>"));
        assert_eq!(codes(&found), [code]);
        assert_eq!(found.message.unwrap().kind.name(), name);
    }
}

#[test]
fn reads_an_artifact_in_query_and_form() {
    let octets = [vec![0, 4, 0, 1], vec![0xAB; 20], vec![0xCD; 20]].concat();
    let value = BASE64_STANDARD.encode(&octets);
    let query = from_query(
        &format!("SAMLart={}&RelayState=%2Fx", value.replace('+', "%2B").replace('=', "%3D")),
        &LIMITS,
    );
    let form = from_form(&[("SAMLart".to_owned(), Secret::new(value.clone()))], &LIMITS);
    for found in query.iter().chain(&form) {
        assert_eq!((found.binding, codes(found)), (BindingId::HttpArtifact, vec![]));
        assert_eq!(
            inspect("f", found, &Given::default())["artifact"],
            json!({ "type_code": 4, "endpoint_index": 1, "source_id": "ab".repeat(20), "source_location": null,
                "message_handle": "cd".repeat(20) })
        );
        assert_eq!(found.message.as_ref().unwrap().kind, MessageKind::Artifact);
        assert!(!format!("{found:?}").contains("cdcd"));
    }
    assert_eq!((query.len(), form.len()), (1, 1));
    assert_eq!(query[0].relay_state.as_ref().unwrap().expose(), "/x");
    for (octets, code) in [(&octets[..30], "artifact-length"), (&[0, 9, 0][..], "artifact-type")] {
        let found = from_query(&format!("SAMLart={}", BASE64_STANDARD.encode(octets)), &LIMITS);
        assert_eq!(codes(&found[0]), [code]);
        assert!(found[0].flaws[0].at.is_some());
    }
}

#[test]
fn a_form_with_a_detached_signature_is_simple_sign() {
    let xml = declared("<p:Response/>");
    let fields = |names: &[&str]| -> Vec<(String, Secret<String>)> {
        let message = ("SAMLResponse".to_owned(), Secret::new(BASE64_STANDARD.encode(&xml)));
        let others = names.iter().map(|name| ((*name).to_owned(), Secret::from("QQ==")));
        std::iter::once(message).chain(others).collect()
    };
    let signed = from_form(&fields(&["Signature", "SigAlg"]), &LIMITS);
    assert_eq!(signed[0].binding, BindingId::HttpPostSimpleSign);
    assert_eq!(signed[0].signature.as_ref().unwrap().expose(), "QQ==");
    assert_eq!(from_form(&fields(&["Signature"]), &LIMITS)[0].binding, BindingId::HttpPost);
}

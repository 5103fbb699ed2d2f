//! Bodies that the browser gives as bytes, and forms as it gives them: what of them `capture.js` keeps.

use super::capture::{ACS, SECRET, browser, capture, events, response};
use samlight::{
    base::limits,
    binding::BindingId,
    event::{Body, Event, RequestBody},
    trace::{
        exchange::{Absence, Exchange},
        tracer::Tracer,
    },
};
use serde_json::{Value, json};

/// A body as bytes, with secrets around the message.
fn raw(body: &str) -> Value {
    browser(
        "onBeforeRequest",
        "1",
        "POST",
        "https://gitlab.com/anything",
        json!({"requestBody": {"raw": [{"bytes": body}]}}),
    )
}

#[test]
fn of_bytes_only_the_listed_fields_are_kept_and_only_beside_a_message() {
    let value = response();
    let escaped = value.replace('+', "%2B").replace('/', "%2f").replace('=', "%3D");
    let part = |name: &str, value: &str| {
        format!("--xYz\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let multipart = [
        part("password", SECRET),
        part("SAMLResponse", &value),
        part("RelayState", "/acme"),
        part("token", SECRET),
    ];
    for body in [
        multipart.concat() + "--xYz--\r\n",
        format!("password={SECRET}\r\nSAMLResponse={value}\r\nRelayState=/acme\r\n"),
        format!("password={SECRET}&SAMLResponse={escaped}&RelayState=%2Facme&x=%E4"),
        json!({"password": SECRET, "deep": [{"SAMLResponse": value, "RelayState": "/acme", "token": SECRET}]}).to_string(),
    ] {
        let kept = events(&[raw(&body)]);
        let [Event { body: Body::Request(request), .. }] = &kept[..] else { panic!("{body}: {kept:?}") };
        assert_eq!((request.body, request.pieces.len()), (RequestBody::Raw, 2), "{body}");
        let tracer = Tracer::replay(kept);
        let seen = &tracer.exchanges()[0].messages[0].carried();
        assert_eq!(seen.message.as_ref().unwrap().head.id.as_deref(), Some("_r1"), "{body}");
        assert_eq!(seen.relay_state.as_ref().unwrap().expose(), "/acme", "{body}");
    }
    for body in [
        format!("{SECRET} SAMLResponse={value}"),
        format!("<form>SAMLResponse={value}&{SECRET}</form>"),
        format!("RelayState={SECRET}&Signature={SECRET}"),
        json!({"text": format!("SAMLResponse={value}&RelayState={SECRET}"), "RelayState": SECRET})
            .to_string(),
        part("RelayState", SECRET) + "--xYz--\r\n",
    ] {
        assert_eq!(capture(&[raw(&body)])["kept"], json!([]), "{body}");
    }
}

#[test]
fn of_an_envelope_the_message_and_what_ecp_says_of_it_are_kept() {
    let message = "<p:Response xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_r1\" Version=\"2.0\"/>";
    let envelope = |header: &str, body: &str| {
        format!(
            "<?xml version=\"1.0\"?>\n<S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\">{header}\
             <S:Body>\n {body}</S:Body></S:Envelope>"
        )
    };
    let password = format!(
        "<w:Security xmlns:w=\"urn:w\"><w:UsernameToken><w:Password>{SECRET}</w:Password></w:UsernameToken></w:Security>"
    );
    let relay_state = "<e:RelayState xmlns:e=\"urn:oasis:names:tc:SAML:2.0:profiles:SSO:ecp\" S:mustUnderstand=\"1\">/acme</e:RelayState>";
    let header = format!("<S:Header>{password}{relay_state}</S:Header>");
    for (header, binding, relayed) in
        [(header.as_str(), BindingId::Paos, Some("/acme")), ("", BindingId::Soap, None)]
    {
        let tracer = Tracer::replay(events(&[raw(&envelope(header, message))]));
        let [seen] = &tracer.exchanges()[0].messages[..] else { panic!("{:?}", tracer.exchanges()) };
        let seen = seen.carried();
        assert_eq!(seen.message.as_ref().unwrap().head.id.as_deref(), Some("_r1"));
        assert_eq!((seen.binding, seen.relay_state.as_ref().map(|it| it.expose())), (binding, relayed));
        assert_eq!(seen.flaws, []);
    }
    let asks_for_saml = format!(
        "<t:RequestSecurityToken xmlns:t=\"urn:t\"><t:TokenType>urn:oasis:names:tc:SAML:2.0:assertion</t:TokenType>{SECRET}</t:RequestSecurityToken>"
    );
    for body in
        [envelope(&password, &asks_for_saml), envelope(&password, "<Response/>"), format!("<a>{message}</a>")]
    {
        assert_eq!(capture(&[raw(&body)])["kept"], json!([]), "{body}");
    }
}

#[test]
fn what_firefox_leaves_out_of_a_form_is_an_empty_value() {
    // A name without `=`, and a value that is no UTF-8 and comes as bytes, which JSON cannot hold here.
    let form = json!({"requestBody": {"formData": {"SAMLResponse": [null, response()]}}});
    let kept = events(&[browser("onBeforeRequest", "1", "POST", ACS, form)]);
    let [Event { body: Body::Request(request), .. }] = &kept[..] else { panic!("{kept:?}") };
    let values: Vec<usize> = request.form[0].1.iter().map(|value| value.expose().len()).collect();
    assert_eq!(values, [0, response().len()]);
}

#[test]
fn what_is_larger_than_the_store_bears_is_cut_and_told() {
    let long = "A".repeat(limits::FIELD_CHARS + 7);
    let kept = events(&[
        browser(
            "onBeforeRequest",
            "1",
            "POST",
            ACS,
            json!({"requestBody": {"formData": {"SAMLResponse": [long]}}}),
        ),
        browser(
            "onBeforeRequest",
            "2",
            "POST",
            ACS,
            json!({"requestBody": {"raw": [{"bytes": "A".repeat(limits::RAW_BODY_BYTES + 1)}]}}),
        ),
    ]);
    let [Event { body: Body::Request(cut), .. }, Event { body: Body::Request(large), .. }] = &kept[..] else {
        panic!("{} events", kept.len());
    };
    assert_eq!(cut.form[0].1[0].expose().len(), limits::FIELD_CHARS);
    assert_eq!(cut.cut, Some(limits::FIELD_CHARS as u64 + 7));
    assert_eq!((large.body, large.pieces.len()), (RequestBody::TooLarge, 0));
    let absent: Vec<Vec<Absence>> = Tracer::replay(kept).exchanges().iter().map(Exchange::absences).collect();
    assert_eq!(
        absent,
        [vec![Absence::CutBody, Absence::Response], vec![Absence::LargeBody, Absence::Response]]
    );
}

#[test]
fn what_is_kept_of_an_envelope_is_kept_once() {
    let body = "<S:Envelope><S:Header><e:RelayState>/acme</S:Header><S:Body><p:Response \
                xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\"/></S:Body></S:Envelope>";
    let kept = events(&[raw(body)]);
    let [Event { body: Body::Request(request), .. }] = &kept[..] else { panic!("{kept:?}") };
    let whole: String = request.pieces.iter().map(|piece| piece.value().expose().clone()).collect();
    // The tag that closes the header does not close what is in it as well.
    assert_eq!(whole, body.replace("<e:RelayState>/acme", ""));
}

//! Texts that only look as if they held a message: base64 of other things, certificates, tokens, other
//! protocols, talk about SAML, values that are hidden.

use super::{told, utf_16};
use base64::{Engine, prelude::BASE64_STANDARD};
use samlight::saml::MessageKind;

/// Texts without a message, each with what it is.
const NEAR_MISSES: &[(&str, &str)] = &[
    ("nothing", ""),
    (
        "a sentence about SAML",
        "SAML sign-in fails since Monday. SAMLResponse is empty, they say. RelayState: /acme",
    ),
    ("the name alone", "SAMLResponse"),
    ("the name with nothing", "SAMLResponse=&RelayState=%2Facme"),
    ("the name and a word", "SAMLResponse: missing"),
    (
        "a filtered log",
        r#"{"method":"POST","path":"/groups/acme/-/saml/callback","params":[{"key":"SAMLResponse","value":"[FILTERED]"},{"key":"RelayState","value":"/acme"}]}"#,
    ),
    ("filtered Parameters", r#"Parameters: {"SAMLResponse"=>"[FILTERED]", "RelayState"=>"/acme"}"#),
    ("a masked form", "SAMLResponse={hash:0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f}"),
    ("a placeholder", "SAMLResponse=<base64 of the Response>"),
    (
        "documentation",
        "curl -d 'SAMLResponse=BASE64_ENCODED_RESPONSE&RelayState=URL' https://gitlab.example.com/users/auth/saml/callback",
    ),
    ("ruby-saml's error", "OneLogin::RubySaml::ValidationError, Fingerprint mismatch"),
    (
        "a URL without a message",
        "https://gitlab.com/groups/acme/-/saml/sso?token=abcdefgh&RelayState=%2Facme",
    ),
    ("a URL with an empty message", "https://idp.example.com/sso?SAMLRequest=&RelayState=x"),
    ("a URL that names it in a value", "https://example.com/search?q=SAMLResponse%3D"),
    (
        "a URL of OpenID Connect",
        "https://idp.example.com/authorize?response_type=code&client_id=abc&redirect_uri=https%3A%2F%2Fgitlab.com%2Fusers%2Fauth%2Fopenid_connect%2Fcallback&state=abcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdefabcdef",
    ),
    (
        "a JSON Web Token",
        "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbSIsInN1YiI6ImFkYSIsImF1ZCI6ImdpdGxhYiIsImV4cCI6MTkwMDAwMDAwMCwibm9uY2UiOiJuLTBTNl9XekEyTWoifQ.c2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJl",
    ),
    (
        "a bearer token",
        "Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzY29wZSI6InVybjpvYXNpczpuYW1lczp0YzpTQU1MOjIuMCJ9.c2ln",
    ),
    (
        "an OAuth assertion that is a token",
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.c2lnbmF0dXJl",
    ),
    (
        "an OAuth assertion of SAML",
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Asaml2-bearer&assertion=PHNhbWw6QXNzZXJ0aW9uIHhtbG5zOnNhbWw9InVybjpvYXNpczpuYW1lczp0YzpTQU1MOjIuMDphc3NlcnRpb24iIElEPSJfYSIgVmVyc2lvbj0iMi4wIj48c2FtbDpJc3N1ZXI-eDwvc2FtbDpJc3N1ZXI-PC9zYW1sOkFzc2VydGlvbj4",
    ),
    (
        "an OAuth assertion of SAML in JSON",
        r#"{"assertion":"PHNhbWw6QXNzZXJ0aW9uIHhtbG5zOnNhbWw9InVybjpvYXNpczpuYW1lczp0YzpTQU1MOjIuMDphc3NlcnRpb24iIElEPSJfYSIgVmVyc2lvbj0iMi4wIj48c2FtbDpJc3N1ZXI+eDwvc2FtbDpJc3N1ZXI+PC9zYW1sOkFzc2VydGlvbj4="}"#,
    ),
    (
        "a subject token",
        "subject_token=PHNhbWw6QXNzZXJ0aW9uIHhtbG5zOnNhbWw9InVybjpvYXNpczpuYW1lczp0YzpTQU1MOjIuMDphc3NlcnRpb24iIElEPSJfYSIgVmVyc2lvbj0iMi4wIj48L3NhbWw6QXNzZXJ0aW9uPg==&subject_token_type=urn:ietf:params:oauth:token-type:saml2",
    ),
    (
        "a certificate in PEM",
        "-----BEGIN CERTIFICATE-----\nMIICrTCCAZWgAwIBAgIBBzANBgkqhkiG9w0BAQsFADAaMRgwFgYDVQQDDA9pZHAu\nZXhhbXBsZS5jb20wHhcNMjQwMTAxMDAwMDAwWhcNMzQwMTAxMDAwMDAwWjAaMRgw\n-----END CERTIFICATE-----\n",
    ),
    (
        "a certificate in a sentence",
        "The certificate is MIICrTCCAZWgAwIBAgIBBzANBgkqhkiG9w0BAQsFADAaMRgwFgYDVQQDDA9pZHAuZXhhbXBsZS5jb20wHhcNMjQwMTAxMDAwMDAwWhcNMzQwMTAx, is it?",
    ),
    (
        "a certificate under a name",
        r#"{"idp_cert":"MIICrTCCAZWgAwIBAgIBBzANBgkqhkiG9w0BAQsFADAaMRgwFgYDVQQDDA9pZHAuZXhhbXBsZS5jb20wHhcNMjQwMTAxMDAwMDAwWhcNMzQwMTAx"}"#,
    ),
    (
        "a public key of SSH",
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7vbqajDhA0m0y6bq1k2v3mJ8Q1n9x2u5w8z1r4t7y0pQeRsTvUwXyZaBcDeFgHiJkLmNo ada@example.com",
    ),
    (
        "a fingerprint",
        "E1:36:12:CF:F1:47:F5:EC:39:62:3B:61:1D:57:E3:74:D0:85:4D:0F:C9:3C:AD:54:13:55:27:05:3F:A8:0E:BC",
    ),
    (
        "a fingerprint without colons",
        "e13612cff147f5ec39623b611d57e374d0854d0fc93cad54135527053fa80ebce13612cff147f5ec39623b611d57e374",
    ),
    (
        "digests",
        "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
    ),
    (
        "a picture in a page",
        r#"<img src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==">"#,
    ),
    (
        "a drawing in base64",
        "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHdpZHRoPSIxIiBoZWlnaHQ9IjEiPjxyZWN0IHdpZHRoPSIxIiBoZWlnaHQ9IjEiLz48L3N2Zz4=",
    ),
    (
        "a page in base64",
        "PGh0bWw+PGhlYWQ+PHRpdGxlPlNpZ24gaW48L3RpdGxlPjwvaGVhZD48Ym9keT5XZWxjb21lIHRvIEdpdExhYiwgcGxlYXNlIHNpZ24gaW4gd2l0aCBTU088L2JvZHk+PC9odG1sPg==",
    ),
    (
        "other XML in base64",
        "PD94bWwgdmVyc2lvbj0iMS4wIj8+PG5vdGU+PHRvPkFkYTwvdG8+PGZyb20+Qm9iPC9mcm9tPjxib2R5PkhlbGxvLCB0aGlzIGlzIGEgbm90ZSB0aGF0IGlzIGxvbmc8L2JvZHk+PC9ub3RlPg==",
    ),
    (
        "JSON in base64",
        "eyJ0aGlzIjoiaXMiLCJhIjoibG9uZyIsImpzb24iOiJkb2N1bWVudCIsIndpdGgiOiJtYW55IiwibWVtYmVycyI6ImluIiwiaXQiOiJmb3IiLCJiYXNlIjo2NH0=",
    ),
    (
        "random base64",
        "3q2+78r+ur4AESIzRFVmd4iZqrvM3e7/3q2+78r+ur4AESIzRFVmd4iZqrvM3e7/3q2+78r+ur4AESIzRFVmd4iZqrvM3e7/",
    ),
    (
        "random base64 in lines",
        "3q2+78r+ur4AESIzRFVmd4iZqrvM3e7/3q2+78r+ur4AESIzRFVmd4iZqrvM3e7/\n3q2+78r+ur4AESIzRFVmd4iZqrvM3e7/3q2+78r+ur4AESIzRFVmd4iZqrvM3e7/\n",
    ),
    (
        "a session cookie",
        "Cookie: _gitlab_session=0123456789abcdef0123456789abcdef; remember_user_token=eyJfcmFpbHMiOnsibWVzc2FnZSI6Ilcxc3lNVjBzSWlReVlTUXhNQ1I2Wkhkdk1XWmhOM0pzSWl3aU1UY3dNVEl6TkRVMk55NHhNak0wTlRZM0lsMD0ifX0%3D",
    ),
    (
        "a CSRF token",
        r#"<meta name="csrf-token" content="kX2m5Q8v7b1z3n9c4w6e0r2t5y8u1i3o6p9a2s4d7f0g3h6j9k2l5z8x1c4v7b0n3m6Q9W2E5R8T1Y4U7I0O3P6A==">"#,
    ),
    (
        "a UUID list",
        "5f0c2a10-1111-4c1e-9a01-0123456789ab,5f0c2a10-2222-4c1e-9a01-0123456789ab,5f0c2a10-3333-4c1e-9a01-0123456789ab",
    ),
    (
        "a page without a form",
        "<!doctype html><html><body><h1>Sign in</h1><p>SAML SSO for acme</p></body></html>",
    ),
    (
        "a form of a sign-in page",
        r#"<form action="/groups/acme/-/saml/sso" method="post"><input name="authenticity_token" value="kX2m5Q8v7b1z3n9c4w6e0r2t5y8u1i3o6p9a2s4d7f0g3h6j9k2l5z8x1c4v7b0n3m6Q9W2E5R8T1Y4U7I0O3P6A"><input name="RelayState" value="/acme"></form>"#,
    ),
    (
        "a form with an empty field",
        r#"<form><input type="hidden" name="SAMLResponse" value=""><input name="RelayState" value="/acme"></form>"#,
    ),
    (
        "a label of a form",
        r#"<label for="SAMLResponse">SAML Response</label><textarea id="SAMLResponse" placeholder="Paste the value of SAMLResponse"></textarea>"#,
    ),
    ("a tutorial's XML", "<Response>ok</Response>"),
    (
        "a Response of another kind",
        r#"<?xml version="1.0"?><Response xmlns="http://twilio.example.com/"><Say>Hello</Say></Response>"#,
    ),
    ("a Response in prose", "The <samlp:Response> element must be signed, and <saml:Assertion> too."),
    ("names of elements", "samlp:Response, samlp:AuthnRequest, saml:Assertion, ds:Signature"),
    ("a namespace alone", r#"xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol""#),
    (
        "NameID formats",
        "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress\nurn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    ),
    ("a status", "urn:oasis:names:tc:SAML:2.0:status:Responder"),
    (
        "code that builds one",
        r#"settings.assertion_consumer_service_url = "https://gitlab.com/groups/acme/-/saml/callback"
response = OneLogin::RubySaml::Response.new(params[:SAMLResponse], settings: settings)"#,
    ),
    ("code that reads one", "var saml = document.getElementsByName('SAMLResponse')[0].value; // base64"),
    (
        "a configuration of GitLab",
        "gitlab_rails['omniauth_providers'] = [{ name: 'saml', args: { assertion_consumer_service_url: 'https://gitlab.example.com/users/auth/saml/callback', idp_cert_fingerprint: '43:51:43:a1:b5:fc:8b:b7:0a:3a:a9:b1:0f:66:73:a8', issuer: 'https://gitlab.example.com' } }]",
    ),
    (
        "a stylesheet",
        ".samlresponse{background:url(data:font/woff2;base64,d09GMgABAAAAAAPMAA4AAAAACEAAAAN4AAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAGhgbEBwqBmAAXAg8CYM0)}",
    ),
    (
        "an envelope without SAML",
        r#"<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><m:GetPrice xmlns:m="https://shop.example.com"><m:Item>Apples</m:Item></m:GetPrice></soap:Body></soap:Envelope>"#,
    ),
    (
        "a log of SCIM",
        r#"{"method":"PATCH","path":"/api/scim/v2/groups/acme/Users/1","status":204,"params":[{"key":"Operations","value":[{"op":"replace","path":"active","value":"False"}]}]}"#,
    ),
    (
        "a mail's signature",
        "-----BEGIN PGP SIGNATURE-----\n\niQIzBAEBCAAdFiEEq3Zk1m4u5c6d7e8f9a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d\nAAoJEKt2ZNZuLuXOne3vH2mgGxwtPk9ga3yNnq+/0OHyAxQlNkdYaXqLnK2+z+D\n=abcd\n-----END PGP SIGNATURE-----\n",
    ),
    (
        "a patch of git",
        "diff --git a/x b/x\nindex 83db48f84ec878fbfb30b46d16630e944e34f205..f735c9f2a3b1c0d4e5f60718293a4b5c6d7e8f90 100644\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-<a>\n+<b>\n",
    ),
    (
        "a dump in hexadecimal",
        r#"00000000: 3c73 616d 6c70 3a52 6573 706f 6e73 6520  <samlp:Response 
00000010: 786d 6c6e 733a 7361 6d6c 703d 2275 726e  xmlns:samlp="urn
"#,
    ),
    (
        "WS-Federation's request",
        "https://adfs.example.com/adfs/ls/?wa=wsignin1.0&wtrealm=https%3A%2F%2Fapp.example.com&wctx=rm%3D0%26id%3Dpassive%26ru%3D%252f&wct=2026-11-29T12%3A00%3A00Z",
    ),
    ("an artifact that is none", "See https://gitlab.example.com/acs?SAMLart=hello for that."),
    (
        "a nonce under the name of an artifact",
        "SAMLart: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ),
    (
        "a number of digits",
        "33333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333",
    ),
    (
        "letters",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ),
    (
        "hexadecimal",
        "deadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
    ),
    (
        "a path",
        "/usr/share/very/long/path/with/many/segments/that/looks/like/base64/because/slashes/are/digits/of/it/too/and/so/on",
    ),
    (
        "an ETag and an integrity",
        r#"etag: W/"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef""#,
    ),
    (
        "an error page in base64 that names the parameter",
        "PGh0bWw+PGJvZHk+VGhlIHBhcmFtZXRlciBTQU1MUmVzcG9uc2UgaXMgbWlzc2luZyBpbiB5b3VyIHJlcXVlc3QsIHRyeSBhZ2FpbiBsYXRlciBwbGVhc2UuPC9ib2R5PjwvaHRtbD4=",
    ),
    (
        "a nested address without a message",
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fgitlab.com%2Fgroups%2Facme%2F-%2Fsaml%2Fsso%3FSAMLRequest%3D&data=05%7C02",
    ),
    (
        "gzip in base64",
        "H4sIAAAAAAACA4XI2Q2AIBAE0FamAD+8j3I2YSMYBMOOwfK1A/9e3nEbIaA+BL0QwZAyTjWTXfGFxNig6KVCdX+qgR41F2eQ5ND1wzjNy7q1L+75QWloAAAA",
    ),
    (
        "deflated text in base64",
        "DcjZAUAwEAXAVl4BPtxHOUtCQiTYJaie+Zz5ZAFB9C0QQwLL8AGrZqZJ4w9yLkG0YhDDoRjkFbK8KKu6absU1A9Kj5Ox8+JWH7b9YDmveD/vBw==",
    ),
];

#[test]
fn what_only_looks_like_a_message_is_none() {
    assert!(NEAR_MISSES.len() >= 60);
    for (what, text) in NEAR_MISSES {
        let surrounded = format!("> {}\n\nSAML, RelayState: /x\n", text.replace('\n', "\n> "));
        for content in [text.as_bytes(), surrounded.as_bytes(), &utf_16(text, "\u{feff}", u16::to_le_bytes)] {
            for told in told(content) {
                let kind = told.carried.message.map(|message| message.kind);
                assert!(matches!(kind, None | Some(MessageKind::Other(_))), "{what}: {kind:?}");
                assert_eq!(told.found, None, "{what}");
            }
        }
    }
}

#[test]
fn base64_of_something_else_is_said_to_be_nothing() {
    for seed in 0..200_u8 {
        let octets: Vec<u8> =
            (0..90_u8).map(|at| at.wrapping_mul(89).wrapping_add(seed.wrapping_mul(31)) ^ (at / 3)).collect();
        for told in told(BASE64_STANDARD.encode(&octets).as_bytes()) {
            let name = told.carried.message.map(|message| message.kind.name().to_owned());
            assert_eq!(name, None, "{octets:?}");
        }
    }
}

#[test]
fn ws_federation_stays_ws_federation() {
    let xml = "<t:RequestSecurityTokenResponse xmlns:t=\"http://schemas.xmlsoap.org/ws/2005/02/trust\"><t:RequestedSecurityToken>\
        <saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_a\" Version=\"2.0\"><saml:Issuer>x</saml:Issuer></saml:Assertion>\
        </t:RequestedSecurityToken></t:RequestSecurityTokenResponse>";
    let escaped = xml.replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let page = format!(
        "<html><body><form method=\"POST\" action=\"https://app.example.com/\"><input type=\"hidden\" name=\"wa\" value=\"wsignin1.0\" />\
        <input type=\"hidden\" name=\"wresult\" value=\"{escaped}\" /><input type=\"hidden\" name=\"wctx\" value=\"rm=0\" /></form></body></html>"
    );
    for content in [xml, &page, &format!("it was:\n```\n{xml}\n```\n")] {
        let [told] = <[_; 1]>::try_from(told(content.as_bytes())).unwrap();
        let kind = told.carried.message.map(|message| message.kind);
        assert_eq!(kind, Some(MessageKind::Foreign("RequestSecurityTokenResponse")), "{content}");
        let is_form = content.starts_with("<html");
        assert_eq!(told.carried.parameter == "wresult", is_form, "{content}");
        assert_eq!(told.carried.relay_state.is_some(), is_form, "{content}");
    }
}

//! The allow-list does not let in what is no SAML: 500 requests of everyday life, each with a secret wherever
//! it can hold one, of which nothing is kept.

use super::capture::{ACS, SECRET, browser, capture, headers};
use serde_json::{Value, json};

/// Requests by method and address. `{n}` stands for a number.
const REQUESTS: [(&str, &str); 25] = [
    ("POST", "https://gitlab.com/users/sign_in"),
    ("POST", "https://gitlab.com/users/auth/group_saml?group_path=acme{n}"),
    ("POST", "https://gitlab.com/users/auth/ldapmain/callback"),
    ("POST", "https://gitlab.com/users/auth/atlassian_oauth2/callback"),
    ("GET", "https://gitlab.com/users/auth/google_oauth2/callback?code=s3cr3t{n}&state=s3cr3t"),
    ("GET", "https://gitlab.com/oauth/authorize?client_id=1&state=s3cr3t&redirect_uri=x"),
    ("POST", "https://gitlab.com/oauth/token"),
    ("GET", "https://gitlab.com/users/auth/saml/callback?code=s3cr3t{n}"),
    ("GET", "https://gitlab.com/groups/acme/-/saml/callback"),
    ("GET", "https://gitlab.com/groups/acme/-/saml/sso?token=s3cr3t{n}"),
    ("GET", "https://gitlab.com/groups/acme/-/saml"),
    ("PATCH", "https://gitlab.com/groups/acme/-/saml"),
    ("POST", "https://gitlab.com/groups/acme/-/saml/scim"),
    ("POST", "https://gitlab.com/api/graphql"),
    ("POST", "https://gitlab.com/acme/project/-/issues?SAMLResponse"),
    ("GET", "https://gitlab.com/search?search=SAMLResponse%3Ds3cr3t&token=s3cr3t{n}"),
    ("GET", "https://gitlab.com/acme?xSAMLRequest=s3cr3t{n}"),
    ("GET", "https://gitlab.com/acme?samlrequest=s3cr3t{n}"),
    ("GET", "https://gitlab.com/acme#?SAMLResponse=s3cr3t{n}"),
    ("GET", "https://gitlab.com/acme/SAMLRequest=s3cr3t{n}"),
    ("POST", "https://gitlab.com/-/user_settings/personal_access_tokens"),
    ("POST", "https://gitlab.com/groups/-/saml/callback-s3cr3t{n}"),
    ("GET", "wss://gitlab.com/-/cable?SAMLResponse=s3cr3t{n}"),
    ("GET", "https://idp.example.com/login?RelayState=s3cr3t{n}&Signature=s3cr3t"),
    ("POST", "https://idp.example.com/login"),
];

/// The bodies that such requests carry.
fn bodies() -> [Value; 4] {
    [
        json!({"formData": {"user[login]": [SECRET], "user[password]": [SECRET], "authenticity_token": [SECRET],
            "token": [SECRET], "code": [SECRET], "id_token": [SECRET]}}),
        json!({"formData": {"RelayState": [SECRET], "Signature": [SECRET], "xSAMLResponse": [SECRET]}}),
        json!({"raw": [{"bytes": SECRET}]}),
        Value::Null,
    ]
}

#[test]
fn of_500_unrelated_requests_nothing_is_kept() {
    let carried = headers(&[("Cookie", SECRET), ("Authorization", SECRET), ("Origin", "https://gitlab.com")]);
    let onward = format!("https://gitlab.com/acme?token={SECRET}&next=SAMLResponse%3D{SECRET}");
    let answered = headers(&[
        ("Location", &onward),
        ("Set-Cookie", SECRET),
        ("Date", SECRET),
        ("Content-Type", "text/html"),
    ]);
    let request = |n: usize| {
        let (method, url) = REQUESTS[n % REQUESTS.len()];
        let url = url.replace("{n}", &n.to_string());
        let body = bodies()[(n / REQUESTS.len()) % bodies().len()].clone();
        let details = |event: &str, more: Value| browser(event, &n.to_string(), method, &url, more);
        [
            details("onBeforeRequest", json!({"requestBody": body})),
            details("onSendHeaders", json!({"requestHeaders": carried})),
            details("onHeadersReceived", json!({"statusCode": 302, "responseHeaders": answered})),
            details("onCompleted", json!({"statusCode": 200})),
            details("onErrorOccurred", json!({"error": SECRET})),
        ]
    };
    let browser: Vec<Value> = (0..500).flat_map(request).collect();
    assert_eq!(browser.len(), 2_500);
    let printed = capture(&browser);
    assert_eq!(printed["kept"], json!([]));
}

#[test]
fn of_a_request_that_is_kept_only_the_listed_fields_and_headers_are() {
    let form = json!({"requestBody": {"formData": {"SAMLResponse": ["PGE+"], "user[password]": [SECRET], "token": [SECRET]}}});
    let headers =
        headers(&[("Set-Cookie", SECRET), ("Link", SECRET), ("Location", "/acme"), ("X-Location", SECRET)]);
    let printed = capture(&[
        browser("onBeforeRequest", "1", "POST", ACS, form),
        browser(
            "onHeadersReceived",
            "1",
            "POST",
            ACS,
            json!({"statusCode": 302, "responseHeaders": headers}),
        ),
    ]);
    assert_eq!(
        printed["kept"],
        json!([
            {"kind": "request", "request": "1", "tab": 7, "method": "POST", "url": ACS, "body": "form",
                "form": [["SAMLResponse", ["PGE+"]]]},
            {"kind": "response", "request": "1", "tab": 7, "method": "POST", "url": ACS, "status": 302,
                "location": "/acme"},
        ])
    );
}

//! Recordings and traces that are in order, and readings of GitLab's pages.

use super::{
    Choices,
    wrapped::{deflated, escaped, message},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use samlight::gitlab::pages::{self, PageReading};
use serde_json::{Value, json};

const ADDRESSES: [&str; 9] = [
    "https://gitlab.com/groups/acme/-/saml/callback",
    "https://gitlab.com/users/auth/group_saml?group_path=acme",
    "https://gitlab.com/groups/acme/-/saml/sso?token=t0k3n",
    "https://gitlab.com/users/auth/saml/callback",
    "https://gitlab.com/users/sign_in",
    "https://gitlab.com/acme",
    "https://idp.example.com/sso",
    "https://ada:pw@gitlab.example.com:8443/gitlab/users/auth/saml/callback",
    "https://gitlab.com/-/invites/t0k3n",
];

fn redirect(choices: &mut Choices<'_>) -> String {
    let xml = message(choices);
    let name = if xml.contains("Request ") { "SAMLRequest" } else { "SAMLResponse" };
    format!(
        "{}?{name}={}&RelayState=%2Fx",
        choices.one(&ADDRESSES).split('?').next().unwrap_or_default(),
        escaped(&BASE64_STANDARD.encode(deflated(&xml)))
    )
}

fn address(choices: &mut Choices<'_>) -> String {
    if choices.yes() { redirect(choices) } else { choices.one(&ADDRESSES).to_owned() }
}

/// The fields of a form.
fn form(choices: &mut Choices<'_>) -> Vec<(&'static str, String)> {
    let mut fields = Vec::new();
    if choices.yes() {
        fields.push(("SAMLResponse", BASE64_STANDARD.encode(message(choices))));
    }
    if choices.yes() {
        fields
            .push(("RelayState", choices.one(&["/x", "", "\u{e9}&=", "https://gitlab.com/acme"]).to_owned()));
    }
    fields
}

/// A recording in order: a HAR, an export of SAML-tracer.
pub(crate) fn recording(octets: &[u8]) -> String {
    let mut choices = Choices::new(octets);
    let is_har = choices.yes();
    let entries: Vec<Value> = (0..=choices.below(4))
        .map(|at| if is_har { har_entry(&mut choices, at) } else { tracer_entry(&mut choices) })
        .collect();
    match is_har {
        true => {
            json!({"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": entries}})
                .to_string()
        }
        false => json!({"requests": entries, "timestamp": "2026-01-01T00:00:00.000Z"}).to_string(),
    }
}

fn har_entry(choices: &mut Choices<'_>, at: usize) -> Value {
    let fields = form(choices);
    let params: Vec<Value> =
        fields.iter().map(|(name, value)| json!({"name": name, "value": escaped(value)})).collect();
    let text: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    let mut request = json!({"method": if fields.is_empty() { "GET" } else { "POST" }, "url": address(choices),
        "headers": [{"name": "Origin", "value": "https://idp.example.com"}]});
    if !fields.is_empty() {
        request["postData"] = json!({"mimeType": "application/x-www-form-urlencoded", "text": text.join("&"), "params": params});
    }
    let mut headers = vec![json!({"name": "Date", "value": "Thu, 01 Jan 2026 00:00:00 GMT"})];
    if choices.yes() {
        headers.push(json!({"name": "Location", "value": address(choices)}));
    }
    json!({"startedDateTime": format!("2026-01-01T00:00:{:02}.000Z", at + choices.below(3)), "time": choices.below(900),
        "request": request, "response": {"status": choices.one(&[200, 302, 303, 403, 422, 500, 0]), "headers": headers,
        "content": {"mimeType": "text/html", "text": page(choices)}}, "timings": {"send": 0, "wait": choices.below(300), "receive": 1}})
}

/// A page with messages to the person, whole or cut.
fn page(choices: &mut Choices<'_>) -> String {
    const PIECES: [&str; 14] = [
        "<div class=\"flash-container\">",
        "<div id='js-global-alerts'>",
        "<div class=error-container>",
        "<div class=\"gl-alert-body\">",
        "<p class='flash-alert'>",
        "<div class=\"js-vue-alert\" data-title=\"Not &#x2f; now\">",
        "<h1>422: rejected</h1>",
        "</div>",
        "</p>",
        "Unable to sign in to group with SAML: &quot;Fingerprint mismatch&quot;",
        "<script>\"</div>\"</script>",
        "<!-- <div>",
        "-->",
        "<a href=\"",
    ];
    (0..choices.below(9)).map(|_| choices.one(&PIECES)).collect()
}

fn tracer_entry(choices: &mut Choices<'_>) -> Value {
    let post: Vec<Value> = form(choices).iter().map(|(name, value)| json!([name, value])).collect();
    let mut headers = vec![json!({"name": "Date", "value": "Thu, 01 Jan 2026 00:00:00 GMT"})];
    if choices.yes() {
        headers.push(json!({"name": "Location", "value": address(choices)}));
    }
    json!({"method": if post.is_empty() { "GET" } else { "POST" }, "url": address(choices), "requestId": choices.below(9).to_string(),
        "requestHeaders": [{"name": "Origin", "value": "https://idp.example.com"}], "responseHeaders": headers,
        "responseStatus": choices.one(&[200, 302, 303, 403, 422]), "post": post, "protocol": "SAML-P"})
}

/// A trace: events of all kinds that share requests, tabs and messages.
pub(crate) fn trace(octets: &[u8]) -> String {
    let mut choices = Choices::new(octets);
    let mut lines = vec![json!({"samlight_trace": 1}).to_string()];
    let mut time = 1_767_258_000_000_u64;
    while !choices.is_over() && lines.len() < 24 {
        time += choices.one(&[0, 1, 500, 60_000]);
        let mut event = event(&mut choices);
        event["id"] = format!("{time}-fuzz-{:06}", lines.len()).into();
        if choices.below(8) == 7 {
            event["file"] = choices.one(&["a.har", "", "b.json"]).into();
        }
        lines.push(event.to_string());
    }
    lines.join("\n") + "\n"
}

fn event(choices: &mut Choices<'_>) -> Value {
    let request = choices.below(4).to_string();
    let (tab, private) = (choices.below(3), choices.below(6) == 5);
    let mut event = match choices.below(11) {
        0 | 1 => {
            let fields = form(choices);
            let form: Vec<Value> = fields.iter().map(|(name, value)| json!([name, [value]])).collect();
            json!({"kind": "request", "method": if form.is_empty() { "GET" } else { "POST" }, "url": address(choices), "form": form, "body": "form"})
        }
        2 | 3 => {
            let mut response = json!({"kind": "response", "method": "GET", "url": address(choices), "status": choices.one(&[200, 302, 403, 422, 500]),
                "date": "Thu, 01 Jan 2026 09:00:00 GMT", "content_type": "text/html; charset=utf-8"});
            if choices.yes() {
                response["location"] = address(choices).into();
            }
            response
        }
        4 => {
            json!({"kind": "sent", "origin": choices.one(&["https://idp.example.com", "null", "https://gitlab.com"])})
        }
        5 => json!({"kind": choices.one(&["completed", "failed"]), "error": "net::ERR_FAILED"}),
        6 => {
            let mut reading = serde_json::to_value(reading_of(choices)).unwrap_or_default();
            reading["kind"] = "page".into();
            reading
        }
        7 => {
            json!({"kind": "answer", "url": "https://gitlab.com/api/v4/user", "status": 200, "answer": {"id": 1, "username": "ada", "name": "Ada",
            "email": "ada@example.com", "confirmed_at": "2026-01-01T00:00:00Z", "identities": [{"provider": "group_saml", "extern_uid": choices.one(&NAMES), "saml_provider_id": 1}]}})
        }
        8 => {
            json!({"kind": "message", "source": "m.xml", "octets": BASE64_STANDARD.encode(message(choices))})
        }
        9 => json!({"kind": "told", "saml_extern_uid": choices.one(&NAMES), "scim_extern_uid": null}),
        _ => json!({"kind": "tab"}),
    };
    (event["request"], event["tab"], event["private"], event["cookie_store"]) =
        (request.into(), tab.into(), private.into(), "".into());
    event
}

const NAMES: [&str; 8] = [
    "ada@example.com",
    "ADA@example.com",
    " ada@example.com",
    "0f8fad5b-d9cb-469f-a165-70867728950e",
    "",
    "a\u{301}da",
    "ada\u{200b}",
    "eve",
];

/// A reading of one of GitLab's pages, with values in the fields that its recipe has.
pub(crate) fn reading(octets: &[u8]) -> PageReading {
    reading_of(&mut Choices::new(octets))
}

fn reading_of(choices: &mut Choices<'_>) -> PageReading {
    const VALUES: [&str; 12] = [
        "https://gitlab.com/groups/acme/-/saml/callback",
        "0A:1B:2C:3D:4E:5F:6A:7B:8C:9D:0E:1F:2A:3B:4C:5D:6E:7F:8A:9B",
        "checked",
        "48",
        "@ada",
        "Ada Roe",
        "SAML",
        "group_saml",
        "SAML authentication failed: Extern uid has already been taken",
        "\u{1b}[31m\u{7}",
        "<p:Response xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_r1\"/>",
        "",
    ];
    let value = |choices: &mut Choices<'_>| {
        if choices.yes() { choices.one(&VALUES).to_owned() } else { choices.one(&NAMES).to_owned() }
    };
    let page = &pages::ALL[choices.below(pages::ALL.len())];
    let variant = &page.variants[choices.below(page.variants.len())];
    let mut reading = PageReading {
        url: choices
            .one(&[
                "https://gitlab.com/groups/acme/-/saml",
                "https://gitlab.com/groups/acme/-/group_members",
                "https://gitlab.com/-/profile/account",
                "https://gitlab.com/admin/users/ada/identities",
                "https://gitlab.com/groups/acme/-/saml/sso",
                "https://gitlab.com/acme",
            ])
            .to_owned()
            .into(),
        page: page.id.to_owned(),
        ..PageReading::default()
    };
    for field in variant.fields {
        if choices.yes() {
            let count = choices.below(3);
            reading.fields.insert(field.key.to_owned(), (0..=count).map(|_| value(choices)).collect());
        }
    }
    if let Some(rows) = &variant.rows {
        for _ in 0..choices.below(4) {
            let cells = rows.cells.iter().filter(|_| true);
            reading.rows.push(cells.map(|cell| (cell.key.to_owned(), value(choices))).collect());
        }
    }
    reading
}

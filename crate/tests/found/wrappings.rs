//! Surroundings of a message: a function each from a message to the text that a program, a person or a page
//! makes of it. Written from what those programs write, and knows nothing of how it is read.

use base64::{Engine, prelude::BASE64_STANDARD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

/// A message as it travels.
#[derive(Clone, Debug)]
pub(crate) enum Sample {
    /// The value of SAMLResponse, and RelayState.
    Post(String, String),
    /// A query with a detached signature.
    Redirect(String),
    /// The XML itself.
    Xml(String),
}

pub(crate) type Wrapping = (&'static str, fn(&Sample) -> Option<String>);

/// For a posted Response.
fn post(sample: &Sample) -> Option<(&str, &str)> {
    match sample {
        Sample::Post(value, relay) => Some((value, relay)),
        _ => None,
    }
}

fn query(sample: &Sample) -> Option<String> {
    match sample {
        Sample::Redirect(query) => Some(format!("https://idp.example.com/sso/saml?{query}")),
        _ => None,
    }
}

fn xml(sample: &Sample) -> Option<&str> {
    match sample {
        Sample::Xml(xml) => Some(xml),
        _ => None,
    }
}

pub(crate) fn percent(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn form(sample: &Sample) -> Option<String> {
    let (value, relay) = post(sample)?;
    Some(format!("SAMLResponse={}&RelayState={}", percent(value), percent(relay)))
}

/// As HTML writes text and attributes.
fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn folded(text: &str, width: usize, start: &str, end: &str) -> String {
    let lines = text.as_bytes().chunks(width).map(|line| String::from_utf8_lossy(line).into_owned());
    lines.map(|line| format!("{start}{line}")).collect::<Vec<_>>().join(&format!("{end}\n"))
}

fn lines(text: &str, start: &str) -> String {
    text.lines().map(|line| format!("{start}{line}\n")).collect()
}

/// As mail programs write what is not plain.
fn quoted_printable(text: &str) -> String {
    text.lines().map(|line| folded(&line.replace('=', "=3D"), 71, "", "=") + "\n").collect()
}

/// As cmd needs it.
fn carets(text: &str) -> String {
    text.replace('%', "^%").replace('&', "^&").replace('"', "^\"")
}

/// As Proofpoint writes an address (its version 2).
fn proofpoint(url: &str) -> String {
    let escaped = percent(url).replace("%2E", ".").replace("%2F", "/");
    let escaped = escaped.replace('-', "%2D").replace('_', "%5F").replace('%', "-").replace('/', "_");
    format!(
        "https://urldefense.proofpoint.com/v2/url?u={escaped}&d=DwMFAg&c=euGZstcaTDllvimEN8b7jXrwqOf-v5A_CdpgnVfiiMM&e="
    )
}

/// As it stands in a mail's or page's text for `page`.
fn page(form: &str) -> String {
    format!(
        "<html><head><title>Working...</title></head><body onload=\"document.forms[0].submit()\">{form}</body></html>"
    )
}

pub(crate) const WRAPPINGS: &[Wrapping] = &[
    ("an HTML form", |it| {
        let (value, relay) = post(it)?;
        Some(page(&format!(
            "<form method=\"post\" action=\"https://gitlab.com/groups/acme/-/saml/callback\"><input type=\"hidden\" name=\"SAMLResponse\" value=\"{}\"/><input type=\"hidden\" name=\"RelayState\" value=\"{}\"/><noscript><input type=\"submit\" value=\"Continue\"/></noscript></form>",
            html(value),
            html(relay)
        )))
    }),
    ("an HTML form, value first, references for signs", |it| {
        let (value, relay) = post(it)?;
        let value = value.replace('+', "&#x2B;").replace('/', "&#x2f;").replace('=', "&#61;");
        Some(page(&format!(
            "<FORM METHOD='POST' ACTION='https://gitlab.com/x'>\n<INPUT VALUE='{}' TYPE='HIDDEN' NAME='RelayState'>\n<INPUT\n  VALUE='{value}'\n  TYPE='HIDDEN' NAME='SAMLResponse'></FORM>",
            html(relay)
        )))
    }),
    ("an HTML form without quotes", |it| {
        let (value, relay) = post(it)?;
        Some(page(&format!(
            "<form method=post><input type=hidden name=SAMLResponse value={value} ><input name=RelayState type=hidden value={}></form>",
            html(relay)
        )))
    }),
    ("textarea", |it| {
        let (value, relay) = post(it)?;
        Some(page(&format!(
            "<form><textarea rows=\"10\" name=\"SAMLResponse\">{}</textarea><textarea name='RelayState'>{}</textarea></form>",
            folded(value, 76, "", ""),
            html(relay)
        )))
    }),
    ("a page shown as its source in another page", |it| {
        let (value, relay) = post(it)?;
        Some(format!(
            "<pre>{}</pre>",
            html(&page(&format!(
                "<form><input name=\"SAMLResponse\" value=\"{}\"><input name=\"RelayState\" value=\"{}\"></form>",
                html(value),
                html(relay)
            )))
        ))
    }),
    ("a table of HTML", |it| {
        let (value, relay) = post(it)?;
        Some(format!(
            "<table><tr><th>Parameter</th><th>Value</th></tr><tr><td>SAMLResponse</td><td class=\"value\">{}</td></tr>\n<tr><td>RelayState</td><td class=\"value\">{}</td></tr></table>",
            html(value),
            html(relay)
        ))
    }),
    ("Copy as cURL (bash)", |it| {
        Some(format!(
            "curl 'https://gitlab.com/groups/acme/-/saml/callback' \\\n  -H 'content-type: application/x-www-form-urlencoded' \\\n  --data-raw '{}' \\\n  --compressed",
            form(it)?
        ))
    }),
    ("Copy as cURL (bash, $'')", |it| {
        Some(format!(
            "curl 'https://gitlab.com/groups/acme/-/saml/callback' -H 'cookie: a=\\u0021' --data-raw $'{}&commit=Don\\'t\\u0021'",
            form(it)?
        ))
    }),
    ("cURL with --data-urlencode", |it| {
        let (value, relay) = post(it)?;
        Some(format!(
            "curl https://gitlab.com/x --data-urlencode 'SAMLResponse={value}' --data-urlencode 'RelayState={relay}'"
        ))
    }),
    ("Copy as cURL (cmd)", |it| {
        Some(format!(
            "curl ^\"https://gitlab.com/groups/acme/-/saml/callback^\" ^\r\n  -H ^\"origin: https://idp.example.com^\" ^\r\n  --data-raw ^\"{}^\"",
            carets(&form(it)?)
        ))
    }),
    ("Copy as fetch", |it| {
        Some(format!(
            "fetch(\"https://gitlab.com/groups/acme/-/saml/callback\", {{\n  \"headers\": {{\"content-type\": \"application/x-www-form-urlencoded\"}},\n  \"body\": {},\n  \"method\": \"POST\"\n}});",
            json!(form(it)?)
        ))
    }),
    ("Copy as PowerShell", |it| {
        Some(format!(
            "$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession\nInvoke-WebRequest -UseBasicParsing -Uri \"https://gitlab.com/groups/acme/-/saml/callback\" `\n-Method \"POST\" `\n-Headers @{{\"sec-ch-ua\"=\"`\"Chromium`\"\"}} `\n-Body \"{}\"",
            form(it)?
        ))
    }),
    ("a hash of PowerShell", |it| {
        let (value, relay) = post(it)?;
        Some(format!("$body = @{{\n    SAMLResponse = \"{value}\"\n    RelayState = \"{relay}\"\n}}"))
    }),
    ("a raw request", |it| {
        Some(format!(
            "POST /groups/acme/-/saml/callback HTTP/1.1\r\nHost: gitlab.com\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n{}\r\n",
            form(it)?
        ))
    }),
    ("a form of several parts", |it| {
        let (value, relay) = post(it)?;
        Some(format!(
            "POST /x HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=b7\r\n\r\n--b7\r\nContent-Disposition: form-data; name=\"SAMLResponse\"\r\n\r\n{value}\r\n--b7\r\nContent-Disposition: form-data; name=\"RelayState\"\r\n\r\n{relay}\r\n--b7--\r\n"
        ))
    }),
    ("the payload of developer tools, with colons", |it| {
        let (value, relay) = post(it)?;
        Some(format!("Form Data\nSAMLResponse: {value}\nRelayState: {relay}\n"))
    }),
    ("the payload of developer tools, a line each", |it| {
        let (value, relay) = post(it)?;
        Some(format!("SAMLResponse\n{value}\nRelayState\n{relay}\n"))
    }),
    ("the payload of developer tools, with tabs and quotes", |it| {
        let (value, relay) = post(it)?;
        Some(format!("SAMLResponse\t\"{value}\"\nRelayState\t\"{relay}\"\n"))
    }),
    ("SAML-tracer's Parameters", |it| {
        let (value, relay) = post(it)?;
        Some(format!("POST\n    RelayState: {relay}\n    SAMLResponse: {value}\n"))
    }),
    ("Postman", |it| {
        let (value, relay) = post(it)?;
        Some(serde_json::to_string_pretty(&json!({"request": {"method": "POST", "body": {"mode": "urlencoded", "urlencoded": [
            {"key": "RelayState", "value": relay, "type": "text"}, {"key": "SAMLResponse", "value": value, "type": "text"}]}}})).unwrap())
    }),
    ("a list of value and name", |it| {
        let (value, relay) = post(it)?;
        Some(format!(
            "[{{\"value\":{},\"name\":\"SAMLResponse\"}},{{\"value\":{},\"name\":\"RelayState\"}}]",
            json!(value),
            json!(relay)
        ))
    }),
    ("production_json.log", |it| {
        let (value, relay) = post(it)?;
        Some(json!({"method": "POST", "path": "/groups/acme/-/saml/callback", "status": 302, "params": [
            {"key": "SAMLResponse", "value": value}, {"key": "RelayState", "value": relay}, {"key": "group_id", "value": "acme"}]}).to_string())
    }),
    ("production_json.log behind a prefix", |it| {
        let (value, relay) = post(it)?;
        let line = json!({"params": [{"key": "SAMLResponse", "value": value}, {"key": "RelayState", "value": relay}]});
        Some(format!("gitlab-rails-1  | 2026-11-29_12:00:03.12345 {line}"))
    }),
    ("Rails' Parameters", |it| {
        let (value, relay) = post(it)?;
        Some(format!(
            "I, [2026-11-29T12:00:00 #7]  INFO -- : Processing by Groups::OmniauthCallbacksController#group_saml as HTML\n  Parameters: {{\"SAMLResponse\"=>\"{value}\", \"RelayState\"=>\"{relay}\", \"group_id\"=>\"acme\"}}\n"
        ))
    }),
    ("a hash of Ruby 3.4", |it| {
        let (value, relay) = post(it)?;
        Some(format!("{{\"RelayState\" => \"{relay}\", \"SAMLResponse\" => \"{value}\"}}"))
    }),
    ("a dictionary of Python", |it| {
        let (value, relay) = post(it)?;
        Some(format!("DEBUG:saml:post_data={{'SAMLResponse': '{value}', 'RelayState': '{relay}'}}"))
    }),
    ("a dictionary of Python with lists", |it| {
        let (value, relay) = post(it)?;
        Some(format!("<QueryDict: {{'SAMLResponse': ['{value}'], 'RelayState': ['{relay}']}}>"))
    }),
    ("print_r of PHP", |it| {
        let (value, relay) = post(it)?;
        Some(format!("Array\n(\n    [SAMLResponse] => {value}\n    [RelayState] => {relay}\n)\n"))
    }),
    ("var_dump of PHP", |it| {
        let (value, relay) = post(it)?;
        Some(format!(
            "array(2) {{\n  [\"SAMLResponse\"]=>\n  string({}) \"{value}\"\n  [\"RelayState\"]=>\n  string({}) \"{relay}\"\n}}\n",
            value.len(),
            relay.len()
        ))
    }),
    ("a map of Go", |it| {
        let (value, relay) = post(it)?;
        Some(format!("form: map[RelayState:[{relay}] SAMLResponse:[{value}]]"))
    }),
    ("JSON", |it| {
        let (value, relay) = post(it)?;
        Some(json!({"data": {"SAMLResponse": value, "RelayState": relay}}).to_string())
    }),
    ("JSON with slashes escaped", |it| {
        let (value, relay) = post(it)?;
        Some(json!({"SAMLResponse": value, "relayState": relay}).to_string().replace('/', "\\/"))
    }),
    ("JSON in a text of JSON", |it| {
        let (value, relay) = post(it)?;
        let inner = json!({"SAMLResponse": value, "RelayState": relay}).to_string();
        Some(json!({"time": "2026-11-29", "message": inner}).to_string())
    }),
    ("JSON in an attribute of a page", |it| {
        let (value, relay) = post(it)?;
        let inner = json!({"SAMLResponse": value, "RelayState": relay}).to_string();
        Some(page(&format!("<div data-form=\"{}\"></div>", html(&inner))))
    }),
    ("YAML", |it| {
        let (value, relay) = post(it)?;
        Some(format!("params:\n  SAMLResponse: {value}\n  RelayState: {relay}\n"))
    }),
    ("a folded text of YAML", |it| {
        let (value, relay) = post(it)?;
        Some(format!(
            "params:\n  SAMLResponse: >-\n{}\n  RelayState: {relay}\n",
            folded(value, 64, "    ", "")
        ))
    }),
    ("a table of Markdown", |it| {
        let (value, relay) = post(it)?;
        Some(format!("| Name | Value |\n|--|--|\n| SAMLResponse | {value} |\n| RelayState | {relay} |\n"))
    }),
    ("a form in a Markdown fence", |it| {
        Some(format!("I see this:\n\n```\n{}\n```\n\nAny idea?\n", form(it)?))
    }),
    ("a quoted form of a mail, with its lines", |it| {
        let (value, relay) = post(it)?;
        Some(format!(
            "On Monday Ada wrote:\n> SAMLResponse:\n{}\n> RelayState: {relay}\n> Thanks\n",
            folded(value, 72, "> ", "")
        ))
    }),
    ("a page in quoted-printable", |it| {
        let (value, relay) = post(it)?;
        Some(format!(
            "Content-Transfer-Encoding: quoted-printable\n\n{}",
            quoted_printable(&page(&format!(
                "<form><input name=\"SAMLResponse\" value=\"{}\"><input name=\"RelayState\" value=\"{}\"></form>",
                html(value),
                html(relay)
            )))
        ))
    }),
    ("a page in base64", |it| {
        let (value, relay) = post(it)?;
        let page = page(&format!(
            "<form><input name=\"SAMLResponse\" value=\"{value}\"><input name=\"RelayState\" value=\"{}\"></form>",
            html(relay)
        ));
        Some(json!({"body": BASE64_STANDARD.encode(page), "isBase64Encoded": true}).to_string())
    }),
    ("a form in base64", |it| Some(json!({"text": BASE64_STANDARD.encode(form(it)?)}).to_string())),
    ("an element by its name", |it| {
        let (value, relay) = post(it)?;
        Some(format!(
            "<log><SAMLResponse>{value}</SAMLResponse><RelayState>{}</RelayState></log>",
            html(relay)
        ))
    }),
    ("invisible characters", |it| {
        let (value, relay) = post(it)?;
        Some(format!(
            "\u{feff}SAMLResponse:\u{a0}{}\nRelayState:\u{a0}{relay}\u{200b}\n",
            folded(value, 80, "", "").replace('\n', "\u{200b}")
        ))
    }),
    ("an address in a sentence", |it| {
        Some(format!("The browser goes to {}, and then nothing. Why?\n", query(it)?))
    }),
    ("an address in brackets", |it| Some(format!("See <{}> (GitLab 17.4).", query(it)?))),
    ("an address with a fragment in Markdown", |it| Some(format!("[the request]({}#/login)\n", query(it)?))),
    ("a link of a page", |it| {
        Some(page(&format!("<p>Redirecting to <a class=\"x\" href=\"{}\">here</a>", html(&query(it)?))))
    }),
    ("an address copied out of HTML", |it| Some(html(&query(it)?))),
    ("a refresh of a page", |it| {
        Some(format!("<meta http-equiv=\"refresh\" content=\"0;url={}\">", html(&query(it)?)))
    }),
    ("a script of a page", |it| {
        Some(page(&format!(
            "<script>window.location.replace(\"{}\")</script>",
            query(it)?.replace('/', "\\/").replace('&', "\\x26")
        )))
    }),
    ("a Location header", |it| {
        Some(format!("HTTP/2 302\r\nlocation: {}\r\nserver: nginx\r\n\r\n", query(it)?))
    }),
    ("a request line", |it| {
        Some(format!(
            "GET {} HTTP/1.1\r\nHost: idp.example.com\r\n\r\n",
            query(it)?.trim_start_matches("https://idp.example.com")
        ))
    }),
    ("an access log", |it| {
        Some(format!(
            "203.0.113.5 - - [29/Nov/2026:12:00:00 +0000] \"GET {} HTTP/1.1\" 200 5120 \"https://gitlab.com/\" \"Mozilla/5.0\"",
            query(it)?.trim_start_matches("https://idp.example.com")
        ))
    }),
    ("curl -v", |it| {
        Some(format!(
            "* Connected to idp.example.com\n> GET {} HTTP/2\n> Host: idp.example.com\n>\n< HTTP/2 200\n",
            query(it)?.trim_start_matches("https://idp.example.com")
        ))
    }),
    ("JSON of Rails", |it| {
        Some(json!({"location": query(it)?, "status": 302}).to_string().replace('&', "\\u0026"))
    }),
    ("an address for cmd", |it| Some(format!("start ^\"^\" ^\"{}^\"", carets(&query(it)?)))),
    ("an address in quoted-printable", |it| {
        Some(quoted_printable(&format!("Please open\n{}\nand tell me.", query(it)?)))
    }),
    ("SafeLinks", |it| {
        Some(format!(
            "https://eur01.safelinks.protection.outlook.com/?url={}&data=05%7C02%7Cada%40example.com&sdata=abc%3D&reserved=0",
            percent(&query(it)?)
        ))
    }),
    ("a redirect of a search engine", |it| {
        Some(format!(
            "https://www.google.com/url?q={}&sa=D&source=editors&ust=1700000000",
            percent(&query(it)?)
        ))
    }),
    ("Proofpoint 2", |it| Some(proofpoint(&query(it)?))),
    ("Proofpoint 3", |it| {
        Some(format!("https://urldefense.com/v3/__{}__;Pw!!abc$", query(it)?.replace('?', "*")))
    }),
    ("Proofpoint 3, each escape replaced", |it| {
        let query = query(it)?;
        let signs = BASE64_STANDARD.encode("%".repeat(query.matches('%').count())).replace('=', "");
        Some(format!("https://urldefense.com/v3/__{}__;{signs}!!Abc!d-e_f$", query.replace('%', "*")))
    }),
    ("RelayState of a login page", |it| {
        Some(format!("https://login.example.com/?fromURI={}", percent(&percent(&query(it)?))))
    }),
    ("XML in a Markdown fence", |it| {
        Some(format!("Here:\n\n```xml\n{}\n```\n\nThanks <b>all</b>\n", xml(it)?))
    }),
    ("XML in a quoted mail", |it| Some(format!("Ada wrote:\n{}\n-- \nBob\n", lines(xml(it)?, "> ")))),
    ("XML in a mail quoted twice", |it| Some(lines(xml(it)?, "> > "))),
    ("XML in a text of JSON", |it| Some(json!({"level": "debug", "xml": xml(it)?}).to_string())),
    ("XML in JSON in JSON", |it| Some(json!({"log": json!({"xml": xml(it)?}).to_string()}).to_string())),
    ("XML with its signs escaped in JSON", |it| {
        Some(json!({"xml": xml(it)?}).to_string().replace('<', "\\u003c").replace('>', "\\u003E"))
    }),
    ("XML in a page", |it| Some(page(&format!("<pre class=\"saml\">{}</pre>", html(xml(it)?))))),
    ("XML in CDATA", |it| Some(format!("<log><entry time=\"1\"><![CDATA[{}]]></entry></log>", xml(it)?))),
    ("XML in XML", |it| Some(format!("<?xml version=\"1.0\"?>\n<root><item>{}</item></root>", xml(it)?))),
    ("XML as a text in XML", |it| {
        Some(format!("<s:string xmlns:s=\"http://schemas.example.com/\">{}</s:string>", html(xml(it)?)))
    }),
    ("XML that a browser shows", |it| {
        Some(format!(
            "This XML file does not appear to have any style information associated with it. The document tree is shown below.\n{}",
            xml(it)?
        ))
    }),
    ("XML in a log", |it| {
        Some(format!(
            "2026-11-29 12:00:00,123 DEBUG [saml] Received message: {} from 203.0.113.5\n",
            xml(it)?
        ))
    }),
    ("XML in an address", |it| Some(format!("data:text/xml;charset=utf-8,{}", percent(xml(it)?)))),
    ("XML in a text of Python", |it| {
        Some(format!("b'{}'", xml(it)?.replace('\n', "\\n").replace('\'', "\\'")))
    }),
    ("base64 of a data address", |it| {
        Some(format!("data:text/xml;base64,{}", BASE64_STANDARD.encode(xml(it)?)))
    }),
    ("base64 in a cell of CSV", |it| {
        Some(format!("time,user,saml\n2026-11-29,ada,\"{}\"\n", BASE64_STANDARD.encode(xml(it)?)))
    }),
    ("base64 in quotes", |it| Some(format!("\"{}\"", BASE64_STANDARD.encode(xml(it)?)))),
    ("base64 under any name", |it| {
        Some(json!([{"type": "x", "raw": BASE64_STANDARD.encode(xml(it)?)}]).to_string())
    }),
    ("base64 with its slashes escaped", |it| {
        Some(format!("{{\"raw\":\"{}\"}}", BASE64_STANDARD.encode(xml(it)?).replace('/', "\\/")))
    }),
    ("folded base64 of a quoted mail", |it| {
        Some(format!("Hello,\n\n{}\n\nBob\n", folded(&BASE64_STANDARD.encode(xml(it)?), 76, "> ", "")))
    }),
    ("folded base64 with text around", |it| {
        Some(format!("Hello,\n\n{}\n\nBob\n", folded(&BASE64_STANDARD.encode(xml(it)?), 64, "", "\r")))
    }),
    ("escaped base64", |it| Some(format!("value is {}\n", percent(&BASE64_STANDARD.encode(xml(it)?))))),
];

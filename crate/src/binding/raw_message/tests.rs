//! Detection of a file's kind from its content.

use super::*;

const XML: &str =
    r#"<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1" Version="2.0"/>"#;
/// `XML` in base64.
const POST: &str = "PHNhbWxwOkxvZ291dFJlcXVlc3QgeG1sbnM6c2FtbHA9InVybjpvYXNpczpuYW1lczp0YzpTQU1MOjIuMDpwcm90b2NvbCIgSUQ9Il8xIiBWZXJzaW9uPSIyLjAiLz4=";
/// `XML` deflated, in base64.
const REDIRECT: &str = "HclLCoAgEADQq8gcoN9yyCBoE9SmoG2ISAjqmKPQ8Yve9vWsvIu40EUlb+YuhrN4vAuM/0goKSAptoxBecOYNe7jumBXNRgTZdLkQMyThLMFcZjEloKEr6EeXg==";

/// Binding, name and flaws of one message.
type Seen = (BindingId, Option<String>, Vec<&'static str>);

/// The format, and what is seen of each message in it.
fn seen(content: &str) -> (Option<&'static str>, Vec<Seen>) {
    let messages = read(content.as_bytes(), &LIMITS).into_iter().map(|carried| {
        let name = carried.message.map(|message| message.kind.name().to_owned());
        (carried.binding, name, carried.flaws.iter().map(|flaw| flaw.code).collect())
    });
    (detect(content.as_bytes()).map(|format| format.id), messages.collect())
}

#[test]
fn detects_what_a_file_is() {
    let escaped = |value: &str| value.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    for (content, format, binding) in [
        (XML.to_owned(), "xml", BindingId::None),
        (format!("\u{FEFF}\n {XML}\n"), "xml", BindingId::None),
        (format!("{POST}\n"), "base64", BindingId::HttpPost),
        (format!("{}\n{}", &POST[..64], &POST[64..]), "base64", BindingId::HttpPost),
        (REDIRECT.to_owned(), "base64", BindingId::HttpRedirect),
        (escaped(REDIRECT), "base64", BindingId::HttpRedirect),
        (
            format!("https://idp.example.com/sso?a=b&SAMLRequest={}#x", escaped(REDIRECT)),
            "url",
            BindingId::HttpRedirect,
        ),
        (format!("?SAMLRequest={}&RelayState=%2F", escaped(REDIRECT)), "form", BindingId::HttpRedirect),
        (format!("RelayState=%2F&SAMLRequest={}", escaped(POST)), "form", BindingId::HttpPost),
        (format!("{{\"SAMLRequest\":\"{POST}\"}}"), "body", BindingId::HttpPost),
    ] {
        let expected = (Some(format), vec![(binding, Some("LogoutRequest".to_owned()), Vec::new())]);
        let found = seen(&content);
        // White space before an XML document is no flaw unless there is a declaration.
        assert_eq!(found, expected, "{content}");
    }
}

#[test]
fn says_so_when_it_is_nothing_of_the_kind() {
    for (content, code) in [
        ("", "empty"),
        (" \n", "empty"),
        ("{\"log\":{}}", "not-recognised"),
        ("Hello, you.", "not-recognised"),
    ] {
        assert_eq!(seen(content), (None, vec![(BindingId::None, None, vec![code])]), "{content:?}");
    }
}

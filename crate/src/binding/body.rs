//! The body of a request, whatever it is: XML (SOAP, PAOS, a bare message), JSON, the parts of a form
//! (`multipart/form-data`, RFC 7578), or a form.
//!
//! What it is gets told by its content: single-page applications do not always name it rightly. JSON and parts are
//! searched for the parameters of the bindings; that finds them at any depth, and in what is damaged, too. Leaves
//! out: parts with a transfer encoding of their own (RFC 7578, 4.7 forbids them), JSON in a string of JSON.

use super::{Carried, PARAMETERS, from_fields, from_form_body, from_octets, packing::looks_like_xml, query};
use crate::{limits::LIMITS, redact::Secret};

/// The messages in the `body` of a request, as it was sent. At most as many octets as the limit are looked at.
pub fn from_body(body: &[u8]) -> Vec<Carried> {
    // One octet more, so that the decoders see that the limit is passed.
    let body = body.get(..=LIMITS.parameter_bytes).unwrap_or(body);
    if looks_like_xml(body) {
        return vec![from_octets(body)];
    }
    let text = String::from_utf8_lossy(body);
    match fields_apart(&text) {
        Some(fields) => from_fields(fields.iter().map(|(name, value)| (*name, value.as_str()))),
        // Escapes stay, so that a flaw can name its place.
        None => from_form_body(&text),
    }
}

/// The parameters that are read in the `body` of a request that is no XML, unescaped, as a browser shows them.
pub fn fields_of_body(body: &str) -> Vec<(String, Secret<String>)> {
    if let Some(fields) = fields_apart(body) {
        return fields.into_iter().map(|(name, value)| (name.to_owned(), Secret::new(value))).collect();
    }
    let fields = query::parameters(body).into_iter();
    let fields = fields.map(|parameter| (parameter.name, Secret::new(parameter.value.unescaped())));
    fields.filter(|(name, _)| known(name).is_some()).collect()
}

/// The fields of JSON or of parts; absent when it is a form.
fn fields_apart(body: &str) -> Option<Vec<Field>> {
    match body.trim_start().as_bytes() {
        [b'{' | b'[', ..] => Some(json_fields(body)),
        [b'-', b'-', ..] => Some(parts(body)),
        _ => None,
    }
}

type Field = (&'static str, String);

/// The name itself, if it is one of a parameter that is read.
fn known(name: &str) -> Option<&'static str> {
    PARAMETERS.bearing.iter().chain(&PARAMETERS.companions).find(|known| **known == name).copied()
}

/// The members of JSON objects that have the name of a parameter and a string as value.
fn json_fields(json: &str) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut rest = json;
    while let Some(start) = rest.find('"') {
        let (written, behind) = json_string(&rest[start..]);
        rest = behind;
        let Some(name) = known(written.trim_matches('"')) else { continue };
        let value = rest.trim_start().strip_prefix(':').map(str::trim_start);
        if let Some(value) = value.filter(|value| value.starts_with('"')) {
            let (written, behind) = json_string(value);
            rest = behind;
            fields.push((name, json_unescaped(written)));
        }
    }
    fields
}

/// The string that `json` begins with, in its quotes, and what is behind it.
fn json_string(json: &str) -> (&str, &str) {
    let mut escaped = false;
    let end = json.bytes().enumerate().skip(1).find(|(_, octet)| {
        let ends = *octet == b'"' && !escaped;
        escaped = *octet == b'\\' && !escaped;
        ends
    });
    json.split_at(end.map_or(json.len(), |(end, _)| end + 1))
}

/// The string that is `written`; as it stands there where it is cut off.
fn json_unescaped(written: &str) -> String {
    serde_json::from_str(written).unwrap_or_else(|_| {
        let inner = written.strip_prefix('"').unwrap_or(written);
        inner.strip_suffix('"').unwrap_or(inner).replace("\\/", "/")
    })
}

/// The parts of a form that have the name of a parameter.
fn parts(body: &str) -> Vec<Field> {
    let body = body.trim_start();
    let boundary = body.lines().next().unwrap_or_default().trim_end();
    let parts = body.split(boundary).filter_map(|part| {
        let part = part.strip_prefix("\r\n").or_else(|| part.strip_prefix('\n'))?;
        let (head, content) = part.split_once("\r\n\r\n").or_else(|| part.split_once("\n\n"))?;
        let disposition =
            head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
        let name = disposition.split(';').find_map(|parameter| parameter.trim().strip_prefix("name="))?;
        let content = content.strip_suffix('\n').unwrap_or(content);
        Some((known(name.trim_matches('"'))?, content.strip_suffix('\r').unwrap_or(content).to_owned()))
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::binding::BindingId;

    /// `<LogoutRequest …/>` in base64.
    const VALUE: &str = "PHNhbWxwOkxvZ291dFJlcXVlc3QgeG1sbnM6c2FtbHA9InVybjpvYXNpczpuYW1lczp0YzpTQU1MOjIuMDpwcm90b2NvbCIgSUQ9Il8xIiBWZXJzaW9uPSIyLjAiLz4=";

    /// Parameter, binding, name and RelayState of each message.
    fn seen(body: &str) -> Vec<(String, BindingId, Option<String>, Option<String>)> {
        let seen = |carried: Carried| {
            let name = carried.message.map(|message| message.kind.name().to_owned());
            let relay = carried.relay_state.map(|state| state.expose().clone());
            (carried.parameter, carried.binding, name, relay)
        };
        from_body(body.as_bytes()).into_iter().map(seen).collect()
    }

    #[test]
    fn finds_the_parameters_wherever_they_stand() {
        let expected = vec![(
            "SAMLRequest".to_owned(),
            BindingId::HttpPost,
            Some("LogoutRequest".to_owned()),
            Some("/x".to_owned()),
        )];
        let escaped = VALUE.replace('/', "\\/").replace('=', "\\u003d");
        for body in [
            format!("RelayState=%2Fx&SAMLRequest={}", VALUE.replace('=', "%3D")),
            format!(r#"{{"RelayState":"/x","SAMLRequest":"{escaped}"}}"#),
            format!(
                r#"[{{"a":{{"note":"\"SAMLRequest\"", "SAMLRequest" : "{VALUE}"}}}},{{"RelayState":"/x"}}]"#
            ),
            // Damaged behind the message.
            format!(r#"{{"RelayState":"/x","SAMLRequest":"{VALUE}","more":[1,"#),
            format!(
                "--b\r\nContent-Disposition: form-data; name=\"RelayState\"\r\n\r\n/x\r\n--b\r\ncontent-disposition: \
                 form-data; name=\"SAMLRequest\"\r\nContent-Type: text/plain\r\n\r\n{VALUE}\r\n--b--\r\n"
            ),
        ] {
            assert_eq!(seen(&body), expected, "{body}");
        }
    }

    #[test]
    fn a_body_without_a_parameter_carries_nothing() {
        for body in ["", "{}", "[\"SAMLRequest\"]", "{\"SAMLRequest\":5}", "--", "--b\r\n\r\n--b--", "a=b"] {
            assert_eq!(seen(body), [], "{body}");
        }
    }

    #[test]
    fn what_is_cut_off_within_the_value_is_read_as_far_as_it_goes() {
        let [(_, _, name, _)] = seen(&format!(r#"{{"SAMLRequest":"{}"#, &VALUE[..100])).try_into().unwrap();
        assert_eq!(name.as_deref(), Some("LogoutRequest"));
    }
}

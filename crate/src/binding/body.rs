//! The body of a request, whatever it is: XML (SOAP, PAOS, a bare message), JSON, the parts of a form
//! (`multipart/form-data`, RFC 7578), its lines (`text/plain`, HTML 4.10.21.8), or a form.
//!
//! Its kind is told by its content: single-page applications do not always name it rightly. The
//! parameters of the bindings are cut out as JavaScript cuts them out of what a browser sends
//! ([`crate::binding::raw_body`], which also says what the cut pieces mean); here they are found in what is
//! damaged, too. Leaves out: parts with a transfer encoding of their own (RFC 7578, 4.7 forbids them), JSON
//! in a string of JSON.

use super::{
    Carried, PARAMETERS, from_form_body, from_octets, from_shared_form, packing::looks_like_xml, query,
};
use crate::{
    base::{
        characters,
        limits::{LIMITS, Limits},
        redact::Secret,
        shared::Shared,
    },
    binding::raw_body::{self, BodyForm, Piece},
};

/// The messages in the `body` of a request, as it was sent. At most as many octets as the limit are looked
/// at.
pub fn from_body(body: &[u8], limits: &Limits) -> Vec<Carried> {
    // One octet more, so that the decoders see that the limit is passed.
    let body = body.get(..=LIMITS.parameter_bytes).unwrap_or(body);
    if looks_like_xml(body) {
        return vec![from_octets(body, limits)];
    }
    let text = characters::text_of(body);
    let Some(pieces) = pieces(&text) else {
        // Escapes stay, so that a flaw can name its place.
        return from_form_body(&text, limits);
    };
    let fields: Vec<_> = raw_body::fields(&pieces).map(|(name, value)| (name, Shared::from(value))).collect();
    from_shared_form(&fields, limits)
}

/// The parameters that are read in the `body` of a request that is no XML, unescaped, as a browser shows
/// them.
pub fn fields_of_body(body: &str) -> Vec<(String, Secret<String>)> {
    if let Some(pieces) = pieces(body) {
        return raw_body::fields(&pieces).collect();
    }
    let fields = query::parameters(body).filter(|parameter| known(&parameter.name).is_some());
    fields.map(|it| (it.name.into_owned(), Secret::new(it.value.unescaped()))).collect()
}

/// The parameters as they stand in JSON, in parts or in lines; absent when it is a form.
fn pieces(body: &str) -> Option<Vec<Piece>> {
    match body.trim_start().as_bytes() {
        [b'{' | b'[', ..] => Some(json(body)),
        [b'-', b'-', ..] => Some(parts(body)),
        _ => lines(body),
    }
}

fn piece(form: BodyForm, name: &str, written: &str) -> Piece {
    Piece(form, name.to_owned(), written.into())
}

/// The name itself, if it is one of a parameter that is read.
fn known(name: &str) -> Option<&'static str> {
    PARAMETERS.bearing.iter().chain(&PARAMETERS.companions).find(|known| **known == name).copied()
}

/// The members of JSON objects that have the name of a parameter and a string as value.
fn json(json: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = json;
    while let Some(start) = rest.find('"') {
        let (written, behind) = json_string(&rest[start..]);
        crate::base::counted::stepped(start + written.len());
        rest = behind;
        let Some(name) = known(written.trim_matches('"')) else { continue };
        let value = rest.trim_start().strip_prefix(':').map(str::trim_start);
        crate::base::counted::stepped(rest.len() - value.unwrap_or(rest.trim_start()).len());
        if let Some(value) = value.filter(|value| value.starts_with('"')) {
            let (written, behind) = json_string(value);
            rest = behind;
            let inner = written.strip_prefix('"').unwrap_or(written);
            pieces.push(piece(BodyForm::Json, name, inner.strip_suffix('"').unwrap_or(inner)));
        }
    }
    pieces
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

/// The parts of a form that have the name of a parameter.
fn parts(body: &str) -> Vec<Piece> {
    let body = body.trim_start();
    let boundary = body.lines().next().unwrap_or_default().trim_end();
    let parts = body.split(boundary).filter_map(|part| {
        crate::base::counted::stepped(boundary.len() + part.len());
        let part = part.strip_prefix("\r\n").or_else(|| part.strip_prefix('\n'))?;
        let (head, content) = part.split_once("\r\n\r\n").or_else(|| part.split_once("\n\n"))?;
        let disposition =
            head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
        let name = disposition.split(';').find_map(|parameter| parameter.trim().strip_prefix("name="))?;
        let content = content.strip_suffix('\n').unwrap_or(content);
        let content = content.strip_suffix('\r').unwrap_or(content);
        Some(piece(BodyForm::Multipart, known(name.trim_matches('"'))?, content))
    });
    parts.collect()
}

/// The fields of a form that has one a line; absent when it is another form. Base64 that was broken into
/// lines has lines like these only at its end, where it names no parameter; a form of one line can have a
/// line end behind it.
fn lines(body: &str) -> Option<Vec<Piece>> {
    let lines = body.trim_start().strip_suffix("\r\n")?.split("\r\n").map(|line| line.split_once('='));
    let fields: Vec<_> = lines.collect::<Option<_>>()?;
    crate::base::counted::stepped(body.len() + fields.iter().map(|(_, value)| value.len()).sum::<usize>());
    let names_parameter = |pair: &str| pair.split_once('=').is_some_and(|(name, _)| known(name).is_some());
    let is_field = |(name, value): &(&str, &str)| {
        let is_named = known(name).is_some() || !value.trim_matches('=').is_empty();
        is_named && !value.split('&').skip(1).any(names_parameter)
    };
    let of_parameter = |(name, value): &(&str, &str)| Some(piece(BodyForm::Text, known(name)?, value));
    fields.iter().all(is_field).then(|| fields.iter().filter_map(of_parameter).collect())
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
            let relay = carried.relay_state.map(|state| state.expose().to_owned());
            (carried.parameter, carried.binding, name, relay)
        };
        from_body(body.as_bytes(), &LIMITS).into_iter().map(seen).collect()
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
            format!("RelayState=%2Fx&SAMLRequest={VALUE}\r\n"),
            format!(r#"{{"RelayState":"/x","SAMLRequest":"{escaped}"}}"#),
            format!(
                r#"[{{"a":{{"note":"\"SAMLRequest\"", "SAMLRequest" : "{VALUE}"}}}},{{"RelayState":"/x"}}]"#
            ),
            format!("RelayState=/x\r\nSAMLRequest={VALUE}\r\n"),
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
    fn base64_in_lines_is_no_form_of_lines() {
        let (one, two) = VALUE.split_at(76);
        for body in [format!("SAMLRequest={one}\r\n{two}"), format!("SAMLRequest={one}\r\n{two}\r\n")] {
            let [(_, _, name, _)] = seen(&body).try_into().unwrap();
            assert_eq!(name.as_deref(), Some("LogoutRequest"), "{body}");
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

//! Values that are planted, and looking for them in what comes out.

use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::read::DeflateDecoder;
use serde_json::Value;
use std::io::Read;

/// The places of all texts in `value`.
pub(crate) fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(at.to_owned()),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(n, item)| places(item, &format!("{at}/{n}"), found));
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(name, item)| places(item, &format!("{at}/{name}"), found));
        }
        _ => {}
    }
}

/// Makes values of which none is part of another one, in letters and digits.
pub(crate) struct Planted(pub(crate) Vec<String>);

impl Planted {
    pub(crate) fn plant(&mut self) -> String {
        let planted = format!("pLaNTed{:05}qZ", self.0.len());
        self.0.push(planted.clone());
        planted
    }
}

/// The ways to plant a value in `text`: alone, behind it, and in the parts of an address.
pub(crate) fn ways(text: &str, planted: &mut Planted) -> Vec<String> {
    let mut ways =
        vec![planted.plant(), format!("{text}{}", planted.plant()), format!("{} {text}", planted.plant())];
    if text.contains("://") {
        let mut p = || planted.plant();
        ways.extend([
            format!(
                "https://{}:{}@idp.example.com/{}/sso;{}={}?{}={}&token={}&{}#{}",
                p(),
                p(),
                p(),
                p(),
                p(),
                p(),
                p(),
                p(),
                p(),
                p()
            ),
            format!("https://gitlab.com/-/invites/{}?group_path={}", p(), p()),
            format!("https://gitlab.com/groups/{}/-/saml", p()),
            format!("{}:{}", p(), p()),
            format!("//{}@gitlab.com/{}\\{}", p(), p(), p()),
            format!("/{}?{}", p(), p()),
        ]);
    }
    ways
}

/// The values of attributes and the texts in `xml`.
pub(crate) fn message_places(xml: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let (mut start, mut before) = (0, ' ');
    for (at, c) in xml.char_indices() {
        match (before, c) {
            ('"', '"') | ('>', '<') => {
                if at > start
                    && !xml[start..at].starts_with("urn:oasis:names:tc:SAML:2.0:protocol")
                    && !xml[start..at].starts_with("urn:oasis:names:tc:SAML:2.0:assertion")
                {
                    found.push(start..at);
                }
                before = if c == '"' { ' ' } else { '<' };
                continue;
            }
            ('"', _) => continue,
            _ => {}
        }
        if c == '"' || c == '>' {
            (before, start) = (c, at + 1);
        }
    }
    found
}

/// `text` and all that is packed in it: percent-encoded, base64, inflated.
fn unpacked(text: &str) -> String {
    let mut all = text.to_owned();
    let mut queue = vec![(text.to_owned(), 0)];
    while let Some((text, depth)) = queue.pop() {
        let decoded = percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned();
        for word in decoded.split(|c: char| !(c.is_ascii_alphanumeric() || "+/=".contains(c))) {
            let Some(octets) = (word.len() >= 40).then(|| BASE64_STANDARD.decode(word).ok()).flatten() else {
                continue;
            };
            let mut inflated = Vec::new();
            let _ = DeflateDecoder::new(octets.as_slice()).take(1 << 20).read_to_end(&mut inflated);
            for octets in [octets, inflated] {
                let inner = String::from_utf8_lossy(&octets).into_owned();
                all.push_str(&inner);
                if depth < 2 {
                    queue.push((inner, depth + 1));
                }
            }
        }
    }
    all
}

/// Every writing of a planted value that is looked for. All planted values begin alike, so what is common is
/// looked for first, which finds them all at once.
fn writings(value: &str) -> Vec<String> {
    let octets = value.as_bytes();
    let hex: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    let percent: String = octets.iter().map(|octet| format!("%{octet:02x}")).collect();
    let base64 = (0..3).map(|phase| {
        let shifted = [&b"xx"[..phase], octets].concat();
        let whole = BASE64_STANDARD.encode(&shifted);
        // Only the digits that belong to the value alone.
        let (first, last) = ((phase * 8).div_ceil(6), shifted.len() * 8 / 6);
        whole[first..last].to_owned()
    });
    let plain = [value.into(), value.to_lowercase(), value.to_uppercase()];
    let coded = [hex.clone(), hex.to_uppercase(), percent.clone(), percent.to_uppercase()];
    plain.into_iter().chain(coded).chain(base64).collect()
}

pub(crate) fn assert_nothing_planted(from: &str, output: &str) {
    let output = unpacked(output);
    for writing in writings("pLaNTed") {
        if let Some(at) = output.find(&writing) {
            let start = output.floor_char_boundary(at.saturating_sub(300));
            let end = output.ceil_char_boundary((at + 60).min(output.len()));
            panic!("{from} shows a planted value as {writing}: {}", &output[start..end]);
        }
    }
}

//! One Response before it is signed, as text, and what is changed in it; and the real libraries, which sign
//! it and say what they make of it.
//!
//! A draft is written for one group at one time, so that a change can name the text that it replaces.
//! [`Draft::sent`] moves it, with its changes, to another group and another time.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, ensure};
use samlight::base::instant::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{lab::program::RUBY, signer};

/// The time at which GitLab looks at it: 2026-03-01T12:00:00Z.
pub const NOW: i64 = 1_772_366_400_000;

/// The part that is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// The assertion.
    Assertion,
    /// The Response around it.
    Response,
    /// Each of them.
    Both,
}

/// One change.
#[derive(Clone, Debug)]
pub enum Edit {
    /// In the XML, before it is signed.
    Xml(&'static str, String),
    /// In the XML, before it is signed: everything from the first text up to the second.
    Until(&'static str, &'static str, String),
    /// In the XML, after it was signed.
    After(&'static str, String),
    /// In the parameter.
    Wire(&'static str, String),
    /// In GitLab's settings.
    Setting(&'static str, Value),
    /// In how it is signed.
    Sign(&'static str, Value),
}

/// One case.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its name, for people.
    pub name: String,
    /// The XML, with places for the signatures.
    pub xml: String,
    /// The way in which it is signed.
    pub sign: Map<String, Value>,
    /// Changes once it is signed: what stands there, and what instead.
    pub after: Vec<(String, String)>,
    /// Changes in the parameter.
    pub wire: Vec<(String, String)>,
    /// GitLab's settings, as omniauth-saml takes them.
    pub settings: Map<String, Value>,
    /// The way in which each part that is marked for it is encrypted.
    pub encrypt: Vec<Value>,
    /// The form in which the parameter is made, where it is not the usual one.
    pub form: Form,
    /// When GitLab looks at it.
    pub now: i64,
}

/// The form of the parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// In base64.
    #[default]
    Base64,
    /// Deflated, then in base64.
    Deflated,
    /// The XML itself.
    Bare,
    /// In UTF-16 with a byte order mark, then in base64.
    Utf16,
    /// In ISO 8859-1, then in base64.
    Latin1,
}

/// The group's entityID.
pub const ENTITY_ID: &str = "https://gitlab.example.com/groups/acme";
/// The group's assertion consumer service.
pub const ACS: &str = "https://gitlab.example.com/groups/acme/-/saml/callback";
/// The identity provider's entityID.
pub const IDP: &str = "https://idp.example.com/metadata";
/// The NameID.
pub const NAME_ID: &str = "alex-4711";
/// The part of a signature that tells its key.
pub const KEY_INFO: &str = "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{CERTIFICATE}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>";

impl Draft {
    /// A Response that GitLab accepts.
    pub fn good(signed: Signed) -> Self {
        let place = |id: &str, wanted: &[Signed]| {
            if wanted.contains(&signed) { format!("{{SIGNATURE {id}}}") } else { String::new() }
        };
        let xml = format!(
            r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r" InResponseTo="_q" Version="2.0" IssueInstant="2026-03-01T12:00:00Z" Destination="{ACS}"><saml:Issuer>{IDP}</saml:Issuer>{response}<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status><saml:Assertion ID="_a" Version="2.0" IssueInstant="2026-03-01T12:00:00Z"><saml:Issuer>{IDP}</saml:Issuer>{assertion}<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">{NAME_ID}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData InResponseTo="_q" NotOnOrAfter="2026-03-01T12:05:00Z" Recipient="{ACS}"/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="2026-03-01T11:59:00Z" NotOnOrAfter="2026-03-01T12:05:00Z"><saml:AudienceRestriction><saml:Audience>{ENTITY_ID}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="2026-03-01T11:59:30Z" SessionIndex="_s"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement><saml:Attribute Name="email"><saml:AttributeValue>alex@example.com</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion></samlp:Response>"#,
            response = place("_r", &[Signed::Response, Signed::Both]),
            assertion = place("_a", &[Signed::Assertion, Signed::Both]),
        );
        let settings = json!({
            "sp_entity_id": ENTITY_ID, "assertion_consumer_service_url": ACS, "idp_cert_fingerprint": "sha256",
        });
        Draft {
            name: format!("{signed:?} signed"),
            xml,
            sign: Map::from_iter([("key_info".to_owned(), json!(KEY_INFO))]),
            after: Vec::new(),
            wire: Vec::new(),
            settings: settings.as_object().cloned().unwrap_or_default(),
            encrypt: Vec::new(),
            form: Form::Base64,
            now: NOW,
        }
    }

    /// With these changes; `None` where one of them finds nothing to change.
    #[must_use]
    pub fn with(mut self, edits: &[Edit]) -> Option<Self> {
        for edit in edits {
            match edit {
                Edit::Xml(from, to) => {
                    if !self.xml.contains(from) {
                        return None;
                    }
                    self.xml = self.xml.replacen(from, to, 1);
                }
                Edit::Until(from, end, to) => {
                    let start = self.xml.find(from)?;
                    let end = start + self.xml.get(start..)?.find(end)?;
                    self.xml.replace_range(start..end, to);
                }
                Edit::After(from, to) => self.after.push(((*from).to_owned(), to.clone())),
                Edit::Wire(from, to) => self.wire.push(((*from).to_owned(), to.clone())),
                Edit::Setting(name, value) => {
                    self.settings.insert((*name).to_owned(), value.clone());
                }
                Edit::Sign(name, value) => {
                    self.sign.insert((*name).to_owned(), value.clone());
                }
            }
        }
        Some(self)
    }

    /// The same to the service provider `entity_id` at `acs` at the time `now`, as an answer to the request
    /// `id`.
    #[must_use]
    pub fn sent(self, entity_id: &str, acs: &str, now: Timestamp, id: &str) -> Self {
        let moved = |text: &str| {
            let text =
                text.replace(ACS, acs).replace(ENTITY_ID, entity_id).replace("\"_q\"", &format!("\"{id}\""));
            shifted(&text, now.since(Timestamp(NOW)))
        };
        let pairs = |list: Vec<(String, String)>| {
            list.into_iter().map(|(from, to)| (moved(&from), moved(&to))).collect::<Vec<_>>()
        };
        let settings = self.settings.into_iter().map(|(name, value)| match value.as_str().map(&moved) {
            Some(text) => (name, Value::from(text)),
            None => (name, value),
        });
        Draft {
            name: self.name,
            xml: moved(&self.xml),
            sign: self.sign,
            after: pairs(self.after),
            wire: self.wire,
            settings: settings.collect(),
            encrypt: self.encrypt,
            form: self.form,
            now: now.0,
        }
    }

    fn request(&self) -> Value {
        let encoding = match self.form {
            Form::Utf16 => Some("UTF-16LE"),
            Form::Latin1 => Some("ISO-8859-1"),
            _ => None,
        };
        json!({"xml": self.xml, "sign": self.sign, "after": self.after, "wire": self.wire,
               "settings": self.settings, "now": self.now, "encrypt": self.encrypt, "encoding": encoding,
               "deflate": self.form == Form::Deflated, "bare": self.form == Form::Bare})
    }
}

/// `text` with each of the draft's instants moved by so many milliseconds.
fn shifted(text: &str, by: i64) -> String {
    // All of them are on the day of `NOW`.
    let day = Timestamp(NOW).to_string().chars().take(10).chain(['T']).collect::<String>();
    let mut parts = text.split(&day);
    let mut moved = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let of_instant = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | '+' | '-' | 'Z');
        let (time, rest) = part.split_at(part.find(|c| !of_instant(c)).unwrap_or(part.len()));
        let instant = format!("{day}{time}");
        match Timestamp::parse(&instant) {
            Some(at) => moved.push_str(&Timestamp(at.0.saturating_add(by)).to_string()),
            None => moved.push_str(&instant),
        }
        moved.push_str(rest);
    }
    moved
}

/// The answer of omniauth-saml and ruby-saml to a draft.
#[derive(Debug, Deserialize)]
pub struct Answer {
    /// The signed Response as the parameter that it got.
    pub response: String,
    /// Whether it lets the person in.
    pub accepted: bool,
    /// Its words when it refuses.
    pub message: Option<String>,
    /// The name that GitLab looks for: the NameID, or the attribute in its place.
    pub name_id: Option<String>,
    /// The fingerprint in the settings.
    pub fingerprint: Option<String>,
    /// The certificate in the settings.
    pub certificate: Option<String>,
    /// The version of ruby-saml.
    pub version: String,
    /// The values that it reads, whether it lets the person in or not; absent where it fails.
    pub read: Option<Read>,
}

/// The values that ruby-saml reads.
#[derive(Debug, Deserialize)]
pub struct Read {
    /// The NameID.
    pub name_id: Option<String>,
    /// The attributes with their values, in their order.
    pub attributes: Vec<(String, Vec<Option<String>>)>,
}

/// Has the libraries sign these drafts and judge them, all in one process. They are signed with the key in
/// the folder `key` (`idp.key` and `idp.pem`), else with a new one.
///
/// # Errors
/// Ruby or the libraries are not installed, or fail.
pub fn answers(drafts: &[Draft], key: Option<&Path>) -> Result<Vec<Answer>> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("acceptance/library.rb");
    let mut ruby = Command::new(RUBY.find()?)
        .arg(program)
        .args(key)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start Ruby")?;
    let mut input = ruby.stdin.take().context("no input")?;
    let requests: String = drafts.iter().map(|draft| format!("{}\n", draft.request())).collect();
    let writer = std::thread::spawn(move || input.write_all(requests.as_bytes()));
    let output = ruby.wait_with_output()?;
    writer.join().map_err(|_| anyhow!("the writer failed"))??;
    ensure!(output.status.success(), "Ruby failed; is ruby-omniauth-saml installed?");
    let lines = String::from_utf8(output.stdout)?;
    let answers: Vec<Answer> = lines.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    ensure!(answers.len() == drafts.len(), "{} answers to {} drafts", answers.len(), drafts.len());
    Ok(answers)
}

/// The SignatureValue of `octets` with the key of `crate/tests/signer`.
pub fn signature_value(octets: &[u8]) -> String {
    signer::value(octets)
}

/// Modulus and exponent of that key.
pub fn key_numbers() -> (String, String) {
    signer::numbers()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_moved_with_its_changes() {
        let late =
            Edit::Xml("NotBefore=\"2026-03-01T11:59:00Z\"", "NotBefore=\"2026-03-01T13:00:01+01:00\"".into());
        let draft = Draft::good(Signed::Assertion).with(&[late]).unwrap();
        let (entity_id, acs) = ("https://gitlab.com/groups/a", "https://gitlab.com/groups/a/-/saml/callback");
        let sent = draft.sent(entity_id, acs, Timestamp(NOW + 3_600_000), "_other");
        for part in [
            "InResponseTo=\"_other\" Version",
            "NotBefore=\"2026-03-01T13:00:01Z\"",
            "NotOnOrAfter=\"2026-03-01T13:05:00Z\"",
            "<saml:Audience>https://gitlab.com/groups/a</saml:Audience>",
            "Destination=\"https://gitlab.com/groups/a/-/saml/callback\"",
        ] {
            assert!(sent.xml.contains(part), "{part}: {}", sent.xml);
        }
        assert_eq!((sent.settings["sp_entity_id"].as_str(), sent.now), (Some(entity_id), NOW + 3_600_000));
    }
}

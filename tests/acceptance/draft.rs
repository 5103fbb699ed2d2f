//! One Response before it is signed, as text, and what is changed in it.

use serde_json::{Map, Value, json};

/// The time at which GitLab looks at it: 2026-03-01T12:00:00Z.
pub(crate) const NOW: i64 = 1_772_366_400_000;

/// What is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signed {
    Assertion,
    Response,
    Both,
}

/// One change.
#[derive(Clone, Debug)]
pub(crate) enum Edit {
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
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) xml: String,
    pub(crate) sign: Map<String, Value>,
    pub(crate) after: Vec<(String, String)>,
    pub(crate) wire: Vec<(String, String)>,
    pub(crate) settings: Map<String, Value>,
}

pub(crate) const ENTITY_ID: &str = "https://gitlab.example.com/groups/acme";
pub(crate) const ACS: &str = "https://gitlab.example.com/groups/acme/-/saml/callback";
pub(crate) const IDP: &str = "https://idp.example.com/metadata";
pub(crate) const KEY_INFO: &str = "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{CERTIFICATE}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>";

impl Draft {
    /// A Response that GitLab accepts.
    pub(crate) fn good(signed: Signed) -> Self {
        let place = |id: &str, wanted: &[Signed]| {
            if wanted.contains(&signed) { format!("{{SIGNATURE {id}}}") } else { String::new() }
        };
        let xml = format!(
            r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r" InResponseTo="_q" Version="2.0" IssueInstant="2026-03-01T12:00:00Z" Destination="{ACS}"><saml:Issuer>{IDP}</saml:Issuer>{response}<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status><saml:Assertion ID="_a" Version="2.0" IssueInstant="2026-03-01T12:00:00Z"><saml:Issuer>{IDP}</saml:Issuer>{assertion}<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">alex-4711</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData InResponseTo="_q" NotOnOrAfter="2026-03-01T12:05:00Z" Recipient="{ACS}"/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="2026-03-01T11:59:00Z" NotOnOrAfter="2026-03-01T12:05:00Z"><saml:AudienceRestriction><saml:Audience>{ENTITY_ID}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="2026-03-01T11:59:30Z" SessionIndex="_s"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement><saml:Attribute Name="email"><saml:AttributeValue>alex@example.com</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion></samlp:Response>"#,
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
        }
    }

    /// With these changes; `None` where one of them finds nothing to change.
    pub(crate) fn with(mut self, edits: &[Edit]) -> Option<Self> {
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

    /// As the library takes it.
    pub(crate) fn request(&self) -> Value {
        json!({"xml": self.xml, "sign": self.sign, "after": self.after, "wire": self.wire,
               "settings": self.settings, "now": NOW})
    }
}

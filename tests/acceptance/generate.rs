//! Responses of all kinds, made by chance: a good one, to a group or to an instance, in which a few things
//! are different. Each kind of difference comes alone first, then they come together.
//!
//! | file | what differs |
//! |---|---|
//! | `kinds` | conditions, settings, what is no Response |
//! | `names` | the NameID, attributes |
//! | `sealed` | signatures, and what is encrypted |

use crate::{kinds, library::Trial, names, sealed};
use fastrand::Rng;
use samlight_tests::draft::{ACS, Draft, ENTITY_ID, Form, IDP, KEY_INFO, NAME_ID, NOW};
use serde_json::{Map, Value, json};

/// The number of generated Responses.
const RESPONSES: usize = 500;
/// The number of times that each kind of difference comes alone.
const ALONE: usize = 3;

/// The places of a signature in its element.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Place {
    BehindIssuer,
    First,
    Last,
}

/// A Response in parts, each as it will be written.
pub(crate) struct Parts {
    pub(crate) is_group: bool,
    /// In front of the root.
    pub(crate) prolog: String,
    /// Stands for all of it, where it is no Response.
    pub(crate) other: Option<String>,
    pub(crate) response: Vec<(&'static str, String)>,
    pub(crate) response_issuer: String,
    pub(crate) response_signature: String,
    pub(crate) status: String,
    pub(crate) before_assertion: String,
    pub(crate) behind_assertion: String,
    pub(crate) assertion: Vec<(&'static str, String)>,
    pub(crate) assertion_issuer: String,
    pub(crate) assertion_signature: String,
    pub(crate) name_id: String,
    pub(crate) confirmations: String,
    pub(crate) conditions: String,
    pub(crate) authn: String,
    pub(crate) attributes: String,
    pub(crate) place: Place,
    /// Around the assertion.
    pub(crate) around: (String, String),
    /// The prefix of assertions.
    pub(crate) prefix: &'static str,
    pub(crate) between: &'static str,
    pub(crate) sign: Map<String, Value>,
    pub(crate) encrypt: Vec<Value>,
    pub(crate) after: Vec<(String, String)>,
    pub(crate) wire: Vec<(String, String)>,
    pub(crate) form: Form,
    pub(crate) settings: Map<String, Value>,
    pub(crate) now: i64,
}

/// A kind of difference: its name, and how it is made.
pub(crate) type Kind = (&'static str, fn(&mut Parts, &mut Rng));

/// One of them.
pub(crate) fn pick<T: Clone>(random: &mut Rng, of: &[T]) -> T {
    of[random.usize(..of.len())].clone()
}

/// A decision of chance that is true once in `times`.
pub(crate) fn once_in(random: &mut Rng, times: u32) -> bool {
    random.u32(..times) == 0
}

/// A SubjectConfirmation that GitLab takes.
pub(crate) fn confirmation(data: &str) -> String {
    let method = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
    format!("<saml:SubjectConfirmation Method=\"{method}\">{data}</saml:SubjectConfirmation>")
}

impl Parts {
    fn good(random: &mut Rng) -> Self {
        let is_group = random.bool();
        let data = format!(
            r#"<saml:SubjectConfirmationData InResponseTo="_q" NotOnOrAfter="2026-03-01T12:05:00Z" Recipient="{ACS}"/>"#
        );
        let issuer = format!("<saml:Issuer>{IDP}</saml:Issuer>");
        let settings = json!({
            "sp_entity_id": ENTITY_ID, "assertion_consumer_service_url": ACS,
            "idp_cert_fingerprint": pick(random, &["sha1", "sha256"]),
        });
        let own = |own: &[(&'static str, &str)]| {
            own.iter().map(|(name, value)| (*name, (*value).to_owned())).collect::<Vec<_>>()
        };
        let of_response = [
            ("ID", "_r"),
            ("InResponseTo", "_q"),
            ("Version", "2.0"),
            ("IssueInstant", "2026-03-01T12:00:00Z"),
            ("Destination", ACS),
        ];
        let (response, assertion) =
            pick(random, &[(true, false), (false, true), (false, true), (true, true)]);
        let signature = |is_there: bool, id: &str| {
            if is_there { format!("{{SIGNATURE {id}}}") } else { String::new() }
        };
        let mut settings: Map<String, Value> = settings.as_object().cloned().unwrap_or_default();
        if !is_group && random.bool() {
            settings.insert("private_key".to_owned(), json!(true));
        }
        Parts {
            is_group,
            prolog: String::new(),
            other: None,
            response: own(&of_response),
            response_issuer: issuer.clone(),
            response_signature: signature(response, "_r"),
            status: r#"<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>"#.to_owned(),
            before_assertion: String::new(),
            behind_assertion: String::new(),
            assertion: own(&of_response[..4]).into_iter().filter(|(name, _)| *name != "InResponseTo")
                .map(|(name, value)| (name, if name == "ID" { "_a".to_owned() } else { value })).collect(),
            assertion_issuer: issuer,
            assertion_signature: signature(assertion, "_a"),
            name_id: format!(r#"<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">{NAME_ID}</saml:NameID>"#),
            confirmations: confirmation(&data),
            conditions: format!(r#"<saml:Conditions NotBefore="2026-03-01T11:59:00Z" NotOnOrAfter="2026-03-01T12:05:00Z"><saml:AudienceRestriction><saml:Audience>{ENTITY_ID}</saml:Audience></saml:AudienceRestriction></saml:Conditions>"#),
            authn: kinds::authn("SessionIndex=\"_s\""),
            attributes: r#"<saml:AttributeStatement><saml:Attribute Name="email"><saml:AttributeValue>alex@example.com</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>"#.to_owned(),
            place: Place::BehindIssuer,
            around: (String::new(), String::new()),
            prefix: "saml",
            between: "",
            sign: Map::from_iter([("key_info".to_owned(), json!(KEY_INFO))]),
            encrypt: Vec::new(),
            after: Vec::new(),
            wire: Vec::new(),
            form: Form::Base64,
            settings,
            now: NOW,
        }
    }

    pub(crate) fn set(&mut self, name: &str, value: Value) {
        self.settings.insert(name.to_owned(), value);
    }

    fn assertion(&self) -> String {
        let Parts { assertion_issuer, assertion_signature, name_id, confirmations, .. } = self;
        let subject = format!("<saml:Subject>{name_id}{confirmations}</saml:Subject>");
        let statements = [&self.conditions, &self.authn, &self.attributes].map(String::as_str).concat();
        let inside = placed(
            self.place,
            assertion_issuer,
            assertion_signature,
            &[&subject, &statements].map(String::as_str).concat(),
        );
        let xml = format!("<saml:Assertion{}>{inside}</saml:Assertion>", written(&self.assertion));
        format!("{}{xml}{}", self.around.0, self.around.1)
    }

    fn xml(&self) -> String {
        if let Some(other) = &self.other {
            return format!("{}{}", self.prolog, other.replace("{ASSERTION}", &self.assertion()));
        }
        let rest = [&self.status, &self.before_assertion, &self.assertion(), &self.behind_assertion]
            .map(String::as_str)
            .concat();
        let inside = placed(self.place, &self.response_issuer, &self.response_signature, &rest);
        let namespaces = r#" xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion""#;
        let xml = format!("<samlp:Response{namespaces}{}>{inside}</samlp:Response>", written(&self.response));
        format!("{}{xml}", self.prolog)
    }

    fn draft(self, name: String) -> Draft {
        let mut xml = self.xml();
        if self.prefix != "saml" {
            let colon = if self.prefix.is_empty() { "" } else { ":" };
            let (prefix, open) = (self.prefix, if self.prefix.is_empty() { "xmlns" } else { "xmlns:" });
            xml = xml
                .replace("<saml:", &format!("<{prefix}{colon}"))
                .replace("</saml:", &format!("</{prefix}{colon}"))
                .replace("xmlns:saml=", &format!("{open}{prefix}="));
        }
        if !self.between.is_empty() {
            xml = xml.replace("><saml", &format!(">{}<saml", self.between));
        }
        Draft {
            name,
            xml,
            sign: self.sign,
            after: self.after,
            wire: self.wire,
            settings: self.settings,
            encrypt: self.encrypt,
            form: self.form,
            now: self.now,
        }
    }
}

fn written(attributes: &[(&'static str, String)]) -> String {
    attributes.iter().map(|(name, value)| format!(" {name}=\"{value}\"")).collect()
}

fn placed(place: Place, issuer: &str, signature: &str, rest: &str) -> String {
    match place {
        Place::BehindIssuer => format!("{issuer}{signature}{rest}"),
        Place::First => format!("{signature}{issuer}{rest}"),
        Place::Last => format!("{issuer}{rest}{signature}"),
    }
}

/// All kinds.
pub(crate) fn kinds() -> Vec<Kind> {
    [kinds::KINDS, names::KINDS, sealed::KINDS].concat()
}

/// The generated Responses.
pub(crate) fn responses(random: &mut Rng) -> Vec<Trial> {
    let kinds = kinds();
    let alone = kinds.iter().flat_map(|kind| std::iter::repeat_n(vec![*kind], ALONE)).collect::<Vec<_>>();
    let left = RESPONSES.saturating_sub(alone.len());
    let together = (0..left).map(|_| {
        let count = pick(random, &[0, 2, 2, 2, 3, 3, 4]);
        (0..count).map(|_| pick(random, &kinds)).collect()
    });
    let together: Vec<Vec<Kind>> = together.collect();
    let mut made = |(number, of): (usize, Vec<Kind>)| {
        let mut parts = Parts::good(random);
        for (_, change) in &of {
            change(&mut parts, random);
        }
        let names: Vec<&str> = of.iter().map(|(name, _)| *name).collect();
        let is_group = parts.is_group;
        let to = if is_group { "group" } else { "instance" };
        let name = format!("{number} to the {to}: {}", names.join(", "));
        Trial { name: name.clone(), broken: None, draft: parts.draft(name), is_group, is_posted: true }
    };
    alone.into_iter().chain(together).enumerate().map(&mut made).collect()
}

/// The IDs of several assertions.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Ids {
    Own,
    Same,
    Empty,
}

/// Responses with two and three assertions, each with a NameID and an attribute, which are in the open,
/// encrypted or not there, in every order.
pub(crate) fn several_assertions(random: &mut Rng) -> Vec<Trial> {
    const WAYS: usize = 3;
    let sealed = json!({
        "cipher": "http://www.w3.org/2009/xmlenc11#aes256-gcm",
        "transport": "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p", "recipients": ["sp"],
    });
    let orders = [2, 3].into_iter().flat_map(|count| (0..WAYS.pow(count)).map(move |order| (count, order)));
    let set = |parts: &mut Parts, way: usize, number: u32| {
        let seal = |parts: &mut Parts, name: &str, inside: &str| match way {
            0 => String::new(),
            1 => inside.to_owned(),
            _ => {
                parts.encrypt.push(sealed.clone());
                let at = parts.encrypt.len() - 1;
                format!("<saml:{name}>{{ENCRYPT {at}}}{inside}{{/ENCRYPT}}</saml:{name}>")
            }
        };
        parts.name_id = seal(parts, "EncryptedID", &format!("<saml:NameID>alex-{number}</saml:NameID>"));
        let attribute = format!(
            r#"<saml:Attribute Name="uid"><saml:AttributeValue>uid-{number}</saml:AttributeValue></saml:Attribute>"#
        );
        let inside = seal(parts, "EncryptedAttribute", &attribute);
        parts.attributes = format!("<saml:AttributeStatement>{inside}</saml:AttributeStatement>");
    };
    let mut made = |(count, order, ids, signed): (u32, usize, Ids, &str)| {
        let mut parts = Parts::good(random);
        parts.is_group = false;
        parts.set("private_key", json!(true));
        let nothing = format!(
            "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo/><ds:SignatureValue>AAAA</ds:SignatureValue>{KEY_INFO}</ds:Signature>"
        );
        parts.response_signature = match signed {
            "Response" => "{SIGNATURE _r}".to_owned(),
            "nothing" => nothing,
            _ => String::new(),
        };
        let mut assertions = Vec::new();
        for number in 0..count {
            set(&mut parts, order / WAYS.pow(number) % WAYS, number);
            let id = match ids {
                Ids::Empty => String::new(),
                Ids::Own if number > 0 => format!("_a{number}"),
                Ids::Own | Ids::Same => "_a".to_owned(),
            };
            let is_signed = number == 0 && signed == "assertion";
            parts.assertion_signature = if is_signed { format!("{{SIGNATURE {id}}}") } else { String::new() };
            parts.assertion.iter_mut().filter(|(name, _)| *name == "ID").for_each(|it| it.1.clone_from(&id));
            assertions.push(parts.assertion());
        }
        // The last one is written by the parts themselves.
        assertions.pop();
        parts.before_assertion = assertions.concat();
        let name = format!("{count} assertions, order {order}, IDs {ids:?}, signed {signed}");
        Trial { name: name.clone(), broken: None, draft: parts.draft(name), is_group: false, is_posted: true }
    };
    let all = orders.flat_map(|(count, order)| {
        let signed = ["Response", "assertion", "nothing"];
        let ways =
            [Ids::Own, Ids::Same, Ids::Empty].into_iter().flat_map(move |ids| signed.map(|it| (ids, it)));
        // Of three, what two show already is left out.
        let ways =
            ways.filter(move |(ids, signed)| count == 2 || (*ids != Ids::Empty && *signed != "nothing"));
        ways.map(move |(ids, signed)| (count, order, ids, signed))
    });
    all.map(&mut made).collect()
}

//! [`Redaction`]: what leaves of a value in a file that is shared, by the [`Kind`] of its field.
//!
//! Nothing leaves as it is because nobody thought of it: each field of each event names its kind
//! (`redacted`), and each kind says here what leaves.
//!
//! | kind | what leaves |
//! |---|---|
//! | address, entity ID | scheme, known hosts, port, known words and parameters; pseudonyms for the rest |
//! | identifier, user name, path of a group, account | a pseudonym |
//! | prose | the words that are known as GitLab's; else the length |
//! | message | a copy without signatures and secrets (`message`); else the length |
//! | URI, attribute name, provider | it, where it is a known one; else a pseudonym |
//! | date, number, media type, method, …: what has a form | it, where it has that form; else the length |
//! | certificate, unknown field | nothing |

use super::message;
use crate::{
    base::{
        catalogue::Text,
        instant::Timestamp,
        limits::LIMITS,
        pseudonym::{Pseudonyms, Salt},
        redact,
        shown_address::{self, Hide, Part},
    },
    binding,
    comparison::{self, Verdict},
    gitlab::{outcome, pages::Holds},
    saml::uri,
    text,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use miniz_oxide::deflate::compress_to_vec;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The kind of a text in an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A web address.
    Address,
    /// The name of a party: an address, or any other text.
    EntityId,
    /// A name of a person, a stored identifier, a RelayState, an ID.
    Identifier,
    /// A user name, perhaps with `@`.
    Username,
    /// The full path of a group.
    GroupPath,
    /// A sentence with an account in it, of which the account is read.
    Account,
    /// Sentences of a page.
    Prose,
    /// A SAML message.
    Message,
    /// A URI of a standard.
    Uri,
    /// The name of a SAML attribute.
    AttributeName,
    /// The name of a sign-in integration, perhaps behind its label.
    Provider,
    /// A `Date` header.
    Date,
    /// An `xs:dateTime`.
    Instant,
    /// A media type.
    MediaType,
    /// A number in digits, with dots.
    Number,
    /// The fingerprint of a certificate.
    Fingerprint,
    /// Yes or no, as pages write it.
    Flag,
    /// One word of a closed list: a method, a check.
    Word,
    /// The badges in a row of members.
    Badges,
    /// The browser's word for a failure.
    BrowserError,
    /// The browser's name for something: a request, a cookie store.
    BrowserName,
    /// A certificate.
    Certificate,
    /// A text that is not known.
    Unknown,
}

/// The list of what was replaced in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The number of values that were replaced or left out, by kind.
    pub replaced: BTreeMap<Kind, usize>,
    /// The number of different values that have a pseudonym.
    pub pseudonyms: usize,
}

impl Receipt {
    /// All that was replaced, in one sentence for each way in which it was.
    pub fn text(&self) -> Vec<Text> {
        let count = |kinds: &[Kind]| kinds.iter().filter_map(|kind| self.replaced.get(kind)).sum::<usize>();
        let names = count(&[
            Kind::Identifier,
            Kind::Username,
            Kind::GroupPath,
            Kind::Account,
            Kind::Uri,
            Kind::AttributeName,
            Kind::Provider,
            Kind::BrowserName,
        ]);
        let addresses = count(&[Kind::Address, Kind::EntityId]);
        let messages = count(&[Kind::Message]);
        let others = self.replaced.values().sum::<usize>() - names - addresses - messages;
        let told = [
            (names, text!("receipt.names", count = names, different = self.pseudonyms)),
            (addresses, text!("receipt.addresses", count = addresses)),
            (messages, text!("receipt.messages", count = messages)),
            (others, text!("receipt.others", count = others)),
        ];
        let told: Vec<Text> =
            told.into_iter().filter(|(count, _)| *count > 0).map(|(_, text)| text).collect();
        if told.is_empty() { vec![text!("receipt.nothing")] } else { told }
    }
}

/// The redaction of one file: its pseudonyms, and what was replaced so far.
pub struct Redaction {
    names: Pseudonyms<(Verdict, bool)>,
    receipt: Receipt,
    /// Whether a file tells of the event that is redacted.
    of_file: bool,
    /// Whether a detached signature stands beside the message that is redacted.
    signed_beside: bool,
}

/// Media types that responses with SAML and GitLab's pages have.
const MEDIA_TYPES: [&str; 16] = [
    "text/html",
    "text/plain",
    "text/xml",
    "text/css",
    "text/javascript",
    "application/javascript",
    "application/json",
    "application/xml",
    "application/soap+xml",
    "application/xhtml+xml",
    "application/samlmetadata+xml",
    "application/vnd.paos+xml",
    "application/octet-stream",
    "application/x-www-form-urlencoded",
    "application/scim+json",
    "multipart/form-data",
];

const CHARSETS: [&str; 5] = ["utf-8", "utf8", "us-ascii", "iso-8859-1", "windows-1252"];

/// Methods of HTTP, and other words that stand alone.
const WORDS: [&str; 9] = ["", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "firefox-default"];

/// Names of attributes that say which value it is and nothing of whom; GitLab reads most of them
/// (gitlab-facts 4.5).
const ATTRIBUTES: [&str; 30] = [
    "email",
    "mail",
    "username",
    "nickname",
    "name",
    "first_name",
    "last_name",
    "firstname",
    "lastname",
    "groups",
    "uid",
    "eppn",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    "http://schemas.microsoft.com/ws/2008/06/identity/claims/emailaddress",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/email",
    "http://schemas.microsoft.com/ws/2008/06/identity/claims/email",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier",
    "http://schemas.microsoft.com/identity/claims/objectidentifier",
    "http://schemas.microsoft.com/identity/claims/tenantid",
    "http://schemas.microsoft.com/identity/claims/displayname",
    "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups",
    "urn:oid:0.9.2342.19200300.100.1.1",
    "urn:oid:0.9.2342.19200300.100.1.3",
    "urn:oid:2.5.4.42",
    "urn:oid:2.5.4.4",
    "urn:oid:2.16.840.1.113730.3.1.241",
];

/// Names of sign-in integrations that GitLab documents; another one can be anything.
const PROVIDERS: [&str; 12] = [
    "saml",
    "saml_1",
    "saml_2",
    "saml_3",
    "group_saml",
    "google_oauth2",
    "github",
    "openid_connect",
    "azure_activedirectory_v2",
    "ldapmain",
    "kerberos",
    "scim",
];

impl Redaction {
    /// Of a file whose pseudonyms are made with `salt`.
    pub fn new(salt: Salt) -> Self {
        let compare = |a: &str, b: &str| (comparison::verdict(a, b), comparison::is_near_miss(a, b));
        let names = Pseudonyms::new(salt, compare);
        Redaction { names, receipt: Receipt::default(), of_file: false, signed_beside: false }
    }

    /// Notes whether a file tells of the event that follows.
    pub(super) fn begin(&mut self, of_file: bool) {
        (self.of_file, self.signed_beside) = (of_file, false);
    }

    /// Whether a file tells of the event: then a mark in its messages counts.
    pub(super) fn is_of_file(&self) -> bool {
        self.of_file
    }

    /// Notes whether a detached signature stands beside the messages that follow.
    pub(super) fn beside_signature(&mut self, is_there: bool) {
        self.signed_beside = is_there;
    }

    /// Whether a detached signature stands beside the message.
    pub(super) fn is_signed_beside(&self) -> bool {
        self.signed_beside
    }

    /// The address as it leaves; the messages in it may have a detached signature beside them.
    fn address(&mut self, url: &str) -> String {
        let is_signature = |parameter: &str| parameter.starts_with("Signature=");
        let before = self.signed_beside;
        self.signed_beside = url.split(['?', '&', '#']).any(is_signature);
        let shown = shown_address::address(url, self);
        self.signed_beside = before;
        shown
    }

    /// The list of what was replaced so far.
    pub fn receipt(&self) -> Receipt {
        Receipt { pseudonyms: self.names.len(), ..self.receipt.clone() }
    }

    /// The pseudonym of a person's name or identifier.
    pub fn name(&mut self, value: &str) -> String {
        self.text(Kind::Identifier, value)
    }

    /// Notes that `count` values of this kind were left out.
    pub(super) fn drop(&mut self, kind: Kind, count: usize) {
        if count > 0 {
            *self.receipt.replaced.entry(kind).or_default() += count;
        }
    }

    /// The text that leaves of `text`, which is of this kind.
    pub(super) fn text(&mut self, kind: Kind, text: &str) -> String {
        let leaves = self.leaving(kind, text);
        if leaves != text {
            self.drop(kind, 1);
        }
        leaves
    }

    /// Replaces a text that may not be there.
    pub(super) fn optional(&mut self, kind: Kind, text: &mut Option<String>) {
        if let Some(text) = text {
            *text = self.text(kind, text);
        }
    }

    /// The kind of what a field of a page holds.
    pub(super) fn of_page(holds: Holds) -> Kind {
        match holds {
            Holds::Address => Kind::Address,
            Holds::EntityId => Kind::EntityId,
            Holds::Identifier => Kind::Identifier,
            Holds::Username => Kind::Username,
            Holds::GroupPath => Kind::GroupPath,
            Holds::Account => Kind::Account,
            Holds::Prose => Kind::Prose,
            Holds::Message => Kind::Message,
            Holds::Uri => Kind::Uri,
            Holds::Provider => Kind::Provider,
            Holds::Number => Kind::Number,
            Holds::Fingerprint => Kind::Fingerprint,
            Holds::Flag => Kind::Flag,
            Holds::Badges => Kind::Badges,
        }
    }

    fn leaving(&mut self, kind: Kind, text: &str) -> String {
        let as_it_is = |fits: bool| if fits { text.to_owned() } else { redact::placeholder(text) };
        match kind {
            Kind::Address => self.address(text),
            Kind::EntityId if text.contains("://") => self.address(text),
            Kind::EntityId | Kind::Identifier => self.names.name(text),
            Kind::Username => {
                let at = text.len() - text.trim_start().trim_start_matches('@').len();
                let (before, name) = text.split_at_checked(at).unwrap_or(("", text));
                let before: String = before.chars().take(8).collect();
                before + &self.names.name(name)
            }
            Kind::GroupPath => self.group_path(text),
            Kind::Account => self.account(text),
            Kind::Prose => outcome::known_words(text).unwrap_or_else(|| redact::placeholder(text)),
            Kind::Message => message::redacted(&binding::from_octets(text.as_bytes(), &LIMITS), self)
                .unwrap_or_else(|| redact::placeholder(text)),
            Kind::Uri if text.is_empty() || uri::is_known(text.trim()) => text.to_owned(),
            Kind::AttributeName if ATTRIBUTES.iter().any(|known| known.eq_ignore_ascii_case(text)) => {
                text.to_owned()
            }
            Kind::Uri | Kind::AttributeName => self.names.name(text),
            Kind::Provider => self.provider(text),
            Kind::Date => Timestamp::parse_http(text).map_or_else(|| as_it_is(false), http_date),
            Kind::Instant => Timestamp::parse(text).map_or_else(|| as_it_is(false), |at| at.to_string()),
            Kind::MediaType => media_type(text).unwrap_or_else(|| redact::placeholder(text)),
            Kind::Number => {
                as_it_is(text.len() <= 20 && text.bytes().all(|c| c.is_ascii_digit() || c == b'.'))
            }
            Kind::Fingerprint => as_it_is(is_fingerprint(text)),
            Kind::Flag => {
                as_it_is(["", "true", "false", "checked", "0", "1", "yes", "no"].contains(&text.trim()))
            }
            Kind::Word => as_it_is(WORDS.contains(&text)),
            Kind::Badges => {
                let known = text.lines().filter(|badge| badge.trim() == "SAML");
                known.collect::<Vec<_>>().join("\n")
            }
            Kind::BrowserError => as_it_is(is_browser_error(text)),
            Kind::BrowserName if is_browser_name(text) => text.to_owned(),
            Kind::BrowserName => self.names.name(text),
            Kind::Certificate | Kind::Unknown => redact::placeholder(text),
        }
    }

    /// A host that is known, else a pseudonym that reads as one. A port is a number.
    fn host(&mut self, host: &str) -> String {
        let (name, port) = shown_address::split_port(host);
        let port = match port.len() <= 6 && port.bytes().skip(1).all(|octet| octet.is_ascii_digit()) {
            true => port,
            false => "",
        };
        if shown_address::is_known_host(name) {
            return format!("{name}{port}");
        }
        let pseudonym = self.names.name(name);
        let letters = pseudonym.get("name-".len()..).unwrap_or_default();
        format!("host-{letters}.example{port}")
    }

    fn group_path(&mut self, path: &str) -> String {
        path.split('/').map(|segment| self.names.name(segment)).collect::<Vec<_>>().join("/")
    }

    /// `alex (alex@example.com)` of a sentence with an account.
    fn account(&mut self, sentence: &str) -> String {
        let Some((name, address)) =
            crate::gitlab::pages::account_in(sentence).and_then(|account| account.rsplit_once('('))
        else {
            return redact::placeholder(sentence);
        };
        let address = address.trim_end_matches(')');
        format!("{} ({})", self.names.name(name.trim()), self.names.name(address))
    }

    /// The name of an integration, which a page writes in parentheses behind its label.
    fn provider(&mut self, text: &str) -> String {
        let in_parentheses = text.trim().strip_suffix(')').and_then(|text| text.rsplit_once('('));
        let (name, is_labelled) = in_parentheses.map_or((text, false), |(_, name)| (name, true));
        let name = match PROVIDERS.contains(&name) {
            true => name.to_owned(),
            false => self.names.name(name),
        };
        if is_labelled { format!("({name})") } else { name }
    }

    /// The value of a parameter of a query, still escaped; nothing where the parameter must go.
    fn parameter(&mut self, name: &str, value: &str) -> Option<String> {
        let escaped = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        match name {
            "SAMLRequest" | "SAMLResponse" => {
                let carried = binding::from_query(&format!("{name}={value}"), &LIMITS);
                let message = carried.first().and_then(|carried| message::redacted(carried, self));
                self.drop(Kind::Message, 1);
                Some(message.map_or_else(|| redact::placeholder(value), |xml| escaped(&deflated(&xml))))
            }
            // They belong to the message as it was.
            "Signature" | "SigAlg" => {
                self.drop(Kind::Unknown, 1);
                None
            }
            "group_path" => {
                let path = percent_decode_str(value).decode_utf8_lossy().into_owned();
                Some(self.group_path(&path).replace('/', "%2F"))
            }
            _ => Some(self.names.name(value)),
        }
    }

    /// The value of a field of a form; nothing where the field must go.
    pub(super) fn field(&mut self, name: &str, value: &str) -> Option<String> {
        match name {
            "SAMLRequest" | "SAMLResponse" => {
                let field = (name.to_owned(), redact::Secret::from(value));
                let carried = binding::from_form(&[field], &LIMITS);
                let message = carried.first().and_then(|carried| message::redacted(carried, self));
                self.drop(Kind::Message, 1);
                Some(message.map_or_else(|| redact::placeholder(value), |xml| BASE64_STANDARD.encode(xml)))
            }
            "Signature" | "SigAlg" => {
                self.drop(Kind::Unknown, 1);
                None
            }
            "RelayState" | "wctx" => Some(self.text(Kind::Identifier, value)),
            "SAMLart" | "wresult" | "SAMLEncoding" => Some(self.text(Kind::Unknown, value)),
            _ => {
                self.drop(Kind::Unknown, 1);
                None
            }
        }
    }
}

impl Hide for Redaction {
    fn hide(&mut self, part: Part<'_>, text: &str) -> Option<String> {
        match part {
            Part::Host => Some(self.host(text)),
            Part::Segment if shown_address::is_word(text) => Some(text.to_owned()),
            Part::Name if shown_address::is_open_name(text) => Some(text.to_owned()),
            // GitLab's address of what "Verify SAML Configuration" says.
            Part::Rest if text == "response" => Some(text.to_owned()),
            Part::Value(name) => self.parameter(name, text),
            _ => Some(self.names.name(text)),
        }
    }
}

fn deflated(xml: &str) -> String {
    /// zlib's own.
    const LEVEL: u8 = 6;
    BASE64_STANDARD.encode(compress_to_vec(xml.as_bytes(), LEVEL))
}

/// `Thu, 01 Jan 2026 00:00:00 GMT`.
fn http_date(at: Timestamp) -> String {
    at.http_date().unwrap_or_default()
}

fn media_type(text: &str) -> Option<String> {
    let mut parts = text.split(';').map(str::trim);
    let essence = parts.next().map(str::to_ascii_lowercase).filter(|e| MEDIA_TYPES.contains(&e.as_str()))?;
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        let value = value.trim_matches('"').to_ascii_lowercase();
        (name.eq_ignore_ascii_case("charset") && CHARSETS.contains(&value.as_str())).then_some(value)
    });
    Some(charset.map_or_else(|| essence.clone(), |charset| format!("{essence}; charset={charset}")))
}

/// Hexadecimal digits of SHA-1 or SHA-256, as people paste them.
fn is_fingerprint(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_hexdigit).count();
    let is_between = |c: char| c == ':' || c == ' ' || c == '\u{200e}';
    text.is_empty()
        || ([40, 64].contains(&digits) && text.chars().all(|c| c.is_ascii_hexdigit() || is_between(c)))
}

/// `net::ERR_FAILED` of Chromium, `NS_ERROR_ABORT` of Firefox.
fn is_browser_error(text: &str) -> bool {
    let word = text.strip_prefix("net::ERR").or_else(|| text.strip_prefix("NS_"));
    word.is_some_and(|word| word.len() <= 48 && word.bytes().all(|c| c.is_ascii_uppercase() || c == b'_'))
}

/// A number, a container of Firefox, or the name of a request that a file's reader gave.
fn is_browser_name(text: &str) -> bool {
    let is_number = |text: &str| text.len() <= 20 && text.bytes().all(|c| c.is_ascii_digit());
    let of_file = text.strip_prefix(crate::event::IMPORTED).and_then(|rest| rest.split_once('-'));
    is_number(text)
        || ["firefox-default", "firefox-private"].contains(&text)
        || text.strip_prefix("firefox-container-").is_some_and(is_number)
        || of_file.is_some_and(|(digest, number)| {
            digest.len() == 10 && digest.bytes().all(|c| c.is_ascii_hexdigit()) && is_number(number)
        })
}

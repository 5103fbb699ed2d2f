//! Notes: what is marked on GitLab's own pages.
//!
//! On the settings page each row's identifiers get a mark (rows R15, R17, R21): does the NameID that was
//! captured for this member equal the stored SAML identifier, and does the SCIM identifier agree with it; so
//! do the rows of an administrator's page and of the group's members. The content script puts the texts into
//! a shadow root as they are; nothing of the trace but these texts reaches it. Beside each setting stands
//! what the newest message that speaks of it says.

mod group_check;
mod group_members;
mod own_account;
#[cfg(test)]
mod settings_tests;
mod sign_ins;
mod user_identities;

pub use group_check::{merged, of_group};
pub use own_account::with_own;
pub use sign_ins::SignIns;

use crate::{
    base::{catalogue::Text, severity::Severity},
    comparison::{self, Row, Rule, Verdict},
    gitlab::{
        messages,
        pages::{self, PageReading, group_saml_settings},
        routes::{Provider, Route},
        stored::{Fact, Member, StoredIdentity, StoredValue},
    },
    group::member_verdict::MemberVerdict,
    text,
    trace::{flow::FlowId, observation::Source, tracer::Tracer},
    view::of_file,
};
use serde::Serialize;
use sign_ins::{Answer, Captured, SignIn};
use std::collections::BTreeMap;

/// One mark, in a row or beside a single value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Note {
    /// The row, by its place in the reading from 0; `None` beside a single value.
    pub row: Option<usize>,
    /// The cell or the field, by its key.
    pub cell: &'static str,
    /// Its severity.
    pub severity: Severity,
    /// The mark in one or two words: "Match", "Differs in case".
    pub word: Text,
    /// The reason, one sentence or two.
    pub text: Text,
    /// A note on many stands before all that its place holds, and has a choice for each verdict; absent of a
    /// note on one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choices: Option<Vec<Choice>>,
}

/// One choice of a note on many.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Choice {
    /// The verdict: what is chosen stays chosen while its count changes.
    pub key: MemberVerdict,
    /// Its severity.
    pub severity: Severity,
    /// The choice, with how many there are: "Never linked: 12".
    pub label: Text,
    /// The first of them.
    pub lines: Vec<Text>,
    /// The rows of the page whose members have it, by their places in the reading.
    pub rows: Vec<usize>,
}

impl Note {
    /// A note without choices.
    fn new(row: Option<usize>, cell: &'static str, severity: Severity, word: Text, text: Text) -> Self {
        Note { row, cell, severity, word, text, choices: None }
    }
}

/// The notes that a page reading gets whatever was captured: what its messages mean, and what its buttons do.
pub fn of_page(reading: &PageReading) -> Vec<Note> {
    let note = |cell, severity, word, text| Note::new(None, cell, severity, word, text);
    let explained = ["flash", "error", pages::VERIFY_ERRORS].into_iter().filter_map(|field| {
        // A note stands at the first message, so it is about that one; a list of errors is one message.
        let mut shown = reading.fields.get(field)?.iter();
        let meaning = match field {
            pages::VERIFY_ERRORS => shown.find_map(|text| messages::meaning(text)),
            // An error page says below its heading what was wrong.
            "error" => reading
                .fields
                .get("error-text")
                .into_iter()
                .flatten()
                .chain(shown)
                .find_map(|text| messages::meaning(text)),
            _ => messages::meaning(shown.next()?),
        }?;
        let why = text!("note.explained.why", meaning = (meaning.means)(), steps = (meaning.steps)());
        Some(note(field, Severity::Info, text!("note.explained"), why))
    });
    let account = pages::offered_account(reading).map(|account| {
        let why = text!("note.would-link.why", account = account);
        note("account", Severity::Info, text!("note.would-link"), why)
    });
    let disconnect = pages::disconnect(reading).map(|(field, is_group)| {
        let why = if is_group { text!("note.unlink.why") } else { text!("note.unlink-instance.why") };
        note(field, Severity::Warning, text!("note.unlink"), why)
    });
    let off = pages::switched_off(reading)
        .map(|field| note(field, Severity::Warning, text!("note.off"), text!("note.off.why")));
    let none = pages::no_identities(reading)
        .map(|field| note(field, Severity::Info, text!("note.no-identity"), text!("note.no-identity.why")));
    explained.chain(account).chain(disconnect).chain(off).chain(none).collect()
}

/// The notes for a reading of a page that shows what is compared.
pub fn compared(sign_ins: &SignIns<'_>, route: &Route, reading: &PageReading) -> Vec<Note> {
    match route {
        Route::Settings(provider) => notes(sign_ins, provider, reading),
        Route::Identities(username) => user_identities::notes(sign_ins, username, reading),
        Route::Members(provider) => group_members::notes(sign_ins, provider, reading),
        _ => Vec::new(),
    }
}

/// The notes for a reading of the settings page.
fn notes(sign_ins: &SignIns<'_>, provider: &Provider, reading: &PageReading) -> Vec<Note> {
    let of_settings = setting_notes(sign_ins, provider);
    let of_rows = group_saml_settings::rows(reading).flat_map(|(row, identity)| {
        let newest = sign_ins.newest_of(provider, &identity.member).and_then(SignIn::captured);
        let saml = saml_note(row, "saml", provider, &identity, newest);
        let scim = (identity.scim != StoredValue::Unseen).then(|| scim_note(row, "scim", &identity, newest));
        std::iter::once(saml).chain(scim)
    });
    let shows_output = reading.fields.contains_key(group_saml_settings::VERIFY_NAME_ID);
    let verified = shows_output.then(|| verify_note(sign_ins, provider)).flatten();
    of_settings.into_iter().chain(verified).chain(of_rows).collect()
}

/// Beside the NameID that "Verify SAML Configuration" read: what is stored for the person whose it is.
fn verify_note(sign_ins: &SignIns<'_>, provider: &Provider) -> Option<Note> {
    // No file is the sign-in that this page tells of.
    let seen = sign_ins.to(provider).filter(|one| !one.case.flow.place.of_file);
    let mut compared = seen.map(|one| one.case.comparison());
    let comparison = compared.find(|comparison| comparison.row("name-id-with-read").is_some())?;
    let read = comparison.row("name-id-with-read").filter(|row| !row.is_accepted());
    let stored = comparison.row("name-id-with-saml")?;
    let member = comparison.attribution.member().map(Member::label);
    let (row, text) = match (read, member, stored.right.as_ref().and_then(|right| right.value.known())) {
        (Some(read), ..) => (read, text!("note.read-differs.why", sent = read.left.as_ref()?.value.known()?)),
        (None, Some(member), Some(_)) if stored.verdict == Verdict::Exact => {
            (stored, text!("note.read-match.why", member = member))
        }
        (None, Some(member), Some(value)) => {
            (stored, text!("note.read-not-stored.why", member = member, stored = value))
        }
        _ => return None,
    };
    let cell = group_saml_settings::VERIFY_NAME_ID;
    Some(Note::new(None, cell, row.severity(), word(row.verdict), text))
}

/// One note a setting: of the rows of the newest sign-in that speaks of it, the worst.
fn setting_notes(sign_ins: &SignIns<'_>, provider: &Provider) -> Vec<Note> {
    let mut worst: BTreeMap<&'static str, (&FlowId, &Row)> = BTreeMap::new();
    for case in sign_ins.to(provider).map(|one| &one.case) {
        for row in &case.comparison().rows {
            let of_page = row.right.as_ref().filter(|right| right.source == Source::Page(pages::SETTINGS));
            let Some(field) = of_page.and_then(|right| pages::field_of(right.fact)) else { continue };
            let known = worst.get(field);
            if known.is_none_or(|(id, old)| **id == case.flow.id && old.severity() < row.severity()) {
                worst.insert(field, (&case.flow.id, row));
            }
        }
    }
    worst.into_iter().filter_map(|(field, (_, row))| setting_note(sign_ins.tracer, field, row)).collect()
}

fn setting_note(tracer: &Tracer, cell: &'static str, row: &Row) -> Option<Note> {
    let sent = row.left.as_ref()?;
    let (what, told) = (sent.fact.text(), &sent.provenance);
    let time = of_file::said(tracer, told.event(), told.time().day_and_time());
    let text = match row.is_accepted() {
        true => text!("note.setting-match.why", what = what, time = time),
        false => {
            let value = sent.value.known()?;
            match sent.fact {
                Fact::Certificate if told.is_imported() => text!("note.fingerprint-forged.why", time = time),
                Fact::Certificate => text!("note.fingerprint-differs.why", time = time, sent = value),
                _ => text!("note.setting-differs.why", what = what, time = time, sent = value),
            }
        }
    };
    Some(Note::new(None, cell, row.severity(), word(row.verdict), text))
}

fn saml_note(
    row: usize,
    cell: &'static str,
    provider: &Provider,
    identity: &StoredIdentity,
    captured: Option<&Captured>,
) -> Note {
    let note = |severity, word, text| Note::new(Some(row), cell, severity, word, text);
    let Some(captured) = captured else {
        return note(Severity::Neutral, text!("note.not-seen"), text!("note.not-seen.why"));
    };
    let (sent, time) = (&captured.name_id, &captured.time);
    if captured.transient {
        return note(Severity::Error, text!("note.transient"), text!("note.transient.why", time = time));
    }
    let StoredValue::Known(stored) = &identity.saml else {
        return note(
            Severity::Warning,
            text!("note.not-stored"),
            text!("note.not-stored.why", sent = sent, time = time),
        );
    };
    let verdict = comparison::verdict(sent, stored);
    let accepted = Rule::of_sign_in(provider).accepts(verdict);
    let word = word(verdict);
    match verdict {
        _ if accepted && captured.answer == Answer::Refused => {
            note(Severity::Error, text!("note.refused"), text!("note.refused.why", time = time))
        }
        Verdict::Exact => {
            let why = match captured.answer {
                Answer::NotSeen => text!("note.match-open.why", time = time),
                Answer::NoAccount => text!("note.match-since.why", time = time),
                Answer::LetIn | Answer::Refused => text!("note.match.why", time = time),
            };
            note(Severity::Good, word, why)
        }
        _ if accepted => {
            note(Severity::Info, word, text!("note.case-accepted.why", sent = sent, time = time))
        }
        _ if captured.guessed => {
            note(Severity::Warning, word, text!("note.mismatch-guessed.why", sent = sent, time = time))
        }
        _ => note(Severity::Error, word, text!("note.mismatch.why", sent = sent, time = time)),
    }
}

fn scim_note(row: usize, cell: &'static str, identity: &StoredIdentity, captured: Option<&Captured>) -> Note {
    let note = |severity, word, text| Note::new(Some(row), cell, severity, word, text);
    let StoredValue::Known(scim) = &identity.scim else {
        return note(Severity::Info, text!("note.no-scim"), text!("note.no-scim.why"));
    };
    let differs_from_sent = captured.and_then(|captured| {
        let verdict = comparison::verdict(&captured.name_id, scim);
        let why = text!("note.scim-differs-from-sent.why", sent = captured.name_id, time = captured.time);
        (!Rule::IgnoringCase.accepts(verdict)).then(|| (word(verdict), why))
    });
    let StoredValue::Known(saml) = &identity.saml else {
        let alone = || (text!("note.no-saml"), text!("note.no-saml.why"));
        let (word, why) = differs_from_sent.unwrap_or_else(alone);
        return note(Severity::Warning, word, why);
    };
    let verdict = comparison::verdict(saml, scim);
    if !Rule::IgnoringCase.accepts(verdict) {
        return note(Severity::Warning, word(verdict), text!("note.scim-differs.why", saml = saml));
    }
    match differs_from_sent {
        Some((word, why)) => note(Severity::Warning, word, why),
        None if verdict == Verdict::CaseOnly => {
            note(Severity::Info, word(verdict), text!("note.scim-case.why", saml = saml))
        }
        None => note(Severity::Good, word(verdict), text!("note.scim-match.why")),
    }
}

fn word(verdict: Verdict) -> Text {
    match verdict {
        Verdict::Exact => text!("note.match"),
        Verdict::CaseOnly => text!("note.case"),
        Verdict::WhitespaceOnly => text!("note.whitespace"),
        Verdict::UnicodeOnly => text!("note.unicode"),
        _ => text!("note.different"),
    }
}

/// The shared parts of the tests of notes: a trace of a few events, and the words of the notes on one page.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::instant::Timestamp,
        event::{Body, Event},
        gitlab::{instance::Instance, routes},
        trace::tracer::Tracer,
    };
    use base64::{Engine, prelude::BASE64_STANDARD};
    use serde_json::{Value, json};

    /// When the pages are looked at.
    pub(super) const NOW: Timestamp = Timestamp(1_767_258_010_000);

    /// A Response with this NameID, for this user name, at the group `acme`, in which GitLab finds nothing
    /// wrong.
    pub(super) fn sign_in(name_id: &str, username: &str) -> Value {
        let xml = format!(
            r#"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion"
            ID="_{username}" Version="2.0" IssueInstant="2026-01-01T09:00:00Z"><p:Status><p:StatusCode
            Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></p:Status><a:Assertion ID="_a" Version="2.0"
            IssueInstant="2026-01-01T09:00:00Z"><a:Issuer>https://idp.example.com</a:Issuer><a:Subject><a:NameID
            >{name_id}</a:NameID><a:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"
            ><a:SubjectConfirmationData NotOnOrAfter="2026-01-01T09:10:00Z"/></a:SubjectConfirmation></a:Subject>
            <a:Conditions/><a:AuthnStatement AuthnInstant="2026-01-01T09:00:00Z"><a:AuthnContext
            ><a:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</a:AuthnContextClassRef>
            </a:AuthnContext></a:AuthnStatement><a:AttributeStatement>
            <a:Attribute Name="username"><a:AttributeValue>{username}</a:AttributeValue></a:Attribute>
            </a:AttributeStatement></a:Assertion></p:Response>"#
        );
        let xml = crate::signer::certified(&crate::signer::signed(&xml).unwrap());
        json!({"kind": "request", "request": username, "tab": 7, "method": "POST", "body": "form",
            "url": "https://gitlab.com/groups/acme/-/saml/callback",
            "form": [["SAMLResponse", [BASE64_STANDARD.encode(xml)]]]})
    }

    /// A page reading with these rows, as JSON.
    pub(super) fn page(page: &str, url: &str, rows: &str) -> Value {
        let rows: Value = serde_json::from_str(&format!("[{rows}]")).unwrap();
        json!({"kind": "page", "tab": 7, "url": url, "page": page, "fields": {}, "rows": rows})
    }

    /// The trace of `events` and then `reading`.
    pub(super) fn trace(events: &[Value], reading: &Value) -> Tracer {
        let all = events.iter().chain([reading]).enumerate().map(|(place, event)| {
            let mut event = event.clone();
            let id = crate::event::EventId::new(Timestamp(1_767_258_000_000 + place as i64), "notes", 0);
            event["id"] = json!(id.to_string());
            serde_json::from_value(event).unwrap()
        });
        let all: Vec<Event> = all.collect();
        assert!(all.iter().all(|event| !matches!(event.body, Body::Unknown { .. })));
        Tracer::replay(all)
    }

    /// Row, cell and word of each note of a row on the newest reading of `url`.
    pub(super) fn words(tracer: &Tracer, url: &str) -> Vec<(usize, &'static str, String)> {
        let instance = Instance::gitlab_com();
        let route = routes::route(&instance, url).unwrap();
        let (_, reading) = tracer.pages().last().unwrap();
        let notes = compared(&SignIns::of(tracer, &instance, NOW), &route, reading).into_iter();
        notes.filter_map(|note| Some((note.row?, note.cell, note.word.to_string()))).collect()
    }

    /// The notes beside the fingerprint on the settings page, which has `shown`.
    fn beside_fingerprint(shown: &str) -> Vec<(Severity, String)> {
        let xml = r#"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r"><s:Signature
            xmlns:s="http://www.w3.org/2000/09/xmldsig#"><s:KeyInfo><s:X509Data><s:X509Certificate>YWJj</s:X509Certificate>
            </s:X509Data></s:KeyInfo></s:Signature></p:Response>"#;
        let sent = json!({"kind": "request", "request": "1", "tab": 7, "method": "POST", "body": "form",
            "url": "https://gitlab.com/groups/acme/-/saml/callback",
            "form": [["SAMLResponse", [BASE64_STANDARD.encode(xml)]]]});
        let url = "https://gitlab.com/groups/acme/-/saml";
        let mut reading = page(pages::SETTINGS, url, "");
        reading["fields"] = json!({"fingerprint": [shown]});
        let tracer = trace(&[sent], &reading);
        let instance = Instance::gitlab_com();
        let (_, reading) = tracer.pages().last().unwrap();
        let notes =
            compared(&SignIns::of(&tracer, &instance, NOW), &routes::route(&instance, url).unwrap(), reading);
        let beside = notes.into_iter().filter(|note| note.cell == "fingerprint");
        beside.map(|note| (note.severity, note.text.to_string())).collect()
    }

    #[test]
    fn another_certificate_is_marked_beside_its_field_with_the_fingerprint_to_paste() {
        let sha1 = "A9:99:3E:36:47:06:81:6A:BA:3E:25:71:78:50:C2:6C:9C:D0:D8:9D";
        let [(severity, text)] = &beside_fingerprint(&sha1.replace("A9", "00"))[..] else {
            panic!("one note")
        };
        assert_eq!(*severity, Severity::Error);
        assert!(text.contains(sha1) && text.contains("only after the administrator"), "{text}");
        let [(severity, _)] = &beside_fingerprint(sha1)[..] else { panic!("one note") };
        assert_eq!(*severity, Severity::Good);
    }

    #[test]
    fn a_name_that_nobody_signed_marks_no_row() {
        let url = "https://gitlab.com/groups/acme/-/saml";
        let row = r#"{"user": "1", "username": "alex", "saml": "alex-1", "scim": "alex-1"}"#;
        let signed = sign_in("alex-1", "alex");
        let mut forged = signed.clone();
        let value = signed["form"][0][1][0].as_str().unwrap();
        let xml = String::from_utf8(BASE64_STANDARD.decode(value).unwrap()).unwrap();
        let xml = xml.replace("_alex", "_other");
        forged["form"][0][1][0] = json!(BASE64_STANDARD.encode(xml));
        let noted = |event: Value| words(&trace(&[event], &page(pages::SETTINGS, url, row)), url);
        assert!(noted(signed).contains(&(0, "saml", "Match".to_owned())));
        assert!(noted(forged).contains(&(0, "saml", "No sign-in seen".to_owned())));
    }

    #[test]
    fn a_scim_identifier_without_a_saml_identity_is_said() {
        let url = "https://gitlab.com/groups/acme/-/saml";
        let row = r#"{"user": "1", "username": "alex", "saml": "", "scim": "alex"}"#;
        let noted = words(&trace(&[], &page(pages::SETTINGS, url, row)), url);
        assert_eq!(noted, [(0, "saml", "No sign-in seen".to_owned()), (0, "scim", "Not linked".to_owned())]);
    }
}

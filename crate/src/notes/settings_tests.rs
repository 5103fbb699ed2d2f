//! The notes of the settings page, by word, colour and sentence: each row's SAML mark, that SAML is off, and
//! what "Verify SAML Configuration" read. Leaves out how the page is read, and the marks of SCIM identifiers.

use super::{
    Note, SignIns, compared, of_page,
    tests::{NOW, page, sign_in, trace},
};
use crate::{
    base::severity::Severity,
    gitlab::{
        instance::Instance,
        pages::{self, VERIFY_ERRORS, group_saml_settings::VERIFY_NAME_ID},
        routes,
    },
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

/// The notes on the newest reading of acme's settings page, which has these fields and this row of Alex's.
fn on_settings(events: &[Value], fields: Value, saml: &str) -> Vec<Note> {
    let url = "https://gitlab.com/groups/acme/-/saml";
    let mut reading = page(pages::SETTINGS, url, "");
    reading["fields"] = fields;
    reading["rows"] = json!([{"user": "1", "username": "alex", "saml": saml}]);
    let tracer = trace(events, &reading);
    let instance = Instance::gitlab_com();
    let (_, reading) = tracer.pages().last().unwrap();
    let route = routes::route(&instance, url).unwrap();
    let compared = compared(&SignIns::of(&tracer, &instance, NOW), &route, reading);
    of_page(reading, |text| text, None).into_iter().chain(compared).collect()
}

/// The colour and the sentence say what the word says; whoever reads one of them only is told the same.
#[test]
fn the_saml_mark_has_the_severity_and_the_sentence_of_its_verdict() {
    let cannot = "cannot sign in with it";
    for (sent, username, saml, severity, word, sentence) in [
        ("alex-1", "alex", "alex-1", Severity::Good, "Match", "sent exactly this NameID"),
        ("Alex-1", "alex", "alex-1", Severity::Error, "Differs in case", cannot),
        ("alex-1 ", "alex", "alex-1", Severity::Error, "Differs in white space", cannot),
        ("ale\u{301}x", "alex", "al\u{e9}x", Severity::Error, "Looks the same, but is not", cannot),
        ("robin", "alex", "alex-1", Severity::Error, "Different", cannot),
        ("Alex-1", "", "alex-1", Severity::Warning, "Differs in case", "If it came from this member"),
        ("alex-1", "alex", "", Severity::Warning, "Not stored", "The member must link SAML"),
        ("robin", "robin", "alex-1", Severity::Neutral, "No sign-in seen", "No sign-in of this member"),
    ] {
        let notes = on_settings(&[sign_in(sent, username)], json!({}), saml);
        let [note] = &notes[..] else { panic!("one note: {notes:?}") };
        let text = note.text.to_string();
        assert_eq!((note.row, note.cell), (Some(0), "saml"));
        assert_eq!((note.severity, note.word.to_string().as_str()), (severity, word), "{text}");
        assert!(text.contains(sentence), "{word}: {text}");
        // If a value differs, it is in the sentence, with its ends.
        let sent = crate::view::value::visible(sent, None);
        assert_eq!(text.contains(&sent), !matches!(severity, Severity::Good | Severity::Neutral), "{text}");
    }
}

/// GitLab's answer counts, not the NameID alone: green is only what GitLab took, or what nothing stands
/// against.
#[test]
fn the_saml_mark_follows_what_gitlab_did() {
    let answered = |location: &str| {
        json!({"kind": "response", "request": "alex", "tab": 7, "method": "POST", "status": 302,
            "url": "https://gitlab.com/groups/acme/-/saml/callback", "location": location})
    };
    let sent = || sign_in("alex-1", "alex");
    let mut changed = sent();
    let value = changed["form"][0][1][0].as_str().unwrap().to_owned();
    let xml = String::from_utf8(BASE64_STANDARD.decode(value).unwrap()).unwrap();
    let other = xml.replace("cm:bearer", "cm:holder-of-key");
    changed["form"][0][1][0] = json!(BASE64_STANDARD.encode(other));
    for (events, severity, word, sentence) in [
        (vec![sent()], Severity::Good, "Match", "did not see whether GitLab let the person in"),
        (vec![sent(), answered("https://gitlab.com/acme")], Severity::Good, "Match", "Sign-in works"),
        (
            vec![sent(), answered("https://gitlab.com/groups/acme/-/saml/sso")],
            Severity::Error,
            "Refused",
            "for another reason",
        ),
        (
            vec![
                sent(),
                answered("https://gitlab.com/users/sign_in"),
                json!({"kind": "page", "tab": 7, "url": "https://gitlab.com/users/sign_in", "page": "any", "rows": [],
                    "fields": {"flash": ["There is already a GitLab account associated with this email address."]}}),
            ],
            Severity::Good,
            "Match",
            "the next sign-in should work",
        ),
        (
            vec![changed.clone(), answered("https://gitlab.com/groups/acme/-/saml/sso")],
            Severity::Neutral,
            "No sign-in seen",
            "No sign-in of this member",
        ),
    ] {
        let notes = on_settings(&events, json!({}), "alex-1");
        let [note] = &notes[..] else { panic!("one note: {notes:?}") };
        let text = note.text.to_string();
        assert_eq!((note.severity, note.word.to_string().as_str()), (severity, word), "{text}");
        assert!(text.contains(sentence), "{word}: {text}");
    }
}

#[test]
fn that_saml_is_off_is_said_beside_its_box() {
    for (fields, beside) in [
        (json!({"enabled": [""]}), Some("enabled")),
        (json!({"enabled-switch": ["false"]}), Some("enabled-switch")),
        (json!({"enabled": ["checked"]}), None),
        (json!({"enabled-switch": ["true"]}), None),
        (json!({}), None),
    ] {
        let notes = on_settings(&[], fields.clone(), "alex-1");
        let off = notes.iter().find(|note| note.word.to_string() == "SAML is off");
        assert_eq!(off.map(|note| (note.row, note.cell)), beside.map(|cell| (None, cell)), "{fields}");
        let text = off.map(|note| (note.severity, note.text.to_string()));
        assert!(
            text.is_none_or(|(severity, text)| severity == Severity::Warning
                && text.contains("Nobody can sign in to this group with SAML")),
            "{fields}"
        );
    }
}

/// The NameID that GitLab quotes as stored is compared with what it read, in each language; no other
/// quotation is.
#[test]
fn the_name_id_that_verify_read_is_compared_with_what_gitlab_quotes() {
    for (error, word) in [
        (
            "Name must match stored NameID of \"Alex-1\" to identify user and allow sign in",
            Some("Differs in case"),
        ),
        ("Name muss mit der gespeicherten NameID \"Alex-1\" \u{fc}bereinstimmen", Some("Differs in case")),
        ("Name must match stored NameID of \"a\"b\" to identify user and allow sign in", Some("Different")),
        ("Name id format \"persistent\" recommended", None),
        ("Xml response Fingerprint mismatch", None),
    ] {
        let shown = json!({VERIFY_NAME_ID: ["alex-1"], "verify-errors": [error]});
        let notes = on_settings(&[], shown, "alex-1");
        let beside = notes.iter().find(|note| note.cell == VERIFY_NAME_ID);
        assert_eq!(beside.map(|note| note.word.to_string()).as_deref(), word, "{error}: {notes:?}");
        assert!(beside.is_none_or(|note| note.severity == Severity::Error), "{notes:?}");
    }
}

/// Each error that GitLab lists is explained with its number there; of one alone no number is said.
#[test]
fn each_error_of_verify_is_explained_with_its_number() {
    let (signature, other, format) = (
        "Xml response Fingerprint mismatch",
        "Something that nobody knows",
        "Name id format \"persistent\" recommended",
    );
    for (errors, numbers) in [
        (vec![signature], vec![]),
        (vec![other], vec![]),
        (vec![signature, format], vec![1, 2]),
        (vec![signature, other, format], vec![1, 3]),
        (vec![other, format], vec![2]),
    ] {
        let notes = on_settings(&[], json!({VERIFY_ERRORS: errors}), "alex-1");
        let note = notes.iter().find(|note| note.cell == VERIFY_ERRORS);
        let text = note.map(|note| note.text.to_string()).unwrap_or_default();
        let said = (1..=errors.len()).filter(|number| format!(" {text}").contains(&format!(" {number}. ")));
        assert_eq!(said.collect::<Vec<_>>(), numbers, "{errors:?}: {text}");
        assert_eq!(text.is_empty(), errors == [other], "{errors:?}: {text}");
    }
}

/// gitlab-facts G11: while SAML is off, GitLab tells no identifier, and nobody is called not linked.
#[test]
fn while_saml_is_off_an_empty_cell_says_nothing() {
    for (enabled, word) in [(json!([""]), "Not shown"), (json!(["checked"]), "Not stored")] {
        let notes = on_settings(&[sign_in("alex-1", "alex")], json!({"enabled": enabled}), "");
        let note = notes.iter().find(|note| note.row == Some(0)).unwrap();
        assert_eq!(note.word.to_string(), word, "{note:?}");
        assert_eq!(note.severity < Severity::Warning, word == "Not shown", "{note:?}");
    }
}

/// Row R60: a member without a SAML identity has no access where the group enforces SSO.
#[test]
fn that_sso_is_enforced_is_said_of_who_is_not_linked() {
    for (fields, is_said) in [
        (json!({"enabled": ["checked"], "enforced": ["checked"]}), true),
        (json!({"enabled-switch": ["true"], "enforced-switch": ["true"]}), true),
        (json!({"enabled": ["checked"], "enforced": [""]}), false),
        (json!({"enabled": ["checked"], "enforced": ["checked"], "not-saved": ["Name is invalid"]}), false),
        (json!({}), false),
    ] {
        let notes = on_settings(&[sign_in("alex-1", "alex")], fields.clone(), "");
        let note = notes.iter().find(|note| note.row == Some(0)).unwrap();
        let text = note.text.to_string();
        assert!(text.contains("The member must link SAML"), "{text}");
        assert_eq!(text.contains("This group enforces SSO"), is_said, "{fields}: {text}");
    }
}

#[test]
fn the_name_id_that_verify_read_is_compared_with_what_is_stored_and_what_was_sent() {
    let verified = json!({"kind": "response", "request": "alex", "tab": 7, "method": "POST", "status": 302,
        "url": "https://gitlab.com/groups/acme/-/saml/callback", "location": "/groups/acme/-/saml#response"});
    for (read, saml, severity, word, sentence) in [
        ("alex-1", "alex-1", Severity::Good, "Match", "GitLab has stored exactly this NameID for @alex"),
        (
            "alex-1",
            "robin",
            Severity::Error,
            "Different",
            "GitLab has stored \u{201c}robin\u{201d} for @alex",
        ),
        ("alex", "alex-1", Severity::Error, "Different", "recorded message has \u{201c}alex-1\u{201d}"),
        ("alex-1", "alex-1", Severity::Error, "Refused", "but refuses this Response for another reason"),
    ] {
        let errors = if word == "Refused" { json!(["Xml response Fingerprint mismatch"]) } else { json!([]) };
        let shown = json!({VERIFY_NAME_ID: [read], VERIFY_ERRORS: errors});
        let notes = on_settings(&[sign_in("alex-1", "alex"), verified.clone()], shown, saml);
        let beside: Vec<&Note> = notes.iter().filter(|note| note.cell == VERIFY_NAME_ID).collect();
        let [note] = &beside[..] else { panic!("one note: {notes:?}") };
        let text = note.text.to_string();
        assert_eq!(
            (note.row, note.severity, note.word.to_string().as_str()),
            (None, severity, word),
            "{text}"
        );
        assert!(text.contains(sentence), "{text}");
    }
}

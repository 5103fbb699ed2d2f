//! `samlight explain`, the real program: what it says of an error text, its exit codes, and that JSON holds
//! all that the text says.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod program;

use program::samlight;
use serde_json::Value;

/// A text, the exit code, and the beginning of the first line that is not empty.
const TEXTS: &[(&str, i32, &str)] = &[
    ("Fingerprint mismatch", 1, "Sign-in with SAML: “Fingerprint mismatch”"),
    ("SAML authentication failed: User has already been taken", 1, "Sign-in with SAML: “User has already"),
    ("{\"detail\":\"User has already been taken\",\"status\":409}", 1, "Provisioning with SCIM: “User has"),
    ("User has already been taken", 1, "Provisioning with SCIM, probably: “User has"),
    ("AADSTS50105: not assigned", 1, "The identity provider: “AADSTS50105”"),
    ("<h1>502: Whoops, GitLab is taking too much time to respond.</h1>", 1, "A page of GitLab: “Whoops"),
    ("Valid SAML Response", 0, "Sign-in with SAML: “Valid SAML Response”"),
    ("Failed to match an entry in the source and target systems Group 'a'", 0, "Provisioning with SCIM: “"),
    ("SSH key fingerprint mismatch", 1, "! Samlight does not know this message"),
    ("Fingerprnt mismatch", 1, "! Samlight does not know this message"),
    ("", 1, "! This is empty: there is nothing to read"),
    ("https://gitlab.com/api/scim/v2/groups/acme", 0, "✓ This is the address of the SCIM API"),
];

#[test]
fn each_text_has_its_exit_code_and_first_line() {
    for (text, code, first) in TEXTS {
        let (found, out, errors) = samlight(&["explain", "-"], text);
        let line = out.lines().find(|line| !line.is_empty()).unwrap_or_default();
        assert_eq!((found, errors.as_str()), (Some(*code), ""), "{text}: {out}");
        assert!(line.starts_with(first), "{text}: {line}");
        if !text.is_empty() {
            assert_eq!(samlight(&["explain", "--text", text], ""), (found, out, errors), "{text}");
        }
    }
}

/// Every string in a value of JSON.
fn strings(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| strings(item, into)),
        Value::Object(fields) => fields.values().for_each(|item| strings(item, into)),
        _ => {}
    }
}

#[test]
fn json_holds_every_sentence_step_and_link_of_the_text() {
    let mut seen = 0;
    for (text, code, _) in TEXTS {
        let (_, out, _) = samlight(&["explain", "-"], text);
        let (found, json, _) = samlight(&["explain", "--json", "-"], text);
        assert_eq!(found, Some(*code), "{text}");
        let mut all = Vec::new();
        for line in json.lines() {
            strings(&serde_json::from_str(line).unwrap(), &mut all);
        }
        for line in out.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let is_heading = [": “", "Known and similar: "].iter().any(|sign| line.contains(sign));
            if is_heading || line.contains("Who can fix it") {
                continue;
            }
            let shown =
                line.split_once(' ').filter(|(mark, _)| mark.len() < 4).map_or(line, |(_, rest)| rest);
            assert!(all.iter().any(|text| text == shown || text == line), "{text}: {shown}: {json}");
            seen += 1;
        }
    }
    assert!(seen > 40, "{seen}");
    let (_, json, _) = samlight(&["explain", "--json", "--text", "Fingerprint mismatch"], "");
    let one: Value = serde_json::from_str(json.trim()).unwrap();
    assert_eq!(
        (&one["reading"], &one["certainty"], &one["who"]),
        (&"saml".into(), &"certain".into(), &"owner".into())
    );
}

#[test]
fn what_cannot_be_run_is_told_and_hostile_text_cannot_command_the_terminal() {
    for (arguments, words) in [
        (&["explain"][..], "No FILE was given"),
        (&["explain", "a", "b"], "unexpected argument 'b'"),
        (&["explain", "--text", "a", "b"], "cannot be used with"),
        (&["explain", "no-such-file"], "cannot be read"),
        (&["explain", "--else", "-"], "--else"),
    ] {
        let (code, out, errors) = samlight(arguments, "");
        assert!(code == Some(2) && out.is_empty() && errors.contains(words), "{arguments:?}: {errors}");
    }
    let (_, out, _) = samlight(&["explain", "-"], "Resource \u{1b}]2;x\u{7}1 not found");
    assert!(!out.contains('\u{1b}') && !out.contains('\u{7}'), "{out:?}");
}

#[test]
fn an_answer_of_scim_names_the_refused_requests_of_a_log() {
    let folder = tempfile::tempdir().unwrap();
    let line = |status: u16, id: &str| {
        serde_json::json!({"time": "2026-11-20T09:00:00Z", "method": "POST", "status": status,
            "path": "/api/scim/v2/groups/acme/Users", "params": [{"key": "externalId", "value": id}]})
        .to_string()
    };
    let log = folder.path().join("api_json.log");
    std::fs::write(&log, [line(409, "id-1"), line(412, "id-2"), line(201, "id-3")].join("\n")).unwrap();
    let with = log.to_str().unwrap();
    for (text, id) in [
        ("{\"detail\":\"User has already been taken\",\"status\":409}", "id-1"),
        ("Missing params: [:email]", "id-2"),
    ] {
        let (code, out, errors) = samlight(&["explain", "--with", with, "--text", text], "");
        assert_eq!((code, errors.as_str()), (Some(1), ""), "{out}");
        assert!(out.contains("can have given this answer") && out.contains(id), "{out}");
        assert!(["id-1", "id-2", "id-3"].iter().all(|it| *it == id || !out.contains(it)), "{out}");
        let (_, json, _) = samlight(&["explain", "--json", "--with", with, "--text", text], "");
        let told = json
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).unwrap().get("at_hand").cloned());
        let told: Vec<Value> = told.collect();
        assert!(told.len() == 1 && told[0]["statement"].to_string().contains(id), "{json}");
    }
    let (code, _, errors) =
        samlight(&["explain", "--with", "nowhere.log", "--text", "Unsupported Filter"], "");
    assert!(code == Some(2) && errors.contains("nowhere.log"), "{code:?} {errors}");
}

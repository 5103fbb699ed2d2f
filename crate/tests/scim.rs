//! `samlight scim`, the real program: what it says of each kind of file, exit codes, and what it says when it
//! cannot run.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod program;

use program::samlight;
use serde_json::{Value, json};
use std::io::Write;

/// Two lines of GitLab's log about SCIM, and one about something else.
fn log() -> String {
    let line = |method: &str, path: &str, status: u16, params: Value| {
        json!({"time": "2026-11-21T17:20:17.452Z", "severity": "INFO", "status": status, "method": method,
            "path": path, "params": params, "ua": "Okta SCIM Client 1.0.0"})
        .to_string()
    };
    let user = json!([{"key": "externalId", "value": "0a21"}, {"key": "userName", "value": "ada low"},
        {"key": "emails", "value": [{"type": "work", "value": "ada@example.com"}]},
        {"key": "name", "value": {"formatted": "Ada Low"}}, {"key": "password", "value": "[FILTERED]"}]);
    [
        line("POST", "/api/scim/v2/groups/acme/Users", 201, user),
        line("DELETE", "/api/scim/v2/groups/acme/Users/0b", 404, json!([])),
        line("GET", "/api/v4/projects", 200, json!([])),
    ]
    .join("\n")
}

#[test]
fn a_log_is_told_request_by_request() {
    let (code, out, errors) = samlight(&["scim", "-"], &log());
    assert_eq!((code, errors.as_str()), (Some(1), ""), "{out}");
    for words in [
        "· Shown: 2 of 2 SCIM requests in this log. Other lines in it: 1.",
        "2026-11-21 17:20:17 UTC  POST Users 201 (line 1)\n  ✓ GitLab created the account",
        "externalId “0a21”, userName “ada low”, emails “ada@example.com”",
        "  ! The user name “ada low” is empty or has spaces.",
        "DELETE Users/0b 404 (line 2)\n  ✗ GitLab has no SCIM identity with the identifier “0b”.",
    ] {
        assert!(out.contains(words), "{words}:\n{out}");
    }
    let (code, out, _) = samlight(&["scim", "--group", "acme", "--value", "0A21", "-"], &log());
    assert!(code == Some(1) && out.contains("1 of 2") && !out.contains("DELETE"), "{out}");
    assert!(out.contains("  1. ") && out.contains("json.params.value: (\"0A21\" or "), "{out}");
}

#[test]
fn an_address_a_message_and_a_schema_are_told() {
    let address = "https://gitlab.com/api/scim/v2/groups/acme";
    let (code, out, _) = samlight(&["scim", "--endpoint", address, "-"], address);
    assert_eq!((code, out.as_str()), (Some(0), "✓ This is the address that GitLab shows.\n"));
    let (code, out, _) =
        samlight(&["scim", "-"], "{\"detail\":\"User has already been taken\",\"status\":409}");
    assert!(code == Some(1) && out.contains("\n  ✗ GitLab found") && out.contains("\n  1. Compare"), "{out}");
    let (code, out, _) =
        samlight(&["scim", "--name-id", "user.mail", "-"], "{\"synchronizationRules\": [1]}");
    assert!(code == Some(1) && out.contains("no mapping of users"), "{out}");
}

/// The corrected schema is a file of its own, which is not written over; each change is shown.
#[test]
fn a_corrected_schema_is_written_once_with_each_change_shown() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let mapping = |target: &str, source: &str, priority: u64| {
        json!({"targetAttributeName": target, "matchingPriority": priority, "flowType": "Always",
            "source": {"expression": source, "type": "Attribute"}})
    };
    let attributes = [
        mapping("externalId", "[mail]", 2),
        mapping("userName", "[mailNickname]", 0),
        mapping("emails[type eq \"work\"].value", "[mail]", 0),
        mapping("name.formatted", "Join(\" \", [givenName], [surname])", 0),
        mapping("active", "Not([IsSoftDeleted])", 0),
    ];
    let schema = json!({"synchronizationRules": [{"objectMappings": [{"name": "Users", "enabled": true,
        "flowTypes": "Add, Update, Delete", "attributeMappings": attributes}]}]});
    std::fs::write(at("schema.json"), schema.to_string()).unwrap();
    let arguments =
        ["scim", &at("schema.json"), "--name-id", "user.objectid", "--corrected", &at("new.json")];
    let (code, out, errors) = samlight(&arguments, "");
    assert_eq!((code, errors.as_str()), (Some(0), ""), "{out}");
    for words in [
        "- externalId.matchingPriority: 2",
        "+ externalId.matchingPriority: 1",
        "+ externalId.source: {\"expression\":\"[objectId]\"",
        "- name.formatted.source:",
        "upload the file in Entra ID",
    ] {
        assert!(out.contains(words), "{words}: {out}");
    }
    let (code, out, _) = samlight(&["scim", "--name-id", "user.objectid", &at("new.json")], "");
    assert!(code == Some(0) && out.contains("externalId comes from [objectId]"), "{out}");
    let (code, _, errors) = samlight(&arguments, "");
    assert!(code == Some(2) && errors.contains("new.json is there already"), "{errors}");
    let (code, out, _) = samlight(&["scim", &at("new.json"), "--corrected", &at("other.json")], "");
    assert!(
        code == Some(0) && out.contains("nothing to correct") && !folder.path().join("other.json").exists()
    );
    for (file, words) in [("{}", "not Entra ID's provisioning schema"), ("x", "not JSON")] {
        let (code, _, errors) = samlight(&["scim", "-", "--corrected", &at("x.json")], file);
        assert!(code == Some(2) && errors.contains(words), "{errors}");
    }
    let (code, _, errors) = samlight(&["scim", "-", &at("new.json"), "--corrected", &at("x.json")], "{}");
    assert!(code == Some(2) && errors.contains("give one file"), "{errors}");
}

#[test]
fn json_has_one_object_a_line_and_hostile_text_cannot_command_the_terminal() {
    let (_, out, _) = samlight(&["scim", "--json", "-"], &log());
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[2]["sentences"][0]["severity"], "error");
    let (_, out, _) = samlight(&["scim", "-"], "Resource \u{1b}[2J not found");
    assert!(!out.contains('\u{1b}'), "{out:?}");
}

#[test]
fn what_cannot_be_run_is_told() {
    for (arguments, words) in [
        (&["scim"][..], "No FILE was given"),
        (&["scim", "no-such-file", "no-such-other"], "no-such-other"),
        (&["scim", "no-such-file"], "cannot be read"),
        (&["scim", "--else", "-"], "--else"),
    ] {
        let (code, out, errors) = samlight(arguments, "");
        assert!(code == Some(2) && out.is_empty() && errors.contains(words), "{arguments:?}: {errors}");
    }
    let (code, out, _) = samlight(&["scim", "-"], "");
    assert!(code == Some(1) && out.contains("nothing to read in it"), "{out}");
}

/// A log that is too long to be read whole, with one request of the group acme behind 5 MB of others.
fn long_log() -> String {
    let other = |n: usize| {
        let path = if n.is_multiple_of(10) { "/api/scim/v2/groups/other/Users" } else { "/api/v4/projects" };
        json!({"method": "GET", "path": path, "status": 200, "params": [], "ua": "é".repeat(100)}).to_string()
    };
    let others: String = (0..20_000).map(|n| other(n) + "\n").collect();
    others.clone() + &log() + "\n" + &others
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_log_of_any_size_is_read_to_its_end_however_it_is_packed() {
    let text = long_log();
    assert!(text.len() > 8 << 20);
    let half = text.len() / 2 + (0..).find(|at| text.is_char_boundary(text.len() / 2 + at)).unwrap();
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (called, octets) in [
        ("plain", text.clone().into_bytes()),
        ("UTF-16", [&b"\xFF\xFE"[..], &wide].concat()),
        ("gzip", gzip(&text)),
        ("gzip, two members", [gzip(&text[..half]), gzip(&text[half..])].concat()),
    ] {
        let (code, out, errors) = samlight(&["scim", "--group", "acme", "-"], &octets);
        assert_eq!((code, errors.as_str()), (Some(1), ""), "{called}: {out}");
        for words in [
            "Shown: 2 of 4002 SCIM requests in this log. Other lines in it: 36001.",
            "POST Users 201 (line 20001)",
            "DELETE Users/0b 404 (line 20002)",
        ] {
            assert!(out.contains(words), "{called}: {words}:\n{out}");
        }
    }
    let cut = gzip(&text);
    let (code, out, errors) = samlight(&["scim", "--group", "acme", "-"], &cut[..cut.len() * 9 / 10]);
    assert!(code == Some(1) && out.contains("Shown: 2 of 3"), "{out}");
    assert!(errors.contains("could not be read to its end"), "{errors}");
}

#[test]
fn a_long_file_of_something_else_is_explained_as_a_short_one() {
    let other = "{\"method\":\"GET\",\"path\":\"/api/v4/projects\"}\n";
    for text in [other, "User has already been taken\n"] {
        let file = |lines: usize| text.to_owned() + &"{\"a\":\"b\"}\n".repeat(lines);
        let short = samlight(&["scim", "-"], &file(100));
        let long = samlight(&["scim", "-"], &file(500_000));
        assert_eq!((short.0, &short.1, short.2.as_str()), (long.0, &long.1, ""));
        assert!(long.2.contains("Nothing in - is known to be about SCIM"), "{}", long.2);
    }
}

#[test]
fn of_several_files_each_thing_names_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (one, two) = (path("one.log"), path("two.log.gz"));
    std::fs::write(&one, log()).unwrap();
    std::fs::write(&two, gzip(&long_log())).unwrap();
    let (code, out, errors) = samlight(&["scim", "--group", "acme", &one, &two], "");
    assert_eq!((code, errors.as_str()), (Some(1), ""), "{out}");
    for (file, line) in [(&one, 1), (&two, 20_001)] {
        assert!(out.contains(&format!("{file}\n")), "{out}");
        let heading = format!("{file}: 2026-11-21 17:20:17 UTC  POST Users 201 (line {line})");
        assert!(out.contains(&heading), "{heading}: {out}");
    }
    let (_, out, _) = samlight(&["scim", "--json", "--group", "acme", &one, &two], "");
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let files: Vec<&str> = lines.iter().map(|line| line["file"].as_str().unwrap()).collect();
    assert_eq!(files, [&one, &one, &one, &two, &two, &two]);
    let missing = path("missing.log");
    let (code, out, errors) = samlight(&["scim", &missing, &one], "");
    assert!(
        code == Some(2) && errors.contains("missing.log") && out.contains("POST Users 201"),
        "{out} {errors}"
    );
}

#[test]
fn the_story_of_one_person_is_told_from_several_files() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_string_lossy().into_owned()
    };
    let log = file("api_json.log", &log());
    let stored = file("scim.json", r#"[{"extern_uid":"0A21","user_id":48,"active":false}]"#);
    let (code, out, errors) = samlight(&["scim", &log, &stored, "--person", "ADA@example.com"], "");
    assert_eq!((code, errors.as_str()), (Some(1), ""), "{out}");
    for words in [
        "Person: ada@example.com, user 48, 0a21",
        "The SCIM identity is inactive",
        "2026-11-21 17:20:17 UTC  created or linked (GitLab's log: POST Users 201, line 1 of",
        "Without a time  stored (GitLab's answer, line 1 of",
    ] {
        assert!(out.contains(words), "{words}:\n{out}");
    }
    assert!(!out.contains("Users/0b"), "{out}");
    let (code, out, _) = samlight(&["scim", &log, &stored, "--person", "48", "--json"], "");
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, told["people"][0]["entries"].as_array().unwrap().len()), (Some(1), 2), "{out}");
    assert_eq!(told["people"][0]["entries"][0]["what"], "provisioned");
    // A log of any size is read as it comes, packed or not.
    let long = folder.path().join("long.log.gz");
    std::fs::write(&long, gzip(&long_log())).unwrap();
    let (code, out, errors) = samlight(&["scim", &long.to_string_lossy(), "--person", "ADA@example.com"], "");
    assert_eq!((code, errors.as_str()), (Some(0), ""), "{out}");
    assert!(out.contains("created or linked (GitLab's log: POST Users 201, line 20001"), "{out}");
    let (code, out, _) = samlight(&["scim", &log, "--person", "adda@example.com"], "");
    assert!(code == Some(1) && out.contains("Nobody") && out.contains("There is “ada@example.com”"), "{out}");
    // Filters as for a search engine; what they leave out is said.
    for (filter, value) in [("--since", "2026-11-22"), ("--until", "2026-11-21"), ("--group", "other")] {
        let (code, out, errors) = samlight(&["scim", &log, "--person", "ADA@example.com", filter, value], "");
        assert_eq!((code, errors.as_str()), (Some(1), ""), "{out}");
        assert!(out.contains("With these filters nothing is left of this person"), "{filter}: {out}");
    }
    let (code, out, _) =
        samlight(&["scim", &log, &stored, "--person", "48", "--since", "2026-11-21T17:20:17Z"], "");
    assert!(code == Some(1) && out.contains("created or linked") && out.contains("have no time"), "{out}");
    let (code, _, errors) = samlight(&["scim", "--person", "x"], "");
    assert!(code == Some(2) && !errors.is_empty(), "{errors}");
}

//! `samlight check`, the real program: verdicts, findings, exit codes, and what it says when it cannot run.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod accepted;
mod signer;

use serde_json::{Value, json};
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

const GROUP: [&str; 5] = ["--json", "--gitlab", "https://gitlab.com", "--group", "acme"];
const INSTANCE: [&str; 3] = ["--json", "--gitlab", "https://gitlab.example.com/gitlab"];
/// The fingerprint of a certificate that is nobody's.
const SHA_1: &str = "0123456789abcdef0123456789abcdef01234567";
const TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";

fn samlight(arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_samlight"));
    command.arg("check").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().unwrap();
    // A program that refuses its arguments does not read its input.
    let _ = running.stdin.take().unwrap().write_all(input.as_bytes());
    running.wait_with_output().unwrap()
}

/// The exit code and the JSON object that was printed.
fn check(arguments: &[&str], input: &str) -> (i32, Value) {
    let output = samlight(&[arguments, &["-"]].concat(), input);
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(printed.lines().count(), 1, "{printed}");
    (output.status.code().unwrap(), serde_json::from_str(&printed).unwrap())
}

/// The words of the program on standard error when it cannot run.
fn refusal(arguments: &[&str]) -> String {
    let output = samlight(arguments, &response("alex", ""));
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn response(name_id: &str, format: &str) -> String {
    with_subject(&subject(name_id, format))
}

fn subject(name_id: &str, format: &str) -> String {
    format!(
        "<saml:Subject><saml:NameID Format=\"{format}\">{name_id}</saml:NameID>\
         <saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">\
         <saml:SubjectConfirmationData NotOnOrAfter=\"2999-01-01T00:00:00Z\"/></saml:SubjectConfirmation></saml:Subject>"
    )
}

fn with_subject(subject: &str) -> String {
    saying(subject, "")
}

/// A Response in which GitLab finds nothing wrong but what the test puts there.
fn saying(subject: &str, statement: &str) -> String {
    let xml = format!(
        r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
            xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r1" Version="2.0"
            IssueInstant="2026-01-01T00:00:00Z"><saml:Issuer>https://idp.example.com/</saml:Issuer>
            <samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
            <saml:Assertion ID="_a1" Version="2.0" IssueInstant="2026-01-01T00:00:00Z"
            ><saml:Issuer>https://idp.example.com/</saml:Issuer>{subject}<saml:Conditions><saml:AudienceRestriction
            ><saml:Audience>https://gitlab.com/groups/acme</saml:Audience></saml:AudienceRestriction></saml:Conditions
            ><saml:AuthnStatement AuthnInstant="2026-01-01T00:00:00Z"><saml:AuthnContext><saml:AuthnContextClassRef
            >urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext
            ></saml:AuthnStatement>{statement}</saml:Assertion></samlp:Response>"#
    );
    // A group takes a Response only with the certificate in it.
    signer::certified(&signer::signed(&xml).unwrap())
}

fn file(folder: &Path, name: &str, content: &str) -> String {
    let path: PathBuf = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn every_verdict_that_can_be_told() {
    let persistent = |name_id| response(name_id, "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent");
    let stored = |value| [&GROUP[..], &["--extern-uid", value]].concat();
    let without = [&GROUP[..], &["--no-extern-uid"]].concat();
    for (arguments, message, verdict, finding, code) in [
        (stored("Alex"), persistent("Alex"), "exact", None, 0),
        (stored("Alex"), persistent("alex"), "case-only", Some("name-id-mismatch"), 1),
        (stored("Alex"), persistent(" Alex\n"), "whitespace-only", Some("name-id-mismatch"), 1),
        (stored("Ale\u{301}x"), persistent("Al\u{e9}x"), "unicode-only", Some("name-id-mismatch"), 1),
        (stored("a@example.com"), persistent("a%40example.com"), "unicode-only", Some("name-id-mismatch"), 1),
        (stored("Alex"), persistent("Robin"), "different", Some("name-id-mismatch"), 1),
        (without.clone(), persistent("Alex"), "not-stored", Some("name-id-not-stored"), 1),
        (stored(""), persistent("Alex"), "not-stored", Some("name-id-not-stored"), 1),
        (stored("Alex"), with_subject(""), "no-name-id", Some("name-id-missing"), 1),
        (GROUP.to_vec(), with_subject(""), "no-name-id", Some("name-id-missing"), 1),
        (stored("Alex"), response("_x1", TRANSIENT), "transient", Some("name-id-transient"), 1),
        (GROUP.to_vec(), persistent("Alex"), "unknown", None, 0),
    ] {
        let (exit, printed) = check(&arguments, &message);
        let ids: Vec<&Value> = printed["findings"].as_array().unwrap().iter().map(|f| &f["id"]).collect();
        assert_eq!(printed["saml_verdict"], verdict, "{arguments:?} {message}");
        assert_eq!(ids, finding.into_iter().collect::<Vec<_>>(), "{verdict}");
        assert_eq!(exit, code, "{verdict}");
    }
}

#[test]
fn the_object_has_all_its_keys() {
    let arguments = [&GROUP[..], &["--extern-uid", "Alex", "--fingerprint", SHA_1]].concat();
    let (_, printed) = check(&arguments, &response("alex", ""));
    let expected = json!({
        "reading": "ruby-saml 1.18.1",
        "accepted": false,
        "rests_on": "checks",
        "depends_on": [],
        "message": "Fingerprint mismatch",
        "flash": "Unable to sign in to group with SAML: \"Fingerprint mismatch\"",
        "step": "signature",
        "errors": ["Invalid Signature on SAML Response"],
        "checks": printed["checks"],
        "name_id": "alex",
        "name_id_read": "alex",
        "uid": {"value": "alex", "from": "name-id", "attribute": null},
        "saml_verdict": "case-only",
        "scim_verdict": "unknown",
        "findings": [{
            "id": "fingerprint-differs",
            "severity": "error",
            "at_fault": "gitlab-configuration",
            "text": printed["findings"][0]["text"],
            "evidence": printed["findings"][0]["evidence"],
            "steps": printed["steps"],
        }, {
            "id": "name-id-mismatch",
            "severity": "error",
            "at_fault": "identity-provider",
            "text": printed["findings"][1]["text"],
            "evidence": printed["findings"][1]["evidence"],
            "steps": printed["findings"][1]["steps"],
        }],
        "verdict": {"severity": "error", "text": printed["findings"][0]["text"]},
        "outcome": null,
        "acceptance": printed["acceptance"],
        "steps": printed["steps"],
        "for_owner": printed["for_owner"],
    });
    assert_eq!(printed, expected);
    assert!(printed["for_owner"]["text"].as_str().is_some_and(|text| text.contains("acme")), "{printed:#}");
    for finding in printed["findings"].as_array().unwrap() {
        assert!(finding["steps"][0]["text"].is_string() && finding["evidence"][0].is_string(), "{finding:#}");
    }
    let text = printed["findings"][1]["text"].as_str().unwrap();
    assert!(text.contains("“alex”") && text.contains("“Alex”"), "{text}");
    let checks = printed["checks"].as_array().unwrap();
    assert!(checks.len() > 20, "{checks:?}");
    assert!(checks.iter().all(|check| check["text"].as_str().is_some_and(|text| text.contains(' '))));
}

#[test]
fn the_party_that_compares_decides_what_case_means() {
    let message = response("alex", "");
    let (exit, printed) = check(&[&INSTANCE[..], &["--extern-uid", "Alex"]].concat(), &message);
    assert_eq!((exit, &printed["saml_verdict"]), (0, &json!("case-only")));
    assert_eq!(printed["findings"][0]["severity"], "info", "an instance takes it as the same");
    let scim = ["--extern-uid", "alex", "--scim-extern-uid", "ALEX "];
    let (exit, printed) = check(&[&GROUP[..], &scim].concat(), &message);
    assert_eq!(
        (exit, &printed["saml_verdict"], &printed["scim_verdict"]),
        (0, &json!("exact"), &json!("different"))
    );
    let (_, printed) = check(&[&GROUP[..], &["--no-scim-extern-uid"]].concat(), &message);
    assert_eq!(
        (&printed["saml_verdict"], &printed["scim_verdict"]),
        (&json!("unknown"), &json!("not-stored"))
    );
}

#[test]
fn a_message_is_taken_as_it_comes() {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let base64 = BASE64_STANDARD.encode(response("Alex", ""));
    let (exit, printed) = check(&[&GROUP[..], &["--extern-uid", "Alex"]].concat(), &base64);
    assert_eq!((exit, &printed["saml_verdict"]), (0, &json!("exact")));
    let (exit, printed) = check(&GROUP, "{}");
    assert_eq!((exit, &printed["findings"][0]["id"]), (1, &json!("unreadable-message")));
    assert_eq!((&printed["name_id"], &printed["saml_verdict"]), (&Value::Null, &json!("unknown")));
}

/// A message without a time of its own is judged at the time it was made for; that it has expired since is
/// said beside it, and does not hide what GitLab really showed.
#[test]
fn that_a_message_has_expired_since_is_said_beside_what_it_was_made_for() {
    let signed = signer::certified(&signer::signed(&accepted::response()).unwrap());
    let fits = ["--fingerprint", "6A:07:F1:3B:23:61:9E:15:09:6C:77:68:89:33:44:77:1E:97:DA:6D"];
    let text = |more: &[&str]| {
        let output = samlight(&[&GROUP[1..], &fits, more, &["-"]].concat(), &signed);
        String::from_utf8(output.stdout).unwrap()
    };
    let now = text(&[]);
    assert!(now.contains("GitLab accepts this Response."), "{now}");
    assert!(now.contains("By now it has expired, at 2026-01-01T09:10:00"), "{now}");
    // Who names a time asks for that one.
    let late = text(&["--now", "2026-01-01T09:11:00Z"]);
    assert!(!late.contains("By now") && late.contains("Current time is on or after NotOnOrAfter"), "{late}");
    let lasting = signer::certified(
        &signer::signed(&accepted::response().replace("2026-01-01T09:10", "2999-01-01T09:10")).unwrap(),
    );
    let output = samlight(&[&GROUP[1..], &fits, &["-"]].concat(), &lasting);
    assert!(!String::from_utf8(output.stdout).unwrap().contains("By now it has expired"));
}

#[test]
fn a_trace_tells_its_newest_sign_in_and_what_is_stored_for_whom() {
    let response = |id: &str, name_id: &str| {
        use base64::{Engine, prelude::BASE64_STANDARD};
        let alex = "<saml:Attribute Name=\"username\"><saml:AttributeValue>alex</saml:AttributeValue></saml:Attribute>";
        let statement = format!("<saml:AttributeStatement>{alex}</saml:AttributeStatement>");
        let value = BASE64_STANDARD.encode(saying(&subject(name_id, ""), &statement));
        let form = json!([["SAMLResponse", [value]]]);
        json!({"id": id, "kind": "request", "request": id, "tab": 1, "method": "POST", "body": "form", "form": form,
            "url": "https://gitlab.example.com/users/auth/saml/callback"})
    };
    let settings = json!({"id": "1767258000000-a-000001", "kind": "settings",
        "instances": [{"origin": "https://gitlab.example.com"}]});
    let page = json!({"id": "1767258000000-a-000002", "kind": "page", "tab": 1, "page": "group-saml-settings",
        "url": "https://gitlab.com/groups/acme/-/saml",
        "rows": [{"user": "47", "username": "ada", "saml": "ada-9"}]});
    let answer = json!({"id": "1767258000000-a-000003", "kind": "answer", "tab": 1, "status": 200,
        "url": "https://gitlab.com/api/v4/user", "answer": {"id": 48, "username": "alex", "identities": []}});
    let mut wrong_account = response("1767258000009-a-000005", "ada-9");
    wrong_account["url"] = "https://gitlab.com/groups/acme/-/saml/callback".into();
    let earlier = response("1767258000004-a-000004", "Alex");
    let trace = |events: &[&Value]| {
        let lines = events.iter().map(|event| format!("{event}\n")).collect::<String>();
        format!("{{\"samlight_trace\":1}}\n{lines}")
    };
    let (exit, printed) = check(&GROUP, &trace(&[&settings, &page, &answer, &earlier, &wrong_account]));
    assert_eq!((exit, &printed["saml_verdict"]), (1, &json!("stored-for-other-user")));
    assert_eq!(printed["findings"][0]["id"], "stored-for-other-user");
    // Its own settings hold beside what the command line says.
    let stored = [&GROUP[..], &["--extern-uid", "alex"]].concat();
    let (exit, printed) = check(&stored, &trace(&[&settings, &earlier]));
    assert_eq!(
        (exit, &printed["name_id"], &printed["saml_verdict"]),
        (0, &json!("Alex"), &json!("case-only"))
    );
    assert_eq!(printed["findings"][0]["severity"], "info");
}

#[test]
fn a_damaged_trace_is_read_as_far_as_it_goes_and_an_unreadable_one_is_refused() {
    let folder = folder();
    let run = |content: &str| {
        let path = file(folder.path(), "a.trace.jsonl", content);
        let output = samlight(&[&GROUP[..], &[path.as_str()]].concat(), "");
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let message =
        json!({"id": "1767258000000-a-000001", "kind": "message", "source": "x", "octets": "PGEvPg=="});
    let (code, said) = run(&format!("{{\"samlight_trace\":1}}\n{message}\n{{\"id\":\n"));
    assert_eq!(code, Some(1), "the message that is no SAML message");
    assert!(said.contains("a.trace.jsonl: Line 3 is damaged"), "{said}");
    let (code, said) = run("{\"samlight_trace\":9}\n");
    assert_eq!(code, Some(2));
    assert!(said.contains("version 9"), "{said}");
    let (code, said) = run("{\"samlight_trace\":1}\n");
    assert_eq!(code, Some(2));
    assert!(said.contains("nothing in it carries SAML"), "{said}");
}

#[test]
fn the_time_decides_whether_an_answer_is_overdue() {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let request = r#"<p:AuthnRequest xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_q1"/>"#;
    let form = json!([["SAMLRequest", [BASE64_STANDARD.encode(request)]]]);
    let event = json!({"id": "1767258000000-a-000001", "kind": "request", "request": "1", "tab": 1, "body": "form",
        "method": "POST", "url": "https://idp.example.com/sso", "form": form});
    let trace = format!("{{\"samlight_trace\":1}}\n{event}\n");
    let (exit, printed) = check(&[&GROUP[..], &["--now", "2026-01-01T09:00:30Z"]].concat(), &trace);
    assert_eq!((exit, &printed["findings"]), (0, &json!([])));
    let (exit, printed) = check(&GROUP, &trace);
    assert_eq!((exit, &printed["findings"][0]["id"]), (1, &json!("response-never-posted")));
}

#[test]
fn settings_come_from_a_file_and_the_command_line_goes_first() {
    let folder = folder();
    let message = file(folder.path(), "response.xml", &response("alex", ""));
    let run = |settings: &str, arguments: &[&str]| {
        let settings = file(folder.path(), "settings.json", settings);
        let given =
            ["--json", "--extern-uid", "Alex", "--gitlab", "https://gitlab.com", "--settings", &settings];
        let output = samlight(&[&given[..], arguments, &[message.as_str()]].concat(), "");
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap() + &String::from_utf8_lossy(&output.stderr),
        )
    };
    let group =
        r#"{"provider": {"group": {"path": "acme"}}, "allowed_clock_drift": 2, "leave_out": ["issuer"]}"#;
    assert_eq!(run(group, &[]).0, Some(1), "a group compares byte for byte");
    let instance = r#"{"provider": {"instance": {"name": "saml_2"}}}"#;
    assert_eq!(run(instance, &[]).0, Some(0));
    assert_eq!(run(instance, &["--group", "acme"]).0, Some(1));
    for (settings, said) in [
        ("{\"alowed_clock_drift\": 2}", "“alowed_clock_drift”"),
        ("{\"size_limit\": \"big\"}", "expected u64"),
        ("[]", "expected a map"),
        ("{", "settings.json"),
    ] {
        let (code, text) = run(settings, &[]);
        assert_eq!(code, Some(2), "{settings}");
        assert!(text.contains(said), "{text}");
    }
}

#[test]
fn without_json_it_is_written_for_people() {
    let arguments = ["--gitlab", "https://gitlab.com", "--group", "acme", "--extern-uid", "Alex", "-"];
    for verbose in ["--verbose", "-v"] {
        let output = samlight(&[&[verbose], &arguments[..]].concat(), &response("alex", ""));
        let shown = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1));
        for words in [
            "group acme on gitlab.com",
            "upper and lower case",
            "What to do",
            "byte for byte",
            "What GitLab checks",
        ] {
            assert!(shown.contains(words), "no `{words}` in:\n{shown}");
        }
        assert!(serde_json::from_str::<Value>(&shown).is_err());
    }
}

#[test]
fn without_more_it_fits_a_screen_and_says_the_same() {
    let arguments = ["--gitlab", "https://gitlab.com", "--group", "acme", "--extern-uid", "Alex", "-"];
    let fingerprint = [&["--fingerprint", SHA_1], &arguments[..]].concat();
    for (arguments, failed) in [(&arguments[..], "Account in GitLab"), (&fingerprint, "Signature")] {
        let printed = |more: &[&str]| {
            let output = samlight(&[more, arguments].concat(), &response("alex", ""));
            (output.status.code(), String::from_utf8(output.stdout).unwrap())
        };
        let ((code, brief), (full_code, full)) = (printed(&[]), printed(&["-v"]));
        assert_eq!((code, full_code), (Some(1), Some(1)));
        assert!(brief.lines().count() <= 26, "{brief}");
        assert!(full.lines().count() > 60, "{full}");
        let (_, json) =
            check(&[&["--json"], &arguments[..arguments.len() - 1]].concat(), &response("alex", ""));
        let text = |value: &Value| value["text"].as_str().unwrap().to_owned();
        for words in [
            &text(&json["verdict"]),
            &text(&json["steps"][0]),
            &text(&json["acceptance"]["verdict"]),
            "NameID sent: alex",
            "What differs here: a\n",
            "What differs here: A\n",
            "Response (",
            "--verbose",
        ] {
            assert!(brief.contains(words), "no `{words}` in:\n{brief}");
        }
        let first = brief.lines().find(|line| line.contains("The first check that fails: "));
        assert!(first.is_some_and(|line| line.contains(failed)), "{failed}: {brief}");
        let of =
            |state: &str| json["checks"].as_array().unwrap().iter().filter(|it| it["state"] == state).count();
        let counted =
            format!("{} passed, {} failed, {} not checked", of("passed"), of("failed"), of("skipped"));
        assert!(brief.contains(&counted), "{counted}: {brief}");
        assert!(!brief.contains("--- "), "the message for the owner is part of the whole: {brief}");
    }
    assert!(refusal(&["-v", "--json", "-"]).contains("cannot be used with"));
}

#[test]
fn what_cannot_run_says_why_and_exits_with_2() {
    let gitlab = ["--gitlab", "https://gitlab.com"];
    let with = |arguments: &[&str]| refusal(&[&gitlab[..], arguments].concat());
    assert!(refusal(&["-"]).contains("--gitlab"));
    assert!(refusal(&["--gitlab", "gitlab.com", "-"]).contains("gitlab.com is not the address"));
    assert!(with(&[]).contains("No FILE"));
    assert!(with(&["-", "-"]).contains("unexpected argument '-'"));
    assert!(with(&["no-such-file.xml"]).contains("no-such-file.xml cannot be read"));
    assert!(with(&["--group", "/acme", "-"]).contains("/acme"));
    assert!(with(&["--fingerprint", "12:34", "-"]).contains("12:34"));
    assert!(with(&["--now", "yesterday", "-"]).contains("yesterday"));
    assert!(with(&["--settings", "no-such-file.json", "-"]).contains("no-such-file.json"));
    assert!(with(&["--extern-uid", "a", "--no-extern-uid", "-"]).contains("cannot be used with"));
    assert!(with(&["--no-scim-extern-uid", "--scim-extern-uid", "a", "-"]).contains("cannot be used with"));
    assert!(with(&["--extern-uid"]).contains("extern-uid"));
    assert!(with(&["--colour", "-"]).contains("--colour"));
    assert!(with(&["--json=yes", "-"]).contains("json"));
}

#[test]
fn a_fingerprint_is_taken_in_every_spelling() {
    let pairs = |digits: &str| -> Vec<String> {
        digits.as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair).into_owned()).collect()
    };
    let sha256 = "AB".repeat(32);
    for digits in [SHA_1, &sha256] {
        let pairs = pairs(digits);
        for spelling in [
            digits.to_owned(),
            digits.to_uppercase(),
            pairs.join(":"),
            pairs.join(":").to_lowercase(),
            pairs.join(" "),
            pairs.join("-"),
            format!("\u{200e}{}", pairs.join(":")),
            format!(" {}\n", pairs.join("\u{a0}")),
        ] {
            let arguments = [&GROUP[..], &["--fingerprint", &spelling]].concat();
            let (exit, printed) = check(&arguments, &response("alex", ""));
            assert_eq!((exit, &printed["message"]), (1, &json!("Fingerprint mismatch")), "{spelling}");
        }
    }
    for wrong in [&SHA_1[1..], "SHA1 Fingerprint=AB", "", "zz"] {
        let said = refusal(&["--gitlab", "https://gitlab.com", "--fingerprint", wrong, "-"]);
        assert!(said.contains("is not a SHA-1 or SHA-256 fingerprint"), "{said}");
    }
}

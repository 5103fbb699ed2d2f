//! The command line as people meet it: what each command does with each kind of file, with which exit code
//! and first line; help, version, completions and manual page; and a reader that goes away.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod accepted;
mod program;
mod signer;

use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder},
};
use program::samlight;
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    process::{Command, Stdio},
};

/// A file that a person has: what it is called here, its content, and for each command the exit code and the
/// words with which the output, or else the error, begins.
struct Kept {
    called: &'static str,
    content: Vec<u8>,
    shown: (i32, &'static str),
    explain: (i32, &'static str),
    inspect: (i32, &'static str),
    check: (i32, &'static str),
    scim: (i32, &'static str),
    export: (i32, &'static str),
}

/// The good Response, signed, with the certificate that it is signed with.
fn signed() -> String {
    signer::certified(&signer::signed(&accepted::response()).unwrap())
}

fn har(response: &str) -> String {
    json!({"log": {"version": "1.2", "entries": [{
        "startedDateTime": "2026-01-01T09:00:01Z", "time": 5,
        "request": {"method": "POST", "url": "https://gitlab.com/groups/acme/-/saml/callback", "headers": [],
            "postData": {"mimeType": "application/x-www-form-urlencoded",
                "params": [{"name": "SAMLResponse", "value": BASE64_STANDARD.encode(response)}]}},
        "response": {"status": 302, "headers": [], "redirectURL": "https://gitlab.com/acme"}}]}})
    .to_string()
}

const LOG: &str = r#"{"time":"2026-11-21T17:20:17.452Z","status":404,"method":"DELETE","path":"/api/scim/v2/groups/acme/Users/0a21","params":[]}"#;

fn files() -> Vec<Kept> {
    let signed = signed();
    let failed = accepted::response().replace("status:Success", "status:AuthnFailed");
    let request =
        "<p:AuthnRequest xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_q\" Version=\"2.0\"/>";
    let trace = samlight(&["export", "--clear", "-"], &har(&signed)).1;
    let mut deflated = DeflateEncoder::new(Vec::new(), Compression::default());
    deflated.write_all(request.as_bytes()).unwrap();
    let escaped = BASE64_STANDARD
        .encode(deflated.finish().unwrap())
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    let address = format!("https://idp.example.com/sso?SAMLRequest={escaped}");
    const NO_MESSAGE: (i32, &str) = (1, "Message that could not be read (none) in -");
    const NOT_KNOWN: (i32, &str) = (1, "! Samlight does not know this");
    const NOT_ABOUT_SCIM: (i32, &str) = NOT_KNOWN;
    const SIGN_IN: &str = "09:00:0";
    const UNNAMED: (i32, &str) = (1, "samlight: - is no SAML message but a log");
    const EXPORTED: (i32, &str) = (0, "{\"samlight_trace\":");
    let packed = |octets: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(octets).unwrap();
        encoder.finish().unwrap()
    };
    let response = (0, "Response (none) in -");
    let posted = (0, "Response (HTTP-POST) in -");
    // What most are: a Response that was posted, and is good.
    let usual = |called, content| Kept {
        called,
        content,
        shown: posted,
        explain: posted,
        inspect: posted,
        check: (0, SIGN_IN),
        scim: NOT_ABOUT_SCIM,
        export: EXPORTED,
    };
    // No message: what says so names what reads it.
    let other = |called, content: &str, said| Kept {
        shown: said,
        explain: said,
        inspect: UNNAMED,
        check: UNNAMED,
        scim: said,
        ..usual(called, content.into())
    };
    let bad = (1, response.1);
    let wrong = |called, content: String| Kept {
        shown: bad,
        explain: bad,
        inspect: bad,
        check: (1, SIGN_IN),
        ..usual(called, content.into())
    };
    let failure = (1, "\nThe identity provider: “AuthnFailed”");
    let asked = (0, "AuthnRequest (HTTP-Redirect) in -");
    vec![
        Kept {
            shown: response,
            explain: response,
            inspect: response,
            ..usual("a signed Response", signed.clone().into())
        },
        usual("the same in base64", BASE64_STANDARD.encode(&signed).into()),
        wrong("the same, changed on the way", signed.replace("Alex-1", "Alex-2")),
        wrong("a Response that is not signed", accepted::response()),
        Kept {
            explain: failure,
            scim: failure,
            ..wrong("one that tells of a failure", signer::certified(&signer::signed(&failed).unwrap()))
        },
        Kept {
            shown: asked,
            explain: asked,
            inspect: asked,
            ..usual("a request in an address", address.into())
        },
        usual("a HAR", har(&signed).into()),
        usual("a trace", trace.into()),
        usual("a HAR in gzip", packed(har(&signed).as_bytes())),
        other("GitLab's log", LOG, (1, "· Shown: 1 of 1 SCIM requests")),
        other("the address of the SCIM API", "https://gitlab.com/api/scim/v2/groups/acme", (0, "✓ ")),
        other(
            "the sentence that GitLab showed",
            "Unable to sign in to group with SAML: \"Fingerprint mismatch\"",
            (1, "\nSign-in with SAML: “Fingerprint mismatch”"),
        ),
        other("something else", "Dear colleague, I cannot sign in.", NOT_KNOWN),
        Kept {
            content: packed(LOG.as_bytes()), ..other("GitLab's log in gzip", "", (1, "· Shown: 1 of 1"))
        },
        other(
            "GitLab's log of a sign-in",
            r#"{"method":"POST","path":"/groups/acme/-/saml/callback","status":302,"params":[]}"#,
            (1, "· Shown: 1 of 1 lines of GitLab's other logs about SAML and SCIM (production_json.log 1)."),
        ),
        Kept {
            shown: NO_MESSAGE,
            inspect: NO_MESSAGE,
            check: (2, "samlight: -: The file is empty."),
            ..other("nothing", "", (1, "! This is empty"))
        },
    ]
}

/// The arguments of `samlight check` for the group.
const CHECK: [&str; 10] = [
    "check",
    "--gitlab",
    "https://gitlab.com",
    "--group",
    "acme",
    "--extern-uid",
    "Alex-1",
    "--now",
    "2026-01-01T09:00:00Z",
    "-",
];

#[test]
fn each_command_does_with_each_file_what_its_exit_code_says() {
    let (files, mut wrong) = (files(), Vec::new());
    assert_eq!(files.len(), 16);
    for Kept { called, content, shown, explain, inspect, check, scim, export } in files {
        for (arguments, (code, begins)) in [
            (&["-"][..], shown),
            (&["explain", "-"], explain),
            (&["inspect", "-"], inspect),
            (&CHECK, check),
            (&["scim", "-"], scim),
            (&["export", "-"], export),
        ] {
            let (exit, out, error) = samlight(arguments, &content);
            let first = if out.is_empty() { &error } else { &out };
            if exit != Some(code) || !first.starts_with(begins) {
                let first: String = first.chars().take(200).collect();
                wrong.push(format!("{called}, {arguments:?}: {exit:?} {first:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The values of two sign-ins, in text and JSON alike: what differs, what one alone has, what is the same.
#[test]
fn two_sign_ins_are_compared_from_two_files_or_from_one() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (good, bad) = (accepted::response(), accepted::response().replace("Alex-1", "alex-1"));
    let (one, other) = (write("good.har", &har(&good)), write("bad.xml", &bad));
    let (code, text, error) = samlight(&["compare", &one, &other], "");
    assert!(code.is_some_and(|code| code < 2) && error.is_empty(), "{code:?} {error}");
    assert!(text.contains("NameID\n  1 Alex-1\n  2 alex-1\n"), "{text}");
    assert!(text.contains("values are the same in both.") && !text.contains("\nAudience"), "{text}");
    let (_, whole, _) = samlight(&["compare", "--all", &one, &other], "");
    assert!(whole.contains("\nAudience\n  = ") && !whole.contains("--all"), "{whole}");
    let (_, json, _) = samlight(&["compare", "--json", &one, &other], "");
    let json: Value = serde_json::from_str(&json).unwrap();
    let values = json["values"].as_array().unwrap();
    let of = |label: &str| values.iter().find(|it| it["label"] == label).unwrap();
    assert_eq!(
        (&of("NameID")["values"], &of("NameID")["same"]),
        (&json!(["Alex-1", "alex-1"]), &json!(false))
    );
    assert_eq!(of("Audience")["same"], json!(true));
    for value in values.iter().filter(|it| it["same"] == false) {
        assert!(text.contains(value["label"].as_str().unwrap()), "{value} is not in {text}");
    }
    // Of one file the two newest; one alone is compared with nothing.
    let two = har(&good).replacen("\"entries\":[", &format!("\"entries\":[{},", entry(&bad)), 1);
    let (_, text, error) = samlight(&["compare", "-"], &two);
    assert!(text.contains("  1 alex-1\n  2 Alex-1\n"), "{text}{error}");
    let (code, _, error) = samlight(&["compare", "-"], &har(&good));
    assert!(code == Some(2) && error.contains("only one sign-in in -"), "{error}");
    assert_eq!(samlight(&["compare", &one, &one, &one], "").0, Some(2));
}

/// The exchange of [`har`], an hour earlier and with another ID, as a line of a HAR.
fn entry(response: &str) -> Value {
    let har = har(&response.replace("ID=\"_r\"", "ID=\"_r0\"")).replace("T09:", "T08:");
    serde_json::from_str::<Value>(&har).unwrap()["log"]["entries"][0].clone()
}

/// All texts in `value`, one after the other.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        Value::Object(object) => object.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn help_stands_in_the_program_and_in_each_command() {
    let (code, help, _) = samlight(&["--help"], "");
    assert_eq!(code, Some(0));
    for command in ["explain", "inspect", "check", "compare", "scim", "export", "serve", "completions", "man"]
    {
        assert!(help.contains(&format!("\n  {command} ")), "{help}");
        let (code, out, error) = samlight(&[command, "--help"], "");
        assert!(code == Some(0) && error.is_empty(), "{command}: {error}");
        assert!(out.contains(&format!("Usage: samlight {command}")), "{out}");
        let (code, _, error) = samlight(&[command, "--no-such-option"], "");
        assert!(code == Some(2) && error.contains("--no-such-option"), "{command}: {error}");
    }
    // What was meant is said.
    let (code, _, error) = samlight(&["inspect", "--jsn", "-"], "");
    assert!(code == Some(2) && error.contains("'--json'"), "{error}");
    let (code, _, error) = samlight(&["inspekt", "-"], "");
    assert!(
        code == Some(2) && error.contains("“inspekt”") && error.contains("explain, inspect, check"),
        "{error}"
    );
}

#[test]
fn completions_and_manual_pages_know_every_command_and_option() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (code, script, _) = samlight(&["completions", shell], "");
        assert_eq!(code, Some(0));
        for word in ["inspect", "check", "scim-extern-uid", "fingerprint"] {
            assert!(script.contains(word), "{shell}: no {word}");
        }
    }
    assert_eq!(samlight(&["completions", "korn"], "").0, Some(2));
    let (code, page, _) = samlight(&["man"], "");
    assert!(code == Some(0) && page.contains("samlight\\-check(1)"), "{page}");
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(samlight(&["man", "--all", folder.path().to_str().unwrap()], "").0, Some(0));
    for command in
        ["", "-explain", "-inspect", "-check", "-scim", "-export", "-serve", "-completions", "-man"]
    {
        assert!(folder.path().join(format!("samlight{command}.1")).is_file(), "{command}");
    }
    let (code, page, _) = samlight(&["man", "check"], "");
    assert!(code == Some(0) && page.contains("\\-\\-scim\\-extern\\-uid"), "{page}");
}

/// As behind `head`: the reader is gone before all is written.
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("many.har");
    let entries: Vec<Value> = (0..400)
        .map(|_| serde_json::from_str::<Value>(&har(&signed())).unwrap()["log"]["entries"][0].clone())
        .collect();
    std::fs::write(&file, json!({"log": {"version": "1.2", "entries": entries}}).to_string()).unwrap();
    let mut running = Command::new(env!("CARGO_BIN_EXE_samlight"))
        .args(["inspect", "--json"])
        .arg(&file)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 10];
    running.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = running.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

/// All that the text says of a file, `--json` says, too: findings, steps and signs of an attack.
#[test]
fn json_carries_all_that_the_text_says() {
    for Kept { called, content, .. } in files() {
        let (_, out, _) = samlight(&[&CHECK[..1], &["-v"], &CHECK[1..]].concat(), &content);
        let (_, json, _) = samlight(&[&CHECK[..1], &["--json"], &CHECK[1..]].concat(), &content);
        let Ok(json) = serde_json::from_str::<Value>(&json) else { continue };
        let said = texts(&json);
        let steps = out.lines().filter_map(|line| {
            let (number, step) = line.trim_start().split_once(". ")?;
            number.parse::<u32>().is_ok().then_some(step)
        });
        let sentences =
            out.lines().filter_map(|line| ["✗ ", "! "].iter().find_map(|sign| line.strip_prefix(sign)));
        let mut count = 0;
        for line in steps.chain(sentences) {
            assert!(said.iter().any(|text| text.contains(line)), "{called}: {line}\n{json:#}");
            count += 1;
        }
        assert!(count > 0 || json["accepted"] != json!(false), "{called}: nothing to do in {out}");
    }
}

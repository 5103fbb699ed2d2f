//! `samlight group`: a whole group from files alone, with the exit code, the words and the JSON; and every
//! file that it cannot use.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod accepted;
mod program;
mod signer;

use base64::{Engine, prelude::BASE64_STANDARD};
use program::samlight;
use serde_json::{Value, json};
use std::{fs, path::PathBuf};
use tempfile::TempDir;

const PEOPLE: [(u64, &str); 4] = [(1, "alex"), (2, "bea"), (3, "cem"), (4, "dana")];

/// A folder with what an administrator has saved of the group `acme`.
struct Saved(TempDir);

impl Saved {
    /// The user name with `-1` is stored of everybody, of Cem in capitals.
    fn new() -> Self {
        let saved = Saved(tempfile::tempdir().unwrap());
        let stored =
            |name: &str| if name == "cem" { "CEM-1".to_owned() } else { format!("{}-1", capital(name)) };
        let rows = |row: &dyn Fn(u64, &str) -> Value| -> String {
            PEOPLE.iter().map(|(id, name)| row(*id, name)).collect::<Value>().to_string()
        };
        saved.write(
            "members.json",
            &rows(&|id, name| json!({"id": id, "username": name, "name": name, "access_level": 10})),
        );
        saved.write(
            "users.json",
            &rows(&|id, name| {
                json!({"id": id, "username": name, "email": format!("{name}@example.com"),
                    "confirmed_at": "2025-01-01T00:00:00Z"})
            }),
        );
        saved.write("saml.json", &rows(&|id, name| json!({"user_id": id, "extern_uid": stored(name)})));
        let list: String =
            PEOPLE.iter().map(|(_, name)| format!("{name}@example.com;{}-1\n", capital(name))).collect();
        saved.write("list.csv", &format!("E-mail;Badge\n{list}zoe@example.com;Zoe-1\n"));
        saved
    }

    fn write(&self, name: &str, content: &str) {
        fs::write(self.path(name), content).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The program with these arguments, the names of files among them.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let whole = |argument: &&str| match argument.contains('.') {
            true => self.path(argument).to_str().unwrap().to_owned(),
            false => (*argument).to_owned(),
        };
        let arguments: Vec<String> = arguments.iter().map(whole).collect();
        let arguments: Vec<&str> =
            ["group"].into_iter().chain(arguments.iter().map(String::as_str)).collect();
        samlight(&arguments, "")
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let (_, out, error) = self.run(&[arguments, &["--json"]].concat());
        serde_json::from_str(&out).unwrap_or_else(|problem| panic!("{problem}: {out}{error}"))
    }
}

fn capital(name: &str) -> String {
    name.split_at(1).0.to_uppercase() + name.split_at(1).1
}

const ANSWERS: [&str; 3] = ["members.json", "saml.json", "users.json"];

#[test]
fn a_group_is_known_from_answers_and_a_list() {
    let saved = Saved::new();
    let (code, out, error) = saved.run(&[&ANSWERS[..], &["--directory", "list.csv"]].concat());
    assert_eq!((code, error.as_str()), (Some(1), ""), "{out}");
    for said in [
        "/groups/:id/saml/identities: 4 rows",
        "5 people, in columns of a kind that Samlight does not know",
        "by the e-mail address in “E-mail”",
        "The NameID is probably “Badge”: 3 of 4 stored SAML identifiers have this value",
        "cem (@cem): expected “Cem-1”, stored “CEM-1”. They are equal except for upper and lower case",
        "People in the list who are no members of the group: 1 (zoe@example.com)",
    ] {
        assert!(out.contains(said), "{said}: {out}");
    }
    assert!(!out.contains("(@bea): expected"), "{out}");
    // Expected is not captured: the table's verdict is what it would be without the list.
    let (with, without) =
        (saved.json(&[&ANSWERS[..], &["--directory", "list.csv"]].concat()), saved.json(&ANSWERS));
    assert_eq!((&with["members"], &with["summary"]), (&without["members"], &without["summary"]));
    assert_eq!(without["expected"], Value::Null);
    assert_eq!(with["expected"]["members"][2]["saml"], "case-only");
    assert!(with["members"].as_array().unwrap().iter().all(|row| row["name_id"].is_null()));
}

/// The order of the files, and whether they are one or many, changes nothing.
#[test]
fn answers_may_come_in_any_order_and_in_one_file() {
    let saved = Saved::new();
    let whole = saved.json(&ANSWERS);
    for order in [[1, 2, 0], [2, 0, 1], [0, 2, 1]] {
        assert_eq!(saved.json(&order.map(|at| ANSWERS[at])), whole);
    }
    let all: String = ANSWERS.iter().map(|name| fs::read_to_string(saved.path(name)).unwrap()).collect();
    saved.write("all.json", &all);
    assert_eq!(saved.json(&["all.json"]), whole);
}

/// A recording is what a file says: it shows the field, and nobody's NameID counts as seen by it.
#[test]
fn a_recording_shows_the_field_and_proves_nothing() {
    let saved = Saved::new();
    let signed = signer::certified(&signer::signed(&accepted::response()).unwrap());
    let entry = json!({
        "startedDateTime": "2026-01-01T09:00:01Z", "time": 5,
        "request": {"method": "POST", "url": "https://gitlab.com/groups/acme/-/saml/callback", "headers": [],
            "postData": {"mimeType": "application/x-www-form-urlencoded",
                "params": [{"name": "SAMLResponse", "value": BASE64_STANDARD.encode(&signed)}]}},
        "response": {"status": 302, "headers": [], "redirectURL": "https://gitlab.com/acme"}});
    saved.write("one.har", &json!({"log": {"version": "1.2", "entries": [entry]}}).to_string());
    let files = [&ANSWERS[..], &["one.har", "--directory", "list.csv"]].concat();
    let (_, out, _) = saved.run(&[&files[..], &["--group", "acme"]].concat());
    assert!(out.contains("The NameID is probably “Badge”: 1 of 1 sign-ins in the files"), "{out}");
    let whole = saved.json(&[&files[..], &["--group", "acme"]].concat());
    assert_eq!(whole["expected"]["name_id"]["by"], "told");
    let alex = &whole["members"][0];
    assert!(alex["name_id"].is_null() && !alex["claim"].is_null(), "{alex}");
    // Of another group, and changed on the way, it shows nothing.
    let other = saved.json(&[&files[..], &["--group", "other"]].concat());
    assert_eq!(other["expected"]["name_id"]["by"], "saml");
    let har = fs::read_to_string(saved.path("one.har")).unwrap();
    let (right, wrong) = (BASE64_STANDARD.encode(&signed), signed.replace("Alex-1", "Alex-2"));
    saved.write("one.har", &har.replace(&right, &BASE64_STANDARD.encode(wrong)));
    let forged = saved.json(&[&files[..], &["--group", "acme"]].concat());
    assert_eq!(forged["expected"]["name_id"]["by"], "saml");
}

#[test]
fn what_cannot_be_used_is_named() {
    let saved = Saved::new();
    saved.write("empty.csv", "E-mail;Badge\n");
    saved.write("text.txt", "hello");
    let with = |more: &[&'static str]| -> Vec<&'static str> { [&ANSWERS[..], more].concat() };
    for (arguments, code, said) in [
        (with(&["--directory", "list.csv", "--name-id", "x"]), 2, "--name-id x: the list has no such column"),
        (with(&["--directory", "list.csv", "--email", "x"]), 2, "Its columns are: E-mail, Badge"),
        (with(&["--name-id", "x"]), 2, "--directory"),
        (with(&["--directory", "empty.csv"]), 2, "The list of people has no rows"),
        (with(&["--directory", "text.txt"]), 2, "it has no columns"),
        (with(&["--directory", "absent.csv"]), 2, "cannot be read"),
        (with(&["--gitlab", "x"]), 2, "not the address of a web site"),
        (with(&["text.txt"]), 1, "text.txt holds no answer about a group and no sign-in with a NameID"),
        (vec!["text.txt"], 2, "No file holds an answer of GitLab's API about a group"),
        (vec![], 2, "No FILE was given"),
    ] {
        let (found, out, error) = saved.run(&arguments);
        assert_eq!(found, Some(code), "{arguments:?}: {out}{error}");
        assert!(error.contains(said), "{arguments:?}: {error}");
    }
    // The person names the columns, in any case.
    let named = saved.json(&with(&["--directory", "list.csv", "--name-id", "badge", "--email", "E-MAIL"]));
    assert_eq!(named["expected"]["name_id"]["known"], "named");
    assert_eq!(named["expected"]["members"][0]["expected_name_id"], "Alex-1");
}

/// The settings name the field where no stored value shows it; among the other files or with their option.
#[test]
fn settings_name_the_field_and_what_speaks_against_them_is_said() {
    let saved = Saved::new();
    let policy = |source: &str| {
        let claim = json!({"Source": "user", "ID": source,
            "SamlClaimType": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier"});
        let inner = json!({"ClaimsMappingPolicy": {"Version": 1, "ClaimsSchema": [claim]}});
        json!({"displayName": "GitLab", "definition": [inner.to_string()]}).to_string()
    };
    saved.write("policy.json", &policy("badge"));
    saved.write("screen.txt", "Unique User Identifier (Name ID)\tuser.badge [nameid-format:persistent]\n");
    let with = |more: &[&'static str]| -> Vec<&'static str> { [&ANSWERS[..], more].concat() };
    let list = ["--directory", "list.csv"];
    let named = saved.json(&with(&[&list[..], &["--configuration", "policy.json"]].concat()));
    let among = saved.json(&[&["policy.json"][..], &with(&list)[..]].concat());
    assert_eq!(named["expected"], among["expected"]);
    assert_eq!(named["expected"]["name_id"]["known"], "configured");
    assert_eq!(named["expected"]["members"][2]["expected_name_id"], "Cem-1");
    assert_eq!(named["settings"]["apps"][0]["name_id"]["fields"], json!(["badge"]));
    assert_eq!(saved.json(&with(&list))["settings"], Value::Null);
    let (code, out, _) = saved.run(&with(&[&list[..], &["--configuration", "screen.txt"]].concat()));
    assert_eq!(code, Some(1));
    for said in [
        "screen.txt: Attributes & Claims, copied of Entra ID",
        "The NameID (“Unique User Identifier (Name ID)”) is user.badge",
        "The settings make the NameID of “user.badge”. 3 of 4 stored SAML identifiers have this value",
    ] {
        assert!(out.contains(said), "{said}: {out}");
    }
    // Another field than the stored values have; without a list, only the settings are told.
    saved.write("other.json", &policy("e-mail"));
    let (_, out, _) = saved.run(&with(&[&list[..], &["--configuration", "other.json"]].concat()));
    assert!(out.contains("0 of 4 stored") && out.contains("But “Badge” has 3 of 4 values"), "{out}");
    let (_, out, _) = saved.run(&with(&["--configuration", "policy.json", "--configuration", "screen.txt"]));
    assert!(
        out.contains("The settings at the identity provider") && !out.contains("make the NameID of"),
        "{out}"
    );
    saved.write("nothing.txt", "hello");
    for (file, said) in [
        ("nothing.txt", "no file of settings"),
        ("list.csv", "no file of settings"),
        ("no.json", "cannot be read"),
    ] {
        let (code, _, error) = saved.run(&with(&["--configuration", file]));
        assert_eq!(code, Some(2));
        assert!(error.contains(said), "{error}");
    }
}

/// One person's SCIM request, from mapping and list, beside what GitLab's log shows.
#[test]
fn the_scim_request_of_one_person_is_shown_beside_what_arrived() {
    let saved = Saved::new();
    let mapping = |target: &str, source: &str, priority: u64| {
        json!({"targetAttributeName": target, "matchingPriority": priority,
            "source": {"expression": source, "type": "Attribute"}})
    };
    let attributes = [
        mapping("externalId", "[Badge]", 1),
        mapping("userName", "Mid([Badge], 1, 4)", 0),
        mapping("emails[type eq \"work\"].value", "[E-mail]", 0),
        mapping("displayName", "Join(\" \", [Badge], \"x\")", 0),
    ];
    let schema = json!({"synchronizationRules": [{"objectMappings": [
        {"name": "Users", "flowTypes": "Add, Update, Delete", "attributeMappings": attributes}]}]});
    saved.write("schema.json", &schema.to_string());
    let line = json!({"time": "2026-01-01T09:00:00.000Z", "status": 201, "method": "POST",
        "path": "/api/scim/v2/groups/acme/Users", "params": [{"key": "externalId", "value": "Bea-1"},
            {"key": "userName", "value": "bea"}, {"key": "emails", "value": [{"type": "work", "value": "bea@example.com"}]}]});
    saved.write("api.log", &format!("{line}\n"));
    let with = |more: &[&'static str]| -> Vec<&'static str> {
        [&ANSWERS[..], &["schema.json", "--directory", "list.csv", "--group", "acme"], more].concat()
    };
    let (code, out, error) = saved.run(&with(&["api.log", "--person", "BEA-1"]));
    assert_eq!((code, error.as_str()), (Some(1), ""), "{out}");
    for said in [
        "The SCIM request for bea@example.com",
        "GitLab received this externalId (line 1 of",
        "GitLab received userName “bea”",
        "GitLab did not receive displayName",
        "POST /api/scim/v2/groups/acme/Users",
    ] {
        assert!(out.contains(said), "{said}: {out}");
    }
    let whole = saved.json(&with(&["--person", "bea-1"]));
    assert_eq!(whole["provisioned"][0]["body"]["externalId"], "Bea-1");
    assert_eq!(whole["provisioned"][0]["body"]["userName"], "Bea-");
    assert_eq!(saved.json(&with(&[]))["provisioned"], Value::Null);
    let (_, out, _) = saved.run(&with(&["--person", "nobody"]));
    assert!(out.contains("No row of the list has the value nobody"), "{out}");
    let without = [&ANSWERS[..], &["--directory", "list.csv", "--person", "bea-1"]].concat();
    assert!(saved.run(&without).1.contains("Give Entra ID's provisioning schema"));
    // A log is of no use without a person, and --person of none without a list.
    assert!(saved.run(&with(&["api.log"])).2.contains("holds no answer"));
    assert_eq!(saved.run(&[&ANSWERS[..], &["--person", "x"]].concat()).0, Some(2));
}

/// Nothing that files tell is sure enough for a script: all that differs is left out, with the reason.
#[test]
fn scripts_are_written_once_and_only_with_what_is_sure() {
    let saved = Saved::new();
    let arguments = [&ANSWERS[..], &["--directory", "list.csv"]].concat();
    let (code, _, error) = saved.run(&[&arguments[..], &["--script", "new.folder"]].concat());
    assert_eq!(code, Some(2));
    assert!(error.contains("--group"), "{error}");
    let with = [&arguments[..], &["--group", "acme", "--script", "new.folder"]].concat();
    let (code, out, error) = saved.run(&with);
    assert_eq!((code, error.as_str()), (Some(1), ""));
    assert!(out.contains("There is nothing to correct that Samlight is sure of"), "{out}");
    assert!(out.contains("1 identifiers differ and are left as they are"), "{out}");
    let read = |name: &str| fs::read_to_string(saved.path("new.folder").join(name)).unwrap();
    assert!(
        read("left-out.txt").starts_with("cem (@cem) (the SAML identifier): Nothing shows for sure"),
        "{}",
        read("left-out.txt")
    );
    for name in ["change.sh", "undo.sh"] {
        assert!(read(name).contains("group='acme'") && !read(name).contains("\nchange "), "{}", read(name));
    }
    // What somebody has read, and perhaps run, is not written over.
    let (code, _, error) = saved.run(&with);
    assert_eq!(code, Some(2));
    assert!(error.contains("change.sh is there already"), "{error}");
    let under = [&arguments[..], &["--group", "acme", "--script", "list.csv"]].concat();
    let (code, _, error) = saved.run(&under);
    assert_eq!(code, Some(2));
    assert!(error.contains("list.csv cannot be written"), "{error}");
    let json = saved.json(&[&arguments[..], &["--group", "acme", "--script", "other.folder"]].concat());
    assert_eq!(json["script"]["left_out"][0]["user"], 3);
}

/// The plan of a change says who matches before and after, and needs a list and a kind that is known.
#[test]
fn a_change_is_planned_for_who_is_in_the_list() {
    let saved = Saved::new();
    let list: String =
        PEOPLE.iter().map(|(id, name)| format!("{name}@example.com,{name}-1,E{id}\n")).collect();
    saved.write("list.csv", &format!("mail,login,employee\n{list}"));
    let with = |more: &[&str]| saved.run(&[&ANSWERS[..], &["--directory", "list.csv"], more].concat());
    let (code, out, _) = with(&["--name-id", "login", "--plan", "field", "--to", "employee"]);
    assert_eq!(code, Some(1));
    assert!(out.contains("Plan: another field becomes the NameID"), "{out}");
    assert!(out.contains("After the change 0 of 4 members match without any correction."), "{out}");
    let (_, out, _) = with(&["--name-id", "login", "--plan", "provider", "--json"]);
    let plan = &serde_json::from_str::<Value>(&out).unwrap()["plan"];
    assert_eq!(plan["change"], "provider");
    let count: usize = ["kept", "ready", "lost", "refused", "unlinked", "unknown"]
        .iter()
        .map(|name| plan["members"][name].as_array().unwrap().len())
        .sum();
    assert_eq!(count, PEOPLE.len());
    let said = plan["statements"][0]["sentences"].to_string();
    assert!(said.contains("is not known") && plan["members"]["kept"] == serde_json::json!([]), "{said}");
    let (code, _, errors) = with(&["--name-id", "login", "--plan", "field"]);
    assert!(code == Some(2) && errors.contains("--to COLUMN"), "{errors}");
    let (code, _, errors) = with(&["--plan", "nothing"]);
    assert!(code == Some(2) && errors.contains("scim-app"), "{errors}");
    let (code, _, errors) = with(&["--plan", "field", "--to", "nowhere"]);
    assert!(code == Some(2) && errors.contains("nowhere"), "{errors}");
}

/// A group without SCIM has an empty list of it, which says what it is by the name of its file alone.
#[test]
fn an_empty_list_is_taken_by_its_name_or_said_to_say_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_string_lossy().into_owned()
    };
    let members =
        file("members.json", r#"[{"id": 48, "username": "ada", "name": "Ada Low", "access_level": 30}]"#);
    let (code, out, errors) = samlight(&["group", &members, &file("scim.json", "[]\n")], "");
    assert!(code.is_some() && out.contains("/groups/:id/scim/identities: 0 rows"), "{out}{errors}");
    let (code, _, errors) = samlight(&["group", &members, &file("x.json", "[]")], "");
    assert!(code == Some(1) && errors.contains("Name the file after what you asked for"), "{errors}");
}

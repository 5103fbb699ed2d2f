//! One person of a group of twelve: every field there, empty, unknown, received as it is or otherwise.

use super::*;
use crate::{
    group::{
        expected::{Columns, tests::group_of},
        settings::tests::{of, schema, taken, words},
    },
    idp::app::tests::okta,
    scim::{
        evidence::Asked,
        story::{StoryFile, stories},
    },
};

const PEOPLE: u64 = 12;

/// The cells of person 4.
const CELLS: [(&str, &str); 5] = [
    ("id", "guid-4"),
    ("userPrincipalName", "p4@corp.example.com"),
    ("mail", "person.4@example.com"),
    ("mailNickname", "nick4"),
    ("displayName", "Person Four"),
];

/// The list of Entra ID with these cells of person 4, and nobody else.
fn list(change: &[(&str, &str)]) -> Directory {
    let cell = |name: &str, old: &str| {
        let new = change.iter().find(|(it, _)| *it == name);
        new.map_or(old.to_owned(), |(_, new)| (*new).to_owned())
    };
    let head: Vec<&str> = CELLS.iter().map(|(name, _)| *name).collect();
    let row: Vec<String> = CELLS.iter().map(|(name, old)| cell(name, old)).collect();
    Directory::read(&format!("{}\n{}\n", head.join(","), row.join(","))).unwrap()
}

/// A line of GitLab's log with this creation.
fn log(values: &[(&str, Value)]) -> String {
    let params: Vec<Value> = values.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
    json!({"time": "2026-01-01T09:00:00.000Z", "severity": "INFO", "status": 201, "method": "POST",
        "path": "/api/scim/v2/groups/acme/Users", "params": params, "host": "gitlab.com"})
    .to_string()
}

fn sent() -> Vec<(&'static str, Value)> {
    vec![
        ("externalId", json!("guid-4")),
        ("userName", json!("nick4")),
        ("emails", json!([{"primary": true, "type": "work", "value": "person.4@example.com"}])),
        ("name", json!({"formatted": "Person Four"})),
    ]
}

/// The words of the request, with these stored SCIM identifiers and this log.
fn said(list: &Directory, settings: &Settings, scim: impl Fn(u64) -> Option<String>, log: &str) -> String {
    let (roll, captures) = group_of(PEOPLE, |_| None, scim, |_| None);
    let (columns, _) = settings.columns(of(), list, Columns::default());
    let expectation = Expectation::of(list, &roll, &captures, columns);
    let request = Provisioned::of(settings, of(), list, 0).unwrap();
    let told = stories(&[StoryFile::of("api.log", log)], &request.known_by(), &Asked::default());
    words(&request.statements((list, &roll), Some(&expectation), Received::newest(&told).as_ref()))
}

fn none(_: u64) -> Option<String> {
    None
}

#[test]
fn a_row_and_a_mapping_make_the_request_that_gitlab_receives() {
    let settings = taken(&[schema("[objectId]")]);
    let request = Provisioned::of(&settings, of(), &list(&[]), 0).unwrap();
    let expected = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "externalId": "guid-4",
        "userName": "nick4", "emails": [{"type": "work", "primary": true, "value": "person.4@example.com"}],
        "name": {"formatted": "Person Four"}, "active": true});
    assert_eq!(request.body(), expected);
    assert_eq!(request.known_by(), ["guid-4", "person.4@example.com", "nick4"]);
    let report = request.report();
    assert_eq!((&report["path"], &report["row"]), (&json!("/api/scim/v2/groups/acme/Users"), &json!(1)));
    assert_eq!(report["attributes"][0]["made_of"], "[objectId]");
    let words = said(&list(&[]), &settings, none, "");
    for part in [
        "externalId is made of [objectId]: “guid-4”",
        "userName is made of [mailNickname]: “nick4”",
        "Good: GitLab accepts these values",
        "No log among the files shows",
        "POST /api/scim/v2/groups/acme/Users",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert!(!words.contains("Error") && !words.contains("Warning"), "{words}");
    let unknown = For { path: "", ..of() };
    assert_eq!(
        Provisioned::of(&settings, unknown, &list(&[]), 0).unwrap().report()["path"],
        "/api/scim/v2/groups/:group/Users"
    );
}

/// Each field empty, or with a value that GitLab refuses or changes.
#[test]
fn each_field_is_judged_by_gitlabs_rules() {
    let settings = taken(&[schema("[objectId]")]);
    for (cell, value, parts) in [
        (
            "id",
            "",
            &[
                "externalId is made of [objectId]. The field is empty",
                "Error: The SCIM app sent no value for fields that GitLab needs: externalId",
            ][..],
        ),
        ("mailNickname", "", &["GitLab needs: userName"]),
        ("mail", "", &["GitLab needs: emails"]),
        ("displayName", "", &["Error: The SCIM app sent no first or last name"]),
        ("mail", "no address", &["Warning: “no address” is not an e-mail address"]),
        ("mailNickname", "two words", &["has spaces", "GitLab does not take the user name"]),
        (
            "mailNickname",
            "nick@example.com",
            &["Warning: GitLab does not take the user name “nick@example.com”"],
        ),
        ("mailNickname", "_nick", &["GitLab does not take the user name"]),
        ("mailNickname", "nick..four", &["GitLab does not take the user name"]),
        ("mailNickname", "nick.git", &["GitLab does not take the user name"]),
        ("mailNickname", "Müller", &["GitLab does not take the user name"]),
    ] {
        let words = said(&list(&[(cell, value)]), &settings, none, "");
        for part in parts {
            assert!(words.contains(part), "{cell} {value}: {part}: {words}");
        }
        assert_eq!(words.contains("GitLab accepts"), !words.contains("Error"), "{words}");
    }
    for name in ["nick", "n.i-c_k", "N1"] {
        let words = said(&list(&[("mailNickname", name)]), &settings, none, "");
        assert!(!words.contains("Warning"), "{words}");
    }
    // What cannot be evaluated is named, and nothing is said to be good.
    let words = said(&list(&[]), &taken(&[schema("Guid()")]), none, "");
    assert!(words.contains("“externalId” is Guid(). Samlight does not know the function Guid"), "{words}");
    assert!(!words.contains("GitLab accepts") && !words.contains("GitLab needs"), "{words}");
    // Neither is it called missing where the list lacks the column.
    let lacking = Directory::read(
        "id,userPrincipalName,mail,mailNickname\nguid-4,p4@example.com,person.4@example.com,nick4\n",
    );
    let words = said(&lacking.unwrap(), &settings, none, "");
    assert!(
        words.contains("no column for displayName") && !words.contains("no first or last name"),
        "{words}"
    );
}

#[test]
fn what_arrived_is_said_beside_what_should_arrive() {
    let settings = taken(&[schema("[objectId]")]);
    let words = said(&list(&[]), &settings, none, &log(&sent()));
    for target in ["externalId", "userName", EMAIL, "name.formatted"] {
        assert!(
            words.contains(&format!("Good: GitLab received this {target} (line 1 of api.log)")),
            "{target}: {words}"
        );
    }
    for at in 1..4 {
        let mut other = sent();
        let (name, _) = other.remove(at);
        let words = said(&list(&[]), &settings, none, &log(&other));
        assert!(words.contains("Warning: GitLab did not receive"), "{name}: {words}");
    }
    let mut other = sent();
    other[1].1 = json!("nick.old");
    let words = said(&list(&[]), &settings, none, &log(&other));
    assert!(words.contains("Error: GitLab received userName “nick.old”"), "{words}");
    // The newest counts, and that of somebody else is none.
    let newer = log(&sent()).replace("2026-01-01T09", "2026-01-02T09");
    let words = said(&list(&[]), &settings, none, &format!("{}\n{newer}\n", log(&other)));
    assert!(words.contains("Good: GitLab received this userName (line 2"), "{words}");
    let of_other =
        log(&sent()).replace("guid-4", "guid-5").replace("nick4", "nick5").replace("person.4", "person.5");
    assert!(said(&list(&[]), &settings, none, &of_other).contains("No log among the files"));
}

#[test]
fn what_is_stored_decides_on_a_conflict() {
    let settings = taken(&[schema("[objectId]")]);
    let of_four = |value: &'static str| move |id: u64| (id == 4).then(|| value.to_owned());
    for (scim, part) in [
        ("guid-4", "Good: GitLab has stored this identifier for SCIM: “guid-4”"),
        ("GUID-4", "Good: GitLab has stored this identifier for SCIM: “GUID-4”"),
        ("old", "Error: GitLab has stored the SCIM identifier “old” for this member, not “guid-4”"),
    ] {
        let words = said(&list(&[]), &settings, of_four(scim), "");
        assert!(words.contains(part), "{words}");
    }
    let of_nine = |id: u64| (id == 9).then(|| "Guid-4".to_owned());
    let words = said(&list(&[]), &settings, of_nine, "");
    assert!(
        words.contains("Error: GitLab already has “guid-4” as the SCIM identifier of N 9 (@u9)"),
        "{words}"
    );
}

/// R17: the NameID that the settings let expect, beside externalId.
#[test]
fn name_id_and_external_id_of_the_person_are_compared() {
    for (source, part) in [
        ("objectid", "Good: The expected NameID and externalId"),
        ("mail", "Error: The expected NameID is “person.4@example.com”"),
    ] {
        let screen = format!("Unique User Identifier: user.{source}");
        let words = said(&list(&[]), &taken(&[schema("[objectId]"), screen]), none, "");
        assert!(words.contains(part), "{words}");
    }
}

#[test]
fn oktas_app_sends_what_its_documentation_says() {
    let people = json!([{"id": "00u4", "status": "ACTIVE", "profile": {"login": "p4@corp.example.com",
        "email": "person.4@example.com", "firstName": "F".repeat(NAME + 1), "lastName": "Four", "displayName": "P4"}}]);
    let list = Directory::read(&people.to_string()).unwrap();
    let template = "${fn:substringBefore(source.login, \"@\")}";
    let settings = taken(&[okta("${user.userName}", template).to_string()]);
    let words = said(&list, &settings, none, "");
    for part in
        ["“00u4”", "“p4”", "“person.4@example.com”", "Error: name.givenName has more than 127 characters"]
    {
        assert!(words.contains(part), "{part}: {words}");
    }
    let screen = taken(&["Name ID: Basic Information > Primary email".to_owned()]);
    assert!(Provisioned::of(&screen, of(), &list, 0).is_none());
    assert!(Provisioned::of(&Settings::default(), of(), &list, 0).is_none());
}

#[test]
fn a_person_is_found_by_any_cell_whatever_its_case() {
    let list = list(&[]);
    for value in ["guid-4", "GUID-4", " person.4@example.com ", "person four"] {
        assert_eq!(rows(&list, value), [0], "{value}");
    }
    for value in ["", "guid", "x"] {
        assert!(rows(&list, value).is_empty(), "{value}");
    }
    let many = Directory::read(&format!("mail,name\n{}", "a@example.com,Ada\n".repeat(9))).unwrap();
    assert_eq!(rows(&many, "ada").len(), ROWS);
}

//! The table of a group as a file: whatever GitLab answers, a page shows or a sign-in holds, in no redacted
//! CSV and no redacted JSON is a value of anybody.

use super::{
    planted::{Planted, assert_nothing_planted, places, ways},
    salt,
    samples::{ACS, NOW, response, unsigned},
    signer,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use samlight::{
    base::place::Place,
    event::Event,
    file::export::Secrecy,
    gitlab::{instance::Instance, pages},
    group::{
        captured::Captures,
        expected::{Columns, Expectation},
        export::{self, Format},
        join::join,
        members::{Person, Roll},
        plan::{Next, Plan, ReadAnswer},
    },
    idp::directory::Directory,
    trace::tracer::Tracer,
};
use serde_json::{Value, json};

/// GitLab's answers to an owner, with a value in every field that GitLab documents, and in some more.
fn answers() -> Vec<(&'static str, Value)> {
    let user = |id: u64, name: &str| {
        json!({"id": id, "username": name, "name": name.to_uppercase(), "email": format!("{name}@example.com"),
            "confirmed_at": "2026-01-01T00:00:00Z", "state": "active", "avatar_url": "https://gitlab.com/a.png",
            "web_url": "https://gitlab.com/ada", "access_level": 50, "created_by": {"username": "later"},
            "group_saml_identity": {"provider": "group_saml", "extern_uid": format!("{name}-saml"), "saml_provider_id": 1},
            "group_scim_identity": {"extern_uid": format!("{name}-scim"), "group_id": 9, "active": true},
            "identities": [{"provider": "group_saml", "extern_uid": "later"}], "note": "later"})
    };
    let identity =
        |id: u64, uid: &str| json!({"user_id": id, "extern_uid": uid, "active": true, "later": "later"});
    let event = |name: &str| {
        json!({"id": 1, "author_id": 1, "entity_path": "acme", "created_at": "2026-01-01T00:00:00Z",
            "details": {"event_name": name, "target_type": "User", "target_id": 2, "target_details": "later",
                "author_name": "later", "custom_message": "later", "ip_address": "192.0.2.1"}})
    };
    vec![
        ("/user", user(1, "owner")),
        (
            "/user/emails",
            json!([{"id": 7, "email": "more@example.com", "confirmed_at": "2026-01-01T00:00:00Z"}]),
        ),
        (
            "/groups/acme",
            json!({"id": 9, "full_path": "acme", "name": "Acme", "ip_restriction_ranges": "192.0.2.0/24",
                "allowed_email_domains_list": "example.com,example.org", "runners_token": "later"}),
        ),
        ("/groups/acme/saml/identities", json!([identity(1, "owner-saml"), identity(2, "Ada-1")])),
        ("/groups/acme/scim/identities", json!([identity(1, "owner-scim"), identity(2, "ada-scim")])),
        ("/groups/acme/members", json!([user(1, "owner"), user(2, "ada"), user(3, "ADA")])),
        ("/groups/acme/saml_users", json!([user(2, "ada")])),
        (
            "/groups/acme/audit_events",
            json!([
                event("update_mismatched_group_saml_extern_uid"),
                event("later"),
                event("user_provisioned_by_scim")
            ]),
        ),
    ]
}

/// The group as GitLab tells it.
fn roll(answers: &[(&str, Value)]) -> Roll {
    let mut roll = Roll::default();
    let mut plan = Plan::new(Instance::gitlab_com(), "acme".into(), Place::default());
    while let Next::Read(path) = plan.next(NOW) {
        let asked = path.split('?').next().unwrap().strip_prefix("/api/v4").unwrap();
        let body = answers.iter().find(|(path, _)| *path == asked).map(|(_, body)| body.to_string());
        let answer = ReadAnswer { status: 200, body: body.unwrap(), ..ReadAnswer::default() };
        assert!(plan.take(&mut roll, &path, &answer, NOW));
    }
    roll
}

/// A signed sign-in of one user, and the settings page that shows whose key it is.
fn sign_in(xml: &str, file: Option<&str>) -> Vec<Event> {
    let signed = signer::signed(&unsigned(xml)).map(|xml| signer::certified(&xml));
    // What cannot be signed any more is told of by a file that proves nothing.
    let xml = signed.unwrap_or_else(|| xml.to_owned());
    let boot = if file.is_some() { "filecopyw0rk" } else { "w0rk" };
    let id = |n: u32| format!("{:013}-{boot}-{n:06}", NOW.0 + i64::from(n));
    let mut arrival = json!({"id": id(1), "kind": "request", "request": "1", "tab": 7, "method": "POST", "body": "form",
        "url": ACS, "form": [["SAMLResponse", [BASE64_STANDARD.encode(xml)]]]});
    if let Some(file) = file {
        arrival["file"] = file.into();
    }
    let settings = json!({"id": format!("{:013}-w0rk-000009", NOW.0 + 9), "kind": "page", "tab": 8, "rows": [],
        "url": "https://gitlab.com/groups/acme/-/saml", "page": pages::SETTINGS,
        "fields": {"fingerprint": ["6A:07:F1:3B:23:61:9E:15:09:6C:77:68:89:33:44:77:1E:97:DA:6D"]}});
    [arrival, settings].into_iter().map(|event| serde_json::from_value(event).unwrap()).collect()
}

/// The two files, all of each; and the same with an identity provider's list of these people.
fn files(roll: &Roll, events: Vec<Event>, secrecy: Secrecy) -> Vec<String> {
    let tracer = Tracer::replay(events);
    let captures = Captures::of(&tracer, roll, &Instance::gitlab_com(), "acme");
    let joined = join(roll, &captures);
    let person = |(_, it): (u64, &Person)| json!({"mail": it.primary().map(|it| &it.address), "value": roll.saml(it).known()});
    let list = Directory::read(&roll.people().map(person).collect::<Value>().to_string()).unwrap();
    let named = Columns { name_id: list.column("value"), ..Columns::default() };
    let expectation = Expectation::of(&list, roll, &captures, named);
    let write = |(format, expected)| {
        let known = (roll, &captures, expected);
        export::export((&joined, &joined.lines), known, format, (secrecy, salt(1)), (true, true))
    };
    let formats = [Format::Csv, Format::Json].into_iter();
    formats.flat_map(|format| [(format, None), (format, Some(&expectation))]).map(write).collect()
}

#[test]
fn no_value_of_anybody_is_in_a_redacted_table() {
    let (mut planted, mut outputs) = (Planted(Vec::new()), 0);
    let mut look = |answers: &[(&str, Value)], events: Vec<Event>| {
        for file in files(&roll(answers), events, Secrecy::Redacted) {
            outputs += 1;
            assert_nothing_planted("a table", &file);
        }
    };
    let (usual, xml) = (answers(), response("Ada-1"));
    for at in 0..usual.len() {
        let mut found = Vec::new();
        places(&usual[at].1, "", &mut found);
        for place in found {
            let text = usual[at].1.pointer(&place).unwrap().as_str().unwrap().to_owned();
            let email = format!("{}@example.com", planted.plant());
            for way in ways(&text, &mut planted).into_iter().chain([email]) {
                let mut changed = usual.clone();
                *changed[at].1.pointer_mut(&place).unwrap() = way.into();
                look(&changed, sign_in(&xml, None));
            }
        }
    }
    for place in super::message_places(&xml) {
        for way in ways("", &mut planted) {
            let changed = format!("{}{way}{}", &xml[..place.start], &xml[place.end..]);
            look(&usual, sign_in(&changed, None));
            look(&usual, sign_in(&changed, Some(&planted.plant())));
        }
    }
    assert!(planted.0.len() > 500 && outputs > 1_000, "{} {outputs}", planted.0.len());
}

/// That the sample reaches the table at all: in clear its values are there.
#[test]
fn in_clear_the_same_table_holds_the_values() {
    for file in files(&roll(&answers()), sign_in(&response("Ada-1"), None), Secrecy::Clear) {
        for value in ["Ada-1", "ada-scim", "owner-saml", "ada@example.com", "ADA (@ada)"] {
            assert!(file.contains(value), "{value}: {file}");
        }
    }
}

//! The page, the values and the command for one user and for many; the command as a shell runs it, against a
//! GitLab that answers as each case needs.

use super::*;
use crate::{base::instant::Timestamp, event::Event, trace::tracer::Tracer, view::flow::flow_view};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use std::process::Command;

const GITLAB: &str = "https://gitlab.example.com/lab";

/// The instance, then sign-ins with these NameIDs, each by a user with this number who has no identity.
fn trace(gitlab: &str, sign_ins: &[(u64, &str, &str)]) -> Tracer {
    let instance =
        json!({"kind": "settings", "instances": [{"origin": "https://gitlab.example.com", "root": "/lab"}]});
    let of_one = |(at, (id, name, name_id)): (usize, &(u64, &str, &str))| {
        let xml = format!(
            "<p:Response xmlns:p='urn:oasis:names:tc:SAML:2.0:protocol' \
             xmlns:a='urn:oasis:names:tc:SAML:2.0:assertion' ID='_r{at}'><a:Assertion><a:Subject>\
             <a:NameID>{name_id}</a:NameID></a:Subject></a:Assertion></p:Response>"
        );
        let store = format!("jar{at}");
        [
            json!({"kind": "answer", "tab": at, "cookie_store": store, "url": format!("{gitlab}/api/v4/user"),
                "status": 200, "answer": {"id": id, "username": name, "name": name, "identities": []}}),
            json!({"kind": "request", "request": at.to_string(), "tab": at, "cookie_store": store, "method": "POST",
                "url": format!("{gitlab}/users/auth/saml/callback"), "body": "form",
                "form": [["SAMLResponse", [BASE64_STANDARD.encode(xml)]]]}),
        ]
    };
    let events = std::iter::once(instance).chain(sign_ins.iter().enumerate().flat_map(of_one));
    let with_id = |(at, mut event): (usize, Value)| {
        event["id"] = format!("{:013}-a-000001", 1_767_258_000_000 + at).into();
        serde_json::from_value::<Event>(event).unwrap()
    };
    Tracer::replay(events.enumerate().map(with_id))
}

fn newest(tracer: &Tracer) -> Option<NewIdentity> {
    let flow = tracer.flows().last().unwrap();
    flow_view(&Case::new(tracer, flow, Timestamp(1_767_258_100_000))).new_identity
}

#[test]
fn an_administrator_gets_the_page_of_the_user_and_the_two_values() {
    let tracer = trace(GITLAB, &[(48, "alex", "Alex-7F3A")]);
    let new = newest(&tracer).unwrap();
    let page = "https://gitlab.example.com/lab/admin/users/alex/identities/new";
    assert_eq!(new.steps[0].link.as_deref(), Some(page));
    assert!(new.steps.iter().all(|step| step.by == Some(Actor::GitlabAdministrator)));
    assert!(new.steps[2].text.contains("certainly belongs to this person"), "{:?}", new.steps);
    let values = [("Provider", "saml"), ("Identifier", "Alex-7F3A")];
    assert_eq!(new.values, values.map(|(label, value)| (label.to_owned(), value.to_owned())));
    assert_eq!(new.commands.len(), 1);
    // Whom nobody knows is looked for; without a number there is no command.
    let tracer = trace(GITLAB, &[(48, "..", "Alex-7F3A")]);
    assert_eq!(
        newest(&tracer).unwrap().steps[0].link.as_deref(),
        Some("https://gitlab.example.com/lab/admin/users")
    );
}

#[test]
fn who_recorded_many_gets_one_command_for_all_of_them() {
    let tracer = trace(GITLAB, &[(48, "alex", "old"), (49, "sam", "b c"), (48, "alex", "it's")]);
    let commands = newest(&tracer).unwrap().commands;
    assert_eq!(commands.len(), 2);
    assert!(commands[1].0.contains("the 2 users"), "{}", commands[1].0);
    let calls: Vec<&str> = commands[1].1.lines().filter(|line| line.starts_with("add ")).collect();
    assert_eq!(
        calls,
        ["add 48 'extern_uid=it%27s'", "add 49 'extern_uid=b%20c'"],
        "the newest value of each"
    );
}

#[test]
fn nothing_is_told_where_no_administrator_can_add_it() {
    let group = "https://gitlab.com/groups/acme/-/saml/callback";
    let mut tracer = trace(GITLAB, &[(48, "alex", "x")]);
    assert!(newest(&tracer).is_some());
    let stored = json!({"kind": "answer", "id": "1767258050000-a-000001", "tab": 0, "cookie_store": "jar0",
        "url": format!("{GITLAB}/api/v4/user"), "status": 200, "answer": {"id": 48, "username": "alex", "name": "alex",
            "identities": [{"provider": "saml", "extern_uid": "x"}]}});
    tracer.observe(&serde_json::from_value(stored).unwrap());
    assert_eq!(newest(&tracer), None, "it is stored");
    assert_eq!(
        newest(&trace("https://gitlab.com", &[(48, "alex", "x")])),
        None,
        "nobody administers GitLab.com"
    );
    let mut tracer = trace("https://gitlab.com", &[(48, "alex", "x")]);
    let xml = "<p:Response xmlns:p='urn:oasis:names:tc:SAML:2.0:protocol' \
               xmlns:a='urn:oasis:names:tc:SAML:2.0:assertion' ID='_g'><a:Assertion><a:Subject><a:NameID>x</a:NameID>\
               </a:Subject></a:Assertion></p:Response>";
    let of_group = json!({"kind": "request", "id": "1767258060000-a-000001", "request": "g", "tab": 0,
        "cookie_store": "jar0", "method": "POST", "url": group, "body": "form",
        "form": [["SAMLResponse", [BASE64_STANDARD.encode(xml)]]]});
    tracer.observe(&serde_json::from_value(of_group).unwrap());
    assert_eq!(newest(&tracer), None, "members of a group link themselves");
}

/// Runs the command against a GitLab with this answer to the look for the identifier, and this to the look at
/// the user: the words that it says, and the requests that change something.
fn run(command: &str, owner: &str, user: &str) -> (String, Vec<String>) {
    let stub = format!(
        "curl() {{ for it; do :; done; case \"$*\" in *PUT*) echo \"PUT $*\" >&2 ;; \
         *extern_uid*) printf '%s' '{owner}' ;; *) printf '%s' '{user}' ;; esac; }}; GITLAB_TOKEN=t\n{command}\n"
    );
    let output = Command::new("sh").args(["-c", &stub]).output().unwrap();
    let lines = |octets: Vec<u8>| String::from_utf8(octets).unwrap();
    let sent = lines(output.stderr).lines().map(str::to_owned).collect();
    (lines(output.stdout).trim().to_owned(), sent)
}

#[test]
fn the_command_adds_only_where_nobody_has_it_and_the_user_has_none() {
    let hostile = "x'; rm -rf ~ #$(id)`id`\"\n&provider=ldap";
    let tracer = trace(GITLAB, &[(48, "alex", "Alex")]);
    let flow = tracer.flows().last().unwrap();
    let case = Case::new(&tracer, flow, Timestamp(1_767_258_100_000));
    let missing = Missing { provider: "saml'x", ..Missing::of(&case).unwrap() };
    let command = missing.command(&[(48, hostile.to_owned())]);
    assert!(!command.contains("rm -rf"), "it is percent-encoded: {command}");
    let (none, user) = ("[]", r#"{"id":48,"identities":[]}"#);
    let (said, sent) = run(&command, none, user);
    assert_eq!(said, "48: added");
    assert_eq!(sent.len(), 1, "{sent:?}");
    for part in [
        "PUT",
        "provider=saml%27x",
        "extern_uid=x%27%3B%20rm",
        "https://gitlab.example.com/lab/api/v4/users/48",
    ] {
        assert!(sent[0].contains(part), "{part}: {sent:?}");
    }
    let has = r#"{"id":48,"identities":[{"provider":"samlX","extern_uid":"y"}]}"#;
    let plain = Missing::of(&case).unwrap().command(&[(48, "Alex".into())]);
    assert_eq!(run(&plain, none, has).0, "48: added", "an identity of another provider is none of this one");
    for (owner, user, expected) in [
        (r#"[{"id":49}]"#, user, "somebody has this identifier already, nothing was added"),
        (
            none,
            r#"{"id":48,"identities":[{"provider":"saml","extern_uid":"y"}]}"#,
            "this user has an identity of this provider already, nothing was added",
        ),
        ("", user, "GitLab did not answer, nothing was added"),
        (none, "", "GitLab did not answer, nothing was added"),
    ] {
        let (said, sent) = run(&plain, owner, user);
        assert_eq!((said, sent.len()), (format!("48: {expected}"), 0), "{owner} {user}");
    }
    let fails = plain.replace("ask() { curl", "ask() { false && curl");
    let (said, sent) = run(&fails, none, user);
    assert_eq!((said.as_str(), sent.len()), ("48: GitLab did not answer, nothing was added", 0));
}

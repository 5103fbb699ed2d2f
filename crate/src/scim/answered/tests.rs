//! Answers of every kind beside logs in which requests were refused with every status.

use super::*;
use crate::explain::clues::Clues;
use serde_json::json;

/// A text of each message, by the key of its meaning.
const TEXTS: [(&str, &str); 17] = [
    ("scim-said.user-taken", "{\"detail\":\"User has already been taken\",\"status\":409}"),
    ("scim-said.uid-taken", "SCIM: Extern uid has already been taken"),
    ("scim-said.name-taken", "{\"detail\":\"Email has already been taken\",\"status\":409}"),
    (
        "scim-said.domain",
        "SCIM: The member's email address is not allowed for this group. Check with your administrator.",
    ),
    (
        "scim-said.not-linked",
        "SCIM: The member's email address is not linked to a SAML account or has an inactive SCIM identity.",
    ),
    ("scim-said.unverified", "SCIM: email must be verified"),
    ("scim-said.missing", "Missing params: [:extern_uid]"),
    ("scim-said.blank", "Namespace can't be blank, Name can't be blank, and User can't be blank."),
    ("scim-said.filter", "Unsupported Filter"),
    ("scim-said.no-saml", "Group acme does not have SAML SSO configured"),
    ("scim-said.no-group", "SCIM: Group acme not found"),
    ("scim-said.no-user", "Resource id-1 not found"),
    ("scim-said.401", "SCIM: 401 Unauthorized"),
    ("scim-said.not-enabled", "403 Forbidden - Group SAML not enabled."),
    ("scim-said.403", "SCIM: 403 Forbidden"),
    ("scim-said.last-owner", "Could not remove Ada from acme. Cannot remove last group owner."),
    ("scim-said.405", "SCIM: 405 Method Not Allowed"),
];

const STATUSES: [u16; 10] = [200, 201, 204, 401, 403, 404, 405, 409, 412, 500];
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

fn line(second: usize, method: &str, status: u16, id: &str, group: &str) -> String {
    json!({"time": format!("2026-11-20T09:{:02}:{:02}Z", second / 60, second % 60), "method": method,
        "status": status, "path": format!("/api/scim/v2/groups/{group}/Users/{id}"), "params": []})
    .to_string()
}

/// The headings of the requests that are found.
fn found(log: &str, asked: &Asked<'_>) -> Vec<String> {
    let statements = refused("api_json.log", &|take| log.as_bytes().chunks(900).for_each(take), asked);
    statements.into_iter().map(|it| it.heading.unwrap()).collect()
}

#[test]
fn each_answer_names_the_newest_requests_that_can_have_had_it() {
    let all = METHODS.iter().flat_map(|method| STATUSES.map(|status| (*method, status)));
    let all: Vec<(&str, u16)> = all.chain(METHODS.map(|method| (method, 409))).collect();
    let log: String = (0..)
        .zip(&all)
        .map(|(second, (method, status))| line(second, method, *status, "id-1", "acme") + "\n")
        .collect();
    assert_eq!(ANSWERS.map(|it| it.0), TEXTS.map(|it| it.0));
    for (key, statuses, methods) in ANSWERS {
        let asked = Asked { keys: &[key], ..Asked::default() };
        let is_it = |(_, (method, status)): &(usize, &(&str, u16))| {
            statuses.contains(status) && (methods.is_empty() || methods.contains(method))
        };
        let meant: Vec<(usize, &(&str, u16))> = (0..).zip(&all).filter(is_it).collect();
        let headings = found(&log, &asked);
        assert_eq!(headings.len(), meant.len().min(MOST), "{key}: {headings:?}");
        for (heading, (second, (method, status))) in headings.iter().zip(meant.iter().rev()) {
            let words = [
                format!("09:{:02}:{:02}", second / 60, second % 60),
                format!("{method} Users/id-1 {status}"),
            ];
            assert!(words.iter().all(|it| heading.contains(it)), "{key}: {heading}");
        }
        for (user, group, is_named) in [
            ("id-1", "acme", true),
            ("ID-1", "ACME", true),
            ("id-2", "acme", false),
            ("id-1", "other", false),
        ] {
            let groups = [group.to_owned()];
            let asked = Asked { keys: &[key], users: &[user], groups: &groups };
            assert_eq!(
                !found(&log, &asked).is_empty(),
                is_named && !meant.is_empty(),
                "{key} {user} {group}"
            );
        }
    }
}

#[test]
fn a_text_finds_its_requests_by_its_messages() {
    for (key, text) in TEXTS {
        let (_, statuses, methods) = ANSWERS.into_iter().find(|it| it.0 == key).unwrap();
        let method = methods.first().unwrap_or(&"GET");
        let log =
            [line(1, method, statuses[0], "id-1", "acme"), line(2, "GET", 200, "id-1", "acme")].join("\n");
        let clues = Clues::of(text);
        let told = clues.refused(text, "api_json.log", &|take| take(log.as_bytes()));
        let is_known = !clues.provisioning.is_empty();
        assert_eq!(told.len(), usize::from(is_known), "{key}: {told:?}");
        assert!(is_known || key == "scim-said.unverified", "{key}: {clues:?}");
        assert!(
            told.iter().all(|it| it.sentences[0].text.contains("can have given this answer")),
            "{told:?}"
        );
    }
    for text in ["Nobody knows this", "Fingerprint mismatch", ""] {
        let log = line(1, "POST", 409, "id-1", "acme");
        assert_eq!(Clues::of(text).refused(text, "x", &|take| take(log.as_bytes())), [], "{text}");
    }
}

#[test]
fn an_identity_providers_log_is_found_by_the_words_that_it_quotes() {
    let event = |second: usize, user: &str, said: &str| {
        json!({"published": format!("2026-11-20T12:31:{second:02}.000Z"), "eventType": "application.provision.user.push",
            "outcome": {"result": "FAILURE", "reason": format!("Errors reported by remote server: {said}")},
            "target": [{"id": "0ua", "type": "AppUser", "alternateId": user, "displayName": "Ada Low"}]})
        .to_string()
    };
    let log: Vec<String> = [
        event(1, "ada@example.com", "User has already been taken"),
        event(2, "ada@example.com", "Resource id-1 not found"),
        event(3, "eve@example.com", "User has already been taken"),
    ]
    .into();
    let log = log.join("\n");
    for (users, named) in [(&[][..], 2), (&["ada@example.com"], 1), (&["bob@example.com"], 0)] {
        let asked = Asked { keys: &["scim-said.user-taken"], users, groups: &[] };
        let headings = found(&log, &asked);
        assert_eq!(headings.len(), named, "{users:?}: {headings:?}");
        assert!(headings.iter().all(|it| !it.contains("12:31:02")), "{headings:?}");
    }
}

//! A whole group, from its first read to a change and to its end.

use super::{
    wanted::{CSRF, FORM},
    *,
};
use crate::view::at_hand::{AtHand, Here, Opens};
use crate::{
    base::{place::Sender, severity::Severity},
    explain::clues::Clues,
    group::{
        plan::ReadAnswer,
        table::Query,
        tests::{USERS, answer as gitlab, opened as tracer, sign_in},
    },
};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

const NOW: Timestamp = Timestamp(1_767_603_600_000);

fn place(tab: i64) -> Place {
    Place { tab, ..Place::default() }
}

/// The check's GitLab in this tab.
fn page(tab: i64) -> Sender {
    Sender { origin: "https://gitlab.com".into(), place: place(tab) }
}

fn check() -> GroupCheck {
    GroupCheck::new(Instance::gitlab_com(), "acme".into(), place(7))
}

fn success(body: serde_json::Value) -> ReadAnswer {
    answer(200, false, BTreeMap::new(), body.to_string())
}

fn finish(check: &mut GroupCheck) {
    while let Some(wanted) = check.wanted(&page(7), NOW) {
        assert_eq!((wanted.method, &wanted.content, wanted.from_page.len()), ("GET", &None, 0));
        assert!(check.take(&page(7), &wanted.path, &success(gitlab(&USERS, &wanted.path)), NOW));
    }
}

#[test]
fn a_group_is_read_shown_and_read_on_after_a_stop() {
    let tracer = tracer(Vec::new());
    let mut check = check();
    let view = check.view(&tracer, &Query::default());
    assert!(view.can_cancel && view.state.text.contains("who is signed in"), "{}", view.state.text);
    assert_eq!(check.wanted(&page(8), NOW), None, "another page has no part in it");
    finish(&mut check);
    let view = check.view(&tracer, &Query::default());
    assert_eq!((view.table.total, view.can_cancel, view.can_resume), (USERS.len(), false, false));
    assert!(view.state.text.contains("17"), "{}", view.state.text);
    assert_eq!(check.row(&tracer, 12).unwrap().standing, MemberVerdict::NeverLinked);
    assert_eq!(check.row(&tracer, 99), None);
    let stored = serde_json::to_string(check.cursor()).unwrap();
    let mut again = GroupCheck::resume(serde_json::from_str(&stored).unwrap());
    assert!(again.view(&tracer, &Query::default()).state.text.contains("again"));
    finish(&mut again);
    assert_eq!(again.view(&tracer, &Query::default()).table, view.table);
    again.cancel();
    assert_eq!(again.state(), PlanState::Done);
}

#[test]
fn an_ended_session_is_said_and_goes_on_from_a_page_that_is_opened_anew() {
    let (tracer, mut check) = (tracer(Vec::new()), check());
    let first = check.wanted(&page(7), NOW).unwrap();
    check.take(&page(7), &first.path, &answer(0, true, BTreeMap::new(), String::new()), NOW);
    let view = check.view(&tracer, &Query::default());
    assert!(view.can_resume && view.state.text.contains("signed out"), "{}", view.state.text);
    check.move_to(place(8), false, NOW);
    assert_eq!(check.wanted(&page(7), NOW), None);
    assert_eq!(check.wanted(&page(8), NOW).map(|wanted| wanted.path), Some(first.path));
    check.move_to(place(7), false, NOW);
    check.cancel();
    check.move_to(place(7), false, NOW);
    assert_eq!(check.state(), PlanState::Cancelled, "what the person stopped stays stopped");
    check.go_on();
    finish(&mut check);
    assert_eq!(check.state(), PlanState::Done);
}

#[test]
fn what_is_missing_is_said_by_what_gitlab_answered() {
    let said = |status: u16, body: &str| {
        let (tracer, mut check) = (tracer(Vec::new()), check());
        let mut now = NOW;
        while let Some(wanted) = check.wanted(&page(7), now) {
            now.0 += wanted.wait.unwrap_or_default();
            if wanted.wait.is_some() {
                continue;
            }
            let answer = match wanted.path.contains("/saml_users") {
                true => answer(status, false, BTreeMap::new(), body.to_owned()),
                false => success(gitlab(&USERS, &wanted.path)),
            };
            check.take(&page(7), &wanted.path, &answer, now);
        }
        let view = check.view(&tracer, &Query::default());
        assert_eq!((check.state(), view.remarks.len()), (PlanState::Done, 1));
        (view.remarks[0].text.clone(), view.can_resume)
    };
    for (status, body, words, can_resume) in [
        (404, "", "This exists since version 18.1", false),
        (502, "", "GitLab answered 502", true),
        (0, "", "GitLab did not answer", true),
        (200, "<html>", "could not read GitLab's answer", true),
    ] {
        let (text, can) = said(status, body);
        assert!(text.contains(words) && can == can_resume, "{status}: {text}");
    }
}

#[test]
fn one_confirmed_change_goes_out_with_the_pages_own_csrf_and_is_shown_when_it_was_read_back() {
    let tracer = tracer(vec![sign_in(1, "w0rk", "new-value", "stale@example.com")]);
    let mut check = check();
    assert_eq!(check.repair(&tracer, 7, Identity::Saml), None, "not before all is read");
    finish(&mut check);
    assert_eq!(check.row(&tracer, 7).unwrap().standing, MemberVerdict::AllDiffer);
    let plan = check.repair(&tracer, 7, Identity::Saml).unwrap();
    let repair::Offer::Change { consents } = plan.offer.clone() else { panic!("{:?}", plan.offer) };
    let yes = Confirmed {
        user: 7,
        identity: Identity::Saml,
        old: "old-link".into(),
        new: "new-value".into(),
        consents,
    };
    assert!(check.confirm(&tracer, Confirmed { consents: Vec::new(), ..yes.clone() }, NOW).is_err());
    assert_eq!(check.wanted(&page(7), NOW), None);
    check.confirm(&tracer, yes.clone(), NOW).unwrap();
    assert!(check.confirm(&tracer, yes, NOW).is_err(), "one at a time");
    let stored = |value: &str| success(json!({"extern_uid": value, "user_id": 7}));
    let asked = check.wanted(&page(7), NOW).unwrap();
    assert_eq!((asked.method, asked.path.as_str()), ("GET", "/api/v4/groups/acme/saml/old-link"));
    assert!(check.take(&page(7), &asked.path, &stored("old-link"), NOW));
    let patch = check.wanted(&page(7), NOW).unwrap();
    assert_eq!((patch.method, patch.path.as_str()), ("PATCH", "/api/v4/groups/acme/saml/old-link"));
    assert_eq!(
        (patch.content, patch.from_page),
        (Some((FORM, "extern_uid=new-value".to_owned())), vec![CSRF])
    );
    assert_eq!(check.wanted(&page(7), NOW), None, "a change goes out once");
    assert!(check.take(&page(7), &patch.path, &stored("new-value"), NOW));
    let read = check.wanted(&page(7), NOW).unwrap();
    assert_eq!((read.method, read.path.as_str()), ("GET", "/api/v4/groups/acme/saml/new-value"));
    assert!(check.take(&page(7), &read.path, &stored("new-value"), NOW));
    assert_eq!(check.wanted(&page(7), NOW), None);
    let view = check.view(&tracer, &Query::default());
    assert!(view.changed.unwrap().text.contains("is “new-value”"));
    let row = check.row(&tracer, 7).unwrap();
    assert_eq!((row.saml.as_deref(), row.standing), (Some("new-value"), MemberVerdict::ScimDrift));
}

#[test]
fn an_inactive_scim_identity_gets_its_requests_and_no_other_does() {
    let mut check = check();
    finish(&mut check);
    let seen = tracer(vec![sign_in(1, "w0rk", "in", "Inactive@example.com")]);
    let found = check.reactivation(&seen, 10).unwrap();
    let sent = IdpValues { name_id: Some("in".into()), email: Some("Inactive@example.com".into()) };
    assert_eq!((found.id.as_str(), found.sent), ("in", sent));
    assert_eq!(check.reactivation(&seen, 11), None);
    // A value that GitLab has, or one that only looks like theirs, is not what the identity provider sends.
    let guessed = tracer(vec![sign_in(1, "w0rk", "GONE", "nobody@example.com")]);
    for (tracer, user) in [(tracer(Vec::new()), 10), (guessed, 15)] {
        assert_eq!(check.reactivation(&tracer, user).unwrap().sent, IdpValues::default());
    }
}

/// The members that are told, by their numbers.
fn members(found: &[AtHand]) -> BTreeSet<u64> {
    let member = |found: &AtHand| match found.opens {
        Opens::Member(user) => Some(user),
        Opens::SignIn(_) | Opens::Group => None,
    };
    found.iter().filter_map(member).collect()
}

/// The texts in which a message of provisioning names a user.
const NAMING: [fn(&str) -> String; 4] = [
    |id| json!({"detail": format!("Resource {id} not found"), "status": 404}).to_string(),
    |id| format!("POST {{\"externalId\":\"{id}\"}} 409 {{\"detail\":\"User has already been taken\"}} scim"),
    |id| format!("SCIM provisioning, extern_uid: {id} – Extern uid has already been taken"),
    |id| format!("provisioning of userName='{id}' failed: Missing params: [\"name\"]"),
];

#[test]
fn a_message_of_provisioning_names_the_members_whose_values_it_has_and_nobody_else() {
    let sent = USERS.iter().filter(|user| user.4 != "-").map(|(id, username, .., sent)| {
        sign_in(*id as i64, "w0rk", sent, &format!("{}@example.com", username.to_uppercase()))
    });
    let (tracer, mut check) = (tracer(sent.collect()), check());
    let clues = |text: &str| Clues::of(text);
    assert_eq!(check.at_hand(&tracer, &clues(&NAMING[0]("plain-1")), None), [], "it is not read yet");
    finish(&mut check);
    let values = |row: &RowView| -> Vec<String> {
        let label = row.label.split_once("(@").map(|(_, name)| name.trim_end_matches(')').to_owned());
        let all = [row.saml.clone(), row.scim.clone(), row.name_id.clone(), label, row.email.clone()];
        all.into_iter().flatten().map(|value| value.to_lowercase()).collect()
    };
    let rows: Vec<RowView> = USERS.iter().map(|user| check.row(&tracer, user.0).unwrap()).collect();
    let mut told = 0;
    for value in rows.iter().flat_map(&values).collect::<BTreeSet<_>>() {
        let wanted: BTreeSet<u64> =
            rows.iter().filter(|row| values(row).contains(&value)).map(|row| row.id).collect();
        for naming in NAMING {
            let found = check.at_hand(&tracer, &clues(&naming(&value)), None);
            assert!(found.len() <= 3, "{value}: {found:?}");
            let is_right = match wanted.len() {
                ..=3 => members(&found) == wanted,
                _ => members(&found).is_subset(&wanted),
            };
            assert!(is_right, "{}: {found:?}, not {wanted:?}", naming(&value));
            for it in &found {
                let Opens::Member(id) = it.opens else { panic!("{it:?}") };
                let row = rows.iter().find(|row| row.id == id).unwrap();
                let first = &it.statement.sentences[0];
                assert_eq!((first.severity, &first.text), (row.severity, &row.why));
                assert_eq!(it.statement.steps[0].text, row.repair);
            }
            told += found.len();
        }
        // A user who is not there, another group, and a message about a sign-in.
        for text in [
            NAMING[0](&format!("{value}-nobody-7")),
            format!("https://gitlab.com/api/scim/v2/groups/other/Users {}", NAMING[0](&value)),
            format!("Unable to sign in to group with SAML: \"Digest mismatch\" externalId {value}"),
        ] {
            assert_eq!(check.at_hand(&tracer, &clues(&text), None), [], "{text}");
        }
    }
    println!("{told} members told");
    assert!(told > 100, "{told}");
}

#[test]
fn a_message_that_names_nobody_is_told_of_those_to_whom_it_can_apply() {
    let (tracer, mut check) = (tracer(Vec::new()), check());
    finish(&mut check);
    let rows: Vec<RowView> = USERS.iter().map(|user| check.row(&tracer, user.0).unwrap()).collect();
    for (said, standings) in [
        ("User has already been taken", &["AllDiffer", "IdpChanged", "ScimDrift", "SamlScimDiffer"][..]),
        ("Extern uid has already been taken", &["WrongAccount", "Crossed"]),
        ("User is not linked to a SAML account", &["Reactivate", "LinkSaml", "NeverLinked"]),
        ("Unsupported Filter", &[]),
        ("401 Unauthorized", &[]),
    ] {
        let text = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "detail": said, "status": 409});
        let here = Here::at(&tracer, "https://gitlab.com/groups/acme/-/saml");
        let found = check.at_hand(&tracer, &Clues::of(&text.to_string()), here.as_ref());
        let fits = |row: &&RowView| standings.contains(&format!("{:?}", row.standing).as_str());
        let fitting: BTreeSet<u64> = rows.iter().filter(fits).map(|row| row.id).collect();
        assert!(members(&found).is_subset(&fitting), "{said}: {found:?}");
        assert_eq!(members(&found).len(), fitting.len().min(3), "{said}: {found:?}");
        let summary = found.iter().find(|it| it.opens == Opens::Group);
        assert_eq!(summary.is_some(), !fitting.is_empty(), "{said}: {found:?}");
        let count = format!("Number of them: {}.", fitting.len());
        assert!(summary.is_none_or(|it| it.statement.sentences[0].text.contains(&count)), "{found:?}");
        let of_page = |it: &&AtHand| it.statement.sentences.contains(&Here::sentence());
        assert_eq!(found.iter().filter(of_page).count(), members(&found).len());
    }
}

#[test]
fn the_result_is_a_message_of_numbers_and_steps_once_all_members_were_read() {
    let (tracer, mut check) = (tracer(Vec::new()), check());
    let view = check.view(&tracer, &Query::default());
    assert_eq!((view.is_read, view.message), (false, None));
    assert_eq!(view.instance, Some(Instance::gitlab_com()));
    finish(&mut check);
    let view = check.view(&tracer, &Query::default());
    let message = view.message.filter(|_| view.is_read).unwrap();
    assert!(message.text.starts_with("Will the members of acme on gitlab.com be able to sign in?"));
    assert!(message.text.contains(&view.table.summary.text));
    for count in &view.table.counts {
        let line = format!("- {}: {}", count.word, count.count);
        let line = message.text.lines().find(|it| it.starts_with(&line)).unwrap_or_default();
        assert!(!line.is_empty(), "{}", message.text);
        assert_eq!(line.contains("What to do: "), count.severity >= Severity::Warning, "{line}");
    }
    // Whom it is about is left out.
    let rows = view.table.rows.iter();
    let told =
        rows.flat_map(|row| [Some(&row.label), row.email.as_ref(), row.saml.as_ref(), row.scim.as_ref()]);
    // Others can be a word of any sentence.
    let told: Vec<&String> = told.flatten().filter(|value| value.contains('@')).collect();
    assert!(told.len() > 3, "{told:?}");
    for value in told {
        assert!(!message.text.contains(value.as_str()), "{value}: {}", message.text);
    }
}

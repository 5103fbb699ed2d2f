//! Lines of GitLab's other logs, in every wrapping, whole and cut, and what is said of them.

mod cases;

use super::super::{
    Statement,
    evidence::{self, Asked},
    records::tests::{LINES, WHOLE, joined},
};
use crate::base::severity::Severity;
use cases::{
    Case, SECRETS, audit, audit_cases, auth, auth_cases, exception, exception_cases, production,
    production_cases,
};
use serde_json::{Value, json};

fn all_cases() -> Vec<Case> {
    let kinds = [production_cases(), auth_cases(), audit_cases(), exception_cases()];
    kinds.into_iter().flatten().collect()
}

/// A line of each kind, and of each meaning.
pub(in crate::scim) fn all_lines() -> Vec<Value> {
    all_cases().into_iter().map(|it| it.line).collect()
}

fn read(text: &str) -> Vec<Statement> {
    evidence::read(text, &Asked::default())
}

fn asked(group: Option<&str>, value: Option<&str>) -> Asked {
    Asked { group: group.map(str::to_owned), value: value.map(str::to_owned), ..Asked::default() }
}

/// The statements without the places, which the wrapping decides.
fn placeless(text: &str) -> String {
    let mut said: Vec<String> = read(text).iter().map(|it| serde_json::to_string(it).unwrap()).collect();
    for statement in &mut said {
        if let Some((before, rest)) = statement.clone().split_once("(line ") {
            *statement = format!("{before}{}", rest.split_once(')').unwrap().1);
        }
    }
    said.join("\n")
}

/// Each line with an identifier of its own, so that none is told with another.
fn apart(mut line: Value, at: usize) -> Value {
    line["correlation_id"] = format!("01JD{at}").into();
    line
}

#[test]
fn each_line_says_what_happened_to_whom_and_what_to_do() {
    for it in all_cases() {
        let statements = read(&it.line.to_string());
        let [sum, said] = &statements[..] else { panic!("{}: {statements:#?}", it.called) };
        assert!(sum.sentences[0].text.contains("1 of 1"), "{}: {sum:?}", it.called);
        let text = format!("{said:?}");
        assert_eq!(said.sentences[0].severity, it.severity, "{}: {text}", it.called);
        for words in it.says {
            assert!(text.contains(words), "{}: {words}: {text}", it.called);
        }
        let heading = said.heading.clone().unwrap();
        assert!(
            heading.starts_with("2026-11-20 09:00:00 UTC  ") && heading.ends_with("(line 1)"),
            "{heading}"
        );
        assert!(it.severity < Severity::Error || !said.steps.is_empty(), "{}: {text}", it.called);
        for secret in SECRETS {
            assert!(!text.contains(secret), "{}: {secret}: {text}", it.called);
        }
    }
}

#[test]
fn each_line_says_the_same_in_every_wrapping() {
    for (at, it) in all_cases().into_iter().enumerate() {
        let lines = [apart(it.line.clone(), at), apart(it.line, 1_000 + at)];
        let plain = placeless(&joined("", &lines, |it| it.to_string()));
        assert!(plain.contains("2 of 2"), "{}: {plain}", it.called);
        let each = LINES.iter().map(|(name, one)| (*name, joined("", &lines, *one)));
        let whole = WHOLE.iter().map(|(name, whole)| (*name, whole(&lines)));
        for (name, text) in each.chain(whole) {
            assert_eq!(placeless(&text), plain, "{}, {name}:\n{text}", it.called);
        }
    }
}

#[test]
fn each_field_can_be_absent() {
    for it in all_cases() {
        let names: Vec<String> = it.line.as_object().unwrap().keys().cloned().collect();
        for name in names {
            let mut line = it.line.clone();
            line.as_object_mut().unwrap().remove(&name);
            let statements = read(&line.to_string());
            let told = statements.get(1);
            let is_needed = ["method", "path", "message", "payload_type", "entity_type", "exception.class"];
            let is_needed = is_needed.contains(&name.as_str()) || name == "author_id" || name == "details";
            assert!(told.is_some() || is_needed, "{} without {name}: {statements:?}", it.called);
            let Some(told) = told else { continue };
            let heading = told.heading.as_deref().unwrap_or_default();
            if ["time", "created_at"].contains(&name.as_str()) {
                assert!(heading.starts_with("time not known  "), "{}: {heading}", it.called);
            }
        }
    }
}

#[test]
fn a_text_that_is_cut_at_either_end_keeps_what_is_whole() {
    let few = |cases: Vec<Case>| cases.into_iter().take(2);
    let kinds = [production_cases(), auth_cases(), audit_cases(), exception_cases()];
    for (at, it) in kinds.into_iter().flat_map(few).enumerate() {
        let lines: Vec<Value> = (0..4).map(|n| apart(it.line.clone(), at * 10 + n)).collect();
        for (name, one) in LINES {
            let text = joined("", &lines, one);
            let third = text.len() / 4;
            for at in (0..third).step_by(131).filter(|at| text.is_char_boundary(*at)) {
                let end = text.floor_char_boundary(text.len() - at);
                for cut in [&text[at..], &text[..end]] {
                    let said = format!("{:?}", read(cut));
                    assert!(
                        ["3 of 3", "4 of 4"].iter().any(|sum| said.contains(sum)),
                        "{}, {name}, {at}: {said}",
                        it.called
                    );
                }
            }
        }
    }
}

#[test]
fn lines_of_one_request_are_told_together_in_the_order_of_time() {
    let at = |mut line: Value, second: usize| {
        line["time"] = format!("2026-11-20T09:00:{second:02}.000Z").into();
        line
    };
    let lines = [
        at(exception("NoMethodError", "undefined method"), 2),
        at(production("group_saml", 500, None), 3),
        at(auth("(saml) Callback phase initiated."), 1),
        at(apart(production("failure", 302, None), 7), 4),
    ];
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
        let text: String = order.iter().map(|at| lines[*at].to_string() + "\n").collect();
        let statements = read(&text);
        assert_eq!(statements.len(), 3, "{statements:#?}");
        let one = statements.iter().find(|it| format!("{it:?}").contains("NoMethodError")).unwrap();
        let texts: Vec<&str> = one.sentences.iter().map(|it| it.text.as_str()).collect();
        let place = |words: &str| texts.iter().position(|text| text.contains(words)).unwrap();
        assert!(
            place("began") < place("NoMethodError") && place("NoMethodError") < place("5xx"),
            "{texts:#?}"
        );
        let all = texts.join(" ");
        assert!(
            all.contains("“ada”") && all.contains("01JDA") && !all.contains("No line of the request"),
            "{all}"
        );
        assert!(
            one.heading.as_deref().unwrap().starts_with("2026-11-20 09:00:01 UTC  auth_json.log"),
            "{one:?}"
        );
        assert!(statements[0].sentences[0].text.contains("production_json.log 2"), "{statements:#?}");
    }
    let alone = read(&exception("NoMethodError", "x y").to_string());
    assert!(format!("{alone:?}").contains("No line of the request"), "{alone:#?}");
}

#[test]
fn an_exception_stands_beside_the_request_of_scim_that_failed() {
    let request = json!({"time": "2026-11-20T09:00:00.000Z", "severity": "INFO", "status": 500, "method": "POST",
        "path": "/api/scim/v2/groups/acme/Users", "params": [{"key": "externalId", "value": "Id-1"}], "correlation_id": "01JDA"});
    let mut failed = exception("PG::ConnectionBad", "no connection");
    failed["meta.caller_id"] = "POST /api/scim/:version/groups/:group/Users".into();
    let mut other = exception("NoMethodError", "in a project");
    other["correlation_id"] = "01JDB".into();
    other["exception.backtrace"] = json!(["app/a.rb:1"]);
    other["meta.caller_id"] = "ProjectsController#show".into();
    for lines in [[&request, &failed, &other], [&other, &failed, &request]] {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let statements = read(&text);
        let [sum, told, others] = &statements[..] else { panic!("{statements:#?}") };
        assert!(sum.sentences[0].text.contains("1 of 1 SCIM requests"), "{sum:?}");
        let said = format!("{told:?}");
        assert!(said.contains("PG::ConnectionBad") && said.contains("own parts"), "{said}");
        assert!(said.contains("externalId") || said.contains("Id-1"), "{said}");
        assert!(others.sentences[0].text.contains("exceptions_json.log 1"), "{others:?}");
    }
    let mut own = request.clone();
    own["exception.class"] = "ActiveRecord::RecordNotUnique".into();
    own["exception.message"] = "PG::UniqueViolation".into();
    let said = format!("{:?}", read(&own.to_string()));
    assert!(said.contains("at the same time") && said.contains("(500)"), "{said}");
}

#[test]
fn filters_find_by_group_and_person_whatever_the_kind_and_say_what_they_cannot_ask() {
    for it in all_cases() {
        let text = it.line.to_string();
        let of = |group, value| format!("{:?}", evidence::read(&text, &asked(group, value)));
        let nobody = of(None, Some("nobody"));
        assert!(nobody.contains("0 of 1"), "{}: {nobody}", it.called);
        let has_group = text.contains("acme") && !text.contains("saml_response");
        let (right, wrong) = (of(Some("ACME"), None), of(Some("other"), None));
        assert!(wrong.contains("0 of 1"), "{}: {wrong}", it.called);
        match has_group {
            true => assert!(
                right.contains("1 of 1") && !wrong.contains("name no group"),
                "{}: {right}",
                it.called
            ),
            false => assert!(right.contains("1 lines name no group"), "{}: {right}", it.called),
        }
    }
    // A line that names nobody belongs to the person whom another line of its request names.
    let text =
        format!("{}\n{}\n", auth("(saml) Callback phase initiated."), production("failure", 302, None));
    for (group, value) in [(Some("acme"), None), (None, Some("ADA")), (Some("acme"), Some("ada"))] {
        let said = format!("{:?}", evidence::read(&text, &asked(group, value)));
        assert!(said.contains("2 of 2") && said.contains("began"), "{group:?} {value:?}: {said}");
    }
}

#[test]
fn what_happens_again_and_again_is_told_once_with_a_count_and_a_span() {
    let text: String = (0..30)
        .map(|n| {
            let mut line = apart(production("failure", 302, None), n);
            line["time"] = format!("2026-11-20T09:00:{:02}.000Z", 59 - n).into();
            format!("{line}\n")
        })
        .collect();
    let statements = read(&text);
    assert_eq!(statements.len(), 2, "{statements:#?}");
    let said = format!("{:?}", statements[1]);
    assert!(said.contains("30 times") && said.contains("09:00:30 UTC to 2026-11-20 09:00:59"), "{said}");
}

#[test]
fn gitlabs_own_export_of_audit_events_is_read() {
    let file = "ID,Author ID,Author Name,Author Email,Entity ID,Entity Type,Entity Path,Target ID,Target Type,Target Details,Action,IP Address,Created At (UTC)\n\
        1,48,Ada Low,ada@example.com,60,Group,acme,48,User,Ada Low,Signed in with GROUP_SAML authentication,203.0.113.5,2026-11-20T09:00:00Z\n\
        2,48,Ada Low,ada@example.com,48,User,ada,48,User,Ada Low,Failed to update extern_uid from A-1 to B-2,203.0.113.5,2026-11-20T09:00:01Z\n\
        3,48,Ada Low,ada@example.com,60,Group,acme,9,Project,team,Changed visibility from Private to Public,203.0.113.5,2026-11-20T09:00:02Z\n";
    let statements = read(file);
    let [sum, first, second] = &statements[..] else { panic!("{statements:#?}") };
    assert!(sum.sentences[0].text.contains("2 of 2"), "{sum:?}");
    assert!(
        format!("{first:?}").contains("2026-11-20 09:00:00 UTC") && format!("{second:?}").contains("“A-1”")
    );
    let one = evidence::read(file, &asked(Some("acme"), None));
    assert!(format!("{one:?}").contains("1 of 2"), "{one:#?}");
}

#[test]
fn times_without_a_zone_are_told_and_times_that_cannot_be_read_are_not_dropped() {
    for (time, heading, has_note) in [
        (json!("Nov 20, 2026 @ 09:00:00.000"), "2026-11-20 09:00:00 UTC  ", true),
        (json!("2026-11-20 09:00:00 UTC"), "2026-11-20 09:00:00 UTC  ", false),
        (json!(1_795_165_200_000_i64), "2026-11-20 09:00:00 UTC  ", false),
        (json!("at nine"), "time not known  ", false),
    ] {
        let mut line = production("failure", 302, None);
        line["time"] = time.clone();
        let statements = read(&line.to_string());
        assert!(statements[1].heading.as_deref().unwrap().starts_with(heading), "{time}: {statements:#?}");
        assert_eq!(
            format!("{:?}", statements[0]).contains("no time zone"),
            has_note,
            "{time}: {statements:#?}"
        );
    }
}

#[test]
fn lines_about_something_else_are_none_of_these() {
    for line in [
        json!({"method": "GET", "path": "/acme/team/-/issues", "controller": "Projects::IssuesController", "status": 200}),
        json!({"method": "POST", "path": "/users/auth/google_oauth2/callback", "controller": "OmniauthCallbacksController", "action": "google_oauth2", "status": 302}),
        auth("(ldapmain) Authentication failure! invalid_credentials"),
        auth("Something of SAML that nobody knows"),
        audit(Some("project_created"), json!({"custom_message": "Added project", "entity_path": "acme"})),
        json!({"severity": "ERROR", "exception.class": "NoMethodError", "exception.message": "x", "meta.caller_id": "ProjectsController#show"}),
    ] {
        assert!(read(&line.to_string()).is_empty(), "{line}: {:#?}", read(&line.to_string()));
    }
}

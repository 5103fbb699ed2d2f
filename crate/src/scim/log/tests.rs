//! Logs of identity providers and answers of GitLab in every form, and what is said of them.

mod unread;

use super::*;
use crate::scim::{evidence::instant, stream::Stream};
use serde_json::{Value, json};

#[test]
fn a_group_is_meant_however_it_is_named() {
    for named in [
        "acme",
        "/acme",
        "acme/",
        "https://gitlab.com/acme",
        "https://gitlab.com/groups/acme/-/saml",
        "groups/acme",
    ] {
        assert_eq!(group_path(named), "acme", "{named}");
    }
    assert_eq!(group_path("https://gitlab.com/acme/team/"), "acme/team");
}

#[test]
fn only_the_top_level_group_has_requests() {
    let line = r#"{"method":"GET","path":"/api/scim/v2/groups/acme/Users","status":409,"params":[]}"#;
    let asked = Asked { group: Some("acme/team".into()), ..Asked::default() };
    let statements = log(line, &asked);
    assert!(statements[0].sentences[1].text.contains("“acme/team” is a subgroup"), "{statements:?}");
    assert_eq!(statements.len(), 2, "{statements:?}");
}

fn said(content: &str, asked: &Asked) -> String {
    let statements = log(content, asked);
    statements.iter().map(|it| format!("{it:?}\n")).collect()
}

/// An event of Entra ID, and the same of Okta, about one user.
struct Told {
    name: &'static str,
    id: &'static str,
    result: &'static str,
    reason: &'static str,
}

const ANSWERS: [(&str, &str); 5] = [
    (
        "{\"detail\":\"Error saving user with {}: User has already been taken\",\"status\":409}",
        "does not give them this identifier",
    ),
    ("Response Status Code: Conflict", "does not give them this identifier"),
    ("{\"message\":\"401 Unauthorized\"}", "refused the SCIM token"),
    (
        "The member's email address is not linked to a SAML account or has an inactive SCIM identity.",
        "not linked",
    ),
    ("Resource 0a21 not found", "no SCIM identity"),
];

fn graph(it: &Told) -> Value {
    let error = (it.result == "failure").then(|| json!({"errorCode": "X", "reason": it.reason}));
    json!({"activityDateTime": "2026-11-20T12:31:10Z", "provisioningAction": "create",
        "modifiedProperties": [{"displayName": "externalId", "oldValue": null, "newValue": it.id}],
        "provisioningStatusInfo": {"status": it.result, "errorInformation": error},
        "provisioningSteps": [{"name": "a", "status": "success", "description": "went well"},
            {"name": "b", "status": it.result, "description": format!("step: {}", it.reason)}],
        "sourceIdentity": {"displayName": it.name, "id": it.id, "details": {}}})
}

fn okta(it: &Told) -> Value {
    json!({"published": "2026-11-20T12:31:10.000Z", "eventType": "application.provision.user.push",
        "outcome": {"result": it.result.to_uppercase(), "reason": it.reason},
        "target": [{"id": it.id, "type": "AppUser", "alternateId": it.id, "displayName": it.name},
            {"id": "0oa", "type": "AppInstance", "alternateId": "GitLab", "displayName": "The app"}]})
}

fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('"', "\"\""))
}

type Write = fn(&[Told]) -> String;

/// A thing with this time, as a log has it.
type At = Box<dyn Fn(&str) -> String>;

/// The ways in which each provider writes its events.
const WRITTEN: [(&str, Write); 8] = [
    ("Graph", |all| {
        json!({"@odata.context": "x", "value": all.iter().map(graph).collect::<Vec<_>>()}).to_string()
    }),
    ("the portal, pretty", |all| {
        serde_json::to_string_pretty(&all.iter().map(graph).collect::<Vec<_>>()).unwrap()
    }),
    ("diagnostic settings", |all| {
        let envelope = |it| json!({"time": "2026-11-20T12:31:10Z", "category": "ProvisioningLogs", "properties": graph(it)});
        all.iter().map(|it| envelope(it).to_string() + "\n").collect()
    }),
    ("diagnostic settings, texts", |all| {
        let texts = |it| {
            let event = graph(it);
            let fields = event.as_object().unwrap().iter();
            let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            fields.map(|(name, value)| (name.clone(), Value::from(text(value)))).collect::<Value>()
        };
        all.iter().map(|it| json!({"properties": texts(it)}).to_string() + "\n").collect()
    }),
    ("the portal, CSV", |all| {
        let row = |it: &Told| {
            let reason = quoted(it.reason);
            format!(
                "2026-11-20T12:31:10Z,{},Create,Microsoft Entra ID,customappsso,{},{reason},X,,{}\n",
                it.name, it.result, it.id
            )
        };
        "Date (UTC),Identity,Action,Source System,Target System,Status,Status Reason,Error Code,Target ID,Source ID\n".to_owned()
            + &all.iter().map(row).collect::<String>()
    }),
    ("Okta", |all| serde_json::to_string_pretty(&all.iter().map(okta).collect::<Vec<_>>()).unwrap()),
    ("Okta, lines", |all| all.iter().map(|it| okta(it).to_string() + "\n").collect()),
    ("Okta, CSV", |all| {
        let row = |it: &Told| {
            format!(
                "2026-11-20T12:31:10Z,application.provision.user.push,{},{},{},{}\r\n",
                it.result.to_uppercase(),
                quoted(it.reason),
                it.name,
                it.id
            )
        };
        "timestamp,event_type,outcome.result,outcome.reason,target0.display_name,target0.alternate_id\r\n"
            .to_owned()
            + &all.iter().map(row).collect::<String>()
    }),
];

#[test]
fn each_event_names_its_user_and_the_answer_however_it_is_written() {
    for (called, write) in WRITTEN {
        for (reason, means) in ANSWERS {
            let failed = |name, id| Told { name, id, result: "failure", reason };
            let all = [failed("Ada Low", "id-1"), failed("Eve Roe", "id-2")];
            let statements = log(&write(&all), &Asked::default());
            let [sum, first, second] = &statements[..] else { panic!("{called}: {statements:#?}") };
            assert!(sum.sentences[0].text.contains("2 of 2"), "{called}: {sum:?}");
            for (told, statement) in all.iter().zip([first, second]) {
                let text = format!("{statement:?}");
                assert!(
                    statement.sentences[0].severity == Severity::Error && text.contains(means),
                    "{called}: {text}"
                );
                assert!(text.contains(told.name) && text.contains(told.id), "{called}: {text}");
                assert!(
                    !statement.steps.is_empty() && text.contains("2026-11-20 12:31:10 UTC"),
                    "{called}: {text}"
                );
                assert!(!text.contains("The app"), "{called}: {text}");
            }
            let asked = Asked { value: Some("ID-2".into()), ..Asked::default() };
            let one = said(&write(&all), &asked);
            assert!(
                one.contains("1 of 2") && one.contains("Eve Roe") && !one.contains("Ada Low"),
                "{called}: {one}"
            );
            let nobody = said(&write(&all), &Asked { value: Some("id-3".into()), ..Asked::default() });
            assert!(nobody.contains("0 of 2") && !nobody.contains("Roe"), "{called}: {nobody}");
        }
    }
}

#[test]
fn what_went_well_and_what_was_skipped_is_told_too() {
    let of = |result, reason| Told { name: "Ada Low", id: "id-1", result, reason };
    for (called, write) in WRITTEN {
        for (result, severity) in
            [("success", Severity::Good), ("skipped", Severity::Warning), ("x", Severity::Info)]
        {
            let statements = log(&write(&[of(result, "name.formatted is missing")]), &Asked::default());
            let [_, one] = &statements[..] else { panic!("{called}: {statements:#?}") };
            assert_eq!(one.sentences[0].severity, severity, "{called}: {one:?}");
            let text = format!("{one:?}");
            assert!(text.contains("Ada Low") && text.contains("id-1"), "{called}: {text}");
            assert_eq!(text.contains("name.formatted"), result != "success", "{called}: {text}");
        }
    }
}

#[test]
fn what_comes_again_and_again_is_told_once_with_a_count_and_a_span() {
    for (called, write) in WRITTEN {
        let told = |name, id| Told { name, id, result: "failure", reason: "Resource 0a21 not found" };
        let mut all: Vec<Told> = (0..20).map(|_| told("Ada Low", "id-1")).collect();
        all.insert(7, told("Eve Roe", "id-2"));
        // Each at another time; the order of the file says nothing.
        let mut second = 60;
        let text: String = write(&all)
            .split_inclusive("12:31:10")
            .map(|part| {
                second -= 1;
                part.replace("12:31:10", &format!("12:31:{second:02}"))
            })
            .collect();
        let statements = log(&text, &Asked::default());
        let [_, ada, eve] = &statements[..] else { panic!("{called}: {statements:#?}") };
        let often = ada.sentences.iter().find(|it| it.text.contains("20 times")).unwrap();
        assert!(often.text.contains(":59 UTC") || often.text.contains(":58 UTC"), "{called}: {often:?}");
        assert!(!format!("{eve:?}").contains("times,"), "{called}: {eve:?}");
    }
}

/// A time is asked of everything that has one, each kind in each way it is written; of the rest it is said.
#[test]
fn a_time_is_asked_of_every_kind_and_what_has_none_is_shown_and_said() {
    let request = |time: &str| {
        json!({"time": time, "method": "GET", "path": "/api/scim/v2/groups/acme/Users", "status": 200, "params": []})
            .to_string()
            + "\n"
    };
    let line = |time: &str| {
        json!({"time": time, "severity": "INFO", "message": "(SAML) saving user ada@example.com from login with admin => false"})
            .to_string()
            + "\n"
    };
    let event = |write: Write| {
        move |time: &str| {
            let told = [Told { name: "Ada Low", id: "id-1", result: "failure", reason: "no" }];
            write(&told).replace("2026-11-20T12:31:10", time.trim_end_matches('Z'))
        }
    };
    let since = |text: &str| Asked { since: instant(text), ..Asked::default() };
    let until = |text: &str| Asked { until: instant(text), ..Asked::default() };
    let of_events = WRITTEN.iter().map(|(called, write)| (*called, Box::new(event(*write)) as At));
    let of_lines: [(&str, At); 2] = [("request", Box::new(request)), ("line", Box::new(line))];
    for (called, write) in of_lines.into_iter().chain(of_events) {
        let text = write("2026-11-20T12:31:10Z");
        let all = log(&text, &Asked::default());
        assert!(all.len() > 1, "{called}: {all:?}");
        for asked in [since("2026-11-20T12:31:10Z"), until("2026-11-20T12:31:11Z"), since("2026-11-20")] {
            assert_eq!(log(&text, &asked).len(), all.len(), "{called}, {asked:?}");
        }
        for asked in [since("2026-11-20T12:31:11Z"), until("2026-11-20T12:31:10Z"), until("2026-11-20")] {
            let none = log(&text, &asked);
            assert_eq!(none.len(), 1, "{called}, {asked:?}: {none:?}");
            assert_eq!(none[0].sentences[0].severity, Severity::Warning, "{called}: {none:?}");
        }
    }
    let untimed = said(&(request("yesterday") + &request("2026-11-19T00:00:00Z")), &since("2026-11-20"));
    assert!(
        untimed.contains("Shown: 1 of 2") && untimed.contains("Without a time that can be read: 1."),
        "{untimed}"
    );
    assert!(!said(&request("yesterday"), &Asked::default()).contains("Without a time"));
}

#[test]
fn what_comes_again_without_a_time_that_can_be_read_is_counted_too() {
    for (called, write) in WRITTEN {
        let told = |id| Told { name: "Ada Low", id, result: "failure", reason: "Resource 0a21 not found" };
        let text = write(&[told("id-1"), told("id-1"), told("id-1"), told("id-2")]);
        let statements = log(&text.replace("2026-11-20T12:31:10", "some day "), &Asked::default());
        let [_, three, one] = &statements[..] else { panic!("{called}: {statements:#?}") };
        let text = format!("{three:?}");
        assert!(
            text.contains("This is there 3 times") && text.contains("time not known"),
            "{called}: {text}"
        );
        assert!(!format!("{one:?}").contains("times."), "{called}: {one:?}");
    }
}

/// The identifiers of a user, in each answer of GitLab's and in a table.
#[test]
fn answers_of_gitlab_say_what_is_stored() {
    type Answer = fn(&str, &str, bool) -> Value;
    let answers: [(&str, Answer); 3] = [
        ("a member", |saml, scim, active| {
            json!([{"id": 48, "username": "ada", "group_saml_identity": {"provider": "group_saml", "extern_uid": saml, "saml_provider_id": 1},
                "group_scim_identity": {"extern_uid": scim, "group_id": 9, "active": active}}])
        }),
        ("a user", |saml, scim, active| {
            json!([{"id": 48, "username": "ada", "identities": [{"provider": "google", "extern_uid": "x"}, {"provider": "group_saml", "extern_uid": saml}],
                "scim_identities": [{"extern_uid": scim, "group_id": 9, "active": active}]}])
        }),
        (
            "a list of people's own",
            |saml, scim, active| json!([{"user_id": 48, "username": "ada", "saml_extern_uid": saml, "scim_extern_uid": scim, "scim_active": active}]),
        ),
    ];
    let table = |saml: &str, scim: &str, active: bool| {
        format!(
            "user_id,username,saml_extern_uid,scim_extern_uid,scim_active\n48,ada,{saml},{scim},{active}\n"
        )
    };
    for (saml, scim, words) in
        [("Id-1", "Id-1", "are the same"), ("Id-1", "id-1", "case only"), ("Id-1", "other", "differ")]
    {
        for active in [true, false] {
            let written =
                answers.iter().map(|(called, answer)| (*called, answer(saml, scim, active).to_string()));
            for (called, text) in written.chain([("a table", table(saml, scim, active))]) {
                let all = said(&text, &Asked::default());
                assert!(all.contains("User 48, ada") && all.contains(words), "{called}: {all}");
                assert_eq!(all.contains("inactive"), !active, "{called}: {all}");
                // Looked at by a command, and activated where the identifiers agree.
                let is_same = words != "differ" && !active;
                assert_eq!(all.contains("/Users/"), !active, "{called}: {all}");
                assert_eq!(all.contains("--request PATCH"), is_same, "{called}: {all}");
                let nobody = said(&text, &Asked { value: Some("nobody".into()), ..Asked::default() });
                assert!(nobody.contains("0 of 1") && !nobody.contains("Id-1"), "{called}: {nobody}");
            }
        }
    }
}

#[test]
fn answers_about_one_identity_are_told_as_what_they_are() {
    for (text, words) in [
        ("[]".to_owned(), "knows nobody"),
        (json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 0, "Resources": []}).to_string(), "knows nobody"),
        (json!([{"extern_uid": "Id-1", "user_id": 48}]).to_string(), "SAML identity has the identifier “Id-1”"),
        (json!([{"extern_uid": "Id-1", "user_id": 48, "active": true}]).to_string(), "SCIM identity has the identifier “Id-1”"),
        (json!({"extern_uid": "Id-1", "user_id": 48, "active": false}).to_string(), "is inactive"),
        (json!({"severity": "INFO", "message": "Attempting to access IP restricted group", "fullpath": "acme", "ip_address": "203.0.113.20"}).to_string(), "address 203.0.113.20"),
    ] {
        let all = said(&text, &Asked::default());
        assert!(all.contains(words), "{text}: {all}");
    }
    let user = |active: bool| {
        json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "Id-1", "active": active,
        "userName": "ada", "name.formatted": "x", "emails": [{"type": "work", "value": "ada@example.com"}]})
    };
    for active in [true, false] {
        for text in [
            user(active).to_string(),
            format!("HTTP/2 200\ncontent-type: application/scim+json\n\n{}", serde_json::to_string_pretty(&user(active)).unwrap()),
            json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 1, "Resources": [user(active)]}).to_string(),
        ] {
            let all = said(&text, &Asked::default());
            assert!(all.contains("SCIM identity has the identifier “Id-1”") && all.contains("ada@example.com"), "{text}: {all}");
            assert_eq!(all.contains("inactive"), !active, "{text}: {all}");
        }
    }
}

/// The statements of a text that comes in pieces of so many octets.
fn streamed(octets: &[u8], size: usize, asked: &Asked) -> Vec<Statement> {
    let mut stream = Stream::new(asked);
    octets.chunks(size).for_each(|piece| stream.read(piece));
    let mut statements = Vec::new();
    assert_eq!(stream.end(&mut |statement| statements.push(statement)), None);
    statements
}

#[test]
fn no_cut_and_no_encoding_changes_what_is_said() {
    let told = |name, id, result| Told { name, id, result, reason: "Resource 0a21 not found" };
    let all = [told("Ada Łow", "id-1", "failure"), told("Eve 😀", "id-2", "success")];
    for (called, write) in WRITTEN {
        let text = write(&all);
        let wide = |units: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(units).collect::<Vec<u8>>();
        let encodings = [
            text.clone().into_bytes(),
            [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            [&b"\xFF\xFE"[..], &wide(u16::to_le_bytes)].concat(),
            wide(u16::to_be_bytes),
        ];
        for asked in [Asked::default(), Asked { value: Some("ID-2".into()), ..Asked::default() }] {
            let whole: Vec<Statement> = log(&text, &asked).into_iter().map(Statement::redacted).collect();
            for octets in &encodings {
                for size in [1, 2, 3, 7, 64, 1_000, 10_000] {
                    assert_eq!(streamed(octets, size, &asked), whole, "{called}, {size}");
                }
            }
        }
    }
}

#[test]
fn what_is_no_log_gives_its_beginning_back() {
    let text = "User has already been taken\n".repeat(20_000);
    for size in [100, 100_000] {
        let mut stream = Stream::new(&Asked::default());
        text.as_bytes().chunks(size).for_each(|piece| stream.read(piece));
        let beginning = stream.end(&mut |statement| panic!("{statement:?}")).unwrap();
        assert!(beginning.len() > 50_000 && text.starts_with(&beginning));
    }
}

#[test]
fn what_does_not_fit_of_other_records_is_counted_and_takes_no_more_memory() {
    let many = OTHERS / 300;
    let lines: String = (0..many)
        .map(|n| {
            okta(&Told { name: "Ada", id: format!("{n:->200}").leak(), result: "failure", reason: "" })
                .to_string()
                + "\n"
        })
        .collect();
    let mut stream = Stream::new(&Asked::default());
    stream.read(lines.as_bytes());
    let (mut count, mut last) = (0, String::new());
    stream.end(&mut |statement| {
        count += 1;
        last = format!("{statement:?}");
    });
    let left_out = many + 2 - count;
    assert!(
        left_out > 0 && last.contains(&format!("{left_out} more events and answers")),
        "{count} {many} {last}"
    );
}

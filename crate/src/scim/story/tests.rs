//! Stories of people whose records are generated: each join, each order, each conclusion.

mod commands;

use super::*;
use serde_json::{Value, json};

const USERS: &str = "/api/scim/v2/groups/acme/Users";

fn line(second: usize, method: &str, path: &str, status: u16, params: Value) -> String {
    let time = format!("2026-11-20T09:{:02}:{:02}Z", second / 60, second % 60);
    json!({"time": time, "method": method, "path": path, "status": status, "params": params,
        "host": "gitlab.example.com"})
    .to_string()
}

fn post(second: usize, status: u16, id: &str, email: &str) -> String {
    let params = json!([{"key": "externalId", "value": id}, {"key": "userName", "value": "ada"},
        {"key": "emails", "value": [{"type": "work", "value": email}]},
        {"key": "name", "value": {"formatted": "Ada Low"}}]);
    line(second, "POST", USERS, status, params)
}

fn patch(second: usize, status: u16, id: &str, path: &str, value: &str) -> String {
    let operations = json!([{"op": "Replace", "path": path, "value": value}]);
    let params = json!([{"key": "Operations", "value": operations}]);
    line(second, "PATCH", &format!("{USERS}/{id}"), status, params)
}

fn look(second: usize, attribute: &str, value: &str) -> String {
    let params = json!([{"key": "filter", "value": format!("{attribute} eq \"{value}\"")}]);
    line(second, "GET", USERS, 200, params)
}

fn sign_in(second: usize, id: &str, email: &str, name_id: &str) -> String {
    json!({"published": format!("2026-11-20T10:00:{second:02}Z"), "eventType": "user.authentication.sso",
        "outcome": {"result": "SUCCESS"},
        "actor": {"id": id, "type": "User", "alternateId": email, "displayName": "Ada Low"},
        "target": [{"id": "0oa1", "type": "AppInstance", "alternateId": "GitLab", "displayName": "GitLab"},
            {"id": "0ua1", "type": "AppUser", "alternateId": name_id, "displayName": "Ada Low"}]})
    .to_string()
}

fn entra(second: usize, id: &str, email: &str, status: &str, changed: Value) -> String {
    json!({"activityDateTime": format!("2026-11-20T09:00:{second:02}Z"), "provisioningAction": "update",
        "provisioningStatusInfo": {"status": status}, "modifiedProperties": changed,
        "sourceIdentity": {"id": id, "displayName": "Ada Low", "details": {"userPrincipalName": email}}})
    .to_string()
}

fn asked(value: &str) -> Asked {
    Asked { person: Some(value.to_owned()), ..Asked::default() }
}

fn of(texts: &[&str], value: &str) -> Told {
    let names: Vec<String> = (0..texts.len()).map(|number| format!("{number}.log")).collect();
    let files: Vec<StoryFile<'_>> =
        names.iter().zip(texts).map(|(name, text)| StoryFile::of(name, text)).collect();
    let whole = told(&files, &asked(value));
    // In pieces, in UTF-16, the story is the same; an export is known by its whole text alone.
    let wide = |text: &&str| -> Vec<u8> {
        let units = std::iter::once('\u{feff}').chain(text.chars()).collect::<String>();
        units.encode_utf16().flat_map(u16::to_le_bytes).collect()
    };
    let octets: Vec<Vec<u8>> = texts.iter().map(wide).collect();
    let reads: Vec<_> =
        octets.iter().map(|octets| |take: &mut dyn FnMut(&[u8])| octets.chunks(7).for_each(take)).collect();
    let logs = files.iter().zip(&reads).zip(texts).map(|((file, read), text)| match telling::export(text) {
        Some(_) => *file,
        None => StoryFile { content: Content::Log(read), ..*file },
    });
    let logs: Vec<StoryFile<'_>> = logs.collect();
    assert_eq!(told(&logs, &asked(value)), whole);
    whole
}

fn whats(told: &Told) -> Vec<Vec<What>> {
    told.people.iter().map(|story| story.entries.iter().map(|entry| entry.what).collect()).collect()
}

fn conclusions(told: &Told) -> String {
    let all = told.people.iter().flat_map(|story| &story.conclusions);
    let sentences = all.clone().flat_map(|it| it.sentences.iter().map(|it| it.text.clone()));
    let steps = all.flat_map(|it| it.steps.iter().map(|it| it.text.clone()));
    sentences.chain(steps).map(|text| text + "\n").collect()
}

#[test]
fn records_are_joined_by_what_gitlab_compares_and_by_nothing_else() {
    let created = post(1, 201, "Ab1", "ada@example.com");
    for (other, is_same) in [
        // An identifier of SCIM, whatever its case.
        (patch(2, 204, "aB1", "active", "False"), true),
        (look(2, "externalId", "AB1"), true),
        (look(2, "externalId", "Ab2"), false),
        // An address, whatever its case, whoever sends it.
        (post(2, 409, "zz", "ADA@example.com"), true),
        (look(2, "userName", "Ada@Example.com"), true),
        (entra(2, "gg", "ada@example.com", "success", json!([])), true),
        (sign_in(2, "uu", "ada@example.com", "nn"), true),
        (sign_in(2, "uu", "bob@example.com", "nn"), false),
        // The NameID of a sign-in is an identifier of SAML.
        (sign_in(2, "uu", "bob@example.com", "Ab1"), true),
        // A name alone joins nobody.
        (post(2, 201, "zz", "bob@example.com"), false),
        (json!({"extern_uid": "Ab1", "user_id": 7, "active": true}).to_string(), true),
        (json!({"extern_uid": "ab1", "user_id": 7}).to_string(), true),
        (json!({"extern_uid": "zz", "user_id": 7}).to_string(), false),
    ] {
        for texts in [[created.as_str(), other.as_str()], [other.as_str(), created.as_str()]] {
            let apart = of(&texts, "ada@example.com");
            let joined = of(&[&texts.join("\n")], "ada@example.com");
            let (apart, joined) = (whats(&apart), whats(&joined));
            assert_eq!(apart.len(), 1, "{other}");
            assert_eq!(apart[0].len(), if is_same { 2 } else { 1 }, "{other}: {apart:?}");
            assert_eq!(apart, joined, "{other}");
        }
    }
}

#[test]
fn saml_identifiers_that_differ_in_case_alone_are_of_two_people() {
    let of_user = |uid: &str, user: usize| json!({"extern_uid": uid, "user_id": user}).to_string();
    let log = [post(1, 201, "AbC", "ada@example.com"), post(2, 201, "xyz", "bob@example.com")].join("\n");
    let saml = [of_user("AbC", 1), of_user("aBc", 2)].join("\n");
    let told = of(&[&log, &saml], "ada@example.com");
    assert_eq!(told.people.len(), 1);
    assert_eq!(told.people[0].person.user_ids, ["1"]);
    assert_eq!(told.people[0].person.saml_identifiers, ["AbC"]);
    assert_eq!(of(&[&log, &saml], "aBc").people[0].person.user_ids, ["2"]);
}

#[test]
fn an_address_or_an_identifier_of_two_accounts_makes_no_one_of_them_and_each_is_shown() {
    let of_user = |user: usize, uid: &str, email: &str| {
        json!({"user_id": user, "email": email, "scim_extern_uid": uid}).to_string()
    };
    let shared = [of_user(1, "a1", "both@example.com"), of_user(2, "b2", "both@example.com")].join("\n");
    let told = of(&[&shared], "both@example.com");
    let ids: Vec<&[String]> = told.people.iter().map(|story| &story.person.user_ids[..]).collect();
    assert_eq!(ids, [["1"], ["2"]]);
    let said = told.statements();
    assert!(said[0].sentences.iter().any(|it| it.text.contains("2 people")), "{said:?}");
    assert_eq!(of(&[&shared], "a1").people.len(), 1);
    let same = [of_user(1, "a1", "a@example.com"), of_user(2, "a1", "b@example.com")].join("\n");
    assert_eq!(of(&[&same], "a1").people.len(), 2);
    assert_eq!(of(&[&same], "b@example.com").people.len(), 1);
}

#[test]
fn an_identifier_that_was_sent_for_everybody_in_vain_joins_nobody() {
    let mut lines = Vec::new();
    for number in 0..9 {
        let (id, email) = (format!("id{number}"), format!("u{number}@example.com"));
        lines.push(post(number, 201, &id, &email));
        lines.push(post(10 + number, 409, "constant", &email));
        lines.push(patch(20 + number, 204, &id, "externalId", "constant"));
    }
    for order in [false, true] {
        if order {
            lines.reverse();
        }
        let told = of(&[&lines.join("\n")], "u3@example.com");
        assert_eq!(whats(&told)[0].len(), 3, "{told:#?}");
        assert_eq!(of(&[&lines.join("\n")], "constant").people.len(), 9);
    }
}

#[test]
fn an_identifier_that_was_changed_is_followed_in_any_order_of_the_lines() {
    let lines = [
        post(1, 201, "old", "ada@example.com"),
        patch(2, 204, "old", "externalId", "new"),
        patch(3, 204, "new", "active", "False"),
        // An inactive identity is only activated.
        patch(4, 204, "new", "externalId", "never"),
        patch(5, 204, "new", "displayName", "Ada"),
    ];
    let expected = [What::Provisioned, What::Changed, What::Deactivated, What::Activated, What::Ignored];
    for turn in 0..lines.len() {
        let mut turned = lines.to_vec();
        turned.rotate_left(turn);
        for value in ["ada@example.com", "old", "NEW"] {
            let told = of(&[&turned.join("\n")], value);
            assert_eq!(whats(&told)[..], [&expected[..]], "{value} {turn}");
            let changed = &told.people[0].entries[1].values[1];
            assert_eq!((changed.before.as_deref(), changed.value.as_str()), (Some("old"), "new"));
        }
    }
}

#[test]
fn what_repeats_is_one_entry_until_something_changes() {
    let mut lines = vec![post(0, 201, "a1", "ada@example.com")];
    for round in 0..3 {
        lines.push(look(1 + 2 * round, "externalId", "a1"));
        lines.push(patch(2 + 2 * round, 429, "a1", "title", "x"));
    }
    lines.push(patch(8, 204, "a1", "active", "False"));
    lines.push(look(9, "externalId", "a1"));
    let told = of(&[&lines.join("\n")], "a1");
    let entries: Vec<(What, usize, Option<&str>)> = told.people[0]
        .entries
        .iter()
        .map(|entry| (entry.what, entry.count, entry.until.as_deref()))
        .collect();
    assert_eq!(
        entries,
        [
            (What::Provisioned, 1, None),
            (What::LookedUp, 3, Some("2026-11-20T09:00:05Z")),
            (What::Refused, 3, Some("2026-11-20T09:00:06Z")),
            (What::Deactivated, 1, None),
            (What::LookedUp, 1, None),
        ]
    );
    assert_eq!((told.people[0].entries[1].line, told.people[0].entries[3].line), (2, 8));
}

#[test]
fn what_has_no_time_comes_last_and_says_so() {
    let stored = json!([{"extern_uid": "a1", "user_id": 7, "active": false}]).to_string();
    let told = of(&[&stored, &post(1, 201, "a1", "ada@example.com")], "7");
    assert_eq!(whats(&told), [[What::Provisioned, What::Stored]]);
    let story = &told.people[0];
    assert_eq!((story.entries[1].at.as_ref(), story.entries[1].file.as_str()), (None, "0.log"));
    let said: String = told.statements().iter().filter_map(|it| it.heading.clone()).collect();
    assert!(said.contains("Without a time  stored (GitLab's answer, line 1 of 0.log)"), "{said}");
    assert!(conclusions(&told).contains("is inactive (line 1 of 0.log)"), "{}", conclusions(&told));
}

#[test]
fn what_the_log_itself_proves_is_said_with_its_lines() {
    let mut lines = vec![post(0, 201, "stored", "ada@example.com")];
    lines.extend((1..9).map(|second| post(second, 409, "sent", "ada@example.com")));
    let told = of(&[&lines.join("\n")], "ada@example.com");
    let said = conclusions(&told);
    for words in [
        "identifier “stored” for this person (line 1). 8 later requests, from line 2 to line 9, send “sent”",
        "the stored SCIM identifier is “stored”, the externalId that the SCIM app sends is “sent”",
        "Not solved in these files: POST Users 409 at 2026-11-20 09:00:08 UTC (line 9)",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    lines.push(post(20, 201, "stored", "ada@example.com"));
    let said = conclusions(&of(&[&lines.join("\n")], "ada@example.com"));
    assert!(said.contains("(line 9) was solved later: created or linked at"), "{said}");
    assert!(said.contains("8 later requests"), "{said}");
}

#[test]
fn what_another_app_calls_a_person_is_no_name_id() {
    let log = [post(0, 201, "stored", "ada@example.com"), post(1, 409, "sent", "ada@example.com")].join("\n");
    for (app, is_gitlab) in [("GitLab", true), ("Our gitlab (SAML)", true), ("Other", false)] {
        let sign_in =
            sign_in(1, "uu", "ada@example.com", "sent").replace("\"GitLab\"", &format!("\"{app}\""));
        let told = of(&[&log, &sign_in], "stored");
        let what = if is_gitlab { What::SignedIn } else { What::Other };
        assert_eq!(whats(&told)[0][2], what, "{app}");
        assert_eq!(conclusions(&told).contains("curl --request PATCH"), is_gitlab, "{app}");
    }
}

#[test]
fn the_host_that_a_log_does_not_name_is_to_be_filled_in_and_a_hostile_one_gives_no_command() {
    let log = [post(0, 201, "stored", "ada@example.com"), post(1, 409, "sent", "ada@example.com")].join("\n");
    let with = |host: &str| log.replace("\"host\":\"gitlab.example.com\"", host);
    let without = conclusions(&of(&[&with("\"x\":1")], "stored"));
    assert!(without.contains("Write yours in place of gitlab.example.com"), "{without}");
    let of_com = conclusions(&of(&[&with("\"host\":\"gitlab.com\"")], "stored"));
    assert!(of_com.contains("'https://gitlab.com/api/v4/groups/acme/scim/stored'"), "{of_com}");
    for hostile in ["a'; rm -rf ~ #", "a/b?c", "a@b", "\\u001b[31m", "a b"] {
        let said = conclusions(&of(&[&with(&format!("\"host\":\"{hostile}\""))], "stored"));
        assert!(!said.contains("curl --request"), "{hostile}: {said}");
    }
}

#[test]
fn the_identifiers_are_compared_and_what_is_not_known_is_named() {
    for (name_id, saml, scim, words) in [
        ("a1", "a1", "a1", "These are the same, “a1”"),
        ("A1", "a1", "a1", "differ in upper and lower case only: the NameID of the last sign-in is “A1”"),
        ("a2", "a1", "a1", "These differ: the NameID of the last sign-in is “a2”, the stored SAML"),
        (
            "a1",
            "a1",
            "a2",
            "These differ: the stored SAML identifier is “a1”, the stored SCIM identifier is “a2”",
        ),
        ("a1 ", "a1", "a1", "differ in spaces only"),
    ] {
        let stored = json!({"user_id": 7, "email": "ada@example.com", "saml_extern_uid": saml,
            "scim_extern_uid": scim})
        .to_string();
        let told = of(&[&stored, &sign_in(1, "a9", "ada@example.com", name_id)], "7");
        let said = conclusions(&told);
        assert!(said.contains(words), "{name_id} {saml} {scim}: {said}");
        assert!(said.contains("The files do not say: the externalId that the SCIM app sends"), "{said}");
    }
}

#[test]
fn each_attribute_is_expected_by_the_schema_beside_what_was_sent_and_arrived() {
    let mapping =
        |target: &str, source: &str| json!({"targetAttributeName": target, "source": {"expression": source}});
    let schema = json!({"synchronizationRules": [{"objectMappings": [{"attributeMappings": [
        mapping("externalId", "[objectId]"), mapping("userName", "[mailNickname]"),
        mapping("displayName", "[displayName]"), mapping("title", "[jobTitle]"),
        mapping("emails[type eq \"work\"].value", "[mail]")]}]}]})
    .to_string();
    let sent = json!([{"displayName": "userName", "oldValue": null, "newValue": "\"other\""},
        {"displayName": "externalId", "oldValue": null, "newValue": "\"a1\""}]);
    let log = post(1, 201, "a1", "ada@example.com");
    let texts = [schema, entra(2, "a1", "ada@example.com", "success", sent), log];
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let said = conclusions(&of(&texts, "a1"));
    for words in [
        "externalId is made of [objectId]. GitLab received “a1” (line 1 of 2.log).",
        "emails[type eq \"work\"].value is made of [mail]. GitLab received “ada@example.com”",
        "displayName is made of [displayName], and GitLab has never received it",
        "it sent userName “other” (line 1 of 1.log). GitLab received “ada” (line 1 of 2.log)",
        "GitLab received name.formatted “Ada Low”, and the schema does not have this attribute",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("title"), "{said}");
}

#[test]
fn nobody_is_told_with_the_nearest_values_and_a_group_that_is_asked_for_is_kept_to() {
    let log = [
        post(1, 201, "a1", "ada@example.com"),
        post(2, 201, "a2", "bob@example.com"),
        post(3, 201, "a1", "ada@example.com").replace("groups/acme", "groups/other"),
    ]
    .join("\n");
    let told = of(&[&log], "adda@example.com");
    assert!(told.people.is_empty());
    assert_eq!(told.nearest.first().map(String::as_str), Some("ada@example.com"));
    let said: Vec<String> = told.statements()[0].sentences.iter().map(|it| it.text.clone()).collect();
    assert!(said[1].contains("Nobody in these files has the value “adda@example.com”"), "{said:?}");
    let file = StoryFile::of("a", &log);
    for (group, count) in [("ACME", 1), ("other", 1), ("third", 0)] {
        let asked = Asked { group: Some(group.into()), ..asked("a1") };
        let told = super::told(&[file], &asked);
        assert_eq!(told.people[0].entries.len(), count, "{group}");
    }
}

/// Sign-ins as GitLab's other logs and Entra ID's log of sign-ins tell them stand between the requests.
#[test]
fn sign_ins_are_in_the_story_whoever_logged_them() {
    let callback = |second: usize, location: &str| {
        json!({"time": format!("2026-11-20T09:10:{second:02}Z"), "method": "POST", "status": 302,
            "path": "/groups/acme/-/saml/callback", "controller": "Groups::OmniauthCallbacksController",
            "action": "group_saml", "location": location, "user_id": 48, "username": "ada"})
        .to_string()
    };
    let auth = |message: &str| json!({"time": "2026-11-20T09:10:03Z", "message": message}).to_string();
    let entra = |app: &str, code: u32| {
        json!({"createdDateTime": "2026-11-20T09:10:04Z", "appDisplayName": app, "userId": "a1",
            "userPrincipalName": "ada@example.com", "userDisplayName": "Ada Low",
            "status": {"errorCode": code, "failureReason": "Other."}})
        .to_string()
    };
    let stored = json!([{"extern_uid": "a1", "user_id": 48, "active": true}]).to_string();
    let signed_in = callback(1, "https://gitlab.example.com/acme");
    let refused = callback(2, "https://gitlab.example.com/users/sign_in");
    let saved = auth("(SAML) saving user ada@example.com from login with admin => false, extern_uid => a1");
    let not_saved = auth("(SAML) Error saving user a1 (ada@example.com): [\"Email has already been taken\"]");
    for (logged, what, action) in [
        (signed_in, What::SignedIn, "production_json.log POST"),
        (refused, What::SignInRefused, "production_json.log POST"),
        (saved, What::Other, "auth_json.log saving user"),
        (not_saved, What::SignInRefused, "auth_json.log Error saving user"),
        (entra("GitLab", 0), What::SignedIn, "sign-in"),
        (entra("GitLab", 50105), What::SignInRefused, "sign-in"),
    ] {
        let told = of(&[&post(1, 201, "a1", "ada@example.com"), &logged, &stored], "ada@example.com");
        assert_eq!(whats(&told), [[What::Provisioned, what, What::Stored]], "{logged}");
        assert!(told.people[0].entries[1].action.starts_with(action), "{logged}: {told:?}");
        assert!(!told.people[0].entries[1].meaning.is_empty(), "{logged}");
    }
    // Another app's sign-in, and what names nobody, is in no story.
    for other in [entra("Payroll", 0), callback(1, "/acme").replace("user", "other")] {
        let told = of(&[&post(1, 201, "a1", "ada@example.com"), &other], "ada@example.com");
        assert_eq!(whats(&told), [[What::Provisioned]], "{other}");
    }
}

#[test]
fn a_story_is_plain_data_with_the_same_fields_each_time() {
    let told = of(&[&post(1, 409, "a1", "ada@example.com")], "a1");
    let json = serde_json::to_value(&told).unwrap();
    let entry = &json["people"][0]["entries"][0];
    for field in ["at", "file", "line", "source", "what", "values", "status", "meaning", "count"] {
        assert!(!entry[field].is_null(), "{field}: {entry}");
    }
    assert_eq!(entry["source"], "gitlab-log");
    assert_eq!(entry["values"][0], json!({"name": "externalId", "value": "a1"}));
    assert_eq!(json["people"][0]["person"]["scim_identifiers"], json!(["a1"]));
    assert!(json["people"][0]["conclusions"].is_array());
}

#[test]
fn a_value_that_is_a_credential_is_not_told() {
    let secret = "glpat-0123456789abcdefghij";
    let log = post(1, 409, "a1", "ada@example.com").replace("Ada Low", secret);
    let told = of(&[&log], "a1");
    let all = format!("{}{:?}", serde_json::to_string(&told).unwrap(), told.statements());
    assert!(!all.contains(secret), "{all}");
}

#[test]
fn people_cost_what_their_records_cost() {
    let steps = |count: usize| {
        let lines: Vec<String> = (0..count)
            .map(|at| {
                post(
                    at % 3_600,
                    if at % 2 == 0 { 201 } else { 409 },
                    &format!("i{}", at % 97),
                    &format!("u{}@example.com", at % 89),
                )
            })
            .collect();
        let text = lines.join("\n");
        crate::base::counted::steps_of(|| drop(of(&[&text], "u1@example.com")))
    };
    let (one, two) = (steps(200), steps(400));
    assert!(two < 3 * one, "{one} {two}");
}

/// Room is for octets, whatever the number of records is; what did not fit is counted.
#[test]
fn of_one_person_no_more_is_kept_than_there_is_room_for() {
    let long = "x".repeat(2 * 1024 * 1024);
    let record = |line| Record {
        line,
        who: vec![(KnownBy::Scim, "a1".into())],
        said: Some(long.clone()),
        ..Record::default()
    };
    let mut people = People::default();
    people.add(&record(1).who, &|| false);
    people.join();
    let mut kept = timeline::Kept::new(people.with("a1").iter(), 1);
    (1..=20).for_each(|line| kept.take(0, Seen::Record(Box::new(record(line))), &people, None));
    assert!(kept.left_out().unwrap().to_string().starts_with("8 more records"));
    let records = kept.into_records(&Asked::default());
    assert_eq!(records.values().map(|it| it.shown.len()).collect::<Vec<_>>(), [12]);
}

#[test]
fn of_all_people_no_more_is_kept_than_there_is_room_for_but_of_the_one_who_is_asked_for() {
    let mut people = People::default();
    let long = "x".repeat(1024 * 1024);
    let email = |number: usize| [(KnownBy::Email, format!("{number}@{long}"))];
    (0..40).for_each(|number| people.add(&email(number), &|| false));
    assert_eq!((people.left_out(), people.count()), (16, 24));
    // What is known is known for all that comes.
    people.add(&email(3), &|| false);
    people.add(&email(50), &|| true);
    assert_eq!((people.left_out(), people.count()), (16, 25));
}

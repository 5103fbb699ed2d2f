//! A change that was confirmed: sent once, read back, told as it is, and the way back.

use super::*;

/// A confirmed change of `ada` from `old 1` to `new`, after these answers; and what was asked.
fn changed(answers: &[ReadAnswer]) -> (Change, Vec<String>) {
    answered(&ada("w0rk", "new", "ada@example.com"), answers)
}

/// The same of any plan towards `new`. The first answer says whose the old value is.
pub(super) fn answered(plan: &RepairPlan, answers: &[ReadAnswer]) -> (Change, Vec<String>) {
    let mut change = Change::confirm(plan, (&instance(), "acme"), confirmed(plan), NOW).unwrap();
    let mut asked = Vec::new();
    for answer in answers {
        let (kind, path) = match change.next() {
            Deed::Send { method, path, field } => {
                assert_eq!((method, field), ("PATCH", ("extern_uid", "new".to_owned())));
                change.hand_out(&Sender::default(), NOW);
                assert_eq!(change.next(), Deed::Nothing);
                ("PATCH", path)
            }
            Deed::Read(path) => ("GET", path),
            Deed::Nothing => panic!("nothing is wanted"),
        };
        change.take("/api/v4/another", answer);
        change.take(&path, answer);
        asked.push(format!("{kind} {}", path.strip_prefix("/api/v4/groups/acme/").unwrap()));
    }
    (change, asked)
}

#[test]
fn a_change_is_sent_once_and_read_back() {
    let theirs = |value: &str| answer(200, json!({"extern_uid": value, "user_id": 2}));
    let missing = || answer(404, json!({"message": "404 Identity Not Found"}));
    let list = |value: &str| {
        answer(200, json!([{"extern_uid": "eve", "user_id": 3}, {"extern_uid": value, "user_id": 2}]))
    };
    let taken = || answer(400, json!({"message": "Extern uid has already been taken."}));
    for (answers, stored, severity, words) in [
        (vec![theirs("new"), theirs("new")], Some("new"), Severity::Good, "is “new”"),
        // The answer was lost, the change was not.
        (vec![answer(0, Value::Null), theirs("new")], Some("new"), Severity::Good, "is “new”"),
        (
            vec![taken(), missing(), theirs("old 1")],
            Some("old 1"),
            Severity::Error,
            "Another identity has the new value",
        ),
        (
            vec![answer(401, json!({"message": "401 Unauthorized"})), missing(), theirs("old 1")],
            Some("old 1"),
            Severity::Error,
            "signed out",
        ),
        (
            vec![
                answer(404, json!({"message": "404 Group Not Found"})),
                missing(),
                missing(),
                answer(404, json!({})),
            ],
            None,
            Severity::Warning,
            "your SAML session has ended",
        ),
        // The new value is somebody else's.
        (
            vec![taken(), answer(200, json!({"extern_uid": "new", "user_id": 3})), theirs("old 1")],
            Some("old 1"),
            Severity::Error,
            "Nothing was changed",
        ),
        // A GitLab before 16.1 knows the list alone.
        (vec![theirs("new"), missing(), missing(), list("new")], Some("new"), Severity::Good, "is “new”"),
        (vec![missing(), missing(), missing(), list("third")], Some("third"), Severity::Warning, "neither"),
        (
            vec![
                answer(403, json!({"message": "403 Forbidden"})),
                missing(),
                missing(),
                answer(403, json!({})),
            ],
            None,
            Severity::Warning,
            "do not own the group",
        ),
    ] {
        let answers: Vec<_> = std::iter::once(theirs("old 1")).chain(answers).collect();
        let (change, asked) = changed(&answers);
        let outcome = change.outcome().unwrap();
        assert_eq!((outcome.stored.as_deref(), outcome.sentence.severity), (stored, severity), "{asked:?}");
        assert!(outcome.sentence.text.contains(words), "{}", outcome.sentence.text);
        // The way back is there where the new value is, and leads to the old one.
        let way_back = outcome.way_back.as_deref();
        assert_eq!(way_back.is_some(), stored == Some("new"), "{way_back:?}");
        assert!(way_back.is_none_or(|it| it.contains("/saml/new'") && it.contains("'extern_uid=old%201'")));
        assert_eq!(change.next(), Deed::Nothing);
        assert_eq!(asked[..2], ["GET saml/old%201", "PATCH saml/old%201"]);
        assert_eq!(asked.iter().filter(|asked| asked.starts_with("PATCH")).count(), 1);
        let reads = ["GET saml/new", "GET saml/old%201", "GET saml/identities"];
        assert_eq!(asked[2..], reads[..asked.len() - 2]);
    }
    assert!(changed(&[theirs("old 1"), taken()]).0.outcome().is_none());
}

#[test]
fn a_page_that_goes_in_the_middle_sends_nothing_twice() {
    let plan = ada("w0rk", "new", "ada@example.com");
    let mut change = Change::confirm(&plan, (&instance(), "acme"), confirmed(&plan), NOW).unwrap();
    let theirs = answer(200, json!({"extern_uid": "old 1", "user_id": 2}));
    change.take("/api/v4/groups/acme/saml/old%201", &theirs);
    assert!(matches!(change.next(), Deed::Send { .. }));
    change.hand_out(&Sender::default(), NOW);
    change.page_opened();
    let read = Deed::Read("/api/v4/groups/acme/saml/new".into());
    assert_eq!(change.next(), read);
    change.hand_out(&Sender::default(), NOW);
    assert_eq!(change.next(), read);
    // It was sent after all, and its answer comes late.
    let taken = answer(400, json!({"message": "Extern uid has already been taken"}));
    change.take("/api/v4/groups/acme/saml/old%201", &taken);
    change.take("/api/v4/groups/acme/saml/new", &answer(404, json!({})));
    change
        .take("/api/v4/groups/acme/saml/old%201", &answer(200, json!({"extern_uid": "old 1", "user_id": 2})));
    assert!(change.outcome().unwrap().sentence.text.contains("Another identity has the new value"));
}

#[test]
fn what_belongs_to_somebody_else_by_now_is_not_changed() {
    let row = |value: &str, user: u64| json!({"extern_uid": value, "user_id": user});
    let missing = || answer(404, json!({"message": "404 Identity Not Found"}));
    let forbidden = || answer(403, json!({"message": "403 Forbidden"}));
    for (answers, stored, words) in [
        (vec![answer(200, row("old 1", 3))], None, "now belongs to another user"),
        (
            vec![missing(), answer(200, json!([row("x", 2), row("old 1", 3)]))],
            None,
            "now belongs to another user",
        ),
        (vec![missing(), answer(200, json!([row("third", 2)]))], Some("third"), "no longer has “old 1”"),
        (vec![missing(), answer(200, json!([]))], None, "no longer has “old 1”"),
        (vec![forbidden(), forbidden()], None, "You do not own the group"),
        (vec![answer(200, json!({})), answer(0, Value::Null)], None, "GitLab did not answer"),
    ] {
        let (change, asked) = changed(&answers);
        let outcome = change.outcome().unwrap();
        assert_eq!((outcome.stored.as_deref(), outcome.sentence.severity), (stored, Severity::Error));
        assert!(outcome.sentence.text.starts_with("Nothing was changed"), "{}", outcome.sentence.text);
        assert!(outcome.sentence.text.contains(words), "{}", outcome.sentence.text);
        assert_eq!(asked, ["GET saml/old%201", "GET saml/identities"][..asked.len()]);
    }
    // A GitLab before 16.1 has the list alone.
    let listed = [missing(), answer(200, json!([row("old 1", 2), row("OLD 1", 3)]))];
    assert!(matches!(changed(&listed).0.next(), Deed::Send { .. }));
    // Between the look and the change it became another's, and GitLab says so.
    let (change, _) = changed(&[answer(200, row("old 1", 2)), answer(200, row("new", 3))]);
    let outcome = change.outcome().unwrap();
    assert_eq!((outcome.sentence.severity, &outcome.stored), (Severity::Error, &None));
    assert!(outcome.sentence.text.contains("the number 3"), "{}", outcome.sentence.text);
}

#[test]
fn only_what_is_offered_at_that_moment_can_be_confirmed() {
    let plan = ada("w0rk", "new", "ada@example.com");
    let yes = confirmed(&plan);
    let wrong = [
        Confirmed { user: 3, ..yes.clone() },
        Confirmed { identity: Identity::Scim, ..yes.clone() },
        Confirmed { old: "other".into(), ..yes.clone() },
        Confirmed { new: "other".into(), ..yes.clone() },
        Confirmed { consents: Vec::new(), ..yes.clone() },
    ];
    for confirmed in wrong {
        assert!(Change::confirm(&plan, (&instance(), "acme"), confirmed, NOW).is_err());
    }
    let refused = ada("w0rk", "eve", "ada@example.com");
    assert!(Change::confirm(&refused, (&instance(), "acme"), yes, NOW).is_err());
}

//! A group with every standing in it, from GitLab's answers and captured sign-ins to the table.

use super::{
    captured::Captures,
    join::{Joined, join},
    member_class::MemberClass,
    member_verdict::{MEMBER_VERDICTS, MemberVerdict},
    members::{Email, Person, Roll},
    plan::{Next, Plan, PlanState, ReadAnswer},
    table::{self, Column, Query, Table},
};
use crate::{
    base::{instant::Timestamp, place::Place, severity::Severity},
    event::Event,
    gitlab::{instance::Instance, pages},
    signer,
    trace::tracer::Tracer,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

pub(crate) const NOW: Timestamp = Timestamp(1_767_603_600_000);

/// One user: number, user name, SAML, SCIM (`!` inactive), NameID sent; `-` where there is none.
pub(crate) type User = (u64, &'static str, &'static str, &'static str, &'static str);

/// Everybody has `<user name>@example.com`, and it is what the identity provider sends except for `mail`.
pub(crate) const USERS: [User; 17] = [
    (1, "owner", "owner", "owner", "owner"),
    (2, "wrong", "w", "w", "victim"),
    (3, "victim", "victim", "victim", "-"),
    (4, "crossed", "c", "d", "-"),
    (5, "partner", "d", "p", "-"),
    (6, "idp", "old", "OLD", "new"),
    (7, "stale", "old-link", "Stale", "stale"),
    (8, "three", "x", "y", "z"),
    (9, "plain", "plain-1", "-", "plain-2"),
    (10, "inactive", "-", "in!", "-"),
    (11, "link", "-", "link", "-"),
    (12, "never", "-", "-", "-"),
    (13, "drift", "drift", "drifted", "drift"),
    (14, "differ", "e1", "e2", "-"),
    (15, "gone", "gone", "gone!", "-"),
    (16, "mail", "mail", "mail", "mail"),
    (17, "alone", "alone", "-", "-"),
];

pub(crate) struct Group {
    pub(crate) tracer: Tracer,
    pub(crate) roll: Roll,
}

impl Group {
    pub(crate) fn of(users: &[User], events: Vec<Value>) -> Self {
        let mut roll = Roll::default();
        let mut plan = Plan::new(Instance::gitlab_com(), "acme".into(), Place::default());
        while let Next::Read(path) = plan.next(NOW) {
            let answer =
                ReadAnswer { status: 200, body: answer(users, &path).to_string(), ..ReadAnswer::default() };
            assert!(plan.take(&mut roll, &path, &answer, NOW));
        }
        assert_eq!(plan.state(), PlanState::Done);
        Group { tracer: opened(events), roll }
    }

    /// With a sign-in of everybody who has one.
    pub(crate) fn captured(users: &[User]) -> Self {
        let sent = users.iter().filter(|user| user.4 != "-").map(|(id, username, .., sent)| {
            let email = if *username == "mail" { "other".into() } else { username.to_uppercase() };
            sign_in(*id as i64, "w0rk", sent, &format!("{email}@example.com"))
        });
        Group::of(users, sent.collect())
    }

    pub(crate) fn captures(&self) -> Captures {
        Captures::of(&self.tracer, &self.roll, &Instance::gitlab_com(), "acme")
    }

    pub(crate) fn joined(&self) -> Joined {
        join(&self.roll, &self.captures())
    }

    pub(crate) fn standings(&self) -> Vec<(u64, MemberVerdict)> {
        self.joined().lines.iter().map(|line| (line.id, line.standing)).collect()
    }
}

/// A signed Response that arrives at the group `acme` with this NameID and e-mail address.
pub(crate) fn sign_in(at: i64, boot: &str, name_id: &str, email: &str) -> Value {
    arrival(at, boot, &certified(&response(at, name_id, email)))
}

/// The trace of `events` after which the owner has [opened the settings page](settings_page).
pub(crate) fn opened(events: Vec<Value>) -> Tracer {
    let events = events.into_iter().chain([settings_page()]);
    Tracer::replay(events.map(|event| serde_json::from_value::<Event>(event).unwrap()))
}

/// The group's settings page, which shows the fingerprint of the certificate that [`certified`] puts into a
/// message.
pub(crate) fn settings_page() -> Value {
    json!({"id": format!("{:013}-w0rk-000001", NOW.0 + 600_000), "kind": "page", "tab": 8,
        "url": "https://gitlab.com/groups/acme/-/saml", "page": pages::SETTINGS, "rows": [],
        "fields": {"fingerprint": ["6A:07:F1:3B:23:61:9E:15:09:6C:77:68:89:33:44:77:1E:97:DA:6D"]}})
}

/// `xml`, signed, with the certificate of the key.
pub(crate) fn certified(xml: &str) -> String {
    signer::certified(&signer::signed(xml).unwrap())
}

/// The same, not signed.
pub(crate) fn response(at: i64, name_id: &str, email: &str) -> String {
    format!(
        r#"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion"
        ID="_{at}"><a:Assertion><a:Subject><a:NameID>{name_id}</a:NameID></a:Subject><a:AttributeStatement>
        <a:Attribute Name="email"><a:AttributeValue>{email}</a:AttributeValue></a:Attribute>
        </a:AttributeStatement></a:Assertion></p:Response>"#
    )
}

/// A Response in a file, at `at` seconds as the file says: for the group, issued `issued` seconds after
/// [`NOW`].
pub(crate) fn told(at: i64, issued: i64, name_id: &str, email: &str) -> String {
    let recipient = "https://gitlab.com/groups/acme/-/saml/callback";
    let confirmation = format!(
        "<a:SubjectConfirmation><a:SubjectConfirmationData Recipient=\"{recipient}\"/></a:SubjectConfirmation></a:Subject>"
    );
    let issued = Timestamp(NOW.0 + issued * 1_000).to_string();
    response(at, name_id, email)
        .replace("<a:Assertion>", &format!("<a:Assertion IssueInstant=\"{issued}\">"))
        .replace("</a:Subject>", &confirmation)
}

/// A Response on its way to the group.
pub(crate) fn arrival(at: i64, boot: &str, xml: &str) -> Value {
    json!({"id": format!("{:013}-{boot}-000001", NOW.0 + at * 1_000), "kind": "request", "request": format!("{boot}{at}"),
        "tab": 7, "method": "POST", "body": "form", "url": "https://gitlab.com/groups/acme/-/saml/callback",
        "form": [["SAMLResponse", [BASE64_STANDARD.encode(xml)]]]})
}

/// GitLab's answer to the arrival at `at`: a redirect there.
pub(crate) fn redirected(at: i64, boot: &str, location: &str) -> Value {
    json!({"id": format!("{:013}-{boot}-000002", NOW.0 + at * 1_000), "kind": "response", "request": format!("w0rk{at}"),
        "tab": 7, "method": "POST", "url": "https://gitlab.com/groups/acme/-/saml/callback", "status": 302,
        "location": location})
}

/// The answer of GitLab 18.x to an owner of a group of `users`.
pub(crate) fn answer(users: &[User], path: &str) -> Value {
    let stored = |value: &'static str| (value != "-").then(|| value.trim_end_matches('!'));
    let path = path.split('?').next().unwrap().strip_prefix("/api/v4").unwrap();
    let rows = |row: fn(&User) -> Option<Value>| users.iter().filter_map(row).collect();
    match path {
        "/user" => json!({"id": 1, "username": "owner", "email": "owner@example.com", "confirmed_at": "2026-01-01T00:00:00Z"}),
        "/user/emails" => json!([{"id": 7, "email": "owner@example.com", "confirmed_at": "2026-01-01T00:00:00Z"}]),
        "/groups/acme/audit_events" => json!([]),
        "/groups/acme" => json!({"id": 9, "full_path": "acme"}),
        "/groups/acme/saml/identities" => users
            .iter()
            .filter_map(|user| Some(json!({"user_id": user.0, "extern_uid": stored(user.2)?})))
            .collect(),
        "/groups/acme/scim/identities" => users
            .iter()
            .filter_map(|user| {
                Some(json!({"user_id": user.0, "extern_uid": stored(user.3)?, "active": !user.3.ends_with('!')}))
            })
            .collect(),
        "/groups/acme/members" => rows(|user| {
            let level = if user.0 == 1 { 50 } else { 10 };
            Some(json!({"id": user.0, "username": user.1, "name": user.1.to_uppercase(), "access_level": level}))
        }),
        "/groups/acme/saml_users" => rows(|user| {
            Some(json!({"id": user.0, "username": user.1, "email": format!("{}@example.com", user.1),
                "confirmed_at": "2026-01-01T00:00:00Z"}))
        }),
        other => panic!("nobody documents {other}"),
    }
}

#[test]
fn every_standing_is_found_from_answers_and_sign_ins() {
    let group = Group::captured(&USERS);
    let expected = [
        MemberVerdict::Good,
        MemberVerdict::WrongAccount,
        MemberVerdict::Agree,
        MemberVerdict::Crossed,
        MemberVerdict::Crossed,
        MemberVerdict::IdpChanged,
        MemberVerdict::SamlStale,
        MemberVerdict::AllDiffer,
        MemberVerdict::NameIdDiffers,
        MemberVerdict::Reactivate,
        MemberVerdict::LinkSaml,
        MemberVerdict::NeverLinked,
        MemberVerdict::ScimDrift,
        MemberVerdict::SamlScimDiffer,
        MemberVerdict::ScimInactive,
        MemberVerdict::EmailDiffers,
        MemberVerdict::NoScim,
    ];
    let expected: Vec<_> =
        expected.into_iter().enumerate().map(|(at, standing)| (at as u64 + 1, standing)).collect();
    assert_eq!(group.standings(), expected);
    let joined = group.joined();
    assert_eq!(joined.counts.iter().sum::<usize>(), USERS.len());
    assert_eq!((joined.line(2).unwrap().other, joined.line(4).unwrap().other), (Some(3), Some(5)));
}

#[test]
fn a_stopped_scim_is_told_from_none_and_from_one_that_is_not_used() {
    let group = Group::captured(&[(1, "owner", "a", "-", "-"), (2, "x", "b", "-", "b")]);
    assert_eq!(group.standings(), [(1, MemberVerdict::Agree), (2, MemberVerdict::Good)]);
}

#[test]
fn an_address_of_a_domain_that_the_group_does_not_take_is_told() {
    for (domains, expected) in [
        (&[][..], MemberVerdict::Good),
        (&["example.org", "Example.com"], MemberVerdict::Good),
        (&["example.org"], MemberVerdict::EmailRefused),
        // GitLab compares the whole domain.
        (&["sub.example.com", "ample.com"], MemberVerdict::EmailRefused),
    ] {
        let mut group = Group::captured(&USERS);
        group.roll.group.email_domains = domains.iter().map(|&domain| domain.to_owned()).collect();
        let joined = group.joined();
        assert_eq!(joined.line(1).unwrap().standing, expected, "{domains:?}");
        let row = table::row(&joined, &group.roll, &group.captures(), joined.line(1).unwrap());
        assert_eq!(row.email_allowed, Some(expected == MemberVerdict::Good), "{domains:?}");
        // An account that GitLab made has an address that nobody chose.
        let bot = Some("group_1_bot_a".to_owned());
        group.roll.change(1, |person| person.username = bot);
        assert_eq!(group.joined().line(1).unwrap().standing, MemberVerdict::Good, "{domains:?}");
    }
}

#[test]
fn two_accounts_of_one_name_are_told_of_each_other() {
    let mut group = Group::captured(&USERS);
    for (id, name) in [(1, "Ada  Low"), (5, " ada low"), (7, "Robin"), (8, "")] {
        group.roll.change(id, |person| person.name = Some(name.to_owned()));
    }
    group.roll.change(9, |person| person.name = Some(" ".to_owned()));
    let bot = |name: &str| Person {
        username: Some("group_1_bot_a".into()),
        name: Some(name.into()),
        ..Person::default()
    };
    group.roll.change(100, |person| *person = Person { access_level: Some(10), ..bot("Robin") });
    let joined = group.joined();
    let namesakes = joined.lines.iter().filter_map(|line| Some((line.id, line.namesake?)));
    assert_eq!(namesakes.collect::<Vec<_>>(), [(1, 5), (5, 1)]);
    assert_eq!(joined.namesakes, 2);
    let row = table::row(&joined, &group.roll, &group.captures(), joined.line(1).unwrap());
    assert_eq!(row.namesake.as_deref(), Some(" ada low (@partner)"));
}

#[test]
fn a_confirmed_further_address_is_theirs() {
    for (confirmed, expected) in [(true, MemberVerdict::Good), (false, MemberVerdict::EmailDiffers)] {
        let mut group = Group::of(&USERS, vec![sign_in(1, "w0rk", "mail", "mail@example.com")]);
        group.roll.change(16, |person| {
            let primary = Email { address: "primary@example.com".into(), confirmed: true };
            person.emails = vec![primary, Email { address: "Mail@example.com".into(), confirmed }];
        });
        let line = *group.joined().line(16).unwrap();
        assert_eq!(line.standing, expected, "{confirmed}");
    }
}

#[test]
fn the_name_id_of_an_enterprise_user_with_the_right_address_is_taken_over() {
    for (is_listed_with_email, primary, expected) in [
        (true, "Idp@example.com", MemberVerdict::TakenOver),
        (false, "Idp@example.com", MemberVerdict::IdpChanged),
        // GitLab looks for a primary address alone (4.2).
        (true, "other@example.com", MemberVerdict::IdpChanged),
    ] {
        let mut group = Group::of(&USERS, vec![sign_in(1, "w0rk", "new", "idp@example.com")]);
        let emails = [primary, "idp@example.com"].map(|it| Email { address: it.into(), confirmed: true });
        group.roll.change(6, |person| person.emails = emails.into());
        group.roll.change(6, |person| person.is_listed_with_email = is_listed_with_email);
        let line = *group.joined().line(6).unwrap();
        assert_eq!(line.standing, expected, "{primary}");
    }
}

#[test]
fn the_table_is_searched_sorted_filtered_and_counted() {
    let group = Group::captured(&USERS);
    let captures = group.captures();
    let mut table = Table::new(group.joined());
    let mut view = |query: Query| table.view(&group.roll, &captures, None, &query);
    let all = view(Query::default());
    assert_eq!((all.total, all.found, all.start, all.rows.len()), (17, 17, 0, 17));
    assert_eq!(
        (all.rows[0].standing, all.rows[0].label.as_str()),
        (MemberVerdict::WrongAccount, "WRONG (@wrong)")
    );
    assert!(all.rows.is_sorted_by_key(|row| row.standing));
    assert_eq!(all.counts.iter().map(|count| count.count).sum::<usize>(), 17);
    // A user who is crossed with another one can sign in; one who is not linked cannot.
    let counted = "17 users checked: 8 cannot sign in with SSO or reach the wrong account, 6 need care, \
        2 with no problem seen, 1 proved by a recorded sign-in.";
    assert_eq!(all.summary.text, counted);
    for class in &all.classes {
        let of_class = all.counts.iter().filter(|count| count.class == class.class);
        assert!(of_class.clone().all(|count| count.severity == class.severity), "one colour: {class:?}");
        assert_eq!(of_class.map(|count| count.count).sum::<usize>(), class.count, "{class:?}");
    }
    assert_eq!(all.classes.iter().map(|class| class.count).collect::<Vec<_>>(), [8, 6, 2, 1]);
    let of_class = |class| Query { classes: vec![class], ..Query::default() };
    let care = view(of_class(MemberClass::NeedsCare));
    assert_eq!(care.found, 6);
    assert!(care.rows.iter().all(|row| row.severity == Severity::Warning), "{:?}", care.rows);
    let crossed = Query { standings: vec![MemberVerdict::Crossed], ..of_class(MemberClass::NeedsCare) };
    assert_eq!(view(crossed.clone()).found, 2);
    let nobody = Query { classes: vec![MemberClass::Proved], ..crossed };
    assert_eq!(view(nobody).found, 0, "a verdict of another class");
    assert!(all.rows[0].why.contains("VICTIM (@victim)"), "{}", all.rows[0].why);
    let ids = |query: Query, view: &mut dyn FnMut(Query) -> super::table::TableView| -> Vec<u64> {
        view(query).rows.iter().map(|row| row.id).collect()
    };
    for (text, expected) in [
        ("VICTIM", vec![2, 3]),
        ("drift", vec![13]),
        ("old new", vec![6]),
        ("mail@ example", vec![16]),
        ("nobody", vec![]),
    ] {
        let query = Query { text: text.into(), sort: Column::Name, ..Query::default() };
        let mut found = ids(query, &mut view);
        found.sort_unstable();
        assert_eq!(found, expected, "{text}");
    }
    let filtered = Query { standings: vec![MemberVerdict::Crossed, MemberVerdict::Good], ..Query::default() };
    assert_eq!(ids(filtered, &mut view), [4, 5, 1]);
    let by_saml = Query { sort: Column::Saml, ..Query::default() };
    assert_eq!(ids(by_saml.clone(), &mut view)[..2], [17, 4]);
    assert_eq!(ids(by_saml.clone(), &mut view)[14..], [10, 11, 12], "without a value last");
    assert_eq!(ids(Query { descending: true, ..by_saml.clone() }, &mut view)[0], 12);
    let end = view(Query { start: 15, ..by_saml.clone() });
    assert_eq!((end.start, end.rows.len()), (15, 2));
    let chosen = |query: Query, view: &mut dyn FnMut(Query) -> super::table::TableView| {
        view(query).chosen.map(|chosen| (chosen.row.id, chosen.position))
    };
    let of = |chosen: u64| Query { chosen: Some(chosen), start: 15, ..by_saml.clone() };
    assert_eq!(chosen(of(17), &mut view), Some((17, Some(0))), "wherever it is");
    assert_eq!(chosen(Query { text: "drift".into(), ..of(17) }, &mut view), Some((17, None)));
    assert_eq!(chosen(of(99), &mut view), None);
    let listed = super::table::listed(&group.joined(), (&group.roll, &captures, None), 1);
    assert_eq!(
        listed.iter().map(|(count, _)| count).collect::<Vec<_>>(),
        all.counts.iter().collect::<Vec<_>>()
    );
    assert!(listed.iter().all(|(count, rows)| rows.len() == 1 && rows[0].standing == count.standing));
    let beyond = view(Query { start: 1_000, ..by_saml });
    assert_eq!((beyond.start, beyond.rows.len()), (16, 1));
}

#[test]
fn who_cannot_sign_in_is_told_from_who_needs_care() {
    for (users, expected, severity) in [
        (
            vec![(1, "owner", "o", "o", "-"), (2, "link", "-", "l", "-"), (3, "never", "-", "-", "-")],
            [2, 0],
            Severity::Error,
        ),
        (
            vec![(1, "owner", "o", "o", "-"), (4, "crossed", "c", "d", "-"), (5, "partner", "d", "p", "-")],
            [0, 2],
            Severity::Warning,
        ),
        (vec![(1, "owner", "o", "o", "o")], [0, 0], Severity::Good),
    ] {
        let summary = super::table::summary(&Group::captured(&users).joined());
        let [failing, care] = expected;
        let said = format!("{failing} cannot sign in with SSO or reach the wrong account, {care} need care");
        assert!(summary.text.contains(&said), "{}", summary.text);
        assert_eq!(summary.severity, severity, "{}", summary.text);
    }
}

#[test]
fn every_standing_has_its_count_and_no_users_are_no_success() {
    let group = Group::of(&[], Vec::new());
    // The reader is no member and has no identity: an administrator.
    assert_eq!((group.standings(), group.roll.people().len()), (vec![], 1));
    let view = Table::default().view(&Roll::default(), &Captures::default(), None, &Query::default());
    assert_eq!((view.total, view.found, view.rows.len(), view.counts.len()), (0, 0, 0, 0));
    assert_eq!(view.summary.severity, Severity::Neutral);
    assert_eq!(MEMBER_VERDICTS.len(), group.joined().counts.len());
}

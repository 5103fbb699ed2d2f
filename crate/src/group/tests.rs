//! A group with every standing in it, from GitLab's answers and captured sign-ins to the table.

use super::{
    captured::Captures,
    join::{Joined, join},
    plan::{Next, Plan, ReadAnswer, State},
    roll::{Email, Roll},
    standing::{STANDINGS, Standing},
    table::{Column, Query, Table},
};
use crate::{
    attribution::Reason,
    event::{Event, Place},
    gitlab::{instance::Instance, pages},
    instant::Timestamp,
    signer,
    tracer::Tracer,
    view::Severity,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp(1_767_603_600_000);

/// One user: number, user name, SAML, SCIM (`!` inactive), NameID sent; `-` where there is none.
pub(crate) type User = (u64, &'static str, &'static str, &'static str, &'static str);

/// Everybody has `<user name>@example.com`, and it is what the identity provider sends but for `mail`.
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

pub(super) struct Group {
    pub(super) tracer: Tracer,
    pub(super) roll: Roll,
}

impl Group {
    pub(super) fn of(users: &[User], events: Vec<Value>) -> Self {
        let mut roll = Roll::default();
        let mut plan = Plan::new(Instance::gitlab_com(), "acme".into(), Place::default());
        while let Next::Read(path) = plan.next(NOW) {
            let answer =
                ReadAnswer { status: 200, body: answer(users, &path).to_string(), ..ReadAnswer::default() };
            assert!(plan.take(&mut roll, &path, &answer, NOW));
        }
        assert_eq!(plan.state(), State::Done);
        Group { tracer: opened(events), roll }
    }

    /// With a sign-in of everybody who has one.
    pub(super) fn captured(users: &[User]) -> Self {
        let sent = users.iter().filter(|user| user.4 != "-").map(|(id, username, .., sent)| {
            let email = if *username == "mail" { "other".into() } else { username.to_uppercase() };
            sign_in(*id as i64, "w0rk", sent, &format!("{email}@example.com"))
        });
        Group::of(users, sent.collect())
    }

    pub(super) fn captures(&self) -> Captures {
        Captures::of(&self.tracer, &self.roll, &Instance::gitlab_com(), "acme")
    }

    pub(super) fn joined(&self) -> Joined {
        join(&self.roll, &self.captures())
    }

    fn standings(&self) -> Vec<(u64, Standing)> {
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

/// The group's settings page, which shows the fingerprint of the certificate that [`certified`] puts into a message.
pub(crate) fn settings_page() -> Value {
    json!({"id": format!("{:013}-w0rk-000001", NOW.0 + 600_000), "kind": "page", "tab": 8,
        "url": "https://gitlab.com/groups/acme/-/saml", "page": pages::SETTINGS, "rows": [],
        "fields": {"fingerprint": ["F5:89:10:A4:0B:CE:23:50:A4:4C:1E:EE:EB:AF:A1:54:4E:8D:3D:8C"]}})
}

/// `xml`, signed, with the certificate of the key.
pub(super) fn certified(xml: &str) -> String {
    let pem = include_str!("../../tests/signer/sp.crt");
    let certificate: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let key = format!(
        "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data>"
    );
    signer::signed(xml).unwrap().replace("<ds:KeyInfo>", &key)
}

/// The same, not signed.
pub(super) fn response(at: i64, name_id: &str, email: &str) -> String {
    format!(
        r#"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion"
        ID="_{at}"><a:Assertion><a:Subject><a:NameID>{name_id}</a:NameID></a:Subject><a:AttributeStatement>
        <a:Attribute Name="email"><a:AttributeValue>{email}</a:AttributeValue></a:Attribute>
        </a:AttributeStatement></a:Assertion></p:Response>"#
    )
}

/// A Response on its way to the group.
pub(super) fn arrival(at: i64, boot: &str, xml: &str) -> Value {
    json!({"id": format!("{:013}-{boot}-000001", NOW.0 + at * 1_000), "kind": "request", "request": format!("{boot}{at}"),
        "tab": 7, "method": "POST", "body": "form", "url": "https://gitlab.com/groups/acme/-/saml/callback",
        "form": [["SAMLResponse", [BASE64_STANDARD.encode(xml)]]]})
}

/// What GitLab 18.x answers an owner of a group of `users`.
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
        Standing::Good,
        Standing::WrongAccount,
        Standing::Agree,
        Standing::Crossed,
        Standing::Crossed,
        Standing::IdpChanged,
        Standing::SamlStale,
        Standing::AllDiffer,
        Standing::NameIdDiffers,
        Standing::Reactivate,
        Standing::LinkSaml,
        Standing::NeverLinked,
        Standing::ScimDrift,
        Standing::SamlScimDiffer,
        Standing::ScimInactive,
        Standing::EmailDiffers,
        Standing::NoScim,
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
    assert_eq!(group.standings(), [(1, Standing::Agree), (2, Standing::Good)]);
}

#[test]
fn whose_a_name_id_is_follows_the_table() {
    let users = [(1, "owner", "o", "-", "-"), (2, "ada", "A-1", "-", "-"), (3, "eve", "e", "-", "-")];
    for (name_id, email, expected) in [
        ("x", "ADA@example.com", Some((2, Reason::Email, None))),
        ("e", "ada@example.com", Some((2, Reason::Email, Some(3)))),
        ("A-1", "nobody@example.com", Some((2, Reason::Stored, Some(2)))),
        ("a-1 ", "nobody@example.com", Some((2, Reason::NearMiss, None))),
        ("x", "nobody@example.com", None),
    ] {
        let group = Group::of(&users, vec![sign_in(1, "w0rk", name_id, email)]);
        let captures = group.captures();
        let found = [1, 2, 3].into_iter().find_map(|id| Some((id, captures.of_user(id)?)));
        assert_eq!(found.map(|(id, it)| (id, it.reason, it.stored_for)), expected, "{name_id} {email}");
        assert!(found.is_none_or(|(_, captured)| !captured.imported));
    }
    // The user name counts where nothing is stored and the address is not another's.
    let named = |name_id: &str, email: &str| {
        let attribute = "<a:Attribute Name=\"username\"><a:AttributeValue>ada</a:AttributeValue></a:Attribute></a:AttributeStatement>";
        let xml = response(1, name_id, email).replace("</a:AttributeStatement>", attribute);
        arrival(1, "w0rk", &certified(&xml))
    };
    for (name_id, knows_emails, expected) in [
        ("x", true, None),
        ("x", false, Some((2, Reason::Username))),
        ("e", true, Some((3, Reason::Stored))),
        ("e", false, Some((3, Reason::Stored))),
    ] {
        let mut group = Group::of(&users, vec![named(name_id, "nobody@example.com")]);
        for id in (1..=3).filter(|_| !knows_emails) {
            group.roll.change(id, |person| person.emails.clear());
        }
        let captures = group.captures();
        let found = [1, 2, 3].into_iter().find_map(|id| Some((id, captures.of_user(id)?.reason)));
        assert_eq!(found, expected, "{name_id} {knows_emails}");
        let wrong = group.standings().into_iter().find(|(_, standing)| *standing == Standing::WrongAccount);
        assert_eq!(wrong, None);
    }
    // The newest counts, and a file's is known as one.
    let sent = vec![
        sign_in(1, "w0rk", "old", "ada@example.com"),
        sign_in(2, "filecopyw0rk", "new", "ada@example.com"),
    ];
    let captures = Group::of(&users, sent).captures();
    let ada = captures.of_user(2).unwrap();
    assert_eq!((ada.name_id.as_str(), ada.imported, captures.count()), ("new", true, 1));
    // A file's from the time to come does not.
    let sent = |to_come: i64| {
        let of_file = sign_in(to_come, "filecopyw0rk", "planted", "ada@example.com");
        let group = Group::of(&users, vec![sign_in(1, "w0rk", "seen", "ada@example.com"), of_file]);
        group.captures().of_user(2).unwrap().name_id.clone()
    };
    assert_eq!((sent(599), sent(601)), ("planted".into(), "seen".into()));
    // Where the newest has no NameID, an older one is no longer what is sent.
    let without = response(2, "", "ada@example.com").replace("<a:NameID></a:NameID>", "");
    let sent = vec![sign_in(1, "w0rk", "A-1", "ada@example.com"), arrival(2, "w0rk", &certified(&without))];
    let group = Group::of(&users, sent);
    assert_eq!((group.captures().count(), group.standings()[1]), (0, (2, Standing::Agree)));
    // A value that only looks the same judges nobody.
    let group = Group::of(&users, vec![sign_in(1, "w0rk", "a-1", "nobody@example.com")]);
    assert_eq!(group.standings()[1], (2, Standing::Agree));
}

#[test]
fn a_confirmed_further_address_is_theirs() {
    for (confirmed, expected) in [(true, Standing::Good), (false, Standing::EmailDiffers)] {
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
        (true, "Idp@example.com", Standing::TakenOver),
        (false, "Idp@example.com", Standing::IdpChanged),
        // GitLab looks for a primary address alone (4.2).
        (true, "other@example.com", Standing::IdpChanged),
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
fn who_is_signed_in_counts_for_the_sign_in_of_that_session_alone() {
    let users = [(1, "owner", "o", "-", "-"), (2, "ada", "n-ada", "-", "-")];
    // GitLab says who is signed in.
    let user = |at: i64, id: u64, username: &str| {
        json!({"id": format!("{:013}-w0rk-000009", NOW.0 + at * 1_000), "kind": "answer", "tab": 9, "status": 200,
            "url": "https://gitlab.com/api/v4/user", "answer": {"id": id, "username": username,
            "email": format!("{username}@example.com"), "confirmed_at": "2026-01-01T00:00:00Z", "identities": []}})
    };
    let nameless = |at: i64, name_id: &str| {
        let xml = response(at, name_id, "").replace("Name=\"email\"", "Name=\"other\"");
        arrival(at, "w0rk", &certified(&xml))
    };
    let reasons = |events: Vec<Value>| {
        let mut group = Group::of(&users, events);
        group.roll.change(2, |person| person.emails.clear());
        let captures = group.captures();
        let wrong = group.standings().iter().any(|(_, standing)| *standing == Standing::WrongAccount);
        ([1, 2].map(|id| captures.of_user(id).map(|captured| captured.reason)), wrong)
    };
    let (in_session, stored) = (Some(Reason::SignedIn), Some(Reason::Stored));
    let ends = |to: &str| answered(1, "w0rk", to);
    // Ada links her account; an hour later the owner is signed in.
    let linked = sign_in(1, "w0rk", "n-ada", "ada@example.com");
    let says = json!({"id": format!("{:013}-w0rk-000003", NOW.0 + 1_200), "kind": "page", "tab": 7, "rows": [],
        "url": "https://gitlab.com/acme", "page": "elsewhere",
        "fields": {"flash": ["SAML for acme: SSO has been connected to your GitLab account"]}});
    assert_eq!(reasons(vec![linked, ends("/acme"), says, user(400, 1, "owner")]), ([None, stored], false));
    // Without an address the session tells, but no other one, and none that GitLab refused to begin.
    let (sent, before) = (nameless(1, "x"), user(0, 2, "ada"));
    assert_eq!(reasons(vec![sent.clone(), ends("/acme"), user(5, 2, "ada")]), ([None, in_session], false));
    assert_eq!(reasons(vec![before, sent.clone(), ends("/acme")]), ([None, None], false));
    assert_eq!(reasons(vec![sent.clone(), ends("/users/sign_in"), user(5, 2, "ada")]), ([None, None], false));
    let next = nameless(4, "y");
    assert_eq!(reasons(vec![sent, next, user(5, 2, "ada")]), ([None, in_session], false));
}

#[test]
fn the_table_is_searched_sorted_filtered_and_counted() {
    let group = Group::captured(&USERS);
    let captures = group.captures();
    let mut table = Table::new(group.joined());
    let mut view = |query: Query| table.view(&group.roll, &captures, &query);
    let all = view(Query::default());
    assert_eq!((all.total, all.found, all.start, all.rows.len()), (17, 17, 0, 17));
    assert_eq!(
        (all.rows[0].standing, all.rows[0].label.as_str()),
        (Standing::WrongAccount, "WRONG (@wrong)")
    );
    assert!(all.rows.is_sorted_by_key(|row| row.standing));
    assert_eq!(all.counts.iter().map(|count| count.count).sum::<usize>(), 17);
    // Who is crossed with another one can sign in; who is not linked cannot.
    let counted =
        "17 users checked: 8 cannot sign in by SSO or reach the wrong account, 6 need attention, 1 proved";
    assert!(all.summary.text.starts_with(counted), "{}", all.summary.text);
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
    let filtered = Query { standings: vec![Standing::Crossed, Standing::Good], ..Query::default() };
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
    let listed = super::table::listed(&group.joined(), &group.roll, &captures, 1);
    assert_eq!(
        listed.iter().map(|(count, _)| count).collect::<Vec<_>>(),
        all.counts.iter().collect::<Vec<_>>()
    );
    assert!(listed.iter().all(|(count, rows)| rows.len() == 1 && rows[0].standing == count.standing));
    let beyond = view(Query { start: 1_000, ..by_saml });
    assert_eq!((beyond.start, beyond.rows.len()), (16, 1));
}

#[test]
fn who_cannot_sign_in_is_told_from_who_needs_attention() {
    for (users, expected, severity) in [
        (
            vec![(1, "owner", "o", "o", "-"), (2, "link", "-", "l", "-"), (3, "never", "-", "-", "-")],
            [2, 0],
            Severity::Warning,
        ),
        (
            vec![(1, "owner", "o", "o", "-"), (4, "crossed", "c", "d", "-"), (5, "partner", "d", "p", "-")],
            [0, 2],
            Severity::Error,
        ),
        (vec![(1, "owner", "o", "o", "o")], [0, 0], Severity::Good),
    ] {
        let summary = super::table::summary(&Group::captured(&users).joined());
        let [failing, attention] = expected;
        let said = format!("{failing} cannot sign in by SSO or reach the wrong account, {attention} need");
        assert!(summary.text.contains(&said), "{}", summary.text);
        assert_eq!(summary.severity, severity, "{}", summary.text);
    }
}

#[test]
fn every_standing_has_its_count_and_no_users_are_no_success() {
    let group = Group::of(&[], Vec::new());
    // The reader is no member and has no identity: an administrator.
    assert_eq!((group.standings(), group.roll.people().len()), (vec![], 1));
    let view = Table::default().view(&Roll::default(), &Captures::default(), &Query::default());
    assert_eq!((view.total, view.found, view.rows.len(), view.counts.len()), (0, 0, 0, 0));
    assert_eq!(view.summary.severity, Severity::Neutral);
    assert_eq!(STANDINGS.len(), group.joined().counts.len());
}

#[test]
fn what_nobody_signed_is_nobodys() {
    let forged = response(1, "attacker", "victim@example.com");
    let changed = certified(&forged).replace("attacker", "somebody");
    let empty = "<d:Signature xmlns:d=\"http://www.w3.org/2000/09/xmldsig#\"/><a:Subject>";
    let (before, key) = changed.split_once("<ds:KeyInfo>").unwrap();
    let without_key = format!("{before}{}", key.split_once("</ds:KeyInfo>").unwrap().1);
    let assertion = &forged[forged.find("<a:Assertion>").unwrap()..forged.find("</p:Response>").unwrap()];
    let declared = "<a:Assertion xmlns:a=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_1\">";
    let sent = [
        forged.clone(),
        changed,
        forged.replace("<a:Subject>", empty),
        without_key,
        forged.replace("</p:Response>", ""),
        assertion.replace("<a:Assertion>", declared),
        // By a key that is not the one of the settings.
        signer::signed(&forged).unwrap(),
    ];
    let by_get = {
        let mut get = arrival(1, "w0rk", "");
        let message = percent(&BASE64_STANDARD.encode(&forged));
        let query = format!("SAMLResponse={message}&SigAlg=x&Signature=AAAA");
        get["url"] = json!(format!("https://gitlab.com/groups/acme/-/saml/callback?{query}"));
        (get["method"], get["form"]) = (json!("GET"), json!([]));
        get
    };
    for event in sent.iter().map(|xml| arrival(1, "w0rk", xml)).chain([by_get]) {
        let group = Group::of(&USERS, vec![event.clone()]);
        assert_eq!(group.tracer.flows().len(), 1, "{event}");
        assert_eq!(group.captures(), Captures::default(), "{event}");
    }
}

fn percent(base64: &str) -> String {
    base64.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

#[test]
fn what_stands_beside_a_signed_assertion_says_nothing_of_it() {
    let users = [(1, "owner", "o", "o", "-"), (2, "ada", "old", "old", "-"), (3, "eve", "e", "e", "-")];
    let assertion = |id: &str, name_id: &str, email: &str| {
        let declared = format!("<a:Assertion xmlns:a=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"{id}\">");
        let whole = response(1, name_id, email);
        let (start, end) = (whole.find("<a:Assertion>").unwrap(), whole.find("</p:Response>").unwrap());
        whole[start..end].replace("<a:Assertion>", &declared)
    };
    let around = |content: &str| {
        arrival(
            1,
            "w0rk",
            &format!(
                "<p:Response xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_r\">{content}</p:Response>"
            ),
        )
    };
    let own = certified(&assertion("_own", "eve-2", "eve@example.com"));
    let alone = Group::of(&users, vec![around(&own)]).captures();
    assert_eq!(alone.of_user(3).map(|captured| captured.name_id.as_str()), Some("eve-2"));
    let other = assertion("_other", "old", "ada@example.com");
    for content in [format!("{other}{own}"), format!("{own}{other}")] {
        let group = Group::of(&users, vec![around(&content)]);
        let flow = &group.tracer.flows()[0];
        let name_id = flow.name_id(&group.tracer).map(|(name_id, _)| name_id.value);
        let read = (name_id, flow.attribute(&group.tracer, &["email"]));
        assert_eq!(read, (Some("eve-2".into()), Some("eve@example.com".into())));
        assert_eq!(group.captures(), Captures::default(), "nothing is repaired by such a message");
    }
}

/// GitLab's answer to the arrival at `at`: a redirect there.
fn answered(at: i64, boot: &str, location: &str) -> Value {
    json!({"id": format!("{:013}-{boot}-000002", NOW.0 + at * 1_000), "kind": "response", "request": format!("w0rk{at}"),
        "tab": 7, "method": "POST", "url": "https://gitlab.com/groups/acme/-/saml/callback", "status": 302,
        "location": location})
}

#[test]
fn what_gitlab_found_valid_is_proven_and_what_it_refused_is_not() {
    let users = [(1, "owner", "o", "o", "-"), (2, "ada", "old", "old", "-")];
    let captured = |events: Vec<Value>| {
        let captures = Group::of(&users, events).captures();
        captures.of_user(2).map(|captured| (captured.name_id.clone(), captured.imported))
    };
    // The key is not the one of the settings.
    let signed = signer::signed(&response(1, "new", "ada@example.com")).unwrap();
    let with = |location: &str| captured(vec![arrival(1, "w0rk", &signed), answered(1, "w0rk", location)]);
    for behind in ["/acme", "/users/sign_in", "/"] {
        assert_eq!(with(behind), Some(("new".into(), false)), "{behind}");
    }
    let landing = "https://gitlab.com/groups/acme/-/saml/sso";
    for before in [landing, "/groups/acme/-/saml", "/groups/acme/-/saml#response"] {
        assert_eq!(with(before), None, "{before}");
    }
    let of_file = vec![arrival(1, "w0rk", &signed), answered(1, "filecopyw0rk", "/acme")];
    assert_eq!(captured(of_file), Some(("new".into(), true)), "the answer is what proves it");
    // Signed as the settings have it, and refused all the same.
    let mine = sign_in(1, "w0rk", "new", "ada@example.com");
    assert_eq!(captured(vec![mine.clone()]), Some(("new".into(), false)));
    assert_eq!(captured(vec![mine, answered(1, "w0rk", landing)]), None);
    // GitLab answered another message that came along.
    let mut two = arrival(1, "w0rk", &signed);
    let other = signer::signed(&response(1, "eve", "eve@example.com")).unwrap();
    let query = percent(&BASE64_STANDARD.encode(other));
    two["url"] = json!(format!("https://gitlab.com/groups/acme/-/saml/callback?SAMLResponse={query}"));
    let mut answer = answered(1, "w0rk", "/acme");
    answer["url"] = two["url"].clone();
    assert_eq!(captured(vec![two, answer]), None);
}

//! Tests of whose a NameID is, and of what proves that it was sent.

use super::*;
use crate::{
    base::counted::counted,
    group::{member_verdict::MemberVerdict, tests::*},
    signer,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

/// The newest page that says so counts, whether anybody signed in or not.
#[test]
fn the_rules_of_the_group_are_those_of_its_settings_page() {
    let page = |number: i64, fields: &Value| {
        let mut page = settings_page();
        page["id"] = json!(format!("{:013}-w0rk-{number:06}", NOW.0 + 700_000 + number));
        for (field, value) in fields.as_object().unwrap() {
            page["fields"][field] = value.clone();
        }
        page
    };
    let of = |pages: &[Value]| {
        let pages = pages.iter().zip(2..).map(|(fields, number)| page(number, fields));
        let rules = Group::of(&[(1, "owner", "o", "-", "-")], pages.collect()).captures().rules;
        (rules.enforces_sso, rules.passwords_off, rules.version.map(|version| version.to_string()))
    };
    let (on, off) =
        (json!({"enforced": ["checked"]}), json!({"enforced": [""], "passwords-off": ["checked"]}));
    let old = json!({"version": ["15.6.2"]});
    assert_eq!(of(&[]), (None, false, None));
    assert_eq!(of(std::slice::from_ref(&on)), (Some(true), false, None));
    assert_eq!(of(&[on.clone(), off.clone()]), (Some(false), true, None));
    assert_eq!(of(&[off, on.clone()]), (Some(true), true, None));
    assert_eq!(of(&[old.clone(), on]), (Some(true), false, Some("15.6".to_owned())));
    assert_eq!(of(&[old, json!({"version": ["18.9.0-pre"]})]), (None, false, Some("18.9".to_owned())));
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
        assert!(found.is_none_or(|(_, captured)| captured.proof == Proof::Seen && captured.file.is_none()));
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
        let wrong =
            group.standings().into_iter().find(|(_, standing)| *standing == MemberVerdict::WrongAccount);
        assert_eq!(wrong, None);
    }
    // The newest counts.
    let sent =
        vec![sign_in(1, "w0rk", "old", "ada@example.com"), sign_in(2, "w0rk", "new", "ada@example.com")];
    let captures = Group::of(&users, sent).captures();
    let ada = captures.of_user(2).unwrap();
    assert_eq!((ada.name_id.as_str(), captures.count()), ("new", 1));
    // If the newest has no NameID, an older one is no longer what is sent.
    let without = response(2, "", "ada@example.com").replace("<a:NameID></a:NameID>", "");
    let sent = vec![sign_in(1, "w0rk", "A-1", "ada@example.com"), arrival(2, "w0rk", &certified(&without))];
    let group = Group::of(&users, sent);
    assert_eq!((group.captures().count(), group.standings()[1]), (0, (2, MemberVerdict::Agree)));
    // A value that only looks the same judges nobody.
    let group = Group::of(&users, vec![sign_in(1, "w0rk", "a-1", "nobody@example.com")]);
    assert_eq!(group.standings()[1], (2, MemberVerdict::Agree));
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
        let wrong = group.standings().iter().any(|(_, standing)| *standing == MemberVerdict::WrongAccount);
        ([1, 2].map(|id| captures.of_user(id).map(|captured| captured.reason)), wrong)
    };
    let (in_session, stored) = (Some(Reason::SignedIn), Some(Reason::Stored));
    let ends = |to: &str| redirected(1, "w0rk", to);
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

#[test]
fn what_gitlab_found_valid_is_proven_and_what_it_refused_is_not() {
    let users = [(1, "owner", "o", "o", "-"), (2, "ada", "old", "old", "-")];
    let captured = |events: Vec<Value>| {
        let captures = Group::of(&users, events).captures();
        captures.of_user(2).map(|captured| captured.name_id.clone())
    };
    // The key is not the one of the settings.
    let signed = signer::signed(&response(1, "new", "ada@example.com")).unwrap();
    let with = |location: &str| captured(vec![arrival(1, "w0rk", &signed), redirected(1, "w0rk", location)]);
    for behind in ["/acme", "/users/sign_in", "/"] {
        assert_eq!(with(behind), Some("new".to_owned()), "{behind}");
    }
    let landing = "https://gitlab.com/groups/acme/-/saml/sso";
    for before in [landing, "/groups/acme/-/saml", "/groups/acme/-/saml#response"] {
        assert_eq!(with(before), None, "{before}");
    }
    let of_file = vec![arrival(1, "w0rk", &signed), redirected(1, "filecopyw0rk", "/acme")];
    assert_eq!(captured(of_file), None, "what a file says is no answer to what this browser sent");
    // Signed as the settings have it, and refused all the same.
    let mine = sign_in(1, "w0rk", "new", "ada@example.com");
    assert_eq!(captured(vec![mine.clone()]), Some("new".to_owned()));
    assert_eq!(captured(vec![mine, redirected(1, "w0rk", landing)]), None);
    // GitLab answered another message that came along.
    let mut two = arrival(1, "w0rk", &signed);
    let other = signer::signed(&response(1, "eve", "eve@example.com")).unwrap();
    let query = percent(&BASE64_STANDARD.encode(other));
    two["url"] = json!(format!("https://gitlab.com/groups/acme/-/saml/callback?SAMLResponse={query}"));
    let mut answer = redirected(1, "w0rk", "/acme");
    answer["url"] = two["url"].clone();
    assert_eq!(captured(vec![two, answer]), None);
}

const ADA: &str = "ada@example.com";

#[test]
fn a_file_proves_what_the_groups_key_signed_and_nothing_else() {
    let users = [(1, "owner", "o", "o", "-"), (2, "ada", "old", "old", "-")];
    let of = |events: Vec<Value>| {
        let named = |mut event: Value| {
            if event["id"].as_str().unwrap().contains("-file") {
                event["file"] = json!("ada.har");
            }
            event
        };
        Group::of(&users, events.into_iter().map(named).collect()).captures()
    };
    let outcome = |captures: &Captures| {
        let captured = captures.of_user(2).map(|captured| {
            let at = captured.at.since(NOW) / 1_000;
            (captured.name_id.clone(), at, captured.file.clone(), captured.proof == Proof::Seen)
        });
        (captured, captures.claim_of(2).map(|claim| claim.why))
    };
    let in_file = |at: i64, xml: &str| arrival(at, "filecopyw0rk", xml);
    let signed = certified(&told(9, 100, "new", ADA));
    let proven = Some(("new".to_owned(), 100, Some("ada.har".to_owned()), false));
    // Its time is the one that is signed, whatever the file says.
    for at in [1, 9, 9_000_000] {
        assert_eq!(outcome(&of(vec![in_file(at, &signed)])), (proven.clone(), None), "{at}");
    }
    // Neither the redirect in a file nor a settings page in it prove anything, and no answer of it counts.
    let foreign = signer::signed(&told(1, 100, "new", ADA)).unwrap();
    let mut page = settings_page();
    page["id"] = json!(format!("{:013}-filecopyw0rk-000007", NOW.0 + 900_000));
    page["fields"] = json!({"fingerprint": ["00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33"]});
    let answer = redirected(1, "filecopyw0rk", "/acme");
    let forged = of(vec![in_file(1, &foreign), answer, page.clone()]);
    assert_eq!((outcome(&forged), forged.forged()), ((None, Some(Unproven::OtherKey)), 1));
    // A refusal that the file tells hides nothing, and takes nothing from what is signed.
    for location in ["/groups/acme/-/saml/sso", "https://gitlab.com/groups/acme/-/saml/sso"] {
        let refusal = redirected(1, "filecopyw0rk", location);
        assert_eq!(of(vec![in_file(1, &foreign), refusal.clone()]).forged(), 1, "{location}");
        assert_eq!(outcome(&of(vec![in_file(1, &signed), refusal])), (proven.clone(), None), "{location}");
    }
    assert!(forged.claim_of(2).unwrap().text().to_string().contains("ada.har"));
    assert_eq!(outcome(&of(vec![in_file(9, &signed), page])), (proven.clone(), None));
    for (xml, why) in [
        (told(1, 100, "new", ADA), Unproven::NotSigned),
        (signed.replace("\"new\"", "\"new\" ").replace(">new<", ">evil<"), Unproven::NotSigned),
        (certified(&told(1, 100, "new", ADA).replace("groups/acme", "groups/other")), Unproven::OtherPurpose),
        (certified(&told(1, 100, "new", ADA).replace("IssueInstant", "Issued")), Unproven::OtherPurpose),
    ] {
        assert_eq!(outcome(&of(vec![in_file(1, &xml)])), (None, Some(why)), "{xml}");
    }
    // What this browser saw later counts before it, whatever proves that; what it saw before does not.
    let seen = |at: i64, name_id: &str| sign_in(at, "w0rk", name_id, "ada@example.com");
    let by_sight = |name_id: &str, at: i64| Some((name_id.to_owned(), at, None, true));
    let with = |event: Value| outcome(&of(vec![in_file(1, &signed), event])).0;
    assert_eq!(with(seen(101, "other")), by_sight("other", 101));
    assert_eq!(with(seen(99, "other")), proven);
    assert_eq!(with(seen(101, "new")), by_sight("new", 101));
    let unproven = arrival(101, "w0rk", &signer::signed(&response(101, "other", "ada@example.com")).unwrap());
    assert_eq!(with(unproven), None);
    // Without the fingerprint values are shown, and nothing is taken from them.
    let mut unopened = Group::of(&users, Vec::new());
    unopened.tracer = Tracer::replay([serde_json::from_value(in_file(1, &signed)).unwrap()]);
    assert_eq!(outcome(&unopened.captures()), (None, Some(Unproven::KeyUnknown)));
}

#[test]
fn a_flood_in_a_file_costs_a_few_verifications_of_each_member() {
    let users = [(1, "owner", "o", "o", "-"), (2, "ada", "old", "old", "-")];
    let foreign = signer::signed(&told(1, 100, "new", ADA)).unwrap();
    let events = (0..200).map(|at| {
        arrival(at, "filecopyw0rk", &foreign.replace("<p:Response", &format!("<!--{at}--><p:Response")))
    });
    let group = Group::of(&users, events.collect());
    let (captures, done) = counted(|| group.captures());
    assert_eq!(captures.forged(), 1);
    assert!((1..=CANDIDATES).contains(&done.verified), "{done:?}");
}

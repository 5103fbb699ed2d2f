//! Tests of which repairs are offered, which are left to the person, and which are refused; and of what comes
//! of one.

mod changes;

use super::*;
use crate::{
    base::{instant::Timestamp, place::Sender, severity::Severity},
    group::{
        change::{Change, Confirmed, Deed},
        member_verdict::MemberVerdict,
        plan::ReadAnswer,
        tests::{Group, User, arrival, certified, redirected, response, settings_page, sign_in, told},
    },
    signer,
};
use serde_json::{Value, json};

/// The e-mail address of the member 2.
const ADA: &str = "ada@example.com";
const NOW: Timestamp = Timestamp(1_767_603_600_000);

const USERS: [User; 4] = [
    (1, "owner", "owner-1", "owner-1", "-"),
    (2, "ada", "old 1", "SCIM", "-"),
    (3, "eve", "eve", "eve-scim", "-"),
    (4, "sam", "-", "-", "-"),
];

fn instance() -> Instance {
    Instance::gitlab_com()
}

fn of(users: &[User], user: u64, identity: Identity, events: Vec<Value>) -> RepairPlan {
    let group = Group::of(users, events);
    plan(&group.roll, &group.captures(), (&instance(), "acme"), user, identity, 0).unwrap()
}

/// After a sign-in of `ada` with this NameID and e-mail address, seen by `boot`.
fn ada(boot: &str, name_id: &str, email: &str) -> RepairPlan {
    of(&USERS, 2, Identity::Saml, vec![sign_in(1, boot, name_id, email)])
}

fn why(plan: &RepairPlan) -> (&'static str, String) {
    match &plan.offer {
        Offer::Refused { because } => ("refused", because.join(" ")),
        Offer::CommandOnly { because } => ("command", because.join(" ")),
        Offer::Change { consents } => ("change", consents.join(" ")),
    }
}

#[test]
fn a_captured_name_id_with_the_users_own_address_may_be_set() {
    let plan = ada("w0rk", "new/'1", "ADA@example.com");
    let (offer, consent) = why(&plan);
    assert_eq!(offer, "change");
    assert_eq!(consent, "Change the SAML identifier of ADA (@ada) from “old 1” to “new/'1”.");
    let command = plan.command.unwrap();
    assert!(command.contains("--data 'extern_uid=new%2F%271'"), "{command}");
    assert!(command.contains("'https://gitlab.com/api/v4/groups/acme/saml/old%201'"), "{command}");
    assert!(command.contains("PRIVATE-TOKEN: $GITLAB_TOKEN"));
    assert_eq!((plan.current.as_deref(), plan.wanted.as_deref()), (Some("old 1"), Some("new/'1")));
    assert!(
        plan.evidence[0].contains("this browser recorded") && plan.evidence[2].contains("confirmed e-mail")
    );
    assert!(
        plan.ways[0].text.contains("Nothing changes in GitLab")
            && plan.ways.last().unwrap().text.contains("with the API")
    );
    assert!(plan.ways.iter().all(|way| way.link.as_deref() == Some(docs::TROUBLESHOOTING)));
}

/// A Response in the file `ada.har`.
fn in_file(at: i64, xml: &str) -> Value {
    let mut event = arrival(at, "filecopyw0rk", xml);
    event["file"] = json!("ada.har");
    event
}

#[test]
fn an_offer_by_a_file_names_the_file_and_the_time_that_is_signed() {
    let signed = certified(&told(1, 0, "new", ADA));
    let plan = of(&USERS, 2, Identity::Saml, vec![in_file(1, &signed)]);
    let Offer::Change { consents } = &plan.offer else { panic!("{:?}", plan.offer) };
    assert_eq!(consents.len(), 2);
    for said in [&consents[1], &plan.evidence[0]] {
        assert!(said.contains("“ada.har”") && said.contains("2026-01-05 09:00:00"), "{said}");
    }
    // Another sign-in, which this browser saw later: nothing is known of what is sent now.
    let other = signer::signed(&response(900, "other", ADA)).unwrap();
    let seen_later = vec![in_file(1, &signed), arrival(900, "w0rk", &other)];
    let (offer, said) = why(&of(&USERS, 2, Identity::Saml, seen_later));
    assert!(offer == "refused" && said.contains("No NameID was recorded"), "{said}");
}

#[test]
fn a_forged_file_leads_to_no_offer_and_no_command() {
    let forged = signer::signed(&told(1, 0, "attacker", ADA)).unwrap();
    let own = sign_in(1, "w0rk", "new", ADA);
    let signed = certified(&told(1, 0, "new", ADA));
    for (beside, offer) in [(None, "refused"), (Some(own), "change"), (Some(in_file(2, &signed)), "refused")]
    {
        let mut answer = redirected(1, "filecopyw0rk", "/acme");
        answer["file"] = json!("ada.har");
        let events = [in_file(1, &forged), answer].into_iter().chain(beside);
        let plan = of(&USERS, 2, Identity::Saml, events.collect());
        assert_eq!(why(&plan).0, offer);
        assert!(plan.wanted.as_deref() != Some("attacker") && plan.command.is_some() == (offer == "change"));
        let said = plan.evidence.last().unwrap();
        assert!(said.contains("ada.har") && said.contains("a sign of forgery"), "{said}");
    }
}

#[test]
fn what_cannot_be_seen_of_a_value_is_written_out() {
    let plan = ada("w0rk", "a\u{202e}b\u{9b}c&#10;d", "ada@example.com");
    let (offer, said) = why(&plan);
    assert_eq!(offer, "change");
    let texts = [said.as_str(), &plan.evidence[0], plan.command.as_deref().unwrap()];
    for text in texts {
        assert!(!text.contains(['\u{202e}', '\u{9b}']) && !text.contains("c\nd"), "{text}");
    }
    for code in ["U+202E", "U+009B", "U+000A"] {
        assert!(texts[..2].iter().all(|text| text.contains(code)), "{code}: {texts:?}");
    }
}

#[test]
fn what_is_not_surely_right_is_refused() {
    for (plan, expected) in [
        (of(&USERS, 2, Identity::Saml, Vec::new()), "No NameID was recorded"),
        (ada("w0rk", "Old 1", "nobody@example.com"), "No NameID was recorded"),
        (ada("w0rk", "old 1", "nobody@example.com"), "No NameID was recorded"),
        (ada("w0rk", "eve", "ada@example.com"), "for another user"),
        (ada("w0rk", "EVE-scim", "ada@example.com"), "for another user"),
        (ada("w0rk", " ", "ada@example.com"), "is empty"),
        (ada("w0rk", "..", "ada@example.com"), "cannot be part of an address"),
        (ada("w0rk", "old 1", "ada@example.com"), "already has this value"),
        (
            of(&USERS, 4, Identity::Saml, vec![sign_in(1, "w0rk", "s", "sam@example.com")]),
            "nothing to change",
        ),
        (
            of(&USERS, 2, Identity::Scim, vec![sign_in(1, "w0rk", "scim", "ada@example.com")]),
            "already has this value",
        ),
    ] {
        let (offer, because) = why(&plan);
        assert_eq!((offer, plan.command.is_none()), ("refused", true), "{because}");
        assert!(because.contains(expected), "{expected}: {because}");
    }
    let dots = [(2, "ada", "..", "-", "-")];
    let plan = of(&dots, 2, Identity::Saml, vec![sign_in(1, "w0rk", "new", ADA)]);
    assert_eq!((why(&plan).0, plan.command), ("refused", None));
    let shared = [(2, "ada", "x", "a", "-"), (3, "eve", "X", "b", "-")];
    let plan = of(&shared, 2, Identity::Saml, vec![sign_in(1, "w0rk", "new", ADA)]);
    assert!(why(&plan).1.contains("change the wrong one"));
    let shared = [(2, "ada", "a", "x", "-"), (3, "eve", "b", "X", "-")];
    let plan = of(&shared, 2, Identity::Scim, vec![sign_in(1, "w0rk", "new", ADA)]);
    assert!(why(&plan).1.contains("change the wrong one"));
}

#[test]
fn of_two_that_are_crossed_the_other_one_can_be_corrected() {
    let users = [(4, "crossed", "c", "d", "-"), (5, "partner", "d", "p", "-")];
    let sign_ins = || {
        vec![sign_in(1, "w0rk", "c", "crossed@example.com"), sign_in(2, "w0rk", "p", "partner@example.com")]
    };
    // Each path finds one identity: GitLab looks among those of one kind.
    for (user, identity, path) in
        [(4, Identity::Scim, "/api/v4/groups/acme/scim/d"), (5, Identity::Saml, "/api/v4/groups/acme/saml/d")]
    {
        let plan = of(&users, user, identity, sign_ins());
        assert_eq!(why(&plan).0, "change", "{:?}", plan.offer);
        assert!(plan.command.unwrap().contains(path), "{path}");
    }
}

#[test]
fn a_name_id_that_was_sent_for_two_users_is_set_for_neither() {
    let users = [(1, "owner", "o", "o", "-"), (2, "ada", "old", "old", "-"), (3, "eve", "eve", "eve", "-")];
    // Whether it was the newest of theirs or not.
    for eve_since in ["Tenant-1", "eve"] {
        let sent = vec![
            sign_in(1, "w0rk", "TENANT-1", "eve@example.com"),
            sign_in(2, "w0rk", eve_since, "eve@example.com"),
            sign_in(3, "w0rk", "tenant-1", "ada@example.com"),
        ];
        let plan = of(&users, 2, Identity::Saml, sent.clone());
        assert_eq!((why(&plan).0, plan.command.is_none()), ("refused", true));
        assert!(why(&plan).1.contains("for another user, too"), "{:?}", plan.offer);
        let group = Group::of(&users, sent);
        let joined = group.joined();
        let line = joined.line(2).unwrap();
        assert_eq!((line.standing, line.other), (MemberVerdict::WrongAccount, Some(3)));
        let values = joined.values(&group.roll, &group.captures(), line);
        let why = line.standing.kind().why(&values).to_string();
        assert!(why.contains("for this member and for EVE (@eve)"), "{why}");
        assert_eq!(joined.line(3).unwrap().other, (eve_since != "eve").then_some(2));
    }
}

#[test]
fn another_address_than_the_users_is_refused_and_an_unknown_one_leaves_the_command() {
    // The user name says whose it is; the address says that it is somebody else's.
    let with_username = |email: &str| {
        let attribute = r#"<a:Attribute Name="username"><a:AttributeValue>ada</a:AttributeValue></a:Attribute></a:AttributeStatement>"#;
        let mut xml = response(1, "new", email).replace("</a:AttributeStatement>", attribute);
        if email.is_empty() {
            xml = xml.replace(r#"Name="email""#, r#"Name="other""#);
        }
        arrival(1, "w0rk", &certified(&xml))
    };
    let differs = of(&USERS, 2, Identity::Saml, vec![with_username("somebody@example.com")]);
    assert_eq!(why(&differs).0, "refused");
    assert!(why(&differs).1.contains("No NameID was recorded") && differs.command.is_none());
    let stored = ada("w0rk", "old 1", "somebody@example.com");
    assert!(why(&stored).1.contains("not one of the confirmed addresses"), "{:?}", stored.offer);
    let unknown = of(&USERS, 2, Identity::Saml, vec![with_username("")]);
    assert_eq!((why(&unknown).0, unknown.command.is_some()), ("command", true));
    assert!(why(&unknown).1.contains("cannot know"));
    let slash = [(2, "ada", "a/b", "-", "-")];
    let plan = of(&slash, 2, Identity::Saml, vec![sign_in(1, "w0rk", "new", ADA)]);
    assert_eq!(why(&plan).0, "command");
    assert!(plan.command.unwrap().contains("/saml/a%2Fb'"));
}

#[test]
fn with_identities_that_were_not_read_only_the_command_is_left() {
    let mut group = Group::of(&USERS, vec![sign_in(1, "w0rk", "new", ADA)]);
    group.roll.lists_scim = false;
    let plan = plan(&group.roll, &group.captures(), (&instance(), "acme"), 2, Identity::Saml, 0).unwrap();
    assert_eq!(why(&plan).0, "command");
    assert!(why(&plan).1.contains("Not all identities"));
}

#[test]
fn what_is_refused_is_no_way_out_either() {
    let plan = ada("w0rk", "new", "eve@example.com");
    assert_eq!(why(&plan).0, "refused");
    assert!(
        plan.ways.iter().all(|way| !way.text.contains("with the API")) && plan.ways.len() == 3,
        "{plan:?}"
    );
}

#[test]
fn owners_and_many_users_get_their_own_words() {
    let group = Group::of(&USERS, vec![sign_in(1, "w0rk", "new", "owner@example.com")]);
    let of = |identity, differing| {
        plan(&group.roll, &group.captures(), (&instance(), "acme"), 1, identity, differing).unwrap()
    };
    let saml = of(Identity::Saml, 0);
    assert!(saml.risks.iter().any(|risk| risk.contains("only owner")));
    assert!(saml.risks.iter().any(|risk| risk.contains("your own account")));
    assert!(saml.ways.iter().any(|way| way.text.contains("must not disconnect")));
    assert!(!saml.ways.iter().any(|way| way.text.contains("disconnects SAML")));
    assert_eq!(of(Identity::Scim, MANY - 1).ways.len() + 1, of(Identity::Scim, MANY).ways.len());
    assert!(
        ada("w0rk", "new", "ada@example.com").ways.iter().any(|way| way.text.contains("lose their role"))
    );
}

fn ways_where(field: &str, value: &str) -> [Vec<String>; 2] {
    let mut page = settings_page();
    page["fields"][field] = json!([value]);
    page["id"] = json!(format!("{:013}-w0rk-000002", NOW.0 + 700_000));
    let group = Group::of(&USERS, vec![sign_in(1, "w0rk", "new", ADA), page]);
    let captures = group.captures();
    let of =
        |user| plan(&group.roll, &captures, (&instance(), "acme"), user, Identity::Saml, 0).unwrap().ways;
    [1, 2].map(|user| of(user).into_iter().map(|way| way.text).collect())
}

#[test]
fn the_ways_out_follow_the_version_and_take_no_password_where_there_is_none() {
    for (field, value, stores, takes) in [
        ("version", "15.6.9", false, false), // No sign-in stored a new NameID.
        ("version", "15.7.0", true, true),
        ("passwords-off", "checked", true, false),
    ] {
        for ways in ways_where(field, value) {
            let is_offered = ways.iter().any(|way| way.contains("store the new NameID"));
            let is_taking = ways.iter().any(|way| passwords::needs_password(way));
            assert_eq!((is_offered, is_taking, ways.len() > 1), (stores, takes, true), "{value}: {ways:?}");
        }
    }
}

#[test]
fn a_scim_identifier_is_offered_towards_the_name_id_too() {
    let plan = of(&USERS, 2, Identity::Scim, vec![sign_in(1, "w0rk", "old 1", "ada@example.com")]);
    let (offer, consent) = why(&plan);
    assert_eq!(offer, "change");
    assert_eq!(consent, "Change the SCIM identifier of ADA (@ada) from “SCIM” to “old 1”.");
    let command = plan.command.unwrap();
    assert!(command.contains("'https://gitlab.com/api/v4/groups/acme/scim/SCIM'"), "{command}");
    assert!(
        command.contains("--request PATCH") && command.contains("--data 'extern_uid=old%201'"),
        "{command}"
    );
    assert!(plan.risks.iter().any(|risk| risk.contains("its next sync")), "{:?}", plan.risks);
    assert!(plan.ways[0].text.contains("externalId"), "{:?}", plan.ways[0]);
}

#[test]
fn a_scim_identifier_is_changed_and_read_back_among_its_kind() {
    let plan = of(&USERS, 2, Identity::Scim, vec![sign_in(1, "w0rk", "new", ADA)]);
    let identity = |value: &str| answer(200, json!({"extern_uid": value, "user_id": 2, "active": true}));
    let (change, asked) = changes::answered(&plan, &[identity("SCIM"), identity("new"), identity("new")]);
    assert_eq!(asked, ["GET scim/SCIM", "PATCH scim/SCIM", "GET scim/new"]);
    let outcome = change.outcome().unwrap();
    assert_eq!((outcome.stored.as_deref(), outcome.sentence.severity), (Some("new"), Severity::Good));
    assert!(outcome.sentence.text.contains("SCIM identifier"), "{}", outcome.sentence.text);
}

fn confirmed(plan: &RepairPlan) -> Confirmed {
    let Offer::Change { consents } = &plan.offer else { panic!("{:?}", plan.offer) };
    Confirmed {
        user: plan.user,
        identity: plan.identity,
        old: plan.current.clone().unwrap(),
        new: plan.wanted.clone().unwrap(),
        consents: consents.clone(),
    }
}

fn answer(status: u16, body: Value) -> ReadAnswer {
    ReadAnswer { status, body: body.to_string(), ..ReadAnswer::default() }
}

//! A group of forty people whose identity provider sends any field in any shape, seen and stored in part.

use super::*;
use crate::{
    base::place::Place,
    gitlab::instance::Instance,
    group::{
        plan::{Next, Plan, ReadAnswer},
        tests::{NOW, opened, sign_in},
    },
    trace::tracer::Tracer,
};
use serde_json::{Value, json};

const PEOPLE: u64 = 40;

/// The columns of the list, each with a value of its own for each person.
const COLUMNS: [&str; 5] = ["mail", "userPrincipalName", "objectId", "mailNickname", "employeeId"];

pub(in crate::group) fn cell(column: &str, id: u64) -> String {
    match column {
        "mail" => format!("Person.{id}@example.com"),
        "userPrincipalName" => format!("P{id}@corp.example.com"),
        "objectId" => format!("0000-{id:04}"),
        "mailNickname" => format!("nick{id}"),
        _ => format!("E{}", 10_000 - id),
    }
}

pub(in crate::group) fn list(people: impl Iterator<Item = u64>) -> Directory {
    let row = |id: u64| COLUMNS.map(|column| cell(column, id)).join(",");
    let rows: Vec<String> = people.map(row).collect();
    Directory::read(&format!("{}\n{}\n", COLUMNS.join(","), rows.join("\n"))).unwrap()
}

/// A group, with what is stored of each person and which people signed in with what.
fn group(
    saml: impl Fn(u64) -> Option<String>,
    scim: impl Fn(u64) -> Option<String>,
    sent: impl Fn(u64) -> Option<String>,
) -> (Roll, Captures) {
    group_of(PEOPLE, saml, scim, sent)
}

/// The same of so many people.
pub(in crate::group) fn group_of(
    people: u64,
    saml: impl Fn(u64) -> Option<String>,
    scim: impl Fn(u64) -> Option<String>,
    sent: impl Fn(u64) -> Option<String>,
) -> (Roll, Captures) {
    let ids = || 1..=people;
    let mut roll = Roll::default();
    let mut plan = Plan::new(Instance::gitlab_com(), "acme".into(), Place::default());
    read(&mut plan, &mut roll, people, &saml, &scim);
    let sent = ids()
        .filter_map(|id| Some(sign_in(id as i64, "w0rk", &sent(id)?, &format!("person.{id}@example.com"))));
    let tracer: Tracer = opened(sent.collect());
    let captures = Captures::of(&tracer, &roll, &Instance::gitlab_com(), "acme");
    (roll, captures)
}

/// Reads such a group.
pub(in crate::group) fn read(
    plan: &mut Plan,
    roll: &mut Roll,
    people: u64,
    saml: &dyn Fn(u64) -> Option<String>,
    scim: &dyn Fn(u64) -> Option<String>,
) {
    let ids = || 1..=people;
    let answer = |path: &str| -> Value {
        let page: usize =
            path.rsplit_once("page=").and_then(|(_, page)| page.split('&').next()?.parse().ok()).unwrap_or(1);
        // Lists of members come in pages of a hundred.
        let ids_of_page = || ids().skip((page - 1) * 100).take(100);
        let path = path.split('?').next().unwrap().strip_prefix("/api/v4").unwrap();
        let stored = |of: &dyn Fn(u64) -> Option<String>| -> Value {
            ids()
                .filter_map(|id| Some(json!({"user_id": id, "extern_uid": of(id)?, "active": true})))
                .collect()
        };
        match path {
            "/user" => json!({"id": 1, "username": "u1", "email": "person.1@example.com", "confirmed_at": "2026-01-01T00:00:00Z"}),
            "/groups/acme" => json!({"id": 9, "full_path": "acme"}),
            "/groups/acme/saml/identities" => stored(saml),
            "/groups/acme/scim/identities" => stored(scim),
            "/groups/acme/members" => ids_of_page()
                .map(|id| json!({"id": id, "username": format!("u{id}"), "name": format!("N {id}"), "access_level": 50}))
                .collect(),
            "/groups/acme/saml_users" => ids_of_page()
                .map(|id| json!({"id": id, "username": format!("u{id}"), "email": format!("person.{id}@example.com"),
                    "confirmed_at": "2026-01-01T00:00:00Z"}))
                .collect(),
            _ => json!([]),
        }
    };
    while let Next::Read(path) = plan.next(NOW) {
        let answer = ReadAnswer { status: 200, body: answer(&path).to_string(), ..ReadAnswer::default() };
        assert!(plan.take(roll, &path, &answer, NOW));
    }
}

pub(in crate::group) fn none(_: u64) -> Option<String> {
    None
}

fn found(expectation: &Expectation<'_>) -> Option<(String, Shape, Evidence)> {
    let Chosen::Found(field, by) = &expectation.name_id else { return None };
    let Made::Of(column, shape) = field.made else { panic!() };
    Some((expectation.directory.columns[column].name.clone(), shape, *by))
}

/// Every column in every shape, sent by seven people or stored of all but three.
#[test]
fn the_field_is_found_by_what_was_sent_and_by_what_is_stored() {
    let directory = list(1..=PEOPLE);
    for column in COLUMNS {
        for shape in SHAPES {
            let value = |id: u64| shape.of(&cell(column, id)).into_owned();
            // Where shapes give the same, the plainest is named.
            let plainest =
                SHAPES.into_iter().find(|it| (1..=PEOPLE).all(|id| it.of(&cell(column, id)) == value(id)));
            let expected = |by| Some((column.to_owned(), plainest.unwrap(), by));
            let old = |id: u64| Some(if id.is_multiple_of(13) { format!("old-{id}") } else { value(id) });

            let (roll, captures) = group(old, none, |id| (id <= 7).then(|| value(id)));
            let by_sent = Expectation::of(&directory, &roll, &captures, Columns::default());
            assert_eq!(found(&by_sent), expected(Evidence::Sent));
            assert_eq!(by_sent.members.len(), PEOPLE as usize);
            for (id, member) in &by_sent.members {
                assert_eq!(member.name_id, Some(value(*id)));
                assert_eq!(member.saml == Verdict::Exact, id % 13 != 0, "{id}");
            }

            let (roll, captures) = group(old, none, none);
            let by_stored = Expectation::of(&directory, &roll, &captures, Columns::default());
            assert_eq!(found(&by_stored), expected(Evidence::Saml));
            let Chosen::Found(field, _) = &by_stored.name_id else { panic!() };
            assert_eq!(field.tally(Evidence::Saml), Tally { equal: 37, other: 3 });
            let words: String = by_stored.statements().iter().map(|it| format!("{it:?}")).collect();
            for id in [13, 26, 39] {
                assert!(words.contains(&format!("N {id} (@u{id}): expected")), "{words}");
            }
            assert!(!words.contains("N 14 (@u14)"), "{words}");
        }
    }
}

#[test]
fn one_sign_in_that_sent_something_else_leaves_the_field_open() {
    let directory = list(1..=PEOPLE);
    let sent = |id: u64| (id <= 9).then(|| if id == 9 { "x".to_owned() } else { cell("objectId", id) });
    let (roll, captures) = group(none, none, sent);
    let it = Expectation::of(&directory, &roll, &captures, Columns::default());
    let Chosen::None(Some((field, Evidence::Sent))) = &it.name_id else { panic!("{:?}", it.name_id) };
    assert_eq!((field.column(), field.tally(Evidence::Sent)), (Some(2), Tally { equal: 8, other: 1 }));
    assert!(it.members.values().all(|member| member.name_id.is_none()));
    // A person can name it.
    let named = Columns { name_id: directory.column("OBJECTID"), ..Columns::default() };
    let it = Expectation::of(&directory, &roll, &captures, named);
    assert_eq!(it.members[&9].name_id.as_deref(), Some("0000-0009"));
    assert_eq!(it.members[&9].saml, Verdict::NotStored);
}

#[test]
fn columns_that_differ_for_others_are_not_chosen_between() {
    let content = "mail,one,two\nperson.1@example.com,a,a\nperson.2@example.com,b,c\n";
    let directory = Directory::read(content).unwrap();
    let (roll, captures) = group(none, none, |id| (id == 1).then(|| "a".to_owned()));
    let it = Expectation::of(&directory, &roll, &captures, Columns::default());
    let Chosen::Several(fields, Evidence::Sent) = &it.name_id else { panic!("{:?}", it.name_id) };
    assert_eq!(fields.iter().filter_map(Field::column).collect::<Vec<_>>(), [1, 2]);
    // Where they are the same for everybody, there is nothing to choose.
    let directory = Directory::read(&content.replace(",c", ",b")).unwrap();
    let it = Expectation::of(&directory, &roll, &captures, Columns::default());
    assert_eq!(it.name_id.field().and_then(Field::column), Some(1));
}

#[test]
fn a_guess_from_a_look_alike_or_a_user_name_of_nobody_is_no_evidence() {
    let directory = list(1..=PEOPLE);
    let (roll, captures) = group(none, none, none);
    let it = Expectation::of(&directory, &roll, &captures, Columns::default());
    assert_eq!(it.name_id, Chosen::None(None));
    let words: String = it.statements().iter().map(|it| format!("{it:?}")).collect();
    assert!(words.contains("--name-id") && words.contains("userPrincipalName"), "{words}");
}

#[test]
fn who_is_on_one_side_only_or_twice_is_named() {
    // 1 and 2 are not in the list, 41 is no member, 3 is in it twice.
    let directory = list((3..=PEOPLE + 1).chain([3]));
    let (roll, captures) = group(|id| Some(cell("objectId", id)), none, none);
    let it = Expectation::of(&directory, &roll, &captures, Columns::default());
    assert_eq!((it.missing.clone(), it.ambiguous.clone()), (vec![1, 2], vec![3]));
    // The rows of 3 are of nobody for sure.
    assert_eq!(it.others, [0, 38, 39]);
    assert_eq!(it.same_value, BTreeMap::from([("0000-0003".to_owned(), vec![0, 39])]));

    // Two accounts of one person: the second one has the address as a further one.
    let mut content = "mail,id\n".to_owned();
    (1..=PEOPLE).for_each(|id| content += &format!("{},{id}\n", cell("mail", id)));
    let directory = Directory::read(&content).unwrap();
    let (mut roll, captures) = group(none, none, none);
    roll.change(5, |person| {
        person.emails.clear();
        person.emails.push(crate::group::members::Email { address: cell("mail", 6), confirmed: true });
    });
    roll.change(7, |person| person.emails.iter_mut().for_each(|email| email.confirmed = false));
    let it = Expectation::of(&directory, &roll, &captures, Columns::default());
    assert_eq!(it.same_person, BTreeMap::from([(5, vec![5, 6])]));
    assert_eq!(it.without_address, [7]);
}

#[test]
fn the_field_of_external_id_is_found_too_and_a_difference_is_said() {
    let directory = list(1..=PEOPLE);
    let (roll, captures) =
        group(|id| Some(cell("userPrincipalName", id)), |id| Some(cell("objectId", id)), none);
    let it = Expectation::of(&directory, &roll, &captures, Columns::default());
    assert_eq!(it.external_id.field().and_then(Field::column), Some(2));
    let words: String = it.statements().iter().map(|it| format!("{it:?}")).collect();
    assert!(words.contains("Use the same field for both"), "{words}");
    let (roll, captures) = group(|id| Some(cell("objectId", id)), |id| Some(cell("objectId", id)), none);
    let it = Expectation::of(&directory, &roll, &captures, Columns::default());
    let words: String = it.statements().iter().map(|it| format!("{it:?}")).collect();
    assert!(!words.contains("Use the same field for both"), "{words}");
}

/// The JSON has the words and the numbers.
#[test]
fn the_report_has_all_that_the_words_say() {
    let directory = list(1..=PEOPLE);
    let (roll, captures) =
        group(|id| Some(cell("mail", id).to_lowercase()), none, |id| (id <= 5).then(|| cell("mail", id)));
    let it = Expectation::of(&directory, &roll, &captures, Columns::default());
    let report = serde_json::to_value(it.report()).unwrap();
    assert_eq!(report["name_id"]["known"], "found");
    assert_eq!(report["name_id"]["by"], "sent");
    assert_eq!(report["members"].as_array().unwrap().len(), PEOPLE as usize);
    assert_eq!(report["members"][7]["saml"], "case-only");
    assert_eq!(report["statements"], serde_json::to_value(it.statements()).unwrap());
    let words = report["statements"].to_string();
    // Of whom a sign-in was captured, the table speaks.
    assert!(!words.contains("(@u5): expected") && words.contains("(@u6): expected"), "{words}");
}

/// Whatever the pieces, the same is matched; and no piece makes more looks than it is given, but for those of
/// one member.
#[test]
fn pieces_of_any_size_match_the_same_and_make_few_looks() {
    let directory = list((3..=PEOPLE + 1).chain([3]));
    let stored = |id: u64| (!id.is_multiple_of(5)).then(|| cell("mailNickname", id));
    let (roll, captures) = group(stored, none, |id| (id <= 6).then(|| cell("mailNickname", id)));
    let whole = Expectation::of(&directory, &roll, &captures, Columns::default());
    let one_member = COLUMNS.len() + 2;
    for looks in [1, 2, 7, 50, 1_000, 100_000] {
        let mut matching = Matching::new(&directory, Columns::default());
        let (mut pieces, mut before) = (0, 0);
        let matched = loop {
            let step = matching.step((&directory, &roll, &captures), looks);
            assert!(matching.looks() - before <= looks + one_member, "{looks}");
            (before, pieces) = (matching.looks(), pieces + 1);
            if let Some(matched) = step {
                break matched;
            }
        };
        assert_eq!(matched, *whole, "{looks}");
        assert!(pieces <= before / looks + 10, "{looks}: {pieces} pieces for {before} looks");
        assert!(before <= matching.all(&directory, &roll), "{before}");
    }
}

/// The work grows with the rows and the members, not faster: four times as many take four times the looks.
#[test]
fn looks_grow_with_the_list() {
    let looks = |people: u64| {
        let directory = list(1..=people);
        let (roll, captures) = group_of(people, |id| Some(cell("objectId", id)), none, none);
        let mut matching = Matching::new(&directory, Columns::default());
        while matching.step((&directory, &roll, &captures), 1_000).is_none() {}
        matching.looks()
    };
    let (few, many) = (looks(100), looks(400));
    assert!(many <= 4 * few && few > 0, "{few} {many}");
}

/// However many members differ, the panel is told of few of them; the command line names all.
#[test]
fn the_panel_is_told_of_some_and_of_how_many_more() {
    let directory = list(1..=150);
    let stored = |id: u64| Some(if id <= 60 { cell("objectId", id) } else { format!("old-{id}") });
    let (roll, captures) = group_of(130, stored, none, |id| (id <= 5).then(|| cell("objectId", id)));
    let it = Expectation::of(&directory, &roll, &captures, Columns::default());
    let all = it.statements();
    let panel = Expectation::matched(&directory, &roll, &captures, &it).statements();
    let sentences = |statements: &[crate::scim::Statement], heading: &str| {
        let of = statements.iter().find(|it| it.heading.as_deref() == Some(heading));
        of.map(|it| it.sentences.len())
    };
    let heading = crate::text!("expected.refused").to_string();
    assert_eq!(sentences(&all, &heading), Some(70));
    assert_eq!(sentences(&panel, &heading), Some(51));
    assert!(format!("{panel:?}").contains("and 20 more"));
    assert!(format!("{all:?}").contains("(@u130)") && !format!("{panel:?}").contains("(@u130)"));
}

/// A person can name a shape, and the field of externalId.
#[test]
fn what_is_named_holds_with_its_counts() {
    let directory = list(1..=PEOPLE);
    let (roll, captures) =
        group(|id| Some(cell("mail", id).to_lowercase()), |id| Some(cell("objectId", id)), none);
    let named = Columns {
        name_id: directory.column("mail"),
        shape: Shape::Small,
        external_id: directory.column("employeeId"),
        ..Columns::default()
    };
    let it = Expectation::of(&directory, &roll, &captures, named);
    assert_eq!(it.count(MemberStanding::Fits), PEOPLE as usize);
    let words = format!("{:?}", it.statements());
    assert!(words.contains("“employeeId” as externalId: 0 of 40"), "{words}");
    let Chosen::Named(field) = &it.external_id else { panic!("{:?}", it.external_id) };
    assert_eq!(field.tally(Evidence::Scim), Tally { equal: 0, other: 40 });
}

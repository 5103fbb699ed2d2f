//! A list that comes in parts beside a group that was read, as a panel gives it.

use super::*;
use crate::{
    base::{place::Place, pseudonym::Salt},
    calls::list_reading::ListReading,
    file::export::Secrecy,
    gitlab::instance::Instance,
    group::{
        expected::{
            MemberStanding,
            tests::{cell, read},
        },
        export::Format,
        member_verdict::MemberVerdict,
        plan::PlanState,
        table::{Column as Sort, Query},
        tests::{opened, sign_in},
    },
    trace::tracer::Tracer,
};

const NOW: Timestamp = Timestamp(1_767_258_000_000);
const PEOPLE: u64 = 40;
const MAIL: &str = "mail,objectId,mailNickname\n";

/// All are stored with the object id but 13 with an old one, and 26 with none; three signed in. 39 sends
/// something else than the list lets expect, and 40 is not in it.
pub(in crate::group::check) fn group() -> (GroupCheck, Tracer) {
    let stored = |id: u64| match id {
        13 => Some("old-13".to_owned()),
        26 => None,
        _ => Some(cell("objectId", id)),
    };
    let sent = |id: u64| (id <= 3).then(|| cell("objectId", id));
    let sent = (1..=PEOPLE)
        .filter_map(|id| Some(sign_in(id as i64, "w0rk", &sent(id)?, &cell("mail", id).to_lowercase())));
    let tracer = opened(sent.collect());
    let mut check = GroupCheck::new(Instance::gitlab_com(), "acme".into(), Place::default());
    read(&mut check.plan, &mut check.roll, PEOPLE, &stored, &|_| None);
    assert_eq!(check.state(), PlanState::Done);
    (check, tracer)
}

pub(in crate::group::check) fn list() -> String {
    let row =
        |id: u64| format!("{},{},{}\n", cell("mail", id), cell("objectId", id), cell("mailNickname", id));
    MAIL.to_owned() + &(1..PEOPLE).chain([99]).map(row).collect::<String>()
}

/// Gives the list as a page does.
pub(in crate::group::check) fn give(check: &mut GroupCheck, content: &str) {
    use crate::calls::protocol::{GroupCall, ListCall, OwnCall};
    let mut reading = ListReading::new("people.csv".into());
    reading.read(content.as_bytes());
    reading.end().unwrap();
    while let Some(OwnCall::Group(GroupCall::List(call))) = reading.call() {
        match call {
            ListCall::Begin(new) => check.begin_list(new),
            ListCall::Rows { rows } => check.add_rows(&rows).unwrap(),
            ListCall::End => check.end_list().unwrap(),
            other => panic!("{other:?}"),
        }
    }
}

fn word(check: &mut GroupCheck, tracer: &Tracer, id: u64) -> (String, Option<MemberStanding>) {
    let row = check.row(tracer, id).unwrap();
    (row.word, row.expected.map(|it| it.standing))
}

#[test]
fn the_list_says_of_every_member_what_is_expected_and_the_capture_stays_what_it_is() {
    let (mut check, tracer) = group();
    let before: Vec<_> = (1..=PEOPLE).map(|id| check.row(&tracer, id).unwrap()).collect();
    assert!(before.iter().all(|row| row.expected.is_none()));
    give(&mut check, &list());
    let view = check.view(&tracer, &Query::default());
    let state = view.list.clone().unwrap();
    assert_eq!((state.name.as_str(), state.rows, state.progress), ("people.csv", 40, None));
    let counts: Vec<(MemberStanding, usize)> =
        state.counts.iter().map(|count| (count.standing, count.count)).collect();
    assert_eq!(
        counts,
        [
            (MemberStanding::Refused, 1),
            (MemberStanding::Missing, 1),
            (MemberStanding::Unlinked, 1),
            (MemberStanding::Fits, 37)
        ]
    );
    assert!(
        view.table.summary.text.contains("37 of 39 members are stored with it"),
        "{:?}",
        view.table.summary
    );

    // What was captured is as before; what is expected stands beside it.
    for (row, id) in before.iter().zip(1..) {
        let now = check.row(&tracer, id).unwrap();
        let standing = match (row.standing, now.expected.as_ref().map(|it| it.standing)) {
            (MemberVerdict::Agree, Some(MemberStanding::Fits)) => MemberVerdict::AsExpected,
            (MemberVerdict::Agree, Some(MemberStanding::Refused)) => MemberVerdict::NotAsExpected,
            (standing, _) => standing,
        };
        assert_eq!((now.name_id, now.standing), (row.name_id.clone(), standing), "{id}");
        let expected = now.expected.unwrap();
        let is_in_list = id != PEOPLE;
        assert_eq!(expected.value, is_in_list.then(|| cell("objectId", id)), "{id}");
        assert_eq!(expected.by, is_in_list.then(|| "sent 3/3".to_owned()));
    }
    let fits = (text!("expected.word.fits").to_string(), Some(MemberStanding::Fits));
    assert_eq!(word(&mut check, &tracer, 20), fits);
    let refused = (text!("expected.word.refused").to_string(), Some(MemberStanding::Refused));
    assert_eq!(word(&mut check, &tracer, 13), refused);
    let row = check.row(&tracer, 13).unwrap();
    assert_eq!(
        (row.severity, row.standing),
        (crate::base::severity::Severity::Warning, MemberVerdict::NotAsExpected)
    );
    assert!(row.why.contains("expected “0000-0013”, stored “old-13”"), "{}", row.why);
    // They are counted where they are shown.
    let counted = |standing: MemberVerdict| {
        view.table.counts.iter().find(|count| count.standing == standing).map(|count| count.count)
    };
    assert_eq!(counted(MemberVerdict::NotAsExpected), Some(1));
    assert_eq!(view.table.counts.iter().map(|count| count.count).sum::<usize>(), view.table.total);
    // Of a captured member the verdict is that of the sign-in.
    assert_eq!(word(&mut check, &tracer, 2), ("Match".to_owned(), Some(MemberStanding::Fits)));

    check.put_list_away();
    let after: Vec<_> = (1..=PEOPLE).map(|id| check.row(&tracer, id).unwrap()).collect();
    assert_eq!(after, before);
    assert_eq!(check.view(&tracer, &Query::default()).list, None);
}

#[test]
fn the_table_is_filtered_sorted_and_searched_by_what_is_expected() {
    let (mut check, tracer) = group();
    give(&mut check, &list());
    let mut found = |query: Query| -> Vec<u64> {
        check.view(&tracer, &query).table.rows.iter().map(|row| row.id).collect()
    };
    let of = |expected: &[MemberStanding]| Query { expected: expected.to_vec(), ..Query::default() };
    assert_eq!(found(of(&[MemberStanding::Refused])), [13]);
    assert_eq!(found(of(&[MemberStanding::Unlinked, MemberStanding::Missing])).len(), 2);
    assert_eq!(found(Query { text: "0000-0026".into(), ..Query::default() }), [26]);
    let sorted = found(Query { sort: Sort::Expected, ..Query::default() });
    // Who has none comes last.
    assert_eq!((sorted[0], sorted.last()), (1, Some(&PEOPLE)));
    let unlike = Query { standings: vec![MemberVerdict::NotAsExpected], ..Query::default() };
    assert_eq!(found(unlike), [13]);
}

#[test]
fn a_column_that_is_named_wrongly_is_taken_back() {
    let (mut check, tracer) = group();
    give(&mut check, &list());
    let right = check.list_view(&tracer, NOW).unwrap();
    assert_eq!(
        (right.holds.email, right.holds.name_id, right.named),
        (Some(0), Some(1), NamedColumns::default())
    );
    assert_eq!(right.columns[1].examples, ["0000-0001", "0000-0002", "0000-0003"]);
    let serial = check.list_state().unwrap().serial;
    check.name_columns(NamedColumns { name_id: Some(2), ..NamedColumns::default() });
    assert_ne!(check.list_state().unwrap().serial, serial);
    let wrong = check.list_view(&tracer, NOW).unwrap();
    assert_eq!((wrong.holds.name_id, wrong.named.name_id), (Some(2), Some(2)));
    let words = format!("{:?}", wrong.statements);
    assert!(words.contains("You say that the NameID is “mailNickname”. 0 of 3"), "{words}");
    let row = check.row(&tracer, 1).unwrap().expected.unwrap();
    assert!(row.said[0].text.contains("The sign-in counts."), "{row:?}");
    // No column of that number: as if none were named.
    check.name_columns(NamedColumns { name_id: Some(99), ..NamedColumns::default() });
    assert_eq!(check.list_view(&tracer, NOW).unwrap(), right);
}

#[test]
fn the_files_have_what_is_expected_and_a_redacted_one_no_value_of_it() {
    let (mut check, tracer) = group();
    give(&mut check, &list());
    for format in [Format::Csv, Format::Json] {
        let clear =
            check.export(&tracer, format, (Secrecy::Clear, Salt::default()), (&Query::default(), 0)).content;
        assert!(clear.contains("name_id_expected") && clear.contains("sent 3/3"), "{clear}");
        assert!(clear.contains("0000-0026") && clear.contains("unlinked"), "{clear}");
        let redacted = check
            .export(&tracer, format, (Secrecy::default(), Salt::default()), (&Query::default(), 0))
            .content;
        assert!(redacted.contains("unlinked") && !redacted.contains("0000-0026"), "{redacted}");
    }
}

#[test]
fn rows_of_a_list_that_is_gone_are_refused_in_words() {
    let (mut check, tracer) = group();
    assert!(check.add_rows("[]").unwrap_err().to_string().contains("Choose the file again"));
    assert!(check.end_list().is_err());
    give(&mut check, &list());
    // A list that is whole takes no more rows.
    assert!(check.add_rows("[[\"x\"]]").is_err());
    check.begin_list(NewList { columns: vec!["mail".into()], ..NewList::default() });
    let said = check.add_rows("[[\"s3cr3t\", 1]]").unwrap_err().to_string();
    assert!(!said.contains("s3cr3t"), "{said}");
    // It waits for its rows, and nothing is expected meanwhile.
    assert_eq!(check.list_state().unwrap().progress, Some((0, 1)));
    assert_eq!(check.list_view(&tracer, NOW), None);
    assert!(check.row(&tracer, 1).unwrap().expected.is_none());
}

/// A new sign-in is taken into account: it says that the list's column is another one.
#[test]
fn it_is_matched_again_when_something_was_captured() {
    let (mut check, tracer) = group();
    give(&mut check, &list());
    check.view(&tracer, &Query::default());
    let more = (1..=5).map(|id| {
        sign_in(id as i64, "w0rk", &cell("mailNickname", id as u64), &cell("mail", id as u64).to_lowercase())
    });
    let other = opened(more.collect());
    let mut check = check.replayed(&other).unwrap();
    check.view(&other, &Query::default());
    assert_eq!(check.list_view(&other, NOW).unwrap().holds.name_id, Some(2));
}

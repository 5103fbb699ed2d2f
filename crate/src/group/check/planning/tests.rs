//! A plan beside a group that was read and its list of people, as a panel makes it.

use super::*;
use crate::group::{
    check::list::tests::{give, group, list},
    expected::tests::cell,
};

const NOW: Timestamp = Timestamp(1_767_258_000_000);

fn field(to: Option<usize>) -> Option<PlannedChange> {
    Some(PlannedChange { change: Change::Field, to, shape: Shape::AsItIs })
}

fn words(said: &[Statement]) -> String {
    let sentences = said.iter().flat_map(|it| &it.sentences).map(|it| it.text.clone());
    let steps = said.iter().flat_map(|it| &it.steps).map(|it| it.text.clone());
    sentences.chain(steps).collect::<Vec<_>>().join("\n")
}

/// Two of three have the object id, the others something else; the nickname is nobody's.
#[test]
fn a_plan_says_who_matches_before_and_after_and_which_steps_come() {
    let (mut check, tracer) = group();
    check.plan_change(field(Some(2)));
    assert_eq!(check.list_state(), None, "without a list there is nothing to plan with");
    give(&mut check, &list());
    check.list_view(&tracer, NOW).unwrap();
    check.plan_change(field(None));
    let view = check.list_view(&tracer, NOW).unwrap();
    assert!(view.planned.is_empty(), "the new field is not named");
    check.plan_change(field(Some(2)));
    let view = check.list_view(&tracer, NOW).unwrap();
    let said = words(&view.planned);
    // The columns of today stay what they were.
    assert_eq!(view.holds.name_id, Some(1));
    let of_37 = text!("plan.today", count = 37).to_string();
    for part in [of_37.as_str(), "0 of 40 members", "save the scripts here", "Press “Read again”"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("--"), "{said}");
    assert_eq!(check.list_state().unwrap().planned, field(Some(2)));
    // A shape makes other values of the same column.
    let shaped = PlannedChange { change: Change::Field, to: Some(0), shape: Shape::BeforeAt };
    check.plan_change(Some(shaped));
    let said = words(&check.list_view(&tracer, NOW).unwrap().planned);
    assert!(said.contains("0 of 40 members"), "{said}");
    check.plan_change(None);
    assert!(check.list_view(&tracer, NOW).unwrap().planned.is_empty());
}

#[test]
fn what_today_expects_is_the_same_with_a_plan_and_without() {
    let (mut check, tracer) = group();
    give(&mut check, &list());
    let before = check.list_view(&tracer, NOW).unwrap();
    let row = check.row(&tracer, 13);
    check.plan_change(field(Some(2)));
    let after = check.list_view(&tracer, NOW).unwrap();
    assert_eq!((after.statements, after.holds), (before.statements, before.holds));
    assert_eq!(check.row(&tracer, 13), row);
}

#[test]
fn a_column_that_the_list_does_not_have_plans_nothing() {
    let (mut check, tracer) = group();
    give(&mut check, &list());
    check.plan_change(field(Some(99)));
    assert!(check.list_view(&tracer, NOW).unwrap().planned.is_empty());
    assert_eq!(check.list_state().unwrap().progress, None, "nobody waits for it");
}

/// GitLab has one identifier more that is the new value: read again, the plan says how far it is.
#[test]
fn it_says_how_far_it_has_come_when_the_group_is_read_again() {
    let (mut check, tracer) = group();
    give(&mut check, &list());
    check.plan_change(field(Some(2)));
    let first = words(&check.list_view(&tracer, NOW).unwrap().planned);
    assert!(!first.contains("When you began"), "{first}");
    check.read_again();
    let stored = |id: u64| Some(cell(if id <= 9 { "mailNickname" } else { "objectId" }, id));
    crate::group::expected::tests::read(&mut check.plan, &mut check.roll, 40, &stored, &|_| None);
    let now = words(&check.list_view(&tracer, NOW).unwrap().planned);
    let since = text!("plan.since", begun = 0, count = 9).to_string();
    assert!(now.contains(&since) && now.contains("9 of 40 members"), "{now}");
    // Another plan begins at its own number.
    check.plan_change(Some(PlannedChange { change: Change::ScimApp, to: None, shape: Shape::AsItIs }));
    let other = words(&check.list_view(&tracer, NOW).unwrap().planned);
    assert!(!other.contains("When you began"), "{other}");
}

#[test]
fn of_a_new_provider_the_list_says_nothing_of_today_and_its_side_is_compared() {
    let (mut check, tracer) = group();
    give(&mut check, &list());
    assert!(check.take_new_side("x", "https://idp.example.com").is_err(), "no change is planned");
    let chosen = Some(PlannedChange { change: Change::Provider, to: None, shape: Shape::AsItIs });
    check.plan_change(chosen);
    let said = words(&check.list_view(&tracer, NOW).unwrap().planned);
    assert!(said.contains(&text!("plan.today.provider").to_string()), "{said}");
    assert!(check.take_new_side("x", "three words, no Issuer").is_err());
    check.take_new_side("x", "https://new.example.com").unwrap();
    let view = check.list_view(&tracer, NOW).unwrap();
    assert_eq!(view.planned.len(), 2);
    let said = words(&view.planned[1..]);
    assert!(said.contains("https://new.example.com"), "{said}");
    // Choosing a column keeps it; another kind of change does not.
    check.plan_change(Some(PlannedChange { change: Change::Provider, to: Some(1), shape: Shape::AsItIs }));
    assert_eq!(check.list_view(&tracer, NOW).unwrap().planned.len(), 2);
    check.plan_change(Some(PlannedChange { change: Change::ScimApp, to: None, shape: Shape::AsItIs }));
    assert_eq!(check.list_view(&tracer, NOW).unwrap().planned.len(), 1);
}

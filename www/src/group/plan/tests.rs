//! The plan and the scripts, rendered to text. What their buttons do is tested in a real browser.

use super::*;
use crate::tests::shown;
use samlight::{
    base::severity::{Actor, Sentence, Severity},
    group::{
        check::{GroupView, ListState, ListView},
        expected::NamedColumns,
        script::{FILES, ScriptPart, ScriptTally},
    },
};

const HOSTILE: &str = "<img src=x onerror=alert(1)>";

fn state(planned: Option<Change>) -> ListState {
    let planned = planned.map(|change| PlannedChange { change, to: None, shape: Shape::AsItIs });
    ListState { name: "people.csv".into(), serial: 1, rows: 2, progress: None, counts: Vec::new(), planned }
}

fn view(planned: Vec<Statement>) -> ListView {
    let column = |name: &str, example: &str| ColumnView {
        name: name.into(),
        role: None,
        examples: vec![example.into()],
    };
    ListView {
        columns: vec![column("mail", "ada@example.com"), column("objectId", HOSTILE)],
        holds: NamedColumns::default(),
        named: NamedColumns::default(),
        statements: Vec::new(),
        planned,
    }
}

fn of_plan() -> Statement {
    let step = |text: &str| Step { text: text.into(), link: None, by: Some(Actor::GroupOwner) };
    Statement {
        heading: Some("THE PLAN".into()),
        sentences: vec![Sentence { severity: Severity::Error, text: format!("40 LOST: {HOSTILE}") }],
        steps: vec![step("STEP ONE"), step("STEP TWO")],
    }
}

fn html(state: Option<ListState>, view: Option<ListView>, of: impl Fn(&App)) -> String {
    shown(|app| {
        app.group.list.state.set(state.clone());
        app.group.list.view.set(view.clone().map(Rc::new));
        of(app);
        plan(app)
    })
}

#[test]
fn without_a_list_it_is_asked_for_and_nothing_else() {
    let html = html(None, None, |_| ());
    assert!(html.contains("Give the list of people above first"), "{html}");
    assert!(!html.contains("data-change") && !html.contains("plan-column"), "{html}");
}

#[test]
fn only_what_is_not_known_is_asked_for() {
    let of = |change| html(Some(state(change)), Some(view(Vec::new())), |_| ());
    let none = of(None);
    assert_eq!(none.matches("data-change").count(), CHANGES.len());
    assert!(!none.contains("plan-column"), "{none}");
    let field = of(Some(Change::Field));
    assert!(field.contains("plan-column") && field.contains("objectId"), "{field}");
    assert!(!field.contains("Issuer") && !field.contains("<img"), "{field}");
    assert!(field.contains("Choose the column of the new NameID"), "{field}");
    let provider = of(Some(Change::Provider));
    assert!(provider.contains("plan-column") && provider.contains("its SAML metadata"), "{provider}");
    let app = of(Some(Change::ScimApp));
    assert!(!app.contains("plan-column") && !app.contains("its SAML metadata"), "{app}");
}

#[test]
fn a_plan_is_shown_with_its_numbers_its_steps_and_the_ticks_of_before() {
    let side = Statement { heading: Some("THE NEW SIDE".into()), ..Statement::default() };
    let html = html(Some(state(Some(Change::Field))), Some(view(vec![of_plan(), side])), |app| {
        // Of another plan, too: it does not count.
        app.group.plan.done.set(vec!["STEP TWO".into(), "ANOTHER".into()]);
    });
    for part in [
        "THE PLAN",
        "40 LOST",
        "STEP ONE",
        "STEP TWO",
        "THE NEW SIDE",
        "1 of 2 steps are done",
        "Dismiss the plan",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert_eq!(html.matches("type=\"checkbox\"").count(), 2);
    assert_eq!(html.matches("class=\"actor\"").count(), 2);
    assert!(!html.contains("<img"), "{html}");
}

#[test]
fn the_scripts_are_prepared_when_all_is_read_and_each_is_saved_by_its_own_button() {
    let of = |can_read_again: bool| {
        html(None, None, |app| {
            let view = GroupView { can_read_again, ..GroupView::default() };
            app.group.known.set(Some(crate::app::group::KnownGroup::View(Rc::new(view))));
        })
    };
    let is_disabled = |html: &str| {
        let (_, button) = html.split_once("scripts-prepare").unwrap();
        button.split('>').next().unwrap().contains("disabled")
    };
    let unread = of(false);
    for part in ["Samlight runs neither", "Save undo.sh first", "only say what they would do", "environment"]
    {
        assert!(unread.contains(part), "{part}: {unread}");
    }
    assert!(is_disabled(&unread) && !is_disabled(&of(true)), "{unread}");
    assert!(!unread.contains("data-script"), "{unread}");
    let tally = ScriptTally { corrections: 40, expected: 37, left_out: 0 };
    let files = ["A".into(), "B".into(), String::new()];
    let part = ScriptPart { files, tally, next: None };
    let shown = shown(|app| {
        // What was prepared before the parts are shown is dropped with them; what comes after stays.
        let view = scripts(app);
        app.group.plan.scripts.set(Some(Rc::new(part.clone())));
        view
    });
    assert!(shown.contains("40 identifiers can be corrected") && shown.contains("37 of them"), "{shown}");
    assert_eq!(shown.matches("data-script").count(), FILES.len());
    let (_, last) = shown.split_once("data-script=\"left-out.txt\"").unwrap();
    assert!(last.split('>').next().unwrap().contains("disabled"), "{last}");
}

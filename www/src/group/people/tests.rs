//! The list of people, rendered to text. What it does with files and fields is tested in a real browser.

use super::*;
use crate::tests::shown;
use samlight::{
    base::severity::{Sentence, Severity},
    group::{
        check::{ColumnView, ListView},
        expected::{MemberStanding, NamedColumns},
    },
};

const HOSTILE: &str = "<img src=x onerror=alert(1)>";

fn state(progress: Option<(usize, usize)>) -> ListState {
    let count = StandingCount {
        standing: MemberStanding::Refused,
        word: "Not stored as expected".into(),
        severity: Severity::Warning,
        count: 3,
    };
    ListState {
        name: "people.csv".into(),
        serial: 1,
        rows: 250,
        progress,
        counts: vec![count],
        planned: None,
    }
}

fn view(named: NamedColumns) -> ListView {
    let column = |name: &str, example: &str| ColumnView {
        name: name.into(),
        role: Some(format!("THE ROLE OF {name}")),
        examples: vec![example.into()],
    };
    let statement = |heading: Option<&str>, text: &str| Statement {
        heading: heading.map(str::to_owned),
        sentences: vec![Sentence { severity: Severity::Info, text: text.into() }],
        ..Statement::default()
    };
    ListView {
        columns: vec![column("mail", "ada@example.com"), column("objectId", HOSTILE)],
        holds: NamedColumns { email: Some(0), name_id: Some(1), ..named },
        named,
        statements: vec![
            statement(Some("THE LIST"), "OF THE LIST"),
            statement(None, "OF THE FIELDS"),
            statement(Some("MEMBERS WHO DIFFER"), HOSTILE),
        ],
        planned: Vec::new(),
    }
}

fn html(of: impl Fn(&App)) -> String {
    shown(|app| {
        of(app);
        people(app)
    })
}

fn with(state: Option<ListState>, view: Option<ListView>) -> String {
    html(|app| {
        app.group.list.state.set(state.clone());
        app.group.list.view.set(view.clone().map(Rc::new));
    })
}

#[test]
fn without_a_list_it_says_what_becomes_of_one() {
    let html = with(None, None);
    for part in ["Nothing of it is stored or sent", "type=\"file\"", "Paste a table instead"] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("Dismiss") && !html.contains("<select"), "{html}");
}

#[test]
fn a_list_is_shown_with_its_columns_their_examples_and_what_holds() {
    let html = with(Some(state(None)), Some(view(NamedColumns::default())));
    for part in [
        "Compared with people.csv: 250 people.",
        "Not stored as expected: 3",
        "mail (ada@example.com)",
        "Found by Samlight: objectId",
        "Let Samlight find it",
        "THE ROLE OF mail",
        "OF THE LIST",
        "OF THE FIELDS",
        "MEMBERS WHO DIFFER: 1",
        "Dismiss the list",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("<img"), "{html}");
    let named =
        with(Some(state(None)), Some(view(NamedColumns { name_id: Some(1), ..NamedColumns::default() })));
    assert!(!named.contains("Found by Samlight: objectId"), "{named}");
}

#[test]
fn how_far_it_is_and_what_went_wrong_is_said() {
    let half = with(Some(state(Some((50, 100)))), None);
    assert!(half.contains("Comparing… 50 %"), "{half}");
    let reading = html(|app| app.group.list.is_reading.set(true));
    assert!(reading.contains("Reading the list"), "{reading}");
    let problem = html(|app| app.group.list.problem.set("THE PROBLEM".into()));
    assert!(problem.contains("role=\"alert\"") && problem.contains("THE PROBLEM"), "{problem}");
}

#[test]
fn a_list_that_is_gone_is_said_to_be_gone_but_not_while_another_is_read() {
    let gone = html(|app| {
        app.group.list.state.set(Some(state(None)));
        follow(app, None);
    });
    assert!(gone.contains("The list of people is gone"), "{gone}");
    let reading = html(|app| {
        app.group.list.state.set(Some(state(None)));
        app.group.list.is_reading.set(true);
        follow(app, None);
    });
    assert!(!reading.contains("people is gone"), "{reading}");
    let never = html(|app| follow(app, None));
    assert!(!never.contains("people is gone"), "{never}");
}

#[test]
fn a_long_example_is_cut_off_in_an_option() {
    let column = ColumnView { name: "x".into(), role: None, examples: vec!["é".repeat(1_000)] };
    assert!(columns::option_words(&column).chars().count() < 60);
    assert_eq!(columns::option_words(&ColumnView { examples: Vec::new(), ..column }), "x");
}

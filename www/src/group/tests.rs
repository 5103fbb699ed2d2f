//! The group's view, rendered to text. How it reacts to keys and answers is tested in a real browser.

use super::*;
use crate::{
    client::local::LocalClient,
    pages::{layout::Layout, panel},
    tests::shown,
};
use samlight::{
    base::severity::{Sentence, Severity, Step},
    calls::protocol::ReactivationView,
    gitlab::instance::Instance,
    group::{
        check::RepairAt,
        member_class::MemberClass,
        member_verdict::MemberVerdict,
        reactivation::Reactivation,
        repair::{Offer, RepairPlan},
        table::{Chosen, Count, RowView, TableView},
    },
};

const HOSTILE: &str = "<img src=x onerror=alert(1)>";

fn row(id: u64) -> RowView {
    RowView {
        id,
        label: format!("Ada {id} (@ada{id})"),
        name: format!("Ada {id}"),
        handle: Some(format!("@ada{id}")),
        email: Some("ada@example.com".into()),
        email_confirmed: Some(true),
        email_allowed: Some(true),
        email_sent: None,
        name_id: Some("n3w".into()),
        saml: Some("0ld".into()),
        scim: None,
        scim_active: None,
        claim: None,
        sent: None,
        namesake: None,
        history: Vec::new(),
        expected: None,
        standing: MemberVerdict::SamlStale,
        word: "SAML link out of date".into(),
        severity: Severity::Error,
        why: "THE REASON".into(),
        repair: "THE REPAIR".into(),
    }
}

fn view(table: TableView) -> GroupView {
    let state = Sentence { severity: Severity::Neutral, text: "THE STATE".into() };
    let remarks = vec![Sentence { severity: Severity::Info, text: "THE REMARK".into() }];
    GroupView { group: "acme".into(), state, remarks, can_cancel: true, table, ..GroupView::default() }
}

fn with(known: Option<KnownGroup>, subject: Option<DialogContent>) -> String {
    shown(|app| {
        app.group.shown.set(true);
        app.group.known.set(known);
        app.group.dialog.set(subject.map(Rc::new));
        panel::panel(app, Layout::Tab)
    })
}

fn show(view: GroupView, subject: Option<DialogContent>) -> String {
    with(Some(KnownGroup::View(Rc::new(view))), subject)
}

fn plan(offer: Offer) -> RepairPlan {
    RepairPlan {
        user: 7,
        member: "Ada (@ada)".into(),
        identity: Identity::Saml,
        current: Some("0ld".into()),
        wanted: Some("n3w".into()),
        evidence: vec!["THE EVIDENCE".into()],
        risks: vec!["THE RISK".into()],
        ways: vec![Step { text: "THE SAFE WAY".into(), link: None, by: None }],
        command: Some("curl THE COMMAND".into()),
        offer,
    }
}

#[test]
fn loading_nothing_and_a_group_are_told_apart() {
    assert!(with(None, None).contains("Loading"));
    assert!(with(Some(KnownGroup::Nothing), None).contains("No group is checked yet"));
    let html = show(view(TableView::default()), None);
    assert!(
        html.contains("Group acme") && html.contains("THE STATE") && html.contains("THE REMARK"),
        "{html}"
    );
    assert!(html.contains("Choose a member") && html.contains(">Stop<"), "{html}");
}

#[test]
fn what_could_not_be_checked_is_not_folded() {
    let remark = |severity, text: &str| Sentence { severity, text: text.into() };
    let remarks = vec![remark(Severity::Warning, "THE GAP"), remark(Severity::Info, "THE REMARK")];
    let html = show(GroupView { remarks, ..view(TableView::default()) }, None);
    let (open, folded) = html.split_once("<details class=\"group-remarks\"").expect("a remark is folded");
    assert!(open.contains("THE GAP") && folded.contains("THE REMARK"), "{html}");
    assert!(!folded.contains("THE GAP") && folded.contains("Notes about this group: 1"), "{html}");
}

#[test]
fn who_does_not_own_the_group_is_offered_their_own_sign_ins() {
    let stopped = GroupView { can_cancel: false, can_resume: true, ..view(TableView::default()) };
    assert!(show(stopped.clone(), None).contains(">Continue<"));
    let html = show(GroupView { has_own_only: true, ..stopped }, None);
    assert!(html.contains(">Show my sign-ins<") && !html.contains(">Continue<"), "{html}");
    assert!(!html.contains("group-search") && !html.contains("grid"), "a table of nobody: {html}");
}

#[test]
fn rows_that_the_worker_lost_stay_until_they_are_read_again() {
    let of = |total, rows| TableView { total, found: total, rows, ..TableView::default() };
    let after = |now: GroupView| {
        let html = shown(|app| {
            app.group.shown.set(true);
            super::show(app, Some(view(of(250, vec![row(1), row(2)]))));
            app.group.query.update_silent(|query| query.chosen = Some(2));
            super::show(app, Some(now));
            panel::panel(app, Layout::Tab)
        });
        (html.contains("@ada1"), html.contains("may be out of date"), html.contains("THE REASON"))
    };
    assert_eq!(after(view(of(0, Vec::new()))), (true, true, true), "and another can be chosen");
    assert_eq!(after(view(of(100, vec![row(3)]))), (true, true, true));
    assert_eq!(after(view(of(250, vec![row(3)]))), (false, false, false));
    let done = GroupView { can_cancel: false, ..view(of(249, vec![row(3)])) };
    assert_eq!(after(done), (false, false, false), "there is one member less");
    assert_eq!(after(GroupView { group: "other".into(), ..view(of(0, Vec::new())) }), (false, false, false));
    let waiting = GroupView { can_cancel: false, can_resume: true, ..view(of(0, Vec::new())) };
    assert_eq!(after(waiting.clone()), (true, true, true));
    assert_eq!(after(GroupView { has_own_only: true, ..waiting }), (false, false, false));
}

#[test]
fn the_static_page_has_no_group() {
    let html =
        sycamore::render_to_string(|| panel::panel(&App::new(Rc::new(LocalClient::default())), Layout::Tab));
    assert!(!html.contains("group-toggle"), "{html}");
}

#[test]
fn rows_say_their_place_among_all_and_the_chosen_one_is_shown_with_its_reason() {
    let count = Count {
        standing: MemberVerdict::SamlStale,
        class: MemberClass::CannotSignIn,
        word: "SAML link out of date".into(),
        severity: Severity::Error,
        count: 17,
    };
    let table = TableView {
        counts: vec![count],
        total: 300,
        found: 250,
        start: 120,
        rows: vec![row(1), row(2)],
        chosen: Some(Chosen { row: row(2), position: Some(121) }),
        ..TableView::default()
    };
    let repairs = vec![
        RepairAt { identity: Identity::Saml, refused: None },
        RepairAt { identity: Identity::Scim, refused: Some("THE REFUSAL".into()) },
    ];
    let html = show(GroupView { repairs, ..view(table) }, None);
    assert!(html.contains("THE REFUSAL"), "in one line: {html}");
    assert!(html.contains("aria-rowcount=\"251\"") && html.contains("aria-rowindex=\"122\""), "{html}");
    assert!(
        html.contains("aria-activedescendant=\"member-121\"") && html.contains("id=\"member-121\""),
        "{html}"
    );
    assert_eq!((html.matches("aria-selected=\"true\"").count(), html.matches("aria-sort=").count()), (1, 6));
    assert!(html.contains("SAML link out of date: 17") && html.contains("THE REASON"), "{html}");
    assert!(html.contains("THE REPAIR") && html.contains("none known"), "{html}");
    assert!(html.contains("data-repair=\"saml\""), "{html}");
    assert!(!html.contains("data-repair=\"scim\"") && !html.contains("data-repair=\"reactivate\""), "{html}");
}

#[test]
fn a_change_is_made_only_after_a_yes_to_each_sentence_and_a_refusal_has_no_button() {
    let consents = vec!["FROM 0ld TO n3w".into(), "UNPROVEN".into()];
    let html =
        show(view(TableView::default()), Some(DialogContent::Repair(plan(Offer::Change { consents }))));
    let order = [
        "0ld",
        "n3w",
        "THE EVIDENCE",
        "THE RISK",
        "THE SAFE WAY",
        "THE COMMAND",
        "FROM 0ld TO n3w",
        "UNPROVEN",
        "dialog-close",
        "class=\"danger\"",
    ];
    let places: Vec<_> = order.iter().map(|part| html.find(part)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} in {html}");
    let boxes = html.matches("class=\"consent\"").count();
    let button = html.split("class=\"danger\"").nth(1).and_then(|rest| rest.split('>').next());
    assert!(boxes == 2 && button.is_some_and(|button| button.contains("disabled")), "{html}");
    let because = vec!["THE REFUSAL".into()];
    let refused = RepairPlan { command: None, ..plan(Offer::Refused { because }) };
    let html = show(view(TableView::default()), Some(DialogContent::Repair(refused)));
    assert!(html.contains("THE REFUSAL") && !html.contains("class=\"danger\""), "{html}");
    assert!(!html.contains("dialog-command"), "{html}");
}

#[test]
fn a_space_at_the_end_of_a_value_is_marked_where_it_is_shown_and_where_it_is_confirmed() {
    let consents = vec!["FROM Ada  Low TO ada".to_owned()];
    let with_space = RepairPlan {
        current: Some("Member ".into()),
        wanted: Some("Member".into()),
        ..plan(Offer::Change { consents })
    };
    let html = show(view(TableView::default()), Some(DialogContent::Repair(with_space)));
    assert_eq!(html.matches("class=\"invisible\"").count(), 1, "{html}");
    let question = html.split("<span class=\"exact\"").nth(1);
    assert!(question.is_some_and(|html| html.contains(">FROM Ada  Low TO ada<")), "{html}");
    let table = TableView {
        chosen: Some(Chosen { row: RowView { saml: Some("Member ".into()), ..row(1) }, position: None }),
        ..TableView::default()
    };
    assert_eq!(show(view(table), None).matches("class=\"invisible\"").count(), 1);
}

#[test]
fn the_requests_of_a_reactivation_have_a_place_for_each_answer_and_none_for_a_secret() {
    let of = Reactivation::new(&Instance::gitlab_com(), "acme", "ada", Default::default());
    let requests = ReactivationView {
        of: of.expect("it can stand in an address"),
        look: "curl LOOK".into(),
        activate: "curl ACTIVATE".into(),
        warning: Some("THE WARNING".into()),
    };
    let html = show(view(TableView::default()), Some(DialogContent::Reactivation("Ada".into(), requests)));
    assert!(
        html.contains("curl LOOK") && html.contains("curl ACTIVATE") && html.contains("THE WARNING"),
        "{html}"
    );
    let (_, dialog) = html.split_once("<dialog").expect("it is in a dialog");
    assert_eq!(
        (dialog.matches("<textarea").count(), html.matches("type=\"password\"").count()),
        (2, 0),
        "{html}"
    );
}

#[test]
fn hostile_names_stay_text() {
    let hostile =
        RowView { label: HOSTILE.into(), saml: Some(HOSTILE.into()), why: HOSTILE.into(), ..row(1) };
    let table = TableView {
        rows: vec![hostile.clone()],
        chosen: Some(Chosen { row: hostile, position: Some(0) }),
        ..TableView::default()
    };
    let html = show(view(table), None);
    assert!(!html.contains("<img") && html.contains("&lt;img"), "{html}");
}

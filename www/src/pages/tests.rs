//! Tests of what the pages show, rendered to text.

use super::{instances, layout::Layout, panel, popup, welcome};
use crate::{
    app::App,
    tests::{full_flow, row, run, sentence, shown},
};
use samlight::{
    base::severity::Severity,
    view::{ComparisonRow, FlowView, Mark, Overview, ValueView},
};
use std::rc::Rc;
use sycamore::prelude::*;

#[test]
fn the_popup_says_when_access_is_withheld() {
    let show = |access| {
        shown(|app| {
            app.overview.set(Some(Overview { recording: true, ..Overview::default() }));
            app.access.set(access);
            popup::popup(app)
        })
    };
    assert!(show(Some(false)).contains("Allow access to gitlab.com"));
    assert!(!show(Some(true)).contains("Allow access"));
    assert!(!show(None).contains("Allow access"), "nothing is said before it is known");
}

#[test]
fn the_panel_says_what_to_do_while_there_is_nothing() {
    let show = |recording| {
        shown(|app| {
            app.overview.set(Some(Overview { recording, ..Overview::default() }));
            panel::panel(app, Layout::Tab)
        })
    };
    assert!(show(true).contains("No sign-in yet"));
    assert!(show(false).contains("Recording is paused"));
    assert!(shown(|app| panel::panel(app, Layout::Tab)).contains("Loading"));
}

#[test]
fn the_popup_offers_the_message_to_the_owner_where_there_is_one() {
    let show = |flow: FlowView| {
        shown(|app| {
            app.overview.set(Some(Overview {
                recording: true,
                total: 1,
                problems: 1,
                ..Overview::default()
            }));
            app.flow.set(Some(Rc::new(flow)));
            popup::popup(app)
        })
    };
    let html = show(full_flow());
    assert!(html.contains("COPY FOR THE OWNER"), "{html}");
    assert!(!html.contains("THE STEP"), "the message is the one thing to do: {html}");
    assert!(!html.contains("Sign-ins with a problem"), "there is one, which is said: {html}");
    let html = show(FlowView { for_owner: None, ..full_flow() });
    assert!(!html.contains("COPY FOR THE OWNER") && html.contains("THE STEP"), "{html}");
}

#[test]
fn the_popup_shows_the_two_values_that_differ_and_when_it_was() {
    let mut view = full_flow();
    let sides = [run("aDA", Mark::Differs, None), run("Ada", Mark::Differs, None)];
    let [left, right] =
        sides.map(|run| ValueView { value: Some(run.text.clone()), runs: vec![run], ..ValueView::default() });
    view.comparison.rows = vec![ComparisonRow { left, right, severity: Severity::Error, ..row(vec![]) }];
    let show = |view: FlowView| {
        shown(|app| {
            app.overview.set(Some(Overview { recording: true, total: 1, ..Overview::default() }));
            app.flow.set(Some(Rc::new(view)));
            popup::popup(app)
        })
    };
    let html = show(view.clone());
    for part in ["Sent", "aDA", "In GitLab", "Ada", "Sign-in f1, 00:00:00 UTC"] {
        assert!(html.contains(part), "{part}: {html}");
    }
    view.comparison.rows[0].severity = Severity::Good;
    assert!(!show(view).contains("In GitLab"), "what is the same is no difference");
}

#[test]
fn nothing_is_promised_while_nothing_can_be_recorded() {
    let show = |recording, sees, view: fn(&App) -> View| {
        shown(|app| {
            let headline = sentence(Severity::Neutral, if recording { "No sign-in yet" } else { "Paused." });
            app.overview.set(Some(Overview { recording, headline, ..Overview::default() }));
            app.sees_any.set(Some(sees));
            view(app)
        })
    };
    let panel = |app: &App| panel::panel(app, Layout::Tab);
    for view in [popup::popup as fn(&App) -> View, panel] {
        assert!(show(true, true, view).contains("No sign-in yet"));
        assert!(!show(true, false, view).contains("No sign-in yet"));
        assert!(!show(false, true, view).contains("No sign-in yet"));
        assert!(!show(false, true, view).contains("No verdict yet"));
    }
}

#[test]
fn the_gitlabs_that_are_watched_are_named_where_there_is_nothing_yet() {
    let show = |view: fn(&App) -> View| {
        shown(|app| {
            let watched = vec![Instance::at("https://gitlab.example.com").unwrap()];
            app.overview.set(Some(Overview { recording: true, watched, ..Overview::default() }));
            view(app)
        })
    };
    let panel = |app: &App| panel::panel(app, Layout::Side);
    for view in [popup::popup as fn(&App) -> View, panel, welcome::welcome] {
        let html = show(view);
        assert!(html.contains("Watched: gitlab.com, gitlab.example.com."), "{html}");
        assert!(html.contains("href=\"index.html?view=instances\""), "{html}");
    }
}

#[test]
fn the_instances_page_has_a_labelled_field_with_help_and_is_reached_from_the_panel() {
    let html = shown(|app| instances::view(&instances::InstancesPage::new(app)));
    assert!(html.contains("https://gitlab.com") && html.contains("Built in"), "{html}");
    assert!(html.contains("for=\"instance-address\"") && html.contains("id=\"instance-address\""), "{html}");
    assert!(html.contains("aria-describedby=\"instance-help instance-refusal\""), "{html}");
    assert!(html.contains("id=\"instance-help\"") && html.contains("id=\"instance-refusal\""), "{html}");
    assert!(!html.contains("No other GitLab was added"), "nothing is said before it is known");
    let panel = shown(|app| panel::panel(app, Layout::Tab));
    assert!(panel.contains("index.html?view=instances"), "{panel}");
}

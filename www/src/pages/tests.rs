//! Tests of what the pages show, rendered to text.

use super::{instances, layout::Layout, panel, popup, second, welcome};
use crate::{
    app::{App, group::KnownGroup, guide::Check},
    tests::{full_flow, row, run, sentence, shown},
};
use samlight::{
    base::severity::{Sentence, Severity},
    gitlab::instance::Instance,
    group::{
        check::GroupView,
        member_class::MemberClass,
        member_verdict::MemberVerdict,
        table::{Count, TableView},
    },
    view::{ComparisonRow, FlowView, Lack, Mark, Overview, ValueView, owner_message::OwnerMessage},
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
fn a_view_of_which_the_code_does_not_come_says_so() {
    let html = shown(|_| second::missing("status 404"));
    assert!(html.contains("could not be loaded: status 404. Reload this page."), "{html}");
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

/// The panel with a check open, of what is known then.
fn checking(check: Check, known: impl Fn(&App)) -> String {
    shown(|app| {
        app.overview.set(Some(Overview { recording: true, ..Overview::default() }));
        app.group.shown.set(check == Check::Members);
        app.guide.named.set(Some(Instance::gitlab_com()));
        app.guide.open(check, true);
        known(app);
        panel::panel(app, Layout::Side)
    })
}

#[test]
fn a_check_asks_for_one_thing_and_says_what_is_done() {
    let html = checking(Check::SignIn, |_| {});
    assert!(
        html.contains("Why can I not sign in?") && html.contains("Step 4 of 6: A recorded sign-in"),
        "{html}"
    );
    assert_eq!(html.matches("class=\"card guide-now\"").count(), 1, "{html}");
    assert!(html.contains("href=\"https://gitlab.com/\"") && html.contains("data-state=\"done\""), "{html}");
    assert!(!html.contains("No sign-in yet"), "it stands in place of the sign-ins: {html}");
    let html = checking(Check::SignIn, |app| {
        app.flow.set(Some(Rc::new(FlowView {
            instance: Some(Instance::gitlab_com()),
            lacks: Some(Lack::OwnIdentifiers),
            ..full_flow()
        })));
    });
    assert!(
        html.contains("https://gitlab.com/-/profile/account") && html.contains("Continue without it"),
        "{html}"
    );
    assert!(!html.contains("THE VERDICT"), "{html}");
    // Each check is shown where it belongs.
    let html = checking(Check::Members, |app| app.group.shown.set(false));
    assert!(!html.contains("Step 4 of 8"), "{html}");
}

#[test]
fn a_check_ends_in_the_verdict_and_the_message() {
    let html = checking(Check::SignIn, |app| {
        app.flow.set(Some(Rc::new(FlowView { instance: Some(Instance::gitlab_com()), ..full_flow() })));
    });
    for part in ["THE VERDICT", "THE STEP", "COPY FOR THE OWNER", "Show the whole sign-in"] {
        assert!(html.contains(part), "{part}: {html}");
    }
    let older = checking(Check::SignIn, |app| {
        let flow = FlowView { instance: Some(Instance::gitlab_com()), ..full_flow() };
        app.guide.older.set(Some(flow.line.id.clone()));
        app.flow.set(Some(Rc::new(flow)));
    });
    assert!(!older.contains("THE VERDICT") && older.contains("Step 4 of 6"), "{older}");
    let html = checking(Check::Members, |app| {
        let count = Count {
            standing: MemberVerdict::SamlStale,
            class: MemberClass::CannotSignIn,
            word: "THE WORD".into(),
            severity: Severity::Error,
            count: 3,
        };
        let summary = Sentence { severity: Severity::Error, text: "THE SUMMARY".into() };
        let message = OwnerMessage { copy: "COPY THE RESULT".into(), ..OwnerMessage::default() };
        let view = GroupView {
            instance: Some(Instance::gitlab_com()),
            is_read: true,
            message: Some(message),
            table: TableView { summary, counts: vec![count], total: 3, ..TableView::default() },
            ..GroupView::default()
        };
        app.guide.left_out.set(vec!["list"]);
        app.group.known.set(Some(KnownGroup::View(Rc::new(view))));
    });
    for part in ["THE SUMMARY", "THE WORD: 3", "COPY THE RESULT", "Show all members"] {
        assert!(html.contains(part), "{part}: {html}");
    }
}

#[test]
fn the_checks_are_offered_where_nothing_is_known_and_where_something_is() {
    let shown = |known: fn(&App)| {
        shown(|app| {
            app.overview.set(Some(Overview { recording: true, ..Overview::default() }));
            known(app);
            panel::panel(app, Layout::Side)
        })
    };
    let of_sign_in = "Why can I not sign in?";
    assert!(shown(|_| {}).contains(of_sign_in));
    assert!(
        shown(|app| app.overview.set(Some(Overview { total: 1, ..Overview::default() })))
            .contains(of_sign_in)
    );
    for known in [KnownGroup::Nothing, KnownGroup::View(Rc::default())] {
        let html = crate::tests::shown(|app| {
            app.group.shown.set(true);
            app.group.known.set(Some(known.clone()));
            panel::panel(app, Layout::Side)
        });
        assert!(html.contains("Will my members be able to sign in?"), "{html}");
        assert!(!html.contains(of_sign_in), "{html}");
    }
}

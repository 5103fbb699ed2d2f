//! The settings, rendered to text. What becomes of files is tested in a real browser.

use super::*;
use crate::tests::shown;
use samlight::{
    base::severity::{Sentence, Severity},
    scim::Statement,
};

const HOSTILE: &str = "<img src=x onerror=alert(1)>";

fn state(serial: u64, files: &[&str]) -> SettingsState {
    SettingsState { files: files.iter().map(ToString::to_string).collect(), serial }
}

fn html(of: impl Fn(&App)) -> String {
    shown(|app| {
        of(app);
        provider(app)
    })
}

#[test]
fn without_settings_it_says_what_becomes_of_them_and_how_they_are_given() {
    let html = html(|_| ());
    for part in ["Nothing of them is stored or sent", "type=\"file\"", "Paste settings instead", "multiple"] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("Dismiss"), "{html}");
}

#[test]
fn settings_are_shown_with_their_files_and_all_that_they_say() {
    let html = html(|app| {
        app.group.settings.state.set(state(1, &["policy.json", HOSTILE]));
        app.group.settings.said.set(vec![Statement {
            heading: Some("THE SETTINGS".into()),
            sentences: vec![Sentence { severity: Severity::Error, text: "TWO FIELDS".into() }],
            ..Statement::default()
        }]);
    });
    for part in ["policy.json", "THE SETTINGS", "TWO FIELDS", "Dismiss the settings"] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("<img"), "{html}");
}

#[test]
fn settings_that_are_lost_are_said_to_be_gone_but_not_those_that_were_dismissed() {
    let after = |now: SettingsState| {
        html(move |app| {
            app.group.settings.state.set(state(3, &["policy.json"]));
            app.group.settings.seen.set(3);
            follow(app, now.clone());
        })
    };
    assert!(after(state(0, &[])).contains("The settings are gone"));
    let dismissed = after(state(4, &[]));
    assert!(!dismissed.contains("are gone: ") && !dismissed.contains("policy.json"), "{dismissed}");
    assert!(!html(|app| follow(app, state(0, &[]))).contains("are gone: "));
}

#[test]
fn texts_that_are_pasted_have_names_of_their_own() {
    let names = shown(|_| {
        let pasted = create_signal(0);
        let names = [pasted_name(pasted), pasted_name(pasted)].join(" | ");
        View::from(names)
    });
    assert!(names.contains("Pasted text | Pasted text 2"), "{names}");
}

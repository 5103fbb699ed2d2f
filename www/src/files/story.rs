//! The question for the story of one person, or for what logs say of one group or one time, beside the answer
//! to a log: who, and the filters, by the rules of the command line (`samlight scim FILE… --person VALUE`,
//! `--group`, `--since`, `--until`).
//!
//! All logs that are kept are read once more for it, together. Leaves out the story itself, which is an
//! answer as any ([`answer`](super::answer)).

use super::{Given, answered, progress};
use crate::{
    app::{
        App,
        files::{Answer, AnswerOf},
    },
    base::signals::live,
    client::Unread,
};
use js_sys::futures::spawn_local;
use samlight::{base::catalogue::Text, calls::protocol::StoryCall, text};
use sycamore::prelude::*;
use sycamore::web::{
    bind, events,
    tags::{button, div, form, h3, input, label, p, span},
};

/// The fields and the button.
pub(super) fn question(app: &App) -> View {
    let question = app.files.question;
    let (logs, reading) = (app.files.logs, app.files.reading);
    let is_empty = |of: Signal<String>| of.with(|it| it.trim().is_empty());
    let is_asked = move || {
        [question.person, question.group, question.since, question.until].iter().any(|of| !is_empty(*of))
    };
    let cannot = move || reading.get() > 0 || !is_asked();
    let asked = app.clone();
    form()
        .class("story")
        .attr("aria-labelledby", "story-heading")
        .on(events::submit, move |event: web_sys::SubmitEvent| {
            event.prevent_default();
            if !cannot() {
                ask(&asked);
            }
        })
        .children((
            h3().attr("id", "story-heading").children(text!("ui.story").to_string()),
            p().class("quiet").children(live(move || {
                let names =
                    logs.with(|logs| logs.iter().map(|log| log.name()).collect::<Vec<_>>().join(", "));
                text!("ui.story.why", files = names).to_string()
            })),
            field("person", &text!("ui.story.person"), question.person),
            div().class("story-filters").children((
                field("story-group", &text!("ui.story.group"), question.group),
                field("story-since", &text!("ui.story.since"), question.since),
                field("story-until", &text!("ui.story.until"), question.until),
            )),
            live(move || {
                let problem = question.problem.get_clone();
                problem.map(|text| View::from(p().class("warning").attr("role", "alert").children(text)))
            }),
            button().r#type("submit").disabled(cannot).children(live(move || {
                let is_list = is_asked() && is_empty(question.person);
                if is_list { text!("ui.story.list") } else { text!("ui.story.tell") }.to_string()
            })),
        ))
        .into()
}

fn field(name: &'static str, words: &Text, value: Signal<String>) -> View {
    let entry =
        input().r#type("text").attr("name", name).attr("spellcheck", "false").attr("autocomplete", "off");
    label().children((span().children(words.to_string()), entry.bind(bind::value, value))).into()
}

fn ask(app: &App) {
    let app = app.clone();
    let (files, question) = (app.files.clone(), app.files.question);
    let logs = files.logs.get_clone_untracked();
    let written = |of: Signal<String>| of.get_clone_untracked();
    let call = StoryCall {
        person: written(question.person),
        group: written(question.group),
        since: written(question.since),
        until: written(question.until),
        files: logs.iter().map(web_sys::File::name).collect(),
    };
    question.problem.set(None);
    files.note.set(String::new());
    files.reading.update(|reading| *reading += 1);
    spawn_local(async move {
        let told = app.client.story(&call, &logs, progress::heard(&app)).await;
        files.progress.set(None);
        files.reading.update(|reading| *reading = reading.saturating_sub(1));
        match told {
            Ok(told) => {
                let given = Given::story(heading(&call));
                files.received.set(told.received);
                let is_list = call.person.trim().is_empty();
                let answer = Answer {
                    statements: told.statements,
                    left_out: told.left_out,
                    is_of_people: true,
                    of: if is_list { AnswerOf::Filters } else { AnswerOf::Story },
                    ..given.answer()
                };
                answered(&app, true, answer);
            }
            Err(Unread::Stopped) => files.note.set(text!("ui.story.stopped").to_string()),
            Err(Unread::Unreadable(name)) => {
                question.problem.set(Some(text!("ui.story.unreadable", file = name).to_string()));
            }
            Err(Unread::Failed(reason)) => question.problem.set(Some(reason)),
        }
    });
}

/// The person, and the filters: one of them at least is there.
fn heading(call: &StoryCall) -> String {
    let (person, since, until) = (call.person.trim(), call.since.trim(), call.until.trim());
    let filters = [
        (call.group.trim().to_owned(), true),
        (text!("ui.story.from", time = since).to_string(), !since.is_empty()),
        (text!("ui.story.before", time = until).to_string(), !until.is_empty()),
    ];
    let filters = filters.into_iter().filter(|(text, is_asked)| *is_asked && !text.is_empty());
    let filters: Vec<String> = filters.map(|(text, _)| text).collect();
    let filters = filters.join(", ");
    match (person, filters.as_str()) {
        ("", filters) => text!("ui.story.listed", filters = filters),
        (person, "") => text!("ui.story.of", person = person),
        (person, filters) => text!("ui.story.of.filtered", person = person, filters = filters),
    }
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::shown;

    #[test]
    fn the_question_has_a_label_for_each_field_and_a_button_that_waits_for_a_person_or_a_filter() {
        let html = |person: &str, reading: usize| {
            shown(|app| {
                app.files.question.person.set(person.to_owned());
                app.files.reading.set(reading);
                app.files.question.problem.set(Some("<b>no time</b>".into()));
                question(app)
            })
        };
        let ready = html("ada@example.com", 0);
        for part in ["Person: e-mail address", "Only the group", "Only from", "Only before", "Tell the story"]
        {
            assert!(ready.contains(part), "{part}: {ready}");
        }
        assert!(ready.contains("role=\"alert\"") && !ready.contains("<b>"), "{ready}");
        assert_eq!(ready.matches("<label").count(), 4);
        let is_disabled = |html: &str| html.contains("disabled");
        assert!(!is_disabled(&ready), "{ready}");
        assert!(is_disabled(&html(" ", 0)) && is_disabled(&html("ada", 1)));
        let filtered = shown(|app| {
            app.files.question.group.set("acme".into());
            question(app)
        });
        assert!(!is_disabled(&filtered) && filtered.contains("List the requests"), "{filtered}");
    }

    #[test]
    fn a_story_is_called_by_the_person_and_the_filters() {
        let call = StoryCall { person: " ada ".into(), ..StoryCall::default() };
        assert_eq!(heading(&call), "The story of “ada”");
        let call = StoryCall { group: "acme".into(), until: "2026-01-31".into(), ..call };
        assert_eq!(heading(&call), "The story of “ada” (acme, before 2026-01-31)");
        let call = StoryCall { since: "2026-01-01".into(), ..call };
        assert_eq!(heading(&call), "The story of “ada” (acme, from 2026-01-01, before 2026-01-31)");
        let call = StoryCall { person: " ".into(), until: String::new(), ..call };
        assert_eq!(heading(&call), "What the files say (acme, from 2026-01-01)");
    }
}

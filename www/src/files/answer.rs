//! The answer to what a person gave, with what is at hand of it; and the list of recent answers.
//!
//! The words are the core's. Nothing of them becomes part of a trace.

use super::{open, show, story};
use crate::{
    app::{
        App,
        files::{Answer, AnswerOf},
    },
    base::signals::{each, live, part, while_any},
    parts::{controls, file::download, section, severity},
};
use samlight::{
    base::severity::{Sentence, Severity},
    scim::Statement,
    text,
    view::at_hand::{AtHand, Opens},
};
use std::rc::Rc;
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{button, div, h2, h3, h4, li, p, section, ul},
};

/// The name of a corrected schema.
const CORRECTED: &str = "corrected-schema.json";

/// The answer that is shown. It is said to those who do not see it, too.
pub(super) fn shown(app: &App) -> View {
    let files = app.files.clone();
    let answer = create_selector(move || files.answer());
    let app = app.clone();
    div()
        .class("answers")
        .attr("aria-live", "polite")
        .children(live(move || answer.get_clone().map(|answer| one(&app, &answer))))
        .into()
}

fn one(app: &App, answer: &Answer) -> View {
    let region = create_node_ref();
    let (files, leaving, escaping) = (app.files.clone(), app.clone(), app.clone());
    on_mount(move || {
        if files.wants_focus.get_untracked() {
            files.wants_focus.set_silent(false);
            controls::focus(region.try_get());
        }
    });
    let problems = answer.problems.iter().map(|problem| View::from(li().children(problem.clone())));
    let problems = problems.collect::<Vec<_>>();
    let statements = answer.statements.iter().cloned().map(section::statement).collect::<Vec<_>>();
    let newest = answer.newest.clone();
    let more = match answer.left_out {
        0 => None,
        count => Some(match answer.of {
            AnswerOf::Story => text!("ui.story.more", count = count),
            AnswerOf::Filters => text!("ui.story.listed.more", count = count),
            AnswerOf::Given => text!("ui.scim.more", count = count),
        }),
    };
    let severity = (!problems.is_empty()).then_some("warning");
    section()
        .class("card answer")
        .attr("data-severity", severity)
        .attr("aria-labelledby", "answer-heading")
        // It can be longer than its place, and is scrolled by keyboard, too.
        .attr("tabindex", "0")
        .r#ref(region)
        .on(events::keydown, move |event: web_sys::KeyboardEvent| {
            if event.key() == "Escape" {
                event.stop_propagation();
                put_away(&escaping);
            }
        })
        .children((
            h2().attr("id", "answer-heading").children(answer.heading.clone()),
            answer.is_of_people.then(|| story::question(app)),
            (!problems.is_empty()).then(|| {
                let why = p().children((
                    severity::badge(|| Severity::Warning),
                    " ",
                    text!("ui.files.problems").to_string(),
                ));
                View::from(div().class("file-problems").children((why, ul().children(problems))))
            }),
            (!statements.is_empty()).then(|| View::from(ul().class("scim-said").children(statements))),
            more.map(|more| View::from(p().children(more.to_string()))),
            answer.corrected.clone().map(|content| save_corrected(app, content)),
            newest.map(|id| {
                let opened = app.clone();
                let newest = opening(&text!("ui.files.open.newest").to_string(), move || {
                    open(&opened, &Opens::SignIn(id.clone()));
                });
                View::from(div().children((p().children(text!("ui.files.sign-ins").to_string()), newest)))
            }),
            at_hand(app),
            button()
                .r#type("button")
                .class("small put-away")
                .on(events::click, move |_| put_away(&leaving))
                .children(text!("ui.scim.close").to_string()),
        ))
        .into()
}

/// The button that saves the corrected schema.
fn save_corrected(app: &App, content: Rc<str>) -> View {
    let app = app.clone();
    button()
        .r#type("button")
        .class("small save-corrected")
        .on(events::click, move |_| {
            let said = match download(CORRECTED, "application/json", &content) {
                Ok(()) => text!("ui.files.saved", file = CORRECTED),
                Err(_) => text!("ui.files.not-saved"),
            };
            app.say(said.to_string());
        })
        .children(text!("ui.corrected.save").to_string())
        .into()
}

/// The focus goes back to where the next thing is given.
fn put_away(app: &App) {
    app.files.put_away();
    controls::focus(app.files.field.try_get());
}

fn opening(label: &str, opened: impl Fn() + 'static) -> View {
    button()
        .r#type("button")
        .class("small")
        .on(events::click, move |_| opened())
        .children(label.to_owned())
        .into()
}

/// The sign-ins and the members that the answer is about; nothing where none fits.
fn at_hand(app: &App) -> View {
    let found = *app.files.at_hand;
    let app = app.clone();
    while_any(found, move || {
        let app = app.clone();
        div()
            .class("at-hand")
            .children((
                h3().children(text!("ui.files.at-hand").to_string()),
                ul().children(each(found, |at, _| at, move |it| one_at_hand(&app, it))),
            ))
            .into()
    })
}

fn one_at_hand(app: &App, found: ReadSignal<AtHand>) -> View {
    let sentences: ReadSignal<Vec<Sentence>> = part(found, |it| it.statement.sentences.clone());
    let steps = part(found, |it| it.statement.steps.clone());
    let opens = part(found, |it| it.opens.clone());
    let severity = part(found, |it| {
        let all = it.statement.sentences.iter().map(|it| it.severity);
        all.max().unwrap_or(Severity::Neutral)
    });
    let app = app.clone();
    li().attr("data-severity", move || severity::name(severity.get()))
        .children((
            h4().children(live(move || found.with(|it| it.statement.heading.clone().unwrap_or_default()))),
            each(sentences, |at, _| at, severity::sentence),
            while_any(steps, move || section::steps(steps)),
            live(move || {
                let (app, opens) = (app.clone(), opens.get_clone());
                let label = match opens {
                    Opens::SignIn(_) => text!("ui.files.open.sign-in"),
                    Opens::Member(_) => text!("ui.files.open.member"),
                    Opens::Group => text!("ui.files.open.group"),
                };
                opening(&label.to_string(), move || open(&app, &opens))
            }),
        ))
        .into()
}

/// The recent answers, to be shown again, with a button that forgets them.
pub(super) fn recent(app: &App) -> View {
    let answers = *app.files.answers;
    let app = app.clone();
    while_any(answers, move || {
        let (choosing, forgetting) = (app.clone(), app.clone());
        section()
            .class("recent")
            .attr("aria-labelledby", "recent-heading")
            .children((
                h3().attr("id", "recent-heading").children(text!("ui.files.recent").to_string()),
                ul().children(each(
                    answers,
                    |_, answer| answer.number,
                    move |answer| one_recent(&choosing, answer),
                )),
                button()
                    .r#type("button")
                    .class("small forget")
                    .on(events::click, move |_| {
                        forgetting.files.forget();
                        controls::focus(forgetting.files.field.try_get());
                    })
                    .children(text!("ui.files.recent.clear").to_string()),
            ))
            .into()
    })
}

fn one_recent(app: &App, answer: ReadSignal<Rc<Answer>>) -> View {
    let number = answer.with_untracked(|answer| answer.number);
    let shown = app.files.shown;
    let app = app.clone();
    li().children(
        button()
            .r#type("button")
            .class("small")
            .attr("aria-pressed", move || (shown.get() == Some(number)).to_string())
            .on(events::click, move |_| {
                app.files.wants_focus.set_silent(true);
                show(&app, number);
            })
            .children(answer.with_untracked(|answer| label(answer))),
    )
    .into()
}

/// The name of what was given, and the first words of the answer.
fn label(answer: &Answer) -> String {
    const LONGEST: usize = 90;
    if answer.of != AnswerOf::Given {
        return answer.name.clone();
    }
    let of_statement = |statement: &Statement| {
        let first = statement.sentences.first().map(|sentence| sentence.text.clone());
        statement.heading.clone().or(first)
    };
    let said = answer.statements.first().and_then(of_statement).or_else(|| answer.problems.first().cloned());
    let Some(said) = said else { return answer.name.clone() };
    let label = text!("ui.files.recent.one", name = answer.name, said = said).to_string();
    match label.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", label.get(..end).unwrap_or_default().trim_end()),
        None => label,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::shown as rendered;
    use samlight::calls::protocol::SHOWN;

    fn given(name: &str, statements: usize) -> Answer {
        let sentence = Sentence { severity: Severity::Error, text: "<img src=x>".into() };
        let one = Statement { heading: Some("DELETE".into()), sentences: vec![sentence], steps: Vec::new() };
        Answer {
            name: name.into(),
            heading: format!("What “{name}” says"),
            statements: vec![one; statements],
            ..Answer::default()
        }
    }

    fn html(of: impl Fn(&App)) -> String {
        rendered(|app| {
            of(app);
            View::from((shown(app), recent(app)))
        })
    }

    #[test]
    fn a_part_of_a_long_log_is_shown_and_nothing_in_it_is_markup() {
        let show = |count| {
            html(|app| {
                let number = app.files.keep(given("a.log", count));
                app.files.shown.set(Some(number));
            })
        };
        let short = show(1);
        assert!(short.contains("What “a.log” says") && !short.contains("<img"), "{short}");
        assert!(!short.contains("--group"), "{short}");
        let long = show(SHOWN + 7);
        let (answer, _) = long.split_once("class=\"recent\"").unwrap();
        assert_eq!(answer.matches("DELETE").count(), SHOWN);
        assert!(long.contains("7 more"), "{long}");
    }

    #[test]
    fn recent_answers_are_few_each_is_there_once_and_none_is_left_when_they_are_forgotten() {
        let labels = |html: &str| html.matches("a.log").count() + html.matches("b.log").count();
        let many = html(|app| {
            for number in 0..25 {
                app.files.keep(given(if number % 2 == 0 { "a.log" } else { "b.log" }, number));
            }
        });
        assert_eq!(labels(&many), 10, "{many}");
        let same = html(|app| {
            for _ in 0..3 {
                app.files.keep(given("a.log", 1));
            }
        });
        assert_eq!(labels(&same), 1, "{same}");
        let forgotten = html(|app| {
            let number = app.files.keep(given("a.log", 1));
            app.files.shown.set(Some(number));
            app.files.forget();
        });
        assert!(!forgotten.contains("a.log") && !forgotten.contains("recent-heading"), "{forgotten}");
    }

    #[test]
    fn what_is_at_hand_is_named_with_its_verdict_and_a_button_each() {
        let found = |text: &str, opens| AtHand {
            statement: Statement {
                heading: Some(format!("<b>{text}</b>")),
                sentences: vec![Sentence { severity: Severity::Error, text: text.into() }],
                steps: Vec::new(),
            },
            opens,
        };
        let html = html(|app| {
            let number = app.files.keep(given("a.log", 1));
            app.files.shown.set(Some(number));
            app.files.at_hand.set(vec![
                found("ONE", Opens::SignIn("1".into())),
                found("TWO", Opens::Member(7)),
                found("THREE", Opens::Group),
            ]);
        });
        let (_, at_hand) = html.split_once("class=\"at-hand\"").unwrap();
        let places: Vec<_> = ["ONE", "TWO", "THREE"].map(|part| at_hand.find(part)).into();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{at_hand}");
        let buttons = ["Open this sign-in", "Open this member", "Open the group"];
        assert!(buttons.iter().all(|label| at_hand.contains(label)), "{at_hand}");
        assert!(!at_hand.contains("<b>"), "{at_hand}");
    }
}

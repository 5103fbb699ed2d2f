//! The statements of files about SCIM: GitLab's log, Entra ID's schema, an address, a message of a SCIM app.
//! Shown until it is put away; nothing of it becomes part of a trace.

use crate::{
    app::files::ScimFile,
    base::signals::while_any,
    parts::{section, severity},
};
use samlight::{scim::Statement, text};
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{button, div, h2, h3, li, p, section, ul},
};

/// Statements of one file that are shown. A log can have a hundred thousand; the command line finds those
/// that are wanted.
const MOST: usize = 200;

/// The statements of the files, with a button that puts them away; nothing while there are none.
pub(super) fn said(files: Signal<Vec<ScimFile>>) -> View {
    while_any(*files, move || {
        section()
            .class("card scim-said")
            .attr("aria-label", text!("ui.scim").to_string())
            .children((
                div().attr("role", "status").children(move || {
                    View::from(files.get_clone().into_iter().map(of_file).collect::<Vec<_>>())
                }),
                button()
                    .r#type("button")
                    .class("small")
                    .on(events::click, move |_| files.set(Vec::new()))
                    .children(text!("ui.scim.close").to_string()),
            ))
            .into()
    })
}

fn of_file(ScimFile { name, said }: ScimFile) -> View {
    let more = said.len().saturating_sub(MOST);
    let statements = said.into_iter().take(MOST).map(statement).collect::<Vec<_>>();
    let more = (more > 0).then(|| View::from(p().children(text!("ui.scim.more", count = more).to_string())));
    View::from((
        h2().children(text!("ui.scim.heading", file = name).to_string()),
        ul().children(statements),
        more,
    ))
}

fn statement(Statement { heading, sentences, steps }: Statement) -> View {
    let sentences = sentences.into_iter().map(|it| severity::sentence(*create_signal(it)));
    li().children((
        heading.map(|heading| View::from(h3().children(heading))),
        sentences.collect::<Vec<_>>(),
        (!steps.is_empty()).then(|| section::steps(*create_signal(steps))),
    ))
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use samlight::base::severity::{Sentence, Severity};

    fn html(count: usize) -> String {
        let sentence = Sentence { severity: Severity::Error, text: "<img src=x>".into() };
        let one = Statement { heading: Some("DELETE".into()), sentences: vec![sentence], steps: Vec::new() };
        sycamore::render_to_string(move || {
            said(create_signal(vec![ScimFile { name: "a.log".into(), said: vec![one; count] }]))
        })
    }

    #[test]
    fn a_part_of_a_long_log_is_shown_and_nothing_in_it_is_markup() {
        let short = html(1);
        assert!(short.contains("a.log") && short.contains("DELETE") && !short.contains("<img"), "{short}");
        assert!(!short.contains("--group"), "{short}");
        let long = html(MOST + 7);
        assert_eq!(long.matches("DELETE").count(), MOST);
        assert!(long.contains("7 more"), "{long}");
    }
}

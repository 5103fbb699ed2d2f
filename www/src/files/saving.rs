//! The tool that saves what is shown as a file: redacted unless it is asked for in clear.
//!
//! The file is written in this page, by the core, and handed to the browser's own download.

use crate::{app::App, base::signals::live, client::random::salt, parts::file::download};
use js_sys::futures::spawn_local;
use samlight::{
    base::{catalogue::Text, number::thousands},
    calls::protocol::ExportCall,
    file::export::{FORMATS, Secrecy},
    text,
    view::{report::REPORTS, search::Query},
};
use sycamore::prelude::*;
use sycamore::web::{
    bind, events,
    tags::{button, div, h2, input, label, li, p, section, span, ul},
};

/// The buttons, one a format.
pub(super) fn saving(app: &App) -> View {
    let clear = create_signal(false);
    let receipt = create_signal(None::<Vec<String>>);
    let (overview, query) = (app.overview, app.query);
    let only = create_selector(move || {
        let found = overview.with(|overview| overview.as_ref().map(|it| it.found));
        found.filter(|_| query.with(is_part))
    });
    let nothing = create_selector(move || overview.with(|o| o.as_ref().is_none_or(|o| o.total == 0)));
    let formats = FORMATS.into_iter().map(|format| (format.id, format.name));
    let reports = REPORTS.into_iter().map(|report| (report.id, report.name));
    let buttons = formats.chain(reports).map(|(id, name): (&'static str, fn() -> Text)| {
        let app = app.clone();
        View::from(
            button()
                .r#type("button")
                .attr("data-format", id)
                .disabled(nothing)
                .on(events::click, move |_| {
                    let secrecy = if clear.get() { Secrecy::Clear } else { Secrecy::Redacted };
                    save(&app, id, secrecy, receipt);
                })
                .children(name().to_string()),
        )
    });
    div()
        .class("files-out")
        .children((
            h2().children(text!("ui.files.out").to_string()),
            live(move || {
                let found = only.get()?;
                let only = text!("ui.files.only", found = thousands(found)).to_string();
                Some(View::from(p().class("only-found").children(only)))
            }),
            label().class("clear-choice").children((
                input().r#type("checkbox").bind(bind::checked, clear),
                span().children(text!("ui.files.clear").to_string()),
            )),
            live(move || {
                clear.get().then(|| {
                    View::from(
                        p().class("warning")
                            .attr("role", "alert")
                            .children(text!("ui.files.clear.why").to_string()),
                    )
                })
            }),
            div().class("formats").children(buttons.collect::<Vec<_>>()),
            live(move || receipt.get_clone().map(replaced)),
        ))
        .into()
}

/// The list of what was replaced in the file that was saved last.
fn replaced(receipt: Vec<String>) -> View {
    let lines = receipt.into_iter().map(|line| View::from(li().children(line)));
    section()
        .class("receipt")
        .attr("role", "status")
        .children((
            p().children(text!("ui.files.receipt").to_string()),
            ul().children(lines.collect::<Vec<_>>()),
        ))
        .into()
}

/// Whether the list leaves out anything.
fn is_part(query: &Query) -> bool {
    query.is_filter() || query.tab.is_some()
}

/// Has the browser save in this format what the list shows.
fn save(app: &App, format: &str, secrecy: Secrecy, receipt: Signal<Option<Vec<String>>>) {
    // Without randomness the names could be tried out, so nothing is written.
    let Some(salt) = salt() else { return app.say(text!("ui.files.not-saved").to_string()) };
    let of = Some(app.query.get_clone_untracked()).filter(is_part);
    let file = app.client.export(ExportCall { format: format.to_owned(), secrecy, salt, of });
    let app = app.clone();
    spawn_local(async move {
        match file.await {
            Ok(file) => {
                let said = match download(&file.name, &file.media_type, &file.content) {
                    Ok(()) => text!("ui.files.saved", file = file.name),
                    Err(_) => text!("ui.files.not-saved"),
                };
                let left_out = match file.left_out {
                    0 => String::new(),
                    count => text!("export.left-out", count = count).to_string(),
                };
                let part = file.part.map(|(found, total)| {
                    text!("ui.files.saved.part", found = thousands(found), total = thousands(total))
                        .to_string()
                });
                let parts = [said.to_string(), part.unwrap_or_default(), left_out];
                app.say(parts.join(" ").trim().to_owned());
                receipt.set(file.receipt);
            }
            Err(failure) => app.failure.set(Some(failure)),
        }
    });
}

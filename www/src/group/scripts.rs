//! The corrections of the whole group as files to save: a script that makes them, one that takes them back,
//! and who is left out. The browser runs none of them.
//!
//! They come from where the group is in parts of a bounded number of members, and are kept in this page until
//! something changes. Leaves out what is corrected and why ([`samlight::group::script`]).

use super::{call, tools::of};
use crate::{
    app::{App, group::PlanKnown},
    base::signals::{live, part},
    parts::{file::download, section},
};
use js_sys::futures::spawn_local;
use samlight::{
    calls::protocol::{GroupCall, OwnReply},
    group::script::{FILES, ScriptPart},
    text,
};
use std::rc::Rc;
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{button, div, h3, p, section as section_tag, ul},
};

const SHELL: &str = "application/x-sh";
const TEXT: &str = "text/plain";

/// The media types of the files, in their order.
const MEDIA: [&str; FILES.len()] = [SHELL, SHELL, TEXT];

/// The explanation, and the buttons.
pub(super) fn scripts(app: &App) -> View {
    let PlanKnown { scripts, is_preparing, .. } = app.group.plan.clone();
    let serial = part(*app.group.list.state, |state| state.as_ref().map(|state| state.serial));
    let settings = part(*app.group.settings.state, |state| state.serial);
    let state = of(&app.group, |view| (view.state.clone(), view.changed.clone()));
    let is_read = of(&app.group, |view| view.can_read_again);
    // What was prepared before is of another state of things.
    create_effect(on((serial, settings, state), move || scripts.set(None)));
    let (preparing, saving) = (app.clone(), app.clone());
    section_tag()
        .class("plan-scripts")
        .children((
            h3().children(text!("ui.scripts").to_string()),
            p().children(text!("ui.scripts.about").to_string()),
            p().class("quiet").children(text!("ui.scripts.how").to_string()),
            button()
                .r#type("button")
                .class("small scripts-prepare")
                .disabled(move || is_preparing.get() || !is_read.get())
                .on(events::click, move |_| prepare(&preparing))
                .children(text!("ui.scripts.prepare").to_string()),
            div()
                .attr("role", "status")
                .children(live(move || scripts.get_clone().map(|scripts| prepared(&saving, &scripts)))),
        ))
        .into()
}

/// Has all parts written.
fn prepare(app: &App) {
    let app = app.clone();
    let PlanKnown { scripts, is_preparing, .. } = app.group.plan.clone();
    is_preparing.set(true);
    spawn_local(async move {
        let mut whole = ScriptPart { next: Some(0), ..ScriptPart::default() };
        while let Some(start) = whole.next {
            match call(&app, GroupCall::Script { start }).await {
                Some(OwnReply::Script(Some(part))) => whole = whole.with(*part),
                Some(_) => {
                    app.say(text!("ui.scripts.not-read").to_string());
                    break;
                }
                None => break,
            }
        }
        is_preparing.set(false);
        scripts.set(Some(Rc::new(whole)).filter(|whole| whole.next.is_none()));
    });
}

fn prepared(app: &App, whole: &Rc<ScriptPart>) -> View {
    let files = FILES.into_iter().zip(MEDIA).enumerate().map(|(at, (name, media))| {
        let (app, whole) = (app.clone(), Rc::clone(whole));
        let is_empty = whole.files.get(at).is_none_or(String::is_empty);
        View::from(
            button()
                .r#type("button")
                .class("small")
                .attr("data-script", name)
                .disabled(is_empty)
                .on(events::click, move |_| {
                    let content = whole.files.get(at).map(String::as_str).unwrap_or_default();
                    let said = match download(name, media, content) {
                        Ok(()) => text!("ui.files.saved", file = name),
                        Err(_) => text!("ui.files.not-saved"),
                    };
                    app.say(said.to_string());
                })
                .children(text!("ui.scripts.save", file = name).to_string()),
        )
    });
    View::from((
        ul().class("people-said").children(section::statement(whole.tally.statement(FILES))),
        div().class("group-saving").children(files.collect::<Vec<_>>()),
    ))
}

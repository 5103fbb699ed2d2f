//! The identity provider's settings beside the group: the files, what was recognised in them, and what they
//! say of the NameID, of externalId, of the SAML app and of the metadata of both sides.
//!
//! A file is read in this page and handed on as a text; nothing of it is kept here but what is on the
//! screen. Leaves out what they say of a member: `member.rs`.

use super::{
    ask,
    giving::{Words, giving, pasted_name},
    tell,
};
use crate::{
    app::{App, group::SettingsKnown},
    base::signals::{live, while_any},
    parts::{controls, file::content, section},
};
use js_sys::futures::spawn_local;
use samlight::{
    base::{limits::SHORT_BYTES, redact::Secret},
    calls::protocol::{GroupCall, OwnReply, SettingsCall},
    explain,
    group::check::SettingsState,
    text,
};
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{button, details, div, p, summary, ul},
};
use web_sys::File;

/// Takes in how the settings stand, and asks for their words where they may have changed.
pub(super) fn follow(app: &App, state: SettingsState) {
    let known = app.group.settings.clone();
    let before = known.state.get_clone_untracked();
    // Who puts them away makes the number larger.
    if state.serial < before.serial && !before.files.is_empty() {
        known.problem.set(text!("ui.settings.gone").to_string());
    }
    let serial = state.serial;
    let is_any = !state.files.is_empty();
    known.state.set(state);
    if known.seen.get_untracked() == serial {
        return;
    }
    known.seen.set_silent(serial);
    if !is_any {
        known.said.set(Vec::new());
        return;
    }
    look(app);
}

/// Asks for the words: what was recorded since is compared, too.
fn look(app: &App) {
    let app = app.clone();
    spawn_local(async move {
        let reply = super::call(&app, GroupCall::Settings(SettingsCall::View)).await;
        if let Some(OwnReply::Statements(said)) = reply {
            app.group.settings.said.set(said);
        }
    });
}

/// The text of a file, decoded; a sentence where the browser cannot read it.
pub(super) async fn text_of(file: &File) -> Result<Secret<String>, String> {
    match content(file, SHORT_BYTES).await {
        Ok(octets) => Ok(Secret::new(explain::text_of(&octets))),
        Err(_) => Err(text!("ui.files.unreadable", file = file.name()).to_string()),
    }
}

fn take(app: &App, file: File) {
    let app = app.clone();
    app.group.settings.problem.set(String::new());
    spawn_local(async move {
        match text_of(&file).await {
            Ok(content) => order(&app, SettingsCall::Take { file: file.name(), content }).await,
            Err(problem) => app.group.settings.problem.set(problem),
        }
    });
}

async fn order(app: &App, call: SettingsCall) {
    match tell(app, GroupCall::Settings(call)).await {
        Ok(_) => ask(app),
        Err(reason) => app.group.settings.problem.set(reason),
    }
}

/// All of it, folded until it is wanted.
pub(super) fn provider(app: &App) -> View {
    let SettingsKnown { state, said, pasted, problem, .. } = app.group.settings.clone();
    let files = create_selector(move || state.with(|state| state.files.clone()));
    let words = Words {
        choose: text!("ui.settings.choose"),
        paste: text!("ui.settings.paste"),
        label: text!("ui.settings.paste.label"),
        order: text!("ui.settings.paste.do"),
        is_several: true,
    };
    let (taking, opened, away) = (app.clone(), app.clone(), app.clone());
    details()
        .class("group-people group-provider")
        .on(events::toggle, move |_| {
            if files.with_untracked(|files| !files.is_empty()) {
                look(&opened);
            }
        })
        .children((
            summary().children(text!("ui.settings").to_string()),
            div().class("people").children((
                p().class("quiet").children(text!("ui.settings.private").to_string()),
                giving(&words, move || pasted_name(pasted), move |file| take(&taking, file)),
                live(move || {
                    let problem = problem.get_clone();
                    (!problem.is_empty())
                        .then(|| View::from(p().class("warning").attr("role", "alert").children(problem)))
                }),
                p().class("people-state").attr("role", "status").children(live(move || {
                    let files = files.get_clone();
                    let names = files.join(", ");
                    (!files.is_empty())
                        .then(|| View::from(text!("ui.settings.read", files = names).to_string()))
                })),
                live(move || {
                    let said = said.get_clone().into_iter().map(section::statement).collect::<Vec<_>>();
                    View::from(ul().class("people-said settings-said").children(said))
                }),
                while_any(files, move || put_away(&away)),
            )),
        ))
        .into()
}

fn put_away(app: &App) -> View {
    let app = app.clone();
    button()
        .r#type("button")
        .class("small people-away settings-away")
        .on(events::click, move |_| {
            let app = app.clone();
            app.group.settings.problem.set(String::new());
            app.say(text!("ui.settings.away.said").to_string());
            // The button goes with what it puts away.
            controls::focus(app.group.search.try_get());
            spawn_local(async move { order(&app, SettingsCall::PutAway).await });
        })
        .children(text!("ui.settings.away").to_string())
        .into()
}

#[cfg(test)]
mod tests;

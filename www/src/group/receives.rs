//! The SCIM request that GitLab will receive of the member who is chosen, field by field, beside what a log
//! shows that it has received, where the story of that person was read.
//!
//! Asked for when it is wanted, and again when the list, the settings or the story are others. Leaves out how
//! the request is made ([`samlight::group::provisioned`]).

use super::call;
use crate::{
    app::App,
    base::signals::{live, part},
    parts::section,
};
use js_sys::futures::spawn_local;
use samlight::{
    calls::protocol::{GroupCall, OwnReply},
    scim::Statement,
    text,
};
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{button, div, ul},
};

/// The button, and what it shows; nothing without a list of people.
pub(super) fn receives(app: &App, user: u64) -> View {
    let (list, settings) = (app.group.list.clone(), app.group.settings.clone());
    let has_list = part(*list.state, Option::is_some);
    let is_open = create_signal(false);
    let said: Signal<Vec<Statement>> = create_signal(Vec::new());
    let serial =
        part(*list.state, |state| state.as_ref().map(|state| (state.serial, state.progress.is_some())));
    let settings = part(*settings.state, |state| state.serial);
    let received = app.files.received;
    let asking = app.clone();
    create_effect(move || {
        let _ = (serial.get(), settings.get());
        let received = received.get_clone();
        if is_open.get() {
            let app = asking.clone();
            spawn_local(async move {
                let reply = call(&app, GroupCall::Provisioned { user, received }).await;
                // The member may have been left meanwhile.
                if let Some(OwnReply::Statements(new)) = reply.filter(|_| said.is_alive()) {
                    said.set(new);
                }
            });
        }
    });
    live(move || {
        has_list.get().then(|| {
            View::from((
                button()
                    .r#type("button")
                    .class("small member-receives")
                    .attr("aria-expanded", move || is_open.get().to_string())
                    .on(events::click, move |_| is_open.set(!is_open.get_untracked()))
                    .children(text!("ui.receives").to_string()),
                div().attr("role", "status").children(live(move || {
                    is_open.get().then(|| {
                        let said = said.get_clone().into_iter().map(section::statement).collect::<Vec<_>>();
                        View::from(ul().class("people-said member-received").children(said))
                    })
                })),
            ))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::shown;
    use samlight::group::check::ListState;

    #[test]
    fn it_is_offered_where_there_is_a_list_and_shown_when_it_is_wanted() {
        assert!(!shown(|app| receives(app, 7)).contains("<button"));
        let html = shown(|app| {
            app.group.list.state.set(Some(ListState {
                name: "people.csv".into(),
                serial: 1,
                rows: 1,
                progress: None,
                counts: Vec::new(),
                planned: None,
            }));
            receives(app, 7)
        });
        assert!(
            html.contains("What GitLab will receive") && html.contains("aria-expanded=\"false\""),
            "{html}"
        );
        assert!(!html.contains("member-received"), "{html}");
    }
}

//! The identity that an administrator of the GitLab can add: the steps with the page, the values to copy, and
//! the commands.

use crate::{
    app::App,
    base::signals::live,
    parts::{controls, section::steps, value},
};
use samlight::{text, view::new_identity::NewIdentity};
use sycamore::prelude::*;
use sycamore::web::tags::{dd, details, dl, dt, h3, pre, section, summary};

/// All of it; nothing where no identity is to be added.
pub(super) fn new_identity(app: &App, new: ReadSignal<Option<NewIdentity>>) -> View {
    let app = app.clone();
    live(move || {
        let NewIdentity { heading, steps: to_do, values, commands } = new.get_clone()?;
        let values = values.into_iter().map(|(label, exact)| {
            let copied = exact.clone();
            View::from((
                dt().children(label.clone()),
                dd().children((
                    value::exact(&exact, None),
                    " ",
                    controls::copy_button(&app, &label, move || copied.clone()),
                )),
            ))
        });
        let commands = commands.into_iter().map(|(what, command)| {
            let copied = command.clone();
            View::from(details().children((
                summary().children(what),
                pre().attr("tabindex", "0").children(command),
                controls::copy_as(&app, "small", &text!("ui.group.command.copy"), move || copied.clone()),
            )))
        });
        Some(View::from(section().class("new-identity").children((
            h3().children(heading),
            steps(*create_signal(to_do)),
            dl().class("values").children(values.collect::<Vec<_>>()),
            commands.collect::<Vec<_>>(),
        ))))
    })
}

#[cfg(test)]
mod tests {
    use crate::tests::{full_flow, show_flow};
    use samlight::view::FlowView;

    #[test]
    fn the_identity_to_add_is_shown_with_its_page_its_values_and_its_command() {
        let html = show_flow(full_flow());
        for part in [
            "THE NEW IDENTITY",
            "THE PAGE",
            "https://gitlab.example.com/admin/users",
            "BY THE API",
            "extern_uid=x",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(html.contains("&lt;b>UID&lt;/b>") || html.contains("&lt;b&gt;UID&lt;/b&gt;"), "{html}");
        assert!(
            html.contains("aria-label=\"Copy: Identifier\"") || html.contains("Copy Identifier"),
            "{html}"
        );
        let without = FlowView { new_identity: None, ..full_flow() };
        assert!(!show_flow(without).contains("new-identity"));
    }
}

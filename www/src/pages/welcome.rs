//! The welcome page: what is recorded, what is not, where it stays, and what to do now. Opened in a tab after
//! the installation, and from the panel at any time.

use super::instances;
use crate::{app::App, base::signals::live, client::PanelPlace, parts::controls};
use samlight::{base::catalogue::Text, text};
use sycamore::prelude::*;
use sycamore::web::tags::{a, div, h1, h2, header, li, main, ol, p, section, ul};

/// The address of this page, from the panel's own.
const ADDRESS: &str = "index.html?view=welcome";

/// The page.
pub(crate) fn welcome(app: &App) -> View {
    View::from((
        header().class("bar").children((
            controls::mark(),
            h1().children(text!("ui.name").to_string()),
            controls::recording(app),
        )),
        main().class("welcome").children((
            controls::failure(app),
            h2().children(text!("ui.welcome.heading").to_string()),
            p().children(text!("ui.welcome.what").to_string()),
            (access(app), instances::elsewhere(app)),
            list(
                text!("ui.welcome.now"),
                ListStyle::Steps,
                [text!("ui.welcome.now.pin"), text!("ui.welcome.now.sign-in"), text!("ui.welcome.now.read")],
            ),
            list(
                text!("ui.welcome.recorded"),
                ListStyle::Half,
                [
                    text!("ui.welcome.recorded.exchanges"),
                    text!("ui.welcome.recorded.parts"),
                    text!("ui.welcome.recorded.pages"),
                    text!("ui.welcome.recorded.user"),
                    text!("ui.welcome.recorded.group"),
                ],
            ),
            list(
                text!("ui.welcome.not-recorded"),
                ListStyle::Half,
                [
                    text!("ui.welcome.not-recorded.secrets"),
                    text!("ui.welcome.not-recorded.others"),
                    text!("ui.welcome.not-recorded.bodies"),
                ],
            ),
            list(
                text!("ui.welcome.stays"),
                ListStyle::Points,
                [
                    text!("ui.welcome.stays.memory"),
                    text!("ui.welcome.stays.instances"),
                    text!("ui.welcome.stays.nowhere"),
                    text!("ui.welcome.stays.message"),
                ],
            ),
            div().class("welcome-actions").children((
                controls::open_button(app, PanelPlace::SidePanel, "primary", || {}),
                controls::open_button(app, PanelPlace::Tab, "", || {}),
            )),
        )),
    ))
}

/// Leads to this page from the panel.
pub(crate) fn link() -> View {
    a().class("quiet about")
        .href(ADDRESS)
        .target("_blank")
        .children(text!("ui.welcome.link").to_string())
        .into()
}

/// Whether GitLab.com can be seen: the offer to change it, or that all is well.
fn access(app: &App) -> View {
    let access = app.access;
    View::from((
        controls::access(app),
        live(move || {
            (access.get() == Some(true)).then(|| {
                View::from(p().class("access-given").children(text!("ui.welcome.access").to_string()))
            })
        }),
    ))
}

/// The style in which a list of sentences is set.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ListStyle {
    /// In order, with numbers.
    Steps,
    /// With points.
    Points,
    /// With points, beside its neighbour where there is room.
    Half,
}

fn list<const N: usize>(heading: Text, style: ListStyle, texts: [Text; N]) -> View {
    let lines = texts.map(|text| View::from(li().children(text.to_string())));
    let lines = Vec::from(lines);
    let list: View = match style {
        ListStyle::Steps => ol().class("steps").children(lines).into(),
        ListStyle::Points | ListStyle::Half => ul().class("points").children(lines).into(),
    };
    let class = if style == ListStyle::Half { "half" } else { "whole" };
    section().class(class).children((h2().children(heading.to_string()), list)).into()
}

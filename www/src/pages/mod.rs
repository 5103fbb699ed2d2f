//! The pages: one document in six layouts, the checks in the panel, and what is shown when the document
//! itself fails.

pub(crate) mod crash;
pub(crate) mod guide;
pub(crate) mod instances;
pub(crate) mod layout;
pub(crate) mod panel;
pub(crate) mod popup;
mod second;
pub(crate) mod welcome;

use crate::{app::App, base::signals::live};
use layout::Layout;
use samlight::view::Overview;
use sycamore::prelude::*;
use sycamore::web::tags::{div, p};

/// The page in this layout, with what it says aloud.
pub(crate) fn page(app: &App, layout: Layout) -> View {
    View::from((announcer(app), laid_out(app, layout)))
}

fn laid_out(app: &App, layout: Layout) -> View {
    match layout {
        Layout::Popup => popup::popup(app),
        Layout::Welcome => second::later(app, |second, app| second.welcome(app)),
        Layout::Instances => second::later(app, |second, app| second.instances(app)),
        Layout::Side | Layout::Tab | Layout::DevTools => panel::panel(app, layout),
    }
}

/// Says for screen readers when the verdict changes and when something was copied. What was copied is seen
/// too.
fn announcer(app: &App) -> View {
    let (overview, said, sees_any) = (app.overview, app.said, app.sees_any);
    let headline = create_selector(move || {
        // Without access nothing appears by itself, and the page says so.
        let promises = |overview: &&Overview| overview.total == 0 && overview.recording;
        let is_blind = sees_any.get() == Some(false);
        overview.with(|overview| {
            let told = overview.as_ref().filter(|overview| !(is_blind && promises(overview)));
            told.map(|overview| overview.headline.text.clone()).unwrap_or_default()
        })
    });
    View::from((
        div().class("unseen").attr("role", "status").children(live(move || headline.get_clone())),
        // A new element each time, so that the same words twice are said twice.
        div().class("toasts").attr("role", "status").children(live(move || {
            let said = said.get_clone();
            (!said.is_empty()).then(|| View::from(p().class("toast").children(said)))
        })),
    ))
}

#[cfg(test)]
mod tests;

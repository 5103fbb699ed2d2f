//! The pages: one document in six layouts, and what is shown when the document itself fails.

pub(crate) mod crash;
pub(crate) mod instances;
pub(crate) mod layout;
pub(crate) mod panel;
pub(crate) mod popup;
pub(crate) mod welcome;

use crate::{app::App, base::signals::live};
use layout::Layout;
use sycamore::prelude::*;
use sycamore::web::tags::{div, p};

/// The page in this layout, with what it says aloud.
pub(crate) fn page(app: &App, layout: Layout) -> View {
    View::from((announcer(app), laid_out(app, layout)))
}

fn laid_out(app: &App, layout: Layout) -> View {
    match layout {
        Layout::Popup => popup::popup(app),
        Layout::Welcome => welcome::welcome(app),
        Layout::Instances => instances::instances(app),
        Layout::Side | Layout::Tab | Layout::DevTools => panel::panel(app, layout),
    }
}

/// Says for screen readers when the verdict changes and when something was copied. What was copied is seen
/// too.
fn announcer(app: &App) -> View {
    let (overview, said) = (app.overview, app.said);
    let headline = create_selector(move || {
        overview.with(|overview| {
            overview.as_ref().map(|overview| overview.headline.text.clone()).unwrap_or_default()
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

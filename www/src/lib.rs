//! The user interface of Samlight: the extension's popup, side panel, tab, and panel of the developer tools; and the
//! static page.
//!
//! One page in six views; which one comes from the address (`?view=popup`, `side`, `tab`, `devtools`, `welcome`,
//! `instances`), with the number of the inspected tab behind the `#`. Nothing of a trace ever stands in an address. The
//! page shows the core's view models (`samlight::view`) and adds only arrangement
//! and the texts `ui.…` of the catalogue; it knows nothing of SAML.
//!
//! | file | what it shows or does |
//! |---|---|
//! | `app.rs` | what is shown now, and how it is kept up to date |
//! | `client.rs`, `client/` | the contract with the rest of Samlight; by messages, and with the trace in the page |
//! | `files.rs`, `saving.rs`, `scim.rs` | files in, files out; what files say of SCIM |
//! | `stored.rs` | what GitLab has stored, as a person says it where no GitLab is seen |
//! | `popup.rs`, `panel.rs`, `welcome.rs`, `instances.rs` | the layouts |
//! | `search.rs`, `list.rs`, `flow.rs` | what the list leaves out; the sign-ins; the selected one |
//! | `self_check.rs`, `comparison.rs`, `acceptance.rs`, `sequence.rs`, `message.rs`, `octets.rs`, `unhidden.rs`, `exchanges.rs` | its parts |
//! | `group/` | the group that is checked: its members, and the safe repair of one |
//! | `severity.rs`, `controls.rs`, `scroll.rs` | what all of them use |
//! | `live.rs`, `asks.rs`, `keys.rs`, `paint.rs` | the rules beneath: what changes, when to ask, keys, XML colours |
//! | `crash.rs` | when this page itself fails |
//!
//! Elements are made by [`sycamore`] and by web-sys, never from a string of HTML: what is shown may be hostile.
//! The builder calls of the library are used rather than its macro, because they say plainly what is live (a
//! closure) and what is not (a value). Sycamore was measured beside Leptos: gzipped Wasm 26.1 against 32.8 kB, CPU
//! time of a build 71 against 522 s; all figures stand in `Cargo.toml`.
//!
//! The static page is the same build, served by any file server: where there is no extension, the trace is in the page
//! and comes from files.

mod acceptance;
mod app;
mod asks;
mod client;
mod clock;
mod comparison;
mod controls;
mod crash;
mod decryption;
mod exchanges;
mod files;
mod flow;
mod group;
mod instances;
mod keys;
mod list;
mod live;
mod message;
mod octets;
mod paint;
mod panel;
mod popup;
mod saving;
mod scim;
mod scroll;
mod search;
mod self_check;
mod sequence;
mod severity;
mod stored;
mod unhidden;
mod welcome;

use app::App;
use client::{Client, local::LocalClient, remote::RemoteClient};
use std::rc::Rc;
use sycamore::prelude::*;
use sycamore::web::tags::{div, p};
use wasm_bindgen::prelude::*;

/// Which layout the page has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    Popup,
    Side,
    Tab,
    /// Among the browser's developer tools, which inspect one tab.
    DevTools,
    /// What is recorded and what is not; opened once, after the installation.
    Welcome,
    /// The GitLab instances that the person named.
    Instances,
}

impl Layout {
    /// The layout that the value of `view` in the address names; a tab when it names none.
    fn named(name: Option<&str>) -> Self {
        match name {
            Some("popup") => Layout::Popup,
            Some("side") => Layout::Side,
            Some("devtools") => Layout::DevTools,
            Some("welcome") => Layout::Welcome,
            Some("instances") => Layout::Instances,
            _ => Layout::Tab,
        }
    }

    /// Its name in the address and in the style sheet.
    fn name(self) -> &'static str {
        match self {
            Layout::Popup => "popup",
            Layout::Side => "side",
            Layout::Tab => "tab",
            Layout::DevTools => "devtools",
            Layout::Welcome => "welcome",
            Layout::Instances => "instances",
        }
    }
}

/// Starts the page; the browser calls it when the Wasm is loaded.
#[wasm_bindgen(start)]
pub fn start() {
    crash::show_panics();
    let layout = Layout::named(view_in_address().as_deref());
    if let Some(body) =
        web_sys::window().and_then(|window| window.document()).and_then(|document| document.body())
    {
        // It can fail only for a malformed name, which this is not.
        let _ = body.set_attribute("data-view", layout.name());
    }
    sycamore::render(move || page(layout));
}

fn view_in_address() -> Option<String> {
    let query = web_sys::window()?.location().search().ok()?;
    web_sys::UrlSearchParams::new_with_str(&query).ok()?.get("view")
}

/// The number of the inspected tab.
fn tab_in_address() -> Option<i64> {
    web_sys::window()?.location().hash().ok()?.strip_prefix("#tab=")?.parse().ok()
}

fn page(layout: Layout) -> View {
    let (client, layout): (Rc<dyn Client>, Layout) = match RemoteClient::new() {
        Some(client) => (Rc::new(client), layout),
        // No page of the extension: a file server's.
        None => (Rc::new(LocalClient::default()), Layout::Tab),
    };
    let app = App::new(client);
    if layout == Layout::DevTools {
        app.inspect(tab_in_address());
    }
    app.start();
    if matches!(layout, Layout::Side | Layout::Tab) {
        files::listen(&app);
    }
    View::from((announcer(&app), layout_view(&app, layout)))
}

fn layout_view(app: &App, layout: Layout) -> View {
    match layout {
        Layout::Popup => popup::popup(app),
        Layout::Welcome => welcome::welcome(app),
        Layout::Instances => instances::instances(app),
        Layout::Side | Layout::Tab | Layout::DevTools => panel::panel(app, layout),
    }
}

/// Says for screen readers when the verdict changes and when something was copied. What was copied is seen too.
fn announcer(app: &App) -> View {
    let (overview, said) = (app.overview, app.said);
    let headline = create_selector(move || {
        overview.with(|overview| {
            overview.as_ref().map(|overview| overview.headline.text.clone()).unwrap_or_default()
        })
    });
    View::from((
        div().class("unseen").attr("role", "status").children(move || headline.get_clone()),
        // A new element each time, so that the same words twice are said twice.
        div().class("toasts").attr("role", "status").children(move || {
            let said = said.get_clone();
            (!said.is_empty()).then(|| View::from(p().class("toast").children(said)))
        }),
    ))
}

#[cfg(test)]
mod tests;

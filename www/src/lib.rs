//! The user interface of Samlight: the extension's popup, side panel, tab, and panel of the developer tools;
//! and the static page.
//!
//! One page in six views; which one comes from the address (`?view=popup`, `side`, `tab`, `devtools`,
//! `welcome`, `instances`), with the number of the inspected tab behind the `#`, or what a tab shows first
//! (`#show=group`, `#show=cannot-sign-in`). Nothing of a trace ever stands in an address. The page shows the
//! core's view models (`samlight::view`) and adds only arrangement and the texts `ui.…` of the catalogue; it
//! knows nothing of SAML.
//!
//! # Rooms
//!
//! A room may import the rooms above it in this list, none below it and none of its own line; so no circle of
//! files leaves a room. `cargo xtask tidy` reads this list and every import, and names each that runs the
//! other way.
//!
//! ```text
//! base, client              signals, the latest call, keys, XML colours; the contract with Samlight
//! app                       what is shown now, and how it is kept up to date
//! parts                     elements that several rooms show: severities, controls, fields, sections
//! flow, list, files, group  one sign-in; the list of them; files in and out; the group that is checked
//! pages                     the layouts: panel, popup, welcome, instances; the page after a crash
//! ```
//!
//! `tests.rs` renders the views to text. The style sheets are in `css/` beside `src/`, named after the room
//! or the file that they are for; `style.css` has their order.
//!
//! Elements are made by [`sycamore`] and by web-sys, never from a string of HTML: what is shown may be
//! hostile. The builder calls of the library are used rather than its macro, because they say plainly what is
//! live (a closure) and what is not (a value). Sycamore was measured beside Leptos: gzipped Wasm 26.1 against
//! 32.8 kB, CPU time of a build 71 against 522 s; all figures stand in `Cargo.toml`.
//!
//! The views that few people open (the group, the checks, the pages for GitLab instances and the welcome) are
//! in a second part of the Wasm file, which is loaded when one of them is shown first (`pages/second.rs`).
//! What a page does by itself is done by the core, another module in a worker of the page (`core.js`) that
//! is loaded when it is needed first: reading and writing files, opening what is encrypted. The static page
//! is the same build, served by any file server: where there is no extension, the core of the page has the
//! trace, too, and it comes from files.

mod app;
mod base;
mod client;
mod files;
mod flow;
mod group;
mod list;
mod pages;
mod parts;

use app::App;
use client::{Client, local::LocalClient, remote::RemoteClient};
use pages::layout::Layout;
use samlight::{base::catalogue::language, group::opening::Opening, text};
use std::rc::Rc;
use sycamore::prelude::*;
use wasm_bindgen::prelude::*;

/// Starts the page in this language, with the texts of its file ([`language::speak`]).
#[wasm_bindgen]
pub fn start(language: &str, texts: String) {
    language::speak(language, texts);
    pages::crash::show_panics();
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

/// The members that a tab is to show first. Said once: taken out of the address, it can be said again.
fn opening_in_address() -> Option<Opening> {
    let location = web_sys::window()?.location();
    let opening = Opening::named(location.hash().ok()?.strip_prefix("#show=")?)?;
    // It can fail only for a malformed address, which this is not.
    let _ = location.set_hash("");
    Some(opening)
}

/// Shows what the address says, now and whenever the background script changes it.
fn follow_address(app: &App) {
    let app = app.clone();
    let follow = move || {
        if let Some(opening) = opening_in_address() {
            group::open(&app, opening);
        }
    };
    follow();
    let heard = Closure::<dyn FnMut()>::new(follow).into_js_value();
    if let Some(window) = web_sys::window() {
        // It can fail only for a malformed name, which this is not.
        let _ = window.add_event_listener_with_callback("hashchange", heard.unchecked_ref());
    }
}

fn page(layout: Layout) -> View {
    let (client, layout): (Rc<dyn Client>, Layout) = match RemoteClient::new() {
        Some(client) => (Rc::new(client), layout),
        // No page of the extension: a file server's.
        None => {
            if let Some(document) = web_sys::window().and_then(|window| window.document()) {
                document.set_title(&text!("ui.files.empty").to_string());
            }
            (Rc::new(LocalClient::default()), Layout::Tab)
        }
    };
    let app = App::new(client);
    if layout == Layout::DevTools {
        app.inspect(tab_in_address());
    }
    group::listen(&app);
    if layout == Layout::Tab {
        follow_address(&app);
    }
    files::follow(&app);
    app.start();
    if matches!(layout, Layout::Side | Layout::Tab | Layout::DevTools) {
        files::listen(&app);
    }
    pages::page(&app, layout)
}

#[cfg(test)]
mod tests;

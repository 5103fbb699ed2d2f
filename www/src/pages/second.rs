//! The door to the panel's second part ([`later`]), which the page loads when one of its views is shown
//! first.
//!
//! The user interface is compiled and linked as one, and `xtask` splits it at this door, as it splits the
//! core: what is reached from [`Whole`] alone goes into a file of its own, whose instance takes the memory
//! and the table of functions of the first. So no view of it is named outside of this file, except by the
//! tests: what the first part names stays with it. The popup and the sign-ins, which most people open, need
//! the first part alone.

use super::{guide, instances, welcome};
use crate::{
    app::{App, guide::Check},
    base::signals::live,
    group,
    parts::section::loading,
};
use js_sys::{Promise, futures::spawn_local};
use samlight::text;
use sycamore::prelude::*;
use sycamore::web::tags::{main, p, section};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Loads it (`start.js`), once.
    #[wasm_bindgen(js_name = loadSecond)]
    fn load_second() -> Promise;
}

/// The views of the second part.
pub(super) trait Second {
    /// [`group::group`].
    fn group(&self, app: &App) -> View;
    /// [`guide::guide`].
    fn guide(&self, app: &App, check: Check) -> View;
    /// [`instances::instances`].
    fn instances(&self, app: &App) -> View;
    /// [`welcome::welcome`].
    fn welcome(&self, app: &App) -> View;
}

struct Whole;

impl Second for Whole {
    fn group(&self, app: &App) -> View {
        group::group(app)
    }

    fn guide(&self, app: &App, check: Check) -> View {
        guide::guide(app, check)
    }

    fn instances(&self, app: &App) -> View {
        instances::instances(app)
    }

    fn welcome(&self, app: &App) -> View {
        welcome::welcome(app)
    }
}

/// The view that `shown` makes of the second part, once that is here.
pub(super) fn later(app: &App, shown: impl Fn(&'static dyn Second, &App) -> View + 'static) -> View {
    let (app, second) = (app.clone(), app.second);
    bring(second);
    live(move || match second.get_clone() {
        Some(Ok(())) => shown(door::second().0, &app),
        None => on_its_way(),
        Some(Err(reason)) => missing(&reason),
    })
}

fn on_its_way() -> View {
    main().children(loading()).into()
}

/// Says why the second part does not come.
pub(super) fn missing(reason: &str) -> View {
    let said = text!("ui.failure.part-missing", reason = reason).to_string();
    let card = section().class("card failure").attr("data-severity", "error").attr("role", "alert");
    main().children(card.children(p().children(said))).into()
}

/// Loads the second part, unless it is here. If it did not come, it is asked for again with the next view.
fn bring(second: Signal<Option<Result<(), String>>>) {
    let is_here = move || second.with_untracked(|second| matches!(second, Some(Ok(()))));
    if is_here() {
        return;
    }
    spawn_local(async move {
        let loaded = load_second().await;
        // Two views can have asked: what the first one shows is not made again.
        if !is_here() {
            second.set(Some(loaded.map(drop).map_err(|thrown| {
                let error = thrown.dyn_ref::<js_sys::Error>();
                error.map_or_else(String::new, |error| error.message().into())
            })));
        }
    });
}

/// The two sides of the door, by the names that the splitter looks for. A call of the one is a call of the
/// other, which is in this crate: they agree, and nothing is unsafe but that the compiler is not told.
#[allow(unsafe_code, improper_ctypes, improper_ctypes_definitions)]
mod door {
    use super::{Second, Whole};

    /// The views behind one address.
    pub(super) struct Door(pub(super) &'static dyn Second);

    #[cfg(target_family = "wasm")]
    #[link(wasm_import_module = "__wasm_split_placeholder__")]
    unsafe extern "C" {
        /// The side in the first part.
        #[link_name = "__wasm_split_00second00_import_00000000000000000000000000000000"]
        pub(super) safe fn second() -> &'static Door;
    }

    #[cfg(not(target_family = "wasm"))]
    pub(super) use whole as second;

    /// The side in the second part.
    #[unsafe(export_name = "__wasm_split_00second00_export_00000000000000000000000000000000")]
    pub(super) extern "C" fn whole() -> &'static Door {
        &Door(&Whole)
    }
}

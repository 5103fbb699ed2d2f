//! The door to the core's second part ([`second`]), which JavaScript loads before somebody looks.
//!
//! The core is compiled and linked as one, and `xtask` splits it at this door: whatever is reached from
//! [`Whole`] alone, functions and data, goes into a file of its own, whose instance takes the memory and the
//! table of functions of the first. Nothing is in both. So the first part names nothing of the second but
//! the trait [`Second`]: what it named would stay with it. To pass the door before the second part is there
//! is a trap; `second.js` loads it before.
//!
//! Leaves out: the handles that JavaScript has, which are in the first part whatever they do.

use super::{
    Failed, Said, Worker,
    in_page::Page,
    reading::{People, Pieces},
};
use crate::calls::{in_page::InPage, list_reading::ListReading, reading::Reading};

/// The answers of the second part. What it makes, it alone knows how to use and drop.
pub(super) trait Second {
    /// [`Worker::own_call`].
    fn own_call(&self, worker: &mut Worker, call: &str, context: &str) -> Said<String>;
    /// [`Worker::page_call`].
    fn page_call(&self, worker: &mut Worker, call: &str, sender: &str, id: &str) -> Said<String>;
    /// [`Worker::badge`].
    fn badge(&self, worker: &mut Worker, context: &str) -> Said<Option<String>>;
    /// [`Worker::resume_check`].
    fn resume_check(&self, worker: &mut Worker, cursor: &str);
    /// [`Worker::tab_closed`].
    fn tab_closed(&self, worker: &mut Worker, tab: i32);
    /// [`Worker::evict`].
    fn evict(&self, worker: &Worker, pressed: bool, dropped: &str) -> Said<Option<String>>;
    /// The core of an own page, with an empty trace.
    fn page(&self) -> Box<dyn Page>;
    /// The reading of one file.
    fn file(&self) -> Box<dyn Pieces>;
    /// The reading of several, for a `StoryCall` in JSON.
    fn story(&self, call: &str) -> Said<Box<dyn Pieces>>;
    /// The reading of a list of people in the file `name`.
    fn people(&self, name: String) -> Box<dyn People>;
}

struct Whole;

impl Second for Whole {
    fn own_call(&self, worker: &mut Worker, call: &str, context: &str) -> Said<String> {
        worker.answer_own(call, context)
    }

    fn page_call(&self, worker: &mut Worker, call: &str, sender: &str, id: &str) -> Said<String> {
        worker.answer_page(call, sender, id)
    }

    fn badge(&self, worker: &mut Worker, context: &str) -> Said<Option<String>> {
        worker.looked_badge(context)
    }

    fn resume_check(&self, worker: &mut Worker, cursor: &str) {
        worker.resume(cursor);
    }

    fn tab_closed(&self, worker: &mut Worker, tab: i32) {
        worker.page_gone(tab);
    }

    fn evict(&self, worker: &Worker, pressed: bool, dropped: &str) -> Said<Option<String>> {
        worker.evicted(pressed, dropped)
    }

    fn page(&self) -> Box<dyn Page> {
        Box::new(InPage::default())
    }

    fn file(&self) -> Box<dyn Pieces> {
        Box::new(Reading::file())
    }

    fn story(&self, call: &str) -> Said<Box<dyn Pieces>> {
        let reading = Reading::story(super::read(call)?).map_err(|text| Failed(text.to_string()))?;
        Ok(Box::new(reading))
    }

    fn people(&self, name: String) -> Box<dyn People> {
        Box::new(ListReading::new(name))
    }
}

/// The second part.
pub(super) fn second() -> &'static dyn Second {
    door::second().0
}

/// The two sides of the door, by the names that the splitter looks for. A call of the one is a call of the
/// other, which is in this crate: they agree, and nothing is unsafe but that the compiler is not told.
#[allow(unsafe_code, improper_ctypes, improper_ctypes_definitions)]
mod door {
    use super::{Second, Whole};
    use crate::base::catalogue;

    /// The answers behind one address.
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
        catalogue::bring();
        &Door(&Whole)
    }
}

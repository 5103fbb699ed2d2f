//! Ways to narrow what a view reads, so that it changes only where its own part differs.

use std::{fmt::Display, rc::Rc};
use sycamore::prelude::*;
use sycamore::web::KeyedProps;

/// The part of `whole` that `pick` takes; it changes only when the part does.
pub(crate) fn part<T: 'static, U: PartialEq + 'static>(
    whole: ReadSignal<T>,
    mut pick: impl FnMut(&T) -> U + 'static,
) -> ReadSignal<U> {
    create_selector(move || whole.with(&mut pick))
}

/// The view that `content` makes, made again when a signal that it reads changes. The library's own way to
/// say so is compiled anew for each closure, 1 kB of Wasm each; this for each type of content.
pub(crate) fn live<U: Into<View> + 'static>(content: impl FnMut() -> U + 'static) -> View {
    let content: Box<dyn FnMut() -> U> = Box::new(content);
    View::from_dynamic(content)
}

/// One view for each entry of `list`. A view is kept for as long as its entry's key is in the list, and its
/// signal follows the entry; so what is open, focused or scrolled in it stays. `key` gets the entry's
/// position too, and no two entries may have the same key. Each view must be one element.
pub(crate) fn each<T, K>(
    list: ReadSignal<Vec<T>>,
    key: impl Fn(usize, &T) -> K + Copy + 'static,
    view: impl Fn(ReadSignal<T>) -> View + 'static,
) -> View
where
    T: Clone + PartialEq + 'static,
    K: Display,
{
    let keys = part(list, move |list| {
        list.iter().enumerate().map(|(at, entry)| key(at, entry).to_string()).collect()
    });
    keyed(
        keys,
        Rc::new(move |wanted| {
            let find = move |list: &Vec<T>| {
                let mut entries = list.iter().enumerate();
                entries
                    .find(|(at, entry)| key(*at, entry).to_string() == wanted)
                    .map(|(_, entry)| entry.clone())
            };
            let Some(mut last) = list.with_untracked(&find) else { return View::new() };
            // An entry that left the list keeps its last value for the moment until its view goes too.
            view(create_selector(move || {
                if let Some(now) = list.with(&find) {
                    last = now;
                }
                last.clone()
            }))
        }),
    )
}

/// The library's keyed list, compiled once for all types of entries: each copy of it is 6 kB of Wasm.
fn keyed(keys: ReadSignal<Vec<String>>, view: Rc<dyn Fn(String) -> View>) -> View {
    Keyed(KeyedProps::builder().list(keys).view(move |key| view(key)).key(String::clone).build())
}

/// The view that `content` makes, only while `list` has entries.
pub(crate) fn while_any<T: 'static>(list: ReadSignal<Vec<T>>, content: impl Fn() -> View + 'static) -> View {
    let empty = part(list, Vec::is_empty);
    live(move || (!empty.get()).then(&content))
}

//! Ways to narrow what a view reads, so that it changes only where its own part differs.

use std::hash::Hash;
use sycamore::prelude::*;
use sycamore::web::KeyedProps;

/// The part of `whole` that `pick` takes; it changes only when the part does.
pub(crate) fn part<T: 'static, U: PartialEq + 'static>(
    whole: ReadSignal<T>,
    mut pick: impl FnMut(&T) -> U + 'static,
) -> ReadSignal<U> {
    create_selector(move || whole.with(&mut pick))
}

/// One view for each entry of `list`. A view is kept for as long as its entry's key is in the list, and its signal
/// follows the entry; so what is open, focused or scrolled in it stays. `key` gets the entry's position too.
/// Each view must be one element.
pub(crate) fn each<T, K>(
    list: ReadSignal<Vec<T>>,
    key: impl Fn(usize, &T) -> K + Copy + 'static,
    view: impl Fn(ReadSignal<T>) -> View + 'static,
) -> View
where
    T: Clone + PartialEq + 'static,
    K: Clone + Eq + Hash + 'static,
{
    let keys =
        part(list, move |list| list.iter().enumerate().map(|(at, entry)| key(at, entry)).collect::<Vec<_>>());
    let entry_view = move |wanted: K| {
        let find = move |list: &Vec<T>| {
            list.iter()
                .enumerate()
                .find(|(at, entry)| key(*at, entry) == wanted)
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
    };
    Keyed(KeyedProps::builder().list(keys).view(entry_view).key(K::clone).build())
}

/// What `content` makes, only while `list` has entries.
pub(crate) fn while_any<T: 'static>(list: ReadSignal<Vec<T>>, content: impl Fn() -> View + 'static) -> View {
    let empty = part(list, Vec::is_empty);
    View::from(move || (!empty.get()).then(&content))
}

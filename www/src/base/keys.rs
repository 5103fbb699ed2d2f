//! The entry that the arrow keys lead to, in lists and in tabs (WAI-ARIA Authoring Practices, listbox and
//! tabs).

/// The direction in which the entries are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Axis {
    /// One above the other; the ends hold.
    Down,
    /// Side by side; the ends meet.
    Across,
}

/// The number of entries that the page keys move by.
const PAGE: usize = 10;

/// The entry that `key` leads to from entry `at` of `count`; absent when the key does not move.
///
/// `key` is the value of `KeyboardEvent.key`. With no entry selected, every moving key leads to the first or
/// last.
pub(crate) fn target(axis: Axis, key: &str, at: Option<usize>, count: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    let step = match (axis, key) {
        (_, "Home") => return Some(0),
        (_, "End") => return Some(last),
        (Axis::Down, "ArrowDown") | (Axis::Across, "ArrowRight") => 1,
        (Axis::Down, "ArrowUp") | (Axis::Across, "ArrowLeft") => -1,
        (Axis::Down, "PageDown") => return Some(at.map_or(0, |at| (at + PAGE).min(last))),
        (Axis::Down, "PageUp") => return Some(at.map_or(last, |at| at.min(last).saturating_sub(PAGE))),
        _ => return None,
    };
    Some(match (at.map(|at| at.min(last)), step, axis) {
        (None, 1, _) => 0,
        (None, ..) => last,
        (Some(at), 1, Axis::Across) if at == last => 0,
        (Some(at), 1, _) => (at + 1).min(last),
        (Some(0), _, Axis::Across) => last,
        (Some(at), ..) => at.saturating_sub(1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_holds_at_its_ends() {
        let cases = [
            ("ArrowDown", Some(0), Some(1)),
            ("ArrowDown", Some(2), Some(2)),
            ("ArrowUp", Some(2), Some(1)),
            ("ArrowUp", Some(0), Some(0)),
            ("Home", Some(2), Some(0)),
            ("End", Some(0), Some(2)),
            ("ArrowDown", None, Some(0)),
            ("ArrowUp", None, Some(2)),
            ("ArrowUp", Some(9), Some(1)),
            ("ArrowRight", Some(1), None),
            ("a", Some(1), None),
        ];
        for (key, at, expected) in cases {
            assert_eq!(target(Axis::Down, key, at, 3), expected, "{key} from {at:?}");
        }
    }

    #[test]
    fn the_page_keys_move_further_and_hold_at_the_ends() {
        let cases = [
            ("PageDown", Some(5), Some(15)),
            ("PageDown", Some(95), Some(99)),
            ("PageUp", Some(15), Some(5)),
            ("PageUp", Some(5), Some(0)),
            ("PageDown", None, Some(0)),
            ("PageUp", None, Some(99)),
        ];
        for (key, at, expected) in cases {
            assert_eq!(target(Axis::Down, key, at, 100), expected, "{key} from {at:?}");
        }
        assert_eq!(target(Axis::Across, "PageDown", Some(1), 3), None);
    }

    #[test]
    fn tabs_meet_at_their_ends() {
        let cases = [
            ("ArrowRight", Some(2), Some(0)),
            ("ArrowLeft", Some(0), Some(2)),
            ("ArrowRight", Some(0), Some(1)),
            ("ArrowLeft", Some(2), Some(1)),
            ("ArrowDown", Some(0), None),
        ];
        for (key, at, expected) in cases {
            assert_eq!(target(Axis::Across, key, at, 3), expected, "{key} from {at:?}");
        }
    }

    #[test]
    fn nothing_moves_in_an_empty_list() {
        assert_eq!(target(Axis::Down, "End", None, 0), None);
    }
}

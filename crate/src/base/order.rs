//! Sorting, compiled once.
//!
//! The standard library's sort is compiled anew for each type and each order, 3 to 8 kB of Wasm each. Here it
//! sorts positions, and only the moving is compiled for each type. A set or a map that is collected is sorted
//! with a sort of its own, too, so one is filled item by item. Leaves out: lists whose sorting takes time
//! that is noticed, such as the attributes of an element; they use the standard library's.

use std::cmp::Ordering;

/// Sorts `items`; those that are equal stay in their order.
pub(crate) fn sort_by<T>(items: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) {
    let mut order = positions(items.len(), &mut |one, other| match (items.get(one), items.get(other)) {
        (Some(one), Some(other)) => compare(one, other),
        _ => Ordering::Equal,
    });
    // At each place stands where its item comes from; a circle of such is moved along itself.
    for start in 0..order.len() {
        let mut at = start;
        while let Some(from) =
            order.get_mut(at).map(|from| std::mem::replace(from, at)).filter(|from| *from != start)
        {
            items.swap(at, from);
            at = from;
        }
    }
}

/// Sorts `items` by what `key` gives for each; those that are equal stay in their order.
pub(crate) fn sort_by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    sort_by(items, |one, other| key(one).cmp(&key(other)));
}

/// A set or a map with these items, put in one by one.
pub(crate) fn inserted<C: Default + Extend<T>, T>(items: impl IntoIterator<Item = T>) -> C {
    let mut all = C::default();
    all.extend(items);
    all
}

/// The positions up to `count` in the order of what stands there.
fn positions(count: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|one, other| compare(*one, *other));
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn a_map_holds_what_is_put_in_last(pairs in prop::collection::vec((0_u8..10, 0..60), 0..60)) {
            let expected: BTreeMap<u8, i32> = pairs.iter().copied().collect();
            prop_assert_eq!(inserted::<BTreeMap<u8, i32>, _>(pairs), expected);
        }

        #[test]
        fn sorts_as_the_standard_library_does(numbers in prop::collection::vec(0_u8..10, 0..60)) {
            let mut items: Vec<(u8, usize)> = numbers.into_iter().zip(0..).collect();
            let mut expected = items.clone();
            expected.sort_by_key(|(number, _)| *number);
            sort_by_key(&mut items, |(number, _)| *number);
            prop_assert_eq!(items, expected);
        }
    }
}

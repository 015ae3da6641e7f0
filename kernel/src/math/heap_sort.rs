//! A sort that cannot panic.

use core::mem::swap;

/// Ascending order by `before`, in place, without a recursion, not stable: make the index part of what is compared where equal
/// ones must keep their places. The sorts of `core` panic on an order that contradicts itself, so that no image with them
/// passes the link proof; this one leaves some order.
///
/// Cost: `O(n log n)` comparisons, for every input.
pub fn heap_sort_by<T>(items: &mut [T], before: impl Fn(&T, &T) -> bool) {
    let count = items.len();
    for root in (0..count / 2).rev() {
        sift_down(items, root, count, &before);
    }
    for end in (1..count).rev() {
        if let Ok([first, last]) = items.get_disjoint_mut([0, end]) {
            swap(first, last);
        }
        sift_down(items, 0, end, &before);
    }
}

/// Moves an item down the heap of the first `end` to where none below comes after it.
fn sift_down<T>(items: &mut [T], mut root: usize, end: usize, before: &impl Fn(&T, &T) -> bool) {
    let Some(heap) = items.get_mut(..end) else { return };
    loop {
        let left = 2 * root + 1;
        let greater = match (heap.get(left), heap.get(left + 1)) {
            (Some(one), Some(other)) if before(one, other) => left + 1,
            (Some(_), _) => left,
            (None, _) => return,
        };
        match heap.get_disjoint_mut([root, greater]) {
            Ok([parent, child]) if before(parent, child) => swap(parent, child),
            _ => return,
        }
        root = greater;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{below, stream};
    use std::vec::Vec;

    #[test]
    fn any_list_comes_into_order() {
        let mut rng = stream(1, 0);
        for length in 0..60 {
            let mut items: Vec<u32> = (0..length).map(|_| below(20, &mut rng).unwrap()).collect();
            let mut expected = items.clone();
            expected.sort_unstable();
            heap_sort_by(&mut items, |one, other| one < other);
            assert_eq!(items, expected);
        }
        // An order that contradicts itself.
        heap_sort_by(&mut [3, 1, 2], |_, _| true);
    }
}

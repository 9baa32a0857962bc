//! Sorting, once for all that is sorted here: the standard library's is made anew for each type, and this
//! crate has to be small in a browser.

use alloc::vec::Vec;

/// The numbers below `count`, sorted by heap: `less` says whether the first comes before the second.
pub(crate) fn sorted(count: usize, less: &dyn Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut heap: Vec<usize> = (0..count).collect();
    for root in (0..count / 2).rev() {
        sink(&mut heap, root, less);
    }
    let mut end = count;
    while end > 1 {
        end = end.saturating_sub(1);
        heap.swap(0, end);
        sink(heap.get_mut(..end).unwrap_or_default(), 0, less);
    }
    heap
}

/// Moves an entry down to where none below it is greater.
fn sink(heap: &mut [usize], mut root: usize, less: &dyn Fn(usize, usize) -> bool) {
    let before = |heap: &[usize], one: usize, other: usize| match (heap.get(one), heap.get(other)) {
        (Some(one), Some(other)) => less(*one, *other),
        _ => false,
    };
    loop {
        let left = root.saturating_mul(2).saturating_add(1);
        let right = left.saturating_add(1);
        let child = if before(heap, left, right) { right } else { left };
        if !before(heap, root, child) {
            return;
        }
        heap.swap(root, child);
        root = child;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_whatever_the_order_was() {
        for count in 0_usize..40 {
            let values: Vec<usize> = (0..count).map(|index| index * 17 % 11).collect();
            let order = sorted(count, &|one, other| values[one] < values[other]);
            let found: Vec<usize> = order.iter().map(|index| values[*index]).collect();
            let mut known = values.clone();
            known.sort_unstable();
            assert_eq!(found, known);
        }
    }
}

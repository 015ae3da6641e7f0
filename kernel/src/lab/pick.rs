//! One of several lanes of different types, by its number.

/// Evaluates `$body` with the lane at `$index` of the list bound to `$lane`, `$otherwise` past the last.
macro_rules! pick {
    ($index:expr, [$($of:expr),+ $(,)?], |$lane:ident| $body:expr, $otherwise:expr) => {{
        let mut left: usize = $index;
        'picked: {
            $(
                if left == 0 {
                    let $lane = $of;
                    break 'picked $body;
                }
                left -= 1;
            )+
            let _ = left;
            $otherwise
        }
    }};
}
pub(super) use pick;

//! The cases: one small function each, one scenario each.

use crate::case::Case;

/// What makes a case.
pub type Generator = fn() -> Case;

/// Every generator. A function that is not listed in its group is dead code, which the build
/// refuses.
pub fn all() -> impl Iterator<Item = Generator> {
    [snp_accepted::ALL].into_iter().flatten().copied()
}

/// Lists the generators of a group.
macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        /// The generators of this group.
        pub(super) const ALL: &[super::Generator] = &[$($name),*];
    };
}

mod snp_accepted;

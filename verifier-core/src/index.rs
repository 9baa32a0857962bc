//! Texts and other byte strings in order, each with where it stood.
//!
//! The one sort and the one search of the crate. In a small build every type that is sorted by itself, or
//! kept in a tree, is kilobytes of its own.

use alloc::vec::Vec;

/// Byte strings in ascending order, equal ones in the order in which they came.
pub(crate) struct Index<'t>(Vec<(&'t [u8], usize)>);

impl<'t> Index<'t> {
    /// The order of some texts.
    pub(crate) fn of<T: AsRef<[u8]> + ?Sized + 't>(texts: impl IntoIterator<Item = &'t T>) -> Self {
        Self::sorted(texts.into_iter().map(AsRef::as_ref).zip(0..).collect())
    }

    fn sorted(mut entries: Vec<(&'t [u8], usize)>) -> Self {
        entries.sort_unstable();
        Self(entries)
    }

    /// Where the first text stood that had come before.
    pub(crate) fn repeated(&self) -> Option<usize> {
        let pairs = self.0.iter().zip(self.0.iter().skip(1));
        pairs.filter(|((one, _), (two, _))| one == two).map(|(_, (_, at))| *at).min()
    }

    /// Where a text stood first.
    pub(crate) fn find(&self, text: &[u8]) -> Option<usize> {
        let at = self.0.partition_point(|(known, _)| *known < text);
        self.0.get(at).filter(|(known, _)| *known == text).map(|(_, at)| *at)
    }

    /// Whether a text is there.
    pub(crate) fn has(&self, text: &str) -> bool {
        self.find(text.as_bytes()).is_some()
    }

    /// Where each different text stood first, in ascending order of the texts.
    pub(crate) fn distinct(&self) -> Vec<usize> {
        let mut last = None;
        let different = |(text, _): &&(&'t [u8], usize)| last.replace(*text) != Some(*text);
        self.0.iter().filter(different).map(|(_, at)| *at).collect()
    }

    /// Where the texts stood, in ascending order of the texts.
    pub(crate) fn places(&self) -> impl Iterator<Item = usize> {
        self.0.iter().map(|(_, at)| *at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_where_they_stood_first() {
        let index = Index::of(["b", "", "a", "b", "a", "b"]);
        assert_eq!(index.places().collect::<Vec<_>>(), [1, 2, 4, 0, 3, 5]);
        assert_eq!(index.distinct(), [1, 2, 0]);
        assert_eq!(index.repeated(), Some(3));
        assert_eq!(
            (index.find(b"b"), index.find(b"a"), index.find(b""), index.find(b"c")),
            (Some(0), Some(2), Some(1), None)
        );
        assert_eq!(Index::of(["b", "a"]).repeated(), None);
    }
}

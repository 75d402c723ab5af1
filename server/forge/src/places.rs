//! Where the parts of a file stand, by their path.

use model::Span;
use std::collections::BTreeMap;

/// Keys from the root down; items of lists are numbers from 0.
pub type Path = Vec<String>;

/// A part of the file: its key, and its value without comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Of the key; of the value for items of lists.
    pub key: Span,
    /// Empty where nothing was written.
    pub value: Span,
}

impl Place {
    /// The key and its value.
    #[must_use]
    pub fn whole(&self) -> Span {
        self.key.cover(self.value)
    }
}

/// The places of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    by_path: BTreeMap<Path, Place>,
}

impl Places {
    pub(crate) fn put(&mut self, path: Path, place: Place) {
        self.by_path.insert(path, place);
    }

    /// The place of `path`.
    #[must_use]
    pub fn of(&self, path: &[&str]) -> Option<Place> {
        let path: Path = path.iter().map(|it| (*it).to_owned()).collect();
        self.by_path.get(&path).copied()
    }

    /// The key of `path`, or of the nearest part above it; the start of the file without any.
    #[must_use]
    pub fn key(&self, path: &[&str]) -> Span {
        let mut path = path;
        loop {
            if let Some(place) = self.of(path) {
                return place.key;
            }
            match path.split_last() {
                Some((_, above)) => path = above,
                None => return Span::at(0),
            }
        }
    }

    /// The innermost part whose key or value touches `offset`.
    #[must_use]
    pub fn at(&self, offset: usize) -> Option<(&Path, Place)> {
        let touching = self.by_path.iter().filter(|(_, it)| it.whole().touches(offset));
        let innermost = touching.max_by_key(|(path, _)| path.len());
        innermost.map(|(path, place)| (path, *place))
    }

    /// All parts, by path.
    pub fn iter(&self) -> impl Iterator<Item = (&Path, Place)> {
        self.by_path.iter().map(|(path, place)| (path, *place))
    }
}

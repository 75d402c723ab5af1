//! Things of which many states of a database have one copy.

use std::sync::Arc;

/// Things in order; a clone shares them until one of the two changes them.
///
/// A state is kept for every statement of a migration, and a statement changes few things.
#[derive(Debug)]
pub(crate) struct Shared<T>(Vec<Arc<T>>);

type Iter<'a, T> = std::iter::Map<std::slice::Iter<'a, Arc<T>>, fn(&Arc<T>) -> &T>;

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Shared<T> {
    pub(crate) fn iter(&self) -> Iter<'_, T> {
        self.0.iter().map(|it| &**it)
    }

    pub(crate) fn push(&mut self, it: T) {
        self.0.push(Arc::new(it));
    }

    pub(crate) fn retain(&mut self, keeps: impl Fn(&T) -> bool) {
        self.0.retain(|it| keeps(it));
    }
}

impl<T: Clone> Shared<T> {
    /// To change those for which `is_meant` holds; others stay shared.
    pub(crate) fn iter_mut_where(
        &mut self,
        is_meant: impl Fn(&T) -> bool,
    ) -> impl Iterator<Item = &mut T> {
        self.0.iter_mut().filter(move |it| is_meant(it)).map(Arc::make_mut)
    }

    /// Takes one out.
    ///
    /// # Panics
    /// There are fewer.
    pub(crate) fn remove(&mut self, at: usize) -> T {
        Arc::unwrap_or_clone(self.0.remove(at))
    }

    pub(crate) fn insert(&mut self, at: usize, it: T) {
        self.0.insert(at, Arc::new(it));
    }
}

impl<'a, T> IntoIterator for &'a Shared<T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

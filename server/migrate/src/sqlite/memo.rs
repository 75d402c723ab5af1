//! What was made of texts lately: a plan, its proof and the next keystroke read the same ones again.

use rustc_hash::FxHashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// Values by what they were made of and nothing else.
pub(super) struct Memo<K, V> {
    known: Mutex<Option<FxHashMap<K, V>>>,
    n_max: usize,
}

impl<K: Eq + Hash, V: Clone> Memo<K, V> {
    /// Of single definitions; a schema of 1,000 tables has fewer.
    pub(super) const fn of_definitions() -> Self {
        Self::new(1 << 14)
    }

    /// Above `n_max` values all are forgotten.
    pub(super) const fn new(n_max: usize) -> Self {
        Self { known: Mutex::new(None), n_max }
    }

    /// The value for `key`, made if it is not known.
    ///
    /// # Errors
    /// Those of `make`, which are not remembered.
    pub(super) fn get<E>(&self, key: K, make: impl FnOnce(&K) -> Result<V, E>) -> Result<V, E> {
        let lock = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().as_ref().and_then(|it| it.get(&key)) {
            return Ok(known.clone());
        }
        // Made without the lock: others read meanwhile.
        let made = make(&key)?;
        let mut known = lock();
        let known = known.get_or_insert_default();
        if known.len() >= self.n_max {
            known.clear();
        }
        known.insert(key, made.clone());
        Ok(made)
    }
}

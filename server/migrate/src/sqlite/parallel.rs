//! Work on parts of a schema that have nothing to do with each other.

use rustc_hash::FxHasher;
use std::hash::Hasher as _;
use std::sync::atomic::{AtomicUsize, Ordering};

/// More threads than this gain little: the parts are few.
const THREADS_MAX: usize = 8;

/// What `act` makes of each of `parts`, in their order, on as many threads as the machine has.
pub(super) fn map<P: Sync, T: Send>(parts: &[P], act: impl Fn(&P) -> T + Sync) -> Vec<T> {
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
    let n_threads = n_threads.min(THREADS_MAX).min(parts.len());
    if n_threads < 2 {
        return parts.iter().map(act).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let index = next.fetch_add(1, Ordering::Relaxed)
            && let Some(part) = parts.get(index)
        {
            done.push((index, act(part)));
        }
        done
    };
    let mut done = std::thread::scope(|scope| {
        let others: Vec<_> = (1..n_threads).map(|_| scope.spawn(work)).collect();
        let mut done = work();
        for it in others {
            match it.join() {
                Ok(it) => done.extend(it),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_by_key(|it| it.0);
    done.into_iter().map(|it| it.1).collect()
}

/// The part, of `n_parts`, that something of this name belongs to; the same in every run.
pub(super) fn bucket(name: &str, n_parts: usize) -> usize {
    let mut hasher = FxHasher::default();
    hasher.write(name.as_bytes());
    usize::try_from(hasher.finish() % n_parts as u64).unwrap_or_default()
}

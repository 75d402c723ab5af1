//! File watching of the server's own, for clients that do not offer theirs.
//!
//! Folders are watched one by one, without what is ignored: a recursive watch would cover
//! `node_modules`. The system tells of changes; nothing polls.

use crate::folders;
use crate::session::Session;
use model::AbsPath;
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};
use rustc_hash::FxHashSet;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use workspace::discover;

/// A system has a limit on watches that editors need too.
const FOLDERS_MAX: usize = 4096;

/// The folders that are watched.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    watcher: Option<RecommendedWatcher>,
    folders: FxHashSet<AbsPath>,
}

/// Watches all folders below `root` in which specs may appear; known ones are left as they are.
pub(crate) fn folder(session: &Arc<Session>, root: &AbsPath) {
    let below = discover::folders(root, FOLDERS_MAX);
    let mut state = session.watch.state.lock().unwrap_or_else(PoisonError::into_inner);
    if state.watcher.is_none() {
        match watcher(Arc::downgrade(session)) {
            Ok(watcher) => state.watcher = Some(watcher),
            Err(error) => {
                tracing::warn!("watch files: {error}");
                return;
            }
        }
    }
    let State { watcher, folders } = &mut *state;
    let Some(watcher) = watcher else { return };
    // A folder that went and came back needs a new watch.
    folders.retain(|it| it.relative_to(root).is_none() || it.as_path().is_dir());
    for path in below {
        if folders.len() >= FOLDERS_MAX || folders.contains(&path) {
            continue;
        }
        match watcher.watch(path.as_path(), RecursiveMode::NonRecursive) {
            Ok(()) => {
                folders.insert(path);
            }
            Err(error) => tracing::warn!("watch `{path}`: {error}"),
        }
    }
}

fn watcher(session: Weak<Session>) -> notify::Result<RecommendedWatcher> {
    notify::recommended_watcher(move |event: notify::Result<Event>| {
        let Some(session) = session.upgrade() else { return };
        match event {
            Ok(event) if event.kind.is_access() => {}
            Ok(event) => {
                let paths = event.paths.iter().filter_map(|it| AbsPath::new(it));
                folders::files_changed(&session, paths.collect::<Vec<_>>());
            }
            Err(error) => tracing::warn!("watch files: {error}"),
        }
    })
}

//! Checkpoints of a workspace and the way back to them.
//!
//! A checkpoint holds the folder (untracked files too), the databases and the editor's unsaved texts
//! at one moment, in a store of our own beside git's data. A restore first makes a checkpoint, then
//! goes from the one to the other by a journal, so that it can be killed at any step and undone.
//! HEAD, branches, index, stash and reflog are never touched, and of the folder only paths that both
//! checkpoints know.

mod capture;
#[cfg(all(test, unix))]
mod crash;
mod database;
mod effect;
mod git;
mod hunks;
mod manifest;
mod parallel;
mod path;
mod place;
mod plan;
mod preview;
#[cfg(all(test, unix))]
mod property;
mod restore;
mod retain;
mod scan;
mod stat;
mod state;
mod store;
#[cfg(all(test, unix))]
mod tests;

pub use crate::capture::{BEFORE_ROLLBACK_MS, Capture, Captured};
pub use crate::database::{DatabaseError, Summary};
pub use crate::git::{GitError, Head, PINS};
pub use crate::hunks::carried;
pub use crate::manifest::{Content, Entry, Hash, Manifest, Node, Oid, Reason};
pub use crate::path::TreePath;
pub use crate::place::{Checkpoints, Options};
pub use crate::plan::{Kept, Selection};
pub use crate::preview::{DatabasePreview, FileAct, FilePreview, N_FILES_ASK, Preview};
pub use crate::restore::{Prepared, Recovered, Restore, Restored, TextChange};
pub use crate::retain::{Pruned, Retention, outdated};
pub use crate::scan::{Limits, ScanError};
pub use crate::store::{CheckpointId, Database, Kind, Record, Role, StoreError};

pub(crate) use crate::place::Place;
pub(crate) use crate::store::Store;

/// Why nothing was done, or why it stopped; what is told to have been done is done.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error(transparent)]
    Git(#[from] GitError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    State(#[from] catalog::RestoreError),
    #[error("restore: what would be done is not what `{expected}` names")]
    Changed { expected: String },
    #[error(
        "restore: more than {N_FILES_ASK} files change or HEAD has moved, and that was not agreed to"
    )]
    AsksAgain,
    #[error("restore some hunks of `{path}`: it has no such hunks")]
    Hunks { path: String },
    #[error("restore: {reason}; everything is as it was before")]
    TakenBack { reason: String },
    #[error("restore: {reason}; the checkpoint `{id}` has the state before")]
    Interrupted { reason: String, id: String },
    #[error("write a commit: the folder is in no repository")]
    NoGit,
    #[error("restore: checkpoints are not restored on this system yet")]
    Unsupported,
    #[error("use the checkpoints of `{path}`: another process makes or restores one")]
    Locked { path: String },
    #[error("find the checkpoint `{id}`")]
    Unknown { id: String },
    #[error("find the checkpoint `{id}`: more than one begins so")]
    Ambiguous { id: String },
}

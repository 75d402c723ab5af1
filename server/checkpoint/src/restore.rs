//! The way back to a checkpoint.
//!
//! First a checkpoint of the state now, then a plan from the one to the other, a stage with all new
//! contents on disk, and the databases locked: up to there nothing was touched. Then the journal
//! commits, and from there the restore goes on until it is done, whoever does it; if it cannot, it
//! takes back what it did.

#[cfg(unix)]
mod engine;
#[cfg(unix)]
mod moves;
#[cfg(unix)]
mod stage;
#[cfg(unix)]
mod tree;
#[cfg(not(unix))]
mod unsupported;

use crate::path::TreePath;
use crate::plan::{Kept, Selection};
use crate::store::Record;

/// What is asked of a restore.
#[derive(Debug, Clone)]
pub struct Restore<'a> {
    pub target: &'a Record,
    pub selection: Selection,
    /// Unsaved texts of the editor now, for the checkpoint before.
    pub buffers: &'a [(TreePath, String)],
    /// What the preview was named by; a plan of another name is refused.
    pub digest: Option<&'a str>,
}

/// What a restore did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Undoes it; `None` when there was nothing to do.
    pub before: Option<Record>,
    /// What was written or removed.
    pub paths: Vec<TreePath>,
    pub databases: Vec<TreePath>,
    /// What was left as it is.
    pub kept: Vec<Kept>,
    /// Files that somebody edited during the restore: the checkpoint before holds their last bytes.
    pub edited_meanwhile: Vec<TreePath>,
}

/// How an unfinished restore ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recovered {
    /// The folder was untouched and still is.
    Aborted,
    /// It was finished.
    Finished(Box<Restored>),
    /// It could not be finished, and was taken back.
    Reverted,
}

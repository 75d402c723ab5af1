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
    /// What undoes all of it, where [`crate::Checkpoints::prepare`] made that and an editor has
    /// done a part since; else it is made.
    pub before: Option<&'a Record>,
}

/// A rollback that an editor begins: its checkpoint is made, and nothing else is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// Undoes it.
    pub before: Record,
    /// What can be shown as edits of text.
    pub texts: Vec<TextChange>,
    /// What cannot: links, bytes that are no text, modes, empty folders.
    pub others: Vec<TreePath>,
    pub databases: Vec<TreePath>,
}

/// A text before a rollback and after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextChange {
    pub path: TreePath,
    /// `None` when there is no file.
    pub before: Option<String>,
    pub after: Option<String>,
}

impl Prepared {
    /// A file whose place a folder takes, or the other way, is no edit of text: clients differ in
    /// the order in which they carry out edits.
    #[cfg(unix)]
    fn leave_swaps(&mut self) {
        let all: Vec<TreePath> =
            self.texts.iter().map(|it| &it.path).chain(&self.others).cloned().collect();
        let is_swap = |it: &TreePath| {
            all.iter().any(|other| other != it && (other.is_within(it) || it.is_within(other)))
        };
        let (swaps, texts) =
            std::mem::take(&mut self.texts).into_iter().partition(|it| is_swap(&it.path));
        self.texts = texts;
        let swaps: Vec<TextChange> = swaps;
        self.others.extend(swaps.into_iter().map(|it| it.path));
    }
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

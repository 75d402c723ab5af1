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
#[cfg(unix)]
use crate::plan::Plan;
use crate::plan::{Kept, Selection};
use crate::store::Record;
#[cfg(unix)]
use rustc_hash::FxHashSet;

/// What is asked of a restore.
#[derive(Debug, Clone)]
pub struct Restore<'a> {
    pub target: &'a Record,
    /// Only what was changed from `target` to this one is undone, and what was edited since stays.
    pub after: Option<&'a Record>,
    pub selection: Selection,
    /// Unsaved texts of the editor now, for the checkpoint before.
    pub buffers: &'a [(TreePath, String)],
    /// What the preview was named by; a plan of another name is refused.
    pub digest: Option<&'a str>,
    /// Whether somebody who agreed to a preview has agreed a second time, where
    /// [`crate::Preview::asks_again`]; without a `digest` nobody was asked at all.
    pub again: bool,
}

impl<'a> Restore<'a> {
    /// Everything that `target` holds, without asking anybody.
    #[must_use]
    pub fn all(target: &'a Record) -> Self {
        let selection = Selection::all();
        Self { target, after: None, selection, buffers: &[], digest: None, again: false }
    }

    /// Undoes what was changed from `before` to `after`, without asking anybody.
    #[must_use]
    pub fn between(before: &'a Record, after: &'a Record) -> Self {
        let selection = Selection { code: true, ..Selection::default() };
        Self { after: Some(after), selection, ..Self::all(before) }
    }

    /// The last checkpoint that those who agree know of: HEAD should be where it was then.
    pub(crate) fn latest(&self) -> &'a Record {
        self.after.unwrap_or(self.target)
    }
}

/// A rollback that an editor begins: its checkpoint is made, and nothing else is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    pub target: Record,
    /// Undoes it.
    pub before: Record,
    /// What can be shown as edits of text.
    pub texts: Vec<TextChange>,
    /// What cannot: links, bytes that are no text, modes, empty folders.
    pub others: Vec<TreePath>,
    pub databases: Vec<TreePath>,
    #[cfg(unix)]
    selection: Selection,
    #[cfg(unix)]
    plan: Plan,
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
    /// Leaves every other text to what cannot be shown.
    pub fn keep_texts(&mut self, is_kept: impl FnMut(&TextChange) -> bool) {
        let (kept, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.texts).into_iter().partition(is_kept);
        self.texts = kept;
        self.others.extend(others.into_iter().map(|it| it.path));
    }

    /// A file whose place a folder takes, or the other way, is no edit of text: clients differ in
    /// the order in which they carry out edits.
    #[cfg(unix)]
    fn leave_swaps(&mut self) {
        let paths = self.texts.iter().map(|it| &it.path).chain(&self.others);
        let all: FxHashSet<TreePath> = paths.cloned().collect();
        let above: FxHashSet<TreePath> = all.iter().flat_map(TreePath::ancestors).collect();
        self.keep_texts(|it| {
            !above.contains(&it.path) && !it.path.ancestors().any(|it| all.contains(&it))
        });
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

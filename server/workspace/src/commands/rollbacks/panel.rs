//! A rollback that an author goes through in the editor, edit by edit, before anything is done.
//!
//! The checkpoint that undoes it is made first. The editor then makes the edits that its author
//! leaves in: texts, new files, files that go. What edits of text cannot carry (bytes, links, modes,
//! databases) is restored here afterwards, together with the files that the author took as a whole,
//! so that what is on disk is what the checkpoint has, also where an editor has not saved yet.

use super::{Asked, Output};
use crate::commands::edits::line_patches;
use crate::commands::{
    CommandCx, CommandError, TextPatch, checkpoints, rollback_changes, rollback_to,
};
use crate::snapshot::DocumentKey;
use checkpoint::{Kept, Prepared, TextChange, TreePath};
use model::AbsPath;
use serde_json::Value;
use std::path::Path;

/// Which edits of files an editor makes, besides those of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shows {
    pub creates: bool,
    pub renames: bool,
    pub deletes: bool,
}

/// A rollback that waits for its author: what undoes it is made, and nothing else is done.
#[derive(Debug, Clone)]
pub struct Panel {
    /// What is to be done, in a few words.
    pub title: String,
    pub edits: Vec<PanelEdit>,
    /// What is done besides when the author agrees, as paths and databases.
    pub besides: Vec<String>,
    subject: String,
    prepared: Prepared,
}

/// What an editor shows, and does when its author agrees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PanelEdit {
    /// Patches of the text that the editor shows now.
    Text {
        path: AbsPath,
        shown: String,
        patches: Vec<TextPatch>,
    },
    Create {
        path: AbsPath,
        text: String,
    },
    Rename {
        from: AbsPath,
        to: AbsPath,
    },
    Delete {
        path: AbsPath,
    },
}

impl Panel {
    /// Makes the checkpoint before, for a rollback (`command` with `input`) that was agreed to by its
    /// digest. That it is gone through edit by edit stands for the second question.
    ///
    /// # Errors
    /// Those of the command.
    pub fn open(
        cx: &CommandCx<'_>,
        (command, input): (&str, Value),
        shows: Shows,
    ) -> Result<Self, CommandError> {
        let mut all = checkpoints::open(cx, None)?;
        let unread = |it: serde_json::Error| CommandError::user(format!("read the rollback: {it}"));
        let asked = match command {
            "rollback.changes" => {
                rollback_changes::asked(&all, &serde_json::from_value(input).map_err(unread)?)
            }
            _ => rollback_to::asked(cx, &all, &serde_json::from_value(input).map_err(unread)?),
        };
        let asked = Asked { again: true, ..asked? };
        let buffers = checkpoints::buffers(cx, all.root());
        let prepared = all.prepare(&asked.restore(&buffers));
        let mut prepared = prepared.map_err(|it| checkpoints::failed(&it))?;
        let root = all.root();
        prepared.keep_texts(|it| match (&it.before, &it.after) {
            // A document that is open and was never saved has no file to be made.
            (None, _) => shows.creates && open_text(cx, root, &it.path).is_none(),
            (_, None) => shows.deletes,
            _ => true,
        });
        let besides = prepared.others.iter().chain(&prepared.databases);
        let besides = besides.map(ToString::to_string).collect();
        let is_whole = asked.after.is_none() && asked.selection.hunks.is_empty();
        let edits = edits(cx, root, &prepared.texts, (shows, is_whole));
        let (id, label) = (&asked.target.id, &asked.target.label);
        let title = match &asked.after {
            Some(after) => format!("Undo what was done from {id} to {}", after.id),
            None => format!("Roll back to {id} ({label})"),
        };
        Ok(Self { title, edits, besides, subject: asked.subject(), prepared })
    }

    /// The name of the checkpoint that undoes it.
    #[must_use]
    pub fn before(&self) -> &str {
        self.prepared.before.id.as_str()
    }

    /// The name of the checkpoint whose files come back.
    #[must_use]
    pub fn target(&self) -> &str {
        self.prepared.target.id.as_str()
    }

    /// Ends it without a rollback; `false` when files have changed since it was opened, and the
    /// checkpoint stays.
    ///
    /// # Errors
    /// When the folder or the store cannot be read.
    pub fn dismiss(&self, cx: &CommandCx<'_>) -> Result<bool, CommandError> {
        let mut all = checkpoints::open(cx, None)?;
        all.dismiss(&self.prepared.before).map_err(|it| checkpoints::failed(&it))
    }

    /// Does the rest, once the editor has made the edits that its author left in.
    ///
    /// # Errors
    /// Those of the command.
    pub fn finish(&self, cx: &CommandCx<'_>) -> Result<Output, CommandError> {
        let mut all = checkpoints::open(cx, None)?;
        let root = all.root().to_owned();
        let (taken, left): (Vec<_>, Vec<_>) =
            self.prepared.texts.iter().partition(|it| is_taken(cx, &root, it));
        let taken: Vec<TreePath> = taken.iter().map(|it| it.path.clone()).collect();
        let buffers = checkpoints::buffers(cx, &root);
        let restored = all.restore_prepared(&self.prepared, &taken, &buffers);
        let mut restored = restored.map_err(|it| checkpoints::failed(&it))?;
        restored.paths.extend(taken);
        restored.paths.sort();
        restored.paths.dedup();
        let why = "was left out, or waits in the editor to be saved";
        let kept = |it: &TextChange| Kept { path: it.path.clone(), why: why.to_owned() };
        restored.kept.extend(left.into_iter().map(kept));
        Output::done(cx, &self.subject, restored)
    }
}

fn absolute(root: &Path, path: &TreePath) -> Option<AbsPath> {
    AbsPath::new(&path.below(root))
}

/// What the editor shows at a path.
fn open_text(cx: &CommandCx<'_>, root: &Path, path: &TreePath) -> Option<String> {
    let key = DocumentKey::File(absolute(root, path)?);
    cx.snapshot.open_text(&key).map(|it| it.to_string())
}

fn edits(
    cx: &CommandCx<'_>,
    root: &Path,
    texts: &[TextChange],
    (shows, is_whole): (Shows, bool),
) -> Vec<PanelEdit> {
    let mut out = Vec::new();
    // What goes here and comes back there with the same text was moved.
    let mut moved: Vec<&TreePath> = Vec::new();
    for it in texts.iter().filter(|_| shows.renames) {
        let is_origin = |other: &&TextChange| {
            other.before.is_none() && other.after == it.before && !moved.contains(&&other.path)
        };
        let is_gone = it.after.is_none() && it.before.as_ref().is_some_and(|it| !it.is_empty());
        let Some(origin) = texts.iter().find(is_origin).filter(|_| is_gone) else { continue };
        let places = absolute(root, &it.path).zip(absolute(root, &origin.path));
        if let Some((from, to)) = places {
            moved.extend([&it.path, &origin.path]);
            out.push(PanelEdit::Rename { from, to });
        }
    }
    for it in texts.iter().filter(|it| !moved.contains(&&it.path)) {
        let Some(path) = absolute(root, &it.path) else { continue };
        out.extend(match (&it.before, &it.after) {
            (Some(on_disk), Some(after)) => {
                let shown = open_text(cx, root, &it.path);
                let shown = shown.unwrap_or_else(|| unmarked(on_disk).to_owned());
                let merged = (!is_whole).then(|| merged((on_disk, after), &shown));
                let patches = line_patches(&shown, merged.as_deref().unwrap_or(unmarked(after)));
                (!patches.is_empty()).then_some(PanelEdit::Text { path, shown, patches })
            }
            (None, Some(text)) => Some(PanelEdit::Create { path, text: unmarked(text).to_owned() }),
            (_, None) => Some(PanelEdit::Delete { path }),
        });
    }
    out
}

/// What a document becomes when a part of its file is undone: what is not saved stays, and so do
/// parts of the change that it touches.
pub(super) fn merged((before, after): (&str, &str), shown: &str) -> String {
    let (before, after) = (unmarked(before), unmarked(after));
    if is_alike(before, shown) {
        return after.to_owned();
    }
    checkpoint::carried(before, after, shown).unwrap_or_else(|| shown.to_owned())
}

/// Whether a file is, in the editor or on disk, what it shall be.
fn is_taken(cx: &CommandCx<'_>, root: &Path, change: &TextChange) -> bool {
    let file = change.path.below(root);
    let Some(after) = &change.after else { return file.symlink_metadata().is_err() };
    let on_disk = || std::fs::read_to_string(&file).ok();
    let now = open_text(cx, root, &change.path).or_else(on_disk);
    now.is_some_and(|now| is_alike(&now, after))
}

/// Whether two texts are the same to an editor, which holds one kind of line end for a whole
/// document, and no mark at its start.
fn is_alike(one: &str, other: &str) -> bool {
    let line = |it: &'_ str| it.trim_end_matches('\r').to_owned();
    unmarked(one).split('\n').map(line).eq(unmarked(other).split('\n').map(line))
}

fn unmarked(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

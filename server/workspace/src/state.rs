//! The one writer: which documents are open, with which text.

use crate::snapshot::{DocumentKey, Snapshot, SpecSlot};
use rustc_hash::FxHashMap;
use spec::rules::Levels;
use std::sync::Arc;
use text::line_index::{Encoding, LineIndex, Position};

/// A change of part of a text, as editors send it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextEdit {
    /// `None` replaces everything.
    pub range: Option<(Position, Position)>,
    pub text: String,
}

/// The state that edits change; readers take a [`Snapshot`].
///
/// Nothing here waits: an edit splices a string, and the analysis runs when a snapshot is asked.
#[derive(Debug, Default)]
pub struct Workspace {
    slots: FxHashMap<DocumentKey, Arc<SpecSlot>>,
    levels: Arc<Levels>,
    revision: u64,
}

impl Workspace {
    #[must_use]
    pub fn new(levels: Arc<Levels>) -> Self {
        Self { slots: FxHashMap::default(), levels, revision: 0 }
    }

    /// Starts or replaces a document that an editor shows.
    pub fn open(&mut self, key: DocumentKey, version: i32, text: Arc<str>) {
        self.revision += 1;
        let slot = match self.slots.get(&key) {
            Some(old) => old.with_text(text, version),
            None => SpecSlot::new(key.clone(), text, version, Arc::clone(&self.levels)),
        };
        self.slots.insert(key, Arc::new(slot));
    }

    /// Applies edits in order; each counts positions in the text that the one before it left.
    /// Edits out of range are clamped to the text. `false` when the document is not open.
    pub fn edit(
        &mut self,
        key: &DocumentKey,
        version: i32,
        edits: &[TextEdit],
        encoding: Encoding,
    ) -> bool {
        let Some(old) = self.slots.get(key) else { return false };
        let mut text = String::from(&*old.text);
        for edit in edits {
            apply(&mut text, edit, encoding);
        }
        let slot = old.with_text(text.into(), version);
        self.revision += 1;
        self.slots.insert(key.clone(), Arc::new(slot));
        true
    }

    pub fn close(&mut self, key: &DocumentKey) {
        self.revision += 1;
        self.slots.remove(key);
    }

    /// What is true now; later edits do not change it.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::new(self.revision, self.slots.clone())
    }
}

fn apply(text: &mut String, edit: &TextEdit, encoding: Encoding) {
    let Some((start, end)) = edit.range else {
        text.clone_from(&edit.text);
        return;
    };
    let index = LineIndex::new(text);
    let start = index.offset(text, start, encoding).unwrap_or(text.len());
    let end = index.offset(text, end, encoding).unwrap_or(text.len()).max(start);
    text.replace_range(start..end, &edit.text);
}

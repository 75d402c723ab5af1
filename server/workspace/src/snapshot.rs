//! What readers see: an immutable view whose analysis is made once, when first asked for.

use crate::migrations::Migrations;
use crate::slot::{Kind, SpecSlot};
use model::{AbsPath, DocumentId, RelPath};
use rustc_hash::FxHashMap;
use spec::{Analysis, Document};
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Names a document for as long as the workspace lives.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DocumentKey {
    File(AbsPath),
    /// A buffer without a file; the front's own name for it.
    Untitled(String),
}

/// Names a spec as long as its list of documents stays the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SpecId(pub(crate) u32);

/// One moment of the workspace; cheap to clone, safe to keep on any thread.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    pub(crate) revision: u64,
    pub(crate) specs: Arc<FxHashMap<SpecId, Arc<SpecSlot>>>,
    pub(crate) places: Arc<FxHashMap<DocumentKey, SpecId>>,
}

/// A spec's documents with their analysis; `documents[i]` is `DocumentId(i)`.
#[derive(Debug, Clone)]
pub struct SpecView {
    pub keys: Vec<DocumentKey>,
    /// The editor's version of each document; `None` for one that is read from disk.
    pub versions: Vec<Option<i32>>,
    pub documents: Vec<Document>,
    pub sources: Vec<SourceInfo>,
    pub analysis: Analysis,
    /// Set when the documents are migration specs; the analysis then has diagnostics only.
    pub migrations: Option<Arc<Migrations>>,
}

/// How a document's text came to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceInfo {
    /// The file starts with a byte order mark, which the text lacks: its offsets are 3 greater.
    pub has_mark: bool,
    /// Offset of the first byte that is no UTF-8; such a file must not be written back.
    pub invalid_at: Option<usize>,
    /// Why the file could not be read; its text is then empty.
    pub failure: Option<String>,
}

impl SpecView {
    /// Which of the spec's documents `key` is.
    #[must_use]
    pub fn document_id(&self, key: &DocumentKey) -> Option<DocumentId> {
        let at = self.keys.iter().position(|it| it == key)?;
        Some(DocumentId(u32::try_from(at).ok()?))
    }

    /// The document that `id` names.
    ///
    /// # Panics
    /// When `id` is of another spec.
    #[must_use]
    pub fn document(&self, id: DocumentId) -> &Document {
        &self.documents[id.0 as usize]
    }

    /// Its path below the workspace root, or what stands for it.
    #[must_use]
    pub fn path(&self, id: DocumentId) -> Option<&RelPath> {
        self.document(id).path.as_ref()
    }
}

impl Snapshot {
    /// Grows with every edit.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The version that the editor gave the document; `None` when it is not open.
    #[must_use]
    pub fn version(&self, key: &DocumentKey) -> Option<i32> {
        self.slot(key)?.version(key)
    }

    /// The text of a document that is open.
    #[must_use]
    pub fn open_text(&self, key: &DocumentKey) -> Option<Arc<str>> {
        self.slot(key)?.open_text(key)
    }

    /// The spec that `key` belongs to, analysed; `None` when it is not known or no spec.
    #[must_use]
    pub fn spec(&self, key: &DocumentKey) -> Option<Arc<SpecView>> {
        self.slot(key).map(|it| it.view())
    }

    /// Tells moments of a document's spec apart without analysing it: equal stamps mean that its
    /// texts and settings are the same.
    #[must_use]
    pub fn stamp(&self, key: &DocumentKey) -> Option<u64> {
        self.slot(key).map(|it| it.stamp)
    }

    /// The documents of the spec that `key` belongs to, without analysing it.
    #[must_use]
    pub fn documents_beside(&self, key: &DocumentKey) -> Vec<DocumentKey> {
        self.slot(key).map(|it| it.keys().cloned().collect()).unwrap_or_default()
    }

    /// Every known document, open or not, in order.
    #[must_use]
    pub fn documents(&self) -> Vec<DocumentKey> {
        let mut keys: Vec<DocumentKey> = self.places.keys().cloned().collect();
        keys.sort();
        keys
    }

    /// Every known product spec, in order of its first document.
    #[must_use]
    pub fn specs(&self) -> Vec<SpecId> {
        self.sets(Kind::Spec)
    }

    /// Every folder's set of migration specs, in order of its first document.
    #[must_use]
    pub fn migrations(&self) -> Vec<SpecId> {
        self.sets(Kind::Migrations)
    }

    fn sets(&self, kind: Kind) -> Vec<SpecId> {
        let sets = self.specs.iter().filter(|(_, it)| it.kind == kind);
        let mut specs: Vec<(&DocumentKey, SpecId)> =
            sets.filter_map(|(id, it)| Some((it.keys().next()?, *id))).collect();
        specs.sort();
        specs.into_iter().map(|(_, id)| id).collect()
    }

    /// The documents of a spec, in reading order.
    pub fn keys(&self, spec: SpecId) -> impl Iterator<Item = &DocumentKey> {
        self.specs.get(&spec).into_iter().flat_map(|it| it.keys())
    }

    /// Analyses one spec; the result is not kept when none of its documents is open.
    #[must_use]
    pub fn view(&self, spec: SpecId) -> Option<Arc<SpecView>> {
        self.specs.get(&spec).map(|it| it.view())
    }

    /// The spec that `key` belongs to.
    #[must_use]
    pub fn spec_id(&self, key: &DocumentKey) -> Option<SpecId> {
        self.places.get(key).copied()
    }

    /// Analyses `specs` on all cores and keeps of each only what `map` returns, in order.
    ///
    /// `progress` hears after each spec how many are done, and stops the scan with `false`; what was
    /// not reached is `None`.
    pub fn scan<T: Send>(
        &self,
        specs: &[SpecId],
        progress: &(dyn Fn(usize) -> bool + Sync),
        map: &(dyn Fn(&Arc<SpecView>) -> T + Sync),
    ) -> Vec<Option<T>> {
        let (next, n_done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let stopped = AtomicBool::new(false);
        let work = || {
            let mut out = Vec::new();
            while !stopped.load(Ordering::Relaxed) {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(spec) = specs.get(at) else { break };
                out.extend(self.view(*spec).map(|view| (at, map(&view))));
                if !progress(n_done.fetch_add(1, Ordering::Relaxed) + 1) {
                    stopped.store(true, Ordering::Relaxed);
                }
            }
            out
        };
        let mut all: Vec<Option<T>> = specs.iter().map(|_| None).collect();
        std::thread::scope(|scope| {
            let n_cores = std::thread::available_parallelism().map_or(1, NonZero::get);
            let n_threads = n_cores.min(specs.len());
            let threads: Vec<_> = (0..n_threads).map(|_| scope.spawn(work)).collect();
            for thread in threads {
                match thread.join() {
                    Ok(part) => part.into_iter().for_each(|(at, it)| all[at] = Some(it)),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
        });
        all
    }

    fn slot(&self, key: &DocumentKey) -> Option<&Arc<SpecSlot>> {
        self.specs.get(self.places.get(key)?)
    }
}

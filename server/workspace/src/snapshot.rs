//! What readers see: an immutable view whose analysis is made once, when first asked for.

use model::AbsPath;
use rustc_hash::FxHashMap;
use spec::rules::Levels;
use spec::{Analysis, Analyzer, Document};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Names a document for as long as the workspace lives.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DocumentKey {
    File(AbsPath),
    /// A buffer without a file; the front's own name for it.
    Untitled(String),
}

/// One moment of the workspace; cheap to clone, safe to keep on any thread.
#[derive(Debug, Clone)]
pub struct Snapshot {
    revision: u64,
    slots: Arc<FxHashMap<DocumentKey, Arc<SpecSlot>>>,
}

/// A spec's documents with their analysis; `documents[i]` is `DocumentId(i)`.
#[derive(Debug, Clone)]
pub struct SpecView {
    pub keys: Vec<DocumentKey>,
    pub documents: Vec<Document>,
    pub analysis: Analysis,
}

impl Snapshot {
    pub(crate) fn new(revision: u64, slots: FxHashMap<DocumentKey, Arc<SpecSlot>>) -> Self {
        Self { revision, slots: Arc::new(slots) }
    }

    /// Grows with every edit.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The version that the editor gave the document.
    #[must_use]
    pub fn version(&self, key: &DocumentKey) -> Option<i32> {
        self.slots.get(key).map(|it| it.version)
    }

    /// The spec that `key` belongs to, analysed; `None` when it is not known.
    #[must_use]
    pub fn spec(&self, key: &DocumentKey) -> Option<Arc<SpecView>> {
        self.slots.get(key).map(|it| it.view())
    }
}

/// A spec of one document and its analysis, made when asked for.
#[derive(Debug)]
pub(crate) struct SpecSlot {
    key: DocumentKey,
    pub(crate) version: i32,
    pub(crate) text: Arc<str>,
    view: OnceLock<Arc<SpecView>>,
    /// Shared by all versions of the spec: parse trees and facts of the latest analysis.
    engine: Arc<Mutex<Engine>>,
}

#[derive(Debug)]
struct Engine {
    analyzer: Analyzer,
    document: Option<Document>,
}

impl SpecSlot {
    pub(crate) fn new(key: DocumentKey, text: Arc<str>, version: i32, levels: Arc<Levels>) -> Self {
        let engine = Engine { analyzer: Analyzer::new(levels), document: None };
        Self { key, version, text, view: OnceLock::new(), engine: Arc::new(Mutex::new(engine)) }
    }

    pub(crate) fn with_text(&self, text: Arc<str>, version: i32) -> Self {
        let (key, engine) = (self.key.clone(), Arc::clone(&self.engine));
        Self { key, version, text, view: OnceLock::new(), engine }
    }

    fn view(&self) -> Arc<SpecView> {
        let view = self.view.get_or_init(|| {
            let mut engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
            let document = match &engine.document {
                Some(old) => old.with_text(Arc::clone(&self.text)),
                None => Document::new(None, Arc::clone(&self.text)),
            };
            engine.document = Some(document.clone());
            let documents = vec![document];
            let analysis = engine.analyzer.analyze(&documents);
            Arc::new(SpecView { keys: vec![self.key.clone()], documents, analysis })
        });
        Arc::clone(view)
    }
}

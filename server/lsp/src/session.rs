//! What one connection knows, shared by its handlers, the publisher and the tasks.

use crate::aggregator::Aggregator;
use crate::from_proto;
use crate::profile::Profile;
use crate::publisher::Publisher;
use crate::transport::pump::Pump;
use lsp_types::{Notification, Uri};
use model::DocumentId;
use rustc_hash::FxHashMap;
use serde_json::json;
use spec::Document;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tokio::runtime::Handle;
use tower_lsp::Client;
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use workspace::{DocumentKey, Snapshot, SpecView, Workspace};

/// One client and its documents.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) client: Client,
    pub(crate) pump: Pump,
    /// For threads that are not its own.
    pub(crate) runtime: Handle,
    /// Set by `initialize`, before which the framework lets no other request through.
    profile: OnceLock<Arc<Profile>>,
    world: Mutex<World>,
    publisher: Publisher,
}

/// What changes; held only for moments, never across analysis or output.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) workspace: Workspace,
    /// How the client spells the documents that it shows; all others are files.
    pub(crate) open: Arc<FxHashMap<DocumentKey, Uri>>,
    pub(crate) aggregator: Arc<Aggregator>,
}

impl Session {
    pub(crate) fn new(client: Client, pump: Pump, runtime: Handle) -> Arc<Self> {
        Arc::new(Self {
            client,
            pump,
            runtime,
            profile: OnceLock::new(),
            world: Mutex::default(),
            publisher: Publisher::default(),
        })
    }

    /// Takes what the client can do; the first call counts.
    pub(crate) fn set_profile(self: &Arc<Self>, profile: Profile) {
        if self.profile.set(Arc::new(profile)).is_ok() {
            self.publisher.start(self);
        }
    }

    pub(crate) fn profile(&self) -> Arc<Profile> {
        Arc::clone(self.profile.get().expect("`initialize` came first"))
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn publisher(&self) -> &Publisher {
        &self.publisher
    }

    /// The moment that a request answers from; taken before its first `await`.
    pub(crate) fn moment(&self) -> Moment {
        let world = self.world();
        Moment {
            snapshot: world.workspace.snapshot(),
            open: Arc::clone(&world.open),
            aggregator: Arc::clone(&world.aggregator),
            profile: self.profile(),
        }
    }

    /// Answers from this moment on a thread that may take its time.
    pub(crate) fn answer<T, F>(
        &self,
        compute: F,
    ) -> impl Future<Output = Result<T>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&Moment) -> Result<T> + Send + 'static,
    {
        let moment = self.moment();
        let task = self.runtime.spawn_blocking(move || compute(&moment));
        async move {
            match task.await {
                Ok(answer) => answer,
                Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                // The runtime is on its way down.
                Err(_) => Err(Error::request_cancelled()),
            }
        }
    }

    /// Tells the client something that it has not asked for.
    pub(crate) fn notify<N: Notification>(&self, params: &N::Params) {
        let method = N::METHOD.to_string();
        self.pump.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }
}

/// A consistent view: the documents at one place of the client's messages.
#[derive(Debug, Clone)]
pub(crate) struct Moment {
    pub(crate) snapshot: Snapshot,
    pub(crate) open: Arc<FxHashMap<DocumentKey, Uri>>,
    aggregator: Arc<Aggregator>,
    pub(crate) profile: Arc<Profile>,
}

impl Moment {
    /// The document that `uri` names in its analysed spec; `None` when it is not known.
    pub(crate) fn doc(&self, uri: &Uri) -> Option<Doc> {
        self.doc_of(&from_proto::key(uri))
    }

    pub(crate) fn doc_of(&self, key: &DocumentKey) -> Option<Doc> {
        let view = self.snapshot.spec(key)?;
        let index = view.keys.iter().position(|it| it == key)?;
        let id = DocumentId(u32::try_from(index).ok()?);
        Some(Doc { moment: self.clone(), profile: Arc::clone(&self.profile), view, id })
    }

    pub(crate) fn uri(&self, key: &DocumentKey) -> Option<Uri> {
        if let Some(uri) = self.open.get(key) {
            return Some(uri.clone());
        }
        match key {
            DocumentKey::File(path) => Uri::from_file_path(path.as_path()).ok(),
            DocumentKey::Untitled(name) => Uri::parse(name).ok(),
        }
    }
}

/// A document in its spec, for handlers.
#[derive(Debug, Clone)]
pub(crate) struct Doc {
    pub(crate) moment: Moment,
    pub(crate) profile: Arc<Profile>,
    pub(crate) view: Arc<SpecView>,
    pub(crate) id: DocumentId,
}

impl Doc {
    pub(crate) fn document(&self) -> &Document {
        self.document_of(self.id)
    }

    pub(crate) fn document_of(&self, id: DocumentId) -> &Document {
        let DocumentId(index) = id;
        &self.view.documents[index as usize]
    }

    pub(crate) fn key(&self, id: DocumentId) -> &DocumentKey {
        let DocumentId(index) = id;
        &self.view.keys[index as usize]
    }

    pub(crate) fn uri(&self, id: DocumentId) -> Option<Uri> {
        self.moment.uri(self.key(id))
    }

    /// The client's version of a document that it shows; files have none.
    pub(crate) fn version(&self, id: DocumentId) -> Option<i32> {
        let key = self.key(id);
        self.moment.open.contains_key(key).then(|| self.moment.snapshot.version(key)).flatten()
    }

    /// What all sources say of this document, by place.
    pub(crate) fn diagnostics(&self) -> Vec<model::Diagnostic> {
        let spec = self.view.analysis.diagnostics.iter();
        let spec = spec.filter(|it| it.document == self.id).cloned().collect();
        self.moment.aggregator.union(self.key(self.id), spec)
    }
}

/// The text changed since the client made the thing that it now sends back.
pub(crate) fn content_modified() -> Error {
    Error::new(ErrorCode::ContentModified)
}

//! What one connection knows, shared by its handlers, the publisher and the tasks.

use crate::aggregator::{Aggregator, Source, Told};
use crate::from_proto;
use crate::health;
use crate::late::{Databases, Late};
use crate::profile::Profile;
use crate::progress::Progress;
use crate::publisher::Publisher;
use crate::tasks;
use crate::transport::Behind;
use crate::transport::pump::Pump;
use crate::watch::Watch;
use lsp_types::{
    MessageType, Notification, ShowMessageNotification, ShowMessageParams,
    TextDocumentPositionParams, Uri,
};
use model::{AbsPath, DocumentId};
use rustc_hash::FxHashMap;
use serde_json::Value;
use serde_json::json;
use spec::Document;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use system::{OsSystem, System};
use tokio::runtime::Handle;
use tower_lsp::Client;
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use workspace::commands::doctor::Check;
use workspace::features::recall::Recaller;
use workspace::features::{Around, Place};
use workspace::settings::{Problem, Settings};
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
    pub(crate) system: Arc<dyn System>,
    publisher: Publisher,
    pub(crate) late: Late,
    pub(crate) watch: Watch,
    /// The `resultId` that `workspace/diagnostic` last gave each document, with the stamp of its spec.
    pub(crate) report_ids: Mutex<FxHashMap<DocumentKey, (u64, String)>>,
    /// Walks asked for since the last one that met all of them.
    pub(crate) n_scans_wanted: AtomicUsize,
    pub(crate) n_progress: AtomicUsize,
}

/// What changes; held only for moments, never across analysis or output.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) workspace: Workspace,
    /// How the client spells the documents that it shows; all others are files.
    pub(crate) open: Arc<FxHashMap<DocumentKey, Uri>>,
    pub(crate) aggregator: Arc<Aggregator>,
    /// The document that the author opened or edited last.
    pub(crate) latest: Option<DocumentKey>,
    /// Folders with their settings, the innermost first.
    pub(crate) settings: Arc<Vec<(AbsPath, Arc<Settings>)>>,
    /// What is wrong with the settings, by folder.
    pub(crate) problems: BTreeMap<AbsPath, Vec<FileProblem>>,
    /// The client's own settings: from `initialize`, then as it gives them.
    pub(crate) editor_settings: Option<Value>,
    /// Of the folders with migration specs.
    pub(crate) databases: Arc<Databases>,
    /// What is wrong with the state of each folder and cannot wait.
    pub(crate) health: BTreeMap<AbsPath, Vec<Check>>,
    /// Faults that the author was told of, by folder and code.
    pub(crate) told: BTreeSet<(AbsPath, &'static str)>,
    /// The latest work that the client shows.
    pub(crate) progress: Weak<Progress>,
    /// How often what the council holds against something was shown anew.
    pub(crate) n_council_shows: u64,
}

/// A fault of a settings file, with the text that it was found in.
#[derive(Debug, Clone)]
pub(crate) struct FileProblem {
    pub(crate) file: AbsPath,
    pub(crate) text: Arc<str>,
    pub(crate) problem: Problem,
}

impl Session {
    pub(crate) fn new(client: Client, pump: Pump, behind: Behind, runtime: Handle) -> Arc<Self> {
        Arc::new(Self {
            client,
            pump,
            runtime,
            profile: OnceLock::new(),
            world: Mutex::default(),
            system: Arc::new(OsSystem::default()),
            publisher: Publisher::new(behind),
            late: Late::default(),
            watch: Watch::default(),
            report_ids: Mutex::default(),
            n_scans_wanted: AtomicUsize::new(0),
            n_progress: AtomicUsize::new(0),
        })
    }

    /// Takes what the client can do; the first call counts.
    pub(crate) fn set_profile(self: &Arc<Self>, profile: Profile) {
        if self.profile.set(Arc::new(profile)).is_ok() {
            self.publisher.start(self);
            self.late.start(self);
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
            problems: world.problems.clone(),
            latest: world.latest.clone(),
            settings: Arc::clone(&world.settings),
            databases: Arc::clone(&world.databases),
            system: Arc::clone(&self.system),
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

    /// Has the client ask again for what it draws besides diagnostics.
    pub(crate) fn refresh_views(self: &Arc<Self>) {
        tasks::refresh_views(self);
    }

    /// Tells a client that shows it whether the server is well, and whether it is busy.
    pub(crate) fn tell_status(&self, quiescent: bool) {
        if !self.profile().reads_server_status {
            return;
        }
        let world = self.world();
        let fault = world.health.values().flatten().next().map(health::words);
        let problem = world.problems.values().flatten().next();
        let problem = problem.map(|it| format!("{}: {}", it.file, it.problem.message));
        let health = match (&fault, &problem) {
            (Some(_), _) => "error",
            (None, Some(_)) => "warning",
            (None, None) => "ok",
        };
        let message = fault.or(problem);
        drop(world);
        let params = json!({ "health": health, "quiescent": quiescent, "message": message });
        let method = "experimental/serverStatus";
        self.pump.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Shows the author a message.
    pub(crate) fn show(&self, kind: MessageType, message: String) {
        self.notify::<ShowMessageNotification>(&ShowMessageParams { kind, message });
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
    /// Few, or none.
    pub(crate) problems: BTreeMap<AbsPath, Vec<FileProblem>>,
    pub(crate) latest: Option<DocumentKey>,
    settings: Arc<Vec<(AbsPath, Arc<Settings>)>>,
    databases: Arc<Databases>,
    pub(crate) system: Arc<dyn System>,
    pub(crate) profile: Arc<Profile>,
}

impl Moment {
    /// The document that `uri` names in its analysed spec; `None` when it is not known.
    pub(crate) fn doc(&self, uri: &Uri) -> Option<Doc> {
        self.doc_of(&from_proto::key(uri))
    }

    pub(crate) fn doc_of(&self, key: &DocumentKey) -> Option<Doc> {
        self.doc_in(&self.snapshot.spec(key)?, key)
    }

    /// A document of a spec that is analysed already.
    pub(crate) fn doc_in(&self, view: &Arc<SpecView>, key: &DocumentKey) -> Option<Doc> {
        let id = view.document_id(key)?;
        let (moment, profile) = (self.clone(), Arc::clone(&self.profile));
        Some(Doc { moment, profile, view: Arc::clone(view), id })
    }

    /// The document and place that a request is about.
    pub(crate) fn at(&self, at: &TextDocumentPositionParams) -> Option<(Doc, Place)> {
        let doc = self.doc(&at.text_document.uri)?;
        let offset = from_proto::offset(&doc, at.position);
        let place = Place { document: doc.id, offset };
        Some((doc, place))
    }

    /// Every spec, analysed.
    pub(crate) fn views(&self) -> Vec<Arc<SpecView>> {
        let views = self.snapshot.scan(&self.snapshot.specs(), &|_| true, &Arc::clone);
        views.into_iter().flatten().collect()
    }

    /// Every spec but that of `doc`.
    pub(crate) fn others(&self, doc: &Doc) -> Vec<Arc<SpecView>> {
        let mut views = self.views();
        views.retain(|it| it.document_id(doc.key(doc.id)).is_none());
        views
    }

    /// What stands on the other side of a document: the migration specs beside a spec, the specs
    /// beside a migration spec.
    pub(crate) fn beside(&self, doc: &Doc) -> Vec<Arc<SpecView>> {
        let other = match doc.view.migrations {
            Some(_) => self.snapshot.specs(),
            None => self.snapshot.migrations(),
        };
        other.into_iter().filter_map(|it| self.snapshot.view(it)).collect()
    }

    /// Whether the client is to hear of a document's diagnostics: it shows it, or wants to hear of
    /// closed files too.
    pub(crate) fn is_shown(&self, key: &DocumentKey) -> bool {
        if self.open.contains_key(key) {
            return true;
        }
        let DocumentKey::File(path) = key else { return false };
        let root = self.settings.iter().find(|(root, _)| path.relative_to(root).is_some());
        root.is_some_and(|(_, settings)| settings.diagnostics_closed_files)
    }

    /// Whether slower sources than the spec have something to say of a document.
    pub(crate) fn has_late(&self, key: &DocumentKey) -> bool {
        self.aggregator.knows(key)
    }

    /// Whether there is such a document, or settings file with a fault, at all.
    pub(crate) fn knows(&self, key: &DocumentKey) -> bool {
        self.open.contains_key(key)
            || !self.snapshot.documents_beside(key).is_empty()
            || !self.problems_of(key).is_empty()
    }

    /// What is wrong with a settings file.
    pub(crate) fn problems_of(&self, key: &DocumentKey) -> Vec<&FileProblem> {
        let DocumentKey::File(path) = key else { return Vec::new() };
        self.problems.values().flatten().filter(|it| it.file == *path).collect()
    }

    /// The folder that the author works in: that of the latest document, else the first.
    pub(crate) fn root(&self) -> Option<AbsPath> {
        let holds = |root: &AbsPath| match &self.latest {
            Some(DocumentKey::File(path)) => path.relative_to(root).is_some(),
            _ => false,
        };
        let mut roots = self.settings.iter().map(|(root, _)| root);
        roots.clone().find(|it| holds(it)).or_else(|| roots.next()).cloned()
    }

    /// The innermost folder that a document lies in.
    pub(crate) fn root_of(&self, key: &DocumentKey) -> Option<AbsPath> {
        let DocumentKey::File(path) = key else { return None };
        let mut roots = self.settings.iter().map(|(root, _)| root);
        roots.find(|root| path.relative_to(root).is_some()).cloned()
    }

    /// What stands around a document besides its spec.
    pub(crate) fn around(&self, doc: &Doc) -> Around {
        let root = self.root_of(doc.key(doc.id));
        let database = root.and_then(|it| self.databases.get(&it).cloned());
        let migrations = match doc.view.migrations {
            Some(_) => Vec::new(),
            None => self.beside(doc),
        };
        Around { migrations, database }
    }

    /// What came of like decisions before, for a document.
    pub(crate) fn recaller(&self, key: &DocumentKey) -> Option<Recaller> {
        Recaller::new(&*self.system, &self.settings(key), self.root_of(key).as_ref())
    }

    /// Whether the client opened that folder.
    pub(crate) fn has_root(&self, root: &AbsPath) -> bool {
        self.settings.iter().any(|(it, _)| it == root)
    }

    /// The settings in force in a folder.
    pub(crate) fn settings_of(&self, root: &AbsPath) -> Arc<Settings> {
        let found = self.settings.iter().find(|(it, _)| it == root);
        found.map(|(_, it)| Arc::clone(it)).unwrap_or_default()
    }

    /// The settings in force for a document.
    pub(crate) fn settings(&self, key: &DocumentKey) -> Arc<Settings> {
        let DocumentKey::File(path) = key else { return Arc::default() };
        let mut folders = self.settings.iter();
        let found = folders.find(|(root, _)| path.relative_to(root).is_some());
        found.map(|(_, it)| Arc::clone(it)).unwrap_or_default()
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

    /// Why nothing was read of this document; `None` when it was.
    pub(crate) fn failure(&self) -> Option<&str> {
        let DocumentId(index) = self.id;
        self.view.sources.get(index as usize)?.failure.as_deref()
    }

    /// The same with what the slower sources say among the spec's own diagnostics.
    pub(crate) fn with_late(mut self) -> Self {
        let key = self.key(self.id).clone();
        if self.moment.aggregator.knows(&key) {
            let id = self.id;
            let mut view = (*self.view).clone();
            let all = &mut view.analysis.diagnostics;
            let own = all.iter().filter(|it| it.document == id).cloned().collect();
            all.retain(|it| it.document != id);
            let told = self.moment.aggregator.union(&key, own);
            all.extend(told.into_iter().map(|it| it.diagnostic));
            self.view = Arc::new(view);
        }
        self
    }

    /// A diagnostic with who said it, if it was not a rule of ours.
    pub(crate) fn told(&self, diagnostic: &model::Diagnostic) -> Told {
        let sources = [Source::Council, Source::Health];
        let said = |it| self.moment.aggregator.says(self.key(self.id), it).iter();
        let mut all = sources.into_iter().flat_map(said);
        let found = all.find(|it| it.diagnostic == *diagnostic).cloned();
        found.unwrap_or_else(|| diagnostic.clone().into())
    }

    /// What the council holds against this document.
    pub(crate) fn reviewed(&self) -> &[Told] {
        self.moment.aggregator.says(self.key(self.id), Source::Council)
    }

    /// What is told of this document, by place: what all sources say, unless the client is told late
    /// findings by themselves.
    pub(crate) fn diagnostics(&self) -> Vec<Told> {
        let spec = self.view.analysis.diagnostics.iter();
        let spec: Vec<_> = spec.filter(|it| it.document == self.id).cloned().collect();
        if self.profile.is_told_late {
            return spec.into_iter().map(Told::from).collect();
        }
        self.moment.aggregator.union(self.key(self.id), spec)
    }

    /// What the slower sources say of this document, for a client that is told it by itself.
    pub(crate) fn late_diagnostics(&self) -> Vec<Told> {
        self.moment.aggregator.union(self.key(self.id), Vec::new())
    }
}

/// The text changed since the client made the thing that it now sends back.
pub(crate) fn content_modified() -> Error {
    Error::new(ErrorCode::ContentModified)
}

//! One spec: its documents, open or on disk, and the analysis of the latest texts.

use crate::discover::{self, SourceText};
use crate::migrations::Migrations;
use crate::resources::{ResourceFile, is_resources_anywhere};
use crate::settings::{Settings, allowed_rules};
use crate::snapshot::{DocumentKey, SourceInfo, SpecView};
use model::RelPath;
use rustc_hash::FxHashMap;
use spec::format::Format;
use spec::rules::Levels;
use spec::{Analysis, Analyzer, Document};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use system::System;

/// A larger document is not analysed while it is open.
const OPEN_BYTES_MAX: usize = 8 << 20;

/// What the analysis of a spec depends on besides its texts.
#[derive(Debug, Clone)]
pub(crate) struct SpecCx {
    pub(crate) system: Arc<dyn System>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) levels: Arc<Levels>,
}

/// What the documents of a slot are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Spec,
    /// Migration specs of one folder, in order of their names, and the resources beside them.
    Migrations,
}

/// A document of a spec.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) key: DocumentKey,
    pub(crate) path: Option<RelPath>,
    pub(crate) source: Source,
}

/// Where a document's text comes from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    Open {
        version: i32,
        text: Arc<str>,
    },
    /// `n_changes` grows when the file is known to have changed.
    Disk {
        n_changes: u32,
    },
}

/// A spec at one moment; its view is made when first asked for.
#[derive(Debug)]
pub(crate) struct SpecSlot {
    pub(crate) kind: Kind,
    cx: SpecCx,
    members: Vec<Member>,
    /// Differs from that of every other slot: equal stamps mean equal texts and settings.
    pub(crate) stamp: u64,
    view: OnceLock<Arc<SpecView>>,
    /// The view of a spec with no open document, for as long as somebody holds it.
    passing: Mutex<Weak<SpecView>>,
    /// Shared by all moments of the spec: parse trees and facts of the latest analysis.
    engine: Arc<Mutex<Engine>>,
}

#[derive(Debug)]
struct Engine {
    analyzer: Analyzer,
    migrations: Arc<Migrations>,
    documents: FxHashMap<DocumentKey, Read>,
}

/// A document as last read.
#[derive(Debug, Clone)]
struct Read {
    document: Document,
    info: SourceInfo,
    /// Of [`Source::Disk`]; `None` when it was open.
    n_changes: Option<u32>,
}

impl SpecSlot {
    pub(crate) fn new(kind: Kind, cx: SpecCx, members: Vec<Member>) -> Self {
        let engine = Arc::new(Mutex::new(Engine::new(&cx)));
        Self::with_engine(kind, cx, members, engine)
    }

    /// The same spec with other members; what was read of the others is kept.
    pub(crate) fn with_members(&self, members: Vec<Member>) -> Self {
        Self::with_engine(self.kind, self.cx.clone(), members, Arc::clone(&self.engine))
    }

    fn with_engine(
        kind: Kind,
        cx: SpecCx,
        members: Vec<Member>,
        engine: Arc<Mutex<Engine>>,
    ) -> Self {
        static STAMPS: AtomicU64 = AtomicU64::new(0);
        let stamp = STAMPS.fetch_add(1, Ordering::Relaxed);
        let (view, passing) = (OnceLock::new(), Mutex::default());
        Self { kind, cx, members, stamp, view, passing, engine }
    }

    /// The spec after one document's text came from elsewhere.
    pub(crate) fn with_source(&self, key: &DocumentKey, source: Source) -> Self {
        let mut members = self.members.clone();
        for member in members.iter_mut().filter(|it| it.key == *key) {
            member.source = source.clone();
        }
        if !members.iter().any(Member::is_open) {
            return Self::new(self.kind, self.cx.clone(), members);
        }
        self.with_members(members)
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &DocumentKey> {
        self.members.iter().map(|it| &it.key)
    }

    pub(crate) fn members(&self) -> &[Member] {
        &self.members
    }

    pub(crate) fn member(&self, key: &DocumentKey) -> Option<&Member> {
        self.members.iter().find(|it| it.key == *key)
    }

    pub(crate) fn version(&self, key: &DocumentKey) -> Option<i32> {
        self.member(key)?.version()
    }

    pub(crate) fn open_text(&self, key: &DocumentKey) -> Option<Arc<str>> {
        match &self.member(key)?.source {
            Source::Open { text, .. } => Some(Arc::clone(text)),
            Source::Disk { .. } => None,
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.members.iter().any(Member::is_open)
    }

    pub(crate) fn view(&self) -> Arc<SpecView> {
        if self.is_open() {
            let view = self.view.get_or_init(|| {
                let mut engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
                Arc::new(engine.analyze(self.kind, &self.cx, &self.members))
            });
            return Arc::clone(view);
        }
        let mut passing = self.passing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(view) = passing.upgrade() {
            return view;
        }
        let view = Arc::new(Engine::new(&self.cx).analyze(self.kind, &self.cx, &self.members));
        *passing = Arc::downgrade(&view);
        view
    }
}

impl Member {
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.source, Source::Open { .. })
    }

    fn version(&self) -> Option<i32> {
        match self.source {
            Source::Open { version, .. } => Some(version),
            Source::Disk { .. } => None,
        }
    }
}

impl Engine {
    fn new(cx: &SpecCx) -> Self {
        let analyzer = Analyzer::new(Arc::clone(&cx.levels));
        Self { analyzer, migrations: Arc::default(), documents: FxHashMap::default() }
    }

    fn analyze(&mut self, kind: Kind, cx: &SpecCx, members: &[Member]) -> SpecView {
        let mut documents = Vec::with_capacity(members.len());
        let mut sources = Vec::with_capacity(members.len());
        for member in members {
            let read = self.read(kind, cx, member);
            documents.push(read.document.clone());
            sources.push(read.info.clone());
            self.documents.insert(member.key.clone(), read);
        }
        let (mut analysis, migrations) = match kind {
            Kind::Spec => (self.analyzer.analyze(&documents), None),
            Kind::Migrations => {
                // Where there is one, the file of resources is the last.
                let is_last = |it: &Document| it.path.as_ref().is_some_and(is_resources_anywhere);
                let n_specs = documents.iter().position(is_last).unwrap_or(documents.len());
                let specs = &documents[..n_specs];
                let mut migrations = Migrations::read(specs, &cx.levels, &self.migrations);
                migrations.resources = documents.get(n_specs).map(|it| {
                    Arc::new(ResourceFile::read(n_specs, it, &migrations, cx.system.now()))
                });
                let diagnostics = migrations.diagnostics(&documents, &cx.levels);
                self.migrations = Arc::new(migrations);
                let facts = documents.iter().map(|_| Vec::new()).collect();
                let formats = documents.iter().map(|_| Format::default()).collect();
                let detection = model::Detection::default();
                let analysis = Analysis { facts, formats, detection, diagnostics };
                (analysis, Some(Arc::clone(&self.migrations)))
            }
        };
        let allowed: Vec<Vec<&str>> = documents
            .iter()
            .map(|it| it.path.as_ref().map(|it| allowed_rules(&cx.settings, it)))
            .map(Option::unwrap_or_default)
            .collect();
        analysis.diagnostics.retain(|it| !is_allowed(it, &allowed[it.document.0 as usize]));
        SpecView {
            keys: members.iter().map(|it| it.key.clone()).collect(),
            versions: members.iter().map(Member::version).collect(),
            documents,
            sources,
            analysis,
            migrations,
        }
    }

    fn read(&self, kind: Kind, cx: &SpecCx, member: &Member) -> Read {
        let old = self.documents.get(&member.key);
        let (text, info, n_changes) = match &member.source {
            Source::Open { text, .. } if text.len() > OPEN_BYTES_MAX => {
                let failure = format!(
                    "it is larger than {} MiB, too large to be read again with each keystroke; \
                     `specwright check` reads it from disk",
                    OPEN_BYTES_MAX >> 20
                );
                let info = SourceInfo { failure: Some(failure), ..SourceInfo::default() };
                (Arc::from(""), info, None)
            }
            Source::Open { text, .. } => (Arc::clone(text), SourceInfo::default(), None),
            Source::Disk { n_changes } => {
                if let Some(old) = old.filter(|it| it.n_changes == Some(*n_changes)) {
                    return old.clone();
                }
                let (text, info) = read_file(cx, &member.key);
                (text, info, Some(*n_changes))
            }
        };
        let document = match old {
            _ if kind == Kind::Migrations => Document::unread(member.path.clone(), text),
            Some(old) => old.document.with_text(text),
            None => Document::new(member.path.clone(), text),
        };
        Read { document, info, n_changes }
    }
}

fn read_file(cx: &SpecCx, key: &DocumentKey) -> (Arc<str>, SourceInfo) {
    let DocumentKey::File(path) = key else { return Default::default() };
    match discover::read_text(&*cx.system, path) {
        Ok(SourceText { text, has_mark, invalid_at }) => {
            (text, SourceInfo { has_mark, invalid_at, failure: None })
        }
        Err(error) => {
            let failure = Some(crate::error_chain(&error));
            (Arc::from(""), SourceInfo { failure, ..SourceInfo::default() })
        }
    }
}

fn is_allowed(diagnostic: &model::Diagnostic, allowed: &[&str]) -> bool {
    let rule = crate::rules::find(diagnostic.rule);
    let is_settable = rule.is_none_or(crate::rules::RuleInfo::is_settable);
    let is_named =
        |name: &&str| *name == diagnostic.rule || rule.is_some_and(|it| it.group == *name);
    is_settable && allowed.iter().any(is_named)
}

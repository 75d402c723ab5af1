//! The migration specs of a workspace folder: read, replayed over each other in the order of their
//! names, and linted.
//!
//! A file is the unit of reuse: it is read again when its text changes, and replayed when its text
//! or a file before it does. Runs no SQL; see [`preview`] for that.

mod allow;
mod focus;
pub mod late;
pub mod plan;
pub mod preview;
pub(crate) mod touch;

use crate::migrations::preview::Preview;
use crate::resources::ResourceFile;
use crate::snapshot::SpecView;
use migrate::language::{self, Operation};
use migrate::lint::{self, LintCx};
use migrate::plan::Renames;
use migrate::schema::Schema;
use model::{Diagnostic, RelPath, Severity};
use spec::Document;
use spec::rules::{Level, Levels};
use std::sync::{Arc, OnceLock};

/// Where migration specs lie below a workspace's root.
pub const FOLDER: &str = "forge/migrations";

/// Whether the file at `path`, below a workspace's root, is a migration spec.
#[must_use]
pub fn is_migration(path: &RelPath) -> bool {
    path.parent().is_some_and(|it| it.as_str() == FOLDER) && is_yaml(path)
}

/// The same for a file that lies in no workspace folder.
#[must_use]
pub fn is_migration_anywhere(path: &RelPath) -> bool {
    let parent = path.parent();
    let folder = parent.as_ref().map_or("", |it| it.as_str());
    let is_below = folder.strip_suffix(FOLDER).is_some_and(|it| it.is_empty() || it.ends_with('/'));
    is_below && is_yaml(path)
}

/// Whether a file is YAML by its name.
#[must_use]
pub fn is_yaml(path: &RelPath) -> bool {
    let name = path.file_name();
    let ending = name.rsplit_once('.').map(|(_, it)| it.to_ascii_lowercase());
    ending.is_some_and(|it| it == "yaml" || it == "yml")
}

/// A set of migration specs; `files[i]` is `DocumentId(i)` of its view.
#[derive(Debug, Clone, Default)]
pub struct Migrations {
    pub files: Vec<Arc<Migration>>,
    /// What `forge.yaml` declares beside them; its document is the last of the view.
    pub resources: Option<Arc<ResourceFile>>,
}

/// One file, and the schema around it.
#[derive(Debug)]
pub struct Migration {
    /// The file's name without its ending: `0004_add_posts`.
    pub name: String,
    pub operations: Vec<Operation>,
    /// What the files before it make.
    pub before: Arc<Schema>,
    pub after: Arc<Schema>,
    /// From the names before to the names after.
    pub renames: Renames,
    /// Whether the language refuses part of it; it is not applied then.
    pub is_refused: bool,
    preview: OnceLock<Preview>,
    tried: OnceLock<late::Tried>,
    text: Arc<str>,
    read: Vec<Diagnostic>,
    /// Of the replay and the lint, before levels and comments.
    judged: Vec<Diagnostic>,
}

impl Migration {
    /// What it will do; made when first asked for.
    #[must_use]
    pub fn preview(&self) -> &Preview {
        self.preview.get_or_init(|| Preview::new(self))
    }
}

impl Migrations {
    /// The schema after all files.
    #[must_use]
    pub fn schema(&self) -> Arc<Schema> {
        self.files.last().map(|it| Arc::clone(&it.after)).unwrap_or_default()
    }

    /// Reads `documents`; what the same files made of the same texts before is taken from `old`.
    #[must_use]
    pub fn read(documents: &[Document], levels: &Levels, old: &Self) -> Self {
        // The same empty schema as before, so that the first file is known again.
        let first = old.files.first().map(|it| Arc::clone(&it.before));
        let mut before = first.unwrap_or_default();
        let mut files = Vec::with_capacity(documents.len());
        for (index, document) in (0u32..).zip(documents) {
            let old = old.files.get(index as usize);
            let file = migration(index, document, &before, levels, old);
            before = Arc::clone(&file.after);
            files.push(file);
        }
        Self { files, resources: None }
    }

    /// What is wrong with all files, in order, at the levels of the settings and without what
    /// comments silence.
    #[must_use]
    pub fn diagnostics(&self, documents: &[Document], levels: &Levels) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        for (index, (file, document)) in (0u32..).zip(self.files.iter().zip(documents)) {
            let from = out.len();
            let found = file.read.iter().chain(&file.judged);
            out.extend(found.filter_map(|it| at_level(it, levels)));
            out.dedup();
            let mut own = out.split_off(from);
            allow::apply(index, document, levels, &mut own);
            own.sort_by(|a, b| (a.span, a.rule).cmp(&(b.span, b.rule)));
            out.extend(own);
        }
        if let Some(file) = &self.resources {
            let index = file.document.0;
            let mut own: Vec<Diagnostic> =
                file.diagnostics.iter().filter_map(|it| at_level(it, levels)).collect();
            allow::apply(index, &documents[index as usize], levels, &mut own);
            own.sort_by(|a, b| (a.span, a.rule).cmp(&(b.span, b.rule)));
            out.extend(own);
        }
        out
    }
}

fn migration(
    index: u32,
    document: &Document,
    before: &Arc<Schema>,
    levels: &Levels,
    old: Option<&Arc<Migration>>,
) -> Arc<Migration> {
    let name = name_of(document.path.as_ref());
    let old = old.filter(|it| it.name == name && it.text == document.text);
    if let Some(old) = old.filter(|it| Arc::ptr_eq(&it.before, before)) {
        return Arc::clone(old);
    }
    let (operations, read) = match old {
        Some(old) => (old.operations.clone(), old.read.clone()),
        None => language::read_file(index, language::File { name: &name, text: &document.text }),
    };
    let replayed = language::replay(before, &operations);
    let mut judged = replayed.diagnostics;
    let is_refused = read.iter().chain(&judged).any(|it| it.severity == Severity::Error);
    let cx = LintCx::new(before, &replayed.schema, &operations);
    judged.extend(lint::lint_with(&cx, &|it| is_on(it, levels)));
    let after =
        if replayed.schema == **before { Arc::clone(before) } else { Arc::new(replayed.schema) };
    let (before, text) = (Arc::clone(before), Arc::clone(&document.text));
    let renames = replayed.renames;
    let (preview, tried) = (OnceLock::new(), OnceLock::new());
    Arc::new(Migration {
        name,
        operations,
        before,
        after,
        renames,
        is_refused,
        preview,
        tried,
        text,
        read,
        judged,
    })
}

fn is_on(rule: &lint::Rule, levels: &Levels) -> bool {
    match levels.by_name.get(rule.docs.name) {
        Some(level) => *level != Level::Off,
        None => rule.on_by_default,
    }
}

/// The file's name without its ending.
fn name_of(path: Option<&RelPath>) -> String {
    let name = path.map_or("", RelPath::file_name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
}

/// A finding as the settings want it; what the language refuses stays refused.
fn at_level(it: &Diagnostic, levels: &Levels) -> Option<Diagnostic> {
    let settable = crate::rules::find(it.rule).is_none_or(crate::rules::RuleInfo::is_settable);
    let severity = match levels.by_name.get(it.rule).filter(|_| settable) {
        Some(Level::Off) => return None,
        Some(Level::At(severity)) => *severity,
        Some(Level::On) | None => it.severity,
    };
    Some(Diagnostic { severity, ..it.clone() })
}

/// The part of the schemas before and after a file that it can touch.
#[must_use]
pub(crate) fn focused(file: &Migration) -> (Schema, Schema) {
    focus::focus(&file.before, &file.after)
}

/// The file that a document of a view is; `None` in a view of product specs.
#[must_use]
pub fn of(view: &SpecView, id: model::DocumentId) -> Option<&Arc<Migration>> {
    view.migrations.as_ref()?.files.get(id.0 as usize)
}

#[cfg(test)]
mod tests;

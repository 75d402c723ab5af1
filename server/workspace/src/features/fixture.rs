//! Builds a view from one string: `//- path` lines start files, `$0` marks the cursor.

use super::Place;
use crate::snapshot::{DocumentKey, SpecView};
use model::{AbsPath, DocumentId, RelPath};
use spec::{Analyzer, Document};
use std::path::Path;

/// A view of all files of `text` as one spec, and where its `$0` stood (the start without one).
///
/// Text before the first `//- path` line is `PRD.md`; files lie below `/w`.
pub(crate) fn fixture(text: &str) -> (SpecView, Place) {
    let mut place = Place { document: DocumentId(0), offset: 0 };
    let mut keys = Vec::new();
    let mut documents = Vec::new();
    for (number, (path, body)) in (0u32..).zip(files(text)) {
        let body = match body.split_once("$0") {
            Some((before, after)) => {
                place = Place { document: DocumentId(number), offset: before.len() };
                format!("{before}{after}")
            }
            None => body,
        };
        let path = RelPath::new(&path).expect("fixture paths are relative");
        keys.push(DocumentKey::File(root().join(&path)));
        documents.push(Document::new(Some(path), body.into()));
    }
    let analysis = Analyzer::default().analyze(&documents);
    let versions = keys.iter().map(|_| Some(1)).collect();
    let sources = keys.iter().map(|_| crate::SourceInfo::default()).collect();
    (SpecView { keys, versions, documents, sources, analysis, migrations: None }, place)
}

/// A view of migration specs; `//- NAME` lines start files of their folder.
pub(crate) fn migrations(text: &str) -> (SpecView, Place) {
    let folder = crate::migrations::FOLDER;
    let (mut view, place) = fixture(&text.replace("//- ", &format!("//- {folder}/")));
    let unread = |it: &Document| Document::unread(it.path.clone(), it.text.clone());
    view.documents = view.documents.iter().map(unread).collect();
    let levels = spec::rules::Levels::default();
    let set = crate::migrations::Migrations::default();
    let set = crate::migrations::Migrations::read(&view.documents, &levels, &set);
    view.analysis.detection = model::Detection::default();
    view.analysis.facts = view.documents.iter().map(|_| Vec::new()).collect();
    view.analysis.diagnostics = set.diagnostics(&view.documents, &levels);
    view.migrations = Some(std::sync::Arc::new(set));
    (view, place)
}

/// `path:line:column` of a location, one-based, and the text there.
pub(crate) fn show(view: &SpecView, location: &super::Location) -> String {
    let id = view.document_id(&location.key).expect("the location is in the view");
    let document = super::document(view, id).expect("ids come from the view");
    let at = document.lines.position(location.span.range().start, text::line_index::Encoding::Utf8);
    let path = document.path.as_ref().map_or("", RelPath::as_str);
    format!("{path}:{}:{} {:?}", at.line + 1, at.column + 1, document.slice(location.span))
}

/// Applies edits to the documents of `view` and shows those that changed.
pub(crate) fn apply(view: &SpecView, edits: &[super::FileEdits]) -> String {
    let mut out = String::new();
    for file in edits {
        let Some(id) = view.document_id(&file.key) else {
            out += &format!("//- {:?}\n", file.key);
            continue;
        };
        let document = super::document(view, id).expect("ids come from the view");
        let mut body = document.text.to_string();
        for edit in file.edits.iter().rev() {
            body.replace_range(edit.span.range(), &edit.text);
        }
        if view.documents.len() > 1 {
            out += &format!("//- {}\n", document.path.as_ref().map_or("", RelPath::as_str));
        }
        out += &body;
    }
    out
}

fn root() -> AbsPath {
    AbsPath::new(Path::new(if cfg!(windows) { r"C:\w" } else { "/w" })).expect("it is absolute")
}

fn files(text: &str) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        if let Some(path) = line.strip_prefix("//- ") {
            out.push((path.trim().to_owned(), String::new()));
            continue;
        }
        if out.is_empty() {
            out.push(("PRD.md".to_owned(), String::new()));
        }
        if let Some((_, body)) = out.last_mut() {
            body.push_str(line);
        }
    }
    out
}

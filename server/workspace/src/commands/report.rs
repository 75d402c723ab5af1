use super::CommandCx;
use crate::snapshot::{DocumentKey, SpecView};
use model::{Diagnostic, DocumentId, Span};
use rustc_hash::FxHashMap;
use schemars::JsonSchema;
use serde::Serialize;
use text::line_index::Encoding;

/// A diagnostic, told in terms of files.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Finding {
    /// Path from the current folder, or absolute; the buffer's name where there is no file.
    pub file: String,
    pub rule: &'static str,
    /// `hint`, `info`, `warning` or `error`.
    pub severity: &'static str,
    pub message: String,
    pub start: Point,
    pub end: Point,
    /// Other sides of a contradiction.
    pub related: Vec<RelatedPlace>,
    pub fixes: Vec<Patch>,
    /// The same for the same finding after lines moved; what a baseline holds.
    pub fingerprint: String,
}

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Point {
    /// From 1.
    pub line: u32,
    /// From 1, in Unicode characters.
    pub column: u32,
    /// In bytes of the file, from 0.
    pub offset: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RelatedPlace {
    pub file: String,
    pub start: Point,
    pub end: Point,
    pub message: String,
}

/// A mend of a finding.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Patch {
    pub title: String,
    /// Whether `fix` applies it unasked.
    pub safe: bool,
    pub edits: Vec<Place>,
}

/// Replaces a place of a file.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Place {
    pub file: String,
    pub start: Point,
    pub end: Point,
    pub text: String,
}

/// Something that was not checked as one would expect, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Notice {
    pub file: String,
    pub message: String,
}

/// Diagnostics about documents of a view as findings.
pub(super) fn of_diagnostics<'a>(
    cx: &CommandCx<'_>,
    view: &SpecView,
    all: impl IntoIterator<Item = &'a Diagnostic>,
) -> Vec<Finding> {
    let mut seen: FxHashMap<u64, u32> = FxHashMap::default();
    all.into_iter().map(|it| finding(cx, view, it, &mut seen)).collect()
}

/// What to tell of a view's files besides findings.
pub(super) fn notices(cx: &CommandCx<'_>, view: &SpecView) -> Vec<Notice> {
    let mut out = Vec::new();
    for (key, info) in view.keys.iter().zip(&view.sources) {
        let file = file_name(cx, key);
        if let Some(message) = &info.failure {
            out.push(Notice { file: file.clone(), message: message.clone() });
        }
        if let Some(at) = info.invalid_at {
            let message = format!(
                "`{file}` is not valid UTF-8 at byte {at}; such bytes are read as `?` and the file \
                 is never written: save it as UTF-8"
            );
            out.push(Notice { file, message });
        }
    }
    out
}

fn finding(
    cx: &CommandCx<'_>,
    view: &SpecView,
    it: &Diagnostic,
    seen: &mut FxHashMap<u64, u32>,
) -> Finding {
    let file = |id: DocumentId| file_name(cx, &view.keys[id.0 as usize]);
    let related = it.related.iter().map(|it| RelatedPlace {
        file: file(it.document),
        start: point(view, it.document, it.span.start),
        end: point(view, it.document, it.span.end),
        message: it.message.clone(),
    });
    let fixes = it.fixes.iter().map(|fix| Patch {
        title: fix.title.clone(),
        safe: fix.safe,
        edits: fix.edits.iter().map(|it| edit_place(cx, view, it)).collect(),
    });
    Finding {
        file: file(it.document),
        rule: it.rule,
        severity: it.severity.word(),
        message: it.message.clone(),
        start: point(view, it.document, it.span.start),
        end: point(view, it.document, it.span.end),
        related: related.collect(),
        fixes: fixes.collect(),
        fingerprint: fingerprint(view, it, seen),
    }
}

fn edit_place(cx: &CommandCx<'_>, view: &SpecView, it: &model::FixEdit) -> Place {
    Place {
        file: file_name(cx, &view.keys[it.document.0 as usize]),
        start: point(view, it.document, it.span.start),
        end: point(view, it.document, it.span.end),
        text: it.text.clone(),
    }
}

/// How a document is called in outputs.
pub(super) fn file_name(cx: &CommandCx<'_>, key: &DocumentKey) -> String {
    match key {
        DocumentKey::File(path) => match path.relative_to(&cx.cwd) {
            Some(path) => path.as_str().to_owned(),
            None => path.to_string(),
        },
        DocumentKey::Untitled(name) => name.clone(),
    }
}

fn point(view: &SpecView, id: DocumentId, offset: u32) -> Point {
    let at = view.document(id).lines.position(offset as usize, Encoding::Utf32);
    let mark = if view.sources[id.0 as usize].has_mark { 3 } else { 0 };
    Point { line: at.line + 1, column: at.column + 1, offset: offset + mark }
}

/// Free of line numbers and white space: rule, path below the root, message, the lines it lies on,
/// and which of several alike it is.
fn fingerprint(view: &SpecView, it: &Diagnostic, seen: &mut FxHashMap<u64, u32>) -> String {
    let path = view.path(it.document).map_or("", |it| it.as_str());
    let lines = lines_around(view, it.document, it.span);
    let words: Vec<&str> = lines.split_whitespace().collect();
    let text = format!("{}\0{path}\0{}\0{}", it.rule, it.message, words.join(" "));
    let hash = xxhash_rust::xxh3::xxh3_64(text.as_bytes());
    let n_alike = seen.entry(hash).or_default();
    *n_alike += 1;
    match *n_alike {
        1 => format!("{hash:016x}"),
        n => format!("{hash:016x}-{n}"),
    }
}

fn lines_around(view: &SpecView, id: DocumentId, span: Span) -> &str {
    let document = view.document(id);
    let line = |offset: u32| document.lines.line_span(document.lines.line(offset as usize));
    match (line(span.start), line(span.end)) {
        (Some(first), Some(last)) => document.slice(Span::new(first.start, last.end)),
        _ => "",
    }
}

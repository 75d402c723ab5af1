//! The bodies of the fuzz targets; `it::fuzz` replays the kept inputs through them.
//!
//! Each takes any bytes and panics only on a fault of ours.

use model::{DocumentId, Span};
use spec::{Analysis, Analyzer, Document};
use std::sync::Arc;
use text::line_index::{Encoding, Position};
use workspace::{DocumentKey, TextEdit, Workspace};

/// Reads `bytes` as a spec; every span must lie in the text, on character boundaries.
pub fn reader(bytes: &[u8]) {
    let text: Arc<str> = String::from_utf8_lossy(bytes).into();
    let document = Document::new(None, text);
    let analysis = Analyzer::new(Arc::default()).analyze(std::slice::from_ref(&document));
    assert_spans(&document, &analysis);
}

/// Reads `bytes` as a text and a script of edits; the incremental analysis must equal a fresh one.
///
/// The first line names the encoding by its first byte; after a NUL each edit is six bytes (start
/// line, start column, end line, end column, length of the text, and the text's offset in `bytes`).
pub fn edits(bytes: &[u8]) {
    let split = bytes.iter().position(|it| *it == 0).unwrap_or(bytes.len());
    let (head, script) = bytes.split_at(split);
    let encoding = match head.first().map_or(0, |it| it % 3) {
        0 => Encoding::Utf8,
        1 => Encoding::Utf16,
        _ => Encoding::Utf32,
    };
    let source = String::from_utf8_lossy(head).into_owned();
    let key = DocumentKey::Untitled("fuzz".to_owned());
    let mut workspace = Workspace::new(Arc::default());
    workspace.open(key.clone(), 0, source.as_str().into());
    for (version, step) in (1..).zip(script.get(1..).unwrap_or_default().chunks_exact(6).take(24)) {
        let at = |line: u8, column: u8| Position { line: line.into(), column: column.into() };
        let piece: String =
            source.chars().skip(step[5].into()).take(usize::from(step[4] % 32)).collect();
        let range = (step[0] != 255).then(|| (at(step[0], step[1]), at(step[2], step[3])));
        workspace.edit(&key, version, &[TextEdit { range, text: piece }], encoding);
        let Some(view) = workspace.snapshot().spec(&key) else { panic!("the document is open") };
        let document = &view.documents[0];
        assert_spans(document, &view.analysis);
        let fresh = Document::new(document.path.clone(), Arc::clone(&document.text));
        let again = Analyzer::new(Arc::default()).analyze(&[fresh]);
        assert_eq!(view.analysis.detection, again.detection);
        assert_eq!(view.analysis.diagnostics, again.diagnostics);
    }
}

fn assert_spans(document: &Document, analysis: &Analysis) {
    let check = |id: DocumentId, span: Span| {
        assert_eq!(id, DocumentId(0));
        assert!(document.text.get(span.range()).is_some(), "{span:?} is no part of the text");
    };
    let detection = &analysis.detection;
    let evidence = (detection.tables.iter().flat_map(|it| &it.evidence))
        .chain(detection.relations.iter().flat_map(|it| &it.evidence))
        .chain(detection.needs.iter().flat_map(|it| &it.evidence))
        .chain(detection.none.iter().flat_map(|it| &it.evidence))
        .chain(detection.sign_in.iter().flatten());
    for it in evidence {
        check(it.document, it.span);
    }
    for column in detection.tables.iter().flat_map(|it| &it.columns) {
        check(column.document, column.span);
    }
    for diagnostic in &analysis.diagnostics {
        check(diagnostic.document, diagnostic.span);
        for related in &diagnostic.related {
            check(related.document, related.span);
        }
        for edit in diagnostic.fixes.iter().flat_map(|it| &it.edits) {
            check(edit.document, edit.span);
        }
    }
}

//! The bodies of the fuzz targets; `it::fuzz` replays the kept inputs through them.
//!
//! Each takes any bytes and panics only on a fault of ours.

use model::{DocumentId, Span};
use spec::{Analysis, Analyzer, Document};
use std::sync::{Arc, Mutex};
use std::time::Duration;
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

/// Sends `bytes` to a server, as if a client wrote them and went away; the server must end.
///
/// Inputs that could name a file are left out: a fuzzer has no business in the file system.
///
/// # Panics
/// The server does not end within [`PATIENCE`]. (A panic inside of it is caught by it, and seen by
/// the fuzzer's panic hook; a replay sees it as the answer "internal error".)
pub fn frames(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    if ["file:", "\\u", "rootpath"].iter().any(|it| text.contains(it)) {
        return;
    }
    let input = std::io::Cursor::new(bytes.to_vec());
    let output = Output::default();
    let (tell, ended) = std::sync::mpsc::channel();
    let written = output.clone();
    std::thread::spawn(move || tell.send(lsp::serve(input, output).is_ok()));
    let is_over = ended.recv_timeout(PATIENCE).expect("the server ends when its input does");
    assert!(is_over, "the server's threads start");
    let written = written.bytes.lock().expect("the writer does not panic");
    let said = String::from_utf8_lossy(&written);
    assert!(!said.contains(INTERNAL_ERROR), "a handler panicked: {said}");
}

/// Far more than any input takes.
const PATIENCE: Duration = Duration::from_secs(20);
/// How an answer says so: JSON-RPC's code.
const INTERNAL_ERROR: &str = "-32603";

/// What a server wrote.
#[derive(Clone, Default)]
struct Output {
    bytes: Arc<Mutex<Vec<u8>>>,
}

impl std::io::Write for Output {
    fn write(&mut self, piece: &[u8]) -> std::io::Result<usize> {
        self.bytes.lock().expect("the reader does not panic").extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
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

//! From our types to LSP's.

use crate::aggregator::Told;
use crate::session::{Doc, FileProblem, Moment};
use lsp_types::{
    AnnotatedTextEdit, ChangeAnnotation, Code, CodeDescription, CreateFile, DeleteFile, Diagnostic,
    DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, DocumentChange, Edit,
    Location, MarkupContent, MarkupKind, OptionalVersionedTextDocumentIdentifier, Position, Range,
    RenameFile, SymbolKind, TextDocumentEdit, TextDocumentIdentifier, TextEdit, Uri, WorkspaceEdit,
};
use model::{AbsPath, DocumentId, Severity, Span, Tag};
use serde_json::json;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use text::line_index::{Encoding, LineIndex};
use tower_lsp::jsonrpc::{Error, ErrorCode};
use workspace::DocumentKey;
use workspace::commands::{CommandError, ErrorKind, FileEdit, Panel, PanelEdit, TextPatch};
use workspace::features::FileEdits;

pub(crate) const SOURCE: &str = "specwright";

pub(crate) fn position(doc: &Doc, id: DocumentId, offset: usize) -> Position {
    let at = doc.document_of(id).lines.position(offset, doc.profile.encoding);
    Position { line: at.line, character: at.column }
}

pub(crate) fn range(doc: &Doc, id: DocumentId, span: Span) -> Range {
    let bytes = span.range();
    Range { start: position(doc, id, bytes.start), end: position(doc, id, bytes.end) }
}

pub(crate) fn location(doc: &Doc, id: DocumentId, span: Span) -> Option<Location> {
    Some(Location { uri: doc.uri(id)?, range: range(doc, id, span) })
}

pub(crate) fn diagnostic(doc: &Doc, it: &model::Diagnostic) -> Diagnostic {
    let profile = &doc.profile;
    let page = profile.reads_code_description.then(|| rule_page(it.rule)).flatten();
    Diagnostic {
        range: range(doc, it.document, it.span),
        severity: Some(severity(it.severity)),
        code: Some(Code::String(it.rule.to_owned())),
        code_description: page.map(|href| CodeDescription { href }),
        source: Some(SOURCE.to_owned()),
        message: message(profile.reads_related_information, it).into(),
        tags: it.tag.filter(|_| profile.reads_diagnostic_tags).map(|it| vec![tag(it)]),
        related_information: profile.reads_related_information.then(|| related(doc, it)).flatten(),
        data: profile.reads_diagnostic_data.then(|| json!({ "rule": it.rule })),
    }
}

/// A diagnostic of any source; those of the council carry their reviewer and fingerprint.
pub(crate) fn told(doc: &Doc, it: &Told) -> Diagnostic {
    let plain = diagnostic(doc, &it.diagnostic);
    let Some(said_by) = &it.said_by else { return plain };
    let data = json!({ "fingerprint": said_by.fingerprint });
    let docs = said_by.docs.as_deref().and_then(|it| Uri::parse(it).ok());
    let docs = docs.filter(|_| doc.profile.reads_code_description);
    Diagnostic {
        source: Some(said_by.source.clone()),
        code: Some(Code::String(said_by.code.clone())),
        code_description: docs.map(|href| CodeDescription { href }),
        data: doc.profile.reads_diagnostic_data.then_some(data),
        ..plain
    }
}

/// A document that was not read, and why.
pub(crate) fn unreadable(failure: &str) -> Diagnostic {
    Diagnostic {
        severity: Some(DiagnosticSeverity::Warning),
        code: Some(Code::String("not-read".to_owned())),
        source: Some(SOURCE.to_owned()),
        message: format!("this document is not analysed: {failure}").into(),
        ..Diagnostic::default()
    }
}

/// A fault of a settings file.
pub(crate) fn problem(it: &FileProblem, encoding: Encoding) -> Diagnostic {
    let lines = LineIndex::new(&it.text);
    let span = it.problem.span.unwrap_or_default().range();
    let at = |offset: usize| {
        let at = lines.position(offset, encoding);
        Position { line: at.line, character: at.column }
    };
    let help = it.problem.help.as_ref().map(|it| format!("\n{it}")).unwrap_or_default();
    Diagnostic {
        range: Range { start: at(span.start), end: at(span.end) },
        severity: Some(severity(it.problem.severity)),
        code: Some(Code::String("settings".to_owned())),
        source: Some(SOURCE.to_owned()),
        message: format!("{}{help}", it.problem.message).into(),
        ..Diagnostic::default()
    }
}

/// Where the rule is explained.
fn rule_page(rule: &str) -> Option<Uri> {
    Uri::parse(&workspace::commands::explain::url(rule)).ok()
}

/// A client that cannot show the other side of a contradiction is at least told of it.
fn message(reads_related: bool, it: &model::Diagnostic) -> String {
    let mut message = it.message.clone();
    if !reads_related {
        for related in &it.related {
            message.push('\n');
            message.push_str(&related.message);
        }
    }
    message
}

fn related(doc: &Doc, it: &model::Diagnostic) -> Option<Vec<DiagnosticRelatedInformation>> {
    let related = it.related.iter().filter_map(|it| {
        let location = location(doc, it.document, it.span)?;
        Some(DiagnosticRelatedInformation { location, message: it.message.clone() })
    });
    Some(related.collect()).filter(|it: &Vec<_>| !it.is_empty())
}

pub(crate) fn severity(it: Severity) -> DiagnosticSeverity {
    match it {
        Severity::Hint => DiagnosticSeverity::Hint,
        Severity::Info => DiagnosticSeverity::Information,
        Severity::Warning => DiagnosticSeverity::Warning,
        Severity::Error => DiagnosticSeverity::Error,
    }
}

fn tag(it: Tag) -> DiagnosticTag {
    match it {
        Tag::Unnecessary => DiagnosticTag::Unnecessary,
        Tag::Deprecated => DiagnosticTag::Deprecated,
    }
}

/// Edits by document, each from its end to its start, so that a client that applies one after the
/// other does no harm.
pub(crate) fn workspace_edit(moment: &Moment, files: &[FileEdits]) -> WorkspaceEdit {
    let versioned = moment.profile.reads_document_changes;
    let mut changes = HashMap::new();
    let mut document_changes = Vec::new();
    for file in files {
        let Some(doc) = moment.doc_of(&file.key) else { continue };
        let Some(uri) = doc.uri(doc.id) else { continue };
        let edits = file
            .edits
            .iter()
            .rev()
            .map(|it| TextEdit { range: range(&doc, doc.id, it.span), new_text: it.text.clone() });
        if versioned {
            document_changes.push(DocumentChange::TextDocumentEdit(TextDocumentEdit {
                text_document: OptionalVersionedTextDocumentIdentifier {
                    version: doc.version(doc.id),
                    text_document_identifier: TextDocumentIdentifier { uri },
                },
                edits: edits.map(Edit::TextEdit).collect(),
            }));
        } else {
            changes.insert(uri, edits.collect());
        }
    }
    WorkspaceEdit {
        changes: (!versioned).then_some(changes),
        document_changes: versioned.then_some(document_changes),
        change_annotations: None,
    }
}

/// A command's edits of existing files, by the texts that the client or else the disk has.
pub(crate) fn file_edits(moment: &Moment, files: &[FileEdit]) -> WorkspaceEdit {
    let mut changes = HashMap::new();
    for file in files {
        let Some(path) = AbsPath::new(Path::new(&file.path)) else { continue };
        let key = DocumentKey::File(path.clone());
        let on_disk = || workspace::discover::read_text(&*moment.system, &path).ok();
        let text = moment.snapshot.open_text(&key).or_else(|| on_disk().map(|it| it.text));
        let (Some(text), Some(uri)) = (text, moment.uri(&key)) else { continue };
        changes.insert(uri, patch_edits(moment, &text, &file.edits).collect());
    }
    WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }
}

/// Patches of a text as edits, the last of the text first.
fn patch_edits(
    moment: &Moment,
    text: &str,
    patches: &[TextPatch],
) -> impl Iterator<Item = TextEdit> {
    let lines = LineIndex::new(text);
    patches.iter().rev().map(move |it| {
        let at = |offset: u32| {
            let at = lines.position(offset as usize, moment.profile.encoding);
            Position { line: at.line, character: at.column }
        };
        TextEdit {
            range: Range { start: at(it.start), end: at(it.end) },
            new_text: it.text.clone(),
        }
    })
}

/// Edits that give open documents another text as a whole, for the version that is open now.
pub(crate) fn whole_texts(moment: &Moment, texts: &[(DocumentKey, Arc<str>)]) -> WorkspaceEdit {
    let versioned = moment.profile.reads_document_changes;
    let mut changes = HashMap::new();
    let mut document_changes = Vec::new();
    for (key, new_text) in texts {
        let (Some(shown), Some(uri)) = (moment.snapshot.open_text(key), moment.uri(key)) else {
            continue;
        };
        let end = LineIndex::new(&shown).position(shown.len(), moment.profile.encoding);
        let start = Position { line: 0, character: 0 };
        let end = Position { line: end.line, character: end.column };
        let edit = TextEdit { range: Range { start, end }, new_text: new_text.to_string() };
        if versioned {
            document_changes.push(DocumentChange::TextDocumentEdit(TextDocumentEdit {
                text_document: OptionalVersionedTextDocumentIdentifier {
                    version: moment.snapshot.version(key),
                    text_document_identifier: TextDocumentIdentifier { uri },
                },
                edits: vec![Edit::TextEdit(edit)],
            }));
        } else {
            changes.insert(uri, vec![edit]);
        }
    }
    WorkspaceEdit {
        changes: (!versioned).then_some(changes),
        document_changes: versioned.then_some(document_changes),
        change_annotations: None,
    }
}

/// A rollback as edits that each wait for the author's word: texts line by line, files as a whole.
///
/// The labels are what editors that group by them show as groups.
pub(crate) fn panel_edit(moment: &Moment, panel: &Panel) -> WorkspaceEdit {
    const TEXT: &str = "text";
    const COMES_BACK: &str = "comes-back";
    const GOES: &str = "goes";
    let target = panel.target();
    let mut described = format!("the checkpoint {} undoes it", panel.before());
    if !panel.besides.is_empty() {
        described += &format!("; with it comes what is no text: {}", panel.besides.join(", "));
    }
    let annotation = |label: String| ChangeAnnotation {
        label,
        needs_confirmation: Some(true),
        description: Some(described.clone()),
    };
    let change_annotations = HashMap::from([
        (TEXT.to_owned(), annotation(panel.title.clone())),
        (COMES_BACK.to_owned(), annotation(format!("Comes back with {target}"))),
        (GOES.to_owned(), annotation(format!("Is not in {target}"))),
    ]);
    let uri = |path: &AbsPath| moment.uri(&DocumentKey::File(path.clone()));
    let text = |path: &AbsPath, shown: &str, patches: &[TextPatch], annotation: &str| {
        let edits = patch_edits(moment, shown, patches).map(|text_edit| {
            let annotation_id = annotation.to_owned();
            Edit::AnnotatedTextEdit(AnnotatedTextEdit { annotation_id, text_edit })
        });
        let text_document = OptionalVersionedTextDocumentIdentifier {
            version: moment.snapshot.version(&DocumentKey::File(path.clone())),
            text_document_identifier: TextDocumentIdentifier { uri: uri(path)? },
        };
        let edits = edits.collect();
        Some(DocumentChange::TextDocumentEdit(TextDocumentEdit { text_document, edits }))
    };
    let mut changes: Vec<DocumentChange> = Vec::new();
    for it in &panel.edits {
        let annotation = if matches!(it, PanelEdit::Delete { .. }) { GOES } else { COMES_BACK };
        let annotation_id = Some(annotation.to_owned());
        match it {
            PanelEdit::Text { path, shown, patches } => {
                changes.extend(text(path, shown, patches, TEXT));
            }
            PanelEdit::Create { path, text: new } => {
                let Some(uri) = uri(path) else { continue };
                changes.push(CreateFile { uri, options: None, annotation_id }.into());
                let patch = TextPatch { start: 0, end: 0, text: new.clone() };
                changes.extend(text(path, "", &[patch], COMES_BACK));
            }
            PanelEdit::Rename { from, to } => {
                let (Some(old_uri), Some(new_uri)) = (uri(from), uri(to)) else { continue };
                changes.push(RenameFile { old_uri, new_uri, options: None, annotation_id }.into());
            }
            PanelEdit::Delete { path } => {
                let Some(uri) = uri(path) else { continue };
                changes.push(DeleteFile { uri, options: None, annotation_id }.into());
            }
        }
    }
    WorkspaceEdit {
        changes: None,
        document_changes: Some(changes),
        change_annotations: Some(change_annotations),
    }
}

/// The four kinds of error that users meet.
pub(crate) fn command_error(it: &CommandError) -> Error {
    let code = match it.kind {
        ErrorKind::User | ErrorKind::Config => ErrorCode::InvalidParams,
        ErrorKind::Busy => ErrorCode::ContentModified,
        ErrorKind::Internal => ErrorCode::InternalError,
    };
    let hint = it.hint.as_ref().map(|it| format!("; {it}")).unwrap_or_default();
    let mut error = Error::new(code);
    error.message = format!("failed to {}{hint}", it.message).into();
    error
}

/// Places in any spec; those in a document that is gone are left out.
pub(crate) fn locations(moment: &Moment, found: &[workspace::features::Location]) -> Vec<Location> {
    let mut doc: Option<Doc> = None;
    let mut out = Vec::with_capacity(found.len());
    for it in found {
        let known = doc.take().filter(|doc| *doc.key(doc.id) == it.key);
        doc = known.or_else(|| moment.doc_of(&it.key));
        out.extend(doc.as_ref().and_then(|doc| location(doc, doc.id, it.span)));
    }
    out
}

/// Markdown, or its plain text for a client that draws none.
pub(crate) fn markup(markdown: String, reads_markdown: bool) -> MarkupContent {
    if reads_markdown {
        return MarkupContent { kind: MarkupKind::Markdown, value: markdown };
    }
    MarkupContent { kind: MarkupKind::PlainText, value: text::inline::plain(&markdown).text }
}

pub(crate) fn symbol_kind(it: workspace::features::symbols::SymbolKind) -> SymbolKind {
    use workspace::features::symbols::SymbolKind as Ours;
    match it {
        Ours::Section => SymbolKind::String,
        Ours::Requirement => SymbolKind::Key,
        Ours::Table => SymbolKind::Struct,
        Ours::Column => SymbolKind::Field,
    }
}

/// The last part of a path, for messages.
pub(crate) fn file_name(uri: &Uri) -> String {
    let name = uri.path_segments().and_then(|mut it| it.next_back());
    name.filter(|it| !it.is_empty()).unwrap_or(uri.as_str()).to_owned()
}

//! `textDocument/diagnostic`: the same set that is pushed, for clients that ask.

use crate::session::{Doc, Moment};
use crate::{from_proto, publisher};
use lsp_types::{
    DocumentDiagnosticParams, DocumentDiagnosticReport, FullDocumentDiagnosticReport,
    RelatedDocument, RelatedFullDocumentDiagnosticReport, RelatedUnchangedDocumentDiagnosticReport,
    UnchangedDocumentDiagnosticReport, Uri,
};
use model::DocumentId;
use std::collections::HashMap;
use tower_lsp::jsonrpc::Result;

pub(crate) fn diagnostic(
    moment: &Moment,
    params: DocumentDiagnosticParams,
) -> Result<DocumentDiagnosticReport> {
    let doc = moment.doc(&params.text_document.uri);
    let related_documents = doc.as_ref().and_then(related);
    let full = match &doc {
        Some(doc) => report(doc),
        // A settings file, or one in which nothing can be wrong.
        None => {
            let key = from_proto::key(&params.text_document.uri);
            let found = publisher::diagnostics_of(moment, &key);
            of_items(found.map(|(_, _, items)| items).unwrap_or_default())
        }
    };
    if full.result_id.is_some() && full.result_id == params.previous_result_id {
        let result_id = full.result_id.unwrap_or_default();
        return Ok(DocumentDiagnosticReport::RelatedUnchangedDocumentDiagnosticReport(
            RelatedUnchangedDocumentDiagnosticReport {
                related_documents,
                unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport {
                    result_id,
                },
            },
        ));
    }
    Ok(DocumentDiagnosticReport::RelatedFullDocumentDiagnosticReport(
        RelatedFullDocumentDiagnosticReport {
            related_documents,
            full_document_diagnostic_report: full,
        },
    ))
}

pub(crate) fn report(doc: &Doc) -> FullDocumentDiagnosticReport {
    of_items(publisher::diagnostics(doc))
}

pub(crate) fn of_items(items: Vec<lsp_types::Diagnostic>) -> FullDocumentDiagnosticReport {
    FullDocumentDiagnosticReport { result_id: Some(result_id(&items)), items }
}

fn result_id(items: &[lsp_types::Diagnostic]) -> String {
    format!("{:016x}", publisher::hash_of(items))
}

/// The other open documents of the spec, whose diagnostics an edit of this one may change.
fn related(doc: &Doc) -> Option<HashMap<Uri, RelatedDocument>> {
    if !doc.profile.reads_related_documents {
        return None;
    }
    let mut out = HashMap::new();
    for (index, key) in (0u32..).zip(&doc.view.keys) {
        let id = DocumentId(index);
        if id == doc.id || !doc.moment.open.contains_key(key) {
            continue;
        }
        let other = Doc { id, ..doc.clone() };
        if let Some(uri) = other.uri(id) {
            let report = RelatedDocument::FullDocumentDiagnosticReport(report(&other));
            out.insert(uri, report);
        }
    }
    Some(out).filter(|it| !it.is_empty())
}

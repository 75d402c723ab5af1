//! `workspace/diagnostic`: every known document, open or not.

use crate::handlers::diagnostic;
use crate::session::{Doc, Moment};
use lsp_types::{
    UnchangedDocumentDiagnosticReport, Uri, WorkspaceDiagnosticParams, WorkspaceDiagnosticReport,
    WorkspaceDocumentDiagnosticReport, WorkspaceFullDocumentDiagnosticReport,
    WorkspaceUnchangedDocumentDiagnosticReport,
};
use rustc_hash::FxHashMap;
use tower_lsp::jsonrpc::Result;

pub(crate) fn workspace_diagnostic(
    moment: &Moment,
    params: WorkspaceDiagnosticParams,
) -> Result<WorkspaceDiagnosticReport> {
    let mut previous: FxHashMap<Uri, String> =
        params.previous_result_ids.into_iter().map(|it| (it.uri, it.value)).collect();
    let mut items = Vec::new();
    for key in moment.snapshot.documents().into_iter().filter(|it| moment.is_shown(it)) {
        let Some(doc) = moment.doc_of(&key) else { continue };
        let Some(uri) = doc.uri(doc.id) else { continue };
        let previous = previous.remove(&uri);
        items.push(report(&doc, uri, previous));
    }
    // What is gone since the client asked last has nothing wrong any more.
    items.extend(previous.into_keys().map(|uri| {
        full(
            uri,
            None,
            lsp_types::FullDocumentDiagnosticReport {
                result_id: Some(diagnostic::result_id(&[])),
                items: Vec::new(),
            },
        )
    }));
    Ok(WorkspaceDiagnosticReport { items })
}

fn report(doc: &Doc, uri: Uri, previous: Option<String>) -> WorkspaceDocumentDiagnosticReport {
    let report = diagnostic::report(doc);
    let version = doc.version(doc.id);
    match previous {
        Some(result_id) if report.result_id.as_ref() == Some(&result_id) => {
            WorkspaceDocumentDiagnosticReport::WorkspaceUnchangedDocumentDiagnosticReport(
                WorkspaceUnchangedDocumentDiagnosticReport {
                    uri,
                    version,
                    unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport {
                        result_id,
                    },
                },
            )
        }
        _ => full(uri, version, report),
    }
}

fn full(
    uri: Uri,
    version: Option<i32>,
    report: lsp_types::FullDocumentDiagnosticReport,
) -> WorkspaceDocumentDiagnosticReport {
    WorkspaceDocumentDiagnosticReport::WorkspaceFullDocumentDiagnosticReport(
        WorkspaceFullDocumentDiagnosticReport {
            uri,
            version,
            full_document_diagnostic_report: report,
        },
    )
}

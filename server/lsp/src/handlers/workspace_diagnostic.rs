//! `workspace/diagnostic`: every known document, open or not.

use crate::handlers::diagnostic;
use crate::session::{Moment, Session};
use lsp_types::{
    FullDocumentDiagnosticReport, UnchangedDocumentDiagnosticReport, Uri,
    WorkspaceDiagnosticParams, WorkspaceDiagnosticReport, WorkspaceDocumentDiagnosticReport,
    WorkspaceFullDocumentDiagnosticReport, WorkspaceUnchangedDocumentDiagnosticReport,
};
use rustc_hash::FxHashMap;
use std::sync::{Arc, PoisonError};
use tower_lsp::jsonrpc::Result;
use workspace::DocumentKey;

/// The report; a client that has seen all of it is answered when there is something new.
///
/// Clients ask again as soon as they are answered, so that an answer without news would keep both
/// sides busy.
pub(crate) async fn workspace_diagnostic(
    session: Arc<Session>,
    params: WorkspaceDiagnosticParams,
) -> Result<WorkspaceDiagnosticReport> {
    let previous: FxHashMap<Uri, String> =
        params.previous_result_ids.into_iter().map(|it| (it.uri, it.value)).collect();
    loop {
        let mut changes = session.publisher().changes();
        changes.mark_unchanged();
        let (shared, known) = (Arc::clone(&session), previous.clone());
        let report = session.answer(move |moment| Ok(report_all(&shared, moment, known))).await?;
        let has_news = report.items.iter().any(|it| {
            matches!(
                it,
                WorkspaceDocumentDiagnosticReport::WorkspaceFullDocumentDiagnosticReport(_)
            )
        });
        if has_news || previous.is_empty() {
            return Ok(report);
        }
        if changes.changed().await.is_err() {
            return Ok(report);
        }
    }
}

fn report_all(
    session: &Session,
    moment: &Moment,
    mut previous: FxHashMap<Uri, String>,
) -> WorkspaceDiagnosticReport {
    let mut items = Vec::new();
    for key in moment.snapshot.documents().into_iter().filter(|it| moment.is_shown(it)) {
        let Some(uri) = moment.uri(&key) else { continue };
        let Some(full) = report(session, moment, &key) else { continue };
        let version = moment.snapshot.version(&key);
        let previous = previous.remove(&uri);
        items.push(dress(uri, version, full, previous));
    }
    // What is gone since the client asked last has nothing wrong any more.
    items.extend(previous.into_iter().filter_map(|(uri, id)| {
        let gone = diagnostic::of_items(Vec::new());
        (gone.result_id.as_ref() != Some(&id)).then(|| dress(uri, None, gone, None))
    }));
    WorkspaceDiagnosticReport { items }
}

/// Made once for each moment of a spec.
fn report(
    session: &Session,
    moment: &Moment,
    key: &DocumentKey,
) -> Option<FullDocumentDiagnosticReport> {
    if moment.has_late(key) {
        // It changes while the spec does not.
        return Some(diagnostic::report(&moment.doc_of(key)?));
    }
    let stamp = moment.snapshot.stamp(key)?;
    let reports = || session.reports.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, report)) = reports().get(key).filter(|(it, _)| *it == stamp) {
        return Some(report.clone());
    }
    let report = diagnostic::report(&moment.doc_of(key)?);
    reports().insert(key.clone(), (stamp, report.clone()));
    Some(report)
}

fn dress(
    uri: Uri,
    version: Option<i32>,
    report: FullDocumentDiagnosticReport,
    previous: Option<String>,
) -> WorkspaceDocumentDiagnosticReport {
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
        _ => WorkspaceDocumentDiagnosticReport::WorkspaceFullDocumentDiagnosticReport(
            WorkspaceFullDocumentDiagnosticReport {
                uri,
                version,
                full_document_diagnostic_report: report,
            },
        ),
    }
}

//! `workspace/diagnostic`: every known document, open or not.

use crate::handlers::diagnostic;
use crate::session::{Moment, Session};
use lsp_types::{
    FullDocumentDiagnosticReport, UnchangedDocumentDiagnosticReport, Uri,
    WorkspaceDiagnosticParams, WorkspaceDiagnosticReport, WorkspaceDocumentDiagnosticReport,
    WorkspaceFullDocumentDiagnosticReport, WorkspaceUnchangedDocumentDiagnosticReport,
};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};
use tower_lsp::jsonrpc::Result;
use workspace::{DocumentKey, SpecId, SpecView};

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
    let documents = moment.snapshot.documents().into_iter().filter(|it| moment.is_shown(it));
    let documents: Vec<(DocumentKey, Uri)> =
        documents.filter_map(|it| moment.uri(&it).map(|uri| (it, uri))).collect();
    let is_old = |key: &DocumentKey, uri: &Uri| {
        let seen = previous.get(uri);
        seen.is_none() || seen != known_id(session, moment, key).as_ref()
    };
    let old = documents.iter().filter(|(key, uri)| is_old(key, uri)).map(|(key, _)| key);
    let mut made = reports(session, moment, &old.collect());
    let mut items = Vec::new();
    for (key, uri) in &documents {
        let version = moment.snapshot.version(key);
        match (made.remove(key), previous.remove(uri)) {
            (Some(full), seen) => items.push(dress(uri.clone(), version, full, seen)),
            (None, Some(seen)) => items.push(unchanged(uri.clone(), version, seen)),
            (None, None) => {}
        }
    }
    // What is gone since the client asked last has nothing wrong any more.
    items.extend(previous.into_iter().filter_map(|(uri, id)| {
        let gone = diagnostic::of_items(Vec::new());
        (gone.result_id.as_ref() != Some(&id)).then(|| dress(uri, None, gone, None))
    }));
    WorkspaceDiagnosticReport { items }
}

/// The `resultId` of a document's report, if it was made for its spec as it is now.
fn known_id(session: &Session, moment: &Moment, key: &DocumentKey) -> Option<String> {
    if moment.has_late(key) {
        // It changes while the spec does not.
        return None;
    }
    let stamp = moment.snapshot.stamp(key)?;
    let ids = session.report_ids.lock().unwrap_or_else(PoisonError::into_inner);
    ids.get(key).filter(|(it, _)| *it == stamp).map(|(_, id)| id.clone())
}

/// Makes reports, a spec at a time; only their ids are kept, since a workspace may have thousands.
fn reports(
    session: &Session,
    moment: &Moment,
    asked: &FxHashSet<&DocumentKey>,
) -> FxHashMap<DocumentKey, FullDocumentDiagnosticReport> {
    let specs: BTreeSet<SpecId> =
        asked.iter().filter_map(|it| moment.snapshot.spec_id(it)).collect();
    let specs = Vec::from_iter(specs);
    let of_view = |view: &Arc<SpecView>| {
        let docs = view.keys.iter().filter(|it| asked.contains(it));
        let docs = docs.filter_map(|key| Some((key.clone(), moment.doc_in(view, key)?)));
        docs.map(|(key, doc)| (key, diagnostic::report(&doc))).collect::<Vec<_>>()
    };
    let made = moment.snapshot.scan(&specs, &|_| true, &of_view);
    let made: FxHashMap<_, _> = made.into_iter().flatten().flatten().collect();
    let mut ids = session.report_ids.lock().unwrap_or_else(PoisonError::into_inner);
    for (key, report) in &made {
        if let (Some(stamp), Some(id)) = (moment.snapshot.stamp(key), &report.result_id) {
            ids.insert(key.clone(), (stamp, id.clone()));
        }
    }
    made
}

fn dress(
    uri: Uri,
    version: Option<i32>,
    report: FullDocumentDiagnosticReport,
    seen: Option<String>,
) -> WorkspaceDocumentDiagnosticReport {
    if let Some(id) = seen.filter(|it| report.result_id.as_ref() == Some(it)) {
        return unchanged(uri, version, id);
    }
    WorkspaceDocumentDiagnosticReport::WorkspaceFullDocumentDiagnosticReport(
        WorkspaceFullDocumentDiagnosticReport {
            uri,
            version,
            full_document_diagnostic_report: report,
        },
    )
}

fn unchanged(
    uri: Uri,
    version: Option<i32>,
    result_id: String,
) -> WorkspaceDocumentDiagnosticReport {
    WorkspaceDocumentDiagnosticReport::WorkspaceUnchangedDocumentDiagnosticReport(
        WorkspaceUnchangedDocumentDiagnosticReport {
            uri,
            version,
            unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport { result_id },
        },
    )
}

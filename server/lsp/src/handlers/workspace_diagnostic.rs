//! `workspace/diagnostic`: every known document, open or not.

use crate::handlers::diagnostic;
use crate::session::{Moment, Session};
use lsp_types::{
    FullDocumentDiagnosticReport, UnchangedDocumentDiagnosticReport, Uri,
    WorkspaceDiagnosticParams, WorkspaceDiagnosticReport, WorkspaceDocumentDiagnosticReport,
    WorkspaceFullDocumentDiagnosticReport, WorkspaceUnchangedDocumentDiagnosticReport,
};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
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
    let mut keys = moment.snapshot.documents();
    keys.retain(|it| moment.is_shown(it));
    let is_old = |key: &DocumentKey| {
        let seen = moment.uri(key).and_then(|it| previous.get(&it).cloned());
        seen.is_none() || seen != known_id(session, moment, key)
    };
    let mut made = reports(session, moment, keys.iter().filter(|it| is_old(it)));
    let mut items = Vec::new();
    for key in keys {
        let Some(uri) = moment.uri(&key) else { continue };
        let version = moment.snapshot.version(&key);
        let seen = previous.remove(&uri);
        match (made.remove(&key), seen) {
            (Some(full), seen) => items.push(dress(uri, version, full, seen)),
            (None, Some(seen)) => items.push(unchanged(uri, version, seen)),
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
fn reports<'a>(
    session: &Session,
    moment: &Moment,
    keys: impl Iterator<Item = &'a DocumentKey>,
) -> FxHashMap<DocumentKey, FullDocumentDiagnosticReport> {
    let mut asked: BTreeMap<SpecId, FxHashSet<&DocumentKey>> = BTreeMap::new();
    for key in keys {
        let Some(spec) = moment.snapshot.spec_id(key) else { continue };
        asked.entry(spec).or_default().insert(key);
    }
    let specs: Vec<SpecId> = asked.keys().copied().collect();
    let of_view = |view: &Arc<SpecView>| {
        let is_asked = |key: &&DocumentKey| {
            let spec = moment.snapshot.spec_id(key).and_then(|it| asked.get(&it));
            spec.is_some_and(|it| it.contains(key))
        };
        let docs = view.keys.iter().filter(is_asked);
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

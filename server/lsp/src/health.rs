//! Faults of a workspace's state that cannot wait: told once as a message, and for as long as they
//! last by the status item and on a file of the workspace.

use crate::aggregator::{SaidBy, Source, Told};
use crate::session::{Moment, Session};
use lsp_types::MessageType;
use model::{AbsPath, Diagnostic, RelPath, Severity, Span};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::Arc;
use workspace::commands::doctor::{self, Check};
use workspace::{DocumentKey, migrations, resources};

/// Looks at the state of all folders; takes its time, so it is for a thread of its own.
pub(crate) fn look(session: &Arc<Session>) {
    let roots: Vec<AbsPath> =
        session.world().workspace.roots().iter().map(|it| it.path.clone()).collect();
    for root in roots {
        let settings = session.moment().settings_of(&root);
        let found = doctor::red(&*session.system, &root, &settings);
        let mut world = session.world();
        let codes: Vec<&'static str> = found.iter().filter_map(|it| it.code).collect();
        // What was mended and comes back is news.
        world.told.retain(|(it, code)| *it != root || codes.contains(code));
        let news = found
            .iter()
            .filter(|it| it.code.is_some_and(|code| world.told.insert((root.clone(), code))));
        let news: Vec<String> = news.map(message).collect();
        world.health.insert(root, found);
        drop(world);
        news.into_iter().for_each(|it| session.show(MessageType::Error, it));
    }
    mark(session);
}

/// Puts the faults of each folder on the first line of its declared resources, else of a migration
/// spec, else of a spec.
fn mark(session: &Arc<Session>) {
    let moment = session.moment();
    let mut world = session.world();
    let marked = marked(&moment, &world.health);
    let aggregator = Arc::make_mut(&mut world.aggregator);
    let mut changed = aggregator.documents_of(Source::Health);
    for key in &changed {
        aggregator.put(key.clone(), Source::Health, Vec::new());
    }
    for (key, told) in marked {
        aggregator.put(key.clone(), Source::Health, told);
        changed.push(key);
    }
    drop(world);
    session.publisher().submit_late(changed);
}

fn marked(
    moment: &Moment,
    health: &BTreeMap<AbsPath, Vec<Check>>,
) -> FxHashMap<DocumentKey, Vec<Told>> {
    let mut out = FxHashMap::default();
    for (root, faults) in health.iter().filter(|it| !it.1.is_empty()) {
        if let Some(key) = place(moment, root)
            && let Some(doc) = moment.doc_of(&key)
        {
            let line = doc.document().lines.line_span(0).unwrap_or_default();
            let line = Span::new(line.start, line.end);
            out.insert(key, faults.iter().map(|it| told(it, doc.id, line)).collect());
        }
    }
    out
}

/// The document of a folder that its faults are told on.
fn place(moment: &Moment, root: &AbsPath) -> Option<DocumentKey> {
    let is_inside = |key: &DocumentKey| moment.root_of(key).as_ref() == Some(root);
    let mut keys = moment.snapshot.documents();
    keys.retain(is_inside);
    let rank = |key: &DocumentKey| {
        let path = match key {
            DocumentKey::File(path) => path.relative_to(root),
            DocumentKey::Untitled(_) => None,
        };
        let is = |what: fn(&RelPath) -> bool| path.as_ref().is_some_and(what);
        let rank = match (is(resources::is_resources), is(migrations::is_migration)) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => 2,
        };
        (rank, path.map(|it| it.as_str().to_owned()))
    };
    keys.into_iter().min_by_key(rank)
}

fn told(it: &Check, document: model::DocumentId, span: Span) -> Told {
    let hint = it.hint.as_deref().map(|it| format!("\n{it}")).unwrap_or_default();
    let diagnostic = Diagnostic {
        rule: "doctor",
        severity: Severity::Error,
        document,
        span,
        message: format!("{}: {}{hint}", it.name, it.message),
        related: Vec::new(),
        fixes: Vec::new(),
        tag: None,
    };
    let said_by = SaidBy {
        source: "specwright/doctor".to_owned(),
        code: it.code.unwrap_or("doctor").to_owned(),
        fingerprint: String::new(),
        docs: it.docs.clone(),
    };
    Told { diagnostic, said_by: Some(said_by) }
}

/// `FRG001 ledger: row 2 of the ledger is missing`
pub(crate) fn words(it: &Check) -> String {
    format!("{} {}: {}", it.code.unwrap_or_default(), it.name, it.message).trim_start().to_owned()
}

fn message(it: &Check) -> String {
    let hint = it.hint.as_deref().map(|it| format!(". {it}")).unwrap_or_default();
    let docs = it.docs.as_deref().map(|it| format!(" ({it})")).unwrap_or_default();
    format!("Specwright: {}{hint}{docs}", words(it))
}

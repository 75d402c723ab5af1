//! What models are told of a change: as little as its review needs, without secrets.

use super::super::CommandCx;
use super::Change;
use council::PartKind;
use council::models::{Brief, Part};
use migrate::schema::Schema;
use model::{Review, SubjectKind};
use std::collections::BTreeSet;

/// The most sentences of specs that are quoted for one change.
const CLAUSES_MAX: usize = 20;

pub(super) fn brief(change: &Change, cx: &CommandCx<'_>, review: &Review) -> Brief {
    let redact = |it: &str| text::secrets::redact(it);
    let known = review.findings.iter().map(|it| {
        let line = format!("{} {}: {}", it.rule, it.object, it.claim);
        redact(&line)
    });
    let mut parts = vec![];
    if let Some(source) = &change.source {
        let (path, text) = (source.path.clone(), redact(&source.text));
        parts.push(Part { kind: "migration spec", path, text });
    }
    let is_of_resources = change.subject.kind == SubjectKind::ResourceChange;
    for part in &change.subject.parts {
        let kind = match part.kind {
            PartKind::Migration => "statements of the change",
            PartKind::Down => "statements that undo it",
            PartKind::Base if is_of_resources => "declared resources before the change",
            PartKind::Base => "schema before the change",
            PartKind::Resources => "declared resources after the change",
            // The spec of a migration is quoted already.
            PartKind::Spec | PartKind::Diff | PartKind::Imported => continue,
        };
        let text = match (part.kind, &change.source) {
            (PartKind::Base, Some(source)) => near_schema(&source.file),
            _ => part.text.clone(),
        };
        parts.push(Part { kind, path: part.name.clone(), text: redact(&text) });
    }
    let tables = touched(change);
    let clauses = clauses(cx, &tables);
    if !clauses.is_empty() {
        let text = redact(&clauses.join("\n"));
        parts.push(Part { kind: "sentences of the product spec", path: "spec".to_owned(), text });
    }
    Brief {
        summary: change.summary.iter().map(|it| redact(it)).collect(),
        objects: objects(change, review, &tables),
        parts,
        known: known.collect(),
    }
}

/// The tables of the schema before that the change can touch.
fn near_schema(file: &crate::migrations::Migration) -> String {
    use migrate::plan::Dialect;
    let (before, _) = crate::migrations::focused(file);
    migrate::policy::script(&before, Dialect::Postgres).map(|it| it.sql()).unwrap_or_default()
}

/// The tables that the operations of a change name.
fn touched(change: &Change) -> BTreeSet<String> {
    let Some(source) = &change.source else { return BTreeSet::new() };
    let operations = source.file.operations.iter();
    let tables = operations.flat_map(|it| crate::migrations::touch::tables(&it.kind));
    tables.map(str::to_owned).collect()
}

/// What findings may be about: touched tables with their columns before and after, and what the
/// deterministic reviewers speak of.
fn objects(change: &Change, review: &Review, tables: &BTreeSet<String>) -> Vec<String> {
    let mut out: BTreeSet<String> = tables.clone();
    if let Some(source) = &change.source {
        for schema in [&source.file.before, &source.file.after] {
            out.extend(columns(schema, tables));
        }
    }
    out.extend(review.reachability.iter().map(|it| it.object.clone()));
    out.extend(review.findings.iter().map(|it| it.object.clone()));
    out.into_iter().filter(|it| !it.is_empty()).collect()
}

fn columns(schema: &Schema, tables: &BTreeSet<String>) -> Vec<String> {
    let touched = schema.tables.iter().filter(|it| tables.contains(&it.name));
    let names = touched.flat_map(|table| {
        table.columns.iter().map(|column| format!("{}.{}", table.name, column.name))
    });
    names.collect()
}

/// The sentences of the product specs that speak of these tables.
fn clauses(cx: &CommandCx<'_>, tables: &BTreeSet<String>) -> Vec<String> {
    let mut out = Vec::new();
    for view in cx.snapshot.specs().into_iter().filter_map(|it| cx.snapshot.view(it)) {
        for table in view.analysis.detection.tables.iter().filter(|it| tables.contains(&it.name)) {
            for evidence in &table.evidence {
                let document = view.document(evidence.document);
                let sentence = document.slice(evidence.span).trim().to_owned();
                if !out.contains(&sentence) && out.len() < CLAUSES_MAX {
                    out.push(sentence);
                }
            }
        }
    }
    out
}

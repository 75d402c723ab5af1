//! Code lenses: what was detected in a file, a section and a table, above it.

use super::blocks::{Section, sections};
use super::entity::{self, Declaration};
use super::migration::names::Thing;
use super::migration::standing::Making;
use super::symbols::count;
use super::{Around, Location, actions, document, location, migration};
use crate::commands::LastApply;
use crate::migrations;
use crate::snapshot::SpecView;
use model::{Confidence, DocumentId, Evidence, Modality, NeedKind, Policy, Severity, Span, Table};
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use spec::mentions::Names;

/// A line of text above `span` that can be clicked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lens {
    pub span: Span,
    pub title: String,
    pub act: LensAct,
}

/// What a click does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LensAct {
    /// Shows what the spec implies.
    ShowDetection,
    /// Lists places.
    ShowPlaces(Vec<Location>),
    /// Runs a command of the registry with this input; one that changes a database asks first.
    Run { command: &'static str, input: Value },
    /// Shows the plan of a migration spec.
    ShowPlan,
    /// The same, under the preview of one operation; needless where hints show it.
    Preview,
    /// Applies every safe mend of the document: [`actions::fix_all`].
    FixAll,
}

/// The lenses of a document, by place.
#[must_use]
pub fn lenses(view: &SpecView, id: DocumentId, around: &Around) -> Vec<Lens> {
    if let (Some(file), Some(set)) = (migrations::of(view, id), &view.migrations) {
        return migration::lenses::lenses(set, file, around);
    }
    let Some(document) = document(view, id) else { return Vec::new() };
    let all = sections(document);
    let whole = Span::new(0, document.text.len());
    let top = all.first().map_or(Span::at(0), |it| it.title_span);
    let mut out = Vec::new();
    if let Some(title) = file_title(view, id, whole) {
        out.push(Lens { span: top, title, act: LensAct::ShowDetection });
    }
    out.extend(problems(view, id, top));
    out.extend(all.iter().skip(1).filter_map(|it| section_lens(view, id, it)));
    out.extend(table_lenses(view, id, around));
    out.sort_by_key(|it| it.span.start);
    out
}

/// What a part of a document implies, such as `2 tables, 1 schedule`; `None` when nothing.
///
/// The same line as the lens, for clients that have no lenses.
#[must_use]
pub fn summary(view: &SpecView, id: DocumentId, range: Span) -> Option<String> {
    let parts = parts(view, id, range);
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn parts(view: &SpecView, id: DocumentId, range: Span) -> Vec<String> {
    let detection = &view.analysis.detection;
    let inside = |evidence: &[Evidence]| {
        evidence.iter().any(|it| it.document == id && range.contains(it.span) && counts(it))
    };
    let tables = detection.tables.iter().filter(|it| it.is_required() && inside(&it.evidence));
    let mut parts = vec![(tables.count(), "table")];
    for kind in NeedKind::ALL {
        let needs = detection.needs_of(kind).filter(|it| it.is_required() && inside(&it.evidence));
        parts.push((needs.count(), noun(kind)));
    }
    parts.retain(|(n, _)| *n > 0);
    parts.iter().map(|(n, what)| count(*n, what)).collect()
}

/// A checkpoint on demand, above a migration spec: there one is wanted before something is tried.
#[must_use]
pub fn checkpoint_lens(view: &SpecView, id: DocumentId) -> Option<Lens> {
    let first = migrations::of(view, id)?.operations.first()?;
    let act = LensAct::Run { command: "checkpoint.create", input: json!({}) };
    Some(Lens { span: first.keyword.span, title: "Checkpoint now".to_owned(), act })
}

/// The way back from the last apply, above a migration spec that was part of it.
#[must_use]
pub fn undo_lens(view: &SpecView, id: DocumentId, apply: &LastApply) -> Option<Lens> {
    let file = migrations::of(view, id)?;
    let first = file.operations.first()?;
    let title = "Undo last apply".to_owned();
    let act = LensAct::Run { command: "rollback.to", input: json!({ "id": apply.id }) };
    let is_part = apply.migrations.contains(&file.name);
    is_part.then_some(Lens { span: first.keyword.span, title, act })
}

fn counts(it: &Evidence) -> bool {
    it.modality == Modality::InScope && it.confidence >= Confidence::REQUIRED
}

/// What is counted; the plural is made with an `s`.
fn noun(kind: NeedKind) -> &'static str {
    match kind {
        NeedKind::Auth => "sign-in method",
        NeedKind::Storage => "bucket",
        NeedKind::Function => "function",
        NeedKind::Schedule => "schedule",
        NeedKind::Secret => "secret",
        NeedKind::Payments => "payment provider",
        NeedKind::Realtime => "realtime channel",
        NeedKind::Vector => "vector store",
        NeedKind::Gateway => "model gateway",
        NeedKind::Deploy => "deploy target",
    }
}

fn file_title(view: &SpecView, id: DocumentId, whole: Span) -> Option<String> {
    /// More would not fit beside a side bar; a click shows all.
    const PARTS_MAX: usize = 5;
    let mut parts = parts(view, id, whole);
    let n_left = parts.len().saturating_sub(PARTS_MAX);
    parts.truncate(PARTS_MAX);
    let summary = parts.join(", ");
    match (summary.is_empty(), &view.analysis.detection.none) {
        (false, _) if n_left > 0 => Some(format!("detected {summary}, and {n_left} more")),
        (false, _) => Some(format!("detected {summary}")),
        (true, Some(none)) => Some(format!("no backend: {}", none.reason)),
        (true, None) => None,
    }
}

fn problems(view: &SpecView, id: DocumentId, span: Span) -> Option<Lens> {
    let own = view.analysis.diagnostics.iter().filter(|it| it.document == id);
    let n = own.filter(|it| it.severity > Severity::Hint).count();
    let fixable = actions::fix_all(view, id).is_some();
    let title = format!("{}, fix what is safe", count(n, "problem"));
    (n > 0 && fixable).then_some(Lens { span, title, act: LensAct::FixAll })
}

fn section_lens(view: &SpecView, id: DocumentId, section: &Section<'_>) -> Option<Lens> {
    /// Deeper sections are single features or tables, which speak for themselves.
    const LEVEL_MAX: u8 = 2;
    if section.level > LEVEL_MAX {
        return None;
    }
    let title = summary(view, id, section.span)?;
    Some(Lens { span: section.title_span, title, act: LensAct::ShowDetection })
}

fn table_lenses(view: &SpecView, id: DocumentId, around: &Around) -> Vec<Lens> {
    let names = Names::new(&view.analysis);
    let declared = entity::first_declarations(view, &names, id, |it| it.explicit);
    if declared.is_empty() {
        return Vec::new();
    }
    let mut mentions: FxHashMap<usize, Vec<Location>> = FxHashMap::default();
    for (id, document) in (0u32..).map(DocumentId).zip(&view.documents) {
        for it in names.of(document, id) {
            mentions.entry(it.table).or_default().extend(location(view, id, it.span));
        }
    }
    let lens = |it: Declaration| {
        let places = mentions.remove(&it.table).unwrap_or_default();
        table_lens(it.span, &view.analysis.detection.tables[it.table], places, around)
    };
    declared.into_iter().map(lens).collect()
}

fn table_lens(span: Span, table: &Table, places: Vec<Location>, around: &Around) -> Lens {
    let mut parts = vec![table.name.clone()];
    if !table.columns.is_empty() {
        parts.push(count(table.columns.len(), "column"));
    }
    parts.extend(table.policy.as_ref().map(policy_words));
    parts.push(count(places.len(), "mention"));
    let making = Making::of(around, &Thing::Table(table.name.clone()));
    parts.extend(making.map(|it| it.word().to_owned()));
    Lens { span, title: parts.join(", "), act: LensAct::ShowPlaces(places) }
}

fn policy_words(policy: &Policy) -> String {
    match policy {
        Policy::Public => "public".to_owned(),
        Policy::OwnRow => "own rows".to_owned(),
        Policy::OwnOrPublic => "own or public rows".to_owned(),
        Policy::MemberOf(table) => format!("rows of own {table}"),
        Policy::Role(role) => format!("role {role}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::fixture;
    use super::*;
    use expect_test::{Expect, expect};

    fn check(text: &str, expect: Expect) {
        let (view, _) = fixture(text);
        let lines = &view.documents[0].lines;
        let shown: Vec<String> = lenses(&view, DocumentId(0), &Around::default())
            .iter()
            .map(|it| format!("{}: {}", lines.line(it.span.range().start) + 1, it.title))
            .collect();
        expect.assert_eq(&shown.join("\n"));
    }

    #[test]
    fn a_file_and_its_sections_count_what_they_imply() {
        check(
            "# Shop\n\n## Accounts\n\nUsers log in with Google.\n\n## Payments\n\nUsers pay with Stripe.\n\n## Colours\n\nBlue.\n",
            expect![[r#"
                1: detected 1 table, 1 sign-in method, 1 secret, 1 payment provider
                3: 1 table, 1 sign-in method
                7: 1 secret, 1 payment provider"#]],
        );
    }

    #[test]
    fn a_table_counts_its_columns_and_mentions() {
        check(
            "# Blog\n\nA post is short.\n\n## Data model\n\n### Posts\n\n| Field | Type |\n|---|---|\n| id | uuid |\n| title | text |\n",
            expect![[r#"
                1: detected 1 table
                5: 1 table
                7: posts, 2 columns, 2 mentions"#]],
        );
    }

    #[test]
    fn what_is_out_of_scope_does_not_count() {
        check("# Shop\n\n## Out of scope\n\n- Users log in with Google.\n", expect![[r#""#]]);
    }
}

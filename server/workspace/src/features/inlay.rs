//! Inlay hints: what was detected, and how surely, beside the words that show it.

use super::blocks::blocks;
use super::document;
use super::entity::{self, column_name};
use super::hover::{kind_words, need_summary, table_card};
use super::migration;
use super::symbols::count;
use super::tokens::written_type;
use crate::migrations;
use crate::snapshot::SpecView;
use model::{Confidence, DocumentId, Modality, NeedKind, Span, Table};
use spec::Document;
use spec::mentions::Names;
use text::markdown::BlockKind;

/// Text drawn in the editor that is not in the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inlay {
    pub offset: usize,
    pub label: String,
    pub kind: InlayKind,
    /// Markdown.
    pub tooltip: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InlayKind {
    /// A detected primitive with its confidence.
    Primitive,
    /// The type of a column that does not say it.
    Type,
    /// What came of the like before.
    Memory,
}

/// Which hints are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InlayOptions {
    pub primitives: bool,
    pub types: bool,
}

impl Default for InlayOptions {
    fn default() -> Self {
        Self { primitives: true, types: true }
    }
}

/// The hints inside `range`, by place.
///
/// Each primitive is hinted once in a document, at its declaration or surest evidence.
#[must_use]
pub fn inlays(view: &SpecView, id: DocumentId, range: Span, options: InlayOptions) -> Vec<Inlay> {
    if let Some(file) = migrations::of(view, id) {
        return migration::inlays(file, range);
    }
    let Some(document) = document(view, id) else { return Vec::new() };
    let mut out = Vec::new();
    if options.primitives {
        let fences = fences(document);
        out.extend(tables(view, id, document, &fences));
        out.extend(needs(view, id, document, &fences));
    }
    if options.types {
        out.extend(types(view, id, document));
    }
    out.retain(|it| range.touches(it.offset));
    // A secret beside its provider says nothing new.
    let taken: Vec<usize> = out.iter().filter(|it| !is_secret(it)).map(|it| it.offset).collect();
    out.retain(|it| !is_secret(it) || !taken.contains(&it.offset));
    out.sort_by(|a, b| (a.offset, &a.label).cmp(&(b.offset, &b.label)));
    out
}

fn is_secret(it: &Inlay) -> bool {
    it.kind == InlayKind::Primitive && it.label.starts_with(kind_words(NeedKind::Secret))
}

fn tables(view: &SpecView, id: DocumentId, document: &Document, fences: &[Span]) -> Vec<Inlay> {
    let detection = &view.analysis.detection;
    let mut out = Vec::new();
    let wanted = |it: &Table| it.explicit || it.is_required();
    for it in entity::first_declarations(view, &Names::new(&view.analysis), id, wanted) {
        if is_inside(fences, it.span) {
            continue;
        }
        let table = &detection.tables[it.table];
        let columns = match table.columns.len() {
            0 => String::new(),
            n => format!(", {}", count(n, "column")),
        };
        let label = format!("table {}{columns}", table.name);
        let label = label + &doubt(table.confidence, table.modality);
        let offset = end_of_name(document, it.span);
        let tooltip = Some(table_card(view, table));
        out.push(Inlay { offset, label, kind: InlayKind::Primitive, tooltip });
    }
    out
}

fn needs(view: &SpecView, id: DocumentId, document: &Document, fences: &[Span]) -> Vec<Inlay> {
    let mut out = Vec::new();
    for need in &view.analysis.detection.needs {
        let here =
            need.evidence.iter().filter(|it| it.document == id && !is_inside(fences, it.span));
        let best = here.max_by_key(|it| (it.confidence, std::cmp::Reverse(it.span)));
        if let Some(best) = best {
            let label = format!("{} {}", kind_words(need.kind), need.name);
            let label = label + &doubt(need.confidence, need.modality);
            let offset = end_of_name(document, best.span);
            let tooltip = Some(need_summary(view, need));
            out.push(Inlay { offset, label, kind: InlayKind::Primitive, tooltip });
        }
    }
    out
}

fn types(view: &SpecView, id: DocumentId, document: &Document) -> Vec<Inlay> {
    let columns = view.analysis.detection.tables.iter().flat_map(|it| &it.columns);
    columns
        .filter(|it| it.document == id && written_type(document, it).is_none())
        .filter_map(|it| {
            Some(Inlay {
                offset: column_name(document, it).range().end,
                label: format!(": {}", it.ty.as_ref()?),
                kind: InlayKind::Type,
                tooltip: None,
            })
        })
        .collect()
}

/// `, 72%`, and the modality unless in scope.
fn doubt(confidence: Confidence, modality: Modality) -> String {
    match modality {
        Modality::InScope => format!(", {confidence}"),
        _ => format!(", {confidence}, {}", modality.word()),
    }
}

/// The end of the first line of a span, before the mark that closes emphasis or code.
pub(super) fn end_of_name(document: &Document, span: Span) -> usize {
    let first = document.slice(span).lines().next().unwrap_or_default();
    span.range().start + first.trim_end().len()
}

/// The code of a document in order; hints inside would look like code.
fn fences(document: &Document) -> Vec<Span> {
    blocks(document)
        .filter(|it| matches!(it.block.kind, BlockKind::Fence { .. }))
        .map(|it| it.span())
        .collect()
}

fn is_inside(fences: &[Span], span: Span) -> bool {
    let after = fences.partition_point(|it| it.start <= span.start);
    fences[..after].last().is_some_and(|it| it.contains(span))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::fixture;
    use super::*;
    use expect_test::{Expect, expect};

    fn check(text: &str, expect: Expect) {
        let (view, _) = fixture(text);
        let document = &view.documents[0];
        let mut shown = document.text.to_string();
        let all = Span::new(0, document.text.len());
        for it in inlays(&view, DocumentId(0), all, InlayOptions::default()).iter().rev() {
            shown.insert_str(it.offset, &format!("«{}»", it.label));
        }
        expect.assert_eq(&shown);
    }

    #[test]
    fn a_need_is_hinted_once_and_with_its_modality() {
        check(
            "## Payments\n\nUsers pay with Stripe. Stripe is the provider.\n\n## Phase 2\n\nUsers log in with Google.\n",
            expect![[r#"
                ## Payments

                Users pay with Stripe«payments stripe, 98%». Stripe is the provider.

                ## Phase 2

                Users log in with Google«sign-in google, 92%, later phase».
            "#]],
        );
    }

    #[test]
    fn code_has_no_hints() {
        check(
            "```\nSTRIPE_SECRET_KEY=x\n```\n",
            expect![[r#"
            ```
            STRIPE_SECRET_KEY=x
            ```
        "#]],
        );
    }

    #[test]
    fn hints_can_be_turned_off() {
        let (view, _) = fixture("Users pay with Stripe.\n");
        let options = InlayOptions { primitives: false, types: false };
        assert_eq!(inlays(&view, DocumentId(0), Span::new(0, 20), options), []);
    }
}

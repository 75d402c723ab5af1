//! What a name in a spec stands for, and everywhere it is written.

use super::blocks::blocks;
use super::{Place, document};
use crate::snapshot::SpecView;
use model::{DocumentId, Span, Table};
use rustc_hash::FxHashSet;
use spec::facts::Fact;
use spec::mentions::Names;
use spec::mentions::requirements::{self, RequirementMention};
use text::markdown::BlockKind;

/// A thing that a spec names in several places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entity {
    /// By canonical name.
    Table(String),
    Column {
        table: String,
        column: String,
    },
    Requirement(String),
}

/// One place that names an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Occurrence {
    pub(super) document: DocumentId,
    pub(super) span: Span,
    /// Whether the entity is declared here.
    pub(super) defines: bool,
}

/// The entity under a place and the span that names it.
pub(super) fn at(view: &SpecView, place: Place) -> Option<(Entity, Span)> {
    let names = Names::new(&view.analysis);
    column_at(view, &names, place)
        .or_else(|| requirement_at(view, place))
        .or_else(|| table_at(view, &names, place))
}

/// All places that name `entity` in one spec, by document and place.
pub(super) fn occurrences(view: &SpecView, entity: &Entity) -> Vec<Occurrence> {
    let mut out = match entity {
        Entity::Table(name) => table_occurrences(view, name),
        Entity::Column { table, column } => column_occurrences(view, table, column),
        Entity::Requirement(id) => requirements::mentions(&view.documents)
            .into_iter()
            .filter(|it| it.id == *id)
            .map(|it| Occurrence {
                document: it.document,
                span: it.span,
                defines: it.defines.is_some(),
            })
            .collect(),
    };
    out.sort_by_key(|it| (it.document, it.span, !it.defines));
    out.dedup_by_key(|it| (it.document, it.span));
    out
}

/// The places that declare each table, as (index of the table, document, span).
pub(super) fn all_table_definitions(
    view: &SpecView,
    names: &Names,
) -> FxHashSet<(usize, DocumentId, Span)> {
    let tables = view.analysis.detection.tables.iter().enumerate();
    tables
        .flat_map(|(index, table)| {
            let found = definitions_of(view, names, table);
            found.into_iter().map(move |(document, span)| (index, document, span))
        })
        .collect()
}

/// Where a document first declares each explicit table: (index of the table, span), by place.
pub(super) fn first_definitions(view: &SpecView, id: DocumentId) -> Vec<(usize, Span)> {
    let names = Names::new(&view.analysis);
    let tables = view.analysis.detection.tables.iter().enumerate();
    let mut out: Vec<(usize, Span)> = tables
        .filter(|(_, it)| it.explicit)
        .filter_map(|(index, table)| {
            let found = definitions_of(view, &names, table);
            let (_, span) = found.into_iter().find(|(it, _)| *it == id)?;
            Some((index, span))
        })
        .collect();
    out.sort_by_key(|(_, span)| *span);
    out
}

/// The places that declare a table: what readers saw as a declaration, else its best evidence.
fn definitions_of(view: &SpecView, names: &Names, table: &Table) -> Vec<(DocumentId, Span)> {
    let mut out = Vec::new();
    for (number, facts) in (0u32..).zip(&view.analysis.facts) {
        for placed in facts {
            for fact in &placed.facts.facts {
                if let Fact::Table(it) = fact
                    && it.name == table.name
                {
                    out.push((DocumentId(number), it.sighting.span.shift(placed.start)));
                }
            }
        }
    }
    if out.is_empty() {
        let best =
            table.evidence.iter().max_by_key(|it| (it.confidence, std::cmp::Reverse(it.span)));
        out.extend(best.map(|it| (it.document, it.span)));
    }
    for (id, span) in &mut out {
        *span = name_in(view, names, table, *id, *span);
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// The table's own name inside a span that declares it; the span's first line when it is not there.
fn name_in(view: &SpecView, names: &Names, table: &Table, id: DocumentId, span: Span) -> Span {
    let Some(document) = document(view, id) else { return span };
    let index = view.analysis.detection.tables.iter().position(|it| it.name == table.name);
    let found = names.within(document, id, span).into_iter().find(|it| Some(it.table) == index);
    found.map_or_else(|| first_line(document, span), |it| it.span)
}

fn first_line(document: &spec::Document, span: Span) -> Span {
    let body = document.slice(span);
    let line = body.lines().next().unwrap_or_default();
    Span::new(span.range().start, span.range().start + line.len())
}

fn table_at(view: &SpecView, names: &Names, place: Place) -> Option<(Entity, Span)> {
    let document = document(view, place.document)?;
    let line = document.lines.line_span(document.lines.line(place.offset))?;
    let line = Span::new(line.start, line.end);
    let found = names.within(document, place.document, line).into_iter();
    let mention =
        found.filter(|it| it.span.touches(place.offset)).min_by_key(|it| it.span.len())?;
    let table = &view.analysis.detection.tables[mention.table];
    Some((Entity::Table(table.name.clone()), mention.span))
}

fn requirement_at(view: &SpecView, place: Place) -> Option<(Entity, Span)> {
    let RequirementMention { id, span, .. } =
        requirements::mentions(&view.documents).into_iter().find(|it| {
            it.document == place.document && it.span.touches(place.offset) && !it.span.is_empty()
        })?;
    Some((Entity::Requirement(id), span))
}

fn column_at(view: &SpecView, names: &Names, place: Place) -> Option<(Entity, Span)> {
    let document = document(view, place.document)?;
    let word = word_at(&document.text, place.offset)?;
    for table in &view.analysis.detection.tables {
        for column in &table.columns {
            let declared = column.document == place.document && column.span.touches(place.offset);
            if declared {
                let span = column_name(document, column);
                return span.touches(place.offset).then(|| entity(table, &column.name, span));
            }
        }
    }
    let text = document.slice(word);
    let owner = dotted_table(view, names, place.document, word)
        .or_else(|| owner_in_code(view, place.document, word));
    let table = owner?;
    let column = table.columns.iter().find(|it| it.name.eq_ignore_ascii_case(text))?;
    Some(entity(table, &column.name, word))
}

fn entity(table: &Table, column: &str, span: Span) -> (Entity, Span) {
    (Entity::Column { table: table.name.clone(), column: column.to_owned() }, span)
}

/// The table before `table.column`.
fn dotted_table<'a>(
    view: &'a SpecView,
    names: &Names,
    id: DocumentId,
    word: Span,
) -> Option<&'a Table> {
    let document = document(view, id)?;
    let before = document.text.get(..word.range().start)?.strip_suffix('.')?;
    let owner = word_at(before, before.len())?;
    let mention = names.within(document, id, owner).into_iter().next()?;
    (mention.span == owner).then(|| &view.analysis.detection.tables[mention.table])
}

/// The only table that has such a column, for a name in code ticks or a fence.
fn owner_in_code(view: &SpecView, id: DocumentId, word: Span) -> Option<&Table> {
    let document = document(view, id)?;
    let text = document.slice(word);
    let mut owners = view
        .analysis
        .detection
        .tables
        .iter()
        .filter(|it| it.columns.iter().any(|column| column.name.eq_ignore_ascii_case(text)));
    let owner = owners.next()?;
    (owners.next().is_none() && is_code(document, word)).then_some(owner)
}

/// Whether a span stands between code ticks, or in a fence under a name that prose cannot hold.
fn is_code(document: &spec::Document, span: Span) -> bool {
    let ticked = document.text[..span.range().start].ends_with('`')
        && document.text[span.range().end..].starts_with('`');
    ticked
        || document.slice(span).contains('_')
            && blocks(document).any(|it| {
                matches!(it.block.kind, BlockKind::Fence { .. }) && it.span().contains(span)
            })
}

fn table_occurrences(view: &SpecView, name: &str) -> Vec<Occurrence> {
    let Some(index) = view.analysis.detection.tables.iter().position(|it| it.name == name) else {
        return Vec::new();
    };
    let names = Names::new(&view.analysis);
    let definitions = definitions_of(view, &names, &view.analysis.detection.tables[index]);
    let mut out: Vec<Occurrence> = definitions
        .iter()
        .map(|(document, span)| Occurrence { document: *document, span: *span, defines: true })
        .collect();
    for (id, document) in (0u32..).map(DocumentId).zip(&view.documents) {
        let found = names.of(document, id).into_iter().filter(|it| it.table == index);
        out.extend(found.map(|it| Occurrence { document: id, span: it.span, defines: false }));
    }
    out
}

fn column_occurrences(view: &SpecView, table: &str, column: &str) -> Vec<Occurrence> {
    let Some(owner) = view.analysis.detection.table(table) else { return Vec::new() };
    let names = Names::new(&view.analysis);
    let mut out = Vec::new();
    for it in owner.columns.iter().filter(|it| it.name == column) {
        if let Some(document) = document(view, it.document) {
            let span = column_name(document, it);
            out.push(Occurrence { document: it.document, span, defines: true });
        }
    }
    for (id, document) in (0u32..).map(DocumentId).zip(&view.documents) {
        for (start, _) in document.text.match_indices(column) {
            let span = Span::new(start, start + column.len());
            if word_at(&document.text, start) != Some(span) {
                continue;
            }
            let dotted = dotted_table(view, &names, id, span);
            let owned = dotted.or_else(|| owner_in_code(view, id, span));
            if owned.is_some_and(|it| it.name == table) {
                out.push(Occurrence { document: id, span, defines: false });
            }
        }
    }
    out
}

/// The name inside a column's span, which may hold the whole field.
pub(super) fn column_name(document: &spec::Document, column: &model::Column) -> Span {
    let body = document.slice(column.span);
    let found = body.to_ascii_lowercase().find(&column.name.to_ascii_lowercase());
    match found {
        Some(at) => Span::new(at, at + column.name.len()).shift(column.span.range().start),
        None => column.span,
    }
}

/// The identifier around an offset: letters, digits and `_`.
pub(super) fn word_at(text: &str, offset: usize) -> Option<Span> {
    let is_word = |it: &char| it.is_alphanumeric() || *it == '_';
    let before = text.get(..offset)?.chars().rev().take_while(is_word).map(char::len_utf8);
    let after = text.get(offset..)?.chars().take_while(is_word).map(char::len_utf8);
    let span = Span::new(offset - before.sum::<usize>(), offset + after.sum::<usize>());
    (!span.is_empty()).then_some(span)
}

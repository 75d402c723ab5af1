//! What a name in a spec stands for, and everywhere it is written.

use super::blocks::blocks;
use super::{Place, document};
use crate::snapshot::SpecView;
use model::{DocumentId, Span, Table};
use rustc_hash::{FxHashMap, FxHashSet};
use spec::facts::Fact;
use spec::mentions::requirements::{self, RequirementMention};
use spec::mentions::{Form, Names};
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

/// A place that declares a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Declaration {
    /// Index into the detection's tables.
    pub(super) table: usize,
    pub(super) document: DocumentId,
    /// The name there.
    pub(super) span: Span,
}

/// Where each table is declared: what readers saw as a declaration, else its best evidence.
pub(super) fn declarations(view: &SpecView, names: &Names) -> Vec<Declaration> {
    let tables = &view.analysis.detection.tables;
    let key = |name: &str| Form::SNAKE_SINGULAR.write(name);
    let mut by_name: FxHashMap<String, Option<usize>> = FxHashMap::default();
    for (index, it) in tables.iter().enumerate() {
        by_name.insert(key(&it.name), Some(index));
        by_name.insert(it.name.clone(), Some(index));
    }
    let mut out = Vec::new();
    for (number, facts) in (0u32..).zip(&view.analysis.facts) {
        for placed in facts {
            for fact in &placed.facts.facts {
                let Fact::Table(it) = fact else { continue };
                let known = by_name.get(&it.name).copied();
                let table = known.unwrap_or_else(|| {
                    let found = by_name.get(&key(&it.name)).copied().flatten();
                    by_name.insert(it.name.clone(), found);
                    found
                });
                let span = it.sighting.span.shift(placed.start);
                let document = DocumentId(number);
                out.extend(table.map(|table| Declaration { table, document, span }));
            }
        }
    }
    let declared: FxHashSet<usize> = out.iter().map(|it| it.table).collect();
    for (index, table) in tables.iter().enumerate().filter(|(it, _)| !declared.contains(it)) {
        let best =
            table.evidence.iter().max_by_key(|it| (it.confidence, std::cmp::Reverse(it.span)));
        out.extend(best.map(|it| Declaration {
            table: index,
            document: it.document,
            span: it.span,
        }));
    }
    for it in &mut out {
        it.span = name_in(view, names, *it);
    }
    out.sort_unstable_by_key(|it| (it.document, it.span, it.table));
    out.dedup();
    out
}

/// Where a document first declares each table that is `wanted`, by place.
pub(super) fn first_declarations(
    view: &SpecView,
    names: &Names,
    id: DocumentId,
    wanted: fn(&Table) -> bool,
) -> Vec<Declaration> {
    let tables = &view.analysis.detection.tables;
    let mut seen = FxHashSet::default();
    let mut out = declarations(view, names);
    out.retain(|it| it.document == id && wanted(&tables[it.table]) && seen.insert(it.table));
    out
}

/// The table's own name inside a span that declares it; the span's first line when it is not there.
fn name_in(view: &SpecView, names: &Names, it: Declaration) -> Span {
    let Some(document) = document(view, it.document) else { return it.span };
    let mut found = names.within(document, it.document, it.span).into_iter();
    let own = found.find(|mention| mention.table == it.table);
    own.map_or_else(|| first_line(document, it.span), |mention| mention.span)
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
    // Every id has a number; without one the whole spec need not be read.
    let text = &document(view, place.document)?.text;
    let is_id = |it: &char| it.is_alphanumeric() || matches!(it, '-' | '.');
    let mut near = text[..place.offset]
        .chars()
        .rev()
        .take_while(is_id)
        .chain(text[place.offset..].chars().take_while(is_id));
    if !near.any(|it| it.is_ascii_digit()) {
        return None;
    }
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
    let declared = declarations(view, &names).into_iter().filter(|it| it.table == index);
    let mut out: Vec<Occurrence> = declared
        .map(|it| Occurrence { document: it.document, span: it.span, defines: true })
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

//! What editors show of migration specs; the features of a spec lead here for a view of them.

pub(super) mod assists;
mod cards;
pub(super) mod completion;
pub(super) mod lenses;
pub(super) mod mends;
pub(crate) mod names;
pub(super) mod rename;
pub(super) mod standing;
pub(super) mod tokens;

use super::folding::{Fold, FoldKind};
use super::hover::Hover;
use super::inlay::{Inlay, InlayKind};
use super::symbols::{Symbol, SymbolKind};
use super::{Around, Location, Place, location};
use crate::migrations::{self, Migration, preview};
use crate::snapshot::SpecView;
use model::{DocumentId, Span};
use names::{Mention, Thing};

/// What each operation will do, behind its word.
pub(super) fn inlays(file: &Migration, range: Span) -> Vec<Inlay> {
    let all = file.operations.iter().enumerate();
    let inside = all.filter(|(_, it)| it.keyword.span.overlaps(range));
    let hints = inside.map(|(index, it)| Inlay {
        // Behind the colon.
        offset: it.keyword.span.range().end + 1,
        label: preview::line(file, index),
        kind: InlayKind::Primitive,
        tooltip: Some(preview::card(file, index)),
    });
    hints.collect()
}

/// What an operation does, or what a name stands for.
pub(super) fn hover(view: &SpecView, place: Place, around: &Around) -> Option<Hover> {
    let file = migrations::of(view, place.document)?;
    let at_word = |span: Span| span.touches(place.offset);
    let mut operations = file.operations.iter().enumerate();
    if let Some((index, it)) = operations.find(|(_, it)| at_word(it.keyword.span)) {
        let title = preview::title(it);
        let state = standing::State::of(file, around.database.as_deref()).words();
        let card = preview::card(file, index);
        let markdown = format!("**{title}**, {state}\n\n{card}");
        return Some(Hover { span: it.keyword.span, markdown });
    }
    let mention = names::at(file, place.offset)?;
    let markdown = cards::card(view, file, &mention.thing)?;
    Some(Hover { span: mention.span, markdown })
}

/// Where the thing under a place was made.
pub(super) fn definitions(view: &SpecView, place: Place) -> Vec<Location> {
    let Some(file) = migrations::of(view, place.document) else { return Vec::new() };
    let Some(mention) = names::at(file, place.offset) else { return Vec::new() };
    let origin = names::origin(&file.before, &mention.thing)
        .or_else(|| names::origin(&file.after, &mention.thing));
    let found = origin.and_then(|it| location(view, DocumentId(it.file), it.span));
    found.into_iter().collect()
}

/// The places of a set that name `thing`, with whether it is made there.
pub(crate) fn mentions_of(view: &SpecView, thing: &Thing) -> Vec<(Location, bool)> {
    let Some(set) = &view.migrations else { return Vec::new() };
    let mut out = Vec::new();
    for (index, file) in (0..).zip(&set.files) {
        let own = names::mentions(file).into_iter().filter(|it| it.thing.is_same(thing));
        out.extend(own.filter_map(|Mention { span, defines, .. }| {
            Some((location(view, DocumentId(index), span)?, defines))
        }));
    }
    out
}

/// The thing that a place of a set names.
pub(crate) fn thing_at(view: &SpecView, place: Place) -> Option<Mention> {
    names::at(migrations::of(view, place.document)?, place.offset)
}

/// Where a set makes `thing`.
pub(crate) fn made_at(view: &SpecView, thing: &Thing) -> Option<Location> {
    let schema = view.migrations.as_ref()?.schema();
    let origin = names::origin(&schema, thing)?;
    location(view, DocumentId(origin.file), origin.span)
}

/// The operations of a file, with the columns of new tables.
pub(super) fn outline(file: &Migration) -> Vec<Symbol> {
    let symbols = file.operations.iter().map(|it| {
        let span = it.origin.span.cover(it.keyword.span);
        let children = names::columns_of(&it.kind).into_iter().map(|column| {
            let own = column.origin.span.cover(column.name.origin.span);
            Symbol {
                name: column.name.value.clone(),
                detail: None,
                kind: SymbolKind::Column,
                span: own,
                name_span: column.name.origin.span,
                children: Vec::new(),
            }
        });
        Symbol {
            name: preview::title(it),
            detail: None,
            kind: SymbolKind::Table,
            span,
            name_span: it.keyword.span,
            children: children.filter(|it| span.contains(it.span)).collect(),
        }
    });
    symbols.collect()
}

/// Each operation.
pub(super) fn folds(file: &Migration) -> Vec<Fold> {
    let spans = file.operations.iter().map(|it| it.origin.span.cover(it.keyword.span));
    spans.map(|span| Fold { span, kind: FoldKind::Region }).collect()
}

#[cfg(test)]
mod tests;

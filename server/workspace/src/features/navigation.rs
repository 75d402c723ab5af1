//! Go to definition and find references, for tables, columns, requirement ids and links.

use super::entity::{self, Entity, Occurrence};
use super::links::{self, LinkTarget};
use super::{Location, Place, location};
use crate::snapshot::SpecView;
use model::{ColumnKey, Span};
use std::sync::Arc;

/// Where the thing under a place is declared. `others` are the workspace's remaining specs, asked
/// when this one only names it.
#[must_use]
pub fn definitions(view: &SpecView, place: Place, others: &[Arc<SpecView>]) -> Vec<Location> {
    if let Some(target) = link_at(view, place) {
        return vec![target];
    }
    let Some((entity, _)) = entity::at(view, place) else { return Vec::new() };
    let own = definitions_in(view, &entity);
    if !own.is_empty() {
        return own;
    }
    others.iter().flat_map(|it| definitions_in(it, &entity)).collect()
}

/// Every place that names the thing under `place`, in this spec and in `others` that declare a
/// thing of that name too.
#[must_use]
pub fn references(
    view: &SpecView,
    place: Place,
    others: &[Arc<SpecView>],
    with_definitions: bool,
) -> Vec<Location> {
    let Some((entity, _)) = entity::at(view, place) else { return Vec::new() };
    std::iter::once(view)
        .chain(others.iter().map(|it| &**it))
        .flat_map(|view| {
            let found = entity::occurrences(view, &entity).into_iter();
            let found = found.filter(|it| (with_definitions || !it.defines) && !it.span.is_empty());
            locations(view, found).collect::<Vec<_>>()
        })
        .collect()
}

/// The places in one document that name the thing under `place`, for highlighting.
#[must_use]
pub fn highlights(view: &SpecView, place: Place) -> Vec<(Span, bool)> {
    let Some((entity, _)) = entity::at(view, place) else { return Vec::new() };
    entity::occurrences(view, &entity)
        .into_iter()
        .filter(|it| it.document == place.document && !it.span.is_empty())
        .map(|it| (it.span, it.defines))
        .collect()
}

/// The declaration of the table that a foreign key column points at.
#[must_use]
pub fn type_definitions(view: &SpecView, place: Place) -> Vec<Location> {
    let Some((Entity::Column { table, column }, _)) = entity::at(view, place) else {
        return Vec::new();
    };
    let detection = &view.analysis.detection;
    let columns = detection.table(&table).map(|it| it.columns.as_slice()).unwrap_or_default();
    let key = columns.iter().find(|it| it.name == column).and_then(|it| it.key.as_ref());
    match key {
        Some(ColumnKey::Foreign { table, .. }) => {
            definitions_in(view, &Entity::Table(table.clone()))
        }
        _ => Vec::new(),
    }
}

fn definitions_in(view: &SpecView, entity: &Entity) -> Vec<Location> {
    let found = entity::occurrences(view, entity).into_iter().filter(|it| it.defines);
    locations(view, found).collect()
}

fn locations(
    view: &SpecView,
    found: impl Iterator<Item = Occurrence>,
) -> impl Iterator<Item = Location> {
    found.filter_map(|it| location(view, it.document, it.span))
}

fn link_at(view: &SpecView, place: Place) -> Option<Location> {
    let link =
        links::links(view, place.document).into_iter().find(|it| it.span.touches(place.offset))?;
    match link.target {
        LinkTarget::Section(location) => Some(location),
        LinkTarget::File { path, .. } => {
            let key = crate::snapshot::DocumentKey::File(path);
            view.document_id(&key).map(|_| Location { key, span: Span::at(0) })
        }
        LinkTarget::Url(_) => None,
    }
}

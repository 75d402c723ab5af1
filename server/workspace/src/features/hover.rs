//! Cards about the thing under the cursor.

use super::entity::{self, Entity};
use super::{Place, document};
use crate::snapshot::SpecView;
use model::{Span, Timestamp};

/// A card in Markdown and the text that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    pub span: Span,
    pub markdown: String,
}

/// The card of the thing under a place; `now` is what schedules count their next firings from.
#[must_use]
pub fn hover(view: &SpecView, place: Place, _now: Timestamp) -> Option<Hover> {
    let (entity, span) = entity::at(view, place)?;
    let markdown = match entity {
        Entity::Requirement(id) => requirement(view, &id)?,
        Entity::Table(name) => format!("**{name}**"),
        Entity::Column { table, column } => format!("**{table}.{column}**"),
    };
    Some(Hover { span, markdown })
}

fn requirement(view: &SpecView, id: &str) -> Option<String> {
    let mentions = spec::mentions::requirements::mentions(&view.documents);
    let found = mentions.iter().find(|it| it.id == id && it.defines.is_some())?;
    let title = spec::mentions::requirements::title(document(view, found.document)?, found)?;
    Some(format!("**{id}** {title}"))
}

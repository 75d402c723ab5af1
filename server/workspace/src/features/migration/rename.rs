//! Renames in migration specs: what this file makes gets its name there; what an earlier file made
//! gets a rename operation at the end of this one.

use super::names::{self, Thing};
use super::standing::State;
use crate::features::rename::{RenameError, RenameTarget};
use crate::features::{Around, Edit, FileEdits, Place, document, file_edits};
use crate::migrations::{self, Migration};
use crate::snapshot::SpecView;
use model::Span;
use spec::Document;

/// The table or column under a place.
pub(crate) fn prepare(view: &SpecView, place: Place) -> Option<RenameTarget> {
    let mention = names::at(migrations::of(view, place.document)?, place.offset)?;
    if matches!(mention.thing, Thing::Policy { .. }) {
        return None;
    }
    let placeholder = document(view, place.document)?.slice(mention.span).to_owned();
    Some(RenameTarget { span: mention.span, placeholder })
}

pub(crate) fn rename(
    view: &SpecView,
    place: Place,
    new: &str,
) -> Result<Vec<FileEdits>, RenameError> {
    let file = migrations::of(view, place.document).ok_or(RenameError::Nothing)?;
    let thing = names::at(file, place.offset).ok_or(RenameError::Nothing)?.thing;
    let is_word = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_';
    if !new.bytes().all(is_word) || !new.starts_with(|it: char| it.is_ascii_lowercase()) {
        return Err(RenameError::NoName(new.to_owned()));
    }
    let wanted = match &thing {
        Thing::Table(_) => Thing::Table(new.to_owned()),
        Thing::Column { table, .. } => {
            Thing::Column { table: table.clone(), column: new.to_owned() }
        }
        Thing::Policy { .. } => return Err(RenameError::Nothing),
    };
    if names::origin(&file.after, &wanted).is_some() {
        return Err(RenameError::Taken(new.to_owned()));
    }
    edits(view, place.document.0 as usize, &thing, new)
}

/// The edits of a set that give `thing` another name from file `index` on: where it is made there,
/// or by a new operation at its end.
fn edits(
    view: &SpecView,
    index: usize,
    thing: &Thing,
    new: &str,
) -> Result<Vec<FileEdits>, RenameError> {
    let files = view.migrations.as_ref().map(|it| it.files.as_slice()).unwrap_or_default();
    let (Some(file), Some(document)) = (files.get(index), view.documents.get(index)) else {
        return Err(RenameError::Nothing);
    };
    let is_made_here = names::origin(&file.before, thing).is_none();
    let mut edits = Vec::new();
    // Files behind this one speak of the new name.
    for (at, other) in files.iter().enumerate().skip(index + usize::from(!is_made_here)) {
        let Some(key) = view.keys.get(at) else { continue };
        let own = names::mentions(other).into_iter().filter(|it| it.thing.is_same(thing));
        edits.extend(own.map(|it| (key.clone(), Edit { span: it.span, text: new.to_owned() })));
    }
    if !is_made_here {
        let key = view.keys.get(index).ok_or(RenameError::Nothing)?;
        let operation = match thing {
            Thing::Table(was) => format!("rename_table: {{was: {was}, name: {new}}}"),
            Thing::Column { table, column } => {
                format!("rename_column: {{table: {table}, was: {column}, name: {new}}}")
            }
            Thing::Policy { .. } => return Err(RenameError::Nothing),
        };
        edits.push((key.clone(), append(file, document, &operation)));
    }
    Ok(file_edits(edits))
}

/// What a rename in a product spec does to the migrations beside it: the name changes where it is
/// given if that file waits, else by an operation in the last file, if that waits. `None` when all
/// are applied: what is applied is never edited.
pub(crate) fn follow(
    view: &SpecView,
    thing: &Thing,
    new: &str,
    around: &Around,
) -> Option<Vec<FileEdits>> {
    let set = view.migrations.as_ref()?;
    let schema = set.schema();
    let made = names::origin(&schema, thing)?.file as usize;
    let waits = |it: usize| {
        let file = set.files.get(it)?;
        (State::of(file, around.database.as_deref()) == State::Waits).then_some(it)
    };
    let index = waits(made).or_else(|| waits(set.files.len().checked_sub(1)?))?;
    edits(view, index, thing, new).ok()
}

/// The edit that adds an operation, on one line, to the end of a file.
pub(super) fn append(file: &Migration, document: &Document, operation: &str) -> Edit {
    let text = &document.text;
    let line = crate::features::blocks::newline(document);
    let end = text.trim_end().len();
    let gap = if end == 0 { "" } else { line };
    // An item of the list that the last operation stands in, else a document of its own.
    let last = file.operations.last().map(|it| it.keyword.span.range().start);
    let start = last.map(|at| text[..at].rfind('\n').map_or(0, |it| it + 1));
    let lead = last.zip(start).map(|(at, start)| &text[start..at]);
    let item = lead.filter(|it| it.trim() == "-");
    let added = match item {
        Some(lead) => format!("{gap}{lead}{operation}{line}"),
        None if end == 0 => format!("{operation}{line}"),
        None => format!("{gap}---{line}{operation}{line}"),
    };
    Edit { span: Span::new(end, text.len()), text: added }
}

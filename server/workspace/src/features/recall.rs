//! What came of like decisions before, where the like comes up again.
//!
//! Cards of tables tell up to three of them. A hint stands only beside what ended badly before: what
//! went well is no reason to stop.

use super::entity::{self, Entity};
use super::inlay::{Inlay, InlayKind, end_of_name};
use super::migration::names::Thing;
use super::{Place, document, migration};
use crate::migrations::{self, Migration, touch};
use crate::settings::Settings;
use crate::snapshot::SpecView;
use context::memory::{Memory, Outcome, Project, Query, Recalled};
use migrate::language::OperationKind;
use model::{AbsPath, DocumentId, Span};
use spec::mentions::Names;
use system::System;

/// The user's memory, for the features of one workspace.
#[derive(Debug)]
pub struct Recaller {
    memory: Memory,
    here: Option<Project>,
}

impl Recaller {
    /// `None` where nothing was ever kept, or the user wants none of it.
    #[must_use]
    pub fn new(system: &dyn System, settings: &Settings, root: Option<&AbsPath>) -> Option<Self> {
        if !settings.memory_enable {
            return None;
        }
        // A memory that cannot be read is told by the doctor.
        let memory = Memory::find(system).ok().flatten()?;
        Some(Self { memory, here: root.map(Project::of) })
    }

    /// What is to be said under the card of the thing at a place, in Markdown.
    #[must_use]
    pub fn card(&self, view: &SpecView, place: Place) -> Option<String> {
        let found = self.recall(&query_at(view, place)?);
        let lines: Vec<String> = found.iter().map(|it| format!("- {}", line(it))).collect();
        (!lines.is_empty()).then(|| format!("\n\nBefore\n\n{}\n", lines.join("\n")))
    }

    /// The hints inside `range`, by place.
    #[must_use]
    pub fn inlays(&self, view: &SpecView, id: DocumentId, range: Span) -> Vec<Inlay> {
        let mut places = match migrations::of(view, id) {
            Some(file) => new_tables(file),
            None => declared_tables(view, id),
        };
        places.retain(|it| range.touches(it.0));
        places.into_iter().filter_map(|(offset, query)| self.inlay(offset, &query)).collect()
    }

    fn inlay(&self, offset: usize, query: &Query) -> Option<Inlay> {
        let found = self.recall(query);
        let worst = found.iter().find(|it| it.item.outcome != Outcome::Applied)?;
        let place = match worst.is_here {
            true => "here".to_owned(),
            false => format!("in {}", worst.item.project),
        };
        let lines: Vec<String> = found.iter().map(|it| format!("- {}", line(it))).collect();
        Some(Inlay {
            offset,
            label: format!("{} {place} before", worst.item.outcome.word()),
            kind: InlayKind::Memory,
            tooltip: Some(lines.join("\n")),
        })
    }

    fn recall(&self, query: &Query) -> Vec<Recalled> {
        let found = self.memory.recall(query, self.here.as_ref());
        found.unwrap_or_else(|error| {
            tracing::warn!("the memory was not read: {}", crate::error_chain(&error));
            Vec::new()
        })
    }
}

/// A line whose free text cannot be taken for Markdown.
fn line(it: &Recalled) -> String {
    let mut it = it.clone();
    it.item.reason = escaped(&it.item.reason);
    it.item.why = escaped(&it.item.why);
    it.to_string()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for it in text.chars() {
        if it.is_ascii_punctuation() && !matches!(it, '.' | ',' | ';' | ':' | '-' | '\'') {
            out.push('\\');
        }
        out.push(it);
    }
    out
}

fn query_at(view: &SpecView, place: Place) -> Option<Query> {
    let Some(file) = migrations::of(view, place.document) else {
        let (Entity::Table(name) | Entity::Column { table: name, .. }) = entity::at(view, place)?.0
        else {
            return None;
        };
        return Some(query_of(view.analysis.detection.table(&name)?));
    };
    let at_word = file.operations.iter().find(|it| it.keyword.span.touches(place.offset));
    let name = match at_word {
        Some(operation) => (*touch::tables(&operation.kind).last()?).to_owned(),
        None => match migration::thing_at(view, place)?.thing {
            Thing::Table(name) => name,
            Thing::Column { table, .. } | Thing::Policy { table, .. } => table,
        },
    };
    Some(query_in(file, name))
}

fn query_of(table: &model::Table) -> Query {
    let columns = table.columns.iter().map(|it| it.name.clone());
    Query { entity: table.name.clone(), columns: columns.collect() }
}

fn query_in(file: &Migration, entity: String) -> Query {
    let table = file.after.table(&entity).or_else(|| file.before.table(&entity));
    let columns = table.iter().flat_map(|it| &it.columns).map(|it| it.name.clone()).collect();
    Query { entity, columns }
}

/// Tables that a file makes, each behind its operation's word.
fn new_tables(file: &Migration) -> Vec<(usize, Query)> {
    let made = file.operations.iter().filter_map(|it| match &it.kind {
        OperationKind::AddTable(table) => {
            let query = query_in(file, table.name.value.clone());
            Some((it.keyword.span.range().end + 1, query))
        }
        _ => None,
    });
    made.collect()
}

fn declared_tables(view: &SpecView, id: DocumentId) -> Vec<(usize, Query)> {
    let Some(document) = document(view, id) else { return Vec::new() };
    let tables = &view.analysis.detection.tables;
    let wanted = |it: &model::Table| it.explicit || it.is_required();
    let found = entity::first_declarations(view, &Names::new(&view.analysis), id, wanted);
    let of =
        |it: entity::Declaration| (end_of_name(document, it.span), query_of(&tables[it.table]));
    found.into_iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn free_text_is_no_markdown() {
        let text = super::escaped("see [x](http://y) <b>`z`</b> *now*");
        assert_eq!(text, r"see \[x\]\(http:\/\/y\) \<b\>\`z\`\<\/b\> \*now\*");
    }
}

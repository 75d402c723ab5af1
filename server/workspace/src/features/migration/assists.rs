//! Rewrites of migration specs that mend no finding: an index or a default for a column, a column
//! that may be NULL, a drop that keeps the data, a change in two steps.

use super::names::{self, Thing};
use super::rename::append;
use crate::features::actions::{Act, Action, ActionKind};
use crate::features::{Edit, document, file_edits};
use crate::migrations::{self, Migration};
use crate::snapshot::SpecView;
use migrate::language::OperationKind;
use migrate::schema::{Column, Table, Type};
use model::{DocumentId, Span};
use spec::Document;

/// The rewrites for a range.
pub(crate) fn assists(view: &SpecView, id: DocumentId, range: Span) -> Vec<Action> {
    let (Some(file), Some(document)) = (migrations::of(view, id), document(view, id)) else {
        return Vec::new();
    };
    let Some(key) = view.keys.get(id.0 as usize) else { return Vec::new() };
    let mut found: Vec<(String, Edit)> = Vec::new();
    if let Some(mention) = names::at(file, range.range().start) {
        found.extend(column_assists(file, document, &mention.thing));
    }
    found.extend(soft_drop(file, document, range));
    found.extend(expand_and_contract(file, document, range));
    let action = |(title, edit)| Action {
        title,
        kind: ActionKind::Refactor,
        diagnostic: None,
        preferred: false,
        act: Act::Edit(file_edits(vec![(key.clone(), edit)])),
    };
    found.into_iter().map(action).collect()
}

fn column_assists(file: &Migration, document: &Document, thing: &Thing) -> Vec<(String, Edit)> {
    let Thing::Column { table, column } = thing else { return Vec::new() };
    let find = |it: &&Table| it.name.eq_ignore_ascii_case(table);
    let Some(table) = file.after.tables.iter().find(find) else { return Vec::new() };
    let Some(column) = table.columns.iter().find(|it| it.name.eq_ignore_ascii_case(column)) else {
        return Vec::new();
    };
    let (t, c) = (&table.name, &column.name);
    let is_key = table.primary_key.contains(c);
    let mut out = Vec::new();
    let mut add = |title: String, operation: String| {
        out.push((title, append(file, document, &operation)));
    };
    if !is_key && !column.unique && !is_indexed(table, column) {
        let operation = format!("add_index: {{table: {t}, columns: [{c}]}}");
        add(format!("Add an index on `{t}.{c}`"), operation);
    }
    if let (false, None, Some(default)) = (is_key, &column.default, default_words(&column.kind)) {
        let quoted = default.replace('\'', "''");
        let operation = format!("alter_column: {{table: {t}, column: {c}, default: '{quoted}'}}");
        add(format!("Give `{t}.{c}` the default {default}"), operation);
    }
    if !is_key && !column.nullable {
        let operation = format!("alter_column: {{table: {t}, column: {c}, nullable: true}}");
        add(format!("Let `{t}.{c}` be NULL"), operation);
    }
    out
}

fn is_indexed(table: &Table, column: &Column) -> bool {
    table.indexes.iter().any(|it| {
        it.keys.first().is_some_and(|it| {
            matches!(&it.expr, migrate::expr::Expr::Column { name, .. } if *name == column.name)
        })
    })
}

/// A default that says nothing, in the words of the column language; not every type has one.
pub(super) fn default_words(kind: &Type) -> Option<&'static str> {
    match kind {
        Type::Text | Type::Varchar(_) => Some("''"),
        Type::SmallInt
        | Type::Integer
        | Type::BigInt
        | Type::Numeric(_)
        | Type::Real
        | Type::Double => Some("0"),
        Type::Boolean => Some("false"),
        Type::TimestampTz => Some("now()"),
        _ => None,
    }
}

/// A drop for good becomes one that keeps the data.
pub(super) fn soft_drop(
    file: &Migration,
    document: &Document,
    range: Span,
) -> Option<(String, Edit)> {
    let operation = file.operations.iter().find(|it| {
        it.origin.span.overlaps(range) || it.keyword.span.touches(range.range().start)
    })?;
    let (OperationKind::DropTable { purge: true, .. }
    | OperationKind::DropColumn { purge: true, .. }) = operation.kind
    else {
        return None;
    };
    let own = operation.origin.span;
    let body = document.slice(own);
    let at = own.range().start + body.find("purge")?;
    let rest = &document.text[at..own.range().end.min(document.text.len())];
    let value = rest.find("true")? + "true".len();
    let edit = Edit { span: Span::new(at, at + value), text: "purge: false".to_owned() };
    Some(("Drop softly: keep the data until it is purged".to_owned(), edit))
}

/// A column that changes its type gets a second column beside it, and goes in a later migration.
fn expand_and_contract(
    file: &Migration,
    document: &Document,
    range: Span,
) -> Option<(String, Edit)> {
    let at = range.range().start;
    let operation = file
        .operations
        .iter()
        .find(|it| it.keyword.span.touches(at) || it.origin.span.touches(at))?;
    let OperationKind::AlterColumn(it) = &operation.kind else { return None };
    let kind = document.slice(it.kind.as_ref()?.origin.span);
    let (table, column) = (&it.table.value, &it.column.value);
    let new = format!("{column}_new");
    let own = operation.origin.span.cover(operation.keyword.span);
    // The operation is the file's own text up to here; what is quoted stays quoted.
    let text = format!(
        "add_column: {{table: {table}, columns: [{new} {kind}]}} # expand: fill it from \
         `{column}`, let readers and writers move, then drop `{column}` and rename `{new}` in a \
         later migration"
    );
    let is_plain = !kind.contains([',', '#', '"', '\'', '{', '[']);
    let edit = Edit { span: own, text };
    is_plain.then(|| ("Split into expand and contract".to_owned(), edit))
}

//! Mends of what the lint and the dry runs find, where one is clear. The language brings its own.

use super::assists::{default_words, soft_drop};
use super::names::{self, Thing};
use super::rename::append;
use crate::features::Edit;
use crate::migrations::Migration;
use migrate::language::{ColumnDef, OperationKind};
use migrate::schema::Type;
use model::{Diagnostic, Span};
use spec::Document;

/// A title and what it changes in the file.
pub(in crate::features) type Mend = (String, Vec<Edit>);

/// The mends of a finding, the best first.
pub(in crate::features) fn mends(
    file: &Migration,
    document: &Document,
    found: &Diagnostic,
) -> Vec<Mend> {
    let column = column_at(file, found.span);
    let one = |mend: Option<Mend>| mend.into_iter().collect();
    match found.rule {
        "unindexed-reference" | "policy-without-index" => {
            one(indexed(file, found).map(|it| add_index(file, document, it)))
        }
        "required-without-default" => {
            let column = column.filter(|_| is_plain(document, found.span));
            let default = column.and_then(|it| add_default(document, it));
            default.into_iter().chain(column.and_then(drop_not_null)).collect()
        }
        "nullable-owner" => {
            let column = column.filter(|it| it.nullable.is_none());
            one(column.and_then(|it| behind(document, it, " not null", "Refuse NULL")))
        }
        "owner-without-reference" => {
            let column = column.filter(|it| it.references.is_none());
            one(column.and_then(|it| behind(document, it, " fk->users.id", "Refer to `users.id`")))
        }
        "small-key" => one(column.and_then(|it| retype(it, "bigint"))),
        "moment-without-zone" => one(column.and_then(|it| retype(it, "timestamptz"))),
        "bounded-text" => one(column.and_then(|it| retype(it, "text"))),
        "purge" => one(soft_drop(file, document, found.span).map(|it| (it.0, vec![it.1]))),
        "drop-and-add" => one(rename_instead(file, document, found)),
        "data-in-the-way" => one(keep_nullable(file, document, found)),
        _ => Vec::new(),
    }
}

/// The column that is written at a place.
fn column_at(file: &Migration, span: Span) -> Option<&ColumnDef> {
    let all = file.operations.iter().flat_map(|it| names::columns_of(&it.kind));
    let mut around =
        all.filter(|it| it.origin.span.contains(span) || span.contains(it.origin.span));
    around.next()
}

/// Whether a scalar stands without quotes: what is added to it needs none.
fn is_plain(document: &Document, span: Span) -> bool {
    let range = span.range();
    let before = document.text[..range.start].chars().next_back();
    let own = document.text[range].chars().next();
    ![before, own].into_iter().flatten().any(|it| matches!(it, '\'' | '"'))
}

fn behind(document: &Document, column: &ColumnDef, words: &str, title: &str) -> Option<Mend> {
    let span = column.origin.span;
    let edit = Edit { span: Span::at(span.range().end), text: words.to_owned() };
    is_plain(document, span).then(|| (title.to_owned(), vec![edit]))
}

fn add_default(document: &Document, column: &ColumnDef) -> Option<Mend> {
    let kind: &Type = &column.kind.as_ref()?.value;
    let default = default_words(kind)?;
    behind(document, column, &format!(" default {default}"), &format!("Add `default {default}`"))
}

fn drop_not_null(column: &ColumnDef) -> Option<Mend> {
    let words = column.nullable.as_ref().filter(|it| !it.value)?.origin.span;
    // With the blank before it.
    let span = Span::new(words.range().start.checked_sub(1)?, words.range().end);
    let title = format!("Let `{}` be NULL", column.name.value);
    Some((title, vec![Edit { span, text: String::new() }]))
}

fn retype(column: &ColumnDef, kind: &str) -> Option<Mend> {
    let span = column.kind.as_ref()?.origin.span;
    Some((format!("Make it `{kind}`"), vec![Edit { span, text: kind.to_owned() }]))
}

/// The table and column that lack an index: what the finding stands on, or what it names.
fn indexed(file: &Migration, found: &Diagnostic) -> Option<(String, String)> {
    if let Some(Thing::Column { table, column }) =
        names::at(file, found.span.range().start).map(|it| it.thing)
    {
        return Some((table, column));
    }
    let name = found.message.split('`').nth(1)?;
    let (table, column) = name.split_once('.')?;
    Some((table.to_owned(), column.to_owned()))
}

fn add_index(file: &Migration, document: &Document, (t, c): (String, String)) -> Mend {
    let operation = format!("add_index: {{table: {t}, columns: [{c}]}}");
    (format!("Add an index on `{t}.{c}`"), vec![append(file, document, &operation)])
}

/// A drop and an add of the same type become a rename.
fn rename_instead(file: &Migration, document: &Document, found: &Diagnostic) -> Option<Mend> {
    let at = |span: Span| file.operations.iter().position(|it| it.keyword.span == span);
    let drop = &file.operations[at(found.span)?];
    let OperationKind::DropColumn { table, column, .. } = &drop.kind else { return None };
    let added = found.related.first().filter(|it| it.document == found.document)?.span;
    let add = file.operations.iter().find(|it| it.origin.span.contains(added))?;
    let OperationKind::AddColumn { columns, .. } = &add.kind else { return None };
    let [new] = columns.as_slice() else { return None };
    let (t, was, name) = (&table.value, &column.value, &new.name.value);
    let text = format!("rename_column: {{table: {t}, was: {was}, name: {name}}}");
    let rename = Edit { span: whole(drop), text };
    let gone = Edit { span: entry(document, whole(add)), text: String::new() };
    Some((format!("Rename `{was}` to `{name}` instead"), vec![rename, gone]))
}

fn whole(operation: &migrate::language::Operation) -> Span {
    operation.origin.span.cover(operation.keyword.span)
}

/// An operation with its dash, or the `---` before it, and the end of its line.
fn entry(document: &Document, span: Span) -> Span {
    let text = &document.text;
    let range = span.range();
    let line = text[..range.start].rfind('\n').map_or(0, |it| it + 1);
    let is_item = text[line..range.start].trim() == "-";
    let before = text[..line].trim_end();
    let start = match before.strip_suffix("---") {
        Some(rest) if !is_item => rest.len(),
        _ => line,
    };
    let end = text[range.end..].find('\n').map_or(text.len(), |it| range.end + it + 1);
    Span::new(start, end)
}

/// `nullable: false` that rows stand in the way of is left for later.
fn keep_nullable(file: &Migration, document: &Document, found: &Diagnostic) -> Option<Mend> {
    let mut all = file.operations.iter();
    let operation = all.find(|it| whole(it).contains(found.span))?;
    let OperationKind::AlterColumn(it) = &operation.kind else { return None };
    let body = document.slice(whole(operation));
    let at = body.find("nullable: false")? + whole(operation).range().start + "nullable: ".len();
    let edit = Edit { span: Span::new(at, at + "false".len()), text: "true".to_owned() };
    Some((format!("Let `{}.{}` be NULL", it.table.value, it.column.value), vec![edit]))
}

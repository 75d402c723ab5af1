//! What tests show of a file: its findings with their mends, and the schema that it makes.

use super::{File, read, replay};
use crate::schema::{Access, DefaultValue, Schema};
use model::Diagnostic;
use std::fmt::Write as _;

/// The findings of `text` as the only file, then of its replay over nothing.
pub(crate) fn findings(text: &str) -> Vec<Diagnostic> {
    let read = read(&[File { name: "0001_test", text }]);
    let replayed = replay(&Schema::default(), &read.operations);
    read.diagnostics.into_iter().chain(replayed.diagnostics).collect()
}

/// Each finding on one line, with what it marks; mends below, as the text that they make.
pub(crate) fn render_findings(text: &str) -> String {
    let mut out = String::new();
    for it in findings(text) {
        let line = text[..it.span.start as usize].matches('\n').count() + 1;
        let marked = text[it.span.range()].replace('\n', "\\n");
        let word = it.severity.word();
        writeln!(out, "{line}: {word}[{}] `{marked}`: {}", it.rule, it.message)
            .expect("a string takes all");
        for fix in &it.fixes {
            writeln!(out, "  {}: {}", fix.title, changed_lines(text, &it, fix))
                .expect("a string takes all");
        }
    }
    out
}

fn changed_lines(text: &str, it: &Diagnostic, fix: &model::Fix) -> String {
    let mut mended = text.to_owned();
    let mut edits = fix.edits.clone();
    edits.sort_by_key(|it| std::cmp::Reverse(it.span));
    for edit in &edits {
        assert_eq!(edit.document, it.document);
        mended.replace_range(edit.span.range(), &edit.text);
    }
    let old: Vec<&str> = text.lines().collect();
    let new = mended.lines().filter(|it| !old.contains(it)).map(str::trim);
    new.collect::<Vec<_>>().join(" / ")
}

/// The schema that `text` makes, a line a thing; findings come first.
pub(crate) fn render_schema(text: &str) -> String {
    let read = read(&[File { name: "0001_test", text }]);
    let replayed = replay(&Schema::default(), &read.operations);
    let mut out = render_findings(text);
    for table in &replayed.schema.tables {
        let stem = table.stem.as_ref().map(|it| format!(" (was {it})")).unwrap_or_default();
        out += &format!(
            "{}{stem}: pk {:?}, {}\n",
            table.name,
            table.primary_key,
            access(&table.access)
        );
        for it in &table.columns {
            let mut line = format!("  {} {}", it.name, super::types::write(&it.kind));
            line += if it.nullable { "" } else { " not null" };
            line += if it.unique { " unique" } else { "" };
            match &it.default {
                Some(DefaultValue::Expr(it)) => line += &format!(" default {it}"),
                Some(it) => line += &format!(" default {it:?}"),
                None => {}
            }
            if let Some(it) = &it.references {
                line += &format!(" fk->{}.{} {:?}", it.table, it.column, it.on_delete);
            }
            if let Some(it) = &it.check {
                line += &format!(" check ({it})");
            }
            out += &format!("{line}\n");
        }
        for it in &table.constraints {
            out += &format!("  {}: {}\n", it.name, format!("{:?}", it.kind).replace('\n', " "));
        }
        for it in &table.indexes {
            let keys: Vec<String> = it
                .keys
                .iter()
                .map(|it| format!("{}{}", it.expr, if it.descending { " desc" } else { "" }))
                .collect();
            let unique = if it.unique { " unique" } else { "" };
            let filter = it.filter.as_ref().map(|it| format!(" where {it}")).unwrap_or_default();
            out += &format!("  {}: ({}){unique}{filter}\n", it.name, keys.join(", "));
        }
        for it in &table.policies {
            out += &format!("  policy {} {:?}\n", it.name, it.commands);
        }
        if let Some(it) = &table.comment {
            out += &format!("  comment {it}\n");
        }
    }
    out
}

fn access(access: &Access) -> String {
    match access {
        Access::Expr(it) => format!("where {it}"),
        other => format!("{other:?}"),
    }
}

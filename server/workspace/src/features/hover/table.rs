//! The card of a table: columns, who may see its rows, and where it was read.

use super::{cell, evidence_list, place_text};
use crate::snapshot::SpecView;
use model::{Column, ColumnKey, Policy, Table};

pub(in crate::features) fn table_card(view: &SpecView, table: &Table) -> String {
    let mut out = format!("**{}** table", table.name);
    if !table.label.eq_ignore_ascii_case(&table.name) {
        out += &format!(" ({})", table.label);
    }
    out += &format!(", {}, {}\n\n", table.modality.word(), table.confidence);
    if table.columns.is_empty() {
        out += "No columns are given.\n\n";
    } else {
        out += "| column | type | key |\n|---|---|---|\n";
        for it in &table.columns {
            let name = cell(&it.name);
            out += &format!("| {name} | {} | {} |\n", cell(&ty(it)), cell(&key(it)));
        }
        out += "\n";
    }
    out += &format!("{}.\n\n", access(table));
    let from = view.analysis.detection.relations.iter().filter(|it| it.to_table == table.name);
    let mut from: Vec<String> =
        from.map(|it| format!("`{}.{}`", it.from_table, it.from_column)).collect();
    from.dedup();
    if !from.is_empty() {
        out += &format!("Referenced by {}.\n\n", from.join(", "));
    }
    out + &evidence_list(view, &table.evidence)
}

pub(super) fn column_card(view: &SpecView, table: &Table, column: &str) -> Option<String> {
    let it = table.columns.iter().find(|it| it.name == column)?;
    let mut facts = vec![ty(it), key(it)];
    facts.retain(|it| !it.is_empty());
    let mut out = format!("**{}.{}** {}\n\n", table.name, it.name, facts.join(", "));
    if !it.values.is_empty() {
        let values: Vec<String> = it.values.iter().map(|it| format!("`{it}`")).collect();
        out += &format!("One of {}.\n\n", values.join(", "));
    }
    if table.owner.as_ref() == Some(&it.name) {
        out += "Holds the owner of the row.\n\n";
    }
    out += &format!("Declared at {}.", place_text(view, it.document, it.span));
    Some(out)
}

/// Type and nullability, as far as the spec gives them.
fn ty(column: &Column) -> String {
    let ty = column.ty.clone().unwrap_or_default();
    match column.nullable {
        Some(false) if !matches!(column.key, Some(ColumnKey::Primary)) => {
            format!("{ty} not null").trim_start().to_owned()
        }
        Some(true) => format!("{ty} null").trim_start().to_owned(),
        _ => ty,
    }
}

fn key(column: &Column) -> String {
    match &column.key {
        None => String::new(),
        Some(ColumnKey::Primary) => "primary key".to_owned(),
        Some(ColumnKey::Unique) => "unique".to_owned(),
        Some(ColumnKey::Foreign { table, column }) => format!("references {table}.{column}"),
    }
}

/// Who may see and change the rows, as a sentence without its full stop.
fn access(table: &Table) -> String {
    let policy = match &table.policy {
        None => "The spec does not say who may see the rows".to_owned(),
        Some(Policy::Public) => "Everybody sees the rows".to_owned(),
        Some(Policy::OwnRow) => "Each user sees their own rows".to_owned(),
        Some(Policy::OwnOrPublic) => "Each user sees their own rows and public ones".to_owned(),
        Some(Policy::MemberOf(table)) => format!("Members of the row's {table} see it"),
        Some(Policy::Role(role)) => format!("The role {role} sees the rows"),
    };
    match &table.owner {
        Some(owner) => format!("{policy}; `{owner}` holds the owner"),
        None => policy,
    }
}

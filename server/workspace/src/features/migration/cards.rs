//! Cards about the tables, columns and policies of a migration spec.

use super::names::Thing;
use crate::migrations::Migration;
use crate::snapshot::SpecView;
use migrate::render;
use migrate::schema::{Access, Action, Column, DefaultValue, Origin, Policy, Schema, Table};
use text::line_index::Encoding;

/// What is known of a thing after the file, or before it when the file drops it.
pub(super) fn card(view: &SpecView, file: &Migration, thing: &Thing) -> Option<String> {
    let (before, after): (&Schema, &Schema) = (&file.before, &file.after);
    of_schema(view, after, thing).or_else(|| {
        let card = of_schema(view, before, thing)?;
        Some(format!("{card}\n\nUntil this file."))
    })
}

fn of_schema(view: &SpecView, schema: &Schema, thing: &Thing) -> Option<String> {
    let find = |name: &str| schema.tables.iter().find(|it| it.name.eq_ignore_ascii_case(name));
    match thing {
        Thing::Table(name) => Some(table_card(view, find(name)?)),
        Thing::Column { table, column } => {
            let table = find(table)?;
            let found = table.columns.iter().find(|it| it.name.eq_ignore_ascii_case(column));
            Some(column_card(view, table, found?))
        }
        Thing::Policy { table, policy } => {
            let policies = &find(table)?.policies;
            Some(policy_card(view, table, policies.iter().find(|it| it.name == *policy)?))
        }
    }
}

fn table_card(view: &SpecView, table: &Table) -> String {
    let mut out = format!("**{}** table\n\n", table.name);
    if let Some(comment) = &table.comment {
        out += &format!("{}\n\n", escaped(comment));
    }
    out += "| column | SQLite | PostgreSQL | |\n| --- | --- | --- | --- |\n";
    for it in &table.columns {
        let (sqlite, postgres) = render::column_types(table, it);
        let facts = facts(table, it).join(", ");
        out += &format!("| {} | {sqlite} | {postgres} | {facts} |\n", it.name);
    }
    out += &format!("\n{}.\n\n", access_in_words(&table.access));
    out += &made_by(view, table.origin);
    out
}

fn column_card(view: &SpecView, table: &Table, column: &Column) -> String {
    let (sqlite, postgres) = render::column_types(table, column);
    let mut out = format!(
        "**{}.{}** column\n\nSQLite `{sqlite}`, PostgreSQL `{postgres}`\n\n",
        table.name, column.name
    );
    let facts = facts(table, column);
    out.extend(facts.iter().map(|it| format!("- {it}\n")));
    if let Some(comment) = &column.comment {
        out += &format!("\n{}\n", escaped(comment));
    }
    out += &format!("\n{}", made_by(view, column.origin));
    out
}

fn policy_card(view: &SpecView, table: &str, policy: &Policy) -> String {
    let commands: Vec<&str> = policy.commands.iter().map(|it| migrate::policy::word(*it)).collect();
    let mut out = format!("**{}** policy of {table} for {}\n\n", policy.name, commands.join(", "));
    if let Some(using) = &policy.using {
        out += &format!("Rows where `{using}`\n\n");
    }
    if let Some(check) = &policy.check {
        out += &format!("May result in rows where `{check}`\n\n");
    }
    out + &made_by(view, policy.origin)
}

/// Key, default and so on, in words.
fn facts(table: &Table, column: &Column) -> Vec<String> {
    let mut out = Vec::new();
    if table.primary_key.contains(&column.name) {
        out.push("primary key".to_owned());
    } else {
        out.push(if column.nullable { "may be NULL" } else { "not NULL" }.to_owned());
    }
    if column.unique {
        out.push("unique".to_owned());
    }
    match &column.default {
        Some(DefaultValue::Now) => out.push("default now()".to_owned()),
        Some(DefaultValue::RandomUuid) => out.push("default a random UUID".to_owned()),
        Some(DefaultValue::Identity) => out.push("the next number".to_owned()),
        Some(DefaultValue::Expr(it)) => out.push(format!("default `{it}`")),
        None => {}
    }
    if let Some(it) = &column.references {
        let effect = match it.on_delete {
            Action::NoAction | Action::Restrict => "",
            Action::Cascade => ", goes with it",
            Action::SetNull => ", NULL when it goes",
            Action::SetDefault => ", the default when it goes",
        };
        out.push(format!("points to {}.{}{effect}", it.table, it.column));
    }
    if let Some(it) = &column.check {
        out.push(format!("check `{it}`"));
    }
    let is_indexed = table.indexes.iter().any(|it| {
        it.keys.first().is_some_and(|it| {
            matches!(&it.expr, migrate::expr::Expr::Column { name, .. } if *name == column.name)
        })
    });
    if is_indexed {
        out.push("indexed".to_owned());
    }
    out
}

/// Who may do what, for people.
pub(crate) fn access_in_words(access: &Access) -> String {
    match access {
        Access::Public => "Everyone reads and writes all rows".to_owned(),
        Access::Deny => "Nobody reads or writes rows but the service itself".to_owned(),
        Access::OwnRow { column } => {
            format!("Users read and write the rows whose `{column}` is theirs")
        }
        Access::OwnOrPublic { column, flag: Some(flag) } => format!(
            "Users write the rows whose `{column}` is theirs; others read those where `{flag}` is true"
        ),
        Access::OwnOrPublic { column, flag: None } => {
            format!("Everyone reads; users write the rows whose `{column}` is theirs")
        }
        Access::MemberOf { table, via } => {
            format!("Users with a row in {table} of the same `{via}` read and write")
        }
        Access::Role(role) => format!("Users with the role `{role}` read and write"),
        Access::Expr(it) => format!("Rows where `{it}` are read and written"),
    }
}

/// `From 0001_users, line 3.`
fn made_by(view: &SpecView, origin: Origin) -> String {
    let Some(document) = view.documents.get(origin.file as usize) else { return String::new() };
    let line = document.lines.position(origin.span.range().start, Encoding::Utf8).line + 1;
    let name = document.path.as_ref().map_or("this file", |it| it.file_name());
    format!("From {name}, line {line}.")
}

/// An author's text on one line, with nothing in it that Markdown would draw.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for it in text.chars() {
        match it {
            '\n' | '\r' => out.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '!' | '&' => {
                out.push('\\');
                out.push(it);
            }
            _ => out.push(it),
        }
    }
    out
}

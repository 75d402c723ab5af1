//! Writes a schema as plain DDL of a dialect, with a map from each part back to the spec.
//!
//! The text is loaded by an engine and read back as a catalog; it is never compared as text. How
//! values are stored is decided here, and told in `docs/guides/migrations.md`. Policies are
//! written by [`crate::policy`].

mod postgres;
mod seed;
pub(crate) mod sqlite;

pub use crate::render::seed::seed;
pub(crate) use crate::render::seed::seed_keys;

use crate::expr::{self, Expr, Use, quote_ident};
use crate::language::replay::{constraint_name, primary_key_name, unique_name};
use crate::plan::{Dialect, ObjectId, Part};
use crate::schema::{
    Action, Column, Constraint, ConstraintKind, DefaultValue, Index, Origin, Reference, Schema,
    Table,
};
use std::ops::Range;

/// Statements in an order in which they can be run on an empty database.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script {
    pub statements: Vec<Statement>,
}

/// One statement and where its parts come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Complete, with its semicolon.
    pub sql: String,
    /// What it makes.
    pub object: ObjectId,
    /// What asked for it.
    pub origin: Origin,
    /// Parts that have a place of their own; later ones lie within earlier ones or behind them.
    pub fragments: Vec<Fragment>,
}

/// A part of a statement and what asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// Bytes of the statement.
    pub range: Range<usize>,
    pub origin: Origin,
}

impl Statement {
    /// What asked for the byte at `offset`: the narrowest part that holds it.
    #[must_use]
    pub fn origin_at(&self, offset: usize) -> Origin {
        let holds = self.fragments.iter().filter(|it| it.range.contains(&offset));
        holds.min_by_key(|it| it.range.len()).map_or(self.origin, |it| it.origin)
    }
}

impl Script {
    /// All statements, a line or more each.
    #[must_use]
    pub fn sql(&self) -> String {
        self.statements.iter().map(|it| format!("{}\n", it.sql)).collect()
    }

    /// What asked for the byte at `offset` of [`Script::sql`]; `None` behind its end.
    #[must_use]
    pub fn origin_at(&self, offset: usize) -> Option<Origin> {
        let mut start = 0;
        for it in &self.statements {
            let end = start + it.sql.len() + 1;
            if offset < end {
                return Some(it.origin_at(offset - start));
            }
            start = end;
        }
        None
    }
}

/// Writes `schema` for `dialect`, without policies.
#[must_use]
pub fn schema(schema: &Schema, dialect: Dialect) -> Script {
    let mut out = Script::default();
    if dialect == Dialect::Postgres {
        out.statements.extend(postgres::types(schema));
    }
    for table in &schema.tables {
        out.statements.push(create_table(schema, table, dialect));
    }
    for table in &schema.tables {
        if dialect == Dialect::Postgres {
            out.statements.extend(postgres::references(table));
        }
        out.statements
            .extend(table.indexes.iter().map(|it| create_index(schema, table, it, dialect)));
        if dialect == Dialect::Postgres {
            out.statements.extend(postgres::comments(table));
        }
    }
    out
}

/// A column's type on SQLite and on PostgreSQL, without what constraints add.
#[must_use]
pub fn column_types(table: &Table, column: &Column) -> (String, String) {
    (sqlite::kind(table, column), postgres::column_kind(table, column))
}

pub(crate) use postgres::{HELD_NOW, held_type};

/// The type of a column as `format_type` spells it, where it is not the language's own.
pub(crate) fn held_kind(table: &Table, column: &Column) -> Option<String> {
    let held = table.options.held.as_ref()?.type_of(&column.name)?;
    held_type(&column.kind, held)
}

/// The native enum types that the tables of a schema have, with their words.
pub(crate) fn held_enums(schema: &Schema) -> Vec<(&str, &[String])> {
    postgres::enums(schema)
}

/// How PostgreSQL's DDL spells a type.
pub(crate) fn postgres_kind(kind: &crate::schema::Type) -> String {
    postgres::kind(kind)
}

/// A statement under construction.
struct Writer<'a> {
    schema: &'a Schema,
    table: &'a Table,
    dialect: Dialect,
    sql: String,
    fragments: Vec<Fragment>,
}

impl<'a> Writer<'a> {
    fn new(schema: &'a Schema, table: &'a Table, dialect: Dialect) -> Self {
        Self { schema, table, dialect, sql: String::new(), fragments: Vec::new() }
    }

    fn push(&mut self, text: &str) {
        self.sql.push_str(text);
    }

    /// Writes `text` for what stands at `origin`.
    fn part(&mut self, text: &str, origin: Origin) {
        let start = self.sql.len();
        self.sql.push_str(text);
        self.fragments.push(Fragment { range: start..self.sql.len(), origin });
    }

    fn expr(&self, expr: &Expr, purpose: Use<'_>) -> String {
        let cx = expr::Cx { schema: self.schema, table: self.table, purpose };
        expr::render(expr, &cx, self.dialect)
    }

    fn finish(mut self, part: Part, origin: Origin) -> Statement {
        self.push(";");
        let object = ObjectId { table: self.table.name.clone(), part };
        Statement { sql: self.sql, object, origin, fragments: self.fragments }
    }
}

fn create_table(schema: &Schema, table: &Table, dialect: Dialect) -> Statement {
    let mut out = Writer::new(schema, table, dialect);
    out.push(&format!("CREATE TABLE {} (", quote_ident(&table.name)));
    let mut lines: Vec<(String, Origin)> = Vec::new();
    for column in &table.columns {
        lines.push((column_line(&out, column), column.origin));
    }
    lines.extend(primary_key(table, dialect));
    for column in &table.columns {
        column_constraints(&out, column, &mut lines);
    }
    for it in &table.constraints {
        lines.extend(constraint(&out, it).map(|line| (line, it.origin)));
    }
    for (number, (line, origin)) in lines.iter().enumerate() {
        out.push(if number == 0 { "\n  " } else { ",\n  " });
        out.part(line, *origin);
    }
    out.push("\n)");
    let is_strict = table.options.plain.as_ref().is_none_or(|it| it.strict);
    if dialect == Dialect::Sqlite && is_strict {
        out.push(" STRICT");
    }
    out.finish(Part::Table, table.origin)
}

fn column_line(out: &Writer<'_>, column: &Column) -> String {
    let mut line = format!("{} ", quote_ident(&column.name));
    let kind = match out.dialect {
        Dialect::Sqlite => sqlite::kind(out.table, column),
        Dialect::Postgres => postgres::column_kind(out.table, column),
    };
    line += &kind;
    if !column.nullable {
        line += " NOT NULL";
    }
    if let Some(default) = &column.default {
        line += &match out.dialect {
            Dialect::Sqlite => sqlite::default(out, column, default),
            Dialect::Postgres => postgres::default(out, column, default),
        };
    }
    line
}

/// The key as a line of its own, unless the column's own line has it.
fn primary_key(table: &Table, dialect: Dialect) -> Option<(String, Origin)> {
    let [first, ..] = table.primary_key.as_slice() else { return None };
    let origin = table.column(first).map_or(table.origin, |it| it.origin);
    let is_inline = dialect == Dialect::Sqlite
        && table.primary_key.len() == 1
        && table.column(first).is_some_and(|it| it.default == Some(DefaultValue::Identity));
    let name = named(table, dialect, &primary_key_name(table), true);
    (!is_inline).then(|| (format!("{name}PRIMARY KEY ({})", list(&table.primary_key)), origin))
}

/// `CONSTRAINT "name" `; nothing for a derived name of an SQLite table that was there before.
fn named(table: &Table, dialect: Dialect, name: &str, is_derived: bool) -> String {
    if dialect == Dialect::Sqlite && is_derived && table.options.plain.is_some() {
        return String::new();
    }
    format!("CONSTRAINT {} ", quote_ident(name))
}

fn list(columns: &[String]) -> String {
    columns.iter().map(|it| quote_ident(it)).collect::<Vec<_>>().join(", ")
}

/// The constraints that a column carries: unique, check, storage, and on SQLite its reference.
fn column_constraints(out: &Writer<'_>, column: &Column, lines: &mut Vec<(String, Origin)>) {
    let (table, dialect) = (out.table, out.dialect);
    let mut add = |line: String| lines.push((line, column.origin));
    if column.unique {
        let name = named(table, dialect, &unique_name(table, column.stem()), true);
        add(format!("{name}UNIQUE ({})", quote_ident(&column.name)));
    }
    let storage = match dialect {
        Dialect::Sqlite => sqlite::storage(table, column),
        Dialect::Postgres => postgres::storage(table, column),
    };
    if let Some(storage) = storage {
        let name = named(table, dialect, &part_name(table, column, "form"), true);
        add(format!("{name}CHECK ({storage})"));
    }
    if let Some(check) = &column.check {
        let name = named(table, dialect, &part_name(table, column, "check"), true);
        add(format!("{name}CHECK ({})", out.expr(check, Use::Check)));
    }
    if let (Dialect::Sqlite, Some(reference)) = (dialect, &column.references) {
        let name = named(table, dialect, &part_name(table, column, "fkey"), true);
        add(format!("{name}{}", column_reference(column, reference)));
    }
}

fn part_name(table: &Table, column: &Column, suffix: &str) -> String {
    crate::language::names::derive(&[table.stem(), column.stem(), suffix])
}

fn column_reference(column: &Column, reference: &Reference) -> String {
    foreign_key(
        std::slice::from_ref(&column.name),
        &reference.table,
        std::slice::from_ref(&reference.column),
        reference.on_delete,
        reference.on_update,
    )
}

fn foreign_key(
    columns: &[String],
    table: &str,
    target: &[String],
    on_delete: Action,
    on_update: Action,
) -> String {
    let mut out = format!(
        "FOREIGN KEY ({}) REFERENCES {} ({})",
        list(columns),
        quote_ident(table),
        list(target)
    );
    for (event, action) in [("DELETE", on_delete), ("UPDATE", on_update)] {
        let effect = match action {
            Action::NoAction => continue,
            Action::Restrict => "RESTRICT",
            Action::Cascade => "CASCADE",
            Action::SetNull => "SET NULL",
            Action::SetDefault => "SET DEFAULT",
        };
        out += &format!(" ON {event} {effect}");
    }
    out
}

/// A constraint's line in its table; PostgreSQL adds references afterwards.
fn constraint(out: &Writer<'_>, constraint: &Constraint) -> Option<String> {
    let base = constraint_name(out.table, &constraint.kind);
    let rest = constraint.name.strip_prefix(base.as_str());
    let is_derived = rest.is_some_and(|it| it.bytes().all(|it| it.is_ascii_digit()));
    let name = named(out.table, out.dialect, &constraint.name, is_derived);
    match &constraint.kind {
        ConstraintKind::Unique(columns) => Some(format!("{name}UNIQUE ({})", list(columns))),
        ConstraintKind::Check(it) => Some(format!("{name}CHECK ({})", out.expr(it, Use::Check))),
        ConstraintKind::ForeignKey { columns, table, target, on_delete, on_update } => {
            let body = foreign_key(columns, table, target, *on_delete, *on_update);
            (out.dialect == Dialect::Sqlite).then(|| format!("{name}{body}"))
        }
    }
}

fn create_index(schema: &Schema, table: &Table, index: &Index, dialect: Dialect) -> Statement {
    let mut out = Writer::new(schema, table, dialect);
    let unique = if index.unique { "UNIQUE " } else { "" };
    out.push(&format!("CREATE {unique}INDEX {} ON ", quote_ident(&index.name)));
    out.push(&format!("{} (", quote_ident(&table.name)));
    for (number, key) in index.keys.iter().enumerate() {
        out.push(if number == 0 { "" } else { ", " });
        let direction = if key.descending { " DESC" } else { "" };
        let text = match &key.expr {
            Expr::Column { name, .. } => quote_ident(name),
            // Brackets are needed around anything but a name.
            other => format!("({})", out.expr(other, Use::IndexKey)),
        };
        out.part(&format!("{text}{direction}"), index.origin);
    }
    out.push(")");
    if let Some(filter) = &index.filter {
        let filter = out.expr(filter, Use::IndexFilter);
        out.push(" WHERE ");
        out.part(&filter, index.origin);
    }
    out.finish(Part::Index(index.name.clone()), index.origin)
}

#[cfg(test)]
mod tests;

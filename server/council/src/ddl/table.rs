//! Columns, types and constraints.

use super::{ColumnDef, CreateTable, Like};
use crate::schema::{Constraint, ConstraintKind, Generated, Id, OnDelete, TableKind, Target, Type};
use crate::sql::{Cursor, Token, TokenKind, by_commas, spelt};

/// What ends the type of a column.
const OPTIONS: [&str; 21] = [
    "constraint",
    "not",
    "null",
    "default",
    "primary",
    "unique",
    "check",
    "references",
    "generated",
    "collate",
    "storage",
    "compression",
    "autoincrement",
    "on",
    "deferrable",
    "initially",
    "as",
    "using",
    "options",
    "exclude",
    "no",
];

pub(super) fn create_table(cursor: &mut Cursor<'_>, kind: TableKind) -> Option<CreateTable> {
    let if_not_exists = cursor.eat("if not exists");
    let mut out = CreateTable {
        name: cursor.name()?,
        kind,
        if_not_exists,
        columns: Vec::new(),
        constraints: Vec::new(),
        partition_of: None,
        partition_key: Vec::new(),
        like: Vec::new(),
        query: None,
    };
    if cursor.eat("partition of") {
        out.partition_of = cursor.name();
    }
    if let Some(list) = cursor.group() {
        for part in by_commas(list) {
            entry(part, &mut out);
        }
    }
    let mut tail = cursor.clone();
    if tail.find("inherits") {
        let parents = tail.group().map(names).unwrap_or_default().into_iter();
        out.like.extend(parents.map(|table| Like {
            table,
            has_defaults: true,
            has_checks: true,
            has_indexes: false,
        }));
    }
    let mut tail = cursor.clone();
    if tail.find("partition by") {
        out.kind = TableKind::Partitioned;
        tail.ident();
        out.partition_key = tail.group().map(names).unwrap_or_default();
    }
    if cursor.find("as") {
        out.query = Some(cursor.rest().to_vec());
    }
    Some(out)
}

fn entry(tokens: &[Token], out: &mut CreateTable) {
    let mut cursor = Cursor::new(tokens);
    if cursor.eat("like") {
        out.like.extend(like(&mut cursor));
    } else if let Some(it) = constraint(&mut cursor) {
        out.constraints.push(it);
    } else if let Some(it) = column(&mut cursor) {
        out.columns.push(it);
    }
}

fn like(cursor: &mut Cursor<'_>) -> Option<Like> {
    let table = cursor.name()?;
    let mut out = Like { table, has_defaults: false, has_checks: false, has_indexes: false };
    while let Some(word) = cursor.eat_any(&["including", "excluding"]) {
        let is_in = word == "including";
        let what = cursor.ident()?;
        let is = |it: &str| what == it || what == "all";
        out.has_defaults = if is("defaults") { is_in } else { out.has_defaults };
        out.has_checks = if is("constraints") { is_in } else { out.has_checks };
        out.has_indexes = if is("indexes") { is_in } else { out.has_indexes };
    }
    Some(out)
}

/// A constraint of a table; nothing is read when it is none.
pub(super) fn constraint(cursor: &mut Cursor<'_>) -> Option<Constraint> {
    let start = cursor.clone();
    let name = if cursor.eat("constraint") { cursor.ident()? } else { String::new() };
    let kinds = ["primary key", "unique", "foreign key", "check", "exclude", "not null"];
    let Some(word) = cursor.eat_any(&kinds) else {
        *cursor = start;
        return None;
    };
    let mut out = empty(name, ConstraintKind::Check);
    match word {
        "primary key" | "unique" => {
            out.kind =
                if word == "unique" { ConstraintKind::Unique } else { ConstraintKind::Primary };
            out.joins_nulls = cursor.eat_any(&["nulls not distinct", "nulls distinct"])
                == Some("nulls not distinct");
            if cursor.eat("using index") {
                out.uses_index = true;
                out.name = cursor.ident().unwrap_or_default();
            }
            out.columns = cursor.group().map(names).unwrap_or_default();
        }
        "foreign key" => {
            out.kind = ConstraintKind::Foreign;
            out.columns = cursor.group().map(names)?;
            cursor.eat("references");
            out.target = target(cursor);
        }
        "exclude" => {
            out.kind = ConstraintKind::Exclusion;
            out.expr = spelt(cursor.rest());
        }
        "not null" => {
            let column = cursor.ident()?;
            out.expr = format!("{column} is not null");
            out.columns = vec![column];
        }
        _ => out.expr = spelt(cursor.group()?),
    }
    out.is_deferrable = is_deferrable(cursor);
    out.is_validated = !cursor.clone().find("not valid");
    Some(out)
}

fn is_deferrable(cursor: &Cursor<'_>) -> bool {
    cursor.clone().find("deferrable") && !cursor.clone().find("not deferrable")
}

fn empty(name: String, kind: ConstraintKind) -> Constraint {
    Constraint {
        id: Id(0),
        name,
        kind,
        columns: Vec::new(),
        target: None,
        expr: String::new(),
        is_validated: true,
        is_deferrable: false,
        joins_nulls: false,
        uses_index: false,
    }
}

/// What follows `references`.
fn target(cursor: &mut Cursor<'_>) -> Option<Target> {
    let table = cursor.name()?;
    let columns = cursor.group().map(names).unwrap_or_default();
    let mut tail = cursor.clone();
    tail.find("on delete");
    let on_delete = match tail.eat_any(&["cascade", "set null", "set default"]) {
        Some("cascade") => OnDelete::Cascade,
        Some("set null") => OnDelete::SetNull,
        Some(_) => OnDelete::SetDefault,
        None => OnDelete::Refuse,
    };
    Some(Target { table, columns, on_delete })
}

pub(super) fn names(tokens: &[Token]) -> Vec<String> {
    by_commas(tokens).into_iter().filter_map(|it| it.first().map(|it| it.text.clone())).collect()
}

pub(super) fn column(cursor: &mut Cursor<'_>) -> Option<ColumnDef> {
    let name = cursor.ident()?;
    let is_integer = cursor.sees("integer");
    let kind = read_type(cursor).map(|it| it.0).unwrap_or_default();
    let mut out = ColumnDef {
        name,
        not_null: false,
        default: None,
        generated: None,
        expression: None,
        is_identity: matches!(kind.base.as_str(), "serial" | "bigserial" | "smallserial"),
        is_always: false,
        kind,
        collation: None,
        is_autoincrement: false,
        is_integer,
        constraints: Vec::new(),
    };
    out.not_null = out.is_identity;
    let mut own = String::new();
    while !cursor.is_done() {
        option(cursor, &mut out, &mut own);
    }
    Some(out)
}

fn option(cursor: &mut Cursor<'_>, out: &mut ColumnDef, own: &mut String) {
    let column = out.name.clone();
    let mut add = |constraint: Constraint, out: &mut ColumnDef| {
        let columns = if constraint.columns.is_empty() { vec![column.clone()] } else { Vec::new() };
        let name = std::mem::take(own);
        let mut constraint = constraint;
        constraint.columns.extend(columns);
        constraint.name = name;
        out.constraints.push(constraint);
    };
    if cursor.eat("constraint") {
        *own = cursor.ident().unwrap_or_default();
    } else if cursor.eat("not null") {
        out.not_null = true;
    } else if cursor.eat("primary key") {
        out.not_null = true;
        add(empty(String::new(), ConstraintKind::Primary), out);
    } else if cursor.eat("unique") {
        add(empty(String::new(), ConstraintKind::Unique), out);
    } else if cursor.eat("check") {
        let mut it = empty(String::new(), ConstraintKind::Check);
        it.expr = cursor.group().map(spelt).unwrap_or_default();
        add(it, out);
    } else if cursor.eat("references") {
        let mut it = empty(String::new(), ConstraintKind::Foreign);
        it.target = target(cursor);
        it.is_deferrable = is_deferrable(cursor);
        add(it, out);
    } else if cursor.eat("collate") {
        out.collation = cursor.name();
    } else if cursor.eat("autoincrement") {
        out.is_autoincrement = true;
    } else if cursor.eat("default") {
        out.default = Some(default_expr(cursor));
    } else if cursor.eat("generated") {
        let is_always = cursor.eat_any(&["always", "by default"]) == Some("always");
        if cursor.eat("as identity") {
            (out.is_identity, out.is_always, out.not_null) = (true, is_always, true);
            cursor.group();
        }
    } else if cursor.eat("as") {
        out.expression = cursor.group().map(spelt);
        let is_stored = cursor.eat("stored");
        cursor.eat("virtual");
        out.generated = Some(if is_stored { Generated::Stored } else { Generated::Virtual });
    } else {
        cursor.next();
    }
}

fn default_expr(cursor: &mut Cursor<'_>) -> Vec<Token> {
    let stops: Vec<&str> =
        OPTIONS.iter().copied().filter(|it| !matches!(*it, "null" | "on" | "as")).collect();
    let start = cursor.clone();
    // Whatever comes first belongs to it, be it a word that stops.
    if cursor.group().is_none() {
        cursor.next();
    }
    cursor.until(&stops);
    let n_tokens = start.rest().len() - cursor.rest().len();
    start.rest()[..n_tokens].to_vec()
}

/// A type, and how many tokens it took.
pub(super) fn read_type(cursor: &mut Cursor<'_>) -> Option<(Type, usize)> {
    let start = cursor.rest().len();
    let first = cursor.peek()?;
    let is_word = matches!(first.kind, TokenKind::Word | TokenKind::Name);
    if !is_word || (first.kind == TokenKind::Word && OPTIONS.contains(&first.text.as_str())) {
        return None;
    }
    let mut base = cursor.name()?;
    let more: &[&'static str] = match base.as_str() {
        "double" => &["precision"],
        "character" | "char" | "national" => &["varying"],
        "bit" => &["varying"],
        "unsigned" => &["big int"],
        "long" => &["varchar"],
        _ => &[],
    };
    if let Some(word) = cursor.eat_any(more) {
        base = format!("{base} {word}");
    }
    let arguments = cursor.group().map(numbers).unwrap_or_default();
    if matches!(base.as_str(), "timestamp" | "time") {
        if cursor.eat("with time zone") {
            base += "tz";
        } else {
            cursor.eat("without time zone");
        }
    }
    let mut is_array = cursor.eat("array");
    while cursor.eat("[") {
        is_array = true;
        cursor.until(&["]"]);
        cursor.eat("]");
    }
    let kind = Type { base: canonical(&base).to_owned(), arguments, is_array };
    Some((kind, start - cursor.rest().len()))
}

fn numbers(tokens: &[Token]) -> Vec<i64> {
    by_commas(tokens).into_iter().filter_map(|it| it.first()?.text.parse().ok()).collect()
}

fn canonical(base: &str) -> &str {
    match base {
        "int" | "int4" => "integer",
        "int8" => "bigint",
        "int2" => "smallint",
        "serial4" => "serial",
        "serial8" => "bigserial",
        "serial2" => "smallserial",
        "bool" => "boolean",
        "float8" | "float" => "double precision",
        "float4" => "real",
        "decimal" | "dec" => "numeric",
        "character varying" | "char varying" => "varchar",
        "character" | "bpchar" => "char",
        other => other.strip_prefix("pg_catalog.").unwrap_or(other),
    }
}

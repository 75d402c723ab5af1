//! How PostgreSQL holds the types of the language.

use super::{Fragment, Statement, Writer, column_reference, foreign_key, part_name, quote_ident};
use crate::expr::{Use, quote_text};
use crate::plan::{ObjectId, Part};
use crate::schema::{Column, ConstraintKind, DefaultValue, Held, Origin, Schema, Table, Type};

pub(super) fn kind(kind: &Type) -> String {
    match kind {
        Type::Uuid => "uuid".to_owned(),
        Type::Text | Type::Enum(_) => "text".to_owned(),
        Type::Varchar(n) => format!("varchar({n})"),
        Type::SmallInt => "smallint".to_owned(),
        Type::Integer => "integer".to_owned(),
        Type::BigInt => "bigint".to_owned(),
        Type::Numeric(None) => "numeric".to_owned(),
        Type::Numeric(Some((precision, scale))) => format!("numeric({precision},{scale})"),
        Type::Real => "real".to_owned(),
        Type::Double => "double precision".to_owned(),
        Type::Boolean => "boolean".to_owned(),
        Type::Date => "date".to_owned(),
        Type::Time => "time".to_owned(),
        Type::Timestamp => "timestamp".to_owned(),
        Type::TimestampTz => "timestamptz".to_owned(),
        Type::Json => "jsonb".to_owned(),
        Type::Bytes => "bytea".to_owned(),
        Type::Vector(n) => format!("vector({n})"),
        Type::Array(inner) => format!("{}[]", self::kind(inner)),
    }
}

/// Defaults that PostgreSQL may have where the language says `now()`: each gives the moment, in a
/// zone or with digits of its own.
pub(crate) const HELD_NOW: [&str; 4] =
    ["now()", "CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP(3)", "LOCALTIMESTAMP"];

/// The type that a word of `postgres: {types: …}` stands for, as `format_type` spells it; `None` for
/// what does not hold every value of `kind`, or is no such word.
pub(crate) fn held_type(kind: &Type, word: &str) -> Option<String> {
    let digits = |name: &str| {
        let inner = word.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')')?;
        inner.parse::<u32>().ok()
    };
    let precision = |name: &str| digits(name).filter(|it| *it <= 6);
    match kind {
        Type::Enum(_) => {
            let is_name = word.len() <= 63 && !word.is_empty() && !word.contains('\0');
            is_name.then(|| format!("public.{}", quote_ident(word)))
        }
        Type::Json if word == "json" => Some("json".to_owned()),
        Type::Text if word == "varchar" => Some("character varying".to_owned()),
        Type::Text => digits("char").map(|it| format!("character({it})")),
        Type::Time => precision("time").map(|it| format!("time({it}) without time zone")),
        Type::Timestamp => {
            precision("timestamp").map(|it| format!("timestamp({it}) without time zone"))
        }
        Type::TimestampTz => {
            precision("timestamptz").map(|it| format!("timestamp({it}) with time zone"))
        }
        Type::Array(inner) => held_type(inner, word.strip_suffix("[]")?).map(|it| it + "[]"),
        _ => None,
    }
}

/// A column's type in its table, with what PostgreSQL had before.
pub(super) fn column_kind(table: &Table, column: &Column) -> String {
    let held = table.options.held.as_ref();
    let is_serial = held.is_some_and(|it| it.serial.contains(&column.name));
    match (&column.kind, &column.default) {
        (Type::SmallInt, Some(DefaultValue::Identity)) if is_serial => "smallserial".to_owned(),
        (Type::Integer, Some(DefaultValue::Identity)) if is_serial => "serial".to_owned(),
        (Type::BigInt, Some(DefaultValue::Identity)) if is_serial => "bigserial".to_owned(),
        _ => super::held_kind(table, column).unwrap_or_else(|| kind(&column.kind)),
    }
}

/// The native enum types of a schema, each once, with its words.
pub(super) fn enums(schema: &Schema) -> Vec<(&str, &[String])> {
    let mut out: Vec<(&str, &[String])> = Vec::new();
    for table in &schema.tables {
        let Some(held) = &table.options.held else { continue };
        for column in &table.columns {
            let Some(name) = held.type_of(&column.name) else { continue };
            let (name, words) = match &column.kind {
                Type::Enum(words) => (name, words),
                Type::Array(inner) => match &**inner {
                    Type::Enum(words) => (name.trim_end_matches("[]"), words),
                    _ => continue,
                },
                _ => continue,
            };
            if out.iter().all(|it| it.0 != name) {
                out.push((name, words));
            }
        }
    }
    out
}

/// Makes the native enum types.
pub(super) fn types(schema: &Schema) -> Vec<Statement> {
    let statement = |(name, words): (&str, &[String])| {
        let words: Vec<String> = words.iter().map(|it| quote_text(it)).collect();
        Statement {
            sql: format!("CREATE TYPE {} AS ENUM ({});", quote_ident(name), words.join(", ")),
            object: ObjectId { table: String::new(), part: Part::Type(name.to_owned()) },
            origin: Origin::default(),
            fragments: Vec::new(),
        }
    };
    enums(schema).into_iter().map(statement).collect()
}

/// What a type asks of its values beyond PostgreSQL's own.
pub(super) fn storage(table: &Table, column: &Column) -> Option<String> {
    let is_native = super::held_kind(table, column).is_some();
    match &column.kind {
        Type::Enum(_) if is_native => None,
        Type::Enum(words) => {
            let words: Vec<String> = words.iter().map(|it| quote_text(it)).collect();
            Some(format!("{} IN ({})", quote_ident(&column.name), words.join(", ")))
        }
        _ => None,
    }
}

pub(super) fn default(out: &Writer<'_>, column: &Column, default: &DefaultValue) -> String {
    let held = out.table.options.held.as_ref();
    let has =
        |all: fn(&Held) -> &Vec<String>| held.is_some_and(|it| all(it).contains(&column.name));
    match default {
        DefaultValue::Identity if has(|it| &it.serial) => String::new(),
        DefaultValue::Identity if has(|it| &it.always) => {
            " GENERATED ALWAYS AS IDENTITY".to_owned()
        }
        DefaultValue::Now => {
            let own = held.and_then(|it| it.default_of(&column.name));
            let own = own.filter(|it| HELD_NOW.contains(it)).map(str::to_owned);
            let now = || out.expr(&crate::expr::Expr::Now, Use::Default(&column.kind));
            format!(" DEFAULT {}", own.unwrap_or_else(now))
        }
        DefaultValue::RandomUuid => " DEFAULT gen_random_uuid()".to_owned(),
        DefaultValue::Identity => " GENERATED BY DEFAULT AS IDENTITY".to_owned(),
        DefaultValue::Expr(it) => {
            format!(" DEFAULT {}", out.expr(it, Use::Default(&column.kind)))
        }
    }
}

/// References, added when every table is there.
pub(super) fn references(table: &Table) -> Vec<Statement> {
    let by_column = table.columns.iter().filter_map(|it| {
        let body = column_reference(it, it.references.as_ref()?);
        Some(add_constraint(table, &part_name(table, it, "fkey"), &body, it.origin))
    });
    let by_constraint = table.constraints.iter().filter_map(|it| match &it.kind {
        ConstraintKind::ForeignKey { columns, table: to, target, on_delete, on_update } => {
            let body = foreign_key(columns, to, target, *on_delete, *on_update);
            Some(add_constraint(table, &it.name, &body, it.origin))
        }
        _ => None,
    });
    by_column.chain(by_constraint).collect()
}

fn add_constraint(table: &Table, name: &str, body: &str, origin: Origin) -> Statement {
    let head =
        format!("ALTER TABLE {} ADD CONSTRAINT {} ", quote_ident(&table.name), quote_ident(name));
    let range = head.len()..head.len() + body.len();
    Statement {
        sql: format!("{head}{body};"),
        object: ObjectId { table: table.name.clone(), part: Part::Constraint(name.to_owned()) },
        origin,
        fragments: vec![Fragment { range, origin }],
    }
}

pub(super) fn comments(table: &Table) -> Vec<Statement> {
    let name = quote_ident(&table.name);
    let own = table.comment.iter().map(|it| (format!("TABLE {name}"), it, table.origin));
    let columns = table.columns.iter().filter_map(|it| {
        let what = format!("COLUMN {name}.{}", quote_ident(&it.name));
        it.comment.as_ref().map(|text| (what, text, it.origin))
    });
    let statement = |(what, text, origin): (String, &String, Origin)| Statement {
        sql: format!("COMMENT ON {what} IS {};", quote_text(text)),
        object: ObjectId { table: table.name.clone(), part: Part::Comment },
        origin,
        fragments: Vec::new(),
    };
    own.chain(columns).map(statement).collect()
}

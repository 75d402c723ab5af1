//! How SQLite holds the types of the language.
//!
//! Tables are `STRICT`, and a check keeps the one form of each value that has no type of its own,
//! so that a write that PostgreSQL refuses is refused here as well.

use super::{Writer, quote_ident};
use crate::expr::{Expr, Use, quote_text};
use crate::schema::{Column, DefaultValue, Table, Type};

/// A random uuid of version 4.
const RANDOM_UUID: &str = "(lower(hex(randomblob(4))) || '-' || lower(hex(randomblob(2))) || '-4' \
     || substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) \
     || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6))))";

/// Decimal digits that a double keeps.
const DOUBLE_DIGITS: u16 = 15;

pub(super) fn kind(table: &Table, column: &Column) -> String {
    let is_key = table.primary_key == [column.name.clone()];
    if is_key && column.default == Some(DefaultValue::Identity) {
        return "INTEGER PRIMARY KEY AUTOINCREMENT".to_owned();
    }
    if let Some(plain) = &table.options.plain {
        let own = plain.types.iter().find(|it| it.0.eq_ignore_ascii_case(&column.name));
        return own.map_or_else(|| plain_kind(&column.kind), |it| it.1.clone());
    }
    let word = match &column.kind {
        // A lone key of type INTEGER would number its rows by itself, which PostgreSQL would not.
        Type::SmallInt | Type::Integer | Type::BigInt if is_key => "INT",
        Type::SmallInt | Type::Integer | Type::BigInt | Type::Boolean => "INTEGER",
        Type::Real | Type::Double => "REAL",
        // Whole numbers stay whole; a column of type REAL would make doubles of them.
        Type::Numeric(_) => "ANY",
        Type::Bytes | Type::Vector(_) => "BLOB",
        Type::Uuid
        | Type::Text
        | Type::Varchar(_)
        | Type::Date
        | Type::Time
        | Type::Timestamp
        | Type::TimestampTz
        | Type::Json
        | Type::Enum(_)
        | Type::Array(_) => "TEXT",
    };
    word.to_owned()
}

/// The usual word for a type in a table that the language did not make.
pub(crate) fn plain_kind(kind: &Type) -> String {
    match kind {
        Type::BigInt | Type::Integer => "INTEGER".to_owned(),
        Type::Double => "REAL".to_owned(),
        Type::Bytes => "BLOB".to_owned(),
        Type::Json => "JSON".to_owned(),
        other => super::postgres::kind(other).to_uppercase(),
    }
}

/// What the value of a column must look like; null passes.
pub(super) fn storage(table: &Table, column: &Column) -> Option<String> {
    if table.options.plain.is_some() {
        return match &column.kind {
            Type::Enum(words) => Some(one_of(&quote_ident(&column.name), words)),
            _ => None,
        };
    }
    let name = quote_ident(&column.name);
    match &column.kind {
        Type::Uuid => Some(format!("length({name}) = 36 AND {name} NOT GLOB '*[^0-9a-f-]*'")),
        Type::Varchar(most) => Some(format!("length({name}) <= {most}")),
        Type::SmallInt => Some(format!("{name} BETWEEN -32768 AND 32767")),
        Type::Integer if column.default != Some(DefaultValue::Identity) => {
            Some(format!("{name} BETWEEN -2147483648 AND 2147483647"))
        }
        Type::Boolean => Some(format!("{name} IN (0, 1)")),
        Type::Date => Some(format!("date({name}) IS {name}")),
        Type::Time => Some(format!("strftime('%H:%M:%f', {name}) IS {name}")),
        Type::Timestamp => Some(format!("strftime('%Y-%m-%dT%H:%M:%f', {name}) IS {name}")),
        Type::TimestampTz => Some(format!("strftime('%Y-%m-%dT%H:%M:%fZ', {name}) IS {name}")),
        Type::Json => Some(format!("json_valid({name})")),
        Type::Array(_) => Some(format!("json_valid({name}) AND json_type({name}) = 'array'")),
        Type::Vector(n) => Some(format!("length({name}) = {}", u64::from(*n) * 4)),
        Type::Enum(words) => Some(one_of(&name, words)),
        Type::Numeric(size) => Some(numeric(&name, *size)),
        Type::Text | Type::Integer | Type::BigInt | Type::Real | Type::Double | Type::Bytes => None,
    }
}

fn one_of(name: &str, words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|it| quote_text(it)).collect();
    format!("{name} IN ({})", words.join(", "))
}

/// A number; of at most as many digits as are asked for, where a double can tell.
fn numeric(name: &str, size: Option<(u16, u16)>) -> String {
    let mut out = format!("{name} IS NULL OR typeof({name}) IN ('integer', 'real')");
    if let Some((precision, scale)) = size.filter(|it| it.0 <= DOUBLE_DIGITS) {
        out = format!(
            "{name} IS NULL OR (typeof({name}) IN ('integer', 'real') AND \
             abs({name}) < 1e{} AND round({name}, {scale}) = {name})",
            precision - scale
        );
    }
    out
}

pub(super) fn default(out: &Writer<'_>, column: &Column, default: &DefaultValue) -> String {
    match default {
        DefaultValue::Now if out.table.options.plain.is_some() => {
            " DEFAULT CURRENT_TIMESTAMP".to_owned()
        }
        DefaultValue::Now => {
            let now = out.expr(&Expr::Now, Use::Default(&column.kind));
            // A moment without a zone has none to tell.
            let is_bare = column.kind == Type::Timestamp;
            let now = if is_bare { now.replacen("Z'", "'", 1) } else { now };
            format!(" DEFAULT {now}")
        }
        DefaultValue::RandomUuid => format!(" DEFAULT {RANDOM_UUID}"),
        // The type says it.
        DefaultValue::Identity => String::new(),
        DefaultValue::Expr(it) => {
            format!(" DEFAULT {}", out.expr(it, Use::Default(&column.kind)))
        }
    }
}
